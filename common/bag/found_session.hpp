// Sessions as a disc shows them: what burnbox knew of each when it was sealed, made again from its bag or
// list, for a disc that holds more than the catalogue knows. Pure but for the reading of files.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "common/session/sealed_session.hpp"

namespace burnbox {

// The folder of a session.
struct FoundFolder {
    std::string account{};
    std::string disc_name{};               // "holiday", or "holiday/part-2-of-3"
    std::vector<ManifestEntry> entries{};  // what is in it; sorted by path, without digests
    Timestamp time{};                      // of the folder
    std::optional<Timestamp> list_time{};  // of the SHA256SUMS beside it; nothing: there is none
    bool notes_beside = false;             // name-notes.tsv
    bool removed_beside = false;           // removed.txt

    [[nodiscard]] std::string identifier() const { return account + "/" + disc_name; }
};

struct FoundFolders {
    std::vector<FoundFolder> sessions;
    std::vector<std::string> unexplained;  // paths of what belongs to no session
};

// What `newer` has and `older` has not: the trees of two disc sessions, the newer with everything of the
// older; from the disc's root, sorted by path bytewise.
[[nodiscard]] FoundFolders new_sessions(const std::vector<ManifestEntry>& older,
                                        const std::vector<ManifestEntry>& newer);

// A file's content; its path from the disc's root.
using ReadDiscFile = std::function<Result<std::string>(const std::string& path)>;

// Errors: corrupt when nothing tells what was sealed, or when the bag made from it would be another one than
// the disc's; those of `read`. Contents of files are not compared. The percentage of recovery data is a rough
// one, by its bytes: its sets know better.
[[nodiscard]] Result<SealedSession> sealed_session_of(const FoundFolder& folder, const ReadDiscFile& read);

}  // namespace burnbox
