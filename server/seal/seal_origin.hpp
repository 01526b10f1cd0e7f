// Where a session comes from that is sealed. The seal is the same for all; what differs is asked here:
//
//                    an account's inbox         a watched folder           filled by burnbox (import, skim)
//                    inbox_origin               watched_origin             intake_session
//   who may          the account's rights       whoever writes there       whoever asked burnbox
//   its quota        as bytes come              none                       as it is filled
//   names            those that discs can hold  any; discs get others      any; discs get others
//   how it is read   what came, then the rest   everything, and once more  not: who filled it knows it
//   where it lies    under its name             under its name             hidden, until it is sealed
//   when refused     REFUSED.txt says why       REFUSED.txt says why       who filled it is told
//   a seal undone    open, with its journal     open                       hidden again, for who filled it
//
// Once it is sealed nothing asks for this any more: its folder is NAME-queued, -burned, -failed in each of
// them, and its row says in which StagingArea. Threads: the disk pool's, one seal at a time for each session.
#pragma once

#include <memory>
#include <mutex>
#include <string>

#include "server/refusal/seal_refusal.hpp"
#include "server/sessions/session_registry.hpp"

namespace burnbox::upload {

struct SealContent;
struct SealRequest;

struct OriginRules {
    bool any_names = false;      // whatever a file system takes; discs get others where they must
    bool others_write = false;   // nobody can be kept from changing it
    bool shows_refusals = true;  // somebody looks into its folder
};

class SealOrigin {
  public:
    virtual ~SealOrigin() = default;
    SealOrigin(const SealOrigin&) = delete;
    SealOrigin& operator=(const SealOrigin&) = delete;

    [[nodiscard]] const OriginRules& rules() const { return rules_; }
    [[nodiscard]] SessionRegistry& registry() const { return *registry_; }
    [[nodiscard]] const UploadServices& services() const { return registry_->services; }
    // Of the area that its folder lies in.
    [[nodiscard]] FileSystem& fs() const { return registry_->inbox(); }
    [[nodiscard]] std::string top(const OpenSession& session) const {
        return join_path(account(), folder(session));
    }

    // Whose session it becomes, and on whose discs.
    [[nodiscard]] virtual const std::string& account() const = 0;
    [[nodiscard]] virtual std::string pool() const = 0;
    // Guards the session, and what is counted of it.
    [[nodiscard]] virtual std::mutex& mutex() const = 0;

    [[nodiscard]] virtual Status check_right() const { return {}; }
    // SessionRegistry::sync_failures() before anything of it was written that nobody has a record of.
    [[nodiscard]] virtual std::uint64_t sync_failures() const { return registry_->sync_failures(); }
    [[nodiscard]] virtual SealStep<SealContent> read(OpenSession& session, const SealRequest& request);
    // The id of its seal record: its own, or a new one.
    [[nodiscard]] virtual std::string seal_id() const;
    // Its folder in the account's, while it is open.
    [[nodiscard]] virtual std::string folder(const OpenSession& session) const { return session.name; }
    // What to say so that it is burned although it is on a disc.
    [[nodiscard]] virtual std::string words_for_again(const OpenSession& session) const;

    // These three: mutex() held.
    virtual void release(std::uint64_t /*bytes*/) {}
    virtual void count_as_queued(const OpenSession& /*session*/, const SessionRow& /*row*/) {}
    // Its records are of an open session no more. `folder`: where what is sealed lies, "" when its payload
    // was released.
    virtual void hand_over(OpenSession& /*session*/, const SessionRow& /*row*/, const std::string& /*folder*/,
                           const SealContent& /*content*/) {}

    // Undoes a seal whose row is withdrawn and whose folder has its new name already. Blocks; no lock held.
    [[nodiscard]] virtual Status open_again(OpenSession& session, const SessionRow& row) = 0;

  protected:
    SealOrigin(std::shared_ptr<SessionRegistry> registry, const OriginRules& rules)
        : registry_(std::move(registry)), rules_(rules) {}

    const std::shared_ptr<SessionRegistry> registry_;

  private:
    const OriginRules rules_;
};

}  // namespace burnbox::upload
