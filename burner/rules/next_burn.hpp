// Which session is next on a drive, alone or with which others, on which disc, or what each of them waits
// for. Pure: the same facts give the same decision. Some facts only a look tells: then the decision is to
// look, the caller puts what it saw into the snapshot, and asks again. So it goes one way: decide, look,
// decide again, until something is burned or nothing is left to do.
//
// The oldest session comes first; one that can't go now keeps nobody behind it waiting. A session belongs to
// the first drive of its pool that can take it at once; the next one takes it when that is busy, rests, or
// has no disc for it: so a failed burn goes on to the next drive.
#pragma once

#include <string>
#include <variant>
#include <vector>

#include "burner/rules/queue_snapshot.hpp"

namespace burnbox {

enum class WaitsFor : std::uint8_t {
    its_drive,    // another pool's, or one that the configuration has not; this drive rests
    its_folder,   // it has not its name yet
    its_disc,     // its receipt says that it is burned, an older catalogue does not: that disc is read first
    folder_away,  // it is in a watched folder that can't be reached
    split,        // into parts, should it be larger than a disc
    recovery_data,  // to be made first
    another_try,    // it failed here a moment ago, or waits for this drive's disc: not again so soon
    back_off,       // its burn failed: on no drive so soon
    other_disc,     // it has a copy from this drive; the next one is another drive's
    more_drives,    // it has a copy from each drive of its pool, and was promised more
    other_drive,    // an earlier drive of its pool can take it at once
    larger_drive,   // it is larger than this one's discs, and others have larger ones
    somebody,       // works on it
    others,         // to be burned together (burn.batch)
    disc,           // another one than this drive has
};

struct Wait {
    SessionId session = 0;
    WaitsFor what = WaitsFor::its_drive;
    std::string said{};                     // for people; "" = nothing new is said
    std::optional<Timestamp> held_until{};  // others
    std::optional<Error> reason{};          // disc: why there is none, and the remedy
};

// What is to be done next. But for the first three it is about Decision::group.
struct Nothing {};
struct GiveName {  // the session's folder is renamed first
    SessionId session = 0;
};
struct LookUpCopies {  // in the catalogue
    std::vector<SessionId> sessions{};
};
struct Complete {};        // it has all its copies: it is burned
struct LookAtSessions {};  // whether their files are there, and what they take on a disc
struct LookAtDiscs {};     // which discs are within reach, and what is in the drive
struct PutIn {             // a disc of the catalogue: an image; or a blank that was given its label before
    DiscId disc = 0;
};
struct PutInBlank {};    // with the next label
struct ChangeDisc {      // by the autoloader
    std::string wanted;  // a disc's label, or "blank"
};
struct Burn {  // the group is all that fits on it
    DiscId disc = 0;
};

struct Decision {
    std::vector<Wait> waits{};       // of those before the first of the group; of all when there is none
    std::vector<SessionId> group{};  // to be burned together, the oldest first
    std::variant<Nothing, GiveName, LookUpCopies, Complete, LookAtSessions, LookAtDiscs, PutIn, PutInBlank,
                 ChangeDisc, Burn>
        next{};
};

[[nodiscard]] Decision next_burn(const QueueSnapshot& snapshot, const std::string& drive);

}  // namespace burnbox
