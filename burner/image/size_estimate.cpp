#include "burner/image/size_estimate.hpp"

#include <algorithm>

#include <unordered_map>

#include "burner/drive/drive.hpp"
#include "burner/image/continuation_area.hpp"
#include "burner/image/link_targets.hpp"
#include "common/base/text.hpp"

namespace burnbox {
namespace {

// Volume descriptors, path tables' rounding, the bag's folders, README.txt, padding at the end.
constexpr std::uint64_t kShortNameBytes = 253;  // longer ones are in name-notes.tsv
constexpr std::uint64_t kNoteLineBytes = 32;
constexpr std::uint64_t kFixedBytes = 1U << 20U;
// A directory record with its Rock Ridge fields, without name and link target: 33 and an ISO name of 33 at
// most, PX 44, TF 26, two NM 10, CE 28, SL 8.
constexpr std::uint64_t kRockRidgeRecordBytes = 184;
// 33, a version of two characters, and what makes a name unique.
constexpr std::uint64_t kJolietRecordBytes = 54;
constexpr std::uint64_t kJolietNameBytes = 206;  // 103 characters of two bytes
// A folder's records of itself and of its parent, in both trees.
constexpr std::uint64_t kOwnRecordsBytes = 300;
// Lines without the paths in them: keys, times, digests, the largest numbers.
constexpr std::uint64_t kEntryLineBytes = 230;
constexpr std::uint64_t kManifestLineBytes = 72;
constexpr std::uint64_t kSumsLineBytes = 73;
constexpr std::uint64_t kRemovedLineBytes = 26;
constexpr std::uint64_t kLargestExtent = 0xFFFF'F800;

std::uint64_t to_sectors(std::uint64_t bytes) {
    return (bytes + kSectorBytes - 1) / kSectorBytes * kSectorBytes;
}

// Characters that any of the tag files writes longer: \u001f, %25, \\ and so on.
std::uint64_t count_escaped(std::string_view text) {
    return static_cast<std::uint64_t>(std::ranges::count_if(text, [](char c) {
        return static_cast<unsigned char>(c) < 0x20 || c == '%' || c == '\\' || c == '"';
    }));
}

// The continuation areas of folders with many long names or link targets.
std::uint64_t bytes_of_continuation(const Manifest& manifest) {
    std::unordered_map<std::string_view, std::vector<ContinuationNeed>> folders;
    for (const ManifestEntry& entry : manifest.entries) {
        ContinuationNeed need =
            continuation_need(base_name(entry.path), entry.type == FileType::folder,
                              entry.link_target.empty() ? "" : spelled_for_library(entry.link_target));
        need.records = 1 + entry.size_bytes / kLargestExtent;
        if (need.most > 0) folders[parent_path(entry.path)].push_back(need);
    }
    std::uint64_t blocks = 0;
    for (const auto& [path, needs] : folders) blocks += ContinuationPadding(needs, 0).blocks();
    return blocks * kSectorBytes;
}

// Without what only the sealed session knows.
std::uint64_t bytes_of_entries(const Manifest& manifest) {
    std::uint64_t data = 0;
    std::uint64_t records = 0;
    for (const ManifestEntry& entry : manifest.entries) {
        data += to_sectors(entry.size_bytes);
        const std::size_t name = entry.path.size() - (entry.path.rfind('/') + 1);
        const std::uint64_t record = kRockRidgeRecordBytes + name + kJolietRecordBytes +
                                     std::min<std::uint64_t>(2 * name, kJolietNameBytes);
        // An extent holds less than 4 GiB; the file's records are repeated for each.
        records += record * (1 + entry.size_bytes / kLargestExtent) + 2 * entry.link_target.size();
        if (entry.type != FileType::folder) continue;
        // At least a sector in both trees, one more for long Rock Ridge fields, and two records in four path
        // tables.
        data += 3 * kSectorBytes + 2 * (40 + 8 + kJolietNameBytes);
        records += kOwnRecordsBytes;
    }
    // Records don't cross sectors: up to an eighth of each is lost.
    return data + bytes_of_continuation(manifest) + to_sectors(records + records / 6) +
           to_sectors(estimate_tag_files(manifest).sum()) + kFixedBytes;
}

}  // namespace

TagFileBytes estimate_tag_files(const Manifest& manifest) {
    TagFileBytes bytes;
    for (const ManifestEntry& entry : manifest.entries) {
        const std::uint64_t path = entry.path.size(), escaped = count_escaped(entry.path);
        const std::uint64_t target = entry.link_target.size(), source = entry.source.size();
        bytes.entries += kEntryLineBytes + path + 5 * escaped;
        bytes.entries += target + 5 * count_escaped(entry.link_target) + 2 * source;
        if (source != 0) bytes.entries += 16, bytes.names += 7 + path + 4 * source;
        if (base_name(entry.path).size() > kShortNameBytes) bytes.names += kNoteLineBytes + path;
        if (entry.type == FileType::folder) continue;
        bytes.manifest += kManifestLineBytes + path + 2 * escaped;
        bytes.sums += kSumsLineBytes + path + escaped;
    }
    return bytes;
}

std::uint64_t estimate_session_bytes(const Manifest& manifest) {
    return bytes_of_entries(manifest) + kMarkerBytes;
}

std::uint64_t estimate_session_bytes(const SealedSession& session) {
    std::uint64_t tags = session.marker.content.size();
    for (const std::string& path : session.removed) tags += kRemovedLineBytes + path.size();
    tags += name_notes_tsv(session.name_notes, "data/").size();
    if (session.part) tags += parts_table(session.account, *session.part).size();
    return bytes_of_entries(session.manifest) + to_sectors(tags);
}

}  // namespace burnbox
