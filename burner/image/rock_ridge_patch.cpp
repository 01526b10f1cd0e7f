#include "burner/image/rock_ridge_patch.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "burner/image/link_targets.hpp"
#include "burner/image/tree_records.hpp"
#include "common/base/text.hpp"

namespace burnbox {
namespace {

constexpr std::uint32_t kPrimaryDescriptor = 16;
constexpr std::size_t kNameHead = 5;  // NM

Result<bool> set_name(const TreeBlocks& tree, const TreeRecord& record, std::string_view name) {
    std::size_t done = 0;
    BB_CHECK(for_each_field(tree, record, [&](std::span<std::byte> field) -> Status {
        if (!text_of(field).starts_with("NM") || field.size() < kNameHead) return {};
        const auto part = std::as_bytes(std::span(name.substr(std::min(done, name.size()))));
        const std::size_t bytes = field.size() - kNameHead;
        std::ranges::copy(part.first(std::min(bytes, part.size())), field.begin() + kNameHead);
        done += bytes;
        return {};
    }));
    return done == name.size();
}

class Patcher {
  public:
    Patcher(const RockRidgePatch& patch, const TreeBlocks& tree) : patch_(patch), tree_(tree) {}

    // A file of several extents has a record for each.
    Status visit_folder(const TreeRecord& folder, const std::string& front) {
        std::string last;
        return for_each_record(tree_, folder, [&](const TreeRecord& record) -> Status {
            if (record.is_self_or_parent()) return {};
            BB_TRY(const std::string name, rock_ridge_name(tree_, record));
            const std::string path = front + name;
            if (record.is_folder() && has_entries_below(path)) BB_CHECK(visit_folder(record, path + '/'));
            const auto entry = patch_.find(path);
            if (entry == patch_.end()) return {};
            if (path != last) ++found_;
            last = path;
            return set(record, path, entry->second);
        });
    }
    [[nodiscard]] std::size_t found() const { return found_; }

  private:
    bool has_entries_below(const std::string& path) const {
        const auto next = patch_.lower_bound(path + '/');
        return next != patch_.end() && next->first.starts_with(path + '/');
    }

    Status set(const TreeRecord& record, const std::string& path, const RockRidgeEntry& entry) {
        bool set = true;
        if (!entry.link_target.empty()) {
            BB_TRY(set, set_link_target(tree_, record, entry.link_target));
        }
        if (set && !entry.name.empty()) {
            BB_TRY(set, set_name(tree_, record, entry.name));
        }
        if (set) return {};
        return fail(Errc::corrupt, "put /" + escape(path) + " right: libisofs writes it in another way");
    }

    const RockRidgePatch& patch_;
    const TreeBlocks& tree_;
    std::size_t found_ = 0;
};

}  // namespace

Status apply(const RockRidgePatch& patch, std::span<std::byte> tree, std::uint32_t start_lba) {
    if (patch.empty()) return {};
    const TreeBlocks blocks{tree, start_lba};
    BB_TRY(const TreeRecord root, root_record(blocks, kPrimaryDescriptor));
    Patcher patcher(patch, blocks);
    BB_CHECK(patcher.visit_folder(root, ""));
    if (patcher.found() == patch.size()) return {};
    return fail(Errc::corrupt,
                fmt::format("put names and links right: {} of {} are not in the tree that is to be written",
                            patch.size() - patcher.found(), patch.size()));
}

}  // namespace burnbox
