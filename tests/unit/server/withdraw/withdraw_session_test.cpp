// Cancelling and mending.
#include <doctest/doctest.h>

#include "common/session/sealed_session.hpp"
#include "tests/support/server/upload_house.hpp"

using namespace burnbox;
using namespace burnbox::test;

using Strings = std::vector<std::string>;

namespace {

struct Queued {
    UploadHouse house;
    std::unique_ptr<Client> client = house.connect();

    Queued() {
        REQUIRE(put(*client, "/holiday/a", "aaa") == "ok");
        REQUIRE(put(*client, "/holiday/BURN", "m") == "ok: holiday is sealed");
    }
    [[nodiscard]] SessionRow row() { return house.rows().at(0); }
    void fail_it() {
        REQUIRE(
            house.catalogue->step(row().id, SessionState::queued, SessionState::failed, "it did not work"));
        REQUIRE(house.inbox->move(row().id, FolderState::failed));
        house.put_behind("alice/holiday-failed/FAILED.txt", "why");
    }
};

}  // namespace

TEST_CASE("cancel: renaming it back is one step; the marker stays under a refused name") {
    Queued queued;
    CHECK(rename(*queued.client, "/holiday-queued", "/holiday") == "ok: holiday is open again");
    CHECK(queued.house.rows().empty());
    CHECK(queued.house.names("alice/holiday") == Strings{"BURN.refused", "a"});
    CHECK(queued.house.event_names.back() == "session_withdrawn holiday");
    CHECK(queued.house.names("alice") == Strings{"holiday"});
    CHECK(list(*queued.client, "/holiday") == Strings{"BURN.refused", "a"});
    CHECK(put(*queued.client, "/holiday/b", "b") == "ok");
    CHECK(put(*queued.client, "/holiday/BURN", "m") == "ok: holiday is sealed");
    CHECK(queued.house.manifest_paths(queued.row()) == Strings{"a", "b"});
}

TEST_CASE("cancel: by the command, with or without the account's name") {
    Queued queued;
    SUBCASE("without") {
        CHECK(cancel(*queued.client, "holiday") == "ok: holiday is open again");
    }
    SUBCASE("with") {
        CHECK(cancel(*queued.client, "alice/holiday") == "ok: holiday is open again");
    }
    CHECK(cancel(*queued.client, "holiday") == "there is no sealed session holiday");
}

TEST_CASE("cancel: the command finds the one that waits when an older one of that name is burned") {
    Queued queued;
    queued.house.burn(queued.row().id, "BURNBOX_0001");
    CHECK(contains(cancel(*queued.client, "holiday"), "holiday is burned: it can't be taken back any more"));
    const auto later = queued.house.connect();
    REQUIRE(put(*later, "/holiday/b", "b") == "ok");
    REQUIRE(put(*later, "/holiday/BURN", "n") == "ok: holiday is sealed as holiday-2");
    CHECK(cancel(*later, "holiday") == "ok: holiday is open again");
}

TEST_CASE("cancel: refused once burning has begun, with the reason, and nothing changes") {
    Queued queued;
    DiscRow disc;
    disc.label = "BURNBOX_0001", disc.serial = "s", disc.created_at = queued.house.clock.now();
    const auto disc_id = queued.house.catalogue->add_disc(disc);
    REQUIRE(disc_id);
    AttemptRow attempt;
    attempt.disc = *disc_id, attempt.sessions = {queued.row().id}, attempt.disc_session = 1,
    attempt.started_at = queued.house.clock.now();
    REQUIRE(queued.house.catalogue->begin_attempt(attempt));
    CHECK(rename(*queued.client, "/holiday-queued", "/holiday") ==
          "holiday is burning: it can't be taken back any more");
    CHECK(cancel(*queued.client, "holiday") == "holiday is burning: it can't be taken back any more");
    CHECK(queued.house.names("alice") == Strings{"holiday-queued"});
    CHECK(queued.row().state == SessionState::burning);
    CHECK(queued.house.exists("alice/holiday-queued/BURN"));
}

TEST_CASE("cancel: what was burned meanwhile is said to be burned, by the folder's name of before") {
    Queued queued;
    queued.house.burn(queued.row().id, "BURNBOX_0001");
    const auto later = queued.house.connect();
    CHECK(rename(*later, "/holiday-queued", "/holiday") ==
          "holiday-queued is holiday-burned by now, the session is burned: it can't be taken back any more");
    CHECK(rename(*later, "/other-queued", "/other") == "the catalogue knows no session in other-queued");
}

TEST_CASE(
    "cancel: whichever operation fails, the session is as it was or can be cancelled again, without a "
    "restart") {
    for (std::uint64_t n = 1;; ++n) {
        CAPTURE(n);
        Queued queued;
        queued.house.plan.fail_at(n, Errc::permission, FaultPlan::Mode::once);
        const std::string answer = cancel(*queued.client, "holiday");
        const bool reached = queued.house.plan.hit();
        CAPTURE(queued.house.plan.where());
        CAPTURE(answer);
        queued.house.plan.fail_nothing();
        if (!answer.starts_with("ok")) {
            REQUIRE(queued.house.rows().size() == 1);
            const bool is_named_so = queued.house.exists("alice/holiday-queued");
            if (is_named_so && queued.row().state == SessionState::queued)
                CHECK(queued.house.names("alice/holiday-queued") == Strings{"BURN", "STATUS.txt", "a"});
            CHECK(cancel(*queued.client, "holiday") == "ok: holiday is open again");
        }
        CHECK(queued.house.rows().empty());
        CHECK(queued.house.names("alice") == Strings{"holiday"});
        CHECK(queued.house.names("alice/holiday") == Strings{"BURN.refused", "a"});
        if (!reached) break;
    }
}

TEST_CASE("cancel: a session whose folder is gone is let go of, whether it waits or failed") {
    Queued queued;
    SUBCASE("it waits") {}
    SUBCASE("it failed") {
        queued.fail_it();
    }
    const SessionRow row = queued.row();
    REQUIRE(queued.house.inbox_fs.rename("alice/" + row.folder, "away", RenameMode::no_replace));
    CHECK(contains(cancel(*queued.client, "holiday"), "ok: holiday is given up: its folder is gone"));
    CHECK(queued.house.rows().empty());
    CHECK_FALSE(queued.house.state_fs.info("seals/" + row.seal_id + ".jsonl"));
    CHECK(put(*queued.house.connect(), "/holiday/a", "a") == "ok");
}

TEST_CASE(
    "cancel: a session under another of its names is not gone, nor is one whose account's folder is away") {
    Queued queued;
    auto& fs = queued.house.inbox_fs;
    SUBCASE("another name") {
        REQUIRE(fs.rename("alice/holiday-queued", "alice/holiday-queued-2", RenameMode::no_replace));
        CHECK(cancel(*queued.client, "holiday") == "ok: holiday is open again");
        CHECK(queued.house.exists("alice/holiday/a"));
    }
    SUBCASE("the account's folder") {
        REQUIRE(fs.rename("alice", "alicia", RenameMode::no_replace));
        CHECK_FALSE(cancel(*queued.client, "holiday").starts_with("ok"));
        CHECK(queued.row().state == SessionState::queued);
    }
}

TEST_CASE("cancel: only back to its own name, and only when that is free") {
    Queued queued;
    CHECK(rename(*queued.client, "/holiday-queued", "/summer") ==
          "holiday-queued can only be renamed back to holiday");
    CHECK(rename(*queued.client, "/holiday-queued/a", "/holiday/a") ==
          "holiday-queued is sealed; rename it back to holiday to cancel it");
    const auto later = queued.house.connect();
    CHECK(put(*later, "/holiday/b", "b") == "ok");
    CHECK(rename(*later, "/holiday-queued", "/holiday") ==
          "there is an open session holiday already; rename or delete that one first");
    CHECK(queued.row().state == SessionState::queued);
}

TEST_CASE("mend: a failed session is renamed back, mended and sent again") {
    Queued queued;
    queued.fail_it();
    const auto client = queued.house.connect();
    CHECK(put(*client, "/holiday-failed/b", "b") ==
          "holiday-failed is sealed; rename it back to holiday to mend it");
    CHECK(get(*client, "/holiday-failed/FAILED.txt") == "why");
    CHECK(rename(*client, "/holiday-failed", "/holiday") == "ok: holiday is open again");
    CHECK(queued.house.names("alice/holiday") == Strings{"BURN.refused", "a"});
    CHECK(put(*client, "/holiday/a", "AAA") == "ok");
    CHECK(put(*client, "/holiday/BURN", "m") == "ok: holiday is sealed");
}

TEST_CASE("mend: a failed folder that the catalogue does not know is renamed all the same") {
    UploadHouse house;
    house.put_behind("alice/old-failed/x", "x");
    house.put_behind("alice/old-failed/FAILED.txt", "why");
    const auto client = house.connect();
    CHECK(rename(*client, "/old-failed", "/old") == "ok: old is open again");
    CHECK(house.names("alice/old") == Strings{"x"});
    CHECK(put(*client, "/old/BURN", "m") == "ok: old is sealed");
}

TEST_CASE("taken back: its files are as whole as they were sealed, after a restart too") {
    Queued queued;
    SUBCASE("cancelled") {
        REQUIRE(rename(*queued.client, "/holiday-queued", "/holiday") == "ok: holiday is open again");
    }
    SUBCASE("a crash between the step and the rename") {
        REQUIRE(queued.house.catalogue->step(queued.row().id, SessionState::queued, SessionState::withdrawn,
                                             "test"));
    }
    queued.client.reset();
    queued.house.power_cut();
    CHECK(queued.house.names("alice/holiday") == Strings{"BURN.refused", "a"});
    CHECK(queued.house.uploads->open_sessions().at(0).reason == "no marker yet: send BURN");
    CHECK(burn(*queued.house.connect(), "holiday") == "ok: holiday is sealed");
}

TEST_CASE("delete: a burned folder can be deleted, and the catalogue knows that its payload is gone") {
    Queued queued;
    queued.house.burn(queued.row().id, "BURNBOX_0001");
    const auto client = queued.house.connect();
    CHECK(rename(*client, "/holiday-burned", "/holiday") != "ok");
    CHECK(put(*client, "/holiday-burned/x", "x") ==
          "holiday-burned is sealed and on disc; it can only be read or deleted");
    for (const char* const name : {"a", "RECEIPT.txt", "STATUS.txt"})
        CHECK(shown(client->remove(std::string("/holiday-burned/") + name)) == "ok");
    CHECK(shown(client->remove_folder("/holiday-burned")) == "ok");
    CHECK(queued.row().folder.empty());
    CHECK(queued.row().state == SessionState::burned);
}

TEST_CASE("delete: a failed folder that is deleted is given up") {
    Queued queued;
    queued.fail_it();
    const auto client = queued.house.connect();
    for (const std::string& name : list(*client, "/holiday-failed"))
        CHECK(shown(client->remove("/holiday-failed/" + name)) == "ok");
    CHECK(shown(client->remove_folder("/holiday-failed")) == "ok");
    CHECK(queued.house.rows().empty());
}

TEST_CASE("delete: a session of the account in a watched folder, called the same, keeps its folder") {
    UploadHouse house;
    SessionRow watched;
    watched.account = "alice";
    watched.name = "holiday", watched.disc_name = "holiday";
    watched.pool = "default";
    watched.folder = "holiday-failed";
    watched.seal_id = "watched";
    watched.staging = StagingArea::watched("/srv/lab");
    SessionState state = SessionState::failed;
    SUBCASE("a failed one") {}
    SUBCASE("a burned one") {
        state = SessionState::burned;
        watched.folder = "holiday-burned";
    }
    watched.state = state;
    REQUIRE(house.catalogue->add_session(watched));
    house.put_behind("alice/" + watched.folder + "/a", "aaa");
    const auto client = house.connect();
    CHECK(shown(client->remove("/" + watched.folder + "/a")) == "ok");
    CHECK(shown(client->remove_folder("/" + watched.folder)) == "ok");
    REQUIRE(house.rows().size() == 1);
    CHECK(house.rows()[0].folder == watched.folder);
    CHECK(house.rows()[0].state == state);
}

TEST_CASE("moved by hand: a sealed folder that was away is its session's again") {
    UploadHouse house;
    CHECK(put(*house.connect(), "/holiday/a", "aaa") == "ok");
    CHECK(put(*house.connect(), "/holiday/BURN", "m") == "ok: holiday is sealed");
    const auto move = [&](const std::string& from, const std::string& to) {
        REQUIRE(house.inbox_fs.rename(from, to, RenameMode::no_replace));
    };
    move("alice/holiday-queued", "away");
    house.kill();
    CHECK(house.rows()[0].state == SessionState::failed);
    SUBCASE("its account mends it, and its files are as whole as they were") {
        move("away", "alice/holiday-failed");
        CHECK(rename(*house.connect(), "/holiday-failed", "/holiday") == "ok: holiday is open again");
        CHECK(burn(*house.connect(), "holiday") == "ok: holiday is sealed");
    }
    SUBCASE("under its old name, at the next start") {
        move("away", "alice/holiday-queued");
        house.kill();
        CHECK(house.rows()[0].folder == "holiday-queued");
        CHECK(house.rows()[0].state == SessionState::queued);
        CHECK(house.rows()[0].reason.empty());
        CHECK(house.names("alice") == Strings{"holiday-queued"});
    }
    SUBCASE("under its old name, copied without its times") {
        move("away", "alice/holiday-queued");
        house.put_behind("alice/holiday-queued/a", "aaa");
        house.kill();
        CHECK(house.rows()[0].state == SessionState::queued);
    }
    SUBCASE("as a failed one, at the next start: it says what to do") {
        move("away", "alice/holiday-failed");
        house.kill();
        CHECK(house.rows()[0].folder == "holiday-failed");
        CHECK(house.rows()[0].state == SessionState::failed);
        CHECK(contains(house.rows()[0].reason, "is back: `burnbox retry alice/holiday`"));
    }
    SUBCASE("not when something is missing in it") {
        REQUIRE(house.inbox_fs.remove("away/a"));
        move("away", "alice/holiday-failed");
        house.kill();
        CHECK(house.rows()[0].folder.empty());
        CHECK(rename(*house.connect(), "/holiday-failed", "/holiday") == "ok: holiday is open again");
        CHECK(house.rows()[0].state == SessionState::failed);
    }
}

TEST_CASE(
    "gone by hand: a failed session of which nothing is left gives its name back when that is sent again") {
    UploadHouse house;
    CHECK(put(*house.connect(), "/holiday/a", "aaa") == "ok");
    CHECK(put(*house.connect(), "/holiday/BURN", "m") == "ok: holiday is sealed");
    const SessionRow first = house.rows()[0];
    const auto send_again = [&] {
        CHECK(put(*house.connect(), "/holiday/a", "AAA") == "ok");
        return put(*house.connect(), "/holiday/BURN", "n");
    };
    SUBCASE("its folder was removed") {
        REQUIRE(house.inbox_fs.rename("alice/holiday-queued", "away", RenameMode::no_replace));
        house.kill();
        CHECK(house.rows()[0].state == SessionState::failed);
        CHECK(send_again() == "ok: holiday is sealed");
        REQUIRE(house.rows().size() == 1);
        CHECK(house.rows()[0].disc_name == "holiday");
        CHECK(house.rows()[0].id != first.id);
        CHECK_FALSE(read_seal_record(house.state_fs, first.seal_id));
    }
    SUBCASE("not when its folder is there") {
        REQUIRE(house.catalogue->step(first.id, SessionState::queued, SessionState::failed, "why"));
        REQUIRE(house.inbox->move(first.id, FolderState::failed));
        CHECK(send_again() == "ok: holiday is sealed as holiday-2");
        CHECK(house.rows().size() == 2);
    }
}
