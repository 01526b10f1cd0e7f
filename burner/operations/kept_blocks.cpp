#include "burner/operations/kept_blocks.hpp"

#include <fcntl.h>
#include <sys/mman.h>

#include <cerrno>
#include <cstdlib>
#include <utility>

#include "common/base/unique_fd.hpp"

namespace burnbox {
namespace {

std::string folder_for_spooling(const std::string& wanted) {
    if (!wanted.empty()) return wanted;
    const char* const temporary = std::getenv("TMPDIR");
    return temporary != nullptr && *temporary != '\0' ? temporary : "/tmp";
}

// A file that is gone with its descriptor, also after a crash.
Result<UniqueFd> open_unnamed(const std::string& folder) {
    UniqueFd file(::open(folder.c_str(), O_TMPFILE | O_RDWR | O_EXCL | O_CLOEXEC, 0600));
    if (file) return file;
    if (errno != EOPNOTSUPP && errno != EISDIR) return fail_errno("make a file for the tree in", folder);
    std::string name = folder + "/tree.XXXXXX";
    file = UniqueFd(::mkostemp(name.data(), O_CLOEXEC));
    if (!file) return fail_errno("make a file for the tree in", folder);
    if (::unlink(name.c_str()) != 0) return fail_errno("remove the name of", name);
    return file;
}

}  // namespace

Result<KeptBlocks> KeptBlocks::make(std::size_t size_bytes, const std::string& spool_folder,
                                    std::size_t most_in_memory) {
    if (size_bytes == 0) return KeptBlocks();
    UniqueFd file;
    int flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE;
    if (size_bytes > most_in_memory) {
        const std::string folder = folder_for_spooling(spool_folder);
        BB_TRY(file, open_unnamed(folder));
        // A hole that can't be filled later would end the process.
        if (const int error = ::posix_fallocate(file.get(), 0, static_cast<off_t>(size_bytes)); error != 0)
            return fail_errno("keep the tree back in", folder, error);
        flags = MAP_SHARED;
    }
    void* const data = ::mmap(nullptr, size_bytes, PROT_READ | PROT_WRITE, flags, file ? file.get() : -1, 0);
    if (data == MAP_FAILED) return fail_errno("keep back", "the tree");
    return KeptBlocks(static_cast<std::byte*>(data), size_bytes);
}

KeptBlocks::~KeptBlocks() {
    if (data_ != nullptr) ::munmap(data_, size_bytes_);
}

KeptBlocks::KeptBlocks(KeptBlocks&& other) noexcept
    : data_(std::exchange(other.data_, nullptr)), size_bytes_(std::exchange(other.size_bytes_, 0)) {}

KeptBlocks& KeptBlocks::operator=(KeptBlocks&& other) noexcept {
    std::swap(data_, other.data_);
    std::swap(size_bytes_, other.size_bytes_);
    return *this;
}

}  // namespace burnbox
