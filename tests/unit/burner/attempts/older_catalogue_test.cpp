// An older copy of the catalogue is put back: discs hold more than it knows.
#include <doctest/doctest.h>

#include <algorithm>
#include <utility>

#include "common/marks/older_catalogue.hpp"
#include "common/session/parity.hpp"
#include "common/storage/durable_file.hpp"
#include "tests/support/burner/burner_house.hpp"
#include "tests/support/must.hpp"

using namespace burnbox;
using namespace burnbox::test;

namespace {

const std::map<std::string, std::string> kFiles = {{"a.txt", "one"}, {"folder/b.txt", "two"}};

std::vector<std::string> names_on(BurnerHouse& house, const std::string& label) {
    std::vector<std::string> names;
    const auto rows = house.catalogue->disc_sessions(house.disc(label).id);
    for (const DiscSessionRow& row : *rows) names.push_back(row.session_name);
    return names;
}

std::optional<SessionRow> find(BurnerHouse& house, const std::string& name) {
    return *house.catalogue->find_session("alice", name);
}

bool is_burned(BurnerHouse& house, const std::string& name) {
    const auto row = find(house, name);
    return row && row->state == SessionState::burned;
}

// The copy is made while the first session is written.
void burn_three(BurnerHouse& house) {
    house.queue("s1", kFiles);
    house.drives[0]->during_write = [&] {
        house.copy_catalogue("old");
        return Status();
    };
    house.run();
    house.drives[0]->during_write = nullptr;
    for (const char* name : {"s2", "s3"}) {
        house.queue(name, kFiles);
        house.run();
    }
}

// s1 is on its disc, and the catalogue of before is put back.
void forget_what_the_first_drive_burned(BurnerHouse& house) {
    house.queue("s1", kFiles);
    house.copy_catalogue("old");
    while (*house.burner->run_once(0)) {
    }
    REQUIRE(is_burned(house, "s1"));
    house.put_catalogue_back("old");
}

}  // namespace

TEST_CASE("older catalogue: what the disc holds is taken in, and nothing is burned twice") {
    BurnerHouse house;
    burn_three(house);
    FakeShelf& shelf = house.shelves["tray"];
    REQUIRE(shelf.discs.at("BURNBOX_0001").sessions.size() == 3);
    SUBCASE("their seal records are there") {}
    SUBCASE("the seal records are older too") {
        for (const char* seal : {"seals/seal-2.jsonl", "seals/seal-3.jsonl"})
            REQUIRE(house.state_fs.remove(seal));
    }
    house.put_catalogue_back("old");
    house.run();
    CHECK(shelf.discs.at("BURNBOX_0001").sessions.size() == 3);
    CHECK(names_on(house, "BURNBOX_0001") == std::vector<std::string>{"s1", "s2", "s3"});
    for (const char* name : {"s1", "s2", "s3"}) {
        CHECK(is_burned(house, name));
        CHECK(house.catalogue->files(find(house, name)->id)->size() == 2);
    }
    CHECK(house.disc("BURNBOX_0001").state == DiscState::open);
    CHECK(house.disc("BURNBOX_0001").sessions_used == 3);
    CHECK(house.catalogue->unfinished_attempts()->empty());
    CHECK(find(house, "s2")->folder == "s2-burned");

    house.queue("s4", kFiles);
    house.run();
    CHECK(is_burned(house, "s4"));
    CHECK(shelf.discs.size() == 1);
    CHECK(shelf.discs.at("BURNBOX_0001").sessions.size() == 4);
}

TEST_CASE("older catalogue: after a start that came to nothing every shelf is waited for, too") {
    BurnerHouse house({"a", "b"});
    forget_what_the_first_drive_burned(house);
    house.restart();
    for (int step = 0; step < 5; ++step) CHECK(*house.burner->run_once(1) == false);
    CHECK(house.shelves["b"].discs.empty());
    CHECK(has_unseen_shelves(house.state_fs).value());
    house.run();
    CHECK(is_burned(house, "s1"));
    CHECK(house.shelves["b"].discs.empty());
    CHECK_FALSE(has_unseen_shelves(house.state_fs).value());
}

TEST_CASE("older catalogue: a look that fails once keeps the others waiting until it was made") {
    BurnerHouse house({"a", "b"});
    forget_what_the_first_drive_burned(house);
    bool once = true;
    house.drives[0]->before_load = [&]() -> Status {
        return std::exchange(once, false) ? fail(Errc::busy, "another program has it") : Status();
    };
    CHECK_FALSE(house.burner->run_once(0));
    (void)house.burner->run_once(1);
    for (int step = 0; step < 5; ++step) CHECK(*house.burner->run_once(1) == false);
    CHECK(house.shelves["b"].discs.empty());
    house.run_patiently(3);
    CHECK(is_burned(house, "s1"));
    CHECK(house.shelves["b"].discs.empty());
}

TEST_CASE(
    "older catalogue: a disc of ours whose label was given once more is taken in under its serial's digits") {
    BurnerHouse house({"a", "b"});
    std::string base = "BURNBOX_0001";
    SUBCASE("") {}
    SUBCASE("of more than sixteen characters") {
        house.config.burn.label = "ABCDEFGH%N_AND_SOME_MORE";
        base = "ABCDEFGH0001_AND_SOME_MORE";
    }
    house.copy_catalogue("old");
    for (const char* name : {"s1", "s2"}) {
        house.queue(name, kFiles);
        house.run();
    }
    REQUIRE(house.shelves["a"].discs.at(base).sessions.size() == 2);
    const std::string serial = house.shelves["a"].discs.at(base).serial;
    for (const char* name : {"alice/s1-burned", "alice/s2-burned"}) must(remove_tree(house.inbox_fs, name));
    house.shelves["a"].away = true;
    house.put_catalogue_back("old");
    house.queue("x", {{"c", "3"}});
    house.run_patiently(3);
    REQUIRE(is_burned(house, "x"));
    REQUIRE(house.shelves["b"].discs.contains(base));

    house.shelves["a"].away = false;
    for (int look = 0; look < 4; ++look) house.clock.advance(std::chrono::seconds(3)), house.run();
    const std::string twin = base + "~" + serial.substr(0, 8);
    CHECK(names_on(house, twin) == std::vector<std::string>{"s1", "s2"});
    CHECK(house.disc(twin).state == DiscState::closed);
    CHECK(is_burned(house, "s2"));
    CHECK(house.verify(find(house, "s2")->id, twin)->mismatches.empty());
    CHECK(house.verify(find(house, "x")->id, base)->mismatches.empty());
    house.restart();
    house.run();
    house.queue("s3", {{"c", "4"}});
    house.run_patiently(3);
    CHECK(is_burned(house, "s3"));
    CHECK(house.disc(twin).state == DiscState::closed);
    CHECK(house.shelves["a"].discs.at(base).sessions.size() == 2);
}

// Its disc is away while an older catalogue is put back, and it is sent and burned once more.
void burn_once_more_while_its_disc_is_away(BurnerHouse& house,
                                           const std::map<std::string, std::string>& files) {
    house.copy_catalogue("old");
    house.queue("s1", kFiles);
    house.run();
    REQUIRE(house.shelves["a"].discs.contains("BURNBOX_0001"));
    must(remove_tree(house.inbox_fs, "alice/s1-burned"));
    house.shelves["a"].away = true;
    house.put_catalogue_back("old");
    house.clock.advance(std::chrono::hours(1));
    house.queue("s1", files);
    house.run_patiently(3);
    REQUIRE(is_burned(house, "s1"));
    house.shelves["a"].away = false;
    for (int look = 0; look < 4; ++look) house.clock.advance(std::chrono::seconds(3)), house.run();
}

TEST_CASE(
    "older catalogue: a disc whose session was sent and burned once more meanwhile is read, and verified") {
    BurnerHouse house({"a", "b"});
    SUBCASE("with the same files") {
        burn_once_more_while_its_disc_is_away(house, kFiles);
    }
    SUBCASE("with others") {
        burn_once_more_while_its_disc_is_away(house, {{"a.txt", "another"}});
    }
    const auto discs = *house.catalogue->discs();
    REQUIRE(discs.size() == 2);
    const DiscRow& found = discs.back();
    CHECK(found.state == DiscState::closed);
    CHECK(names_on(house, found.label) == std::vector<std::string>{"s1"});
    const auto report = house.verify(0, found.label);
    REQUIRE(report);
    CHECK(report->mismatches.empty());
    CHECK(house.verify(find(house, "s1")->id, discs.front().label)->mismatches.empty());

    auto& disc = house.shelves["a"].discs.begin()->second;
    disc.sessions[0].entries.at("alice/s1/data/a.txt").content = "eno";
    CHECK_FALSE(house.verify(0, found.label)->mismatches.empty());
    CHECK(house.disc(found.label).state == DiscState::suspect);
    CHECK(house.disc(found.label).reason.find("differs") != std::string::npos);
    CHECK_FALSE(house.verify(0, found.label)->mismatches.empty());
    CHECK(house.disc(found.label).state == DiscState::suspect);
    disc.sessions[0].entries.at("alice/s1/data/a.txt").content = "one";
    CHECK(house.verify(0, found.label)->mismatches.empty());
    CHECK(house.disc(found.label).state == DiscState::closed);
    CHECK(house.disc(found.label).reason.find("older than the disc") != std::string::npos);
    CHECK(house.disc(found.label).free_bytes == 0);
}

TEST_CASE("older catalogue: records of a session that a drive burns are left to it") {
    BurnerHouse house({"a", "b"});
    house.copy_catalogue("old");
    house.queue("s1", kFiles);
    house.run();
    must(remove_tree(house.inbox_fs, "alice/s1-burned"));
    house.shelves["a"].away = true;
    house.put_catalogue_back("old");
    house.clock.advance(std::chrono::hours(1));
    const SessionId again = house.queue("s1", kFiles);
    const std::string record = "seals/" + house.row(again).seal_id + ".jsonl";
    const std::string as_sealed = *read_file(house.state_fs, record, 1U << 20U);
    bool met = false;
    house.drives[1]->during_write = [&] {
        if (std::exchange(met, true)) return Status();
        house.shelves["a"].away = false;
        for (int look = 0; look < 4; ++look)
            house.clock.advance(std::chrono::seconds(3)), must(house.burner->run_once(0));
        return Status();
    };
    house.run_patiently(3);
    REQUIRE(met);
    CHECK(*read_file(house.state_fs, record, 1U << 20U) == as_sealed);
    CHECK(is_burned(house, "s1"));
    const auto discs = *house.catalogue->discs();
    CHECK(std::ranges::count(discs, DiscState::suspect, &DiscRow::state) == 0);
}

TEST_CASE(
    "older catalogue: where that turns out while burnbox runs, every shelf is looked over again first") {
    BurnerHouse house({"a", "b"});
    house.queue("s1", kFiles);
    house.shelves["a"].away = true;
    (void)house.burner->run_once(0);  // nobody waits for its shelf
    SUBCASE("before it is a drive's turn") {
        house.burner->catalogue_is_older();
        for (int step = 0; step < 3; ++step) CHECK(*house.burner->run_once(1) == false);
    }
    SUBCASE("in its turn") {
        bool once = true;
        house.drives[1]->before_write = [&](const BurnJob&) -> Status {
            if (std::exchange(once, false)) house.burner->catalogue_is_older();
            return {};
        };
        for (int step = 0; step < 3; ++step) (void)house.burner->run_once(1);
        CHECK_FALSE(once);
        house.drives[1]->before_write = nullptr;
    }
    for (const auto& [label, disc] : house.shelves["b"].discs) CHECK(disc.sessions.empty());
    CHECK(find(house, "s1")->state == SessionState::queued);
    house.shelves["a"].away = false;
    house.run_patiently(3);
    CHECK(is_burned(house, "s1"));
}

TEST_CASE("older catalogue: what was queued then and is on the disc by now is not burned once more") {
    BurnerHouse house;
    house.queue("s1", kFiles);
    house.run();
    const SessionId second = house.queue("s2", kFiles);
    house.copy_catalogue("old");
    house.run();
    house.put_catalogue_back("old");
    REQUIRE(house.row(second).state == SessionState::queued);
    house.run();
    CHECK(house.row(second).state == SessionState::burned);
    CHECK(house.shelves["tray"].times_burned("BURNBOX_0001", "alice/s2") == 1);
    CHECK(house.shelves["tray"].discs.size() == 1);
}

TEST_CASE("older catalogue: a disc begun since is read, and nothing more is burned on it") {
    BurnerHouse house;
    house.shelves["tray"].session_limit = 1;
    house.queue("s1", kFiles);
    house.run();
    const SessionId second = house.queue("s2", kFiles);
    house.copy_catalogue("old");
    house.run();
    REQUIRE(house.shelves["tray"].discs.contains("BURNBOX_0002"));
    house.put_catalogue_back("old");
    house.shelves["tray"].session_limit = 5;
    house.run();
    CHECK(house.row(second).state == SessionState::burned);
    CHECK(names_on(house, "BURNBOX_0002") == std::vector<std::string>{"s2"});
    CHECK(house.disc("BURNBOX_0002").state == DiscState::closed);
    house.queue("s3", kFiles);
    house.run();
    CHECK(house.shelves["tray"].discs.at("BURNBOX_0002").sessions.size() == 1);
    CHECK(is_burned(house, "s3"));
}

TEST_CASE(
    "older catalogue: a disc begun since is only read, also when its reading was cut off in the middle") {
    BurnerHouse house;
    house.shelves["tray"].session_limit = 1;
    house.queue("s1", kFiles);
    house.run();
    house.copy_catalogue("old");
    house.shelves["tray"].session_limit = 2;
    for (const char* name : {"s2", "s3"}) {
        house.queue(name, kFiles);
        house.run();
    }
    REQUIRE(house.shelves["tray"].discs.at("BURNBOX_0002").sessions.size() == 2);
    house.shelves["tray"].session_limit = 5;
    house.put_catalogue_back("old");
    int reads = 0;
    house.drives[0]->before_verify = [&]() -> Status {
        return ++reads == 2 ? fail(Errc::busy, "the server was stopped") : Status();
    };
    for (int step = 0; step < 6 && reads < 2; ++step) (void)house.burner->run_once(0);
    REQUIRE(reads == 2);
    CHECK(house.disc("BURNBOX_0002").state == DiscState::closed);
    SUBCASE("goes on") {}
    SUBCASE("a restart") {
        house.restart();
    }
    house.run_patiently(5);
    house.queue("s4", {{"d", "4"}});
    house.run_patiently(5);
    const DiscRow disc = house.disc("BURNBOX_0002");
    CHECK(disc.state == DiscState::closed);
    CHECK(disc.sessions_used == 2);
    CHECK_FALSE(disc.head_digest.empty());
    CHECK(names_on(house, "BURNBOX_0002") == std::vector<std::string>{"s2", "s3"});
    CHECK(house.shelves["tray"].discs.at("BURNBOX_0002").sessions.size() == 2);
    CHECK(is_burned(house, "s4"));
}

TEST_CASE("older catalogue: the label of a disc that is found is no blank disc's while the disc is read") {
    BurnerHouse house;
    house.copy_catalogue("old");
    house.queue("s1", kFiles);
    house.run();
    house.put_catalogue_back("old");
    std::vector<DiscState> while_read;
    house.drives[0]->before_contents = [&] {
        const DiscRow disc = house.disc("BURNBOX_0001");
        if (!disc.label.empty()) while_read.push_back(disc.state);
        return Status();
    };
    house.run();
    CHECK(while_read == std::vector<DiscState>{DiscState::closed});
    CHECK(house.disc("BURNBOX_0001").reason.find("not read yet") == std::string::npos);
    CHECK(house.disc("BURNBOX_0001").sessions_used == 1);
    CHECK(names_on(house, "BURNBOX_0001") == std::vector<std::string>{"s1"});
}

TEST_CASE(
    "older catalogue: a disc that can't be loaded at once is met later, and keeps no other from being met") {
    BurnerHouse house;
    house.shelves["tray"].session_limit = 1;
    house.copy_catalogue("old");
    for (const char* name : {"s1", "s2"}) {
        house.queue(name, kFiles);
        house.run();
    }
    house.put_catalogue_back("old");
    unsigned calls = 0;
    bool second_was_met = false;
    house.drives[0]->before_load = [&]() -> Status {
        if (++calls == 3) second_was_met = house.disc("BURNBOX_0002").sessions_used == 1;
        return calls == 2 || calls > 3 ? Status() : fail(Errc::io, "not now");
    };
    house.run_patiently();
    CHECK(second_was_met);
    CHECK(names_on(house, "BURNBOX_0001") == std::vector<std::string>{"s1"});
    CHECK(names_on(house, "BURNBOX_0002") == std::vector<std::string>{"s2"});
}

TEST_CASE("older catalogue: a seal record says more than a disc without bags, and is kept") {
    BurnerHouse house;
    house.config.burn.layout = Layout::plain;
    house.restart();
    house.copy_catalogue("old");
    house.queue("s1", kFiles);
    house.drives[0]->after_write = [&] { return fail(Errc::unreachable, "gone"); };
    house.run();
    const std::string record = *read_file(house.state_fs, "seals/seal-1.jsonl", 1U << 20U);
    house.put_catalogue_back("old");
    house.repair();
    house.run_patiently();
    CHECK(is_burned(house, "s1"));
    CHECK(house.shelves["tray"].discs.size() == 1);
    CHECK(*read_file(house.state_fs, "seals/seal-1.jsonl", 1U << 20U) == record);
    CHECK(house.exists("alice/s1-burned/BURN"));  // no layout but bags has a place for it
}

TEST_CASE("older catalogue: a disc of somebody else on the shelf is left alone, and so is its label") {
    BurnerHouse other;
    other.queue("theirs", {{"x", "not ours"}});
    other.run();
    BurnerHouse house;
    house.shelves["tray"].discs = other.shelves["tray"].discs;
    house.queue("s1", kFiles);
    house.run();
    CHECK(house.disc("BURNBOX_0001").label.empty());
    CHECK(house.shelves["tray"].discs.at("BURNBOX_0001").sessions.size() == 1);
    CHECK(names_on(house, "BURNBOX_0002") == std::vector<std::string>{"s1"});
}

TEST_CASE("older catalogue: a label in a receipt is not given again, though its disc is not at hand") {
    BurnerHouse house;
    house.copy_catalogue("old");
    house.queue("s1", kFiles);
    house.run();
    house.shelves["tray"].discs.clear();
    house.put_catalogue_back("old");
    house.queue("s2", kFiles);
    house.run();
    CHECK(is_burned(house, "s2"));
    CHECK(house.disc("BURNBOX_0001").label.empty());
    CHECK(names_on(house, "BURNBOX_0002") == std::vector<std::string>{"s2"});
}

TEST_CASE("older catalogue: a disc session that differs, or is none of ours, makes the disc suspect") {
    BurnerHouse house;
    burn_three(house);
    FakeDisc& disc = house.shelves["tray"].discs.at("BURNBOX_0001");
    SUBCASE("a file differs") {
        disc.sessions[1].entries.at("alice/s2/data/a.txt").content = "oen";
    }
    SUBCASE("a file belongs to no session") {
        disc.sessions[1].entries["stranger.txt"] = {FileType::file, "hello", 5000};
    }
    house.put_catalogue_back("old");
    const std::size_t before = disc.sessions.size();
    house.run();
    CHECK(disc.sessions.size() == before);
    CHECK(house.disc("BURNBOX_0001").state == DiscState::suspect);
    CHECK(house.disc("BURNBOX_0001").reason.find("more than the catalogue knows") != std::string::npos);
    CHECK(names_on(house, "BURNBOX_0001") == std::vector<std::string>{"s1"});
    CHECK(is_burned(house, "s1"));
}

TEST_CASE("older catalogue: a label that others push further is counted as far") {
    BurnerHouse house;
    for (const char* label : {"BURNBOX_0001", "BURNBOX_0002", "BURNBOX_0003"})
        house.shelves["tray"].discs[label] = {.label = label, .serial = {}, .sessions = {{}}};
    house.queue("s1", kFiles);
    house.run();
    CHECK(names_on(house, "BURNBOX_0004") == std::vector<std::string>{"s1"});
    CHECK(house.catalogue->next_disc_number().value() == 5);
}

namespace {

// The discs lie elsewhere and the folders of burned sessions are deleted when an older catalogue is put back:
// nothing is left that tells of the disc but the disc.
FakeDisc forget_all(BurnerHouse& house) {
    house.copy_state("old");
    house.queue("s1", kFiles);
    house.run();
    FakeDisc disc = house.shelves["tray"].discs.at("BURNBOX_0001");
    house.shelves["tray"].discs.clear();
    REQUIRE(remove_tree(house.inbox_fs, "alice/s1-burned"));
    house.put_state_back("old");
    house.run();
    CHECK(house.disc("BURNBOX_0001").label.empty());
    return disc;
}

void check_taken_in(BurnerHouse& house) {
    CHECK(house.disc("BURNBOX_0001").state == DiscState::closed);
    CHECK(house.disc("BURNBOX_0001").sessions_used == 1);
    CHECK(names_on(house, "BURNBOX_0001") == std::vector<std::string>{"s1"});
    CHECK(is_burned(house, "s1"));
    CHECK(house.catalogue->find("alice", "*.txt", 10)->size() == 2);
    const std::size_t before = house.shelves["tray"].discs.at("BURNBOX_0001").sessions.size();
    house.queue("s2", kFiles);
    house.run();
    CHECK(house.shelves["tray"].discs.at("BURNBOX_0001").sessions.size() == before);
    CHECK(is_burned(house, "s2"));
}

}  // namespace

TEST_CASE("older catalogue: a disc of which nothing else tells is taken in from what it holds itself") {
    BurnerHouse house;
    const FakeDisc disc = forget_all(house);
    house.shelves["tray"].discs["BURNBOX_0001"] = disc;
    SUBCASE("at the next start") {
        house.restart();
    }
    SUBCASE("while it runs") {
        for (int look = 0; look < 3; ++look) {
            house.run();
            house.clock.advance(std::chrono::seconds(3));
        }
    }
    house.run();
    check_taken_in(house);
}

TEST_CASE("older catalogue: a disc of which nothing else tells, in a drive with a tray") {
    BurnerHouse house;
    const FakeDisc disc = forget_all(house);
    house.shelves["tray"].discs["BURNBOX_0001"] = disc;
    house.restart();
    house.drives[0]->look = [] { return true; };
    house.drives[0]->loaded = "BURNBOX_0001";
    house.run();
    CHECK(house.disc("BURNBOX_0001").state == DiscState::closed);
    CHECK(is_burned(house, "s1"));
}

TEST_CASE("older catalogue: a disc of which nothing else tells, and that the third reading can read") {
    BurnerHouse house;
    house.shelves["tray"].discs["BURNBOX_0001"] = forget_all(house);
    house.restart();
    Errc what = Errc::io;
    SUBCASE("a block could not be read") {}
    SUBCASE("another disc was in the drive by then") {
        what = Errc::wrong_medium;
    }
    SUBCASE("it was out of the drive by then") {
        what = Errc::no_medium;
    }
    unsigned readings = 0;
    house.drives[0]->before_contents = [&] {
        return ++readings < 3 ? fail(what, "not this time") : Status();
    };
    house.run_patiently();
    CHECK(readings >= 3);
    check_taken_in(house);
}

TEST_CASE("older catalogue: a disc of which nothing else tells, and that differs, is suspect") {
    BurnerHouse house;
    FakeDisc disc = forget_all(house);
    disc.sessions[0].entries.at("alice/s1/data/a.txt").content = "oen";
    house.shelves["tray"].discs["BURNBOX_0001"] = disc;
    house.restart();
    house.run();
    CHECK(house.disc("BURNBOX_0001").state == DiscState::suspect);
    CHECK(names_on(house, "BURNBOX_0001").empty());
}

TEST_CASE("older catalogue: an image that changes while it is copied back is not judged before it is whole") {
    BurnerHouse house;
    const FakeDisc disc = forget_all(house);
    FakeDisc torn = disc;
    torn.sessions[0].whole = false;
    house.shelves["tray"].discs["BURNBOX_0001"] = torn;
    house.run();
    house.clock.advance(std::chrono::seconds(3));
    house.shelves["tray"].discs["BURNBOX_0001"] = disc;
    for (int look = 0; look < 4; ++look) {
        house.run();
        house.clock.advance(std::chrono::seconds(3));
    }
    check_taken_in(house);
}

namespace {

// Its first copy is good; the second one is not, however often it is tried.
void fail_on_the_second_disc(BurnerHouse& house, bool with_older_session) {
    if (with_older_session) {
        house.queue("s0", kFiles);
        house.run();
    }
    house.copy_state("old");
    house.queue("s1", kFiles);
    house.drives[1]->change_on_disc = [](std::string& content) { content += "?"; };
    for (int i = 0; i < 2; ++i) {  // the drive stops after two discs
        house.run_patiently();
        REQUIRE(house.burner->by_hand(Burner::ByHand::retry, "spare"));
    }
    house.drives[1]->change_on_disc = nullptr;
    REQUIRE(find(house, "s1")->state == SessionState::failed);
    REQUIRE(house.exists("alice/s1-failed/a.txt"));
}

}  // namespace

TEST_CASE(
    "older catalogue: a failed session that is found on a disc has its folder, and its other copies are "
    "made") {
    BurnerHouse house({"tray", "spare"}, 2);
    SUBCASE("the disc is known") {
        fail_on_the_second_disc(house, true);
    }
    SUBCASE("nothing else tells of the disc") {
        fail_on_the_second_disc(house, false);
    }
    house.put_state_back("old");
    house.repair();
    REQUIRE_FALSE(find(house, "s1"));
    house.run();
    auto row = find(house, "s1");
    REQUIRE(row);
    CHECK(row->state == SessionState::failed);
    CHECK(row->folder == "s1-failed");
    CHECK(row->reason.find("FAILED.txt") != std::string::npos);
    CHECK(house.catalogue->copies(row->id)->size() == 1);
    REQUIRE(house.catalogue->step(row->id, SessionState::failed, SessionState::queued, "once more"));
    house.run();
    row = find(house, "s1");
    CHECK(row->state == SessionState::burned);
    CHECK(row->folder == "s1-burned");
    CHECK(house.catalogue->copies(row->id)->size() == 2);
    CHECK(house.shelves["tray"].times_burned("BURNBOX_0001", "alice/s1") == 1);
}

TEST_CASE("older catalogue: a failed session that is found on as many discs as it needs is burned") {
    BurnerHouse house({"tray", "spare"}, 2);
    fail_on_the_second_disc(house, false);
    house.config.pools["default"].copies = 1;
    house.put_state_back("old");
    house.repair();
    house.run();
    CHECK(is_burned(house, "s1"));
    CHECK(find(house, "s1")->folder == "s1-burned");
    CHECK(house.text("alice/s1-burned/a.txt") == "one");
    CHECK(house.text("alice/s1-burned/receipt.json").find("BURNBOX_0001") != std::string::npos);
}

TEST_CASE("older catalogue: a failed folder with another content is not that of the session on the disc") {
    BurnerHouse house({"tray", "spare"}, 2);
    fail_on_the_second_disc(house, true);
    house.put_state_back("old");
    REQUIRE(replace_file(house.inbox_fs, "alice/s1-failed/a.txt", "eno"));
    house.repair();
    house.run();
    REQUIRE(find(house, "s1"));
    CHECK(find(house, "s1")->folder.empty());
    CHECK(house.text("alice/s1-failed/a.txt") == "eno");
}

TEST_CASE("older catalogue: the record of a session's recovery data stays when the disc has the same") {
    BurnerHouse house;
    house.config.burn.redundancy = 10;
    const SessionId id = house.queue("s1", kFiles);
    house.hold();
    REQUIRE(*house.burner->prepare_once());
    house.copy_catalogue("old");
    house.run();
    REQUIRE(house.row(id).state == SessionState::burned);
    const std::string record = must(read_file(house.state_fs, parity_record_path("seal-1"), 1U << 20U));
    house.put_catalogue_back("old");
    house.run();
    CHECK(is_burned(house, "s1"));
    CHECK(house.shelves["tray"].times_burned("BURNBOX_0001", "alice/s1") == 1);
    CHECK(must(read_file(house.state_fs, parity_record_path("seal-1"), 1U << 20U)) == record);
}
