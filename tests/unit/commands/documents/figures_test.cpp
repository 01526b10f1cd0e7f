// Tables of docs/design.md that are printed from tables of the code.
#include <doctest/doctest.h>

#include <algorithm>

#include "burner/media/medium_profile.hpp"
#include "common/session/state.hpp"
#include "tests/unit/commands/documents/document.hpp"

using namespace burnbox;
using namespace burnbox::test;

TEST_CASE("documents: the steps of a session are those of the code") {
    const std::string text =
        part_of(document("docs/design.md"), "| from | to | when |", "A step is one conditional UPDATE");
    auto rows = table_rows("\n" + text);
    std::vector<std::vector<std::string>> expected = {{"from", "to", "when"}};
    for (const StateStep& step : state_steps())
        expected.push_back(
            {std::string(to_string(step.from)), std::string(to_string(step.to)), std::string(step.reason)});
    CHECK(rows == expected);
}

TEST_CASE("documents: the emulated media are those of the code") {
    const std::string text =
        part_of(document("docs/design.md"), "| medium | bytes |", "The catalogue remembers");
    const auto number = [](std::string cell) {
        std::erase(cell, ' ');
        return std::stoull(cell);
    };
    const auto rows = table_rows(text);
    std::string names;
    for (std::size_t i = 1; i < rows.size(); ++i) {
        CAPTURE(rows[i][0]);
        names += (names.empty() ? "" : ", ") + rows[i][0];
        const MediumProfile* profile = find_medium_profile(rows[i][0]);
        REQUIRE(profile != nullptr);
        CHECK(number(rows[i][1]) == profile->capacity_bytes);
        CHECK(number(rows[i][2]) == profile->session_limit);
        CHECK(number(rows[i][3]) == profile->first_gap_blocks);
        CHECK(number(rows[i][4]) == profile->gap_blocks);
    }
    CHECK(names == medium_names());
    for (const char* path : {"etc/burnbox.yaml", "packaging/man/burnbox.yaml.5"})
        CHECK_MESSAGE(document(path).find(names) != std::string::npos, path);
}
