#include "burner/read/disc_time.hpp"

#include <algorithm>

namespace burnbox {

std::time_t to_disc_time(Timestamp time) {
    constexpr std::int64_t kFirst = -2'208'988'800;  // 1900-01-01T00:00:00Z
    constexpr std::int64_t kLast = 5'869'583'999;    // 2155-12-31T23:59:59Z
    const auto seconds = std::chrono::floor<std::chrono::seconds>(time.time_since_epoch()).count();
    return std::clamp<std::int64_t>(seconds, kFirst, kLast);
}

}  // namespace burnbox
