// What `serve` uses when nobody wrote a configuration.
#include <pwd.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>

#include <fmt/format.h>

#include "common/base/text.hpp"
#include "common/config/config.hpp"
#include "common/config/sections.hpp"
#include "common/config/text_file.hpp"
#include "common/keys/key_file.hpp"
#include "common/keys/public_key.hpp"

namespace burnbox {
namespace {

constexpr const char* kClientKey = "client_key";

struct Person {
    std::string name;
    std::string home;
};

// An absolute path in the environment; others don't count (XDG Base Directory Specification).
std::string folder_of_environment(const char* variable) {
    const char* value = std::getenv(variable);
    return value != nullptr && value[0] == '/' ? value : "";
}

Person whoever_started() {
    const passwd* entry = getpwuid(getuid());
    Person person{"user", folder_of_environment("HOME")};
    if (entry == nullptr) return person;
    if (person.home.empty()) person.home = entry->pw_dir;
    std::string name;
    for (const char c : std::string_view(entry->pw_name).substr(0, 64)) {
        const char lower = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
        name += is_plain_name(std::string("a") + lower, LetterCase::lower) ? lower : '-';
    }
    if (is_plain_name(name, LetterCase::lower)) person.name = name;
    return person;
}

std::string state_folder(const Person& person) {
    if (const std::string xdg = folder_of_environment("XDG_STATE_HOME"); !xdg.empty())
        return xdg + "/burnbox";
    if (getuid() == 0) return "/var/lib/burnbox";
    return person.home + "/.local/state/burnbox";
}

void add_keys(const std::string& path, AccountConfig& account, std::string& notice) {
    const auto text = read_text_file(path);
    if (!text) {
        if (text.error().code != Errc::not_found) notice += text.error().message + "\n";
        return;
    }
    for (const KeyFileLine& line : parse_key_lines(*text)) {
        if (!line.key) {
            notice += fmt::format("{}:{}: skipped: {}\n", escape(path), line.line, line.key.error().message);
            continue;
        }
        const bool known = std::ranges::any_of(
            account.keys, [&](const PublicKey& key) { return key.base64 == line.key->base64; });
        if (!known) account.keys.push_back(*line.key);
    }
}

void add_keys_of_person(const Person& person, AccountConfig& account, std::string& notice) {
    const std::filesystem::path folder = std::filesystem::path(person.home) / ".ssh";
    std::vector<std::string> files;
    std::error_code error;
    std::filesystem::directory_iterator entries(folder, error);
    for (; !error && entries != std::filesystem::directory_iterator(); entries.increment(error))
        if (entries->path().extension() == ".pub") files.push_back(entries->path().string());
    std::ranges::sort(files);
    files.push_back((folder / "authorized_keys").string());
    for (const std::string& file : files) add_keys(file, account, notice);
}

Status make_client_key(const std::string& state_dir, AccountConfig& account) {
    std::error_code error;
    std::filesystem::create_directories(state_dir, error);
    if (error) return fail_errno("make folder", state_dir, error.value());
    BB_TRY(PublicKey key, make_key_file(state_dir, kClientKey, account.name + "@burnbox"));
    account.keys.push_back(std::move(key));
    return {};
}

}  // namespace

std::string default_state_dir() {
    return state_folder(whoever_started());
}

Result<Config> default_config(std::string& notice) {
    const Person person = whoever_started();
    if (person.home.empty())
        return fail(Errc::invalid,
                    "start without configuration: HOME is not set and the user has no home; use -c FILE");
    Config config;
    config.state_dir = state_folder(person);
    config.inbox_dir = config.state_dir + "/inbox";
    config.catalogue = "sqlite3://" + config.state_dir + "/catalogue.sqlite";
    config.signals_dir = config.state_dir + "/signals";

    AccountConfig account;
    account.name = person.name;
    add_keys_of_person(person, account, notice);
    // A key made at an earlier start goes on working when the person has one of their own by now.
    const std::string client_key = config.state_dir + "/" + kClientKey;
    const bool has_own_keys = !account.keys.empty();
    if (std::error_code error; std::filesystem::exists(client_key, error))
        add_keys(client_key + ".pub", account, notice);
    if (account.keys.empty()) BB_CHECK(make_client_key(config.state_dir, account));
    if (!has_own_keys)
        notice += fmt::format("no SSH key in ~/.ssh: made one, use it with   ssh -i {}\n", client_key);
    config.accounts.emplace(account.name, std::move(account));

    DriveConfig drive;
    drive.name = "disc";
    drive.image_dir = config.state_dir + "/discs";
    drive.medium = "dvd+r";
    config.drives.emplace(drive.name, drive);
    PoolConfig pool;
    pool.name = "default";
    pool.drives = {drive.name};
    config.pools.emplace(pool.name, pool);
    return config;
}

}  // namespace burnbox
