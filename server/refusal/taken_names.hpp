// Files at a session's top that have one of burnbox's own names (names.hpp, is_own_file) and that burnbox did
// not write. Over SSH nobody can make one; in a watched folder anybody can.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "common/config/config.hpp"
#include "common/storage/file_system.hpp"

namespace burnbox::upload {

// Whose the file is that has the reason of a refusal.
enum class RefusalFile : std::uint8_t { none, burnbox, another };
// `another`: one that can't be read, too. Blocks.
[[nodiscard]] RefusalFile find_refusal_file(FileSystem& fs, const std::string& top);

// What the text of a refusal says first; "" = there is none of burnbox's. Blocks.
[[nodiscard]] std::string refusal_reason(FileSystem& fs, const std::string& top);

// Their names, sorted. Not among them: REFUSED.txt with the text of a refusal, and NAME.refused where NAME is
// a marker's name, or is empty, or something was refused there. Errors: those of looking. Blocks.
[[nodiscard]] Result<std::vector<std::string>> taken_names(FileSystem& fs, const std::string& top,
                                                           const SessionConfig& config);

}  // namespace burnbox::upload
