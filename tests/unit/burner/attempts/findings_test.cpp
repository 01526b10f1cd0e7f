// What a later read-back finds out is kept, and counts.
#include <doctest/doctest.h>

#include <algorithm>

#include "burner/attempts/read_back.hpp"
#include "tests/support/burner/burner_house.hpp"

namespace burnbox::test {
namespace {

using namespace std::chrono_literals;

Result<VerifyReport> verify(BurnerHouse& house, SessionId id, const std::string& label = "BURNBOX_0001") {
    return house.verify(id, label);
}

std::string& content(BurnerHouse& house, const std::string& path, const std::string& drive = "tray",
                     const std::string& label = "BURNBOX_0001") {
    for (FakeDiscSession& session : house.shelves[drive].discs.at(label).sessions)
        if (const auto found = session.entries.find(path); found != session.entries.end())
            return found->second.content;
    throw std::runtime_error(path + " is on no disc");
}

}  // namespace

TEST_CASE(
    "findings: a read-back that differs makes the disc suspect, and good ones of all sessions clear it") {
    BurnerHouse house;
    const SessionId first = house.queue("first", {{"f", "1"}});
    const SessionId second = house.queue("second", {{"f", "2"}});
    house.run();
    content(house, "alice/first/data/f") = "x";
    REQUIRE(verify(house, first)->mismatches.size() == 1);
    const DiscRow disc = house.disc("BURNBOX_0001");
    CHECK(disc.state == DiscState::suspect);
    CHECK(disc.suspicion == Suspicion::differs);
    CHECK(disc.suspect_at);
    CHECK(disc.reason.find("alice/first") != std::string::npos);
    CHECK_FALSE(house.catalogue->copies(first)->front().good);
    const SessionId third = house.queue("third", {{"f", "3"}});
    house.run();
    CHECK(house.catalogue->copies(third)->front().disc_label == "BURNBOX_0002");

    content(house, "alice/first/data/f") = "1";
    house.clock.advance(1s);
    CHECK(verify(house, first)->mismatches.empty());
    CHECK(house.disc("BURNBOX_0001").state == DiscState::suspect);  // the other one may be bad too
    CHECK(verify(house, second)->mismatches.empty());
    CHECK(house.disc("BURNBOX_0001").state == DiscState::open);
    CHECK(house.disc("BURNBOX_0001").reason.empty());
    const SessionId fourth = house.queue("fourth", {{"f", "4"}});
    house.run();
    CHECK(house.catalogue->copies(fourth)->front().disc_label == "BURNBOX_0001");
}

TEST_CASE("findings: a disc that a burn left half written is not cleared by what was on it before") {
    BurnerHouse house;
    const SessionId first = house.queue("first", {{"f", "1"}});
    house.run();
    house.queue("second", {{"f", "2"}});
    house.drives[0]->after_cut = Drive::Outcome::damaged;
    bool once = true;
    house.drives[0]->during_write = [&]() -> Status {
        return std::exchange(once, false) ? fail(Errc::io, "write error") : Status();
    };
    house.run_patiently(2);
    REQUIRE(house.disc("BURNBOX_0001").state == DiscState::suspect);
    house.clock.advance(1s);
    CHECK(verify(house, first)->mismatches.empty());
    CHECK(house.disc("BURNBOX_0001").state == DiscState::suspect);
}

TEST_CASE(
    "findings: a disc that was judged while its image was copied is looked at again when that is whole") {
    BurnerHouse house;
    const SessionId first = house.queue("first", {{"f", "1"}});
    house.run();
    const SessionId second = house.queue("second", {{"f", "2"}});
    house.run();
    FakeDisc& disc = house.shelves["tray"].discs.at("BURNBOX_0001");
    FakeDisc whole = disc;
    disc.sessions.pop_back();
    house.restart();
    const SessionId third = house.queue("third", {{"f", "3"}});
    house.run();
    REQUIRE(house.disc("BURNBOX_0001").suspicion == Suspicion::changed);
    CHECK(house.catalogue->copies(third)->front().disc_label == "BURNBOX_0002");
    DiscState then = DiscState::open;
    SUBCASE("as it was") {}
    SUBCASE("but not as it was") {
        whole.sessions[1].entries.at("alice/second/data/f").content = "x";
        then = DiscState::suspect;
    }
    disc = whole;
    for (int look = 0; look < 3; ++look) {
        house.clock.advance(3s);
        house.run();
    }
    CHECK(house.disc("BURNBOX_0001").state == then);
    CHECK(house.catalogue->copies(first)->front().good);
    CHECK(house.catalogue->copies(second)->front().good == (then == DiscState::open));
}

TEST_CASE(
    "findings: a disc whose older tree is not as it was burned is suspect, and nothing is appended to it") {
    BurnerHouse house;
    FakeDrive& drive = *house.drives[0];
    SUBCASE("an image") {}
    SUBCASE("in a real drive") {
        drive.look = [] { return false; };
        for (const char* const label : {"BURNBOX_0001", "BURNBOX_0002"})
            house.shelves["tray"].discs[label].label = label;
        drive.loaded = "BURNBOX_0001";
    }
    const SessionId first = house.queue("first", {{"f", "1"}});
    house.run();
    FakeDiscSession& newest = house.shelves["tray"].discs.at("BURNBOX_0001").sessions.back();
    const auto good = std::exchange(newest.sessions, {"alice/f1rst"});
    const SessionId second = house.queue("second", {{"f", "2"}});
    house.run();
    const DiscRow disc = house.disc("BURNBOX_0001");
    CHECK(disc.state == DiscState::suspect);
    CHECK(disc.reason.find("not as it was burned") != std::string::npos);
    CHECK(newest.sessions == std::vector<std::string>{"alice/f1rst"});
    if (drive.look) drive.loaded = "BURNBOX_0002";
    house.run_patiently();
    CHECK(house.row(second).state == SessionState::burned);
    CHECK(house.catalogue->copies(second)->front().disc_label != "BURNBOX_0001");

    newest.sessions = good;
    house.clock.advance(1s);
    if (drive.look) drive.loaded = "BURNBOX_0001";
    CHECK(verify(house, first)->mismatches.empty());
    CHECK(house.disc("BURNBOX_0001").state == DiscState::open);
}

TEST_CASE("findings: an image that shows less than was burned is noticed, though nothing is to be burned") {
    BurnerHouse house({"tray", "other"});
    house.config.pools["default"].drives = {"tray"};
    house.hold();
    const SessionId first = house.queue("first", {{"f", "1"}});
    house.run();
    house.queue("second", {{"f", "2"}});
    house.run();
    auto& discs = house.shelves["tray"].discs;
    const FakeDisc whole = discs.at("BURNBOX_0001");
    SUBCASE("while burnbox runs") {
        discs.at("BURNBOX_0001").sessions.pop_back();
    }
    SUBCASE("while it does not") {
        discs.at("BURNBOX_0001").sessions.pop_back();
        house.restart();
    }
    SUBCASE("an older copy on another shelf, when the newest image goes") {
        house.shelves["other"].discs["BURNBOX_0001"] = whole;
        house.shelves["other"].discs["BURNBOX_0001"].sessions.pop_back();
        for (int look = 0; look < 3; ++look) house.clock.advance(3s), house.run();
        CHECK(house.disc("BURNBOX_0001").state == DiscState::open);
        discs.erase("BURNBOX_0001");
    }
    for (int look = 0; look < 4; ++look) house.clock.advance(3s), house.run();
    const DiscRow disc = house.disc("BURNBOX_0001");
    CHECK(disc.state == DiscState::suspect);
    CHECK(disc.suspicion == Suspicion::changed);
    CHECK(disc.reason.find("1 disc sessions, burned were 2") != std::string::npos);

    house.shelves["other"].discs.clear();
    discs["BURNBOX_0001"] = whole;
    for (int look = 0; look < 4; ++look) house.clock.advance(3s), house.run();
    CHECK(house.disc("BURNBOX_0001").state == DiscState::open);
    CHECK(house.catalogue->copies(first)->front().good);
}

TEST_CASE(
    "findings: a disc whose image something changed in mid-burn is read back before it is gone on with") {
    BurnerHouse house;
    const SessionId first = house.queue("first", {{"f", "1"}});
    house.run();
    house.drives[0]->after_cut = Drive::Outcome::doubtful;
    bool once = true;
    std::string damage = "1";
    SUBCASE("it is as it was burned") {}
    SUBCASE("it is not") {
        damage = "x";
    }
    house.drives[0]->during_write = [&]() -> Status {
        if (!std::exchange(once, false)) return {};
        content(house, "alice/first/data/f") = damage;
        return fail(Errc::io, "it does not begin with a head that can be read");
    };
    const SessionId second = house.queue("second", {{"f", "2"}});
    house.clock.advance(1s);
    house.run_patiently();
    const bool good = damage == "1";
    CHECK(house.row(second).state == SessionState::burned);
    CHECK(house.catalogue->copies(first)->front().good == good);
    CHECK(house.catalogue->copies(second)->front().disc_label == (good ? "BURNBOX_0001" : "BURNBOX_0002"));
    CHECK(house.disc("BURNBOX_0001").state == (good ? DiscState::open : DiscState::suspect));
    CHECK(house.catalogue->attempts(second)->front().cause == AttemptCause::image_changed);
    const auto events = house.event_names();
    CHECK(std::ranges::count(events, "drive_error") == 0);
}

TEST_CASE("findings: whether a suspicion is over is judged from all sessions and the medium") {
    DiscRow disc;
    disc.state = DiscState::suspect, disc.suspicion = Suspicion::differs, disc.serial = "s";
    disc.sessions_used = 2, disc.next_lba = 900, disc.head_digest = "d";
    disc.suspect_at = Timestamp(10s);
    DiscSessionRow row;
    row.session = 1, row.checked_at = Timestamp(11s);
    Medium medium;
    medium.state = MediumState::appendable, medium.serial = "s", medium.sessions_used = 2,
    medium.next_lba = 900, medium.head_digest = "d", medium.readable = true;
    CHECK(suspicion_is_over(disc, {row, row}, medium));
    DiscSessionRow unread = row;
    unread.checked_at.reset();
    DiscSessionRow before = row;
    before.checked_at = Timestamp(9s);
    DiscSessionRow bad = row;
    bad.good = false;
    for (const DiscSessionRow& other : {unread, before, bad})
        CHECK_FALSE(suspicion_is_over(disc, {row, other}, medium));
    Medium more = medium;
    more.sessions_used = 3;
    CHECK_FALSE(suspicion_is_over(disc, {row}, more));
    Medium damaged = medium;
    damaged.state = MediumState::damaged, damaged.readable = false;
    CHECK_FALSE(suspicion_is_over(disc, {row}, damaged));
    disc.suspicion = Suspicion::spoiled;
    CHECK_FALSE(suspicion_is_over(disc, {row}, medium));
}

TEST_CASE(
    "findings: the payload stays when a byte of its only copy changed, and goes when it is right again") {
    BurnerHouse house;
    house.config.session.keep_burned = {KeepBurned::How::for_time, 30s};
    house.queue("holiday", {{"photos/a.jpg", "12345"}});
    house.run();
    content(house, "alice/holiday/data/photos/a.jpg") = "12x45";
    house.clock.advance(2min);
    house.run();
    CHECK(house.exists("alice/holiday-burned/photos/a.jpg"));
    CHECK(house.disc("BURNBOX_0001").state == DiscState::suspect);
    content(house, "alice/holiday/data/photos/a.jpg") = "12345";
    CHECK(verify(house, 1)->mismatches.empty());
    house.clock.advance(2min);
    house.run();
    CHECK_FALSE(house.exists("alice/holiday-burned/photos/a.jpg"));
}

TEST_CASE("findings: the payload stays while its image is gone, and while the shelf is away") {
    BurnerHouse house;
    house.config.session.keep_burned = {KeepBurned::How::for_time, 30s};
    house.queue("holiday", {{"a", "1"}});
    house.run();
    const FakeDisc disc = house.shelves["tray"].discs.at("BURNBOX_0001");
    house.shelves["tray"].discs.clear();
    house.clock.advance(2min);
    house.run();
    CHECK(house.exists("alice/holiday-burned/a"));
    house.shelves["tray"].away = true;
    house.clock.advance(2min);
    house.run();
    CHECK(house.exists("alice/holiday-burned/a"));
    house.shelves["tray"].away = false;
    house.shelves["tray"].discs["BURNBOX_0001"] = disc;
    house.clock.advance(2min);
    house.run();
    CHECK_FALSE(house.exists("alice/holiday-burned/a"));
}

TEST_CASE("findings: with two copies each is read back by its drive before the payload goes") {
    BurnerHouse house({"tray", "spare"}, 2);
    house.config.session.keep_burned = {KeepBurned::How::for_time, 30s};
    const SessionId id = house.queue("holiday", {{"a", "12345"}});
    house.run();
    REQUIRE(house.row(id).state == SessionState::burned);
    content(house, "alice/holiday/data/a", "spare", "BURNBOX_0002") = "x";
    house.clock.advance(2min);
    house.run();
    CHECK(house.exists("alice/holiday-burned/a"));
    content(house, "alice/holiday/data/a", "spare", "BURNBOX_0002") = "12345";
    REQUIRE(verify(house, id, "BURNBOX_0002")->mismatches.empty());
    house.clock.advance(2min);
    house.run();
    house.clock.advance(2min);
    house.run();
    CHECK_FALSE(house.exists("alice/holiday-burned/a"));
}

TEST_CASE("findings: what can't be read now says nothing about the disc") {
    BurnerHouse house;
    const SessionId id = house.queue("holiday", {{"a", "1"}});
    house.run();
    house.drives[0]->before_load = []() -> Status { return fail(Errc::unreachable, "the drive hangs"); };
    CHECK(verify(house, id).error().code == Errc::unreachable);
    CHECK(house.disc("BURNBOX_0001").state == DiscState::open);
    CHECK(house.catalogue->copies(id)->front().good);
}

TEST_CASE("findings: a session whose only copy is bad may be sent again") {
    BurnerHouse house;
    const SessionId id = house.queue("holiday", {{"a", "1"}});
    house.run();
    const Sha256 what = house.row(id).content_digest;
    CHECK(house.catalogue->find_same_content("alice", "holiday", what)->has_value());
    content(house, "alice/holiday/data/a") = "x";
    REQUIRE(verify(house, id).has_value());
    CHECK_FALSE(house.catalogue->find_same_content("alice", "holiday", what)->has_value());
}

}  // namespace burnbox::test
