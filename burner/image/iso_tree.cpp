#include "burner/image/iso_tree.hpp"

#include "burner/image/library_quirks.hpp"
#include "burner/streams/hash_stream.h"
#include "burner/streams/unread_stream.h"
#include "common/base/text.hpp"

namespace burnbox {
namespace {

constexpr std::size_t kLongestLinkTarget = 1023;  // libisofs 1.5.4: LIBISOFS_NODE_PATH_MAX
constexpr std::uint32_t kFolderMode = 0755;

void set_attributes(burn::IsoNode* node, std::uint32_t mode, Timestamp time) {
    const std::time_t seconds = to_disc_time(time);
    burn::iso_node_set_permissions(node, mode);
    burn::iso_node_set_uid(node, 0);
    burn::iso_node_set_gid(node, 0);
    burn::iso_node_set_mtime(node, seconds);
    burn::iso_node_set_atime(node, seconds);
    burn::iso_node_set_ctime(node, seconds);
}

burn::IsoNode* to_node(void* node) {
    return static_cast<burn::IsoNode*>(node);
}

}  // namespace

IsoTree::IsoTree(burn::IsoImage* image, Timestamp time, LibraryMessages& messages, Contents contents,
                 bb_hash_reader* reader)
    : image_(image), time_(time), messages_(messages), contents_(contents), reader_(reader) {}

Result<std::unique_ptr<IsoTree>> IsoTree::make(burn::IsoImage* image, Timestamp time,
                                               LibraryMessages& messages, Contents contents) {
    bb_hash_reader* reader = bb_hash_reader_new();
    if (reader == nullptr) return fail_errno("make", "the disc's tree", ENOMEM);
    std::unique_ptr<IsoTree> tree(new IsoTree(image, time, messages, contents, reader));
    burn::IsoDir* root = burn::iso_image_get_root(image);
    set_attributes(to_node(root), kFolderMode, time);
    tree->folders_.emplace("", root);
    return tree;
}

IsoTree::~IsoTree() {
    bb_hash_reader_free(reader_);
}

void IsoTree::set_volume(const std::string& label, const std::string& serial) {
    burn::iso_image_set_volume_id(image_, label.c_str());
    burn::iso_image_set_volset_id(image_, serial.c_str());
    burn::iso_image_set_system_id(image_, "");
    burn::iso_image_set_publisher_id(image_, "");
    burn::iso_image_set_data_preparer_id(image_, "");
    burn::iso_image_set_application_id(image_, "BURNBOX");
}

Result<burn::IsoDir*> IsoTree::folder_at(const std::string& path) {
    if (const auto known = folders_.find(path); known != folders_.end()) return known->second;
    BB_TRY(burn::IsoDir * parent, folder_at(std::string(parent_path(path))));
    const std::string name(base_name(path));
    burn::IsoNode* node = nullptr;
    const int found = burn::iso_image_dir_get_node(image_, parent, name.c_str(), &node, 1);
    BB_CHECK(messages_.check(found < 0 ? found : 1, "look up /" + escape(path)));
    burn::IsoDir* folder = nullptr;
    if (found == 1) {
        if (burn::iso_node_get_type(node) != burn::LIBISO_DIR)
            return fail(Errc::exists, "add folder /" + escape(path) + ": a file of that name is on the disc");
        folder = reinterpret_cast<burn::IsoDir*>(node);
    } else {
        BB_CHECK(messages_.check(burn::iso_image_add_new_dir(image_, parent, name.c_str(), &folder),
                                 "add folder /" + escape(path)));
        set_attributes(to_node(folder), kFolderMode, time_);
    }
    folders_.emplace(path, folder);
    return folder;
}

Result<burn::IsoStream*> IsoTree::make_staged_stream(const DiscEntry& entry, int folder_fd,
                                                     std::uint64_t id) {
    void* stream = nullptr;
    const int made = contents_ == Contents::unread
                         ? bb_unread_stream_new(entry.size_bytes, id, &stream)
                         : bb_hash_stream_new(reader_, folder_fd, entry.staged.c_str(), entry.size_bytes,
                                              entry.sha256.bytes.data(), id, &stream);
    if (made != 1) return fail_errno("add file", "/" + escape(entry.path), ENOMEM);
    if (contents_ == Contents::read)
        staged_.push_back({folder_fd, entry.staged, entry.size_bytes, entry.sha256});
    return static_cast<burn::IsoStream*>(stream);
}

Result<burn::IsoStream*> IsoTree::make_stream(const DiscEntry& entry, int folder_fd, std::uint64_t id) {
    if (!entry.staged.empty()) return make_staged_stream(entry, folder_fd, id);
    auto* copy = static_cast<unsigned char*>(std::malloc(entry.content.size() + 1));
    if (copy == nullptr) return fail_errno("add file", "/" + escape(entry.path), ENOMEM);
    std::memcpy(copy, entry.content.data(), entry.content.size());
    burn::IsoStream* made = nullptr;
    const int result = burn::iso_memory_stream_new(copy, entry.content.size(), &made);
    if (result < 0) std::free(copy);
    BB_CHECK(messages_.check(result, "add file /" + escape(entry.path)));
    return made;
}

Status IsoTree::added(int result, const std::string& what) {
    if (result == static_cast<int>(ISO_NODE_NAME_NOT_UNIQUE)) {
        messages_.drain();
        return fail(Errc::exists, what + ": it is on this disc already");
    }
    if (result < 0) {
        messages_.drain();
        return fail(Errc::unsupported, what + ": a disc can't hold it: " + burn::iso_error_to_msg(result));
    }
    return messages_.check(result, what);
}

Result<burn::IsoNode*> IsoTree::make_node(burn::IsoDir* parent, const std::string& name,
                                          const DiscEntry& entry, int folder_fd, std::uint64_t id) {
    const std::string what = "add /" + escape(entry.path);
    if (entry.type == FileType::symlink) {
        if (entry.link_target.size() > kLongestLinkTarget)
            return fail(Errc::unsupported,
                        what + ": its link target is longer than the 1023 bytes a disc can hold");
        burn::IsoSymlink* link = nullptr;
        BB_CHECK(added(
            burn::iso_image_add_new_symlink(image_, parent, name.c_str(), entry.link_target.c_str(), &link),
            what));
        return to_node(link);
    }
    BB_TRY(burn::IsoStream * stream, make_stream(entry, folder_fd, id));
    burn::IsoFile* file = nullptr;
    BB_CHECK(added(burn::iso_image_add_new_file(image_, parent, name.c_str(), stream, &file), what));
    return to_node(file);
}

Status IsoTree::add_entry(const DiscEntry& entry, int folder_fd, std::uint64_t id) {
    if (entry.type == FileType::folder) {
        BB_TRY(burn::IsoDir * folder, folder_at(entry.path));
        set_attributes(to_node(folder), entry.mode, entry.mtime);
        return {};
    }
    BB_TRY(burn::IsoDir * parent, folder_at(std::string(parent_path(entry.path))));
    const std::string name(base_name(entry.path));
    BB_TRY(burn::IsoNode * node, make_node(parent, name, entry, folder_fd, id));
    set_attributes(node, entry.mode, entry.mtime);
    return {};
}

Status IsoTree::add(const std::vector<DiscEntry>& entries, UniqueFd folder) {
    const int folder_fd = folder.get();
    roots_.push_back(std::move(folder));
    // Backwards: libisofs keeps a folder's names in a sorted list and searches it from its begin, so the last
    // name first costs one step instead of as many as there are names.
    std::uint64_t id = next_id_ += entries.size();
    for (auto entry = entries.rbegin(); entry != entries.rend(); ++entry)
        BB_CHECK(add_entry(*entry, folder_fd, --id));
    return {};
}

Status IsoTree::check_staged() {
    for (auto file = staged_.rbegin(); file != staged_.rend(); ++file) {
        if (bb_hash_check(reader_, file->folder_fd, file->path.c_str(), file->size_bytes,
                          file->sha256.bytes.data()) == 1)
            continue;
        BB_CHECK(failure());
        return fail_errno("read staged file", escape(file->path), ENOMEM);
    }
    return {};
}

Status IsoTree::finish(bool shared_top) {
    BB_TRY(patch_, work_around_quirks(image_, shared_top, messages_));
    return {};
}

Status IsoTree::patch(std::span<std::byte> blocks, std::uint32_t start_lba) const {
    return apply(patch_, blocks, start_lba);
}

Status IsoTree::failure() const {
    const bb_hash_failure found = bb_hash_reader_failure(reader_);
    if (found.kind == BB_HASH_FINE) return {};
    const std::string path = escape(found.path);
    const Status failed =
        found.kind == BB_HASH_CHANGED
            ? fail(Errc::corrupt,
                   "burn staged file " + path + ": it " + found.what +
                       " since it was sealed; the disc was not given it. Send the session again")
            : fail_errno("burn staged file", path + " (it " + found.what + ")", found.sys_errno);
    return with_origin(Origin::session, failed);
}

}  // namespace burnbox
