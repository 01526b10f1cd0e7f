// A queue of bytes in one piece of memory: appended at the end, taken from the front. Unlike std::string it
// does not zero what a read is about to fill, and taking from the front moves nothing. One thread.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <memory>
#include <span>
#include <string_view>

namespace burnbox {

class ByteBuffer {
  public:
    [[nodiscard]] std::size_t size() const { return end_ - begin_; }
    [[nodiscard]] bool empty() const { return begin_ == end_; }
    [[nodiscard]] std::span<const std::byte> bytes() const { return {data_.get() + begin_, size()}; }
    [[nodiscard]] std::span<std::byte> bytes_from(std::size_t offset) {
        return {data_.get() + begin_ + offset, size() - offset};
    }

    // Makes room for `count` more bytes at the end and returns them, uninitialised. Invalidates spans.
    [[nodiscard]] std::span<std::byte> extend(std::size_t count) {
        if (capacity_ - end_ < count) make_room(count);
        const std::span<std::byte> room(data_.get() + end_, count);
        end_ += count;
        return room;
    }
    void append(std::span<const std::byte> more) {
        if (more.empty()) return;
        std::memcpy(extend(more.size()).data(), more.data(), more.size());
    }
    void append(std::string_view more) { append(std::as_bytes(std::span(more))); }
    void shrink_by(std::size_t count) { end_ -= std::min(count, size()); }  // forgets the last bytes
    void consume(std::size_t count) {                                       // forgets the first bytes
        begin_ += std::min(count, size());
        if (begin_ != end_) return;
        begin_ = end_ = 0;
        if (capacity_ > kKeep) {
            data_.reset();
            capacity_ = 0;
        }
    }
    void clear() { consume(size()); }

  private:
    static constexpr std::size_t kKeep = std::size_t{64}
                                         << 10U;  // an idle connection keeps no more than this

    void make_room(std::size_t count) {
        const std::size_t used = size();
        if (capacity_ - used >= count && begin_ >= used) {
            std::memmove(data_.get(), data_.get() + begin_, used);
        } else {
            const std::size_t larger = std::max({used + count, capacity_ * 2, std::size_t{4096}});
            auto fresh = std::make_unique_for_overwrite<std::byte[]>(larger);
            if (used > 0) std::memcpy(fresh.get(), data_.get() + begin_, used);
            data_ = std::move(fresh);
            capacity_ = larger;
        }
        begin_ = 0;
        end_ = used;
    }

    std::unique_ptr<std::byte[]> data_;
    std::size_t begin_ = 0, end_ = 0, capacity_ = 0;
};

}  // namespace burnbox
