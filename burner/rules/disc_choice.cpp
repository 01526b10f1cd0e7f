#include "burner/rules/disc_choice.hpp"

#include <algorithm>

namespace burnbox {

bool may_take_over(const DiscRow& disc, const std::vector<DiscSessionRow>& on_it, const std::string& pool,
                   const Config& config) {
    if (disc.pool == pool || config.pools.contains(disc.pool)) return false;
    return std::ranges::all_of(on_it, [&](const DiscSessionRow& one) {
        const auto account = config.accounts.find(one.account);
        return account != config.accounts.end() && account->second.pool == pool;
    });
}

std::set<DiscId> discs_within_reach(const std::vector<DiscRow>& discs, const ShelfView& view,
                                    const std::string& drive, bool emulated) {
    std::set<DiscId> here;
    for (const DiscRow& disc : discs) {
        const ShelfView::Image* const image = place_of(view, disc);
        const bool on_shelf = image != nullptr && image->drive == drive;
        const bool may_come =
            image == nullptr && !disc.is_image && (disc.sessions_used != 0 || disc.drive == drive);
        if (emulated ? on_shelf : may_come) here.insert(disc.id);
    }
    return here;
}

std::uint64_t needed_on(const DiscRow& disc, const DiscWish& wish) {
    const auto tree = wish.tree_bytes.find(disc.id);
    return wish.estimate_bytes + (tree == wish.tree_bytes.end() ? 0 : tree->second);
}

std::vector<DiscRow> discs_for(const std::vector<DiscRow>& discs, const DiscWish& wish) {
    std::vector<DiscRow> result;
    for (const DiscRow& disc : discs) {
        const bool ours = disc.state == DiscState::open && wish.here.contains(disc.id) &&
                          disc.pool == wish.pool && (disc.sessions_used == 0 || !wish.blank_only);
        const bool room =
            disc.sessions_left > 0 && (disc.sessions_used == 0 || disc.free_bytes >= needed_on(disc, wish));
        if (ours && room && !wish.excluded.contains(disc.id)) result.push_back(disc);
    }
    std::ranges::stable_sort(result, {}, [](const DiscRow& disc) { return disc.sessions_used == 0; });
    return result;
}

bool disc_is_full(const DiscRow& disc, std::uint64_t full_below_bytes) {
    if (disc.sessions_used == 0) return false;
    return disc.sessions_left == 0 || disc.free_bytes < full_below_bytes;
}

}  // namespace burnbox
