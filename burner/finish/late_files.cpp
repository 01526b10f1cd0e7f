#include "burner/finish/late_files.hpp"

#include <algorithm>
#include <unordered_set>

#include "common/base/time_range.hpp"
#include "common/inbox/sealed_entry.hpp"
#include "common/session/names.hpp"

namespace burnbox {
namespace {

using Known = std::unordered_set<std::string_view>;

Status walk(FileSystem& fs, const std::string& top, const std::string& inside, const Known& known,
            std::vector<std::string>& late) {
    BB_TRY(const auto entries, list_folder(fs, join_path(top, inside)));
    for (const DirEntry& entry : entries) {
        if (late.size() >= kMostLateFiles) return {};
        const std::string path = join_path(inside, entry.name);
        if (!known.contains(path)) {
            if (!is_own_file(path)) late.push_back(path);
        } else if (entry.type == FileType::folder) {
            BB_CHECK(walk(fs, top, path, known, late));
        }
    }
    return {};
}

// Whatever changes a file gives it a new ctime, of a clock that stands still for a tick.
bool may_have_changed(const FileInfo& info, const ManifestEntry& entry, Timestamp sealed_at) {
    constexpr std::chrono::milliseconds kTick{20};
    return info.type != entry.type || info.ctime > sealed_at - kTick ||
           (entry.type == FileType::file &&
            (info.size_bytes != entry.size_bytes || clamp_time(info.mtime) != entry.mtime));
}

}  // namespace

Result<std::vector<std::string>> changed_files(FileSystem& fs, const std::string& folder,
                                               const SealedSession& sealed, Timestamp sealed_at) {
    std::vector<std::string> changed;
    for (const ManifestEntry& entry : sealed.manifest.entries) {
        if (entry.type == FileType::folder || changed.size() >= kMostLateFiles) continue;
        const std::string path = join_path(folder, entry.staged_path());
        const auto info = fs.info(path);
        if (info && !may_have_changed(*info, entry, sealed_at)) continue;
        const auto same = info ? is_as_sealed(fs, path, entry) : std::unexpected(info.error());
        if (!same && same.error().code != Errc::not_found) return std::unexpected(same.error());
        if (same && !*same) changed.push_back(entry.staged_path());
    }
    return changed;
}

Result<std::vector<std::string>> late_files(FileSystem& fs, const std::string& folder,
                                            const SealedSession& sealed) {
    Known known;
    known.reserve(sealed.manifest.entries.size() + 1);
    for (const ManifestEntry& entry : sealed.manifest.entries) known.insert(entry.staged_path());
    known.insert(sealed.marker.name);
    std::vector<std::string> late;
    BB_CHECK(walk(fs, folder, "", known, late));
    std::ranges::sort(late);
    return late;
}

}  // namespace burnbox
