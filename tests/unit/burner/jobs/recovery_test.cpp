// The start after a crash, from every state in which one can leave a session.
#include <doctest/doctest.h>

#include <algorithm>

#include "common/storage/durable_file.hpp"
#include "tests/support/burner/burner_house.hpp"
#include "tests/support/must.hpp"

namespace burnbox::test {
namespace {

// A drive call fails and from then on nothing of this process happens any more.
struct Died {};

}  // namespace

TEST_CASE("recovery: cut off in the middle of a write, an untouched disc is written again") {
    BurnerHouse house;
    const SessionId id = house.queue("holiday", {{"a", "1"}});
    house.drives[0]->during_write = []() -> Status { throw Died(); };
    CHECK_THROWS_AS(static_cast<void>(house.burner->run_once(0)), Died);
    CHECK(house.row(id).state == SessionState::burning);
    house.crash();
    house.run();
    CHECK(house.row(id).state == SessionState::burned);
    CHECK(house.shelves["tray"].times_burned("BURNBOX_0001", "alice/holiday") == 1);
    CHECK(house.shelves["tray"].discs["BURNBOX_0001"].sessions.size() == 1);
}

TEST_CASE("recovery: cut off in the middle of a write, a damaged disc is suspect and the next one is used") {
    BurnerHouse house;
    const SessionId id = house.queue("holiday", {{"a", "1"}});
    house.drives[0]->during_write = []() -> Status { throw Died(); };
    CHECK_THROWS_AS(static_cast<void>(house.burner->run_once(0)), Died);
    house.crash();
    house.drives[0]->after_cut = Drive::Outcome::damaged;
    house.run();
    CHECK(house.row(id).state == SessionState::burned);
    CHECK(house.disc("BURNBOX_0001").state == DiscState::suspect);
    CHECK(house.shelves["tray"].times_burned("BURNBOX_0001", "alice/holiday") == 0);
    CHECK(house.shelves["tray"].times_burned("BURNBOX_0002", "alice/holiday") == 1);
}

TEST_CASE("recovery: what was written is judged in its own layout when another one is configured by then") {
    BurnerHouse house;
    house.config.burn.layout = Layout::plain;
    house.restart();
    const SessionId id = house.queue("holiday", {{"a", "1"}});
    house.drives[0]->after_write = []() -> Status { throw Died(); };
    CHECK_THROWS_AS(static_cast<void>(house.burner->run_once(0)), Died);
    house.config.burn.layout = Layout::bag;
    house.crash();
    house.run();
    CHECK(house.row(id).state == SessionState::burned);
    CHECK(house.disc("BURNBOX_0001").state == DiscState::open);
    CHECK(house.shelves["tray"].times_burned("BURNBOX_0001", "alice/holiday") == 1);
    REQUIRE(house.catalogue->files(id));
    CHECK(house.catalogue->files(id)->front().path == "/alice/holiday/a");
    CHECK(house.text("alice/holiday-burned/RECEIPT.txt").find("holiday.SHA256SUMS") != std::string::npos);
}

TEST_CASE("recovery: a write that was whole but not answered is verified, not repeated") {
    BurnerHouse house;
    const SessionId id = house.queue("holiday", {{"a", "1"}});
    std::size_t entries = 0;
    house.drives[0]->change_on_disc = [&](std::string&) { ++entries; };
    house.drives[0]->during_write = []() -> Status { throw Died(); };
    CHECK_THROWS_AS(static_cast<void>(house.burner->run_once(0)), Died);
    // The worker ended the write after its server had died.
    BurnerHouse other;
    other.queue("holiday", {{"a", "1"}});
    other.run();
    FakeDiscSession& cut = house.shelves["tray"].discs["BURNBOX_0001"].sessions[0];
    cut.entries = other.shelves["tray"].discs["BURNBOX_0001"].sessions[0].entries;
    cut.whole = true;
    house.crash();
    house.drives[0]->during_write = []() -> Status { throw Died(); };  // nothing is written again
    house.run();
    CHECK(house.row(id).state == SessionState::burned);
    CHECK(house.catalogue->copies(id)->front().blocks == cut.blocks);
    CHECK(house.shelves["tray"].discs["BURNBOX_0001"].sessions.size() == 1);
}

TEST_CASE("recovery: cut off while verifying, it is verified again") {
    BurnerHouse house;
    const SessionId id = house.queue("holiday", {{"a", "1"}});
    const auto subscription = house.events->subscribe([](const Event& event) {
        if (event.kind == EventKind::session_verifying) throw Died();
    });
    CHECK_THROWS_AS(static_cast<void>(house.burner->run_once(0)), Died);
    CHECK(house.row(id).state == SessionState::verifying);
    house.crash();
    house.run();
    CHECK(house.row(id).state == SessionState::burned);
    CHECK(house.shelves["tray"].times_burned("BURNBOX_0001", "alice/holiday") == 1);
}

TEST_CASE("recovery: without its seal record a session is judged by what its disc holds") {
    BurnerHouse house;
    const SessionId id = house.queue("holiday", {{"a", "1"}});
    const auto subscription = house.events->subscribe([](const Event& event) {
        if (event.kind == EventKind::session_verifying) throw Died();
    });
    CHECK_THROWS_AS(static_cast<void>(house.burner->run_once(0)), Died);
    house.crash();
    SUBCASE("it is gone") {
        REQUIRE(house.state_fs.remove("seals/seal-1.jsonl"));
    }
    SUBCASE("it is damaged") {
        REQUIRE(replace_file(house.state_fs, "seals/seal-1.jsonl", "{"));
    }
    house.run();
    CHECK(house.row(id).state == SessionState::burned);
    CHECK(house.disc("BURNBOX_0001").state == DiscState::open);
    CHECK(house.shelves["tray"].times_burned("BURNBOX_0001", "alice/holiday") == 1);
    CHECK(house.state_fs.info("seals/seal-1.jsonl"));
}

TEST_CASE("recovery: a seal record that can't be read now keeps nobody else from being burned") {
    BurnerHouse house;
    const SessionId id = house.queue("holiday", {{"a", "1"}});
    SUBCASE("it was written") {
        const auto subscription = house.events->subscribe([](const Event& event) {
            if (event.kind == EventKind::session_verifying) throw Died();
        });
        CHECK_THROWS_AS(static_cast<void>(house.burner->run_once(0)), Died);
    }
    SUBCASE("it was cut off") {
        house.drives[0]->during_write = []() -> Status { throw Died(); };
        CHECK_THROWS_AS(static_cast<void>(house.burner->run_once(0)), Died);
    }
    house.crash();
    const std::string record = must(read_file(house.state_fs, "seals/seal-1.jsonl", 1U << 20U));
    REQUIRE(house.state_fs.remove("seals/seal-1.jsonl"));
    REQUIRE(house.state_fs.make_folder("seals/seal-1.jsonl", 0700));
    const SessionId next = house.queue("next", {{"a", "1"}});
    house.run_patiently(3);
    REQUIRE(house.row(next).state == SessionState::burned);
    CHECK(house.catalogue->copies(next)->front().disc_label == "BURNBOX_0002");
    CHECK(house.row(id).reason.find("seal-1.jsonl") != std::string::npos);

    REQUIRE(house.state_fs.remove_folder("seals/seal-1.jsonl"));
    REQUIRE(replace_file(house.state_fs, "seals/seal-1.jsonl", record));
    house.run_patiently(3);
    CHECK(house.row(id).state == SessionState::burned);
}

TEST_CASE("recovery: a seal record that is gone is no fault of a disc that is as before") {
    BurnerHouse house;
    const SessionId id = house.queue("holiday", {{"a", "1"}});
    house.drives[0]->during_write = []() -> Status { throw Died(); };
    CHECK_THROWS_AS(static_cast<void>(house.burner->run_once(0)), Died);
    house.crash();
    REQUIRE(house.state_fs.remove("seals/seal-1.jsonl"));
    house.run();
    CHECK(house.row(id).state == SessionState::failed);
    CHECK(house.disc("BURNBOX_0001").state == DiscState::open);
    house.queue("next", {{"a", "1"}});
    house.run();
    CHECK(house.shelves["tray"].times_burned("BURNBOX_0001", "alice/next") == 1);
}

TEST_CASE("recovery: burned but not renamed, it gets its receipt at the next start") {
    BurnerHouse house;
    const SessionId id = house.queue("holiday", {{"a", "1"}});
    REQUIRE(house.burner->run_once(0).value());  // one step: burned and verified
    CHECK(house.row(id).state == SessionState::burned);
    CHECK(house.row(id).folder == "holiday-queued");
    house.crash();
    house.run();
    CHECK(house.row(id).folder == "holiday-burned");
    CHECK(house.exists("alice/holiday-burned/receipt.json"));
    CHECK_FALSE(house.exists("alice/holiday-burned/BURN"));
    house.crash();
    house.run();
    CHECK(house.exists("alice/holiday-burned/receipt.json"));
}

TEST_CASE("recovery: failed but not renamed, it gets FAILED.txt at the next start") {
    BurnerHouse house;
    const SessionId id = house.queue("holiday", {{"a", "1"}});
    REQUIRE(house.catalogue->step(id, SessionState::queued, SessionState::failed, "no good").has_value());
    house.crash();
    house.run();
    CHECK(house.row(id).folder == "holiday-failed");
    CHECK(house.text("alice/holiday-failed/FAILED.txt").find("no good") != std::string::npos);
}

TEST_CASE("recovery: crashes never count as failures, however many they are") {
    BurnerHouse house;
    const SessionId id = house.queue("holiday", {{"a", "1"}});
    for (int i = 0; i < 10; ++i) {
        house.drives[0]->during_write = []() -> Status { throw Died(); };
        bool died = false;
        for (int step = 0; step < 5 && !died; ++step) {
            try {
                static_cast<void>(house.burner->run_once(0));
            } catch (const Died&) {
                died = true;
            }
        }
        REQUIRE(died);
        house.crash();
    }
    house.run();
    CHECK(house.row(id).state == SessionState::burned);
    CHECK(house.shelves["tray"].times_burned("BURNBOX_0001", "alice/holiday") == 1);
}

TEST_CASE(
    "recovery: a disc that vanished in the middle of an attempt is not waited for, and the next one is "
    "used") {
    BurnerHouse house;
    const SessionId id = house.queue("holiday", {{"a", "1"}});
    house.drives[0]->during_write = []() -> Status { throw Died(); };
    CHECK_THROWS_AS(static_cast<void>(house.burner->run_once(0)), Died);
    house.crash();
    house.shelves["tray"].discs.clear();
    house.run();
    CHECK(house.row(id).state == SessionState::burned);
    CHECK(house.disc("BURNBOX_0001").state == DiscState::open);
    CHECK(house.catalogue->copies(id)->front().disc_label == "BURNBOX_0002");
}

TEST_CASE("recovery: an attempt on a drive that is no longer configured is not waited for") {
    BurnerHouse house({"tray", "spare"});
    const SessionId id = house.queue("holiday", {{"a", "1"}});
    house.drives[0]->during_write = []() -> Status { throw Died(); };
    CHECK_THROWS_AS(static_cast<void>(house.burner->run_once(0)), Died);
    house.config.drives.erase("tray");
    house.config.pools["default"].drives = {"spare"};
    house.crash();
    house.run();
    CHECK(house.row(id).state == SessionState::burned);
    CHECK(house.catalogue->copies(id)->front().drive == "spare");
    CHECK(house.disc("BURNBOX_0001").state == DiscState::suspect);
}

}  // namespace burnbox::test
