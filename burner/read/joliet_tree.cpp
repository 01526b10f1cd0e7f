#include "burner/read/joliet_tree.hpp"

#include <algorithm>

namespace burnbox {
namespace {

std::string_view as_text(IsoBytes bytes) {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

std::uint64_t most_bytes(const IsoVolume& volume, std::uint64_t end_lba, const TreeLimits& limits) {
    const std::uint64_t blocks = end_lba > volume.start_lba ? end_lba - volume.start_lba : 0;
    return std::min(limits.tree_bytes, blocks * kBlockBytes);
}

// Without ";1", which some writers add to files' names (Joliet 3.3).
IsoBytes without_version(IsoBytes identifier) {
    constexpr std::array<std::uint8_t, 4> kVersion{0, ';', 0, '1'};
    if (identifier.size() > kVersion.size() && std::ranges::equal(identifier.last(kVersion.size()), kVersion))
        return identifier.first(identifier.size() - kVersion.size());
    return identifier;
}

}  // namespace

JolietTree::JolietTree(const IsoVolume& volume, Mismatches& faults, const TreeLimits& limits,
                       std::uint64_t end_lba)
    : faults_(&faults),
      limits_(limits),
      end_lba_(end_lba),
      folders_(volume.start_lba, end_lba, most_bytes(volume, end_lba, limits)) {}

Result<JolietTree> JolietTree::read(BlockCache& cache, const IsoVolume& volume, Mismatches& faults,
                                    const TreeLimits& limits) {
    JolietTree tree(volume, faults, limits, std::min<std::uint64_t>(volume.end_lba(), cache.end_lba()));
    tree.nodes_.push_back({.folder = true, .block = volume.joliet->block});
    tree.nodes_of_folders_.push_back(0);
    BB_CHECK(tree.folders_.add(volume.joliet->root, 0, std::string_view("\0", 1)));
    BB_CHECK(tree.read_folders(cache));
    return tree;
}

void JolietTree::fault(std::uint32_t block, const std::string& what) {
    if (faults_->full()) return;
    faults_->add(path(nodes_[nodes_of_folders_[number_]]),
                 "Joliet tree, block " + std::to_string(block) + ": " + what);
}

std::string JolietTree::path(const JolietNode& node) const {
    std::vector<std::string_view> names;
    for (const JolietNode* next = &node; next != &nodes_.front(); next = &nodes_[next->parent])
        names.push_back(name(*next));
    std::string path;
    for (auto next = names.rbegin(); next != names.rend(); ++next) path = join_path(path, *next);
    return path;
}

Status JolietTree::read_folders(BlockCache& cache) {
    DirectoryRecords records(cache);
    for (; number_ < folders_.size(); ++number_) BB_CHECK(read_folder(records));
    return {};
}

Status JolietTree::read_folder(DirectoryRecords& records) {
    const DirectoryExtent extent = folders_.at(number_).extent;
    const auto first_child = static_cast<std::uint32_t>(nodes_.size());
    records_met_ = 0;
    goes_on_ = false;
    BB_CHECK(records.read(
        extent, [this](const DirectoryRecord& record) { return take_record(record); },
        [this](std::uint32_t block, const std::string& what) { fault(block, what); }));
    if (records_met_ < 2) fault(extent.lba, "the folder has no records of itself and of its parent");
    if (goes_on_) fault(extent.lba, "the last file's further extents are missing");
    sort_children(first_child);
    return list_subfolders();
}

// libisofs gives each folder itself as its parent here.
void JolietTree::take_special(const DirectoryRecord& record, std::uint8_t which) {
    const ListedFolder& folder = folders_.at(number_);
    const auto leads_to = [&](const ListedFolder& other) {
        return record.lba == other.extent.lba && record.bytes == other.extent.bytes;
    };
    const bool right = leads_to(folder) || (which == 1 && leads_to(folders_.at(folder.parent)));
    if (!record.is_folder() || !right)
        fault(record.block, "the folder's record of itself or of its parent leads elsewhere");
}

Status JolietTree::take_record(const DirectoryRecord& record) {
    const unsigned number = records_met_++;
    if (number < 2 && record.is_special(static_cast<std::uint8_t>(number))) {
        take_special(record, static_cast<std::uint8_t>(number));
        return {};
    }
    if (number < 2) {  // an entry, but perhaps behind a block that can't be read
        fault(record.block, "the folder has no records of itself and of its parent at its begin");
        records_met_ = 2;
    }
    if (goes_on_ && as_text(record.identifier) == identifier_) {
        add_extent(record, nodes_.back());
        goes_on_ = record.more_extents();
        return {};
    }
    if (goes_on_) fault(record.block, "further extents of the file before are missing");
    goes_on_ = false;
    return add_entry(record);
}

void JolietTree::add_extent(const DirectoryRecord& record, JolietNode& node) {
    if (record.bytes == 0) return;
    if (record.lba + (std::uint64_t{record.bytes} + kBlockBytes - 1) / kBlockBytes > end_lba_)
        fault(record.block, "a file's extent goes behind the end of the disc session");
    extents_.push_back({record.lba, record.bytes});
    ++node.extents;
    node.size_bytes += record.bytes;
}

Status JolietTree::add_entry(const DirectoryRecord& record) {
    if (nodes_.size() >= limits_.entries)
        return fail(Errc::limit, "read the Joliet tree of a disc: it has more than " +
                                     std::to_string(limits_.entries) + " entries");
    const IsoBytes identifier = record.is_folder() ? record.identifier : without_version(record.identifier);
    JolietNode node{.folder = record.is_folder(),
                    .parent = nodes_of_folders_[number_],
                    .first_extent = static_cast<std::uint32_t>(extents_.size()),
                    .time = record.time,
                    .block = record.block};
    node.name.at = static_cast<std::uint32_t>(texts_.size());
    append_utf16(texts_, identifier);
    node.name.bytes = static_cast<std::uint32_t>(texts_.size() - node.name.at);
    const std::string_view text = name(node);
    if (identifier.size() % 2 != 0 || text == "." || text == ".." ||
        text.find('/') != std::string_view::npos || text.find('\0') != std::string_view::npos) {
        fault(record.block, "an entry's name can be none: it is '.', '..', no UCS-2, or has a '/' or zero");
        return {};
    }
    if (node.folder) {
        node.children = static_cast<std::uint32_t>(subfolders_.size());  // until they are sorted
        subfolders_.push_back({{record.lba, record.bytes}, std::string(as_text(record.identifier))});
    } else {
        add_extent(record, node);
        goes_on_ = record.more_extents();
        identifier_ = as_text(record.identifier);
    }
    nodes_.push_back(node);
    return {};
}

void JolietTree::sort_children(std::uint32_t first_child) {
    JolietNode& folder = nodes_[nodes_of_folders_[number_]];
    folder.first_child = first_child;
    folder.children = static_cast<std::uint32_t>(nodes_.size()) - first_child;
    const auto begin = nodes_.begin() + first_child;
    const auto by_name = [this](const JolietNode& node) { return name(node); };
    if (!std::ranges::is_sorted(begin, nodes_.end(), {}, by_name))
        std::ranges::sort(begin, nodes_.end(), {}, by_name);
    for (auto next = begin; next != nodes_.end() && next + 1 != nodes_.end(); ++next)
        if (name(*next) == name(*(next + 1)))
            faults_->add(path(*next),
                         "Joliet tree, block " + std::to_string(next->block) + ": the name is there twice");
}

Status JolietTree::list_subfolders() {
    const JolietNode folder = nodes_[nodes_of_folders_[number_]];
    for (std::uint32_t id = folder.first_child; id < folder.first_child + folder.children; ++id) {
        JolietNode& node = nodes_[id];
        if (!node.folder) continue;
        const SubFolder& sub = subfolders_[std::exchange(node.children, 0)];
        const Status listed = folders_.add(sub.extent, number_, sub.identifier);
        if (listed) {
            nodes_of_folders_.push_back(id);
        } else if (judges_the_disc(listed.error())) {
            fault(node.block, listed.error().message);
        } else {
            return listed;
        }
    }
    subfolders_.clear();
    return {};
}

}  // namespace burnbox
