// What every Catalogue does with what was found on a disc beyond what it knew, and with its own age.
#include <doctest/doctest.h>

#include "tests/contract/catalogue_fixture.hpp"

using namespace burnbox;
using namespace burnbox::test;

namespace {

Catalogue::TakenDiscSession found(std::vector<Catalogue::TakenSession> sessions, unsigned number = 1) {
    return {.disc_session = number,
            .start_lba = 32,
            .blocks = 400,
            .sessions = std::move(sessions),
            .burned_at = at(200),
            .verified_at = at(300)};
}

Catalogue::TakenSession of_row(SessionId id, const std::string& path) {
    return {.id = id, .files = {file_row(path)}};
}

std::vector<SessionId> take_in(Bench& bench, const Catalogue::TakenDiscSession& taken) {
    DiscRow disc = bench.disc;
    disc.sessions_used = taken.disc_session;
    auto burned = bench.catalogue->take_in(disc, taken);
    if (!burned) FAIL(burned.error().message);
    return *burned;
}

}  // namespace

TEST_CASE("catalogue: a session found on a disc is burned by that, with its place and files") {
    Bench bench;
    SUBCASE("it waited") {}
    SUBCASE("it had failed") {
        REQUIRE(bench.catalogue->step(bench.session, SessionState::queued, SessionState::failed, "missing"));
    }
    SUBCASE("its attempt was not ended") {
        REQUIRE(bench.catalogue->begin_attempt(attempt_row(bench.disc.id, {bench.session})));
    }
    SUBCASE("it was being read back") {
        bench.verifying_attempt();
    }
    CHECK(take_in(bench, found({of_row(bench.session, "/alice/holiday/data/a")})) ==
          std::vector{bench.session});
    bench.catalogue.reopen();
    const SessionRow row = bench.catalogue->session(bench.session).value();
    CHECK(row.state == SessionState::burned);
    CHECK(row.burned_at == at(200));
    CHECK(row.verified_at == at(300));
    CHECK(bench.catalogue->unfinished_attempts()->empty());
    const auto copies = bench.catalogue->copies(bench.session).value();
    REQUIRE(copies.size() == 1);
    CHECK(copies[0].disc_label == "BURNBOX_0001");
    CHECK(copies[0].disc_session == 1);
    CHECK(copies[0].start_lba == 32);
    CHECK(bench.catalogue->files(bench.session)->size() == 1);
    CHECK(bench.catalogue->find_disc("BURNBOX_0001").value()->sessions_used == 1);
    const auto attempts = bench.catalogue->attempts(bench.session).value();
    REQUIRE_FALSE(attempts.empty());
    CHECK(attempts.back().state == AttemptState::verified);
    CHECK(attempts.back().disc_session == 1);
}

TEST_CASE("catalogue: an unfinished attempt whose session is not on the disc queues it again") {
    Bench bench;
    bench.verifying_attempt();
    const SessionId other = bench.catalogue->add_session(session_row("other")).value();
    take_in(bench, found({of_row(other, "/alice/other/data/a")}));
    CHECK(bench.state(bench.session) == SessionState::queued);
    CHECK(bench.state(other) == SessionState::burned);
    CHECK(bench.catalogue->attempts(bench.session)->back().state == AttemptState::failed);
}

TEST_CASE("catalogue: with copies missing it goes on waiting, and is burned by the last one") {
    Bench bench;
    REQUIRE(bench.catalogue->set_copies(bench.session, 2));
    CHECK(take_in(bench, found({of_row(bench.session, "/a")})).empty());
    CHECK(bench.state(bench.session) == SessionState::queued);
    DiscRow second = disc_row("BURNBOX_0002", 5);
    second.id = bench.catalogue->add_disc(second).value();
    CHECK(bench.catalogue->take_in(second, found({of_row(bench.session, "/a")})).value() ==
          std::vector{bench.session});
    CHECK(bench.state(bench.session) == SessionState::burned);
}

TEST_CASE("catalogue: the same disc session taken in again changes nothing") {
    Bench bench;
    for (int i = 0; i < 2; ++i) take_in(bench, found({of_row(bench.session, "/a")}));
    CHECK(bench.catalogue->copies(bench.session)->size() == 1);
    CHECK(bench.catalogue->files(bench.session)->size() == 1);
}

TEST_CASE("catalogue: a session without a row becomes one, burned; its name can be taken by another") {
    Bench bench;
    SessionRow row = session_row("later");
    row.state = SessionState::burned;
    row.folder = "later-burned", row.folder_next.clear();
    take_in(bench, found({{.row = row, .files = {file_row("/alice/later/data/a")}}}));
    const auto later = bench.catalogue->find_session("alice", "later").value();
    REQUIRE(later);
    CHECK(later->state == SessionState::burned);
    CHECK(later->folder == "later-burned");
    CHECK(bench.catalogue->copies(later->id)->size() == 1);

    row.disc_name = "Holiday";
    DiscRow disc = bench.disc;
    const auto taken = bench.catalogue->take_in(disc, found({{.row = row}}, 2));
    CHECK(taken.error().code == Errc::exists);
    CHECK(bench.catalogue->disc_sessions(bench.disc.id)->size() == 1);

    row.disc_name.clear();
    take_in(bench,
            found({{.row = row, .listed_as = "holiday", .files = {file_row("/alice/holiday/data/a")}}}, 2));
    const auto on_disc = bench.catalogue->disc_sessions(bench.disc.id).value();
    REQUIRE(on_disc.size() == 2);
    CHECK(on_disc[1].session_name == "holiday");
    CHECK(on_disc[1].session == 0);
    CHECK(bench.state(bench.session) == SessionState::queued);
}

TEST_CASE("catalogue: a session without a row that had failed is burned when its copies are complete") {
    Bench bench;
    SessionRow row = session_row("later");
    row.state = SessionState::failed, row.reason = "three times";
    row.folder = "later-failed", row.folder_next.clear();
    bool is_burned = true;
    SUBCASE("they are") {}
    SUBCASE("one is missing") {
        is_burned = false;
        row.copies = 2;
    }
    const Catalogue::TakenSession later{.row = row, .files = {file_row("/alice/later/data/a")}};
    const auto ended = take_in(bench, found({later}));
    const auto made = bench.catalogue->find_session("alice", "later").value();
    REQUIRE(made);
    CHECK(made->state == (is_burned ? SessionState::burned : SessionState::failed));
    CHECK(made->burned_at.has_value() == is_burned);
    CHECK(made->folder == "later-failed");
    CHECK(ended == (is_burned ? std::vector{made->id} : std::vector<SessionId>{}));
    CHECK(bench.catalogue->copies(made->id)->size() == 1);
}

TEST_CASE("catalogue: its generation grows with discs and attempts, and never goes back") {
    Bench bench;
    const std::uint64_t begun = bench.catalogue->generation().value();
    CHECK(bench.catalogue->next_disc_number().value() == 2);
    bench.burn(bench.disc, bench.session, {});
    CHECK(bench.catalogue->generation().value() == begun + 1);
    REQUIRE(bench.catalogue->add_disc(disc_row("BURNBOX_0002", 5)));
    CHECK(bench.catalogue->generation().value() == begun + 2);
    CHECK(bench.catalogue->next_disc_number().value() == 3);
}

TEST_CASE("catalogue: it goes on behind a generation, some disc numbers later, and stays there") {
    Bench bench;
    SUBCASE("far behind") {
        REQUIRE(bench.catalogue->go_on_after(5000, 100));
        CHECK(bench.catalogue->generation().value() > 5000);
    }
    SUBCASE("hardly behind") {
        REQUIRE(bench.catalogue->go_on_after(3, 100));
        CHECK(bench.catalogue->generation().value() > 3);
    }
    CHECK(bench.catalogue->next_disc_number().value() == 102);
    const std::uint64_t now = bench.catalogue->generation().value();
    bench.catalogue.reopen();
    CHECK(bench.catalogue->generation().value() == now);
    REQUIRE(bench.catalogue->add_disc(disc_row("BURNBOX_0102", 5)));
    CHECK(bench.catalogue->next_disc_number().value() == 103);
    bench.burn(bench.disc, bench.session, {});
    CHECK(bench.catalogue->generation().value() == now + 2);
}

TEST_CASE("catalogue: an empty one goes on behind a generation too") {
    TemporaryCatalogue catalogue;
    CHECK(catalogue->generation().value() == 0);
    CHECK(catalogue->next_disc_number().value() == 1);
    REQUIRE(catalogue->go_on_after(0, 100));
    CHECK(catalogue->next_disc_number().value() == 101);
    CHECK(catalogue->generation().value() > 0);
}
