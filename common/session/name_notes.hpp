// Names that some readers of discs show changed. They are found at the seal and stand in the seal record, so
// that the bag that lists them can be made again by any later version. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/session/manifest.hpp"

namespace burnbox {

inline constexpr std::string_view kNameNotesFile = "name-notes.tsv";

// Who shows them changed. Their words stand in records and on discs.
enum class NameReader : std::uint8_t {
    joliet,        // "joliet": Windows, and whoever else reads the Joliet tree
    linux_kernel,  // "linux": its isofs cuts names of 254 and 255 bytes
    by_path,       // "path": programs that are given a path of 3,800 bytes and more
};
[[nodiscard]] std::string_view to_string(NameReader reader);
[[nodiscard]] std::optional<NameReader> parse_name_reader(std::string_view word);

struct NameNote {
    NameReader reader = NameReader::joliet;
    std::string path;   // of the entry in the session
    std::string shown;  // the name that the reader shows, as far as that is known

    bool operator==(const NameNote&) const = default;
};

// Those of every reader, sorted by reader, then by path.
[[nodiscard]] std::vector<NameNote> name_notes_of(const Manifest& manifest);
[[nodiscard]] std::vector<NameNote> names_cut_by_linux(const Manifest& manifest);

// The tag file: a line of the columns' names, then one a note, tabs between; every path preceded by `prefix`.
// "" without notes.
[[nodiscard]] std::string name_notes_tsv(const std::vector<NameNote>& notes, std::string_view prefix);
// The inverse, of what is on a disc. Errors: corrupt.
[[nodiscard]] Result<std::vector<NameNote>> parse_name_notes_tsv(std::string_view text,
                                                                 std::string_view prefix);

// One sentence for people, with some of the names; "" without notes.
[[nodiscard]] std::string name_notes_sentence(const std::vector<NameNote>& notes);

}  // namespace burnbox
