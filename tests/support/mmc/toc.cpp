#include "tests/support/mmc/toc.hpp"

#include "tests/support/mmc/msf.hpp"

namespace burnbox::mmc {
namespace {

constexpr std::uint32_t kDataTrack = 0x14;  // ADR 1, control 4

bool is_complete(const DiscState& disc, const TrackState& track) {
    return track.closed && track.session <= disc.sessions_closed;
}

std::int32_t end_of(const DiscState& disc, std::int32_t session) {
    std::int32_t end = 0;
    for (int i = 0; i < disc.track_count; ++i)
        if (disc.tracks.at(i).session == session && disc.tracks.at(i).closed) end = disc.tracks.at(i).end;
    return end;
}

Reply tracks(const DiscState& disc, bool msf) {
    Bytes bytes;
    int last = 0;
    std::int32_t end = 0;
    for (int i = 0; i < disc.track_count; ++i)
        if (is_complete(disc, disc.tracks.at(i))) last = i + 1, end = disc.tracks.at(i).end;
    bytes.u16(0).u8(1).u8(static_cast<std::uint32_t>(last));
    const auto add = [&](std::uint32_t number, std::int32_t lba) {
        bytes.u8(0).u8(kDataTrack).u8(number).u8(0);
        if (msf) {
            bytes.u8(0);
            Msf::of(lba).add_to(bytes);
        } else {
            bytes.i32(lba);
        }
    };
    for (int i = 0; i < last; ++i) add(static_cast<std::uint32_t>(i + 1), disc.tracks.at(i).start);
    add(0xaa, end);
    return bytes.length16(0).reply();
}

Reply last_session(const DiscState& disc) {
    int first = 0;
    while (first < disc.track_count && disc.tracks.at(first).session < disc.sessions_closed) ++first;
    Bytes bytes;
    bytes.u16(10).u8(1).u8(static_cast<std::uint32_t>(disc.sessions_closed));
    return bytes.u8(0)
        .u8(kDataTrack)
        .u8(static_cast<std::uint32_t>(first + 1))
        .u8(0)
        .i32(disc.tracks.at(first).start)
        .reply();
}

struct RawEntries {
    Bytes& bytes;
    std::uint32_t session;
    void add(std::uint32_t point, Msf where, Msf pointed) const {
        bytes.u8(session).u8(kDataTrack).u8(0).u8(point);
        where.add_to(bytes);
        bytes.u8(0);
        pointed.add_to(bytes);
    }
};

Reply raw_toc(const DiscState& disc) {
    Bytes bytes;
    bytes.u16(0).u8(1).u8(static_cast<std::uint32_t>(disc.sessions_closed));
    int next = 0;
    for (std::int32_t session = 1; session <= disc.sessions_closed; ++session) {
        const RawEntries entries{bytes, static_cast<std::uint32_t>(session)};
        const int first = next;
        while (next < disc.track_count && disc.tracks.at(next).session == session) ++next;
        entries.add(0xa0, {}, {static_cast<std::uint8_t>(first + 1), 0, 0});
        entries.add(0xa1, {}, {static_cast<std::uint8_t>(next), 0, 0});
        entries.add(0xa2, {}, Msf::of(end_of(disc, session)));
        for (int i = first; i < next; ++i)
            entries.add(static_cast<std::uint32_t>(i + 1), {}, Msf::of(disc.tracks.at(i).start));
        const bool more = next < disc.track_count;
        if (more) entries.add(0xb0, Msf::of(disc.tracks.at(next).start), Msf::of(disc.capacity));
    }
    return bytes.length16(0).reply();
}

Reply atip(const DiscState& disc) {
    Bytes bytes;
    bytes.u16(0).u16(0).u8(0xd0).u8(0).u8(0x80).u8(0).u8(97).u8(26).u8(66).u8(0);
    Msf::of(disc.capacity).add_to(bytes);
    return bytes.u8(0).zeros(12).length16(0).reply();
}

}  // namespace

Reply read_toc(MmcModel& model, const Command& command) {
    const DiscState& disc = *model.disc;
    const unsigned format = command.at(2) & 0xfU;
    if (format == 4 && disc.kind().is_cd()) return atip(disc);
    if (disc.sessions_closed == 0) return fails(sense::kInvalidField);
    if (format == 0) return tracks(disc, (command.at(1) & 2U) != 0);
    if (format == 1) return last_session(disc);
    if (format == 2 && disc.kind().is_cd()) return raw_toc(disc);
    return fails(sense::kInvalidField);
}

}  // namespace burnbox::mmc
