#include "server/startup/closed_account.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <map>

#include "common/base/log.hpp"
#include "common/base/text.hpp"
#include "common/storage/access_problem.hpp"
#include "common/storage/user_name.hpp"
#include "common/unicode/shown_text.hpp"
#include "server/files/journal.hpp"

namespace burnbox::upload {
namespace {

Result<bool> is_empty(FileSystem& inbox) {
    BB_TRY(const auto entries, list_folder(inbox, ""));
    return std::ranges::all_of(entries, [](const DirEntry& entry) {
        return entry.name.starts_with('.') || entry.name == "lost+found";
    });
}

// How many sessions wait in the inbox of each account.
Result<std::map<std::string, std::size_t>> count_waiting(SessionRegistry& registry) {
    std::map<std::string, std::size_t> waiting;
    for (const SessionState state : kQueuedStates) {
        BB_TRY(const auto rows, registry.services.catalogue.sessions_in_state(state));
        for (const SessionRow& row : rows)
            if (!row.staging.is_watched() && !row.folder.empty() && !row.is_part()) ++waiting[row.account];
    }
    return waiting;
}

// An account's folder that is not there though sessions in it wait: somebody renamed it, or its disk is not
// mounted.
Result<std::string> missing_folder(SessionRegistry& registry, const std::string& account,
                                   std::size_t waiting) {
    const auto info = registry.inbox().info(account);
    if (waiting == 0 || info || info.error().code != Errc::not_found) return std::string();
    const std::string path = registry.inbox().host_path(account);
    return fmt::format(
        "the folder {} is missing, and {} sessions in it wait to be burned; put it back or mount its disk. "
        "If "
        "they are lost for good, make it: sudo install -d -o {} {}",
        escape(path), waiting, user_name(), shell_quoted(path));
}

// What is closed, and the line that mends it.
std::string closed_text(SessionRegistry& registry, const std::string& account, const std::string& error) {
    const std::string folder = registry.inbox().host_path(account);
    const std::string journal = registry.services.state_fs.host_path(Journal::folder(account));
    for (const std::string& path : {folder, journal})
        if (const auto problem = access_problem(path, R_OK | W_OK | X_OK)) return *problem;
    if (!std::filesystem::exists(folder)) return error;  // it says what to do
    return fmt::format("{}; mend it with: sudo chown -R {} {}", error, user_name(), shell_quoted(folder));
}

}  // namespace

Status find_missing_folders(SessionRegistry& registry, ClosedAccounts& closed) {
    BB_TRY(const auto waiting, count_waiting(registry));
    for (const auto& [account, count] : waiting) {
        BB_TRY(std::string missing, missing_folder(registry, account, count));
        if (!missing.empty()) closed.add(account, std::move(missing));
    }
    if (closed.reasons().empty()) return {};
    BB_TRY(const bool empty, is_empty(registry.inbox()));
    if (!empty) return {};
    const auto& [account, count] = *waiting.begin();
    return fail(
        Errc::not_found,
        fmt::format("{} is empty, but {} sessions of {} in it wait to be burned: mount its disk and start "
                    "again; if they are lost for good, make the folder {}",
                    registry.inbox().host_path(""), count, account, registry.inbox().host_path(account)));
}

Status check_folder_is_there(SessionRegistry& registry, const std::string& account) {
    BB_TRY(const auto waiting, count_waiting(registry));
    const auto count = waiting.find(account);
    BB_TRY(const std::string missing,
           missing_folder(registry, account, count == waiting.end() ? 0 : count->second));
    return missing.empty() ? Status() : fail(Errc::not_found, missing);
}

void close_account(SessionRegistry& registry, const std::string& name, const std::string& error) {
    const std::string reason = closed_text(registry, name, error);
    const auto account = registry.account(name);
    {
        const std::lock_guard lock(account->mutex);
        account->closed = reason;
    }
    log::error("account not served", log::kv("account", name), log::kv("reason", reason));
    if (registry.services.folder_is_away)
        registry.services.folder_is_away(registry.inbox().host_path(name),
                                         fmt::format("account {} is not served: {}", name, reason));
}

}  // namespace burnbox::upload
