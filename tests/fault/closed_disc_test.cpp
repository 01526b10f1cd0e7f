// Discs that are closed, and a catalogue that does not know it: what they hold is taken in all the same.
#include <doctest/doctest.h>

#include "tests/fault/mmc_house.hpp"
#include "tests/support/must.hpp"

namespace burnbox::test {
namespace {

struct Died {};

struct IgnoreProgress : BurnObserver {
    Status about_to_write(const BurnPlan&) override { return {}; }
    void progress(const Progress&) override {}
};

// One drive, and a disc in it.
class OneDrive {
  public:
    explicit OneDrive(const std::string& profile = "cd-r") : house(*spawner_, {profile}, 1) {
        house.restart();
        tray().burner.insert(house.add_blank(tray(), 0));
    }
    Tray& tray() { return *house.trays.front(); }
    void run() {
        while (house.burner->run_once(0).value_or(false)) {
        }
    }
    void burn(const std::string& name) {
        house.queue(name, {{"a", name}});
        run();
        REQUIRE(house.row(name).state == SessionState::burned);
    }
    DiscRow disc() { return must(house.catalogue->find_disc("BURNBOX_0001")).value(); }
    std::vector<std::string> names() {
        std::vector<std::string> names;
        for (const DiscSessionRow& row : must(house.catalogue->disc_sessions(disc().id)))
            names.push_back(row.session_name);
        return names;
    }
    Result<std::string> close() { return house.burner->by_hand(Burner::ByHand::close_disc, tray().name); }

  private:
    std::unique_ptr<Spawner> spawner_ = must(Spawner::start());

  public:
    MmcHouse house;
};

using Names = std::vector<std::string>;

}  // namespace

TEST_CASE("closed disc: one that the catalogue does not know, or not so full, is taken in") {
    OneDrive one;
    one.house.config.burn.close_when_full = true;
    SUBCASE("nothing is known of it") {
        one.house.copy_state("old");
        one.burn("s0");
    }
    SUBCASE("its first disc session is known") {
        one.burn("s0");
        one.house.copy_state("old");
    }
    one.house.config.burn.full_below_bytes = UINT64_MAX / 2;
    one.burn("s1");
    REQUIRE(one.tray().burner.disc().finalised);
    for (const bool with_state : {false, true}) {
        one.house.put_back("old", with_state);
        one.run();
        CHECK(one.names() == Names{"s0", "s1"});
        CHECK(one.disc().state != DiscState::suspect);
        CHECK(one.disc().state != DiscState::open);
        for (const char* name : {"s0", "s1"}) CHECK(one.house.row(name).state == SessionState::burned);
    }
}

TEST_CASE("closed disc: closed by hand, and the catalogue is older than that") {
    OneDrive one;
    std::string reason;
    SUBCASE("and knows the disc") {
        one.burn("s0");
        one.house.copy_state("old");
    }
    SUBCASE("and does not know the disc at all") {
        one.house.copy_state("old");
        one.burn("s0");
        reason = "the catalogue is older than the disc: it is read, and nothing more is burned on it";
    }
    if (const auto closed = one.close(); !closed) FAIL(closed.error().message);
    REQUIRE(one.tray().burner.disc().finalised);
    one.house.put_back("old", false);
    one.run();
    CHECK(one.disc().state == DiscState::closed);
    CHECK(one.disc().reason == reason);
    CHECK(one.disc().sessions_used == one.tray().burner.disc().sessions_closed);
    CHECK(one.names() == Names{"s0"});
    CHECK(must(one.house.catalogue->copies(one.house.row("s0").id)).size() == 1);
}

TEST_CASE("closed disc: the process dies when it was closed by hand, and before that is written down") {
    OneDrive one;
    one.burn("s0");
    one.house.at_drive = [&](Tray& tray, const std::string& operation) {
        if (operation == "burn" && tray.burner.disc().finalised) throw Died();
    };
    CHECK_THROWS_AS(static_cast<void>(one.close()), Died);
    one.house.at_drive = [](Tray&, const std::string&) {};
    one.house.restart();
    one.run();
    CHECK(one.disc().state == DiscState::closed);
    CHECK(one.disc().reason == "");
    CHECK(one.disc().sessions_used == one.tray().burner.disc().sessions_closed);
}

TEST_CASE("closed disc: closed by hand and suspect since, it is trusted again once it is read back well") {
    OneDrive one;
    one.burn("s0");
    REQUIRE(one.close());
    DiscRow disc = one.disc();
    disc.state = DiscState::suspect, disc.suspicion = Suspicion::differs;
    disc.suspect_at = one.house.clock.now();
    must(one.house.catalogue->update_disc(disc));
    one.house.clock.advance(std::chrono::seconds(1));
    IgnoreProgress observer;
    const auto copies = must(one.house.catalogue->copies(one.house.row("s0").id));
    const auto report = one.house.burner->verify(copies.at(0), observer);
    REQUIRE(report);
    CHECK(report->mismatches.empty());
    CHECK(one.disc().state == DiscState::closed);
}

}  // namespace burnbox::test
