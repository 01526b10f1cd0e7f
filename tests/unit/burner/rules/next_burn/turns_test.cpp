// Whose turn it is: order, pools, drives, copies, and what is not ready.
#include "tests/unit/burner/rules/next_burn/situation.hpp"

namespace burnbox::test {

using namespace std::chrono_literals;

TEST_CASE("next burn: with nothing in the queue nothing is to be done") {
    const Decision decision = Situation().next();
    CHECK(is<Nothing>(decision));
    CHECK(decision.group.empty());
    CHECK(decision.waits.empty());
}

TEST_CASE("next burn: the oldest session is burned first") {
    Situation queue;
    const SessionId oldest = queue.session();
    queue.session();
    const DiscId disc = queue.disc(500);
    CHECK(puts_in(queue.next(), disc));
    CHECK(burns(queue.after_putting_in(), {oldest}, disc));
}

TEST_CASE("next burn: a session's files and size are looked at before a disc is chosen for it") {
    Situation queue;
    const SessionId id = queue.session();
    queue.drive().discs.reset();
    queue.of(id).bytes_on_disc.reset();
    CHECK(is<LookAtSessions>(queue.next()));
    CHECK(queue.next().group == Ids{id});
    queue.of(id).bytes_on_disc = 10;
    CHECK(is<LookAtDiscs>(queue.next()));
}

TEST_CASE("next burn: where its copies are is looked up when it matters, of more sessions each time") {
    Situation queue;
    queue.of(queue.session()).not_protected_yet = true;
    for (int i = 0; i < 8; ++i) queue.session();
    for (QueuedSession& session : queue.facts.queue) session.copies.reset();
    for (const Ids& looked_up : {Ids{2}, Ids{3, 4}, Ids{5, 6, 7, 8}}) {
        const Decision decision = queue.next();
        REQUIRE(is<LookUpCopies>(decision));
        CHECK(std::get<LookUpCopies>(decision.next).sessions == looked_up);
        for (const SessionId id : looked_up) {
            queue.of(id).copies.emplace();
            queue.has_copy(id, 77);  // from this drive
        }
    }
    queue.of(9).copies.emplace();
    CHECK(queue.next().group == Ids{9});
}

TEST_CASE("next burn: a session that can't go now keeps nobody behind it waiting, whatever it waits for") {
    const std::vector<std::pair<WaitsFor, void (*)(Situation&, SessionId)>> reasons = {
        {WaitsFor::its_drive, [](Situation& queue, SessionId id) { queue.of(id).row.pool = "archive"; }},
        {WaitsFor::its_folder, [](Situation& queue, SessionId id) { queue.of(id).row.folder_next = "x"; }},
        {WaitsFor::its_folder, [](Situation& queue, SessionId id) { queue.of(id).row.folder = "s1"; }},
        {WaitsFor::its_disc, [](Situation& queue, SessionId id) { queue.of(id).row.folder = "s1-burned"; }},
        {WaitsFor::folder_away,
         [](Situation& queue, SessionId id) { queue.of(id).folder_away = "/scans is away"; }},
        {WaitsFor::split, [](Situation& queue, SessionId id) { queue.of(id).not_split_yet = true; }},
        {WaitsFor::recovery_data,
         [](Situation& queue, SessionId id) { queue.of(id).not_protected_yet = true; }},
        {WaitsFor::another_try,
         [](Situation& queue, SessionId id) { queue.drive().rests[id] = queue.facts.now + 1s; }},
        {WaitsFor::back_off,
         [](Situation& queue, SessionId id) { queue.of(id).not_before = queue.facts.now + 1s; }},
        {WaitsFor::somebody, [](Situation& queue, SessionId id) { queue.of(id).taken = true; }},
    };
    for (std::size_t i = 0; i < reasons.size(); ++i) {
        CAPTURE(i);
        Situation queue;
        const SessionId waits = queue.session(), next = queue.session();
        const DiscId disc = queue.disc(500);
        reasons[i].second(queue, waits);
        const Decision decision = queue.after_putting_in();
        CHECK(waits_for(decision, waits, reasons[i].first));
        CHECK(burns(decision, {next}, disc));
    }
}

TEST_CASE("next burn: of what waits only a folder that is away, a batch and a disc are told about") {
    Situation queue;
    const SessionId away = queue.session(), other = queue.session();
    queue.of(away).folder_away = "/scans is away";
    queue.of(other).not_protected_yet = true;  // the preparer says so itself
    const Decision decision = queue.next();
    CHECK(wait_of(decision, away)->said == "/scans is away");
    CHECK(wait_of(decision, other)->said.empty());
}

TEST_CASE("next burn: a rest is over when its time has come") {
    Situation queue;
    const SessionId id = queue.session();
    const DiscId disc = queue.disc(500);
    queue.drive().rests[id] = queue.facts.now;
    queue.of(id).not_before = queue.facts.now;
    CHECK(burns(queue.after_putting_in(), {id}, disc));
}

TEST_CASE("next burn: a drive that rests burns nothing, and all wait for it") {
    Situation queue;
    const SessionId one = queue.session(), two = queue.session();
    queue.disc(500);
    queue.drive().rests_until = SteadyTime::max();
    const Decision decision = queue.next();
    CHECK(is<Nothing>(decision));
    for (const SessionId id : {one, two}) CHECK(waits_for(decision, id, WaitsFor::its_drive));
}

TEST_CASE("next burn: a retried session gets its folder's name back first, whosever it is") {
    Situation queue;
    const SessionId id = queue.session(10, "archive");
    queue.of(id).folder_is_behind = true;
    const Decision decision = queue.next();
    REQUIRE(is<GiveName>(decision));
    CHECK(std::get<GiveName>(decision.next).session == id);
    queue.of(id).row.whole = 77;  // of a part: the whole one's folder
    CHECK(std::get<GiveName>(queue.next().next).session == 77);
}

TEST_CASE("pools: a drive burns what its pools have, and a pool that is not configured waits") {
    Situation queue({"tray"});
    queue.pool("archive", {"vault"});
    const SessionId archived = queue.session(10, "archive"), lost = queue.session(10, "gone"),
                    ours = queue.session(10, "default");
    queue.disc(500);
    CHECK(queue.next("tray").group == Ids{ours});
    CHECK(waits_for(queue.next("tray"), lost, WaitsFor::its_drive));
    CHECK(queue.next("vault").group == Ids{archived});
}

TEST_CASE("pools: a disc of another pool is left alone though it has room") {
    Situation queue;
    queue.session();
    const DiscId theirs = queue.disc(500), ours = queue.disc(500);
    queue.row_of(theirs).pool = "archive";
    CHECK(puts_in(queue.next(), ours));
    queue.row_of(ours).pool = "archive";
    CHECK(is<PutInBlank>(queue.next()));
}

TEST_CASE("fail-over: a session is its pool's first drive's as long as that one can take it at once") {
    Situation queue({"tray", "spare"});
    const SessionId id = queue.session();
    CHECK(queue.next("tray").group == Ids{id});
    CHECK(waits_for(queue.next("spare"), id, WaitsFor::other_drive));
    CHECK(is<Nothing>(queue.next("spare")));
}

TEST_CASE("fail-over: the next drive takes it when the first is busy, rests, has no disc for it or is gone") {
    using Change = void (*)(Situation&, SessionId);
    for (const Change change :
         {Change([](Situation& queue, SessionId) { queue.drive().busy = true; }),
          Change([](Situation& queue, SessionId) { queue.drive().rests_until = queue.facts.now + 1s; }),
          Change([](Situation& queue, SessionId id) { queue.drive().cannot_take.insert(id); }),
          Change([](Situation& queue, SessionId) { queue.facts.drives.erase("tray"); })}) {
        Situation queue({"tray", "spare"});
        const SessionId id = queue.session();
        change(queue, id);
        CHECK(queue.next("spare").group == Ids{id});
    }
}

TEST_CASE("fail-over: a burn that spoiled a disc is not tried on the next drive at once either") {
    Situation queue({"tray", "spare"});
    const SessionId id = queue.session();
    queue.drive().rests_until = queue.facts.now + 5s;
    queue.of(id).not_before = queue.facts.now + 1s;
    CHECK(waits_for(queue.next("spare"), id, WaitsFor::back_off));
    queue.facts.now += 1s;
    CHECK(queue.next("spare").group == Ids{id});
}

TEST_CASE("fail-over: an earlier drive that has a copy of it is no reason to wait") {
    Situation queue({"tray", "spare"});
    const SessionId id = queue.session();
    queue.has_copy(id, queue.disc(500));
    CHECK(queue.next("spare").group == Ids{id});
}

TEST_CASE("copies: each is burned by another drive") {
    Situation queue({"tray", "spare"});
    const SessionId id = queue.session();
    queue.has_copy(id, queue.disc(500));
    CHECK(waits_for(queue.next("tray"), id, WaitsFor::other_disc));
}

TEST_CASE("copies: each goes on another disc, wherever that is by now") {
    Situation queue({"tray", "spare"});
    const SessionId id = queue.session();
    const DiscId first = queue.disc(500, 1, "spare");  // it was burned in the tray, and moved
    queue.has_copy(id, first, "tray");
    CHECK(is<PutInBlank>(queue.next("spare")));
    const DiscId second = queue.disc(500, 1, "spare");
    CHECK(puts_in(queue.next("spare"), second));
    queue.drive("spare").discs->put_in = first;  // by mistake
    CHECK(puts_in(queue.next("spare"), second));
}

TEST_CASE("copies: one that counts no more keeps its drive from nothing, and its disc is not used again") {
    Situation queue({"tray", "spare"});
    const SessionId id = queue.session();
    queue.has_copy(id, queue.disc(500), "tray", false);
    CHECK(is<PutInBlank>(queue.next("tray")));
    const DiscId second = queue.disc(500);
    CHECK(puts_in(queue.next("tray"), second));
    CHECK(waits_for(queue.next("spare"), id, WaitsFor::other_drive));
}

TEST_CASE(
    "copies: one that its receipt calls burned is that when all of them were found, without its folder") {
    Situation queue({"tray"});
    const SessionId id = queue.session();
    queue.of(id).row.folder = "s1-burned", queue.of(id).row.copies = 1;
    CHECK(waits_for(queue.next("tray"), id, WaitsFor::its_disc));
    queue.has_copy(id, queue.disc(500), "tray");
    queue.of(id).row.copies = 1;
    CHECK(is<Complete>(queue.next("tray")));
    queue.of(id).copies.reset();
    CHECK(is<LookUpCopies>(queue.next("tray")));
}

TEST_CASE("copies: one that has all that were promised is burned, however its pool has changed") {
    Situation queue({"tray", "spare"});
    const SessionId first = queue.session(), second = queue.session();
    queue.has_copy(first, queue.disc(500), "tray");
    CHECK(waits_for(queue.next("tray"), first, WaitsFor::other_disc));
    queue.of(first).row.copies = 1;
    queue.facts.pools["default"].copies = 2;
    CHECK(is<Complete>(queue.next("tray")));
    CHECK(queue.next("tray").group == Ids{first});
    queue.of(first).copies->front().counts = false;
    CHECK(queue.next("tray").group == Ids{first});
    CHECK_FALSE(is<Complete>(queue.next("tray")));
    queue.of(first).taken = true;
    CHECK(queue.next("tray").group == Ids{second});
}

TEST_CASE("copies: what the next one waits for says where the others are, and blames no disc that has room") {
    Situation queue({"tray", "spare"});
    const SessionId id = queue.session();
    const DiscId disc = queue.disc(500);
    queue.drive("spare").discs->here.insert(disc);  // it is in the other drive now
    queue.has_copy(id, disc, "tray");
    queue.no_blanks("spare");
    const Decision decision = queue.next("spare");
    REQUIRE(waits_for(decision, id, WaitsFor::disc));
    const std::string& said = wait_of(decision, id)->said;
    CHECK(said.find("copy 1 of 2 is on disc DISC_1. it waits for a new disc") == 0);
    CHECK(said.find("overtake") == std::string::npos);
}

TEST_CASE("copies: without a drive for what was promised a session says so, and keeps nobody waiting") {
    Situation queue({"tray"});
    const SessionId first = queue.session(), second = queue.session();
    queue.of(first).row.account = "alice", queue.of(first).row.disc_name = "holiday";
    queue.has_copy(first, queue.disc(500));
    const Decision decision = queue.next();
    REQUIRE(waits_for(decision, first, WaitsFor::more_drives));
    CHECK(wait_of(decision, first)->said.find("2 copies were promised") != std::string::npos);
    CHECK(wait_of(decision, first)->said.find("burnbox retry alice/holiday") != std::string::npos);
    CHECK(decision.group == Ids{second});
}

TEST_CASE("copies: one that is larger than this drive's discs does not wait for drives that are no more") {
    Situation queue({"tray"});
    const SessionId id = queue.session(kBlankBytes + 1);
    queue.of(id).row.copies = 2;
    CHECK_FALSE(waits_for(queue.next(), id, WaitsFor::larger_drive));
}

TEST_CASE("copies: one in another layout goes alone, in the layout of its copy") {
    Situation queue({"tray", "spare"});
    queue.facts.batch = {.wait = 0ms, .sessions = 10};
    const DiscId disc = queue.disc(500);
    Ids ids;
    for (int i = 0; i < 3; ++i) {
        ids.push_back(queue.session());
        queue.has_copy(ids.back(), disc, "tray");
        queue.of(ids.back()).layout = i == 1 ? Layout::plain : Layout::bag;
    }
    CHECK(queue.next("spare").group == Ids{ids[0], ids[2]});
    queue.of(ids[0]).layout = Layout::root;
    CHECK(queue.next("spare").group == Ids{ids[0]});
}

TEST_CASE("span: parts wait for no recovery data but their own, and each has its disc alone") {
    Situation queue;
    queue.facts.batch = {.wait = 0ms, .sessions = 10};
    const SessionId one = queue.session(), two = queue.session(), other = queue.session();
    for (const SessionId part : {one, two}) queue.of(part).row.whole = 99;
    queue.of(one).not_protected_yet = true;
    queue.disc(500);
    CHECK(queue.next().group == Ids{two});
    queue.of(two).taken = true;
    CHECK(queue.next().group == Ids{other});
}

TEST_CASE("span: what may be larger than a disc waits until it was split or found to fit") {
    Situation queue;
    const SessionId id = queue.session(5000);
    queue.of(id).not_split_yet = true;
    CHECK(waits_for(queue.next(), id, WaitsFor::split));
    queue.of(id).not_split_yet = false;
    CHECK(queue.next().group == Ids{id});
}

TEST_CASE("large sessions: one larger than this drive's discs is another's whose discs are larger") {
    Situation queue({"cd", "dvd"});
    queue.drive("dvd").blank_capacity_bytes = 5000;
    const SessionId large = queue.session(3000), small = queue.session(10);
    const Decision decision = queue.next("cd");
    CHECK(waits_for(decision, large, WaitsFor::larger_drive));
    CHECK(decision.group == Ids{small});
    queue.drive("cd").cannot_take.insert(large);  // as it is told then
    CHECK(queue.next("dvd").group == Ids{large});
}

TEST_CASE("large sessions: with two copies two drives must have such discs, else it is tried, and says so") {
    Situation queue({"cd", "dvd"});
    queue.facts.pools.at("default").copies = 2;
    queue.drive("dvd").blank_capacity_bytes = 5000;
    const SessionId large = queue.session(3000);
    CHECK(queue.next("cd").group == Ids{large});
    queue.pool("default", {"cd", "dvd", "bd"}).copies = 2;
    queue.drive("dvd").blank_capacity_bytes = 5000;
    queue.drive("bd").blank_capacity_bytes = 9000;
    CHECK(waits_for(queue.next("cd"), large, WaitsFor::larger_drive));
    queue.drive("bd").blank_capacity_bytes = 0;  // whatever goes into it
    CHECK(waits_for(queue.next("cd"), large, WaitsFor::larger_drive));
}

}  // namespace burnbox::test
