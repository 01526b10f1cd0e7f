// A SCSI command as it arrives and what the drive makes of it. Sense codes are those of MMC-5 annex F and
// SPC-3 4.5.6. Plain data.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace burnbox::mmc {

struct Sense {
    std::uint8_t key = 0, asc = 0, ascq = 0;
    bool operator==(const Sense&) const = default;
};

namespace sense {
inline constexpr Sense kGood{};
inline constexpr Sense kBecomingReady{2, 0x04, 0x01};
inline constexpr Sense kBusyWriting{2, 0x04, 0x08};
inline constexpr Sense kNoMedium{2, 0x3a, 0x01};
inline constexpr Sense kTrayOpen{2, 0x3a, 0x02};
inline constexpr Sense kMediumChanged{6, 0x28, 0x00};
inline constexpr Sense kWriteError{3, 0x0c, 0x00};
inline constexpr Sense kReadError{3, 0x11, 0x05};
inline constexpr Sense kUnknownCommand{5, 0x20, 0x00};
inline constexpr Sense kOutOfRange{5, 0x21, 0x00};
inline constexpr Sense kNotAtNextWritable{5, 0x21, 0x02};
inline constexpr Sense kInvalidField{5, 0x24, 0x00};
inline constexpr Sense kInvalidParameter{5, 0x26, 0x00};
inline constexpr Sense kWrongSequence{5, 0x2c, 0x00};
inline constexpr Sense kNotWritableMedium{5, 0x30, 0x05};
inline constexpr Sense kRemovalPrevented{5, 0x53, 0x02};
inline constexpr Sense kEndOfTrack{5, 0x63, 0x00};
inline constexpr Sense kIllegalMode{5, 0x64, 0x00};
inline constexpr Sense kOpenTrack{5, 0x72, 0x03};
inline constexpr Sense kEmptyReservedTrack{5, 0x72, 0x04};
}  // namespace sense

struct Command {
    std::span<const std::uint8_t> cdb;
    std::span<const std::byte> data;   // to the drive
    std::size_t allocation_bytes = 0;  // from the drive, at most
    std::int64_t now_ns = 0;

    [[nodiscard]] std::uint8_t at(std::size_t i) const { return i < cdb.size() ? cdb[i] : 0; }
    [[nodiscard]] std::uint32_t be16(std::size_t i) const { return at(i) << 8U | at(i + 1); }
    [[nodiscard]] std::uint32_t be32(std::size_t i) const { return be16(i) << 16U | be16(i + 2); }
};

enum class Fate : std::uint8_t {
    answered,
    host_error,     // the way to the drive failed: no answer
    never_returns,  // the caller hangs
    drive_gone,     // the system call itself fails
    power_cut,      // the machine is off: the calling process is gone
};

struct Reply {
    Sense sense{};
    std::vector<std::uint8_t> data;  // from the drive
    Fate fate = Fate::answered;
    std::int64_t wait_ns = 0;  // the drive takes this long: its buffer is full, or it writes it out
};

[[nodiscard]] inline Reply fails(Sense sense) {
    return {sense, {}, Fate::answered, 0};
}

// Puts together what the drive sends, big endian.
class Bytes {
  public:
    Bytes& u8(std::uint32_t value) { return data_.push_back(static_cast<std::uint8_t>(value)), *this; }
    Bytes& u16(std::uint32_t value) { return u8(value >> 8U).u8(value); }
    Bytes& u32(std::uint32_t value) { return u16(value >> 16U).u16(value); }
    Bytes& i32(std::int32_t value) { return u32(static_cast<std::uint32_t>(value)); }
    Bytes& zeros(std::size_t count) { return data_.resize(data_.size() + count), *this; }
    template <typename Range>
    Bytes& add(const Range& bytes) {
        return data_.insert(data_.end(), bytes.begin(), bytes.end()), *this;
    }
    // The length of what follows the field itself, in the field at `offset`.
    Bytes& length16(std::size_t offset) { return set16(offset, data_.size() - offset - 2); }
    Bytes& length32(std::size_t offset) {
        const std::size_t length = data_.size() - offset - 4;
        return set16(offset, length >> 16U).set16(offset + 2, length);
    }
    [[nodiscard]] std::size_t size() const { return data_.size(); }
    [[nodiscard]] Reply reply() const { return {{}, data_, Fate::answered, 0}; }

  private:
    Bytes& set16(std::size_t offset, std::size_t value) {
        data_.at(offset) = static_cast<std::uint8_t>(value >> 8U);
        data_.at(offset + 1) = static_cast<std::uint8_t>(value);
        return *this;
    }
    std::vector<std::uint8_t> data_;
};

}  // namespace burnbox::mmc
