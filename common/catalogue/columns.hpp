// Rows as SOCI fills them: one class per kind of row, for select() of statements.hpp. row() fails with
// Errc::corrupt when a word or digest in the database is none of ours.
#pragma once

#include <soci/soci.h>

#include <string>

#include "common/catalogue/rows.hpp"

namespace burnbox {

class SessionColumns {
  public:
    using Row = SessionRow;
    static constexpr const char* kSelect =
        "SELECT id, account, name, disc_name, pool, copies, state,"
        " COALESCE((SELECT w.folder FROM sessions w WHERE w.id = sessions.whole_id), folder),"
        " COALESCE((SELECT w.folder_next FROM sessions w WHERE w.id = sessions.whole_id), folder_next),"
        " seal_id, content_digest, marker_name,"
        " marker_sha256, bytes, files_count, sealed_at, COALESCE(burned_at, 0), COALESCE(verified_at, 0), "
        "reason, root, COALESCE(whole_id, 0), part, parts, retried_after FROM sessions";
    void bind(soci::statement& statement);
    [[nodiscard]] Result<SessionRow> row() const;

  private:
    SessionRow row_;  // the columns that need no conversion
    std::string state_, content_digest_, marker_sha256_, root_;
    long long bytes_ = 0, files_count_ = 0, sealed_at_ = 0, burned_at_ = 0, verified_at_ = 0, part_ = 0,
              parts_ = 0, copies_ = 0;
};

class DiscColumns {
  public:
    using Row = DiscRow;
    static constexpr const char* kSelect =
        "SELECT id, label, serial, pool, drive, medium, media_id, location, state, reason, capacity_bytes, "
        "free_bytes,"
        " sessions_used, sessions_left, next_lba, head_digest, created_at, suspicion, COALESCE(suspect_at, "
        "0), "
        "COALESCE(missing_since, 0), state_before, reason_before, is_image FROM discs";
    void bind(soci::statement& statement);
    [[nodiscard]] Result<DiscRow> row() const;

  private:
    DiscRow row_;
    std::string state_, suspicion_, state_before_;
    long long capacity_bytes_ = 0, free_bytes_ = 0, sessions_used_ = 0, sessions_left_ = 0, next_lba_ = 0,
              created_at_ = 0, suspect_at_ = 0, missing_since_ = 0, is_image_ = 0;
};

class AttemptColumns {  // without the sessions
  public:
    using Row = AttemptRow;
    static constexpr const char* kSelect =
        "SELECT id, disc_id, drive, disc_session, start_lba, blocks, state, started_at, COALESCE(ended_at, "
        "0), messages, tree_lba, tree_blocks, tree_sha256, cause, spoiled"
        " FROM attempts";
    void bind(soci::statement& statement);
    [[nodiscard]] Result<AttemptRow> row() const;

  private:
    AttemptRow row_;
    std::string state_;
    std::string tree_sha256_, cause_;
    long long spoiled_ = 0;
    long long disc_session_ = 0, start_lba_ = 0, blocks_ = 0, started_at_ = 0, ended_at_ = 0, tree_lba_ = 0,
              tree_blocks_ = 0;
};

class DiscSessionColumns {
  public:
    using Row = DiscSessionRow;
    static constexpr const char* kSelect =
        "SELECT p.disc_id, d.label, p.disc_session, COALESCE(p.session_id, 0), p.account, p.session_name, "
        "p.start_lba, p.blocks,"
        " p.burned_at, p.verified_at, d.medium, d.media_id, d.serial, p.drive, d.location,"
        " COALESCE((SELECT s.part FROM sessions s WHERE s.id = p.session_id), 0), COALESCE(p.checked_at, 0), "
        "p.good"
        " FROM disc_sessions p JOIN discs d ON d.id = p.disc_id";
    void bind(soci::statement& statement);
    [[nodiscard]] Result<DiscSessionRow> row() const;

  private:
    DiscSessionRow row_;
    long long disc_session_ = 0, start_lba_ = 0, blocks_ = 0, burned_at_ = 0, verified_at_ = 0, part_ = 0,
              checked_at_ = 0, good_ = 1;
};

class FileColumns {
  public:
    using Row = FileRow;
    static constexpr const char* kSelect =
        "SELECT path, size_bytes, sha256, lba, COALESCE((SELECT s.part FROM disc_sessions p JOIN sessions s"
        " ON s.id = p.session_id WHERE p.id = files.disc_session_id), 0) FROM files";
    void bind(soci::statement& statement);
    [[nodiscard]] Result<FileRow> row() const;

  private:
    FileRow row_;
    std::string sha256_;
    long long size_bytes_ = 0, lba_ = 0, part_ = 0;
};

class IdColumns {  // one column of numbers; the statement is the caller's
  public:
    using Row = long long;
    static constexpr const char* kSelect = "SELECT";
    void bind(soci::statement& statement) { statement.exchange(soci::into(id_)); }
    [[nodiscard]] Result<long long> row() const { return id_; }

  private:
    long long id_ = 0;
};

class TextColumns {  // one column of text
  public:
    using Row = std::string;
    static constexpr const char* kSelect = "SELECT";
    void bind(soci::statement& statement) { statement.exchange(soci::into(text_)); }
    [[nodiscard]] Result<std::string> row() const { return text_; }

  private:
    std::string text_;
};

// The digest in a column; Errc::corrupt when it is none.
[[nodiscard]] Result<Sha256> parse_digest(const std::string& hex, const char* column);

}  // namespace burnbox
