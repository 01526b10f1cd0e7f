#include "burner/read/iso/directory_records.hpp"

#include <algorithm>
#include <cstring>

namespace burnbox {
namespace {

constexpr std::size_t kFixedBytes = 33;  // before the identifier

std::unexpected<Error> broken(const char* what) {
    return fail(Errc::corrupt, what);
}

}  // namespace

Result<DirectoryRecord> parse_record(IsoBytes bytes) {
    const std::size_t length = bytes[0];
    if (length <= kFixedBytes || length > bytes.size())
        return broken("a folder's record has an impossible length");
    const std::size_t id_bytes = bytes[32];
    if (id_bytes == 0 || kFixedBytes + id_bytes > length)
        return broken("a folder's record has an identifier of an impossible length");
    const auto lba = both_endian32(&bytes[2]);
    const auto size = both_endian32(&bytes[10]);
    if (!lba || !size) return broken("a record's block or size differs in its two byte orders");
    if (both_endian16(&bytes[28]) != 1U) return broken("a record's number in the volume set is not 1");
    if (bytes[1] != 0 || bytes[26] != 0 || bytes[27] != 0)
        return broken(
            "a record has an extended attribute record or is interleaved: this reader knows neither");
    constexpr std::uint8_t kHidden = 0x01, kRecordFormat = 0x08, kProtected = 0x10, kReserved = 0x60;
    if ((bytes[25] & (kHidden | kRecordFormat | kProtected | kReserved)) != 0)
        return broken("a record is hidden, protected, or has a format: this reader knows none of these");
    const auto time = iso_time7(&bytes[18]);
    if (!time) return broken("a record's time is none");
    DirectoryRecord record;
    record.lba = *lba;
    record.bytes = *size;
    record.flags = bytes[25];
    record.time = *time;
    record.identifier = bytes.subspan(kFixedBytes, id_bytes);
    const std::size_t use_at = std::min(kFixedBytes + id_bytes + (id_bytes % 2 == 0 ? 1 : 0), length);
    record.system_use = bytes.subspan(use_at, length - use_at);
    return record;
}

Status DirectoryRecords::read_block(std::uint32_t lba, const Use& use, const Fault& fault) {
    const auto block = cache_.block(lba);
    if (!block) {
        if (!judges_the_disc(block.error())) return std::unexpected(block.error());
        fault(lba, block.error().message);
        return {};
    }
    std::memcpy(block_.data(), block->data(), block_.size());  // `use` reads further blocks
    for (std::size_t at = 0; at < kBlockBytes && block_[at] != 0; at += block_[at]) {
        auto record = parse_record(IsoBytes(block_).subspan(at));
        if (!record) {
            fault(lba, record.error().message);
            if (block_[at] <= kFixedBytes || block_[at] > kBlockBytes - at) return {};
            continue;
        }
        record->block = lba;
        record->offset = static_cast<std::uint32_t>(at);
        BB_CHECK(use(*record));
    }
    return {};
}

Status DirectoryRecords::read(const DirectoryExtent& extent, const Use& use, const Fault& fault) {
    for (std::uint32_t i = 0; i < extent.blocks(); ++i) BB_CHECK(read_block(extent.lba + i, use, fault));
    return {};
}

}  // namespace burnbox
