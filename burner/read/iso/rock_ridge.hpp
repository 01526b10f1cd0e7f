// What a record's system use area says: SUSP (IEEE P1281) and Rock Ridge (IEEE P1282). Thread: one at a time.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "burner/read/iso/block_cache.hpp"

namespace burnbox {

struct RockRidge {
    bool susp = false;        // SP: only the root has it
    std::uint8_t skip = 0;    // of SP: bytes before the entries of every other record
    bool extension = false;   // ER names Rock Ridge
    bool attributes = false;  // PX was there
    std::uint32_t mode = 0;   // with the type's bits
    std::uint32_t links = 0;
    std::uint32_t uid = 0;
    std::uint32_t gid = 0;
    std::optional<std::int64_t> mtime;  // TF
    bool named = false;                 // NM was there
    std::string name;
    bool linked = false;  // SL was there
    std::string target;
    std::optional<std::uint32_t> child_lba;   // CL: the folder lies elsewhere
    std::optional<std::uint32_t> parent_lba;  // PL: and this is where it belongs
    bool relocated = false;                   // RE
};

class RockRidgeReader {
  public:
    RockRidgeReader(BlockCache& cache, std::uint64_t most_bytes) : cache_(cache), bytes_left_(most_bytes) {}

    // Of a whole area with its continuations. `skip`: bytes before its first entry. Errors: corrupt, with the
    // block when it is a continuation's; limit, when all continuations together are longer than a disc's tree
    // can be; those of the source.
    [[nodiscard]] Status read(IsoBytes area, std::uint8_t skip, RockRidge& found);

    // Blocks of continuations so far, adjacent ones joined.
    struct Blocks {
        std::uint32_t first = 0;
        std::uint32_t end = 0;
    };
    [[nodiscard]] const std::vector<Blocks>& continuations() const { return continuations_; }

  private:
    struct Place {
        std::uint32_t block, offset, bytes;
    };
    [[nodiscard]] Status take_area(IsoBytes area, RockRidge& found);
    [[nodiscard]] Status take_entry(IsoBytes entry, RockRidge& found);
    [[nodiscard]] Status take_attributes(IsoBytes entry, RockRidge& found) const;
    [[nodiscard]] Status take_name(IsoBytes entry, RockRidge& found);
    [[nodiscard]] Status take_link(IsoBytes entry, RockRidge& found);
    [[nodiscard]] Status take_component(std::uint8_t flags, IsoBytes text, RockRidge& found);
    [[nodiscard]] Status take_times(IsoBytes entry, RockRidge& found) const;
    [[nodiscard]] Status take_continuation(IsoBytes entry);
    [[nodiscard]] Status fetch(const Place& place);

    BlockCache& cache_;
    std::uint64_t bytes_left_;
    std::vector<Blocks> continuations_;
    std::vector<std::uint8_t> buffer_;
    std::optional<Place> next_;
    bool name_goes_on_ = false;
    bool link_goes_on_ = false;
    bool separate_ = false;  // a '/' is due before the next component
};

}  // namespace burnbox
