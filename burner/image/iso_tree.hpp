// The tree of the next disc session: what older disc sessions left on the disc, plus the entries of the
// sessions to burn. The same entries, times and label give the same image: ids follow the entries' order, no
// clock and no account of this machine gets in. Thread: one at a time.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "burner/image/libburnia.hpp"
#include "burner/image/rock_ridge_patch.hpp"
#include "common/bag/bag.hpp"
#include "common/base/unique_fd.hpp"

struct bb_hash_reader;

namespace burnbox {

class IsoTree {
  public:
    // Whether staged files are read when the image is made. Unread ones are zeros: for a tree that is looked
    // at and never burned.
    enum class Contents : std::uint8_t { read, unread };
    // `image` as read from the disc (empty for a blank one) and owned by the caller; `time` for folders
    // burnbox adds itself.
    [[nodiscard]] static Result<std::unique_ptr<IsoTree>> make(burn::IsoImage* image, Timestamp time,
                                                               LibraryMessages& messages, Contents contents);
    ~IsoTree();  // after the image was written or cancelled
    IsoTree(const IsoTree&) = delete;
    IsoTree& operator=(const IsoTree&) = delete;

    // The volume's names and fixed times; the disc's identity.
    void set_volume(const std::string& label, const std::string& serial);
    // Adds entries, sorted by path; folders that entries lie in and nobody added are made. `folder` is where
    // `staged` paths start; none is needed when they are not read. Errors: exists (a file of the path is on
    // the disc already: nothing is burned twice), unsupported (a link target of 1024 bytes or more can't be
    // read back by libisofs).
    [[nodiscard]] Status add(const std::vector<DiscEntry>& entries, UniqueFd folder);
    // Reads every staged file added so far and compares it with its digest. Before a write-once disc is
    // touched.
    [[nodiscard]] Status check_staged();
    // After the last add(), before the image is made of the tree: what libisofs does wrong is worked around.
    // `shared_top`: sessions share the root folder and the folders in it.
    [[nodiscard]] Status finish(bool shared_top);
    // To be called with all that is written before the first file's content, before it is written to
    // `start_lba`: sets right what libisofs can't be made to write right.
    [[nodiscard]] Status patch(std::span<std::byte> blocks, std::uint32_t start_lba) const;
    // The failure of a staged file while the image was produced: corrupt when it differs from the manifest.
    // No failure: no error.
    [[nodiscard]] Status failure() const;

  private:
    struct StagedFile {
        int folder_fd;
        std::string path;
        std::uint64_t size_bytes;
        Sha256 sha256;
    };

    IsoTree(burn::IsoImage* image, Timestamp time, LibraryMessages& messages, Contents contents,
            bb_hash_reader* reader);
    [[nodiscard]] Result<burn::IsoDir*> folder_at(const std::string& path);
    [[nodiscard]] Status add_entry(const DiscEntry& entry, int folder_fd, std::uint64_t id);
    [[nodiscard]] Status added(int result, const std::string& what);
    [[nodiscard]] Result<burn::IsoNode*> make_node(burn::IsoDir* parent, const std::string& name,
                                                   const DiscEntry& entry, int folder_fd, std::uint64_t id);
    [[nodiscard]] Result<burn::IsoStream*> make_stream(const DiscEntry& entry, int folder_fd,
                                                       std::uint64_t id);
    [[nodiscard]] Result<burn::IsoStream*> make_staged_stream(const DiscEntry& entry, int folder_fd,
                                                              std::uint64_t id);

    burn::IsoImage* image_;
    const Timestamp time_;
    LibraryMessages& messages_;
    const Contents contents_;
    bb_hash_reader* reader_;
    std::uint64_t next_id_ = 1;
    std::unordered_map<std::string, burn::IsoDir*> folders_;
    std::vector<UniqueFd> roots_;
    std::vector<StagedFile> staged_;
    RockRidgePatch patch_;  // of the tree's blocks
};

}  // namespace burnbox
