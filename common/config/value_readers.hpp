// The reader's tables: a section is a list of {key, how to read its value}, and read_keys() does the rest:
// unknown keys, wrong kinds, places. A value reader stores what is right into its target and reports what is
// wrong.
#pragma once

#include <fmt/format.h>

#include <chrono>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <limits>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common/base/text.hpp"
#include "common/config/yaml_tree.hpp"

namespace burnbox {

// What is known while the documents are read.
struct Reading {
    Findings findings;
    std::map<std::string, Place> places;  // of values, by dotted key: "drives.tray.device"; "" = the document
    std::vector<std::string> keyless;     // accounts that nobody can log in to

    // Of the key, or of the nearest one around it that is in the file.
    [[nodiscard]] Place place(std::string key) const;
    // Reports "KEY: WHAT" where the key stands.
    void wrong(const std::string& key, std::string_view what) {
        findings.add(place(key), fmt::format("{}: {}", escape(key), what));
    }
};

using ValueReader = std::function<void(const YamlNode& value, const std::string& key, Reading& reading)>;

struct Key {
    std::string_view name;
    ValueReader read;
};

// Reads a map by its table; a value of nothing is an empty map. `key` is the map's own dotted name, "" at the
// top.
void read_keys(const YamlNode& map, const std::string& key, Reading& reading, const std::vector<Key>& keys);

// Reads NAME: VALUE pairs with free names (accounts, drives, pools).
void read_entries(const YamlNode& map, const std::string& key, Reading& reading,
                  const ValueReader& read_entry);

// A map as a value: its keys are read by the table.
[[nodiscard]] ValueReader section(std::vector<Key> keys);

[[nodiscard]] ValueReader text(std::string& target);
[[nodiscard]] ValueReader texts(std::vector<std::string>& target);
// Patterns of what they are compared with. One that nothing can match is wrong.
enum class GlobsOf : std::uint8_t { names, paths };  // paths: in a folder, relative to it
[[nodiscard]] ValueReader globs(std::vector<std::string>& target, GlobsOf what);
[[nodiscard]] ValueReader folder_path(
    std::string& target);  // absolute, stored without "." and ".." and trailing '/'
[[nodiscard]] ValueReader flag(bool& target);
[[nodiscard]] ValueReader number(unsigned& target, unsigned least, unsigned most);
[[nodiscard]] ValueReader size(std::uint64_t& target, std::uint64_t least = 0,
                               std::uint64_t most = std::numeric_limits<std::int64_t>::max());
[[nodiscard]] ValueReader duration(std::chrono::milliseconds& target, std::chrono::milliseconds least,
                                   std::chrono::milliseconds most = std::chrono::days(3650));

// A key of the contract that this version can't serve: only its default value is allowed.
[[nodiscard]] ValueReader not_served(std::string_view default_value);
[[nodiscard]] ValueReader not_served_list();    // the default is an empty list
[[nodiscard]] ValueReader not_served_at_all();  // the default is that the key is absent

// For readers of their own: the scalar's text, or a finding.
[[nodiscard]] const std::string* scalar(const YamlNode& value, const std::string& key, Reading& reading,
                                        std::string_view expected);
[[nodiscard]] bool is_list(const YamlNode& value, const std::string& key, Reading& reading,
                           std::string_view expected);
[[nodiscard]] std::string item_key(const std::string& key, std::size_t index);  // "accounts.alice.keys[0]"

template <typename T>
ValueReader choice(T& target, std::initializer_list<std::pair<std::string_view, T>> words) {
    return [&target, table = std::vector<std::pair<std::string_view, T>>(words)](
               const YamlNode& value, const std::string& key, Reading& reading) {
        std::string allowed;
        for (const auto& [word, meaning] : table)
            allowed += (allowed.empty() ? "" : ", ") + std::string(word);
        const std::string* given = scalar(value, key, reading, "one of " + allowed);
        if (given == nullptr) return;
        for (const auto& [word, meaning] : table) {
            if (word != *given) continue;
            target = meaning;
            return;
        }
        reading.wrong(key, fmt::format("\"{}\" is none of {}", escape(*given), allowed));
    };
}

}  // namespace burnbox
