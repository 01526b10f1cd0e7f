// Small pure functions on text that came from outside.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace burnbox {

// Control characters, backslash and bytes that are no UTF-8 as \n, \x1b ..., and so are the bytes of
// characters that are not seen or turn others around (U+202E); safe for logs, terminals and files for people.
// `printf %b` gives the text back.
[[nodiscard]] std::string escape(std::string_view text);
// The same without the last: for files on discs, which must stay byte for byte what they were.
[[nodiscard]] std::string escape_controls(std::string_view text);

[[nodiscard]] bool is_utf8(std::string_view text);

// "1.5 GiB", "734 bytes": for people. Programs get plain numbers.
[[nodiscard]] std::string human_bytes(std::uint64_t bytes);

// A decimal number that fits, nothing before or after it.
[[nodiscard]] std::optional<std::uint64_t> parse_u64(std::string_view text);

// Two lower-case digits a byte; and back, from digits of either case.
[[nodiscard]] std::string to_hex(std::string_view bytes);
[[nodiscard]] std::optional<std::string> from_hex(std::string_view hex);

// A random (version 4) UUID in its usual form, from the kernel's generator.
[[nodiscard]] std::string random_uuid();

}  // namespace burnbox
