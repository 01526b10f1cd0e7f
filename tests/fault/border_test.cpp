// Sessions at the border of what is left on a disc that holds many files, with the real worker: the tree of
// all of them is in every disc session, so it counts when the disc is chosen, not only when the worker has
// made the image.
#include <doctest/doctest.h>

#include <fmt/format.h>

#include "burner/image/size_estimate.hpp"
#include "tests/fault/mmc_house.hpp"
#include "tests/support/must.hpp"

namespace burnbox::test {
namespace {

constexpr std::uint64_t kMiB = 1U << 20U;
// What the choice may leave unused: descriptors, padding and the tag files are estimated.
constexpr std::uint64_t kMostWasted = 3 * kMiB / 2;
constexpr std::int32_t kDiscBlocks = 18'000;

using Files = std::map<std::string, std::string>;

Files many_files(unsigned count) {
    Files files;
    for (unsigned i = 0; i < count; ++i)
        files[fmt::format("folder {:03}/{:0>90}", i / 100, i)] = fmt::format("{}", i);
    return files;
}

// A disc with many files and one disc session more, and what is left on it.
class CrowdedDisc {
  public:
    CrowdedDisc() : house(*spawner_, {"dvd+r"}, 1) {
        house.config.burn.full_below_bytes = kMiB;
        house.at_drive = [this](Tray&, const std::string& operation) {
            if (operation == "burn") begins_ = !begins_, burns += begins_ ? 1 : 0;
        };
        house.restart();
        tray().burner.insert(house.add_blank(tray(), kDiscBlocks));
        burn_all("many", many_files(6000));
        burn_all("one more", {{"a", "1"}});
        burns = 0;
    }

    Tray& tray() { return *house.trays.front(); }
    void run() {
        while (house.burner->run_once(0).value_or(false)) {
        }
    }
    SessionId burn_all(const std::string& name, const Files& files) {
        const SessionId id = house.queue(name, files);
        run();
        REQUIRE(must(house.catalogue->session(id)).state == SessionState::burned);
        REQUIRE(must(house.catalogue->attempts(id)).back().tree);
        return id;
    }
    [[nodiscard]] DiscRow disc() { return must(house.catalogue->find_disc("BURNBOX_0001")).value(); }
    [[nodiscard]] std::string disc_of(SessionId id) {
        const auto copies = must(house.catalogue->copies(id));
        return copies.empty() ? "" : copies.front().disc_label;
    }
    // What the newest disc session took beside its one file: the next one takes that too.
    [[nodiscard]] std::uint64_t tree_bytes() {
        return (must(house.catalogue->disc_sessions(disc().id)).back().blocks - 1) * kSectorBytes;
    }
    // A session with files of its own, which takes so much beside them.
    SessionId queue(std::uint64_t payload_bytes) {
        Files files = many_files(100);
        files["large"] = std::string(payload_bytes - 100 * kSectorBytes, 'x');
        return house.queue("next", files);
    }

  private:
    std::unique_ptr<Spawner> spawner_ = must(Spawner::start());
    bool begins_ = false;  // asked before and after

  public:
    MmcHouse house;
    unsigned burns = 0;  // how often a worker was started to burn
};

}  // namespace

TEST_CASE("border: a session that the tree of what is on the disc leaves no room for goes on the next disc") {
    CrowdedDisc crowded;
    REQUIRE(crowded.tree_bytes() > 2 * kMiB);  // more than what estimates leave over
    const SessionId id = crowded.queue(crowded.disc().free_bytes - crowded.tree_bytes() + kSectorBytes);
    crowded.run();
    CHECK(crowded.burns == 0);
    CHECK(must(crowded.house.catalogue->session(id)).state == SessionState::queued);
    CHECK(crowded.house.text("alice/next-queued/STATUS.txt").find("BURNBOX_0001 has") != std::string::npos);

    crowded.tray().burner.insert(crowded.house.add_blank(crowded.tray(), kDiscBlocks));
    crowded.house.burner->wake();
    crowded.run();
    CHECK(crowded.disc_of(id) == "BURNBOX_0002");
    CHECK(crowded.burns == 1);
}

TEST_CASE("border: a session that just fits beside the tree of what is on the disc is burned there") {
    CrowdedDisc crowded;
    const SessionId id = crowded.queue(crowded.disc().free_bytes - crowded.tree_bytes() - kMostWasted);
    crowded.run();
    CHECK(crowded.disc_of(id) == "BURNBOX_0001");
    CHECK(crowded.burns == 1);
    CHECK(crowded.disc().free_bytes < kMostWasted);
}

}  // namespace burnbox::test
