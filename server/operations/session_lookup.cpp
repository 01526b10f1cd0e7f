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
};

// "alice/holiday/" is what completion makes of it. Accounts' names hold no '/', nor do sessions'.
Wanted split_name(const Asked& asked, std::string name) {
    while (name.ends_with('/')) name.pop_back();
    const std::size_t slash = name.find('/');
    if (slash == std::string::npos) return {asked.account, std::move(name)};
    Wanted wanted{name.substr(0, slash), name.substr(slash + 1)};
    if (!asked.account.empty() && wanted.account != asked.account)
        wanted = {asked.account, std::move(name)};  // fits none
    return wanted;
}

std::unexpected<Error> no_such_session(const std::string& name) {
    return fail(Errc::not_found,
                fmt::format("there is no session \"{}\"; `sessions` lists them", escape(name)));
}

std::unexpected<Error> ambiguous(const std::set<std::string>& accounts, const std::string& name) {
    std::string names;
    for (const std::string& account : accounts)
        names += fmt::format("{}{}/{}", names.empty() ? "" : ", ", account, name);
    return fail(Errc::conflict,
                fmt::format("\"{}\" may be any of {}: give one of these", escape(name), escape(names)));
}

int fitness(const SessionRow& row, const std::string& name, std::initializer_list<SessionState> wanted) {
    const bool exact = row.disc_name == name;
    if (!exact && row.name != name && row.folder != name) return 0;
    return 1 + (exact ? 1 : 0) + (std::ranges::find(wanted, row.state) != wanted.end() ? 2 : 0);
}

}  // namespace

Result<SessionRow> find_sealed_session(const Asked& asked, const std::string& name,
                                       std::initializer_list<SessionState> wanted) {
    const Wanted split = split_name(asked, name);
    BB_TRY(const auto rows, asked.services.catalogue.sessions(split.account));
    const SessionRow* best = nullptr;
    std::set<std::string> accounts;
    int best_fitness = 0;
    for (const SessionRow& row : rows) {
        const int fits = fitness(row, split.name, wanted);
        if (fits == 0 || fits < best_fitness) continue;
        if (fits > best_fitness) accounts.clear();
        best = &row;
        best_fitness = fits;
        accounts.insert(row.account);
    }
    if (best == nullptr) return no_such_session(name);
    if (accounts.size() > 1) return ambiguous(accounts, split.name);
    return *best;
}

Result<OpenSessionStatus> find_open_session(const Asked& asked, const std::string& name) {
    const Wanted split = split_name(asked, name);
    std::vector<OpenSessionStatus> fitting = asked.services.open_sessions();
    std::erase_if(fitting, [&](const OpenSessionStatus& open) {
        return open.name != split.name || (!split.account.empty() && open.account != split.account);
    });
    if (fitting.empty()) return no_such_session(name);
    std::set<std::string> accounts;
    for (const OpenSessionStatus& open : fitting) accounts.insert(open.account);
    if (accounts.size() > 1) return ambiguous(accounts, split.name);
    return fitting.front();
}

std::string name_for(const Asked& asked, const std::string& account, const std::string& session) {
    return escape(asked.account.empty() ? fmt::format("{}/{}", account, session) : session);
}

}  // namespace burnbox
