#include "burner/jobs/burner.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <utility>

#include "common/storage/durable_file.hpp"
#include "tests/support/burner/burner_house.hpp"
#include "tests/support/must.hpp"

namespace burnbox::test {

TEST_CASE("burner: a queued session ends burned, with receipts and without its marker") {
    BurnerHouse house;
    const SessionId id =
        house.queue("holiday", {{"photos/a.jpg", "aaaa"}, {"photos/b.jpg", "bb"}, {"empty", ""}});
    house.run();

    const SessionRow row = house.row(id);
    CHECK(row.state == SessionState::burned);
    CHECK(row.folder == "holiday-burned");
    CHECK(row.verified_at.has_value());
    CHECK(house.text("alice/holiday-burned/photos/a.jpg") == "aaaa");
    CHECK_FALSE(house.exists("alice/holiday-burned/BURN"));
    CHECK_FALSE(house.exists("alice/holiday-burned/STATUS.txt"));
    CHECK_FALSE(house.exists("alice/holiday-queued"));
    CHECK(house.text("alice/holiday-burned/RECEIPT.txt").find("BURNBOX_0001") != std::string::npos);
    const std::string json = house.text("alice/holiday-burned/receipt.json");
    CHECK(json.find("data/photos/a.jpg") != std::string::npos);
    CHECK(json.find("bagit.txt") == std::string::npos);
    CHECK(house.shelves["tray"].times_burned("BURNBOX_0001", "alice/holiday") == 1);
    CHECK(house.event_names() ==
          std::vector<std::string>{"session_burning", "session_verifying", "session_burned"});
}

TEST_CASE("burner: the catalogue knows the disc, the files and their first blocks") {
    BurnerHouse house;
    const SessionId id = house.queue("holiday", {{"photos/a.jpg", "aaaa"}});
    house.run();
    const auto files = house.catalogue->files(id);
    REQUIRE(files.has_value());
    REQUIRE(files->size() == 1);
    CHECK(files->front().path == "/alice/holiday/data/photos/a.jpg");
    CHECK(files->front().lba != 0);
    const DiscRow disc = house.disc("BURNBOX_0001");
    CHECK(disc.sessions_used == 1);
    CHECK(disc.sessions_left == 152);
    CHECK(disc.state == DiscState::open);
    CHECK_FALSE(disc.head_digest.empty());
}

TEST_CASE("burner: sessions are burned oldest first, each as its own disc session") {
    BurnerHouse house;
    const SessionId first = house.queue("b", {{"x", "1"}});
    const SessionId second = house.queue("a", {{"x", "2"}});
    house.run();
    const auto places = house.catalogue->disc_sessions(house.disc("BURNBOX_0001").id);
    REQUIRE(places.has_value());
    REQUIRE(places->size() == 2);
    CHECK(places->at(0).session == first);
    CHECK(places->at(1).session == second);
    CHECK(places->at(1).disc_session == 2);
    CHECK(places->at(1).start_lba > places->at(0).start_lba);
}

TEST_CASE("burner: a marker that was written to after the seal is on no disc, and stays") {
    BurnerHouse house;
    house.shelves["tray"].blanks = 0;
    house.queue("holiday", {{"photos/a.jpg", "aaa"}}, "notes.txt");
    house.run();
    std::string now = "go on";
    SUBCASE("with more in it") {}
    SUBCASE("of the same size") {
        now = "no";
    }
    SUBCASE("a link in its place") {
        REQUIRE(house.inbox_fs.remove("alice/holiday-queued/notes.txt"));
        REQUIRE(house.inbox_fs.make_symlink("elsewhere", "alice/holiday-queued/notes.txt"));
        now.clear();
    }
    if (!now.empty()) REQUIRE(replace_file(house.inbox_fs, "alice/holiday-queued/notes.txt", now));
    house.shelves["tray"].blanks = 1;
    house.run_patiently();
    REQUIRE(house.exists("alice/holiday-burned/receipt.json"));
    CHECK(house.exists("alice/holiday-burned/notes.txt"));
    CHECK(house.text("alice/holiday-burned/notes.txt") == now);
    CHECK(house.text("alice/holiday-burned/receipt.json").find("\"not_burned\"") != std::string::npos);
    CHECK(house.text("alice/holiday-burned/RECEIPT.txt").find("  notes.txt\n") != std::string::npos);
}

TEST_CASE("burner: a checksum list that was the marker stays in the folder, because it is data too") {
    BurnerHouse house;
    house.queue("holiday", {{"a", "1"}, {"SHA256SUMS", "list"}}, "SHA256SUMS");
    house.run();
    CHECK(house.text("alice/holiday-burned/SHA256SUMS") == "list");
}

TEST_CASE("burner: a withdrawn session is not burned") {
    BurnerHouse house;
    const SessionId id = house.queue("holiday", {{"a", "1"}});
    REQUIRE(house.catalogue->step(id, SessionState::queued, SessionState::withdrawn, "").has_value());
    house.run();
    CHECK(house.shelves["tray"].discs.empty());
    CHECK(house.row(id).state == SessionState::withdrawn);
    CHECK(house.told.empty());
}

TEST_CASE("burner: a session can't be withdrawn once it burns") {
    BurnerHouse house;
    const SessionId id = house.queue("holiday", {{"a", "1"}});
    Status withdrawn;
    house.drives[0]->during_write = [&]() -> Status {
        withdrawn = house.catalogue->step(id, SessionState::queued, SessionState::withdrawn, "");
        return {};
    };
    house.run();
    REQUIRE_FALSE(withdrawn.has_value());
    CHECK(withdrawn.error().code == Errc::conflict);
    CHECK(house.row(id).state == SessionState::burned);
}

TEST_CASE("burner: a session whose seal is not ended yet is left alone") {
    BurnerHouse house;
    const SessionId id = house.queue("holiday", {{"a", "1"}});
    REQUIRE(house.catalogue->begin_move(id, "holiday-queued-2").has_value());
    house.run();
    CHECK(house.row(id).state == SessionState::queued);
}

TEST_CASE("burner: STATUS.txt and the drive's status follow the burn") {
    BurnerHouse house;
    const SessionId id = house.queue("holiday", {{"a", "1"}});
    std::string text;
    DriveActivity state{};
    house.drives[0]->during_write = [&]() -> Status {
        text = house.text("alice/holiday-queued/STATUS.txt");
        state = house.burner->drives().at(0).state;
        CHECK(house.burner->drives().at(0).sessions == std::vector{id});
        return {};
    };
    house.run();
    CHECK(text.find("state: burning") != std::string::npos);
    CHECK(text.find("disc: BURNBOX_0001, disc session 1") != std::string::npos);
    CHECK(state == DriveActivity::burning);
    CHECK(house.burner->drives().at(0).state == DriveActivity::idle);
    CHECK(house.burner->drives().at(0).sessions.empty());
    CHECK(house.burner->drives().at(0).disc == "BURNBOX_0001");
}

TEST_CASE("burner: what came into a sealed folder behind burnbox is named in the receipt as not burned") {
    BurnerHouse house;
    (void)house.queue("holiday", {{"a", "1"}, {"sub/b", "2"}});
    const auto put = [&](const std::string& path) {
        REQUIRE(house.inbox_fs.open("alice/holiday-queued/" + path, {.write = true, .create = true}));
    };
    put("late");
    put("sub/later");
    REQUIRE(house.inbox_fs.make_folder("alice/holiday-queued/folder", 0755));
    put("folder/x");
    (void)house.queue("clean", {{"a", "3"}});
    house.run();
    const std::string receipt = house.text("alice/holiday-burned/RECEIPT.txt");
    CHECK(receipt.find("NOT ON THE DISC") != std::string::npos);
    CHECK(receipt.find("\n  folder\n  late\n  sub/later\n") != std::string::npos);
    CHECK(house.text("alice/holiday-burned/receipt.json").find("\"sub/later\"") != std::string::npos);
    CHECK(house.text("alice/clean-burned/RECEIPT.txt").find("NOT ON THE DISC") == std::string::npos);
}

TEST_CASE("burner: what was changed while a session burned is not what the receipt speaks of, and is told") {
    BurnerHouse house;
    const SessionId id = house.queue("holiday", {{"a", "1"}, {"sub/movie", "first half"}, {"t", "3"}});
    const SessionId clean = house.queue("clean", {{"a", "3"}});
    bool written = false;
    house.drives[0]->after_write = [&]() -> Status {
        if (std::exchange(written, true)) return {};
        must(replace_file(house.inbox_fs, "alice/holiday-queued/sub/movie", "first half, second half"));
        must(house.inbox_fs.set_times("alice/holiday-queued/t", house.clock.now(), house.clock.now()));
        return {};
    };
    house.run();
    CHECK(house.row(id).state == SessionState::burned);
    CHECK(house.row(id).reason.find("sub/movie changed after the seal") == 0);
    const std::string receipt = house.text("alice/holiday-burned/RECEIPT.txt");
    CHECK(receipt.find("exactly what was received") == std::string::npos);
    CHECK(receipt.find("CHANGED AFTER THE SEAL") != std::string::npos);
    CHECK(receipt.find("\n  sub/movie\n\n") != std::string::npos);
    CHECK(house.text("alice/holiday-burned/receipt.json").find("\"changed\": [\n  \"sub/movie\"\n ]") !=
          std::string::npos);
    CHECK(house.text("alice/clean-burned/RECEIPT.txt").find("exactly what was received") !=
          std::string::npos);
    CHECK(house.row(clean).reason.empty());
}

TEST_CASE("burner: a verified session can be verified again on demand") {
    BurnerHouse house;
    const SessionId id = house.queue("holiday", {{"a", "1"}, {"b", "2"}});
    house.run();
    const auto report = house.verify(id, "BURNBOX_0001");
    REQUIRE(report.has_value());
    CHECK(report->mismatches.empty());
    CHECK(report->files_checked > 2);
    house.shelves["tray"].discs["BURNBOX_0001"].sessions[0].entries["alice/holiday/data/a"].content = "X";
    CHECK(house.verify(id, "BURNBOX_0001")->mismatches.size() == 1);
    CHECK_FALSE(house.verify(id, "BURNBOX_0009").has_value());
}

TEST_CASE("burner: a session too large for every blank disc is refused with both sizes") {
    BurnerHouse house;
    house.shelves["tray"].capacity_bytes = 8u << 20u;
    house.restart();
    Manifest manifest;
    manifest.entries.push_back({"a", FileType::file, 0644, 0, 0, {}, 9u << 20u, {}, ""});
    const Status fits = house.burner->check_fits("default", manifest);
    REQUIRE_FALSE(fits.has_value());
    CHECK(fits.error().code == Errc::does_not_fit);
    CHECK(fits.error().message.find("8257536 bytes") != std::string::npos);
    CHECK(house.burner->check_fits("default", Manifest{}).has_value());
    CHECK(house.burner->check_fits("nowhere", Manifest{}).error().code == Errc::invalid);
}

TEST_CASE("burner: its threads burn what is queued while they run, and stop") {
    BurnerHouse house({"tray", "spare"});
    std::mutex mutex;
    std::condition_variable changed;
    int burned = 0;
    const auto subscription = house.events->subscribe([&](const Event& event) {
        const std::lock_guard lock(mutex);
        if (event.kind == EventKind::session_burned) ++burned;
        changed.notify_all();
    });
    house.burner->start();
    for (int i = 0; i < 5; ++i) house.queue("s" + std::to_string(i), {{"a", std::to_string(i)}});
    house.burner->wake();
    std::unique_lock lock(mutex);
    CHECK(changed.wait_for(lock, std::chrono::seconds(30), [&] { return burned == 5; }));
    lock.unlock();
    house.burner->stop();
}

}  // namespace burnbox::test
