// SFTP's data types (draft-ietf-secsh-filexfer-02 3, RFC 4251 5): a bounds-checked reader of one packet's
// body and a writer. Pure. After a failed read the reader stays failed and gives zeros and empty strings, so
// a whole request is parsed first and judged once.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "server/service/byte_buffer.hpp"
#include "server/upload/client.hpp"

namespace burnbox::sftp {

[[nodiscard]] inline std::uint32_t load_u32(const std::byte* at) {
    return std::to_integer<std::uint32_t>(at[0]) << 24U | std::to_integer<std::uint32_t>(at[1]) << 16U |
           std::to_integer<std::uint32_t>(at[2]) << 8U | std::to_integer<std::uint32_t>(at[3]);
}
inline void store_u32(std::byte* at, std::uint32_t value) {
    for (unsigned i = 0; i < 4; ++i) at[i] = static_cast<std::byte>(value >> (24U - 8U * i));
}

class Reader {
  public:
    explicit Reader(std::span<const std::byte> body) : rest_(body) {}

    [[nodiscard]] bool ok() const { return ok_; }
    [[nodiscard]] std::size_t remaining() const { return rest_.size(); }
    std::uint32_t u32() {
        if (!take(4)) return 0;
        return load_u32(rest_.data() - 4);
    }
    std::uint64_t u64() {
        const std::uint64_t high = u32();
        return high << 32U | u32();
    }
    // Points into the packet.
    std::string_view string() {
        const std::uint32_t length = u32();
        if (!take(length)) return {};
        return {reinterpret_cast<const char*>(rest_.data()) - length, length};
    }
    Attributes attributes();  // 5; without the owner, which burnbox does not keep
    // What attributes() read of it. kNobody: not to be changed.
    static constexpr std::uint32_t kNobody = 0xFFFFFFFFU;
    [[nodiscard]] bool owner_given() const { return uid_ != kNobody || gid_ != kNobody; }
    [[nodiscard]] std::uint32_t uid() const { return uid_; }
    [[nodiscard]] std::uint32_t gid() const { return gid_; }

  private:
    bool take(std::size_t count) {
        if (!ok_ || rest_.size() < count) {
            ok_ = false;
            rest_ = {};
            return false;
        }
        rest_ = rest_.subspan(count);
        return true;
    }

    std::span<const std::byte> rest_;
    bool ok_ = true;
    std::uint32_t uid_ = kNobody, gid_ = kNobody;
};

// Appends one packet to a buffer: the length is filled in by finish().
class Writer {
  public:
    Writer(ByteBuffer& out, std::uint8_t type) : out_(out), start_(out.size()) {
        store_u32(out_.extend(4).data(), 0);
        u8(type);
    }
    void u8(std::uint8_t value) { out_.extend(1)[0] = std::byte{value}; }
    void u32(std::uint32_t value) { store_u32(out_.extend(4).data(), value); }
    void u64(std::uint64_t value) {
        u32(static_cast<std::uint32_t>(value >> 32U));
        u32(static_cast<std::uint32_t>(value));
    }
    void string(std::string_view value) {
        u32(static_cast<std::uint32_t>(value.size()));
        out_.append(value);
    }
    void attributes(const FileInfo& info);
    [[nodiscard]] std::size_t size() const { return out_.size() - start_; }
    // Changes a number written earlier, `at` bytes behind the packet's start.
    void patch_u32(std::size_t at, std::uint32_t value) {
        store_u32(out_.bytes_from(start_ + at).data(), value);
    }
    void finish() { patch_u32(0, static_cast<std::uint32_t>(size() - 4)); }
    void abandon() { out_.shrink_by(size()); }

  private:
    ByteBuffer& out_;
    std::size_t start_;
};

}  // namespace burnbox::sftp
