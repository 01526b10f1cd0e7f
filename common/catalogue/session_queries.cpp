// Rows of the table sessions.
#include <fmt/format.h>

#include "common/base/text.hpp"
#include "common/catalogue/catalogue.hpp"
#include "common/catalogue/columns.hpp"
#include "common/catalogue/database.hpp"
#include "common/catalogue/statements.hpp"
#include "common/catalogue/steps.hpp"

namespace burnbox {
namespace {

std::unexpected<Error> no_session(const char* operation, SessionId id) {
    return fail(Errc::not_found, fmt::format("catalogue: {}: there is no session number {}", operation, id));
}

}  // namespace

Result<bool> Catalogue::is_name_taken(const std::string& account, const std::string& disc_name) {
    return database_->read("look for a name", [&](soci::session& sql) -> Result<bool> {
        BB_TRY(const auto taken,
               select_one<IdColumns>(
                   sql,
                   "1 WHERE EXISTS (SELECT 1 FROM sessions WHERE account = :account AND disc_name = :name)"
                   " OR EXISTS (SELECT 1 FROM disc_sessions WHERE account = :account AND"
                   " (session_name = :name OR"
                   " lower(substr(session_name, 1, length(:name) + 1)) = lower(:name) || '/'))",
                   account, disc_name));
        return taken.has_value();
    });
}

Result<SessionId> Catalogue::add_session(const SessionRow& row) {
    return database_->write("add session", [&](soci::session& sql) -> Result<SessionId> {
        BB_TRY(const bool taken, is_name_taken(row.account, row.disc_name));
        if (taken)
            return fail(
                Errc::exists,
                fmt::format("catalogue: add session {}/{}: the account has a session of that name already",
                            escape(row.account), escape(row.disc_name)));
        const std::string state(to_string(row.state)), content = row.content_digest.hex(),
                                                       marker = row.marker_sha256.hex();
        change(sql,
               "INSERT INTO sessions (account, name, disc_name, pool, copies, state, folder, folder_next, "
               "seal_id, "
               "content_digest,"
               " marker_name, marker_sha256, bytes, files_count, sealed_at, burned_at, verified_at, reason, "
               "root)"
               " VALUES (:account, :name, :disc_name, :pool, :copies, :state, :folder, :folder_next, "
               ":seal_id, :content, "
               ":marker_name,"
               " :marker, :bytes, :files, :sealed, NULLIF(:burned, 0), NULLIF(:verified, 0), :reason, :root)",
               row.account, row.name, row.disc_name, row.pool, to_column(std::uint64_t{row.copies}), state,
               row.folder, row.folder_next, row.seal_id, content, row.marker_name, marker,
               to_column(row.bytes), to_column(row.files_count), to_column(row.sealed_at),
               to_column(row.burned_at), to_column(row.verified_at), row.reason, to_column(row.staging));
        return last_id(sql, "sessions");
    });
}

Result<SessionRow> Catalogue::session(SessionId id) {
    return database_->read("read session", [&](soci::session& sql) -> Result<SessionRow> {
        BB_TRY(auto row, select_one<SessionColumns>(sql, "WHERE id = :id", id));
        if (!row) return no_session("read session", id);
        return std::move(*row);
    });
}

Result<std::optional<SessionRow>> Catalogue::find_session(const std::string& account,
                                                          const std::string& disc_name) {
    return database_->read("find session", [&](soci::session& sql) {
        return select_one<SessionColumns>(
            sql, "WHERE account = :account AND disc_name = :name AND whole_id IS NULL", account, disc_name);
    });
}

Result<std::optional<SessionRow>> Catalogue::find_session_by_folder(const std::string& account,
                                                                    const std::string& folder) {
    return database_->read(
        "find session by folder", [&](soci::session& sql) -> Result<std::optional<SessionRow>> {
            if (folder.empty())
                return std::optional<SessionRow>();  // '' stands for "no folder" in both columns
            const std::string inbox = to_column(StagingArea::inbox());
            BB_TRY(auto row,
                   select_one<SessionColumns>(
                       sql, "WHERE account = :account AND folder = :folder AND root = :root ORDER BY id DESC",
                       account, folder, inbox));
            if (row) return row;
            // In the middle of a rename the folder may be at the new name already.
            return select_one<SessionColumns>(
                sql, "WHERE account = :account AND folder_next = :folder AND root = :root ORDER BY id DESC",
                account, folder, inbox);
        });
}

Result<std::optional<SessionRow>> Catalogue::find_same_content(const std::string& account,
                                                               const std::string& name,
                                                               const Sha256& content_digest) {
    return database_->read("find same content", [&](soci::session& sql) {
        return select_one<SessionColumns>(
            sql,
            "WHERE account = :account AND name = :name AND content_digest = :digest AND"
            " whole_id IS NULL AND (state IN ('queued', 'burning', 'verifying') OR state = 'burned' AND NOT "
            "EXISTS"
            // a part of it, or all of it, has no copy left that counts, see copy_rules: it is welcome again
            " (SELECT 1 FROM sessions s JOIN disc_sessions p ON p.session_id = s.id"
            " WHERE (s.id = sessions.id OR s.whole_id = sessions.id) AND NOT EXISTS"
            " (SELECT 1 FROM disc_sessions c JOIN discs d ON d.id = c.disc_id WHERE c.session_id = s.id"
            " AND c.good = 1 AND d.state <> 'suspect' AND d.missing_since IS NULL)))"
            " ORDER BY sealed_at DESC, id DESC",
            account, name, content_digest.hex());
    });
}

Result<std::vector<SessionRow>> Catalogue::sessions(const std::string& account) {
    return database_->read("list sessions", [&](soci::session& sql) -> Result<std::vector<SessionRow>> {
        if (account.empty())
            return select<SessionColumns>(sql, "WHERE whole_id IS NULL ORDER BY sealed_at, id");
        return select<SessionColumns>(
            sql, "WHERE account = :account AND whole_id IS NULL ORDER BY sealed_at, id", account);
    });
}

Result<std::vector<SessionRow>> Catalogue::sessions_in_state(SessionState state) {
    return database_->read("list sessions by state", [&](soci::session& sql) {
        return select<SessionColumns>(sql, "WHERE state = :state AND whole_id IS NULL ORDER BY sealed_at, id",
                                      std::string(to_string(state)));
    });
}

Result<std::vector<std::string>> Catalogue::disc_names(const std::string& account) {
    return database_->read("list disc names", [&](soci::session& sql) {
        return select<TextColumns>(sql,
                                   "disc_name FROM sessions WHERE account = :account"
                                   " UNION SELECT CASE instr(session_name, '/') WHEN 0 THEN session_name"
                                   " ELSE substr(session_name, 1, instr(session_name, '/') - 1) END"
                                   " FROM disc_sessions WHERE account = :account",
                                   account);
    });
}

namespace {

// With several copies it waits between them: then burning has begun, whatever the state's name is.
Status refuse_when_on_a_disc(Catalogue& catalogue, const SessionRow& row) {
    BB_TRY(const auto there, catalogue.copies(row.id));
    if (there.empty()) return {};
    return fail(Errc::conflict,
                fmt::format("catalogue: take session {}/{} back: a copy of it is on disc {} already",
                            escape(row.account), escape(row.disc_name), there.front().disc_label));
}

}  // namespace

Status Catalogue::step(SessionId id, SessionState from, SessionState to, const std::string& reason) {
    return database_->write("step session", [&](soci::session& sql) -> Status {
        if (!may_step(from, to))
            return fail(Errc::invalid,
                        fmt::format("catalogue: step session {}: there is no step from {} to {}", id,
                                    to_string(from), to_string(to)));
        BB_TRY(const SessionRow row, session(id));
        if (row.parts != 0 && !row.is_part() && to == SessionState::withdrawn)
            BB_CHECK(refuse_when_partly_burned(*this, row));
        if (from == SessionState::queued && to == SessionState::withdrawn)
            BB_CHECK(refuse_when_on_a_disc(*this, row));
        const std::string old_state(to_string(from)), new_state(to_string(to));
        if (change(sql, "UPDATE sessions SET state = :new, reason = :reason WHERE id = :id AND state = :old",
                   new_state, reason, id, old_state) != 1)
            return fail(Errc::conflict, fmt::format("catalogue: step session {}/{} from {} to {}: it is {}",
                                                    escape(row.account), escape(row.disc_name), old_state,
                                                    new_state, to_string(row.state)));
        if (from == SessionState::failed && to == SessionState::queued) forgive_session(sql, id);
        if (row.is_part())
            return follow_parts(*this, sql, row.whole,
                                from == SessionState::failed ? Failed::may_go_on : Failed::stays);
        if (row.parts != 0 && to == SessionState::queued) return retry_parts(*this, sql, id);
        return {};
    });
}

Status Catalogue::set_reason(SessionId id, const std::string& reason) {
    return database_->write("set reason", [&](soci::session& sql) -> Status {
        if (change(sql, "UPDATE sessions SET reason = :reason WHERE id = :id", reason, id) != 1)
            return no_session("set reason", id);
        BB_TRY(const SessionRow row, session(id));
        return row.is_part() ? follow_parts(*this, sql, row.whole, Failed::stays) : Status();
    });
}

Status Catalogue::begin_move(SessionId id, const std::string& folder_next) {
    return database_->write("begin move", [&](soci::session& sql) -> Status {
        if (change(sql, "UPDATE sessions SET folder_next = :folder WHERE id = :id", folder_next, id) == 1)
            return {};
        return no_session("begin move", id);
    });
}

// Without a move under way it changes nothing: recovery may call it again.
Status Catalogue::end_move(SessionId id) {
    return database_->write("end move", [&](soci::session& sql) -> Status {
        if (change(sql,
                   "UPDATE sessions SET folder = CASE folder_next WHEN '' THEN folder ELSE folder_next END, "
                   "folder_next = ''"
                   " WHERE id = :id",
                   id) == 1)
            return {};
        return no_session("end move", id);
    });
}

Status Catalogue::set_folder(SessionId id, const std::string& folder) {
    return database_->write("set folder", [&](soci::session& sql) -> Status {
        if (change(sql, "UPDATE sessions SET folder = :folder, folder_next = '' WHERE id = :id", folder,
                   id) == 1)
            return {};
        return no_session("set folder", id);
    });
}

Status Catalogue::remove_session(SessionId id) {
    return database_->write("remove session", [&](soci::session& sql) -> Status {
        if (change(sql, "DELETE FROM sessions WHERE id = :id AND state = 'withdrawn'", id) == 1) return {};
        BB_TRY(const SessionRow row, session(id));
        return fail(Errc::conflict,
                    fmt::format("catalogue: remove session {}/{}: it is {}, only withdrawn ones are removed",
                                escape(row.account), escape(row.disc_name), to_string(row.state)));
    });
}

}  // namespace burnbox
