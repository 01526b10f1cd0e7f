#include "burner/media/medium_rules.hpp"

#include <doctest/doctest.h>

#include "burner/image/plain_words.hpp"
#include "burner/operations/adjudication_rules.hpp"

using namespace burnbox;

namespace {

DiscFacts blank(int profile) {
    return {.mmc_profile = profile, .blank = true, .appendable = true, .takes_more = true};
}

Refusal refused(const DiscFacts& facts) {
    const auto refusal = refusal_of(facts);
    REQUIRE(refusal);
    return *refusal;
}

Medium disc_now(MediumState state, unsigned sessions, std::uint32_t next_lba) {
    Medium medium;
    medium.state = state;
    medium.readable = state == MediumState::appendable || state == MediumState::closed;
    medium.sessions_used = sessions;
    medium.next_lba = next_lba;
    if (state != MediumState::blank && sessions > 0) medium.label = "BURNBOX_0001", medium.serial = "serial";
    return medium;
}

DiscIdentity disc_before(unsigned sessions, std::uint32_t next_lba) {
    DiscIdentity before;
    before.label = "BURNBOX_0001";
    before.serial = "serial";
    before.sessions_used = sessions;
    before.next_lba = next_lba;
    return before;
}

}  // namespace

TEST_CASE("medium rules: blank write-once discs that take several disc sessions are taken") {
    for (const int profile : {0x09, 0x11, 0x1b, 0x2b, 0x41}) CHECK_FALSE(refusal_of(blank(profile)));
}

TEST_CASE("medium rules: kinds that can't be appended to are refused, each with its remedy") {
    CHECK(refused(blank(0x15)).reason.find("insert a DVD+R DL") != std::string::npos);
    CHECK(refused(blank(0x42)).reason.find("never formatted") != std::string::npos);
    DiscFacts fast_blanked = blank(0x14);
    fast_blanked.takes_more = false;
    CHECK(refused(fast_blanked).reason.find("blank it fully") != std::string::npos);
    CHECK(refused(blank(0x10)).state == MediumState::foreign);
}

TEST_CASE("medium rules: a blank disc that is to be formatted first is none that can be burned on") {
    for (const int profile : {0x1a, 0x43}) {
        DiscFacts facts = blank(profile);
        facts.unformatted = true;
        CHECK(refused(facts).state == MediumState::foreign);
        CHECK(refused(facts).reason.find("format it") != std::string::npos);
        facts.blank = false, facts.ours = true;
        CHECK_FALSE(refusal_of(facts));
    }
}

TEST_CASE("medium rules: rewritable discs are refused only when the configuration says so") {
    for (const int profile : {0x0a, 0x14, 0x1a, 0x43}) {
        DiscFacts facts = blank(profile);
        CHECK_FALSE(refusal_of(facts));
        facts.write_once_only = true;
        CHECK(refused(facts).reason.find("burn.write_once_only") != std::string::npos);
    }
    DiscFacts write_once = blank(0x1b);
    write_once.write_once_only = true;
    CHECK_FALSE(refusal_of(write_once));
}

TEST_CASE("medium rules: what is on a disc decides: foreign, closed, or with half a disc session") {
    DiscFacts facts{
        .mmc_profile = 0x1b, .appendable = true, .takes_more = true, .has_sessions = true, .ours = true};
    CHECK_FALSE(refusal_of(facts));
    facts.session_begun = true;
    CHECK(refused(facts).state == MediumState::damaged);
    facts.session_begun = false;
    facts.appendable = false;
    CHECK(refused(facts).state == MediumState::closed);
    facts.ours = false;
    CHECK(refused(facts).state == MediumState::foreign);
}

TEST_CASE(
    "adjudication rules: a disc as it was is untouched, one with the new disc session written, else "
    "damaged") {
    using Outcome = Drive::Outcome;
    CHECK(adjudicate_medium(disc_now(MediumState::blank, 0, 0), disc_before(0, 0), 1) == Outcome::untouched);
    CHECK(adjudicate_medium(disc_now(MediumState::damaged, 0, 500), disc_before(0, 0), 1) ==
          Outcome::damaged);
    CHECK(adjudicate_medium(disc_now(MediumState::appendable, 2, 900), disc_before(2, 900), 3) ==
          Outcome::untouched);
    CHECK(adjudicate_medium(disc_now(MediumState::appendable, 2, 950), disc_before(2, 900), 3) ==
          Outcome::damaged);
    CHECK(adjudicate_medium(disc_now(MediumState::appendable, 3, 999), disc_before(2, 900), 3) ==
          Outcome::written);
    CHECK(adjudicate_medium(disc_now(MediumState::closed, 3, 0), disc_before(2, 900), 3) == Outcome::written);
    // Of a kind that nothing is burned on any more, see burn.write_once_only.
    Medium refused_kind = disc_now(MediumState::foreign, 3, 999);
    CHECK(adjudicate_medium(refused_kind, disc_before(2, 900), 3) == Outcome::damaged);
    refused_kind.readable = true;
    CHECK(adjudicate_medium(refused_kind, disc_before(2, 900), 3) == Outcome::written);
}

TEST_CASE("adjudication rules: an empty drive or another disc is no verdict on the disc that was burned") {
    CHECK(adjudicate_medium(Medium(), disc_before(2, 900), 3).error().code == Errc::no_medium);
    CHECK(adjudicate_medium(disc_now(MediumState::blank, 0, 0), disc_before(2, 900), 3).error().code ==
          Errc::wrong_medium);
    Medium other = disc_now(MediumState::appendable, 3, 999);
    other.serial = "other";
    CHECK(adjudicate_medium(other, disc_before(2, 900), 3).error().code == Errc::wrong_medium);
    Medium other_make = disc_now(MediumState::blank, 0, 0);
    other_make.media_id = "OTHER/02";
    DiscIdentity before = disc_before(0, 0);
    before.media_id = "TESTMED/01";
    CHECK(adjudicate_medium(other_make, before, 1).error().code == Errc::wrong_medium);
}

TEST_CASE("plain words: known messages are explained, others are left as they are") {
    CHECK(plain_words(SenseCode{0x3, 0x0C, 0x00}, 0).find("use another brand") != std::string::npos);
    CHECK(plain_words(SenseCode{0x5, 0x21, 0x02}, 0) != plain_words(SenseCode{0x5, 0x21, 0x00}, 0));
    CHECK_FALSE(plain_words(std::nullopt, 0x0002018a).empty());
    CHECK(plain_words(SenseCode{0x1, 0x00, 0x00}, 0x00020999).empty());
}
