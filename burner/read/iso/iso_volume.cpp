#include "burner/read/iso/iso_volume.hpp"

#include <array>
#include <cstring>

#include "burner/read/iso/iso_fields.hpp"

namespace burnbox {
namespace {

constexpr std::uint32_t kFirstDescriptor = 16;  // blocks from the start of the disc session, 6.2.1
constexpr std::uint32_t kMostDescriptors = 64;
constexpr std::uint8_t kPrimary = 1, kSupplementary = 2, kTerminator = 255;

class DescriptorReader {
  public:
    DescriptorReader(IsoBytes block, std::uint32_t lba, Mismatches& faults)
        : block_(block), lba_(lba), faults_(faults) {}
    [[nodiscard]] std::uint8_t type() const { return block_[0]; }
    [[nodiscard]] bool is_descriptor() const { return std::memcmp(&block_[1], "CD001", 5) == 0; }
    [[nodiscard]] bool is_joliet() const;
    [[nodiscard]] Result<IsoDescriptor> read();
    void check_terminator();

  private:
    [[nodiscard]] std::string where() const { return "descriptor (block " + std::to_string(lba_) + "): "; }
    void fault(const std::string& what) { faults_.add(where() + what); }
    [[nodiscard]] std::string text(std::size_t at, std::size_t bytes) const;
    [[nodiscard]] Result<std::uint32_t> number32(std::size_t at, const char* what);
    void check_one(std::size_t at, std::uint32_t wanted, const char* what);
    // Bytes `first` up to `end` that the standard wants to be zero: there are readers that take the
    // descriptor for none otherwise.
    void check_zeros(std::size_t first, std::size_t end);
    [[nodiscard]] Status read_root(IsoDescriptor& descriptor);
    void read_path_tables(IsoDescriptor& descriptor);
    void read_times(IsoDescriptor& descriptor);

    IsoBytes block_;
    std::uint32_t lba_;
    Mismatches& faults_;
};

// "%/@", "%/C" and "%/E" are the three levels of UCS-2 (Joliet 2).
bool DescriptorReader::is_joliet() const {
    return type() == kSupplementary && block_[88] == '%' && block_[89] == '/' &&
           (block_[90] == '@' || block_[90] == 'C' || block_[90] == 'E');
}

std::string DescriptorReader::text(std::size_t at, std::size_t bytes) const {
    if (type() == kPrimary) return iso_text(block_.subspan(at, bytes));
    std::string utf8;
    append_utf16(utf8, block_.subspan(at, bytes / 2 * 2));
    utf8.erase(utf8.find_last_not_of(std::string_view(" \0", 2)) + 1);
    return utf8;
}

Result<std::uint32_t> DescriptorReader::number32(std::size_t at, const char* what) {
    if (const auto value = both_endian32(&block_[at])) return *value;
    return fail(Errc::corrupt, where() + what + " differs in its two byte orders");
}

void DescriptorReader::check_one(std::size_t at, std::uint32_t wanted, const char* what) {
    const auto value = both_endian16(&block_[at]);
    if (value != wanted) fault(std::string(what) + " is not " + std::to_string(wanted));
}

void DescriptorReader::check_zeros(std::size_t first, std::size_t end) {
    for (std::size_t at = first; at < end; ++at)
        if (block_[at] != 0) return fault("its byte " + std::to_string(at) + " is not zero");
}

// 8.3
void DescriptorReader::check_terminator() {
    if (block_[6] != 1) fault("its version is not 1");
    check_zeros(7, kBlockBytes);
}

Status DescriptorReader::read_root(IsoDescriptor& descriptor) {
    const std::uint8_t* record = &block_[156];
    BB_TRY(descriptor.root.lba, number32(156 + 2, "the root folder's block"));
    BB_TRY(descriptor.root.bytes, number32(156 + 10, "the root folder's size"));
    if (record[0] != 34 || record[1] != 0 || record[25] != 2 || record[32] != 1 || record[33] != 0)
        return fail(Errc::corrupt, where() + "its record of the root folder is none");
    if (!iso_time7(&record[18])) fault("the root folder's time is none");
    check_zeros(156 + 26, 156 + 28);
    check_one(156 + 28, 1, "the root folder's number in the volume set");
    return {};
}

void DescriptorReader::read_path_tables(IsoDescriptor& descriptor) {
    const auto bytes = both_endian32(&block_[132]);
    if (!bytes) fault("the path table's size differs in its two byte orders");
    descriptor.path_tables = {bytes.value_or(0), little_endian(&block_[140], 4), big_endian(&block_[148], 4),
                              little_endian(&block_[144], 4), big_endian(&block_[152], 4)};
}

void DescriptorReader::read_times(IsoDescriptor& descriptor) {
    constexpr std::array<std::size_t, 4> kTimes{813, 830, 847, 864};
    for (const std::size_t at : kTimes)
        if (!iso_time17(&block_[at])) fault("one of its times is none");
    descriptor.created = iso_time17(&block_[kTimes[0]]).value_or(0);
}

Result<IsoDescriptor> DescriptorReader::read() {
    IsoDescriptor descriptor;
    descriptor.block = lba_;
    if (block_[6] != 1) fault("its version is not 1");
    if (block_[881] != 1) fault("its file structure version is not 1");
    const auto block_size = both_endian16(&block_[128]);
    if (block_size != kBlockBytes)
        return fail(Errc::corrupt, where() + "its logical blocks are not of 2048 bytes");
    check_zeros(7, 8);
    check_zeros(72, 80);
    check_zeros(type() == kPrimary ? 88 : 91, 120);  // behind the escape sequence of Joliet
    check_zeros(882, 883);
    check_zeros(1395, kBlockBytes);
    check_one(120, 1, "the size of its volume set");
    check_one(124, 1, "its number in the volume set");
    BB_TRY(descriptor.blocks, number32(80, "the volume's size"));
    BB_CHECK(read_root(descriptor));
    read_path_tables(descriptor);
    read_times(descriptor);
    descriptor.system = text(8, 32);
    descriptor.label = text(40, 32);
    descriptor.volume_set = text(190, 128);
    descriptor.publisher = text(318, 128);
    descriptor.preparer = text(446, 128);
    descriptor.application = text(574, 128);
    return descriptor;
}

}  // namespace

Result<IsoVolume> read_volume(BlockSource& source, std::uint32_t start_lba, Mismatches& faults) {
    IsoVolume volume;
    volume.start_lba = start_lba;
    const std::string session = "the disc session at block " + std::to_string(start_lba);
    std::array<std::uint8_t, kBlockBytes> block{};
    bool primary = false;
    for (std::uint32_t i = 0; i < kMostDescriptors && volume.terminator_lba == 0; ++i) {
        const std::uint64_t lba = std::uint64_t{start_lba} + kFirstDescriptor + i;
        if (lba >= source.end_lba())
            return fail(Errc::not_found, session + ": the disc ends in its descriptors");
        BB_CHECK(source.read(static_cast<std::uint32_t>(lba), std::as_writable_bytes(std::span(block))));
        DescriptorReader reader(block, static_cast<std::uint32_t>(lba), faults);
        if (!reader.is_descriptor())
            return fail(Errc::not_found,
                        session + ": no volume descriptor is in block " + std::to_string(lba));
        if (reader.type() == kTerminator) {
            volume.terminator_lba = static_cast<std::uint32_t>(lba);
            reader.check_terminator();
        } else if (reader.type() == kPrimary && !primary) {
            BB_TRY(volume.primary, reader.read());
            primary = true;
        } else if (reader.is_joliet() && !volume.joliet) {
            BB_TRY(volume.joliet, reader.read());
        }
    }
    if (!primary) return fail(Errc::not_found, session + " has no primary volume descriptor");
    if (volume.terminator_lba == 0) return fail(Errc::not_found, session + ": its descriptors have no end");
    if (volume.joliet && volume.joliet->blocks != volume.primary.blocks)
        faults.add(session + ": its two descriptors name different sizes");
    if (volume.end_lba() > source.end_lba())
        faults.add(session + " goes to block " + std::to_string(volume.end_lba()) + ", the disc ends at " +
                   std::to_string(source.end_lba()));
    return volume;
}

Result<IsoVolume> read_volume(BlockSource& source, std::uint32_t start_lba) {
    Mismatches faults;
    BB_TRY(IsoVolume volume, read_volume(source, start_lba, faults));
    if (!faults.none()) return fail(Errc::corrupt, faults.texts().front());
    return volume;
}

}  // namespace burnbox
