#include "server/rules/marker_rule.hpp"

#include <doctest/doctest.h>

using namespace burnbox;
using namespace burnbox::upload;

namespace {

AnyFileFacts good_facts() {
    return {.top_files = {{.name = "issue", .whole = true, .sender_opened = 20}},
            .folder_beside = true,
            .data_below = true,
            .rest_completed = 19,
            .writers_closed = true};
}

}  // namespace

TEST_CASE("marker by name: only directly in the session folder, never burnbox's own files") {
    const SessionConfig config;
    CHECK(is_marker_name(config, "BURN"));
    CHECK(is_marker_name(config, "SHA256SUMS"));
    CHECK_FALSE(is_marker_name(config, "photos/BURN"));
    CHECK_FALSE(is_marker_name(config, "burn"));
    CHECK_FALSE(is_marker_name(config, "BURN.refused"));
    SessionConfig odd;
    odd.marker = {"STATUS.txt", "GO"};
    CHECK_FALSE(is_marker_name(odd, "STATUS.txt"));
    CHECK(is_marker_name(odd, "GO"));
    CHECK_FALSE(uses_checksum_list(odd));
}

TEST_CASE("marker by any file: one file one step above the data, sent after everything else") {
    CHECK(marker_by_any_file(SessionConfig{}, good_facts()) == "issue");
}

TEST_CASE("marker by any file: in every doubtful case it is data") {
    const SessionConfig config;
    auto facts = good_facts();
    SUBCASE("switched off") {
        SessionConfig off;
        off.any_file = false;
        CHECK_FALSE(marker_by_any_file(off, facts));
    }
    SUBCASE("two plain files") {
        facts.top_files.push_back({.name = "other", .whole = true, .sender_opened = 20});
        CHECK_FALSE(marker_by_any_file(config, facts));
    }
    SUBCASE("no folder beside it") {
        facts.folder_beside = false;
        CHECK_FALSE(marker_by_any_file(config, facts));
    }
    SUBCASE("nothing in the folder beside it") {
        facts.data_below = false;
        CHECK_FALSE(marker_by_any_file(config, facts));
    }
    SUBCASE("its connection was open while the data came") {
        facts.rest_completed = 20;
        CHECK_FALSE(marker_by_any_file(config, facts));
    }
    SUBCASE("a writing connection is still open") {
        facts.writers_closed = false;
        CHECK_FALSE(marker_by_any_file(config, facts));
    }
    SUBCASE("it is itself cut off") {
        facts.top_files[0].whole = false;
        CHECK_FALSE(marker_by_any_file(config, facts));
    }
    SUBCASE("nobody knows who sent it") {
        facts.top_files[0].sender_opened = 0;
        CHECK_FALSE(marker_by_any_file(config, facts));
    }
    SUBCASE("its name is ignored") {
        for (const char* const name :
             {".DS_Store", "a.filepart", "x.part", "x~", "Thumbs.db", "desktop.ini", "x.tmp"}) {
            facts.top_files[0].name = name;
            CHECK_FALSE(marker_by_any_file(config, facts));
        }
    }
    SUBCASE("it is a named marker that was answered no") {
        facts.top_files[0].name = "SHA256SUMS";
        CHECK_FALSE(marker_by_any_file(config, facts));
    }
}

TEST_CASE("no marker: the text names what to send") {
    CHECK(no_marker_text(SessionConfig{}) == "no marker yet: send BURN");
    SessionConfig none;
    none.marker.clear();
    CHECK(no_marker_text(none) == "no marker yet: ask for it with the command burn");
}
