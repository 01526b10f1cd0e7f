#include "burner/image/volume_id.hpp"

#include <algorithm>
#include <string>

#include "common/base/text.hpp"

namespace burnbox {

Status check_label(std::string_view label) {
    const bool plain = std::ranges::all_of(
        label, [](char c) { return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_'; });
    if (label.empty() || label.size() > kLabelBytes || !plain)
        return fail(Errc::invalid, "disc label '" + escape(label) +
                                       "' can't be used: 1 to 32 of A-Z, 0-9 and _ are allowed (burn.label)");
    return {};
}

}  // namespace burnbox
