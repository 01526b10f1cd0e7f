// Fields of ISO 9660 (ECMA-119) as bytes. Pure; offsets are the caller's care.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>

namespace burnbox {

using IsoBytes = std::span<const std::uint8_t>;

[[nodiscard]] inline std::uint32_t little_endian(const std::uint8_t* bytes, std::size_t count) {
    std::uint32_t value = 0;
    while (count-- > 0) value = value << 8U | bytes[count];
    return value;
}

[[nodiscard]] inline std::uint32_t big_endian(const std::uint8_t* bytes, std::size_t count) {
    std::uint32_t value = 0;
    for (std::size_t i = 0; i < count; ++i) value = value << 8U | bytes[i];
    return value;
}

// A number in both byte orders (7.2.3, 7.3.3): nothing when they disagree.
[[nodiscard]] inline std::optional<std::uint32_t> both_endian32(const std::uint8_t* bytes) {
    const std::uint32_t value = little_endian(bytes, 4);
    if (value != big_endian(bytes + 4, 4)) return std::nullopt;
    return value;
}

[[nodiscard]] inline std::optional<std::uint32_t> both_endian16(const std::uint8_t* bytes) {
    const std::uint32_t value = little_endian(bytes, 2);
    if (value != big_endian(bytes + 2, 2)) return std::nullopt;
    return value;
}

// Seconds since 1970 UTC. Of the 7 bytes of a directory record (9.1.5; years 1900 to 2155) or the 17 of a
// descriptor (8.4.26.1; years 1 to 9999). Nothing when they are no date. All zero means "not given": 0.
[[nodiscard]] std::optional<std::int64_t> iso_time7(const std::uint8_t* bytes);
[[nodiscard]] std::optional<std::int64_t> iso_time17(const std::uint8_t* bytes);

// Without the filling at its end: spaces and zero bytes.
[[nodiscard]] std::string iso_text(IsoBytes field);

// UCS-2 or UTF-16, big endian, as UTF-8; a lone surrogate or an odd byte at the end becomes U+FFFD. Appends.
void append_utf16(std::string& text, IsoBytes field);

}  // namespace burnbox
