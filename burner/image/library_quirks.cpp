#include "burner/image/library_quirks.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <vector>

#include "burner/image/continuation_area.hpp"
#include "burner/image/link_targets.hpp"
#include "common/base/text.hpp"
#include "common/session/joliet_names.hpp"

namespace burnbox {
namespace {

// Of the root folder's continuation area: the announcement of Rock Ridge (ER).
constexpr std::size_t kAnnouncement = 182;
constexpr std::uint64_t kLargestExtent = 0xFFFF'F800;
// The root's entries and those of the accounts' folders.
constexpr unsigned kSharedLevels = 2;

bool library_counts_gaps_twice() {
    int major = 0;
    int minor = 0;
    int micro = 0;
    burn::iso_lib_version(&major, &minor, &micro);
    return std::array{major, minor, micro} < std::array{1, 5, 6};
}

bool is_folder(burn::IsoNode* node) {
    return burn::iso_node_get_type(node) == burn::LIBISO_DIR;
}

bool is_link(burn::IsoNode* node) {
    return burn::iso_node_get_type(node) == burn::LIBISO_SYMLINK;
}

std::size_t count_records(burn::IsoNode* node) {
    if (burn::iso_node_get_type(node) != burn::LIBISO_FILE) return 1;
    const auto bytes =
        static_cast<std::uint64_t>(burn::iso_file_get_size(reinterpret_cast<burn::IsoFile*>(node)));
    return 1 + bytes / kLargestExtent;
}

// Padding as libisofs takes it: as the fields of the node's extended attributes, which burnbox has no other
// use for. The lowest bit of the byte behind the head says whether another one follows.
void* padding_fields(const PaddingFields& lengths) {
    std::size_t bytes = 0;
    for (const std::size_t length : lengths) bytes += length;
    auto* fields = static_cast<unsigned char*>(std::calloc(1, bytes));
    if (fields == nullptr) return nullptr;
    unsigned char* field = fields;
    for (std::size_t i = 0; i < lengths.size(); field += lengths[i++]) {
        field[0] = 'P';
        field[1] = 'D';
        field[2] = static_cast<unsigned char>(lengths[i]);
        field[3] = 1;
        field[4] = i + 1 < lengths.size() ? 1 : 0;
    }
    return fields;
}

class Walk {
  public:
    Walk(burn::IsoImage* image, bool shared_top, LibraryMessages& messages)
        : root_(burn::iso_image_get_root(image)),
          shared_levels_(shared_top ? kSharedLevels : 0),
          messages_(messages),
          pads_(library_counts_gaps_twice()) {}

    Result<RockRidgePatch> run() {
        BB_CHECK(visit(root_, "", 0));
        return std::move(patch_);
    }

  private:
    // `front`: the folder's path as libisofs has it, with '/' behind it.
    Status visit(burn::IsoDir* folder, const std::string& front, unsigned depth) {
        BB_TRY(std::vector<burn::IsoNode*> nodes, list(folder, front));
        // Sessions share the folders at the top: an older one's name stays what it was.
        if (depth < shared_levels_) std::ranges::stable_sort(nodes, {}, burn::iso_node_get_mtime);
        BB_CHECK(rename(nodes, front));
        for (burn::IsoNode* node : nodes) BB_CHECK(respell(node, front));
        if (pads_) BB_CHECK(pad(nodes, folder == root_ ? kAnnouncement : 0));
        for (burn::IsoNode* node : nodes)
            if (is_folder(node))
                BB_CHECK(visit(reinterpret_cast<burn::IsoDir*>(node),
                               front + burn::iso_node_get_name(node) + '/', depth + 1));
        return {};
    }

    Result<std::vector<burn::IsoNode*>> list(burn::IsoDir* folder, const std::string& front) {
        burn::IsoDirIter* children = nullptr;
        BB_CHECK(messages_.check(burn::iso_dir_get_children(folder, &children), "list /" + escape(front)));
        std::vector<burn::IsoNode*> nodes;
        burn::IsoNode* node = nullptr;
        while (burn::iso_dir_iter_next(children, &node) == 1) nodes.push_back(node);
        burn::iso_dir_iter_free(children);
        return nodes;
    }

    Status rename(const std::vector<burn::IsoNode*>& nodes, const std::string& front) {
        std::vector<NameInFolder> names;
        names.reserve(nodes.size());
        for (burn::IsoNode* node : nodes)
            names.push_back({burn::iso_node_get_name(node), is_folder(node), !is_link(node)});
        const auto in_joliet = joliet_names(names);
        for (std::size_t i = 0; i < nodes.size(); ++i) {
            if (in_joliet[i].spelling.empty()) continue;
            const std::string name(names[i].name);
            BB_CHECK(messages_.check(burn::iso_node_set_name(nodes[i], in_joliet[i].spelling.c_str()),
                                     "name /" + escape(front + name) + " for Joliet"));
            patch_[front + in_joliet[i].spelling].name = name;
        }
        return {};
    }

    Status respell(burn::IsoNode* node, const std::string& front) {
        if (!is_link(node)) return {};
        auto* link = reinterpret_cast<burn::IsoSymlink*>(node);
        const std::string target = burn::iso_symlink_get_dest(link);
        const std::string spelled = spelled_for_library(target);
        if (spelled == target) return {};
        const std::string path = front + burn::iso_node_get_name(node);
        if (burn::iso_symlink_set_dest(link, spelled.c_str()) < 0) {
            messages_.drain();
            return fail(
                Errc::unsupported,
                fmt::format("add /{}: its link target is too long for a disc: it has {} bytes, and a slash "
                            "at its end or a name of more than 248 bytes in it",
                            escape(path), target.size()));
        }
        patch_[path].link_target = target;
        return {};
    }

    Status pad(const std::vector<burn::IsoNode*>& nodes, std::size_t used) {
        std::vector<burn::IsoNode*> needy;
        std::vector<ContinuationNeed> needs;
        for (burn::IsoNode* node : nodes) {
            const std::string_view target =
                is_link(node) ? burn::iso_symlink_get_dest(reinterpret_cast<burn::IsoSymlink*>(node)) : "";
            ContinuationNeed need = continuation_need(burn::iso_node_get_name(node), is_folder(node), target);
            if (need.most == 0) continue;
            need.records = count_records(node);
            needy.push_back(node);
            needs.push_back(need);
        }
        const ContinuationPadding padding(needs, used);
        if (!padding.needed()) return {};
        for (std::size_t i = 0; i < needy.size(); ++i)
            BB_CHECK(add_padding(needy[i], padding.fields(needs[i])));
        return {};
    }

    Status add_padding(burn::IsoNode* node, const PaddingFields& lengths) {
        if (lengths.empty()) return {};
        void* fields = padding_fields(lengths);
        if (fields == nullptr) return fail_errno("make", "the padding of a long name", ENOMEM);
        const int result = burn::iso_node_add_xinfo(node, burn::aaip_xinfo_func, fields);
        if (result <= 0) std::free(fields);
        return messages_.check(result, "make the padding of a long name");
    }

    burn::IsoDir* root_;
    const unsigned shared_levels_;
    LibraryMessages& messages_;
    const bool pads_;
    RockRidgePatch patch_;
};

}  // namespace

Result<RockRidgePatch> work_around_quirks(burn::IsoImage* image, bool shared_top, LibraryMessages& messages) {
    return Walk(image, shared_top, messages).run();
}

}  // namespace burnbox
