#include "burner/media/medium_profile.hpp"

#include <algorithm>
#include <array>

#include "burner/drive/drive.hpp"

namespace burnbox {
namespace {

// CD-R: lead-out, lead-in and pre-gap; DVD-R: border-out and border-in; DVD+R: closure and intro zones.
constexpr std::array<MediumProfile, 6> kProfiles{{
    {"cd-r", 736'966'656, 99, 11'400, 6'900},
    {"dvd-r", 4'707'319'808, 99, 28'672, 6'144},
    {"dvd+r", 4'700'372'992, 153, 2'048, 2'048},
    {"dvd+r-dl", 8'547'991'552, 127, 2'048, 2'048},
    {"bd-r", 25'025'314'816, 300, 0, 0},
    {"bd-r-dl", 50'050'629'632, 300, 0, 0},
}};

}  // namespace

const MediumProfile* find_medium_profile(std::string_view name) {
    const auto* found = std::ranges::find(kProfiles, name, &MediumProfile::name);
    return found == kProfiles.end() ? nullptr : found;
}

std::string medium_names() {
    std::string names;
    for (const MediumProfile& profile : kProfiles) {
        if (!names.empty()) names += ", ";
        names += profile.name;
    }
    return names;
}

std::string_view medium_name_of_mmc_profile(int profile, std::uint64_t capacity_bytes) {
    switch (profile) {
        case 0x09:
            return "cd-r";
        case 0x0a:
            return "cd-rw";
        case 0x11:
            return "dvd-r";
        case 0x12:
            return "dvd-ram";
        case 0x13:
        case 0x14:
            return "dvd-rw";
        case 0x15:
            return "dvd-r-dl";
        case 0x1a:
            return "dvd+rw";
        case 0x1b:
            return "dvd+r";
        case 0x2b:
            return "dvd+r-dl";
        case 0x41:
            return capacity_bytes > 26'000'000'000 ? "bd-r-dl" : "bd-r";
        case 0x42:
            return "bd-r-pow";
        case 0x43:
            return "bd-re";
        default:
            return "";
    }
}

double base_speed_kb(int mmc_profile) {
    if (mmc_profile >= 0x08 && mmc_profile <= 0x0a) return 176.4;
    return mmc_profile >= 0x40 ? 4495.6 : 1385;
}

std::uint64_t gap_blocks(const MediumProfile& profile, unsigned sessions) {
    if (sessions < 2) return 0;
    return profile.first_gap_blocks + std::uint64_t{sessions - 2} * profile.gap_blocks;
}

std::uint64_t free_blocks(const MediumProfile& profile, unsigned sessions_used, std::uint32_t next_lba) {
    if (sessions_used >= profile.session_limit) return 0;
    const std::uint64_t capacity = profile.capacity_bytes / kSectorBytes;
    const std::uint64_t taken = std::max(next_lba, kImageHeadBlocks) + gap_blocks(profile, sessions_used + 1);
    return taken < capacity ? capacity - taken : 0;
}

}  // namespace burnbox
