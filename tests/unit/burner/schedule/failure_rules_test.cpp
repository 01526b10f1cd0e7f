#include "burner/schedule/failure_rules.hpp"

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

}  // namespace burnbox::test
