#include "server/sftp/gather.hpp"

#include <cstring>
#include <new>

namespace burnbox::sftp {
namespace {

constexpr std::size_t kPage = 4096;

}  // namespace

void WriteGather::acquire(User& user, std::uint64_t file_offset) {
    if (user_ == &user) return;
    if (user_ != nullptr) user_->flush_writes();
    user_ = &user;
    used_ = 0;
    start_ = file_offset % kPage;
    if (memory_) return;
    memory_.reset(static_cast<std::byte*>(std::aligned_alloc(kPage, kCapacity)));
    if (!memory_) throw std::bad_alloc();
}

void WriteGather::add(std::span<const std::byte> data) {
    if (data.empty()) return;
    std::memcpy(memory_.get() + start_ + used_, data.data(), data.size());
    used_ += data.size();
}

}  // namespace burnbox::sftp
