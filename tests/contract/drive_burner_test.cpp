// What real drives do wrong, on the test burner: each failure is told for what it is, and what was burned
// before stays readable.
#include <doctest/doctest.h>

#include <algorithm>
#include <random>

#include "tests/contract/drive_rig.hpp"

using namespace burnbox;
using namespace burnbox::test;
using mmc::FaultKind;

namespace {

#define ALL_BURNERS DvdPlusR, DvdMinusR, DvdPlusRDl, BdR, CdR

constexpr int kWrite = 0x2a;

Error burn_error(BurnerRig& rig, const BurnJob& job) {
    TestObserver observer;
    const auto written = rig.drive().burn(job, observer);
    REQUIRE_FALSE(written);
    return written.error();
}

bool wrote_something(BurnerRig& rig) {
    return std::ranges::any_of(rig.burner().log(),
                               [](const std::string& line) { return line.starts_with("2a "); });
}

}  // namespace

TEST_CASE_TEMPLATE("burner: after a write error the disc is damaged, and what was burned before is read", Rig,
                   ALL_BURNERS) {
    Rig rig;
    rig.insert_blank();
    const BurnSession one = rig.stage("one").file("a", std::string(100'000, 'a')).seal();
    rig.burn_well({one});
    const BurnJob job = rig.job({rig.stage("two").file("b", std::string(300'000, 'b')).seal()});
    rig.burner().add(
        {.kind = FaultKind::sense, .sense = mmc::sense::kWriteError, .opcode = kWrite, .skip = 3});
    const Error error = burn_error(rig, job);
    CHECK(error.code == Errc::io);
    CHECK(error.message.find("[3 0C 00]") != std::string::npos);
    CHECK(error.message.find("use another brand") != std::string::npos);
    const auto outcome = rig.drive().settle(job, 2, 0);
    REQUIRE(outcome);
    CHECK(*outcome != Drive::Outcome::untouched);
    if (*outcome == Drive::Outcome::written) {  // a truncated disc session was closed: the read-back tells
        TestObserver observer;
        const auto report = rig.drive().verify(job, 2, observer);
        CHECK((!report || !report->mismatches.empty()));
    }
}

TEST_CASE(
    "burner: a drive that hangs is lost, not the disc's fault; the worker is gone and the drive is free "
    "again") {
    BurnerRig rig("dvd+r");
    rig.patience.write = std::chrono::milliseconds(300);
    rig.patience.prepare = std::chrono::seconds(20);
    rig.restart();
    rig.insert_blank();
    const BurnJob job = rig.job({rig.stage("one").file("a", std::string(200'000, 'a')).seal()});
    rig.burner().add({.kind = FaultKind::hang, .opcode = kWrite, .skip = 2});
    CHECK(drive_is_lost(burn_error(rig, job)));
    CHECK(rig.medium().state == MediumState::damaged);
}

TEST_CASE("burner: a drive that is gone is lost, not the disc's fault") {
    BurnerRig rig("bd-r");
    rig.insert_blank();
    const BurnJob job = rig.job({rig.stage("one").file("a", std::string(200'000, 'a')).seal()});
    rig.burner().add({.kind = FaultKind::gone, .opcode = kWrite, .skip = 2});
    const Error error = burn_error(rig, job);
    CHECK(drive_is_lost(error));
    CHECK(error.message.find("look after cable and power") != std::string::npos);
}

TEST_CASE("burner: a disc that was swapped is noticed before anything is written") {
    BurnerRig rig("dvd+r");
    rig.insert_blank();
    rig.burn_well({rig.stage("one").file("a", "1").seal()});
    BurnJob job = rig.job({rig.stage("two").file("b", "2").seal()});
    rig.burner().clear_log();
    SUBCASE("for a blank one") {
        rig.insert_new_disc("other");
    }
    SUBCASE("for one of another make") {
        job.disc.media_id = "OTHER/001";
    }
    SUBCASE("for nothing") {
        rig.burner().remove();
    }
    const Error error = burn_error(rig, job);
    CHECK((error.code == Errc::wrong_medium || error.code == Errc::no_medium));
    CHECK_FALSE(wrote_something(rig));
}

TEST_CASE("burner: a disc that is taken out while it is read back is not called bad") {
    BurnerRig rig("dvd+r");
    rig.insert_blank();
    const BurnSession session = rig.stage("one").zeros("a", 8 << 20).seal();
    rig.burn_well({session});
    const BurnJob job = rig.job({session});
    rig.burner().add({.kind = FaultKind::pull_medium, .opcode = 0x28, .block = 3000});
    TestObserver observer;
    const auto report = rig.drive().verify(job, 1, observer);
    REQUIRE_FALSE(report);
    CHECK(report.error().code == Errc::no_medium);
}

TEST_CASE("burner: media that can't do the job are refused when they are put in") {
    BurnerRig rig("dvd+r");
    const char* profile = "";
    const char* remedy = "";
    bool appends = true;
    SUBCASE("DVD-R DL") {
        profile = "dvd-r-dl", remedy = "insert a DVD+R DL";
    }
    SUBCASE("BD-R POW") {
        profile = "bd-r-pow", remedy = "never formatted";
    }
    SUBCASE("fast-blanked DVD-RW") {
        profile = "dvd-rw", remedy = "blank it fully", appends = false;
    }
    SUBCASE("rewritable when only write-once is wanted") {
        profile = "cd-rw", remedy = "burn.write_once_only";
        rig.policy.write_once_only = true;
        rig.restart();
    }
    rig.burner().insert_blank(rig.temp() / "discs/unfit", profile);
    rig.burner().change_disc([&](mmc::DiscState& disc) { disc.appends = appends; });
    const Medium medium = rig.medium();
    CHECK(medium.state == MediumState::foreign);
    CHECK(medium.reason.find(remedy) != std::string::npos);
    CHECK(medium.free_bytes == 0);
}

TEST_CASE("burner: inspect says manufacturer and speeds; an arrival and a removal are noticed") {
    BurnerRig rig("dvd+r");
    REQUIRE(rig.drive().medium_changed() == false);  // the first look
    rig.insert_blank();
    CHECK(rig.drive().medium_changed() == true);
    CHECK(rig.drive().medium_changed() == false);
    const Medium medium = rig.medium();
    CHECK(medium.media_id.starts_with("TESTMED"));
    CHECK_FALSE(medium.speeds_kb.empty());
    rig.burner().remove();
    CHECK(rig.drive().medium_changed() == true);
}

TEST_CASE_TEMPLATE("burner: a power cut at any command leaves a disc that is judged rightly", Rig,
                   ALL_BURNERS) {
    Rig rig;
    rig.insert_blank();
    const BurnSession one = rig.stage("one").file("a", std::string(50'000, 'a')).seal();
    rig.burn_well({one});
    const unsigned seed = std::random_device()();
    CAPTURE(seed);
    std::mt19937 random(seed);
    unsigned burned = 1;
    for (unsigned round = 0; round < 6; ++round) {
        const BurnSession next =
            rig.stage("s" + std::to_string(round)).file("b", std::string(400'000, 'b')).seal();
        const BurnJob job = rig.job({next});
        const std::uint32_t skip = random() % 130;
        CAPTURE(skip);
        rig.burner().add(
            {.kind = FaultKind::power_cut, .skip = skip, .amount = static_cast<int>(random() % 200)});
        TestObserver observer;
        const auto written = rig.drive().burn(job, observer);
        rig.burner().clear_faults();
        if (observer.plans.empty()) continue;  // nothing may have been written
        const auto outcome = rig.drive().settle(job, burned + 1, observer.plans[0].start_lba);
        REQUIRE(outcome);
        if (written) CHECK(*outcome == Drive::Outcome::written);
        if (*outcome == Drive::Outcome::damaged) break;
        if (*outcome == Drive::Outcome::untouched) continue;
        ++burned;
        BurnJob verified = job;
        verified.disc.sessions_used = burned;
        TestObserver reader;
        const auto report = rig.drive().verify(verified, burned, reader);
        REQUIRE(report);
        CHECK(report->mismatches.empty());
    }
    // Whatever happened to it: the disc session that was verified is still there for any reader.
    CHECK(rig.burner().disc().sessions_closed >= 1);
    CHECK(rig.burner().disc().recorded(16));
}
