// An older copy of the catalogue is put back: no label is given twice, and discs of which nothing else tells
// are known.
#include <doctest/doctest.h>

#include "tests/unit/burner/attempts/older_catalogue_house.hpp"

using namespace burnbox;
using namespace burnbox::test;

TEST_CASE("older catalogue: the label of a disc that is found is no blank disc's while the disc is read") {
    BurnerHouse house;
    house.copy_catalogue("old");
    house.queue("s1", kFiles);
    house.run();
    house.put_catalogue_back("old");
    std::vector<DiscState> while_read;
    house.drives[0]->before_contents = [&] {
        const DiscRow disc = house.disc("BURNBOX_0001");
        if (!disc.label.empty()) while_read.push_back(disc.state);
        return Status();
    };
    house.run();
    CHECK(while_read == std::vector<DiscState>{DiscState::closed});
    CHECK(house.disc("BURNBOX_0001").reason.find("not read yet") == std::string::npos);
    CHECK(house.disc("BURNBOX_0001").sessions_used == 1);
    CHECK(names_on(house, "BURNBOX_0001") == std::vector<std::string>{"s1"});
}

TEST_CASE("older catalogue: a disc of somebody else on the shelf is left alone, and so is its label") {
    BurnerHouse other;
    other.queue("theirs", {{"x", "not ours"}});
    other.run();
    BurnerHouse house;
    house.shelves["tray"].discs = other.shelves["tray"].discs;
    house.queue("s1", kFiles);
    house.run();
    CHECK(house.disc("BURNBOX_0001").label.empty());
    CHECK(house.shelves["tray"].discs.at("BURNBOX_0001").sessions.size() == 1);
    CHECK(names_on(house, "BURNBOX_0002") == std::vector<std::string>{"s1"});
}

TEST_CASE("older catalogue: a label in a receipt is not given again, though its disc is not at hand") {
    BurnerHouse house;
    house.copy_catalogue("old");
    house.queue("s1", kFiles);
    house.run();
    house.shelves["tray"].discs.clear();
    house.put_catalogue_back("old");
    house.queue("s2", kFiles);
    house.run();
    CHECK(is_burned(house, "s2"));
    CHECK(house.disc("BURNBOX_0001").label.empty());
    CHECK(names_on(house, "BURNBOX_0002") == std::vector<std::string>{"s2"});
}

TEST_CASE("older catalogue: a label that others push further is counted as far") {
    BurnerHouse house;
    for (const char* label : {"BURNBOX_0001", "BURNBOX_0002", "BURNBOX_0003"})
        house.shelves["tray"].discs[label] = {.label = label, .serial = {}, .sessions = {{}}};
    house.queue("s1", kFiles);
    house.run();
    CHECK(names_on(house, "BURNBOX_0004") == std::vector<std::string>{"s1"});
    CHECK(house.catalogue->next_disc_number().value() == 5);
}

TEST_CASE("older catalogue: a disc of which nothing else tells is taken in from what it holds itself") {
    BurnerHouse house;
    const FakeDisc disc = forget_all(house);
    house.shelves["tray"].discs["BURNBOX_0001"] = disc;
    SUBCASE("at the next start") {
        house.restart();
    }
    SUBCASE("while it runs") {
        for (int look = 0; look < 3; ++look) {
            house.run();
            house.clock.advance(std::chrono::seconds(3));
        }
    }
    house.run();
    check_taken_in(house);
}

TEST_CASE("older catalogue: a disc of which nothing else tells, in a drive with a tray") {
    BurnerHouse house;
    const FakeDisc disc = forget_all(house);
    house.shelves["tray"].discs["BURNBOX_0001"] = disc;
    house.restart();
    house.drives[0]->look = [] { return true; };
    house.drives[0]->loaded = "BURNBOX_0001";
    house.run();
    CHECK(house.disc("BURNBOX_0001").state == DiscState::closed);
    CHECK(is_burned(house, "s1"));
}

TEST_CASE("older catalogue: a disc of which nothing else tells, and that the third reading can read") {
    BurnerHouse house;
    house.shelves["tray"].discs["BURNBOX_0001"] = forget_all(house);
    house.restart();
    Errc what = Errc::io;
    SUBCASE("a block could not be read") {}
    SUBCASE("another disc was in the drive by then") {
        what = Errc::wrong_medium;
    }
    SUBCASE("it was out of the drive by then") {
        what = Errc::no_medium;
    }
    unsigned readings = 0;
    house.drives[0]->before_contents = [&] {
        return ++readings < 3 ? fail(what, "not this time") : Status();
    };
    house.run_patiently();
    CHECK(readings >= 3);
    check_taken_in(house);
}

TEST_CASE("older catalogue: a disc of which nothing else tells, and that differs, is suspect") {
    BurnerHouse house;
    FakeDisc disc = forget_all(house);
    disc.sessions[0].entries.at("alice/s1/data/a.txt").content = "oen";
    house.shelves["tray"].discs["BURNBOX_0001"] = disc;
    house.restart();
    house.run();
    CHECK(house.disc("BURNBOX_0001").state == DiscState::suspect);
    CHECK(names_on(house, "BURNBOX_0001").empty());
}
