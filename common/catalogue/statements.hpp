// The two shapes of SQL statement in the catalogue: one that changes rows and one that selects them into a
// Columns class (its `kSelect` is the statement's beginning, bind() binds its members, row() makes the row).
// Only for the .cpp files of this folder; throws what SOCI throws.
#pragma once

#include <soci/soci.h>

#include <optional>
#include <string>
#include <vector>

#include "common/base/clock.hpp"
#include "common/base/error.hpp"
#include "common/session/staging_area.hpp"

namespace burnbox {

inline long long to_column(Timestamp time) {
    return time.time_since_epoch().count();
}
inline Timestamp to_timestamp(long long nanoseconds) {
    return Timestamp(std::chrono::nanoseconds(nanoseconds));
}
inline long long to_column(std::uint64_t number) {
    return static_cast<long long>(number);
}

// A time that may be missing goes through NULLIF(:x, 0) and COALESCE(x, 0): 0 = NULL.
inline long long to_column(const std::optional<Timestamp>& time) {
    return time ? to_column(*time) : 0;
}
inline std::optional<Timestamp> to_optional_timestamp(long long nanoseconds) {
    return nanoseconds == 0 ? std::nullopt : std::optional(to_timestamp(nanoseconds));
}

// sessions.root: '' = an inbox.
inline std::string to_column(const StagingArea& area) {
    return area.is_watched() ? *area.watched_folder() : std::string();
}
inline StagingArea to_staging_area(const std::string& root) {
    return root.empty() ? StagingArea::inbox() : StagingArea::watched(root);
}

// Parameters are bound by position, in the order in which their names first appear. Returns how many rows it
// changed.
template <typename... Parameters>
long long change(soci::session& sql, const std::string& text, const Parameters&... parameters) {
    soci::statement statement(sql);
    (statement.exchange(soci::use(parameters)), ...);
    statement.alloc();
    statement.prepare(text);
    statement.define_and_bind();
    statement.execute(true);
    return statement.get_affected_rows();
}

inline long long last_id(soci::session& sql, const std::string& table) {
    long long id = 0;
    BB_ASSERT(sql.get_last_insert_id(table, id));
    return id;
}

// All rows of Columns::kSelect + `rest`.
template <typename Columns, typename... Parameters>
Result<std::vector<typename Columns::Row>> select(soci::session& sql, const std::string& rest,
                                                  const Parameters&... parameters) {
    Columns columns;
    soci::statement statement(sql);
    columns.bind(statement);
    (statement.exchange(soci::use(parameters)), ...);
    statement.alloc();
    statement.prepare(Columns::kSelect + (" " + rest));
    statement.define_and_bind();
    statement.execute();
    std::vector<typename Columns::Row> rows;
    while (statement.fetch()) {
        BB_TRY(auto row, columns.row());
        rows.push_back(std::move(row));
    }
    return rows;
}

// The first row, if any.
template <typename Columns, typename... Parameters>
Result<std::optional<typename Columns::Row>> select_one(soci::session& sql, const std::string& rest,
                                                        const Parameters&... parameters) {
    BB_TRY(auto rows, select<Columns>(sql, rest + " LIMIT 1", parameters...));
    if (rows.empty()) return std::optional<typename Columns::Row>();
    return std::optional(std::move(rows.front()));
}

}  // namespace burnbox
