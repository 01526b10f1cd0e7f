// The configuration's sections, one table each, and the rules that hold between them. Every reader fills its
// part of the Config.
#pragma once

#include "common/config/config.hpp"
#include "common/config/value_readers.hpp"

namespace burnbox {

[[nodiscard]] ValueReader listen_section(std::vector<ListenAddress>& listen);
[[nodiscard]] ValueReader session_section(SessionConfig& session);
[[nodiscard]] ValueReader burn_section(BurnConfig& burn);
[[nodiscard]] ValueReader limits_section(Limits& limits);
[[nodiscard]] ValueReader log_section(Config& config);
[[nodiscard]] ValueReader watch_section(std::vector<WatchConfig>& watch);
[[nodiscard]] ValueReader hooks_section(std::vector<HookConfig>& hooks);
[[nodiscard]] ValueReader skim_section(std::vector<SkimConfig>& skim);

[[nodiscard]] ValueReader accounts_section(Config& config);
// One account's body; `key` is "accounts.NAME", whose place says where the account stands.
void read_account(const std::string& name, const YamlNode& body, const std::string& key, Reading& reading,
                  Config& config);

// `order` gets the drives' names as they stand in the file.
[[nodiscard]] ValueReader drives_section(Config& config, std::vector<std::string>& order);
[[nodiscard]] ValueReader pools_section(Config& config);

// What no section sees alone: folders that overlap, names that nothing has, pools that mix drives.
void check_config(const Config& config, Reading& reading);

// Names that stand in paths and on command lines: 1 to 64 of letters, digits, '.', '_' and '-', beginning
// with a letter or digit.
enum class LetterCase : std::uint8_t { lower, any };
[[nodiscard]] bool is_plain_name(std::string_view name, LetterCase letters);

}  // namespace burnbox
