#include "burner/rules/unwritten.hpp"

#include "burner/rules/failure_rules.hpp"

namespace burnbox {

Unwritten after_nothing_written(const UnwrittenFacts& facts) {
    const Errc code = facts.error.code;
    if (code == Errc::cancelled) return Unwritten::stop;
    const bool refused_by_row = code == Errc::conflict || code == Errc::not_found;
    if (facts.error.origin == Origin::session || (facts.ours && refused_by_row)) return Unwritten::session;
    if (facts.ours) return Unwritten::catalogue;
    if (!facts.all_files_there) return Unwritten::think_again;
    if (code == Errc::no_space) return Unwritten::no_space;
    if (facts.sessions > 1 && !passes_by_itself(facts.error)) return Unwritten::halve;
    switch (code) {
        case Errc::corrupt:
            return Unwritten::damaged;
        case Errc::disproved:
            return Unwritten::disproved;
        case Errc::does_not_fit:
            return facts.disc_is_blank ? Unwritten::too_large : Unwritten::less_room;
        case Errc::wrong_medium:
            return Unwritten::other_disc;
        default:
            return Unwritten::drive_refuses;
    }
}

}  // namespace burnbox
