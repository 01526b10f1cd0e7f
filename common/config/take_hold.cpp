#include "common/config/take_hold.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "common/base/text.hpp"

namespace burnbox {
namespace {

using Names = std::vector<std::string>;

// What stands in the table beside a key: how to see that its value differs, and how to keep the running one.
struct Row {
    KeyRule rule;
    void (*compare)(std::string_view key, const Config& running, const Config& wanted, Names& changed);
    void (*keep)(const Config& running, Config& next);
};

template <auto First, auto... Rest, typename Of>
auto& member(Of& of) {
    if constexpr (sizeof...(Rest) == 0)
        return of.*First;
    else
        return member<Rest...>(of.*First);
}

// A value in its place: at<&Config::burn, &BurnConfig::label>.
template <auto... Path>
constexpr Row at(std::string_view key, TakesHold when) {
    return {{key, when},
            [](std::string_view name, const Config& running, const Config& wanted, Names& changed) {
                if (member<Path...>(running) != member<Path...>(wanted)) changed.emplace_back(name);
            },
            [](const Config& running, Config& next) { member<Path...>(next) = member<Path...>(running); }};
}

// The name in place of NAME, and what stands behind it: "drives.tray.device".
std::string named(std::string_view key, std::string_view name) {
    const std::size_t at = key.find("NAME");
    return fmt::format("{}{}{}", key.substr(0, at), name, key.substr(at + 4));
}

// A value in each entry of a map that both have; the whole map is kept.
template <auto Map, auto Value>
constexpr Row in_each(std::string_view key, TakesHold when) {
    return {{key, when},
            [](std::string_view name, const Config& running, const Config& wanted, Names& changed) {
                for (const auto& [entry, before] : running.*Map) {
                    const auto after = (wanted.*Map).find(entry);
                    if (after != (wanted.*Map).end() && before.*Value != after->second.*Value)
                        changed.push_back(named(name, entry));
                }
            },
            [](const Config& running, Config& next) { next.*Map = running.*Map; }};
}

// A value in each item of a list, while it has as many of them; the whole list is kept.
template <auto List, auto Value>
constexpr Row in_item(std::string_view key, TakesHold when) {
    return {{key, when},
            [](std::string_view name, const Config& running, const Config& wanted, Names& changed) {
                const auto &before = running.*List, &after = wanted.*List;
                const std::size_t dot = name.find('.');
                for (std::size_t i = 0; before.size() == after.size() && i < before.size(); ++i)
                    if (before[i].*Value != after[i].*Value)
                        changed.push_back(fmt::format("{}[{}]{}", name.substr(0, dot), i, name.substr(dot)));
            },
            [](const Config& running, Config& next) { next.*List = running.*List; }};
}

// It has one value only, or none.
constexpr Row never_differs(std::string_view key) {
    return {{key, TakesHold::restart},
            [](std::string_view, const Config&, const Config&, Names&) {},
            [](const Config&, Config&) {}};
}

using enum TakesHold;
constexpr std::array kTable = {
    at<&Config::listen>("listen", restart),
    at<&Config::state_dir>("state_dir", restart),
    at<&Config::inbox_dir>("inbox_dir", restart),
    at<&Config::catalogue>("catalogue", restart),
    in_each<&Config::accounts, &AccountConfig::keys>("accounts.NAME.keys", now),
    // The keys of both are one list.
    Row{{"accounts.NAME.keys_file", now}, never_differs("").compare, never_differs("").keep},
    in_each<&Config::accounts, &AccountConfig::rights>("accounts.NAME.rights", now),
    in_each<&Config::accounts, &AccountConfig::quota_bytes>("accounts.NAME.quota", now),
    in_each<&Config::accounts, &AccountConfig::pool>("accounts.NAME.pool", next_session),
    at<&Config::session, &SessionConfig::marker>("session.marker", now),
    at<&Config::session, &SessionConfig::any_file>("session.any_file", now),
    at<&Config::session, &SessionConfig::ignore>("session.ignore", now),
    at<&Config::session, &SessionConfig::keep_burned>("session.keep_burned", restart),
    in_item<&Config::watch, &WatchConfig::path>("watch.path", restart),
    in_item<&Config::watch, &WatchConfig::account>("watch.account", restart),
    in_item<&Config::watch, &WatchConfig::settle>("watch.settle", restart),
    in_item<&Config::skim, &SkimConfig::from>("skim.from", restart),
    in_item<&Config::skim, &SkimConfig::account>("skim.account", restart),
    in_item<&Config::skim, &SkimConfig::every>("skim.every", restart),
    in_item<&Config::skim, &SkimConfig::session>("skim.session", restart),
    in_item<&Config::skim, &SkimConfig::include>("skim.include", restart),
    in_item<&Config::skim, &SkimConfig::exclude>("skim.exclude", restart),
    in_item<&Config::skim, &SkimConfig::min_age>("skim.min_age", restart),
    in_item<&Config::skim, &SkimConfig::max_size_bytes>("skim.max_size", restart),
    at<&Config::signals_dir>("signals_dir", restart),
    in_item<&Config::hooks, &HookConfig::on>("hooks.on", restart),
    in_item<&Config::hooks, &HookConfig::run>("hooks.run", restart),
    never_differs("http"),
    in_each<&Config::drives, &DriveConfig::device>("drives.NAME.device", restart),
    in_each<&Config::drives, &DriveConfig::expect>("drives.NAME.expect", restart),
    in_each<&Config::drives, &DriveConfig::image_dir>("drives.NAME.image_dir", restart),
    in_each<&Config::drives, &DriveConfig::medium>("drives.NAME.medium", restart),
    in_each<&Config::drives, &DriveConfig::blanks>("drives.NAME.blanks", restart),
    in_each<&Config::drives, &DriveConfig::load>("drives.NAME.load", restart),
    in_each<&Config::drives, &DriveConfig::eject>("drives.NAME.eject", restart),
    in_each<&Config::pools, &PoolConfig::drives>("pools.NAME.drives", restart),
    in_each<&Config::pools, &PoolConfig::copies>("pools.NAME.copies", restart),
    in_each<&Config::pools, &PoolConfig::allow_emulated>("pools.NAME.allow_emulated", restart),
    never_differs("burn.verify"),
    at<&Config::burn, &BurnConfig::layout>("burn.layout", restart),
    at<&Config::burn, &BurnConfig::label>("burn.label", next_disc),
    at<&Config::burn, &BurnConfig::modes>("burn.modes", restart),
    at<&Config::burn, &BurnConfig::speed>("burn.speed", restart),
    at<&Config::burn, &BurnConfig::batch, &BatchConfig::wait>("burn.batch.wait", now),
    at<&Config::burn, &BurnConfig::batch, &BatchConfig::sessions>("burn.batch.sessions", now),
    at<&Config::burn, &BurnConfig::batch, &BatchConfig::size_bytes>("burn.batch.size", now),
    at<&Config::burn, &BurnConfig::span>("burn.span", restart),
    at<&Config::burn, &BurnConfig::close_when_full>("burn.close_disc", restart),
    at<&Config::burn, &BurnConfig::full_below_bytes>("burn.full_below", restart),
    at<&Config::burn, &BurnConfig::redundancy>("burn.redundancy", restart),
    at<&Config::burn, &BurnConfig::write_once_only>("burn.write_once_only", restart),
    at<&Config::limits, &Limits::connections>("limits.connections", now),
    at<&Config::limits, &Limits::per_address>("limits.per_address", now),
    at<&Config::limits, &Limits::unauthenticated>("limits.unauthenticated", now),
    at<&Config::limits, &Limits::login_grace>("limits.login_grace", next_connection),
    at<&Config::limits, &Limits::auth_tries>("limits.auth_tries", next_connection),
    at<&Config::limits, &Limits::key_exchanges>("limits.key_exchanges", now),
    at<&Config::limits, &Limits::channels>("limits.channels", now),
    at<&Config::limits, &Limits::handles>("limits.handles", next_connection),
    at<&Config::limits, &Limits::window_bytes>("limits.window", next_connection),
    at<&Config::limits, &Limits::sessions>("limits.sessions", now),
    at<&Config::limits, &Limits::files>("limits.files", now),
    at<&Config::limits, &Limits::idle>("limits.idle", now),
    at<&Config::drain>("drain", now),
    at<&Config::log_level>("log.level", now),
    at<&Config::log_format>("log.format", restart),
};

// Names that one has and the other has not: "accounts.bob".
template <typename Map>
void compare_names(std::string_view section, const Map& running, const Map& wanted, Names& changed) {
    for (const auto& [name, entry] : running)
        if (!wanted.contains(name)) changed.push_back(fmt::format("{}.{}", section, name));
    for (const auto& [name, entry] : wanted)
        if (!running.contains(name)) changed.push_back(fmt::format("{}.{}", section, name));
}

void add_all(const Names& keys, TakesHold when, std::vector<ChangedKey>& to) {
    for (const std::string& key : keys) to.push_back({key, when});
}

// What comes and goes as a whole.
void add_entries(const Config& running, const Config& wanted, std::vector<ChangedKey>& to) {
    Names accounts, others;
    compare_names("accounts", running.accounts, wanted.accounts, accounts);
    compare_names("drives", running.drives, wanted.drives, others);
    compare_names("pools", running.pools, wanted.pools, others);
    if (running.watch.size() != wanted.watch.size()) others.emplace_back("watch");
    if (running.skim.size() != wanted.skim.size()) others.emplace_back("skim");
    if (running.hooks.size() != wanted.hooks.size()) others.emplace_back("hooks");
    add_all(accounts, now, to);
    add_all(others, restart, to);
}

// What an account stands on must be there now, and what stands on an account needs it until a restart.
Status check_together(const Config& next) {
    for (const auto& [name, account] : next.accounts)
        if (!next.pools.contains(account.pool))
            return fail(Errc::invalid, fmt::format("accounts.{}.pool: the pool {} is there after a restart "
                                                   "only: restart burnbox",
                                                   name, escape(account.pool)));
    const auto needed = [&](std::string_view section, std::size_t index, const std::string& account) {
        return fail(Errc::invalid, fmt::format("accounts.{}: {}[{}] needs it, and goes on until a restart: "
                                               "restart burnbox",
                                               account, section, index));
    };
    for (std::size_t i = 0; i < next.watch.size(); ++i)
        if (!next.accounts.contains(next.watch[i].account)) return needed("watch", i, next.watch[i].account);
    for (std::size_t i = 0; i < next.skim.size(); ++i)
        if (!next.accounts.contains(next.skim[i].account)) return needed("skim", i, next.skim[i].account);
    return {};
}

}  // namespace

std::string_view to_string(TakesHold when) {
    switch (when) {
        case now:
            return "now";
        case next_connection:
            return "next connection";
        case next_session:
            return "next session";
        case next_disc:
            return "next disc";
        case restart:
            break;
    }
    return "restart";
}

std::vector<KeyRule> key_rules() {
    std::vector<KeyRule> rules;
    rules.reserve(kTable.size());
    for (const Row& row : kTable) rules.push_back(row.rule);
    return rules;
}

std::vector<ChangedKey> changed_keys(const Config& running, const Config& wanted) {
    std::vector<ChangedKey> changed;
    for (const Row& row : kTable) {
        Names keys;
        row.compare(row.rule.key, running, wanted, keys);
        add_all(keys, row.rule.takes_hold, changed);
    }
    add_entries(running, wanted, changed);
    return changed;
}

Result<Config> without_restart(const Config& running, const Config& wanted) {
    Config next = wanted;
    for (const Row& row : kTable)
        if (row.rule.takes_hold == restart) row.keep(running, next);
    BB_CHECK(check_together(next));
    return next;
}

}  // namespace burnbox
