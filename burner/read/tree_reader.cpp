#include "burner/read/tree_reader.hpp"

#include <sys/stat.h>

#include <algorithm>

namespace burnbox {
namespace {

// Folders and continuations lie in the disc session and do not share blocks.
std::uint64_t most_tree_bytes(const IsoVolume& volume, std::uint64_t end_lba, const TreeLimits& limits) {
    const std::uint64_t blocks = end_lba > volume.start_lba ? end_lba - volume.start_lba : 0;
    return std::min(limits.tree_bytes, blocks * kBlockBytes);
}

FileType type_of(std::uint32_t mode) {
    if (S_ISREG(mode)) return FileType::file;
    if (S_ISDIR(mode)) return FileType::folder;
    return S_ISLNK(mode) ? FileType::symlink : FileType::other;
}

std::string_view as_text(IsoBytes bytes) {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

}  // namespace

TreeReader::TreeReader(BlockCache& cache, const IsoVolume& volume, Mismatches& faults,
                       const TreeLimits& limits)
    : records_(cache),
      rock_ridge_(cache, most_tree_bytes(volume, cache.end_lba(), limits)),
      faults_(faults),
      limits_(limits),
      end_lba_(std::min<std::uint64_t>(volume.end_lba(), cache.end_lba())),
      folders_(volume.start_lba, end_lba_, most_tree_bytes(volume, end_lba_, limits)) {
    tree_.volume_ = volume;
}

void TreeReader::fault(std::uint32_t block, const std::string& what) {
    if (faults_.full()) return;
    faults_.add(tree_.path(folder_node()), "block " + std::to_string(block) + ": " + what);
}

Status TreeReader::note(std::uint32_t block, const Status& status) {
    if (status) return {};
    if (!judges_the_disc(status.error())) return status;
    fault(block, status.error().message);
    return {};
}

TreeText TreeReader::keep(std::string_view text) {
    const TreeText place{static_cast<std::uint32_t>(tree_.texts_.size()),
                         static_cast<std::uint32_t>(text.size())};
    tree_.texts_ += text;
    return place;
}

Status TreeReader::list(NodeId node, const DirectoryExtent& extent, std::uint32_t parent,
                        std::string_view identifier) {
    BB_CHECK(folders_.add(extent, parent, identifier));
    nodes_of_folders_.push_back(node);
    return {};
}

Status TreeReader::begin_root() {
    TreeNode root{.type = FileType::folder};
    root.size_bytes = tree_.volume_.primary.root.bytes;
    root.block = tree_.volume_.primary.block;
    tree_.nodes_.push_back(root);
    return list(ReadTree::kRoot, tree_.volume_.primary.root, 0, std::string_view("\0", 1));
}

Status TreeReader::read() {
    BB_CHECK(begin_root());
    do {
        for (; number_ < folders_.size(); ++number_) BB_CHECK(read_folder());
        number_ = 0;  // what is wrong from here on is the root's
        const auto known = static_cast<std::uint32_t>(folders_.size());
        BB_CHECK(list_hidden());
        number_ = known;
    } while (number_ < folders_.size());
    number_ = 0;
    for (const auto& [lba, node] : links_) fault(lba, "a folder that lies elsewhere (CL) is not there");
    return {};
}

Status TreeReader::read_folder() {
    const DirectoryExtent extent = folders_.at(number_).extent;
    const auto first_child = static_cast<NodeId>(tree_.nodes_.size());
    records_met_ = 0;
    BB_CHECK(records_.read(
        extent, [this](const DirectoryRecord& record) { return take_record(record); },
        [this](std::uint32_t block, const std::string& what) { fault(block, what); }));
    if (records_met_ < 2) fault(extent.lba, "the folder has no records of itself and of its parent");
    if (unfinished_) fault(extent.lba, "the last file's further extents are missing");
    unfinished_.reset();
    sort_children(first_child);
    return list_subfolders();
}

Status TreeReader::take_record(const DirectoryRecord& record) {
    const unsigned number = records_met_++;
    if (record.is_special(0) && number == 0) return take_own(record);
    if (record.is_special(0) || record.is_special(1)) {
        if (number == 1 && record.is_special(1))
            take_parent(record);
        else
            fault(record.block, "a folder's record of itself or of its parent is not at its begin");
        return {};
    }
    if (number < 2) {  // an entry, but perhaps behind a block that can't be read
        fault(record.block, "the folder has no records of itself and of its parent at its begin");
        records_met_ = 2;
    }
    if (unfinished_) {
        if (as_text(record.identifier) == unfinished_->identifier) {
            add_next_extent(record);
            return {};
        }
        fault(record.block, "further extents of the file before are missing");
        unfinished_.reset();
    }
    return add_entry(record);
}

Status TreeReader::take_own(const DirectoryRecord& record) {
    const DirectoryExtent extent = folders_.at(number_).extent;
    if (!record.is_folder() || record.lba != extent.lba || record.bytes != extent.bytes)
        fault(record.block, "the folder's record of itself says something else than its parent");
    const Status read = rock_ridge_.read(record.system_use, skip_, found_);
    BB_CHECK(note(record.block, read));
    if (!read) return {};
    if (found_.named && found_.name != ".") fault(record.block, "the folder's record of itself has a name");
    if (number_ == 0)
        take_root_attributes();
    else
        check_own_attributes(record);
    return {};
}

void TreeReader::take_root_attributes() {
    tree_.rock_ridge_ = found_.susp && found_.attributes;
    if (!tree_.rock_ridge_) return;
    skip_ = found_.skip;
    TreeNode& root = tree_.nodes_.front();
    if (!found_.extension) fault(root.block, "no entry (ER) of the root folder names Rock Ridge");
    root.mode = static_cast<std::uint16_t>(found_.mode & 07777U);
    root.links = found_.links;
    root.uid = found_.uid;
    root.gid = found_.gid;
    root.mtime = found_.mtime.value_or(0);
    if (!found_.mtime) fault(root.block, "the root folder has no time (TF)");
}

// Some readers take a folder's attributes from here: they have to be those that its parent gives.
void TreeReader::check_own_attributes(const DirectoryRecord& record) {
    if (!tree_.rock_ridge_) return;
    const TreeNode& node = folder_node();
    const bool same = found_.attributes && (found_.mode & 07777U) == node.mode && found_.uid == node.uid &&
                      found_.gid == node.gid && found_.mtime == node.mtime;
    if (!same)
        fault(record.block, "the folder's record of itself has other attributes than its parent gives it");
}

void TreeReader::take_parent(const DirectoryRecord& record) {
    const DirectoryExtent parent = folders_.at(folders_.at(number_).parent).extent;
    if (!record.is_folder() || record.lba != parent.lba || record.bytes != parent.bytes)
        fault(record.block, "the folder's record of its parent leads elsewhere");
}

Result<std::string_view> TreeReader::name_of(const DirectoryRecord& record) {
    std::string_view name = found_.name;
    if (!found_.named) {  // 7.5.1: NAME.EXT;VERSION
        plain_name_ = as_text(record.identifier);
        if (!record.is_folder()) plain_name_.resize(std::min(plain_name_.size(), plain_name_.rfind(';')));
        if (plain_name_.ends_with('.')) plain_name_.pop_back();
        name = plain_name_;
    }
    if (name.empty() || name == "." || name == ".." || name.find('/') != std::string_view::npos ||
        name.find('\0') != std::string_view::npos)
        return fail(Errc::corrupt,
                    "an entry's name can be none: it is empty, '.', '..', or has a '/' or zero byte");
    return name;
}

Status TreeReader::fill_node(const DirectoryRecord& record, TreeNode& node) const {
    node.type = record.is_folder() ? FileType::folder : FileType::file;
    node.mode = record.is_folder() ? 0555 : 0444;
    node.mtime = record.time;
    node.block = record.block;
    if (!tree_.rock_ridge_) return {};
    if (!found_.attributes) return fail(Errc::corrupt, "an entry has no attributes (PX)");
    const FileType type = type_of(found_.mode);
    const bool folder = record.is_folder() || found_.child_lba.has_value();
    if (folder != (type == FileType::folder))
        return fail(Errc::corrupt, "an entry's mode (PX) has another type than its record");
    if ((type == FileType::symlink) != found_.linked)
        return fail(Errc::corrupt, "an entry's mode (PX) and its link target (SL) contradict each other");
    node.type = type;
    node.mode = static_cast<std::uint16_t>(found_.mode & 07777U);
    node.links = found_.links;
    node.uid = found_.uid;
    node.gid = found_.gid;
    node.mtime = found_.mtime.value_or(record.time);
    return {};
}

void TreeReader::add_extent(const DirectoryRecord& record, TreeNode& node) {
    if (record.bytes == 0) return;
    const std::uint64_t end = record.lba + (std::uint64_t{record.bytes} + kBlockBytes - 1) / kBlockBytes;
    if (end > end_lba_)
        fault(record.block, "a file's extent goes to block " + std::to_string(end) +
                                ", behind the end of the disc session, block " + std::to_string(end_lba_));
    if (record.more_extents() && record.bytes % kBlockBytes != 0)
        fault(record.block, "a file goes on behind an extent that ends within a block");
    tree_.extents_.push_back({record.lba, record.bytes});
    ++node.extents;
    node.size_bytes += record.bytes;
}

void TreeReader::add_next_extent(const DirectoryRecord& record) {
    if (unfinished_->node) add_extent(record, tree_.nodes_[*unfinished_->node]);
    if (!record.more_extents()) unfinished_.reset();
}

void TreeReader::add_subfolder(const DirectoryRecord& record, TreeNode& node) {
    node.children = static_cast<std::uint32_t>(subfolders_.size());  // until they are sorted
    const bool elsewhere = found_.child_lba.has_value();
    const DirectoryExtent extent{elsewhere ? *found_.child_lba : record.lba, elsewhere ? 0 : record.bytes};
    node.size_bytes = extent.bytes;
    subfolders_.push_back({extent, std::string(as_text(record.identifier)), elsewhere});
}

Status TreeReader::add_entry(const DirectoryRecord& record) {
    if (record.more_extents()) unfinished_ = {std::string(as_text(record.identifier)), std::nullopt};
    if (record.flags & DirectoryRecord::kAssociated) {
        fault(record.block, "an associated file is there: this reader does not know any");
        return {};
    }
    found_.named = false;
    found_.child_lba.reset();
    found_.relocated = false;
    if (tree_.rock_ridge_) {
        const Status read = rock_ridge_.read(record.system_use, skip_, found_);
        BB_CHECK(note(record.block, read));
        if (!read) return {};
    }
    if (found_.relocated && record.is_folder()) return take_moved(record);
    if (tree_.rock_ridge_ && (!found_.named || !found_.mtime))
        fault(record.block, "an entry has no name (NM) or no time (TF)");
    if (tree_.nodes_.size() >= limits_.entries)
        return fail(Errc::limit, "read the tree of a disc: it has more than " +
                                     std::to_string(limits_.entries) + " entries");
    TreeNode node{.parent = nodes_of_folders_[number_]};
    const auto name = name_of(record);
    Status filled = name ? fill_node(record, node) : std::unexpected(name.error());
    BB_CHECK(note(record.block, filled));
    if (!filled) return {};
    node.name = keep(*name);
    if (node.type == FileType::symlink) node.link_target = keep(found_.target);
    node.first_extent = static_cast<std::uint32_t>(tree_.extents_.size());
    if (node.type == FileType::file) add_extent(record, node);
    if (node.type == FileType::folder) add_subfolder(record, node);
    if (unfinished_) unfinished_->node = static_cast<NodeId>(tree_.nodes_.size());
    tree_.nodes_.push_back(node);
    return {};
}

void TreeReader::sort_children(NodeId first_child) {
    TreeNode& folder = folder_node();
    folder.first_child = first_child;
    folder.children = static_cast<std::uint32_t>(tree_.nodes_.size()) - first_child;
    const auto begin = tree_.nodes_.begin() + first_child;
    const auto name = [this](const TreeNode& node) { return tree_.name(node); };
    if (!std::ranges::is_sorted(begin, tree_.nodes_.end(), {}, name))
        std::ranges::sort(begin, tree_.nodes_.end(), {}, name);
    for (auto next = begin; next != tree_.nodes_.end() && next + 1 != tree_.nodes_.end(); ++next)
        if (tree_.name(*next) == tree_.name(*(next + 1)))
            faults_.add(tree_.path(*next),
                        "block " + std::to_string(next->block) + ": the name is there twice");
}

Status TreeReader::list_subfolders() {
    const TreeNode folder = folder_node();
    for (NodeId id = folder.first_child; id < folder.first_child + folder.children; ++id) {
        TreeNode& node = tree_.nodes_[id];
        if (node.type != FileType::folder) continue;
        const SubFolder& sub = subfolders_[node.children];
        node.children = 0;
        if (sub.elsewhere)
            BB_CHECK(take_link(id, sub.extent.lba));
        else
            BB_CHECK(note(node.block, list(id, sub.extent, number_, sub.identifier)));
    }
    subfolders_.clear();
    return {};
}

Status TreeReader::list_moved(NodeId node, const Moved& moved) {
    tree_.nodes_[node].size_bytes = moved.extent.bytes;
    return note(moved.extent.lba, list(node, moved.extent, moved.physical_parent, moved.identifier));
}

Status TreeReader::take_moved(const DirectoryRecord& record) {
    Moved moved{{record.lba, record.bytes}, number_, std::string(as_text(record.identifier))};
    const auto link = links_.find(record.lba);
    if (link == links_.end()) {
        if (!moved_.emplace(record.lba, std::move(moved)).second)
            fault(record.block, "a folder that belongs elsewhere (RE) is there a second time");
        return {};
    }
    const NodeId node = link->second;
    links_.erase(link);
    return list_moved(node, moved);
}

Status TreeReader::take_link(NodeId node, std::uint32_t lba) {
    const auto found = moved_.find(lba);
    if (found == moved_.end()) {
        if (!links_.emplace(lba, node).second)
            fault(lba, "a folder that lies elsewhere (CL) is linked to a second time");
        return {};
    }
    const Moved moved = std::move(found->second);
    moved_.erase(found);
    return list_moved(node, moved);
}

// The folder that moved ones lie in may be marked as one itself: it belongs nowhere and is in no folder here.
Status TreeReader::list_hidden() {
    for (const auto& [lba, moved] : std::exchange(moved_, {})) {
        tree_.nodes_.push_back(
            {.type = FileType::folder, .parent = nodes_of_folders_[moved.physical_parent]});
        BB_CHECK(list_moved(static_cast<NodeId>(tree_.nodes_.size() - 1), moved));
    }
    return {};
}

}  // namespace burnbox
