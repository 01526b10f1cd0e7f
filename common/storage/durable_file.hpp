// The only write-temp, fsync, rename, fsync-the-folder code.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "common/storage/file_system.hpp"

namespace burnbox {

enum class Durability { durable, visible };  // visible: whole or not at all for readers, but no fsync

// Replaces `path` with `content` in one step: a reader or a crash sees the old or the new content, nothing
// between. The temporary name is ".NAME.tmp" beside it. With Durability::durable it is on the disk when this
// returns. Blocks.
[[nodiscard]] Status replace_file(FileSystem& fs, const std::string& path, std::string_view content,
                                  Durability durability = Durability::durable,
                                  std::uint32_t permissions = 0644);

// The same for content that `write` puts into the new file piece by piece; its errors leave the old content.
[[nodiscard]] Status replace_file_with(FileSystem& fs, const std::string& path,
                                       const std::function<Status(File&)>& write,
                                       Durability durability = Durability::durable,
                                       std::uint32_t permissions = 0644);

}  // namespace burnbox
