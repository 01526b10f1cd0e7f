// What a later read-back of a session's place on a disc found.
#pragma once

#include <algorithm>

#include "common/catalogue/catalogue.hpp"

namespace burnbox::test {

inline Status check_copy(Catalogue& catalogue, DiscId disc, SessionId session, bool good, Timestamp at) {
    BB_TRY(const auto places, catalogue.disc_sessions(disc));
    const auto place = std::ranges::find(places, session, &DiscSessionRow::session);
    if (place == places.end()) return fail(Errc::not_found, "the session is not on that disc");
    return catalogue.copy_checked(*place, good, at);
}

}  // namespace burnbox::test
