// Sessions are proven by real workers, of their records alone.
#include "burner/worker/prover.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <filesystem>
#include <fstream>

#include "tests/contract/drive_rig.hpp"
#include "tests/support/must.hpp"

using namespace burnbox;
using namespace burnbox::test;

namespace {

struct ProverRig : WorkerDriveRig {
    std::unique_ptr<Prover> prover = make_worker_prover(spawner(), BURNBOX_TEST_WORKER);

    Result<Proof> prove(StagedSession& session, Layout layout = Layout::bag) {
        BurnJob job;
        job.disc.label = "BURNBOX_PROOF", job.disc.serial = kSerial;
        job.sessions = {session.seal()};
        job.layout = layout;
        std::filesystem::remove_all(job.sessions[0].folder);  // nobody looks at the files
        return prover->prove(job);
    }
};

std::string repeat(const std::string& text, unsigned times) {
    std::string out;
    while (times-- > 0) out += text;
    return out;
}

}  // namespace

TEST_CASE("prover: what a disc shows as it was sealed is proven without its files") {
    for (const Layout layout : {Layout::bag, Layout::plain, Layout::root}) {
        CAPTURE(static_cast<int>(layout));
        ProverRig rig;
        StagedSession session = rig.stage("good");
        session.file("empty", "").file("a%b.txt", "content").folder("photos");
        session.file("photos/" + repeat("\xd1\x84", 120) + ".jpg", std::string(5000, 'x'));
        session.folder("photos/.hidden").link("photos/link", "../empty").link("absolute", "/etc/passwd");
        session.unread("large", 5'000'000'000);
        const Proof proof = must(rig.prove(session, layout));
        CHECK(to_sentence(proof) == "");
    }
}

TEST_CASE("prover: what libisofs writes differently is named with its path in the session") {
    for (const Layout layout : {Layout::bag, Layout::plain, Layout::root}) {
        CAPTURE(static_cast<int>(layout));
        ProverRig rig;
        StagedSession session = rig.stage("bad");
        session.folder("s").link("s/l", "spoiled").link("fine", "s").file("a", "1");
        const Proof proof = must(rig.prove(session, layout));
        REQUIRE(proof.findings.size() == 1);
        CHECK(proof.findings[0].path == "s/l");
        CHECK(proof.findings[0].what == "its link target differs");
    }
}

TEST_CASE("prover: what no disc can hold is a finding, not an error") {
    ProverRig rig;
    StagedSession session = rig.stage("long");
    session.link("l", repeat("a/", 520)).file("a", "1");
    const Proof proof = must(rig.prove(session));
    REQUIRE_FALSE(proof.good());
    CHECK(proof.findings[0].what.find("/alice/long/data/l") != std::string::npos);
}

TEST_CASE("prover: a record that is gone, and a worker that can't start, are errors that say so") {
    ProverRig rig;
    BurnJob job;
    job.disc.label = "BURNBOX_PROOF", job.disc.serial = DriveRig::kSerial;
    job.sessions = {{rig.temp() / "state/seals/none.jsonl", ""}};
    const auto gone = rig.prover->prove(job);
    REQUIRE_FALSE(gone);
    CHECK(gone.error().code == Errc::not_found);
    StagedSession session = rig.stage("one");
    job.sessions = {session.file("a", "1").seal()};
    CHECK_FALSE(make_worker_prover(rig.spawner(), rig.temp() / "no-program")->prove(job));
}

TEST_CASE("prover: twenty thousand files are proven in the time of a breath") {
    ProverRig rig;
    SealedSession sealed;
    sealed.account = "alice", sealed.disc_name = "many";
    sealed.sealed_at = *parse_iso8601("2026-11-23T10:00:00Z");
    for (unsigned i = 0; i < 20'000; ++i) {
        if (i % 100 == 0)
            sealed.manifest.entries.push_back(
                {.path = "f" + std::to_string(10'000 + i / 100), .type = FileType::folder, .mode = 0755});
        ManifestEntry& entry = sealed.manifest.entries.emplace_back();
        entry.path = "f" + std::to_string(10'000 + i / 100) + "/file " + std::to_string(100'000 + i) + ".bin";
        entry.mode = 0644, entry.size_bytes = 16'384;
    }
    StagedSession few = rig.stage("few");
    BurnJob job;
    job.disc.label = "BURNBOX_PROOF", job.disc.serial = DriveRig::kSerial;
    job.sessions = {few.file("a", "1").seal()};
    const auto timed = [&] {
        const auto began = std::chrono::steady_clock::now();
        CHECK(to_sentence(must(rig.prover->prove(job))) == "");
        return std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::steady_clock::now() -
                                                                     began);
    };
    const auto small = timed();
    std::ofstream(job.sessions[0].seal_record, std::ios::binary) << to_seal_record(sealed);
    MESSAGE("one file ", small.count(), " us, 20000 files ", timed().count(), " us");
}
