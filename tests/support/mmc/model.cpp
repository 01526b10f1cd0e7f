#include "tests/support/mmc/model.hpp"

#include <algorithm>
#include <array>

namespace burnbox::mmc {
namespace {

constexpr std::uint8_t kWrite10 = 0x2a;

Handler find_handler(std::uint8_t opcode) {
    for (const auto group :
         {drive_command, mode_command, disc_command, read_command, write_command, close_command})
        if (const Handler handler = group(opcode)) return handler;
    return nullptr;
}

// Commands that a drive answers whatever is in it: INQUIRY, GET CONFIGURATION, MODE SENSE and SELECT, GET
// PERFORMANCE, PREVENT, START STOP, SET SPEED, REQUEST SENSE, GET EVENT STATUS.
bool needs_medium(std::uint8_t opcode) {
    constexpr std::array<std::uint8_t, 12> kAlways{0x03, 0x12, 0x1b, 0x1e, 0x46, 0x4a,
                                                   0x55, 0x5a, 0x5c, 0xac, 0xb6, 0xbb};
    return std::ranges::find(kAlways, opcode) == kAlways.end();
}

void damage(DiscState& disc, const Command& command) {
    const auto lba = static_cast<std::int32_t>(command.be32(2));
    const int index = disc.writable_track(lba);
    if (index < 0) return;
    disc.tracks.at(index).damaged = true;
    const std::int32_t ecc = disc.kind().ecc_blocks;
    disc.make_unreadable({lba, lba + ecc - 1});
}

}  // namespace

void MmcModel::flip_bit(std::int32_t at, const Command& command) {
    if (command.at(0) != kWrite10 || command.data.empty()) return;
    const auto byte = static_cast<std::size_t>(at) % command.data.size();
    const auto lba =
        static_cast<std::int32_t>(command.be32(2)) + static_cast<std::int32_t>(byte / kBlockBytes);
    const auto block = command.data.subspan(byte / kBlockBytes * kBlockBytes, kBlockBytes);
    std::vector<std::byte> wrong(block.begin(), block.end());
    wrong[byte % kBlockBytes] ^= std::byte{1};
    blocks->write(lba, wrong);
}

std::optional<Reply> MmcModel::apply_fault(const Fault& fault, const Command& command) {
    switch (fault.kind) {
        case FaultKind::none:
        case FaultKind::open_busy:
        case FaultKind::flip_bit:
            return std::nullopt;
        case FaultKind::sense:
            if (command.at(0) == kWrite10 && disc && fault.sense.key == 3) damage(*disc, command);
            return fails(fault.sense);
        case FaultKind::host_error:
            return Reply{{}, {}, Fate::host_error, 0};
        case FaultKind::hang:
            return Reply{{}, {}, Fate::never_returns, 0};
        case FaultKind::gone:
            drive.gone = true;
            return Reply{{}, {}, Fate::drive_gone, 0};
        case FaultKind::power_cut:
            if (disc) disc->lose_unsynced(fault.amount);
            drive.put_in(disc.has_value());
            drive.locked = false;
            ++drive.power_cuts;
            return Reply{{}, {}, Fate::power_cut, 0};
        case FaultKind::pull_medium:
            if (disc) disc->lose_unsynced(fault.amount);
            drive.other_disc.fill('\0');
            change_disc();
            drive.tray_open = true;
            return std::nullopt;
        case FaultKind::swap_medium:
            change_disc();
            return std::nullopt;
        case FaultKind::attention:
            drive.attention = true;
            return std::nullopt;
        case FaultKind::not_ready:
            drive.not_ready = static_cast<std::uint32_t>(fault.amount);
            return std::nullopt;
    }
    return std::nullopt;
}

Sense MmcModel::readiness(const Command& command) {
    if (!needs_medium(command.at(0))) return sense::kGood;
    if (drive.tray_open) return sense::kTrayOpen;
    if (!disc) return sense::kNoMedium;
    if (drive.not_ready > 0) {
        --drive.not_ready;
        return sense::kBecomingReady;
    }
    if (drive.attention) {
        drive.attention = false;
        return sense::kMediumChanged;
    }
    if (drive.busy_writing > 0) {
        --drive.busy_writing;
        return sense::kBusyWriting;
    }
    return sense::kGood;
}

Reply MmcModel::run(const Command& command) {
    ++drive.commands;
    if (drive.gone) return {{}, {}, Fate::drive_gone, 0};
    const Fault fault = take_fault(drive.faults, command);
    if (const auto reply = apply_fault(fault, command)) return *reply;
    const Handler handler = find_handler(command.at(0));
    if (handler == nullptr) return fails(sense::kUnknownCommand);
    if (const Sense sense = readiness(command); sense != sense::kGood) return fails(sense);
    Reply reply = handler(*this, command);
    if (fault.kind == FaultKind::flip_bit && reply.sense == sense::kGood) flip_bit(fault.amount, command);
    if (reply.data.size() > command.allocation_bytes) reply.data.resize(command.allocation_bytes);
    return reply;
}

}  // namespace burnbox::mmc
