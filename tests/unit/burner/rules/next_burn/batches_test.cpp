// Alone or together: batches, their halves, and what fits with the first.
#include "tests/unit/burner/rules/next_burn/situation.hpp"

namespace burnbox::test {
namespace {

using namespace std::chrono_literals;

// Up to three are burned together, and held back for ten minutes.
struct Batching : Situation {
    explicit Batching(const std::vector<std::string>& drives = {"tray"}) : Situation(drives) {
        facts.batch = {.wait = 10min, .sessions = 3};
        facts.time -= 59min;  // the first one was sealed just now
    }
};

}  // namespace

TEST_CASE("batch: sessions are held back for each other, say until when, and keep no part waiting") {
    Batching queue;
    const SessionId one = queue.session(), two = queue.session(), part = queue.session();
    queue.of(part).row.whole = 99;
    queue.disc(500);
    const Decision decision = queue.next();
    for (const SessionId id : {one, two}) {
        REQUIRE(waits_for(decision, id, WaitsFor::others));
        CHECK(wait_of(decision, id)->held_until == queue.of(one).row.sealed_at + 10min);
        CHECK(wait_of(decision, id)->said.starts_with("it is held back until 2026-11-23T09:10:01Z"));
    }
    CHECK(decision.group == Ids{part});
}

TEST_CASE("batch: when enough are there, or the time is over, or a person says so, they go together") {
    Batching queue;
    const SessionId one = queue.session(), two = queue.session();
    queue.of(two).released = true;
    CHECK(queue.next().group == Ids{one, two});
    queue.of(two).released = false;
    CHECK(is<Nothing>(queue.next()));
    queue.facts.time += 11min;
    CHECK(queue.next().group == Ids{one, two});
    queue.facts.time -= 11min;
    const SessionId three = queue.session();
    queue.session();
    CHECK(queue.next().group == Ids{one, two, three});
}

TEST_CASE("batch: after a group failed half of it goes together, at once, until the one to blame is alone") {
    Batching queue;
    const SessionId one = queue.session(), two = queue.session(), three = queue.session();
    for (const SessionId id : {one, two, three}) queue.of(id).most_together = 1;
    CHECK(queue.next().group == Ids{one});
    queue.facts.queue.erase(queue.facts.queue.begin());
    CHECK(queue.next().group == Ids{two});
}

TEST_CASE("batch: only sessions of one pool, with copies on the same discs, and that can go now") {
    Batching queue({"tray", "spare"});
    queue.pool("archive", {"tray"});
    queue.drive("tray").busy = true;
    const SessionId one = queue.session(), archived = queue.session(10, "archive"), copied = queue.session(),
                    waits = queue.session(), two = queue.session(), three = queue.session();
    queue.has_copy(copied, queue.disc(500));
    queue.of(waits).not_protected_yet = true;
    const Decision decision = queue.next("spare");
    CHECK(decision.group == Ids{one, two, three});
    CHECK(std::ranges::count(decision.group, archived) == 0);
}

TEST_CASE("batch: the disc is the first one's, and the others go with it as far as there is room") {
    Batching queue;
    const SessionId one = queue.session(60), two = queue.session(60), three = queue.session(30);
    const DiscId disc = queue.disc(100);
    queue.drive().discs->tree_bytes[disc] = 10;
    CHECK(burns(queue.after_putting_in(), {one, three}, disc));
    queue.drive().unsuitable.insert({disc, three});
    CHECK(burns(queue.next(), {one}, disc));
    CHECK(two != three);
}

TEST_CASE("batch: with burn.layout root each session goes alone, at once") {
    Batching queue;
    queue.facts.layout = Layout::root;
    const SessionId one = queue.session();
    queue.session();
    CHECK(queue.next().group == Ids{one});
}

TEST_CASE("batch: all of a group are looked at before its disc is chosen") {
    Batching queue;
    const SessionId one = queue.session(), two = queue.session(), three = queue.session();
    queue.of(two).bytes_on_disc.reset();
    CHECK(is<LookAtSessions>(queue.next()));
    CHECK(queue.next().group == Ids{one, two, three});
}

TEST_CASE("batch: when one of a group has no disc, the others get their turn") {
    Batching queue;
    const SessionId one = queue.session(600), two = queue.session(), three = queue.session();
    const DiscId disc = queue.disc(500);
    queue.no_blanks();
    queue.facts.time += 11min;
    CHECK(waits_for(queue.next(), one, WaitsFor::disc));
    CHECK(burns(queue.after_putting_in(), {two, three}, disc));
}

}  // namespace burnbox::test
