#include "burner/operations/adjudication_rules.hpp"

namespace burnbox {
namespace {

std::unexpected<Error> another_disc(const Medium& now, const DiscIdentity& before) {
    return fail(Errc::wrong_medium, "judge the burn on disc " + before.label + ": another disc is in " +
                                        now.location + "; insert the one that was being burned");
}

}  // namespace

Result<Drive::Outcome> adjudicate_medium(const Medium& now, const DiscIdentity& before,
                                         unsigned disc_session) {
    const bool was_blank = before.sessions_used == 0;
    if (now.state == MediumState::none)
        return fail(Errc::no_medium, "judge the burn on disc " + before.label + ": insert it");
    if (!before.media_id.empty() && !now.media_id.empty() && now.media_id != before.media_id)
        return another_disc(now, before);
    if (now.state == MediumState::blank) {
        if (was_blank) return Drive::Outcome::untouched;
        return another_disc(now, before);  // what was burned on does not become blank
    }
    if (!now.label.empty() && (now.label != before.label || now.serial != before.serial))
        return another_disc(now, before);
    // What can't be read, or was begun and not ended: half of the disc session may be there.
    if (!now.readable) return Drive::Outcome::damaged;
    if (now.sessions_used == disc_session) return Drive::Outcome::written;
    if (now.sessions_used > disc_session) return Drive::Outcome::holds_more;
    const bool as_before = now.sessions_used == before.sessions_used && now.next_lba == before.next_lba;
    return as_before ? Drive::Outcome::untouched : Drive::Outcome::damaged;
}

}  // namespace burnbox
