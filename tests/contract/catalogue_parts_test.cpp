// What every Catalogue does with sessions larger than a disc: parts, and the whole one that follows them.
#include <doctest/doctest.h>

#include "tests/contract/catalogue_fixture.hpp"

using namespace burnbox;
using namespace burnbox::test;

namespace {

SessionRow part_row(const std::string& whole, unsigned number) {
    SessionRow row = session_row(whole + "/part-" + std::to_string(number) + "-of-2");
    row.seal_id = "seal of " + whole + ".part-" + std::to_string(number);
    row.bytes = 1000 + number;
    row.files_count = number;
    return row;
}

// "holiday" in two parts.
struct SplitBench : Bench {
    DiscRow second = disc_row("BURNBOX_0002");
    std::vector<SessionRow> parts;

    SplitBench() {
        second.id = catalogue->add_disc(second).value();
        REQUIRE(
            catalogue->split_session(session, {part_row("holiday", 1), part_row("holiday", 2)}).has_value());
        parts = catalogue->parts(session).value();
        REQUIRE(parts.size() == 2);
    }
    SessionRow whole() { return catalogue->session(session).value(); }
    std::vector<SessionId> queue() {
        std::vector<SessionId> ids;
        const auto rows = catalogue->burn_queue().value();
        for (const SessionRow& row : rows) ids.push_back(row.id);
        return ids;
    }
    void fail_part(std::size_t index) {
        const AttemptId attempt = catalogue->begin_attempt(attempt_row(second.id, {parts[index].id})).value();
        REQUIRE(
            catalogue->attempt_failed(attempt, second, {parts[index].id}, {"the laser is dim"}).has_value());
    }
};

}  // namespace

TEST_CASE("catalogue: a session is split once, and its parts take its place in the queue") {
    SplitBench bench;
    const SessionId later = bench.catalogue->add_session(session_row("later", "alice", 5)).value();
    bench.catalogue.reopen();
    CHECK(bench.queue() == std::vector{bench.parts[0].id, bench.parts[1].id, later});
    const SessionRow part = bench.parts[1];
    CHECK(part.whole == bench.session);
    CHECK(part.part == 2);
    CHECK(part.parts == 2);
    CHECK(part.disc_name == "holiday/part-2-of-2");
    CHECK(part.name == "holiday");
    CHECK(part.folder == bench.whole().folder);
    CHECK(part.bytes == 1002);
    CHECK(part.sealed_at == bench.whole().sealed_at);
    CHECK(bench.whole().parts == 2);
    CHECK_FALSE(bench.whole().is_part());
    CHECK(bench.catalogue->split_session(bench.session, {part_row("holiday", 3)}).error().code ==
          Errc::conflict);
    CHECK(bench.catalogue->split_session(part.id, {part_row("holiday", 3)}).error().code == Errc::conflict);
}

TEST_CASE("catalogue: parts are in no list of sessions, and their folder is the whole session's") {
    SplitBench bench;
    CHECK(bench.catalogue->sessions("").value().size() == 1);
    CHECK(bench.catalogue->sessions("alice").value().size() == 1);
    CHECK(bench.catalogue->sessions_in_state(SessionState::queued).value().size() == 1);
    CHECK_FALSE(bench.catalogue->find_session("alice", "holiday/part-1-of-2").value().has_value());
    REQUIRE(bench.catalogue->begin_move(bench.session, "holiday-queued-2").has_value());
    CHECK(bench.catalogue->session(bench.parts[0].id).value().folder_next == "holiday-queued-2");
    REQUIRE(bench.catalogue->end_move(bench.session).has_value());
    CHECK(bench.catalogue->session(bench.parts[0].id).value().folder == "holiday-queued-2");
}

TEST_CASE("catalogue: a session in parts burns from its first part's attempt to the last part's read-back") {
    SplitBench bench;
    bench.burn(bench.disc, bench.parts[0].id, {file_row("/alice/holiday/part-1-of-2/data/a", 5)});
    CHECK(bench.state(bench.parts[0].id) == SessionState::burned);
    CHECK(bench.whole().state == SessionState::burning);
    CHECK(bench.queue() == std::vector{bench.parts[1].id});
    CHECK(bench.catalogue->step(bench.session, SessionState::queued, SessionState::withdrawn, "")
              .error()
              .code == Errc::conflict);
    bench.burn(bench.second, bench.parts[1].id, {file_row("/alice/holiday/part-2-of-2/data/b", 7)});
    CHECK(bench.whole().state == SessionState::burned);
    CHECK(bench.whole().burned_at == at(200));
    CHECK(bench.whole().verified_at == at(300));
    CHECK(bench.queue().empty());
    const auto copies = bench.catalogue->copies(bench.session).value();
    REQUIRE(copies.size() == 2);
    CHECK(copies[0].disc_label == "BURNBOX_0001");
    CHECK(copies[0].part == 1);
    CHECK(copies[1].disc_label == "BURNBOX_0002");
    CHECK(copies[1].part == 2);
    const auto files = bench.catalogue->files(bench.session).value();
    REQUIRE(files.size() == 2);
    CHECK(files[0].part == 1);
    CHECK(files[1].path == "/alice/holiday/part-2-of-2/data/b");
    CHECK(files[1].part == 2);
    CHECK(bench.catalogue->find("alice", "b", 10).value().at(0).disc == "BURNBOX_0002");
    CHECK(bench.catalogue->find_same_content("alice", "holiday", session_row("holiday").content_digest)
              .value()
              .has_value());
}

TEST_CASE("catalogue: copies count for each part") {
    SplitBench bench;
    bench.burn(bench.disc, bench.parts[0].id, {}, 1, 2);
    CHECK(bench.state(bench.parts[0].id) == SessionState::queued);
    CHECK(bench.whole().state == SessionState::burning);  // something is on a disc
    CHECK(bench.whole().reason == "part 1 of 2: copy 1 of 2 is on disc BURNBOX_0001");
}

TEST_CASE("catalogue: nothing of a session in parts is burned once it is taken back") {
    SplitBench bench;
    REQUIRE(
        bench.catalogue->step(bench.session, SessionState::queued, SessionState::withdrawn, "").has_value());
    CHECK(bench.queue().empty());
    CHECK(bench.catalogue->begin_attempt(attempt_row(bench.disc.id, {bench.parts[0].id})).error().code ==
          Errc::conflict);
    CHECK(bench.state(bench.parts[0].id) == SessionState::queued);
    REQUIRE(bench.catalogue->remove_session(bench.session).has_value());
    CHECK(bench.catalogue->session(bench.parts[0].id).error().code == Errc::not_found);
}

TEST_CASE(
    "catalogue: an attempt that failed leaves a session that can be taken back, if nothing of it is on a "
    "disc") {
    SplitBench bench;
    const AttemptId attempt =
        bench.catalogue->begin_attempt(attempt_row(bench.disc.id, {bench.parts[0].id})).value();
    CHECK(bench.whole().state == SessionState::burning);
    REQUIRE(bench.catalogue->attempt_failed(attempt, bench.disc, {}, {"no medium"}).has_value());
    CHECK(bench.whole().state == SessionState::queued);
    CHECK(bench.whole().reason == "part 1 of 2: no medium");
    CHECK(
        bench.catalogue->step(bench.session, SessionState::queued, SessionState::withdrawn, "").has_value());
}

TEST_CASE("catalogue: a part that failed fails the whole session, but not while another part is at work") {
    SplitBench bench;
    const AttemptId first =
        bench.catalogue->begin_attempt(attempt_row(bench.disc.id, {bench.parts[0].id})).value();
    bench.fail_part(1);
    CHECK(bench.whole().state == SessionState::burning);
    REQUIRE(bench.catalogue->attempt_written(first, 0, 1, "").has_value());
    REQUIRE(bench.catalogue->attempt_verified(first, bench.disc, {{bench.parts[0].id, {}}}, at(200), at(300))
                .has_value());
    CHECK(bench.whole().state == SessionState::failed);
    CHECK(bench.whole().reason == "part 2 of 2: the laser is dim");
}

TEST_CASE(
    "catalogue: a retry burns the parts that are missing; a session partly on discs is not taken back") {
    SplitBench bench;
    bench.burn(bench.disc, bench.parts[0].id, {});
    bench.fail_part(1);
    CHECK(bench.whole().state == SessionState::failed);
    CHECK(bench.queue().empty());
    const auto taken =
        bench.catalogue->step(bench.session, SessionState::failed, SessionState::withdrawn, "");
    REQUIRE_FALSE(taken.has_value());
    CHECK(taken.error().code == Errc::conflict);
    CHECK(bench.whole().state == SessionState::failed);
    REQUIRE(bench.catalogue->step(bench.session, SessionState::failed, SessionState::queued, "").has_value());
    CHECK(bench.whole().state == SessionState::burning);
    CHECK(bench.queue() == std::vector{bench.parts[1].id});
    bench.burn(bench.second, bench.parts[1].id, {});
    CHECK(bench.whole().state == SessionState::burned);
}

TEST_CASE("catalogue: a disc that holds a part keeps the session's name taken") {
    SplitBench bench;
    bench.burn(bench.disc, bench.parts[0].id, {});
    CHECK(bench.catalogue->add_session(session_row("HOLIDAY")).error().code == Errc::exists);
    CHECK(bench.catalogue->add_session(session_row("holida")).has_value());
}

TEST_CASE("catalogue: a session that failed for a part goes on when that is found on a disc") {
    SplitBench bench;
    Catalogue::TakenDiscSession found{.disc_session = 1,
                                      .start_lba = 32,
                                      .blocks = 400,
                                      .sessions = {{.id = bench.parts[1].id, .files = {file_row("/b")}}},
                                      .burned_at = at(200),
                                      .verified_at = at(300)};
    SUBCASE("and was the last one: it is burned") {
        bench.burn(bench.disc, bench.parts[0].id, {file_row("/a")});
        bench.fail_part(1);
        REQUIRE(bench.whole().state == SessionState::failed);
        REQUIRE(bench.catalogue->take_in(bench.second, found).has_value());
        CHECK(bench.whole().state == SessionState::burned);
        CHECK(bench.whole().burned_at == at(200));
        CHECK(bench.whole().reason.empty());
    }
    SUBCASE("and another one waits: that is burned next") {
        bench.fail_part(1);
        REQUIRE(bench.whole().state == SessionState::failed);
        REQUIRE(bench.catalogue->take_in(bench.second, found).has_value());
        CHECK(bench.whole().state == SessionState::burning);
        CHECK(bench.queue() == std::vector{bench.parts[0].id});
    }
}

TEST_CASE("catalogue: a session that failed by itself stays failed whatever is found of it") {
    SplitBench bench;
    REQUIRE(bench.catalogue->step(bench.session, SessionState::queued, SessionState::failed, "no folder"));
    Catalogue::TakenDiscSession found{.disc_session = 1,
                                      .start_lba = 32,
                                      .blocks = 400,
                                      .sessions = {{.id = bench.parts[0].id, .files = {file_row("/a")}}},
                                      .burned_at = at(200),
                                      .verified_at = at(300)};
    REQUIRE(bench.catalogue->take_in(bench.second, found).has_value());
    CHECK(bench.whole().state == SessionState::failed);
    CHECK(bench.whole().reason == "no folder");
}
