// CLOSE of an uploaded file: the record, the journal, the background hash, and the seal when it was a marker.
#pragma once

#include <memory>

#include "server/upload/upload_handle.hpp"

namespace burnbox::upload {

void close_upload(const std::shared_ptr<SessionRegistry>& registry, const std::shared_ptr<Account>& account,
                  std::unique_ptr<WriteHandle> handle, Done done);

// Account locked. Whether the plain file at this path is complete and its name asks for the seal.
[[nodiscard]] bool is_complete_marker(const SessionRegistry& registry, OpenSession& session,
                                      const std::string& path);

// The last connection that changed this session is gone: the predecessor's rule may find its marker. Account
// locked.
void look_for_any_file(const std::shared_ptr<SessionRegistry>& registry,
                       const std::shared_ptr<Account>& account, const std::shared_ptr<OpenSession>& session,
                       AfterUnlock& after);

}  // namespace burnbox::upload
