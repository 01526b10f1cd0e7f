#include "tests/support/mmc/profiles.hpp"

#include <algorithm>
#include <array>
#include <cstdlib>

namespace burnbox::mmc {
namespace {

constexpr std::array<Profile, 11> kProfiles{{
    {0x09, "cd-r", 359'847, 1, 11'400, 6'900, 99, 4, false, true},
    {0x0a, "cd-rw", 359'847, 1, 11'400, 6'900, 99, 4, true, true},
    {0x11, "dvd-r", 2'298'496, 16, 28'672, 6'144, 99, 5, false, true},
    {0x14, "dvd-rw", 2'298'496, 16, 28'672, 6'144, 99, 5, true, false},
    {0x15, "dvd-r-dl", 4'171'712, 16, 28'672, 6'144, 99, 5, false, false},
    {0x1a, "dvd+rw", 2'295'104, 16, 0, 0, 1, 7, true, false},
    {0x1b, "dvd+r", 2'295'104, 16, 2'048, 2'048, 153, 7, false, true},
    {0x2b, "dvd+r-dl", 4'173'824, 16, 2'048, 2'048, 127, 7, false, true},
    {0x41, "bd-r", 12'219'392, 32, 0, 0, 300, 7, false, true},
    {0x42, "bd-r-pow", 12'219'392, 32, 0, 0, 300, 7, false, false},
    {0x43, "bd-re", 11'826'176, 32, 0, 0, 1, 7, true, false},
}};

}  // namespace

const Profile* find_profile(std::string_view name) {
    const auto* found = std::ranges::find(kProfiles, name, &Profile::name);
    return found == kProfiles.end() ? nullptr : found;
}

const Profile& profile_of(std::uint16_t code) {
    const auto* found = std::ranges::find(kProfiles, code, &Profile::code);
    if (found == kProfiles.end()) std::abort();
    return *found;
}

}  // namespace burnbox::mmc
