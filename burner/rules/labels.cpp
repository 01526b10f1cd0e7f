#include "burner/rules/labels.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <regex>
#include <set>

#include "common/base/time_text.hpp"

namespace burnbox {
namespace {

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
    std::string shape;
    for (std::size_t i = 0; i < pattern.size(); ++i) {
        const bool pair = pattern[i] == '%' && i + 1 < pattern.size();
        if (!pair)
            shape += label_character(pattern[i]);
        else
            shape += pattern[++i] == 'N' ? "([0-9]{4,9})" : "[A-Z0-9_]*";
    }
    std::smatch match;
    if (!std::regex_match(label, match, std::regex(shape)) || match.size() < 2) return std::nullopt;
    return static_cast<unsigned>(std::stoul(match[1].str()));
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
