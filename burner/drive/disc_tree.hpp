// A disc session's tree as it was read back from the disc, and its comparison with what should be there.
// Thread: the operation's.
#pragma once

#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "burner/drive/content_reader.hpp"
#include "burner/drive/job_sessions.hpp"
#include "burner/drive/opened_disc.hpp"
#include "burner/read/mismatches.hpp"

namespace burnbox {

struct FileToRead {
    const DiscEntry* entry;
    std::vector<Extent> extents;  // `file` is filled in later
};

class DiscTree {
  public:
    // Loads exactly this disc session. Errors: wrong_medium when the disc has no such session, or another
    // label or serial.
    [[nodiscard]] static Result<std::unique_ptr<DiscTree>> load(OpenedDisc& disc,
                                                                const DiscIdentity& identity,
                                                                unsigned disc_session);
    ~DiscTree();
    DiscTree(const DiscTree&) = delete;
    DiscTree& operator=(const DiscTree&) = delete;

    // Compares everything but contents, and reports what lies below the session's folder and is not among its
    // entries. Files whose content is to be read are appended.
    void compare(const std::vector<DiscEntry>& entries, const std::string& top, Mismatches& mismatches,
                 std::vector<FileToRead>& files);
    // One entry that lies elsewhere.
    void compare_one(const DiscEntry& entry, Mismatches& mismatches, std::vector<FileToRead>& files);

    // Nothing when the disc session has no such entry.
    [[nodiscard]] std::optional<std::uint32_t> mode_of(const std::string& path);
    // Of a file of at most `most_bytes`; nothing when it is another entry or none.
    [[nodiscard]] std::optional<std::vector<Extent>> extents_of(const std::string& path,
                                                                std::uint64_t most_bytes);

  private:
    explicit DiscTree(burn::IsoImage* image) : image_(image) {}
    void collect(burn::IsoDir* folder, const std::string& path);
    [[nodiscard]] burn::IsoNode* find(const std::string& path);
    void compare_node(const DiscEntry& entry, burn::IsoNode* node, Mismatches& mismatches,
                      std::vector<FileToRead>& files);
    void compare_file(const DiscEntry& entry, burn::IsoFile* file, Mismatches& mismatches,
                      std::vector<FileToRead>& files);

    burn::IsoImage* image_;
    std::unordered_map<std::string, burn::IsoNode*> nodes_;  // below the folder that is compared
};

}  // namespace burnbox
