// The configuration from its files: the top-level table, the files of accounts.d, defaults that depend on
// other keys.
#include <algorithm>
#include <filesystem>

#include "common/config/sections.hpp"
#include "common/config/state_dir_of.hpp"
#include "common/config/text_file.hpp"

namespace burnbox {
namespace {

std::vector<Key> top_level(Config& config, std::vector<std::string>& drive_order) {
    return {
        {"listen", listen_section(config.listen)},
        {"state_dir", folder_path(config.state_dir)},
        {"inbox_dir", folder_path(config.inbox_dir)},
        {"catalogue", text(config.catalogue)},
        {"accounts", accounts_section(config)},
        {"session", session_section(config.session)},
        {"drives", drives_section(config, drive_order)},
        {"pools", pools_section(config)},
        {"burn", burn_section(config.burn)},
        {"watch", watch_section(config.watch)},
        {"skim", skim_section(config.skim)},
        {"signals_dir", folder_path(config.signals_dir)},
        {"hooks", hooks_section(config.hooks)},
        {"http", not_served_at_all()},
        {"limits", limits_section(config.limits)},
        {"drain", duration(config.drain, std::chrono::milliseconds(0))},
        {"log", log_section(config)},
    };
}

void read_account_file(const ConfigText& file, Reading& reading, Config& config) {
    const std::string name = std::filesystem::path(file.file_name).stem().string();
    const std::string key = "accounts." + name;
    if (config.accounts.contains(name)) {
        const Place first = reading.place(key);
        return reading.findings.add({file.file_name, 1, 1},
                                    fmt::format("account {} is also at {}:{}:{}; remove one of them",
                                                escape(name), escape(first.file), first.line, first.column));
    }
    reading.places[key] = {file.file_name, 1, 1};
    const std::size_t findings = reading.findings.count();
    const YamlNode body = parse_yaml(file.text, file.file_name, reading.findings);
    if (reading.findings.count() == findings) read_account(name, body, key, reading, config);
}

void complete(Config& config, Reading& reading, const std::vector<std::string>& drive_order) {
    if (!reading.places.contains("inbox_dir")) config.inbox_dir = config.state_dir + "/inbox";
    if (!reading.places.contains("catalogue"))
        config.catalogue = "sqlite3://" + config.state_dir + "/catalogue.sqlite";
    if (!reading.places.contains("signals_dir")) config.signals_dir = config.state_dir + "/signals";
    if (config.pools.empty()) {
        PoolConfig pool;
        pool.name = "default";
        pool.drives = drive_order;
        config.pools.emplace(pool.name, std::move(pool));
        reading.places["pools.default"] = reading.place("drives");  // what is wrong with it is wrong there
    }
}

Result<std::vector<ConfigText>> read_account_files(const std::filesystem::path& folder) {
    std::error_code error;
    std::vector<std::string> paths;
    std::filesystem::directory_iterator entries(folder, error);
    for (; !error && entries != std::filesystem::directory_iterator(); entries.increment(error)) {
        const std::filesystem::path& path = entries->path();
        if (path.extension() == ".yaml" && !path.filename().string().starts_with('.'))
            paths.push_back(path.string());
    }
    if (error && error != std::errc::no_such_file_or_directory)
        return fail_errno("read folder", folder.string(), error.value());
    std::ranges::sort(paths);
    std::vector<ConfigText> files;
    for (const std::string& path : paths) {
        BB_TRY(std::string text, read_text_file(path));
        files.push_back({path, std::move(text)});
    }
    return files;
}

}  // namespace

Result<Config> parse_config(const std::string& text, const std::string& file_name,
                            const std::vector<ConfigText>& account_files) {
    Config config;
    config.file = file_name;
    Reading reading;
    reading.places[""] = {file_name, 1, 1};
    std::vector<std::string> drive_order;
    const YamlNode document = parse_yaml(text, file_name, reading.findings);
    if (reading.findings.count() == 0 || document.kind != YamlNode::Kind::nothing) {
        read_keys(document, "", reading, top_level(config, drive_order));
        for (const ConfigText& file : account_files) read_account_file(file, reading, config);
        complete(config, reading, drive_order);
        check_config(config, reading);
    }
    if (reading.findings.count() > 0) return fail(Errc::invalid, reading.findings.text());
    return config;
}

Result<Config> read_config(const std::string& path) {
    BB_TRY(const std::string text, read_text_file(path));
    BB_TRY(const auto account_files,
           read_account_files(std::filesystem::path(path).parent_path() / "accounts.d"));
    return parse_config(text, path, account_files);
}

Result<std::string> state_dir_of(const std::string& config_file) {
    BB_TRY(const std::string text, read_text_file(config_file));
    Config config;
    Reading reading;
    const YamlNode document = parse_yaml(text, config_file, reading.findings);
    if (reading.findings.count() > 0) return fail(Errc::invalid, reading.findings.text());
    // What is wrong with the other keys is no matter here.
    read_keys(document, "", reading, {{"state_dir", folder_path(config.state_dir)}});
    return config.state_dir;
}

}  // namespace burnbox
