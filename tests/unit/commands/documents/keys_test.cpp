// Each configuration key is named, with its default, in burnbox.yaml(5), in etc/burnbox.yaml and in the table
// of docs/operating.md; and what is named there is a key.
#include <doctest/doctest.h>

#include <algorithm>
#include <map>
#include <sstream>

#include "common/config/take_hold.hpp"
#include "tests/unit/commands/documents/document.hpp"
#include "tests/unit/common/config/reader_keys.hpp"

using namespace burnbox;
using namespace burnbox::test;

namespace {

bool same(const Config& a, const Config& b) {
    return a.listen.size() == b.listen.size() && a.listen == b.listen && a.state_dir == b.state_dir &&
           a.inbox_dir == b.inbox_dir && a.catalogue == b.catalogue && a.accounts == b.accounts &&
           a.session == b.session && a.drives == b.drives && a.pools == b.pools && a.burn == b.burn &&
           a.watch == b.watch && a.signals_dir == b.signals_dir && a.hooks == b.hooks && a.skim == b.skim &&
           a.limits == b.limits && a.drain == b.drain && a.log_level == b.log_level &&
           a.log_format == b.log_format;
}

// What is wrong with this default of "burn.batch.wait"; "" = it is the code's.
std::string wrong_default(const std::string& key, const std::string& value) {
    const std::size_t dot = key.rfind('.');
    const std::string name = dot == std::string::npos ? "" : key.substr(0, dot + 1);
    for (const ReaderSection& section : reader_sections()) {
        if (section.name != name) continue;
        const std::string line = key.substr(name.size()) + ": " + value;
        const auto with = parse_config(section.before + line + section.after, "b.yaml");
        // Inside braces a trailing comma is YAML too.
        const auto without = parse_config(section.before + section.after, "b.yaml");
        if (!without) return without.error().message;
        if (!with) return with.error().message;
        return same(*with, *without) ? "" : key + " has another default than " + value;
    }
    return "there is no section " + name;
}

// The entries of the manual by their names: "burn.span" and its text.
std::vector<std::pair<std::string, std::string>> manual_entries() {
    std::vector<std::pair<std::string, std::string>> entries;
    const std::string manual = part_of(document("packaging/man/burnbox.yaml.5"), ".SH WHERE", ".SH HOOKS");
    for (std::size_t at = manual.find("\n.TP\n"); at != std::string::npos;) {
        const std::size_t next = manual.find("\n.TP\n", at + 1);
        const std::string entry = manual.substr(at + 5, next - at - 5);
        const std::size_t line = entry.find('\n');
        for (const std::string& name : all_matches(entry.substr(3, line - 3), R"([A-Za-z_]+(\.[A-Za-z_]+)*)"))
            entries.emplace_back(name, entry.substr(line + 1));
        at = next;
    }
    return entries;
}

// Of "Default: 10, which is enough.": "10"; empty when it is a sentence that can't be compared.
std::string default_value(std::string words) {
    words = words.substr(0, words.find(". "));
    if (words.ends_with('.')) words.pop_back();
    if (!words.starts_with('[')) words = words.substr(0, words.find(", "));
    if (words == "none") return "0";
    if (words == "all") return "[upload, read, delete]";
    const std::set<std::string> sentences = {"inbox in state_dir", "catalogue.sqlite in state_dir",
                                             "signals in state_dir", "one pool of all drives", "no limit"};
    return sentences.contains(words) ? "" : words;
}

}  // namespace

TEST_CASE("documents: docs/operating.md has each key, with its default and when a change holds") {
    std::map<std::string, std::string, std::less<>> holds;
    for (const KeyRule& rule : key_rules()) holds.emplace(rule.key, to_string(rule.takes_hold));
    std::set<std::string> rows;
    const std::string chapter = part_of(document("docs/operating.md"), "## Every key", "## ");
    for (const auto& row : table_rows(chapter)) {
        if (row[0] == "key") continue;
        const std::string key = row[0].substr(1, row[0].size() - 2);
        rows.insert(key);
        // Without backquotes it is a sentence.
        if (row[1].starts_with('`') && row[1].ends_with('`'))
            CHECK(wrong_default(key, row[1].substr(1, row[1].size() - 2)) == "");
        REQUIRE(row.size() == 4);
        CHECK_MESSAGE(row[3] == holds[key], key);
    }
    CHECK(listed(rows) == listed(reader_keys()));
}

TEST_CASE("documents: burnbox.yaml(5) says of each key when a change holds") {
    const std::string chapter =
        part_of(document("packaging/man/burnbox.yaml.5"), ".SH CHANGES", ".SH EXAMPLE");
    for (const TakesHold when :
         {TakesHold::now, TakesHold::next_connection, TakesHold::next_session, TakesHold::next_disc}) {
        const std::string heading = "\n.B " + std::string(to_string(when)) + "\n";
        const std::size_t begin = chapter.find(heading);
        REQUIRE_MESSAGE(begin != std::string::npos, heading);
        const std::string entry = chapter.substr(begin, chapter.find("\n.TP\n", begin) - begin);
        std::set<std::string> expected;
        for (const KeyRule& rule : key_rules())
            if (rule.takes_hold == when) expected.emplace(rule.key);
        CHECK(listed(all_matches(entry, R"((drain|[a-z]+\.[A-Za-z_.]*[a-z_]))")) == listed(expected));
    }
}

TEST_CASE("documents: burnbox.yaml(5) has each key") {
    const auto entries = manual_entries();
    const std::set<std::string> known = reader_keys();
    for (const auto& [name, text] : entries) CHECK_MESSAGE((known.contains(name) || is_section(name)), name);
    for (const std::string& key : known) {
        const bool named = std::ranges::any_of(entries, [&](const auto& entry) {
            return entry.first == key || (key.starts_with(entry.first + ".") &&
                                          has_word(entry.second, key.substr(entry.first.size() + 1)));
        });
        CHECK_MESSAGE(named, key);
    }
}

TEST_CASE("documents: burnbox.yaml(5) has the code's defaults") {
    std::size_t compared = 0;
    for (const auto& [name, text] : manual_entries()) {
        CAPTURE(name);
        std::smatch found;
        if (std::regex_search(text, found, std::regex("Default: ([^\n]*)")) && !is_section(name)) {
            const std::string value = default_value(found[1]);
            if (!value.empty()) CHECK(wrong_default(name, value) == "");
            ++compared;
        }
        if (name != "limits") continue;
        const std::string limits = std::regex_replace(text.substr(0, text.find('.')), std::regex("\n"), " ");
        std::istringstream words(limits);
        for (std::string limit; std::getline(words, limit, ','); ++compared) {
            std::smatch pair;
            REQUIRE_MESSAGE(std::regex_match(limit, pair, std::regex(R"( ?([a-z_]+) (.+))")), limit);
            CHECK(wrong_default("limits." + pair[1].str(), pair[2]) == "");
        }
    }
    CHECK(compared >= 30);
}

TEST_CASE("documents: etc/burnbox.yaml has each key") {
    const std::string example = "\n" + document("etc/burnbox.yaml");
    for (const std::string& key : reader_keys()) {
        CAPTURE(key);
        const std::string section = key.substr(0, key.find('.'));
        // A section and what is said before it stand between empty lines.
        const std::string heading = std::string(R"(\n#?)").append(section).append(":");
        std::smatch found;
        REQUIRE(std::regex_search(example, found, std::regex(heading)));
        const auto at = static_cast<std::size_t>(found.position());
        const std::size_t begin = example.rfind("\n\n", at);
        const std::string paragraph = example.substr(begin, example.find("\n\n", at + 1) - begin);
        CHECK(has_word(paragraph, key.substr(key.rfind('.') + 1)));
    }
}
