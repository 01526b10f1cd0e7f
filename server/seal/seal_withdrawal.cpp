#include "server/seal/seal_withdrawal.hpp"

#include "common/base/log.hpp"
#include "server/seal/seal_commit.hpp"
#include "server/seal/withdraw_session.hpp"

namespace burnbox::upload {
namespace {

// A session that burnbox fills itself was never open for clients: whoever fills it takes it away.
Status hide_again(SessionRegistry& registry, Account& account, OpenSession& session, const SessionRow& row) {
    if (session.phase == Phase::sealed) {
        const std::lock_guard lock(account.mutex);
        account.queued_bytes.erase(row.disc_name);
        session.phase = Phase::open;
        BB_CHECK(registry.inbox().rename(join_path(account.name, row.folder_next),
                                         join_path(account.name, session.folder()), RenameMode::no_replace));
    }
    BB_CHECK(registry.services.catalogue.set_folder(row.id, row.folder));
    return registry.services.catalogue.remove_session(row.id);
}

}  // namespace

SealStep<void> withdraw_seal(SessionRegistry& registry, Account& account, OpenSession& session,
                             const SessionRow& row, Error error) {
    Catalogue& catalogue = registry.services.catalogue;
    const bool renamed = session.phase == Phase::sealed;
    const Status stepped =
        catalogue.step(row.id, SessionState::queued, SessionState::withdrawn, error.message);
    if (!stepped) {
        log::error("sealed session keeps its name until the next start",
                   log::kv("session", row.account + "/" + row.disc_name), log::kv("cause", error.message),
                   log::kv(stepped.error()));
        const std::lock_guard lock(account.mutex);
        session.phase = Phase::sealed;
        session.sealed_answer = sealed_sentence(row);
        return {};
    }
    Status undone;
    if (!session.arrives_in.empty()) {
        undone = hide_again(registry, account, session, row);
    } else if (renamed) {
        const auto withdrawn = catalogue.session(row.id);
        const auto name = withdrawn ? withdraw_session(registry, account, *withdrawn)
                                    : Result<std::string>(std::unexpected(withdrawn.error()));
        if (!name) undone = std::unexpected(name.error());
    } else {
        (void)registry.services.inbox.remove_own_file(row, "STATUS.txt");
        undone = catalogue.set_folder(row.id, row.folder);
        if (undone) undone = catalogue.remove_session(row.id);
    }
    if (!undone)
        log::error("session is open again after the next start only",
                   log::kv("session", row.account + "/" + row.disc_name), log::kv("cause", error.message),
                   log::kv(undone.error()));
    return seal_failed(std::move(error));
}

}  // namespace burnbox::upload
