// What becomes of sessions and discs when a burn's own proof fails: nothing is written, and no disc is
// blamed.
#include <doctest/doctest.h>

#include <set>

#include "tests/support/burner/burner_house.hpp"
#include "tests/support/must.hpp"

namespace burnbox::test {
namespace {

// A drive whose proof fails for some sessions, alone or only on a disc that holds something.
struct Suspicious : BurnerHouse {
    std::set<std::string> bad_alone, bad_in_sum;

    Suspicious() { begin(); }
    void begin() {
        drives[0]->before_write = [this](const BurnJob& job) -> Status {
            for (const BurnSession& session : job.sessions) {
                const std::string name = name_of(session);
                if (bad_alone.contains(name) || (bad_in_sum.contains(name) && job.disc.sessions_used > 0))
                    return fail(Errc::disproved, "disc " + job.disc.label + " would not show " + name);
            }
            return {};
        };
        prover.answer = [this](const BurnJob& job) -> Result<Proof> {
            CHECK(job.disc.sessions_used == 0);
            for (const BurnSession& session : job.sessions)
                if (bad_alone.contains(name_of(session))) return Proof{{{"a", "it differs"}}};
            return Proof{};
        };
    }
    static std::string name_of(const BurnSession& session) {
        const std::string folder(base_name(session.folder));
        return folder.substr(0, folder.rfind("-queued"));
    }
    std::size_t attempts(SessionId id) { return must(catalogue->attempts(id)).size(); }
};

}  // namespace

TEST_CASE("disproved: a session that fails alone is failed with the reason; no disc is blamed or used up") {
    Suspicious house;
    house.bad_alone = {"bad"};
    const SessionId good = house.queue("good", {{"a", "1"}});
    SUBCASE("on a blank disc") {
        const SessionId bad = house.queue("bad", {{"a", "2"}});
        house.bad_alone.insert("good");
        house.run();
        CHECK(house.row(bad).state == SessionState::failed);
        CHECK(house.row(good).state == SessionState::failed);
        CHECK(house.row(bad).reason.find("would not show bad") != std::string::npos);
        CHECK(house.attempts(bad) == 0);
        CHECK(house.prover.asked == 0);  // alone is what it was
        for (const auto& [label, disc] : house.shelves["tray"].discs) CHECK(disc.sessions.empty());
    }
    SUBCASE("behind others") {
        house.run();
        const SessionId bad = house.queue("bad", {{"a", "2"}});
        house.run();
        CHECK(house.row(bad).state == SessionState::failed);
        CHECK(house.text("alice/bad-failed/FAILED.txt").find("would not show bad") != std::string::npos);
        const DiscRow disc = house.disc("BURNBOX_0001");
        CHECK(disc.state == DiscState::open);
        CHECK(disc.sessions_used == 1);
        CHECK(house.prover.asked == 1);
        const SessionId next = house.queue("next", {{"a", "3"}});
        house.run();
        CHECK(house.row(next).state == SessionState::burned);
        CHECK(house.shelves["tray"].times_burned("BURNBOX_0001", "alice/next") == 1);
    }
}

TEST_CASE("disproved: where only the sum fails the disc takes no more, and the session goes on another") {
    Suspicious house;
    house.bad_in_sum = {"second"};
    const SessionId first = house.queue("first", {{"a", "1"}});
    const SessionId second = house.queue("second", {{"a", "2"}});
    house.run();
    CHECK(house.row(first).state == SessionState::burned);
    CHECK(house.row(second).state == SessionState::burned);
    CHECK(house.shelves["tray"].times_burned("BURNBOX_0002", "alice/second") == 1);
    const DiscRow disc = house.disc("BURNBOX_0001");
    CHECK(disc.state == DiscState::full);
    CHECK(disc.reason.find("what is on it is good") != std::string::npos);
    CHECK(house.attempts(second) == 1);
    house.restart();
    house.begin();
    const SessionId third = house.queue("third", {{"a", "3"}});
    house.run();
    CHECK(house.shelves["tray"].times_burned("BURNBOX_0002", "alice/third") == 1);
    CHECK(house.row(third).state == SessionState::burned);
}

TEST_CASE("disproved: of a batch only the one that is to blame fails") {
    Suspicious house;
    house.config.burn.batch.sessions = 8;
    house.config.burn.batch.wait = std::chrono::milliseconds(0);
    house.bad_alone = {"c"};
    std::vector<SessionId> all;
    for (const char* name : {"a", "b", "c", "d", "e"}) all.push_back(house.queue(name, {{"x", name}}));
    house.run_patiently();
    for (const SessionId id : all)
        CHECK(house.row(id).state ==
              (house.row(id).name == "c" ? SessionState::failed : SessionState::burned));
    CHECK(house.disc("BURNBOX_0001").state == DiscState::open);
}

TEST_CASE("disproved: what can't be told now is asked again later") {
    Suspicious house;
    house.bad_in_sum = {"second"};
    house.queue("first", {{"a", "1"}});
    house.run();
    const SessionId second = house.queue("second", {{"a", "2"}});
    const auto told = house.prover.answer;
    house.prover.answer = [&](const BurnJob& job) -> Result<Proof> {
        if (house.prover.asked < 3) return fail(Errc::unreachable, "start worker: the spawner is gone");
        return told(job);
    };
    house.run_patiently();
    CHECK(house.row(second).state == SessionState::burned);
    CHECK(house.disc("BURNBOX_0001").state == DiscState::full);
    CHECK(house.prover.asked == 3);
}

}  // namespace burnbox::test
