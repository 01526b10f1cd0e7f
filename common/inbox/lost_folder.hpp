// A sealed session's folder that was away and is back, perhaps under another of its names: what an
// administrator did by hand can be undone by hand. The seal record knows what belongs in it.
#pragma once

#include <optional>
#include <string>

#include "common/catalogue/catalogue.hpp"
#include "common/inbox/inbox.hpp"
#include "common/session/sealed_session.hpp"

namespace burnbox {

// Why such a session failed, with the remedy; `host_path`: where the folder was.
[[nodiscard]] std::string missing_folder_reason(const SessionRow& row, const std::string& host_path);

// How well a folder holds what was sealed. A marker's file is not asked for: it may have got another name.
// The content is compared when it is burned.
enum class Fit : std::uint8_t {
    none,   // something is missing, or of another type or size
    sizes,  // all is there; times differ, as after a plain copy
    times,  // the files' times are those of the seal too
};
// Errors: those of looking. Blocks.
[[nodiscard]] Result<Fit> fit_of(FileSystem& fs, const std::string& folder, const SealedSession& sealed);

// Every file's content too. Blocks for as long as that takes.
[[nodiscard]] Result<bool> holds_what_was_sealed(FileSystem& fs, const std::string& folder,
                                                 const SealedSession& sealed);

// The row's folder, as a name in its account's inbox: the one it has, else one that has a name of this sealed
// session (NAME-queued, NAME-failed ...), that no other row has, and in which everything lies that the seal
// record lists, with its size; of a burned session with its content. The row is given that folder. Errors:
// Errc::not_found, with the remedy, when there is none; those of looking. Blocks.
[[nodiscard]] Result<std::string> find_lost_folder(Inbox& inbox, Catalogue& catalogue, FileSystem& state_fs,
                                                   const SessionRow& row);

// The same for a folder of which the catalogue knows nothing under that name: the failed or queued session
// that it is of, if it is one's. Blocks.
[[nodiscard]] Result<std::optional<SessionRow>> find_row_of_folder(Inbox& inbox, Catalogue& catalogue,
                                                                   FileSystem& state_fs,
                                                                   const std::string& account,
                                                                   const std::string& folder);

// The folder in its account's inbox that says that this session failed (NAME-failed), that no row has, and
// that holds what was sealed: every file's content is compared. Blocks for as long as that takes.
[[nodiscard]] Result<std::optional<std::string>> failed_folder_of(Inbox& inbox, Catalogue& catalogue,
                                                                  const SealedSession& sealed);

}  // namespace burnbox
