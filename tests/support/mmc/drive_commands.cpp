// Commands about the drive itself: what it is, tray, speed (SPC-3 6.4, MMC-5 6.6, 6.8, 6.29, 6.42).
#include <array>
#include <string_view>

#include "tests/support/mmc/model.hpp"

namespace burnbox::mmc {
namespace {

constexpr std::uint32_t kDvd1x = 1385;  // kB/s

Reply test_unit_ready(MmcModel&, const Command&) {
    return {};
}

Reply inquiry(MmcModel&, const Command&) {
    constexpr std::string_view kNames = "BURNBOX MMC TEST BURNER 1.00";
    return Bytes().u8(5).u8(0x80).u8(5).u8(2).u8(31).zeros(3).add(kNames).reply();
}

Reply start_stop(MmcModel& model, const Command& command) {
    constexpr unsigned kEject = 2;
    constexpr unsigned kLoad = 3;
    const unsigned action = command.at(4) & 3U;
    if (action == kEject) {
        if (model.drive.locked) return fails(sense::kRemovalPrevented);
        model.drive.tray_open = true;
    }
    if (action == kLoad && model.drive.tray_open) model.drive.put_in(model.disc.has_value());
    return {};
}

Reply prevent_removal(MmcModel& model, const Command& command) {
    model.drive.locked = (command.at(4) & 1U) != 0;
    return {};
}

struct Feature {
    std::uint16_t code;
    bool current;
    std::array<std::uint8_t, 8> data;
    std::uint8_t bytes;
};

void add_profiles(Bytes& bytes, std::uint16_t current) {
    constexpr std::array<std::uint16_t, 16> kKnown{0x43, 0x42, 0x41, 0x40, 0x2b, 0x1b, 0x1a, 0x15,
                                                   0x14, 0x11, 0x10, 0x0a, 0x09, 0x08, 0x12, 0x02};
    bytes.u16(0).u8(3).u8(4 * kKnown.size());
    for (const std::uint16_t code : kKnown) bytes.u16(code).u8(code == current ? 1 : 0).u8(0);
}

Reply get_configuration(MmcModel& model, const Command& command) {
    const bool medium = model.disc && !model.drive.tray_open;
    const std::uint16_t profile = medium ? model.disc->profile : 0;
    const Profile* kind = medium ? &model.disc->kind() : nullptr;
    const bool writable = medium && !model.disc->finalised;
    const bool minus = writable && kind->is_dvd_minus();
    const std::array<Feature, 12> features{{
        {0x0001, true, {0, 0, 0, 7, 1}, 8},  // core, serial ATA
        {0x0003, true, {0x29}, 4},           // removable medium, tray
        {0x0010, medium, {0, 0, 8, 0, 0, 16, 0}, 8},
        {0x001e, medium && kind->is_cd(), {0}, 4},
        {0x001f, medium && !kind->is_cd(), {0}, 4},
        {0x0021, minus && model.disc->appends && kind->code != 0x15, {0xff, 0xff, 1, 1, 16, 0, 0, 0}, 8},
        {0x0023, writable && kind->is_bd(), {0}, 8},
        {0x002b, writable && kind->is_dvd_plus(), {1, 0, 0, 0}, 4},
        {0x002d, writable && kind->is_cd(), {0x40, 0, 0xff, 0xff}, 4},
        {0x002e, writable && kind->is_cd(), {0x60, 0, 0, 0}, 4},
        {0x002f, minus, {0x40, 0, 0, 0}, 4},
        {0x0041, writable && kind->is_bd(), {0}, 8},
    }};
    const unsigned wanted = command.be16(2);
    const unsigned select = command.at(1) & 3U;
    Bytes bytes;
    bytes.u32(0).u16(0).u16(profile);
    if (wanted == 0) add_profiles(bytes, profile);
    for (const Feature& feature : features) {
        if (feature.code < wanted || (select == 2 && feature.code != wanted)) continue;
        if (select == 1 && !feature.current) continue;
        bytes.u16(feature.code).u8(feature.current ? 3 : 2).u8(feature.bytes);
        bytes.add(std::span(feature.data).first(feature.bytes));
    }
    constexpr std::string_view kSerial = "TEST0001";
    if (select != 2 || wanted == 0x108) bytes.u16(0x108).u8(3).u8(kSerial.size()).add(kSerial);
    return bytes.length32(0).reply();
}

Reply get_performance(MmcModel& model, const Command& command) {
    const std::int32_t last = model.disc ? model.disc->capacity - 1 : 0;
    Bytes bytes;
    bytes.u32(0).u32(0);
    const bool any = command.be16(8) > 0;
    if (any && command.at(10) == 3) bytes.u32(0).i32(last).u32(16 * kDvd1x).u32(8 * kDvd1x);
    if (any && command.at(10) == 0) bytes.u32(0).u32(8 * kDvd1x).i32(last).u32(8 * kDvd1x);
    if (any) return bytes.length32(0).reply();
    return Bytes().u32(20).u32(0).reply();  // what one descriptor would need
}

Reply set_streaming(MmcModel& model, const Command& command) {
    if (command.data.size() < 28) return fails(sense::kInvalidParameter);
    std::uint32_t kb = 0;
    for (std::size_t i = 20; i < 24; ++i) kb = kb << 8U | std::to_integer<std::uint32_t>(command.data[i]);
    model.drive.speed_limit_kb = kb;
    return {};
}

Reply set_cd_speed(MmcModel& model, const Command& command) {
    model.drive.speed_limit_kb = command.be16(4);
    return {};
}

Reply request_sense(MmcModel&, const Command&) {
    return Bytes().u8(0x70).zeros(6).u8(10).zeros(10).reply();
}

}  // namespace

Handler drive_command(std::uint8_t opcode) {
    switch (opcode) {
        case 0x00:
            return test_unit_ready;
        case 0x03:
            return request_sense;
        case 0x12:
            return inquiry;
        case 0x1b:
            return start_stop;
        case 0x1e:
            return prevent_removal;
        case 0x46:
            return get_configuration;
        case 0xac:
            return get_performance;
        case 0xb6:
            return set_streaming;
        case 0xbb:
            return set_cd_speed;
        default:
            return nullptr;
    }
}

}  // namespace burnbox::mmc
