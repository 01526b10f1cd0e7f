// The configuration with its defaults, as plain types. What a key means: etc/burnbox.yaml.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "common/bag/bag.hpp"
#include "common/base/error.hpp"
#include "common/base/log.hpp"
#include "common/config/limits.hpp"
#include "common/events/hook_config.hpp"
#include "common/keys/public_key.hpp"

namespace burnbox {

struct Rights {
    bool upload = true;
    bool read = true;
    bool remove = true;
    bool operator==(const Rights&) const = default;
};

struct AccountConfig {
    std::string name;
    std::vector<PublicKey> keys;  // of keys and keys_file
    Rights rights;
    std::uint64_t quota_bytes = 0;  // 0 = none
    std::string pool = "default";
    std::string keys_wrong;  // of keys_file, "FILE:LINE:COL: ..." lines: what of it opens nothing
    bool operator==(const AccountConfig&) const = default;
};

struct KeepBurned {  // how long the payload stays once it is burned
    enum class How : std::uint8_t { forever, for_time, until_needed } how = How::forever;
    std::chrono::milliseconds time{0};  // of for_time
    bool operator==(const KeepBurned&) const = default;
};

struct SessionConfig {
    std::vector<std::string> marker = {"BURN", "SHA256SUMS"};
    bool any_file = true;
    std::vector<std::string> ignore = {".*",    "*.filepart", "*.part",    "*.partial",
                                       "*.tmp", "*~",         "Thumbs.db", "desktop.ini"};
    KeepBurned keep_burned;
    bool operator==(const SessionConfig&) const = default;
};

struct DriveConfig {
    std::string name;
    std::string device;                    // "/dev/sr0", or empty
    std::string image_dir;                 // emulated: folder of the disc images
    std::string medium;                    // emulated: "dvd+r"
    std::string expect;                    // real: what blanks are bought
    std::optional<unsigned> blanks;        // emulated: how many are left in the box; empty = no limit
    std::vector<std::string> load, eject;  // an autoloader's programs with their arguments; empty = none
    [[nodiscard]] bool emulated() const { return !image_dir.empty(); }
    bool operator==(const DriveConfig&) const = default;
};

struct PoolConfig {
    std::string name;
    std::vector<std::string> drives;
    unsigned copies = 1;
    bool allow_emulated = false;
    bool operator==(const PoolConfig&) const = default;
};

struct BatchConfig {                    // several sessions as one disc session
    std::chrono::milliseconds wait{0};  // held back at most so long after the seal
    unsigned sessions = 1;              // most together; burned when so many are there
    std::uint64_t size_bytes = 0;       // burned when they have so much in all; 0 = whatever they have
    bool operator==(const BatchConfig&) const = default;
};

struct BurnConfig {
    bool verify = true;
    Layout layout = Layout::bag;
    std::string label = "BURNBOX_%N";
    ModePolicy modes = ModePolicy::readable;
    BatchConfig batch;
    bool close_when_full = true;
    std::uint64_t full_below_bytes = 64ULL << 20U;
    double speed = 0;              // in "x" of the medium; 0 = as fast as it goes
    unsigned redundancy = 0;       // percent of recovery data
    bool span = false;             // a session larger than a disc is split over several
    bool write_once_only = false;  // real drives refuse rewritable discs
    bool operator==(const BurnConfig&) const = default;
};

struct WatchConfig {  // a folder filled by others, laid out like an inbox
    std::string path;
    std::string account;
    std::chrono::milliseconds settle{30'000};  // how long a session must be quiet before its marker counts
    bool operator==(const WatchConfig&) const = default;
};

struct SkimConfig {  // a folder whose new and changed files are burned by themselves
    std::string from;
    std::chrono::milliseconds every{600'000};
    std::string account;
    std::string session = "skim-%Y%m%dT%H%M%SZ";  // name of the sessions: strftime in UTC
    std::vector<std::string> include = {"**"};    // globs
    std::vector<std::string> exclude;
    std::chrono::milliseconds min_age{60'000};   // a file that changed later is left for the next run
    std::uint64_t max_size_bytes = 4ULL << 30U;  // of a session; more becomes several
    bool operator==(const SkimConfig&) const = default;
};

struct ListenAddress {
    std::string host;
    std::uint16_t port = 0;
    bool operator==(const ListenAddress&) const = default;
};

struct Config {
    std::string file;  // where it was read from; empty = no configuration
    std::vector<ListenAddress> listen = {{"127.0.0.1", 2022}};
    std::string state_dir = "/var/lib/burnbox";
    std::string inbox_dir = "/var/lib/burnbox/inbox";
    std::string catalogue = "sqlite3:///var/lib/burnbox/catalogue.sqlite";
    std::map<std::string, AccountConfig> accounts;
    SessionConfig session;
    std::map<std::string, DriveConfig> drives;
    std::map<std::string, PoolConfig> pools;
    BurnConfig burn;
    std::vector<WatchConfig> watch;
    std::string signals_dir = "/var/lib/burnbox/signals";
    std::vector<HookConfig> hooks;
    std::vector<SkimConfig> skim;
    Limits limits;
    std::chrono::milliseconds drain{30'000};  // for transfers to end when the server is stopped
    log::Level log_level = log::Level::info;
    log::Format log_format = log::Format::text;
};

// Reads FILE and accounts.d/*.yaml beside it. The error's message is "FILE:LINE:COL: what is wrong, what is
// allowed"; several findings are several lines. Keys of the contract that this version can't serve are errors
// that say so. What is wrong with a keys_file, which may be a person's own, is that account's matter alone
// (AccountConfig::keys_wrong).
[[nodiscard]] Result<Config> read_config(const std::string& path);

// The same from memory: the text of the file and of those in accounts.d, each with the name that messages
// give it. A file of accounts.d, NAME.yaml, holds what `accounts:` has below NAME. Only keys_file entries are
// read from the disk.
struct ConfigText {
    std::string file_name;
    std::string text;
};
[[nodiscard]] Result<Config> parse_config(const std::string& text, const std::string& file_name,
                                          const std::vector<ConfigText>& account_files = {});

// What `serve` uses without a file: loopback, one account named after the user with the keys of ~/.ssh, an
// emulated DVD+R. Makes a key when there is none and says where in `notice`.
[[nodiscard]] Result<Config> default_config(std::string& notice);

// Its state_dir, for those who only look for the server: nothing is made.
[[nodiscard]] std::string default_state_dir();

}  // namespace burnbox
