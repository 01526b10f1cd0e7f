#include "common/session/names.hpp"

#include <doctest/doctest.h>

#include <algorithm>

#include "common/session/state.hpp"

using namespace burnbox;

TEST_CASE("names: a folder's name splits into name, state and number, and back") {
    struct Case {
        std::string folder, name;
        FolderState state;
        unsigned number;
    };
    for (const auto& c :
         {Case{"holiday", "holiday", FolderState::open, 1},
          Case{"holiday-queued", "holiday", FolderState::queued, 1},
          Case{"holiday-burned-2", "holiday", FolderState::burned, 2},
          Case{"holiday-failed-17", "holiday", FolderState::failed, 17},
          Case{"a-b-queued", "a-b", FolderState::queued, 1},
          Case{"a-queued-burned", "a-queued", FolderState::burned, 1},
          Case{"holiday-2", "holiday-2", FolderState::open, 1},
          Case{"holiday-queued-", "holiday-queued-", FolderState::open, 1},
          Case{"holiday-queued-x", "holiday-queued-x", FolderState::open, 1},
          Case{"holidayqueued", "holidayqueued", FolderState::open, 1},
          Case{"holiday-Queued", "holiday-Queued", FolderState::open, 1},
          Case{"queued", "queued", FolderState::open, 1}, Case{"-queued", "-queued", FolderState::open, 1}}) {
        CAPTURE(c.folder);
        const SessionFolder parts = parse_folder(c.folder);
        CHECK(parts.name == c.name);
        CHECK(parts.state == c.state);
        CHECK(parts.number == c.number);
        CHECK(parts.folder() == c.folder);
    }
    CHECK(parse_folder("x-burned-99999999999999999999").state == FolderState::burned);
    CHECK(parse_folder("x-burned-007").state == FolderState::burned);
}

TEST_CASE("names: what a session may be called") {
    for (const std::string name : {"holiday", "holiday 2026", "h", "Urlaub-\xC3\xA4", "100%", "a.b", "queued",
                                   "discs2", "a-queued-b"}) {
        CAPTURE(name);
        CHECK(check_session_name(name).has_value());
    }
    CHECK(check_session_name(std::string(200, 'x')).has_value());
    for (const std::string name : {"", ".hidden", "-rf", "..", ".", "discs", "a/b", "a\nb", "a\x7F", "a\xFF",
                                   "\xC2\x85", "x-queued", "x-burned-3", "x-failed"}) {
        CAPTURE(name);
        const Status checked = check_session_name(name);
        REQUIRE_FALSE(checked.has_value());
        CHECK(checked.error().code == Errc::invalid);
    }
    CHECK_FALSE(check_session_name(std::string(201, 'x')).has_value());
    CHECK_FALSE(check_session_name(std::string("a\0b", 3)).has_value());
}

TEST_CASE("names: what an entry may be called") {
    for (const std::string name :
         {"a", ".hidden", "-rf", "...", " ", "%41", "a\\b", "\xE2\x82\xAC", "x-queued"}) {
        CAPTURE(name);
        CHECK(check_entry_name(name).has_value());
    }
    CHECK(check_entry_name(std::string(255, 'x')).has_value());
    for (const std::string name : {"", ".", "..", "a/b", "a\tb", "\x1B[2J", "\xC3", "\xED\xA0\x80"}) {
        CAPTURE(name);
        CHECK_FALSE(check_entry_name(name).has_value());
    }
    CHECK_FALSE(check_entry_name(std::string(256, 'x')).has_value());
}

TEST_CASE("names: burnbox's own files are so only at the top") {
    for (const std::string path :
         {"STATUS.txt", "REFUSED.txt", "FAILED.txt", "RECEIPT.txt", "receipt.json", "BURN.refused"})
        CHECK(is_own_file(path));
    for (const std::string path : {"d/STATUS.txt", "status.txt", "d/BURN.refused", "RECEIPT", "refused"})
        CHECK_FALSE(is_own_file(path));
}

TEST_CASE("names: the first free disc name is compared without case") {
    CHECK(first_free_disc_name("holiday", {}) == "holiday");
    CHECK(first_free_disc_name("holiday", {"HOLIDAY"}) == "holiday-2");
    CHECK(first_free_disc_name("\xc3\xa9t\xc3\xa9", {"\xc3\x89T\xc3\x89"}) == "\xc3\xa9t\xc3\xa9-2");
    CHECK(first_free_disc_name("holiday", {"holiday", "Holiday-2", "holiday-4"}) == "holiday-3");
}

TEST_CASE("states: exactly the steps of the table are allowed") {
    using enum SessionState;
    const std::vector<std::pair<SessionState, SessionState>> allowed = {
        {queued, burning},   {queued, withdrawn}, {queued, failed},    {burning, verifying},
        {burning, queued},   {burning, failed},   {verifying, burned}, {verifying, queued},
        {verifying, failed}, {failed, queued},    {failed, withdrawn}, {withdrawn, queued},
        {withdrawn, failed}};
    for (const auto from : {queued, burning, verifying, burned, failed, withdrawn})
        for (const auto to : {queued, burning, verifying, burned, failed, withdrawn}) {
            CAPTURE(to_string(from));
            CAPTURE(to_string(to));
            const bool expected =
                std::find(allowed.begin(), allowed.end(), std::pair(from, to)) != allowed.end();
            CHECK(may_step(from, to) == expected);
        }
    CHECK(state_steps().size() == allowed.size());
}

TEST_CASE("states: names go both ways, and each has its folder") {
    using enum SessionState;
    for (const auto state : {queued, burning, verifying, burned, failed, withdrawn})
        CHECK(parse_session_state(to_string(state)) == state);
    CHECK_FALSE(parse_session_state("open").has_value());
    CHECK(folder_state(burning) == FolderState::queued);
    CHECK(folder_state(verifying) == FolderState::queued);
    CHECK(folder_state(burned) == FolderState::burned);
    CHECK(folder_state(failed) == FolderState::failed);
    CHECK(folder_state(withdrawn) == FolderState::open);
}
