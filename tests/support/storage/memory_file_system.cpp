#include "tests/support/storage/memory_file_system.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <set>

#include "tests/support/storage/memory_store.hpp"

namespace burnbox::test {
namespace {

using NodePtr = std::shared_ptr<MemoryNode>;

bool is_folder(const MemoryNode& node) {
    return node.now.info.type == FileType::folder;
}

// Every node reachable through `entries_of`, once.
void each_node(const NodePtr& root, const auto& visit) {
    std::set<const MemoryNode*> seen;
    std::vector<NodePtr> todo = {root};
    while (!todo.empty()) {
        const NodePtr node = std::move(todo.back());
        todo.pop_back();
        if (!seen.insert(node.get()).second) continue;
        visit(*node);
        for (const auto& [name, child] : node->now.entries) todo.push_back(child);
    }
}

bool contains(const NodePtr& folder, const NodePtr& wanted) {
    bool found = false;
    each_node(folder, [&](const MemoryNode& node) { found = found || &node == wanted.get(); });
    return found;
}

}  // namespace

// A folder and a name in it; the node is empty when there is no such entry.
struct MemoryFileSystem::Place {
    NodePtr folder;
    std::string name;
    NodePtr node;
};

MemoryFileSystem::MemoryFileSystem(std::string host_root, const Clock& clock)
    : store_(std::make_shared<MemoryStore>(clock)),
      root_(store_->make(FileType::folder, 0755)),
      host_root_(std::move(host_root)) {}

MemoryFileSystem::MemoryFileSystem(std::shared_ptr<MemoryStore> store, NodePtr root, std::string host_root)
    : store_(std::move(store)), root_(std::move(root)), host_root_(std::move(host_root)) {}

MemoryFileSystem::~MemoryFileSystem() = default;

void MemoryFileSystem::crash() {
    const std::lock_guard lock(store_->mutex);
    ++store_->generation;
    store_->used_bytes = 0;
    std::map<MemoryNode*, std::uint32_t> links;
    each_node(root_, [&](MemoryNode& node) {
        node.now = node.durable;  // its entries are what is visited next
        node.dirty = false;
        if (node.now.info.type == FileType::file) store_->used_bytes += node.now.content.size();
        for (const auto& [name, child] : node.now.entries) ++links[child.get()];
    });
    for (const auto& [node, count] : links)
        if (!is_folder(*node)) node->now.info.links = count;
}

void MemoryFileSystem::kill() {
    const std::lock_guard lock(store_->mutex);
    ++store_->generation;
}

void MemoryFileSystem::limit_bytes(std::uint64_t most_bytes) {
    const std::lock_guard lock(store_->mutex);
    store_->most_bytes = most_bytes;
}

void MemoryFileSystem::corrupt(const std::string& path, std::uint64_t offset) {
    const std::lock_guard lock(store_->mutex);
    const auto node = walk("corrupt", path);
    BB_ASSERT(node && offset < (*node)->now.content.size());
    (*node)->now.content[offset] = static_cast<char>(~(*node)->now.content[offset]);
    (*node)->durable.content = (*node)->now.content;
}

std::uint64_t MemoryFileSystem::reserved_bytes(const std::string& path) {
    const std::lock_guard lock(store_->mutex);
    const auto node = walk("look at", path);
    BB_ASSERT(node);
    return (*node)->reserved_bytes;
}

Result<NodePtr> MemoryFileSystem::walk(std::string_view operation, const std::string& path) const {
    BB_CHECK(check_path(path));
    NodePtr node = root_;
    for (std::size_t begin = 0; begin < path.size();) {
        const std::size_t end = std::min(path.find('/', begin), path.size());
        if (end - begin > 255) return fail_errno(operation, path, ENAMETOOLONG);
        if (node->now.info.type == FileType::symlink) return fail_errno(operation, path, ELOOP);
        if (!is_folder(*node)) return fail_errno(operation, path, ENOTDIR);
        const auto found = node->now.entries.find(path.substr(begin, end - begin));
        if (found == node->now.entries.end()) return fail_errno(operation, path, ENOENT);
        node = found->second;
        begin = end + 1;
    }
    return node;
}

Result<MemoryFileSystem::Place> MemoryFileSystem::parent_of(std::string_view operation,
                                                            const std::string& path) const {
    BB_CHECK(check_path(path));
    if (path.empty()) return fail_errno(operation, ".", EBUSY);
    Place place;
    auto folder = walk(operation, std::string(parent_path(path)));
    if (!folder) return fail_errno(operation, path, folder.error().sys_errno);
    place.folder = std::move(*folder);
    if (place.folder->now.info.type == FileType::symlink) return fail_errno(operation, path, ELOOP);
    if (!is_folder(*place.folder)) return fail_errno(operation, path, ENOTDIR);
    place.name = base_name(path);
    if (place.name.size() > 255) return fail_errno(operation, path, ENAMETOOLONG);
    const auto found = place.folder->now.entries.find(place.name);
    if (found != place.folder->now.entries.end()) place.node = found->second;
    return place;
}

Result<std::unique_ptr<File>> MemoryFileSystem::open(const std::string& path, const OpenMode& mode) {
    const std::lock_guard lock(store_->mutex);
    if (path.empty()) return fail_errno("open", ".", EISDIR);
    BB_TRY(Place place, parent_of("open", path));
    if (place.node == nullptr) {
        if (!mode.create) return fail_errno("open", path, ENOENT);
        place.node = store_->make(FileType::file, mode.permissions);
        place.folder->now.entries[place.name] = place.node;
        store_->touch(*place.folder, true);
        return open_memory_file(store_, place.node, mode, path);
    }
    if (mode.create && mode.exclusive) return fail_errno("open", path, EEXIST);
    if (place.node->now.info.type == FileType::symlink) return fail_errno("open", path, ELOOP);
    if (is_folder(*place.node)) return fail_errno("open", path, EISDIR);
    if (mode.truncate) {
        store_->used_bytes -= place.node->now.content.size();
        place.node->now.content.clear();
        place.node->now.info.size_bytes = 0;
        store_->touch(*place.node, true);
    }
    return open_memory_file(store_, place.node, mode, path);
}

Result<std::unique_ptr<Folder>> MemoryFileSystem::open_folder(const std::string& path) {
    const std::lock_guard lock(store_->mutex);
    BB_TRY(const NodePtr node, walk("open folder", path));
    if (node->now.info.type == FileType::symlink) return fail_errno("open folder", path, ELOOP);
    if (!is_folder(*node)) return fail_errno("open folder", path, ENOTDIR);
    return open_memory_folder(*node);
}

Result<FileInfo> MemoryFileSystem::info(const std::string& path) {
    const std::lock_guard lock(store_->mutex);
    BB_TRY(const NodePtr node, walk("stat", path));
    return node->now.info;
}

Status MemoryFileSystem::make_folder(const std::string& path, std::uint32_t permissions) {
    const std::lock_guard lock(store_->mutex);
    if (path.empty()) return fail_errno("make folder", ".", EEXIST);
    BB_TRY(const Place place, parent_of("make folder", path));
    if (place.node != nullptr) return fail_errno("make folder", path, EEXIST);
    place.folder->now.entries[place.name] = store_->make(FileType::folder, permissions);
    store_->touch(*place.folder, true);
    return {};
}

Status MemoryFileSystem::remove_folder(const std::string& path) {
    const std::lock_guard lock(store_->mutex);
    BB_TRY(const Place place, parent_of("remove folder", path));
    if (place.node == nullptr) return fail_errno("remove folder", path, ENOENT);
    if (!is_folder(*place.node)) return fail_errno("remove folder", path, ENOTDIR);
    if (!place.node->now.entries.empty()) return fail_errno("remove folder", path, ENOTEMPTY);
    place.folder->now.entries.erase(place.name);
    store_->touch(*place.folder, true);
    return {};
}

Status MemoryFileSystem::remove(const std::string& path) {
    const std::lock_guard lock(store_->mutex);
    if (path.empty()) return fail_errno("remove", ".", EISDIR);
    BB_TRY(const Place place, parent_of("remove", path));
    if (place.node == nullptr) return fail_errno("remove", path, ENOENT);
    if (is_folder(*place.node)) return fail_errno("remove", path, EISDIR);
    if (--place.node->now.info.links == 0) store_->used_bytes -= place.node->now.content.size();
    store_->touch(*place.node, false);
    place.folder->now.entries.erase(place.name);
    store_->touch(*place.folder, true);
    return {};
}

Status MemoryFileSystem::rename(const std::string& from, const std::string& to, RenameMode mode) {
    const std::lock_guard lock(store_->mutex);
    const std::string object = fmt::format("{} to {}", from, to);
    BB_TRY(const Place source, parent_of("rename", from));
    BB_TRY(const Place target, parent_of("rename", to));
    if (source.node == nullptr) return fail_errno("rename", object, ENOENT);
    if (is_folder(*source.node) && contains(source.node, target.folder))
        return fail_errno("rename", object, EINVAL);
    if (target.node != nullptr) {
        if (mode == RenameMode::no_replace) return fail_errno("rename", object, EEXIST);
        if (target.node == source.node) return {};
        if (is_folder(*source.node) && !is_folder(*target.node)) return fail_errno("rename", object, ENOTDIR);
        if (!is_folder(*source.node) && is_folder(*target.node)) return fail_errno("rename", object, EISDIR);
        if (!target.node->now.entries.empty()) return fail_errno("rename", object, ENOTEMPTY);
        if (--target.node->now.info.links == 0) store_->used_bytes -= target.node->now.content.size();
    }
    source.folder->now.entries.erase(source.name);
    target.folder->now.entries[target.name] = source.node;
    store_->touch(*source.node, false);
    store_->touch(*source.folder, true);
    store_->touch(*target.folder, true);
    return {};
}

Status MemoryFileSystem::make_symlink(const std::string& target, const std::string& path) {
    const std::lock_guard lock(store_->mutex);
    if (target.empty()) return fail_errno("make link", path, ENOENT);
    BB_TRY(const Place place, parent_of("make link", path));
    if (place.node != nullptr) return fail_errno("make link", path, EEXIST);
    const NodePtr node = store_->make(FileType::symlink, 0777);
    node->now.content = target;
    node->now.info.size_bytes = target.size();
    node->durable = node->now;  // a link's target comes with its entry
    place.folder->now.entries[place.name] = node;
    store_->touch(*place.folder, true);
    return {};
}

Status MemoryFileSystem::make_hardlink(const std::string& existing, const std::string& path) {
    const std::lock_guard lock(store_->mutex);
    BB_TRY(const Place source, parent_of("make hard link", existing));
    BB_TRY(const Place target, parent_of("make hard link", path));
    if (source.node == nullptr) return fail_errno("make hard link", existing, ENOENT);
    if (is_folder(*source.node)) return fail_errno("make hard link", existing, EPERM);
    if (target.node != nullptr) return fail_errno("make hard link", path, EEXIST);
    target.folder->now.entries[target.name] = source.node;
    ++source.node->now.info.links;
    store_->touch(*source.node, false);
    store_->touch(*target.folder, true);
    return {};
}

Result<std::string> MemoryFileSystem::read_symlink(const std::string& path) {
    const std::lock_guard lock(store_->mutex);
    BB_TRY(const NodePtr node, walk("read link", path));
    if (node->now.info.type != FileType::symlink) return fail_errno("read link", path, EINVAL);
    return node->now.content;
}

Status MemoryFileSystem::set_mode(const std::string& path, std::uint32_t mode) {
    const std::lock_guard lock(store_->mutex);
    BB_TRY(const NodePtr node, walk("set mode of", path));
    if (node->now.info.type == FileType::symlink) return fail_errno("set mode of", path, EOPNOTSUPP);
    node->now.info.mode = mode & 07777U;
    store_->touch(*node, false);
    return {};
}

Status MemoryFileSystem::set_times(const std::string& path, Timestamp atime, Timestamp mtime) {
    const std::lock_guard lock(store_->mutex);
    BB_TRY(const NodePtr node, walk("set times of", path));
    node->now.info.atime = atime;
    node->now.info.mtime = mtime;
    store_->touch(*node, false);
    return {};
}

Status MemoryFileSystem::sync_folder(const std::string& path) {
    const std::lock_guard lock(store_->mutex);
    BB_TRY(const NodePtr node, walk("fsync folder", path));
    if (node->now.info.type == FileType::symlink) return fail_errno("fsync folder", path, ELOOP);
    if (!is_folder(*node)) return fail_errno("fsync folder", path, ENOTDIR);
    MemoryStore::make_durable(*node);
    return {};
}

Status MemoryFileSystem::sync_all() {
    const std::lock_guard lock(store_->mutex);
    each_node(root_, [](MemoryNode& node) { MemoryStore::make_durable(node); });
    return {};
}

Result<FileSystem::Space> MemoryFileSystem::space() {
    const std::lock_guard lock(store_->mutex);
    const std::uint64_t free_bytes = store_->most_bytes - std::min(store_->used_bytes, store_->most_bytes);
    return Space{.total_bytes = store_->most_bytes,
                 .free_bytes = free_bytes,
                 .total_inodes = 1U << 30U,
                 .free_inodes = 1U << 29U};
}

Result<std::unique_ptr<FileSystem>> MemoryFileSystem::subtree(const std::string& path) {
    const std::lock_guard lock(store_->mutex);
    BB_TRY(NodePtr node, walk("open folder", path));
    if (node->now.info.type == FileType::symlink) return fail_errno("open folder", path, ELOOP);
    if (!is_folder(*node)) return fail_errno("open folder", path, ENOTDIR);
    return std::make_unique<MemoryFileSystem>(store_, std::move(node), host_path(path));
}

std::string MemoryFileSystem::host_path(const std::string& path) const {
    return join_path(host_root_, path);
}

}  // namespace burnbox::test
