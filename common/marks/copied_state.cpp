#include "common/marks/copied_state.hpp"

#include <optional>

#include "common/session/json_line.hpp"
#include "common/storage/durable_file.hpp"
#include "common/storage/existence.hpp"

namespace burnbox {
namespace {

constexpr const char* kStone = "placed_here";  // never written to again
constexpr const char* kNote = "placed_here.json";
constexpr std::size_t kMostBytes = 1U << 12U;

struct Stone {
    std::uint64_t inode = 0;
    std::uint64_t changed_ns = 0;
    bool operator==(const Stone&) const = default;
};

Result<std::optional<Stone>> stone_of(FileSystem& state_fs) {
    const auto info = state_fs.info(kStone);
    if (!info && info.error().code == Errc::not_found) return std::optional<Stone>();
    if (!info) return std::unexpected(info.error());
    return std::optional(
        Stone{info->inode, static_cast<std::uint64_t>(info->ctime.time_since_epoch().count())});
}

// Nothing when there is no note, or it can't be made out.
Result<std::optional<Stone>> noted_stone(FileSystem& state_fs) {
    const auto text = read_file(state_fs, kNote, kMostBytes);
    if (!text && text.error().code == Errc::not_found) return std::optional<Stone>();
    if (!text) return std::unexpected(text.error());
    std::optional<std::uint64_t> inode, changed_ns;
    JsonLineReader line(*text);
    while (const auto field = line.next()) {
        if (field->key == "inode") inode = field->number;
        if (field->key == "changed_ns") changed_ns = field->number;
    }
    if (!inode || !changed_ns) return std::optional<Stone>();
    return std::optional(Stone{*inode, *changed_ns});
}

}  // namespace

Result<bool> is_copied_state(FileSystem& state_fs) {
    BB_TRY(const auto noted, noted_stone(state_fs));
    BB_TRY(const auto stone, stone_of(state_fs));
    if (!noted) return false;
    return !stone || (stone->inode != noted->inode && stone->changed_ns != noted->changed_ns);
}

Status note_this_state(FileSystem& state_fs) {
    BB_TRY(const bool there, exists(state_fs, kStone));
    if (!there) BB_CHECK(replace_file(state_fs, kStone, ""));
    BB_TRY(const auto stone, stone_of(state_fs));
    BB_TRY(const auto noted, noted_stone(state_fs));
    if (!stone || noted == stone) return {};
    std::string line;
    JsonLineWriter(line).number("inode", stone->inode).number("changed_ns", stone->changed_ns).end();
    return replace_file(state_fs, kNote, line);
}

}  // namespace burnbox
