// What kinds of media the test burner knows: sizes, ECC blocks, what lies between two sessions, and what a
// drive lets be done with them (MMC-5 5.4.1). Pure.
#pragma once

#include <cstdint>
#include <string_view>

namespace burnbox::mmc {

struct Profile {
    std::uint16_t code;  // as GET CONFIGURATION reports it
    std::string_view name;
    std::int32_t capacity_blocks;
    std::int32_t ecc_blocks;  // SYNCHRONIZE CACHE and CLOSE pad to this
    std::int32_t first_gap;   // from the end of the first session to the start of the second
    std::int32_t gap;
    unsigned session_limit;
    std::uint8_t track_mode;  // low bits of byte 5 of READ TRACK INFORMATION
    bool rewritable;
    bool sequential;  // may be written by this model
    [[nodiscard]] bool is_cd() const { return code == 0x09 || code == 0x0a; }
    [[nodiscard]] bool is_dvd_minus() const { return code == 0x11 || code == 0x14 || code == 0x15; }
    [[nodiscard]] bool is_dvd_plus() const { return code == 0x1b || code == 0x2b; }
    [[nodiscard]] bool is_bd() const { return code >= 0x41 && code <= 0x43; }
    // Sessions are closed for good by mode page 5, not by the close function.
    [[nodiscard]] bool multi_by_mode_page() const { return is_cd() || is_dvd_minus(); }
    // A part of the free space can be set apart as a track.
    [[nodiscard]] bool reserves_tracks() const { return is_dvd_plus() || code == 0x41; }
};

[[nodiscard]] const Profile* find_profile(std::string_view name);
[[nodiscard]] const Profile& profile_of(std::uint16_t code);  // aborts when there is none

}  // namespace burnbox::mmc
