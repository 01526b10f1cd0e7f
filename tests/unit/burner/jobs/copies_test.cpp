// How many copies a session gets: what was promised at its seal, and only copies that count.
#include <doctest/doctest.h>

#include <algorithm>

#include "tests/support/burner/burner_house.hpp"
#include "tests/support/burner/check_copy.hpp"

namespace burnbox::test {
namespace {

using Names = std::vector<std::string>;

Names drives_of(BurnerHouse& house, SessionId id) {
    Names drives;
    const auto copies = house.catalogue->copies(id);
    for (const DiscSessionRow& copy : *copies) drives.push_back(copy.drive);
    return drives;
}

// Its first copy is on the disc of the first drive, and no more.
void burn_first_copy(BurnerHouse& house, SessionId id) {
    for (int i = 0; i < 5 && house.catalogue->copies(id)->empty(); ++i) REQUIRE(house.burner->run_once(0));
    REQUIRE(house.row(id).state == SessionState::queued);
    REQUIRE(drives_of(house, id) == Names{"tray"});
}

// As who takes a drive that died out of the configuration, and restarts.
void take_out(BurnerHouse& house, const std::string& drive) {
    house.config.drives.erase(drive);
    PoolConfig& pool = house.config.pools["default"];
    std::erase(pool.drives, drive);
    pool.copies = static_cast<unsigned>(pool.drives.size());
    house.restart();
}

bool says(BurnerHouse& house, SessionId id, const std::string& what) {
    const SessionRow row = house.row(id);
    return row.reason.find(what) != std::string::npos &&
           house.text("alice/" + row.folder + "/STATUS.txt").find(what) != std::string::npos;
}

}  // namespace

TEST_CASE("copies: one that counts no more is made anew, on the drive that had it too") {
    BurnerHouse house({"tray", "spare"}, 2);
    const SessionId id = house.queue("holiday", {{"x", "1"}});
    burn_first_copy(house, id);
    DiscRow first = house.disc("BURNBOX_0001");
    SUBCASE("its disc is suspect") {
        first.state = DiscState::suspect;
        REQUIRE(house.catalogue->update_disc(first));
    }
    SUBCASE("it was read back bad") {
        REQUIRE(check_copy(*house.catalogue, first.id, id, false, house.clock.now()));
    }
    house.run();
    CHECK(house.row(id).state == SessionState::burned);
    Names drives = drives_of(house, id);
    std::ranges::sort(drives);
    CHECK(drives == Names{"spare", "tray", "tray"});
    CHECK(house.text("alice/holiday-burned/RECEIPT.txt").find("Not a copy") != std::string::npos);
    CHECK(house.text("alice/holiday-burned/receipt.json").find("\"counts\": false") != std::string::npos);
}

TEST_CASE("copies: a pool that has another name when a copy is read back promises no fewer") {
    BurnerHouse house({"tray", "spare"}, 2);
    const SessionId id = house.queue("holiday", {{"x", "1"}});
    house.drives[0]->after_write = [&]() -> Status {
        house.burner->drain();  // the read-back is left for the next start
        return {};
    };
    (void)house.burner->run_once(0);
    REQUIRE(house.row(id).state == SessionState::verifying);
    house.config.pools.clear();
    house.config.pools["vault"] = {.name = "vault", .drives = {"tray", "spare"}, .copies = 2};
    house.restart();
    house.run_patiently(3);
    CHECK(drives_of(house, id) == Names{"tray"});
    CHECK(house.row(id).state == SessionState::queued);
    CHECK(says(house, id, "no pool default"));
    house.config.pools["default"] = {.name = "default", .drives = {"tray", "spare"}, .copies = 2};
    house.restart();
    house.run();
    CHECK(house.row(id).state == SessionState::burned);
    CHECK(drives_of(house, id) == Names{"tray", "spare"});
}

TEST_CASE("copies: a copy that is found on a disc of another pool completes only what was promised") {
    BurnerHouse house({"tray", "spare"}, 2);
    house.config.pools["archive"] = {.name = "archive", .drives = {"tray"}, .copies = 1};
    const SessionId id = house.queue("holiday", {{"x", "1"}});
    house.copy_catalogue("old");
    burn_first_copy(house, id);
    house.put_catalogue_back("old");
    house.shelves["spare"].blanks = 0;
    house.run();
    CHECK(drives_of(house, id) == Names{"tray"});
    CHECK(house.row(id).state == SessionState::queued);
    house.shelves["spare"].blanks = 1;
    house.run_patiently(2);
    CHECK(house.row(id).state == SessionState::burned);
}

TEST_CASE("copies: without drives for what was promised a session says so, as long as it is so") {
    BurnerHouse house({"tray", "spare"}, 2);
    house.drives[1]->before_load = [] { return fail(Errc::unreachable, "the folder image_dir is missing"); };
    const SessionId id = house.queue("holiday", {{"x", "1"}});
    house.run_patiently(2);
    REQUIRE(says(house, id, "image_dir is missing"));
    take_out(house, "spare");
    house.told.clear();
    house.run_patiently(3);
    CHECK(house.row(id).state == SessionState::queued);
    CHECK(drives_of(house, id) == Names{"tray"});
    CHECK(says(house, id, "2 copies were promised"));
    CHECK(says(house, id, "burnbox retry alice/holiday"));
    CHECK(std::ranges::count(house.event_names(), "burn_failed") == 1);
    const SessionId next = house.queue("next", {{"x", "2"}});  // is promised what there is now
    house.run();
    CHECK(house.row(next).state == SessionState::burned);
    CHECK(says(house, id, "2 copies were promised"));
}

TEST_CASE("copies: what a former run said of a waiting session is said no more") {
    BurnerHouse house({"tray"});
    house.shelves["tray"].blanks = 0;
    const SessionId id = house.queue("holiday", {{"x", "1"}});
    house.run();
    REQUIRE(says(house, id, "no blank disc is left"));
    house.restart();
    CHECK(house.row(id).reason.empty());
    CHECK(*house.burner->prepare_once() == false);
    CHECK(house.text("alice/holiday-queued/STATUS.txt").find("no blank disc") == std::string::npos);
    house.run();
    CHECK(says(house, id, "no blank disc is left"));
}

TEST_CASE("copies: a person lets a session be burned with what its pool has now") {
    BurnerHouse house({"tray", "spare"}, 2);
    house.shelves["spare"].blanks = 0;
    const SessionId id = house.queue("holiday", {{"x", "1"}});
    house.run();
    REQUIRE(drives_of(house, id) == Names{"tray"});
    const auto not_needed = house.burner->accept_fewer_copies(id);  // spare may get a disc
    CHECK(not_needed.error().code == Errc::conflict);
    CHECK(house.row(id).copies == 2);
    take_out(house, "spare");
    SUBCASE("its copy is good") {
        house.run();
        REQUIRE(says(house, id, "2 copies were promised"));
        CHECK(house.burner->accept_fewer_copies(id).value() ==
              "alice/holiday is burned, with 1 copy instead of 2");
    }
    SUBCASE("its copy counts no more") {
        REQUIRE(check_copy(*house.catalogue, house.disc("BURNBOX_0001").id, id, false, house.clock.now()));
        CHECK(house.burner->accept_fewer_copies(id).value() ==
              "alice/holiday is queued, with 1 copy instead of 2");
        CHECK(house.row(id).state == SessionState::queued);
    }
    house.told.clear();
    house.run();
    CHECK(house.row(id).state == SessionState::burned);
    CHECK(house.exists("alice/holiday-burned/RECEIPT.txt"));
    CHECK(std::ranges::count(house.event_names(), "session_burned") == 1);
    house.restart();
    CHECK(house.burner->accept_fewer_copies(id).error().code == Errc::conflict);
}

TEST_CASE("copies: once its signal's cause is over it is over") {
    BurnerHouse house({"tray", "spare"}, 2);
    house.shelves["spare"].blanks = 0;
    const SessionId id = house.queue("holiday", {{"x", "1"}});
    house.run();
    take_out(house, "spare");
    house.run();
    REQUIRE(std::ranges::count(house.event_names(), "burn_failed") == 1);
    REQUIRE(house.burner->accept_fewer_copies(id));
    house.run();
    CHECK(std::ranges::count(house.event_names(), "burn_failed_cleared") == 1);
}

TEST_CASE("copies: a drive that is added makes what is missing") {
    BurnerHouse house({"tray", "spare"}, 2);
    house.shelves["spare"].blanks = 0;
    const SessionId id = house.queue("holiday", {{"x", "1"}});
    house.run();
    const DriveConfig spare = house.config.drives["spare"];
    take_out(house, "spare");
    house.run();
    REQUIRE(says(house, id, "2 copies were promised"));
    house.config.drives["spare"] = spare;
    house.config.pools["default"].drives.emplace_back("spare");  // still with copies: 1
    house.shelves["spare"].blanks = 1;
    house.restart();
    house.run();
    CHECK(house.row(id).state == SessionState::burned);
    CHECK(drives_of(house, id) == Names{"tray", "spare"});
}

TEST_CASE("copies: a person gives a session of a pool that is gone to another one") {
    BurnerHouse house({"tray", "spare"}, 2);
    const SessionId id = house.queue("holiday", {{"x", "1"}});
    house.config.pools.clear();
    house.config.pools["vault"] = {.name = "vault", .drives = {"tray"}};
    house.restart();
    house.run();
    REQUIRE(says(house, id, "--pool NAME"));
    CHECK(house.burner->accept_fewer_copies(id).error().code == Errc::invalid);
    CHECK(house.burner->accept_fewer_copies(id, "nothing").error().code == Errc::invalid);
    CHECK(house.burner->accept_fewer_copies(id, "vault").value() ==
          "alice/holiday is queued in pool vault, with 1 copy instead of 2");
    house.run();
    CHECK(house.row(id).state == SessionState::burned);
    CHECK(drives_of(house, id) == Names{"tray"});
}

TEST_CASE("copies: what the pool promises by now is of no matter to what waits already") {
    BurnerHouse house({"tray", "spare"}, 1);
    const SessionId one = house.queue("one", {{"x", "1"}});
    house.config.pools["default"].copies = 2;
    const SessionId two = house.queue("two", {{"x", "2"}});
    house.config.pools["default"].copies = 1;
    house.restart();
    house.run();
    CHECK(drives_of(house, one).size() == 1);
    CHECK(drives_of(house, two).size() == 2);
    CHECK(house.row(one).state == SessionState::burned);
    CHECK(house.row(two).state == SessionState::burned);
}

TEST_CASE("copies: one that is found good again completes them without another burn") {
    BurnerHouse house({"tray", "spare"}, 2);
    const SessionId id = house.queue("holiday", {{"x", "1"}});
    burn_first_copy(house, id);
    const DiscId first = house.disc("BURNBOX_0001").id;
    REQUIRE(check_copy(*house.catalogue, first, id, false, house.clock.now()));
    for (FakeDrive* drive : house.drives)
        house.shelves[drive->name()].blanks = drive->name() == "spare" ? 1 : 0;
    house.run();
    REQUIRE(house.row(id).state == SessionState::queued);
    REQUIRE(drives_of(house, id) == Names{"tray", "spare"});
    REQUIRE(check_copy(*house.catalogue, first, id, true, house.clock.now()));
    house.run_patiently(2);
    CHECK(house.row(id).state == SessionState::burned);
    CHECK(drives_of(house, id) == Names{"tray", "spare"});
}

}  // namespace burnbox::test
