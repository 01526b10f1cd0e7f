// What every Drive must do: workers with image files, workers with the test burner and each kind of medium,
// and the fake that the burner's tests use.
#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <set>

#include "tests/contract/drive_rig.hpp"

using namespace burnbox;
using namespace burnbox::test;

#define ALL_DRIVES WorkerDriveRig, FakeDriveRig, DvdPlusR, DvdMinusR, DvdPlusRDl, BdR, CdR

namespace {

void change(const std::string& path, const std::string& content) {
    std::ofstream(path, std::ios::binary | std::ios::trunc) << content;
}

}  // namespace

TEST_CASE_TEMPLATE("drive: an empty drive has no medium, and that is no error", Rig, ALL_DRIVES) {
    Rig rig;
    CHECK(rig.medium().state == MediumState::none);
}

TEST_CASE_TEMPLATE("drive: a blank disc is empty and has room", Rig, ALL_DRIVES) {
    Rig rig;
    rig.insert_blank();
    const Medium medium = rig.medium();
    CHECK(medium.state == MediumState::blank);
    CHECK(medium.profile == rig.profile().name);
    CHECK(medium.sessions_used == 0);
    CHECK(medium.sessions_left == rig.profile().session_limit);
    CHECK(medium.capacity_bytes == rig.profile().capacity_bytes);
    CHECK(medium.free_bytes > rig.profile().capacity_bytes - 1'000'000);
    CHECK(medium.free_bytes <= medium.capacity_bytes);
    CHECK(rig.drive().blank_capacity_bytes() > rig.profile().capacity_bytes - 1'000'000);
}

TEST_CASE_TEMPLATE("drive: descriptors and folders that are not those that were burned are a mismatch", Rig,
                   ALL_DRIVES) {
    Rig rig;
    rig.insert_blank();
    const std::vector<BurnSession> sessions{rig.stage("one").file("a", "1").seal()};
    BurnJob job = rig.job(sessions);
    TestObserver observer;
    REQUIRE(rig.drive().burn(job, observer));
    REQUIRE(observer.plans.size() == 1);
    job = rig.job(sessions);
    job.tree = observer.plans[0].tree;
    const auto same = rig.drive().verify(job, 1, observer);
    REQUIRE(same);
    CHECK(same->mismatches.empty());
    job.tree->sha256.bytes[31] ^= 1U;
    const auto other = rig.drive().verify(job, 1, observer);
    REQUIRE(other);
    CHECK(other->mismatches.size() == 1);
}

TEST_CASE_TEMPLATE("drive: nothing is appended to a disc that is not as it was burned", Rig, ALL_DRIVES) {
    Rig rig;
    rig.insert_blank();
    BurnJob job = rig.job({rig.stage("one").file("a", "1").seal()});
    TestObserver observer;
    REQUIRE(rig.drive().burn(job, observer));
    job = rig.job({rig.stage("two").file("a", "2").seal()});
    job.tree = observer.plans[0].tree;
    job.tree->sha256.bytes[31] ^= 1U;
    const auto refused = rig.drive().burn(job, observer);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == Errc::wrong_medium);
    CHECK(refused.error().message.find("not as it was burned") != std::string::npos);
    CHECK(observer.plans.size() == 1);
    job.tree->sha256.bytes[31] ^= 1U;
    const auto burned = rig.drive().burn(job, observer);
    CHECK_MESSAGE(burned, burned.error().message);
}

TEST_CASE_TEMPLATE("drive: a name that is taken makes no second disc", Rig, WorkerDriveRig, FakeDriveRig) {
    Rig rig;
    rig.insert_blank();
    CHECK(rig.drive().load_blank(DriveRig::kLabel));  // it is blank still
    rig.burn_well({rig.stage("one").file("a", "1").seal()});
    const Status again = rig.drive().load_blank(DriveRig::kLabel);
    REQUIRE_FALSE(again);
    CHECK(again.error().code == Errc::exists);
}

TEST_CASE_TEMPLATE("drive: a disc that is not on the shelf can't be loaded", Rig, WorkerDriveRig,
                   FakeDriveRig) {
    Rig rig;
    const Status loaded = rig.drive().load({"BURNBOX_0099"});
    REQUIRE_FALSE(loaded);
    CHECK(loaded.error().code == Errc::not_found);
}

TEST_CASE_TEMPLATE("drive: a burned session is there, labelled and verified", Rig, ALL_DRIVES) {
    Rig rig;
    rig.insert_blank();
    StagedSession holiday = rig.stage("holiday");
    const BurnSession session =
        holiday.folder("photos").file("photos/a.jpg", std::string(5000, 'a')).file("empty", "").seal();
    CHECK(rig.burn_well({session}) == 1);
    const Medium medium = rig.medium();
    CHECK(medium.state == MediumState::appendable);
    CHECK(medium.label == DriveRig::kLabel);
    CHECK(medium.serial == DriveRig::kSerial);
    CHECK(medium.sessions_used == 1);
    CHECK(medium.sessions_left == rig.profile().session_limit - 1);
    CHECK(medium.head_digest.empty() == !rig.drive().emulated());
}

TEST_CASE_TEMPLATE("drive: verification says where each file begins", Rig, ALL_DRIVES) {
    Rig rig;
    rig.insert_blank();
    StagedSession holiday = rig.stage("holiday");
    const std::vector<BurnSession> sessions{
        holiday.file("a", "one").file("b", "two").file("empty", "").seal()};
    rig.burn_well(sessions);
    const VerifyReport report = rig.verify_well(sessions, 1);
    std::set<std::uint32_t> blocks;
    unsigned found = 0;
    for (const VerifiedFile& file : report.files) {
        if (file.path == "alice/holiday/data/empty") CHECK(file.lba == 0);
        if (file.path != "alice/holiday/data/a" && file.path != "alice/holiday/data/b") continue;
        ++found;
        CHECK(file.lba > 16);
        blocks.insert(file.lba);
    }
    CHECK(found == 2);
    CHECK(blocks.size() == 2);
    CHECK(report.files_checked >= 3);
}

TEST_CASE_TEMPLATE("drive: sessions are appended and older ones stay", Rig, ALL_DRIVES) {
    Rig rig;
    rig.insert_blank();
    std::vector<BurnSession> sessions;
    std::uint64_t free_bytes = rig.medium().free_bytes;
    for (const char* name : {"one", "two", "three"}) {
        sessions.push_back(rig.stage(name).file("content", std::string("of ") + name).seal());
        CHECK(rig.burn_well({sessions.back()}) == sessions.size());
        const Medium medium = rig.medium();
        CHECK(medium.sessions_used == sessions.size());
        CHECK(medium.free_bytes < free_bytes);
        free_bytes = medium.free_bytes;
    }
    rig.verify_well({sessions[0]}, 1);
    rig.verify_well({sessions[1]}, 2);
}

TEST_CASE_TEMPLATE("drive: several sessions go into one disc session", Rig, ALL_DRIVES) {
    Rig rig;
    rig.insert_blank();
    const std::vector<BurnSession> both{rig.stage("one").file("a", "1").seal(),
                                        rig.stage("two").file("b", "2").seal()};
    CHECK(rig.burn_well(both) == 1);
    CHECK(rig.medium().sessions_used == 1);
}

TEST_CASE_TEMPLATE("drive: an error of about_to_write comes back and leaves the disc as it was", Rig,
                   ALL_DRIVES) {
    Rig rig;
    rig.insert_blank();
    rig.burn_well({rig.stage("one").file("a", "1").seal()});
    const Medium before = rig.medium();
    TestObserver observer;
    observer.on_plan = [](const BurnPlan&) { return fail(Errc::conflict, "somebody cancelled it"); };
    const auto written = rig.drive().burn(rig.job({rig.stage("two").file("b", "2").seal()}), observer);
    REQUIRE_FALSE(written);
    CHECK(written.error().code == Errc::conflict);
    CHECK(written.error().message == "somebody cancelled it");
    const Medium after = rig.medium();
    CHECK(after.sessions_used == before.sessions_used);
    CHECK(after.next_lba == before.next_lba);
    CHECK(after.head_digest == before.head_digest);
    rig.burn_well({rig.stage("three").file("c", "3").seal()});
}

TEST_CASE_TEMPLATE("drive: a session that does not fit is refused before anything is written", Rig,
                   ALL_DRIVES) {
    Rig rig;
    rig.insert_blank();
    const BurnSession huge = rig.stage("huge").unread("huge", rig.profile().capacity_bytes).seal();
    TestObserver observer;
    const auto written = rig.drive().burn(rig.job({huge}), observer);
    REQUIRE_FALSE(written);
    CHECK(written.error().code == Errc::does_not_fit);
    CHECK(observer.plans.empty());
    CHECK(rig.medium().state == MediumState::blank);
}

TEST_CASE_TEMPLATE("drive: a staged file that changed since the seal is never burned", Rig, ALL_DRIVES) {
    Rig rig;
    rig.insert_blank();
    const BurnSession first = rig.stage("one").file("a", "1").seal();
    rig.burn_well({first});
    const Medium before = rig.medium();
    StagedSession second = rig.stage("two");
    const BurnSession session = second.file("b", "as it was sealed").file("c", "more").seal();
    SUBCASE("content") {
        change(second.path() + "/b", "as it is changed");
    }
    SUBCASE("longer") {
        change(second.path() + "/b", "as it was sealed, and then some");
    }
    SUBCASE("shorter") {
        change(second.path() + "/b", "as it");
    }
    SUBCASE("gone") {
        std::filesystem::remove(second.path() + "/b");
    }
    TestObserver observer;
    const auto written = rig.drive().burn(rig.job({session}), observer);
    REQUIRE_FALSE(written);
    CHECK(written.error().code == Errc::corrupt);
    if (!observer.plans.empty()) {
        BurnJob job = rig.job({session});
        job.disc.sessions_used = before.sessions_used;
        job.disc.next_lba = before.next_lba;
        job.disc.head_digest = before.head_digest;
        const auto outcome = rig.drive().adjudicate(job, 2, observer.plans[0].start_lba);
        REQUIRE(outcome);
        CHECK(*outcome == Drive::Outcome::untouched);
    }
    CHECK(rig.medium().sessions_used == before.sessions_used);
    rig.verify_well({first}, 1);
    rig.burn_well({rig.stage("three").file("d", "3").seal()});
}

TEST_CASE_TEMPLATE("drive: another disc than the job's is refused", Rig, ALL_DRIVES) {
    Rig rig;
    rig.insert_blank();
    rig.burn_well({rig.stage("one").file("a", "1").seal()});
    BurnJob job = rig.job({rig.stage("two").file("b", "2").seal()});
    SUBCASE("serial") {
        job.disc.serial = "00000000-0000-4000-8000-000000000000";
    }
    SUBCASE("fewer disc sessions than known") {
        job.disc.sessions_used = 2;
    }
    SUBCASE("an earlier next address than known") {
        job.disc.next_lba += 32;
    }
    SUBCASE("another head than known") {
        job.disc.head_digest = std::string(64, '0');
    }
    SUBCASE("a blank was expected") {
        job.disc.sessions_used = 0;
    }
    TestObserver observer;
    const auto written = rig.drive().burn(job, observer);
    REQUIRE_FALSE(written);
    CHECK(written.error().code == Errc::wrong_medium);
    CHECK(observer.plans.empty());
    CHECK(rig.medium().sessions_used == 1);
}

TEST_CASE_TEMPLATE("drive: a session that is complete is judged as written", Rig, ALL_DRIVES) {
    Rig rig;
    rig.insert_blank();
    const BurnSession one = rig.stage("one").file("a", "1").seal();
    const BurnJob first = rig.job({one});
    TestObserver observer;
    REQUIRE(rig.drive().burn(first, observer));
    auto outcome = rig.drive().adjudicate(first, 1, observer.plans[0].start_lba);
    REQUIRE(outcome);
    CHECK(*outcome == Drive::Outcome::written);
    const BurnJob second = rig.job({rig.stage("two").file("b", "2").seal()});
    REQUIRE(rig.drive().burn(second, observer));
    outcome = rig.drive().adjudicate(second, 2, observer.plans[1].start_lba);
    REQUIRE(outcome);
    CHECK(*outcome == Drive::Outcome::written);
    rig.verify_well({one}, 1);
}

TEST_CASE_TEMPLATE("drive: an attempt that never wrote is judged as untouched", Rig, ALL_DRIVES) {
    Rig rig;
    rig.insert_blank();
    const BurnJob first = rig.job({rig.stage("one").file("a", "1").seal()});
    auto outcome = rig.drive().adjudicate(first, 1, 32);
    REQUIRE(outcome);
    CHECK(*outcome == Drive::Outcome::untouched);
    TestObserver observer;
    REQUIRE(rig.drive().burn(first, observer));
    const Medium medium = rig.medium();
    outcome = rig.drive().adjudicate(rig.job({rig.stage("two").file("b", "2").seal()}), 2, medium.next_lba);
    REQUIRE(outcome);
    CHECK(*outcome == Drive::Outcome::untouched);
    CHECK(rig.medium().head_digest == medium.head_digest);
}
