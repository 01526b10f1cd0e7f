#include "burner/finish/release.hpp"

#include <doctest/doctest.h>

#include "common/storage/durable_file.hpp"
#include "tests/support/burner/burner_house.hpp"

namespace burnbox::test {
namespace {

using namespace std::chrono_literals;

bool has_payload(BurnerHouse& house, const std::string& name) {
    return house.exists("alice/" + name + "-burned/photos/a.jpg");
}

bool has_receipts(BurnerHouse& house, const std::string& name) {
    return house.exists("alice/" + name + "-burned/RECEIPT.txt") &&
           house.exists("alice/" + name + "-burned/receipt.json");
}

void burn(BurnerHouse& house, const std::string& name, std::size_t bytes = 10) {
    house.queue(name, {{"photos/a.jpg", std::string(bytes, 'x')}, {"notes.txt", "n"}});
    house.run();
    REQUIRE(has_payload(house, name));
}

}  // namespace

TEST_CASE("release: by default what was burned stays") {
    BurnerHouse house;
    burn(house, "holiday");
    house.clock.advance(24h * 10'000);
    house.run();
    CHECK(has_payload(house, "holiday"));
}

TEST_CASE("release: after its time the payload goes and the receipts stay, across a restart") {
    BurnerHouse house;
    house.config.session.keep_burned = {KeepBurned::How::for_time, 24h * 30};
    burn(house, "holiday");
    house.clock.advance(24h * 29);
    house.run();
    CHECK(has_payload(house, "holiday"));
    house.restart();
    house.clock.advance(24h);
    house.run();
    CHECK_FALSE(house.exists("alice/holiday-burned/photos"));
    CHECK_FALSE(house.exists("alice/holiday-burned/notes.txt"));
    CHECK(has_receipts(house, "holiday"));
}

TEST_CASE("release: a time of seconds is kept to the second") {
    BurnerHouse house;
    house.config.session.keep_burned = {KeepBurned::How::for_time, 5s};
    burn(house, "holiday");
    house.clock.advance(2s);
    burn(house, "letters");
    house.clock.advance(2s);
    house.run();
    CHECK(has_payload(house, "holiday"));
    house.clock.advance(1s);
    house.run();
    CHECK_FALSE(has_payload(house, "holiday"));
    CHECK(has_payload(house, "letters"));
    house.clock.advance(2s);
    house.run();
    CHECK_FALSE(has_payload(house, "letters"));
}

TEST_CASE("release: what came into the folder after the seal is on no disc, and stays") {
    BurnerHouse house;
    house.config.session.keep_burned = {KeepBurned::How::for_time, 24h * 30};
    burn(house, "holiday");
    REQUIRE(replace_file(house.inbox_fs, "alice/holiday-burned/photos/late.jpg", "late"));
    house.clock.advance(24h * 31);
    house.run();
    CHECK_FALSE(has_payload(house, "holiday"));
    CHECK_FALSE(house.exists("alice/holiday-burned/notes.txt"));
    CHECK(house.exists("alice/holiday-burned/photos/late.jpg"));
    CHECK(has_receipts(house, "holiday"));
}

TEST_CASE("release: what was changed after the seal is on no disc, and stays") {
    BurnerHouse house;
    house.config.session.keep_burned = {KeepBurned::How::for_time, 24h * 30};
    burn(house, "holiday");
    const std::string changed = "alice/holiday-burned/photos/a.jpg";
    std::string now = "two weeks of work";
    SUBCASE("edited") {
        REQUIRE(replace_file(house.inbox_fs, changed, now));
    }
    SUBCASE("of the same size and time") {
        const FileInfo before = house.inbox_fs.info(changed).value();
        now = std::string(before.size_bytes, 'y');
        REQUIRE(replace_file(house.inbox_fs, changed, now));
        REQUIRE(house.inbox_fs.set_times(changed, before.atime, before.mtime));
    }
    SUBCASE("a link in its place") {
        REQUIRE(house.inbox_fs.remove(changed));
        REQUIRE(house.inbox_fs.make_symlink("elsewhere", changed));
        now.clear();
    }
    house.clock.advance(24h * 31);
    house.run();
    CHECK(house.exists(changed));
    CHECK(house.text(changed) == now);
    CHECK_FALSE(house.exists("alice/holiday-burned/notes.txt"));
    CHECK(has_receipts(house, "holiday"));
}

TEST_CASE("release: a session that is not burned on every copy's disc keeps its payload") {
    BurnerHouse house;
    house.config.session.keep_burned = {KeepBurned::How::for_time, 0ms};
    house.queue("waits", {{"a", "1"}});
    house.shelves["tray"].blanks = 0;
    house.run();
    house.clock.advance(2min);
    house.run();
    CHECK(house.exists("alice/waits-queued/a"));
}

TEST_CASE("release: the payload stays when the disc of a copy became suspect") {
    BurnerHouse house;
    house.config.session.keep_burned = {KeepBurned::How::for_time, 1h};
    burn(house, "holiday");
    DiscRow disc = house.disc("BURNBOX_0001");
    disc.state = DiscState::suspect;
    REQUIRE(house.catalogue->update_disc(disc).has_value());
    house.clock.advance(2h);
    house.run();
    CHECK(has_payload(house, "holiday"));
}

TEST_CASE("release: a clock that is set makes nothing older than it is") {
    BurnerHouse house;
    house.config.session.keep_burned = {KeepBurned::How::for_time, 24h * 30};
    SUBCASE("by hours") {
        burn(house, "holiday");
        house.clock.advance(1min);
        house.run();
        house.clock.set_by(24h * 31);
    }
    SUBCASE("from the beginning of time, which it showed without a battery") {
        house.clock.set_by(-24h * 365 * 56);
        burn(house, "holiday");
        house.clock.advance(1min);
        house.run();
        house.clock.set_by(24h * 365 * 56);
        SUBCASE("with a restart") {
            house.restart();
        }
    }
    house.clock.advance(1min);
    house.run();
    CHECK(has_payload(house, "holiday"));
    house.clock.advance(24h * 29);
    house.run();
    CHECK(has_payload(house, "holiday"));
    house.clock.advance(24h);
    house.run();
    CHECK_FALSE(has_payload(house, "holiday"));
}

TEST_CASE("release: for a session that must stay, no copy is read back again and again") {
    BurnerHouse house({"left", "right"}, 2);
    house.config.session.keep_burned = {KeepBurned::How::for_time, 1h};
    burn(house, "holiday");
    DiscRow disc = house.disc("BURNBOX_0002");
    disc.state = DiscState::suspect;
    REQUIRE(house.catalogue->update_disc(disc).has_value());
    const unsigned before = house.drives[0]->read_backs + house.drives[1]->read_backs;
    for (int i = 0; i < 24; ++i) {
        house.clock.advance(1h);
        house.run();
    }
    CHECK(has_payload(house, "holiday"));
    CHECK(house.drives[0]->read_backs + house.drives[1]->read_backs == before);
}

TEST_CASE("release: the queue has its turn after each session that is read back") {
    BurnerHouse house;
    house.config.session.keep_burned = {KeepBurned::How::for_time, 1h};
    for (const char* name : {"a", "b", "c"}) burn(house, name);
    house.clock.advance(2h);
    house.hold();
    REQUIRE(house.burner->run_once(0).value());
    CHECK_FALSE(has_payload(house, "a"));
    CHECK(has_payload(house, "b"));
    const SessionId waits = house.queue("d", {{"photos/a.jpg", "d"}});
    REQUIRE(house.burner->run_once(0).value());
    CHECK(house.row(waits).state == SessionState::burned);
    CHECK(has_payload(house, "b"));
    house.run();
    CHECK_FALSE(has_payload(house, "c"));
}

TEST_CASE("release: until it is needed, the oldest goes first and no more than is needed") {
    BurnerHouse house;
    house.config.session.keep_burned = {KeepBurned::How::until_needed, 0ms};
    house.inbox_fs.limit_bytes(1'000'000);
    for (const char* name : {"a", "b", "c"}) burn(house, name, 250'000);
    house.clock.advance(2min);
    house.run();
    CHECK(has_payload(house, "a"));
    house.queue("d", {{"photos/a.jpg", std::string(180'000, 'x')}});
    house.clock.advance(2min);
    house.run();
    CHECK_FALSE(has_payload(house, "a"));
    CHECK(has_receipts(house, "a"));
    CHECK(has_payload(house, "b"));
    CHECK(has_payload(house, "c"));
}

}  // namespace burnbox::test
