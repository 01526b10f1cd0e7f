#include "server/sftp/gather.hpp"

#include <cstring>

namespace burnbox::sftp {

void WriteGather::add(std::span<const std::byte> data) {
    if (data.empty()) return;
    std::memcpy(memory_.get() + used_, data.data(), data.size());
    used_ += data.size();
}

}  // namespace burnbox::sftp
