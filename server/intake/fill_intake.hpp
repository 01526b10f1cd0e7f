// Entries of a local folder, put into a session that burnbox fills itself: what both `import` and the skimmer
// do with what they have chosen.
#pragma once

#include <functional>
#include <stop_token>
#include <string>
#include <vector>

#include "server/seal/intake_session.hpp"

namespace burnbox::intake {

struct ChosenEntry {
    std::string path;  // in the source folder
    FileInfo info;     // as the walk saw it
    std::string link_target{};
};

struct LeftEntry {
    std::string path;
    Error why;
};

struct Filled {
    Manifest manifest;  // of what is in the session now, with paths that a disc can hold
    std::vector<LeftEntry>
        left;  // files that changed, vanished or could not be read: nothing of them is there
};

// The sum of the files' sizes.
[[nodiscard]] std::uint64_t total_bytes(const std::vector<ChosenEntry>& entries);

// The manifest that these entries make below the folder `below` of the session ("" = its top), digests left
// out; what disc_paths() renames has both names. Pure.
[[nodiscard]] Manifest manifest_of(const std::vector<ChosenEntry>& entries, const std::string& below);

// Copies the entries, folders before what is in them, to `below`; `copied` hears of every file with its
// digest. Errors: those of the session's file system, cancelled by `stop`. Blocks.
[[nodiscard]] Result<Filled> fill_intake(
    FileSystem& source, const std::vector<ChosenEntry>& entries, const std::string& below,
    upload::IntakeSession& intake, const std::stop_token& stop,
    const std::function<Status(const ChosenEntry&, const Sha256&)>& copied = {});

}  // namespace burnbox::intake
