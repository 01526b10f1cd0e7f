#include "common/unicode/shown_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>

#include "common/unicode/seen.hpp"
#include "common/unicode/utf8.hpp"

namespace burnbox {
namespace {

bool is_unsafe(char32_t c) {
    if (c >= 0x20 && c < 0x7F) return false;
    return c != '\n' && (is_control(c) || changes_what_is_seen(c));
}

// Gives every character, and every byte that is none, to one of both.
template <typename Plain, typename Unsafe>
void split(std::string_view text, Plain plain, Unsafe unsafe) {
    std::size_t from = 0;
    for (std::size_t i = 0; i < text.size();) {
        const Utf8Character next = utf8_character(text, i);
        const std::size_t begin = i;
        i += std::max<std::size_t>(next.bytes, 1);
        if (next.bytes != 0 && !is_unsafe(next.code)) continue;
        if (begin > from) plain(text.substr(from, begin - from));
        unsafe(text.substr(begin, i - begin));
        from = i;
    }
    if (from < text.size()) plain(text.substr(from));
}

std::string json_escape(std::string_view sequence) {
    const Utf8Character character = utf8_character(sequence, 0);
    if (character.bytes == 0) return "\\ufffd";
    const auto c = static_cast<std::uint32_t>(character.code);
    if (c < 0x10000) return fmt::format("\\u{:04x}", c);
    return fmt::format("\\u{:04x}\\u{:04x}", 0xD7C0U + (c >> 10U), 0xDC00U + (c & 0x3FFU));
}

}  // namespace

std::string show_json(std::string_view json) {
    std::string out;
    out.reserve(json.size());
    split(
        json, [&](std::string_view plain) { out += plain; },
        [&](std::string_view unsafe) { out += json_escape(unsafe); });
    return out;
}

std::string show_lines(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    split(
        text, [&](std::string_view plain) { out += plain; },
        [&](std::string_view unsafe) {
            for (const char byte : unsafe) out += fmt::format("\\x{:02x}", static_cast<unsigned char>(byte));
        });
    return out;
}

std::string shell_quoted(std::string_view text) {
    std::string out = "'";
    split(
        text,
        [&](std::string_view plain) {
            for (const char c : plain) {
                if (c == '\'')
                    out += "'\\''";
                else
                    out += c;
            }
        },
        [&](std::string_view unsafe) {
            out += "'\"$(printf '";
            for (const char byte : unsafe) out += fmt::format("\\{:03o}", static_cast<unsigned char>(byte));
            out += "')\"'";
        });
    return out += '\'';
}

}  // namespace burnbox
