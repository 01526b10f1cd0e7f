#include "burner/read/iso/disc_time.hpp"

#include "common/base/time_range.hpp"

namespace burnbox {

std::time_t to_disc_time(Timestamp time) {
    return std::chrono::floor<std::chrono::seconds>(clamp_time(time)).time_since_epoch().count();
}

}  // namespace burnbox
