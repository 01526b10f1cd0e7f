// How many copies every Catalogue burns a session on, and which of them count.
#include <doctest/doctest.h>

#include "tests/contract/catalogue_fixture.hpp"
#include "tests/support/burner/check_copy.hpp"

using namespace burnbox;
using namespace burnbox::test;

namespace {

DiscRow add_disc(Bench& bench, const std::string& label) {
    DiscRow disc = disc_row(label);
    disc.id = bench.catalogue->add_disc(disc).value();
    return disc;
}

}  // namespace

TEST_CASE("catalogue: a copy that counts no more is none of those that were promised") {
    Bench bench;
    bench.burn(bench.disc, bench.session, {}, 1, 2);
    REQUIRE(check_copy(*bench.catalogue, bench.disc.id, bench.session, false, at(400)));
    bench.burn(add_disc(bench, "BURNBOX_0002"), bench.session, {}, 1, 2);
    CHECK(bench.state(bench.session) == SessionState::queued);
    CHECK(bench.catalogue->session(bench.session)->reason == "copy 1 of 2 is on disc BURNBOX_0002");
    CHECK_FALSE(bench.catalogue->complete_copies(bench.session).value());
    REQUIRE(check_copy(*bench.catalogue, bench.disc.id, bench.session, true, at(500)));
    CHECK(bench.catalogue->complete_copies(bench.session).value());
    CHECK(bench.state(bench.session) == SessionState::burned);
    CHECK(bench.catalogue->session(bench.session)->burned_at == at(200));
    CHECK_FALSE(bench.catalogue->complete_copies(bench.session).value());
}

TEST_CASE(
    "catalogue: what was promised at the seal is kept, and what nobody knows is asked of the pool once") {
    Bench bench;
    SessionRow older = session_row("older");
    older.copies = 0;
    const SessionId id = bench.catalogue->add_session(older).value();
    bench.burn(bench.disc, id, {}, 1, 0);
    CHECK(bench.state(id) == SessionState::queued);  // nobody knows how many it is to get
    REQUIRE(bench.catalogue->promise_copies("another", 1));
    CHECK_FALSE(bench.catalogue->complete_copies(id).value());
    for (const unsigned copies : {1U, 7U}) REQUIRE(bench.catalogue->promise_copies("default", copies));
    bench.catalogue.reopen();
    CHECK(bench.catalogue->session(id)->copies == 1);
    CHECK(bench.catalogue->session(bench.session)->copies == 1);
    CHECK(bench.catalogue->complete_copies(id).value());
    CHECK(bench.catalogue->set_copies(id, 3).error().code == Errc::conflict);
}

TEST_CASE("catalogue: parts are promised what their session was, and go with it to another pool") {
    Bench bench;
    REQUIRE(bench.catalogue->set_copies(bench.session, 2));
    SessionRow part = session_row("holiday/part-1-of-1");
    REQUIRE(bench.catalogue->split_session(bench.session, {part}));
    REQUIRE(bench.catalogue->set_pool(bench.session, "archive"));
    const SessionRow now = bench.catalogue->parts(bench.session)->at(0);
    CHECK(now.copies == 2);
    CHECK(now.pool == "archive");
    CHECK(bench.catalogue->session(bench.session)->pool == "archive");
}

TEST_CASE("catalogue: reasons of a former run are forgotten, but for which copies there are") {
    Bench bench;
    const SessionId second = bench.catalogue->add_session(session_row("second")).value();
    const SessionId failed = bench.catalogue->add_session(session_row("failed")).value();
    REQUIRE(bench.catalogue->step(failed, SessionState::queued, SessionState::failed, "needs a person"));
    bench.burn(bench.disc, bench.session, {}, 1, 2);
    REQUIRE(bench.catalogue->set_reason(bench.session, "drive b is away"));
    CHECK(bench.catalogue->forget_reasons().value() == std::vector{bench.session, second});
    CHECK(bench.catalogue->session(bench.session)->reason == "copy 1 of 2 is on disc BURNBOX_0001");
    CHECK(bench.catalogue->session(second)->reason.empty());
    CHECK(bench.catalogue->session(failed)->reason == "needs a person");
    CHECK(bench.catalogue->forget_reasons()->empty());
}
