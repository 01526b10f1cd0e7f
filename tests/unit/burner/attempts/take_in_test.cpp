// What is taken in of a disc, and what the catalogue says of it and of its sessions then.
#include "burner/attempts/take_in.hpp"

#include <doctest/doctest.h>

#include <algorithm>

#include "burner/attempts/read_back.hpp"
#include "tests/support/burner/burner_house.hpp"
#include "tests/support/must.hpp"

namespace burnbox::test {
namespace {

using namespace std::chrono_literals;

const std::map<std::string, std::string> kFiles = {{"a.txt", "one"}, {"folder/b.txt", "two"}};

std::vector<std::string> names_on(BurnerHouse& house, const std::string& label) {
    std::vector<std::string> names;
    const auto rows = house.catalogue->disc_sessions(house.disc(label).id);
    for (const DiscSessionRow& row : *rows) names.push_back(row.session_name);
    return names;
}

SessionRow row_of(BurnerHouse& house, const std::string& name) {
    return house.catalogue->find_session("alice", name).value().value_or(SessionRow());
}

// The first of the two disc sessions on the disc of drive "a" is taken in, and then the server is stopped.
void stop_in_the_middle_of_a_disc(BurnerHouse& house) {
    house.copy_catalogue("old");
    for (const char* name : {"s1", "s2"}) {
        house.queue(name, kFiles);
        house.run();
    }
    REQUIRE(house.shelves["a"].discs.at("BURNBOX_0001").sessions.size() == 2);
    house.put_catalogue_back("old");
    house.repair();
    int reads = 0;
    house.drives[0]->before_verify = [&]() -> Status {
        return ++reads == 2 ? fail(Errc::busy, "the server was stopped") : Status();
    };
    for (int step = 0; step < 6 && reads < 2; ++step) (void)house.burner->run_once(0);
    REQUIRE(house.disc("BURNBOX_0001").sessions_used == 1);
    REQUIRE(house.catalogue->copies(row_of(house, "s1").id)->size() == 1);
    house.drives[0]->before_verify = nullptr;
}

}  // namespace

TEST_CASE("take-in: a payload stays while the image that holds it is away, also one that was read in part") {
    BurnerHouse house({"a", "b"});
    stop_in_the_middle_of_a_disc(house);
    house.config.session.keep_burned = {KeepBurned::How::for_time, 1s};
    const auto discs = house.shelves["a"].discs;
    SUBCASE("its shelf is away") {
        house.shelves["a"].away = true;
    }
    SUBCASE("it is on no shelf") {
        house.shelves["a"].discs.clear();
    }
    const bool is_missing = !house.shelves["a"].away;
    house.restart();
    house.clock.advance(1h);
    house.run_patiently(2);
    CHECK(house.exists("alice/s1-burned/a.txt"));
    CHECK(house.disc("BURNBOX_0001").missing_since.has_value() == is_missing);
    const auto report = house.verify(row_of(house, "s1").id, "BURNBOX_0001");
    REQUIRE_FALSE(report);
    CHECK(report.error().message.find("in no drive") == std::string::npos);

    house.shelves["a"].away = false;
    house.shelves["a"].discs = discs;
    house.run_patiently(3);
    CHECK(names_on(house, "BURNBOX_0001") == std::vector<std::string>{"s1", "s2"});
    CHECK_FALSE(house.exists("alice/s1-burned/a.txt"));
}

}  // namespace burnbox::test
