// What the catalogue keeps of failures and of later read-backs: by columns, never by texts.
#include <doctest/doctest.h>

#include "tests/contract/catalogue_fixture.hpp"
#include "tests/support/burner/check_copy.hpp"

using namespace burnbox;
using namespace burnbox::test;

TEST_CASE("catalogue: why an attempt failed and whether it spoiled its disc are kept") {
    Bench bench;
    const AttemptId attempt = bench.verifying_attempt();
    bench.disc.state = DiscState::suspect;
    bench.disc.suspicion = Suspicion::spoiled;
    bench.disc.suspect_at = at(7);
    bench.disc.missing_since = at(8);
    REQUIRE(bench.catalogue
                ->attempt_failed(attempt, bench.disc, {},
                                 {"interrupted: x differs", AttemptCause::mismatch, true})
                .has_value());
    bench.catalogue.reopen();
    const auto attempts = bench.catalogue->attempts(bench.session).value();
    REQUIRE(attempts.size() == 1);
    CHECK(attempts[0].cause == AttemptCause::mismatch);
    CHECK(attempts[0].spoiled);
    const auto disc = bench.catalogue->find_disc("BURNBOX_0001").value();
    CHECK(disc->suspicion == Suspicion::spoiled);
    CHECK(disc->suspect_at == at(7));
    CHECK(disc->missing_since == at(8));
}

TEST_CASE("catalogue: the ended attempts of a drive count until a person vouches for it") {
    Bench bench;
    const AttemptId first = bench.verifying_attempt();
    CHECK(bench.catalogue->attempts_on_drive("tray").value().empty());
    REQUIRE(bench.catalogue->attempt_failed(first, bench.disc, {}, {"no", AttemptCause::write_error, false})
                .has_value());
    bench.burn(bench.disc, bench.session, {});
    const auto ended = bench.catalogue->attempts_on_drive("tray").value();
    REQUIRE(ended.size() == 2);
    CHECK(ended[0].state == AttemptState::verified);
    CHECK(ended[1].id == first);
    CHECK(bench.catalogue->attempts_on_drive("tower").value().empty());
    REQUIRE(bench.catalogue->trust_drive("tray").has_value());
    REQUIRE(bench.catalogue->trust_drive("tray").has_value());
    bench.catalogue.reopen();
    CHECK(bench.catalogue->attempts_on_drive("tray").value().empty());
}

TEST_CASE("catalogue: a retried session's failures are forgiven") {
    Bench bench;
    const AttemptId attempt = bench.verifying_attempt();
    CHECK(bench.catalogue->session(bench.session).value().retried_after == 0);
    REQUIRE(bench.catalogue->attempt_failed(attempt, bench.disc, {bench.session}, {"no"}).has_value());
    REQUIRE(bench.catalogue->step(bench.session, SessionState::failed, SessionState::queued, "").has_value());
    CHECK(bench.catalogue->session(bench.session).value().retried_after == attempt);
}

TEST_CASE("catalogue: a later read-back of a copy is noted with it") {
    Bench bench;
    bench.burn(bench.disc, bench.session, {});
    CHECK(bench.catalogue->copies(bench.session).value()[0].good);
    CHECK_FALSE(bench.catalogue->copies(bench.session).value()[0].checked_at);
    REQUIRE(check_copy(*bench.catalogue, bench.disc.id, bench.session, false, at(500)).has_value());
    bench.catalogue.reopen();
    CHECK_FALSE(bench.catalogue->copies(bench.session).value()[0].good);
    CHECK(bench.catalogue->disc_sessions(bench.disc.id).value()[0].checked_at == at(500));
    REQUIRE(check_copy(*bench.catalogue, bench.disc.id, bench.session, true, at(600)).has_value());
    CHECK(bench.catalogue->copies(bench.session).value()[0].good);
    CHECK(check_copy(*bench.catalogue, bench.disc.id, 999, true, at(600)).error().code == Errc::not_found);
}

TEST_CASE("catalogue: its errors say that they are the catalogue's") {
    Bench bench;
    CHECK(bench.catalogue->session(999).error().origin == Origin::catalogue);
    CHECK(
        bench.catalogue->step(bench.session, SessionState::failed, SessionState::queued, "").error().origin ==
        Origin::catalogue);
}
