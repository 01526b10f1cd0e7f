// One drive at work: the drive and everything its attempts need. Used by one thread at a time.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <utility>

#include "burner/attempts/reporter.hpp"
#include "burner/schedule/burn_job.hpp"
#include "burner/schedule/conditions.hpp"
#include "burner/schedule/disc_places.hpp"
#include "burner/schedule/disc_trees.hpp"
#include "burner/schedule/schedule.hpp"
#include "burner/schedule/services.hpp"

namespace burnbox {

// What a drive's thread remembers of failures. Lost at a restart: then everything is simply tried again.
struct FailureNotes {
    struct Cause {
        AttemptCause cause = AttemptCause::none;
        Error error;
    };
    std::map<AttemptId, Cause>
        causes;  // why an unfinished attempt failed in this process; else it was interrupted
    std::map<AttemptId, unsigned> judgments;  // how often judging it (adjudicate, verify) failed
    std::map<std::pair<DiscId, SessionId>, unsigned> refusals;  // failures before anything was written
    std::map<SessionId, unsigned> session_refusals;
    std::map<std::pair<DiscId, SessionId>, unsigned> write_failures;  // that left the disc as before
    std::set<std::pair<DiscId, SessionId>> unsuitable;  // this session can't be burned on this disc
    std::set<std::string> copies_told;                  // images that are copies of a disc
    std::map<std::string, unsigned> readings;           // that failed, of what a disc of this serial holds
    // Serials of discs that are not this catalogue's, and whether all folders were there that might have told
    // otherwise.
    std::map<std::string, bool> strangers;
    std::map<SessionId, Backoff> rests;  // queued, but not for this drive now
    std::set<std::string> look_again;    // serials of suspect discs whose images have changed since
};

struct AttemptContext {
    const BurnerServices& services;
    Schedule& schedule;
    Conditions& conditions;
    DiscTrees& trees;
    const DiscPlaces& places;
    Drive& drive;
    Reporter& reporter;
    FailureNotes& notes;
};

// In the middle of an event's life: account and disc name of the row, this drive.
void publish(AttemptContext& context, EventKind kind, const SessionRow& row, const std::string& disc,
             const std::string& message);
// Whether another drive of its pool, on which it has no copy, will go on with the session soon.
[[nodiscard]] bool another_drive_takes(const AttemptContext& context, const SessionRow& row,
                                       const std::vector<DiscSessionRow>& copies);
// The drive's condition begins; row may be empty.
bool raise(AttemptContext& context, EventKind condition, const SessionRow& row, const std::string& disc,
           const std::string& message);
// The session is not tried again so soon on this drive: longer each time. Returns until when.
SteadyTime rest(AttemptContext& context, const SessionRow& row);
// The disc can't be trusted any more; sessions go to others.
void mark_suspect(AttemptContext& context, DiscRow& disc, Suspicion suspicion, const std::string& reason);
// Marks the disc full when it is; the caller stores the row, and then says so. `burned_as`: what was just
// burned on it; nothing: as the configuration says.
void mark_full_when_full(AttemptContext& context, DiscRow& disc, std::optional<Layout> burned_as = {});
void tell_when_full(AttemptContext& context, const DiscRow& disc);

}  // namespace burnbox
