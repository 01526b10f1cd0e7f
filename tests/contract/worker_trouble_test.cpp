// Workers that are killed, hang, or talk nonsense.
#include <doctest/doctest.h>

#include "tests/contract/image_faults.hpp"

using namespace burnbox;
using namespace burnbox::test;

TEST_CASE("worker: one that is killed while it reads says nothing about the disc") {
    WorkerDriveRig rig;
    REQUIRE(rig.drive().load_blank(DriveRig::kLabel));
    const std::vector<BurnSession> sessions = {rig.stage("long").zeros("zeros", kLongWrite).seal()};
    rig.burn_well(sessions);
    TestObserver observer;
    unsigned killed = 0;
    observer.on_progress = [&](const Progress&) { killed += killed == 0 ? rig.kill_workers() : 0; };
    const auto report = rig.drive().verify(rig.job(sessions), 1, observer);
    REQUIRE(killed > 0);
    REQUIRE_FALSE(report);
    CHECK(is_out_of_reach(report.error()));
    CHECK(report.error().message.find("signal 9") != std::string::npos);
    rig.verify_well(sessions, 1);
}

TEST_CASE("worker: one that hangs is killed and reported") {
    WorkerDriveRig rig;
    const std::string program = rig.temp() / "hangs";
    std::ofstream(program) << "#!/bin/sh\nexec sleep 1000\n";
    std::filesystem::permissions(program, std::filesystem::perms::owner_all);
    WorkerPatience patience;
    patience.silence = std::chrono::milliseconds(100);
    WorkerDrive drive(rig.config(), rig.spawner(), program, {}, patience);
    REQUIRE(drive.load_blank(DriveRig::kLabel));
    const auto medium = drive.inspect();
    REQUIRE_FALSE(medium);
    CHECK(medium.error().code == Errc::timeout);
}

TEST_CASE("worker: one that stays alive but writes nothing more is killed and reported") {
    WorkerDriveRig rig;
    const std::string program = rig.temp() / "stalls";
    std::ofstream(program)
        << "#!/bin/sh\nread job\n"
           "echo '{\"plan\":{\"disc_session\":1,\"start_lba\":32,\"blocks\":64,\"tree\":"
        << "{\"start_lba\":32,\"blocks\":30,\"sha256\":\"" << Sha256().hex()
        << "\"}}}'\n"
           "read go\n"
           "while :; do echo '{\"progress\":{\"done\":5,\"total\":10}}'; sleep 0.02; done\n";
    std::filesystem::permissions(program, std::filesystem::perms::owner_all);
    WorkerPatience patience;
    patience.write = std::chrono::milliseconds(200);
    WorkerDrive drive(rig.config(), rig.spawner(), program, {}, patience);
    REQUIRE(drive.load_blank(DriveRig::kLabel));
    TestObserver observer;
    const auto written = drive.burn(rig.job({rig.stage("one").file("a", "1").seal()}), observer);
    REQUIRE_FALSE(written);
    CHECK(written.error().code == Errc::timeout);
    CHECK(observer.plans.size() == 1);
}

TEST_CASE("worker: one that ends at once or talks nonsense is an error") {
    WorkerDriveRig rig;
    const std::string program = rig.temp() / "strange";
    std::ofstream script(program);
    SUBCASE("ends") {
        script << "#!/bin/sh\nread job; exit 7\n";
    }
    SUBCASE("nonsense") {
        script << "#!/bin/sh\nread job; echo hello\n";
    }
    SUBCASE("another answer") {
        script << "#!/bin/sh\nread job; echo '{\"outcome\":0}'\n";
    }
    script.close();
    std::filesystem::permissions(program, std::filesystem::perms::owner_all);
    WorkerDrive drive(rig.config(), rig.spawner(), program);
    REQUIRE(drive.load_blank(DriveRig::kLabel));
    CHECK_FALSE(drive.inspect());
}
