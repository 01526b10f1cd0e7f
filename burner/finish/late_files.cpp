#include "burner/finish/late_files.hpp"

#include <algorithm>
#include <unordered_set>

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

}  // namespace

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
