// What is where: disc sessions that verified, their files, and the search over all of them.
#include <fmt/format.h>

#include <algorithm>

#include "common/base/glob.hpp"
#include "common/base/text.hpp"
#include "common/catalogue/catalogue.hpp"
#include "common/catalogue/columns.hpp"
#include "common/catalogue/database.hpp"
#include "common/catalogue/statements.hpp"
#include "common/catalogue/steps.hpp"

namespace burnbox {
namespace {

// One statement, prepared once and executed for every row: 100,000 files take well under a second.
void add_files(soci::session& sql, long long disc_session, const std::vector<FileRow>& files) {
    std::string path, sha256;
    long long size_bytes = 0, lba = 0;
    soci::statement insert =
        (sql.prepare << "INSERT INTO files (disc_session_id, path, size_bytes, sha256, lba)"
                        " VALUES (:disc_session, :path, :size, :sha256, :lba)",
         soci::use(disc_session), soci::use(path), soci::use(size_bytes), soci::use(sha256), soci::use(lba));
    for (const FileRow& file : files) {
        path = file.path;
        size_bytes = to_column(file.size_bytes);
        sha256 = file.sha256.hex();
        lba = file.lba;
        insert.execute(true);
    }
}

// The longest run of plain characters that every matching path must hold, for SQLite to sort out most rows;
// '' = none.
std::string literal_part(std::string_view glob) {
    glob = glob.substr(0, glob.find_first_of("[\\"));
    std::string_view longest;
    while (!glob.empty()) {
        const std::string_view run = glob.substr(0, glob.find_first_of("*?"));
        if (run.size() > longest.size()) longest = run;
        glob.remove_prefix(std::min(run.size() + 1, glob.size()));
    }
    return std::string(longest);
}

class PathGlob {
  public:
    // Without a '/' it is for base names; one that does not begin at the disc's root may match at any depth.
    explicit PathGlob(const std::string& glob)
        : base_name_only_(glob.find('/') == std::string::npos),
          pattern_(base_name_only_ || glob.starts_with('/') || glob.starts_with("**") ? glob : "**/" + glob) {
    }
    [[nodiscard]] bool matches(std::string_view path) const {
        if (base_name_only_) path.remove_prefix(path.rfind('/') + 1);  // npos + 1 is 0
        return pattern_.matches(path);
    }

  private:
    bool base_name_only_;
    Glob pattern_;
};

// A disc session that is searched, as a row that has no file yet.
struct Searched {
    long long id = 0;  // disc_sessions.id
    FoundFile of;
};

class SearchedColumns {
  public:
    using Row = Searched;
    static constexpr const char* kSelect =
        "SELECT p.id, p.account, p.session_name, d.label, p.disc_session"
        " FROM disc_sessions p JOIN discs d ON d.id = p.disc_id";
    void bind(soci::statement& statement) {
        statement.exchange(soci::into(row_.id));
        statement.exchange(soci::into(row_.of.account));
        statement.exchange(soci::into(row_.of.session));
        statement.exchange(soci::into(row_.of.disc));
        statement.exchange(soci::into(disc_session_));
    }
    [[nodiscard]] Result<Searched> row() const {
        Searched row = row_;
        row.of.disc_session = static_cast<unsigned>(disc_session_);
        return row;
    }

  private:
    Searched row_;
    long long disc_session_ = 0;
};

class FoundColumns {
  public:
    using Row = FoundFile;
    static constexpr const char* kSelect = "SELECT path, size_bytes, sha256 FROM files";
    void bind(soci::statement& statement) {
        statement.exchange(soci::into(path_));
        statement.exchange(soci::into(size_bytes_));
        statement.exchange(soci::into(sha256_));
    }
    [[nodiscard]] Result<FoundFile> row() const {
        FoundFile row;
        row.path = path_;
        row.size_bytes = static_cast<std::uint64_t>(size_bytes_);
        BB_TRY(row.sha256, parse_digest(sha256_, "files.sha256"));
        return row;
    }

  private:
    std::string path_, sha256_;
    long long size_bytes_ = 0;
};

constexpr long long kFilesAtOnce = 1000;  // that the catalogue is asked for: then it is everybody's again

}  // namespace

void add_disc_session(soci::session& sql, const AttemptRow& attempt, const SessionRow& session,
                      const std::vector<FileRow>& files, Timestamp burned_at, Timestamp verified_at) {
    change(sql,
           "INSERT INTO disc_sessions (disc_id, disc_session, session_id, account, session_name, drive, "
           "start_lba, blocks,"
           " burned_at, verified_at)"
           " VALUES (:disc, :number, NULLIF(:session, 0), :account, :name, :drive, :start_lba, :blocks, "
           ":burned, "
           ":verified)",
           attempt.disc, attempt.disc_session, session.id, session.account, session.disc_name, attempt.drive,
           to_column(std::uint64_t{attempt.start_lba}), to_column(std::uint64_t{attempt.blocks}),
           to_column(burned_at), to_column(verified_at));
    add_files(sql, last_id(sql, "disc_sessions"), files);
}

Result<std::vector<DiscSessionRow>> Catalogue::copies(SessionId session) {
    return database_->read("list copies", [&](soci::session& sql) {
        return select<DiscSessionColumns>(
            sql,
            "WHERE p.session_id = :session OR p.session_id IN"
            " (SELECT id FROM sessions WHERE whole_id = :session) ORDER BY p.id",
            session);
    });
}

Result<std::vector<DiscSessionRow>> Catalogue::disc_sessions(DiscId disc) {
    return database_->read("list disc sessions", [&](soci::session& sql) {
        return select<DiscSessionColumns>(sql, "WHERE p.disc_id = :disc ORDER BY p.disc_session, p.id", disc);
    });
}

Status Catalogue::copy_checked(const DiscSessionRow& place, bool good, Timestamp at) {
    return database_->write("note a read-back", [&](soci::session& sql) -> Status {
        const long long changed =
            change(sql,
                   "UPDATE disc_sessions SET checked_at = :at, good = :good WHERE "
                   "disc_id = :disc AND account = :account AND session_name = :name",
                   to_column(at), static_cast<int>(good), place.disc, place.account, place.session_name);
        if (changed == 1) return {};
        return fail(Errc::not_found,
                    fmt::format("catalogue: note a read-back: {}/{} is not on disc number {}",
                                escape(place.account), escape(place.session_name), place.disc));
    });
}

// Of the first copy (of each part): the receipt's addresses are those of the first disc.
Result<std::vector<FileRow>> Catalogue::files(SessionId session) {
    return database_->read("list files", [&](soci::session& sql) {
        return select<FileColumns>(
            sql,
            "WHERE disc_session_id IN (SELECT min(id) FROM disc_sessions WHERE session_id "
            "= :session OR session_id IN (SELECT id FROM sessions WHERE whole_id = "
            ":session) GROUP BY session_id) ORDER BY path",
            session);
    });
}

Result<std::vector<FoundFile>> Catalogue::find(const std::string& account, const std::string& glob,
                                               std::size_t most) {
    const PathGlob wanted(glob);
    const std::string literal = literal_part(glob);
    BB_TRY(const auto places, database_->read("find files", [&](soci::session& sql) {
        return select<SearchedColumns>(sql, "WHERE (:account = '' OR p.account = :account) ORDER BY p.id",
                                       account);
    }));
    std::vector<FoundFile> found;
    for (const Searched& place : places) {
        std::string after;
        for (bool more = true; more && found.size() < most;) {
            BB_TRY(const auto page, database_->read("find files", [&](soci::session& sql) {
                return select<FoundColumns>(
                    sql,
                    "WHERE disc_session_id = :place AND path > :after AND instr(path, :literal) > 0"
                    " ORDER BY path LIMIT :most",
                    place.id, after, literal, kFilesAtOnce);
            }));
            for (const FoundFile& file : page) {
                if (found.size() == most || !wanted.matches(file.path)) continue;
                found.push_back(place.of);
                found.back().path = file.path;
                found.back().size_bytes = file.size_bytes;
                found.back().sha256 = file.sha256;
            }
            more = std::ssize(page) == kFilesAtOnce;
            if (more) after = page.back().path;
        }
    }
    return found;
}

}  // namespace burnbox
