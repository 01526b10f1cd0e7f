// The promise of burnbox, tried at every point where it can break: a session goes from its first byte to its
// receipt while operation N of file systems, catalogue and drive fails, for every N until a run meets no
// fault.
#include <doctest/doctest.h>

#include "tests/fault/world.hpp"

namespace burnbox::test {
namespace {

const Tree kTree = {{"photos/a.jpg", std::string(5000, 'a')},
                    {"photos/deep/b.txt", "bb"},
                    {"empty", ""},
                    {"notes.txt", "some notes"}};

void check_staged_is_whole(World& world) {
    for (const SessionRow& row : world.rows()) {
        if (row.state == SessionState::burned) continue;
        const std::string next = row.folder_next.empty() ? row.folder : row.folder_next;
        for (const auto& [path, content] : kTree) {
            const std::string here = world.text("alice/" + row.folder + "/" + path),
                              there = world.text("alice/" + next + "/" + path);
            CHECK_MESSAGE((here == content || there == content), "released early or lost: " << path);
        }
    }
}

void check_disc(const World& world) {
    std::size_t times = 0;
    for (const auto& [label, disc] : world.shelf.discs) {
        for (const FakeDiscSession& session : disc.sessions) {
            if (!session.whole) continue;
            CHECK(session.sessions == std::vector<std::string>{"alice/holiday"});
            ++times;
            Tree found;
            const std::string data = "alice/holiday/data/";
            for (const auto& [path, entry] : session.entries)
                if (path.starts_with(data) && entry.type == FileType::file)
                    found[path.substr(data.size())] = entry.content;
            CHECK(found == kTree);
        }
    }
    CHECK(times == 1);
}

void check_end(World& world) {
    const auto rows = world.rows();
    REQUIRE(rows.size() == 1);
    CHECK(rows[0].state == SessionState::burned);
    CHECK(rows[0].disc_name == "holiday");
    CHECK(rows[0].folder == "holiday-burned");
    CHECK(world.list() == std::vector<std::string>{"holiday-burned"});
    for (const auto& [path, content] : kTree) CHECK(world.text("alice/holiday-burned/" + path) == content);
    CHECK(world.text("alice/holiday-burned/receipt.json").find("data/photos/deep/b.txt") !=
          std::string::npos);
    CHECK_FALSE(world.text("alice/holiday-burned/RECEIPT.txt").empty());
    CHECK(world.text("alice/holiday-burned/BURN").empty());
    CHECK(world.text("alice/holiday-burned/STATUS.txt").empty());
    check_disc(world);
}

// Runs `one` for N = 1, 2, 3 ... until it meets no fault.
template <typename Run>
void for_every_operation(Run one) {
    std::uint64_t n = 1;
    for (bool hit = true; hit; ++n) {
        World world;
        INFO("operation ", n);
        hit = one(world, n);
        REQUIRE(n < 5000);
    }
    MESSAGE("operations tried: ", n - 2);
    CHECK(n > 50);  // else the plan does not count what it should
}

enum class Death : std::uint8_t { killed, power_loss };

bool die_at(World& world, std::uint64_t n, Death death) {
    world.plan.fail_at(n, EIO, FaultPlan::Mode::from_then_on);
    bool promised = false;
    if (world.try_start()) {
        promised = world.send("holiday", kTree);
        if (promised) world.burn();
        check_staged_is_whole(world);
    }
    const bool hit = world.plan.hit();
    const std::string where = world.plan.where() + (promised ? ", promised" : "");
    INFO("died at ", where);
    world.stop();
    if (death == Death::power_loss)
        world.cut_power();
    else
        world.kill_open_files();
    world.plan.fail_nothing();
    world.start();
    check_staged_is_whole(world);
    if (promised) CHECK(world.has_sealed());
    if (!promised) CHECK(world.send_until_sealed("holiday", kTree));
    world.burn();
    check_end(world);
    return hit;
}

}  // namespace

TEST_CASE("flagship: whatever operation fails once, the session is burned once and exactly") {
    for_every_operation([](World& world, std::uint64_t n) {
        world.plan.fail_at(n, EIO, FaultPlan::Mode::once);
        world.start();
        CHECK(world.send_until_sealed("holiday", kTree));
        world.burn();
        INFO("failed: ", world.plan.where());
        check_end(world);
        return world.plan.hit();
    });
}

TEST_CASE(
    "flagship: killed at any operation, a promised session is burned once and exactly after the restart") {
    for_every_operation([](World& world, std::uint64_t n) { return die_at(world, n, Death::killed); });
}

TEST_CASE(
    "flagship: without power at any operation, a promised session is burned once and exactly after the "
    "restart") {
    for_every_operation([](World& world, std::uint64_t n) { return die_at(world, n, Death::power_loss); });
}

TEST_CASE("flagship: without power at any operation, on discs that a cut spoils") {
    for_every_operation([](World& world, std::uint64_t n) {
        world.after_cut = Drive::Outcome::damaged;
        return die_at(world, n, Death::power_loss);
    });
}

TEST_CASE(
    "flagship: without power at any operation, recovery data is on the disc too, and nothing of it is left") {
    for_every_operation([](World& world, std::uint64_t n) {
        world.ask_for_recovery_data();
        const bool hit = die_at(world, n, Death::power_loss);
        for (const auto& [label, disc] : world.shelf.discs)
            for (const FakeDiscSession& session : disc.sessions)
                if (session.whole) CHECK(session.entries.contains("alice/holiday/par2/set-0001.par2"));
        CHECK(list_folder(world.state_fs, "recovery").value().empty());
        return hit;
    });
}

}  // namespace burnbox::test
