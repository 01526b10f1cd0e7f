#include "burner/jobs/unfinished_attempts.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "burner/attempts/adjudication.hpp"
#include "burner/attempts/load_disc.hpp"
#include "common/base/log.hpp"

namespace burnbox {
namespace {

Judge who_judges(const AttemptContext& context, const AttemptRow& attempt, const DiscRow& disc,
                 const ShelfView& view) {
    const std::string& name = context.drive.name();
    const ConfigSnapshot config = context.services.config.snapshot();
    const bool image = disc.is_image || context.places.is_emulated(attempt.drive);
    const AttemptBegan began{.here = attempt.drive == name,
                             .configured = config->drives.contains(attempt.drive)};
    const SeenInDrives seen = context.schedule.seen(disc.serial, name);
    return judge_of(where_is(disc, image, view, seen, name, HeadNoted::older), image, began);
}

Result<bool> judge_one(AttemptContext& context, const AttemptRow& attempt, const DiscRow& disc, Judge judge,
                       bool again, const Conclude& conclude) {
    std::vector<SessionRow> rows;
    for (const SessionId id : attempt.sessions) {
        BB_TRY(SessionRow row, context.services.catalogue.session(id));
        rows.push_back(std::move(row));
    }
    const Schedule::Busy busy(context.schedule, context.drive.name());
    auto work = make_work(context.services, disc, rows);
    if (!work && work.error().code != Errc::corrupt) return std::unexpected(std::move(work).error());
    if (!work) {  // a seal record: no fault of the disc, which may hold it
        if (!context.notes.causes.contains(attempt.id))
            note_cause(context.notes, attempt.id, AttemptCause::staged_damaged, std::move(work).error());
        BB_TRY(work, work_without_records(context.services, disc, rows));
    }
    if (judge == Judge::nobody) {
        const ConfigSnapshot config = context.services.config.snapshot();
        note_cause(context.notes, attempt.id, AttemptCause::disc_gone,
                   {Errc::not_found, 0, away_text(disc, *config)});
        BB_TRY(auto closed, close_bad_attempt(context, attempt, *work, DiscVerdict::away));
        return conclude(*work, std::move(closed));
    }
    if (!again)
        log::info("attempt unfinished", log::kv("attempt", attempt.id), log::kv("disc", disc.label),
                  log::kv("drive", attempt.drive));
    context.reporter.begin(rows, disc.label);
    auto adjudicated = adjudicate_attempt(context, attempt, *work);
    context.reporter.idle();
    if (!adjudicated) return std::unexpected(std::move(adjudicated).error());
    return conclude(*work, std::move(*adjudicated));
}

// A record of one of its sessions can't be read now: that is no other session's wait.
Status tell_why(AttemptContext& context, const AttemptRow& attempt, const Error& error) {
    for (const SessionId id : attempt.sessions) {
        BB_TRY(const SessionRow row, context.services.catalogue.session(id));
        context.reporter.session_waits(row, error.message);
    }
    return {};
}

}  // namespace

Result<bool> judge_unfinished(AttemptContext& context, bool again, const Conclude& conclude) {
    BB_TRY(const auto attempts, context.services.catalogue.unfinished_attempts());
    if (attempts.empty()) return false;
    BB_TRY(const auto discs, context.services.catalogue.discs());
    const ShelfView view = context.places.look();
    for (const AttemptRow& attempt : attempts) {
        const auto disc = std::ranges::find(discs, attempt.disc, &DiscRow::id);
        if (disc == discs.end())
            return with_origin(
                Origin::catalogue,
                Result<bool>(
                    fail(Errc::corrupt, fmt::format("catalogue: attempt {} names no disc", attempt.id))));
        const Judge judge = who_judges(context, attempt, *disc, view);
        if (judge == Judge::another) continue;
        const auto claim =
            attempt.sessions.empty() ? std::nullopt : context.schedule.claim(attempt.sessions.front());
        if (!claim && !attempt.sessions.empty()) continue;  // another drive is at it
        auto judged = judge_one(context, attempt, *disc, judge, again, conclude);
        if (judged || judged.error().origin != Origin::session) return judged;
        BB_CHECK(tell_why(context, attempt, judged.error()));
    }
    return false;
}

}  // namespace burnbox
