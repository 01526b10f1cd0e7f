// Steps that several of the catalogue's methods take within their transaction. Only for the .cpp files of
// this folder; they throw what SOCI throws.
#pragma once

#include "common/catalogue/catalogue.hpp"

namespace soci {
class session;
}

namespace burnbox {

[[nodiscard]] Result<AttemptRow> attempt(soci::session& sql, AttemptId id);  // Errc::not_found
// The one that is writing or verifying on the disc.
[[nodiscard]] Result<std::optional<AttemptId>> unfinished_attempt(soci::session& sql, DiscId disc);
void add_attempt_session(soci::session& sql, AttemptId attempt, SessionId session, long long position);
void note_burned(soci::session& sql, SessionId session, Timestamp burned_at, Timestamp verified_at);
// The steps that a burn makes, of one that is queued or has failed: nothing of it happens here.
[[nodiscard]] Status become_burned(Catalogue& catalogue, soci::session& sql, const SessionRow& row,
                                   Timestamp burned_at, Timestamp verified_at);
// What failed of the session up to now is forgiven.
void forgive_session(soci::session& sql, SessionId session);
// One session of a good attempt: where it lies on the disc, and its files. One without a row has id 0.
void add_disc_session(soci::session& sql, const AttemptRow& attempt, const SessionRow& session,
                      const std::vector<FileRow>& files, Timestamp burned_at, Timestamp verified_at);

// A whole session that has failed waits for a person; it goes on by itself when a part that had failed does,
// because it was found on a disc.
enum class Failed : std::uint8_t { stays, may_go_on };
// After a change of a part: the whole session's state and reason, from those of its parts.
[[nodiscard]] Status follow_parts(Catalogue& catalogue, soci::session& sql, SessionId whole, Failed failed);
// The same when a part of a session that counts as burned was seen on a disc: the reason says of which one
// that is not so yet. Whether all were.
[[nodiscard]] Result<bool> follow_parts_seen(Catalogue& catalogue, soci::session& sql, SessionId whole);
// After a step of the whole session itself: a retry is one of its failed parts.
[[nodiscard]] Status retry_parts(Catalogue& catalogue, soci::session& sql, SessionId whole);
// Errc::conflict when a part is on a disc.
[[nodiscard]] Status refuse_when_partly_burned(Catalogue& catalogue, const SessionRow& whole);

}  // namespace burnbox
