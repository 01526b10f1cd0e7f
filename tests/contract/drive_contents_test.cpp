// What every Drive must say of a disc that holds more than is known: its disc sessions, and what was sealed.
#include <doctest/doctest.h>

#include <utility>

#include "tests/contract/drive_rig.hpp"

using namespace burnbox;
using namespace burnbox::test;

#define ALL_DRIVES WorkerDriveRig, FakeDriveRig, DvdPlusR, DvdMinusR, DvdPlusRDl, BdR, CdR

namespace {

std::vector<FoundDiscSession> contents(DriveRig& rig, unsigned known) {
    auto found = rig.drive().contents(rig.job({}).disc, known);
    if (!found) FAIL(found.error().message);
    return std::move(*found);
}

void check_same(const FoundSession& found, const StagedSession& staged) {
    INFO(found.unclear);
    CHECK(found.account + "/" + found.disc_name == staged.disc_path());
    const auto sealed = parse_seal_record(found.seal_record);
    REQUIRE(sealed);
    CHECK(sealed->manifest == staged.sealed().manifest);
    CHECK(to_iso8601(sealed->sealed_at) == to_iso8601(staged.sealed().sealed_at));
    CHECK(sealed->marker.sha256 == staged.sealed().marker.sha256);
}

}  // namespace

TEST_CASE_TEMPLATE("drive contents: each disc session with what it brought, as it was sealed", Rig,
                   ALL_DRIVES) {
    Rig rig;
    rig.insert_blank();
    StagedSession one = rig.stage("one");
    one.file("a", "1").folder("empty").folder("folder").file("folder/b", std::string(5000, 'b'));
    StagedSession two = rig.stage("two");
    two.file("c", "");
    StagedSession three = rig.stage("three");
    three.file("d", "4");
    rig.burn_well({one.seal()});
    rig.burn_well({two.seal(), three.seal()});

    const auto all = contents(rig, 0);
    REQUIRE(all.size() == 2);
    CHECK(all[0].number == 1);
    CHECK(all[1].number == 2);
    CHECK(all[1].start_lba > all[0].start_lba);
    CHECK(all[0].blocks > 0);
    for (const FoundDiscSession& each : all) CHECK(each.unexplained.empty());
    REQUIRE(all[0].sessions.size() == 1);
    check_same(all[0].sessions[0], one);
    REQUIRE(all[1].sessions.size() == 2);
    check_same(all[1].sessions[0], three);
    check_same(all[1].sessions[1], two);

    const auto later = contents(rig, 1);
    REQUIRE(later.size() == 1);
    CHECK(later[0].number == 2);
    CHECK(later[0].start_lba == all[1].start_lba);
    CHECK(contents(rig, 2).empty());
}

TEST_CASE_TEMPLATE("drive contents: a disc that is closed shows what it holds as before", Rig, ALL_DRIVES) {
    Rig rig;
    rig.insert_blank();
    StagedSession one = rig.stage("one");
    one.file("a", std::string(50'000, 'a'));
    StagedSession two = rig.stage("two");
    two.file("b", std::string(70'000, 'b'));
    rig.burn_well({one.seal()});
    std::vector<BurnSession> last = {two.seal()};
    SUBCASE("by its last disc session") {}
    SUBCASE("without another session") {
        rig.burn_well(std::exchange(last, {}));
    }
    BurnJob job = rig.job(last);
    job.close_disc = true;
    TestObserver observer;
    const auto written = rig.drive().burn(job, observer);
    if (!written) FAIL(written.error().message);
    const Medium medium = rig.medium();
    REQUIRE(medium.state == MediumState::closed);

    const auto all = contents(rig, 0);
    REQUIRE(all.size() == medium.sessions_used);
    for (const FoundDiscSession& each : all) CHECK(each.unexplained.empty());
    REQUIRE(all[0].sessions.size() == 1);
    check_same(all[0].sessions[0], one);
    REQUIRE(all[1].sessions.size() == 1);
    check_same(all[1].sessions[0], two);
    if (medium.sessions_used == 2) return;
    CHECK(all[2].sessions.empty());  // a real disc takes no end without a disc session
}

TEST_CASE_TEMPLATE("drive contents: another disc is none of it", Rig, ALL_DRIVES) {
    Rig rig;
    rig.insert_blank();
    rig.burn_well({rig.stage("one").file("a", "1").seal()});
    DiscIdentity other = rig.job({}).disc;
    other.serial = "00000000-0000-0000-0000-000000000000";
    CHECK(rig.drive().contents(other, 0).error().code == Errc::wrong_medium);
}
