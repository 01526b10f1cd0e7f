#include "server/sessions/open_session.hpp"

#include <algorithm>

#include "common/session/names.hpp"
#include "common/storage/paths.hpp"

namespace burnbox::upload {

std::vector<std::string> OpenSession::paths_being_written(std::string_view marker) const {
    std::vector<std::string> paths;
    for (const auto& [id, handle] : handles)
        if (!handle.path.empty() && handle.path != marker) paths.push_back(handle.path);
    std::ranges::sort(paths);
    paths.erase(std::ranges::unique(paths).begin(), paths.end());
    return paths;
}

void OpenSession::open_again() {
    phase = Phase::open;
    for (const std::string& path : missed_meanwhile) (void)files.missed(path);
    missed_meanwhile.clear();
}

bool OpenSession::has_writers_below(std::string_view path) const {
    return leased || std::ranges::any_of(handles, [&](const auto& one) {
               return !one.second.path.empty() && (path.empty() || is_at_or_below(one.second.path, path));
           });
}

std::uint64_t OpenSession::rename_into(OpenSession& other, const std::string& from, const std::string& to) {
    const std::uint64_t replaced = other.forget(to);
    files.moved(other.files, from, to);
    if (&other == this)
        for (auto& [id, handle] : handles)
            if (!handle.path.empty() && is_at_or_below(handle.path, from))
                handle.path = to + handle.path.substr(from.size());
    return replaced;
}

std::uint64_t OpenSession::forget(const std::string& path) {
    const FileRecord* const record = files.find(path);
    for (auto& [id, handle] : handles) {
        if (handle.path != path) continue;
        if (record != nullptr && record->names() > 1) files.dropped(path, id, false);  // its file stays
        handle.path.clear();
    }
    if (record == nullptr) return 0;
    const std::uint64_t bytes = record->size_bytes();
    files.removed(path);
    return bytes;
}

}  // namespace burnbox::upload
