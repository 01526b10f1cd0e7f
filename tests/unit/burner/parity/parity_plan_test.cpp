#include "burner/parity/parity_plan.hpp"

#include <doctest/doctest.h>

#include <numeric>
#include <random>

#include "burner/drive/drive.hpp"

using namespace burnbox;

namespace {

std::vector<FileToProtect> files_of(std::size_t count, std::uint64_t size_bytes) {
    std::vector<FileToProtect> files;
    for (std::size_t i = 0; i < count; ++i) files.push_back({"data/" + std::to_string(i), size_bytes});
    return files;
}

std::uint64_t blocks_needed(const std::vector<FileToProtect>& files, const ParitySet& set) {
    return std::accumulate(set.files.begin(), set.files.end(), std::uint64_t{0},
                           [&](std::uint64_t sum, std::size_t i) {
                               return sum + (files[i].size_bytes + set.block_bytes - 1) / set.block_bytes;
                           });
}

// What PAR2 and the program demand, whatever the session.
void check_sound(const std::vector<FileToProtect>& files, const ParityPlan& plan, unsigned percent) {
    std::vector<int> times(files.size());
    for (const ParitySet& set : plan.sets) {
        CHECK(set.files.size() <= 2000);
        CHECK(set.block_bytes % kSectorBytes == 0);
        CHECK(set.source_blocks == blocks_needed(files, set));
        CHECK(set.source_blocks <= 32'768);
        CHECK(set.parity_blocks * 100 >= set.source_blocks * percent);
        CHECK(set.estimate_bytes > set.parity_blocks * set.block_bytes);
        for (const std::size_t file : set.files) ++times[file];
    }
    for (const std::size_t file : plan.unprotected) ++times[file];
    for (std::size_t i = 0; i < files.size(); ++i)
        if (times[i] != (files[i].size_bytes == 0 ? 0 : 1))
            FAIL("file ", i, " is planned ", times[i], " times");
}

}  // namespace

TEST_CASE("recovery plan: a few files share one set with blocks of one sector") {
    const auto files = files_of(3, 100'000);
    const ParityPlan plan = plan_parity(files, 10);
    check_sound(files, plan, 10);
    REQUIRE(plan.sets.size() == 1);
    CHECK(plan.sets[0].block_bytes == 2048);
    CHECK(plan.sets[0].source_blocks == 3 * 49);
    CHECK(plan.sets[0].parity_blocks == 15);
}

TEST_CASE("recovery plan: a huge file gets about a thousand blocks") {
    const auto files = files_of(1, 40'000'000'000);
    const ParityPlan plan = plan_parity(files, 5);
    check_sound(files, plan, 5);
    REQUIRE(plan.sets.size() == 1);
    CHECK(plan.sets[0].source_blocks > 900);
    CHECK(plan.sets[0].source_blocks <= 1002);
}

TEST_CASE("recovery plan: forty thousand files are dealt out, so that neighbours are in different sets") {
    const auto files = files_of(40'000, 3000);
    const ParityPlan plan = plan_parity(files, 10);
    check_sound(files, plan, 10);
    REQUIRE(plan.sets.size() == 20);
    CHECK(plan.sets[0].files[0] == 0);
    CHECK(plan.sets[0].files[1] == 20);
    CHECK(plan.sets[1].files[0] == 1);
}

TEST_CASE("recovery plan: small files don't pay for the blocks of large ones") {
    auto files = files_of(1500, 2000);
    files.push_back({"data/film", 4'000'000'000});
    const ParityPlan plan = plan_parity(files, 10);
    check_sound(files, plan, 10);
    CHECK(plan.sets.size() == 2);
    CHECK(plan.estimate_bytes() < 420'000'000);
}

TEST_CASE("recovery plan: empty files need none, names with a backslash and too long ones can't have any") {
    std::vector<FileToProtect> files = {
        {"data/empty", 0}, {"data/a\\b", 5}, {"data/" + std::string(3001, 'x'), 5}, {"data/c", 5}};
    const ParityPlan plan = plan_parity(files, 10);
    check_sound(files, plan, 10);
    CHECK(plan.unprotected == std::vector<std::size_t>{1, 2});
    REQUIRE(plan.sets.size() == 1);
    CHECK(plan.sets[0].parity_blocks == 1);
    CHECK(plan_parity({{"data/empty", 0}}, 10).sets.empty());
    CHECK(plan_parity({}, 10).sets.empty());
}

TEST_CASE("recovery plan: the estimate from the manifest is not below that of the bag") {
    for (const std::size_t count : {1U, 100U, 5000U}) {
        SealedSession session{
            .account = "alice", .disc_name = "holiday", .sealed_at = {}, .marker = {}, .manifest = {}};
        for (std::size_t i = 0; i < count; ++i)
            session.manifest.entries.push_back(
                {.path = "file " + std::to_string(100'000 + i), .size_bytes = i * 100});
        const auto entries = disc_entries(session, Layout::bag, ModePolicy::readable);
        const auto files = files_to_protect(entries, parity_place(session, Layout::bag).base);
        CHECK(files.size() == count + 5);
        CHECK(estimate_parity_bytes(session.manifest, 10) >= plan_parity(files, 10).estimate_bytes());
    }
    CHECK(estimate_parity_bytes({}, 0) == 0);
}

TEST_CASE("recovery plan: nor is it for sessions of any number and size of files") {
    std::mt19937 random(1);
    const auto pick = [&](std::uint64_t most) {
        return std::uniform_int_distribution<std::uint64_t>(0, most)(random);
    };
    for (int run = 0; run < 200; ++run) {
        SealedSession session{
            .account = "alice", .disc_name = "holiday", .sealed_at = {}, .marker = {}, .manifest = {}};
        session.marker = {"BURN", std::string(pick(3) << pick(18), 'm'), {}};
        session.marker.sha256 = Sha256::of(session.marker.content);
        const std::uint64_t count = 1 + pick(1ULL << pick(11)), most_bytes = 1ULL << pick(30);
        for (std::uint64_t i = 0; i < count; ++i)
            session.manifest.entries.push_back(
                {.path = std::to_string(100'000 + i) + std::string(pick(40), 'n'),
                 .size_bytes = pick(most_bytes)});
        const auto entries = disc_entries(session, Layout::bag, ModePolicy::readable);
        const auto files = files_to_protect(entries, parity_place(session, Layout::bag).base);
        const auto percent = static_cast<unsigned>(1 + pick(29));
        INFO("run ", run, ": ", count, " files of up to ", most_bytes, " bytes, ", percent, " %");
        CHECK(estimate_parity_bytes(session.manifest, percent) >=
              plan_parity(files, percent).estimate_bytes());
    }
}
