// A skimmer over a tree that changes: nothing twice, nothing missed.
#include "server/skim/skim_run.hpp"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <random>

#include "tests/support/server/skim_house.hpp"

using namespace burnbox;
using namespace burnbox::test;
using namespace std::chrono_literals;

namespace {

std::string content(int number) {
    return "content " + std::to_string(10'000 + number);  // all of one length: only times and inodes differ
}

void set_mtime(const std::string& path, std::time_t seconds) {
    const timespec times[2] = {{.tv_sec = seconds, .tv_nsec = 0}, {.tv_sec = seconds, .tv_nsec = 0}};
    REQUIRE(::utimensat(AT_FDCWD, path.c_str(), times, 0) == 0);
}

}  // namespace

TEST_CASE("skim: a session is exactly what is new, below the folder's name, with its own marker") {
    SkimHouse skim;
    skim.put("a/b", "one");
    skim.put("c", "two");
    skim.run_well();
    REQUIRE(skim.house.rows().size() == 1);
    const SessionRow row = skim.house.rows().front();
    CHECK(row.state == SessionState::queued);
    CHECK(row.name.starts_with("skim-20"));
    CHECK(row.files_count == 2);
    CHECK(row.marker_name == "SKIM");
    CHECK(skim.house.manifest_paths(row) == std::vector<std::string>{"data", "data/a", "data/a/b", "data/c"});
    CHECK(contains(skim.house.text("alice/" + row.folder + "/SKIM"), "2 new or changed files"));

    skim.put("a/d", "three");
    skim.run_well();
    REQUIRE(skim.house.rows().size() == 2);
    CHECK(skim.house.manifest_paths(skim.house.rows().back()) ==
          std::vector<std::string>{"data", "data/a", "data/a/d"});
}

TEST_CASE("skim: when nothing is new there is no session") {
    SkimHouse skim;
    skim.run_well();
    CHECK(skim.house.rows().empty());
    skim.put("a", "one");
    skim.run_well();
    for (int i = 0; i < 3; ++i) skim.run_well();
    std::filesystem::create_directory(skim.at("empty"));
    skim.remove("a");
    skim.run_well();
    CHECK(skim.house.rows().size() == 1);
}

TEST_CASE("skim: files of any time are taken once, with their neighbours") {
    SkimHouse skim;
    skim.config.min_age = 1ms;
    for (const std::int64_t seconds :
         {-11'644'473'600LL, -9'223'372'036LL, -7'000'000'000LL, -1LL, 4'294'967'296LL, 9'223'372'036LL,
          10'413'792'000LL, 253'402'300'799LL}) {
        const std::string name = "t" + std::to_string(seconds);
        skim.put(name, name);
        set_mtime(skim.at(name), seconds);
    }
    skim.put("neighbour", "one");
    set_mtime(skim.config.from, 253'402'300'799LL);
    skim.clock.ahead = 1h;
    skim.run_well();
    REQUIRE(skim.sessions().size() == 1);
    CHECK(skim.replayed() == skim.tree());
    skim.run_well();
    CHECK(skim.house.rows().size() == 1);
}

TEST_CASE("skim: a folder that is empty at once is not there, and nothing in it counts as removed") {
    SkimHouse skim;
    skim.run_well();  // empty from the start
    skim.put("a", "one");
    skim.put("b", "two");
    skim.run_well();
    std::filesystem::rename(skim.config.from, skim.config.from + ".disk");
    std::filesystem::create_directory(skim.config.from);
    skim.run_well();
    CHECK(contains(skim.report.away, "is its disk mounted"));
    std::filesystem::remove(skim.config.from);
    std::filesystem::rename(skim.config.from + ".disk", skim.config.from);
    skim.remove("b");
    skim.put("c", "three");
    skim.run_well();
    REQUIRE(skim.sessions().size() == 2);
    CHECK(skim.sessions().back().removed == std::vector<std::string>{"b"});
}

TEST_CASE("skim: an idle run reads no content") {
    SkimHouse skim;
    skim.put("a", "one");
    skim.let_times_pass();
    skim.clock.ahead = 1h;
    skim.run_well();
    CHECK(skim.report.read_count == 1);
    skim.run_well();
    CHECK(skim.report.files_count == 1);
    CHECK(skim.report.read_count == 0);
}

TEST_CASE("skim: a file that was touched is read, and taken only when its content is another one") {
    SkimHouse skim;
    skim.put("same", content(1));
    skim.put("other", content(2));
    skim.run_well();
    set_mtime(skim.at("same"), 1'000'000'000);
    skim.put("other", content(3));
    set_mtime(skim.at("other"), 1'000'000'000);  // as rsync -t, in the past
    skim.run_well();
    CHECK(skim.house.rows().size() == 2);
    CHECK(skim.house.rows().back().files_count == 1);
    CHECK(skim.replayed() == skim.tree());
}

TEST_CASE("skim: what is gone is listed once, in the next session; what was moved is new at its new path") {
    SkimHouse skim;
    skim.put("a/gone 100%", "one");
    skim.put("moved", "two");
    skim.run_well();
    skim.remove("a");
    skim.rename("moved", "b/moved");
    skim.run_well();
    skim.put("c", "three");
    skim.run_well();
    const auto sessions = skim.sessions();
    REQUIRE(sessions.size() == 3);
    CHECK(sessions[0].removed.empty());
    CHECK(sessions[1].removed == std::vector<std::string>{"a/gone 100%25", "moved"});
    CHECK(sessions[1].manifest.find("data/b/moved") != nullptr);
    CHECK(sessions[2].removed.empty());
}

TEST_CASE("skim: a glob that excludes later hides nothing that was taken, and does not call it removed") {
    SkimHouse skim;
    skim.put("keep", "one");
    skim.put("cache/x", "two");
    skim.run_well();
    skim.config.exclude = {"cache"};
    skim.put("more", "three");
    skim.run_well();
    CHECK(skim.sessions().back().removed.empty());
    skim.config.exclude.clear();
    skim.run_well();
    CHECK(skim.house.rows().size() == 2);
}

TEST_CASE("skim: a folder that can't be read is a problem, and what is in it is not called removed") {
    if (::geteuid() == 0) return;  // reads everything
    SkimHouse skim;
    skim.put("shut/x", "one");
    skim.run_well();
    REQUIRE(::chmod(skim.at("shut").c_str(), 0) == 0);
    skim.put("more", "two");
    REQUIRE(skim.run());
    CHECK(skim.report.problems.size() == 1);
    CHECK(skim.sessions().back().removed.empty());
    REQUIRE(::chmod(skim.at("shut").c_str(), 0755) == 0);
}

TEST_CASE("skim: links inside the folder are taken, others are named") {
    SkimHouse skim;
    skim.put("a/x", "one");
    std::filesystem::create_symlink("x", skim.at("a/inside"));
    std::filesystem::create_symlink("/etc/passwd", skim.at("outside"));
    REQUIRE(skim.run());
    REQUIRE(skim.report.problems.size() == 1);
    CHECK(contains(skim.report.problems.front(), "outside"));
    const auto session = skim.sessions().front();
    REQUIRE(session.manifest.find("data/a/inside") != nullptr);
    CHECK(session.manifest.find("data/a/inside")->link_target == "x");
    CHECK(session.manifest.find("data/outside") == nullptr);
    REQUIRE(skim.run());
    CHECK(skim.house.rows().size() == 1);
}

TEST_CASE("skim: more than max_size becomes several sessions; a file that no disc holds stops no other") {
    SkimHouse skim;
    skim.config.max_size_bytes = 10;
    for (const char* const name : {"a", "b", "c"}) skim.put(name, "123456");
    skim.run_well();
    CHECK(skim.house.rows().size() == 3);
    CHECK(skim.replayed() == skim.tree());

    skim.config.max_size_bytes = 1000;
    skim.house.fits = fail(Errc::does_not_fit, "larger than any disc");
    skim.put("d", "1");
    skim.put("e", "2");
    REQUIRE(skim.run());
    CHECK(skim.report.problems.size() == 2);
    skim.house.fits = {};
    skim.run_well();
    CHECK(skim.replayed() == skim.tree());
    CHECK(skim.most_often_taken() == 1);
}

TEST_CASE("skim: the quota ends a run, and the next one goes on") {
    SkimHouse skim;
    skim.config.max_size_bytes = 6;
    for (const char* const name : {"a", "b", "c"}) skim.put(name, "123456");
    skim.house.alice().quota_bytes = 13;
    skim.house.start();
    const Status stopped = skim.run();
    REQUIRE_FALSE(stopped);
    CHECK(stopped.error().code == Errc::quota);
    CHECK(skim.house.rows().size() == 2);
    skim.house.burn(skim.house.rows().front().id, "DISC_1");
    skim.run_well();
    CHECK(skim.house.rows().size() == 3);
    CHECK(skim.most_often_taken() == 1);
}

TEST_CASE("skim: a missing folder ends the run, an empty one changes nothing: it may not be mounted") {
    SkimHouse skim;
    skim.put("a", "one");
    skim.run_well();
    std::filesystem::rename(skim.config.from, skim.temp / "away");
    CHECK_FALSE(skim.run());
    std::filesystem::create_directory(skim.config.from);
    skim.run_well();
    std::filesystem::remove(skim.config.from);
    std::filesystem::rename(skim.temp / "away", skim.config.from);
    skim.run_well();
    CHECK(skim.house.rows().size() == 1);
}

TEST_CASE("skim: whichever operation fails, and when the power goes then, nothing is missed or taken twice") {
    for (const auto mode : {FaultPlan::Mode::once, FaultPlan::Mode::from_then_on}) {
        for (std::uint64_t n = 1;; ++n) {
            CAPTURE(n);
            SkimHouse skim;
            skim.config.max_size_bytes = 6;
            skim.put("old", "123");
            skim.put("changes", "123");
            skim.run_well();
            skim.remove("old");
            skim.put("changes", "1234");
            skim.put("new", "12345");
            skim.house.plan.fail_at(n, Errc::io, mode);
            (void)skim.run();
            const bool reached = skim.house.plan.hit();
            CAPTURE(skim.house.plan.where());
            skim.house.plan.fail_nothing();
            skim.crash();
            skim.run_well();
            CHECK(skim.replayed() == skim.tree());
            CHECK(skim.most_often_taken() == 1);
            for (const std::string& name : skim.house.names("alice")) CHECK(contains(name, "-queued"));
            skim.run_well();
            CHECK(skim.replayed() == skim.tree());
            if (!reached) break;
        }
    }
}

TEST_CASE(
    "skim: over random changes, runs and power cuts the sessions replayed are the tree, nothing twice") {
    const auto seed = std::random_device{}();
    CAPTURE(seed);
    std::mt19937 random(seed);
    const auto below = [&](unsigned most) { return static_cast<int>(random() % most); };
    SkimHouse skim;
    skim.config.max_size_bytes = 60;
    int number = 0;
    std::vector<std::string> paths;
    const auto pick = [&]() -> std::string& { return paths[random() % paths.size()]; };
    for (int step = 0; step < 300; ++step) {
        CAPTURE(step);
        switch (below(10)) {
            case 0:
            case 1:
            case 2:
                paths.push_back(std::string(1, static_cast<char>('a' + below(4))) + "/" +
                                std::to_string(number));
                skim.put(paths.back(), content(number++));
                break;
            case 3:
            case 4:
                if (!paths.empty()) skim.put(pick(), content(number++));
                break;
            case 5:
                if (!paths.empty()) set_mtime(skim.at(pick()), below(1'000'000'000));
                break;
            case 6:
                if (!paths.empty()) {
                    std::string& path = pick();
                    const std::string to = "moved/" + std::to_string(number++);
                    skim.rename(path, to);
                    path = to;
                }
                break;
            case 7:
                if (!paths.empty()) {
                    std::swap(pick(), paths.back());
                    skim.remove(paths.back());
                    paths.pop_back();
                }
                break;
            case 8:
                if (below(2) == 0) {
                    skim.house.plan.fail_at(1 + random() % 60, Errc::io, FaultPlan::Mode::from_then_on);
                    (void)skim.run();
                    skim.house.plan.fail_nothing();
                }
                skim.crash();
                break;
            default:
                skim.clock.ahead = below(2) == 0 ? 0h : 1h;
                if (skim.clock.ahead > 0h) skim.let_times_pass();
                skim.run_well();
        }
    }
    // Removals are told with what is new.
    skim.put("last", "last");
    skim.run_well();
    CHECK(skim.replayed() == skim.tree());
    CHECK(skim.most_often_taken() == 1);
}

TEST_CASE("skim: what a disc would not show as it is stays out, and its neighbours are taken") {
    SkimHouse skim;
    skim.put("a/good", "one");
    skim.put("a/bad", "two");
    skim.put("worse", "three");
    skim.put("z", "four");
    skim.house.prove = [&](const std::string& seal_id) -> Result<Proof> {
        const auto sealed = parse_seal_record(
            read_file(skim.house.state_fs, "seals/" + seal_id + ".jsonl", 1U << 20U).value());
        REQUIRE(sealed);
        Proof proof;
        for (const ManifestEntry& entry : sealed->manifest.entries)
            if (entry.path == "data/a/bad" || entry.path == "data/worse")
                proof.findings.push_back({entry.path, "its time differs"});
        return proof;
    };
    REQUIRE(skim.run());
    REQUIRE(skim.house.rows().size() == 1);
    CHECK(skim.house.manifest_paths(skim.house.rows().front()) ==
          std::vector<std::string>{"data", "data/a", "data/a/good", "data/z"});
    REQUIRE(skim.report.problems.size() == 2);
    CHECK(skim.report.problems[0] == "a/bad: a disc would not show it as it is: its time differs");
    REQUIRE(skim.run());  // still bad, and nothing else is new
    CHECK(skim.house.rows().size() == 1);
    CHECK(skim.report.problems.size() == 2);
    skim.house.prove = [](const std::string&) { return Proof{}; };
    skim.run_well();
    CHECK(skim.replayed() == skim.tree());
}

TEST_CASE("skim: what a disc would not show together is taken in several sessions") {
    SkimHouse skim;
    for (const char* name : {"a", "b", "c", "d", "e"}) skim.put(name, name);
    skim.house.prove = [&](const std::string& seal_id) -> Result<Proof> {
        const auto sealed = parse_seal_record(
            read_file(skim.house.state_fs, "seals/" + seal_id + ".jsonl", 1U << 20U).value());
        REQUIRE(sealed);
        if (sealed->manifest.files_count() > 2) return Proof{{{"", "the folder is too long"}}};
        return Proof{};
    };
    skim.run_well();
    CHECK(skim.house.rows().size() == 3);
    CHECK(skim.replayed() == skim.tree());
}

TEST_CASE("skim: a proof that can't run ends the run, and the next one takes all") {
    SkimHouse skim;
    skim.put("a", "one");
    skim.house.prove = [](const std::string&) -> Result<Proof> { return fail(Errc::busy, "no memory"); };
    CHECK_FALSE(skim.run());
    CHECK(skim.house.rows().empty());
    skim.house.prove = [](const std::string&) { return Proof{}; };
    skim.run_well();
    CHECK(skim.replayed() == skim.tree());
}
