// A client's attributes, and what of them is taken: permission bits without setuid and the like. Pure.
#pragma once

#include <cstdint>
#include <optional>

#include "common/base/clock.hpp"
#include "common/storage/file_system.hpp"

namespace burnbox {

struct Attributes {
    std::optional<std::uint64_t> size_bytes;
    std::optional<std::uint32_t> mode;
    std::optional<Timestamp> atime;
    std::optional<Timestamp> mtime;
};

}  // namespace burnbox

namespace burnbox::upload {

// As it is recorded, shown, and put on the disc.
[[nodiscard]] constexpr std::uint32_t sent_mode(std::uint32_t mode) {
    return mode & 0777U;
}

// As the staging copy has it: the server reads it, sends it anew and removes it, whatever its client said.
[[nodiscard]] constexpr std::uint32_t staged_mode(FileType type, std::uint32_t mode) {
    return sent_mode(mode) | (type == FileType::folder ? 0700U : 0600U);
}

}  // namespace burnbox::upload
