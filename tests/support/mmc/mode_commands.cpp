// MODE SENSE and MODE SELECT (10): pages 01, 05 (how the next track is written) and 2A (MMC-5 7).
#include <algorithm>
#include <array>

#include "tests/support/mmc/model.hpp"

namespace burnbox::mmc {
namespace {

constexpr std::size_t kHeaderBytes = 8;

Reply mode_sense(MmcModel& model, const Command& command) {
    Bytes bytes;
    bytes.zeros(kHeaderBytes);
    switch (command.at(2) & 0x3fU) {
        case 0x01:
            bytes.u8(0x01).u8(10).u8(0).u8(5).zeros(8);
            break;
        case 0x05: {
            std::array<std::uint8_t, 52> page = model.drive.mode_page_5;
            page[0] = 0x05;
            page[1] = 50;
            bytes.add(page);
            break;
        }
        case 0x2a: {
            constexpr std::array<std::uint8_t, 36> kPage{
                0x2a, 0x22, 0x3f, 0x13, 0xf1, 0x03, 0x29, 0x00, 0x56, 0x90, 0x00, 0x00,  // what it can do
                0x08, 0x00, 0x56, 0x90, 0x00, 0x00, 0x2b, 0x48, 0x2b, 0x48, 0x00, 0x00,
                0x00, 0x00, 0x00, 0x01, 0x2b, 0x48, 0x00, 0x01, 0x00, 0x00, 0x2b, 0x48};
            bytes.add(kPage);
            break;
        }
        default:
            return fails(sense::kInvalidField);
    }
    return bytes.length16(0).reply();
}

bool is_known_write_type(const DiscState& disc, unsigned type) {
    constexpr unsigned kIncremental = 0;
    constexpr unsigned kTrackAtOnce = 1;
    constexpr unsigned kSessionAtOnce = 2;
    if (disc.kind().is_cd()) return type == kTrackAtOnce || type == kSessionAtOnce;
    return type == kIncremental || type == kSessionAtOnce;
}

Reply mode_select(MmcModel& model, const Command& command) {
    if (command.data.size() < kHeaderBytes + 2 || command.data.size() != command.be16(7))
        return fails(sense::kInvalidParameter);
    const auto page = command.data.subspan(kHeaderBytes);
    if ((std::to_integer<unsigned>(page[0]) & 0x3fU) != 0x05) return fails(sense::kInvalidField);
    if (page.size() < 52 || std::to_integer<unsigned>(page[1]) != 50) return fails(sense::kInvalidParameter);
    const unsigned type = std::to_integer<unsigned>(page[2]) & 0xfU;
    if (model.disc && !is_known_write_type(*model.disc, type)) return fails(sense::kInvalidParameter);
    std::ranges::transform(page.first(52), model.drive.mode_page_5.begin(),
                           [](std::byte b) { return std::to_integer<std::uint8_t>(b); });
    model.drive.mode_page_5_set = true;
    return {};
}

}  // namespace

Handler mode_command(std::uint8_t opcode) {
    if (opcode == 0x5a) return mode_sense;
    return opcode == 0x55 ? mode_select : nullptr;
}

}  // namespace burnbox::mmc
