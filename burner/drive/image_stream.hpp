// The image on its way from libisofs to libburn, hashed up to the first file's content. Files need no hash
// here, their streams have one (burner/image/hash_stream.h).
//
// libisoburn makes the stream and hands it to libburn itself; no call of it gives the stream away. So the one
// function of libisofs that makes it is defined here as well: the dynamic linker takes the program's
// definition first, and that one calls the library's and remembers what it made. An image whose stream did
// not come by is not burned. Threads: made and asked by the operation's; read by libburn's until the write
// has ended.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <span>

#include "burner/drive/libburnia.hpp"
#include "common/session/tree_area.hpp"

namespace burnbox {

class ImageStream {
  public:
    // Until it is destroyed, what libisofs makes is this one's. One at a time in a process.
    ImageStream();
    ~ImageStream();
    ImageStream(const ImageStream&) = delete;
    ImageStream& operator=(const ImageStream&) = delete;

    // Once the image is prepared and before it is written: where its blocks go, and where content begins.
    // Errors: unsupported when the stream did not come by.
    [[nodiscard]] Status begin(std::uint32_t start_lba, std::uint32_t content_lba);
    // What lies before the first file's content; null until it was read. Any thread.
    [[nodiscard]] const TreeArea* tree() const {
        return tree_is_read_.load(std::memory_order_acquire) ? &tree_ : nullptr;
    }

    // For the definition that takes the place of the library's.
    void take(burn::burn_source* source) { source_ = source; }

  private:
    static int read_through(burn::burn_source* source, unsigned char* buffer, int size);
    void hash_tree(std::span<const std::byte> bytes);

    burn::burn_source* source_ = nullptr;                                     // borrowed of libisoburn
    int (*read_library_)(burn::burn_source*, unsigned char*, int) = nullptr;  // what read_through() replaces
    std::uint64_t unhashed_bytes_ = 0;                                        // of the tree
    TreeArea tree_;
    Sha256Hasher hasher_;
    std::atomic<bool> tree_is_read_ = false;  // set after tree_
};

}  // namespace burnbox
