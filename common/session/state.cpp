#include "common/session/state.hpp"

#include <algorithm>
#include <array>

namespace burnbox {
namespace {

using enum SessionState;

constexpr std::array kSteps = {
    StateStep{queued, burning, "an attempt is in the catalogue; nothing is written yet"},
    StateStep{queued, withdrawn, "cancelled by its account before burning began"},
    StateStep{queued, failed, "it can't be burned: its folder is missing or damaged"},
    StateStep{burning, verifying, "the write reported good"},
    StateStep{burning, queued, "the attempt failed and may succeed later or on another disc"},
    StateStep{burning, failed, "the attempt failed and can't succeed without a person"},
    StateStep{verifying, burned, "every digest matched on every copy that was asked for"},
    StateStep{verifying, queued, "one more copy is wanted, or the read-back differed: the next disc"},
    StateStep{verifying, failed, "the read-back differed too often"},
    StateStep{failed, queued, "retried by a person"},
    StateStep{failed, withdrawn, "taken back by its account to mend it"},
    StateStep{withdrawn, queued, "its folder could not get its open name: nothing was changed"},
    StateStep{withdrawn, failed, "the same, of one that had failed"},
};

struct StateName {
    SessionState state;
    std::string_view name;
};
constexpr std::array kNames = {
    StateName{queued, "queued"}, StateName{burning, "burning"}, StateName{verifying, "verifying"},
    StateName{burned, "burned"}, StateName{failed, "failed"},   StateName{withdrawn, "withdrawn"},
};

}  // namespace

std::span<const StateStep> state_steps() {
    return kSteps;
}

bool may_step(SessionState from, SessionState to) {
    return std::ranges::any_of(kSteps,
                               [&](const StateStep& step) { return step.from == from && step.to == to; });
}

std::string_view to_string(SessionState state) {
    const auto found = std::ranges::find(kNames, state, &StateName::state);
    return found == kNames.end() ? "unknown" : found->name;
}

std::optional<SessionState> parse_session_state(std::string_view text) {
    const auto found = std::ranges::find(kNames, text, &StateName::name);
    if (found == kNames.end()) return std::nullopt;
    return found->state;
}

FolderState folder_state(SessionState state) {
    switch (state) {
        case queued:
        case burning:
        case verifying:
            return FolderState::queued;
        case burned:
            return FolderState::burned;
        case failed:
            return FolderState::failed;
        case withdrawn:
            return FolderState::open;
    }
    return FolderState::open;
}

}  // namespace burnbox
