#include "server/places/catalogue_rescue.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <string_view>

#include "common/base/log.hpp"
#include "common/base/unique_fd.hpp"

namespace burnbox {
namespace {

constexpr std::string_view kSqlite = "sqlite3://";

std::string rescued(const std::string& file) {
    return file + ".rescued";
}

Status sync(const std::string& path, int flags) {
    const UniqueFd fd(::open(path.c_str(), flags | O_CLOEXEC));
    if (!fd || ::fsync(fd.get()) != 0) return fail_errno("sync", path);
    return {};
}

// Durable under its new name.
Status move(const std::string& from, const std::string& to) {
    BB_CHECK(sync(from, O_RDWR));
    if (::rename(from.c_str(), to.c_str()) != 0) return fail_errno("rename", from);
    return sync(std::filesystem::path(to).parent_path().string(), O_RDONLY | O_DIRECTORY);
}

bool is_there(const std::string& path) {
    return ::access(path.c_str(), F_OK) == 0;
}

}  // namespace

std::string catalogue_file(const std::string& url) {
    return url.starts_with(kSqlite) ? url.substr(kSqlite.size()) : "";
}

Status rescue_catalogue(Catalogue& catalogue, const std::string& file) {
    const std::string part = rescued(file) + ".part";
    if (::unlink(part.c_str()) != 0 && errno != ENOENT) return fail_errno("remove", part);
    BB_TRY(const bool copied, catalogue.rescue(part));
    if (!copied) return {};
    BB_CHECK(move(part, rescued(file)));
    log::warning("catalogue rescued", log::kv("file", rescued(file)));
    return {};
}

Status take_rescued_catalogue(const std::string& file) {
    if (file.empty() || !is_there(rescued(file))) return {};
    if (is_there(file)) {
        log::error("two catalogues", log::kv("file", file), log::kv("rescued", rescued(file)),
                   log::kv("reason",
                           "the catalogue was replaced while a server ran; what it had until then is in the "
                           "second. Stop burnbox, keep the right one as the first, remove the other"));
        return {};
    }
    // Of the file that is gone: its log would be taken for this one's.
    for (const char* ending : {"-wal", "-shm"})
        if (::unlink((file + ending).c_str()) != 0 && errno != ENOENT)
            return fail_errno("remove", file + ending);
    BB_CHECK(move(rescued(file), file));
    log::warning("rescued catalogue taken", log::kv("file", file));
    return {};
}

}  // namespace burnbox
