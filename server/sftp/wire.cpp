#include "server/sftp/wire.hpp"

#include "server/sftp/protocol.hpp"

namespace burnbox::sftp {
namespace {

std::uint32_t to_seconds(Timestamp time) {
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(time.time_since_epoch()).count();
    if (seconds < 0) return 0;
    return seconds > 0xFFFFFFFFLL ? 0xFFFFFFFFU : static_cast<std::uint32_t>(seconds);
}

}  // namespace

Attributes Reader::attributes() {
    Attributes attributes;
    const std::uint32_t flags = u32();
    if (flags & kAttrSize) attributes.size_bytes = u64();
    if (flags & kAttrOwner) {
        uid_ = u32();
        gid_ = u32();
    }
    if (flags & kAttrPermissions) attributes.mode = u32() & 07777U;
    if (flags & kAttrTimes) {
        attributes.atime = Timestamp(std::chrono::seconds(u32()));
        attributes.mtime = Timestamp(std::chrono::seconds(u32()));
    }
    if (flags & kAttrExtended) {
        // Every pair takes at least eight bytes: a count beyond that is a lie, found without looping over it.
        const std::uint32_t count = u32();
        if (count > remaining() / 8) ok_ = false;
        for (std::uint32_t i = 0; ok_ && i < count; ++i) {
            string();
            string();
        }
    }
    if (flags & ~(kAttrSize | kAttrOwner | kAttrPermissions | kAttrTimes | kAttrExtended)) ok_ = false;
    return attributes;
}

std::uint32_t wire_mode(const FileInfo& info) {
    switch (info.type) {
        case FileType::file:
            return 0100000U | info.mode;
        case FileType::folder:
            return 0040000U | info.mode;
        case FileType::symlink:
            return 0120000U | info.mode;
        case FileType::other:
            return info.mode;
    }
    return info.mode;
}

void Writer::attributes(const FileInfo& info) {
    u32(kAttrSize | kAttrOwner | kAttrPermissions | kAttrTimes);
    u64(info.size_bytes);
    u32(info.uid);
    u32(info.gid);
    u32(wire_mode(info));
    u32(to_seconds(info.atime));
    u32(to_seconds(info.mtime));
}

}  // namespace burnbox::sftp
