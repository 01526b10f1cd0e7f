#include "burner/operations/tree_proof.hpp"

#include <algorithm>
#include <string>
#include <string_view>
#include <unordered_set>

#include "burner/image/volume_id.hpp"

namespace burnbox {
namespace {

constexpr std::uint32_t kFolderMode = 0755;  // of folders that burnbox makes itself

class TreeProof {
  public:
    TreeProof(const ReadTree& tree, const TreeArea& area, std::uint32_t blocks, const ProofSubject& subject,
              Mismatches& mismatches)
        : tree_(tree),
          first_content_(area.start_lba + area.blocks),
          end_lba_(area.start_lba + blocks),
          subject_(subject),
          mismatches_(mismatches) {}

    void run() {
        compare_volume();
        for (const JobSession& session : subject_.sessions) compare_one_session(session);
        if (subject_.readme) compare_entry(tree_, *subject_.readme, mismatches_, files_);
        if (subject_.readme) added_.push_back(subject_.readme->path);
        compare_parents();
        compare_older();
        compare_places();
    }

  private:
    void compare_volume();
    void compare_one_session(const JobSession& session);
    void note_added(const JobSession& session);
    void compare_parents();
    void compare_older();
    void compare_places();

    const ReadTree& tree_;
    const std::uint64_t first_content_;
    const std::uint64_t end_lba_;
    const ProofSubject& subject_;
    Mismatches& mismatches_;
    std::vector<FileOnDisc> files_;   // that come to the disc
    std::vector<std::string> added_;  // all that does; what lies below a path is not named again
    std::size_t parents_ = 0;         // folders that lead to it and are new
};

void TreeProof::compare_volume() {
    const IsoVolume& volume = tree_.volume();
    if (volume.primary.label != subject_.disc.label || volume.primary.volume_set != subject_.disc.serial)
        mismatches_.add("", "the volume's label or serial differs");
    if (!tree_.rock_ridge()) mismatches_.add("", "it has no Rock Ridge tree");
    if (!volume.joliet)
        mismatches_.add("", "it has no Joliet tree");
    else if (volume.joliet->label != subject_.disc.label.substr(0, kJolietLabelBytes))
        mismatches_.add("", "the label of its Joliet tree differs");
    if (volume.end_lba() > end_lba_) mismatches_.add("", "the volume's size is beyond what is written");
}

void TreeProof::note_added(const JobSession& session) {
    std::unordered_set<std::string_view> own;
    for (const DiscEntry& entry : session.entries) {
        std::string_view above = parent_path(entry.path);
        while (!above.empty() && !own.contains(above)) above = parent_path(above);
        if (!above.empty()) continue;
        own.insert(entry.path);
        added_.push_back(entry.path);
    }
}

void TreeProof::compare_one_session(const JobSession& session) {
    const std::string top = subject_.layout == Layout::root ? "" : session.sealed.identifier();
    compare_session(tree_, session.entries, top, mismatches_, files_);
    note_added(session);
}

// Folders that lead to the sessions and were not on the disc.
void TreeProof::compare_parents() {
    std::unordered_set<std::string_view> done;
    for (const std::string& path : added_)
        for (std::string_view folder = parent_path(path); !folder.empty(); folder = parent_path(folder)) {
            if (!done.insert(folder).second) break;
            if (subject_.older != nullptr && subject_.older->find(folder) != nullptr) continue;
            const DiscEntry entry{.path = std::string(folder),
                                  .type = FileType::folder,
                                  .mode = kFolderMode,
                                  .mtime = subject_.time};
            compare_entry(tree_, entry, mismatches_, files_);
            ++parents_;
        }
}

// Everything that comes to the disc was found: what else is there?
void TreeProof::compare_older() {
    if (subject_.older != nullptr) return compare_with_older(*subject_.older, tree_, added_, mismatches_);
    std::size_t wanted = 1 + parents_ + (subject_.readme ? 1 : 0);
    for (const JobSession& session : subject_.sessions) wanted += session.entries.size();
    if (mismatches_.none() && tree_.size() != wanted)
        mismatches_.add("", "it holds " + std::to_string(tree_.size()) + " entries, sealed were " +
                                std::to_string(wanted));
}

// New content lies behind the tree and before the end, nothing over anything else.
void TreeProof::compare_places() {
    struct Place {
        std::uint64_t first, end;
        const DiscEntry* entry;
    };
    std::vector<Place> places;
    for (const FileOnDisc& file : files_)
        for (const TreeExtent& extent : file.extents)
            if (extent.bytes != 0)
                places.push_back(
                    {extent.lba, extent.lba + (extent.bytes + kBlockBytes - 1) / kBlockBytes, file.entry});
    std::ranges::sort(places, {}, &Place::first);
    std::uint64_t free = first_content_;
    for (const Place& place : places) {
        if (place.first < free || place.end > end_lba_)
            mismatches_.add(place.entry->path, "its content has no place of its own");
        free = std::max(free, place.end);
    }
}

}  // namespace

Status prove_tree(std::span<const std::byte> bytes, const TreeArea& area, std::uint32_t blocks,
                  const ProofSubject& subject, Mismatches& mismatches) {
    MemoryBlocks source(bytes, area.start_lba, area.start_lba + blocks);
    const auto tree = read_tree(source, area.start_lba);
    if (!tree && tree.error().code == Errc::limit) return std::unexpected(tree.error());
    if (!tree) {
        mismatches.add("", tree.error().message);
        return {};
    }
    TreeProof(*tree, area, blocks, subject, mismatches).run();
    return {};
}

}  // namespace burnbox
