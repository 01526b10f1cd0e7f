// What cancel, retry and verify answer, and what is done by hand.
#include <doctest/doctest.h>

#include "tests/unit/commands/live_operations_fixture.hpp"

using namespace burnbox;
using namespace burnbox::test;

TEST_CASE("operations: what is done with a drive's disc is answered in its words, and no account may ask") {
    OperationsFixture fixture;
    for (const char* name : {"close-disc", "eject", "load"}) {
        const auto sink = fixture.run("", {name, "tray"});
        CHECK(sink->exit_code() == 0);
        CHECK(sink->out_text() == "done with it\n");
        CHECK(fixture.run("alice", {name, "tray"})->exit_code() == 2);
    }
    CHECK(fixture.asked == std::vector<std::string>{"0 by hand tray", "1 by hand tray", "2 by hand tray"});
    const auto wrong = fixture.run("", {"eject", "try"});
    CHECK(wrong->exit_code() == 1);
    CHECK(wrong->errors().find("there is no drive try") != std::string::npos);
}

TEST_CASE("operations: cancel finds the queued session by the name its sender gave it") {
    OperationsFixture fixture;
    const SessionId first =
        fixture.add("alice", "holiday", "holiday", SessionState::queued, "holiday-burned");
    fixture.burn(first, SessionState::burned, "BURNBOX_0001");
    fixture.add("alice", "holiday", "holiday-2", SessionState::queued, "holiday-queued");
    CHECK(fixture.run("alice", {"cancel", "holiday"})->exit_code() == 0);
    CHECK(fixture.asked == std::vector<std::string>{"cancel alice/holiday-2"});
    CHECK(fixture.run("alice", {"cancel", "nothing"})->exit_code() == 1);
}

TEST_CASE("operations: retry queues a failed session again, folder and all, and wakes the burner") {
    OperationsFixture fixture;
    const SessionId id = fixture.add("alice", "holiday", "holiday", SessionState::failed, "holiday-failed");
    REQUIRE(replace_file(fixture.fs, "alice/holiday-failed/FAILED.txt", "x"));
    const auto sink = fixture.run("", {"retry", "alice/holiday"});
    CHECK(sink->exit_code() == 0);
    CHECK(sink->out_text() == "alice/holiday is queued again\n");
    CHECK(fixture.catalogue->session(id)->state == SessionState::queued);
    CHECK(fixture.fs.info("alice/holiday-queued"));
    CHECK_FALSE(fixture.fs.info("alice/holiday-queued/FAILED.txt"));
    CHECK(fixture.asked == std::vector<std::string>{"wake"});
}

TEST_CASE(
    "operations: retry of a session that waits has it burned with what there is, in its pool or another") {
    OperationsFixture fixture;
    fixture.add("alice", "holiday", "holiday", SessionState::queued, "holiday-queued");
    const auto sink = fixture.run("", {"retry", "holiday"});
    CHECK(sink->exit_code() == 0);
    CHECK(sink->out_text() == "alice/holiday is burned, with 1 copy instead of 2\n");
    CHECK(fixture.run("", {"retry", "holiday", "--pool", "archive"})->exit_code() == 0);
    CHECK(fixture.run("", {"retry", "holiday", "--pool=gone"})->exit_code() == 1);
    CHECK(fixture.asked ==
          std::vector<std::string>{"fewer copies ", "fewer copies archive", "fewer copies gone"});
    const SessionId burned =
        fixture.add("alice", "letters", "letters", SessionState::queued, "letters-queued");
    fixture.burn(burned, SessionState::burned, "BURNBOX_0001");
    CHECK(fixture.run("", {"retry", "letters"})->exit_code() == 1);
    CHECK(fixture.asked.size() == 3);
}

TEST_CASE("operations: retry of a failed session in another pool queues it there") {
    OperationsFixture fixture;
    const SessionId id = fixture.add("alice", "holiday", "holiday", SessionState::failed, "holiday-failed");
    CHECK(fixture.run("", {"retry", "holiday", "--pool", "gone"})->exit_code() == 1);
    CHECK(fixture.catalogue->session(id)->state == SessionState::queued);
    CHECK(fixture.asked.back() == "fewer copies gone");
}

TEST_CASE("operations: retry of a configured drive is the drive's, account/name is always a session") {
    OperationsFixture fixture;
    fixture.drives.emplace_back().drive = "tray";
    fixture.add("alice", "tray", "tray", SessionState::failed, "tray-failed");
    const auto sink = fixture.run("", {"retry", "tray"});
    CHECK(sink->exit_code() == 0);
    CHECK(sink->out_text() == "done with it\n");
    CHECK(fixture.asked == std::vector<std::string>{"3 by hand tray"});
    CHECK(sink->errors() == "tray names the drive; the session is tried again by: retry alice/tray\n");
    CHECK(fixture.run("", {"retry", "alice/tray"})->out_text() == "alice/tray is queued again\n");
}

TEST_CASE("operations: verify reads every session of a disc and says what differs") {
    OperationsFixture fixture;
    fixture.burn(fixture.add("alice", "holiday", "holiday", SessionState::queued, "holiday-queued"),
                 SessionState::burned, "BURNBOX_0001");
    for (const char* what : {"BURNBOX_0001", "alice/holiday"}) {
        const auto sink = fixture.run("", {"verify", what});
        CHECK(sink->exit_code() == 1);
        CHECK(sink->out_text() == "BURNBOX_0001 disc session 1: alice/holiday: differs\n");
        CHECK(sink->errors() ==
              "BURNBOX_0001 disc session 1: alice/holiday: 50 %\nBURNBOX_0001 disc session 1: alice/holiday: "
              "a.jpg differs\n");
    }
    CHECK(fixture.run("", {"verify", "BURNBOX_0002"})->exit_code() == 1);
}
