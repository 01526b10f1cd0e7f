#include "burner/image/sense_code.hpp"

#include <array>
#include <charconv>

namespace burnbox {
namespace {

constexpr int kFirstOfLibburn = 0x00020000;
constexpr int kLastOfLibburn = 0x0002ffff;
constexpr std::array<std::string_view, 3> kBeginnings{"SCSI error on ", "SCSI error condition on command ",
                                                      "Asynchronous SCSI error on "};

bool begins_as_an_answer(std::string_view message) {
    for (const std::string_view beginning : kBeginnings)
        if (message.starts_with(beginning)) return true;
    return false;
}

// Takes a hexadecimal number and what ends it off the front.
std::optional<std::uint8_t> take_number(std::string_view& text, char end) {
    unsigned value = 0;
    const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), value, 16);
    if (error != std::errc() || value > 0xFF || stop == text.data() + text.size() || *stop != end)
        return std::nullopt;
    text.remove_prefix(static_cast<std::size_t>(stop - text.data()) + 1);
    return static_cast<std::uint8_t>(value);
}

}  // namespace

std::optional<SenseCode> sense_of(int code, std::string_view message) {
    if (code < kFirstOfLibburn || code > kLastOfLibburn || !begins_as_an_answer(message)) return std::nullopt;
    const std::size_t open = message.find(": [");
    if (open == std::string_view::npos) return std::nullopt;
    message.remove_prefix(open + 3);
    const auto key = take_number(message, ' ');
    const auto asc = key ? take_number(message, ' ') : std::nullopt;
    const auto ascq = asc ? take_number(message, ']') : std::nullopt;
    if (!ascq) return std::nullopt;
    return SenseCode{*key, *asc, *ascq};
}

bool says_medium_gone(const SenseCode& sense) {
    return (sense.key == 0x2 && sense.asc == 0x3A) || (sense.key == 0x6 && sense.asc == 0x28);
}

}  // namespace burnbox
