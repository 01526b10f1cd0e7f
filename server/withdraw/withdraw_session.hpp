// Cancelling and mending: a queued or failed session becomes the open one again that it was. The step in the
// catalogue decides; everything after it can be done again at the next start.
#pragma once

#include <memory>

#include "server/sessions/session_registry.hpp"

namespace burnbox::upload {

// Takes back the session whose folder is `folder` ("holiday-queued"), as open session `target`. Answers when
// it is done. Any thread; no lock may be held.
void withdraw_folder(const std::shared_ptr<SessionRegistry>& registry,
                     const std::shared_ptr<Account>& account, const std::string& folder,
                     const std::string& target, Done done);

// The same by its disc name, as open session of its own name.
void withdraw_session(const std::shared_ptr<SessionRegistry>& registry,
                      const std::shared_ptr<Account>& account, const std::string& disc_name, Done done);

// The part on the disk pool. `row` is queued, failed or withdrawn. Returns the open name. Blocks.
[[nodiscard]] Result<std::string> withdraw_session(SessionRegistry& registry, Account& account,
                                                   const SessionRow& row);

// Of one in a watched folder: what is open there is not ours to keep books of.
[[nodiscard]] Result<std::string> withdraw_from_watched_folder(const UploadServices& services,
                                                               const SessionRow& row);

// The end of each way back, once there is no row: nobody refers to its records any more, and everybody is
// told that it is open as `name`.
void end_withdrawn_session(const UploadServices& services, const SessionRow& row, const std::string& name);

// A seal record's manifest becomes the journal of the session that is coming back. A missing record is fine:
// its files are read again at the next seal. Blocks.
void journal_from_record(SessionRegistry& registry, const SessionRow& row);

}  // namespace burnbox::upload
