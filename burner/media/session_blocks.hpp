// The blocks of one disc session of an opened disc, for the reader of trees. Thread: the operation's.
#pragma once

#include "burner/media/opened_disc.hpp"
#include "burner/read/iso/block_source.hpp"
#include "common/base/page_memory.hpp"

namespace burnbox {

class SessionBlocks : public BlockSource {
  public:
    // As the table of contents of the disc has it. Errors: wrong_medium when there is no such disc session.
    [[nodiscard]] static Result<SessionBlocks> of(OpenedDisc& disc, unsigned disc_session);

    [[nodiscard]] std::uint32_t start_lba() const { return start_lba_; }
    // Whole blocks, past the page cache of an image; what a drive can't read is no failure of the operation.
    [[nodiscard]] Status read(std::uint32_t lba, std::span<std::byte> buffer) override;
    [[nodiscard]] std::uint32_t end_lba() const override { return end_lba_; }

  private:
    explicit SessionBlocks(OpenedDisc& disc) : disc_(&disc) {}

    OpenedDisc* disc_;
    std::uint32_t start_lba_ = 0;
    std::uint32_t end_lba_ = 0;
    PageMemory memory_;  // for what does not begin and end where the disc can be read
};

}  // namespace burnbox
