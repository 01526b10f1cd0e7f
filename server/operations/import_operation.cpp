#include "server/operations/import_operation.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "common/base/text.hpp"
#include "server/control/columns.hpp"
#include "server/operations/session_lookup.hpp"

namespace burnbox {
namespace {

Result<std::string> choose_account(const Asked& asked) {
    const std::vector<std::string> accounts = asked.services.accounts();
    std::string given = asked.operation.value("--account");
    if (given.empty() && accounts.size() == 1) return accounts.front();
    if (given.empty())
        return fail(Errc::invalid, fmt::format("whose session is it? --account NAME, one of: {}",
                                               fmt::join(accounts, ", ")));
    if (std::ranges::find(accounts, given) == accounts.end())
        return fail(Errc::not_found, fmt::format("there is no account \"{}\"; accounts: {}", escape(given),
                                                 fmt::join(accounts, ", ")));
    return given;
}

}  // namespace

void run_import(const Asked& asked, BurnWaits& waits) {
    const auto account = choose_account(asked);
    if (!account) return asked.failed(account.error().message);
    const std::string session = asked.operation.value("--session");
    const auto open = asked.services.open_sessions();
    if (std::ranges::any_of(open, [&](const OpenSessionStatus& one) {
            return one.account == *account && one.name == session;
        }))
        return asked.failed(
            fmt::format("{0} has an open session {1}; burn or delete that one first, or choose another name",
                        *account, escape(session)));
    const auto wait = asked.operation.has("--wait") ? waits.begin(asked) : nullptr;
    const auto row = asked.services.import_folder({.folder = asked.operation.argument,
                                                   .account = *account,
                                                   .session = session,
                                                   .again = asked.operation.has("--again")});
    if (!row) return asked.failed(row.error().message);
    const std::string sealed =
        fmt::format("{} is sealed: {}, {}", name_for(asked, row->account, row->disc_name),
                    count_text(row->files_count, "file", "files"), human_bytes(row->bytes));
    if (!wait) return asked.done(sealed + "\n");
    asked.sink->error(sealed);
    waits.follow(wait, row->id);
}

}  // namespace burnbox
