#include "burner/rules/batch.hpp"

#include <doctest/doctest.h>

#include <algorithm>

#include "tests/support/burner/burner_house.hpp"

namespace burnbox::test {
namespace {

using namespace std::chrono_literals;

const Timestamp kSealed = *parse_iso8601("2026-11-23T10:00:00Z");

std::vector<BatchCandidate> candidates(const std::vector<std::uint64_t>& sizes) {
    std::vector<BatchCandidate> result;
    for (const std::uint64_t bytes : sizes)
        result.push_back({static_cast<SessionId>(result.size() + 1), bytes, kSealed + result.size() * 1s});
    return result;
}

using Members = std::vector<std::size_t>;

// One drive that burns up to 3 together and waits 10 minutes for them.
struct Batching : BurnerHouse {
    explicit Batching(const std::vector<std::string>& names = {"tray"}, unsigned copies = 1)
        : BurnerHouse(names, copies) {
        config.burn.batch = {10min, 3, 0};
    }
    unsigned disc_session_of(SessionId id) {
        const auto copies = catalogue->copies(id);
        return copies && !copies->empty() ? copies->front().disc_session : 0;
    }
};

}  // namespace

TEST_CASE("batch: by default each session is burned alone and at once") {
    const Batch batch = choose_batch(candidates({1, 1, 1}), {}, kSealed);
    CHECK(batch.members == Members{0});
    CHECK_FALSE(batch.held_until);
}

TEST_CASE("batch: sessions are held back until the number is there, and no more go together") {
    const BatchConfig rule{10min, 3, 0};
    const Batch two = choose_batch(candidates({1, 1}), rule, kSealed + 1min);
    CHECK(two.members == Members{0, 1});
    CHECK(two.held_until == kSealed + 10min);
    const Batch four = choose_batch(candidates({1, 1, 1, 1}), rule, kSealed + 1min);
    CHECK(four.members == Members{0, 1, 2});
    CHECK_FALSE(four.held_until);
}

TEST_CASE("batch: the oldest waits no longer than the wait") {
    const BatchConfig rule{10min, 3, 0};
    CHECK(choose_batch(candidates({1}), rule, kSealed + 10min - 1s).held_until);
    CHECK_FALSE(choose_batch(candidates({1}), rule, kSealed + 10min).held_until);
    CHECK_FALSE(choose_batch(candidates({1}), {0ms, 3, 0}, kSealed).held_until);
}

TEST_CASE("batch: one that a clock ahead of its time sealed is not held back until that time") {
    const BatchConfig rule{10min, 3, 0};
    CHECK_FALSE(choose_batch(candidates({1}), rule, kSealed - 24h * 365).held_until);
    CHECK_FALSE(choose_batch(candidates({1, 1}), rule, kSealed - 1s).held_until);
}

TEST_CASE("batch: the size releases them, and a large session neither waits nor joins") {
    const BatchConfig rule{10min, 9, 100};
    CHECK(choose_batch(candidates({40, 50}), rule, kSealed).held_until);
    CHECK_FALSE(choose_batch(candidates({40, 60}), rule, kSealed).held_until);
    CHECK(choose_batch(candidates({40, 100, 50}), rule, kSealed).members == Members{0, 2});
    const Batch large = choose_batch(candidates({100, 1}), rule, kSealed);
    CHECK(large.members == Members{0});
    CHECK_FALSE(large.held_until);
}

TEST_CASE("batch: one that must not wait takes the others with it; a group that failed gets smaller") {
    auto given = candidates({1, 1});
    given[1].at_once = true;
    const Batch batch = choose_batch(given, {10min, 3, 0}, kSealed);
    CHECK(batch.members == Members{0, 1});
    CHECK_FALSE(batch.held_until);
    given[0].most_together = 1;
    CHECK(choose_batch(given, {10min, 3, 0}, kSealed).members == Members{0});
}

TEST_CASE("batch: three small sessions become one disc session, each with its own bag and receipt") {
    Batching house;
    std::vector<SessionId> ids;
    for (const char* name : {"a", "b", "c"}) ids.push_back(house.queue(name, {{"x", name}}));
    std::vector<SessionId> told;
    house.drives[0]->during_write = [&]() -> Status {
        told = house.burner->drives().at(0).sessions;
        return {};
    };
    house.run();
    CHECK(told == ids);
    CHECK(house.disc("BURNBOX_0001").sessions_used == 1);
    for (const SessionId id : ids) {
        CHECK(house.row(id).state == SessionState::burned);
        CHECK(house.disc_session_of(id) == 1);
        CHECK(house.catalogue->files(id)->size() == 1);
    }
    CHECK(house.text("alice/b-burned/receipt.json").find("\"session\": \"b\"") != std::string::npos);
    const auto& entries = house.shelves["tray"].discs["BURNBOX_0001"].sessions[0].entries;
    for (const char* bag : {"alice/a/bagit.txt", "alice/b/bagit.txt", "alice/c/bagit.txt"})
        CHECK(entries.contains(bag));
}

TEST_CASE("batch: one that is held back says until when, and is burned when the time has come") {
    Batching house;
    const SessionId id = house.queue("a", {{"x", "1"}});
    house.run();
    CHECK(house.row(id).state == SessionState::queued);
    const std::string text = house.text("alice/a-queued/STATUS.txt");
    CHECK(text.find("held back until 2026-11-23T10:10:00Z") != std::string::npos);
    CHECK(text.find("burn.batch") != std::string::npos);
    house.clock.advance(10min);
    house.run();
    CHECK(house.row(id).state == SessionState::burned);
}

TEST_CASE("batch: one that is held back can be burned now, and can be withdrawn") {
    Batching house;
    const SessionId asked = house.queue("a", {{"x", "1"}});
    const SessionId withdrawn = house.queue("b", {{"x", "1"}});
    house.run();
    REQUIRE(house.catalogue->step(withdrawn, SessionState::queued, SessionState::withdrawn, "").has_value());
    house.burner->burn_now(asked);
    house.run();
    CHECK(house.row(asked).state == SessionState::burned);
    CHECK(house.row(withdrawn).state == SessionState::withdrawn);
    CHECK(house.shelves["tray"].times_burned("BURNBOX_0001", "alice/b") == 0);
}

TEST_CASE("batch: a changed file fails its own session and no other") {
    Batching house;
    std::vector<SessionId> ids;
    for (const char* name : {"a", "b", "c"}) ids.push_back(house.queue(name, {{"x", "1234"}}));
    house.inbox_fs.corrupt("alice/b-queued/x", 0);
    house.run_patiently(3);
    CHECK(house.row(ids[0]).state == SessionState::burned);
    CHECK(house.row(ids[1]).state == SessionState::failed);
    CHECK(house.row(ids[2]).state == SessionState::burned);
    CHECK(house.text("alice/b-failed/FAILED.txt").find("differs from its manifest") != std::string::npos);
    for (const char* name : {"alice/a", "alice/c"})
        CHECK(house.shelves["tray"].times_burned("BURNBOX_0001", name) == 1);
}

TEST_CASE("batch: a missing folder and a damaged seal record fail their own sessions and no other") {
    Batching house;
    const SessionId gone = house.queue("gone", {{"x", "1"}});
    const SessionId damaged = house.queue("damaged", {{"x", "1"}});
    const SessionId good = house.queue("good", {{"x", "1"}});
    REQUIRE(remove_tree(house.inbox_fs, "alice/gone-queued").has_value());
    REQUIRE(house.state_fs.remove("seals/seal-2.jsonl").has_value());
    house.run();
    CHECK(house.row(gone).state == SessionState::failed);
    CHECK(house.row(gone).reason.find("is missing: put it back and say `burnbox retry alice/gone`") !=
          std::string::npos);
    CHECK(house.row(damaged).state == SessionState::failed);
    CHECK(house.row(good).state == SessionState::burned);
}

TEST_CASE("batch: sessions that do not fit on the disc together go on with the next one") {
    Batching house;
    house.config.burn.full_below_bytes = 1U << 20U;
    house.shelves["tray"].capacity_bytes = 16U << 20U;
    house.restart();
    std::vector<SessionId> ids;
    for (const char* name : {"a", "b", "c"})
        ids.push_back(house.queue(name, {{"x", std::string(5U << 20U, 'x')}}));
    house.run_patiently(4);
    for (const SessionId id : ids) CHECK(house.row(id).state == SessionState::burned);
    CHECK(house.catalogue->copies(ids[0])->front().disc_label == "BURNBOX_0001");
    CHECK(house.catalogue->copies(ids[1])->front().disc_label == "BURNBOX_0001");
    CHECK(house.disc_session_of(ids[0]) == house.disc_session_of(ids[1]));
    CHECK(house.catalogue->copies(ids[2])->front().disc_label == "BURNBOX_0002");
}

TEST_CASE("batch: both copies of a group are one disc session on each of two discs") {
    Batching house({"tray", "spare"}, 2);
    std::vector<SessionId> ids;
    for (const char* name : {"a", "b", "c"}) ids.push_back(house.queue(name, {{"x", name}}));
    house.run();
    for (const SessionId id : ids) {
        CHECK(house.row(id).state == SessionState::burned);
        REQUIRE(house.catalogue->copies(id)->size() == 2);
    }
    CHECK(house.disc("BURNBOX_0001").sessions_used == 1);
    CHECK(house.disc("BURNBOX_0002").sessions_used == 1);
}

TEST_CASE("batch: a power cut in the middle of a group loses none of it and burns each once") {
    struct Died {};
    Batching house;
    std::vector<SessionId> ids;
    for (const char* name : {"a", "b", "c"}) ids.push_back(house.queue(name, {{"x", name}}));
    house.drives[0]->during_write = []() -> Status { throw Died(); };
    CHECK_THROWS_AS(static_cast<void>(house.burner->run_once(0)), Died);
    house.crash();
    house.run();
    for (const SessionId id : ids) CHECK(house.row(id).state == SessionState::burned);
    for (const char* name : {"alice/a", "alice/b", "alice/c"})
        CHECK(house.shelves["tray"].times_burned("BURNBOX_0001", name) == 1);
}

}  // namespace burnbox::test
