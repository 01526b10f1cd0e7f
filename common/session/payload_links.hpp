// Symbolic links inside a session, resolved on its manifest alone. Pure.
#pragma once

#include "common/session/manifest.hpp"

namespace burnbox {

// The file that opening `link` (an entry of the manifest) would read; nullptr when it leads outside the
// session, to a folder, nowhere or round in circles.
[[nodiscard]] const ManifestEntry* linked_file(const Manifest& manifest, const ManifestEntry& link);

}  // namespace burnbox
