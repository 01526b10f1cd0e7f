// The look at a drive with a tray: a medium that comes or goes ends every wait.
#include <doctest/doctest.h>

#include <algorithm>
#include <stdexcept>

#include "tests/support/burner/burner_house.hpp"

namespace burnbox::test {
namespace {

using namespace std::chrono_literals;

struct HouseWithTray : BurnerHouse {
    unsigned looks = 0;
    Result<bool> answer = false;
    HouseWithTray() {
        shelves["tray"].blanks = 0;
        watch();
    }
    void restart_with_tray() {
        restart();
        drives[0]->loaded = "BURNBOX_0001";
        watch();
    }

  private:
    void watch() {
        drives[0]->look = [this] {
            ++looks;
            return answer;
        };
    }
};

}  // namespace

TEST_CASE("look: a disc that is put in ends the wait, long before it would end by itself") {
    HouseWithTray house;
    const SessionId id = house.queue("holiday", {{"a", "1"}});
    house.run_patiently(12);  // the waits get longer
    house.run();
    CHECK(house.row(id).state == SessionState::queued);
    house.shelves["tray"].blanks = 1;
    house.clock.advance(3s);
    house.run();
    CHECK(house.row(id).state == SessionState::queued);  // nobody said so
    house.answer = true;
    house.clock.advance(3s);
    house.run();
    CHECK(house.row(id).state == SessionState::burned);
}

TEST_CASE("look: it ends the rest of a drive in error too") {
    HouseWithTray house;
    house.shelves["tray"].blanks = 1;
    house.drives[0]->before_load = [] { return fail(Errc::io, "the drive gave up"); };
    const SessionId id = house.queue("holiday", {{"a", "1"}});
    house.run_patiently(12);  // the rests get longer
    CHECK_FALSE(house.burner->run_once(0).has_value());
    house.drives[0]->before_load = nullptr;
    house.clock.advance(3s);
    house.run();
    CHECK(house.row(id).state == SessionState::queued);
    house.answer = true;
    house.clock.advance(3s);
    house.run();
    CHECK(house.row(id).state == SessionState::burned);
}

TEST_CASE("look: every three seconds, however often the loop runs, and in time") {
    HouseWithTray house;
    house.run();
    house.run();
    CHECK(house.looks == 1);
    house.clock.advance(2s);
    house.run();
    CHECK(house.looks == 1);
    house.clock.advance(1s);
    house.run();
    CHECK(house.looks == 2);
}

TEST_CASE("look: a drive that can't be asked is no news, and what it is needed for goes on") {
    HouseWithTray house;
    house.answer = fail(Errc::unreachable, "look at drive /dev/sr0: it is not there any more");
    house.shelves["tray"].blanks = 1;
    const SessionId id = house.queue("holiday", {{"a", "1"}});
    house.run();
    CHECK(house.row(id).state == SessionState::burned);
    CHECK(std::ranges::count(house.event_names(), "drive_error") == 0);
}

TEST_CASE(
    "look: a blank disc after a burn that was cut off may be another one, so its label is not used again") {
    HouseWithTray house;
    house.shelves["tray"].blanks = 2;
    const SessionId id = house.queue("holiday", {{"a", "1"}});
    SUBCASE("after a restart") {
        house.drives[0]->during_write = []() -> Status { throw std::runtime_error("kill -9"); };
        CHECK_THROWS(static_cast<void>(house.burner->run_once(0)));
        house.restart_with_tray();
        house.shelves["tray"].discs["BURNBOX_0001"].sessions.clear();  // what is in now is blank
    }
    SUBCASE("after the disc was out of reach") {
        house.drives[0]->during_write = [&] {
            house.drives[0]->during_write = nullptr;
            return fail(Errc::no_medium, "it was taken out");
        };
    }
    SUBCASE("after a write error: it was changed without a word") {
        house.drives[0]->during_write = [&] {
            house.drives[0]->during_write = nullptr;
            return fail(Errc::io, "write error");
        };
    }
    house.run_patiently(3);
    CHECK(house.row(id).state == SessionState::burned);
    CHECK(house.disc("BURNBOX_0001").state == DiscState::suspect);
    CHECK(house.disc("BURNBOX_0001").reason.find("whether it is the same one") != std::string::npos);
    CHECK(house.catalogue->copies(id)->front().disc_label == "BURNBOX_0002");
}

TEST_CASE("look: a blank of another make gets another label, and nothing waits for the first") {
    HouseWithTray house;
    house.shelves["tray"].blanks = 2;
    house.shelves["tray"].media_id = "MADEHERE/001";
    const SessionId id = house.queue("holiday", {{"a", "1"}});
    house.drives[0]->during_write = [] { return fail(Errc::io, "write error"); };
    CHECK_FALSE(house.burner->run_once(0).has_value());
    house.drives[0]->during_write = nullptr;
    house.shelves["tray"].media_id = "MADETHERE/002";
    house.run_patiently(3);
    CHECK(house.row(id).state == SessionState::burned);
    CHECK(house.catalogue->copies(id)->front().disc_label == "BURNBOX_0002");
}

TEST_CASE("look: a closed disc that is in at the start is told of, until it is taken out") {
    HouseWithTray house;
    house.shelves["tray"].blanks = 1;
    const SessionId id = house.queue("holiday", {{"a", "1"}});
    house.run();
    REQUIRE(house.row(id).state == SessionState::burned);
    DiscRow disc = house.disc("BURNBOX_0001");
    disc.state = DiscState::closed;
    REQUIRE(house.catalogue->update_disc(disc).has_value());
    house.shelves["tray"].discs.at("BURNBOX_0001").closed = true;
    house.restart_with_tray();
    house.told.clear();
    house.run();
    CHECK(std::ranges::count(house.event_names(), "disc_full") == 1);
    CHECK(house.burner->drives()[0].disc == "BURNBOX_0001");
    REQUIRE(house.burner->by_hand(Burner::ByHand::eject, "tray").has_value());
    CHECK(std::ranges::count(house.event_names(), "disc_full_cleared") == 1);
}

TEST_CASE(
    "look: a disc burned in one tray is verified in the other one, and the catalogue knows where it is") {
    BurnerHouse house({"tray", "tower"});
    std::map<std::string, bool> changed;
    const auto watch = [&] {
        for (FakeDrive* drive : house.drives)
            drive->look = [&changed, name = drive->name()] {
                return Result<bool>(std::exchange(changed[name], false));
            };
    };
    watch();
    house.shelves["tray"].blanks = 1, house.shelves["tower"].blanks = 0;
    const SessionId id = house.queue("holiday", {{"a", "1"}});
    house.run();
    REQUIRE(house.row(id).state == SessionState::burned);
    house.shelves["tower"].discs["BURNBOX_0001"] = house.shelves["tray"].discs.at("BURNBOX_0001");
    house.shelves["tray"].discs.clear();
    house.drives[0]->loaded.clear(), house.drives[1]->loaded = "BURNBOX_0001";
    changed["tray"] = changed["tower"] = true;
    house.clock.advance(3s);
    house.run();
    CHECK(house.disc("BURNBOX_0001").drive == "tower");
    CHECK(house.verify(id, "BURNBOX_0001")->mismatches.empty());
    house.drives[1]->loaded.clear();
    const auto nowhere = house.verify(id, "BURNBOX_0001");
    REQUIRE_FALSE(nowhere);
    CHECK(nowhere.error().code == Errc::no_medium);
    CHECK(nowhere.error().message.find("insert it into") != std::string::npos);
    CHECK(house.disc("BURNBOX_0001").state == DiscState::open);
}

}  // namespace burnbox::test
