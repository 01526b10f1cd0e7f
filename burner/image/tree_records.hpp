// The directory records and Rock Ridge fields of a disc session's tree while it is still in memory, to change
// them in place. Bounds are checked, nothing else is: it is the tree that libisofs made a moment ago, and it
// is proven afterwards. Pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>

#include "common/base/error.hpp"

namespace burnbox {

// A tree's blocks as they go to the disc.
struct TreeBlocks {
    std::span<std::byte> bytes;
    std::uint32_t start_lba = 0;

    // Errors: corrupt, when `length` bytes from `lba` are not all among them.
    [[nodiscard]] Result<std::span<std::byte>> at(std::uint64_t lba, std::uint64_t offset,
                                                  std::uint64_t length) const;
};

struct TreeRecord {
    std::span<std::byte> bytes;  // the whole record
    std::span<std::byte> name;   // ECMA-119 9.1.11

    [[nodiscard]] bool is_folder() const { return (std::to_integer<unsigned>(bytes[25]) & 2U) != 0; }
    [[nodiscard]] bool is_self_or_parent() const {
        return name.size() == 1 && std::to_integer<unsigned>(name[0]) < 2;
    }
    [[nodiscard]] std::uint32_t extent_lba() const;
    [[nodiscard]] std::uint32_t extent_bytes() const;
};

// The root's record of the primary or supplementary volume descriptor in block `descriptor`, counted from the
// tree's begin.
[[nodiscard]] Result<TreeRecord> root_record(const TreeBlocks& tree, std::uint32_t descriptor);

// Calls `visit` with each record of a folder, in the order they lie there, until one fails.
[[nodiscard]] Status for_each_record(const TreeBlocks& tree, const TreeRecord& folder,
                                     const std::function<Status(const TreeRecord&)>& visit);

// Calls `visit` with each System Use field of a record (SUSP 1.12), those of its continuation areas too.
[[nodiscard]] Status for_each_field(const TreeBlocks& tree, const TreeRecord& record,
                                    const std::function<Status(std::span<std::byte>)>& visit);

// The name in Rock Ridge's NM fields.
[[nodiscard]] Result<std::string> rock_ridge_name(const TreeBlocks& tree, const TreeRecord& record);

[[nodiscard]] std::string_view text_of(std::span<const std::byte> bytes);

}  // namespace burnbox
