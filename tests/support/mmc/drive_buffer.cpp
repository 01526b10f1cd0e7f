#include "tests/support/mmc/drive_buffer.hpp"

#include <algorithm>

namespace burnbox::mmc {
namespace {

constexpr std::int64_t kSecond = 1'000'000'000;

}  // namespace

void DriveBuffer::advance(std::int64_t now_ns) {
    if (burning) {
        const std::int64_t passed_us = std::max<std::int64_t>(now_ns - at_ns, 0) / 1000;
        filled_bytes -= passed_us * speed_bytes / 1'000'000;
        if (filled_bytes < 0) {
            filled_bytes = 0;
            burning = false;
            ++underruns;
        }
        least_filled_bytes = std::min(least_filled_bytes, filled_bytes);
    }
    at_ns = std::max(now_ns, at_ns);
}

std::int64_t DriveBuffer::take(std::int64_t bytes, std::int64_t now_ns) {
    if (speed_bytes == 0) return 0;
    advance(now_ns);
    std::int64_t wait_ns = 0;
    if (bytes > free_bytes()) {
        burning = true;
        wait_ns = (bytes - free_bytes()) * (kSecond / 1000) / speed_bytes * 1000;
        filled_bytes = capacity_bytes;
        at_ns += wait_ns;
    } else {
        filled_bytes += bytes;
    }
    if (filled_bytes >= capacity_bytes / 2) burning = true;
    return wait_ns;
}

std::int64_t DriveBuffer::drain(std::int64_t now_ns) {
    if (speed_bytes == 0) return 0;
    advance(now_ns);
    const std::int64_t wait_ns = filled_bytes * (kSecond / 1000) / speed_bytes * 1000;
    filled_bytes = 0;
    burning = false;
    return wait_ns;
}

}  // namespace burnbox::mmc
