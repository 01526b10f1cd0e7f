// The manual, the example configuration and docs/ name the commands, events and signals that there are, and
// no others.
#include <doctest/doctest.h>

#include <algorithm>

#include "common/events/event_names.hpp"
#include "server/commands/command.hpp"
#include "server/control/operation_table.hpp"
#include "tests/unit/commands/documents/document.hpp"

using namespace burnbox;
using namespace burnbox::test;

namespace {

std::set<std::string> public_commands() {
    std::set<std::string> names;
    for (const Command& command : commands())
        if (!command.hidden) names.emplace(command.name);
    return names;
}

std::set<std::string> commands_over_ssh() {
    std::set<std::string> names;
    for (const OperationSpec& spec : operation_table())
        if (spec.accounts) names.emplace(spec.name);
    return names;
}

// Of the manual's chapter: what stands below ".B NAME" or ".BR NAME ..." up to the next entry.
std::string entry_of(const std::string& chapter, const std::string& name) {
    std::smatch begin;
    const std::regex heading(R"(\n\.TP\n\.BR? )" + name + R"([ \n])");
    if (!std::regex_search(chapter, begin, heading)) return "";
    const auto at = static_cast<std::size_t>(begin.position());
    return chapter.substr(at, chapter.find("\n.TP\n", at + 1) - at);
}

}  // namespace

TEST_CASE("documents: burnbox(1) and README.md have the commands that there are") {
    const std::string manual =
        part_of(document("packaging/man/burnbox.1"), ".SH COMMANDS", ".SH EXIT STATUS");
    CHECK(listed(all_matches(manual, R"(\n\.TP\n\.BR? ([a-z-]+))", 1)) == listed(public_commands()));

    const std::string readme = part_of(document("README.md"), "## Commands", "## Words");
    std::set<std::string> named;
    for (const auto& row : table_rows(readme))
        named.merge(all_matches(row[0], R"(`(?:burnbox )?([a-z-]+))", 1));
    named.erase("command");
    CHECK(listed(named) == listed(public_commands()));
}

TEST_CASE("documents: burnbox(1) has each command's options") {
    const std::string manual =
        part_of(document("packaging/man/burnbox.1"), ".SH COMMANDS", ".SH EXIT STATUS");
    for (const OperationSpec& spec : operation_table()) {
        CAPTURE(spec.name);
        const std::string entry = entry_of(manual, std::string(spec.name));
        std::set<std::string> options;
        for (const OperationFlag& flag : spec.flags) options.emplace(flag.name);
        CHECK(listed(all_matches(entry.substr(0, entry.find('\n', 5)), "--[a-z]+")) == listed(options));
    }
}

TEST_CASE("documents: the commands that work over SSH are named where people look") {
    const auto manual = document("packaging/man/burnbox.1");
    const std::string sentence = part_of(manual, "Over SSH an account may use", "for its own sessions");
    std::set<std::string> named = all_matches(sentence.substr(sentence.find(".BR")), R"([a-z]{2,}[a-z-]*)");
    named.erase("and");
    CHECK(listed(named) == listed(commands_over_ssh()));

    const std::string readme = document("README.md");
    const std::size_t end = readme.find(" work over SSH too");
    REQUIRE(end != std::string::npos);
    const std::size_t begin = readme.rfind("\n\n", end);
    CHECK(listed(all_matches(readme.substr(begin, end - begin), "`([a-z-]+)`", 1)) ==
          listed(commands_over_ssh()));
}

TEST_CASE("documents: no document has a command that is none") {
    std::set<std::string> known;
    for (const Command& command : commands()) known.emplace(command.name);
    known.insert("help");
    for (const char* path : {"README.md", "docs/operating.md", "docs/design.md", "etc/burnbox.yaml",
                             "packaging/man/burnbox.1", "packaging/man/burnbox.yaml.5"}) {
        CAPTURE(path);
        const std::string text = document(path);
        std::set<std::string> named = all_matches(text, R"([`(]burnbox ([a-z][a-z-]+))", 1);
        named.merge(all_matches(text, R"(\n {4}burnbox ([a-z][a-z-]+))", 1));
        named.merge(all_matches(text, R"(ssh burnbox ([a-z][a-z-]+))", 1));
        for (const std::string& name : named) CHECK_MESSAGE(known.contains(name), name);
    }
}

TEST_CASE("documents: events and signals are named in the manual, the example and docs/") {
    const std::string manual = document("packaging/man/burnbox.yaml.5");
    const std::string operating = document("docs/operating.md");
    const std::string example = document("etc/burnbox.yaml");
    std::set<std::string> signals;
    for (const Condition& condition : conditions()) {
        CAPTURE(condition.signal);
        signals.emplace(condition.signal);
        for (const std::string* text : {&manual, &operating, &example})
            CHECK(has_word(*text, condition.signal));
        CHECK(has_word(manual, to_string(condition.begins)));
    }
    std::set<std::string> rows;
    for (const auto& row : table_rows(part_of(operating, "### Signals", "### Hooks")))
        rows.merge(all_matches(row[0], "`([A-Z_]+)`", 1));
    CHECK(listed(rows) == listed(signals));

    std::set<std::string> own_events;
    for (const EventKind kind : event_kinds())
        if (find_condition(kind) == nullptr) own_events.emplace(to_string(kind));
    for (const std::string* text : {&manual, &operating, &example})
        CHECK(listed(all_matches(*text, R"(\b(session_[a-z]+|disc_suspect)\b)")) == listed(own_events));
}

TEST_CASE("documents: the manual's list of a hook's events is the code's") {
    const std::string hooks = part_of(document("packaging/man/burnbox.yaml.5"), ".B hooks", ".SH DISCS");
    const std::size_t begin = hooks.find("on is a list of events:");
    REQUIRE(begin != std::string::npos);
    std::set<std::string> named =
        all_matches(hooks.substr(begin, hooks.find("_cleared", begin) - begin), R"([a-z]+_[a-z]+)");
    std::set<std::string> events;
    for (const EventKind kind : event_kinds())
        if (const Condition* of = find_condition(kind); of == nullptr || of->ends != kind)
            events.emplace(to_string(kind));
    CHECK(listed(named) == listed(events));
}
