#include "burner/read/compare.hpp"

#include <algorithm>

#include "burner/read/iso/disc_time.hpp"

namespace burnbox {
namespace {

class SessionCompare {
  public:
    SessionCompare(const ReadTree& tree, Mismatches& mismatches, std::vector<FileOnDisc>& files)
        : tree_(tree), mismatches_(mismatches), files_(files) {}

    // The node that it was compared with; null when there is none.
    const TreeNode* compare(const DiscEntry& entry);

  private:
    const TreeNode* find(std::string_view path);
    void compare_node(const DiscEntry& entry, const TreeNode& node);
    void compare_joliet(const DiscEntry& entry, const TreeNode& node);
    void compare_file(const DiscEntry& entry, const TreeNode& node);

    const ReadTree& tree_;
    Mismatches& mismatches_;
    std::vector<FileOnDisc>& files_;
    // Entries of a folder come one behind the other, in its order.
    std::string_view folder_path_;
    const TreeNode* folder_ = nullptr;
    std::size_t next_ = 0;
};

const TreeNode* SessionCompare::find(std::string_view path) {
    const std::string_view parent = parent_path(path);
    if (folder_ == nullptr || parent != folder_path_) {
        folder_ = tree_.find(parent);
        folder_path_ = parent;
        next_ = 0;
    }
    if (folder_ == nullptr) return nullptr;
    const auto children = tree_.children(*folder_);
    const std::string_view name = base_name(path);
    const TreeNode* found = next_ < children.size() && tree_.name(children[next_]) == name
                                ? &children[next_]
                                : tree_.child(*folder_, name);
    if (found != nullptr) next_ = static_cast<std::size_t>(found - children.data()) + 1;
    return found;
}

void SessionCompare::compare_file(const DiscEntry& entry, const TreeNode& node) {
    if (node.size_bytes != entry.size_bytes)
        return mismatches_.add(entry.path, "its size on the disc is " + std::to_string(node.size_bytes) +
                                               ", sealed were " + std::to_string(entry.size_bytes));
    files_.push_back({&entry, tree_.extents(node)});
}

// What Windows sees: all but links.
void SessionCompare::compare_joliet(const DiscEntry& entry, const TreeNode& node) {
    if (!tree_.volume().joliet || node.type == FileType::symlink) return;
    if (node.joliet_name.bytes == 0)
        mismatches_.add(entry.path, "it is missing in the Joliet tree, which Windows reads");
    else if (node.joliet_mtime != node.mtime)
        mismatches_.add(entry.path, "its time in the Joliet tree, which Windows reads, differs");
}

void SessionCompare::compare_node(const DiscEntry& entry, const TreeNode& node) {
    if (node.type != entry.type) return mismatches_.add(entry.path, "it has another type on the disc");
    if (node.mode != entry.mode) mismatches_.add(entry.path, "its mode differs");
    if (node.mtime != to_disc_time(entry.mtime)) mismatches_.add(entry.path, "its time differs");
    if (node.uid != 0 || node.gid != 0) mismatches_.add(entry.path, "its owner is not 0");
    if (entry.type == FileType::symlink && tree_.link_target(node) != entry.link_target)
        mismatches_.add(entry.path, "its link target differs");
    compare_joliet(entry, node);
    if (entry.type == FileType::file) compare_file(entry, node);
}

const TreeNode* SessionCompare::compare(const DiscEntry& entry) {
    const TreeNode* node = find(entry.path);
    if (node == nullptr)
        mismatches_.add(entry.path, "it is not on the disc");
    else
        compare_node(entry, *node);
    return node;
}

// What lies in the folder and was not among the entries; not what is in a folder that was not.
void report_others(const ReadTree& tree, const TreeNode& top, bool readme_allowed,
                   const std::vector<bool>& expected, Mismatches& mismatches) {
    std::vector<const TreeNode*> folders{&top};
    while (!folders.empty()) {
        const TreeNode& folder = *folders.back();
        folders.pop_back();
        for (const TreeNode& node : tree.children(folder)) {
            if (expected[tree.id_of(node)]) {
                if (node.type == FileType::folder) folders.push_back(&node);
            } else if (!readme_allowed || &folder != &top || tree.name(node) != kReadmeName) {
                mismatches.add(tree.path(node), "it is on the disc, but was not sealed");
            }
        }
    }
}

class OlderCompare {
  public:
    OlderCompare(const ReadTree& older, const ReadTree& newer, const std::vector<std::string>& added,
                 Mismatches& mismatches)
        : older_(older), newer_(newer), added_(added), mismatches_(mismatches) {
        std::ranges::sort(added_);
    }
    void compare();

  private:
    enum class Place : std::uint8_t { elsewhere, leads_there, inside };
    struct Pair {
        const TreeNode* older;
        const TreeNode* newer;
        Place place;
    };
    Place place_of(const TreeNode& newer, Place parent) const;
    void compare_folders(const Pair& pair);
    void compare_nodes(const TreeNode& older, const TreeNode& newer, Place place);
    void take_new(const TreeNode& node, Place parent);

    const ReadTree& older_;
    const ReadTree& newer_;
    std::vector<std::string> added_;
    Mismatches& mismatches_;
    std::vector<Pair> waiting_;
};

OlderCompare::Place OlderCompare::place_of(const TreeNode& newer, Place parent) const {
    if (parent != Place::leads_there) return parent;
    const std::string path = newer_.path(newer);
    const auto at = std::ranges::lower_bound(added_, path);
    if (at != added_.end() && *at == path) return Place::inside;
    const auto below = std::ranges::lower_bound(added_, path + "/");
    return below != added_.end() && below->starts_with(path + "/") ? Place::leads_there : Place::elsewhere;
}

void OlderCompare::compare_nodes(const TreeNode& older, const TreeNode& newer, Place place) {
    // A folder that gets more entries gets a new time.
    const bool same_time =
        older.mtime == newer.mtime || (place != Place::elsewhere && newer.type == FileType::folder);
    const auto differs = [&](const char* what) { mismatches_.add(newer_.path(newer), what); };
    if (older.type != newer.type) return differs("its type changed with the new disc session");
    if (older.mode != newer.mode || older.uid != newer.uid || older.gid != newer.gid || !same_time)
        differs("its mode, owner or time changed with the new disc session");
    if (older_.link_target(older) != newer_.link_target(newer))
        differs("its link target changed with the new disc session");
    if (older.type == FileType::file && (older.size_bytes != newer.size_bytes ||
                                         !std::ranges::equal(older_.extents(older), newer_.extents(newer))))
        differs("its size or place changed with the new disc session");
    if ((older.joliet_name.bytes == 0) != (newer.joliet_name.bytes == 0))
        differs("the Joliet tree of the new disc session has it no more, or had it not before");
    if (older.type == FileType::folder) waiting_.push_back({&older, &newer, place});
}

void OlderCompare::take_new(const TreeNode& node, Place parent) {
    const Place place = place_of(node, parent);
    if (place == Place::inside) return;
    if (place == Place::elsewhere) return mismatches_.add(newer_.path(node), "it is new, but was not sealed");
    for (const TreeNode& child : newer_.children(node)) take_new(child, place);
}

void OlderCompare::compare_folders(const Pair& pair) {
    const auto olds = older_.children(*pair.older);
    const auto news = newer_.children(*pair.newer);
    auto next = news.begin();
    for (const TreeNode& old : olds) {
        const std::string_view name = older_.name(old);
        for (; next != news.end() && newer_.name(*next) < name; ++next) take_new(*next, pair.place);
        if (next == news.end() || newer_.name(*next) != name) {
            mismatches_.add(older_.path(old),
                            "it is on the disc, and the new disc session's tree has lost it");
            continue;
        }
        compare_nodes(old, *next, place_of(*next, pair.place));
        ++next;
    }
    for (; next != news.end(); ++next) take_new(*next, pair.place);
}

void OlderCompare::compare() {
    const bool all = std::ranges::binary_search(added_, std::string());
    compare_nodes(older_.node(ReadTree::kRoot), newer_.node(ReadTree::kRoot),
                  all ? Place::inside : Place::leads_there);
    while (!waiting_.empty()) {
        const Pair pair = waiting_.back();
        waiting_.pop_back();
        compare_folders(pair);
    }
}

}  // namespace

void compare_session(const ReadTree& tree, const std::vector<DiscEntry>& entries, const std::string& top,
                     Mismatches& mismatches, std::vector<FileOnDisc>& files) {
    std::vector<bool> expected(tree.size());
    files.reserve(files.size() + entries.size());
    SessionCompare session(tree, mismatches, files);
    for (const DiscEntry& entry : entries)
        if (const TreeNode* node = session.compare(entry); node != nullptr)
            expected[tree.id_of(*node)] = true;
    const TreeNode* folder = tree.find(top);
    if (folder == nullptr) return;
    if (!top.empty() && !expected[tree.id_of(*folder)])
        return mismatches.add(top, "it is on the disc, but was not sealed");
    report_others(tree, *folder, top.empty(), expected, mismatches);
}

void compare_entry(const ReadTree& tree, const DiscEntry& entry, Mismatches& mismatches,
                   std::vector<FileOnDisc>& files) {
    SessionCompare(tree, mismatches, files).compare(entry);
}

void compare_with_older(const ReadTree& older, const ReadTree& newer, const std::vector<std::string>& added,
                        Mismatches& mismatches) {
    OlderCompare(older, newer, added, mismatches).compare();
}

}  // namespace burnbox
