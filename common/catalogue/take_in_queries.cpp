// What was found on a disc beyond what the catalogue knew, and how old the catalogue is.
#include <fmt/format.h>

#include <algorithm>

#include "common/base/text.hpp"
#include "common/catalogue/catalogue.hpp"
#include "common/catalogue/columns.hpp"
#include "common/catalogue/copy_rules.hpp"
#include "common/catalogue/database.hpp"
#include "common/catalogue/statements.hpp"
#include "common/catalogue/steps.hpp"

namespace burnbox {
namespace {

// What it was to write is on the disc, or is not: the sessions say so one by one.
Status end_unfinished_attempt(Catalogue& catalogue, soci::session& sql, const DiscRow& disc) {
    BB_TRY(const auto open, unfinished_attempt(sql, disc.id));
    if (!open) return {};
    const std::string reason =
        fmt::format("disc {} holds more than the catalogue knew: what is on it was taken in", disc.label);
    BB_TRY(const AttemptRow row, attempt(sql, *open));
    const bool writes = row.state == AttemptState::writing;
    const std::string cause(to_string(AttemptCause::interrupted));  // nobody's fault
    change(sql,
           "UPDATE attempts SET state = 'failed', ended_at = :now, messages = :messages, cause = :cause"
           " WHERE id = :id",
           to_column(system_clock().now()), reason, cause, *open);
    for (const SessionId session : row.sessions)
        BB_CHECK(catalogue.step(session, writes ? SessionState::burning : SessionState::verifying,
                                SessionState::queued, reason));
    return {};
}

long long add_verified_attempt(soci::session& sql, const DiscRow& disc,
                               const Catalogue::TakenDiscSession& found) {
    const std::string state(to_string(AttemptState::verified));
    change(sql,
           "INSERT INTO attempts (disc_id, drive, disc_session, start_lba, blocks, state, started_at, "
           "ended_at, messages)"
           " VALUES (:disc, :drive, :number, :start_lba, :blocks, :state, :burned, :verified, :messages)",
           disc.id, disc.drive, found.disc_session, to_column(std::uint64_t{found.start_lba}),
           to_column(std::uint64_t{found.blocks}), state, to_column(found.burned_at),
           to_column(found.verified_at), std::string("found on the disc"));
    return last_id(sql, "attempts");
}

Result<SessionRow> row_of(Catalogue& catalogue, const Catalogue::TakenSession& taken,
                          const Catalogue::TakenDiscSession& found) {
    if (taken.id != 0) return catalogue.session(taken.id);
    SessionRow row = taken.row;
    if (row.state == SessionState::burned)
        row.burned_at = found.burned_at, row.verified_at = found.verified_at;
    BB_TRY(row.id, catalogue.add_session(row));
    return row;
}

Result<bool> is_listed(soci::session& sql, const DiscRow& disc, const std::string& account,
                       const std::string& name) {
    BB_TRY(const auto there, select_one<IdColumns>(sql,
                                                   "1 FROM disc_sessions WHERE disc_id = :disc AND "
                                                   "account = :account AND session_name = :name",
                                                   disc.id, account, name));
    return there.has_value();
}

// It waited for its disc to be seen: until then a receipt, or another part of it, alone said that it is
// burned. The session, when nothing of it waits any more.
Result<std::optional<SessionId>> disc_seen_of(Catalogue& catalogue, soci::session& sql, const SessionRow& row,
                                              const Catalogue::TakenDiscSession& found) {
    change(sql,
           "UPDATE sessions SET reason = '', burned_at = COALESCE(burned_at, :burned),"
           " verified_at = COALESCE(verified_at, :verified) WHERE id = :id",
           to_column(found.burned_at), to_column(found.verified_at), row.id);
    if (!row.is_part()) return std::optional(row.id);
    BB_TRY(const bool all, follow_parts_seen(catalogue, sql, row.whole));
    return all ? std::optional(row.id) : std::nullopt;
}

// The session, when it is burned by that.
Result<std::optional<SessionId>> take_session(Catalogue& catalogue, soci::session& sql, const DiscRow& disc,
                                              const AttemptRow& attempt, long long position,
                                              const Catalogue::TakenSession& taken,
                                              const Catalogue::TakenDiscSession& found) {
    if (taken.id == 0 && taken.row.disc_name.empty()) {
        SessionRow listed = taken.row;
        listed.disc_name = taken.listed_as;
        BB_TRY(const bool is_there, is_listed(sql, disc, listed.account, listed.disc_name));
        if (is_there) return std::optional<SessionId>();
        add_disc_session(sql, attempt, listed, taken.files, found.burned_at, found.verified_at);
        return std::optional<SessionId>();
    }
    BB_TRY(const SessionRow row, row_of(catalogue, taken, found));
    if (row.content_digest == Sha256())  // it came back from its receipt, which does not say it
        change(sql, "UPDATE sessions SET content_digest = :content WHERE id = :id",
               taken.row.content_digest.hex(), row.id);
    BB_TRY(const bool is_there, is_listed(sql, disc, row.account, row.disc_name));
    if (!is_there) {
        add_attempt_session(sql, attempt.id, row.id, position);
        add_disc_session(sql, attempt, row, taken.files, found.burned_at, found.verified_at);
    }
    if (row.state == SessionState::burned) return disc_seen_of(catalogue, sql, row, found);
    const bool waits = row.state == SessionState::queued || row.state == SessionState::failed;
    if (!waits) return std::optional<SessionId>();
    BB_TRY(const auto done, counting_copies(catalogue, row.id));  // one row per disc
    if (!are_complete(row, done)) return std::optional<SessionId>();
    BB_CHECK(become_burned(catalogue, sql, row, found.burned_at, found.verified_at));
    return std::optional(row.id);
}

long long sequence_of(soci::session& sql, const std::string& table) {
    long long last = 0;
    sql << "SELECT coalesce(max(seq), 0) FROM sqlite_sequence WHERE name = :name", soci::use(table),
        soci::into(last);
    return last;
}

void set_sequence(soci::session& sql, const std::string& table, long long last) {
    if (change(sql, "UPDATE sqlite_sequence SET seq = :seq WHERE name = :name", last, table) == 0)
        change(sql, "INSERT INTO sqlite_sequence (name, seq) VALUES (:name, :seq)", table, last);
}

}  // namespace

Result<std::vector<SessionId>> Catalogue::take_in(const DiscRow& disc, const TakenDiscSession& found) {
    return database_->write(
        "take in disc session", [&](soci::session& sql) -> Result<std::vector<SessionId>> {
            BB_CHECK(end_unfinished_attempt(*this, sql, disc));
            BB_CHECK(update_disc(disc));
            if (found.sessions.empty()) return std::vector<SessionId>();
            const long long id = add_verified_attempt(sql, disc, found);
            BB_TRY(const AttemptRow attempt_row, attempt(sql, id));
            std::vector<SessionId> burned;
            long long position = 0;
            for (const Catalogue::TakenSession& taken : found.sessions) {
                BB_TRY(const auto is_burned,
                       take_session(*this, sql, disc, attempt_row, position++, taken, found));
                if (is_burned) burned.push_back(*is_burned);
            }
            return burned;
        });
}

// The numbers of the rows are never used again, whatever is removed.
Result<std::uint64_t> Catalogue::generation() {
    return database_->read("read generation", [&](soci::session& sql) -> Result<std::uint64_t> {
        return static_cast<std::uint64_t>(sequence_of(sql, "discs") + sequence_of(sql, "attempts"));
    });
}

Result<unsigned> Catalogue::next_disc_number() {
    return database_->read("read disc number", [&](soci::session& sql) -> Result<unsigned> {
        return static_cast<unsigned>(sequence_of(sql, "discs") + 1);
    });
}

Result<std::string> Catalogue::last_begun() {
    return database_->read("read what was begun last", [&](soci::session& sql) -> Result<std::string> {
        BB_TRY(const auto discs,
               select<TextColumns>(sql, "id || ':' || serial FROM discs ORDER BY id DESC LIMIT 1"));
        BB_TRY(const auto attempts,
               select<TextColumns>(sql, "id || ':' || started_at FROM attempts ORDER BY id DESC LIMIT 1"));
        if (discs.empty()) return std::string();
        return discs.front() + " " + (attempts.empty() ? std::string("0:0") : attempts.front());
    });
}

Result<bool> Catalogue::has_begun(const std::string& what) {
    if (what.empty()) return true;
    const std::size_t gap = what.find(' ');
    const std::string disc = what.substr(0, gap);
    const std::string attempt = gap == std::string::npos ? "0:0" : what.substr(gap + 1);
    return database_->read("look for what was begun", [&](soci::session& sql) -> Result<bool> {
        BB_TRY(const auto discs,
               select<TextColumns>(sql, "id || '' FROM discs WHERE id || ':' || serial = :disc", disc));
        BB_TRY(const auto attempts,
               select<TextColumns>(sql, "id || '' FROM attempts WHERE id || ':' || started_at = :attempt",
                                   attempt));
        return !discs.empty() && (attempt == "0:0" || !attempts.empty());
    });
}

Status Catalogue::go_on_after(std::uint64_t generation, unsigned skip) {
    return database_->write("go on after a generation", [&](soci::session& sql) -> Status {
        const long long discs = sequence_of(sql, "discs") + skip;
        set_sequence(sql, "discs", discs);
        const long long attempts = std::max(sequence_of(sql, "attempts"), to_column(generation) - discs) + 1;
        set_sequence(sql, "attempts", attempts);
        return {};
    });
}

}  // namespace burnbox
