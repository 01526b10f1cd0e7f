#include "burner/read/iso/iso_fields.hpp"

#include <algorithm>
#include <chrono>
#include <string_view>

namespace burnbox {
namespace {

struct Moment {
    int year;
    unsigned month, day, hour, minute, second;
    int quarters;  // of an hour, east of Greenwich
};

std::optional<std::int64_t> seconds_of(const Moment& at) {
    const std::chrono::year_month_day date{std::chrono::year(at.year), std::chrono::month(at.month),
                                           std::chrono::day(at.day)};
    if (!date.ok() || at.hour > 23 || at.minute > 59 || at.second > 59 || at.quarters < -48 ||
        at.quarters > 52)
        return std::nullopt;
    const std::int64_t days = std::chrono::sys_days(date).time_since_epoch().count();
    return days * 86400 + at.hour * 3600 + at.minute * 60 + at.second - at.quarters * 900;
}

std::optional<unsigned> digits(const std::uint8_t* bytes, std::size_t count) {
    unsigned value = 0;
    for (std::size_t i = 0; i < count; ++i) {
        if (bytes[i] < '0' || bytes[i] > '9') return std::nullopt;
        value = value * 10 + (bytes[i] - '0');
    }
    return value;
}

void append_code_point(std::string& text, std::uint32_t code) {
    if (code < 0x80) {
        text += static_cast<char>(code);
    } else if (code < 0x800) {
        text += static_cast<char>(0xC0U | code >> 6U);
        text += static_cast<char>(0x80U | (code & 0x3FU));
    } else if (code < 0x10000) {
        text += static_cast<char>(0xE0U | code >> 12U);
        text += static_cast<char>(0x80U | (code >> 6U & 0x3FU));
        text += static_cast<char>(0x80U | (code & 0x3FU));
    } else {
        text += static_cast<char>(0xF0U | code >> 18U);
        text += static_cast<char>(0x80U | (code >> 12U & 0x3FU));
        text += static_cast<char>(0x80U | (code >> 6U & 0x3FU));
        text += static_cast<char>(0x80U | (code & 0x3FU));
    }
}

}  // namespace

std::optional<std::int64_t> iso_time7(const std::uint8_t* bytes) {
    if (std::all_of(bytes, bytes + 7, [](std::uint8_t byte) { return byte == 0; })) return 0;
    return seconds_of({1900 + bytes[0], bytes[1], bytes[2], bytes[3], bytes[4], bytes[5],
                       static_cast<std::int8_t>(bytes[6])});
}

std::optional<std::int64_t> iso_time17(const std::uint8_t* bytes) {
    const bool given =
        std::any_of(bytes, bytes + 16, [](std::uint8_t byte) { return byte != '0' && byte != 0; });
    if (!given) return 0;
    const auto year = digits(bytes, 4), month = digits(bytes + 4, 2), day = digits(bytes + 6, 2);
    const auto hour = digits(bytes + 8, 2), minute = digits(bytes + 10, 2), second = digits(bytes + 12, 2);
    if (!year || !month || !day || !hour || !minute || !second || !digits(bytes + 14, 2)) return std::nullopt;
    return seconds_of({static_cast<int>(*year), *month, *day, *hour, *minute, *second,
                       static_cast<std::int8_t>(bytes[16])});
}

std::string iso_text(IsoBytes field) {
    while (!field.empty() && (field.back() == ' ' || field.back() == 0))
        field = field.first(field.size() - 1);
    return {field.begin(), field.end()};
}

void append_utf16(std::string& text, IsoBytes field) {
    constexpr std::uint32_t kReplacement = 0xFFFD;
    std::size_t at = 0;
    for (; at + 1 < field.size(); at += 2) {
        std::uint32_t code = big_endian(&field[at], 2);
        if (code >= 0xD800 && code < 0xDC00 && at + 3 < field.size()) {
            const std::uint32_t low = big_endian(&field[at + 2], 2);
            if (low >= 0xDC00 && low < 0xE000) {
                code = 0x10000 + ((code - 0xD800) << 10U) + (low - 0xDC00);
                at += 2;
            }
        }
        append_code_point(text, code >= 0xD800 && code < 0xE000 ? kReplacement : code);
    }
    if (at < field.size()) append_code_point(text, kReplacement);
}

}  // namespace burnbox
