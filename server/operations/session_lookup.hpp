// Which session somebody means by a name: "alice/holiday", a disc name alone while it is unique, or what the
// client called it
// ("holiday" of holiday-2, or its folder holiday-queued).
#pragma once

#include <initializer_list>
#include <string>

#include "server/operations/operation_services.hpp"

namespace burnbox {

// Sealed sessions; those in one of the `wanted` states win, then exact disc names, then the newest. An
// account finds only its own. Errors: not_found; conflict when sessions of several accounts fit, with their
// names.
[[nodiscard]] Result<SessionRow> find_sealed_session(const Asked& asked, const std::string& name,
                                                     std::initializer_list<SessionState> wanted);

// Open ones, by their name.
[[nodiscard]] Result<OpenSessionStatus> find_open_session(const Asked& asked, const std::string& name);

// How the asker is told a session's name: without the account when it is his own.
[[nodiscard]] std::string name_for(const Asked& asked, const std::string& account,
                                   const std::string& session);

}  // namespace burnbox
