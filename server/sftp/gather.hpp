// Gathers WRITE data that follows on in the file, so that a batch of input becomes one large write instead of
// one per SSH packet (measured: a write of 1 MiB costs half the CPU of the same bytes in pieces of 32 KiB).
// The bytes lie in their memory pages as they will lie in the file's: a kernel that copies a page to a place
// a few bytes further takes 20 times as long on some processors (common/process/fast_copies.hpp). One per
// network thread, lent to one SFTP session at a time; nothing stays in it when the batch is over.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "common/base/page_memory.hpp"

namespace burnbox::sftp {

class WriteGather {
  public:
    class User {
      public:
        virtual ~User() = default;
        virtual void flush_writes() = 0;  // write what is gathered, answer for it, release()
    };

    static constexpr std::size_t kCapacity = std::size_t{1} << 20U;

    // Lends the memory to `user` for data from `file_offset` on, after making another one write its own.
    void acquire(User& user, std::uint64_t file_offset);
    [[nodiscard]] bool lent_to(const User& user) const { return user_ == &user; }
    void release() {
        user_ = nullptr;
        used_ = 0;
    }
    [[nodiscard]] std::size_t room() const { return kCapacity - start_ - used_; }
    [[nodiscard]] std::size_t size() const { return used_; }
    void add(std::span<const std::byte> data);  // at most room()
    [[nodiscard]] std::span<const std::byte> bytes() const { return memory_.bytes().subspan(start_, used_); }

  private:
    PageMemory memory_;  // once there was a user
    std::size_t start_ = 0, used_ = 0;
    User* user_ = nullptr;
};

}  // namespace burnbox::sftp
