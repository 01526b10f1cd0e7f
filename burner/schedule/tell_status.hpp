// STATUS.txt of a session, whoever works on it: what happens to it now, its name, and where its parts are.
#pragma once

#include "burner/rules/status_text.hpp"
#include "burner/schedule/services.hpp"

namespace burnbox {

// Of a part: of the whole session. Session, parts and time are filled in when the text's turn has come. A
// text that can't be written is logged and no reason to stop. Blocks on the catalogue and the inbox. Threads:
// any.
void tell_status(const BurnerServices& services, const SessionRow& row, StatusFacts facts);

// A queued session waits for this before a drive may take it; "" = no more. Stored with its row, too.
void tell_waits(const BurnerServices& services, const SessionRow& row, const std::string& reason);

}  // namespace burnbox
