// A session that burnbox fills itself, out of a local folder, instead of a client: it grows in a hidden
// folder beside the account's sessions, where no client can touch it, and its seal gives it its -queued name.
// Until then nothing but the folder is there, and that goes with this object, or with the next start. Its
// bytes count against the account's quota from the beginning. Threads: one at a time. Everything here blocks.
#pragma once

#include <memory>
#include <string>

#include "server/seal/seal_content.hpp"
#include "server/sessions/session_registry.hpp"

namespace burnbox::upload {

class IntakeSession {
  public:
    // Errors: Errc::invalid when no session can have that name, Errc::quota, those of the file system.
    [[nodiscard]] static Result<std::unique_ptr<IntakeSession>> begin(
        std::shared_ptr<SessionRegistry> registry, std::shared_ptr<Account> account,
        const std::string& session, std::uint64_t bytes);
    ~IntakeSession();
    IntakeSession(const IntakeSession&) = delete;
    IntakeSession& operator=(const IntakeSession&) = delete;

    // Where to put the files: join_path(folder(), path) on fs().
    [[nodiscard]] FileSystem& fs() const { return registry_->inbox(); }
    [[nodiscard]] const std::string& folder() const { return folder_; }
    // Known before the seal, so that others can write down what belongs to it.
    [[nodiscard]] const std::string& seal_id() const { return seal_id_; }

    // Seals what was put there; `content` says what that is. Once. When the answer is an error nothing is
    // sealed, and nothing will be.
    [[nodiscard]] Result<SessionRow> seal(SealContent content, bool again);
    // After seal() failed with Errc::disproved: what a disc would not show as it is.
    [[nodiscard]] const std::vector<ProofFinding>& findings() const { return findings_; }

  private:
    class FilledOrigin;
    IntakeSession(std::shared_ptr<SessionRegistry> registry, std::shared_ptr<Account> account,
                  const std::string& session, std::string seal_id);

    const std::shared_ptr<SessionRegistry> registry_;
    const std::shared_ptr<Account> account_;
    const std::string seal_id_;
    OpenSession session_;
    const std::string folder_;
    const std::uint64_t sync_failures_;
    bool sealed_ = false;
    std::vector<ProofFinding> findings_;
};

}  // namespace burnbox::upload
