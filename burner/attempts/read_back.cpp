#include "burner/attempts/read_back.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "burner/attempts/found_records.hpp"
#include "burner/attempts/take_in.hpp"
#include "burner/rules/failure_rules.hpp"
#include "common/base/log.hpp"

namespace burnbox {
namespace {

// The disc was read and is bad; every other error says nothing about it. In a real drive there may be another
// one by now; an image that is not the disc has been changed.
bool blames_the_disc(const AttemptContext& context, const Error& error) {
    const bool changed = error.code == Errc::wrong_medium && error.origin == Origin::unknown;
    return judges_what_was_read(error) || (changed && context.drive.emulated());
}

std::string what_is_wrong(const DiscRow& disc, const DiscSessionRow& copy,
                          const Result<VerifyReport>& report) {
    if (!report)
        return fmt::format("{}/{} can't be read back from disc {}: {}", copy.account, copy.session_name,
                           disc.label, report.error().message);
    return fmt::format("read-back of {}/{} on disc {} differs in {} places, first: {}", copy.account,
                       copy.session_name, disc.label, report->mismatches.size(), report->mismatches.front());
}

Status note_bad(AttemptContext& context, DiscRow disc, const DiscSessionRow& copy,
                const Result<VerifyReport>& report) {
    Catalogue& catalogue = context.services.catalogue;
    BB_CHECK(catalogue.copy_checked(copy, false, context.services.clock.now()));
    log::error("copy bad", log::kv("account", copy.account), log::kv("session", copy.session_name),
               log::kv("disc", disc.label), log::kv("reason", what_is_wrong(disc, copy, report)),
               log::kv("remedy", "it counts no more as a copy; `burnbox verify` reads it again"));
    if (disc.state == DiscState::suspect) return {};
    const bool other = !report && report.error().code == Errc::wrong_medium;
    mark_suspect(context, disc, other ? Suspicion::changed : Suspicion::differs,
                 what_is_wrong(disc, copy, report));
    return catalogue.update_disc(disc);
}

Status trust_again(AttemptContext& context, DiscRow disc, const Medium& medium) {
    disc.state = std::exchange(disc.state_before, DiscState::open);
    disc.reason = std::exchange(disc.reason_before, {});
    disc.suspicion = Suspicion::none;
    disc.suspect_at.reset();
    update_from_medium(disc, medium);
    if (disc.state == DiscState::closed) disc.free_bytes = 0, disc.sessions_left = 0;
    mark_full_when_full(context, disc);
    BB_CHECK(context.services.catalogue.update_disc(disc));
    log::info("disc trusted again", log::kv("disc", disc.label), log::kv("state", to_string(disc.state)));
    return {};
}

Status note_good(AttemptContext& context, const DiscRow& disc, const DiscSessionRow& copy) {
    Catalogue& catalogue = context.services.catalogue;
    BB_CHECK(catalogue.copy_checked(copy, true, context.services.clock.now()));
    if (disc.state != DiscState::suspect) return {};
    BB_TRY(const auto sessions, catalogue.disc_sessions(disc.id));
    BB_TRY(const Medium medium, context.drive.inspect());
    return suspicion_is_over(disc, sessions, medium) ? trust_again(context, disc, medium) : Status();
}

struct ReadBack {
    BurnJob job;
    unsigned disc_session = 0;
};

Result<ReadBack> as_catalogued(AttemptContext& context, const DiscRow& disc, const DiscSessionRow& copy) {
    BB_TRY(const SessionRow session, context.services.catalogue.session(copy.session));
    BB_TRY(const auto attempt, attempt_that_burned(context.services.catalogue, session.id, disc.id));
    if (!attempt)
        return with_origin(
            Origin::catalogue,
            Result<ReadBack>(
                fail(Errc::corrupt, fmt::format("verify: the catalogue has no burn of {}/{} on disc "
                                                "{}; restore the catalogue from a backup",
                                                session.account, session.disc_name, disc.label))));
    BB_TRY(const Work work, make_work(context.services, disc, {session}));
    return ReadBack{read_back_job(work, *attempt), attempt->disc_session};
}

// Its name belongs to another session by now.
Result<ReadBack> as_the_disc_says(AttemptContext& context, const DiscRow& disc, const DiscSessionRow& copy) {
    BB_TRY(const auto contents, contents_behind(context, disc, copy.disc_session - 1));
    for (const FoundDiscSession& disc_session : contents)
        for (const FoundSession& found : disc_session.sessions) {
            const bool is_it = disc_session.number == copy.disc_session && found.account == copy.account &&
                               found.disc_name == copy.session_name;
            if (!is_it) continue;
            BB_TRY(const KnownSession known,
                   FoundRecords(context.services, context.schedule, disc.id).find(found, disc.pool));
            DiscRow as_it_was = disc;
            as_it_was.sessions_used = copy.disc_session, as_it_was.head_digest.clear();
            as_it_was.next_lba = 0;
            BB_TRY(Work work, make_work(context.services, as_it_was, {known.row}));
            return ReadBack{std::move(work.job), copy.disc_session};
        }
    return fail(Errc::corrupt, fmt::format("{}/{} is not in disc session {}", copy.account, copy.session_name,
                                           copy.disc_session));
}

}  // namespace

bool suspicion_is_over(const DiscRow& disc, const std::vector<DiscSessionRow>& sessions,
                       const Medium& medium) {
    if (disc.state != DiscState::suspect || disc.suspicion == Suspicion::spoiled || sessions.empty())
        return false;
    const bool all_good = std::ranges::all_of(sessions, [&](const DiscSessionRow& row) {
        return row.good && row.checked_at && (!disc.suspect_at || *row.checked_at >= *disc.suspect_at);
    });
    return all_good && medium.readable && medium.serial == disc.serial &&
           medium.sessions_used == disc.sessions_used && medium.next_lba == disc.next_lba &&
           (disc.head_digest.empty() || medium.head_digest == disc.head_digest);
}

Result<VerifyReport> read_back(AttemptContext& context, const DiscRow& disc, const DiscSessionRow& copy,
                               BurnObserver& observer) {
    BB_TRY(const ReadBack what,
           copy.session != 0 ? as_catalogued(context, disc, copy) : as_the_disc_says(context, disc, copy));
    auto report = context.drive.verify(what.job, what.disc_session, observer);
    if (context.schedule.stopping) return report;  // it was cut off
    if (report)
        BB_CHECK(report->mismatches.empty() ? note_good(context, disc, copy)
                                            : note_bad(context, disc, copy, report));
    else if (blames_the_disc(context, report.error()))
        BB_CHECK(note_bad(context, disc, copy, report));
    return report;
}

}  // namespace burnbox
