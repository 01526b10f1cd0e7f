// Whether a session that somebody packed as a BagIt bag (RFC 8493) is a valid one: it is burned as it is, so
// this is the last moment to say that it is not.
#pragma once

#include <functional>
#include <string>

#include "common/session/manifest.hpp"

namespace burnbox {

// Complete: every payload manifest lists exactly the files below data/. Valid: every SHA-256 listed in
// manifest-sha256.txt and tagmanifest-sha256.txt is the one in `manifest`. `read_text` reads a file of the
// session ("bagit.txt"); `folder` is where in the session the bag is ("" = the session itself). Errors:
// Errc::invalid, as a sentence for the person who sent it; those of read_text.
[[nodiscard]] Status check_own_bag(
    const Manifest& manifest, const std::function<Result<std::string>(const std::string& path)>& read_text,
    const std::string& folder = "");

// The folder that is the session's only entry and a bag: it is checked, then wrapped like any other folder.
// Empty = none.
[[nodiscard]] std::string only_bag_folder(const Manifest& manifest);

}  // namespace burnbox
