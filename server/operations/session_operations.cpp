#include "server/operations/session_operations.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "common/base/log.hpp"
#include "common/base/text.hpp"
#include "server/operations/session_lookup.hpp"

namespace burnbox {

namespace {

// Somebody removed it on the server: nothing but a person's word ends such a session.
bool has_lost_its_folder(const Asked& asked, const SessionRow& row) {
    if (row.state != SessionState::failed || !asked.services.find_folder) return false;
    const Status found = asked.services.find_folder(row);
    return !found && (found.error().code == Errc::not_found || found.error().code == Errc::corrupt);
}

}  // namespace

void run_cancel(const Asked& asked) {
    const auto row = find_sealed_session(asked, asked.operation.argument, {SessionState::queued});
    if (!row) {
        if (find_open_session(asked, asked.operation.argument))
            return asked.failed(
                fmt::format("{} is open: nothing was asked to burn it", escape(asked.operation.argument)));
        return asked.failed(row.error().message);
    }
    const std::string session = name_for(asked, row->account, row->disc_name);
    if (row->state != SessionState::queued && !has_lost_its_folder(asked, *row))
        return asked.failed(fmt::format(
            "{} is {}: only a queued session can be cancelled, or a failed one whose folder is gone", session,
            to_string(row->state)));
    asked.services.cancel(row->account, row->disc_name, [asked, session](Result<std::string> answer) {
        if (!answer) return asked.failed(answer.error().message);
        asked.done((answer->empty() ? fmt::format("{} is open again", session) : *answer) + "\n");
    });
}

namespace {

// Returns what was made of its seal record.
Result<std::string> retry(const OperationServices& services, const SessionRow& given) {
    std::string record;
    if (services.find_folder) BB_CHECK(services.find_folder(given));
    if (services.keep_record) {
        BB_TRY(const SessionRow now, services.catalogue.session(given.id));
        BB_TRY(record, services.keep_record(now));
    }
    BB_CHECK(services.catalogue.step(given.id, SessionState::failed, SessionState::queued, ""));
    BB_TRY(const SessionRow row, services.catalogue.session(given.id));
    BB_CHECK(services.inbox.remove_own_file(row, "FAILED.txt"));
    BB_CHECK(services.inbox.move(row.id, FolderState::queued));
    log::info("session queued again", log::kv("account", row.account), log::kv("session", row.disc_name));
    services.events.publish({.kind = EventKind::session_queued,
                             .time = system_clock().now(),
                             .account = row.account,
                             .session = row.disc_name,
                             .disc = "",
                             .drive = "",
                             .message = "a person asked for another try"});
    services.wake_burner();
    return record;
}

}  // namespace

void run_retry(const Asked& asked) {
    // No session's name on the command line is in doubt: account/name always means the session.
    const auto drives = asked.services.drives();
    const auto row = find_sealed_session(asked, asked.operation.argument, {SessionState::failed});
    if (std::ranges::find(drives, asked.operation.argument, &DriveStatus::drive) != drives.end()) {
        if (row && row->state == SessionState::failed)
            asked.sink->error(fmt::format("{0} names the drive; the session is tried again by: retry {1}/{2}",
                                          escape(asked.operation.argument), escape(row->account),
                                          escape(row->disc_name)));
        return run_by_hand(asked, Burner::ByHand::retry);
    }
    if (!row) return asked.failed(row.error().message);
    const std::string session = name_for(asked, row->account, row->disc_name);
    const std::string pool = asked.operation.value("--pool");
    // Of one in parts some may wait while others burn.
    const bool waits =
        row->state == SessionState::queued || (row->state == SessionState::burning && row->parts != 0);
    if (row->state != SessionState::failed && !waits)
        return asked.failed(
            fmt::format("{} is {}: only a failed session can be tried again, or one that waits", session,
                        to_string(row->state)));
    if (row->state == SessionState::failed) {
        const auto record = retry(asked.services, *row);
        if (!record) return asked.failed(record.error().message);
        if (!record->empty()) asked.sink->error(fmt::format("{}: {}", session, *record));
        if (pool.empty()) return asked.done(fmt::format("{} is queued again\n", session));
    }
    const auto accepted = asked.services.accept_fewer_copies(row->id, pool);
    if (!accepted) return asked.failed(accepted.error().message);
    asked.done(*accepted + "\n");
}

void run_by_hand(const Asked& asked, Burner::ByHand what) {
    const auto done = asked.services.by_hand(what, asked.operation.argument);
    if (!done) return asked.failed(done.error().message);
    asked.done(*done + "\n");
}

}  // namespace burnbox
