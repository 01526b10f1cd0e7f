#include "burner/drive/iso_head.hpp"

#include <algorithm>

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

bool is_volume_descriptor(std::string_view block) {
    return block.substr(1, 5) == "CD001" && (block[0] == 1 || block[0] == 2);
}

bool is_terminator(std::string_view block) {
    return block.substr(1, 5) == "CD001" && block[0] == '\xff';
}

}  // namespace

std::optional<IsoHead> parse_iso_head(std::string_view head) {
    if (head.size() < kFirstDescriptor + kSectorBytes) return std::nullopt;
    const std::string_view primary = head.substr(kFirstDescriptor, kSectorBytes);
    if (!is_volume_descriptor(primary) || primary[0] != 1) return std::nullopt;
    return IsoHead{field(primary, 40, 32), field(primary, 190, 128),
                   little_endian(primary.substr(kSizeField, 4))};
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

}  // namespace burnbox
