#include "burner/attempts/verifier.hpp"

#include <fmt/format.h>

#include "burner/attempts/adjudication.hpp"
#include "common/base/log.hpp"

namespace burnbox {
namespace {

Status store_verified(AttemptContext& context, const AttemptRow& attempt, Work& work,
                      const VerifyReport& report, Timestamp burned_at) {
    BB_TRY(const Medium medium, context.drive.inspect());
    if (medium.sessions_used < attempt.disc_session)
        return fail(Errc::io,
                    fmt::format("inspect {}: it shows {} disc sessions after number {} was read back",
                                work.disc.label, medium.sessions_used, attempt.disc_session));
    DiscRow disc = work.disc;
    update_from_medium(disc, medium);
    disc.drive = context.drive.name();
    mark_full_when_full(context, disc, work.job.layout);
    BB_CHECK(context.services.catalogue.attempt_verified(attempt.id, disc, burned_sessions(work, report),
                                                         burned_at, context.services.clock.now()));
    if (!context.drive.emulated()) context.schedule.set_disc_in(context.drive.name(), disc.serial);
    tell_when_full(context, disc);
    work.disc = disc;
    return {};
}

void announce_verified(AttemptContext& context, const AttemptRow& attempt, const Work& work,
                       const VerifyReport& report) {
    for (const SessionRow& before : work.rows) {
        log::info("session read back", log::kv("account", before.account),
                  log::kv("session", before.disc_name), log::kv("disc", work.disc.label),
                  log::kv("disc_session", attempt.disc_session), log::kv("files", report.files_checked),
                  log::kv("bytes", report.bytes_checked));
        auto row = context.services.catalogue.session(before.id);
        // A part that is burned leaves its session waiting for the others, until the last one.
        if (row && (row->state == SessionState::queued || row->is_part()))
            context.reporter.session_queued(*row, row->reason);
        context.schedule.forget_together(before.id);
        context.schedule.forget_burn_failures(before.id);
        if (!row || row->state == SessionState::burned) context.schedule.add_ended(before.whole_or_self());
    }
}

}  // namespace

Result<Attempted> verify_attempt(AttemptContext& context, const AttemptRow& attempt, Work& work) {
    if (context.schedule.stopping)
        return fail(Errc::cancelled, "read back " + work.disc.label + ": burnbox is stopping");
    const Timestamp burned_at = context.services.clock.now();
    for (const SessionRow& row : work.rows)
        publish(context, EventKind::session_verifying, row, work.disc.label, "");
    context.reporter.phase(DriveActivity::verifying, attempt.disc_session);
    ReadObserver observer(context.reporter);
    auto report = context.drive.verify(read_back_job(work, attempt), attempt.disc_session, observer);
    if (!report) return judgment_failed(context, attempt, work, std::move(report).error());
    if (!report->mismatches.empty()) {
        const std::string what =
            fmt::format("read-back of disc {} differs in {} places, first: {}", work.disc.label,
                        report->mismatches.size(), report->mismatches.front());
        note_cause(context.notes, attempt.id, AttemptCause::mismatch, Error{Errc::io, 0, what});
        // Of another run: perhaps it is another session, which an older copy of the catalogue does not know.
        if (!work.job.just_burned) return adjudicate_by_contents(context, attempt, work);
        return close_bad_attempt(context, attempt, work, DiscVerdict::suspect);
    }
    work.job.layout = report->layout, work.job.modes = report->modes;
    if (auto stored = store_verified(context, attempt, work, *report, burned_at); !stored)
        return std::unexpected(std::move(stored).error());
    context.notes.causes.erase(attempt.id);
    context.notes.judgments.erase(attempt.id);
    announce_verified(context, attempt, work, *report);
    return Attempted{};
}

}  // namespace burnbox
