// An older copy of the catalogue is put back: discs hold more than it knows.
#include <doctest/doctest.h>

#include "tests/unit/burner/attempts/older_catalogue_house.hpp"

using namespace burnbox;
using namespace burnbox::test;

TEST_CASE("older catalogue: what the disc holds is taken in, and nothing is burned twice") {
    BurnerHouse house;
    burn_three(house);
    FakeShelf& shelf = house.shelves["tray"];
    REQUIRE(shelf.discs.at("BURNBOX_0001").sessions.size() == 3);
    SUBCASE("their seal records are there") {}
    SUBCASE("the seal records are older too") {
        for (const char* seal : {"seals/seal-2.jsonl", "seals/seal-3.jsonl"})
            REQUIRE(house.state_fs.remove(seal));
    }
    house.put_catalogue_back("old");
    house.run();
    CHECK(shelf.discs.at("BURNBOX_0001").sessions.size() == 3);
    CHECK(names_on(house, "BURNBOX_0001") == std::vector<std::string>{"s1", "s2", "s3"});
    for (const char* name : {"s1", "s2", "s3"}) {
        CHECK(is_burned(house, name));
        CHECK(house.catalogue->files(find(house, name)->id)->size() == 2);
    }
    CHECK(house.disc("BURNBOX_0001").state == DiscState::open);
    CHECK(house.disc("BURNBOX_0001").sessions_used == 3);
    CHECK(house.catalogue->unfinished_attempts()->empty());
    CHECK(find(house, "s2")->folder == "s2-burned");

    house.queue("s4", kFiles);
    house.run();
    CHECK(is_burned(house, "s4"));
    CHECK(shelf.discs.size() == 1);
    CHECK(shelf.discs.at("BURNBOX_0001").sessions.size() == 4);
}

TEST_CASE("older catalogue: after a start that came to nothing every shelf is waited for, too") {
    BurnerHouse house({"a", "b"});
    forget_what_the_first_drive_burned(house);
    house.restart();
    for (int step = 0; step < 5; ++step) CHECK(*house.burner->run_once(1) == false);
    CHECK(house.shelves["b"].discs.empty());
    CHECK(has_unseen_shelves(house.state_fs).value());
    house.run();
    CHECK(is_burned(house, "s1"));
    CHECK(house.shelves["b"].discs.empty());
    CHECK_FALSE(has_unseen_shelves(house.state_fs).value());
}

TEST_CASE("older catalogue: a look that fails once keeps the others waiting until it was made") {
    BurnerHouse house({"a", "b"});
    forget_what_the_first_drive_burned(house);
    bool once = true;
    house.drives[0]->before_load = [&]() -> Status {
        return std::exchange(once, false) ? fail(Errc::busy, "another program has it") : Status();
    };
    CHECK_FALSE(house.burner->run_once(0));
    (void)house.burner->run_once(1);
    for (int step = 0; step < 5; ++step) CHECK(*house.burner->run_once(1) == false);
    CHECK(house.shelves["b"].discs.empty());
    house.run_patiently(3);
    CHECK(is_burned(house, "s1"));
    CHECK(house.shelves["b"].discs.empty());
}

TEST_CASE(
    "older catalogue: a disc of ours whose label was given once more is taken in under its serial's digits") {
    BurnerHouse house({"a", "b"});
    std::string base = "BURNBOX_0001";
    SUBCASE("") {}
    SUBCASE("of more than sixteen characters") {
        house.config.burn.label = "ABCDEFGH%N_AND_SOME_MORE";
        base = "ABCDEFGH0001_AND_SOME_MORE";
    }
    house.copy_catalogue("old");
    for (const char* name : {"s1", "s2"}) {
        house.queue(name, kFiles);
        house.run();
    }
    REQUIRE(house.shelves["a"].discs.at(base).sessions.size() == 2);
    const std::string serial = house.shelves["a"].discs.at(base).serial;
    for (const char* name : {"alice/s1-burned", "alice/s2-burned"}) must(remove_tree(house.inbox_fs, name));
    house.shelves["a"].away = true;
    house.put_catalogue_back("old");
    house.queue("x", {{"c", "3"}});
    house.run_patiently(3);
    REQUIRE(is_burned(house, "x"));
    REQUIRE(house.shelves["b"].discs.contains(base));

    house.shelves["a"].away = false;
    for (int look = 0; look < 4; ++look) house.clock.advance(std::chrono::seconds(3)), house.run();
    const std::string twin = base + "~" + serial.substr(0, 8);
    CHECK(names_on(house, twin) == std::vector<std::string>{"s1", "s2"});
    CHECK(house.disc(twin).state == DiscState::closed);
    CHECK(is_burned(house, "s2"));
    CHECK(house.verify(find(house, "s2")->id, twin)->mismatches.empty());
    CHECK(house.verify(find(house, "x")->id, base)->mismatches.empty());
    house.restart();
    house.run();
    house.queue("s3", {{"c", "4"}});
    house.run_patiently(3);
    CHECK(is_burned(house, "s3"));
    CHECK(house.disc(twin).state == DiscState::closed);
    CHECK(house.shelves["a"].discs.at(base).sessions.size() == 2);
}

TEST_CASE(
    "older catalogue: a disc whose session was sent and burned once more meanwhile is read, and verified") {
    BurnerHouse house({"a", "b"});
    SUBCASE("with the same files") {
        burn_once_more_while_its_disc_is_away(house, kFiles);
    }
    SUBCASE("with others") {
        burn_once_more_while_its_disc_is_away(house, {{"a.txt", "another"}});
    }
    const auto discs = *house.catalogue->discs();
    REQUIRE(discs.size() == 2);
    const DiscRow& found = discs.back();
    CHECK(found.state == DiscState::closed);
    CHECK(names_on(house, found.label) == std::vector<std::string>{"s1"});
    const auto report = house.verify(0, found.label);
    REQUIRE(report);
    CHECK(report->mismatches.empty());
    CHECK(house.verify(find(house, "s1")->id, discs.front().label)->mismatches.empty());

    auto& disc = house.shelves["a"].discs.begin()->second;
    disc.sessions[0].entries.at("alice/s1/data/a.txt").content = "eno";
    CHECK_FALSE(house.verify(0, found.label)->mismatches.empty());
    CHECK(house.disc(found.label).state == DiscState::suspect);
    CHECK(house.disc(found.label).reason.find("differs") != std::string::npos);
    CHECK_FALSE(house.verify(0, found.label)->mismatches.empty());
    CHECK(house.disc(found.label).state == DiscState::suspect);
    disc.sessions[0].entries.at("alice/s1/data/a.txt").content = "one";
    CHECK(house.verify(0, found.label)->mismatches.empty());
    CHECK(house.disc(found.label).state == DiscState::closed);
    CHECK(house.disc(found.label).reason.find("older than the disc") != std::string::npos);
    CHECK(house.disc(found.label).free_bytes == 0);
}

TEST_CASE("older catalogue: records of a session that a drive burns are left to it") {
    BurnerHouse house({"a", "b"});
    house.copy_catalogue("old");
    house.queue("s1", kFiles);
    house.run();
    must(remove_tree(house.inbox_fs, "alice/s1-burned"));
    house.shelves["a"].away = true;
    house.put_catalogue_back("old");
    house.clock.advance(std::chrono::hours(1));
    const SessionId again = house.queue("s1", kFiles);
    const std::string record = "seals/" + house.row(again).seal_id + ".jsonl";
    const std::string as_sealed = *read_file(house.state_fs, record, 1U << 20U);
    bool met = false;
    house.drives[1]->during_write = [&] {
        if (std::exchange(met, true)) return Status();
        house.shelves["a"].away = false;
        for (int look = 0; look < 4; ++look)
            house.clock.advance(std::chrono::seconds(3)), must(house.burner->run_once(0));
        return Status();
    };
    house.run_patiently(3);
    REQUIRE(met);
    CHECK(*read_file(house.state_fs, record, 1U << 20U) == as_sealed);
    CHECK(is_burned(house, "s1"));
    const auto discs = *house.catalogue->discs();
    CHECK(std::ranges::count(discs, DiscState::suspect, &DiscRow::state) == 0);
}

TEST_CASE(
    "older catalogue: where that turns out while burnbox runs, every shelf is looked over again first") {
    BurnerHouse house({"a", "b"});
    house.queue("s1", kFiles);
    house.shelves["a"].away = true;
    (void)house.burner->run_once(0);  // nobody waits for its shelf
    SUBCASE("before it is a drive's turn") {
        house.burner->catalogue_is_older();
        for (int step = 0; step < 3; ++step) CHECK(*house.burner->run_once(1) == false);
    }
    SUBCASE("in its turn") {
        bool once = true;
        house.drives[1]->before_write = [&](const BurnJob&) -> Status {
            if (std::exchange(once, false)) house.burner->catalogue_is_older();
            return {};
        };
        for (int step = 0; step < 3; ++step) (void)house.burner->run_once(1);
        CHECK_FALSE(once);
        house.drives[1]->before_write = nullptr;
    }
    for (const auto& [label, disc] : house.shelves["b"].discs) CHECK(disc.sessions.empty());
    CHECK(find(house, "s1")->state == SessionState::queued);
    house.shelves["a"].away = false;
    house.run_patiently(3);
    CHECK(is_burned(house, "s1"));
}

TEST_CASE(
    "older catalogue: a disc that can't be loaded at once is met later, and keeps no other from being met") {
    BurnerHouse house;
    house.shelves["tray"].session_limit = 1;
    house.copy_catalogue("old");
    for (const char* name : {"s1", "s2"}) {
        house.queue(name, kFiles);
        house.run();
    }
    house.put_catalogue_back("old");
    unsigned calls = 0;
    bool second_was_met = false;
    house.drives[0]->before_load = [&]() -> Status {
        if (++calls == 3) second_was_met = house.disc("BURNBOX_0002").sessions_used == 1;
        return calls == 2 || calls > 3 ? Status() : fail(Errc::io, "not now");
    };
    house.run_patiently();
    CHECK(second_was_met);
    CHECK(names_on(house, "BURNBOX_0001") == std::vector<std::string>{"s1"});
    CHECK(names_on(house, "BURNBOX_0002") == std::vector<std::string>{"s2"});
}
