// What holds for emulated discs: survival of every crash, honest limits, and nothing foreign touched.
#include <doctest/doctest.h>

#include "tests/contract/image_faults.hpp"

using namespace burnbox;
using namespace burnbox::test;

TEST_CASE("emulated disc: a worker killed in mid-write leaves a blank disc blank, and the next burn works") {
    WorkerDriveRig rig;
    REQUIRE(rig.drive().load_blank(DriveRig::kLabel));
    const BurnJob job = rig.job({rig.stage("long").zeros("zeros", kLongWrite).seal()});
    const std::uint32_t start_lba = die_in_mid_write(rig, job);
    CHECK(adjudicate(rig, job, start_lba) == Drive::Outcome::untouched);
    CHECK(std::filesystem::file_size(rig.image()) == 0);
    CHECK(rig.medium().state == MediumState::blank);
    rig.burn_well({rig.stage("short").file("a", "1").seal()});
}

TEST_CASE(
    "emulated disc: an image that is cut short while it is written is in doubt, and never filled up again") {
    WorkerDriveRig rig;
    rig.insert_blank();
    const BurnSession first = rig.stage("first").file("a", std::string(3U << 20U, '1')).seal();
    rig.burn_well({first});
    const std::uint64_t kept = (rig.tree(1).start_lba + rig.tree(1).blocks + 100) * kSectorBytes;
    BurnJob job = rig.job({rig.stage("second").zeros("big", kLongWrite).seal()});
    job.tree = rig.tree(1);
    TestObserver observer;
    bool once = true;
    observer.on_progress = [&](const Progress& progress) {
        if (observer.plans.empty() || progress.done_bytes == 0 || !std::exchange(once, false)) return;
        std::filesystem::resize_file(rig.image(), kept);
    };
    CHECK_FALSE(rig.drive().burn(job, observer));
    REQUIRE_FALSE(once);
    CHECK(adjudicate(rig, job, observer.plans.at(0).start_lba) == Drive::Outcome::doubtful);
    CHECK(rig.medium().sessions_used == 1);
    const auto report = rig.drive().verify(rig.job({first}), 1, observer);
    REQUIRE(report);
    CHECK_FALSE(report->mismatches.empty());
}

TEST_CASE("emulated disc: a worker killed in mid-append loses nothing of older disc sessions") {
    WorkerDriveRig rig;
    REQUIRE(rig.drive().load_blank(DriveRig::kLabel));
    const BurnSession first = rig.stage("one").file("a", "1").seal();
    rig.burn_well({first});
    const Medium before = rig.medium();
    const BurnJob job = rig.job({rig.stage("long").zeros("zeros", kLongWrite).seal()});
    const std::uint32_t start_lba = die_in_mid_write(rig, job);
    CHECK(rig.medium().head_digest == before.head_digest);
    CHECK(adjudicate(rig, job, start_lba) == Drive::Outcome::untouched);
    CHECK(rig.medium().next_lba == before.next_lba);
    rig.verify_well({first}, 1);
    const BurnSession second = rig.stage("two").file("b", "2").seal();
    CHECK(rig.burn_well({second}) == 2);
    rig.verify_well({first, second}, 2);
}

TEST_CASE("emulated disc: an image whose head was wiped is never taken for blank") {
    WorkerDriveRig rig;
    REQUIRE(rig.drive().load_blank(DriveRig::kLabel));
    const BurnSession first = rig.stage("one").file("a", "1").seal();
    rig.burn_well({first});
    BurnJob job = rig.job({rig.stage("two").file("b", "2").seal()});
    overwrite(rig.image(), 0, std::string(kHeadBytes, '\0'));
    CHECK(rig.medium().state == MediumState::damaged);
    CHECK(burn_error(rig, job).code == Errc::wrong_medium);
    job.disc.sessions_used = 0;
    CHECK(burn_error(rig, job).code == Errc::wrong_medium);
}

TEST_CASE("emulated disc: files that burnbox did not make are foreign and left alone") {
    WorkerDriveRig rig;
    std::string content;
    SUBCASE("a text") {
        content = "my only copy of a poem\n";
    }
    SUBCASE("something large") {
        content = std::string(300'000, 'x');
    }
    SUBCASE("an image of somebody else") {
        content = std::string(300'000, '\0');
        content.replace(16 * kSectorBytes, 8, std::string("\1CD001\1\0", 8));
        content.replace(16 * kSectorBytes + 40, 7, "FOREIGN");
    }
    std::ofstream(rig.image(), std::ios::binary) << content;
    REQUIRE(rig.drive().load({DriveRig::kLabel}));
    const Medium medium = rig.medium();
    CHECK((medium.state == MediumState::foreign || medium.state == MediumState::damaged));
    CHECK_FALSE(medium.reason.empty());
    CHECK(medium.free_bytes == 0);
    const BurnJob job = rig.job({rig.stage("one").file("a", "1").seal()});
    CHECK(burn_error(rig, job).code == Errc::wrong_medium);
    CHECK(read_bytes(rig.image(), 0, 400'000) == content);
}

TEST_CASE("emulated disc: it takes as many disc sessions as its medium, and no more") {
    WorkerDriveRig rig("dvd-r");
    REQUIRE(rig.drive().load_blank(DriveRig::kLabel));
    TestObserver observer;
    for (int i = 1; i <= 99; ++i)
        REQUIRE(
            rig.drive().burn(rig.job({rig.stage("s" + std::to_string(i)).file("a", "1").seal()}), observer));
    CHECK(rig.medium().sessions_left == 0);
    CHECK(rig.medium().free_bytes == 0);
    CHECK(burn_error(rig, rig.job({rig.stage("more").file("a", "1").seal()})).code == Errc::does_not_fit);
}

TEST_CASE("emulated disc: the gaps of many disc sessions fill it") {
    WorkerDriveRig rig("cd-r");
    REQUIRE(rig.drive().load_blank(DriveRig::kLabel));
    TestObserver observer;
    Result<Written> written;
    for (int i = 1; written && i <= 99; ++i)
        written =
            rig.drive().burn(rig.job({rig.stage("s" + std::to_string(i)).file("a", "1").seal()}), observer);
    REQUIRE_FALSE(written);
    CHECK(written.error().code == Errc::does_not_fit);
    const Medium full = rig.medium();
    const std::uint64_t taken =
        gap_blocks(*find_medium_profile("cd-r"), full.sessions_used + 1) + full.next_lba;
    CHECK(taken * kSectorBytes > full.capacity_bytes - (1U << 20U));
}

TEST_CASE("emulated disc: free space counts the gaps between disc sessions") {
    WorkerDriveRig rig;
    REQUIRE(rig.drive().load_blank(DriveRig::kLabel));
    for (unsigned n = 1; n <= 3; ++n) {
        rig.burn_well({rig.stage("s" + std::to_string(n)).file("a", "1").seal()});
        const Medium medium = rig.medium();
        CHECK(medium.next_lba % 32 == 0);
        CHECK(medium.free_bytes == medium.capacity_bytes - (medium.next_lba + n * 2048ULL) * kSectorBytes);
    }
}

TEST_CASE("emulated disc: a closed disc takes nothing more and can still be read") {
    WorkerDriveRig rig;
    REQUIRE(rig.drive().load_blank(DriveRig::kLabel));
    const BurnSession first = rig.stage("one").file("a", "1").seal();
    BurnJob job = rig.job({first});
    job.close_disc = true;
    TestObserver observer;
    REQUIRE(rig.drive().burn(job, observer));
    CHECK(rig.medium().state == MediumState::closed);
    CHECK(rig.medium().sessions_left == 0);
    rig.verify_well({first}, 1);
    CHECK(burn_error(rig, rig.job({rig.stage("two").file("b", "2").seal()})).code == Errc::wrong_medium);
    CHECK(adjudicate(rig, job, observer.plans[0].start_lba) == Drive::Outcome::written);
}

TEST_CASE("emulated disc: an image that another process writes is busy") {
    WorkerDriveRig rig;
    REQUIRE(rig.drive().load_blank(DriveRig::kLabel));
    const BurnJob job = rig.job({rig.stage("one").file("a", "1").seal()});
    const UniqueFd other(::open(rig.image().c_str(), O_RDWR | O_CLOEXEC));
    REQUIRE(::flock(other.get(), LOCK_EX) == 0);
    CHECK(burn_error(rig, job).code == Errc::busy);
    CHECK(burn_error(rig, job).retryable());
}

TEST_CASE("emulated disc: no more discs than blanks") {
    WorkerDriveRig rig;
    DriveConfig config = rig.config();
    config.blanks = 2;
    WorkerDrive drive(config, rig.spawner(), BURNBOX_TEST_WORKER);
    CHECK(drive.load_blank("BURNBOX_0001"));
    CHECK(drive.load_blank("BURNBOX_0002"));
    const Status third = drive.load_blank("BURNBOX_0003");
    REQUIRE_FALSE(third);
    CHECK(third.error().code == Errc::no_medium);
}

TEST_CASE("emulated disc: an empty image of that name is a blank disc, and nothing else is") {
    WorkerDriveRig rig;
    DriveConfig config = rig.config();
    config.blanks = 1;
    WorkerDrive drive(config, rig.spawner(), BURNBOX_TEST_WORKER);
    const std::string path = rig.image("BURNBOX_0001");
    std::ofstream(path).close();
    SUBCASE("") {
        CHECK(drive.has_blanks());
        CHECK(drive.load_blank("BURNBOX_0002").error().code == Errc::no_medium);
        CHECK(drive.load_blank("BURNBOX_0001"));
        const auto medium = drive.inspect();
        REQUIRE(medium);
        CHECK(medium->state == MediumState::blank);
        return;
    }
    config.blanks = 5;
    WorkerDrive roomy(config, rig.spawner(), BURNBOX_TEST_WORKER);
    UniqueFd other;
    SUBCASE("not one that another process has open") {
        other = UniqueFd(::open(path.c_str(), O_WRONLY | O_CLOEXEC));
    }
    SUBCASE("not one with a byte in it") {
        std::ofstream(path) << 'x';
    }
    SUBCASE("not one with another name") {
        std::filesystem::create_hard_link(path, rig.temp() / "another");
    }
    SUBCASE("not what a link leads to") {
        std::filesystem::rename(path, rig.temp() / "elsewhere");
        std::filesystem::create_symlink(rig.temp() / "elsewhere", path);
    }
    CHECK(roomy.load_blank("BURNBOX_0001").error().code == Errc::exists);
}

TEST_CASE("emulated disc: a label that is no plain name makes no file") {
    WorkerDriveRig rig;
    for (const char* label : {"", "../x", "a b", "lower", "A/B"}) CHECK_FALSE(rig.drive().load_blank(label));
    CHECK(std::filesystem::is_empty(rig.config().image_dir));
}

TEST_CASE("emulated disc: the disc session that fills it closes it, one before does not") {
    WorkerDriveRig rig;
    REQUIRE(rig.drive().load_blank(DriveRig::kLabel));
    const Medium blank = rig.medium();
    const auto burn = [&](const std::string& name, std::uint64_t close_below_bytes) {
        BurnJob job = rig.job({rig.stage(name).file("a", "1").seal()});
        job.close_below_bytes = close_below_bytes;
        TestObserver observer;
        const auto written = rig.drive().burn(job, observer);
        if (!written) FAIL(written.error().message);
        CHECK(
            rig.drive().verify(job, static_cast<unsigned>(job.disc.sessions_used) + 1, observer).has_value());
        return rig.medium();
    };
    const Medium open = burn("one", blank.free_bytes / 2);
    CHECK(open.state == MediumState::appendable);
    // What is left after it decides, to the block.
    const Medium next = burn("two", 1);
    const std::uint64_t taken = open.free_bytes - next.free_bytes;
    CHECK(burn("three", next.free_bytes - 2 * taken).state == MediumState::appendable);
    const Medium closed = burn("four", next.free_bytes - taken);
    CHECK(closed.state == MediumState::closed);
    CHECK(closed.sessions_used == 4);
    CHECK(closed.sessions_left == 0);
}

TEST_CASE("emulated disc: it can be closed without another session, and is never appended to again") {
    WorkerDriveRig rig;
    REQUIRE(rig.drive().load_blank(DriveRig::kLabel));
    const std::vector<BurnSession> one = {rig.stage("one").file("a", "1").seal()};
    rig.burn_well(one);
    BurnJob closing = rig.job({});
    closing.close_disc = true;
    TestObserver observer;
    REQUIRE(rig.drive().burn(closing, observer));
    CHECK(observer.plans.empty());
    CHECK(rig.medium().state == MediumState::closed);
    CHECK(rig.medium().sessions_used == 1);
    const BurnJob more = rig.job({rig.stage("two").file("a", "2").seal()});
    CHECK(rig.drive().burn(more, observer).error().code == Errc::wrong_medium);
    rig.verify_well(one, 1);
}

TEST_CASE("emulated disc: taken out, it is there again when it is loaded") {
    WorkerDriveRig rig;
    REQUIRE(rig.drive().load_blank(DriveRig::kLabel));
    rig.burn_well({rig.stage("one").file("a", "1").seal()});
    REQUIRE(rig.drive().eject());
    CHECK(rig.medium().state == MediumState::none);
    REQUIRE(rig.drive().load({DriveRig::kLabel}));
    CHECK(rig.medium().sessions_used == 1);
}
