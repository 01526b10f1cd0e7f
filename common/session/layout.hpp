// How a session lies on its disc.
#pragma once

#include <cstdint>

namespace burnbox {

enum class Layout : std::uint8_t { bag, plain, root };

}  // namespace burnbox
