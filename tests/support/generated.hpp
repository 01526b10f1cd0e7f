// Seeded values at and beyond the edges, for what is written by one function and read by another.
#pragma once

#include <array>
#include <cstdint>
#include <random>
#include <string>

#include "common/base/clock.hpp"
#include "common/base/digest.hpp"

namespace burnbox::test {

class Generated {
  public:
    explicit Generated(std::uint64_t seed) : random_(seed) {}

    // From 0 to `most`.
    std::uint64_t number(std::uint64_t most) {
        return std::uniform_int_distribution<std::uint64_t>(0, most)(random_);
    }
    bool coin() { return number(1) == 1; }

    // Any 64-bit number, mostly at an edge of some size.
    std::uint64_t size() {
        constexpr std::array<std::uint64_t, 10> kEdges{
            0,           1,           2047,        2048,        (1ULL << 31U) - 1,
            1ULL << 31U, 0xFFFF'FFFF, 1ULL << 32U, 1ULL << 53U, UINT64_MAX};
        return coin() ? kEdges.at(number(kEdges.size() - 1)) : number(UINT64_MAX);
    }
    std::uint32_t number32() {
        return coin() ? (coin() ? 0 : UINT32_MAX) : static_cast<std::uint32_t>(number(UINT32_MAX));
    }
    std::uint32_t mode() { return static_cast<std::uint32_t>(number(07777)); }

    // Whole years 1900 to 2155: those of records.
    Timestamp time() {
        constexpr std::int64_t kFirst = -2'208'988'800, kLast = 5'869'583'999;
        const auto seconds =
            kFirst + static_cast<std::int64_t>(number(static_cast<std::uint64_t>(kLast - kFirst)));
        const auto nanoseconds = coin() ? 0 : static_cast<std::int64_t>(number(999'999'999));
        return Timestamp(std::chrono::seconds(coin() ? (coin() ? kFirst : kLast) : seconds) +
                         std::chrono::nanoseconds(nanoseconds));
    }
    Timestamp whole_time() { return std::chrono::floor<std::chrono::seconds>(time()); }

    // UTF-8 without NUL and '/': quotes, backslashes, control characters, three scripts, non-BMP.
    std::string name(std::size_t most = 12) {
        constexpr std::array<std::string_view, 24> kPieces{"a",
                                                           "Z",
                                                           "0",
                                                           " ",
                                                           "\"",
                                                           "\\",
                                                           "%",
                                                           "\n",
                                                           "\r",
                                                           "\t",
                                                           "\x01",
                                                           "\x1f",
                                                           "\x7f",
                                                           "'",
                                                           ":",
                                                           "\xc3\xa4",
                                                           "\xd1\x84",
                                                           "\xe2\x80\xae",
                                                           "\xef\xbf\xbd",
                                                           "\xf0\x9f\x92\xbf",
                                                           "e\xcc\x81",
                                                           "{",
                                                           "}",
                                                           ","};
        std::string out;
        for (std::size_t left = 1 + number(most - 1); left > 0; --left)
            out += kPieces.at(number(kPieces.size() - 1));
        return out;
    }
    std::string path() {
        std::string out = name();
        while (number(2) == 0) out += "/" + name();
        return out;
    }
    std::string bytes(std::size_t most = 20) {
        std::string out(number(most), '\0');
        for (char& c : out) c = static_cast<char>(number(255));
        return out;
    }
    Sha256 digest() { return Sha256::of(bytes()); }

  private:
    std::mt19937_64 random_;
};

}  // namespace burnbox::test
