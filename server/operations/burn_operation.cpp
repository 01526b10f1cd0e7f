#include <fmt/format.h>

#include "common/base/text.hpp"
#include "server/operations/session_lookup.hpp"
#include "server/operations/session_operations.hpp"

namespace burnbox {
namespace {

// The session that a seal just made, or found to be there already: the newest that the client called so.
Result<SessionRow> sealed_as(const Asked& asked, const std::string& account, const std::string& name) {
    BB_TRY(auto rows, asked.services.catalogue.sessions(account));
    for (auto row = rows.rbegin(); row != rows.rend(); ++row)
        if (row->name == name && row->state != SessionState::withdrawn) return std::move(*row);
    return fail(Errc::not_found,
                fmt::format("{} was sealed, but is not in the catalogue", name_for(asked, account, name)));
}

void seal_and_burn(const Asked& asked, BurnWaits& waits, const OpenSessionStatus& open) {
    const bool again = asked.operation.has("--again");
    const auto wait = asked.operation.has("--wait") ? waits.begin(asked) : nullptr;
    asked.services.burn(open, again, [asked, &waits, wait, open](Result<std::string> sealed) {
        if (!sealed) return asked.failed(sealed.error().message);
        if (sealed->empty()) *sealed = fmt::format("{} is sealed", name_for(asked, open.account, open.name));
        if (!wait) return asked.done(*sealed + "\n");
        asked.sink->error(std::move(*sealed));
        const auto row = sealed_as(asked, open.account, open.name);
        if (!row) return asked.failed(row.error().message);
        waits.follow(wait, row->id);
    });
}

}  // namespace

void run_burn(const Asked& asked, BurnWaits& waits) {
    const std::string& name = asked.operation.argument;
    const auto open = find_open_session(asked, name);
    if (open) return seal_and_burn(asked, waits, *open);
    if (open.error().code != Errc::not_found) return asked.failed(open.error().message);

    auto wait = asked.operation.has("--wait") ? waits.begin(asked) : nullptr;
    const auto row = find_sealed_session(
        asked, name,
        {SessionState::queued, SessionState::burning, SessionState::verifying, SessionState::burned});
    if (!row) return asked.failed(row.error().message);
    const std::string session = name_for(asked, row->account, row->disc_name);
    if (asked.operation.has("--again"))
        return asked.failed(
            fmt::format("{} is not open; send it again, then `burn {} --again`", session, session));
    const bool was_queued = row->state == SessionState::queued;
    if (was_queued) asked.services.burn_now(row->id);  // it may be held back for others
    if (wait) return waits.follow(std::move(wait), row->id);
    if (row->state == SessionState::failed)
        return asked.failed(row->folder.empty()
                                ? fmt::format("{} failed: {}", session, escape(row->reason))
                                : fmt::format("{} failed: {}; FAILED.txt in it says what to do", session,
                                              escape(row->reason)));
    asked.done(fmt::format("{} is {} already{}\n", session, to_string(row->state),
                           was_queued ? "; it is not held back for others" : ""));
}

}  // namespace burnbox
