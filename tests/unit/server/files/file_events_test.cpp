// The table of states and events of docs/design.md, every pair of it, and what each writes to the journal.
#include <doctest/doctest.h>

#include "tests/unit/server/files/file_events_house.hpp"

using namespace burnbox;
using namespace burnbox::upload;
using namespace burnbox::upload::test;

TEST_CASE("file events: every state, every event") {
    for (const EventRow& row : event_table()) {
        const std::pair<FileState, const char*> cells[] = {{FileState::whole, row.whole},
                                                           {FileState::writing, row.writing},
                                                           {FileState::cut_off, row.cut_off},
                                                           {FileState::lost, row.lost}};
        for (const auto& [state, expected] : cells) {
            CAPTURE(row.event);
            CAPTURE(name_of(state));
            FileHouse house(state);
            row.happen(house);
            const std::string verbs = house.written_down();
            CHECK(name_of(house.record().state()) + (verbs.empty() ? "" : ": " + verbs) == expected);
        }
    }
}

TEST_CASE("file events: what a start makes of each state") {
    for (const auto& [state, killed, down] :
         {std::tuple{FileState::whole, "whole", "whole"}, std::tuple{FileState::writing, "cut_off", "lost"},
          std::tuple{FileState::cut_off, "cut_off", "lost"}, std::tuple{FileState::lost, "lost", "lost"}}) {
        CAPTURE(name_of(state));
        CHECK(FileHouse(state).after_restart(false) == killed);
        CHECK(FileHouse(state).after_restart(true) == down);
    }
    FileHouse house(FileState::writing);
    house.write(kSender, 200, 210);
    CHECK(house.after_restart(false) == "lost");
}

TEST_CASE("file events: what was whole before the start is compared, and gone on with only after a restart") {
    for (const bool machine_went_down : {false, true}) {
        FileHouse house(FileState::whole);
        SessionFiles later(house.fs, "alice", "holiday");
        const auto content = later.load();
        REQUIRE(content);
        FileRecord& record = later.recovered(*content, "a", info_of(kSent), machine_went_down);
        CHECK(record.is_to_be_compared());
        SUBCASE("it is what it was") {
            CHECK(later.read("a", hashed_as("sent", kSent)));
            CHECK(record.state() == FileState::whole);
        }
        SUBCASE("it is another") {
            CHECK_FALSE(later.read("a", hashed_as("other", kSent)));
            CHECK(record.state() == FileState::lost);
        }
        SUBCASE("something is appended before that") {
            later.opened("a", {.id = kOther});
            later.counted(record, 110);
            (void)later.written("a", record, kOther, {.begin = kSent, .end = 110}, kSent);
            later.closed("a", kOther, info_of(110), std::nullopt, {.now = 6});
            CHECK(record.state() == (machine_went_down ? FileState::lost : FileState::whole));
        }
        SUBCASE("the server alone goes down once more before that") {
            SessionFiles first(house.fs, "alice", "holiday"), second(house.fs, "alice", "holiday");
            first.recovered(*content, only_there("a"), machine_went_down);
            const auto now = second.load();
            REQUIRE(now);
            FileRecord& again = second.recovered(*now, "a", info_of(kSent), false);
            second.opened("a", {.id = kOther});
            (void)second.written("a", again, kOther, {.begin = kSent, .end = 110}, kSent);
            CHECK(again.state() == (machine_went_down ? FileState::lost : FileState::writing));
        }
        SUBCASE("its size is to be set to 0, and the server goes down before it is") {
            SessionFiles first(house.fs, "alice", "holiday"), second(house.fs, "alice", "holiday");
            first.recovered(*content, only_there("a"), machine_went_down);
            FileRecord& before = first.recovered(*content, "a", info_of(kSent), machine_went_down);
            (void)first.truncated("a", before, 0, 0);
            const auto now = second.load();
            REQUIRE(now);
            second.recovered(*now, only_there("a"), false);
            const FileRecord& again = second.recovered(*now, "a", info_of(kSent), false);
            CHECK(again.state() == (machine_went_down ? FileState::lost : FileState::cut_off));
        }
        SUBCASE("it is renamed, and the server goes down before that is noted") {
            SessionFiles first(house.fs, "alice", "holiday"), second(house.fs, "alice", "holiday");
            first.recovered(*content, only_there("a"), machine_went_down);
            const auto now = second.load();
            REQUIRE(now);
            second.recovered(*now, only_there("b"), false);
            const FileRecord& again = second.recovered(*now, "b", info_of(kSent), false);
            CHECK(again.state() == (machine_went_down ? FileState::lost : FileState::cut_off));
        }
        SUBCASE("it is of another size") {
            SessionFiles other(house.fs, "alice", "holiday");
            CHECK(other.recovered(*content, "a", info_of(99), machine_went_down).state() == FileState::lost);
        }
    }
}

TEST_CASE("file events: a list proves nothing of what the disk failed to keep") {
    FileHouse house(FileState::whole);
    house.files->lost_all();
    CHECK_FALSE(house.files->proven("a", hashed_as("sent", kSent)));
    house.bring(true);  // the same file, in place
    CHECK(house.record().state() == FileState::lost);
}

TEST_CASE("file events: a program that appends proves only what it wrote") {
    for (const auto& [state, bytes_before, after] :
         {std::tuple{FileState::cut_off, kSent, FileState::whole},
          std::tuple{FileState::lost, kSent, FileState::lost},
          std::tuple{FileState::cut_off, kSent + 50, FileState::lost}}) {
        FileHouse house(state);
        house.files->restamped(house.record(), FileInfo{}, info_of(bytes_before));
        house.files->brought("a", {.info = info_of(200),
                                   .hashed = nullptr,
                                   .well = true,
                                   .goes_on = true,
                                   .bytes_before = bytes_before,
                                   .completion = {.now = 9}});
        CHECK(house.record().state() == after);
    }
}

TEST_CASE("file events: a crash between a rename and its line makes nothing resumable that had a gap") {
    FileHouse house(FileState::writing);
    house.write(kSender, 200, 210);
    SessionFiles later(house.fs, "alice", "holiday");
    const auto content = later.load();
    REQUIRE(content);
    later.recovered(*content, only_there("b"), false);  // "a" until a moment ago
    CHECK(later.recovered(*content, "b", info_of(210), false).state() == FileState::lost);
    SessionFiles latest(house.fs, "alice", "holiday");
    CHECK_FALSE(latest.load().value().files.contains("a"));
}

TEST_CASE(
    "file events: names that were one file, and are two now, prove nothing of each other after a crash") {
    FileHouse house(FileState::whole);
    house.files->linked("a", "b");
    SessionFiles later(house.fs, "alice", "holiday");  // "a" was made anew, and no line says so
    const auto content = later.load();
    REQUIRE(content);
    later.recovered(
        *content, [](const std::string& path) { return std::optional<std::uint64_t>(path == "a" ? 8 : 7); },
        true);
    CHECK(later.recovered(*content, "a", info_of(kSent, 8), true).state() == FileState::lost);
    CHECK(later.recovered(*content, "b", info_of(kSent, 7), true).state() == FileState::lost);
    later.opened("b", {.id = kOther, .anew = true});
    SessionFiles latest(house.fs, "alice", "holiday");
    CHECK(latest.load().value().files.at("a")->kind == ProvenFile::Kind::lost);
}

TEST_CASE(
    "file events: names whose link no line tells of share what is noted of them from the next start on") {
    FileHouse house(FileState::whole);
    FileInfo two_names = info_of(0);
    two_names.links = 2;
    const auto both_there = [](const std::string&) { return std::optional<std::uint64_t>(7); };
    {
        Journal(house.fs, "alice", "holiday").begun_anew("b");  // and that "b" is a link to "a" is lost
        SessionFiles later(house.fs, "alice", "holiday");
        const auto content = later.load();
        REQUIRE(content);
        later.recovered(*content, both_there, true);
        (void)later.recovered(*content, "a", two_names, true);
        FileRecord& record = later.recovered(*content, "b", two_names, true);
        later.opened("a", {.id = kOther});
        later.counted(record, 210);
        (void)later.written("a", record, kOther, {.begin = 200, .end = 210}, 0);
        later.removed("a");
    }
    SessionFiles last(house.fs, "alice", "holiday");
    const auto content = last.load();
    REQUIRE(content);
    last.recovered(*content, only_there("b"), false);
    CHECK(last.recovered(*content, "b", info_of(210), false).state() == FileState::lost);
}
