// The tree that a disc holds before the next disc session, as our own reader sees it. That of an image is
// read by a thread of its own, while libisofs reads it too; that of a drive at once, because libburn takes
// one call at a time. Thread: the operation's.
#pragma once

#include <pthread.h>

#include <optional>

#include "burner/media/opened_disc.hpp"
#include "burner/read/read_tree.hpp"

namespace burnbox {

class OlderTree {
  public:
    // The disc must stay open until get() or the destructor has returned.
    OlderTree(OpenedDisc& disc, const Medium& medium);
    ~OlderTree();
    OlderTree(const OlderTree&) = delete;
    OlderTree& operator=(const OlderTree&) = delete;

    // Nothing on a blank disc. Waits. Once. Errors: disproved when it can't be read; those of a drive or disc
    // that is gone.
    [[nodiscard]] Result<std::optional<ReadTree>> get();

  private:
    static void* read_image(void* self);
    void join();

    // No std::thread: it gives memory back that another thread took, whenever it ends. libisofs numbers some
    // nodes in the order of their addresses, and the same sessions would not give the same image.
    pthread_t thread_{};
    bool runs_ = false;
    int image_fd_ = -1;
    std::uint32_t start_lba_ = 0;
    Result<std::optional<ReadTree>> tree_;
};

}  // namespace burnbox
