#include "common/catalogue/sqlite_database.hpp"

#include <fmt/format.h>
#include <soci/soci.h>
#include <soci/sqlite3/soci-sqlite3.h>
#include <sys/statvfs.h>

#include <cstdint>

namespace burnbox {
namespace {

constexpr int kBusySeconds = 10;
constexpr std::uint64_t kLogIndexBytes = 32768;  // one piece of it

// https://sqlite.org/rescode.html; the low byte is the primary code.
Errc classify(int sqlite_code) {
    switch (sqlite_code & 0xFF) {
        case SQLITE_FULL:
            return Errc::no_space;
        case SQLITE_BUSY:
        case SQLITE_LOCKED:
            return Errc::busy;
        case SQLITE_CORRUPT:
        case SQLITE_NOTADB:
            return Errc::corrupt;
        case SQLITE_PERM:
        case SQLITE_READONLY:
        case SQLITE_AUTH:
            return Errc::permission;
        case SQLITE_CANTOPEN:
            return Errc::not_found;
        case SQLITE_CONSTRAINT:
            return Errc::conflict;
        default:
            return Errc::io;
    }
}

// A sentence of its own where SQLite's says too little.
std::string_view remedy(Errc code) {
    switch (code) {
        case Errc::no_space:
            return "; its file system is full: free space on it";
        case Errc::busy:
            return "; another program holds the file";
        case Errc::corrupt:
            return "; restore it from a backup, or move it away: the next start makes a new one, and takes "
                   "in what the "
                   "discs in its drives and image_dirs hold";
        case Errc::permission:
            return "; the server's user must be able to write the file and its folder";
        case Errc::not_found:
            return "; its folder must exist, and the server's user must be able to read and write both";
        default:
            return "";
    }
}

// SQLite says "disk I/O error" where the index of its log finds no room.
bool is_full(const std::string& file) {
    struct statvfs space{};
    return ::statvfs(file.c_str(), &space) == 0 &&
           std::uint64_t{space.f_bavail} * space.f_frsize < kLogIndexBytes;
}

Error sqlite_error(const std::string& file, std::string_view operation, const std::exception& exception,
                   int sqlite_code) {
    const auto* of_soci = dynamic_cast<const soci::soci_error*>(&exception);
    if (const auto* of_sqlite = dynamic_cast<const soci::sqlite3_soci_error*>(&exception))
        sqlite_code = of_sqlite->result();
    const std::string cause = of_soci != nullptr ? of_soci->get_error_message() : exception.what();
    Errc code = of_soci != nullptr ? classify(sqlite_code) : Errc::io;
    if ((sqlite_code & 0xFF) == SQLITE_IOERR && is_full(file)) code = Errc::no_space;
    return Error{code, 0, fmt::format("catalogue: {}: {}{}", operation, cause, remedy(code)),
                 Origin::catalogue};
}

void set_modes(soci::session& sql) {
    // SQLite falls back to reading alone, for as long as the connection lasts.
    auto* const backend = static_cast<soci::sqlite3_session_backend*>(sql.get_backend());
    if (sqlite_api::sqlite3_db_readonly(backend->conn_, "main") != 0)
        throw soci::soci_error(
            "the file is read-only for the server's user: `chmod u+w`, `chown`, or mount its disk "
            "for writing");
    std::string journal;
    sql << "PRAGMA journal_mode = WAL", soci::into(journal);
    sql << "PRAGMA synchronous = FULL";
    sql << "PRAGMA foreign_keys = ON";
    if (journal != "wal")
        throw soci::soci_error("its file system can't hold a write-ahead log (it said " + journal + ")");
}

}  // namespace

Result<std::unique_ptr<SqliteDatabase>> SqliteDatabase::open(const std::string& path,
                                                             CatalogueTrouble on_trouble) {
    if (path.find('"') != std::string::npos)  // SOCI's connection string has no escape for it
        return fail(Errc::invalid,
                    "open catalogue " + path + ": the path holds a double quote; choose another one");
    try {
        auto sql = std::make_unique<soci::session>(
            soci::sqlite3, fmt::format("dbname=\"{}\" timeout={}", path, kBusySeconds));
        set_modes(*sql);
        return std::unique_ptr<SqliteDatabase>(
            new SqliteDatabase(path, std::move(sql), std::move(on_trouble)));
    } catch (const std::exception& exception) {
        return std::unexpected(sqlite_error(path, "open " + path, exception, SQLITE_ERROR));
    }
}

SqliteDatabase::SqliteDatabase(std::string file, std::unique_ptr<soci::session> sql,
                               CatalogueTrouble on_trouble)
    : file_(std::move(file)), sql_(std::move(sql)), on_trouble_(std::move(on_trouble)) {}
SqliteDatabase::~SqliteDatabase() = default;

// IMMEDIATE takes the write lock now, so that nothing read inside the transaction can be outdated when it
// writes.
Status SqliteDatabase::run(Access access, std::string_view operation, const Work& work) {
    const bool writes = access == Access::write;
    try {
        if (writes) *sql_ << "BEGIN IMMEDIATE";
        Status done = work(*sql_);
        if (writes && done) *sql_ << "COMMIT";
        if (writes && !done) roll_back();
        return done;
    } catch (const std::exception& exception) {
        Error error = to_error(operation, exception);  // before the rollback overwrites SQLite's error code
        if (writes) roll_back();
        return std::unexpected(std::move(error));
    }
}

void SqliteDatabase::roll_back() {
    try {
        *sql_ << "ROLLBACK";
    } catch (const std::exception&) {  // SQLite has undone it already (disk full, I/O error): there is no
                                       // transaction left
    }
}

Error SqliteDatabase::to_error(std::string_view operation, const std::exception& exception) {
    const auto* backend = static_cast<soci::sqlite3_session_backend*>(sql_->get_backend());
    Error error = sqlite_error(file_, operation, exception, sqlite_api::sqlite3_errcode(backend->conn_));
    if (on_trouble_ && error.code != Errc::conflict) on_trouble_(error);  // a conflict is an answer
    return error;
}

}  // namespace burnbox
