// Attempts, and the steps that they make their sessions take. Each function is one transaction's worth: an
// error in the middle undoes all of it.
#include <fmt/format.h>

#include <set>

#include "common/base/text.hpp"
#include "common/catalogue/catalogue.hpp"
#include "common/catalogue/columns.hpp"
#include "common/catalogue/copy_rules.hpp"
#include "common/catalogue/database.hpp"
#include "common/catalogue/statements.hpp"
#include "common/catalogue/steps.hpp"

namespace burnbox {
namespace {

Status read_sessions(soci::session& sql, AttemptRow& attempt) {
    BB_TRY(const auto ids,
           select<IdColumns>(sql, "session_id FROM attempt_sessions WHERE attempt_id = :id ORDER BY position",
                             attempt.id));
    attempt.sessions.assign(ids.begin(), ids.end());
    return {};
}

Result<std::vector<AttemptRow>> read_attempts(soci::session& sql, const std::string& where,
                                              SessionId session) {
    BB_TRY(auto rows,
           session == 0 ? select<AttemptColumns>(sql, where) : select<AttemptColumns>(sql, where, session));
    for (AttemptRow& row : rows) BB_CHECK(read_sessions(sql, row));
    return rows;
}

// The attempt must be in `from`: one that was ended by somebody else is not ended again.
Status step_attempt(soci::session& sql, AttemptId id, AttemptState from, AttemptState to) {
    const std::string old_state(to_string(from)), new_state(to_string(to));
    if (change(sql, "UPDATE attempts SET state = :new WHERE id = :id AND state = :old", new_state, id,
               old_state) == 1)
        return {};
    BB_TRY(const AttemptRow row, attempt(sql, id));
    return fail(Errc::conflict, fmt::format("catalogue: step attempt {} from {} to {}: it is {}", id,
                                            old_state, new_state, to_string(row.state)));
}

Status refuse_second_copy(soci::session& sql, DiscId disc, SessionId session) {
    BB_TRY(const auto there,
           select_one<IdColumns>(sql, "1 FROM disc_sessions WHERE disc_id = :disc AND session_id = :session",
                                 disc, session));
    if (!there) return {};
    return fail(
        Errc::conflict,
        fmt::format("catalogue: begin attempt: disc number {} holds session {} already", disc, session));
}

// A part is burned only while its session is wanted.
Status refuse_without_its_whole(Catalogue& catalogue, SessionId id) {
    BB_TRY(const SessionRow part, catalogue.session(id));
    if (!part.is_part()) return {};
    BB_TRY(const SessionRow whole, catalogue.session(part.whole));
    if (whole.state == SessionState::queued || whole.state == SessionState::burning) return {};
    return fail(Errc::conflict, fmt::format("catalogue: begin attempt: {}/{} is {}", escape(whole.account),
                                            escape(whole.disc_name), to_string(whole.state)));
}

Status check_sessions_match(const AttemptRow& attempt,
                            const std::vector<Catalogue::BurnedSession>& sessions) {
    std::set<SessionId> given;
    for (const Catalogue::BurnedSession& session : sessions) given.insert(session.id);
    if (given == std::set<SessionId>(attempt.sessions.begin(), attempt.sessions.end()) &&
        given.size() == sessions.size())
        return {};
    return fail(Errc::invalid,
                fmt::format("catalogue: end attempt {}: its sessions are not the verified ones", attempt.id));
}

Status check_disc(const AttemptRow& attempt, const DiscRow& disc) {
    if (attempt.disc == disc.id) return {};
    return fail(Errc::invalid, fmt::format("catalogue: end attempt {}: it is on disc number {}, not on {}",
                                           attempt.id, attempt.disc, escape(disc.label)));
}

void set_tree(soci::session& sql, AttemptId id, const TreeArea& tree) {
    change(sql,
           "UPDATE attempts SET tree_lba = :lba, tree_blocks = :blocks, tree_sha256 = :digest WHERE id = :id",
           to_column(std::uint64_t{tree.start_lba}), to_column(std::uint64_t{tree.blocks}), tree.sha256.hex(),
           id);
}

}  // namespace

Result<AttemptId> Catalogue::begin_attempt(const AttemptRow& row) {
    return database_->write("begin attempt", [&](soci::session& sql) -> Result<AttemptId> {
        BB_TRY(const auto open, unfinished_attempt(sql, row.disc));
        if (open)
            return fail(Errc::conflict,
                        fmt::format("catalogue: begin attempt: attempt {} on disc number {} is not ended",
                                    *open, row.disc));
        change(sql,
               "INSERT INTO attempts (disc_id, drive, disc_session, start_lba, blocks, state, started_at, "
               "messages)"
               " VALUES (:disc, :drive, :disc_session, :start_lba, :blocks, 'writing', :started, :messages)",
               row.disc, row.drive, row.disc_session, to_column(std::uint64_t{row.start_lba}),
               to_column(std::uint64_t{row.blocks}), to_column(row.started_at), row.messages);
        const AttemptId id = last_id(sql, "attempts");
        if (row.tree) set_tree(sql, id, *row.tree);
        long long position = 0;
        for (const SessionId session : row.sessions) {
            BB_CHECK(refuse_second_copy(sql, row.disc, session));
            BB_CHECK(refuse_without_its_whole(*this, session));
            BB_CHECK(step(session, SessionState::queued, SessionState::burning, ""));
            add_attempt_session(sql, id, session, position++);
        }
        return id;
    });
}

Status Catalogue::attempt_written(AttemptId id, std::uint32_t start_lba, std::uint32_t blocks,
                                  const std::string& messages) {
    return database_->write("attempt written", [&](soci::session& sql) -> Status {
        BB_CHECK(step_attempt(sql, id, AttemptState::writing, AttemptState::verifying));
        change(sql,
               "UPDATE attempts SET start_lba = :lba, blocks = :blocks, messages = :messages WHERE id = :id",
               to_column(std::uint64_t{start_lba}), to_column(std::uint64_t{blocks}), messages, id);
        BB_TRY(const AttemptRow row, attempt(sql, id));
        for (const SessionId session : row.sessions)
            BB_CHECK(step(session, SessionState::burning, SessionState::verifying, ""));
        return {};
    });
}

Status Catalogue::attempt_verified(AttemptId id, const DiscRow& disc,
                                   const std::vector<BurnedSession>& sessions, Timestamp burned_at,
                                   Timestamp verified_at) {
    return database_->write("attempt verified", [&](soci::session& sql) -> Status {
        BB_CHECK(step_attempt(sql, id, AttemptState::verifying, AttemptState::verified));
        change(sql, "UPDATE attempts SET ended_at = :now WHERE id = :id", to_column(verified_at), id);
        BB_TRY(const AttemptRow row, attempt(sql, id));
        BB_CHECK(check_disc(row, disc));
        BB_CHECK(check_sessions_match(row, sessions));
        BB_CHECK(update_disc(disc));
        for (const Catalogue::BurnedSession& burned : sessions) {
            BB_TRY(const SessionRow session_row, session(burned.id));
            add_disc_session(sql, row, session_row, burned.files, burned_at, verified_at);
            BB_TRY(const auto done, counting_copies(*this, burned.id));  // one row per disc
            if (!are_complete(session_row, done)) {
                BB_CHECK(step(burned.id, SessionState::verifying, SessionState::queued,
                              copies_text(session_row, done)));
                continue;
            }
            note_burned(sql, burned.id, burned_at, verified_at);
            BB_CHECK(step(burned.id, SessionState::verifying, SessionState::burned, ""));
        }
        return {};
    });
}

Status Catalogue::attempt_failed(AttemptId id, const DiscRow& disc, const std::set<SessionId>& need_a_person,
                                 const AttemptFailure& failure) {
    return database_->write("attempt failed", [&](soci::session& sql) -> Status {
        BB_TRY(const AttemptRow row, attempt(sql, id));
        const SessionState from =
            row.state == AttemptState::writing ? SessionState::burning : SessionState::verifying;
        if (row.state != AttemptState::writing && row.state != AttemptState::verifying)
            return fail(Errc::conflict,
                        fmt::format("catalogue: fail attempt {}: it is {}", id, to_string(row.state)));
        BB_CHECK(step_attempt(sql, id, row.state, AttemptState::failed));
        BB_CHECK(check_disc(row, disc));
        BB_CHECK(update_disc(disc));
        change(sql,
               "UPDATE attempts SET ended_at = :now, messages = :messages, cause = :cause, spoiled = "
               ":spoiled WHERE "
               "id = :id",
               to_column(system_clock().now()),
               row.messages.empty() ? failure.reason : row.messages + "\n" + failure.reason,
               std::string(to_string(failure.cause)), static_cast<int>(failure.spoiled), id);
        for (const SessionId session : row.sessions)
            BB_CHECK(step(session, from,
                          need_a_person.contains(session) ? SessionState::failed : SessionState::queued,
                          failure.reason));
        return {};
    });
}

Result<AttemptRow> attempt(soci::session& sql, AttemptId id) {
    BB_TRY(auto rows, read_attempts(sql, "WHERE id = :id", id));
    if (rows.empty())
        return fail(Errc::not_found, fmt::format("catalogue: there is no attempt number {}", id));
    return std::move(rows.front());
}

Result<std::vector<AttemptRow>> Catalogue::unfinished_attempts() {
    return database_->read(
        "list unfinished attempts", [&](soci::session& sql) -> Result<std::vector<AttemptRow>> {
            return read_attempts(sql, "WHERE state IN ('writing', 'verifying') ORDER BY id", 0);
        });
}

Result<std::vector<AttemptRow>> Catalogue::attempts(SessionId session) {
    return database_->read("list attempts", [&](soci::session& sql) -> Result<std::vector<AttemptRow>> {
        return read_attempts(
            sql,
            "WHERE id IN (SELECT attempt_id FROM attempt_sessions WHERE session_id = :session) ORDER BY id",
            session);
    });
}

Result<std::optional<AttemptRow>> Catalogue::attempt_of(DiscId disc, unsigned disc_session) {
    return database_->read(
        "find the attempt of a disc session", [&](soci::session& sql) -> Result<std::optional<AttemptRow>> {
            BB_TRY(auto row,
                   select_one<AttemptColumns>(sql,
                                              "WHERE disc_id = :disc AND disc_session = :number AND "
                                              "state = 'verified' ORDER BY id DESC",
                                              disc, disc_session));
            if (row) BB_CHECK(read_sessions(sql, *row));
            return row;
        });
}

Result<std::vector<AttemptRow>> Catalogue::attempts_on_drive(const std::string& drive) {
    return database_->read(
        "list attempts of a drive", [&](soci::session& sql) -> Result<std::vector<AttemptRow>> {
            BB_TRY(auto rows,
                   select<AttemptColumns>(
                       sql,
                       "WHERE drive = :drive AND state IN ('verified', 'failed') AND id > COALESCE("
                       "(SELECT trusted_after FROM drives WHERE drive = :drive), 0) ORDER BY id DESC "
                       "LIMIT 100",
                       drive));
            return rows;
        });
}

Status Catalogue::trust_drive(const std::string& drive) {
    return database_->write("trust drive", [&](soci::session& sql) -> Status {
        change(sql,
               "INSERT INTO drives (drive, trusted_after) VALUES (:drive, (SELECT COALESCE(max(id), 0) FROM "
               "attempts))"
               " ON CONFLICT (drive) DO UPDATE SET trusted_after = excluded.trusted_after",
               drive);
        return {};
    });
}

Result<std::optional<AttemptId>> unfinished_attempt(soci::session& sql, DiscId disc) {
    BB_TRY(const auto id,
           select_one<IdColumns>(
               sql, "id FROM attempts WHERE disc_id = :disc AND state IN ('writing', 'verifying')", disc));
    return id ? std::optional<AttemptId>(*id) : std::nullopt;
}

void add_attempt_session(soci::session& sql, AttemptId attempt, SessionId session, long long position) {
    change(sql,
           "INSERT INTO attempt_sessions (attempt_id, session_id, position) VALUES (:attempt, :session, "
           ":position)",
           attempt, session, position);
}

void note_burned(soci::session& sql, SessionId session, Timestamp burned_at, Timestamp verified_at) {
    change(sql, "UPDATE sessions SET burned_at = :burned, verified_at = :verified WHERE id = :id",
           to_column(burned_at), to_column(verified_at), session);
}

void forgive_session(soci::session& sql, SessionId session) {
    change(sql,
           "UPDATE sessions SET retried_after = COALESCE((SELECT max(attempt_id) FROM attempt_sessions WHERE "
           "session_id = :id), 0) WHERE id = :id",
           session);
}

}  // namespace burnbox
