#include "burner/rules/labels.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "common/base/glob.hpp"
#include "common/base/time_text.hpp"

namespace burnbox {
namespace {

constexpr std::size_t kLeastDigits = 4, kMostDigits = 9;

// Names that differ in case only are one to some readers and file systems.
std::string short_label(std::string_view label) {
    std::string text(label.substr(0, kShortLabelBytes));
    for (char& c : text)
        if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    return text;
}

std::string with_number(std::string_view pattern, unsigned number) {
    std::string result;
    for (std::size_t i = 0; i < pattern.size(); ++i) {
        const bool pair = pattern[i] == '%' && i + 1 < pattern.size();
        if (pair && pattern[i + 1] == 'N') {
            result += fmt::format("{:04}", number);
            ++i;
        } else {
            result += pattern[i];
            if (pair) result += pattern[++i];
        }
    }
    return result;
}

char label_character(char c) {
    if (c >= 'a' && c <= 'z') return static_cast<char>(c - 'a' + 'A');
    return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ? c : '_';
}

bool is_label(std::string_view label) {
    return std::ranges::all_of(label, [](char c) { return label_character(c) == c; });
}

// A glob of what the pattern gives at any time. Neighbours are one: two stars side by side mean no more.
std::string any_time(std::string_view pattern) {
    std::string glob;
    for (std::size_t i = 0; i < pattern.size(); ++i) {
        const bool pair = pattern[i] == '%' && i + 1 < pattern.size();
        if (!pair)
            glob += label_character(pattern[i]);
        else if (++i; !glob.ends_with('*'))
            glob += '*';
    }
    return glob;
}

}  // namespace

std::string expand_label(std::string_view pattern, Timestamp time, unsigned number) {
    std::string label = with_time(with_number(pattern, number), time).substr(0, kLabelBytes);
    for (char& c : label) c = label_character(c);
    return label;
}

bool is_taken(std::string_view label, const std::vector<std::string>& taken) {
    return std::ranges::any_of(
        taken, [wanted = short_label(label)](const std::string& one) { return short_label(one) == wanted; });
}

std::string twin_label(const std::string& label, const std::string& serial) {
    return label + "~" + serial.substr(0, 8);
}

std::string label_on_disc(const std::string& label) {
    return label.substr(0, label.find('~'));
}

std::optional<unsigned> number_of_label(std::string_view pattern, const std::string& label) {
    const std::size_t number = pattern.find("%N");
    if (number == std::string_view::npos || label.size() > kLabelBytes || !is_label(label))
        return std::nullopt;
    const std::string before = any_time(pattern.substr(0, number)),
                      behind = any_time(pattern.substr(number + 2));
    const std::size_t end = std::min(label.size(), kShortLabelBytes);
    for (std::size_t begin = 0; begin < end; ++begin)
        for (std::size_t digits = std::min(kMostDigits, end - begin); digits >= kLeastDigits; --digits) {
            const std::string text = label.substr(begin, digits);
            if (text.find_first_not_of("0123456789") != std::string::npos) continue;
            if (glob_match(before, label.substr(0, begin)) &&
                glob_match(behind, label.substr(begin + digits)))
                return static_cast<unsigned>(std::stoul(text));
        }
    return std::nullopt;
}

Result<NumberedLabel> next_label(std::string_view pattern, Timestamp time, unsigned number,
                                 const std::vector<std::string>& taken) {
    std::set<std::string> short_taken;
    for (const std::string& label : taken) short_taken.insert(short_label(label));
    // One of taken.size() + 1 different labels is free; fewer means that the number does not reach the first
    // 16 characters.
    for (std::size_t tries = 0; tries <= taken.size(); ++tries, ++number) {
        std::string label = expand_label(pattern, time, number);
        if (!label.empty() && !short_taken.contains(short_label(label)))
            return NumberedLabel{std::move(label), number};
    }
    return fail(
        Errc::invalid,
        fmt::format("choose a disc label: burn.label \"{}\" gives no new label; its first {} characters "
                    "must contain all of %N",
                    pattern, kShortLabelBytes));
}

}  // namespace burnbox
