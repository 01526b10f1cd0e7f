#include "common/session/payload_links.hpp"

#include <algorithm>
#include <deque>

namespace burnbox {
namespace {

// Puts the components of `path` before those still to be walked.
void prepend(std::deque<std::string>& todo, std::string_view path) {
    auto at = todo.begin();
    while (!path.empty()) {
        const std::size_t end = std::min(path.find('/'), path.size());
        if (end > 0) at = std::next(todo.insert(at, std::string(path.substr(0, end))));
        path.remove_prefix(std::min(end + 1, path.size()));
    }
}

}  // namespace

const ManifestEntry* linked_file(const Manifest& manifest, const ManifestEntry& link) {
    constexpr int kMostLinks = 40;  // as many as Linux follows
    std::string at(parent_path(link.path));
    std::deque<std::string> todo = {std::string(base_name(link.path))};
    int links = 0;
    const ManifestEntry* entry = nullptr;
    while (!todo.empty()) {
        const std::string component = std::move(todo.front());
        todo.pop_front();
        if (component == ".") continue;
        if (component == "..") {
            if (at.empty()) return nullptr;
            at = parent_path(at);
            entry = nullptr;
            continue;
        }
        const std::string next = join_path(at, component);
        entry = manifest.find(next);
        if (entry == nullptr) return nullptr;
        if (entry->type == FileType::symlink) {
            if (++links > kMostLinks || entry->link_target.starts_with('/')) return nullptr;
            prepend(todo, entry->link_target);
            entry = nullptr;
        } else if (entry->type == FileType::file && !todo.empty()) {
            return nullptr;
        } else {
            at = next;
        }
    }
    return entry != nullptr && entry->type == FileType::file ? entry : nullptr;
}

}  // namespace burnbox
