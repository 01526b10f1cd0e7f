// Images that something else changed: what readers begin with, what is missing at the end, what was appended.
#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "burner/media/iso_head.hpp"
#include "tests/contract/drive_rig.hpp"

using namespace burnbox;
using namespace burnbox::test;

namespace {

std::string read_image(const std::string& path) {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

void put_image(const std::string& path, const std::string& bytes) {
    std::ofstream(path, std::ios::binary | std::ios::trunc) << bytes;
}

// A disc with two disc sessions of one session each.
struct TwoOnDisc {
    TwoOnDisc() {
        rig.insert_blank();
        for (const char* const name : {"one", "two"}) {
            sessions.push_back(rig.stage(name).file("a", std::string(5000, *name)).seal());
            rig.burn_well({sessions.back()});
        }
        good = read_image(rig.image());
    }

    VerifyReport verify(std::size_t disc_session) {
        TestObserver observer;
        auto report = rig.drive().verify(rig.job({sessions[disc_session - 1]}),
                                         static_cast<unsigned>(disc_session), observer);
        if (!report) FAIL(report.error().message);
        return *report;
    }

    WorkerDriveRig rig;
    std::vector<BurnSession> sessions;
    std::string good;
};

Error failed_burn(WorkerDriveRig& rig, const BurnJob& job) {
    TestObserver observer;
    auto written = rig.drive().burn(job, observer);
    REQUIRE_FALSE(written);
    CHECK(observer.plans.empty());
    return written.error();
}

}  // namespace

TEST_CASE("changed image: a read-back tells of every block that readers begin with") {
    TwoOnDisc disc;
    for (const std::size_t offset :
         {std::size_t{100}, 15 * kSectorBytes + 7, 16 * kSectorBytes + 158, 16 * kSectorBytes + 700,
          17 * kSectorBytes + 158, 18 * kSectorBytes + 9, 31 * kSectorBytes + 2047}) {
        CAPTURE(offset);
        std::string changed = disc.good;
        changed[offset] = static_cast<char>(changed[offset] ^ 0x40);
        put_image(disc.rig.image(), changed);
        for (const std::size_t disc_session : {1U, 2U}) {
            const VerifyReport report = disc.verify(disc_session);
            REQUIRE(report.mismatches.size() == 1);
            CHECK(report.mismatches[0].find("blocks 0 to 31, which readers begin with") != std::string::npos);
            CHECK(report.mismatches[0].find("from block " + std::to_string(offset / kSectorBytes) + " on") !=
                  std::string::npos);
        }
    }
    put_image(disc.rig.image(), disc.good);
    for (const std::size_t disc_session : {1U, 2U}) CHECK(disc.verify(disc_session).mismatches.empty());
}

TEST_CASE("changed image: the head of an older disc session at block 0 is a difference") {
    TwoOnDisc disc;
    const auto first = copy_for_block_zero(disc.good.substr(kHeadBytes, kHeadBytes), 32);
    REQUIRE(first);
    put_image(disc.rig.image(), *first + disc.good.substr(kHeadBytes));
    const VerifyReport report = disc.verify(1);
    REQUIRE(report.mismatches.size() == 1);
    CHECK(report.mismatches[0].find("disc session 2") != std::string::npos);
}

TEST_CASE("changed image: what was begun behind the newest disc session is none of its readers' business") {
    TwoOnDisc disc;
    const std::uint64_t next = disc.rig.medium().next_lba * kSectorBytes;
    std::string longer = disc.good;
    longer.resize(next);
    longer += disc.good.substr(kHeadBytes, 100'000);
    put_image(disc.rig.image(), longer);
    for (const std::size_t disc_session : {1U, 2U}) CHECK(disc.verify(disc_session).mismatches.empty());
}

TEST_CASE("changed image: nothing is appended where the end is missing, and the reason is plain") {
    TwoOnDisc disc;
    const BurnJob job = disc.rig.job({disc.rig.stage("three").file("a", "3").seal()});
    std::size_t left = 0;
    SUBCASE("a byte") {
        left = disc.good.size() - 1;
    }
    SUBCASE("a block") {
        left = disc.good.size() - kSectorBytes;
    }
    SUBCASE("half of it") {
        left = disc.good.size() / 2;
    }
    SUBCASE("all but the head") {
        left = kHeadBytes;
    }
    const std::string cut = disc.good.substr(0, left);
    put_image(disc.rig.image(), cut);
    const Medium medium = disc.rig.medium();
    CHECK(medium.state == MediumState::damaged);
    CHECK(medium.label == DriveRig::kLabel);
    CHECK(medium.free_bytes == 0);
    const Error error = failed_burn(disc.rig, job);
    CHECK(error.code == Errc::wrong_medium);
    CHECK(error.message.find("its end is missing") != std::string::npos);
    CHECK(read_image(disc.rig.image()) == cut);
    put_image(disc.rig.image(), disc.good);
    CHECK(disc.rig.burn_well({disc.rig.stage("four").file("a", "4").seal()}) == 3);
}

TEST_CASE("changed image: nothing is appended where one bit of the newest tree changed, known or not") {
    TwoOnDisc disc;
    const TreeArea tree = disc.rig.tree(2);
    BurnJob job = disc.rig.job({disc.rig.stage("three").file("a", "3").seal()});
    for (std::uint64_t offset = kHeadBytes / 2; offset < tree.blocks * kSectorBytes; offset += 1999) {
        CAPTURE(offset);
        std::string changed = disc.good;
        const std::uint64_t at = tree.start_lba * kSectorBytes + offset;
        changed[at] = static_cast<char>(changed[at] ^ 4);
        put_image(disc.rig.image(), changed);
        job.tree = tree;
        const Error error = failed_burn(disc.rig, job);
        CHECK(error.code == Errc::wrong_medium);
        CHECK(error.message.find("not as it was burned") != std::string::npos);
        CHECK(read_image(disc.rig.image()) == changed);
    }
    // A folder's record in the primary tree: how it was burned is not known.
    std::string changed = disc.good;
    const std::size_t record = disc.good.find("NM", tree.start_lba * kSectorBytes);
    REQUIRE(record < disc.good.size());
    changed[record + 5] = static_cast<char>(changed[record + 5] ^ 1);
    put_image(disc.rig.image(), changed);
    job.tree.reset();
    CHECK(failed_burn(disc.rig, job).code == Errc::wrong_medium);
    put_image(disc.rig.image(), disc.good);
    CHECK(disc.rig.burn_well({disc.rig.stage("four").file("a", "4").seal()}) == 3);
}

TEST_CASE("changed image: what was appended and is no disc session is cut off, and told") {
    TwoOnDisc disc;
    const std::uint64_t next = disc.rig.medium().next_lba * kSectorBytes;
    std::string longer = disc.good;
    longer.resize(next);
    put_image(disc.rig.image(), longer + std::string(10'000'000, 'x'));
    const BurnSession third = disc.rig.stage("three").file("a", "3").seal();
    TestObserver observer;
    observer.on_plan = [](const BurnPlan&) { return fail(Errc::conflict, "not now"); };
    CHECK_FALSE(disc.rig.drive().burn(disc.rig.job({third}), observer));
    CHECK(std::filesystem::file_size(disc.rig.image()) == next + 10'000'000);
    observer.on_plan = [](const BurnPlan&) { return Status(); };
    const auto written = disc.rig.drive().burn(disc.rig.job({third}), observer);
    REQUIRE(written);
    CHECK(written->messages.find("10000000 bytes") != std::string::npos);
    CHECK(std::filesystem::file_size(disc.rig.image()) < next + 5'000'000);
    for (const std::size_t disc_session : {1U, 2U}) CHECK(disc.verify(disc_session).mismatches.empty());
    disc.rig.verify_well({third}, 3);
}

TEST_CASE("changed image: a whole disc session behind the last known one is neither cut nor written over") {
    TwoOnDisc disc;
    std::string longer = disc.good;
    longer.resize(disc.rig.medium().next_lba * kSectorBytes);
    std::string more = longer.substr(kHeadBytes);  // the descriptors' blocks are those of the first one still
    SUBCASE("of this disc") {}
    SUBCASE("of another") {
        for (std::size_t at = 0; (at = more.find(DriveRig::kSerial, at)) != std::string::npos;)
            more.replace(at, 4, "ffff");
    }
    longer += more;
    put_image(disc.rig.image(), longer);
    const Error error = failed_burn(disc.rig, disc.rig.job({disc.rig.stage("three").file("a", "3").seal()}));
    CHECK(error.code == Errc::wrong_medium);
    CHECK(error.message.find("bytes lie behind what was burned on it") != std::string::npos);
    CHECK(read_image(disc.rig.image()) == longer);
}
