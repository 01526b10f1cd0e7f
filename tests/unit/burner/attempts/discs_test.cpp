// Which disc a session gets when there are several, none, or too little room.
#include <doctest/doctest.h>

#include <algorithm>

#include "common/storage/durable_file.hpp"
#include "tests/support/burner/burner_house.hpp"
#include "tests/support/must.hpp"

namespace burnbox::test {
namespace {

constexpr std::uint64_t kMiB = 1U << 20U;

std::string bytes(std::uint64_t count) {
    return std::string(count, 'x');
}

// Discs of a few MiB, so that sessions of real size fill them.
void use_small_discs(BurnerHouse& house, std::uint64_t capacity_bytes) {
    house.config.burn.full_below_bytes = kMiB;
    for (auto& [name, shelf] : house.shelves) shelf.capacity_bytes = capacity_bytes;
    house.restart();
}

std::string disc_of(BurnerHouse& house, SessionId id) {
    const auto copies = house.catalogue->copies(id);
    return copies && copies->size() == 1 ? copies->front().disc_label : "";
}

}  // namespace

TEST_CASE("discs: when a disc is full the next session goes on the next one") {
    BurnerHouse house;
    use_small_discs(house, 12 * kMiB);
    std::vector<SessionId> ids;
    for (int i = 0; i < 4; ++i) ids.push_back(house.queue("s" + std::to_string(i), {{"a", bytes(5 * kMiB)}}));
    house.run();
    for (const SessionId id : ids) CHECK(house.row(id).state == SessionState::burned);
    CHECK(disc_of(house, ids[0]) == "BURNBOX_0001");
    CHECK(disc_of(house, ids[1]) != "");
    CHECK(disc_of(house, ids[3]) != "BURNBOX_0001");
    CHECK(house.shelves["tray"].discs.size() >= 2);
}

TEST_CASE("discs: at its session limit a disc is full and closed, and that is told once") {
    BurnerHouse house;
    house.shelves["tray"].session_limit = 2;
    house.shelves["tray"].blanks = 1;
    std::vector<SessionId> ids;
    for (int i = 0; i < 2; ++i) ids.push_back(house.queue("s" + std::to_string(i), {{"a", "1"}}));
    house.run();
    house.shelves["tray"].blanks = 1;
    ids.push_back(house.queue("s2", {{"a", "1"}}));
    house.run();
    CHECK(house.disc("BURNBOX_0001").state == DiscState::closed);
    CHECK(disc_of(house, ids[1]) == "BURNBOX_0001");
    CHECK(disc_of(house, ids[2]) == "BURNBOX_0002");
    CHECK(std::ranges::count(house.event_names(), "disc_full") == 1);
}

TEST_CASE("discs: a disc with room stays open when a large session has to go on a new one") {
    BurnerHouse house;
    use_small_discs(house, 16 * kMiB);
    const SessionId first = house.queue("first", {{"a", bytes(4 * kMiB)}});
    const SessionId large = house.queue("large", {{"a", bytes(11 * kMiB)}});
    const SessionId small = house.queue("small", {{"a", bytes(kMiB)}});
    house.run();
    CHECK(disc_of(house, first) == "BURNBOX_0001");
    CHECK(disc_of(house, large) == "BURNBOX_0002");
    CHECK(disc_of(house, small) == "BURNBOX_0001");
    CHECK(house.disc("BURNBOX_0001").state == DiscState::open);
}

TEST_CASE("discs: what is left on a disc is told without the tree that the next disc session brings along") {
    BurnerHouse house;
    use_small_discs(house, 16 * kMiB);
    house.queue("first", {{"a", bytes(kMiB)}});
    house.run();
    const DiscRow disc = house.disc("BURNBOX_0001");
    const auto room = house.burner->room("default");
    REQUIRE(room);
    REQUIRE(*room);
    CHECK((*room)->free_bytes == disc.free_bytes - FakeDrive::kOverheadBlocks * kSectorBytes);
}

TEST_CASE("discs: while no blank is left a large session waits, says so, and a smaller one overtakes it") {
    BurnerHouse house;
    use_small_discs(house, 16 * kMiB);
    house.shelves["tray"].blanks = 1;
    house.queue("first", {{"a", bytes(4 * kMiB)}});
    const SessionId large = house.queue("large", {{"a", bytes(11 * kMiB)}});
    const SessionId small = house.queue("small", {{"a", bytes(kMiB)}});
    house.run();
    CHECK(house.row(small).state == SessionState::burned);
    CHECK(house.row(large).state == SessionState::queued);
    const std::string text = house.text("alice/large-queued/STATUS.txt");
    CHECK(text.find("no blank disc is left") != std::string::npos);
    CHECK(text.find("overtake") != std::string::npos);
    CHECK(house.row(large).reason.find("no blank disc is left") != std::string::npos);
    CHECK(std::ranges::count(house.event_names(), "no_disc") == 1);
    CHECK(house.burner->drives()[0].state == DriveActivity::waiting);

    house.shelves["tray"].blanks = 1;
    house.burner->wake();
    house.run();
    CHECK(house.row(large).state == SessionState::burned);
    CHECK(disc_of(house, large) == "BURNBOX_0002");
}

TEST_CASE("discs: a blank that is put in later is found without a wake") {
    BurnerHouse house;
    house.shelves["tray"].blanks = 0;
    const SessionId id = house.queue("holiday", {{"a", "1"}});
    house.run_patiently(2);
    CHECK(house.row(id).state == SessionState::queued);
    house.shelves["tray"].blanks = 1;
    house.run_patiently(2);
    CHECK(house.row(id).state == SessionState::burned);
}

TEST_CASE("discs: a session that fits on no blank fails with both sizes and keeps its folder") {
    BurnerHouse house;
    use_small_discs(house, 8 * kMiB);
    const SessionId id = house.queue("holiday", {{"a", bytes(9 * kMiB)}});
    house.run();
    CHECK(house.row(id).state == SessionState::failed);
    const std::string text = house.text("alice/holiday-failed/FAILED.txt");
    CHECK(text.find("does not fit") != std::string::npos);
    CHECK(text.find("8257536") != std::string::npos);
    CHECK(house.text("alice/holiday-failed/a").size() == 9 * kMiB);
    CHECK(house.exists("alice/holiday-failed/BURN"));
    CHECK(std::ranges::count(house.event_names(), "session_failed") == 1);
}

TEST_CASE("discs: a watched folder that is away keeps no disc from being begun") {
    BurnerHouse house;
    house.queue("s1", {{"a.txt", "one"}});
    house.hold();
    house.inbox->area_is_away(StagingArea::watched("/srv/incoming"), "mount its disk");
    house.run();
    CHECK(house.exists("alice/s1-burned/receipt.json"));
}

TEST_CASE(
    "discs: a folder that a person takes back by its name fails no session before the watch has seen it") {
    BurnerHouse house;
    MemoryFileSystem incoming;
    const auto watched = StagingArea::watched("/srv/incoming");
    house.inbox->add_area(watched, incoming);
    house.shelves["tray"].blanks = 0;
    SessionRow row = house.row(house.queue("s1", {{"a.txt", "one"}}));
    row.id = 0, row.staging = watched;
    row.name = row.disc_name = "s2", row.folder = "s2-queued";
    const SessionId id = must(house.catalogue->add_session(row));
    must(make_folders(incoming, "alice/s2", 0755));
    house.run();
    CHECK(house.row(id).state == SessionState::queued);
    CHECK(house.row(id).reason.find("open name") != std::string::npos);
    must(remove_tree(incoming, "alice/s2"));
    house.run_patiently();
    CHECK(house.row(id).state == SessionState::failed);
}

TEST_CASE("discs: a disc session that was begun and not ended makes its disc suspect when a drive sees it") {
    BurnerHouse house;
    house.drives[0]->look = [] { return true; };
    house.queue("s1", {{"a.txt", "one"}});
    house.run();
    FakeDiscSession begun;
    begun.whole = false;
    house.shelves["tray"].discs.at("BURNBOX_0001").sessions.push_back(begun);
    house.clock.advance(std::chrono::seconds(3));
    house.run();
    const DiscRow disc = house.disc("BURNBOX_0001");
    CHECK(disc.state == DiscState::suspect);
    CHECK(house.catalogue->disc_sessions(disc.id)->size() == 1);
    house.queue("s2", {{"b.txt", "two"}});
    house.run();
    CHECK(house.disc("BURNBOX_0002").sessions_used == 1);
}

TEST_CASE(
    "discs: a session is listed where its name belongs to one that is on a disc and has no row any more") {
    BurnerHouse house({"a", "b"}, 2);
    house.copy_catalogue("old");
    house.queue("s1", {{"a.txt", "one"}});
    house.run();
    must(remove_tree(house.inbox_fs, "alice/s1-burned"));
    house.shelves["a"].away = house.shelves["b"].away = true;
    house.put_catalogue_back("old");
    const SessionId other = house.queue("s1", {{"a.txt", "two"}});
    const auto come_back = [&](const std::string& shelf) {
        house.shelves[shelf].away = false;
        for (int look = 0; look < 4; ++look) house.clock.advance(std::chrono::seconds(3)), house.run();
    };
    house.shelves["a"].blanks = house.shelves["b"].blanks = 0;
    come_back("a");
    must(house.catalogue->step(other, SessionState::queued, SessionState::withdrawn, "taken back"));
    must(house.catalogue->remove_session(other));
    come_back("b");
    const auto discs = *house.catalogue->discs();
    REQUIRE(discs.size() == 2);
    for (const DiscRow& disc : discs) {
        CHECK(disc.state == DiscState::closed);
        CHECK(house.catalogue->disc_sessions(disc.id)->size() == 1);
    }
}

TEST_CASE("discs: an unknown one is asked again when the folder is back whose receipts may tell of it") {
    BurnerHouse before;
    before.queue("s1", {{"a.txt", "one"}});
    before.run();
    const std::string receipt = before.text("alice/s1-burned/receipt.json");

    BurnerHouse house;
    const auto watched = StagingArea::watched("/srv/incoming");
    house.inbox->area_is_away(watched, "mount its disk");
    house.shelves["tray"].discs = before.shelves["tray"].discs;
    house.drives[0]->look = [] { return true; };
    house.drives[0]->loaded = "BURNBOX_0001";
    house.run();
    CHECK(house.disc("BURNBOX_0001").label.empty());

    MemoryFileSystem incoming;
    must(make_folders(incoming, "alice/s1-burned", 0755));
    must(replace_file(incoming, "alice/s1-burned/receipt.json", receipt));
    house.inbox->add_area(watched, incoming);
    house.clock.advance(std::chrono::seconds(3));
    house.run();
    CHECK(house.disc("BURNBOX_0001").state == DiscState::closed);
}

TEST_CASE("discs: a label that an unknown image has already is skipped") {
    BurnerHouse house;
    house.shelves["tray"].discs["BURNBOX_0001"] = {.label = "BURNBOX_0001", .serial = {}, .sessions = {{}}};
    const SessionId id = house.queue("holiday", {{"a", "1"}});
    house.run();
    CHECK(disc_of(house, id) == "BURNBOX_0002");
    CHECK(house.shelves["tray"].discs["BURNBOX_0001"].sessions.size() == 1);
}

TEST_CASE("discs: a disc whose image vanished is missing, and the session goes on the next one") {
    BurnerHouse house;
    house.queue("first", {{"a", "1"}});
    house.run();
    house.shelves["tray"].discs.erase("BURNBOX_0001");
    const SessionId id = house.queue("second", {{"a", "2"}});
    house.run();
    CHECK(house.disc("BURNBOX_0001").state == DiscState::open);
    CHECK(house.disc("BURNBOX_0001").missing_since);
    CHECK(disc_of(house, id) == "BURNBOX_0002");
}

TEST_CASE("discs: an image that lost its sessions is never written again") {
    BurnerHouse house;
    house.queue("first", {{"a", "1"}});
    house.run();
    house.shelves["tray"].discs["BURNBOX_0001"].sessions.clear();
    const SessionId id = house.queue("second", {{"a", "2"}});
    house.run();
    CHECK(house.disc("BURNBOX_0001").state == DiscState::suspect);
    CHECK(house.shelves["tray"].discs["BURNBOX_0001"].sessions.empty());
    CHECK(disc_of(house, id) == "BURNBOX_0002");
}

TEST_CASE("discs: two copies go on discs of two drives before the session is burned") {
    BurnerHouse house({"tray", "spare"}, 2);
    const SessionId id = house.queue("holiday", {{"a", "1"}});
    REQUIRE(house.burner->run_once(0).value());
    CHECK(house.row(id).state == SessionState::queued);
    CHECK_FALSE(house.exists("alice/holiday-burned"));
    house.run();
    CHECK(house.row(id).state == SessionState::burned);
    const auto copies = house.catalogue->copies(id);
    REQUIRE(copies.has_value());
    REQUIRE(copies->size() == 2);
    CHECK(copies->at(0).drive == "tray");
    CHECK(copies->at(1).drive == "spare");
    const std::string json = house.text("alice/holiday-burned/receipt.json");
    CHECK(json.find("BURNBOX_0001") != std::string::npos);
    CHECK(json.find("BURNBOX_0002") != std::string::npos);
}

TEST_CASE("discs: what only one drive's discs take is refused at the marker when it wants two copies") {
    for (const auto& order : {std::vector<std::string>{"cd", "dvd"}, {"dvd", "cd"}}) {
        BurnerHouse house(order, 2);
        house.shelves["cd"].capacity_bytes = 8 * kMiB;
        house.shelves["dvd"].capacity_bytes = 32 * kMiB;
        house.restart();
        Manifest manifest;
        manifest.entries.push_back({.path = "film", .size_bytes = 10 * kMiB});
        const Status fits = house.burner->check_fits("default", manifest);
        REQUIRE_FALSE(fits);
        CHECK(fits.error().code == Errc::does_not_fit);
        CHECK(fits.error().message.find("burns 2 copies in as many drives, of which the smallest takes") !=
              std::string::npos);
        CHECK(fits.error().message.find("8257536") != std::string::npos);
        manifest.entries[0].size_bytes = 4 * kMiB;
        CHECK(house.burner->check_fits("default", manifest));
        house.config.pools["default"].copies = 1;
        house.restart();
        manifest.entries[0].size_bytes = 10 * kMiB;
        CHECK(house.burner->check_fits("default", manifest));
    }
}

TEST_CASE(
    "discs: one that was sealed before it wanted two copies fails and says so, and never waits in silence") {
    BurnerHouse house({"dvd", "cd"}, 2);
    house.shelves["cd"].capacity_bytes = 8 * kMiB;
    house.restart();
    const SessionId id = house.queue("film", {{"a", bytes(10 * kMiB)}});
    house.run_patiently(3);
    CHECK(house.row(id).state == SessionState::failed);
    CHECK(house.text("alice/film-failed/FAILED.txt").find("does not fit on a blank disc") !=
          std::string::npos);
    house.config.pools["default"].copies = 1;  // what a person may do about it
    house.restart();
    const SessionId next = house.queue("next", {{"a", bytes(10 * kMiB)}});
    house.run_patiently(3);
    CHECK(house.row(next).state == SessionState::burned);
    CHECK(disc_of(house, next) == "BURNBOX_0001");
}

TEST_CASE("discs: the first drive of the pool is preferred, the next one takes over when it rests") {
    BurnerHouse house({"tray", "spare"});
    const SessionId first = house.queue("first", {{"a", "1"}});
    CHECK_FALSE(house.burner->run_once(1).value());
    house.drives[0]->during_write = [] { return fail(Errc::io, "the laser is dead"); };
    CHECK_FALSE(house.burner->run_once(0).has_value());
    CHECK(house.row(first).state == SessionState::queued);
    CHECK(house.burner->run_once(1).value());
    house.run();
    CHECK(house.row(first).state == SessionState::burned);
    CHECK(house.catalogue->copies(first)->front().drive == "spare");
}

}  // namespace burnbox::test
