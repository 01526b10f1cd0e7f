#include "burner/shelf/shelf_list.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <set>
#include <system_error>

#include "burner/media/image_file.hpp"
#include "burner/media/iso_head.hpp"
#include "common/base/digest.hpp"
#include "common/base/unique_fd.hpp"

namespace burnbox {
namespace {

bool is_same(const struct ::stat& a, const struct ::stat& b) {
    return a.st_dev == b.st_dev && a.st_ino == b.st_ino && a.st_size == b.st_size &&
           a.st_mtim.tv_sec == b.st_mtim.tv_sec && a.st_mtim.tv_nsec == b.st_mtim.tv_nsec &&
           a.st_ctim.tv_sec == b.st_ctim.tv_sec && a.st_ctim.tv_nsec == b.st_ctim.tv_nsec;
}

// Without the lock of those who use the image: a burn is not to wait for a list.
std::string read_head(const std::string& path) {
    const UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
    std::string head(kHeadBytes, '\0');
    std::size_t done = 0;
    while (fd && done < head.size()) {
        const ssize_t got =
            ::pread(fd.get(), head.data() + done, head.size() - done, static_cast<off_t>(done));
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0) break;
        done += static_cast<std::size_t>(got);
    }
    head.resize(done);
    return head;
}

ShelfDisc disc_in(const std::string& path, const struct ::stat& info) {
    const auto bytes = static_cast<std::uint64_t>(info.st_size);
    ShelfDisc disc{.label = std::filesystem::path(path).stem().string(),
                   .serial = {},
                   .location = path,
                   .head_digest = {},
                   .blank = bytes == 0,
                   .closed = is_closed(info)};
    const std::string head = read_head(path);
    if (head.size() < kHeadBytes) return disc;
    disc.head_digest = Sha256::of(head).hex();
    if (const auto parsed = parse_iso_head(head); parsed && !parsed->label.empty()) {
        disc.label = parsed->label;
        disc.serial = parsed->volume_set;
        disc.cut_off = bytes < parsed->size_blocks * kSectorBytes;
    }
    return disc;
}

}  // namespace

const ShelfDisc* ShelfList::look_at(const std::string& path) {
    struct ::stat info{};
    if (::lstat(path.c_str(), &info) != 0 || !S_ISREG(info.st_mode)) return nullptr;
    Known& known = known_[path];
    if (known.disc.location.empty() || !is_same(known.info, info)) known = {info, disc_in(path, info)};
    return &known.disc;
}

Result<std::vector<ShelfDisc>> ShelfList::read() {
    const std::lock_guard lock(mutex_);
    std::set<std::string> paths;
    std::error_code error;
    std::filesystem::directory_iterator next(folder_, error);
    for (; !error && next != std::filesystem::directory_iterator(); next.increment(error))
        if (!next->path().filename().string().starts_with('.')) paths.insert(next->path().string());
    if (error)
        return fail(Errc::io, "list the discs in " + folder_ + ": " + error.message() +
                                  "; mount or restore the folder image_dir");
    std::erase_if(known_, [&](const auto& one) { return !paths.contains(one.first); });
    std::vector<ShelfDisc> discs;
    for (const std::string& path : paths)
        if (const ShelfDisc* disc = look_at(path)) discs.push_back(*disc);
    return discs;
}

}  // namespace burnbox
