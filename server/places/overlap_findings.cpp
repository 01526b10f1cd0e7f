#include "server/places/overlap_findings.hpp"

#include <fmt/format.h>
#include <sys/stat.h>

#include <filesystem>

#include "common/base/text.hpp"
#include "common/config/configured_folders.hpp"
#include "common/storage/paths.hpp"

namespace burnbox {
namespace {

// Of what is there; a link may stand anywhere in a path.
std::filesystem::path real_path(const std::string& path) {
    std::error_code error;
    auto real = std::filesystem::weakly_canonical(path, error);
    return error ? std::filesystem::path(path) : real;
}

bool is_same(const std::filesystem::path& path, const struct stat& wanted) {
    struct stat found{};
    return ::stat(path.c_str(), &found) == 0 && found.st_dev == wanted.st_dev &&
           found.st_ino == wanted.st_ino;
}

bool is_in(const ConfiguredFolder& one, const ConfiguredFolder& other) {
    const std::filesystem::path real = real_path(one.path);
    if (is_at_or_below(real.string(), real_path(other.path).string())) return true;
    struct stat wanted{};
    if (::stat(other.path.c_str(), &wanted) != 0) return false;
    for (std::filesystem::path at = real;; at = at.parent_path()) {
        if (is_same(at, wanted)) return true;
        if (at == at.parent_path()) return false;
    }
}

}  // namespace

std::vector<std::string> overlap_findings(const Config& config) {
    std::vector<std::string> lines;
    const std::vector<ConfiguredFolder> folders = configured_folders(config);
    for (std::size_t i = 0; i < folders.size(); ++i) {
        for (std::size_t j = 0; j < i; ++j) {
            const ConfiguredFolder &one = folders[i], &other = folders[j];
            if (one.use == FolderUse::skimmed && other.use == FolderUse::skimmed) continue;
            if (!is_in(one, other) && !is_in(other, one)) continue;
            lines.push_back(fmt::format(
                "{}: {} overlaps {} ({}) through a link or a mount; each needs a folder of its own", one.key,
                escape(one.path), other.key, escape(other.path)));
        }
    }
    return lines;
}

}  // namespace burnbox
