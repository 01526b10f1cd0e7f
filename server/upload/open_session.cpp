#include "server/upload/open_session.hpp"

#include <algorithm>

#include "common/session/names.hpp"

namespace burnbox::upload {
namespace {

bool is_at_or_below(std::string_view path, std::string_view folder) {
    return path.starts_with(folder) && (path.size() == folder.size() || path[folder.size()] == '/');
}

}  // namespace

FileStamp stamp_of(const FileInfo& info) {
    return {.inode = info.inode, .size_bytes = info.size_bytes, .ctime = info.ctime};
}

FileRecord* OpenSession::find(std::string_view path) {
    const auto found = files.find(path);
    return found == files.end() ? nullptr : &found->second;
}

std::vector<std::string> OpenSession::paths_being_written(std::string_view marker) const {
    std::vector<std::string> paths;
    for (const auto& [id, handle] : handles)
        if (!handle.path.empty() && handle.path != marker) paths.push_back(handle.path);
    std::ranges::sort(paths);
    paths.erase(std::ranges::unique(paths).begin(), paths.end());
    return paths;
}

bool OpenSession::has_writers_below(std::string_view path) const {
    return lent || std::ranges::any_of(handles, [&](const auto& one) {
               return !one.second.path.empty() && (path.empty() || is_at_or_below(one.second.path, path));
           });
}

std::vector<std::string> OpenSession::paths_cut_off() const {
    std::vector<std::string> paths;
    for (const auto& [path, record] : files)
        if (record.state == FileState::cut_off) paths.push_back(path);
    return paths;
}

std::uint64_t OpenSession::bytes() const {
    std::uint64_t sum = 0;
    for (const auto& [path, record] : files) sum += record.size_bytes;
    return sum;
}

void OpenSession::cut_all() {
    for (auto& [path, record] : files) {
        record.lost = true;
        if (record.state != FileState::whole) continue;
        record.state = FileState::cut_off;
        record.digest.reset();
        journal.cut(path);
    }
}

std::uint64_t OpenSession::rename(const std::string& from, const std::string& to) {
    return rename_into(*this, from, to);
}

std::uint64_t OpenSession::rename_into(OpenSession& other, const std::string& from, const std::string& to) {
    std::vector<decltype(files)::node_type> moved;
    for (auto at = files.lower_bound(from); at != files.end() && at->first.starts_with(from);) {
        const auto here = at++;
        if (is_at_or_below(here->first, from)) moved.push_back(files.extract(here));
    }
    const std::uint64_t replaced = other.forget(to);
    for (auto& node : moved) {
        node.key() = to + node.key().substr(from.size());
        other.files.insert(std::move(node));
    }
    if (&other == this)
        for (auto& [id, handle] : handles)
            if (!handle.path.empty() && is_at_or_below(handle.path, from))
                handle.path = to + handle.path.substr(from.size());
    return replaced;
}

std::uint64_t OpenSession::forget(const std::string& path) {
    for (auto& [id, handle] : handles)
        if (handle.path == path) handle.path.clear();
    const auto found = files.find(path);
    if (found == files.end()) return 0;
    const std::uint64_t bytes = found->second.size_bytes;
    files.erase(found);
    return bytes;
}

}  // namespace burnbox::upload
