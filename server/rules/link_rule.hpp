// Which symbolic links a client may make: those that can never lead out of their session. Pure.
#pragma once

#include <string>
#include <string_view>

#include "common/base/error.hpp"

namespace burnbox::upload {

// Where a link at `inside` (path in the session) with this target leads, as a path in the session ("" = its
// top). Errors: Errc::permission when the target is absolute or leads out of the session, Errc::invalid when
// it is empty, longer than a path may be, or not UTF-8 (a disc couldn't hold it).
[[nodiscard]] Result<std::string> link_destination(std::string_view inside, std::string_view target);

}  // namespace burnbox::upload
