#include "common/base/time_text.hpp"

#include <array>
#include <ctime>

namespace burnbox {

std::string with_time(const std::string& pattern, Timestamp time) {
    const std::time_t seconds =
        std::chrono::system_clock::to_time_t(std::chrono::floor<std::chrono::seconds>(time));
    std::tm utc{};
    ::gmtime_r(&seconds, &utc);
    std::array<char, 1001> text{};
    return {text.data(), std::strftime(text.data(), text.size(), pattern.c_str(), &utc)};
}

}  // namespace burnbox
