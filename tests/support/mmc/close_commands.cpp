// CLOSE TRACK SESSION (MMC-5 6.3).
#include "tests/support/mmc/model.hpp"
#include "tests/support/mmc/write_mode.hpp"

namespace burnbox::mmc {
namespace {

enum class CloseFunction : unsigned { track = 1, session = 2, fixed = 3, minimal_radius = 5, finalise = 6 };

Sense close_track(DiscState& disc, std::uint32_t number) {
    int index = static_cast<int>(number) - 1;
    if (number == 0xff && disc.kind().is_cd()) index = disc.track_count - 1;
    if (index < 0 || index >= disc.track_count) return sense::kInvalidField;
    const TrackState& track = disc.tracks.at(index);
    if (track.closed || track.next == track.start) return sense::kInvalidField;
    disc.close_track(index);
    return sense::kGood;
}

Sense close_session(DiscState& disc, bool for_good) {
    const int first = disc.first_track_of_open_session();
    bool something = false;
    for (int i = first; i < disc.track_count; ++i) {
        const TrackState& track = disc.tracks.at(i);
        something = something || track.closed;
        if (track.closed) continue;
        if (track.reserved && track.next == track.start) return sense::kEmptyReservedTrack;
        if (track.next != track.start) return sense::kOpenTrack;
    }
    if (!something && (!for_good || disc.sessions_closed == 0)) return sense::kInvalidField;
    if (something)
        disc.close_session(for_good);
    else
        disc.finalise();
    return sense::kGood;
}

Sense close(MmcModel& model, const Command& command) {
    DiscState& disc = *model.disc;
    const bool plus = disc.kind().is_dvd_plus();
    switch (static_cast<CloseFunction>(command.at(2) & 7U)) {
        case CloseFunction::track:
            return close_track(disc, command.be16(4));
        case CloseFunction::session:
            return close_session(disc,
                                 disc.kind().multi_by_mode_page() && !next_session_allowed(model.drive));
        case CloseFunction::fixed:
            return disc.kind().multi_by_mode_page() ? close_session(disc, true) : sense::kInvalidField;
        case CloseFunction::minimal_radius:
            return plus ? close_session(disc, true) : sense::kInvalidField;
        case CloseFunction::finalise:
            return plus || disc.kind().is_bd() ? close_session(disc, true) : sense::kInvalidField;
    }
    return sense::kInvalidField;
}

Reply close_track_session(MmcModel& model, const Command& command) {
    if (model.disc->finalised || !model.disc->kind().sequential) return fails(sense::kNotWritableMedium);
    Reply reply;
    const std::int64_t writes_ns = model.drive.buffer.drain(command.now_ns);
    reply.sense = close(model, command);
    const bool immediate = (command.at(1) & 1U) != 0;
    if (reply.sense != sense::kGood) return reply;
    if (immediate)
        model.drive.busy_writing = 1;
    else
        reply.wait_ns = writes_ns;
    return reply;
}

}  // namespace

Handler close_command(std::uint8_t opcode) {
    return opcode == 0x5b ? close_track_session : nullptr;
}

}  // namespace burnbox::mmc
