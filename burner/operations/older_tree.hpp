// The tree that a disc holds before the next disc session, as our own reader sees it, compared with what was
// burned. That of an image is read by a thread of its own, while libisofs reads it too; that of a drive at
// once, because libburn takes one call at a time. Thread: the operation's.
#pragma once

#include <pthread.h>

#include <optional>
#include <string>

#include "burner/media/opened_disc.hpp"
#include "burner/read/read_tree.hpp"
#include "common/session/tree_area.hpp"

namespace burnbox {

class OlderTree {
  public:
    // `burned`: of the newest disc session, if known; `spool_folder` as KeptBlocks::make. Both and the disc
    // must stay until get() or the destructor has returned.
    OlderTree(OpenedDisc& disc, const Medium& medium, const std::optional<TreeArea>& burned,
              const std::string& spool_folder);
    ~OlderTree();
    OlderTree(const OlderTree&) = delete;
    OlderTree& operator=(const OlderTree&) = delete;

    // Nothing on a blank disc. Waits. Once. Errors: wrong_medium when it is not what was burned, has faults
    // where that is not known, or can't be read; disproved when it is more than is read; those of a drive or
    // disc that is gone.
    [[nodiscard]] Result<std::optional<ReadTree>> get();

  private:
    static void* read_image(void* self);
    void join();

    const std::optional<TreeArea>& burned_;
    // No std::thread: it gives memory back that another thread took, whenever it ends. libisofs numbers some
    // nodes in the order of their addresses, and the same sessions would not give the same image.
    pthread_t thread_{};
    bool runs_ = false;
    int image_fd_ = -1;
    std::uint32_t start_lba_ = 0;
    Result<std::optional<ReadTree>> tree_;
};

}  // namespace burnbox
