// When a change of each key takes hold in a running server: the one table that says so, and what follows from
// it. Pure.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "common/config/config.hpp"

namespace burnbox {

enum class TakesHold : std::uint8_t {
    now,              // from the next request or decision on; what was granted before stays
    next_connection,  // connections that are open keep what they began with
    next_session,     // of what is sealed from then on; what is sealed keeps what was promised
    next_disc,        // of discs that are begun from then on
    restart,
};
[[nodiscard]] std::string_view to_string(TakesHold when);  // "next connection"

struct KeyRule {
    std::string_view key;  // as docs/operating.md calls it: "accounts.NAME.quota"
    TakesHold takes_hold = TakesHold::restart;
};
// Each key that the reader knows, in the order of docs/operating.md.
[[nodiscard]] std::vector<KeyRule> key_rules();

struct ChangedKey {
    std::string key;  // "accounts.alice.quota"; "accounts.alice" when it was added or removed
    TakesHold takes_hold = TakesHold::restart;
    bool operator==(const ChangedKey&) const = default;
};
// In the order of the table.
[[nodiscard]] std::vector<ChangedKey> changed_keys(const Config& running, const Config& wanted);

// `wanted`, with what needs a restart as it is in `running`. Errors: Errc::invalid, naming the keys that can
// hold only together with one that needs a restart; then nothing of `wanted` can hold.
[[nodiscard]] Result<Config> without_restart(const Config& running, const Config& wanted);

}  // namespace burnbox
