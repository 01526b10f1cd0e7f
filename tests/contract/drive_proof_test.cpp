// The proof of a burn, with the real worker and a libisofs that writes some links wrong: nothing reaches a
// disc that would not show what was sealed.
#include <doctest/doctest.h>

#include "tests/contract/drive_rig.hpp"

using namespace burnbox;
using namespace burnbox::test;

#define WORKER_DRIVES WorkerDriveRig, DvdPlusR, DvdMinusR, DvdPlusRDl, BdR, CdR

namespace {

// The burn is refused before anybody was asked for leave, and the disc is as it was.
Error disproved(DriveRig& rig, const BurnSession& session) {
    const Medium before = rig.medium();
    TestObserver observer;
    const auto written = rig.drive().burn(rig.job({session}), observer);
    REQUIRE_FALSE(written);
    CHECK(written.error().code == Errc::disproved);
    CHECK(observer.plans.empty());
    const Medium after = rig.medium();
    CHECK(after.state == before.state);
    CHECK(after.sessions_used == before.sessions_used);
    CHECK(after.next_lba == before.next_lba);
    CHECK(after.head_digest == before.head_digest);
    CHECK(after.free_bytes == before.free_bytes);
    return written.error();
}

}  // namespace

TEST_CASE_TEMPLATE("proof: what libisofs would write differently is not written", Rig, WORKER_DRIVES) {
    Rig rig;
    rig.insert_blank();
    const BurnSession bad = rig.stage("bad").folder("s").link("s/l", "spoiled").file("a", "1").seal();
    CHECK(disproved(rig, bad).message ==
          "disc BURNBOX_0001 would not show what was sealed: alice/bad/data/s/l: its link target differs");
    rig.burn_well({rig.stage("good").file("a", "1").link("l", "a").seal()});
    disproved(rig, bad);
    CHECK(rig.burn_well({rig.stage("better").file("a", "1").seal()}) == 2);
}

TEST_CASE_TEMPLATE("proof: what is fine alone and wrong beside others is not written beside them", Rig,
                   WORKER_DRIVES) {
    Rig rig;
    rig.insert_blank();
    rig.burn_well({rig.stage("first").file("a", "1").seal()});
    disproved(rig, rig.stage("second").file("a", "1").link("l", "spoiled-beside-others").seal());
    CHECK(rig.burn_well({rig.stage("third").file("a", "1").seal()}) == 2);
}

TEST_CASE("proof: what is wrong only beside others is burned on a blank disc") {
    WorkerDriveRig rig;
    rig.insert_blank();
    rig.burn_well({rig.stage("second").file("a", "1").link("l", "spoiled-beside-others").seal()});
}

TEST_CASE("proof: the older tree's links are compared too") {
    WorkerDriveRig rig;
    rig.insert_blank();
    rig.burn_well({rig.stage("one").folder("d").file("d/a", "1").link("d/l", "../d/a").seal()});
    rig.burn_well({rig.stage("two").file("empty", "").folder("d").link("d/l", "nowhere").seal()});
    rig.burn_well({rig.stage("three").file("a", std::string(5000, 'x')).seal()});
}
