#include "server/control/columns.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "common/base/text.hpp"

namespace burnbox {
namespace {

std::size_t width_of(std::string_view cell) {
    return static_cast<std::size_t>(
        std::ranges::count_if(cell, [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
}

}  // namespace

std::string columns(const std::vector<std::vector<std::string>>& rows, const std::vector<std::size_t>& right,
                    std::string_view indent) {
    std::vector<std::size_t> widths;
    for (const auto& row : rows) {
        widths.resize(std::max(widths.size(), row.size()));
        for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], width_of(row[i]));
    }
    std::string text;
    for (const auto& row : rows) {
        std::string line(indent);
        for (std::size_t i = 0; i < row.size(); ++i) {
            const std::string padding(widths[i] - width_of(row[i]), ' ');
            const bool to_right = std::ranges::find(right, i) != right.end();
            if (i > 0) line += "  ";
            line += to_right ? padding + row[i] : row[i] + padding;
        }
        line.erase(line.find_last_not_of(' ') + 1);
        text += line + '\n';
    }
    return text;
}

std::string human_duration(std::uint64_t seconds) {
    const std::uint64_t minutes = seconds / 60, hours = minutes / 60, days = hours / 24;
    if (seconds < 60) return fmt::format("{} s", seconds);
    if (hours == 0) return fmt::format("{} min {} s", minutes, seconds % 60);
    if (days == 0) return fmt::format("{} h {} min", hours, minutes % 60);
    return fmt::format("{} {} h", count_text(days, "day", "days"), hours % 24);
}

unsigned percent(std::uint64_t done, std::uint64_t total) {
    if (total == 0) return 0;
    if (done >= total) return 100;
    return std::min(99U,
                    static_cast<unsigned>(static_cast<double>(done) * 100.0 / static_cast<double>(total)));
}

std::uint64_t seconds_left(std::uint64_t done, std::uint64_t total, double bytes_per_second) {
    if (done >= total || !(bytes_per_second >= 1)) return 0;
    return static_cast<std::uint64_t>(std::ceil(static_cast<double>(total - done) / bytes_per_second));
}

std::string progress_text(std::uint64_t done, std::uint64_t total, double bytes_per_second) {
    if (total == 0) return "";
    std::string text = fmt::format("{} % of {}", percent(done, total), human_bytes(total));
    if (bytes_per_second >= 1)
        text += fmt::format(", {}/s", human_bytes(static_cast<std::uint64_t>(bytes_per_second)));
    if (const std::uint64_t left = seconds_left(done, total, bytes_per_second); left > 0)
        text += fmt::format(", {} left", human_duration(left));
    return text;
}

std::string count_text(std::uint64_t count, std::string_view one, std::string_view many) {
    return fmt::format("{} {}", count, count == 1 ? one : many);
}

}  // namespace burnbox
