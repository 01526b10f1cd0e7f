// Which of the known discs takes a session. Pure.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "burner/rules/whereabouts.hpp"
#include "common/catalogue/catalogue.hpp"
#include "common/config/config.hpp"

namespace burnbox {

struct DiscWish {
    std::set<DiscId> here;  // those that this drive may have in it
    std::string pool;
    std::uint64_t estimate_bytes = 0;  // never too small
    std::set<DiscId> excluded;         // it is there already, or it was tried there and can't be burned there
    // What a disc session on it takes beside that: the tree of those before. Nothing = 0.
    std::map<DiscId, std::uint64_t> tree_bytes{};
    bool blank_only = false;  // Layout::root: a session has its disc for itself
};

// Whether a pool may go on with a disc of another one: that is not configured any more, and every account
// that has something on the disc has this pool now. So it is with a pool that got another name; nobody's
// sessions come onto a disc of other people's.
[[nodiscard]] bool may_take_over(const DiscRow& disc, const std::vector<DiscSessionRow>& on_it,
                                 const std::string& pool, const Config& config);

// A disc belongs to no drive: emulated ones are where their images are, and a real one that was begun in any
// drive may be put into this one. A blank that was given its label lies where it was.
[[nodiscard]] std::set<DiscId> discs_within_reach(const std::vector<DiscRow>& discs, const ShelfView& view,
                                                  const std::string& drive, bool emulated);

// What the session takes on this disc with all around it.
[[nodiscard]] std::uint64_t needed_on(const DiscRow& disc, const DiscWish& wish);

// The open discs within this drive's reach that may take it, the oldest first: so the fullest is filled up
// first. A disc that is still blank may take everything: only the drive can say exactly whether it fits.
[[nodiscard]] std::vector<DiscRow> discs_for(const std::vector<DiscRow>& discs, const DiscWish& wish);

// At its session limit, or below burn.full_below. A blank disc is never full.
[[nodiscard]] bool disc_is_full(const DiscRow& disc, std::uint64_t full_below_bytes);

}  // namespace burnbox
