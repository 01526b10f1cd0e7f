// Whether a session that somebody packed as a BagIt bag (RFC 8493) is a valid one: it is burned as it is, so
// this is the last moment to say that it is not.
#pragma once

#include <functional>
#include <string>

#include "common/session/manifest.hpp"

namespace burnbox {

// What the check reads of a session; paths are those of its entries in the manifest.
struct BagFiles {
    std::function<Result<std::string>(const std::string& path)> read_text;
    // By an algorithm of listed_digest.hpp; not asked for SHA-256, which the manifest has.
    std::function<Result<std::string>(const ManifestEntry& file, const std::string& algorithm)> digest;
};

// Complete: every payload manifest lists exactly the files below data/. Valid: every digest that any
// manifest-ALGORITHM.txt or tagmanifest-ALGORITHM.txt lists is that of the file. A manifest of an algorithm
// that nobody here knows is refused. `folder` is where in the session the bag is ("" = the session itself).
// Errors: Errc::invalid, as a sentence for the person who sent it; those of reading. Blocks: files are read
// once for each other algorithm than SHA-256.
[[nodiscard]] Status check_own_bag(const Manifest& manifest, const BagFiles& files,
                                   const std::string& folder = "");

// The folder that is the session's only entry and a bag: it is checked, then wrapped like any other folder.
// Empty = none.
[[nodiscard]] std::string only_bag_folder(const Manifest& manifest);

}  // namespace burnbox
