// Rows of the table discs.
#include <fmt/format.h>

#include "common/base/text.hpp"
#include "common/catalogue/catalogue.hpp"
#include "common/catalogue/columns.hpp"
#include "common/catalogue/database.hpp"
#include "common/catalogue/statements.hpp"
#include "common/catalogue/steps.hpp"

namespace burnbox {

Result<DiscId> Catalogue::add_disc(const DiscRow& row) {
    return database_->write("add disc", [&](soci::session& sql) -> Result<DiscId> {
        BB_TRY(const auto taken,
               select_one<TextColumns>(
                   sql,
                   "label FROM discs WHERE label = :label OR (substr(label, 1, 16) = substr(:label2, 1, 16) "
                   "AND instr(label, '~') = 0 AND instr(:label3, '~') = 0)",
                   row.label, row.label, row.label));
        if (taken)
            return fail(Errc::exists,
                        fmt::format("catalogue: add disc {}: its first 16 characters are those of disc {}",
                                    escape(row.label), escape(*taken)));
        const std::string state(to_string(row.state)), suspicion(to_string(row.suspicion)),
            before(to_string(row.state_before));
        change(sql,
               "INSERT INTO discs (label, serial, pool, drive, medium, media_id, location, state, reason, "
               "capacity_bytes, free_bytes,"
               " sessions_used, sessions_left, next_lba, head_digest, created_at, suspicion, suspect_at, "
               "missing_since, state_before, reason_before, is_image)"
               " VALUES (:label, :serial, :pool, :drive, :medium, :media_id, :location, :state, :reason, "
               ":capacity, :free, :used,"
               " :left, :next_lba, :head, :created, :suspicion, NULLIF(:suspect, 0), NULLIF(:missing, 0), "
               ":before, :reason_before, :is_image)",
               row.label, row.serial, row.pool, row.drive, row.medium, row.media_id, row.location, state,
               row.reason, to_column(row.capacity_bytes), to_column(row.free_bytes), row.sessions_used,
               row.sessions_left, to_column(std::uint64_t{row.next_lba}), row.head_digest,
               to_column(row.created_at), suspicion, to_column(row.suspect_at), to_column(row.missing_since),
               before, row.reason_before, row.is_image ? 1 : 0);
        return last_id(sql, "discs");
    });
}

Status Catalogue::update_disc(const DiscRow& row) {
    return database_->write("update disc", [&](soci::session& sql) -> Status {
        const std::string state(to_string(row.state)), suspicion(to_string(row.suspicion)),
            before(to_string(row.state_before));
        const long long changed = change(
            sql,
            "UPDATE discs SET pool = :pool, drive = :drive, medium = :medium, media_id = :media_id, "
            "location = :location,"
            " state = :state, reason = :reason, capacity_bytes = :capacity, free_bytes = :free, "
            "sessions_used = :used,"
            " sessions_left = :left, next_lba = :next_lba, head_digest = :head, suspicion = :suspicion, "
            "suspect_at = NULLIF(:suspect, 0), missing_since = NULLIF(:missing, 0), state_before = :before, "
            "reason_before = :reason_before, is_image = :is_image WHERE id = :id",
            row.pool, row.drive, row.medium, row.media_id, row.location, state, row.reason,
            to_column(row.capacity_bytes), to_column(row.free_bytes), row.sessions_used, row.sessions_left,
            to_column(std::uint64_t{row.next_lba}), row.head_digest, suspicion, to_column(row.suspect_at),
            to_column(row.missing_since), before, row.reason_before, row.is_image ? 1 : 0, row.id);
        if (changed == 1) return {};
        return fail(Errc::not_found, fmt::format("catalogue: update disc {}: there is no disc number {}",
                                                 escape(row.label), row.id));
    });
}

Status Catalogue::disc_seen(DiscId id, const std::string& drive, const std::string& location) {
    return database_->write("note where a disc is", [&](soci::session& sql) -> Status {
        change(sql,
               "UPDATE discs SET drive = :drive, location = :location, missing_since = NULL WHERE id = :id",
               drive, location, id);
        return {};
    });
}

Status Catalogue::disc_missing(DiscId id, Timestamp since) {
    return database_->write("note a missing disc", [&](soci::session& sql) -> Status {
        change(sql, "UPDATE discs SET missing_since = COALESCE(missing_since, :since) WHERE id = :id",
               to_column(since), id);
        return {};
    });
}

Result<std::vector<DiscRow>> Catalogue::discs() {
    return database_->read("list discs", [&](soci::session& sql) {
        return select<DiscColumns>(sql, "ORDER BY created_at, id");
    });
}

Result<std::optional<DiscRow>> Catalogue::find_disc(const std::string& label) {
    return database_->read("find disc", [&](soci::session& sql) {
        return select_one<DiscColumns>(sql, "WHERE label = :label", label);
    });
}

}  // namespace burnbox
