// What every Catalogue does with attempts, and with what they put on discs.
#include <doctest/doctest.h>
#include <fmt/format.h>

#include <chrono>

#include "tests/contract/catalogue_fixture.hpp"
#include "tests/support/burner/check_copy.hpp"

using namespace burnbox;
using namespace burnbox::test;

TEST_CASE("catalogue: an attempt is durable and its sessions burn") {
    Bench bench;
    const AttemptId id =
        bench.catalogue->begin_attempt(attempt_row(bench.disc.id, {bench.session}, 3)).value();
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
    const AttemptId first =
        bench.catalogue->begin_attempt(attempt_row(bench.disc.id, {bench.session})).value();
    CHECK(bench.catalogue->begin_attempt(attempt_row(bench.disc.id, {second})).error().code ==
          Errc::conflict);
    REQUIRE(bench.catalogue->attempt_failed(first, bench.disc, {}, {"no medium"}).has_value());
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

TEST_CASE("catalogue: what goes to the drive before the files is kept with its attempt, from its begin") {
    Bench bench;
    AttemptRow row = attempt_row(bench.disc.id, {bench.session});
    row.tree = TreeArea{32, 310, Sha256::of("folders")};
    const AttemptId id = bench.catalogue->begin_attempt(row).value();
    CHECK(bench.catalogue->unfinished_attempts().value().at(0).tree == row.tree);
    REQUIRE(bench.catalogue->attempt_written(id, 32, 400, "").has_value());
    CHECK(bench.catalogue->attempts(bench.session).value().at(0).tree == row.tree);
}

TEST_CASE("catalogue: an attempt of an older burnbox has no tree") {
    Bench bench;
    REQUIRE(bench.catalogue->begin_attempt(attempt_row(bench.disc.id, {bench.session})).has_value());
    CHECK_FALSE(bench.catalogue->unfinished_attempts().value().at(0).tree);
}

TEST_CASE("catalogue: a verified attempt makes its session burned, with its place and its files") {
    Bench bench;
    const AttemptId id = bench.verifying_attempt();
    bench.disc.sessions_used = 1;
    bench.disc.next_lba = 500'000;
    const std::vector files = {file_row("/alice/holiday/data/b.jpg", 2),
                               file_row("/alice/holiday/data/a.jpg", 1)};
    REQUIRE(bench.catalogue->attempt_verified(id, bench.disc, {{bench.session, files}}, at(200), at(300))
                .has_value());
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
    CHECK_FALSE(bench.catalogue->attempt_verified(id, bench.disc, {{bench.session, twice}}, at(200), at(300))
                    .has_value());
    CHECK(bench.catalogue->attempt_verified(id, bench.disc, {}, at(200), at(300)).error().code ==
          Errc::invalid);
    DiscRow other = disc_row("BURNBOX_0002");
    other.id = bench.catalogue->add_disc(other).value();
    CHECK(
        bench.catalogue->attempt_verified(id, other, {{bench.session, {}}}, at(200), at(300)).error().code ==
        Errc::invalid);
    CHECK(bench.state(bench.session) == SessionState::verifying);
    CHECK(bench.catalogue->copies(bench.session).value().empty());
    CHECK(bench.catalogue->unfinished_attempts().value().size() == 1);
    REQUIRE(bench.catalogue->attempt_verified(id, bench.disc, {{bench.session, {}}}, at(200), at(300))
                .has_value());
    CHECK(
        bench.catalogue->attempt_verified(id, bench.disc, {{bench.session, {}}}, at(1), at(1)).error().code ==
        Errc::conflict);
}

TEST_CASE("catalogue: a session is burned when as many different discs hold it as are wanted") {
    Bench bench;
    bench.burn(bench.disc, bench.session, {file_row("/alice/holiday/data/a", 7)}, 1, 2);
    CHECK(bench.state(bench.session) == SessionState::queued);
    CHECK(bench.catalogue->session(bench.session).value().reason == "copy 1 of 2 is on disc BURNBOX_0001");
    CHECK_FALSE(bench.catalogue->session(bench.session).value().burned_at.has_value());

    CHECK(bench.catalogue->begin_attempt(attempt_row(bench.disc.id, {bench.session}, 2)).error().code ==
          Errc::conflict);
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
    REQUIRE(bench.catalogue->attempt_failed(written, bench.disc, {}, {"read-back differed"}).has_value());
    bench.catalogue.reopen();
    CHECK(bench.state(bench.session) == SessionState::queued);
    CHECK(bench.catalogue->session(bench.session).value().reason == "read-back differed");
    CHECK(bench.catalogue->find_disc("BURNBOX_0001").value()->state == DiscState::suspect);
    CHECK(bench.catalogue->attempt_failed(written, bench.disc, {}, {"again"}).error().code == Errc::conflict);

    DiscRow other = disc_row("BURNBOX_0002");
    other.id = bench.catalogue->add_disc(other).value();
    const AttemptId writing = bench.catalogue->begin_attempt(attempt_row(other.id, {bench.session})).value();
    REQUIRE(bench.catalogue->attempt_failed(writing, other, {bench.session}, {"staged file differs"})
                .has_value());
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

TEST_CASE("catalogue: find reads many files of several discs page by page, in their order") {
    Bench bench;
    const SessionId second = bench.catalogue->add_session(session_row("second", "alice", 5)).value();
    std::vector<FileRow> files;
    for (int i = 0; i < 3000; ++i) files.push_back(file_row(fmt::format("/alice/holiday/data/{:04}.jpg", i)));
    bench.burn(bench.disc, bench.session, files);
    bench.burn(bench.disc, second, {file_row("/alice/second/data/0001.jpg")}, 2);
    const auto found = bench.catalogue->find("alice", "*.jpg", 10'000).value();
    REQUIRE(found.size() == 3001);
    CHECK(found[0].path == "/alice/holiday/data/0000.jpg");
    CHECK(found[2999].path == "/alice/holiday/data/2999.jpg");
    CHECK(found[3000].session == "second");
    CHECK(found[3000].disc_session == 2);
    CHECK(bench.catalogue->find("", "*.jpg", 2500).value().size() == 2500);
    CHECK(bench.catalogue->find("", "2999.*", 10).value().size() == 1);
    CHECK(bench.catalogue->find("alice", "0001.jpg", 10).value().size() == 2);
}

TEST_CASE("catalogue: find matches base names and paths") {
    Bench bench;
    bench.burn(
        bench.disc, bench.session,
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

TEST_CASE(
    "catalogue: the same content under the same name is recognized while it waits and once it is burned") {
    Bench bench;
    const SessionRow row = session_row("holiday");
    const auto is_known = [&] {
        return bench.catalogue->find_same_content("alice", "holiday", row.content_digest).value().has_value();
    };
    CHECK(is_known());
    REQUIRE(bench.catalogue->step(bench.session, SessionState::queued, SessionState::failed, "test"));
    CHECK_FALSE(is_known());
    REQUIRE(bench.catalogue->step(bench.session, SessionState::failed, SessionState::queued, ""));
    bench.burn(bench.disc, bench.session, {});
    CHECK(bench.catalogue->find_same_content("alice", "holiday", row.content_digest).value()->id ==
          bench.session);
    CHECK_FALSE(bench.catalogue->find_same_content("bob", "holiday", row.content_digest).value().has_value());
    CHECK_FALSE(bench.catalogue->find_same_content("alice", "other", row.content_digest).value().has_value());
    CHECK_FALSE(bench.catalogue->find_same_content("alice", "holiday", Sha256::of("x")).value().has_value());
}

TEST_CASE("catalogue: what has no copy that counts any more is not recognized") {
    Bench bench;
    bench.burn(bench.disc, bench.session, {});
    const Sha256 digest = session_row("holiday").content_digest;
    const auto is_recognized = [&] {
        return bench.catalogue->find_same_content("alice", "holiday", digest).value().has_value();
    };
    const DiscRow found = bench.catalogue->discs().value().at(0);
    REQUIRE(bench.catalogue->disc_missing(found.id, at(400)).has_value());
    CHECK_FALSE(is_recognized());
    REQUIRE(bench.catalogue->disc_seen(found.id, "tray", "/discs/x.iso").has_value());
    CHECK(is_recognized());
    DiscRow suspect = found;
    suspect.state = DiscState::suspect;
    REQUIRE(bench.catalogue->update_disc(suspect).has_value());
    CHECK_FALSE(is_recognized());
    REQUIRE(bench.catalogue->update_disc(found).has_value());
    CHECK(is_recognized());
    REQUIRE(check_copy(*bench.catalogue, found.id, bench.session, false, at(500)).has_value());
    CHECK_FALSE(is_recognized());
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
        files.push_back(file_row("/alice/holiday/data/folder " + std::to_string(i / 1000) + "/file " +
                                 std::to_string(i)));
    const AttemptId id = bench.verifying_attempt();
    const auto begun = std::chrono::steady_clock::now();
    REQUIRE(bench.catalogue->attempt_verified(id, bench.disc, {{bench.session, files}}, at(200), at(300))
                .has_value());
    const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - begun;
    MESSAGE("100000 files stored in " << seconds.count() << " s");
    CHECK(seconds.count() < 20);  // a bound for a loaded machine under a sanitizer; about 0.5 s else
    CHECK(bench.catalogue->find("alice", "file 99999", 10).value().size() == 1);
    CHECK(bench.catalogue->files(bench.session).value().size() == files.size());
}

TEST_CASE("catalogue: of sessions burned together those fail that need a person, the others wait again") {
    Bench bench;
    const SessionId second = bench.catalogue->add_session(session_row("second")).value();
    const AttemptId attempt =
        bench.catalogue->begin_attempt(attempt_row(bench.disc.id, {bench.session, second})).value();
    REQUIRE(bench.catalogue->attempt_failed(attempt, bench.disc, {second}, {"write error"}));
    CHECK(bench.state(bench.session) == SessionState::queued);
    CHECK(bench.state(second) == SessionState::failed);
    CHECK(bench.catalogue->session(bench.session)->reason == "write error");
}
