// What is done to the grafted tree, before libisofs writes it, so that the disc comes out as it was meant in
// spite of the faults of libisofs (1.5.4, 1.5.6): continuation_area.hpp, link_targets.hpp; and so that
// Windows can tell its names apart: common/session/joliet_names.hpp.
#pragma once

#include "burner/image/libburnia.hpp"
#include "burner/image/rock_ridge_patch.hpp"

namespace burnbox {

// Looks through the whole tree, what older disc sessions left too, and gives entries the names and links the
// targets that libisofs is to have. Returns what is to be put right in the tree's blocks then. `shared_top`:
// sessions share the root folder and the folders in it. Errors: unsupported for a link target that no
// spelling brings onto the disc.
[[nodiscard]] Result<RockRidgePatch> work_around_quirks(burn::IsoImage* image, bool shared_top,
                                                        LibraryMessages& messages);

}  // namespace burnbox
