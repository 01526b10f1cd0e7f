// A plain struct that lies in a file and is shared by processes: the test's, the burn worker's, the next
// one's. Two copies and an index: kill -9 at any moment leaves the old one or the new one. A lock in the file
// keeps changes apart; it is taken over from a holder that died. Aborts when the file is none of ours.
#pragma once

#include <sys/mman.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <type_traits>

namespace burnbox::mmc {

inline constexpr std::size_t kMagicBytes = 32;

[[nodiscard]] inline bool has_magic(int fd, const char* magic) {
    char found[kMagicBytes] = {};
    return ::pread(fd, found, sizeof found, 0) == static_cast<ssize_t>(sizeof found) &&
           std::strncmp(found, magic, sizeof found) == 0;
}

template <typename T>
class MappedRecord {
    static_assert(std::is_trivially_copyable_v<T>);
    struct Layout {
        char magic[kMagicBytes];
        std::atomic<std::uint32_t> current;
        std::atomic<std::int32_t> holder;  // process id; 0 = free
        T copies[2];
    };

  public:
    static constexpr std::size_t kBytes = sizeof(Layout);

    // Makes `fd` a file with this record.
    static void create(int fd, const char* magic, const T& value) {
        if (::ftruncate(fd, kBytes) != 0) die("ftruncate");
        MappedRecord record(fd);
        record.layout_->copies[0] = value;
        std::strncpy(record.layout_->magic, magic, kMagicBytes - 1);
    }
    explicit MappedRecord(int fd) {
        void* mapped = ::mmap(nullptr, kBytes, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
        if (mapped == MAP_FAILED) die("mmap");
        layout_ = static_cast<Layout*>(mapped);
    }
    ~MappedRecord() {
        if (layout_ != nullptr) ::munmap(layout_, kBytes);
    }
    MappedRecord(MappedRecord&& other) noexcept : layout_(other.layout_) { other.layout_ = nullptr; }
    MappedRecord& operator=(MappedRecord&&) = delete;

    [[nodiscard]] T load() const { return layout_->copies[layout_->current & 1U]; }
    void store(const T& value) {
        const std::uint32_t next = (layout_->current + 1) & 1U;
        layout_->copies[next] = value;
        layout_->current.store(next, std::memory_order_release);
    }
    void lock() {
        for (unsigned tries = 0;; ++tries) {
            std::int32_t holder = 0;
            if (layout_->holder.compare_exchange_strong(holder, ::getpid())) return;
            const bool dead = tries % 64 == 63 && ::kill(holder, 0) != 0 && errno == ESRCH;
            if (dead && layout_->holder.compare_exchange_strong(holder, ::getpid())) return;
            ::sched_yield();
        }
    }
    void unlock() { layout_->holder = 0; }

  private:
    [[noreturn]] static void die(const char* call) {
        std::perror(call);
        std::abort();
    }
    Layout* layout_ = nullptr;
};

}  // namespace burnbox::mmc
