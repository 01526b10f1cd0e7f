// In which layout a session was burned, from what is on its disc: the configuration may say otherwise by now.
// Pure.
#pragma once

#include <functional>

#include "common/bag/bag.hpp"

namespace burnbox {

// `is_there`: whether the disc has an entry at a path from its root, without leading '/'. `supposed` when
// none of the session's files is anywhere.
[[nodiscard]] Layout found_layout(const SealedSession& session, Layout supposed,
                                  const std::function<bool(const std::string& path)>& is_there);

}  // namespace burnbox
