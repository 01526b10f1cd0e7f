// The disc sessions of an emulated disc as its image shows them, whatever any record says: what was written
// whole is found by its own descriptors, and nothing of it may be cut off or written over. Thread: one at a
// time. Blocks on the disk.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "burner/drive/drive.hpp"
#include "burner/media/image_file.hpp"

namespace burnbox {

struct ImageSession {
    std::uint32_t start_lba = 0;
    std::uint32_t end_lba = 0;
    std::string head;                              // its first 64 KiB
    [[nodiscard]] std::uint32_t next_lba() const;  // where one after it begins
};

struct ImageSessions {
    // The whole disc sessions of the disc with this label and serial, each at the place that follows from the
    // one before it. Of the last one the tree was read too.
    std::vector<ImageSession> whole;
    // Something else of this disc is there than one begun behind the last of them: nothing may be cut.
    bool unclear = false;
    // Behind them lies a whole one of another disc.
    bool followed_by_another_disc = false;

    [[nodiscard]] std::uint32_t next_lba() const;
};

[[nodiscard]] Result<ImageSessions> sessions_on(const ImageFile& image, const DiscIdentity& disc);

}  // namespace burnbox
