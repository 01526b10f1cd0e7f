#include "burner/drive/disc_tree.hpp"

#include <unordered_set>

namespace burnbox {
namespace {

FileType type_of(burn::IsoNode* node) {
    switch (burn::iso_node_get_type(node)) {
        case burn::LIBISO_DIR:
            return FileType::folder;
        case burn::LIBISO_FILE:
            return FileType::file;
        case burn::LIBISO_SYMLINK:
            return FileType::symlink;
        default:
            return FileType::other;
    }
}

burn::IsoDir* as_folder(burn::IsoNode* node) {
    return reinterpret_cast<burn::IsoDir*>(node);
}

burn::IsoNode* child_of(burn::IsoImage* image, burn::IsoDir* folder, const std::string& name) {
    burn::IsoNode* node = nullptr;
    return burn::iso_image_dir_get_node(image, folder, name.c_str(), &node, 1) == 1 ? node : nullptr;
}

std::vector<Extent> extents_of_file(burn::IsoFile* file) {
    std::vector<Extent> extents;
    int count = 0;
    burn::iso_file_section* sections = nullptr;
    if (burn::iso_file_get_old_image_sections(file, &count, &sections, 0) != 1) return extents;
    for (int i = 0; i < count; ++i) extents.push_back({0, sections[i].block, sections[i].size});
    std::free(sections);
    return extents;
}

}  // namespace

Result<std::unique_ptr<DiscTree>> DiscTree::load(OpenedDisc& disc, const DiscIdentity& identity,
                                                 unsigned disc_session) {
    const std::string what =
        "read disc session " + std::to_string(disc_session) + " of " + disc.device().path;
    burn::iso_set_abort_severity(c_string("SORRY"));
    const std::string number = std::to_string(disc_session);
    BB_CHECK(disc.messages().check(burn::isoburn_set_msc1(disc.drive(), 1, c_string(number), 2), what));
    burn::isoburn_read_opts* options = nullptr;
    if (burn::isoburn_ropt_new(&options, 0) <= 0) return fail_errno("make", "the read options", ENOMEM);
    burn::isoburn_ropt_set_extensions(options, isoburn_ropt_nojoliet | isoburn_ropt_noiso1999 |
                                                   isoburn_ropt_noaaip | isoburn_ropt_noacl |
                                                   isoburn_ropt_noea | isoburn_ropt_nomd5);
    burn::isoburn_ropt_set_input_charset(options, c_string("UTF-8"));
    burn::IsoImage* image = nullptr;
    const int read = burn::isoburn_read_image(disc.drive(), options, &image);
    burn::isoburn_ropt_destroy(&options, 0);
    std::unique_ptr<DiscTree> tree(new DiscTree(image));
    BB_CHECK(disc.messages().check(read, what));
    const char* label = burn::iso_image_get_volume_id(image);
    const char* serial = burn::iso_image_get_volset_id(image);
    if (label == nullptr || serial == nullptr || identity.label != label || identity.serial != serial)
        return fail(Errc::wrong_medium, what + ": it has another label or serial than " + identity.label);
    return tree;
}

DiscTree::~DiscTree() {
    if (image_ != nullptr) burn::iso_image_unref(image_);
}

void DiscTree::collect(burn::IsoDir* folder, const std::string& path) {
    std::vector<std::pair<burn::IsoDir*, std::string>> waiting{{folder, path}};
    while (!waiting.empty()) {
        const auto [next, base] = waiting.back();
        waiting.pop_back();
        burn::IsoDirIter* children = nullptr;
        if (burn::iso_dir_get_children(next, &children) != 1) continue;
        burn::IsoNode* node = nullptr;
        while (burn::iso_dir_iter_next(children, &node) == 1) {
            std::string name = join_path(base, burn::iso_node_get_name(node));
            if (type_of(node) == FileType::folder) waiting.emplace_back(as_folder(node), name);
            nodes_.emplace(std::move(name), node);
        }
        burn::iso_dir_iter_free(children);
    }
}

burn::IsoNode* DiscTree::find(const std::string& path) {
    burn::IsoDir* folder = burn::iso_image_get_root(image_);
    std::size_t begin = 0;
    for (std::size_t end = path.find('/'); end != std::string::npos; end = path.find('/', begin)) {
        burn::IsoNode* node = child_of(image_, folder, path.substr(begin, end - begin));
        if (node == nullptr || type_of(node) != FileType::folder) return nullptr;
        folder = as_folder(node);
        begin = end + 1;
    }
    return child_of(image_, folder, path.substr(begin));
}

std::optional<std::uint32_t> DiscTree::mode_of(const std::string& path) {
    burn::IsoNode* node = find(path);
    if (node == nullptr) return std::nullopt;
    return burn::iso_node_get_permissions(node);
}

std::optional<std::vector<Extent>> DiscTree::extents_of(const std::string& path, std::uint64_t most_bytes) {
    burn::IsoNode* node = find(path);
    if (node == nullptr || type_of(node) != FileType::file) return std::nullopt;
    auto* file = reinterpret_cast<burn::IsoFile*>(node);
    if (static_cast<std::uint64_t>(burn::iso_file_get_size(file)) > most_bytes) return std::nullopt;
    return extents_of_file(file);
}

void DiscTree::compare_file(const DiscEntry& entry, burn::IsoFile* file, Mismatches& mismatches,
                            std::vector<FileToRead>& files) {
    const auto size = static_cast<std::uint64_t>(burn::iso_file_get_size(file));
    if (size != entry.size_bytes) {
        mismatches.add(entry.path, "its size on the disc is " + std::to_string(size) + ", sealed were " +
                                       std::to_string(entry.size_bytes));
        return;
    }
    FileToRead& wanted = files.emplace_back(FileToRead{&entry, {}});
    if (size == 0) return;
    wanted.extents = extents_of_file(file);
    std::uint64_t covered = 0;
    for (const Extent& extent : wanted.extents) covered += extent.bytes;
    if (covered == size) return;
    mismatches.add(entry.path, "its extents on the disc hold " + std::to_string(covered) + " of " +
                                   std::to_string(size) + " bytes");
    files.pop_back();
}

void DiscTree::compare_node(const DiscEntry& entry, burn::IsoNode* node, Mismatches& mismatches,
                            std::vector<FileToRead>& files) {
    if (type_of(node) != entry.type) return mismatches.add(entry.path, "it has another type on the disc");
    if (burn::iso_node_get_permissions(node) != entry.mode) mismatches.add(entry.path, "its mode differs");
    if (burn::iso_node_get_mtime(node) != to_disc_time(entry.mtime))
        mismatches.add(entry.path, "its time differs");
    if (burn::iso_node_get_uid(node) != 0 || burn::iso_node_get_gid(node) != 0)
        mismatches.add(entry.path, "its owner is not 0");
    if (entry.type == FileType::symlink) {
        const char* target = burn::iso_symlink_get_dest(reinterpret_cast<burn::IsoSymlink*>(node));
        if (target == nullptr || entry.link_target != target)
            mismatches.add(entry.path, "its link target differs");
    }
    if (entry.type == FileType::file)
        compare_file(entry, reinterpret_cast<burn::IsoFile*>(node), mismatches, files);
}

void DiscTree::compare_one(const DiscEntry& entry, Mismatches& mismatches, std::vector<FileToRead>& files) {
    burn::IsoNode* node = find(entry.path);
    if (node == nullptr)
        mismatches.add(entry.path, "it is not on the disc");
    else
        compare_node(entry, node, mismatches, files);
}

void DiscTree::compare(const std::vector<DiscEntry>& entries, const std::string& top, Mismatches& mismatches,
                       std::vector<FileToRead>& files) {
    nodes_.clear();
    burn::IsoNode* folder = top.empty() ? nullptr : find(top);
    if (top.empty()) {
        collect(burn::iso_image_get_root(image_), "");
    } else if (folder != nullptr) {
        nodes_.emplace(top, folder);
        if (type_of(folder) == FileType::folder) collect(as_folder(folder), top);
    }
    std::unordered_set<std::string_view> expected;
    expected.reserve(entries.size());
    for (const DiscEntry& entry : entries) {
        expected.insert(entry.path);
        const auto found = nodes_.find(entry.path);
        if (found != nodes_.end())
            compare_node(entry, found->second, mismatches, files);
        else
            compare_one(entry, mismatches, files);
    }
    for (const auto& [path, node] : nodes_)
        if (!expected.contains(path) && !(top.empty() && path == kReadmeName))
            mismatches.add(path, "it is on the disc, but was not sealed");
}

}  // namespace burnbox
