#include "server/sftp/gather.hpp"

#include <cstring>

namespace burnbox::sftp {

void WriteGather::acquire(User& user, std::uint64_t file_offset) {
    if (user_ == &user) return;
    if (user_ != nullptr) user_->flush_writes();
    user_ = &user;
    used_ = 0;
    start_ = file_offset % PageMemory::kPageBytes;
    if (memory_.empty()) memory_ = PageMemory(kCapacity);
}

void WriteGather::add(std::span<const std::byte> data) {
    if (data.empty()) return;
    std::memcpy(memory_.bytes().data() + start_ + used_, data.data(), data.size());
    used_ += data.size();
}

}  // namespace burnbox::sftp
