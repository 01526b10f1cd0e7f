// What is known at one moment of all that decides which session is burned next: the queue, the drives, the
// discs, and the rules of the configuration. Plain values: whoever has the facts puts them in, and what only
// a look at a session's files or at a disc tells is put in once it was looked at (next_burn.hpp).
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "burner/drive/drive.hpp"
#include "common/catalogue/catalogue.hpp"
#include "common/config/config.hpp"
#include "common/session/names.hpp"

namespace burnbox {

struct CopyPlace {
    DiscId disc = 0;
    std::string drive;   // that burned it
    bool counts = true;  // among the copies that the pool asks for (copy_rules)
};

struct QueuedSession {
    SessionRow row;
    std::optional<std::vector<CopyPlace>> copies{};  // all; nothing: not looked up yet
    std::optional<Layout> layout{};  // of its copies, with them; nothing: it has none, or nobody can tell
    bool folder_is_behind = false;   // its folder is called -failed still: it was retried
    std::string folder_away{};       // why its folder can't be reached; "" = it can
    bool not_split_yet = false;      // it may be larger than a disc: the preparer says so (burn.span)
    bool not_protected_yet = false;  // its recovery data is made first (burn.redundancy)
    bool taken = false;              // somebody works on it
    bool released = false;           // a person asked for it: it is not held back for others
    std::size_t most_together = 0;   // a group it was in failed: with no more than so many; 0 = any number
    SteadyTime not_before = SteadyTime::min();     // its burn failed: on no drive before
    std::optional<std::uint64_t> bytes_on_disc{};  // with all around it, never too small; nothing: not
                                                   // looked at, nor whether its files are there
};

// The discs, as one drive sees them.
struct DiscsInReach {
    std::vector<DiscRow> discs;                    // of the catalogue, oldest first
    std::set<DiscId> here{};                       // those that the drive may have in it
    std::map<DiscId, std::uint64_t> tree_bytes{};  // what a disc session takes for those before it; none = 0
    std::optional<Medium> medium{};                // real: what is in it
    std::set<DiscId> gone{};                       // it was to be put in, and is not there any more
    std::optional<DiscId> put_in{};                // for this very burn
    std::optional<Error> no_blank{};               // a blank one was to be put in, and there is none
};

struct DriveFacts {
    bool emulated = true;
    bool has_changer = false;                // an autoloader puts discs in
    std::uint64_t blank_capacity_bytes = 0;  // 0 = unknown
    bool busy = false;
    SteadyTime rests_until = SteadyTime::min();  // it takes nothing before
    std::set<SessionId> cannot_take{};           // they need another disc than it has, or a larger one
    [[nodiscard]] bool would_take(SessionId session, SteadyTime now) const {
        return rests_until <= now && !cannot_take.contains(session);
    }
    // Of the drive that is asked for:
    std::map<SessionId, SteadyTime> rests{};              // not before, on this drive
    std::set<std::pair<DiscId, SessionId>> unsuitable{};  // this session can't be burned on this disc
    std::set<SessionId> changed_for{};                    // the autoloader has changed the disc for it
    std::optional<DiscsInReach> discs{};                  // nothing: not looked at yet
};

// While its folder is on its way (the seal's rename) it is not whole yet.
[[nodiscard]] inline bool has_queued_folder(const SessionRow& row) {
    return row.folder_next.empty() && parse_folder(row.folder).state == FolderState::queued;
}

struct QueueSnapshot {
    SteadyTime now;
    Timestamp time;
    std::vector<QueuedSession> queue;  // oldest first
    std::map<std::string, DriveFacts> drives;
    std::map<std::string, PoolConfig> pools;
    BatchConfig batch{};
    Layout layout = Layout::bag;

    [[nodiscard]] QueuedSession* find(SessionId session);
};

}  // namespace burnbox
