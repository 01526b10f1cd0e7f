#include "burner/parity/parity_plan.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <numeric>

#include "burner/drive/drive.hpp"
#include "burner/image/size_estimate.hpp"

namespace burnbox {
namespace {

constexpr std::size_t kMostFiles = 2000;
constexpr std::uint64_t kBlocksForBytes = 1000;
constexpr std::uint64_t kBlocksForAFile = 2;
constexpr std::size_t kLongestPath = 3000;  // par2 opens it below state_dir, within PATH_MAX
// Size classes: each 16 times as large as the one before, from 16 sectors on.
constexpr std::size_t kClasses = 7;
constexpr unsigned kFirstClassBits = 15;
// Classes share sets as long as blocks that are not full waste at most an eighth.
constexpr std::uint64_t kWastePart = 8;
// Of PAR2's packets (its specification 2.0), without what depends on files and blocks.
constexpr std::uint64_t kPacketBytes = 64;
constexpr std::uint64_t kMainAndCreatorBytes = 76 + 256;

using Files = std::vector<FileToProtect>;
using Indexes = std::vector<std::size_t>;

std::uint64_t parts(std::uint64_t whole, std::uint64_t part) {
    return (whole + part - 1) / part;
}

std::uint64_t blocks_of(const Files& files, const Indexes& set, std::uint64_t block_bytes) {
    return std::accumulate(set.begin(), set.end(), std::uint64_t{0}, [&](std::uint64_t sum, std::size_t i) {
        return sum + parts(files[i].size_bytes, block_bytes);
    });
}

// The smallest block of whole sectors with which the set has no more than its share of blocks.
std::uint64_t choose_block(const Files& files, const Indexes& set, std::uint64_t chunks) {
    const std::uint64_t most = kBlocksForBytes * chunks + kBlocksForAFile * set.size();
    std::uint64_t low = 1, high = 1;  // in sectors
    while (blocks_of(files, set, high * kSectorBytes) > most) low = high + 1, high *= 2;
    while (low < high) {
        const std::uint64_t middle = low + (high - low) / 2;
        if (blocks_of(files, set, middle * kSectorBytes) > most)
            low = middle + 1;
        else
            high = middle;
    }
    return low * kSectorBytes;
}

bool wastes_little(const Files& files, const Indexes& set) {
    std::uint64_t bytes = 0;
    for (const std::size_t i : set) bytes += parts(files[i].size_bytes, kSectorBytes) * kSectorBytes;
    const std::uint64_t block = choose_block(files, set, parts(set.size(), kMostFiles));
    return blocks_of(files, set, block) * block <= bytes + bytes / kWastePart;
}

std::size_t size_class(std::uint64_t bytes) {
    const auto bits = static_cast<unsigned>(std::bit_width(bytes - 1));
    return bits <= kFirstClassBits ? 0
                                   : std::min<std::size_t>((bits - kFirstClassBits + 3) / 4, kClasses - 1);
}

std::vector<Indexes> similar_files(const Files& files, const Indexes& candidates) {
    std::array<Indexes, kClasses> classes;
    for (const std::size_t i : candidates) classes.at(size_class(files[i].size_bytes)).push_back(i);
    std::vector<Indexes> groups;
    for (const Indexes& next : classes) {
        if (next.empty()) continue;
        if (!groups.empty()) {
            Indexes both;
            std::ranges::merge(groups.back(), next, std::back_inserter(both));
            if (wastes_little(files, both)) {
                groups.back() = std::move(both);
                continue;
            }
        }
        groups.push_back(next);
    }
    return groups;
}

ParitySet make_set(const Files& files, Indexes members, unsigned percent) {
    ParitySet set;
    set.block_bytes = choose_block(files, members, 1);
    set.source_blocks = blocks_of(files, members, set.block_bytes);
    set.parity_blocks = parts(set.source_blocks * percent, 100);
    // Each file has a description and its blocks' digests, of each block an MD5 and a CRC32; the index file
    // has all that once, the volume as often as its blocks' number has bits.
    std::uint64_t critical = kMainAndCreatorBytes + 20 * set.source_blocks;
    for (const std::size_t i : members) critical += 2 * kPacketBytes + 92 + files[i].path.size();
    const auto repeats = static_cast<std::uint64_t>(std::bit_width(set.parity_blocks)) + 2;
    set.estimate_bytes =
        set.parity_blocks * (set.block_bytes + kPacketBytes + 4) + critical * repeats + 4 * kSectorBytes;
    set.files = std::move(members);
    return set;
}

bool par2_can_name(const std::string& path) {
    return path.find('\\') == std::string::npos && path.size() <= kLongestPath;
}

}  // namespace

std::uint64_t ParityPlan::estimate_bytes() const {
    std::uint64_t sum = 0;
    for (const ParitySet& set : sets) sum += set.estimate_bytes;
    return sum;
}

std::vector<FileToProtect> files_to_protect(const std::vector<DiscEntry>& entries, const std::string& base) {
    std::vector<FileToProtect> files;
    const std::string front = base + "/";
    for (const DiscEntry& entry : entries) {
        if (entry.type != FileType::file || entry.parity || !entry.path.starts_with(front)) continue;
        if (entry.staged.empty() && base_name(entry.path) == "tagmanifest-sha256.txt") continue;
        files.push_back({entry.path.substr(front.size()), entry.size_bytes, &entry});
    }
    return files;
}

ParityPlan plan_parity(const std::vector<FileToProtect>& files, unsigned percent) {
    ParityPlan plan;
    Indexes candidates;
    for (std::size_t i = 0; i < files.size(); ++i) {
        if (files[i].size_bytes == 0) continue;
        (par2_can_name(files[i].path) ? candidates : plan.unprotected).push_back(i);
    }
    for (const Indexes& group : similar_files(files, candidates)) {
        const std::size_t chunks = parts(group.size(), kMostFiles);
        for (std::size_t chunk = 0; chunk < chunks; ++chunk) {
            Indexes members;
            for (std::size_t i = chunk; i < group.size(); i += chunks) members.push_back(group[i]);
            plan.sets.push_back(make_set(files, std::move(members), percent));
        }
    }
    return plan;
}

std::uint64_t estimate_parity_bytes(const Manifest& manifest, unsigned percent) {
    if (percent == 0) return 0;
    std::vector<FileToProtect> files;
    for (const ManifestEntry& entry : manifest.entries)
        if (entry.type == FileType::file) files.push_back({"data/" + entry.path, entry.size_bytes});
    const TagFileBytes tags = estimate_tag_files(manifest);
    files.push_back({"entries.jsonl", tags.entries});
    files.push_back({"manifest-sha256.txt", tags.manifest});
    files.push_back({"SHA256SUMS", tags.sums});
    files.push_back({"names.tsv", tags.names});
    files.push_back({"marker", kMarkerBytes});
    for (const char* const small : {"bag-info.txt", "bagit.txt"}) files.push_back({small, kSectorBytes});
    // The tag files' true sizes may give sets that are cut a little differently.
    const std::uint64_t bytes = plan_parity(files, percent).estimate_bytes();
    return bytes + bytes / 16 + (64U << 10U);
}

}  // namespace burnbox
