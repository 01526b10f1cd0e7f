// Modes of clients are facts to record, not modes of the staging copy (R5): the server's user can always
// read, write and remove what lies in an inbox, and what was sent stands in the session's records. Account
// locked where a SessionFiles is given.
#pragma once

#include <vector>

#include "server/files/session_files.hpp"

namespace burnbox::upload {

// A client gave an entry this mode; its staging copy has the one of attributes.hpp.
void note_sent_mode(SessionFiles& files, const std::string& path, FileType type, std::uint32_t mode);

// What is said of an entry to clients and in the manifest: as it was sent.
[[nodiscard]] FileInfo as_sent(const SessionFiles& files, const std::string& path, FileInfo info);

// The mode of an entry that a program, or an earlier version, left in a session's folder.
struct FoundMode {
    std::string path;  // in the session
    FileType type = FileType::file;
    std::uint32_t mode = 0;
};

// Makes `top`, every folder below it, and with `files_too` every file, as the server needs it, and says what
// they were. What vanishes meanwhile is left out. Blocks.
[[nodiscard]] std::vector<FoundMode> open_up(FileSystem& fs, const std::string& top, bool files_too);

}  // namespace burnbox::upload
