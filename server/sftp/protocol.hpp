// The numbers of SFTP version 3 (draft-ietf-secsh-filexfer-02) and the bounds this server puts on it.
#pragma once

#include <cstddef>
#include <cstdint>

#include "common/storage/file_system.hpp"

namespace burnbox::sftp {

enum Type : std::uint8_t {  // 3
    kInit = 1,
    kVersion = 2,
    kOpen = 3,
    kClose = 4,
    kRead = 5,
    kWrite = 6,
    kLstat = 7,
    kFstat = 8,
    kSetstat = 9,
    kFsetstat = 10,
    kOpendir = 11,
    kReaddir = 12,
    kRemove = 13,
    kMkdir = 14,
    kRmdir = 15,
    kRealpath = 16,
    kStat = 17,
    kRename = 18,
    kReadlink = 19,
    kSymlink = 20,
    kStatus = 101,
    kHandle = 102,
    kData = 103,
    kName = 104,
    kAttrs = 105,
    kExtended = 200,
    kExtendedReply = 201
};

enum StatusCode : std::uint32_t {  // 7
    kOk = 0,
    kEof = 1,
    kNoSuchFile = 2,
    kPermissionDenied = 3,
    kFailure = 4,
    kBadMessage = 5,
    kOpUnsupported = 8
};

inline constexpr std::uint32_t kAttrSize = 1, kAttrOwner = 2, kAttrPermissions = 4, kAttrTimes = 8,
                               kAttrExtended = 0x80000000U;  // 5
inline constexpr std::uint32_t kOpenRead = 1, kOpenWrite = 2, kOpenAppend = 4, kOpenCreate = 8,
                               kOpenTruncate = 16,
                               kOpenExclusive = 32;  // 6.3

inline constexpr std::uint32_t kMostData = 256U << 10U;  // of one READ or WRITE; limits@openssh.com says so
inline constexpr std::uint32_t kMostPacket =
    kMostData + 1024U;  // type to end; OpenSSH's 255 KiB writes and their header fit
inline constexpr std::size_t kMostPath = 4096;
inline constexpr std::size_t kHandleBytes = 8;

// Permission bits with the file type, as stat(2) has them.
[[nodiscard]] std::uint32_t wire_mode(const FileInfo& info);

}  // namespace burnbox::sftp
