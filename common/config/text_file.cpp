#include "common/config/text_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>

#include <cerrno>

#include "common/base/text.hpp"
#include "common/base/unique_fd.hpp"

namespace burnbox {

Result<std::string> read_text_file(const std::string& path) {
    constexpr std::size_t kMostBytes = 1U << 20U;
    const UniqueFd fd(::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
    struct stat info{};
    if (!fd || fstat(fd.get(), &info) != 0) return fail_errno("read", escape(path));
    if (!S_ISREG(info.st_mode)) return fail(Errc::invalid, "read " + escape(path) + ": it is no plain file");
    std::string text(kMostBytes + 1, '\0');
    std::size_t size = 0;
    while (size < text.size()) {
        const ssize_t got = ::read(fd.get(), text.data() + size, text.size() - size);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return fail_errno("read", escape(path));
        if (got == 0) break;
        size += static_cast<std::size_t>(got);
    }
    if (size > kMostBytes) return fail(Errc::invalid, "read " + escape(path) + ": it is larger than 1 MiB");
    text.resize(size);
    return text;
}

}  // namespace burnbox
