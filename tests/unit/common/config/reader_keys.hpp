// Each key that the reader of configurations knows, asked of the reader itself: its messages list them.
#pragma once

#include <doctest/doctest.h>

#include <algorithm>
#include <regex>
#include <set>
#include <string>
#include <vector>

#include "common/config/config.hpp"
#include "tests/unit/common/config/test_keys.hpp"

namespace burnbox::test {

// A configuration with a place for one more line of a section, and what else must stand there for it to be
// right.
struct ReaderSection {
    std::string name;    // as documents call it: "drives.NAME."
    std::string before;  // the YAML up to the section's keys
    std::string after;
};

inline std::vector<ReaderSection> reader_sections() {
    const std::string account = std::string("accounts: {lab: {keys: [\"") + kEd25519 + "\"]}}\n";
    const std::string drive = "drives: {disc: {image_dir: /discs}}\n";
    return {
        {"", account + drive, ""},
        {"session.", account + drive + "session: {", "}"},
        {"burn.", account + drive + "burn: {", "}"},
        {"burn.batch.", account + drive + "burn: {batch: {", "}}"},
        {"limits.", account + drive + "limits: {", "}"},
        {"log.", account + drive + "log: {", "}"},
        {"accounts.NAME.", drive + "accounts: {lab: {keys: [\"" + kEd25519 + "\"], ", "}}"},
        {"drives.NAME.", account + "drives: {disc: {image_dir: /discs, ", "}}"},
        {"pools.NAME.", account + drive + "pools: {default: {drives: [disc], ", "}}"},
        {"watch.", account + drive + "watch: [{path: /in, account: lab, ", "}]"},
        {"skim.", account + drive + "skim: [{from: /in, account: lab, ", "}]"},
        {"hooks.", account + drive + "hooks: [{on: [disc_full], run: [tell], ", "}]"},
    };
}

inline std::set<std::string> keys_of(const ReaderSection& section) {
    const auto config = parse_config(section.before + "no_such_key: 1" + section.after, "b.yaml");
    REQUIRE_FALSE(config);
    const std::string& message = config.error().message;
    const std::string known = "known here: ";
    const std::size_t begin = message.find(known);
    REQUIRE_MESSAGE(begin != std::string::npos, message);
    const std::size_t names = begin + known.size();
    const std::string list = message.substr(names, message.find('\n', begin) - names);
    const std::regex word("[a-z_]+");
    std::set<std::string> keys;
    for (std::sregex_iterator match(list.begin(), list.end(), word), end; match != end; ++match)
        keys.insert(match->str());
    return keys;
}

// Those that have keys below them are named by these.
inline bool is_section(const std::string& key) {
    const auto all = reader_sections();
    return std::ranges::any_of(
        all, [&](const ReaderSection& section) { return section.name.starts_with(key + "."); });
}

inline std::set<std::string> reader_keys() {
    std::set<std::string> keys;
    for (const ReaderSection& section : reader_sections())
        for (const std::string& key : keys_of(section))
            if (!is_section(section.name + key)) keys.insert(section.name + key);
    return keys;
}

}  // namespace burnbox::test
