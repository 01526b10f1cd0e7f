// Reads PAR2 files, whole ones and damaged ones: what they protect and how many of their recovery blocks are
// whole. Format: the Parity Volume Set Specification 2.0; each packet has an MD5 digest of its own, so what a
// scratch left of a file counts. Pure; one thread at a time.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <set>
#include <span>
#include <string>
#include <vector>

namespace burnbox {

using Md5 = std::array<std::uint8_t, 16>;
[[nodiscard]] Md5 md5_of(std::span<const std::byte> data);

class Par2Reader {
  public:
    struct ProtectedFile {
        std::string name;  // "data/photos/a.jpg"
        std::uint64_t size_bytes = 0;
        std::vector<Md5> blocks;  // the last one is filled up with zeros
    };

    // The next bytes of a PAR2 file; of the files of one set in any order.
    void add(std::span<const std::byte> bytes);
    // Between two files, and where bytes are missing.
    void gap();

    [[nodiscard]] std::uint64_t block_bytes() const { return block_bytes_; }
    [[nodiscard]] std::size_t parity_blocks() const { return parity_blocks_.size(); }
    // How many files the set should have: whatever is less in files() was lost.
    [[nodiscard]] std::size_t files_count() const { return files_count_; }
    [[nodiscard]] std::vector<ProtectedFile> files() const;

  private:
    [[nodiscard]] std::size_t take_packet(std::span<const std::byte> bytes, bool more_may_come);
    void read_packet(std::span<const std::byte> packet);

    std::vector<std::byte> buffer_;
    std::uint64_t block_bytes_ = 0;
    std::size_t files_count_ = 0;
    std::map<std::string, ProtectedFile> files_;  // by id
    std::set<std::uint32_t> parity_blocks_;       // by exponent
};

}  // namespace burnbox
