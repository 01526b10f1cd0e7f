// What a program changed in a session's folder, by two looks at it, and what of that can't stay. Pure.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "common/config/config.hpp"
#include "server/files/session_walk.hpp"
#include "server/sessions/open_session.hpp"

namespace burnbox::upload {

// One look: every file, and burnbox's own texts apart, which the walk leaves out.
struct FolderLook {
    std::vector<WalkEntry> entries;
    std::map<std::string, FileStamp, std::less<>> own_files;
};

using Stamps = std::map<std::string, FileStamp, std::less<>>;
[[nodiscard]] Stamps file_stamps(const std::vector<WalkEntry>& entries);

// Folders and links, by path and target: the same before and after when none was made, moved or removed.
[[nodiscard]] std::vector<std::string> folders_and_links(const std::vector<WalkEntry>& entries);

// Files that are new or not the same as before, as indexes of `after`.
[[nodiscard]] std::vector<std::size_t> changed_files(const Stamps& before,
                                                     const std::vector<WalkEntry>& after);
// Whether a folder or link was at this path.
[[nodiscard]] bool contains(const std::vector<std::string>& folders_and_links, const std::string& path);
// Names at the top that are burnbox's own, but that the program made or replaced. `refused`: a marker was
// refused meanwhile, which changes REFUSED.txt and *.refused.
[[nodiscard]] std::vector<std::string> usurped_names(const Stamps& before, const Stamps& after, bool refused);

// rsync keeps links harmless while it works (--munge-links): a prefix makes them lead nowhere. "" when the
// target does not have it.
[[nodiscard]] std::string unmunged_target(std::string_view target);

// What an rsync that was killed leaves behind: ".NAME.XXXXXX" beside the NAME that came whole since.
[[nodiscard]] bool is_rsync_leftover(std::string_view path, const std::vector<WalkEntry>& entries);

// The marker among what was brought; a checksum list only when no other is there. "" = none.
[[nodiscard]] std::string brought_marker(const SessionConfig& config, const std::vector<std::string>& paths);

}  // namespace burnbox::upload
