// The seam's methods: each is one query function in one transaction (write) or none (read).
#include "common/catalogue/sql_catalogue.hpp"

#include "common/catalogue/database.hpp"
#include "common/catalogue/queries.hpp"
#include "common/catalogue/schema.hpp"

namespace burnbox {
namespace {

using Sql = soci::session;

class SqlCatalogue final : public Catalogue {
  public:
    explicit SqlCatalogue(std::unique_ptr<Database> database) : database_(std::move(database)) {}

    Result<SessionId> add_session(const SessionRow& row) override {
        return database_->write("add session", [&](Sql& sql) { return queries::add_session(sql, row); });
    }
    Result<SessionRow> session(SessionId id) override {
        return database_->read("read session", [&](Sql& sql) { return queries::session(sql, id); });
    }
    Result<std::optional<SessionRow>> find_session(const std::string& account,
                                                   const std::string& disc_name) override {
        return database_->read("find session",
                               [&](Sql& sql) { return queries::find_session(sql, account, disc_name); });
    }
    Result<std::optional<SessionRow>> find_session_by_folder(const std::string& account,
                                                             const std::string& folder) override {
        return database_->read("find session by folder", [&](Sql& sql) {
            return queries::find_session_by_folder(sql, account, folder);
        });
    }
    Result<std::vector<SessionRow>> sessions(const std::string& account) override {
        return database_->read("list sessions", [&](Sql& sql) { return queries::sessions(sql, account); });
    }
    Result<std::vector<SessionRow>> sessions_in_state(SessionState state) override {
        return database_->read("list sessions by state",
                               [&](Sql& sql) { return queries::sessions_in_state(sql, state); });
    }
    Result<std::vector<std::string>> disc_names(const std::string& account) override {
        return database_->read("list disc names",
                               [&](Sql& sql) { return queries::disc_names(sql, account); });
    }
    Status step(SessionId id, SessionState from, SessionState to, const std::string& reason) override {
        return database_->write("step session",
                                [&](Sql& sql) { return queries::step(sql, id, from, to, reason); });
    }
    Status set_reason(SessionId id, const std::string& reason) override {
        return database_->write("set reason", [&](Sql& sql) { return queries::set_reason(sql, id, reason); });
    }
    Status begin_move(SessionId id, const std::string& folder_next) override {
        return database_->write("begin move",
                                [&](Sql& sql) { return queries::begin_move(sql, id, folder_next); });
    }
    Status end_move(SessionId id) override {
        return database_->write("end move", [&](Sql& sql) { return queries::end_move(sql, id); });
    }
    Status set_folder(SessionId id, const std::string& folder) override {
        return database_->write("set folder", [&](Sql& sql) { return queries::set_folder(sql, id, folder); });
    }
    Status remove_session(SessionId id) override {
        return database_->write("remove session", [&](Sql& sql) { return queries::remove_session(sql, id); });
    }

    Status split_session(SessionId id, const std::vector<SessionRow>& parts) override {
        return database_->write("split session",
                                [&](Sql& sql) { return queries::split_session(sql, id, parts); });
    }
    Result<std::vector<SessionRow>> parts(SessionId whole) override {
        return database_->read("list parts", [&](Sql& sql) { return queries::parts(sql, whole); });
    }
    Result<std::vector<SessionRow>> burn_queue() override {
        return database_->read("list the queue", [&](Sql& sql) { return queries::burn_queue(sql); });
    }

    Result<DiscId> add_disc(const DiscRow& row) override {
        return database_->write("add disc", [&](Sql& sql) { return queries::add_disc(sql, row); });
    }
    Status update_disc(const DiscRow& row) override {
        return database_->write("update disc", [&](Sql& sql) { return queries::update_disc(sql, row); });
    }
    Status disc_seen(DiscId id, const std::string& drive, const std::string& location) override {
        return database_->write("note where a disc is",
                                [&](Sql& sql) { return queries::disc_seen(sql, id, drive, location); });
    }
    Status disc_missing(DiscId id, Timestamp since) override {
        return database_->write("note a missing disc",
                                [&](Sql& sql) { return queries::disc_missing(sql, id, since); });
    }
    Result<std::vector<DiscRow>> discs() override {
        return database_->read("list discs", [&](Sql& sql) { return queries::discs(sql); });
    }
    Result<std::optional<DiscRow>> find_disc(const std::string& label) override {
        return database_->read("find disc", [&](Sql& sql) { return queries::find_disc(sql, label); });
    }

    Result<AttemptId> begin_attempt(const AttemptRow& row) override {
        return database_->write("begin attempt", [&](Sql& sql) { return queries::begin_attempt(sql, row); });
    }
    Status attempt_written(AttemptId id, std::uint32_t start_lba, std::uint32_t blocks,
                           const std::string& messages) override {
        return database_->write("attempt written", [&](Sql& sql) {
            return queries::attempt_written(sql, id, start_lba, blocks, messages);
        });
    }
    Status attempt_verified(AttemptId id, const DiscRow& disc, const std::vector<BurnedSession>& sessions,
                            Timestamp burned_at, Timestamp verified_at, unsigned copies_wanted) override {
        return database_->write("attempt verified", [&](Sql& sql) {
            return queries::attempt_verified(sql, id, disc, sessions, burned_at, verified_at, copies_wanted);
        });
    }
    Status attempt_failed(AttemptId id, const DiscRow& disc, SessionState to,
                          const AttemptFailure& failure) override {
        return database_->write("attempt failed", [&](Sql& sql) {
            return queries::attempt_failed(sql, id, disc, to, failure, system_clock().now());
        });
    }
    Result<std::vector<AttemptRow>> unfinished_attempts() override {
        return database_->read("list unfinished attempts",
                               [&](Sql& sql) { return queries::unfinished_attempts(sql); });
    }
    Result<std::vector<AttemptRow>> attempts(SessionId session) override {
        return database_->read("list attempts", [&](Sql& sql) { return queries::attempts(sql, session); });
    }

    Result<std::vector<AttemptRow>> attempts_on_drive(const std::string& drive) override {
        return database_->read("list attempts of a drive",
                               [&](Sql& sql) { return queries::attempts_on_drive(sql, drive); });
    }
    Status trust_drive(const std::string& drive) override {
        return database_->write("trust drive", [&](Sql& sql) { return queries::trust_drive(sql, drive); });
    }

    Result<std::vector<SessionId>> take_in(const DiscRow& disc, const TakenDiscSession& found,
                                           unsigned copies_wanted) override {
        return database_->write("take in disc session", [&](Sql& sql) {
            return queries::take_in(sql, disc, found, copies_wanted, system_clock().now());
        });
    }
    Result<std::uint64_t> generation() override {
        return database_->read("read generation", [](Sql& sql) { return queries::generation(sql); });
    }
    Result<unsigned> next_disc_number() override {
        return database_->read("read disc number", [](Sql& sql) { return queries::next_disc_number(sql); });
    }
    Status go_on_after(std::uint64_t generation, unsigned skip) override {
        return database_->write("go on after a generation",
                                [&](Sql& sql) { return queries::go_on_after(sql, generation, skip); });
    }

    Result<std::vector<DiscSessionRow>> copies(SessionId session) override {
        return database_->read("list copies", [&](Sql& sql) { return queries::copies(sql, session); });
    }
    Result<std::vector<DiscSessionRow>> disc_sessions(DiscId disc) override {
        return database_->read("list disc sessions",
                               [&](Sql& sql) { return queries::disc_sessions(sql, disc); });
    }
    Status copy_checked(DiscId disc, SessionId session, bool good, Timestamp at) override {
        return database_->write("note a read-back", [&](Sql& sql) {
            return queries::copy_checked(sql, disc, session, good, at);
        });
    }
    Result<std::vector<FileRow>> files(SessionId session) override {
        return database_->read("list files", [&](Sql& sql) { return queries::files(sql, session); });
    }
    Result<std::vector<FoundFile>> find(const std::string& account, const std::string& glob,
                                        std::size_t most) override {
        return database_->read("find files",
                               [&](Sql& sql) { return queries::find(sql, account, glob, most); });
    }
    Result<std::optional<SessionRow>> find_same_content(const std::string& account, const std::string& name,
                                                        const Sha256& content_digest) override {
        return database_->read("find same content", [&](Sql& sql) {
            return queries::find_same_content(sql, account, name, content_digest);
        });
    }

    Status check_writable() override {
        return database_->write("write", [](Sql& sql) { return write_unchanged_version(sql); });
    }

    Result<bool> rescue(const std::string& copy) override { return database_->rescue(copy); }

  private:
    std::unique_ptr<Database> database_;
};

}  // namespace

Result<std::unique_ptr<Catalogue>> open_sql_catalogue(const std::string& url, CatalogueTrouble on_trouble) {
    constexpr std::string_view kSqlite = "sqlite3://";
    if (url.starts_with("postgresql://"))
        return fail(Errc::unsupported,
                    "open catalogue " + url + ": this build has no PostgreSQL; use sqlite3:///PATH");
    if (!url.starts_with(kSqlite) || !url.substr(kSqlite.size()).starts_with('/'))
        return fail(Errc::invalid, "open catalogue " + url + ": expected sqlite3:/// and an absolute path");
    const std::string path = url.substr(kSqlite.size());
    BB_TRY(auto database, Database::open(path, std::move(on_trouble)));
    BB_CHECK(database->write("migrate " + path, [&](Sql& sql) { return migrate(sql, path); }));
    return std::make_unique<SqlCatalogue>(std::move(database));
}

}  // namespace burnbox
