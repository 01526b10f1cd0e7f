#include "server/operations/session_lookup.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "common/base/text.hpp"

namespace burnbox {
namespace {

struct Wanted {
    std::string account;  // empty = any
    std::string name;
    std::string path;  // not empty: of its folder on this machine, and nothing else counts
};

// "alice/holiday/" is what completion makes of it. Accounts' names hold no '/', nor do sessions'.
Wanted split_name(const Asked& asked, std::string name) {
    while (name.ends_with('/')) name.pop_back();
    if (asked.account.empty() && name.starts_with('/')) return {{}, {}, std::move(name)};
    const std::size_t slash = name.find('/');
    if (slash == std::string::npos) return {asked.account, std::move(name), {}};
    Wanted wanted{name.substr(0, slash), name.substr(slash + 1), {}};
    if (!asked.account.empty() && wanted.account != asked.account)
        wanted = {asked.account, std::move(name), {}};  // fits none
    return wanted;
}

std::unexpected<Error> no_such_session(const std::string& name) {
    return fail(Errc::not_found,
                fmt::format("there is no session \"{}\"; `sessions` lists them", escape(name)));
}

std::unexpected<Error> ambiguous(const std::set<std::string>& names, const std::string& name) {
    std::string all;
    for (const std::string& one : names) all += fmt::format("{}{}", all.empty() ? "" : ", ", escape(one));
    return fail(Errc::conflict, fmt::format("\"{}\" may be any of {}: give one of these", escape(name), all));
}

std::string place(const Asked& asked, const std::string& watched_folder, const std::string& account,
                  const std::string& folder) {
    if (!asked.account.empty()) return watched_folder.empty() ? "inbox" : "watched folder";
    if (!watched_folder.empty()) return join_path(watched_folder, folder);
    return asked.services.inbox.fs().host_path(join_path(account, folder));
}

template <typename Sessions>
std::set<std::string> names_with_accounts(const Sessions& sessions, const std::string& name) {
    std::set<std::string> names;
    for (const auto& session : sessions) names.insert(session.account + "/" + name);
    return names;
}

// 0: it is not meant.
int fitness(const Asked& asked, const SessionRow& row, const Wanted& wanted,
            std::initializer_list<SessionState> states) {
    const bool exact =
        wanted.path.empty() ? row.disc_name == wanted.name : place_for(asked, row) == wanted.path;
    const bool fits = wanted.path.empty() && (row.name == wanted.name || row.folder == wanted.name);
    if (!exact && !fits) return 0;
    return 1 + (exact ? 1 : 0) + (std::ranges::find(states, row.state) != states.end() ? 2 : 0);
}

// In one folder the newest is meant; of several folders nobody can tell.
bool lie_in_several_folders(const std::vector<SessionRow>& rows) {
    return std::ranges::any_of(rows,
                               [&](const SessionRow& row) { return row.staging != rows.front().staging; });
}

}  // namespace

Result<SessionRow> find_sealed_session(const Asked& asked, const std::string& name,
                                       std::initializer_list<SessionState> states) {
    const Wanted wanted = split_name(asked, name);
    BB_TRY(const auto rows, asked.services.catalogue.sessions(wanted.account));
    std::vector<SessionRow> best;
    int best_fitness = 1;
    for (const SessionRow& row : rows) {
        const int fits = fitness(asked, row, wanted, states);
        if (fits < best_fitness) continue;
        if (fits > best_fitness) best.clear();
        best_fitness = fits;
        best.push_back(row);
    }
    if (best.empty()) return no_such_session(name);
    const auto names = names_with_accounts(best, wanted.name);
    if (names.size() > 1) return ambiguous(names, wanted.name);
    if (!lie_in_several_folders(best)) return best.back();
    std::set<std::string> by_disc_name;
    for (const SessionRow& row : best)
        by_disc_name.insert(asked.account.empty() ? row.account + "/" + row.disc_name : row.disc_name);
    return ambiguous(by_disc_name, wanted.name);
}

Result<OpenSessionStatus> find_open_session(const Asked& asked, const std::string& name) {
    const Wanted wanted = split_name(asked, name);
    std::vector<OpenSessionStatus> fitting = asked.services.open_sessions();
    std::erase_if(fitting, [&](const OpenSessionStatus& open) {
        if (!wanted.path.empty()) return place_for(asked, open) != wanted.path;
        return open.name != wanted.name || (!wanted.account.empty() && open.account != wanted.account);
    });
    if (fitting.empty()) return no_such_session(name);
    const auto names = names_with_accounts(fitting, wanted.name);
    if (names.size() > 1) return ambiguous(names, wanted.name);
    if (fitting.size() == 1) return fitting.front();
    const auto in_inbox = std::ranges::find(fitting, std::string(), &OpenSessionStatus::watched_folder);
    if (!asked.account.empty()) {
        if (in_inbox != fitting.end()) return *in_inbox;
        return fail(
            Errc::conflict,
            fmt::format("several watched folders have a session {}: the operator can have one of them "
                        "burned",
                        escape(wanted.name)));
    }
    std::set<std::string> paths;
    for (const OpenSessionStatus& open : fitting) paths.insert(place_for(asked, open));
    return ambiguous(paths, wanted.name);
}

std::string place_for(const Asked& asked, const OpenSessionStatus& open) {
    return place(asked, open.watched_folder, open.account, open.name);
}

std::string place_for(const Asked& asked, const SessionRow& row) {
    const std::string* const watched = row.staging.watched_folder();
    return place(asked, watched == nullptr ? std::string() : *watched, row.account, row.folder);
}

std::string name_for(const Asked& asked, const std::string& account, const std::string& session) {
    return escape(asked.account.empty() ? fmt::format("{}/{}", account, session) : session);
}

}  // namespace burnbox
