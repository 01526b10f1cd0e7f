// A drive's turn at the queue: the facts are gathered, what next_burn() decides is carried out, and what
// comes of it is a fact for the next decision, until something was burned or nothing is left to do. Used by
// one thread at a time.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <vector>

#include "burner/rules/next_burn.hpp"
#include "burner/turn/conclude.hpp"
#include "burner/turn/drive_waits.hpp"
#include "burner/turn/session_outcome.hpp"

namespace burnbox {

// How a turn ended.
struct TurnEnd {
    enum class Kind : std::uint8_t {
        nothing,  // to burn for now
        cut_off,  // burnbox is stopping
        did,      // something was done or found out: another turn may have more to do
    };
    Kind kind = Kind::nothing;
    bool wanted = false;  // nothing: sessions wait that this drive might take
};

class Turn {
  public:
    // All outlive this.
    Turn(AttemptContext& context, DriveWaits& waits, SessionOutcome& outcome)
        : context_(context), waits_(waits), outcome_(outcome) {}

    // `rests_until`: the drive burns nothing before. Blocks for hours when it burns. Errors: the drive's or
    // the catalogue's; an attempt may be unfinished.
    [[nodiscard]] Result<TurnEnd> run(SteadyTime rests_until, const Conclude& conclude);

    // When a session that is held back for others must go (burn.batch).
    [[nodiscard]] std::optional<Timestamp> held_until() const { return held_until_; }
    void forget_sizes(const std::vector<SessionRow>& rows);  // of the sessions

  private:
    class Pass;
    [[nodiscard]] Result<QueueSnapshot> gather(SteadyTime rests_until);  // turn_facts.cpp
    [[nodiscard]] QueuedSession facts_of(SessionRow row, const Config& config);
    [[nodiscard]] DriveFacts facts_of_this_drive(DriveFacts noted, const Config& config) const;
    void forget_others(const std::vector<QueuedSession>& queue);

    AttemptContext& context_;
    DriveWaits& waits_;
    SessionOutcome& outcome_;
    std::map<SessionId, std::uint64_t> sizes_;  // on a disc, as estimated
    std::map<SessionId, Layout> layouts_;       // of those that have copies
    std::set<SessionId> unprotected_;           // without recovery data, and none is made for them
    std::optional<Timestamp> held_until_;
};

}  // namespace burnbox
