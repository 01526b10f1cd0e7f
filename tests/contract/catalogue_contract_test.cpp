// What every Catalogue does. Outcomes are checked on the catalogue opened anew wherever durability is the point.
#include <doctest/doctest.h>

#include <atomic>
#include <thread>

#include "tests/contract/catalogue_fixture.hpp"

using namespace burnbox;
using namespace burnbox::test;

namespace {

// A catalogue with one disc and one queued session.
struct Bench {
    TemporaryCatalogue catalogue;
    DiscRow disc = disc_row("BURNBOX_0001");
    SessionId session = 0;

    Bench() {
        disc.id = catalogue->add_disc(disc).value();
        session = catalogue->add_session(session_row("holiday")).value();
    }
    SessionState state(SessionId id) { return catalogue->session(id).value().state; }
    AttemptId verifying_attempt() { return verifying_attempt(disc, {session}); }
    AttemptId verifying_attempt(const DiscRow& on, const std::vector<SessionId>& sessions, unsigned number = 1) {
        const AttemptId id = catalogue->begin_attempt(attempt_row(on.id, sessions, number)).value();
        REQUIRE(catalogue->attempt_written(id, 81'936, 358'400, "libburn: fine").has_value());
        return id;
    }
    void burn(const DiscRow& on, SessionId id, const std::vector<FileRow>& files, unsigned number = 1, unsigned copies = 1) {
        const AttemptId attempt = verifying_attempt(on, {id}, number);
        REQUIRE(catalogue->attempt_verified(attempt, on, {{id, files}}, at(200), at(300), copies).has_value());
    }
};

}  // namespace

TEST_CASE("catalogue: a session is read back as it was added, after a restart too") {
    TemporaryCatalogue catalogue;
    const SessionRow row = session_row("holiday");
    const SessionId id = catalogue->add_session(row).value();
    catalogue.reopen();
    const SessionRow read = catalogue->session(id).value();
    CHECK(read.id == id);
    CHECK(read.account == row.account);
    CHECK(read.name == row.name);
    CHECK(read.disc_name == row.disc_name);
    CHECK(read.pool == row.pool);
    CHECK(read.state == SessionState::queued);
    CHECK(read.folder == row.folder);
    CHECK(read.folder_next == row.folder_next);
    CHECK(read.seal_id == row.seal_id);
    CHECK(read.content_digest == row.content_digest);
    CHECK(read.marker_name == row.marker_name);
    CHECK(read.marker_sha256 == row.marker_sha256);
    CHECK(read.bytes == row.bytes);
    CHECK(read.files_count == row.files_count);
    CHECK(read.sealed_at == row.sealed_at);
    CHECK_FALSE(read.burned_at.has_value());
    CHECK_FALSE(read.verified_at.has_value());
    CHECK(read.reason == row.reason);
}

TEST_CASE("catalogue: a disc name is taken once in an account, in any case") {
    TemporaryCatalogue catalogue;
    REQUIRE(catalogue->add_session(session_row("Holiday")).has_value());
    CHECK(catalogue->add_session(session_row("hOLIDAY")).error().code == Errc::exists);
    CHECK(catalogue->add_session(session_row("holiday", "bob")).has_value());
    SessionRow second = session_row("holiday");
    second.disc_name = "holiday-2";
    CHECK(catalogue->add_session(second).has_value());
    CHECK(catalogue->disc_names("alice").value() == std::vector<std::string>{"Holiday", "holiday-2"});
    CHECK(catalogue->disc_names("carol").value().empty());
}

TEST_CASE("catalogue: sessions are found by disc name and by folder") {
    TemporaryCatalogue catalogue;
    const SessionId id = catalogue->add_session(session_row("holiday")).value();
    CHECK(catalogue->find_session("alice", "HOLIDAY").value()->id == id);
    CHECK_FALSE(catalogue->find_session("bob", "holiday").value().has_value());
    CHECK(catalogue->find_session_by_folder("alice", "holiday").value()->id == id);
    CHECK(catalogue->find_session_by_folder("alice", "holiday-queued").value()->id == id);  // on its way there
    REQUIRE(catalogue->end_move(id).has_value());
    CHECK_FALSE(catalogue->find_session_by_folder("alice", "holiday").value().has_value());
    CHECK(catalogue->find_session_by_folder("alice", "holiday-queued").value()->id == id);
    CHECK_FALSE(catalogue->find_session_by_folder("alice", "").value().has_value());
    CHECK(catalogue->session(99).error().code == Errc::not_found);
}

TEST_CASE("catalogue: lists are in the order of sealing") {
    TemporaryCatalogue catalogue;
    const SessionId late = catalogue->add_session(session_row("late", "alice", 20)).value();
    const SessionId early = catalogue->add_session(session_row("early", "alice", 10)).value();
    const SessionId other = catalogue->add_session(session_row("other", "bob", 15)).value();
    const auto ids = [](const Result<std::vector<SessionRow>>& rows) {
        std::vector<SessionId> list;
        for (const SessionRow& row : rows.value()) list.push_back(row.id);
        return list;
    };
    CHECK(ids(catalogue->sessions("")) == std::vector{early, other, late});
    CHECK(ids(catalogue->sessions("alice")) == std::vector{early, late});
    CHECK(ids(catalogue->sessions_in_state(SessionState::queued)) == std::vector{early, other, late});
    CHECK(ids(catalogue->sessions_in_state(SessionState::burned)).empty());
}

TEST_CASE("catalogue: a step happens from the state it names, or not at all") {
    TemporaryCatalogue catalogue;
    const SessionId id = catalogue->add_session(session_row("holiday")).value();
    const Status wrong = catalogue->step(id, SessionState::failed, SessionState::queued, "retried");
    CHECK(wrong.error().code == Errc::conflict);
    CHECK(catalogue->session(id).value().reason == "waits for a disc");
    CHECK(catalogue->step(id, SessionState::queued, SessionState::burned, "").error().code == Errc::invalid);
    REQUIRE(catalogue->step(id, SessionState::queued, SessionState::failed, "folder is missing").has_value());
    catalogue.reopen();
    CHECK(catalogue->session(id).value().state == SessionState::failed);
    CHECK(catalogue->session(id).value().reason == "folder is missing");
    CHECK(catalogue->step(99, SessionState::queued, SessionState::failed, "").error().code == Errc::not_found);
}

TEST_CASE("catalogue: of two that step the same session one gets a conflict") {
    TemporaryCatalogue catalogue;
    const SessionId id = catalogue->add_session(session_row("holiday")).value();
    std::atomic<int> done = 0, conflicts = 0;
    const auto race = [&](SessionState to) {
        const Status status = catalogue->step(id, SessionState::queued, to, "");
        if (status) ++done;
        else if (status.error().code == Errc::conflict) ++conflicts;
    };
    std::thread cancels(race, SessionState::withdrawn), burns(race, SessionState::burning);
    cancels.join();
    burns.join();
    CHECK(done == 1);
    CHECK(conflicts == 1);
}

TEST_CASE("catalogue: two threads add sessions at once and none is lost") {
    TemporaryCatalogue catalogue;
    constexpr int kEach = 50;
    const auto add = [&](const std::string& account) {
        for (int i = 0; i < kEach; ++i) (void)catalogue->add_session(session_row("s" + std::to_string(i), account));
    };
    std::thread first(add, "alice"), second(add, "bob");
    first.join();
    second.join();
    CHECK(catalogue->sessions("").value().size() == 2 * kEach);
}

TEST_CASE("catalogue: a move is an intent, then done; ending it twice changes nothing") {
    TemporaryCatalogue catalogue;
    const SessionId id = catalogue->add_session(session_row("holiday")).value();
    REQUIRE(catalogue->end_move(id).has_value());
    REQUIRE(catalogue->begin_move(id, "holiday-burned").has_value());
    catalogue.reopen();
    CHECK(catalogue->session(id).value().folder == "holiday-queued");
    CHECK(catalogue->session(id).value().folder_next == "holiday-burned");
    REQUIRE(catalogue->end_move(id).has_value());
    REQUIRE(catalogue->end_move(id).has_value());
    CHECK(catalogue->session(id).value().folder == "holiday-burned");
    CHECK(catalogue->session(id).value().folder_next.empty());
    REQUIRE(catalogue->begin_move(id, "elsewhere").has_value());
    REQUIRE(catalogue->set_folder(id, "").has_value());
    CHECK(catalogue->session(id).value().folder.empty());
    CHECK(catalogue->session(id).value().folder_next.empty());
    CHECK(catalogue->begin_move(99, "x").error().code == Errc::not_found);
    CHECK(catalogue->end_move(99).error().code == Errc::not_found);
    CHECK(catalogue->set_folder(99, "x").error().code == Errc::not_found);
}

TEST_CASE("catalogue: the reason of a waiting session can change") {
    TemporaryCatalogue catalogue;
    const SessionId id = catalogue->add_session(session_row("holiday")).value();
    REQUIRE(catalogue->set_reason(id, "insert a blank DVD+R").has_value());
    CHECK(catalogue->session(id).value().reason == "insert a blank DVD+R");
    CHECK(catalogue->session(id).value().state == SessionState::queued);
    CHECK(catalogue->set_reason(99, "x").error().code == Errc::not_found);
}

TEST_CASE("catalogue: only withdrawn sessions are removed, and their name is free again") {
    Bench bench;
    Catalogue& catalogue = *bench.catalogue;
    CHECK(catalogue.remove_session(bench.session).error().code == Errc::conflict);
    REQUIRE(catalogue.step(bench.session, SessionState::queued, SessionState::withdrawn, "").has_value());
    REQUIRE(catalogue.remove_session(bench.session).has_value());
    CHECK(catalogue.session(bench.session).error().code == Errc::not_found);
    CHECK(catalogue.remove_session(bench.session).error().code == Errc::not_found);
    const SessionId again = catalogue.add_session(session_row("holiday")).value();
    CHECK(again != bench.session);  // numbers are never used again
}

TEST_CASE("catalogue: a session that failed an attempt can be taken back and removed") {
    Bench bench;
    const AttemptId attempt = bench.verifying_attempt();
    REQUIRE(bench.catalogue->attempt_failed(attempt, bench.disc, SessionState::failed, "read-back differed").has_value());
    REQUIRE(bench.catalogue->step(bench.session, SessionState::failed, SessionState::withdrawn, "").has_value());
    CHECK(bench.catalogue->remove_session(bench.session).has_value());
}

TEST_CASE("catalogue: what a disc holds stays listed when its session was withdrawn before the last copy") {
    Bench bench;
    bench.burn(bench.disc, bench.session, {file_row("/alice/holiday/data/a.jpg")}, 1, 2);
    REQUIRE(bench.state(bench.session) == SessionState::queued);
    REQUIRE(bench.catalogue->step(bench.session, SessionState::queued, SessionState::withdrawn, "").has_value());
    REQUIRE(bench.catalogue->remove_session(bench.session).has_value());
    const auto listed = bench.catalogue->disc_sessions(bench.disc.id).value();
    REQUIRE(listed.size() == 1);
    CHECK(listed[0].session_name == "holiday");
    CHECK(listed[0].session == 0);
    CHECK(bench.catalogue->find("alice", "a.jpg", 10).value().size() == 1);
    CHECK(bench.catalogue->disc_names("alice").value() == std::vector<std::string>{"holiday"});
    CHECK(bench.catalogue->add_session(session_row("HOLIDAY")).error().code == Errc::exists);
}

TEST_CASE("catalogue: a disc is read back as it was added and updated") {
    Bench bench;
    DiscRow row = bench.disc;
    row.state = DiscState::suspect;
    row.reason = "scratched";
    row.free_bytes = 5;
    row.sessions_used = 3;
    row.sessions_left = 150;
    row.next_lba = 4'000'000'000;
    row.head_digest = std::string(64, 'b');
    row.location = "/elsewhere";
    row.drive = "other";
    row.label = "CHANGED";
    REQUIRE(bench.catalogue->update_disc(row).has_value());
    bench.catalogue.reopen();
    CHECK_FALSE(bench.catalogue->find_disc("CHANGED").value().has_value());
    const DiscRow read = bench.catalogue->find_disc("BURNBOX_0001").value().value();
    CHECK(read.id == bench.disc.id);
    CHECK(read.label == bench.disc.label);  // label and serial never change
    CHECK(read.serial == bench.disc.serial);
    CHECK(read.pool == "default");
    CHECK(read.drive == "other");
    CHECK(read.medium == "dvd+r");
    CHECK(read.media_id == "MCC-004");
    CHECK(read.location == "/elsewhere");
    CHECK(read.state == DiscState::suspect);
    CHECK(read.reason == "scratched");
    CHECK(read.capacity_bytes == bench.disc.capacity_bytes);
    CHECK(read.free_bytes == 5);
    CHECK(read.sessions_used == 3);
    CHECK(read.sessions_left == 150);
    CHECK(read.next_lba == 4'000'000'000);
    CHECK(read.head_digest == row.head_digest);
    CHECK(read.created_at == bench.disc.created_at);
    row.id = 99;
    CHECK(bench.catalogue->update_disc(row).error().code == Errc::not_found);
}

TEST_CASE("catalogue: labels are unique in their first 16 characters") {
    TemporaryCatalogue catalogue;
    REQUIRE(catalogue->add_disc(disc_row("ARCHIVE_2026_0001_A", 2)).has_value());
    CHECK(catalogue->add_disc(disc_row("ARCHIVE_2026_0001_A")).error().code == Errc::exists);
    CHECK(catalogue->add_disc(disc_row("ARCHIVE_2026_0002_A", 1)).error().code == Errc::exists);
    CHECK(catalogue->add_disc(disc_row("ARCHIVE_0002", 1)).has_value());
    const auto discs = catalogue->discs().value();
    REQUIRE(discs.size() == 2);
    CHECK(discs[0].label == "ARCHIVE_0002");
}

TEST_CASE("catalogue: an attempt is durable and its sessions burn") {
    Bench bench;
    const AttemptId id = bench.catalogue->begin_attempt(attempt_row(bench.disc.id, {bench.session}, 3)).value();
    bench.catalogue.reopen();
    CHECK(bench.state(bench.session) == SessionState::burning);
    const auto unfinished = bench.catalogue->unfinished_attempts().value();
    REQUIRE(unfinished.size() == 1);
    CHECK(unfinished[0].id == id);
    CHECK(unfinished[0].disc == bench.disc.id);
    CHECK(unfinished[0].drive == "tray");
    CHECK(unfinished[0].sessions == std::vector{bench.session});
    CHECK(unfinished[0].disc_session == 3);
    CHECK(unfinished[0].start_lba == 81'920);
    CHECK(unfinished[0].blocks == 0);
    CHECK(unfinished[0].state == AttemptState::writing);
    CHECK(unfinished[0].started_at == at(100));
    CHECK_FALSE(unfinished[0].ended_at.has_value());
}

TEST_CASE("catalogue: an attempt on several sessions begins with all of them or with none") {
    Bench bench;
    const SessionId second = bench.catalogue->add_session(session_row("second")).value();
    REQUIRE(bench.catalogue->step(second, SessionState::queued, SessionState::withdrawn, "").has_value());
    const auto attempt = bench.catalogue->begin_attempt(attempt_row(bench.disc.id, {bench.session, second}));
    CHECK(attempt.error().code == Errc::conflict);
    CHECK(bench.state(bench.session) == SessionState::queued);
    CHECK(bench.catalogue->unfinished_attempts().value().empty());
}

TEST_CASE("catalogue: a disc has one attempt at a time") {
    Bench bench;
    const SessionId second = bench.catalogue->add_session(session_row("second")).value();
    const AttemptId first = bench.catalogue->begin_attempt(attempt_row(bench.disc.id, {bench.session})).value();
    CHECK(bench.catalogue->begin_attempt(attempt_row(bench.disc.id, {second})).error().code == Errc::conflict);
    REQUIRE(bench.catalogue->attempt_failed(first, bench.disc, SessionState::queued, "no medium").has_value());
    CHECK(bench.catalogue->begin_attempt(attempt_row(bench.disc.id, {second})).has_value());
}

TEST_CASE("catalogue: a written attempt verifies, once") {
    Bench bench;
    const AttemptId id = bench.verifying_attempt();
    CHECK(bench.state(bench.session) == SessionState::verifying);
    const AttemptRow row = bench.catalogue->unfinished_attempts().value().at(0);
    CHECK(row.state == AttemptState::verifying);
    CHECK(row.start_lba == 81'936);
    CHECK(row.blocks == 358'400);
    CHECK(row.messages == "libburn: fine");
    CHECK(bench.catalogue->attempt_written(id, 1, 1, "").error().code == Errc::conflict);
    CHECK(bench.catalogue->attempt_written(99, 1, 1, "").error().code == Errc::not_found);
}

TEST_CASE("catalogue: a verified attempt makes its session burned, with its place and its files") {
    Bench bench;
    const AttemptId id = bench.verifying_attempt();
    bench.disc.sessions_used = 1;
    bench.disc.next_lba = 500'000;
    const std::vector files = {file_row("/alice/holiday/data/b.jpg", 2), file_row("/alice/holiday/data/a.jpg", 1)};
    REQUIRE(bench.catalogue->attempt_verified(id, bench.disc, {{bench.session, files}}, at(200), at(300), 1).has_value());
    bench.catalogue.reopen();

    const SessionRow session = bench.catalogue->session(bench.session).value();
    CHECK(session.state == SessionState::burned);
    CHECK(session.burned_at == at(200));
    CHECK(session.verified_at == at(300));
    CHECK(session.reason.empty());
    CHECK(bench.catalogue->unfinished_attempts().value().empty());
    const AttemptRow attempt = bench.catalogue->attempts(bench.session).value().at(0);
    CHECK(attempt.state == AttemptState::verified);
    CHECK(attempt.ended_at == at(300));
    CHECK(bench.catalogue->find_disc("BURNBOX_0001").value()->next_lba == 500'000);

    const auto copies = bench.catalogue->copies(bench.session).value();
    REQUIRE(copies.size() == 1);
    CHECK(copies[0].disc == bench.disc.id);
    CHECK(copies[0].disc_label == "BURNBOX_0001");
    CHECK(copies[0].disc_session == 1);
    CHECK(copies[0].session == bench.session);
    CHECK(copies[0].account == "alice");
    CHECK(copies[0].session_name == "holiday");
    CHECK(copies[0].start_lba == 81'936);
    CHECK(copies[0].blocks == 358'400);
    CHECK(copies[0].burned_at == at(200));
    CHECK(copies[0].verified_at == at(300));
    CHECK(copies[0].medium == "dvd+r");
    CHECK(copies[0].media_id == "MCC-004");
    CHECK(copies[0].serial == "serial of BURNBOX_0001");
    CHECK(copies[0].drive == "tray");
    CHECK(copies[0].location == "/discs/BURNBOX_0001.iso");
    const auto read = bench.catalogue->files(bench.session).value();
    REQUIRE(read.size() == 2);
    CHECK(read[0].path == "/alice/holiday/data/a.jpg");
    CHECK(read[0].sha256 == files[1].sha256);
    CHECK(read[0].size_bytes == files[1].size_bytes);
    CHECK(read[0].lba == 1);
}

TEST_CASE("catalogue: the end of an attempt is all or nothing") {
    Bench bench;
    const AttemptId id = bench.verifying_attempt();
    const std::vector twice = {file_row("/alice/holiday/data/a"), file_row("/alice/holiday/data/a")};
    CHECK_FALSE(bench.catalogue->attempt_verified(id, bench.disc, {{bench.session, twice}}, at(200), at(300), 1).has_value());
    CHECK(bench.catalogue->attempt_verified(id, bench.disc, {}, at(200), at(300), 1).error().code == Errc::invalid);
    DiscRow other = disc_row("BURNBOX_0002");
    other.id = bench.catalogue->add_disc(other).value();
    CHECK(bench.catalogue->attempt_verified(id, other, {{bench.session, {}}}, at(200), at(300), 1).error().code == Errc::invalid);
    CHECK(bench.state(bench.session) == SessionState::verifying);
    CHECK(bench.catalogue->copies(bench.session).value().empty());
    CHECK(bench.catalogue->unfinished_attempts().value().size() == 1);
    REQUIRE(bench.catalogue->attempt_verified(id, bench.disc, {{bench.session, {}}}, at(200), at(300), 1).has_value());
    CHECK(bench.catalogue->attempt_verified(id, bench.disc, {{bench.session, {}}}, at(1), at(1), 1).error().code == Errc::conflict);
}

TEST_CASE("catalogue: a session is burned when as many different discs hold it as are wanted") {
    Bench bench;
    bench.burn(bench.disc, bench.session, {file_row("/alice/holiday/data/a", 7)}, 1, 2);
    CHECK(bench.state(bench.session) == SessionState::queued);
    CHECK(bench.catalogue->session(bench.session).value().reason == "copy 1 of 2 is on disc BURNBOX_0001");
    CHECK_FALSE(bench.catalogue->session(bench.session).value().burned_at.has_value());

    CHECK(bench.catalogue->begin_attempt(attempt_row(bench.disc.id, {bench.session}, 2)).error().code == Errc::conflict);
    DiscRow other = disc_row("BURNBOX_0002");
    other.id = bench.catalogue->add_disc(other).value();
    bench.burn(other, bench.session, {file_row("/alice/holiday/data/a", 9)}, 1, 2);
    CHECK(bench.state(bench.session) == SessionState::burned);
    CHECK(bench.catalogue->copies(bench.session).value().size() == 2);
    CHECK(bench.catalogue->files(bench.session).value().at(0).lba == 7);  // addresses of the first copy
    CHECK(bench.catalogue->find("", "a", 10).value().size() == 2);        // both places
}

TEST_CASE("catalogue: a failed attempt puts its sessions back with the reason") {
    Bench bench;
    const AttemptId written = bench.verifying_attempt();
    bench.disc.state = DiscState::suspect;
    bench.disc.reason = "read-back differed";
    REQUIRE(bench.catalogue->attempt_failed(written, bench.disc, SessionState::queued, "read-back differed").has_value());
    bench.catalogue.reopen();
    CHECK(bench.state(bench.session) == SessionState::queued);
    CHECK(bench.catalogue->session(bench.session).value().reason == "read-back differed");
    CHECK(bench.catalogue->find_disc("BURNBOX_0001").value()->state == DiscState::suspect);
    CHECK(bench.catalogue->attempt_failed(written, bench.disc, SessionState::queued, "again").error().code == Errc::conflict);

    DiscRow other = disc_row("BURNBOX_0002");
    other.id = bench.catalogue->add_disc(other).value();
    const AttemptId writing = bench.catalogue->begin_attempt(attempt_row(other.id, {bench.session})).value();
    REQUIRE(bench.catalogue->attempt_failed(writing, other, SessionState::failed, "staged file differs").has_value());
    CHECK(bench.state(bench.session) == SessionState::failed);
    const auto attempts = bench.catalogue->attempts(bench.session).value();
    REQUIRE(attempts.size() == 2);
    CHECK(attempts[0].state == AttemptState::failed);
    CHECK(attempts[0].messages == "libburn: fine\nread-back differed");
    CHECK(attempts[0].ended_at.has_value());
    CHECK(attempts[1].messages == "staged file differs");
    CHECK(bench.catalogue->copies(bench.session).value().empty());
}

TEST_CASE("catalogue: a disc lists its sessions by number") {
    Bench bench;
    const SessionId second = bench.catalogue->add_session(session_row("second")).value();
    bench.burn(bench.disc, bench.session, {}, 1);
    bench.burn(bench.disc, second, {}, 2);
    const auto listed = bench.catalogue->disc_sessions(bench.disc.id).value();
    REQUIRE(listed.size() == 2);
    CHECK(listed[0].session_name == "holiday");
    CHECK(listed[1].session_name == "second");
    CHECK(listed[1].disc_session == 2);
    CHECK(bench.catalogue->disc_sessions(99).value().empty());
}

TEST_CASE("catalogue: find matches base names and paths") {
    Bench bench;
    bench.burn(bench.disc, bench.session,
               {file_row("/alice/holiday/data/photos/a.jpg"), file_row("/alice/holiday/data/photos/raw/b.JPG"),
                file_row("/alice/holiday/data/notes.txt"), file_row("/alice/holiday/data/100%_[x].txt")});
    const auto find = [&](const std::string& glob, const std::string& account = "") {
        std::vector<std::string> paths;
        const auto found = bench.catalogue->find(account, glob, 100).value();
        for (const FoundFile& file : found) paths.push_back(file.path.substr(15));
        return paths;
    };
    using Paths = std::vector<std::string>;
    CHECK(find("*.jpg") == Paths{"data/photos/a.jpg"});
    CHECK(find("*.[jJ][pP][gG]") == Paths{"data/photos/a.jpg", "data/photos/raw/b.JPG"});
    CHECK(find("photos") == Paths{});
    CHECK(find("photos/*") == Paths{"data/photos/a.jpg"});
    CHECK(find("photos/**") == Paths{"data/photos/a.jpg", "data/photos/raw/b.JPG"});
    CHECK(find("/alice/*/data/*.txt") == Paths{"data/100%_[x].txt", "data/notes.txt"});
    CHECK(find("/alice/*.txt") == Paths{});
    CHECK(find("/alice/**.txt") == Paths{"data/100%_[x].txt", "data/notes.txt"});
    CHECK(find("100%_\\[x\\].txt") == Paths{"data/100%_[x].txt"});
    CHECK(find("n?tes.*", "alice") == Paths{"data/notes.txt"});
    CHECK(find("*", "bob") == Paths{});
    CHECK(find("") == Paths{});
    CHECK(bench.catalogue->find("", "*", 2).value().size() == 2);

    const FoundFile file = bench.catalogue->find("alice", "a.jpg", 1).value().at(0);
    CHECK(file.account == "alice");
    CHECK(file.session == "holiday");
    CHECK(file.disc == "BURNBOX_0001");
    CHECK(file.disc_session == 1);
    CHECK(file.sha256 == Sha256::of("/alice/holiday/data/photos/a.jpg"));
}

TEST_CASE("catalogue: the same content under the same name is recognized once it is burned") {
    Bench bench;
    const SessionRow row = session_row("holiday");
    CHECK_FALSE(bench.catalogue->find_same_content("alice", "holiday", row.content_digest).value().has_value());
    bench.burn(bench.disc, bench.session, {});
    CHECK(bench.catalogue->find_same_content("alice", "holiday", row.content_digest).value()->id == bench.session);
    CHECK_FALSE(bench.catalogue->find_same_content("bob", "holiday", row.content_digest).value().has_value());
    CHECK_FALSE(bench.catalogue->find_same_content("alice", "other", row.content_digest).value().has_value());
    CHECK_FALSE(bench.catalogue->find_same_content("alice", "holiday", Sha256::of("x")).value().has_value());
}

TEST_CASE("catalogue: text is stored as it is, whatever it holds") {
    TemporaryCatalogue catalogue;
    SessionRow row = session_row("O'Brien; DROP TABLE sessions; :id ? \"x\" 日本");
    row.reason = "tab\tline\nend";
    const SessionId id = catalogue->add_session(row).value();
    CHECK(catalogue->session(id).value().name == row.name);
    CHECK(catalogue->session(id).value().reason == row.reason);
    CHECK(catalogue->find_session("alice", row.name).value()->id == id);
}

TEST_CASE("catalogue: a hundred thousand files are stored in one transaction in seconds") {
    Bench bench;
    std::vector<FileRow> files;
    for (int i = 0; i < 100'000; ++i)
        files.push_back(file_row("/alice/holiday/data/folder " + std::to_string(i / 1000) + "/file " + std::to_string(i)));
    const AttemptId id = bench.verifying_attempt();
    const auto begun = std::chrono::steady_clock::now();
    REQUIRE(bench.catalogue->attempt_verified(id, bench.disc, {{bench.session, files}}, at(200), at(300), 1).has_value());
    const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - begun;
    MESSAGE("100000 files stored in " << seconds.count() << " s");
    CHECK(seconds.count() < 20);  // a bound for a loaded machine under a sanitizer; about 0.5 s else
    CHECK(bench.catalogue->find("alice", "file 99999", 10).value().size() == 1);
    CHECK(bench.catalogue->files(bench.session).value().size() == files.size());
}
