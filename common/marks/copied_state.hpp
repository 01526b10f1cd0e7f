// A state folder that was copied, from a backup or to another disk: it may be older than discs of which
// nothing else tells, when all that would is in it and went with it.
#pragma once

#include "common/storage/file_system.hpp"

namespace burnbox {

// Whether it is another one than the folder that note_this_state() was said of: a file that lies in it from
// its begin has neither its inode nor its time of change any more. A file system that is mounted elsewhere, a
// changed owner, a renamed folder are no copy; nor is an image of the whole disk, which nothing tells from
// it. Errors: those of reading. Blocks.
[[nodiscard]] Result<bool> is_copied_state(FileSystem& state_fs);

// From now on it is this one. Durable when it returns. Blocks.
[[nodiscard]] Status note_this_state(FileSystem& state_fs);

}  // namespace burnbox
