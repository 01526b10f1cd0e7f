// Discs belong to no drive: they are known by their serial wherever they are.
#include <doctest/doctest.h>

#include <algorithm>

#include "tests/support/burner/burner_house.hpp"

namespace burnbox::test {
namespace {

Result<VerifyReport> verify(BurnerHouse& house, SessionId id, const std::string& label = "BURNBOX_0001") {
    return house.verify(id, label);
}

void move_disc(BurnerHouse& house, const std::string& from, const std::string& to,
               const std::string& label = "BURNBOX_0001") {
    house.shelves[to].discs[label] = house.shelves[from].discs.at(label);
    house.shelves[from].discs.erase(label);
}

std::string disc_of(BurnerHouse& house, SessionId id) {
    const auto copies = house.catalogue->copies(id);
    return copies && !copies->empty() ? copies->front().disc_label : "";
}

}  // namespace

TEST_CASE("moved discs: one that was put into the other drive is verified and gone on with there") {
    BurnerHouse house({"a", "b"});
    const SessionId first = house.queue("first", {{"f", "1"}});
    house.run();
    REQUIRE(house.shelves["a"].discs.size() == 1);
    move_disc(house, "a", "b");
    CHECK(verify(house, first).has_value());
    house.burner->wake();
    const SessionId second = house.queue("second", {{"f", "2"}});
    // The first drive of the pool has none: it is its turn, and it begins a new one; the other one goes on.
    house.shelves["a"].blanks = 0;
    house.run_patiently(2);
    CHECK(house.row(second).state == SessionState::burned);
    CHECK(disc_of(house, second) == "BURNBOX_0001");
    CHECK(house.disc("BURNBOX_0001").state == DiscState::open);
    CHECK(house.disc("BURNBOX_0001").drive == "b");
}

TEST_CASE("moved discs: a drive gets another name, and goes on with its discs") {
    BurnerHouse house;
    const SessionId first = house.queue("first", {{"f", "1"}});
    house.run();
    house.shelves["tower"] = house.shelves["tray"];
    house.config.drives["tower"] = house.config.drives["tray"];
    house.config.drives["tower"].name = "tower";
    house.config.drives.erase("tray");
    house.config.pools["default"].drives = {"tower"};
    house.restart();
    CHECK(verify(house, first).has_value());
    const SessionId second = house.queue("second", {{"f", "2"}});
    house.run();
    CHECK(disc_of(house, second) == "BURNBOX_0001");
}

TEST_CASE("moved discs: an attempt of a drive that is not configured any more is judged where its disc is") {
    BurnerHouse house;
    const SessionId id = house.queue("first", {{"f", "1"}});
    house.drives[0]->after_write = [&]() -> Status { return fail(Errc::io, "the process dies here"); };
    house.drives[0]->before_adjudicate = [&]() -> Status { return fail(Errc::busy, "not now"); };
    house.run();
    REQUIRE(house.row(id).state == SessionState::burning);
    house.shelves["tower"] = house.shelves["tray"];
    house.config.drives["tower"] = house.config.drives["tray"];
    house.config.drives["tower"].name = "tower";
    house.config.drives.erase("tray");
    house.config.pools["default"].drives = {"tower"};
    house.restart();
    house.run();
    CHECK(house.row(id).state == SessionState::burned);
    CHECK(disc_of(house, id) == "BURNBOX_0001");
    CHECK(house.disc("BURNBOX_0001").state == DiscState::open);
}

TEST_CASE("moved discs: one that is away is missing, not suspect, and trusted when it is back") {
    BurnerHouse house;
    const SessionId first = house.queue("first", {{"f", "1"}});
    house.run();
    const FakeDisc away = house.shelves["tray"].discs.at("BURNBOX_0001");
    house.shelves["tray"].discs.erase("BURNBOX_0001");
    CHECK(verify(house, first).error().code == Errc::not_found);
    CHECK(verify(house, first).error().message.find("put its image") != std::string::npos);
    const SessionId second = house.queue("second", {{"f", "2"}});
    house.run();
    CHECK(disc_of(house, second) == "BURNBOX_0002");
    CHECK(house.disc("BURNBOX_0001").state == DiscState::open);
    CHECK(house.disc("BURNBOX_0001").missing_since);
    house.shelves["tray"].discs["BURNBOX_0001"] = away;
    const SessionId third = house.queue("third", {{"f", "3"}});
    house.run();
    CHECK(disc_of(house, third) == "BURNBOX_0001");
    CHECK_FALSE(house.disc("BURNBOX_0001").missing_since);
}

TEST_CASE("moved discs: what is missing is found out at the start, and what is back by reading it") {
    BurnerHouse house;
    const SessionId id = house.queue("first", {{"f", "1"}});
    house.run();
    const FakeDisc away = house.shelves["tray"].discs.at("BURNBOX_0001");
    house.shelves["tray"].discs.clear();
    house.restart();
    house.run();
    CHECK(house.disc("BURNBOX_0001").missing_since);
    house.shelves["tray"].discs["BURNBOX_0001"] = away;
    CHECK(verify(house, id).has_value());
    CHECK_FALSE(house.disc("BURNBOX_0001").missing_since);
}

TEST_CASE("moved discs: an image that goes or comes is noticed without anything to do") {
    BurnerHouse house;
    house.queue("first", {{"f", "1"}});
    house.run();
    house.burner->look_at_shelves();
    const FakeDisc away = house.shelves["tray"].discs.at("BURNBOX_0001");
    house.shelves["tray"].discs.clear();
    house.burner->look_at_shelves();
    CHECK(house.disc("BURNBOX_0001").missing_since);
    house.shelves["tray"].discs["BURNBOX_0001"] = away;
    house.burner->look_at_shelves();
    CHECK_FALSE(house.disc("BURNBOX_0001").missing_since);
}

TEST_CASE(
    "moved discs: a shelf that goes is told without anything to do, and what waits goes on when it is back") {
    BurnerHouse house;
    house.burner->look_at_shelves();
    CHECK(house.folders_away.empty());
    house.shelves["tray"].away = true;
    house.burner->look_at_shelves();
    CHECK(house.folders_away.at("/shelf/tray") == "image_dir /shelf/tray is away");
    const SessionId id = house.queue("first", {{"f", "1"}});
    house.run();
    CHECK(house.row(id).reason == "image_dir /shelf/tray is away");
    house.shelves["tray"].away = false;
    house.burner->look_at_shelves();
    CHECK(house.folders_away.empty());
    house.run();  // no time has passed
    CHECK(house.row(id).state == SessionState::burned);
    CHECK(std::ranges::count(house.event_names(), "drive_error") == 0);
}

TEST_CASE("moved discs: while a shelf is away nothing on it is called missing") {
    BurnerHouse house({"a", "b"});
    house.queue("first", {{"f", "1"}});
    house.run();
    house.shelves["a"].away = true;
    const SessionId second = house.queue("second", {{"f", "2"}});
    house.run_patiently(2);
    CHECK(disc_of(house, second) == "BURNBOX_0002");
    CHECK(house.disc("BURNBOX_0001").state == DiscState::open);
    CHECK_FALSE(house.disc("BURNBOX_0001").missing_since);
}

TEST_CASE(
    "moved discs: an image that vanished in the middle of an attempt is missing, and the next one is used") {
    BurnerHouse house;
    const SessionId id = house.queue("first", {{"f", "1"}});
    bool once = true;
    house.drives[0]->during_write = [&]() -> Status {
        if (!std::exchange(once, false)) return {};
        return fail(Errc::io, "write error");
    };
    house.drives[0]->before_adjudicate = [&]() -> Status {
        house.drives[0]->before_adjudicate = nullptr;
        return fail(Errc::busy, "not now");
    };
    CHECK_FALSE(house.burner->run_once(0).has_value());
    house.shelves["tray"].discs.erase("BURNBOX_0001");
    house.run_patiently(3);
    CHECK(disc_of(house, id) == "BURNBOX_0002");
    CHECK(house.disc("BURNBOX_0001").state != DiscState::suspect);
}

TEST_CASE("moved discs: a copy of an image is not the disc while a burn on that is to be read back") {
    BurnerHouse house({"tray", "other"});
    house.config.pools["default"].drives = {"tray"};
    house.hold();
    house.queue("first", {{"f", "1"}});
    house.run();
    // Its head is as the catalogue has it, and that of the disc is newer.
    house.shelves["other"].discs["BURNBOX_0001"] = house.shelves["tray"].discs.at("BURNBOX_0001");
    const SessionId second = house.queue("second", {{"f", "2"}});
    house.drives[0]->after_write = [&]() -> Status { return fail(Errc::io, "the process dies here"); };
    house.drives[0]->before_adjudicate = [&]() -> Status { return fail(Errc::busy, "not now"); };
    house.run();
    REQUIRE(house.row(second).state == SessionState::burning);
    house.restart();
    for (int round = 0; round < 3; ++round) house.clock.advance(std::chrono::seconds(11)), house.run();
    CHECK(house.row(second).state == SessionState::burned);
    CHECK(house.disc("BURNBOX_0001").drive == "tray");
    CHECK(house.shelves["tray"].times_burned("BURNBOX_0001", "alice/second") == 1);
    CHECK(house.shelves["other"].times_burned("BURNBOX_0001", "alice/second") == 0);
}

}  // namespace burnbox::test
