// WRITE (10), RESERVE TRACK, SEND CUE SHEET, SYNCHRONIZE CACHE, READ BUFFER CAPACITY, SEND OPC INFORMATION
// (MMC-5 6.44, 6.31, 6.33, 6.41, 6.16, 6.35).
#include "tests/support/mmc/model.hpp"
#include "tests/support/mmc/msf.hpp"
#include "tests/support/mmc/write_mode.hpp"

namespace burnbox::mmc {
namespace {

constexpr std::uint32_t kPollsWhileBusy = 1;
constexpr std::uint32_t kImmediate = 2;  // bit of byte 1
constexpr std::int32_t kCdPregap = 150;

Sense check_write(const MmcModel& model, std::int32_t lba, std::int32_t count) {
    const DiscState& disc = *model.disc;
    if (disc.finalised || !disc.kind().sequential) return sense::kNotWritableMedium;
    if (lba >= disc.capacity || count > disc.capacity - lba) return sense::kOutOfRange;
    const int index = disc.writable_track(lba);
    if (index < 0) return sense::kNotAtNextWritable;
    const TrackState& track = disc.tracks.at(index);
    if (track.reserved && lba + count > track.end) return sense::kEndOfTrack;
    return check_write_mode(model.drive, disc, track);
}

Reply write10(MmcModel& model, const Command& command) {
    const auto lba = static_cast<std::int32_t>(command.be32(2));
    const auto count = static_cast<std::int32_t>(command.be16(7));
    if (command.data.size() != static_cast<std::size_t>(count) * kBlockBytes)
        return fails(sense::kInvalidField);
    if (const Sense sense = check_write(model, lba, count); sense != sense::kGood) return fails(sense);
    Reply reply;
    reply.wait_ns = model.drive.buffer.take(static_cast<std::int64_t>(command.data.size()), command.now_ns);
    model.blocks->write(lba, command.data);
    model.disc->tracks.at(model.disc->writable_track(lba)).next = lba + count;
    return reply;
}

Reply reserve_track(MmcModel& model, const Command& command) {
    DiscState& disc = *model.disc;
    const auto blocks = static_cast<std::int32_t>(command.be32(5));
    if (disc.finalised) return fails(sense::kNotWritableMedium);
    if (!disc.kind().reserves_tracks()) return fails(sense::kUnknownCommand);
    if (disc.last().next != disc.last().start) return fails(sense::kWrongSequence);
    if (blocks <= 0 || blocks > disc.capacity - disc.last().start) return fails(sense::kOutOfRange);
    disc.reserve(blocks);
    return {};
}

// Session at once: the sheet's last entry is the lead-out. The first session begins with the pre-gap.
Reply send_cue_sheet(MmcModel& model, const Command& command) {
    constexpr std::size_t kEntryBytes = 8;
    DiscState& disc = *model.disc;
    if (!disc.kind().is_cd()) return fails(sense::kUnknownCommand);
    if (!disc.blank()) return fails(sense::kWrongSequence);
    if (write_type(model.drive) != kSessionAtOnce) return fails(sense::kIllegalMode);
    const auto sheet = command.data;
    if (sheet.size() < 2 * kEntryBytes || sheet.size() % kEntryBytes != 0)
        return fails(sense::kInvalidParameter);
    const auto last = sheet.last(kEntryBytes);
    const auto byte = [&](std::size_t i) { return std::to_integer<std::uint8_t>(last[i]); };
    if (byte(1) != 0xaa) return fails(sense::kInvalidParameter);
    const std::int32_t lead_out = Msf{byte(5), byte(6), byte(7)}.lba();
    if (lead_out <= 0 || lead_out > disc.capacity) return fails(sense::kInvalidParameter);
    TrackState& track = disc.last();
    track.reserved = true;
    track.next = track.safe = -kCdPregap;
    track.end = lead_out;
    return {};
}

// A CD's track ends with the sync: at once it is closed, and a whole session with it.
void end_cd_track(MmcModel& model) {
    DiscState& disc = *model.disc;
    const TrackState track = disc.last();
    const bool whole_session = track.reserved && track.next == track.end;
    const bool whole_track = !track.reserved && track.next > track.start;
    if (whole_session || whole_track) disc.close_track(disc.track_count - 1);
    if (whole_session) disc.close_session(!next_session_allowed(model.drive));
}

Reply synchronize_cache(MmcModel& model, const Command& command) {
    DiscState& disc = *model.disc;
    Reply reply;
    const std::int64_t writes_ns = model.drive.buffer.drain(command.now_ns);
    if ((command.at(1) & kImmediate) == 0)
        reply.wait_ns = writes_ns;
    else
        model.drive.busy_writing = kPollsWhileBusy;
    if (disc.finalised) return reply;
    disc.sync();
    if (disc.kind().is_cd()) end_cd_track(model);
    return reply;
}

Reply read_buffer_capacity(MmcModel& model, const Command& command) {
    model.drive.buffer.advance(command.now_ns);
    const DriveBuffer& buffer = model.drive.buffer;
    return Bytes()
        .u16(10)
        .u16(0)
        .i32(static_cast<std::int32_t>(buffer.capacity_bytes))
        .i32(static_cast<std::int32_t>(buffer.free_bytes()))
        .reply();
}

Reply send_opc(MmcModel&, const Command&) {
    return {};
}

}  // namespace

Handler write_command(std::uint8_t opcode) {
    switch (opcode) {
        case 0x2a:
            return write10;
        case 0x35:
            return synchronize_cache;
        case 0x53:
            return reserve_track;
        case 0x54:
            return send_opc;
        case 0x5c:
            return read_buffer_capacity;
        case 0x5d:
            return send_cue_sheet;
        default:
            return nullptr;
    }
}

}  // namespace burnbox::mmc
