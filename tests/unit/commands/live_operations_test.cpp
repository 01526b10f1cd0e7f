// What burn, its waiting and the lists answer.
#include <doctest/doctest.h>

#include "tests/unit/commands/live_operations_fixture.hpp"

using namespace burnbox;
using namespace burnbox::test;

TEST_CASE("operations: wrong usage is answered at once with exit code 2") {
    OperationsFixture fixture;
    CHECK(fixture.run("", {"eject"})->exit_code() == 2);
    CHECK(fixture.run("alice", {"verify", "x"})->exit_code() == 2);
    const auto help = fixture.run("alice", {"help"});
    CHECK(help->exit_code() == 0);
    CHECK(help->out_text().find("burn SESSION") != std::string::npos);
    CHECK(fixture.run("alice", {"help", "burn"})->out_text() ==
          fixture.run("alice", {"burn", "--help"})->out_text());
    CHECK(fixture.run("alice", {"help", "eject"})->out_text() == help->out_text());
}

TEST_CASE("operations: an account sees its own sessions, discs and files only") {
    OperationsFixture fixture;
    const SessionId holiday =
        fixture.add("alice", "holiday", "holiday", SessionState::queued, "holiday-queued");
    fixture.burn(holiday, SessionState::burned, "BURNBOX_0001");
    fixture.add("bob", "secret", "secret", SessionState::queued, "secret-queued");
    fixture.open = {{.account = "bob", .name = "draft", .bytes = 1, .files_count = 1, .reason = ""}};
    for (const std::vector<std::string>& argv : std::vector<std::vector<std::string>>{{"sessions"},
                                                                                      {"sessions", "--json"},
                                                                                      {"status"},
                                                                                      {"status", "--json"},
                                                                                      {"discs"},
                                                                                      {"discs", "--json"},
                                                                                      {"find", "**"}}) {
        CAPTURE(argv.front());
        const auto sink = fixture.run("bob", argv);
        (void)sink->exit_code();
        for (const char* foreign : {"alice", "holiday", "BURNBOX_0001"})
            CHECK(sink->out_text().find(foreign) == std::string::npos);
        CHECK(fixture.run("", argv)->exit_code() == 0);
    }
    CHECK(fixture.run("bob", {"find", "*.jpg"})->exit_code() == 1);
    CHECK(fixture.run("alice", {"find", "*.jpg"})->out_text().find("/alice/holiday/data/a.jpg") !=
          std::string::npos);
    CHECK(fixture.run("", {"sessions"})->out_text().find("bob/draft") != std::string::npos);
    for (const char* name : {"holiday", "alice/holiday"}) {
        CHECK(fixture.run("bob", {"burn", name, "--wait"})->exit_code() == 1);
        CHECK(fixture.run("bob", {"cancel", name})->exit_code() == 1);
    }
    CHECK(fixture.asked.empty());
}

TEST_CASE("operations: of sessions that burn together an account sees its own, and how far they are") {
    OperationsFixture fixture;
    DriveStatus drive;
    drive.drive = "tray", drive.state = DriveActivity::burning, drive.disc = "BURNBOX_0001";
    for (const char* account : {"alice", "bob", "bob"})
        drive.sessions.push_back(fixture.add(account, "s", "s" + std::to_string(drive.sessions.size()),
                                             SessionState::queued, "s-queued"));
    drive.progress = {.done_bytes = 50, .total_bytes = 100};
    fixture.drives = {drive};
    const auto status = [&](const std::string& account) {
        return fixture.run(account, {"status"})->out_text();
    };
    CHECK(status("").find("alice/s0, bob/s1 and bob/s2: 50 %") != std::string::npos);
    CHECK(status("bob").find("s1 and s2: 50 %") != std::string::npos);
    CHECK(status("bob").find("s0") == std::string::npos);
    CHECK(status("carol").find("50 %") == std::string::npos);
    CHECK(fixture.run("bob", {"status", "--json"})->out_text().find("alice") == std::string::npos);
}

TEST_CASE("operations: burn seals the open session and says so") {
    OperationsFixture fixture;
    fixture.open = {{.account = "alice", .name = "holiday", .bytes = 1, .files_count = 1, .reason = ""}};
    fixture.seal = [](const std::string&, const std::string& session) { return session + " is sealed"; };
    const auto sink = fixture.run("alice", {"burn", "holiday", "--again"});
    CHECK(sink->exit_code() == 0);
    CHECK(sink->out_text() == "holiday is sealed\n");
    CHECK(fixture.asked == std::vector<std::string>{"burn alice/holiday again"});
}

TEST_CASE(
    "operations: sessions of one name in several folders are told apart, and burned by their folder's path") {
    OperationsFixture fixture;
    fixture.open = {{.account = "alice", .name = "h", .reason = ""},
                    {.account = "alice", .name = "h", .reason = "", .watched_folder = "/srv/w1"},
                    {.account = "alice", .name = "h", .reason = "", .watched_folder = "/srv/w2"},
                    {.account = "alice", .name = "other", .reason = "", .watched_folder = "/srv/w2"}};
    fixture.seal = [](const std::string&, const std::string& session) { return session + " is sealed"; };
    const std::string inbox = fixture.fs.host_path("alice/h");
    const std::string list = fixture.run("", {"sessions"})->out_text();
    for (const std::string& folder : {inbox, std::string("/srv/w1/h"), std::string("/srv/w2/h")})
        CHECK(list.find("alice/h (" + folder + ")") != std::string::npos);
    CHECK(list.find("/srv/w2/other") == std::string::npos);
    CHECK(fixture.run("", {"sessions", "--json"})->out_text().find("\"folder\": \"/srv/w1/h\"") !=
          std::string::npos);
    for (const char* name : {"h", "alice/h"}) {
        const auto sink = fixture.run("", {"burn", name});
        CHECK(sink->exit_code() == 1);
        CHECK(sink->errors() ==
              "\"h\" may be any of " + inbox + ", /srv/w1/h, /srv/w2/h: give one of these\n");
    }
    CHECK(fixture.run("", {"burn", "/srv/w2/h"})->exit_code() == 0);
    CHECK(fixture.run("", {"burn", inbox})->exit_code() == 0);
    CHECK(fixture.run("", {"burn", "other"})->exit_code() == 0);
    // An account knows nothing of this machine's folders: its own inbox comes first.
    CHECK(fixture.run("alice", {"sessions"})->out_text().find("/srv") == std::string::npos);
    CHECK(fixture.run("alice", {"sessions"})->out_text().find("h (watched folder)") != std::string::npos);
    CHECK(fixture.run("alice", {"burn", "h"})->exit_code() == 0);
    CHECK(fixture.run("alice", {"burn", "/srv/w2/h"})->exit_code() == 1);
    CHECK(fixture.asked == std::vector<std::string>{"burn /srv/w2alice/h", "burn alice/h",
                                                    "burn /srv/w2alice/other", "burn alice/h"});
}

TEST_CASE("operations: a refused seal is the answer, also of one who wanted to wait") {
    OperationsFixture fixture;
    fixture.open = {{.account = "alice", .name = "holiday", .bytes = 1, .files_count = 1, .reason = ""}};
    fixture.seal = [](const std::string&, const std::string&) -> Result<std::string> {
        return fail(Errc::invalid, "a.jpg is cut off");
    };
    const auto sink = fixture.run("", {"burn", "holiday", "--wait"});
    CHECK(sink->exit_code() == 1);
    CHECK(sink->errors() == "a.jpg is cut off\n");
}

TEST_CASE("operations: burn --wait stays until the receipt is there and prints it") {
    OperationsFixture fixture;
    fixture.open = {{.account = "alice", .name = "holiday", .bytes = 1, .files_count = 1, .reason = ""}};
    SessionId id = 0;
    fixture.seal = [&](const std::string&, const std::string& session) -> Result<std::string> {
        id = fixture.add("alice", "holiday", "holiday-2", SessionState::queued, "holiday-queued");
        return session + " is sealed as holiday-2";
    };
    const auto sink = fixture.run("alice", {"burn", "holiday", "--wait"});
    sink->wait_for_error("holiday-2 is queued");
    const AttemptId attempt = fixture.burn(id, SessionState::burning, "BURNBOX_0001");
    const SessionId other = fixture.add("alice", "other", "other", SessionState::queued, "other-queued");
    DriveStatus& drive = fixture.drives.emplace_back();
    drive.drive = "tray", drive.disc = "BURNBOX_0001", drive.sessions = {other, id};
    fixture.happened(EventKind::session_burning);
    sink->wait_for_error("holiday-2 is burning on BURNBOX_0001 in drive tray");
    REQUIRE(fixture.catalogue->attempt_written(attempt, 0, 10, ""));
    fixture.happened(EventKind::session_verifying);
    sink->wait_for_error("holiday-2 is verifying");
    const auto disc = fixture.catalogue->find_disc("BURNBOX_0001");
    REQUIRE(disc);
    REQUIRE(fixture.catalogue->attempt_verified(attempt, **disc, {{.id = id, .files = {}}}, {}, {}));
    fixture.happened(EventKind::session_verifying);
    sink->wait_for_error(
        "holiday-2 is burned and verified");  // but the receipt is not written: nothing is printed yet
    REQUIRE(replace_file(fixture.fs, "alice/holiday-queued/RECEIPT.txt", "the receipt\n"));
    REQUIRE(fixture.inbox.move(id, FolderState::burned));
    fixture.happened(EventKind::session_burned);
    CHECK(sink->exit_code() == 0);
    CHECK(sink->out_text() == "the receipt\n");
    CHECK(
        sink->errors() ==
        "holiday is sealed as holiday-2\nholiday-2 is queued\nholiday-2 is burning on BURNBOX_0001 in drive "
        "tray\nholiday-2 is verifying on BURNBOX_0001 in drive tray\n"
        "holiday-2 is burned and verified\n");
}

TEST_CASE(
    "operations: burn --wait of a burned session prints its receipt at once, also when its folder was "
    "deleted") {
    OperationsFixture fixture;
    const SessionId id = fixture.add("alice", "holiday", "holiday", SessionState::queued, "holiday-burned");
    fixture.burn(id, SessionState::burned, "BURNBOX_0001");
    REQUIRE(replace_file(fixture.fs, "alice/holiday-burned/RECEIPT.txt", "the receipt\n"));
    const auto there = fixture.run("", {"burn", "alice/holiday", "--wait"});
    CHECK(there->exit_code() == 0);
    CHECK(there->out_text() == "the receipt\n");
    REQUIRE(fixture.catalogue->set_folder(id, ""));
    const auto gone = fixture.run("", {"burn", "holiday", "--wait"});
    CHECK(gone->exit_code() == 0);
    CHECK(gone->out_text().find("BURNBOX_0001") != std::string::npos);
    CHECK(fixture.run("", {"burn", "holiday"})->out_text() == "alice/holiday is burned already\n");
}

TEST_CASE("operations: burn of a queued session ends its holding back for others, for its account alone") {
    OperationsFixture fixture;
    const SessionId id = fixture.add("alice", "holiday", "holiday", SessionState::queued, "holiday-queued");
    CHECK(fixture.run("bob", {"burn", "holiday"})->exit_code() == 1);
    CHECK(fixture.asked.empty());
    const auto sink = fixture.run("alice", {"burn", "holiday"});
    CHECK(sink->exit_code() == 0);
    CHECK(sink->out_text() == "holiday is queued already; it is not held back for others\n");
    CHECK(fixture.asked == std::vector<std::string>{"burn now " + std::to_string(id)});
}

TEST_CASE(
    "operations: burn --wait of a session that fails or is taken back ends with exit code 1 and the reason") {
    OperationsFixture fixture;
    const SessionId one = fixture.add("alice", "one", "one", SessionState::queued, "one-queued");
    const SessionId two = fixture.add("alice", "two", "two", SessionState::queued, "two-queued");
    const auto failing = fixture.run("", {"burn", "one", "--wait"});
    const auto leaving = fixture.run("", {"burn", "two", "--wait"});
    failing->wait_for_error("alice/one is queued");
    leaving->wait_for_error("alice/two is queued");
    REQUIRE(
        fixture.catalogue->step(one, SessionState::queued, SessionState::failed, "three attempts failed"));
    REQUIRE(fixture.catalogue->step(two, SessionState::queued, SessionState::withdrawn, ""));
    REQUIRE(fixture.catalogue->remove_session(two));
    fixture.happened(EventKind::session_failed);
    CHECK(failing->exit_code() == 1);
    CHECK(failing->errors().find("alice/one failed: three attempts failed") != std::string::npos);
    CHECK(leaving->exit_code() == 1);
    CHECK(leaving->errors().find("taken back") != std::string::npos);
}

TEST_CASE("operations: one who leaves while he waits is let go of") {
    OperationsFixture fixture;
    fixture.add("alice", "holiday", "holiday", SessionState::queued, "holiday-queued");
    auto sink = fixture.run("alice", {"burn", "holiday", "--wait"});
    sink->wait_for_error("holiday is queued");
    const std::weak_ptr<test::KeptAnswer> weak = sink;
    sink.reset();
    while (!weak.expired()) std::this_thread::yield();
    fixture.happened(EventKind::session_burned);
    CHECK(fixture.run("alice", {"status"})->exit_code() == 0);
}

TEST_CASE("operations: a name alone works while it is unique, else all that fit are named") {
    OperationsFixture fixture;
    fixture.add("alice", "holiday", "holiday", SessionState::queued, "holiday-queued");
    fixture.add("bob", "holiday", "holiday", SessionState::queued, "holiday-queued");
    const auto both = fixture.run("", {"cancel", "holiday"});
    CHECK(both->exit_code() == 1);
    CHECK(both->errors().find("alice/holiday, bob/holiday") != std::string::npos);
    CHECK(fixture.run("", {"cancel", "bob/holiday"})->exit_code() == 0);
    CHECK(fixture.run("alice", {"cancel", "holiday"})->exit_code() == 0);
    CHECK(fixture.asked == std::vector<std::string>{"cancel bob/holiday", "cancel alice/holiday"});
}

TEST_CASE("operations: who begins to wait in the moment in which the server stops is told") {
    for (int i = 0; i < 50; ++i) {
        OperationsFixture fixture;
        fixture.add("alice", "holiday", "holiday", SessionState::queued, "holiday-queued");
        std::jthread stop([&] { fixture.operations->drain("burnbox is stopping"); });
        const auto sink = fixture.run("alice", {"burn", "holiday", "--wait"});
        CHECK(sink->exit_code() == 3);
    }
}
