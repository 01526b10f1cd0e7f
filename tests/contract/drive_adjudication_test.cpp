// How an emulated disc is judged and put right after a burn was cut off: by what the image shows, never by
// what a record says.
#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>

#include "burner/media/iso_head.hpp"
#include "tests/contract/drive_rig.hpp"

using namespace burnbox;
using namespace burnbox::test;

namespace {

std::string read_bytes(const std::string& path, std::uint64_t offset = 0, std::uint64_t count = 1ULL << 40U) {
    std::ifstream in(path, std::ios::binary);
    count = std::min<std::uint64_t>(count, std::filesystem::file_size(path) - offset);
    in.seekg(static_cast<std::streamoff>(offset));
    std::string bytes(count, '\0');
    in.read(bytes.data(), static_cast<std::streamsize>(count));
    return bytes;
}

void overwrite(const std::string& path, std::uint64_t offset, const std::string& bytes) {
    std::fstream file(path, std::ios::binary | std::ios::in | std::ios::out);
    file.seekp(static_cast<std::streamoff>(offset));
    file << bytes;
}

// A disc, and each disc session that was burned on it.
struct Disc {
    WorkerDriveRig rig;
    std::vector<BurnJob> jobs;  // job.disc: as it was before
    std::vector<BurnSession> sessions;
    std::vector<std::uint32_t> starts;
    std::vector<std::string> heads;  // at block 0, after it

    explicit Disc(int count) {
        REQUIRE(rig.drive().load_blank(DriveRig::kLabel));
        for (int i = 0; i < count; ++i) burn();
    }
    void burn() {
        const std::string name = "s" + std::to_string(sessions.size() + 1);
        const BurnSession session = rig.stage(name).file("a", name).zeros("zeros", 300'000).seal();
        const BurnJob job = rig.job({session});
        TestObserver observer;
        REQUIRE(rig.drive().burn(job, observer));
        sessions.push_back(session);
        jobs.push_back(job);
        starts.push_back(observer.plans.at(0).start_lba);
        heads.push_back(read_bytes(rig.image(), 0, kHeadBytes));
    }
    // Attempt number `attempt` (from 1) is judged, as a catalogue of before it knows the disc.
    Drive::Outcome adjudicate(std::size_t attempt) {
        const BurnJob& job = jobs.at(attempt - 1);
        auto outcome = rig.drive().adjudicate(job, job.disc.sessions_used + 1, starts.at(attempt - 1));
        if (!outcome) FAIL(outcome.error().message);
        CHECK_FALSE(std::filesystem::exists(job.rollback_file));
        return *outcome;
    }
    void verify_all() {
        for (std::size_t i = 0; i < sessions.size(); ++i)
            rig.verify_well({sessions.begin(), sessions.begin() + static_cast<std::ptrdiff_t>(i) + 1},
                            static_cast<unsigned>(i) + 1);
    }
};

}  // namespace

TEST_CASE("settling: a disc that holds more than the catalogue knows is left as it is") {
    Disc disc(3);
    const std::string before = read_bytes(disc.rig.image());
    for (const std::size_t attempt : {1U, 2U}) {
        CHECK(disc.adjudicate(attempt) == Drive::Outcome::holds_more);
        CHECK(read_bytes(disc.rig.image()) == before);
    }
    disc.verify_all();
}

TEST_CASE("settling: the head of an older state folder is not put over newer disc sessions") {
    Disc disc(3);
    const std::string before = read_bytes(disc.rig.image());
    for (const std::size_t attempt : {2U, 3U}) {
        std::ofstream(disc.jobs[attempt - 1].rollback_file, std::ios::binary) << disc.heads[0];
        disc.adjudicate(attempt);
        CHECK(read_bytes(disc.rig.image()) == before);
    }
}

TEST_CASE("settling: a head that was torn is made again from the newest whole disc session, byte for byte") {
    Disc disc(2);
    SUBCASE("half of it is old") {
        overwrite(disc.rig.image(), 17 * kSectorBytes, disc.heads[0].substr(17 * kSectorBytes));
    }
    SUBCASE("all of it is old") {
        overwrite(disc.rig.image(), 0, disc.heads[0]);
    }
    SUBCASE("half of it is zero") {
        overwrite(disc.rig.image(), 16 * kSectorBytes, std::string(4096, '\0'));
    }
    SUBCASE("all of it is zero") {
        overwrite(disc.rig.image(), 0, std::string(kHeadBytes, '\0'));
    }
    CHECK(disc.adjudicate(2) == Drive::Outcome::written);
    CHECK(read_bytes(disc.rig.image(), 0, kHeadBytes) == disc.heads[1]);
    disc.verify_all();
    disc.burn();
    disc.verify_all();
}

TEST_CASE("settling: the first disc session that is whole stays, though its head was torn") {
    Disc disc(1);
    SUBCASE("torn") {
        overwrite(disc.rig.image(), 16 * kSectorBytes, std::string(4096, '\0'));
    }
    SUBCASE("not begun") {
        overwrite(disc.rig.image(), 0, std::string(kHeadBytes, '\0'));
    }
    CHECK(disc.adjudicate(1) == Drive::Outcome::written);
    CHECK(read_bytes(disc.rig.image(), 0, kHeadBytes) == disc.heads[0]);
    disc.verify_all();
}

TEST_CASE("settling: a head that was changed in another way is damaged, and nothing is written") {
    Disc disc(2);
    overwrite(disc.rig.image(), 16 * kSectorBytes + 813, "1999");
    const std::string before = read_bytes(disc.rig.image());
    CHECK(disc.adjudicate(2) == Drive::Outcome::damaged);
    CHECK(read_bytes(disc.rig.image()) == before);
}

TEST_CASE("settling: what lies behind the newest whole disc session and never was one is cut off") {
    Disc disc(3);
    const std::uint64_t cut = disc.starts[2] * kSectorBytes + 400'000;
    std::filesystem::resize_file(disc.rig.image(), cut);
    SUBCASE("its head is the one before's") {
        overwrite(disc.rig.image(), 0, disc.heads[1]);
        CHECK(disc.adjudicate(3) == Drive::Outcome::untouched);
        CHECK(std::filesystem::file_size(disc.rig.image()) == disc.starts[2] * kSectorBytes);
        disc.sessions.pop_back();
        disc.verify_all();
    }
    SUBCASE("but not when the head says that it was whole once") {
        const std::string before = read_bytes(disc.rig.image());
        CHECK(disc.adjudicate(3) == Drive::Outcome::damaged);
        CHECK(read_bytes(disc.rig.image()) == before);
    }
}

TEST_CASE("settling: nothing is cut off when a disc session in the middle can't be made out") {
    Disc disc(3);
    overwrite(disc.rig.image(), disc.starts[1] * kSectorBytes + 16 * kSectorBytes, std::string(2048, '\0'));
    SUBCASE("the head is the newest's") {}
    SUBCASE("the head is the first's") {
        overwrite(disc.rig.image(), 0, disc.heads[0]);
    }
    const std::string before = read_bytes(disc.rig.image());
    for (const std::size_t attempt : {1U, 2U, 3U}) CHECK(disc.adjudicate(attempt) == Drive::Outcome::damaged);
    CHECK(read_bytes(disc.rig.image()) == before);
}

TEST_CASE("settling: only a first disc session that was cut off makes a blank disc again") {
    Disc disc(1);
    const std::string whole = read_bytes(disc.rig.image());
    const auto put = [&](std::string bytes) { std::ofstream(disc.rig.image(), std::ios::binary) << bytes; };
    const std::string torn = std::string(kHeadBytes, '\0') + whole.substr(kHeadBytes, 300'000);
    SUBCASE("it is nothing else") {
        put(torn);
        CHECK(disc.adjudicate(1) == Drive::Outcome::untouched);
        CHECK(std::filesystem::file_size(disc.rig.image()) == 0);
    }
    SUBCASE("nothing but holes was written") {
        put(std::string(400'000, '\0'));
        CHECK(disc.adjudicate(1) == Drive::Outcome::untouched);
        CHECK(std::filesystem::file_size(disc.rig.image()) == 0);
    }
    std::string other;
    SUBCASE("another disc's") {
        other = torn;
        other.replace(other.find("2b1f7a52"), 8, "00000000");
    }
    SUBCASE("a text") {
        other = "my only copy of a poem\n" + std::string(300'000, 'x');
    }
    SUBCASE("zeros and a text") {
        other = std::string(kHeadBytes, '\0') + "my only copy of a poem\n";
    }
    SUBCASE("a second disc session behind it") {
        constexpr std::uint64_t kBeforeTree = 50 * kSectorBytes;
        other = torn.substr(0, kBeforeTree) + std::string(10 * kHeadBytes - kBeforeTree, '\0') +
                whole.substr(kHeadBytes);
    }
    if (other.empty()) return;
    put(other);
    CHECK(disc.adjudicate(1) == Drive::Outcome::damaged);
    CHECK(read_bytes(disc.rig.image()) == other);
}

TEST_CASE("settling: disc sessions that the catalogue knows and that are gone leave the disc damaged") {
    Disc disc(3);
    std::filesystem::resize_file(disc.rig.image(), disc.starts[1] * kSectorBytes);
    overwrite(disc.rig.image(), 0, disc.heads[0]);
    const std::string before = read_bytes(disc.rig.image());
    CHECK(disc.adjudicate(3) == Drive::Outcome::damaged);
    CHECK(read_bytes(disc.rig.image()) == before);
}

TEST_CASE("settling: what was left of a disc session that was cut off takes no room from the next one") {
    Disc disc(2);
    const std::string image = disc.rig.image();
    const BurnSession large = disc.rig.stage("large").zeros("zeros", 5'000'000).seal();
    disc.rig.burn_well({large});
    const std::uint64_t cut = disc.rig.medium().next_lba * kSectorBytes - 300'000;
    std::filesystem::resize_file(image, cut);  // no attempt is noted that would be judged
    overwrite(image, 0, disc.heads[1]);
    const BurnSession small = disc.rig.stage("small").file("a", "1").seal();
    disc.rig.burn_well({small});
    CHECK(std::filesystem::file_size(image) < cut - 4'000'000);
    disc.sessions.push_back(small);
    disc.verify_all();
}
