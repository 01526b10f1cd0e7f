#include "burner/image/tree_records.hpp"

#include <algorithm>

namespace burnbox {
namespace {

constexpr std::uint64_t kBlock = 2048;
constexpr std::size_t kRootRecord = 156;
constexpr std::size_t kShortestRecord = 34;
constexpr unsigned kMostContinuations = 100;

std::unexpected<Error> damaged(const std::string& what) {
    return fail(Errc::corrupt, "look through the tree that is to be written: " + what);
}

std::uint32_t little32(std::span<const std::byte> bytes, std::size_t at) {
    std::uint32_t value = 0;
    for (std::size_t i = 4; i-- > 0;) value = value << 8U | std::to_integer<std::uint32_t>(bytes[at + i]);
    return value;
}

std::size_t size_at(std::span<const std::byte> bytes, std::size_t at) {
    return std::to_integer<std::size_t>(bytes[at]);
}

Result<TreeRecord> record_at(std::span<std::byte> bytes) {
    const std::size_t length = bytes.empty() ? 0 : size_at(bytes, 0);
    if (length < kShortestRecord || length > bytes.size() || 33 + size_at(bytes, 32) > length)
        return damaged("a directory record is none");
    return TreeRecord{bytes.first(length), bytes.subspan(33, size_at(bytes, 32))};
}

}  // namespace

std::string_view text_of(std::span<const std::byte> bytes) {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

Result<std::span<std::byte>> TreeBlocks::at(std::uint64_t lba, std::uint64_t offset,
                                            std::uint64_t length) const {
    const std::uint64_t begin = (lba - start_lba) * kBlock + offset;
    if (lba < start_lba || begin > bytes.size() || length > bytes.size() - begin)
        return damaged("a record points outside of it");
    return bytes.subspan(begin, length);
}

std::uint32_t TreeRecord::extent_lba() const {
    return little32(bytes, 2);
}

std::uint32_t TreeRecord::extent_bytes() const {
    return little32(bytes, 10);
}

Result<TreeRecord> root_record(const TreeBlocks& tree, std::uint32_t descriptor) {
    BB_TRY(const auto block, tree.at(std::uint64_t{tree.start_lba} + descriptor, 0, kBlock));
    return record_at(block.subspan(kRootRecord, kShortestRecord));
}

Status for_each_record(const TreeBlocks& tree, const TreeRecord& folder,
                       const std::function<Status(const TreeRecord&)>& visit) {
    BB_TRY(std::span<std::byte> rest, tree.at(folder.extent_lba(), 0, folder.extent_bytes()));
    for (; !rest.empty(); rest = rest.subspan(std::min<std::size_t>(kBlock, rest.size()))) {
        std::span<std::byte> block = rest.first(std::min<std::size_t>(kBlock, rest.size()));
        while (!block.empty() && block[0] != std::byte{0}) {
            BB_TRY(const TreeRecord record, record_at(block));
            BB_CHECK(visit(record));
            block = block.subspan(record.bytes.size());
        }
    }
    return {};
}

Status for_each_field(const TreeBlocks& tree, const TreeRecord& record,
                      const std::function<Status(std::span<std::byte>)>& visit) {
    const std::size_t begin = 33 + record.name.size() + (record.name.size() + 1) % 2;
    std::span<std::byte> area = record.bytes.subspan(std::min(begin, record.bytes.size()));
    for (unsigned hops = 0; hops < kMostContinuations; ++hops) {
        std::span<std::byte> next;
        while (area.size() >= 4 && area[0] != std::byte{0}) {
            const std::size_t length = size_at(area, 2);
            if (length < 4 || length > area.size()) return damaged("a field is none");
            const std::span<std::byte> field = area.first(length);
            if (text_of(field).starts_with("CE") && length >= 28) {
                BB_TRY(next, tree.at(little32(field, 4), little32(field, 12), little32(field, 20)));
            } else {
                BB_CHECK(visit(field));
            }
            area = area.subspan(length);
        }
        if (next.empty()) return {};
        area = next;
    }
    return damaged("a record has too many continuation areas");
}

Result<std::string> rock_ridge_name(const TreeBlocks& tree, const TreeRecord& record) {
    std::string name;
    BB_CHECK(for_each_field(tree, record, [&name](std::span<std::byte> field) -> Status {
        if (text_of(field).starts_with("NM") && field.size() > 5) name += text_of(field.subspan(5));
        return {};
    }));
    return name;
}

}  // namespace burnbox
