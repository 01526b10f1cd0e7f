// A session's names, as pure functions: which names a client may give a session, and what the suffixes say.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/error.hpp"

namespace burnbox {

// What a folder's name says about the session in it.
enum class FolderState : std::uint8_t { open, queued, burned, failed };
[[nodiscard]] std::string_view to_string(FolderState state);

struct SessionFolder {
    std::string name;  // "holiday" of "holiday-burned-2"
    FolderState state = FolderState::open;
    unsigned number = 1;  // 2 of "holiday-burned-2"

    // "holiday-burned-2"; the number 1 is not written.
    [[nodiscard]] std::string folder() const;
};

// Splits by -(queued|burned|failed)(-[0-9]+)? at the end; never fails, a name without suffix is open.
[[nodiscard]] SessionFolder parse_folder(std::string_view folder);

// Whether a client may give a new session this name: 1 to 200 bytes of UTF-8 without control characters, not
// beginning with '.' or '-', not "discs", without a reserved suffix. The error is a sentence for the person
// who typed it.
[[nodiscard]] Status check_session_name(std::string_view name);

// A name of an entry inside a session that a disc can hold: 1 to 255 bytes of UTF-8, no NUL, '/', "." or
// "..", and no control characters (they can't be typed back from a listing).
[[nodiscard]] Status check_entry_name(std::string_view name);

// STATUS.txt REFUSED.txt FAILED.txt RECEIPT.txt receipt.json, the names that these have while they are
// written (.STATUS.txt.tmp), and *.refused at a session's top (path relative to the session).
[[nodiscard]] bool is_own_file(std::string_view path_in_session);

// The folder, beside an account's sessions, of one that burnbox fills itself; clients don't see it. The seal
// gives it its name.
[[nodiscard]] std::string hidden_folder(std::string_view seal_id);
[[nodiscard]] bool is_hidden_folder(std::string_view folder);

// The first of NAME, NAME-2, NAME-3 ... that `taken` does not hold, whatever the case.
[[nodiscard]] std::string first_free_disc_name(std::string_view name, const std::vector<std::string>& taken);

}  // namespace burnbox
