// A sealed session's states and the only steps between them: one table, printed in docs/design.md, tested
// pair by pair.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "common/session/names.hpp"

namespace burnbox {

enum class SessionState : std::uint8_t {
    queued,     // sealed; waits for a drive
    burning,    // an attempt is in the catalogue
    verifying,  // the write reported good
    burned,     // every digest matched on every copy
    failed,     // needs a person
    withdrawn,  // cancelled, or taken back to mend: the folder goes back to its open name, then the row goes
};

struct StateStep {
    SessionState from;
    SessionState to;
    std::string_view reason;
};
[[nodiscard]] std::span<const StateStep> state_steps();
[[nodiscard]] bool may_step(SessionState from, SessionState to);
[[nodiscard]] std::string_view to_string(SessionState state);
[[nodiscard]] std::optional<SessionState> parse_session_state(std::string_view text);
// The suffix under which a client sees a session in this state.
[[nodiscard]] FolderState folder_state(SessionState state);

}  // namespace burnbox
