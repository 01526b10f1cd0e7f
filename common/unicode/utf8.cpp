#include "common/unicode/utf8.hpp"

namespace burnbox {
namespace {

// By the first byte; 0 for one that begins no character.
std::size_t length_of(unsigned first) {
    if (first < 0x80) return 1;
    if (first < 0xC2) return 0;
    if (first < 0xE0) return 2;
    if (first < 0xF0) return 3;
    return first < 0xF5 ? 4 : 0;
}

bool is_overlong_or_none(char32_t code, std::size_t bytes) {
    if (bytes == 3) return code < 0x800 || (code >= 0xD800 && code < 0xE000);
    return bytes == 4 && (code < 0x10000 || code > 0x10FFFF);
}

}  // namespace

Utf8Character utf8_character(std::string_view text, std::size_t at) {
    const auto byte = [&](std::size_t i) {
        return static_cast<unsigned>(static_cast<unsigned char>(text[at + i]));
    };
    if (at >= text.size()) return {};
    const std::size_t bytes = length_of(byte(0));
    if (bytes == 0 || bytes > text.size() - at) return {};
    if (bytes == 1) return {byte(0), 1};
    char32_t code = byte(0) & (0x7FU >> bytes);
    for (std::size_t i = 1; i < bytes; ++i) {
        if ((byte(i) & 0xC0U) != 0x80) return {};
        code = code << 6U | (byte(i) & 0x3FU);
    }
    if (is_overlong_or_none(code, bytes)) return {};
    return {code, bytes};
}

void append_utf8(std::string& out, char32_t character) {
    const auto byte = [&out](char32_t bits) {
        out.push_back(static_cast<char>(static_cast<unsigned char>(bits)));
    };
    if (character < 0x80) return byte(character);
    if (character < 0x800) {
        byte(0xC0U | character >> 6U);
    } else {
        if (character < 0x10000) {
            byte(0xE0U | character >> 12U);
        } else {
            byte(0xF0U | character >> 18U);
            byte(0x80U | (character >> 12U & 0x3FU));
        }
        byte(0x80U | (character >> 6U & 0x3FU));
    }
    byte(0x80U | (character & 0x3FU));
}

}  // namespace burnbox
