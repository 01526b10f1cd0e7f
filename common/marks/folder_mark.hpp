// The mark of a folder that belongs to a server: `.burnbox-folder` at its top. A disk that is not mounted
// leaves an empty folder in its place; the mark tells the two apart. It also says which catalogue's folder it
// is, and how far that catalogue was.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "common/storage/file_system.hpp"

namespace burnbox {

inline constexpr std::string_view kFolderMark = ".burnbox-folder";

// What a folder is for: the key of the configuration that names it.
enum class FolderKind : std::uint8_t { state_dir, inbox_dir, image_dir, watch, skim };
[[nodiscard]] std::string_view to_string(FolderKind kind);

struct FolderMark {
    std::string kind;               // a word of FolderKind, or of a later version; for people
    std::string identity;           // of this folder, a UUID
    std::string owner;              // identity of the state_dir whose server it belongs to
    std::uint64_t generation = 0;   // of the catalogue: the highest that was noted here; 0 = none was
    std::uint64_t disc_number = 0;  // of the discs: the highest that any catalogue gave out; 0 = none noted
    std::string last_begun{};       // Catalogue::last_begun() of the one that noted these; "" = none did

    bool operator==(const FolderMark&) const = default;
};

// One JSON object, a line; keys that are not known are skipped.
[[nodiscard]] std::string to_text(const FolderMark& mark);
[[nodiscard]] Result<FolderMark> parse_folder_mark(std::string_view text);

// The mark at the top of `folder`; nothing when there is none. Errors: corrupt, naming the file; those of
// reading. Blocks.
[[nodiscard]] Result<std::optional<FolderMark>> read_folder_mark(FileSystem& folder);

// Replaced in one step and durable when this returns. Blocks.
[[nodiscard]] Status write_folder_mark(FileSystem& folder, const FolderMark& mark);

// Raises the generation and the disc number noted in the folder's mark; lower ones change nothing. Who notes
// them stands there too. Errors: not_found when there is no mark. Blocks.
[[nodiscard]] Status note_generation(FileSystem& folder, std::uint64_t generation, std::uint64_t disc_number,
                                     const std::string& last_begun = "");

}  // namespace burnbox
