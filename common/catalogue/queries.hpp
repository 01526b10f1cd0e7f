// The catalogue's queries as functions on a session that is inside read() or write() of database.hpp; what
// each does is said in catalogue.hpp. They throw what SOCI throws.
#pragma once

#include "common/catalogue/catalogue.hpp"

namespace soci {
class session;
}

namespace burnbox::queries {

[[nodiscard]] Result<SessionId> add_session(soci::session& sql, const SessionRow& row);
[[nodiscard]] Result<SessionRow> session(soci::session& sql, SessionId id);
[[nodiscard]] Result<std::optional<SessionRow>> find_session(soci::session& sql, const std::string& account,
                                                             const std::string& disc_name);
[[nodiscard]] Result<std::optional<SessionRow>> find_session_by_folder(soci::session& sql,
                                                                       const std::string& account,
                                                                       const std::string& folder);
[[nodiscard]] Result<std::optional<SessionRow>> find_same_content(soci::session& sql,
                                                                  const std::string& account,
                                                                  const std::string& name,
                                                                  const Sha256& content_digest);
[[nodiscard]] Result<std::vector<SessionRow>> sessions(soci::session& sql, const std::string& account);
[[nodiscard]] Result<std::vector<SessionRow>> sessions_in_state(soci::session& sql, SessionState state);
[[nodiscard]] Result<std::vector<std::string>> disc_names(soci::session& sql, const std::string& account);
[[nodiscard]] Status step(soci::session& sql, SessionId id, SessionState from, SessionState to,
                          const std::string& reason);
[[nodiscard]] Status set_reason(soci::session& sql, SessionId id, const std::string& reason);
[[nodiscard]] Status begin_move(soci::session& sql, SessionId id, const std::string& folder_next);
[[nodiscard]] Status end_move(soci::session& sql, SessionId id);
[[nodiscard]] Status set_folder(soci::session& sql, SessionId id, const std::string& folder);
[[nodiscard]] Status remove_session(soci::session& sql, SessionId id);

[[nodiscard]] Status split_session(soci::session& sql, SessionId id, const std::vector<SessionRow>& parts);
[[nodiscard]] Result<std::vector<SessionRow>> parts(soci::session& sql, SessionId whole);
[[nodiscard]] Result<std::vector<SessionRow>> burn_queue(soci::session& sql);
// After a change of a part: the whole session's state and reason, from those of its parts.
[[nodiscard]] Status follow_parts(soci::session& sql, SessionId whole);
// The same after a step of the whole session itself: a retry is one of its failed parts.
[[nodiscard]] Status retry_parts(soci::session& sql, SessionId whole);
// Errc::conflict when a part is on a disc.
[[nodiscard]] Status refuse_when_partly_burned(soci::session& sql, const SessionRow& whole);

[[nodiscard]] Result<DiscId> add_disc(soci::session& sql, const DiscRow& row);
[[nodiscard]] Status update_disc(soci::session& sql, const DiscRow& row);
[[nodiscard]] Status disc_seen(soci::session& sql, DiscId id, const std::string& drive,
                               const std::string& location);
[[nodiscard]] Status disc_missing(soci::session& sql, DiscId id, Timestamp since);
[[nodiscard]] Result<std::vector<DiscRow>> discs(soci::session& sql);
[[nodiscard]] Result<std::optional<DiscRow>> find_disc(soci::session& sql, const std::string& label);

[[nodiscard]] Result<AttemptId> begin_attempt(soci::session& sql, const AttemptRow& row);
[[nodiscard]] Status attempt_written(soci::session& sql, AttemptId id, std::uint32_t start_lba,
                                     std::uint32_t blocks, const std::string& messages);
[[nodiscard]] Status attempt_verified(soci::session& sql, AttemptId id, const DiscRow& disc,
                                      const std::vector<Catalogue::BurnedSession>& sessions,
                                      Timestamp burned_at, Timestamp verified_at, unsigned copies_wanted);
[[nodiscard]] Status attempt_failed(soci::session& sql, AttemptId id, const DiscRow& disc, SessionState to,
                                    const AttemptFailure& failure, Timestamp now);
[[nodiscard]] Result<AttemptRow> attempt(soci::session& sql, AttemptId id);
[[nodiscard]] Result<std::vector<AttemptRow>> unfinished_attempts(soci::session& sql);
[[nodiscard]] Result<std::vector<AttemptRow>> attempts(soci::session& sql, SessionId session);
[[nodiscard]] Result<std::vector<AttemptRow>> attempts_on_drive(soci::session& sql, const std::string& drive);
[[nodiscard]] Status trust_drive(soci::session& sql, const std::string& drive);
// What failed of the session up to now is forgiven.
void forgive_session(soci::session& sql, SessionId session);

[[nodiscard]] Result<std::vector<SessionId>> take_in(soci::session& sql, const DiscRow& disc,
                                                     const Catalogue::TakenDiscSession& found,
                                                     unsigned copies_wanted, Timestamp now);
[[nodiscard]] Result<std::uint64_t> generation(soci::session& sql);
[[nodiscard]] Result<unsigned> next_disc_number(soci::session& sql);
[[nodiscard]] Status go_on_after(soci::session& sql, std::uint64_t generation, unsigned skip);

// One session of a good attempt: where it lies on the disc, and its files. One without a row has id 0.
[[nodiscard]] Status add_disc_session(soci::session& sql, const AttemptRow& attempt,
                                      const SessionRow& session, const std::vector<FileRow>& files,
                                      Timestamp burned_at, Timestamp verified_at);
[[nodiscard]] Result<std::vector<DiscSessionRow>> copies(soci::session& sql, SessionId session);
[[nodiscard]] Result<std::vector<DiscSessionRow>> disc_sessions(soci::session& sql, DiscId disc);
[[nodiscard]] Status copy_checked(soci::session& sql, DiscId disc, SessionId session, bool good,
                                  Timestamp at);
[[nodiscard]] Result<std::vector<FileRow>> files(soci::session& sql, SessionId session);
[[nodiscard]] Result<std::vector<FoundFile>> find(soci::session& sql, const std::string& account,
                                                  const std::string& glob, std::size_t most);

}  // namespace burnbox::queries
