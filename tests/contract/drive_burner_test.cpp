// What real drives do wrong, on the test burner: each failure is told for what it is, and what was burned
// before stays readable.
#include <doctest/doctest.h>

#include <sys/ptrace.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <fstream>
#include <optional>
#include <random>

#include "tests/contract/drive_rig.hpp"
#include "tests/support/wait_until.hpp"

using namespace burnbox;
using namespace burnbox::test;
using mmc::FaultKind;

namespace {

constexpr int kRead = 0x28;
constexpr int kWrite = 0x2a;
constexpr int kReadDiscInfo = 0x51;
constexpr int kReadTrackInfo = 0x52;
constexpr int kClose = 0x5b;

// The children of a process, of its first thread.
std::vector<pid_t> children_of(pid_t process) {
    std::ifstream list("/proc/" + std::to_string(process) + "/task/" + std::to_string(process) + "/children");
    std::vector<pid_t> children;
    for (pid_t pid = 0; list >> pid;) children.push_back(pid);
    return children;
}

// The worker that runs is held at its end, with all that it has open, as the kernel holds one whose drive
// does not answer. Made and destroyed on one thread, which is its tracer.
class HeldWorker {
  public:
    HeldWorker() {
        for (const pid_t child : children_of(::getpid())) {
            std::ifstream name("/proc/" + std::to_string(child) + "/comm");
            std::string text;
            std::getline(name, text);
            if (text != "burnbox-spawner") continue;
            for (const pid_t worker : children_of(child))
                if (::ptrace(PTRACE_SEIZE, worker, nullptr, PTRACE_O_TRACEEXIT) == 0) worker_ = worker;
        }
    }
    ~HeldWorker() {
        if (worker_ > 0)
            (void)wait_until([&] { return ::ptrace(PTRACE_DETACH, worker_, nullptr, nullptr) == 0; });
    }
    HeldWorker(const HeldWorker&) = delete;
    HeldWorker& operator=(const HeldWorker&) = delete;
    [[nodiscard]] bool holds() const { return worker_ > 0; }

  private:
    pid_t worker_ = -1;
};

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
    const auto outcome = rig.drive().adjudicate(job, 2, 0);
    REQUIRE(outcome);
    CHECK(*outcome != Drive::Outcome::untouched);
    if (*outcome == Drive::Outcome::written) {  // a truncated disc session was closed: the read-back tells
        TestObserver observer;
        const auto report = rig.drive().verify(job, 2, observer);
        CHECK((!report || !report->mismatches.empty()));
    }
    rig.verify_well({one}, 1);
}

TEST_CASE("burner: what must not be burned on is read all the same") {
    BurnerRig rig("cd-rw");
    rig.insert_blank();
    const std::vector<BurnSession> sessions = {rig.stage("one").file("a", "1").seal()};
    rig.burn_well(sessions);
    rig.policy.write_once_only = true;
    rig.restart();
    CHECK(rig.medium().state == MediumState::foreign);
    rig.verify_well(sessions, 1);
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

TEST_CASE("burner: a drive that hangs right after the last block is waited for as one that closes") {
    BurnerRig rig("dvd+r");
    rig.patience.write = std::chrono::seconds(20);
    rig.patience.close = std::chrono::milliseconds(300);
    rig.restart();
    for (int disc = 0; disc < 8; ++disc) {
        CAPTURE(disc);
        rig.insert_new_disc("disc" + std::to_string(disc));
        const BurnJob job =
            rig.job({rig.stage("s" + std::to_string(disc)).file("a", std::string(1000, 'a')).seal()});
        rig.burner().add({.kind = FaultKind::hang, .opcode = kClose});
        const auto began = std::chrono::steady_clock::now();
        CHECK(drive_is_lost(burn_error(rig, job)));
        CHECK(std::chrono::steady_clock::now() - began < std::chrono::seconds(15));
    }
}

TEST_CASE("burner: each step of a drive that hangs has its own time, and no other") {
    BurnerRig rig("dvd+r");
    rig.insert_blank();
    const BurnSession one = rig.stage("one").file("a", std::string(200'000, 'a')).seal();
    rig.burn_well({one});
    const BurnJob before = rig.job({one});
    const BurnJob job = rig.job({rig.stage("two").file("b", std::string(200'000, 'b')).seal()});
    TestObserver observer;
    std::chrono::milliseconds WorkerPatience::* step = nullptr;
    mmc::Fault hang{.kind = FaultKind::hang};
    std::function<std::optional<Errc>()> operation = [&] {
        const auto written = rig.drive().burn(job, observer);
        return written ? std::nullopt : std::optional(written.error().code);
    };
    SUBCASE("preparing a burn") {
        step = &WorkerPatience::prepare, hang.opcode = kRead;
    }
    SUBCASE("writing") {
        step = &WorkerPatience::write, hang.opcode = kWrite, hang.skip = 2;
    }
    SUBCASE("closing the disc session") {
        step = &WorkerPatience::close, hang.opcode = kClose;
    }
    SUBCASE("looking what is in it") {
        step = &WorkerPatience::inspect, hang.opcode = kReadDiscInfo;
        operation = [&] {
            const auto medium = rig.drive().inspect();
            return medium ? std::nullopt : std::optional(medium.error().code);
        };
    }
    SUBCASE("reading back") {
        step = &WorkerPatience::verify, hang.opcode = kRead, hang.skip = 3;
        operation = [&] {
            const auto report = rig.drive().verify(before, 1, observer);
            return report ? std::nullopt : std::optional(report.error().code);
        };
    }
    rig.patience.*step = std::chrono::milliseconds(300);
    rig.restart();
    rig.burner().add(hang);
    const auto began = std::chrono::steady_clock::now();
    CHECK(operation() == Errc::unreachable);
    CHECK(std::chrono::steady_clock::now() - began <
          std::chrono::seconds(30));  // the other steps have minutes
    rig.patience = {};
    rig.restart();
    CHECK(rig.drive().inspect());  // the drive is free again
}

TEST_CASE(
    "burner: a worker that does not end although it was killed is left behind, and nobody else gets its "
    "drive until it is gone") {
    BurnerRig rig("dvd+r");
    rig.patience.write = std::chrono::milliseconds(300);
    rig.patience.death = std::chrono::milliseconds(100);
    rig.restart();
    rig.insert_blank();
    const BurnJob job = rig.job({rig.stage("one").file("a", std::string(200'000, 'a')).seal()});
    rig.burner().add({.kind = FaultKind::hang, .opcode = kWrite, .skip = 2});
    TestObserver observer;
    std::optional<HeldWorker> held;
    observer.on_plan = [&](const BurnPlan&) {
        held.emplace();
        return Status();
    };
    const auto written = rig.drive().burn(job, observer);
    if (!held->holds()) {
        MESSAGE("skipped: processes can't be traced here");
        return;
    }
    REQUIRE_FALSE(written);
    CHECK(drive_is_lost(written.error()));
    const auto commands = rig.burner().state().commands;
    for (int i = 0; i < 2; ++i) {
        const auto refused = rig.drive().inspect();
        REQUIRE_FALSE(refused);
        CHECK(drive_is_lost(refused.error()));
        CHECK(refused.error().message.find("the kernel still waits for the drive") != std::string::npos);
    }
    CHECK(rig.burner().state().commands == commands);
    held.reset();
    CHECK(wait_until([&] { return rig.drive().inspect().has_value(); }));
    CHECK(rig.medium().state == MediumState::damaged);
}

TEST_CASE("burner: what libburn and libisofs warn of in a burn that is well is told with it") {
    BurnerRig rig("dvd+r");
    rig.insert_blank();
    const BurnJob job = rig.job({rig.stage("one").file("a", "1").link("to a", "a").seal()});
    rig.burner().add({.kind = FaultKind::sense, .sense = {1, 0x18, 0}, .opcode = kReadTrackInfo, .skip = 1});
    TestObserver observer;
    const auto written = rig.drive().burn(job, observer);
    REQUIRE(written);
    CHECK(written->messages.find("WARNING: Cannot add /alice/one/data/to a to Joliet tree") !=
          std::string::npos);
    CHECK(written->messages.find("WARNING: Upcoming track: No Next-Writable-Address") != std::string::npos);
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

TEST_CASE("burner: a disc that is taken out while it is written is not called bad until it is back") {
    BurnerRig rig("dvd+r");
    rig.insert_blank();
    const std::string disc = rig.burner().state().disc.data();
    const BurnJob job = rig.job({rig.stage("one").file("a", std::string(400'000, 'a')).seal()});
    rig.burner().add({.kind = FaultKind::pull_medium, .opcode = kWrite, .skip = 3});
    CHECK(burn_error(rig, job).code == Errc::no_medium);
    CHECK(rig.drive().adjudicate(job, 1, 0).error().code == Errc::no_medium);
    rig.burner().insert(disc);
    const auto outcome = rig.drive().adjudicate(job, 1, 0);
    REQUIRE(outcome);
    CHECK(*outcome == Drive::Outcome::damaged);
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
        const auto outcome = rig.drive().adjudicate(job, burned + 1, observer.plans[0].start_lba);
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

TEST_CASE("burner: a bit that the drive wrote wrongly is found and named") {
    BurnerRig rig("bd-r");
    rig.insert_blank();
    const BurnSession session = rig.stage("one").file("a", std::string(3'000'000, 'a')).seal();
    const BurnJob before = rig.job({session});
    rig.burner().add({.kind = FaultKind::flip_bit, .opcode = kWrite, .skip = 20, .amount = 5000});
    TestObserver observer;
    REQUIRE(rig.drive().burn(before, observer));
    const auto report = rig.drive().verify(rig.job({session}), 1, observer);
    REQUIRE(report);
    REQUIRE(report->mismatches.size() == 1);
    CHECK(report->mismatches[0].find("data/a") != std::string::npos);
}
