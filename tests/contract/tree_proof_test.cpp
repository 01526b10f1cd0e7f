// The proof on the blocks of a real tree that is spoiled in every place: what libisofs does wrong by itself
// is mended elsewhere, and the proof must find it without.
#include "burner/operations/tree_proof.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <fstream>

#include "tests/contract/drive_rig.hpp"
#include "tests/support/must.hpp"

using namespace burnbox;
using namespace burnbox::test;

namespace {

// A disc session as it went to an image, and what was sealed.
struct Burned {
    WorkerDriveRig rig;
    BurnJob job;
    BurnPlan plan;
    std::vector<JobSession> sessions;
    std::optional<DiscEntry> readme;
    std::string tree;

    Burned() {
        rig.insert_blank();
        StagedSession session = rig.stage("one");
        session.folder("d").folder("d/e").link("d/l", "../a").file("a", "1").file("empty", "");
        for (unsigned i = 0; i < 60; ++i)
            session.file("d/e/" + std::string(100, static_cast<char>('a' + i % 26)) + std::to_string(i), "x");
        job = rig.job({session.seal()});
        TestObserver observer;
        REQUIRE(rig.drive().burn(job, observer));
        plan = observer.plans.at(0);
        sessions = must(read_job_sessions(job));
        readme = readme_entry(job.disc, newest_seal(sessions));
        std::ifstream image(rig.image(), std::ios::binary);
        image.seekg(static_cast<std::streamoff>(plan.start_lba * kSectorBytes));
        tree.resize(plan.tree.blocks * kSectorBytes);
        REQUIRE(image.read(tree.data(), static_cast<std::streamsize>(tree.size())));
    }

    Mismatches prove(const std::string& blocks) {
        Mismatches mismatches;
        must(prove_tree(std::as_bytes(std::span(blocks)), plan.tree, plan.blocks,
                        {job.disc, sessions, job.layout, readme, newest_seal(sessions), nullptr},
                        mismatches));
        return mismatches;
    }
};

}  // namespace

TEST_CASE("tree proof: the tree that was burned is proven") {
    Burned burned;
    const Mismatches mismatches = burned.prove(burned.tree);
    for (const std::string& text : mismatches.texts()) FAIL_CHECK(text);
}

TEST_CASE("tree proof: a tree that was written longer or shorter than it was computed is found, wherever") {
    Burned burned;
    const std::string zeros(kSectorBytes, '\0');
    for (std::uint32_t block = 16; block < burned.plan.tree.blocks; ++block) {
        CAPTURE(block);
        const std::size_t at = block * kSectorBytes;
        const bool is_empty = burned.tree.compare(at, kSectorBytes, zeros) == 0;
        std::string shorter = burned.tree;
        shorter.erase(at, kSectorBytes).append(zeros);
        CHECK((is_empty || !burned.prove(shorter).none()));
        std::string longer = burned.tree;
        longer.insert(at, zeros).resize(burned.tree.size());
        CHECK((is_empty || !burned.prove(longer).none()));
    }
}

TEST_CASE("tree proof: a block that is lost is found, whatever it holds") {
    Burned burned;
    const std::string zeros(kSectorBytes, '\0');
    for (std::uint32_t block = 16; block < burned.plan.tree.blocks; ++block) {
        CAPTURE(block);
        std::string lost = burned.tree;
        lost.replace(block * kSectorBytes, kSectorBytes, zeros);
        CHECK((lost == burned.tree || !burned.prove(lost).none()));
    }
}

TEST_CASE("tree proof: what was sealed otherwise is named") {
    Burned burned;
    std::vector<DiscEntry>& entries = burned.sessions[0].entries;
    const auto named = [&](const char* path) -> DiscEntry& {
        return *std::ranges::find(entries, std::string("alice/one/data/") + path, &DiscEntry::path);
    };
    const auto only = [&](const std::string& text) {
        const Mismatches found = burned.prove(burned.tree);
        REQUIRE(found.texts().size() == 1);
        CHECK(found.texts()[0] == "/alice/one/data/" + text);
    };
    SUBCASE("a mode") {
        named("a").mode ^= 0111U;
        only("a: its mode differs");
    }
    SUBCASE("a time") {
        named("d").mtime += std::chrono::seconds(1);
        only("d: its time differs");
    }
    SUBCASE("a link") {
        named("d/l").link_target = "../a/";
        only("d/l: its link target differs");
    }
    SUBCASE("a size") {
        named("a").size_bytes = 2;
        only("a: its size on the disc is 1, sealed were 2");
    }
    SUBCASE("one entry more") {
        entries.erase(std::ranges::find(entries, "alice/one/data/empty", &DiscEntry::path));
        only("empty: it is on the disc, but was not sealed");
    }
    SUBCASE("one entry less") {
        entries.push_back(named("a"));
        entries.back().path = "alice/one/zzz";
        const Mismatches found = burned.prove(burned.tree);
        REQUIRE(found.texts().size() == 1);
        CHECK(found.texts()[0] == "/alice/one/zzz: it is not on the disc");
    }
}
