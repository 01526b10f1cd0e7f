#include "burner/read/iso/block_map.hpp"

#include <algorithm>
#include <tuple>

namespace burnbox {
namespace {

constexpr std::size_t kMostClashes = 100;

std::string blocks_text(std::uint64_t first, std::uint64_t end) {
    return "blocks " + std::to_string(first) + " to " + std::to_string(end - 1);
}

}  // namespace

void BlockMap::add_tree(std::uint32_t lba, std::uint64_t blocks, const char* what) {
    if (blocks == 0) return;
    tree_.push_back({lba, lba + blocks, what});
    all_.push_back(tree_.back());
}

void BlockMap::add_shared(std::uint32_t lba, std::uint64_t blocks) {
    all_.push_back({lba, lba + blocks, "a record's continuation"});
}

void BlockMap::add_folders(const FolderList& folders, const char* what) {
    for (const ListedFolder& folder : folders.all())
        add_tree(folder.extent.lba, folder.extent.blocks(), what);
}

void BlockMap::add_path_tables(const PathTableFacts& tables) {
    const std::uint64_t blocks = (tables.bytes + kBlockBytes - 1) / kBlockBytes;
    for (const std::uint32_t lba :
         {tables.little_lba, tables.big_lba, tables.other_little_lba, tables.other_big_lba})
        if (lba != 0) add_tree(lba, blocks, "a path table");
}

void BlockMap::add_content(std::uint32_t lba, std::uint64_t bytes, std::uint32_t user) {
    contents_.push_back({lba, user, bytes});
}

void BlockMap::check_tree(Mismatches& faults) {
    std::ranges::sort(tree_, {}, &Span::first);
    for (std::size_t i = 1; i < tree_.size(); ++i) {
        const Span& before = tree_[i - 1];
        const Span& next = tree_[i];
        if (next.first < before.end)
            faults.add(blocks_text(next.first, std::min(next.end, before.end)) + " are used by " +
                       before.what + " and by " + next.what);
    }
}

void BlockMap::find_clashes(std::vector<Clash>& clashes) {
    std::ranges::sort(all_, {}, &Span::first);
    std::ranges::sort(contents_, {}, [](const Content& c) { return std::tuple(c.lba, c.bytes); });
    std::uint64_t tree_end = 0;  // of what begins before the content at hand
    const char* tree_user = "";
    auto next = all_.begin();
    const Content* before = nullptr;
    for (const Content& content : contents_) {
        if (clashes.size() >= kMostClashes) return;
        for (; next != all_.end() && next->first < content.end(); ++next) {
            if (next->end <= tree_end) continue;
            tree_end = next->end;
            tree_user = next->what;
        }
        if (tree_end > content.lba)
            clashes.push_back({content.user, "its content (" + blocks_text(content.lba, content.end()) +
                                                 ") lies over " + tree_user});
        const bool same = before != nullptr && before->lba == content.lba && before->bytes == content.bytes;
        if (before != nullptr && !same && before->end() > content.lba)
            clashes.push_back({content.user, "its content (" + blocks_text(content.lba, content.end()) +
                                                 ") lies over that of another file"});
        if (before == nullptr || content.end() > before->end()) before = &content;
    }
}

}  // namespace burnbox
