#include "server/seal/seal_withdrawal.hpp"

#include "common/base/log.hpp"
#include "server/seal/seal_commit.hpp"

namespace burnbox::upload {
namespace {

// Its folder has the name that it had.
Status remove_row(const UploadServices& services, const SessionRow& row) {
    (void)services.inbox.remove_own_file(row, "STATUS.txt");
    BB_CHECK(services.catalogue.set_folder(row.id, row.folder));
    return services.catalogue.remove_session(row.id);
}

}  // namespace

SealStep<void> withdraw_seal(SealOrigin& origin, OpenSession& session, const SessionRow& row, Error error) {
    const bool renamed = session.phase == Phase::sealed;
    const Status stepped = origin.services().catalogue.step(row.id, SessionState::queued,
                                                            SessionState::withdrawn, error.message);
    if (!stepped) {
        log::error("sealed session keeps its name until the next start",
                   log::kv("session", row.account + "/" + row.disc_name), log::kv("cause", error.message),
                   log::kv(stepped.error()));
        const std::lock_guard lock(origin.mutex());
        session.phase = Phase::sealed;
        session.sealed_answer = sealed_sentence(row);
        return {};
    }
    const Status undone = renamed ? origin.open_again(session, row) : remove_row(origin.services(), row);
    if (!undone)
        log::error("session is open again after the next start only",
                   log::kv("session", row.account + "/" + row.disc_name), log::kv("cause", error.message),
                   log::kv(undone.error()));
    return seal_failed(std::move(error));
}

}  // namespace burnbox::upload
