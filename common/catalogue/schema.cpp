// The catalogue's tables. Times are integers: nanoseconds since 1970-01-01 UTC. Digests are 64 lower-case hex
// digits. States are the words that users see. Text is UTF-8; '' means "none" where a column is NOT NULL.
//
//   schema_version   one row: the number of the last migration applied
//
//   sessions         one row per sealed session
//     account, name    whose it is, and what the client called it
//     disc_name        its name on discs and on the command line; unique in the account, whatever the case
//     state            queued burning verifying burned failed withdrawn; changes only by the state table
//     folder           where its folder is in the account's inbox; '' = the payload was released
//     root             the watched folder that takes the inbox's place (host path); '' = the inbox
//     folder_next      the intent of a rename; '' = none under way. Set before it, cleared after it
//     seal_id          state_dir/seals/<seal_id>.jsonl holds the manifest
//     content_digest   over the manifest: recognizes a session that is sent twice
//     marker_name, marker_sha256, bytes, files_count, sealed_at
//     burned_at, verified_at   of the last copy; NULL until every copy is verified
//     reason           why it waits or failed
//     copies           on as many discs it is burned: what its pool promised at the seal; 0 = nobody knows
//     whole_id, part   a part of a session larger than a disc: the whole one's row, and the number from 1;
//                      its folder is that of the whole one. NULL and 0 else
//     parts            how many there are; in the row of the whole session too, whose state and reason
//                      follow from those of its parts then. 0 else
//     retried_after    attempts up to this one are forgiven: a person said retry
//
//   discs            one row per disc that was ever begun; rows are never removed
//     label            unique, and so are its first 16 characters (Joliet's volume id holds no more); of a
//                      disc that was found and bears another one's: that, '~' and eight digits of its serial
//     serial           UUID in the volume set identifier
//     state            open full closed suspect
//     sessions_used, sessions_left, capacity_bytes, free_bytes, next_lba, head_digest
//                      as after the last good disc session
//     suspicion, suspect_at
//                      why and since when it is suspect; a word of Suspicion. '' and NULL else
//     state_before, reason_before
//                      what it was before it became suspect; '' = open
//     is_image         1 = an emulated disc that something was burned on
//     missing_since    of an emulated disc: its image was not found on any shelf; NULL else
//
//   attempts         one row per try to write one disc session; durable before the first byte is written
//     state            writing verifying verified failed; a disc has one that is writing or verifying at most
//     tree_lba, tree_blocks, tree_sha256
//                      what went to the drive before the first file's content: descriptors and folders
//     cause            why it failed, a word of AttemptCause; '' = it did not, or it is older than the column
//     spoiled          1 = its disc became suspect by it
//
//   attempt_sessions which sessions an attempt writes, in order
//
//   disc_sessions    one row per session and disc, written only after the read-back matched
//     account, session_name   kept here too: what is on a disc stays listed after its session's row is
//                      gone (session_id is NULL then)
//     checked_at, good when it was last read back after that, and what was found; NULL and 1 = not yet
//
//   drives           one row per drive that a person vouched for: attempts up to trusted_after count no more
//                    against it
//
//   files            the files of a row of disc_sessions: path from the disc's root, size, digest, block
#include "common/catalogue/schema.hpp"

#include <fmt/format.h>
#include <soci/soci.h>

#include <array>
#include <iterator>
#include <string_view>

namespace burnbox {
namespace {

struct Statement {
    int version;  // the migration it belongs to
    std::string_view text;
};

// In order; a statement that was released never changes, later versions append.
constexpr Statement kMigrations[] = {
    {1, R"(CREATE TABLE sessions (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        account TEXT NOT NULL,
        name TEXT NOT NULL,
        disc_name TEXT NOT NULL COLLATE NOCASE,
        pool TEXT NOT NULL,
        state TEXT NOT NULL CHECK (state IN ('queued', 'burning', 'verifying', 'burned', 'failed', 'withdrawn')),
        folder TEXT NOT NULL,
        folder_next TEXT NOT NULL DEFAULT '',
        seal_id TEXT NOT NULL,
        content_digest TEXT NOT NULL,
        marker_name TEXT NOT NULL,
        marker_sha256 TEXT NOT NULL,
        bytes INTEGER NOT NULL,
        files_count INTEGER NOT NULL,
        sealed_at INTEGER NOT NULL,
        burned_at INTEGER,
        verified_at INTEGER,
        reason TEXT NOT NULL DEFAULT '',
        UNIQUE (account, disc_name)))"},
    {1, "CREATE INDEX sessions_by_state ON sessions (state, sealed_at)"},
    {1, "CREATE INDEX sessions_by_folder ON sessions (account, folder)"},
    {1, R"(CREATE TABLE discs (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        label TEXT NOT NULL UNIQUE,
        serial TEXT NOT NULL UNIQUE,
        pool TEXT NOT NULL,
        drive TEXT NOT NULL,
        medium TEXT NOT NULL,
        media_id TEXT NOT NULL,
        location TEXT NOT NULL,
        state TEXT NOT NULL CHECK (state IN ('open', 'full', 'closed', 'suspect')),
        reason TEXT NOT NULL,
        capacity_bytes INTEGER NOT NULL,
        free_bytes INTEGER NOT NULL,
        sessions_used INTEGER NOT NULL,
        sessions_left INTEGER NOT NULL,
        next_lba INTEGER NOT NULL,
        head_digest TEXT NOT NULL,
        created_at INTEGER NOT NULL))"},
    {1, "CREATE UNIQUE INDEX discs_by_short_label ON discs (substr(label, 1, 16))"},
    {1, R"(CREATE TABLE attempts (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        disc_id INTEGER NOT NULL REFERENCES discs (id),
        drive TEXT NOT NULL,
        disc_session INTEGER NOT NULL,
        start_lba INTEGER NOT NULL,
        blocks INTEGER NOT NULL,
        state TEXT NOT NULL CHECK (state IN ('writing', 'verifying', 'verified', 'failed')),
        started_at INTEGER NOT NULL,
        ended_at INTEGER,
        messages TEXT NOT NULL))"},
    {1, "CREATE UNIQUE INDEX attempts_open ON attempts (disc_id) WHERE state IN ('writing', 'verifying')"},
    {1, R"(CREATE TABLE attempt_sessions (
        attempt_id INTEGER NOT NULL REFERENCES attempts (id),
        session_id INTEGER NOT NULL REFERENCES sessions (id) ON DELETE CASCADE,
        position INTEGER NOT NULL,
        PRIMARY KEY (attempt_id, session_id)))"},
    {1, "CREATE INDEX attempt_sessions_by_session ON attempt_sessions (session_id)"},
    {1, R"(CREATE TABLE disc_sessions (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        disc_id INTEGER NOT NULL REFERENCES discs (id),
        disc_session INTEGER NOT NULL,
        session_id INTEGER REFERENCES sessions (id) ON DELETE SET NULL,
        account TEXT NOT NULL,
        session_name TEXT NOT NULL COLLATE NOCASE,
        drive TEXT NOT NULL,
        start_lba INTEGER NOT NULL,
        blocks INTEGER NOT NULL,
        burned_at INTEGER NOT NULL,
        verified_at INTEGER NOT NULL,
        UNIQUE (disc_id, account, session_name)))"},
    {1, "CREATE INDEX disc_sessions_by_session ON disc_sessions (session_id)"},
    {1, "CREATE INDEX disc_sessions_by_name ON disc_sessions (account, session_name)"},
    {1, R"(CREATE TABLE files (
        disc_session_id INTEGER NOT NULL REFERENCES disc_sessions (id),
        path TEXT NOT NULL,
        size_bytes INTEGER NOT NULL,
        sha256 TEXT NOT NULL,
        lba INTEGER NOT NULL,
        PRIMARY KEY (disc_session_id, path)) WITHOUT ROWID)"},
    {2, "ALTER TABLE sessions ADD COLUMN root TEXT NOT NULL DEFAULT ''"},
    {3, "ALTER TABLE sessions ADD COLUMN whole_id INTEGER REFERENCES sessions (id) ON DELETE CASCADE"},
    {3, "ALTER TABLE sessions ADD COLUMN part INTEGER NOT NULL DEFAULT 0"},
    {3, "ALTER TABLE sessions ADD COLUMN parts INTEGER NOT NULL DEFAULT 0"},
    {3, "CREATE INDEX sessions_by_whole ON sessions (whole_id, part)"},
    {4, "ALTER TABLE attempts ADD COLUMN tree_lba INTEGER NOT NULL DEFAULT 0"},
    {4, "ALTER TABLE attempts ADD COLUMN tree_blocks INTEGER NOT NULL DEFAULT 0"},
    {4, "ALTER TABLE attempts ADD COLUMN tree_sha256 TEXT NOT NULL DEFAULT ''"},
    {5, "ALTER TABLE attempts ADD COLUMN cause TEXT NOT NULL DEFAULT ''"},
    {5, "ALTER TABLE attempts ADD COLUMN spoiled INTEGER NOT NULL DEFAULT 0"},
    // What failed before it was noted why is forgiven.
    {5, "ALTER TABLE sessions ADD COLUMN retried_after INTEGER NOT NULL DEFAULT 0"},
    {5,
     "UPDATE sessions SET retried_after = COALESCE((SELECT max(attempt_id) FROM attempt_sessions"
     " WHERE session_id = sessions.id), 0)"},
    {5, "ALTER TABLE discs ADD COLUMN suspicion TEXT NOT NULL DEFAULT ''"},
    {5, "ALTER TABLE discs ADD COLUMN suspect_at INTEGER"},
    {5, "ALTER TABLE discs ADD COLUMN missing_since INTEGER"},
    {5, "ALTER TABLE disc_sessions ADD COLUMN checked_at INTEGER"},
    {5, "ALTER TABLE disc_sessions ADD COLUMN good INTEGER NOT NULL DEFAULT 1"},
    {5, "CREATE TABLE drives (drive TEXT PRIMARY KEY, trusted_after INTEGER NOT NULL) WITHOUT ROWID"},
    {5, "CREATE INDEX attempts_by_drive ON attempts (drive, id)"},
    {6, "DROP INDEX discs_by_short_label"},
    {6,
     "CREATE UNIQUE INDEX discs_by_short_label ON discs (substr(label, 1, 16)) WHERE instr(label, '~') = 0"},
    {7, "ALTER TABLE sessions ADD COLUMN copies INTEGER NOT NULL DEFAULT 0"},
    {8, "ALTER TABLE discs ADD COLUMN state_before TEXT NOT NULL DEFAULT ''"},
    {8, "ALTER TABLE discs ADD COLUMN reason_before TEXT NOT NULL DEFAULT ''"},
    {8, "ALTER TABLE discs ADD COLUMN is_image INTEGER NOT NULL DEFAULT 0"},
    {8, "UPDATE discs SET is_image = 1 WHERE head_digest <> ''"},
};

// 0 for a new database, nothing for one that holds somebody else's tables.
Result<int> applied_version(soci::session& sql, const std::string& path) {
    int tables = 0, own = 0;
    sql << "SELECT count(*), coalesce(sum(name = 'schema_version'), 0) FROM sqlite_master",
        soci::into(tables), soci::into(own);
    if (tables == 0) {
        sql << "CREATE TABLE schema_version (version INTEGER NOT NULL)";
        sql << "INSERT INTO schema_version (version) VALUES (0)";
        return 0;
    }
    if (own == 0)
        return fail(
            Errc::invalid,
            fmt::format("open catalogue {}: it is a database of another program; point the key catalogue "
                        "at a file of its own",
                        path));
    int version = 0;
    sql << "SELECT version FROM schema_version", soci::into(version);
    return version;
}

}  // namespace

int newest_schema_version() {
    return std::rbegin(kMigrations)->version;
}

Status migrate(soci::session& sql, const std::string& path) {
    BB_TRY(const int applied, applied_version(sql, path));
    if (applied > newest_schema_version())
        return fail(Errc::unsupported, fmt::format("open catalogue {}: a newer burnbox wrote it (schema {}, "
                                                   "this one knows up to {}); install that "
                                                   "version again, or restore the catalogue from a backup",
                                                   path, applied, newest_schema_version()));
    if (applied == newest_schema_version()) return {};
    for (const Statement& statement : kMigrations)
        if (statement.version > applied) sql << std::string(statement.text);
    const int newest = newest_schema_version();
    sql << "UPDATE schema_version SET version = :version", soci::use(newest);
    return {};
}

Status write_unchanged_version(soci::session& sql) {
    sql << "UPDATE schema_version SET version = version + 1";
    sql << "UPDATE schema_version SET version = version - 1";
    return {};
}

}  // namespace burnbox
