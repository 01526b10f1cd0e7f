// The rules between sections.
#include "common/config/sections.hpp"

#include <algorithm>
#include <filesystem>
#include <set>

#include "common/base/glob.hpp"
#include "common/base/text.hpp"
#include "common/config/configured_folders.hpp"
#include "common/storage/paths.hpp"

namespace burnbox {
namespace {

// Folders of state_dir that are burnbox's alone.
constexpr std::string_view kStateFolders[] = {"host_keys", "seals",    "journal", "rollback",
                                              "staged",    "recovery", "skim"};

using Folders = std::vector<ConfiguredFolder>;

void check_apart(const ConfiguredFolder& one, const ConfiguredFolder& other, Reading& reading) {
    if (is_at_or_below(one.path, other.path) || is_at_or_below(other.path, one.path))
        reading.wrong(one.key, fmt::format("{} overlaps {} ({}); each needs a folder of its own",
                                           escape(one.path), other.key, escape(other.path)));
}

// A folder may lie in state_dir, but neither be or hold it nor lie where burnbox keeps its own files.
void check_beside_state(const ConfiguredFolder& folder, const std::string& state_dir, Reading& reading) {
    if (is_at_or_below(state_dir, folder.path))
        return reading.wrong(folder.key,
                             fmt::format("{} is or holds state_dir ({}); choose a folder beside or below it",
                                         escape(folder.path), escape(state_dir)));
    for (const std::string_view name : kStateFolders)
        if (is_at_or_below(folder.path, fmt::format("{}/{}", state_dir, name)))
            reading.wrong(folder.key,
                          fmt::format("{} lies in {}/{}, which is burnbox's own; choose another folder",
                                      escape(folder.path), escape(state_dir), name));
}

// Apart from state_dir, and from those that stand before it.
void check_folder(const Folders& folders, std::size_t at, const Config& config, Reading& reading) {
    check_beside_state(folders[at], config.state_dir, reading);
    for (std::size_t i = 0; i < at; ++i) check_apart(folders[at], folders[i], reading);
}

void check_folders(const Folders& folders, const Config& config, Reading& reading) {
    for (std::size_t i = 0; i < folders.size(); ++i)
        if (folders[i].use == FolderUse::inbox || folders[i].use == FolderUse::images)
            check_folder(folders, i, config, reading);
}

// It may be a watched folder itself. Below one, or below any other folder that people fill, its files would
// be taken for a session's.
void check_signals(const Folders& folders, const Config& config, Reading& reading) {
    const ConfiguredFolder signals{.key = "signals_dir", .path = config.signals_dir};
    check_beside_state(signals, config.state_dir, reading);
    for (const ConfiguredFolder& folder : folders) {
        if (folder.use == FolderUse::skimmed || !is_at_or_below(signals.path, folder.path)) continue;
        if (folder.use == FolderUse::watched && folder.path == signals.path) continue;
        reading.wrong(signals.key, fmt::format("{} lies in {} ({}); choose a folder outside of it",
                                               escape(signals.path), folder.key, escape(folder.path)));
    }
}

std::string no_such_account(const std::string& name) {
    return fmt::format("there is no account \"{}\" under accounts; one without keys will do", escape(name));
}

void check_watched(const Folders& folders, const Config& config, Reading& reading) {
    for (std::size_t i = 0; i < config.watch.size(); ++i) {
        const std::string key = item_key("watch", i);
        const auto folder = std::ranges::find(folders, key + ".path", &ConfiguredFolder::key);
        if (folder != folders.end())
            check_folder(folders, static_cast<std::size_t>(folder - folders.begin()), config, reading);
        if (!config.watch[i].account.empty() && !config.accounts.contains(config.watch[i].account))
            reading.wrong(key + ".account", no_such_account(config.watch[i].account));
    }
}

// What a skimmer reads may be read by another one too, but must not be what burnbox itself writes.
void check_only_read(const ConfiguredFolder& skimmed, const Folders& folders, const Config& config,
                     Reading& reading) {
    for (const ConfiguredFolder& other : folders) {
        if (other.use != FolderUse::skimmed) check_apart(skimmed, other, reading);
        if (other.use == FolderUse::inbox)
            check_apart(skimmed, {.key = "state_dir", .path = config.state_dir}, reading);
    }
}

void check_skimmed(const Folders& folders, const Config& config, Reading& reading) {
    std::set<std::pair<std::string, std::string>> seen;
    for (std::size_t i = 0; i < config.skim.size(); ++i) {
        const SkimConfig& skim = config.skim[i];
        const std::string key = item_key("skim", i);
        if (skim.from.empty() || skim.account.empty()) continue;
        check_only_read({.key = key + ".from", .path = skim.from}, folders, config, reading);
        if (!seen.emplace(skim.account, skim.from).second)
            reading.wrong(key, fmt::format("account {} skims {} already; join the two", escape(skim.account),
                                           escape(skim.from)));
        if (!config.accounts.contains(skim.account))
            reading.wrong(key + ".account", no_such_account(skim.account));
    }
}

void check_catalogue(const Config& config, Reading& reading) {
    constexpr std::string_view kSqlite = "sqlite3://";
    if (config.catalogue.starts_with("postgresql://"))
        return reading.wrong("catalogue", "this build has no PostgreSQL; use sqlite3:///PATH");
    if (!config.catalogue.starts_with("sqlite3:///") || config.catalogue.ends_with('/'))
        return reading.wrong("catalogue", fmt::format("\"{}\" is not sqlite3:/// and an absolute path",
                                                      escape(config.catalogue)));
    const auto path = std::filesystem::path(config.catalogue.substr(kSqlite.size())).lexically_normal();
    if (is_at_or_below(path.string(), config.inbox_dir))
        reading.wrong("catalogue", fmt::format("it lies in inbox_dir ({}), where clients write",
                                               escape(config.inbox_dir)));
}

void check_pool(const PoolConfig& pool, const Config& config, Reading& reading) {
    const std::string key = "pools." + pool.name;
    const std::string list = key + ".drives";
    if (pool.drives.empty()) return reading.wrong(list, "it is empty; name at least one drive");
    std::set<std::string> seen;
    bool emulated = false, real = false;
    for (std::size_t i = 0; i < pool.drives.size(); ++i) {
        const std::string& name = pool.drives[i];
        if (!config.drives.contains(name))
            reading.wrong(item_key(list, i),
                          fmt::format("there is no drive \"{}\" under drives", escape(name)));
        if (!seen.insert(name).second)
            reading.wrong(item_key(list, i), fmt::format("drive {} is here twice", escape(name)));
        emulated = emulated || reading.places.contains(fmt::format("drives.{}.image_dir", name));
        real = real || reading.places.contains(fmt::format("drives.{}.device", name));
    }
    if (emulated && real && !pool.allow_emulated)
        reading.wrong(list,
                      "it mixes real and emulated drives: sessions could end on an emulated disc while the "
                      "real drive is away; "
                      "separate them, or say allow_emulated: true");
    if (pool.copies > pool.drives.size())
        reading.wrong(key + ".copies", fmt::format("{} copies need as many drives, the pool has {}",
                                                   pool.copies, pool.drives.size()));
}

void check_accounts(const Config& config, Reading& reading) {
    const auto is_filled_here = [&](const std::string& name) {
        return std::ranges::find(config.watch, name, &WatchConfig::account) != config.watch.end() ||
               std::ranges::find(config.skim, name, &SkimConfig::account) != config.skim.end();
    };
    for (const std::string& name : reading.keyless)
        if (!is_filled_here(name))
            reading.wrong(
                "accounts." + name,
                "the account has no key: nobody could log in; set keys or keys_file, or name it under "
                "watch or skim, whose accounts need none");
    for (const auto& [name, account] : config.accounts)
        if (!config.pools.contains(account.pool))
            reading.wrong(fmt::format("accounts.{}.pool", name),
                          fmt::format("there is no pool \"{}\" under pools", escape(account.pool)));
}

void check_markers(const SessionConfig& session, Reading& reading) {
    for (std::size_t i = 0; i < session.marker.size(); ++i)
        for (const std::string& pattern : session.ignore)
            if (glob_match(pattern, session.marker[i]))
                reading.wrong(item_key("session.marker", i),
                              fmt::format("\"{}\" is never a marker: session.ignore has \"{}\"",
                                          escape(session.marker[i]), escape(pattern)));
}

void check_batch(const BatchConfig& batch, Reading& reading) {
    if (batch.sessions > 1 || (batch.wait.count() == 0 && batch.size_bytes == 0)) return;
    reading.wrong("burn.batch",
                  "nothing is held back: the first session makes the number full; set sessions to how many "
                  "are burned together at most");
}

// How large a part may be must be known before the first one is burned.
void check_span(const Config& config, Reading& reading) {
    if (!config.burn.span) return;
    for (const auto& [name, drive] : config.drives)
        if (!drive.emulated() && drive.expect.empty())
            reading.wrong("burn.span",
                          fmt::format("drives.{} does not say how large its discs are: add expect to it, the "
                                      "kind of blanks that are bought",
                                      name));
}

}  // namespace

void check_config(const Config& config, Reading& reading) {
    const Folders folders = configured_folders(config);
    check_folders(folders, config, reading);
    check_watched(folders, config, reading);
    check_signals(folders, config, reading);
    check_skimmed(folders, config, reading);
    check_catalogue(config, reading);
    if (config.drives.empty())
        reading.wrong("drives",
                      "there is no drive; to burn to emulated discs add   drives: {disc: {image_dir: " +
                          config.state_dir + "/discs, medium: dvd+r}}");
    else
        for (const auto& [name, pool] : config.pools) check_pool(pool, config, reading);
    check_accounts(config, reading);
    check_markers(config.session, reading);
    check_batch(config.burn.batch, reading);
    check_span(config, reading);
}

}  // namespace burnbox
