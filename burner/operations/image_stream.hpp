// The image on its way from libisofs to libburn. What lies before the first file's content, its tree, is kept
// back until it is proven; libburn gets it from here, and the rest as libisofs makes it. Files need no proof
// here, their streams have one (burner/streams/hash_stream.h).
//
// libisoburn makes the stream and hands it to libburn itself; no call of it gives the stream away. So the one
// function of libisofs that makes it is defined here as well: the dynamic linker takes the program's
// definition first, and that one calls the library's and remembers what it made. An image whose stream did
// not come by is not burned. Threads: made, and its tree kept, by the operation's; then read by libburn's
// until the write has ended.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <span>

#include "burner/image/libburnia.hpp"
#include "burner/operations/kept_blocks.hpp"

namespace burnbox {

class ImageStream {
  public:
    // Until it is destroyed, what libisofs makes is this one's. One at a time in a process.
    ImageStream();
    ~ImageStream();
    ImageStream(const ImageStream&) = delete;
    ImageStream& operator=(const ImageStream&) = delete;

    // Once the image is prepared and before it is written: reads the first blocks, up to where content
    // begins, and keeps them. `spool_folder` as KeptBlocks::make. Blocks while libisofs makes them. Errors:
    // unsupported when the stream did not come by; io when it ends too early.
    [[nodiscard]] Status keep_tree(std::uint32_t blocks, const std::string& spool_folder);
    // After keep_tree(); libburn gets them as they are then.
    [[nodiscard]] std::span<std::byte> tree_bytes() { return kept_.bytes(); }
    [[nodiscard]] std::span<const std::byte> tree_bytes() const { return kept_.bytes(); }

    // How much libburn got. Any thread.
    [[nodiscard]] std::uint64_t given_bytes() const { return given_bytes_.load(std::memory_order_acquire); }

    // For the definition that takes the place of the library's.
    void take(burn::burn_source* source) { source_ = source; }

  private:
    static int read_through(burn::burn_source* source, unsigned char* buffer, int size);
    int give(std::span<std::byte> buffer);
    void wait_for(std::size_t bytes) const;
    int read_library(std::span<std::byte> buffer);

    burn::burn_source* source_ = nullptr;                                     // borrowed of libisoburn
    int (*read_library_)(burn::burn_source*, unsigned char*, int) = nullptr;  // what read_through() replaces
    KeptBlocks kept_;
    std::atomic<std::uint64_t> given_bytes_ = 0;
};

}  // namespace burnbox
