#include "burner/attempts/read_back.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "burner/schedule/failure_rules.hpp"
#include "common/base/log.hpp"

namespace burnbox {
namespace {

// The disc was read and is bad; every other error says nothing about it. In a real drive there may be another
// one by now; an image that is not the disc has been changed.
bool blames_the_disc(const AttemptContext& context, const Error& error) {
    const bool changed = error.code == Errc::wrong_medium && error.origin == Origin::unknown;
    return judges_what_was_read(error) || (changed && context.drive.emulated());
}

std::string what_is_wrong(const DiscRow& disc, const SessionRow& session,
                          const Result<VerifyReport>& report) {
    if (!report)
        return fmt::format("{}/{} can't be read back from disc {}: {}", session.account, session.disc_name,
                           disc.label, report.error().message);
    return fmt::format("read-back of {}/{} on disc {} differs in {} places, first: {}", session.account,
                       session.disc_name, disc.label, report->mismatches.size(), report->mismatches.front());
}

Status note_bad(AttemptContext& context, DiscRow disc, const SessionRow& session,
                const Result<VerifyReport>& report) {
    Catalogue& catalogue = context.services.catalogue;
    BB_CHECK(catalogue.copy_checked(disc.id, session.id, false, context.services.clock.now()));
    log::error("copy bad", log::kv("account", session.account), log::kv("session", session.disc_name),
               log::kv("disc", disc.label), log::kv("reason", what_is_wrong(disc, session, report)),
               log::kv("remedy", "it counts no more as a copy; `burnbox verify` reads it again"));
    if (disc.state == DiscState::suspect) return {};
    const bool other = !report && report.error().code == Errc::wrong_medium;
    mark_suspect(context, disc, other ? Suspicion::changed : Suspicion::differs,
                 what_is_wrong(disc, session, report));
    return catalogue.update_disc(disc);
}

Status trust_again(AttemptContext& context, DiscRow disc, const Medium& medium) {
    disc.state = DiscState::open;
    disc.reason.clear();
    disc.suspicion = Suspicion::none;
    disc.suspect_at.reset();
    update_from_medium(disc, medium);
    mark_full_when_full(context, disc);
    BB_CHECK(context.services.catalogue.update_disc(disc));
    log::info("disc trusted again", log::kv("disc", disc.label), log::kv("state", to_string(disc.state)));
    return {};
}

Status note_good(AttemptContext& context, const DiscRow& disc, const SessionRow& session) {
    Catalogue& catalogue = context.services.catalogue;
    BB_CHECK(catalogue.copy_checked(disc.id, session.id, true, context.services.clock.now()));
    if (disc.state != DiscState::suspect) return {};
    BB_TRY(const auto sessions, catalogue.disc_sessions(disc.id));
    BB_TRY(const Medium medium, context.drive.inspect());
    return suspicion_is_over(disc, sessions, medium) ? trust_again(context, disc, medium) : Status();
}

}  // namespace

bool suspicion_is_over(const DiscRow& disc, const std::vector<DiscSessionRow>& sessions,
                       const Medium& medium) {
    if (disc.state != DiscState::suspect || disc.suspicion == Suspicion::spoiled || sessions.empty())
        return false;
    const bool all_good = std::ranges::all_of(sessions, [&](const DiscSessionRow& row) {
        if (row.session == 0) return true;  // nobody knows any more what it should be
        return row.good && row.checked_at && (!disc.suspect_at || *row.checked_at >= *disc.suspect_at);
    });
    const bool usable = medium.state == MediumState::appendable || medium.state == MediumState::closed;
    return all_good && usable && medium.serial == disc.serial && medium.sessions_used == disc.sessions_used &&
           medium.next_lba == disc.next_lba &&
           (disc.head_digest.empty() || medium.head_digest == disc.head_digest);
}

Result<VerifyReport> read_back(AttemptContext& context, const DiscRow& disc, const SessionRow& session,
                               BurnObserver& observer) {
    BB_TRY(const auto attempt, attempt_that_burned(context.services.catalogue, session.id, disc.id));
    if (!attempt)
        return with_origin(
            Origin::catalogue,
            Result<VerifyReport>(
                fail(Errc::corrupt, fmt::format("verify: the catalogue has no burn of {}/{} on disc "
                                                "{}; restore the catalogue from a backup",
                                                session.account, session.disc_name, disc.label))));
    BB_TRY(const Work work, make_work(context.services, disc, {session}));
    auto report = context.drive.verify(read_back_job(work, *attempt), attempt->disc_session, observer);
    if (context.schedule.stopping) return report;  // it was cut off
    if (report)
        BB_CHECK(report->mismatches.empty() ? note_good(context, disc, session)
                                            : note_bad(context, disc, session, report));
    else if (blames_the_disc(context, report.error()))
        BB_CHECK(note_bad(context, disc, session, report));
    return report;
}

}  // namespace burnbox
