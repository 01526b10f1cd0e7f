// Whether what is damaged on a disc can be mended with the recovery data that lies there too: block by block,
// as par2 would find it. Thread: the operation's.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "burner/media/content_reader.hpp"
#include "burner/media/job_sessions.hpp"
#include "burner/parity/par2_reader.hpp"
#include "burner/read/compare.hpp"

namespace burnbox {

class RepairCheck {
  public:
    using ReadBlocks = ContentReader::ReadBlocks;
    // `files`: what of the disc session can be read at all. They must outlive the check.
    RepairCheck(const std::vector<FileOnDisc>& files, std::uint32_t alignment_blocks, ReadBlocks read)
        : files_(files), alignment_blocks_(alignment_blocks), read_(std::move(read)) {}

    // Sentences, one for each set with damage in it and for each damaged file that none protects.
    // `damaged`: paths on the disc. Empty when the session has no recovery data or no damage.
    [[nodiscard]] std::vector<std::string> judge(const JobSession& session, Layout layout,
                                                 std::set<std::string> damaged);

  private:
    [[nodiscard]] const FileOnDisc* find(const std::string& path) const;
    template <typename Use, typename Lost>
    void read_extents(const std::vector<Extent>& extents, const Use& use, const Lost& lost);
    [[nodiscard]] std::uint64_t count_bad_blocks(const std::string& path, const std::vector<Md5>& digests,
                                                 std::uint64_t block_bytes);

    const std::vector<FileOnDisc>& files_;
    const std::uint32_t alignment_blocks_;
    ReadBlocks read_;
};

}  // namespace burnbox
