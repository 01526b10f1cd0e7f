#include "burner/media/iso_head.hpp"

#include <algorithm>
#include <span>

namespace burnbox {
namespace {

constexpr std::size_t kFirstDescriptor = 16 * kSectorBytes;
constexpr std::size_t kSizeField = 80;  // volume space size, 8.4.8: little then big endian
constexpr std::size_t kSizeFieldBytes = 8;

std::string field(std::string_view descriptor, std::size_t offset, std::size_t length) {
    std::string_view text = descriptor.substr(offset, length);
    const std::size_t last = text.find_last_not_of(std::string_view(" \0", 2));
    return std::string(text.substr(0, last == std::string_view::npos ? 0 : last + 1));
}

std::uint32_t little_endian(std::string_view bytes) {
    std::uint32_t value = 0;
    for (std::size_t i = 4; i-- > 0;) value = value << 8U | static_cast<unsigned char>(bytes[i]);
    return value;
}

void put_both_endian(std::string& bytes, std::size_t offset, std::uint32_t value) {
    for (std::size_t i = 0; i < 4; ++i) {
        bytes[offset + i] = static_cast<char>(value >> (8 * i));
        bytes[offset + kSizeFieldBytes - 1 - i] = bytes[offset + i];
    }
}

bool is_volume_descriptor(std::string_view block) {
    return block.substr(1, 5) == "CD001" && (block[0] == 1 || block[0] == 2);
}

bool is_terminator(std::string_view block) {
    return block.substr(1, 5) == "CD001" && block[0] == '\xff';
}

}  // namespace

std::optional<IsoHead> parse_iso_head(std::string_view head) {
    if (head.size() < kFirstDescriptor + kSectorBytes) return std::nullopt;
    return parse_primary_descriptor(head.substr(kFirstDescriptor, kSectorBytes));
}

std::optional<IsoHead> parse_primary_descriptor(std::string_view block) {
    if (block.size() != kSectorBytes || !is_volume_descriptor(block) || block[0] != 1) return std::nullopt;
    return IsoHead{field(block, 40, 32), field(block, 190, 128), little_endian(block.substr(kSizeField, 4))};
}

bool is_zero(std::string_view bytes) {
    return std::ranges::all_of(bytes, [](char byte) { return byte == 0; });
}

bool is_copy_of(std::string_view head_at_zero, std::string_view session_head) {
    if (head_at_zero.size() != kHeadBytes || session_head.size() != kHeadBytes) return false;
    for (std::size_t offset = 0; offset < kHeadBytes; offset += kSectorBytes) {
        const std::string_view ours = head_at_zero.substr(offset, kSectorBytes);
        const std::string_view theirs = session_head.substr(offset, kSectorBytes);
        if (is_terminator(theirs) && offset >= kFirstDescriptor)
            return ours == theirs && parse_iso_head(head_at_zero);
        if (ours == theirs) continue;
        const std::size_t after = kSizeField + kSizeFieldBytes;
        const bool same_but_size = is_volume_descriptor(ours) && offset >= kFirstDescriptor &&
                                   ours.substr(0, kSizeField) == theirs.substr(0, kSizeField) &&
                                   ours.substr(after) == theirs.substr(after);
        if (!same_but_size) return false;
    }
    return false;
}

std::optional<std::string> copy_for_block_zero(std::string_view session_head, std::uint32_t start_lba) {
    if (session_head.size() != kHeadBytes || !parse_iso_head(session_head)) return std::nullopt;
    std::string copy(session_head);
    for (std::size_t offset = kFirstDescriptor; offset < kHeadBytes; offset += kSectorBytes) {
        const std::string_view block = session_head.substr(offset, kSectorBytes);
        if (is_terminator(block)) {
            std::ranges::fill(std::span(copy).subspan(offset + kSectorBytes), '\0');
            return copy;
        }
        if (is_volume_descriptor(block))
            put_both_endian(copy, offset + kSizeField,
                            start_lba + little_endian(block.substr(kSizeField, 4)));
    }
    return std::nullopt;
}

bool is_torn_between(std::string_view head, std::string_view before, std::string_view after) {
    constexpr std::size_t kDiskSector = 512;
    if (head.size() > kHeadBytes || after.size() != kHeadBytes) return false;
    for (std::size_t offset = 0; offset < head.size(); offset += kDiskSector) {
        const std::string_view part = head.substr(offset, kDiskSector);
        const std::string_view old =
            offset < before.size() ? before.substr(offset, part.size()) : std::string_view();
        if (part != old && part != after.substr(offset, part.size()) && !is_zero(part)) return false;
    }
    return true;
}

}  // namespace burnbox
