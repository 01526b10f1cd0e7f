#include "common/marks/folder_mark.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "common/session/json_line.hpp"
#include "common/storage/durable_file.hpp"

namespace burnbox {
namespace {

constexpr std::uint64_t kFormat = 1;
constexpr std::uint64_t kMostBytes = 4096;

Error no_mark(const std::string& object) {
    return {
        .code = Errc::corrupt,
        .sys_errno = 0,
        .message = fmt::format("read {}: it is no folder mark of burnbox; put the right one back", object)};
}

}  // namespace

std::string_view to_string(FolderKind kind) {
    switch (kind) {
        case FolderKind::state_dir:
            return "state_dir";
        case FolderKind::inbox_dir:
            return "inbox_dir";
        case FolderKind::image_dir:
            return "image_dir";
        case FolderKind::watch:
            return "watch";
        case FolderKind::skim:
            return "skim";
    }
    return "";
}

std::string to_text(const FolderMark& mark) {
    std::string out;
    JsonLineWriter(out)
        .number("burnbox_folder", kFormat)
        .text("kind", mark.kind)
        .text("identity", mark.identity)
        .text("owner", mark.owner)
        .number("generation", mark.generation)
        .number("disc_number", mark.disc_number)
        .text("last_begun", mark.last_begun)
        .end();
    return out;
}

Result<FolderMark> parse_folder_mark(std::string_view text) {
    FolderMark mark;
    std::optional<std::uint64_t> format;
    while (text.ends_with('\n') || text.ends_with('\r')) text.remove_suffix(1);
    JsonLineReader reader(text);
    while (const auto field = reader.next()) {
        if (field->key == "burnbox_folder")
            format = field->number;
        else if (field->key == "kind")
            mark.kind = field->text;
        else if (field->key == "identity")
            mark.identity = field->text;
        else if (field->key == "owner")
            mark.owner = field->text;
        else if (field->key == "generation")
            mark.generation = field->number.value_or(0);
        else if (field->key == "disc_number")
            mark.disc_number = field->number.value_or(0);
        else if (field->key == "last_begun")
            mark.last_begun = field->text;
    }
    if (!reader.good() || format != kFormat || mark.identity.empty())
        return std::unexpected(no_mark(std::string(kFolderMark)));
    return mark;
}

Result<std::optional<FolderMark>> read_folder_mark(FileSystem& folder) {
    const std::string name(kFolderMark);
    const auto text = read_file(folder, name, kMostBytes);
    if (!text && text.error().code == Errc::not_found) return std::nullopt;
    if (!text && text.error().code != Errc::invalid) return std::unexpected(text.error());
    auto mark = parse_folder_mark(text.value_or(""));
    if (!mark) return std::unexpected(no_mark(folder.host_path(name)));
    return std::optional(std::move(*mark));
}

Status write_folder_mark(FileSystem& folder, const FolderMark& mark) {
    return replace_file(folder, std::string(kFolderMark), to_text(mark));
}

Status note_generation(FileSystem& folder, std::uint64_t generation, std::uint64_t disc_number,
                       const std::string& last_begun) {
    BB_TRY(auto mark, read_folder_mark(folder));
    if (!mark)
        return fail(Errc::not_found, fmt::format("note the generation in {}: the folder has no mark",
                                                 folder.host_path(std::string(kFolderMark))));
    const bool same = last_begun.empty() || mark->last_begun == last_begun;
    if (mark->generation >= generation && mark->disc_number >= disc_number && same) return {};
    if (!last_begun.empty()) mark->last_begun = last_begun;
    mark->generation = std::max(mark->generation, generation);
    mark->disc_number = std::max(mark->disc_number, disc_number);
    return write_folder_mark(folder, *mark);
}

}  // namespace burnbox
