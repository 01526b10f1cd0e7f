// Memory that begins with a page, for bytes of files. What new and std::vector give begins 16 bytes into a
// page when it is large, and a copy whose destination lies within a page a little behind its source makes
// each load wait for a store before it (they agree in the low 12 bits of their addresses): reading from the
// page cache is three times as slow then. Not initialised. Threads: one at a time.
#pragma once

#include <cstddef>
#include <cstdlib>
#include <memory>
#include <new>
#include <span>

namespace burnbox {

class PageMemory {
  public:
    static constexpr std::size_t kPageBytes = 4096;

    PageMemory() = default;
    // Throws std::bad_alloc.
    explicit PageMemory(std::size_t bytes)
        : memory_(static_cast<std::byte*>(
              std::aligned_alloc(kPageBytes, (bytes + kPageBytes - 1) / kPageBytes * kPageBytes))),
          bytes_(bytes) {
        if (!memory_) throw std::bad_alloc();
    }

    [[nodiscard]] bool empty() const { return bytes_ == 0; }
    [[nodiscard]] std::span<std::byte> bytes() { return {memory_.get(), bytes_}; }
    [[nodiscard]] std::span<const std::byte> bytes() const { return {memory_.get(), bytes_}; }

  private:
    struct Free {
        void operator()(std::byte* memory) const { std::free(memory); }
    };
    std::unique_ptr<std::byte[], Free> memory_;
    std::size_t bytes_ = 0;
};

}  // namespace burnbox
