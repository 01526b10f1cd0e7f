// What a disc session brought, from its tree and the tree before it.
#pragma once

#include "burner/drive/drive.hpp"
#include "common/bag/found_session.hpp"

namespace burnbox {

// `older` and `newer`: see new_sessions(). Its place on the disc is the caller's to say. What can't be made
// out is in it as such.
[[nodiscard]] FoundDiscSession found_disc_session(unsigned number, const std::vector<ManifestEntry>& older,
                                                  const std::vector<ManifestEntry>& newer,
                                                  const ReadDiscFile& read);

}  // namespace burnbox
