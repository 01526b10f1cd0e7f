// Which session somebody means by a name: "alice/holiday", a disc name alone while it is unique, what the
// client called it ("holiday" of holiday-2, or its folder holiday-queued), or for the administrator the path
// of its folder on this machine, which tells apart those of one name in several folders.
#pragma once

#include <initializer_list>
#include <string>

#include "server/operations/operation_services.hpp"

namespace burnbox {

// Sealed sessions; those in one of the `wanted` states win, then exact disc names, then the newest. An
// account finds only its own. Errors: not_found; conflict when sessions of several accounts fit, with their
// names, or of several folders, with their paths.
[[nodiscard]] Result<SessionRow> find_sealed_session(const Asked& asked, const std::string& name,
                                                     std::initializer_list<SessionState> wanted);

// Open ones, by their name; to an account its inbox comes first. Errors: as above.
[[nodiscard]] Result<OpenSessionStatus> find_open_session(const Asked& asked, const std::string& name);

// Where an open session's, or a sealed one's folder is: a path on this machine; an account is told no more
// than "inbox" or "watched folder".
[[nodiscard]] std::string place_for(const Asked& asked, const OpenSessionStatus& open);
[[nodiscard]] std::string place_for(const Asked& asked, const SessionRow& row);

// How the asker is told a session's name: without the account when it is his own.
[[nodiscard]] std::string name_for(const Asked& asked, const std::string& account,
                                   const std::string& session);

}  // namespace burnbox
