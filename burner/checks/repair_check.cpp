#include "burner/checks/repair_check.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "common/base/text.hpp"

namespace burnbox {
namespace {

// "set-0001.vol000+10.par2" and "set-0001.par2" are of the set "set-0001".
std::string set_of(std::string_view file) {
    return std::string(file.substr(0, file.find('.')));
}

// Blocks of PAR2 sets of ours are whole sectors, so are extents but for a file's last one.
std::vector<Extent> part_of(std::span<const TreeExtent> extents, std::uint64_t offset, std::uint64_t bytes) {
    std::vector<Extent> part;
    for (const TreeExtent& extent : extents) {
        if (offset < extent.bytes && bytes > 0) {
            const std::uint64_t taken = std::min<std::uint64_t>(bytes, extent.bytes - offset);
            part.push_back({0, extent.lba + static_cast<std::uint32_t>(offset / kSectorBytes), taken});
            bytes -= taken;
            offset = 0;
        } else {
            offset -= std::min<std::uint64_t>(offset, extent.bytes);
        }
    }
    return part;
}

std::string judgment(const std::string& set, std::uint64_t bad, std::uint64_t whole) {
    const std::string counts = fmt::format(
        "recovery data {}: {} blocks of its files are damaged or missing, {} recovery blocks are whole: ",
        set, bad, whole);
    if (bad <= whole) return counts + "repairable";
    return counts + fmt::format("NOT repairable, {} more would be needed", bad - whole);
}

}  // namespace

const FileOnDisc* RepairCheck::find(const std::string& path) const {
    const auto found =
        std::ranges::find_if(files_, [&](const FileOnDisc& file) { return file.entry->path == path; });
    return found == files_.end() ? nullptr : &*found;
}

template <typename Use, typename Lost>
void RepairCheck::read_extents(const std::vector<Extent>& extents, const Use& use, const Lost& lost) {
    ContentReader reader(extents, alignment_blocks_, read_);
    while (!reader.at_end()) {
        const auto piece = reader.next();
        if (piece)
            use(piece->data);
        else
            lost();
    }
}

std::uint64_t RepairCheck::count_bad_blocks(const std::string& path, const std::vector<Md5>& digests,
                                            std::uint64_t block_bytes) {
    const FileOnDisc* const file = find(path);
    if (file == nullptr) return digests.size();
    std::uint64_t bad = 0;
    for (std::size_t i = 0; i < digests.size(); ++i) {
        std::vector<std::byte> block;
        bool readable = true;
        read_extents(
            part_of(file->extents, i * block_bytes, block_bytes),
            [&](std::span<const std::byte> data) { block.insert(block.end(), data.begin(), data.end()); },
            [&] { readable = false; });
        block.resize(block_bytes);  // the last one is filled up with zeros
        if (!readable || md5_of(block) != digests[i]) ++bad;
    }
    return bad;
}

std::vector<std::string> RepairCheck::judge(const JobSession& session, Layout layout,
                                            std::set<std::string> damaged) {
    std::vector<std::string> sentences;
    if (session.sealed.parity.percent == 0 || damaged.empty()) return sentences;
    const ParityPlace place = parity_place(session.sealed, layout);
    std::set<std::string> sets;
    for (const ParityFile& file : session.sealed.parity.files) sets.insert(set_of(file.name));
    for (const std::string& set : sets) {
        Par2Reader par2;
        for (const ParityFile& file : session.sealed.parity.files) {
            const FileOnDisc* const there = find(join_path(place.folder, file.name));
            if (set_of(file.name) != set || there == nullptr) continue;
            read_extents(
                to_extents(0, there->extents), [&](std::span<const std::byte> data) { par2.add(data); },
                [&] { par2.gap(); });
            par2.gap();
        }
        std::uint64_t bad = 0;
        for (const Par2Reader::ProtectedFile& file : par2.files()) {
            const std::string path = join_path(place.base, file.name);
            if (damaged.erase(path) != 0) bad += count_bad_blocks(path, file.blocks, par2.block_bytes());
        }
        if (bad != 0) sentences.push_back(judgment(set, bad, par2.parity_blocks()));
    }
    for (const std::string& path : damaged)
        if (!path.starts_with(place.folder + "/"))
            sentences.push_back(fmt::format("/{}: no readable recovery data protects it", escape(path)));
    return sentences;
}

}  // namespace burnbox
