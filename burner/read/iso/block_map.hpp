// Who uses which blocks of a disc session, and whether two do that do not belong together. Thread: one at a
// time.
#pragma once

#include <string>
#include <vector>

#include "burner/read/iso/folder_list.hpp"
#include "burner/read/iso/mismatches.hpp"

namespace burnbox {

class BlockMap {
  public:
    // What makes up the tree: no two of these share a block.
    void add_tree(std::uint32_t lba, std::uint64_t blocks, const char* what);
    void add_folders(const FolderList& folders, const char* what);
    void add_path_tables(const PathTableFacts& tables);
    // Continuations: many records' parts share blocks, and may share them with path tables or folders.
    void add_shared(std::uint32_t lba, std::uint64_t blocks);
    // A file's extent. `user`: a number for the fault. Files may share an extent, but as a whole.
    void add_content(std::uint32_t lba, std::uint64_t bytes, std::uint32_t user);

    // Calls `fault(user, what)` for contents and adds the rest to the faults.
    template <typename Fault>
    void check(Mismatches& faults, const Fault& fault) {
        check_tree(faults);
        std::vector<Clash> clashes;
        find_clashes(clashes);
        for (const Clash& clash : clashes) fault(clash.user, clash.what);
    }

  private:
    struct Span {
        std::uint64_t first, end;  // blocks
        const char* what;
    };
    struct Content {
        std::uint32_t lba;
        std::uint32_t user;
        std::uint64_t bytes;
        [[nodiscard]] std::uint64_t end() const { return lba + (bytes + kBlockBytes - 1) / kBlockBytes; }
    };
    struct Clash {
        std::uint32_t user;
        std::string what;
    };
    void check_tree(Mismatches& faults);
    void find_clashes(std::vector<Clash>& clashes);

    std::vector<Span> tree_;
    std::vector<Span> all_;  // with what is shared; joined
    std::vector<Content> contents_;
};

}  // namespace burnbox
