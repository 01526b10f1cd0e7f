// Where blank discs come from, and which label they get.
#include <doctest/doctest.h>

#include "common/marks/older_catalogue.hpp"
#include "tests/support/burner/burner_house.hpp"
#include "tests/support/must.hpp"

namespace burnbox::test {
namespace {

std::string disc_of(BurnerHouse& house, SessionId id) {
    const auto copies = house.catalogue->copies(id);
    return copies && !copies->empty() ? copies->front().disc_label : "";
}

void put_empty(BurnerHouse& house, const std::string& label, const std::string& drive = "tray") {
    house.shelves[drive].discs[label].label = label;
}

}  // namespace

TEST_CASE("disc supply: an empty image with a label that is none's is a blank disc") {
    BurnerHouse house;
    house.shelves["tray"].blanks = 0;
    put_empty(house, "BURNBOX_0001");
    put_empty(house, "BURNBOX_0002");
    put_empty(house, "HOLIDAY_VIDEO");
    house.config.burn.layout = Layout::root;  // one session on each disc
    house.hold();
    const SessionId first = house.queue("first", {{"f", "1"}});
    const SessionId second = house.queue("second", {{"f", "2"}});
    const SessionId third = house.queue("third", {{"f", "3"}});
    house.run();
    CHECK(disc_of(house, first) == "BURNBOX_0001");
    CHECK(disc_of(house, second) == "BURNBOX_0002");
    CHECK(house.row(third).state == SessionState::queued);
    house.shelves["tray"].blanks = 1;
    house.run_patiently();
    CHECK(disc_of(house, third) == "BURNBOX_0003");
    CHECK(house.shelves["tray"].discs.at("HOLIDAY_VIDEO").sessions.empty());
}

TEST_CASE("disc supply: an empty image whose number is far off takes no numbers away") {
    BurnerHouse house;
    put_empty(house, "BURNBOX_99999999");
    put_empty(house, "BURNBOX_123456789");
    const SessionId id = house.queue("first", {{"f", "1"}});
    house.run();
    CHECK(disc_of(house, id) == "BURNBOX_0001");
    CHECK(house.shelves["tray"].discs.at("BURNBOX_99999999").sessions.empty());
}

TEST_CASE(
    "disc supply: what a start that was killed left is used, by its own drive, whatever came after it") {
    BurnerHouse house({"tray", "other"});
    put_empty(house, "BURNBOX_0002", "other");
    house.config.burn.layout = Layout::root;
    house.hold();
    const SessionId first = house.queue("first", {{"f", "1"}});
    const SessionId second = house.queue("second", {{"f", "2"}});
    house.run();
    CHECK(disc_of(house, first) == "BURNBOX_0001");
    CHECK(disc_of(house, second) == "BURNBOX_0003");
    CHECK(house.shelves["other"].discs.at("BURNBOX_0002").sessions.empty());
    SUBCASE("") {
        house.config.pools["default"].drives = {"other"};
        house.hold();
        const SessionId third = house.queue("third", {{"f", "3"}});
        house.run();
        CHECK(disc_of(house, third) == "BURNBOX_0002");
        const SessionId fourth = house.queue("fourth", {{"f", "4"}});
        house.run();
        CHECK(disc_of(house, fourth) == "BURNBOX_0005");
    }
    SUBCASE("but not where an older catalogue may have given it") {
        must(remember_older_catalogue(house.state_fs, 1, 1));
        house.config.pools["default"].drives = {"other"};
        house.hold();
        const SessionId third = house.queue("third", {{"f", "3"}});
        house.run();
        CHECK(disc_of(house, third) == "BURNBOX_0004");
    }
}

TEST_CASE("disc supply: a label that was given is given to no other image, though that is empty") {
    BurnerHouse house({"tray", "other"});
    const SessionId first = house.queue("first", {{"f", "1"}});
    house.run();
    put_empty(house, "BURNBOX_0001", "other");
    house.config.pools["default"].drives = {"other"};
    house.hold();
    const SessionId second = house.queue("second", {{"f", "2"}});
    house.run();
    CHECK(disc_of(house, first) == "BURNBOX_0001");
    CHECK(disc_of(house, second) == "BURNBOX_0002");
}

}  // namespace burnbox::test
