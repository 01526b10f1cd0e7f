// libisofs with faults, for the tests of the proof: what it does wrong by itself is mended elsewhere, and the
// proof must hold without. The dynamic linker takes these definitions of the worker's first. A link to
// "...spoiled" gets another target; one to "...spoiled-beside-others" does too, but only on a disc that holds
// something already.
#include <dlfcn.h>

#include <string_view>

#include "burner/image/libburnia.hpp"

namespace {

bool holds_something = false;

template <typename Function>
Function library(const char* name) {
    return reinterpret_cast<Function>(::dlsym(RTLD_NEXT, name));
}

bool is_spoiled(std::string_view target) {
    return target.ends_with("spoiled") || (target.ends_with("spoiled-beside-others") && holds_something);
}

}  // namespace

extern "C" __attribute__((visibility("default"))) int iso_image_add_new_symlink(burn::IsoImage* image,
                                                                                burn::IsoDir* parent,
                                                                                const char* name,
                                                                                const char* dest,
                                                                                burn::IsoSymlink** link) {
    static const auto add = library<decltype(&burn::iso_image_add_new_symlink)>("iso_image_add_new_symlink");
    return add(image, parent, name, is_spoiled(dest) ? "elsewhere" : dest, link);
}

extern "C" __attribute__((visibility("default"))) int isoburn_read_image(burn::burn_drive* drive,
                                                                         burn::isoburn_read_opts* options,
                                                                         burn::IsoImage** image) {
    static const auto read = library<decltype(&burn::isoburn_read_image)>("isoburn_read_image");
    const int result = read(drive, options, image);
    holds_something = result > 0 && image != nullptr &&
                      burn::iso_dir_get_children_count(burn::iso_image_get_root(*image)) > 0;
    return result;
}
