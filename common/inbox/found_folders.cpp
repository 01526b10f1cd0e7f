// Which sessions a disc session brought: by their folders.
#include <algorithm>
#include <map>
#include <regex>
#include <set>

#include "common/bag/found_session.hpp"
#include "common/storage/file_system.hpp"

namespace burnbox {
namespace {

constexpr std::string_view kListEnd = ".SHA256SUMS";
constexpr std::string_view kBeside[] = {kListEnd, ".names.tsv", ".name-notes.tsv", ".removed.txt",
                                        ".parts.tsv"};
constexpr std::string_view kOwnAtTop[] = {"README.txt", "RECOVERY", "INDEX"};

// "part-2-of-3", or a list beside it.
bool is_of_parts(std::string_view name) {
    static const std::regex pattern("part-[0-9]+-of-[0-9]+(\\.[A-Za-z0-9.-]+)?");
    return std::regex_match(name.begin(), name.end(), pattern);
}

// A tree by its folders: names in each, sorted.
class Listing {
  public:
    explicit Listing(const std::vector<ManifestEntry>& entries) {
        for (const ManifestEntry& entry : entries) {
            by_path_.emplace(entry.path, &entry);
            children_[parent_path(entry.path)].push_back(&entry);
        }
    }
    [[nodiscard]] const ManifestEntry* find(std::string_view path) const {
        const auto found = by_path_.find(path);
        return found == by_path_.end() ? nullptr : found->second;
    }
    [[nodiscard]] const std::vector<const ManifestEntry*>& in(std::string_view folder) const {
        static const std::vector<const ManifestEntry*> none;
        const auto found = children_.find(folder);
        return found == children_.end() ? none : found->second;
    }

  private:
    std::map<std::string_view, const ManifestEntry*> by_path_;
    std::map<std::string_view, std::vector<const ManifestEntry*>> children_;
};

class Search {
  public:
    Search(const std::vector<ManifestEntry>& older, const std::vector<ManifestEntry>& newer)
        : older_(older), newer_(newer), entries_(newer) {}

    FoundFolders run() {
        for (const ManifestEntry* top : newer_.in("")) {
            if (std::ranges::find(kOwnAtTop, top->path) != std::end(kOwnAtTop)) continue;
            if (top->type == FileType::folder)
                look_into(top->path, "");
            else if (older_.find(top->path) == nullptr)
                found_.unexplained.push_back(top->path);
        }
        return std::move(found_);
    }

  private:
    // `in`: "" of an account's folder, or the session whose parts are there.
    void look_into(const std::string& account, const std::string& in) {
        const std::string folder = in.empty() ? account : account + "/" + in;
        for (const ManifestEntry* child : newer_.in(folder)) {
            const std::string name(base_name(child->path));
            const std::string disc_name = in.empty() ? name : in + "/" + name;
            if (child->type == FileType::folder && in.empty() && holds_parts(child->path)) {
                look_into(account, name);
            } else if (older_.find(child->path) != nullptr) {
                continue;
            } else if (child->type == FileType::folder) {
                take(account, disc_name, *child);
            } else if (!stands_beside_a_session(child->path)) {
                found_.unexplained.push_back(child->path);
            }
        }
    }

    [[nodiscard]] bool holds_parts(const std::string& folder) const {
        const auto& children = newer_.in(folder);
        return !children.empty() && std::ranges::all_of(children, [](const ManifestEntry* child) {
            return is_of_parts(base_name(child->path));
        });
    }

    [[nodiscard]] bool stands_beside_a_session(std::string_view path) const {
        return std::ranges::any_of(kBeside, [&](std::string_view end) {
            return path.ends_with(end) && newer_.find(path.substr(0, path.size() - end.size())) != nullptr;
        });
    }

    void take(const std::string& account, const std::string& disc_name, const ManifestEntry& top) {
        FoundFolder folder{.account = account, .disc_name = disc_name, .entries = {}, .time = top.mtime};
        if (const ManifestEntry* list = newer_.find(top.path + std::string(kListEnd)))
            folder.list_time = list->mtime;
        folder.notes_beside = newer_.find(top.path + ".name-notes.tsv") != nullptr;
        folder.removed_beside = newer_.find(top.path + ".removed.txt") != nullptr;
        const std::string below = top.path + "/";
        const auto first = std::ranges::lower_bound(entries_, below, {}, &ManifestEntry::path);
        for (auto entry = first; entry != entries_.end() && entry->path.starts_with(below); ++entry) {
            folder.entries.push_back(*entry);
            folder.entries.back().path.erase(0, below.size());
        }
        found_.sessions.push_back(std::move(folder));
    }

    const Listing older_;
    const Listing newer_;
    const std::vector<ManifestEntry>& entries_;
    FoundFolders found_;
};

}  // namespace

FoundFolders new_sessions(const std::vector<ManifestEntry>& older, const std::vector<ManifestEntry>& newer) {
    return Search(older, newer).run();
}

}  // namespace burnbox
