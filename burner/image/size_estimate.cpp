#include "burner/image/size_estimate.hpp"

#include <algorithm>

#include "burner/drive/drive.hpp"
#include "common/session/sealed_session.hpp"

namespace burnbox {
namespace {

// Volume descriptors, path tables' rounding, the bag's folders, README.txt, padding at the end.
constexpr std::uint64_t kFixedBytes = 1U << 20U;
// A directory record with its Rock Ridge fields, without name and link target: 34 + PX 44 + TF 26 + NM, SL,
// CE, padding.
constexpr std::uint64_t kRockRidgeRecordBytes = 220;
constexpr std::uint64_t kJolietRecordBytes = 40;
constexpr std::uint64_t kJolietNameBytes = 206;  // 103 characters of two bytes
// A line of the manifest, one of SHA256SUMS and one of entries.jsonl, without the paths in them.
constexpr std::uint64_t kTagLineBytes = 2 * 70 + 320;

std::uint64_t to_sectors(std::uint64_t bytes) {
    return (bytes + kSectorBytes - 1) / kSectorBytes * kSectorBytes;
}

}  // namespace

std::uint64_t estimate_session_bytes(const Manifest& manifest) {
    std::uint64_t data = 0;
    std::uint64_t records = 0;
    std::uint64_t tag_lines = 0;
    for (const ManifestEntry& entry : manifest.entries) {
        data += to_sectors(entry.size_bytes);
        const std::size_t name = entry.path.size() - (entry.path.rfind('/') + 1);
        records += kRockRidgeRecordBytes + name + 2 * entry.link_target.size();
        records += kJolietRecordBytes + std::min<std::uint64_t>(2 * name, kJolietNameBytes);
        // Each folder: at least a sector in both trees, one more for long Rock Ridge fields, and two records
        // in four path tables.
        if (entry.type == FileType::folder) data += 3 * kSectorBytes + 2 * (40 + 8 + kJolietNameBytes);
        // An extent holds less than 4 GiB; the file's records are repeated for each.
        records += entry.size_bytes / 0xFFFF'F800U *
                   (kRockRidgeRecordBytes + name + kJolietRecordBytes + kJolietNameBytes);
        // Escaping at worst triples a path (%25, \u00e9) or doubles a target.
        tag_lines += kTagLineBytes + 9 * entry.path.size() + 6 * entry.link_target.size();
    }
    // Records don't cross sectors: up to an eighth of each is lost.
    return data + to_sectors(records + records / 6) + to_sectors(tag_lines) + to_sectors(kMarkerBytes) +
           kFixedBytes;
}

}  // namespace burnbox
