#include "burner/rules/failure_rules.hpp"

#include <doctest/doctest.h>

namespace burnbox::test {
namespace {

AttemptRow failed(AttemptId id, AttemptCause cause, bool spoiled, DiscId disc = 0) {
    AttemptRow row;
    row.id = id, row.disc = disc == 0 ? id : disc;
    row.state = AttemptState::failed, row.cause = cause, row.spoiled = spoiled;
    return row;
}

AttemptRow verified(AttemptId id) {
    AttemptRow row;
    row.id = id, row.disc = id, row.state = AttemptState::verified;
    return row;
}

std::vector<DiscRow> discs() {
    std::vector<DiscRow> rows;
    for (DiscId id = 1; id <= 9; ++id) {
        rows.emplace_back().id = id;
        rows.back().label = "DISC_" + std::to_string(id);
    }
    return rows;
}

}  // namespace

TEST_CASE("failure rules: three failures need a person, whatever their messages say") {
    AttemptRow first = failed(1, AttemptCause::mismatch, false);
    first.messages = "interrupted: burned together: catalogue: [2 3A 00]";
    const std::vector<AttemptRow> two{first, failed(2, AttemptCause::write_error, false)};
    CHECK_FALSE(needs_a_person(failures_of(two, 0)));
    CHECK(needs_a_person(failures_of(two, 0).and_now({"", AttemptCause::out_of_reach, false})));
    CHECK_FALSE(needs_a_person(failures_of(two, 1).and_now({"", AttemptCause::mismatch, false})));
}

TEST_CASE("failure rules: what is nobody's fault does not count, a third disc does") {
    std::vector<AttemptRow> attempts;
    for (AttemptId id = 1; id <= 9; ++id) attempts.push_back(failed(id, AttemptCause::interrupted, false));
    attempts.push_back(failed(10, AttemptCause::together, false));
    attempts.push_back(failed(11, AttemptCause::no_space, false));
    CHECK_FALSE(needs_a_person(failures_of(attempts, 0)));
    for (AttemptId id = 12; id <= 13; ++id) attempts.push_back(failed(id, AttemptCause::interrupted, true));
    CHECK_FALSE(needs_a_person(failures_of(attempts, 0)));
    CHECK(needs_a_person(failures_of(attempts, 0).and_now({"", AttemptCause::interrupted, true})));
    CHECK(needs_a_person(SessionFailures().and_now({"", AttemptCause::staged_damaged, false})));
}

TEST_CASE("failure rules: a drive that spoils two discs in a row stops and says which and what to do") {
    const std::vector<AttemptRow> bad{
        failed(5, AttemptCause::mismatch, true), failed(4, AttemptCause::interrupted, true),
        failed(3, AttemptCause::write_error, false), failed(2, AttemptCause::unjudged, true), verified(1)};
    const std::string why = why_drive_stops("tray", bad, discs());
    CHECK(why.find("DISC_2 and DISC_5") != std::string::npos);
    CHECK(why.find("burnbox retry tray") != std::string::npos);
}

TEST_CASE("failure rules: a disc that went well in between, or somebody else's fault, stops no drive") {
    CHECK(why_drive_stops("tray", {}, discs()).empty());
    CHECK(why_drive_stops("tray", {failed(2, AttemptCause::mismatch, true), verified(1)}, discs()).empty());
    CHECK(why_drive_stops(
              "tray",
              {failed(3, AttemptCause::mismatch, true), verified(2), failed(1, AttemptCause::mismatch, true)},
              discs())
              .empty());
    CHECK(
        why_drive_stops("tray",
                        {failed(3, AttemptCause::staged_damaged, true),
                         failed(2, AttemptCause::interrupted, true), failed(1, AttemptCause::mismatch, true)},
                        discs())
            .empty());
}

TEST_CASE("failure rules: what an error says of a disc, and why its attempt failed, is one table") {
    struct Line {
        Errc code;
        bool nothing_about_the_disc, nothing_about_one_met, out_of_reach, passes;
        AttemptCause cause;
    };
    constexpr bool no = false, yes = true;
    for (const auto& [code, judged, met, out, passes, cause] :
         {Line{Errc::busy, yes, yes, no, yes, AttemptCause::write_error},
          Line{Errc::cancelled, yes, yes, no, yes, AttemptCause::write_error},
          Line{Errc::no_space, yes, no, no, no, AttemptCause::no_space},
          Line{Errc::unreachable, no, yes, yes, yes, AttemptCause::out_of_reach},
          Line{Errc::timeout, no, yes, yes, yes, AttemptCause::out_of_reach},
          Line{Errc::no_medium, no, no, yes, yes, AttemptCause::disc_gone},
          Line{Errc::wrong_medium, no, no, yes, yes, AttemptCause::disc_gone},
          Line{Errc::corrupt, no, no, no, no, AttemptCause::staged_damaged},
          Line{Errc::io, no, no, no, no, AttemptCause::write_error},
          Line{Errc::not_found, no, no, no, no, AttemptCause::write_error}}) {
        CAPTURE(static_cast<int>(code));
        const Error error{code, 0, "it failed"};
        CHECK(says_nothing_about_the_disc(error) == judged);
        CHECK(says_nothing_about_a_disc_met(error) == met);
        CHECK(is_out_of_reach(error) == out);
        CHECK(passes_by_itself(error) == passes);
        CHECK(cause_of(error) == cause);
        CHECK(says_nothing_about_the_disc({code, 0, "it failed", Origin::session}));
    }
    const Error away{Errc::unreachable, 0, "image_dir is away", Origin::state_folder};
    CHECK(says_nothing_about_the_disc(away));
    CHECK(cause_of(away) == AttemptCause::interrupted);
}

}  // namespace burnbox::test
