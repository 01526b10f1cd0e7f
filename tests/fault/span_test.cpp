// A session larger than a disc, from its first byte to its receipt, with the process gone at operation N of
// file systems, catalogue and drive, for every N: no part is burned twice, none is missing.
#include <doctest/doctest.h>

#include "tests/fault/world.hpp"

namespace burnbox::test {
namespace {

constexpr std::uint64_t kDiscBytes = 21ULL << 17U;  // one of these files goes on a disc

const Tree kTree = {
    {"photos/a", std::string(300'000, 'a')}, {"photos/b", std::string(300'000, 'b')}, {"zero", ""}};

void check_end(World& world) {
    const auto rows = world.rows();
    REQUIRE(rows.size() == 1);
    CHECK(rows[0].state == SessionState::burned);
    CHECK(rows[0].parts == 2);
    CHECK(world.list() == std::vector<std::string>{"holiday-burned"});
    Tree found;
    for (const auto& [label, disc] : world.shelf.discs)
        for (const FakeDiscSession& session : disc.sessions)
            for (const auto& [path, entry] : session.entries) {
                const std::size_t data = path.find("/data/");
                if (!session.whole || data == std::string::npos || entry.type != FileType::file) continue;
                CHECK_MESSAGE(found.emplace(path.substr(data + 6), entry.content).second, "twice: " << path);
            }
    CHECK(found == kTree);
    CHECK(world.text("alice/holiday-burned/receipt.json").find("part-2-of-2/data/zero") != std::string::npos);
}

bool die_at(World& world, std::uint64_t n, bool power_loss) {
    world.ask_for_span(kDiscBytes);
    world.plan.fail_at(n, EIO, FaultPlan::Mode::from_then_on);
    bool promised = false;
    if (world.try_start()) {
        promised = world.send("holiday", kTree);
        if (promised) world.burn();
    }
    const bool hit = world.plan.hit();
    INFO("died at ", world.plan.where(), promised ? ", promised" : "");
    world.stop();
    power_loss ? world.cut_power() : world.kill_open_files();
    world.plan.fail_nothing();
    world.start();
    if (!promised) CHECK(world.send_until_sealed("holiday", kTree));
    world.burn();
    check_end(world);
    return hit;
}

void die_at_every_operation(bool power_loss) {
    std::uint64_t n = 1;
    for (bool hit = true; hit; ++n) {
        World world;
        INFO("operation ", n);
        hit = die_at(world, n, power_loss);
        REQUIRE(n < 5000);
    }
    MESSAGE("operations tried: ", n - 2);
    CHECK(n > 100);
}

}  // namespace

TEST_CASE("span: killed at any operation, every part is burned once and exactly after the restart") {
    die_at_every_operation(false);
}

TEST_CASE("span: without power at any operation, every part is burned once and exactly after the restart") {
    die_at_every_operation(true);
}

}  // namespace burnbox::test
