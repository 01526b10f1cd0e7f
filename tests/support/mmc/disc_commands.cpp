// What is on the disc: READ DISC INFORMATION, READ TRACK INFORMATION, READ CAPACITY, READ DISC STRUCTURE,
// READ FORMAT CAPACITIES (MMC-5 6.19 to 6.27).
#include <algorithm>
#include <array>

#include "tests/support/mmc/model.hpp"
#include "tests/support/mmc/msf.hpp"
#include "tests/support/mmc/toc.hpp"

namespace burnbox::mmc {
namespace {

constexpr std::int32_t kLeadInBlocks = 4650;  // of a CD's later sessions, with pre-gap
constexpr Msf kFirstLeadIn{97, 34, 23};       // of a blank CD, from its ATIP

void add_address(Bytes& bytes, const DiscState& disc, std::int32_t lba) {
    if (!disc.kind().is_cd()) {
        bytes.i32(lba);
        return;
    }
    bytes.u8(0);
    Msf::of(lba).add_to(bytes);
}

void add_last_lead_in(Bytes& bytes, const DiscState& disc) {
    if (disc.finalised) {
        bytes.u32(disc.kind().is_cd() ? 0x00ffffff : 0xffffffff);
    } else if (disc.kind().is_cd() && disc.sessions_closed == 0) {
        bytes.u8(0);
        kFirstLeadIn.add_to(bytes);
    } else {
        add_address(bytes, disc, disc.last().start - (disc.kind().is_cd() ? kLeadInBlocks : 0));
    }
}

Reply read_disc_info(MmcModel& model, const Command&) {
    const DiscState& disc = *model.disc;
    constexpr unsigned kComplete = 3;
    const unsigned session = disc.finalised ? kComplete : (disc.session_begun() ? 1 : 0);
    const unsigned status = disc.finalised ? 2 : (disc.blank() ? 0 : 1);
    const int sessions = disc.sessions_closed + (disc.finalised ? 0 : 1);
    const auto first_of_last =
        std::find_if(disc.tracks.begin(), disc.tracks.begin() + disc.track_count,
                     [&](const TrackState& track) { return track.session == disc.last().session; });
    const auto first = static_cast<std::uint32_t>(first_of_last - disc.tracks.begin()) + 1;
    const auto last = static_cast<std::uint32_t>(disc.track_count);
    const auto count = static_cast<std::uint32_t>(sessions);
    Bytes bytes;
    bytes.u16(0).u8((disc.kind().rewritable ? 0x10U : 0U) | session << 2U | status).u8(1);
    bytes.u8(count).u8(first).u8(last).u8(0x20).u8(disc.kind().is_cd() && disc.blank() ? 0xff : 0);
    bytes.u8(count >> 8U).u8(first >> 8U).u8(last >> 8U).u32(0);
    add_last_lead_in(bytes, disc);
    add_address(bytes, disc, disc.capacity);
    return bytes.zeros(10).length16(0).reply();
}

std::int32_t free_blocks(const DiscState& disc, const TrackState& track) {
    if (track.closed || track.damaged) return 0;
    return (track.reserved ? track.end : disc.capacity) - std::max(track.next, track.start);
}

Bytes track_info(const DiscState& disc, int index) {
    const TrackState& track = disc.tracks.at(index);
    const bool writable = !track.closed && !track.damaged && !disc.finalised;
    const bool has_data = track.closed || track.next > track.start;
    const auto number = static_cast<std::uint32_t>(index + 1);
    const auto session = static_cast<std::uint32_t>(track.session);
    const std::int32_t size =
        track.closed || track.reserved ? track.end - track.start : disc.capacity - track.start;
    Bytes bytes;
    bytes.u16(0).u8(number).u8(session).u8(0);
    bytes.u8(disc.kind().track_mode | (track.damaged ? 0x20U : 0U));
    bytes.u8((track.reserved && !track.closed ? 0x80U : 0U) | (has_data ? 0U : 0x40U) |
             (disc.kind().is_dvd_minus() && !track.closed ? 0x20U : 0U) | 1U);
    bytes.u8((writable ? 1U : 0U) | (has_data ? 2U : 0U));
    bytes.i32(track.start).i32(writable ? track.next : 0).i32(free_blocks(disc, track));
    bytes.u32(disc.kind().is_cd() ? 0 : 16).i32(size);
    bytes.i32(has_data ? (track.closed ? track.end : track.next) - 1 : 0);
    bytes.u8(number >> 8U).u8(session >> 8U).zeros(disc.kind().is_bd() ? 6 : 2);
    return bytes.length16(0);
}

Reply read_track_info(MmcModel& model, const Command& command) {
    const DiscState& disc = *model.disc;
    const bool has_ff = disc.kind().is_cd() || disc.kind().is_dvd_plus();
    const auto number = static_cast<std::int32_t>(command.be32(2));
    constexpr unsigned kByTrack = 1;
    if ((command.at(1) & 3U) != kByTrack) return fails(sense::kInvalidField);
    if (number == 0xff && has_ff && !disc.finalised) return track_info(disc, disc.track_count - 1).reply();
    if (number < 1 || number > disc.track_count) return fails(sense::kInvalidField);
    return track_info(disc, number - 1).reply();
}

Reply read_capacity(MmcModel& model, const Command&) {
    std::int32_t last = 0;
    for (int i = 0; i < model.disc->track_count; ++i) {
        const TrackState& track = model.disc->tracks.at(i);
        if (track.closed && track.session <= model.disc->sessions_closed) last = track.end - 1;
    }
    return Bytes().i32(last).u32(kBlockBytes).reply();
}

Bytes disc_structure(const DiscState& disc, unsigned format) {
    const auto maker = std::span(disc.media_code).first(8);
    const auto type = std::span(disc.media_code).subspan(8, 3);
    Bytes bytes;
    bytes.u16(0).u16(0);
    if (disc.kind().is_bd() && format == 0)
        return bytes.add(std::string_view("DI"))
            .zeros(98)
            .add(maker.first(6))
            .add(type)
            .zeros(2)
            .u8(1)
            .zeros(16);
    if (disc.kind().is_dvd_plus() && (format == 0 || format == 0x11))
        return bytes.u8(0xa1).u8(0x0f).zeros(17).add(maker).add(type).zeros(2018);
    if (disc.kind().is_dvd_minus() && format == 0x0e)
        return bytes.zeros(16).u8(3).add(maker.first(6)).zeros(1).u8(4).add(type).zeros(5);
    if (format == 0) return bytes.u8(disc.kind().is_dvd_minus() ? 0x25 : 0xa1).zeros(2047);
    return {};
}

Reply read_disc_structure(MmcModel& model, const Command& command) {
    if (model.disc->kind().is_cd()) return fails(sense::kNotWritableMedium);
    Bytes bytes = disc_structure(*model.disc, command.at(7));
    if (bytes.size() == 0) return fails(sense::kInvalidField);
    return bytes.length16(0).reply();
}

Reply read_format_capacities(MmcModel& model, const Command&) {
    constexpr unsigned kUnformatted = 1, kFormatted = 2;
    const bool is_new = model.disc->kind().rewritable && model.disc->blank();
    return Bytes()
        .u32(8)
        .i32(model.disc->capacity)
        .u8(is_new ? kUnformatted : kFormatted)
        .u8(0)
        .u16(kBlockBytes)
        .reply();
}

}  // namespace

Handler disc_command(std::uint8_t opcode) {
    switch (opcode) {
        case 0x23:
            return read_format_capacities;
        case 0x25:
            return read_capacity;
        case 0x43:
            return read_toc;
        case 0x51:
            return read_disc_info;
        case 0x52:
            return read_track_info;
        case 0xad:
            return read_disc_structure;
        default:
            return nullptr;
    }
}

}  // namespace burnbox::mmc
