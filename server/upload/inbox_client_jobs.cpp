#include <fmt/format.h>

#include "common/base/text.hpp"
#include "common/session/names.hpp"
#include "server/seal/seal_rules.hpp"
#include "server/upload/close_upload.hpp"
#include "server/upload/inbox_client.hpp"
#include "server/upload/repeated_marker.hpp"
#include "server/upload/upload_handle.hpp"
#include "server/withdraw/withdraw_session.hpp"

namespace burnbox::upload {
namespace {

// "alice/holiday" of alice is "holiday".
std::string without_account(const Account& account, const std::string& session) {
    const std::string prefix = account.name + "/";
    return session.starts_with(prefix) ? session.substr(prefix.size()) : session;
}

// There is no open session of that name: perhaps it is sealed already, which is what was wanted.
Result<std::string> answer_for_sealed(SessionRegistry& registry, const Account& account,
                                      const std::string& name) {
    BB_TRY(const auto rows, registry.services.catalogue.sessions(account.name));
    for (const SessionRow& row : rows) {
        if (row.name != name && row.disc_name != name) continue;
        if (was_sealed_lately(row, registry.services.clock.now()))
            return fmt::format("{} is already sealed", escape(name));
    }
    return fail(Errc::not_found, fmt::format("there is no open session {}", escape(name)));
}

}  // namespace

void InboxClient::close(std::unique_ptr<UploadFile> file, Done done) {
    if (auto* const writing = dynamic_cast<WriteHandle*>(file.get())) {
        (void)file.release();
        close_upload(registry_, account_, std::unique_ptr<WriteHandle>(writing), std::move(done));
        return;
    }
    if (auto* const repeated = dynamic_cast<RepeatedMarker*>(file.get())) {
        return answer_repeated_marker(registry_, account_, repeated->place(), repeated->digest(),
                                      std::move(done));
    }
    file.reset();
    done(std::string());
}

void InboxClient::sync(UploadFile& file, Done done) {
    const auto* const writing = dynamic_cast<WriteHandle*>(&file);
    const std::string path = writing != nullptr ? writing->fs_path() : std::string();
    if (path.empty()) return done(std::string());
    // Through a handle of its own: the client's may be written to meanwhile, and a File is used by one thread
    // at a time.
    registry_->services.run_blocking([registry = registry_, path, done = std::move(done)] {
        const auto own = registry->inbox().open(path, {.read = true});
        const Status synced = own ? (*own)->sync() : Status(std::unexpected(own.error()));
        if (synced)
            done(std::string());
        else
            done(std::unexpected(synced.error()));
    });
}

void InboxClient::burn(const std::string& session, bool again, Done done) {
    burn_session(registry_, account_, session, again, std::move(done));
}

void InboxClient::cancel(const std::string& session, Done done) {
    cancel_session(registry_, account_, session, std::move(done));
}

void burn_session(const std::shared_ptr<SessionRegistry>& registry, const std::shared_ptr<Account>& account,
                  const std::string& given, bool again, Done done) {
    const std::string name = without_account(*account, given);
    AfterUnlock after;
    const std::lock_guard lock(account->mutex);
    const auto refuse = [&](const Error& error) {
        after.add([done, error] { done(std::unexpected(error)); });
    };
    if (const Status right = check_upload_right(*account); !right) return refuse(right.error());
    const bool sane = !name.empty() && name.find('/') == std::string::npos &&
                      name.find('\0') == std::string::npos && name != "." && name != "..";
    const auto session = sane ? registry->find_session(*account, name) : nullptr;
    if (!session || session->phase == Phase::sealed) {
        after.add([registry, account, name, done] {
            registry->services.run_blocking(
                [registry, account, name, done] { done(answer_for_sealed(*registry, *account, name)); });
        });
        return;
    }
    if (session->phase == Phase::arriving)
        return refuse({Errc::busy, 0, fmt::format("{} is being taken back; try again", escape(name))});
    start_seal(registry, account, session,
               {.by = SealRequest::By::command, .marker = {}, .again = again, .sender_opened_at = {}},
               std::move(done), after);
}

void cancel_session(const std::shared_ptr<SessionRegistry>& registry, const std::shared_ptr<Account>& account,
                    const std::string& given, Done done) {
    if (const Status right = check_upload_right(*account); !right)
        return done(std::unexpected(right.error()));
    withdraw_session(registry, account, without_account(*account, given), std::move(done));
}

}  // namespace burnbox::upload
