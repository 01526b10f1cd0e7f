// Sessions larger than a disc: their parts, and how the whole one's state follows from theirs.
#include <fmt/format.h>

#include <algorithm>

#include "common/base/text.hpp"
#include "common/catalogue/catalogue.hpp"
#include "common/catalogue/columns.hpp"
#include "common/catalogue/database.hpp"
#include "common/catalogue/statements.hpp"
#include "common/catalogue/steps.hpp"

namespace burnbox {
namespace {

struct WholeState {
    SessionState state = SessionState::queued;
    std::string reason;
};

bool is_at_work(const SessionRow& part) {
    return part.state == SessionState::burning || part.state == SessionState::verifying;
}

// "part 2 of 3: no blank disc ..." of the first part in `state` that has a reason.
std::string reason_of(const std::vector<SessionRow>& parts, SessionState state) {
    for (const SessionRow& part : parts)
        if (part.state == state && !part.reason.empty())
            return fmt::format("part {} of {}: {}", part.part, part.parts, part.reason);
    return {};
}

// `begun`: something of it is on a disc. It fails only when no part is at work any more: until then its
// folder must stay where it is.
WholeState whole_state(const std::vector<SessionRow>& parts, bool begun) {
    const auto is_failed = [](const SessionRow& part) { return part.state == SessionState::failed; };
    const auto is_burned = [](const SessionRow& part) { return part.state == SessionState::burned; };
    if (std::ranges::all_of(parts, is_burned)) return {SessionState::burned, ""};
    if (std::ranges::any_of(parts, is_at_work))
        return {SessionState::burning, reason_of(parts, SessionState::queued)};
    if (std::ranges::any_of(parts, is_failed))
        return {SessionState::failed, reason_of(parts, SessionState::failed)};
    return {begun ? SessionState::burning : SessionState::queued, reason_of(parts, SessionState::queued)};
}

// Nothing of it happens now.
bool may_be_given_parts(SessionState state) {
    return state == SessionState::queued || state == SessionState::failed || state == SessionState::burned;
}

Result<bool> is_partly_burned(Catalogue& catalogue, SessionId whole) {
    BB_TRY(const auto places, catalogue.copies(whole));
    return !places.empty();
}

Status add_part(soci::session& sql, const SessionRow& whole, const SessionRow& part, long long number,
                long long count) {
    change(sql,
           "INSERT INTO sessions (account, name, disc_name, pool, copies, state, folder, seal_id, "
           "content_digest,"
           " marker_name, marker_sha256, bytes, files_count, sealed_at, root, whole_id, part, parts, reason,"
           " burned_at, verified_at)"
           " VALUES (:account, :name, :disc_name, :pool, :copies, :state, '', :seal_id, :content, "
           ":marker_name,"
           " :marker, :bytes, :files, :sealed, :root, :whole, :part, :parts, :reason, NULLIF(:burned, 0),"
           " NULLIF(:verified, 0))",
           whole.account, whole.name, part.disc_name, whole.pool, to_column(std::uint64_t{whole.copies}),
           std::string(to_string(part.state)), part.seal_id, part.content_digest.hex(), whole.marker_name,
           whole.marker_sha256.hex(), to_column(part.bytes), to_column(part.files_count),
           to_column(whole.sealed_at), to_column(whole.staging), whole.id, number, count, part.reason,
           to_column(whole.burned_at), to_column(whole.verified_at));
    return {};
}

}  // namespace

Status Catalogue::split_session(SessionId id, const std::vector<SessionRow>& given) {
    return database_->write("split session", [&](soci::session& sql) -> Status {
        BB_TRY(const SessionRow whole, session(id));
        BB_TRY(const bool begun, is_partly_burned(*this, id));
        const bool as_it_is =
            std::ranges::all_of(given, [&](const SessionRow& part) { return part.state == whole.state; });
        if (!may_be_given_parts(whole.state) || !as_it_is || whole.parts != 0 || whole.is_part() || begun ||
            given.empty())
            return fail(Errc::conflict, fmt::format("catalogue: split session {}/{}: it is {} already",
                                                    escape(whole.account), escape(whole.disc_name),
                                                    begun              ? "on a disc"
                                                    : whole.parts != 0 ? "split"
                                                                       : to_string(whole.state)));
        const auto count = static_cast<long long>(given.size());
        for (long long number = 1; number <= count; ++number)
            BB_CHECK(add_part(sql, whole, given[static_cast<std::size_t>(number) - 1], number, count));
        change(sql,
               "UPDATE sessions SET parts = :parts, reason = CASE state WHEN 'queued' THEN '' ELSE reason END"
               " WHERE id = :id",
               count, id);
        return {};
    });
}

Result<std::vector<SessionRow>> Catalogue::parts(SessionId whole) {
    return database_->read("list parts", [&](soci::session& sql) {
        return select<SessionColumns>(sql, "WHERE whole_id = :whole ORDER BY part", whole);
    });
}

Result<std::vector<SessionRow>> Catalogue::burn_queue() {
    return database_->read("list the queue", [&](soci::session& sql) {
        return select<SessionColumns>(
            sql,
            "WHERE state = 'queued' AND ((whole_id IS NULL AND parts = 0) OR EXISTS (SELECT 1 FROM sessions w"
            " WHERE w.id = sessions.whole_id AND w.state IN ('queued', 'burning'))) ORDER BY sealed_at, id");
    });
}

Status follow_parts(Catalogue& catalogue, soci::session& sql, SessionId id, Failed failed) {
    BB_TRY(const SessionRow whole, catalogue.session(id));
    const bool goes_on = whole.state == SessionState::failed && failed == Failed::may_go_on;
    if (whole.state != SessionState::queued && whole.state != SessionState::burning && !goes_on) return {};
    BB_TRY(const auto all, catalogue.parts(id));
    BB_TRY(const bool begun, is_partly_burned(catalogue, id));
    const WholeState now = whole_state(all, begun);
    change(sql, "UPDATE sessions SET state = :state, reason = :reason WHERE id = :id",
           std::string(to_string(now.state)), now.reason, id);
    if (now.state == SessionState::burned)
        change(sql,
               "UPDATE sessions SET"
               " burned_at = (SELECT max(burned_at) FROM sessions p WHERE p.whole_id = :id),"
               " verified_at = (SELECT max(verified_at) FROM sessions p WHERE p.whole_id = :id)"
               " WHERE id = :id",
               id);
    return {};
}

Result<bool> follow_parts_seen(Catalogue& catalogue, soci::session& sql, SessionId whole) {
    BB_TRY(const auto all, catalogue.parts(whole));
    const std::string reason = reason_of(all, SessionState::burned);
    change(sql,
           "UPDATE sessions SET reason = :reason,"
           " burned_at = COALESCE(burned_at, (SELECT max(burned_at) FROM sessions p WHERE p.whole_id = :id)),"
           " verified_at = COALESCE(verified_at,"
           " (SELECT max(verified_at) FROM sessions p WHERE p.whole_id = :id))"
           " WHERE id = :id AND state = 'burned'",
           reason, whole);
    return reason.empty();
}

Status retry_parts(Catalogue& catalogue, soci::session& sql, SessionId whole) {
    BB_TRY(const auto all, catalogue.parts(whole));
    for (const SessionRow& part : all)
        if (part.state == SessionState::failed) forgive_session(sql, part.id);
    change(sql,
           "UPDATE sessions SET state = 'queued', reason = '' WHERE whole_id = :whole AND state = 'failed'",
           whole);
    return follow_parts(catalogue, sql, whole, Failed::stays);
}

Status refuse_when_partly_burned(Catalogue& catalogue, const SessionRow& whole) {
    BB_TRY(const bool begun, is_partly_burned(catalogue, whole.id));
    if (!begun) return {};
    return fail(Errc::conflict,
                fmt::format("catalogue: take session {}/{} back: a part of it is on a disc already",
                            escape(whole.account), escape(whole.disc_name)));
}

}  // namespace burnbox
