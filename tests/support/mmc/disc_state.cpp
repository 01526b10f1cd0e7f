#include "tests/support/mmc/disc_state.hpp"

#include <algorithm>
#include <string>

namespace burnbox::mmc {
namespace {

constexpr std::uint8_t kCdRunOut = 2;

std::int32_t round_up(std::int32_t value, std::int32_t step) {
    return (value + step - 1) / step * step;
}

}  // namespace

DiscState blank_disc(const Profile& profile) {
    DiscState disc;
    disc.profile = profile.code;
    disc.capacity = profile.capacity_blocks;
    disc.track_count = 1;
    const std::string code = profile.is_bd() ? "TESTMDA01" : "TESTMED01";
    std::ranges::copy(code, disc.media_code.begin());
    return disc;
}

bool DiscState::blank() const {
    return !finalised && sessions_closed == 0 && !session_begun();
}

int DiscState::first_track_of_open_session() const {
    int first = track_count;
    while (first > 0 && tracks.at(first - 1).session > sessions_closed) --first;
    return first;
}

bool DiscState::session_begun() const {
    return !finalised && (track_count - first_track_of_open_session() > 1 || last().next != last().start);
}

int DiscState::writable_track(std::int32_t lba) const {
    for (int i = 0; i < track_count; ++i)
        if (!tracks.at(i).closed && !tracks.at(i).damaged && tracks.at(i).next == lba) return i;
    return -1;
}

bool DiscState::recorded(std::int32_t lba) const {
    return std::any_of(tracks.begin(), tracks.begin() + track_count, [&](const TrackState& track) {
        return lba >= track.start && lba < (track.closed ? track.end : track.next);
    });
}

bool DiscState::in_run_out(std::int32_t lba) const {
    return std::any_of(tracks.begin(), tracks.begin() + track_count, [&](const TrackState& track) {
        return track.closed && lba >= track.end - track.run_out && lba < track.end;
    });
}

bool DiscState::is_unreadable(std::int32_t lba) const {
    return std::ranges::any_of(unreadable, [&](const BlockRange& range) { return range.holds(lba); });
}

void DiscState::make_unreadable(BlockRange range) {
    std::ranges::rotate(unreadable, unreadable.end() - 1);
    unreadable.front() = range;
}

void DiscState::reserve(std::int32_t blocks) {
    TrackState& track = last();
    track.reserved = true;
    track.end = track.start + round_up(blocks, kind().ecc_blocks);
    TrackState rest;
    rest.session = track.session;
    rest.start = rest.next = rest.safe = track.end;
    tracks.at(track_count++) = rest;
}

void DiscState::pad_to_ecc_blocks() {
    for (int i = 0; i < track_count; ++i) {
        TrackState& track = tracks.at(i);
        if (!track.closed && track.next > track.start) track.next = round_up(track.next, kind().ecc_blocks);
    }
}

void DiscState::sync() {
    pad_to_ecc_blocks();
    for (int i = 0; i < track_count; ++i) tracks.at(i).safe = tracks.at(i).next;
}

void DiscState::close_track(int index) {
    sync();
    TrackState& track = tracks.at(index);
    if (!track.reserved) {
        track.run_out = kind().is_cd() ? kCdRunOut : 0;
        track.end = track.next + track.run_out;
    }
    track.next = track.safe = track.end;
    track.closed = true;
    track.damaged = false;
    if (index != track_count - 1) return;
    TrackState rest;
    rest.session = track.session;
    rest.start = rest.next = rest.safe = track.end;
    tracks.at(track_count++) = rest;
}

void DiscState::close_session(bool for_good) {
    sync();
    ++sessions_closed;
    // Fragments of a DVD+R session become one track.
    if (kind().is_dvd_plus()) {
        const int begin = static_cast<int>(
            std::find_if(tracks.begin(), tracks.begin() + track_count,
                         [&](const TrackState& track) { return track.session == sessions_closed; }) -
            tracks.begin());
        tracks.at(begin).end = tracks.at(track_count - 2).end;
        tracks.at(begin).next = tracks.at(begin).safe = tracks.at(begin).end;
        tracks.at(begin + 1) = last();
        track_count = begin + 2;
    }
    const std::int32_t gap = sessions_closed == 1 ? kind().first_gap : kind().gap;
    TrackState& rest = last();
    rest.session = sessions_closed + 1;
    rest.start = rest.next = rest.safe = tracks.at(track_count - 2).end + gap;
    const bool full = rest.start >= capacity || sessions_closed >= static_cast<int>(kind().session_limit);
    if (for_good || full) finalise();
}

void DiscState::finalise() {
    finalised = true;
    --track_count;
}

void DiscState::lose_unsynced(std::int32_t blocks) {
    for (int i = 0; i < track_count; ++i) {
        TrackState& track = tracks.at(i);
        if (track.closed || track.next <= track.safe) continue;
        const std::int32_t lost =
            std::min(blocks, track.next - track.safe) / kind().ecc_blocks * kind().ecc_blocks;
        track.next = std::max(track.safe, round_up(track.next - lost, kind().ecc_blocks));
        track.safe = track.next;
    }
}

}  // namespace burnbox::mmc
