// Text for people: aligned columns, times and rates. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace burnbox {

// Rows of cells, each column as wide as its widest cell, two blanks between; the last column is not padded.
// Widths count UTF-8 characters. `right` lists the columns (from 0) that are aligned to the right. Every line
// is preceded by `indent`.
[[nodiscard]] std::string columns(const std::vector<std::vector<std::string>>& rows,
                                  const std::vector<std::size_t>& right = {}, std::string_view indent = "");

// "45 s", "3 min 20 s", "2 h 5 min", "3 days 4 h".
[[nodiscard]] std::string human_duration(std::uint64_t seconds);

[[nodiscard]] unsigned percent(std::uint64_t done,
                               std::uint64_t total);  // 100 only when all is done; 0 of 0 is 0

// Seconds until the rest is done at this rate, rounded up; 0 when that is not known.
[[nodiscard]] std::uint64_t seconds_left(std::uint64_t done, std::uint64_t total, double bytes_per_second);

// "42 % of 700.0 MiB, 8.1 MiB/s, 1 min 20 s left", as much of it as is known.
[[nodiscard]] std::string progress_text(std::uint64_t done, std::uint64_t total, double bytes_per_second);

// "1 file", "2 files".
[[nodiscard]] std::string count_text(std::uint64_t count, std::string_view one, std::string_view many);

}  // namespace burnbox
