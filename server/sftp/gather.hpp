// Gathers WRITE data that follows on in the file, so that a batch of input becomes one large write instead of
// one per SSH packet (measured: a write of 1 MiB costs half the CPU of the same bytes in pieces of 32 KiB).
// One per network thread, lent to one SFTP session at a time; nothing stays in it when the batch is over.
#pragma once

#include <cstddef>
#include <memory>
#include <span>

namespace burnbox::sftp {

class WriteGather {
  public:
    class User {
      public:
        virtual ~User() = default;
        virtual void flush_writes() = 0;  // write what is gathered, answer for it, release()
    };

    static constexpr std::size_t kCapacity = std::size_t{1} << 20U;

    // Lends the memory to `user`, after making another one write its own.
    void acquire(User& user) {
        if (user_ == &user) return;
        if (user_ != nullptr) user_->flush_writes();
        user_ = &user;
        used_ = 0;
        if (!memory_) memory_ = std::make_unique_for_overwrite<std::byte[]>(kCapacity);
    }
    [[nodiscard]] bool lent_to(const User& user) const { return user_ == &user; }
    void release() {
        user_ = nullptr;
        used_ = 0;
    }
    [[nodiscard]] std::size_t room() const { return kCapacity - used_; }
    [[nodiscard]] std::size_t size() const { return used_; }
    void add(std::span<const std::byte> data);  // at most room()
    [[nodiscard]] std::span<const std::byte> bytes() const { return {memory_.get(), used_}; }
    void restart() { used_ = 0; }

  private:
    std::unique_ptr<std::byte[]> memory_;
    std::size_t used_ = 0;
    User* user_ = nullptr;
};

}  // namespace burnbox::sftp
