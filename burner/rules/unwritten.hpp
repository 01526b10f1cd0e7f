// What follows when a drive took sessions and nothing was written: whose it is, and how it goes on. Pure.
// Where something was written, failure_rules.hpp says whose it is.
#pragma once

#include <cstddef>

#include "common/base/error.hpp"

namespace burnbox {

enum class Unwritten : std::uint8_t {
    stop,           // burnbox is stopping
    session,        // it was withdrawn meanwhile, or its files or records are at fault
    catalogue,      // our own error: the drive rests, and the same is tried again
    think_again,    // a folder went away while the drive took it: the next turn says what it means
    no_space,       // for the image: these wait; a smaller one, or one on another drive, may go on
    halve,          // one of several is to blame: half as many at once
    damaged,        // the session is: it fails
    disproved,      // the disc would not show what was sealed
    too_large,      // for a blank disc: the session fails
    less_room,      // on this disc than was known: another one
    other_disc,     // is in than was meant
    drive_refuses,  // the drive rests; after some tries another disc, after more the session fails
};

struct UnwrittenFacts {
    Error error{};
    bool ours = false;  // the catalogue's, not the drive's or the disc's
    std::size_t sessions = 1;
    bool all_files_there = true;
    bool disc_is_blank = true;
};
[[nodiscard]] Unwritten after_nothing_written(const UnwrittenFacts& facts);

// A session that is refused again and again.
inline constexpr unsigned kMostRefusalsOnOneDisc = 3;  // is burned on another one
inline constexpr unsigned kMostRefusals = 9;           // fails

}  // namespace burnbox
