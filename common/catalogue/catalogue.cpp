// Where the catalogue is kept: it is opened, tried, and rescued.
#include "common/catalogue/catalogue.hpp"

#include <soci/soci.h>
#include <soci/sqlite3/soci-sqlite3.h>

#include "common/catalogue/schema.hpp"
#include "common/catalogue/sqlite_database.hpp"

namespace burnbox {

Catalogue::Catalogue(std::unique_ptr<Database> database) : database_(std::move(database)) {}
Catalogue::~Catalogue() = default;

Result<std::unique_ptr<Catalogue>> Catalogue::open(const std::string& url, CatalogueTrouble on_trouble) {
    constexpr std::string_view kSqlite = "sqlite3://";
    if (url.starts_with("postgresql://"))
        return fail(Errc::unsupported,
                    "open catalogue " + url + ": this build has no PostgreSQL; use sqlite3:///PATH");
    if (!url.starts_with(kSqlite) || !url.substr(kSqlite.size()).starts_with('/'))
        return fail(Errc::invalid, "open catalogue " + url + ": expected sqlite3:/// and an absolute path");
    const std::string path = url.substr(kSqlite.size());
    BB_TRY(auto database, SqliteDatabase::open(path, std::move(on_trouble)));
    BB_CHECK(database->write("migrate " + path, [&](soci::session& sql) { return migrate(sql, path); }));
    return std::make_unique<Catalogue>(std::move(database));
}

Status Catalogue::check_writable() {
    return database_->write("write", write_unchanged_version);
}

// What is in the write-ahead log goes into the main file first: the log's own file may be gone.
Result<bool> Catalogue::rescue(const std::string& copy) {
    return database_->read("rescue to " + copy, [&](soci::session& sql) -> Result<bool> {
        int busy = 0, pages = 0, moved_pages = 0;
        sql << "PRAGMA wal_checkpoint(TRUNCATE)", soci::into(busy), soci::into(pages),
            soci::into(moved_pages);
        auto* const backend = static_cast<soci::sqlite3_session_backend*>(sql.get_backend());
        int has_moved = 0;
        sqlite_api::sqlite3_file_control(backend->conn_, "main", SQLITE_FCNTL_HAS_MOVED, &has_moved);
        if (has_moved == 0) return false;
        sql << "VACUUM INTO :copy", soci::use(copy);
        return true;
    });
}

}  // namespace burnbox
