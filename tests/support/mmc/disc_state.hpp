// What is on a test disc but its blocks: tracks, sessions, damage. Plain data, so that it can lie in a mapped
// file as it is. While the disc is not finalised its last track is the invisible one, from which the next
// session begins. Pure; one user at a time.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "tests/support/mmc/profiles.hpp"

namespace burnbox::mmc {

struct TrackState {
    std::int32_t session = 1;
    std::int32_t start = 0;
    std::int32_t next = 0;  // the first block that is not recorded
    std::int32_t end = 0;   // of a reserved or closed track: one past its last block
    std::int32_t safe = 0;  // what a power loss leaves: recorded up to here when the cache was last synced
    bool closed = false;
    bool reserved = false;
    bool damaged = false;      // a write failed: nothing can be written until it is closed
    std::uint8_t run_out = 0;  // blocks at the end that count but can't be read (CD, track at once)
};

struct BlockRange {
    std::int32_t first = 0;
    std::int32_t last = -1;
    [[nodiscard]] bool holds(std::int32_t lba) const { return lba >= first && lba <= last; }
};

struct DiscState {
    static constexpr int kMostTracks = 320;

    std::uint16_t profile = 0;
    bool finalised = false;
    bool appends = true;  // false: feature 21h is not current (DVD-RW blanked fast)
    std::int32_t capacity = 0;
    std::int32_t sessions_closed = 0;
    std::int32_t track_count = 0;
    std::array<TrackState, kMostTracks> tracks{};
    std::array<BlockRange, 8> unreadable{};
    std::array<char, 16> media_code{};  // manufacturer and type

    [[nodiscard]] const Profile& kind() const { return profile_of(profile); }
    [[nodiscard]] TrackState& last() { return tracks.at(track_count - 1); }
    [[nodiscard]] const TrackState& last() const { return tracks.at(track_count - 1); }
    [[nodiscard]] bool blank() const;
    // Tracks of the session that is open, the invisible one too: [first, track_count).
    [[nodiscard]] int first_track_of_open_session() const;
    // The open session holds something.
    [[nodiscard]] bool session_begun() const;
    [[nodiscard]] int writable_track(std::int32_t lba) const;  // index; -1 = nothing may be written there
    [[nodiscard]] bool recorded(std::int32_t lba) const;
    [[nodiscard]] bool in_run_out(std::int32_t lba) const;
    [[nodiscard]] bool is_unreadable(std::int32_t lba) const;
    void make_unreadable(BlockRange range);

    // Changes that commands make; the caller has checked that they are allowed.
    void reserve(std::int32_t blocks);
    void pad_to_ecc_blocks();
    void sync();
    void close_track(int index);
    void close_session(bool for_good);
    void finalise();
    // Power fails: at most `blocks` of what was not synced is lost.
    void lose_unsynced(std::int32_t blocks);
};

[[nodiscard]] DiscState blank_disc(const Profile& profile);

}  // namespace burnbox::mmc
