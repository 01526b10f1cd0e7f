// Disc labels: burn.label with its number and time, reduced to what a volume identifier may hold. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/clock.hpp"
#include "common/base/error.hpp"

namespace burnbox {

inline constexpr std::size_t kLabelBytes = 32;       // ECMA-119 8.4.7
inline constexpr std::size_t kShortLabelBytes = 16;  // what Joliet's volume identifier shows; unique too

// %N = the number, four digits at least; everything else by strftime in UTC; then A-Z 0-9 _ only.
[[nodiscard]] std::string expand_label(std::string_view pattern, Timestamp time, unsigned number);

// The first number from `number` on whose label is free, compared by the first 16 characters in any case.
// Errc::invalid when the pattern does not give different labels.
struct NumberedLabel {
    std::string label;
    unsigned number = 0;
};
[[nodiscard]] Result<NumberedLabel> next_label(std::string_view pattern, Timestamp time, unsigned number,
                                               const std::vector<std::string>& taken);

// Whether one of these is the same by its first 16 characters, in any case.
[[nodiscard]] bool is_taken(std::string_view label, const std::vector<std::string>& taken);

// A disc whose label another one has too is called so: LABEL~ and eight digits of its serial. And the label
// that a disc bears itself, whatever it is called.
[[nodiscard]] std::string twin_label(const std::string& label, const std::string& serial);
[[nodiscard]] std::string label_on_disc(const std::string& label);

// The number with which this pattern gives the label, at whatever time; nothing when it does not, or when the
// number does not end within the first 16 characters: labels are told apart by those.
[[nodiscard]] std::optional<unsigned> number_of_label(std::string_view pattern, const std::string& label);

}  // namespace burnbox
