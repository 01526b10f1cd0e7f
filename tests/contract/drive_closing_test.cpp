// Discs that are closed and trays that open, on the test burner: what was burned is read afterwards, and
// nothing comes after the last disc session.
#include <doctest/doctest.h>

#include "tests/contract/drive_rig.hpp"
#include "tests/support/wait_until.hpp"

using namespace burnbox;
using namespace burnbox::test;
using mmc::FaultKind;

TEST_CASE_TEMPLATE("burner: the disc session that closes the disc is read back, and nothing comes after it",
                   Rig, ALL_BURNERS) {
    Rig rig;
    rig.insert_blank();
    const BurnSession one = rig.stage("one").file("a", std::string(50'000, 'a')).seal();
    rig.burn_well({one});
    const BurnSession two = rig.stage("two").file("b", std::string(70'000, 'b')).seal();
    BurnJob job = rig.job({two});
    SUBCASE("because it is full") {
        job.close_below_bytes = UINT64_MAX / 2;
    }
    SUBCASE("because it was asked for") {
        job.close_disc = true;
    }
    TestObserver observer;
    const auto written = rig.drive().burn(job, observer);
    if (!written) FAIL(written.error().message);
    CHECK(rig.burner().disc().finalised);
    CHECK(rig.burner().disc().sessions_closed == 2);
    CHECK(rig.medium().state == MediumState::closed);
    const auto outcome = rig.drive().adjudicate(job, 2, written->start_lba);
    REQUIRE(outcome);
    CHECK(*outcome == Drive::Outcome::written);
    rig.verify_well({two}, 2);
    rig.verify_well({one}, 1);
    rig.burner().clear_log();
    const Error error = burn_error(rig, rig.job({rig.stage("three").file("c", "3").seal()}));
    CHECK(error.code == Errc::wrong_medium);
    CHECK_FALSE(wrote_something(rig));
}

TEST_CASE_TEMPLATE("burner: a disc is closed without another session, and what is on it is still read", Rig,
                   ALL_BURNERS) {
    Rig rig;
    rig.insert_blank();
    const BurnSession one = rig.stage("one").file("a", std::string(50'000, 'a')).seal();
    rig.burn_well({one});
    BurnJob job = rig.job({});
    job.close_disc = true;
    TestObserver observer;
    const auto written = rig.drive().burn(job, observer);
    if (!written) FAIL(written.error().message);
    CHECK(rig.burner().disc().finalised);
    CHECK(rig.medium().state == MediumState::closed);
    rig.verify_well({one}, 1);
    rig.verify_well({one}, rig.medium().sessions_used);
}

TEST_CASE("burner: an open tray stays open until it is to be closed, and then its disc is read again") {
    BurnerRig rig("dvd+r");
    rig.insert_blank();
    rig.burn_well({rig.stage("one").file("a", "1").seal()});
    REQUIRE(rig.drive().medium_changed());
    const BurnJob job = rig.job({rig.stage("two").file("b", "2").seal()});
    if (const Status out = rig.drive().eject(); !out) FAIL(out.error().message);
    CHECK(rig.burner().state().tray_open);
    CHECK_FALSE(rig.burner().state().locked);
    CHECK(rig.drive().medium_changed() == true);
    const Medium gone = rig.medium();
    CHECK(gone.state == MediumState::none);
    CHECK(gone.reason.find("the tray is open") != std::string::npos);
    CHECK(burn_error(rig, job).code == Errc::no_medium);
    CHECK(rig.drive().adjudicate(job, 2, 0).error().code == Errc::no_medium);
    CHECK(rig.drive().eject());
    CHECK(rig.burner().state().tray_open);
    const auto there = rig.drive().close_tray();
    REQUIRE(there);
    CHECK(there->label == BurnerRig::kLabel);
    CHECK_FALSE(rig.burner().state().tray_open);
}

TEST_CASE("burner: a drive that does not let go of its disc says so") {
    BurnerRig rig("dvd+r");
    rig.insert_blank();
    rig.burner().add({.kind = FaultKind::sense,
                      .sense = mmc::sense::kRemovalPrevented,
                      .opcode = 0x1b,
                      .skip = 2,
                      .times = 9});
    CHECK_FALSE(rig.drive().eject());
}
