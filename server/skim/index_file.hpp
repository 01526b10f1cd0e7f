// What a skimmer has taken, as a file: one record for every path, in the order of a walk (walks_before), so
// that a million of them are compared with a tree in one pass. Binary, because an idle run has to read it in
// a fraction of the walk's time:
//     "burnbox skim 1\n"
//     a record: bytes shared with the path before (varint), bytes that follow (varint), those bytes,
//               kind (1), then unless it is `gone`:
//               size, mtime, ctime, inode (8 each, little-endian), SHA-256 (32)
//     kind 0 ends the records; then their number (8) and the SHA-256 of everything before it (32)
// Threads: one. Blocks.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "common/base/digest.hpp"
#include "common/storage/file_system.hpp"

namespace burnbox::skim {

struct IndexEntry {
    enum class Kind : std::uint8_t { file = 1, symlink = 2, gone = 3 };  // gone: the path is to be forgotten
    std::string path;                                                    // relative to the skimmed folder
    Kind kind = Kind::file;
    std::uint64_t size_bytes = 0;
    Timestamp mtime{};
    Timestamp ctime{};  // zero when the file may have been written to again in the same moment
    std::uint64_t inode = 0;
    Sha256 sha256{};  // of the content, or of a link's target
    bool operator==(const IndexEntry&) const = default;
};

class IndexWriter {
  public:
    explicit IndexWriter(File& file);
    // In the order of a walk.
    [[nodiscard]] Status add(const IndexEntry& entry);
    [[nodiscard]] Status finish();

  private:
    [[nodiscard]] Status flush();

    File& file_;
    std::string buffer_;
    std::string last_path_;
    std::uint64_t offset_ = 0;
    std::uint64_t count_ = 0;
    Sha256Hasher hasher_;
};

class IndexReader {
  public:
    [[nodiscard]] static Result<std::unique_ptr<IndexReader>> open(FileSystem& fs, const std::string& path);
    // An index that has no records.
    [[nodiscard]] static std::unique_ptr<IndexReader> empty();

    // The next record; nullptr at the end. Errors: Errc::corrupt, at the latest at the end: whatever was read
    // before counts for nothing then.
    [[nodiscard]] Result<const IndexEntry*> next();

  private:
    IndexReader() = default;
    [[nodiscard]] Status need(std::size_t bytes);
    [[nodiscard]] Result<std::uint64_t> varint();
    [[nodiscard]] std::uint64_t fixed();
    [[nodiscard]] Status read_end();
    [[nodiscard]] std::unexpected<Error> corrupt(std::string_view why) const;

    std::unique_ptr<File> file_;  // none: the empty one
    std::string shown_;
    std::string buffer_;
    std::size_t at_ = 0;        // in buffer_
    std::size_t hashed_ = 0;    // of buffer_
    std::uint64_t offset_ = 0;  // in the file, of the buffer's end
    std::uint64_t count_ = 0;
    Sha256Hasher hasher_;
    IndexEntry entry_;
    bool ended_ = false;
};

}  // namespace burnbox::skim
