// Sessions in parts whose discs hold more than an older catalogue knows.
#include <doctest/doctest.h>

#include "tests/support/must.hpp"
#include "tests/unit/burner/prepare/span_house.hpp"

namespace burnbox::test {
namespace {

// Sealed and burned after the catalogue was copied, which is put back then.
SessionId forget_a_session_in_parts(BurnerHouse& house) {
    house.copy_catalogue("old");
    const SessionId id = house.queue("holiday", five_files());
    house.run();
    REQUIRE(house.row(id).state == SessionState::burned);
    return id;
}

SessionRow row_of(BurnerHouse& house, const std::string& name) {
    return house.catalogue->find_session("alice", name).value().value_or(SessionRow());
}

// The disc that was away is put back: the session is burned with it, and waits for nothing.
SessionRow find_the_second_disc(BurnerHouse& house, const FakeDisc& second) {
    house.shelves["tray"].discs["BURNBOX_0002"] = second;
    house.restart();
    house.run_patiently(2);
    SessionRow whole = row_of(house, "holiday");
    CHECK(whole.state == SessionState::burned);
    CHECK(whole.reason.empty());
    return whole;
}

}  // namespace

TEST_CASE("span: a session whose receipt tells of it is whole again once the discs of its parts were read") {
    const auto house = make_house();
    forget_a_session_in_parts(*house);
    const FakeDisc second = house->shelves["tray"].discs.at("BURNBOX_0002");
    house->shelves["tray"].discs.erase("BURNBOX_0002");
    house->put_catalogue_back("old");
    house->repair();
    house->run_patiently(2);
    SessionRow whole = row_of(*house, "holiday");
    CHECK(whole.state == SessionState::burned);
    CHECK(whole.parts == 3);
    CHECK(whole.reason.find("part 2 of 3") != std::string::npos);
    CHECK(discs_of(*house, whole.id) == std::set<std::string>{"BURNBOX_0001", "BURNBOX_0003"});
    CHECK(house->text("alice/holiday-burned/RECEIPT.txt").find("Part 2 of 3: disc BURNBOX_0002") !=
          std::string::npos);

    whole = find_the_second_disc(*house, second);
    CHECK(whole.burned_at.has_value());
    CHECK(discs_of(*house, whole.id).size() == 3);
    CHECK(all_on_discs(*house) == five_files());
    const auto parts = house->catalogue->parts(whole.id).value();
    for (const SessionRow& part : parts) {
        CHECK(part.reason.empty());
        CHECK(part.burned_at.has_value());
    }
}

TEST_CASE("span: a session that its discs alone tell of is burned, and waits for nothing") {
    const auto house = make_house();
    forget_a_session_in_parts(*house);
    must(remove_tree(house->inbox_fs, "alice/holiday-burned"));
    const FakeDisc second = house->shelves["tray"].discs.at("BURNBOX_0002");
    house->shelves["tray"].discs.erase("BURNBOX_0002");
    house->config.pools["default"].copies = 2;
    house->put_catalogue_back("old");
    house->repair();
    house->run_patiently(2);
    SessionRow whole = row_of(*house, "holiday");
    CHECK(whole.state == SessionState::burned);
    CHECK(whole.reason.find("part 2 of 3") != std::string::npos);
    CHECK(house->catalogue->burn_queue().value().empty());
    CHECK(discs_of(*house, whole.id).size() == 2);

    whole = find_the_second_disc(*house, second);
    CHECK(whole.verified_at.has_value());
    CHECK(discs_of(*house, whole.id).size() == 3);
}

TEST_CASE("span: a part that was found has its row, also when another drive gave the parts theirs first") {
    const auto house = make_house();
    const SessionId id = house->queue("holiday", five_files());
    house->hold();
    house->copy_catalogue("old");
    house->run();
    REQUIRE(house->row(id).state == SessionState::burned);
    auto rows = house->catalogue->parts(id).value();
    REQUIRE(rows.size() == 3);
    for (SessionRow& row : rows) row.state = SessionState::queued, row.reason.clear();
    house->put_catalogue_back("old");
    house->repair();
    house->catalogue_faults.before_next("catalogue split session",
                                        [&] { must(house->catalogue->split_session(id, rows)); });
    while (house->burner->run_once(0).value_or(true)) {
    }
    house->run_patiently(2);
    CHECK(house->row(id).state == SessionState::burned);
    CHECK(discs_of(*house, id).size() == 3);
    CHECK(all_on_discs(*house) == five_files());
}

TEST_CASE("span: a session that had failed has its parts again, and a retry burns what is on no disc") {
    const auto house = make_house();
    house->copy_catalogue("old");
    const SessionId id = house->queue("holiday", five_files());
    house->drives[0]->before_write = [&](const BurnJob&) -> Status {
        if (discs_of(*house, id).size() < 2) return {};
        return fail(Errc::corrupt, "a file of it was changed");
    };
    house->run_patiently(3);
    REQUIRE(house->row(id).state == SessionState::failed);
    REQUIRE(discs_of(*house, id).size() == 2);
    house->put_catalogue_back("old");
    house->repair();
    house->run_patiently(2);
    const SessionRow whole = row_of(*house, "holiday");
    CHECK(whole.state == SessionState::failed);
    CHECK(whole.folder == "holiday-failed");
    CHECK(whole.parts == 3);
    CHECK(discs_of(*house, whole.id).size() == 2);
    must(house->catalogue->step(whole.id, SessionState::failed, SessionState::queued, ""));
    house->burner->wake();
    house->run_patiently(3);
    CHECK(house->row(whole.id).state == SessionState::burned);
    CHECK(house->row(whole.id).folder == "holiday-burned");
    CHECK(all_on_discs(*house) == five_files());
}

}  // namespace burnbox::test
