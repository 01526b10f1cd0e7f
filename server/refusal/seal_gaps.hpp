// What is known to be missing in an open session, in words for people: why no marker seals it.
#pragma once

#include <string>

#include "server/sessions/open_session.hpp"

namespace burnbox::upload {

// Files that are not whole, but the marker that is asked for itself. Account locked.
[[nodiscard]] std::string cut_off_text(const OpenSession& session, const std::string& marker);
// What was refused and not sent since, and a transfer that did not end well: nobody knows what else was to
// come, so only a checksum list that fits exactly says that nothing is missing. Account locked.
[[nodiscard]] std::string missed_text(const OpenSession& session);

[[nodiscard]] std::string append_reason(std::string reasons, const std::string& one);

}  // namespace burnbox::upload
