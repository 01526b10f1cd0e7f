#include "burner/rules/unwritten.hpp"

#include <doctest/doctest.h>

namespace burnbox {
namespace {

Unwritten after(Errc code, UnwrittenFacts facts = {}) {
    facts.error.code = code;
    return after_nothing_written(facts);
}

constexpr Errc kAll[] = {Errc::io,        Errc::busy,         Errc::timeout,      Errc::unreachable,
                         Errc::no_medium, Errc::no_space,     Errc::wrong_medium, Errc::corrupt,
                         Errc::disproved, Errc::does_not_fit, Errc::conflict,     Errc::not_found,
                         Errc::cancelled, Errc::unsupported};

}  // namespace

TEST_CASE("nothing written: because burnbox stops, nothing follows, whatever else is wrong") {
    UnwrittenFacts facts;
    facts.error.origin = Origin::session;
    facts.ours = true, facts.all_files_there = false, facts.sessions = 5;
    CHECK(after(Errc::cancelled, facts) == Unwritten::stop);
}

TEST_CASE("nothing written: an error of a session's own files is the session's, of whatever kind") {
    for (const Errc code : kAll) {
        UnwrittenFacts facts;
        facts.error.origin = Origin::session;
        if (code != Errc::cancelled) CHECK(after(code, facts) == Unwritten::session);
    }
}

TEST_CASE(
    "nothing written: a row that is not queued any more is the session's; else the catalogue's is ours") {
    UnwrittenFacts facts;
    facts.ours = true;
    CHECK(after(Errc::conflict, facts) == Unwritten::session);
    CHECK(after(Errc::not_found, facts) == Unwritten::session);
    CHECK(after(Errc::io, facts) == Unwritten::catalogue);
    CHECK(after(Errc::no_space, facts) == Unwritten::catalogue);
}

TEST_CASE("nothing written: a folder that went away meanwhile blames neither drive nor disc") {
    UnwrittenFacts facts;
    facts.all_files_there = false;
    for (const Errc code : kAll)
        if (code != Errc::cancelled) CHECK(after(code, facts) == Unwritten::think_again);
}

TEST_CASE(
    "nothing written: of several sessions half are tried, unless it passes by itself or is about the drive") {
    UnwrittenFacts facts;
    facts.sessions = 2;
    for (const Errc code : {Errc::corrupt, Errc::disproved, Errc::does_not_fit, Errc::io})
        CHECK(after(code, facts) == Unwritten::halve);
    for (const Errc code : {Errc::busy, Errc::timeout, Errc::unreachable, Errc::no_medium})
        CHECK(after(code, facts) == Unwritten::drive_refuses);
    CHECK(after(Errc::wrong_medium, facts) == Unwritten::other_disc);
    CHECK(after(Errc::no_space, facts) == Unwritten::no_space);
}

TEST_CASE("nothing written: what does not fit on a blank disc fits on none, on another there is less room") {
    CHECK(after(Errc::does_not_fit) == Unwritten::too_large);
    UnwrittenFacts facts;
    facts.disc_is_blank = false;
    CHECK(after(Errc::does_not_fit, facts) == Unwritten::less_room);
}

TEST_CASE("nothing written: a damaged session, one that was disproved, and whatever else is the drive's") {
    CHECK(after(Errc::corrupt) == Unwritten::damaged);
    CHECK(after(Errc::disproved) == Unwritten::disproved);
    for (const Errc code : {Errc::io, Errc::busy, Errc::unsupported, Errc::conflict})
        CHECK(after(code) == Unwritten::drive_refuses);
}

}  // namespace burnbox
