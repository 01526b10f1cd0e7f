// The seal: one job on the disk pool that makes an open session immutable, hashed and durable, or says why
// not. Its order is the promise: check, finish the digests, sync, seal record, catalogue row (the commit
// point), rename, answer. A crash before the row leaves an open session whose marker was not acknowledged;
// after it, the start ends the rename.
#pragma once

#include "server/seal/seal_rules.hpp"

namespace burnbox::upload {

class Sealer {
  public:
    Sealer(SealOrigin& origin, OpenSession& session, SealRequest request)
        : origin_(origin), services_(origin.services()), session_(session), request_(std::move(request)) {}

    // Requires Phase::sealing. Answers everybody who waits. Blocks.
    void run();
    // After run(): the session's row, when this run made one.
    [[nodiscard]] const std::optional<SessionRow>& row() const { return row_; }
    // After run(): what a disc would not show, when that is why it was refused.
    [[nodiscard]] const std::vector<ProofFinding>& findings() const { return findings_; }

  private:
    [[nodiscard]] SealStep<std::string> seal();
    void shut_handles();
    [[nodiscard]] SealStep<std::string> answer_sent_twice(const SessionRow& row, const SealContent& content);
    [[nodiscard]] SealStep<void> rename_folder(SessionRow& row, const SealContent& content);
    void leave_open(const NoSeal& why);
    void mark_refused(const NoSeal& why);
    [[nodiscard]] Status write_refusal(const std::string& text);
    void become_sealed(const SessionRow& row, const SealContent& content);
    [[nodiscard]] std::string top() const { return origin_.top(session_); }

    SealOrigin& origin_;
    const UploadServices& services_;
    OpenSession& session_;
    const SealRequest request_;
    std::optional<SessionRow> row_;
    std::vector<ProofFinding> findings_;
};

}  // namespace burnbox::upload
