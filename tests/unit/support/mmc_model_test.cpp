// The test burner is strict: what a drive rejects, it rejects with the drive's sense code.
#include <doctest/doctest.h>

#include <algorithm>
#include <string>

#include "tests/support/mmc/memory_blocks.hpp"
#include "tests/support/mmc/model.hpp"

using namespace burnbox::mmc;

namespace {

struct Bench {
    MmcModel model;
    MemoryBlocks blocks;

    explicit Bench(std::string_view profile) {
        model.disc = blank_disc(*find_profile(profile));
        model.blocks = &blocks;
    }
    Reply send(std::vector<std::uint8_t> cdb, const std::vector<std::byte>& data = {},
               std::int64_t now_ns = 0) {
        return model.run({cdb, data, 65536, now_ns});
    }
    Sense write(std::int32_t lba, std::uint8_t count, std::byte fill = std::byte{1}) {
        const auto at = static_cast<std::uint32_t>(lba);
        const std::vector<std::uint8_t> cdb{0x2a,
                                            0,
                                            static_cast<std::uint8_t>(at >> 24U),
                                            static_cast<std::uint8_t>(at >> 16U),
                                            static_cast<std::uint8_t>(at >> 8U),
                                            static_cast<std::uint8_t>(at),
                                            0,
                                            0,
                                            count,
                                            0};
        return send(cdb, std::vector<std::byte>(count * kBlockBytes, fill)).sense;
    }
    Reply read(std::int32_t lba, std::uint8_t count) {
        return send({0x28, 0, 0, 0, static_cast<std::uint8_t>(lba >> 8), static_cast<std::uint8_t>(lba), 0, 0,
                     count, 0});
    }
    Sense close(std::uint8_t function, std::uint8_t track = 0) {
        return send({0x5b, 0, function, 0, 0, track, 0, 0, 0, 0}).sense;
    }
    Sense sync() { return send({0x35, 0, 0, 0, 0, 0, 0, 0, 0, 0}).sense; }
    Sense reserve(std::uint8_t blocks_wanted) {
        return send({0x53, 0, 0, 0, 0, 0, 0, 0, blocks_wanted, 0}).sense;
    }
    Sense set_mode(std::uint8_t write_type, bool multi) {
        std::vector<std::byte> data(60);
        data[8] = std::byte{5};
        data[9] = std::byte{50};
        data[10] = std::byte{write_type};
        data[11] = std::byte(multi ? 0xc0 : 0);
        return send({0x55, 0x10, 0, 0, 0, 0, 0, 0, 60, 0}, data).sense;
    }
    std::uint8_t disc_info_status() { return send({0x51, 0, 0, 0, 0, 0, 0, 0, 34, 0}).data.at(2); }
};

}  // namespace

TEST_CASE("mmc: what was written and closed is read back, and nothing else") {
    Bench bench("dvd+r");
    CHECK(bench.disc_info_status() == 0);
    CHECK(bench.write(0, 16) == sense::kGood);
    CHECK(bench.disc_info_status() == 0x05);
    CHECK(bench.close(1, 1) == sense::kGood);
    CHECK(bench.close(2) == sense::kGood);
    CHECK(bench.disc_info_status() == 0x01);
    const Reply reply = bench.read(0, 16);
    CHECK(reply.sense == sense::kGood);
    CHECK(reply.data == std::vector<std::uint8_t>(16 * kBlockBytes, 1));
    CHECK(bench.read(16, 1).sense == sense::kOutOfRange);
    CHECK(bench.model.disc->last().start == 16 + 2048);
}

TEST_CASE("mmc: nothing is written but at the next writable address") {
    Bench bench("bd-r");
    CHECK(bench.write(32, 32) == sense::kNotAtNextWritable);
    CHECK(bench.write(0, 32) == sense::kGood);
    CHECK(bench.write(0, 32) == sense::kNotAtNextWritable);
    CHECK(bench.write(bench.model.disc->capacity, 1) == sense::kOutOfRange);
}

TEST_CASE("mmc: a reserved track ends where it was said to end") {
    Bench bench("dvd+r");
    CHECK(bench.reserve(20) == sense::kGood);
    CHECK(bench.write(0, 16) == sense::kGood);
    CHECK(bench.write(16, 32) == sense::kEndOfTrack);
    CHECK(bench.write(16, 16) == sense::kGood);
    CHECK(bench.close(1, 1) == sense::kGood);
    CHECK(bench.close(2) == sense::kGood);
    Bench empty("dvd+r");
    CHECK(empty.reserve(20) == sense::kGood);
    CHECK(empty.close(2) == sense::kEmptyReservedTrack);
}

TEST_CASE("mmc: a session is not closed while its track is open, and not without one") {
    Bench bench("dvd+r");
    CHECK(bench.close(2) == sense::kInvalidField);
    CHECK(bench.write(0, 16) == sense::kGood);
    CHECK(bench.close(2) == sense::kOpenTrack);
}

TEST_CASE("mmc: after the disc is finalised nothing is written") {
    Bench bench("dvd+r");
    CHECK(bench.write(0, 16) == sense::kGood);
    CHECK(bench.close(1, 1) == sense::kGood);
    CHECK(bench.close(6) == sense::kGood);
    CHECK(bench.disc_info_status() == 0x0e);
    CHECK(bench.write(2064, 16) == sense::kNotWritableMedium);
    CHECK(bench.close(2) == sense::kNotWritableMedium);
    CHECK(bench.read(0, 16).sense == sense::kGood);
}

TEST_CASE("mmc: DVD-R wants mode page 5, and its multi bits decide whether the disc stays open") {
    Bench bench("dvd-r");
    CHECK(bench.write(0, 16) == sense::kWrongSequence);
    bool multi = false;
    SUBCASE("multi") {
        multi = true;
    }
    SUBCASE("single") {}
    CHECK(bench.set_mode(0, multi) == sense::kGood);
    CHECK(bench.write(0, 16) == sense::kGood);
    CHECK(bench.close(1, 1) == sense::kGood);
    CHECK(bench.close(2) == sense::kGood);
    CHECK(bench.model.disc->finalised == !multi);
    CHECK(bench.close(6) != sense::kGood);
}

TEST_CASE("mmc: a CD's track at once ends with two blocks that count but can't be read") {
    Bench bench("cd-r");
    CHECK(bench.write(0, 16) == sense::kWrongSequence);
    CHECK(bench.set_mode(1, true) == sense::kGood);
    CHECK(bench.write(0, 16) == sense::kGood);
    CHECK(bench.sync() == sense::kGood);
    CHECK(bench.close(2) == sense::kGood);
    CHECK(bench.read(0, 16).sense == sense::kGood);
    CHECK(bench.read(16, 1).sense == sense::kIllegalMode);
    CHECK(bench.read(18, 1).sense == sense::kOutOfRange);
    CHECK(bench.model.disc->last().start == 18 + 11'400);
}

TEST_CASE("mmc: a failed write makes its track unwritable until it is closed, and its block unreadable") {
    Bench bench("dvd+r");
    Fault fault{.kind = FaultKind::sense, .sense = sense::kWriteError, .opcode = 0x2a, .block = 20};
    bench.model.drive.faults[0] = fault;
    CHECK(bench.write(0, 16) == sense::kGood);
    CHECK(bench.write(16, 16) == sense::kWriteError);
    CHECK(bench.write(16, 16) == sense::kNotAtNextWritable);
    CHECK(bench.disc_info_status() == 0x05);
    CHECK(bench.close(1, 1) == sense::kGood);
    CHECK(bench.read(0, 16).sense == sense::kGood);
}

TEST_CASE("mmc: a power loss drops what was not synced, at most as much as it is told") {
    Bench bench("dvd+r");
    CHECK(bench.write(0, 32) == sense::kGood);
    CHECK(bench.sync() == sense::kGood);
    CHECK(bench.write(32, 32) == sense::kGood);
    bench.model.drive.faults[0] = {.kind = FaultKind::power_cut, .opcode = 0x35, .amount = 1000};
    CHECK(bench.send({0x35, 0, 0, 0, 0, 0, 0, 0, 0, 0}).fate == Fate::power_cut);
    CHECK(bench.sync() == sense::kMediumChanged);  // power is back
    CHECK(bench.model.disc->last().next == 32);
    CHECK(bench.read(32, 1).sense == sense::kOutOfRange);
}

TEST_CASE("mmc: faults wait for their command, hit as often as they are told and no more") {
    Bench bench("dvd+r");
    bench.model.drive.faults[0] = {
        .kind = FaultKind::sense, .sense = {4, 0x44, 0}, .opcode = 0x00, .skip = 1, .times = 2};
    CHECK(bench.send({0, 0, 0, 0, 0, 0}).sense == sense::kGood);
    CHECK(bench.send({0, 0, 0, 0, 0, 0}).sense == Sense{4, 0x44, 0});
    CHECK(bench.send({0, 0, 0, 0, 0, 0}).sense == Sense{4, 0x44, 0});
    CHECK(bench.send({0, 0, 0, 0, 0, 0}).sense == sense::kGood);
}

TEST_CASE("mmc: a bit that flips in a write is on the disc, and nobody was told") {
    Bench bench("dvd+r");
    bench.model.drive.faults[0] = {.kind = FaultKind::flip_bit, .opcode = 0x2a, .amount = 3 * 2048 + 7};
    CHECK(bench.write(0, 16) == sense::kGood);
    const Reply reply = bench.read(0, 16);
    CHECK(std::ranges::count(reply.data, 1) == 16 * 2048 - 1);
    CHECK(reply.data.at(3 * 2048 + 7) == 0);
}

TEST_CASE("mmc: no medium, an open tray and a medium that gets ready are told apart") {
    Bench bench("dvd+r");
    const std::vector<std::uint8_t> tur{0, 0, 0, 0, 0, 0};
    bench.model.drive.not_ready = 1;
    CHECK(bench.send(tur).sense == sense::kBecomingReady);
    CHECK(bench.send(tur).sense == sense::kGood);
    CHECK(bench.send({0x1b, 0, 0, 0, 2, 0}).sense == sense::kGood);
    CHECK(bench.send(tur).sense == sense::kTrayOpen);
    CHECK(bench.send({0x1b, 0, 0, 0, 3, 0}).sense == sense::kGood);
    CHECK(bench.send(tur).sense == sense::kMediumChanged);
    CHECK(bench.send(tur).sense == sense::kGood);
    bench.model.disc.reset();
    CHECK(bench.send(tur).sense == sense::kNoMedium);
    CHECK(bench.send({0x46, 0, 0, 0, 0, 0, 0, 0, 8, 0}).data.at(7) == 0);
}

TEST_CASE("mmc: a tray that is locked does not open") {
    Bench bench("dvd+r");
    CHECK(bench.send({0x1e, 0, 0, 0, 1, 0}).sense == sense::kGood);
    CHECK(bench.send({0x1b, 0, 0, 0, 2, 0}).sense == sense::kRemovalPrevented);
}

TEST_CASE("mmc: the buffer runs dry when the host is slower than the laser, and only then") {
    DriveBuffer buffer;
    buffer.speed_bytes = 10'000'000;
    buffer.capacity_bytes = 1'000'000;
    std::int64_t now = 0;
    for (int i = 0; i < 100; ++i) now += 1'000'000 + buffer.take(65'536, now);  // 65 MB/s
    CHECK(buffer.underruns == 0);
    CHECK(now > 550'000'000);  // held back to the laser's speed
    CHECK(buffer.least_filled_bytes > 400'000);
    now += 1'000'000'000;  // the host stalls
    (void)buffer.take(65'536, now);
    CHECK(buffer.underruns == 1);
    CHECK(buffer.least_filled_bytes == 0);
    CHECK_FALSE(buffer.burning);
    (void)buffer.drain(now);
    CHECK(buffer.underruns == 1);
}

TEST_CASE("mmc: a disc at its session limit is complete") {
    Bench bench("dvd+r");
    bench.model.disc->sessions_closed = 152;
    bench.model.disc->last().session = 153;
    CHECK(bench.write(0, 16) == sense::kGood);
    CHECK(bench.close(1, 1) == sense::kGood);
    CHECK(bench.close(2) == sense::kGood);
    CHECK(bench.model.disc->finalised);
}
