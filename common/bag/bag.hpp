// The bag: a sealed session as a tree for the disc (BagIt 1.0, RFC 8493). Pure: facts in, entries out; the
// same session gives the same bytes, so that the verifier can make the bag again and compare the disc with
// it.
#pragma once

#include <string>
#include <vector>

#include "common/session/layout.hpp"
#include "common/session/sealed_session.hpp"

namespace burnbox {

enum class ModePolicy : std::uint8_t { readable, keep };

// One entry on the disc. Exactly one source: `staged` (a path in the session folder), `content`,
// `link_target`, or none (folder).
struct DiscEntry {
    std::string path;  // from the disc's root, without leading '/': "alice/holiday/data/a.jpg"
    FileType type = FileType::file;
    std::uint32_t mode = 0444;  // as it is on the disc, after ModePolicy
    Timestamp mtime{};
    std::uint64_t size_bytes = 0;
    Sha256 sha256{};            // files only
    std::string staged{};       // files from the session folder
    std::string content{};      // tag files
    std::string link_target{};  // symlinks
    bool parity = false;        // `staged` is a path in the folder of the session's recovery files
};

// A session that is itself a bag: it is burned as it is, nothing added.
[[nodiscard]] bool is_bag(const Manifest& manifest);

// The session's folder /<account>/<disc name> and what is in it, parents first, sorted by path; the bagging
// date is that of the seal. /<account> is not among them: all sessions of the account share it.
// Layout::plain adds /<account>/<disc name>.SHA256SUMS, and so does Layout::bag for a session that came as a
// bag without manifest-sha256.txt; Layout::root puts everything and SHA256SUMS (unless
// the session brings its own) at the root.
[[nodiscard]] std::vector<DiscEntry> disc_entries(const SealedSession& session, Layout layout,
                                                  ModePolicy modes);

// Where the session's own entries begin on the disc, from its root; "" = they lie at the root.
[[nodiscard]] std::string payload_place(const SealedSession& session, Layout layout);

// Whether its bag has a place for the marker's bytes. Elsewhere they are on the disc only as data.
[[nodiscard]] bool has_marker_file(const SealedSession& session, Layout layout);

// Where the session's recovery files lie on the disc, and the folder that the paths in them begin at; both
// from the disc's root. A bag of ours has them in `par2`; elsewhere they lie beside it, below RECOVERY, which
// no account's name can be. Layout::root has none.
struct ParityPlace {
    std::string folder;
    std::string base;
};
[[nodiscard]] ParityPlace parity_place(const SealedSession& session, Layout layout);

// Where on the disc the list for `sha256sum -c` is, from the disc's root; it is to be used in the folder it
// lies in.
[[nodiscard]] std::string checksum_list_path(const SealedSession& session, Layout layout);

// `sha256sum -c` format (GNU escapes for backslash and newline in names): one line a file, paths preceded by
// `prefix`.
[[nodiscard]] std::string sha256sums(const Manifest& manifest, std::string_view prefix);

// /README.txt of the disc: what this disc is and how to check it without burnbox. Grows with no session, so
// that it is the same on every disc session.
[[nodiscard]] std::string disc_readme(std::string_view label, std::string_view serial);

}  // namespace burnbox
