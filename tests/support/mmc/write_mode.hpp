// What mode page 5 says about the next write (MMC-5 7.5), where the medium cares: CDs and DVD-R. Pure.
#pragma once

#include "tests/support/mmc/disc_state.hpp"
#include "tests/support/mmc/drive_state.hpp"

namespace burnbox::mmc {

inline constexpr unsigned kIncremental = 0;
inline constexpr unsigned kTrackAtOnce = 1;
inline constexpr unsigned kSessionAtOnce = 2;

[[nodiscard]] inline unsigned write_type(const DriveState& drive) {
    return drive.mode_page_5[2] & 0xfU;
}

// Multi-session field: after this session there may be another one.
[[nodiscard]] inline bool next_session_allowed(const DriveState& drive) {
    return drive.mode_page_5[3] >> 6U == 3;
}

[[nodiscard]] inline Sense check_write_mode(const DriveState& drive, const DiscState& disc,
                                            const TrackState& track) {
    if (!disc.kind().multi_by_mode_page()) return sense::kGood;
    if (!drive.mode_page_5_set) return sense::kWrongSequence;
    if (disc.kind().is_dvd_minus())
        return write_type(drive) == kIncremental ? sense::kGood : sense::kIllegalMode;
    const unsigned wanted = track.reserved ? kSessionAtOnce : kTrackAtOnce;
    return write_type(drive) == wanted ? sense::kGood : sense::kIllegalMode;
}

}  // namespace burnbox::mmc
