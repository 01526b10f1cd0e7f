// What was promised at the seal and is changed since: copies, pool, content.
#include <fmt/format.h>

#include "common/base/text.hpp"
#include "common/catalogue/catalogue.hpp"
#include "common/catalogue/copy_rules.hpp"
#include "common/catalogue/database.hpp"
#include "common/catalogue/statements.hpp"
#include "common/catalogue/steps.hpp"

namespace burnbox {

Status become_burned(Catalogue& catalogue, soci::session& sql, const SessionRow& row, Timestamp burned_at,
                     Timestamp verified_at) {
    if (row.state == SessionState::failed)
        BB_CHECK(catalogue.step(row.id, SessionState::failed, SessionState::queued, ""));
    BB_CHECK(catalogue.step(row.id, SessionState::queued, SessionState::burning, ""));
    BB_CHECK(catalogue.step(row.id, SessionState::burning, SessionState::verifying, ""));
    note_burned(sql, row.id, burned_at, verified_at);
    return catalogue.step(row.id, SessionState::verifying, SessionState::burned, "");
}

Status Catalogue::promise_copies(const std::string& pool, unsigned copies) {
    return database_->write("promise copies", [&](soci::session& sql) -> Status {
        change(sql,
               "UPDATE sessions SET copies = :copies WHERE copies = 0 AND pool = :pool AND state <> 'burned'",
               to_column(std::uint64_t{copies}), pool);
        return {};
    });
}

Status Catalogue::set_copies(SessionId id, unsigned copies) {
    return database_->write("set copies", [&](soci::session& sql) -> Status {
        if (change(sql, "UPDATE sessions SET copies = :copies WHERE id = :id AND state = 'queued'",
                   to_column(std::uint64_t{copies}), id) == 1)
            return {};
        BB_TRY(const SessionRow row, session(id));
        return fail(Errc::conflict,
                    fmt::format("catalogue: set copies of {}/{}: it is {}", escape(row.account),
                                escape(row.disc_name), to_string(row.state)));
    });
}

Status Catalogue::set_pool(SessionId id, const std::string& pool) {
    return database_->write("set pool", [&](soci::session& sql) -> Status {
        change(
            sql,
            "UPDATE sessions SET pool = :pool WHERE (id = :id OR whole_id = :whole) AND state IN ('queued', "
            "'burning', 'failed')",
            pool, id, id);
        return {};
    });
}

Status Catalogue::reseal(SessionId id, const SessionRow& content) {
    return database_->write("reseal session", [&](soci::session& sql) -> Status {
        BB_TRY(const SessionRow row, session(id));
        BB_TRY(const auto there, copies(id));
        if (row.state != SessionState::failed || row.parts != 0 || row.is_part() || !there.empty())
            return fail(
                Errc::conflict,
                fmt::format("catalogue: reseal {}/{}: its seal record is gone, and {}", escape(row.account),
                            escape(row.disc_name),
                            !there.empty() ? "disc " + there.front().disc_label +
                                                 " holds a part or a copy of it, made from that record: "
                                                 "import its folder under another name"
                            : row.parts != 0 || row.is_part() ? "it was split into parts by that record"
                                                              : "it has not failed"));
        change(
            sql,
            "UPDATE sessions SET content_digest = :digest, marker_name = :marker, marker_sha256 = :sha256, "
            "bytes = :bytes, files_count = :files WHERE id = :id",
            content.content_digest.hex(), content.marker_name, content.marker_sha256.hex(),
            to_column(content.bytes), to_column(content.files_count), id);
        return {};
    });
}

Result<bool> Catalogue::complete_copies(SessionId id) {
    return database_->write("complete copies", [&](soci::session& sql) -> Result<bool> {
        BB_TRY(const SessionRow row, session(id));
        BB_TRY(const auto done, counting_copies(*this, id));
        if (row.state != SessionState::queued || (row.parts != 0 && !row.is_part()) ||
            !are_complete(row, done))
            return false;
        BB_CHECK(become_burned(*this, sql, row, done.back().burned_at, done.back().verified_at));
        return true;
    });
}

Result<std::vector<SessionId>> Catalogue::forget_reasons() {
    return database_->write("forget reasons", [&](soci::session& /*sql*/) -> Result<std::vector<SessionId>> {
        BB_TRY(const auto rows, burn_queue());
        std::vector<SessionId> changed;
        for (const SessionRow& row : rows) {
            if (row.reason.empty()) continue;
            BB_TRY(const auto done, counting_copies(*this, row.id));
            const std::string now = copies_text(row, done);
            if (now == row.reason) continue;
            BB_CHECK(set_reason(row.id, now));
            changed.push_back(row.id);
        }
        return changed;
    });
}

}  // namespace burnbox
