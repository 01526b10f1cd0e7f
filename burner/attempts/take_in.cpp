#include "burner/attempts/take_in.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "burner/attempts/found_records.hpp"
#include "burner/attempts/verifier.hpp"
#include "burner/rules/failure_rules.hpp"
#include "burner/rules/labels.hpp"
#include "common/base/log.hpp"
#include "common/base/text.hpp"

namespace burnbox {
namespace {

// What keeps a disc session from being taken in, as a sentence; the drive and the catalogue are well.
struct Doubt {
    std::string reason;
};

class TakingIn {
  public:
    TakingIn(AttemptContext& context, DiscRow disc)
        : context_(context), disc_(std::move(disc)), records_(context.services, context.schedule, disc_.id) {}

    [[nodiscard]] Result<DiscRow> run() {
        log::warning("disc holds more than the catalogue knows", log::kv("disc", disc_.label),
                     log::kv("drive", context_.drive.name()), log::kv("known", disc_.sessions_used),
                     log::kv("what", "it is read, and what it holds is taken in"));
        auto found = contents_behind(context_, disc_, disc_.sessions_used);
        if (!found && is_verdict(found.error())) return doubt(found.error().message);
        if (!found) return std::unexpected(std::move(found).error());
        if (found->empty()) return doubt("its disc sessions can't be read");
        BB_TRY(medium_, context_.drive.inspect());
        if (medium_.sessions_used != found->back().number)
            return fail(Errc::io, fmt::format("inspect {}: it shows {} disc sessions, and {} can be read",
                                              disc_.label, medium_.sessions_used, found->back().number));
        for (const FoundDiscSession& one : *found) {
            BB_TRY(const auto why_not, take(one));
            if (why_not)
                return doubt(
                    fmt::format("disc session {} can't be taken in: {}", one.number, why_not->reason));
        }
        return finish();
    }

  private:
    [[nodiscard]] bool is_verdict(const Error& error) {
        if (!judges_what_was_read(error)) return false;
        return error.code != Errc::io || is_last_reading(context_.notes, disc_.serial);
    }

    [[nodiscard]] Result<DiscRow> doubt(const std::string& why) {
        if (disc_.state != DiscState::suspect)
            mark_suspect(context_, disc_, Suspicion::changed,
                         fmt::format("it holds more than the catalogue knows, and {}", why));
        BB_CHECK(context_.services.catalogue.update_disc(disc_));
        return disc_;
    }

    [[nodiscard]] Result<std::optional<Doubt>> take(const FoundDiscSession& found) {
        if (!found.unexplained.empty())
            return Doubt{fmt::format("{} belongs to no session", escape(found.unexplained.front()))};
        if (found.sessions.empty()) return store(found, {}, {});  // with it the disc was closed
        std::vector<KnownSession> sessions;
        for (const FoundSession& session : found.sessions) {
            auto known = records_.find(session, disc_.pool);
            if (!known && known.error().code == Errc::corrupt && known.error().origin != Origin::catalogue)
                return Doubt{known.error().message};
            if (!known) return std::unexpected(std::move(known).error());
            sessions.push_back(std::move(*known));
        }
        return read_back(found, sessions);
    }

    [[nodiscard]] Result<std::optional<Doubt>> read_back(const FoundDiscSession& found,
                                                         std::vector<KnownSession>& sessions) {
        std::vector<SessionRow> rows;
        for (const KnownSession& session : sessions) rows.push_back(session.row);
        DiscRow as_it_is = disc_;
        as_it_is.sessions_used = found.number, as_it_is.head_digest.clear();
        BB_TRY(Work work, make_work(context_.services, as_it_is, rows));
        context_.reporter.begin(rows, disc_.label);
        context_.reporter.phase(DriveActivity::verifying, found.number);
        ReadObserver observer(context_.reporter);
        auto report = context_.drive.verify(work.job, found.number, observer);
        context_.reporter.idle();
        if (!report && is_verdict(report.error())) return Doubt{report.error().message};
        if (!report) return std::unexpected(std::move(report).error());
        if (!report->mismatches.empty()) return Doubt{report->mismatches.front()};
        work.job.layout = report->layout, work.job.modes = report->modes;
        return store(found, sessions, burned_sessions(work, *report));
    }

    [[nodiscard]] Result<std::optional<Doubt>> store(const FoundDiscSession& found,
                                                     const std::vector<KnownSession>& sessions,
                                                     std::vector<Catalogue::BurnedSession> burned) {
        const Timestamp now = context_.services.clock.now();
        Catalogue::TakenDiscSession taken{.disc_session = found.number,
                                          .start_lba = found.start_lba,
                                          .blocks = found.blocks,
                                          .burned_at = now,
                                          .verified_at = now};
        for (std::size_t i = 0; i < sessions.size(); ++i) {
            Catalogue::TakenSession& one = taken.sessions.emplace_back();
            one.id = sessions[i].row.id;
            one.row = sessions[i].row;
            one.files = std::move(burned[i].files);
            if (!sessions[i].listed_only) continue;
            names_taken_ = true;
            one.id = 0;
            one.listed_as = std::exchange(one.row.disc_name, {});
        }
        DiscRow next = found.number == medium_.sessions_used ? whole_disc() : disc_;
        if (found.number != medium_.sessions_used) {
            next.sessions_used = found.number;
            next.next_lba = 0, next.head_digest.clear();  // of the last one only
        }
        BB_TRY(const auto ended, context_.services.catalogue.take_in(next, taken));
        disc_ = next;
        for (const KnownSession& session : sessions)
            log::info("session found on disc", log::kv("account", session.row.account),
                      log::kv("session", session.row.disc_name), log::kv("disc", disc_.label),
                      log::kv("disc_session", found.number));
        for (const SessionId id : ended)
            if (const auto row = context_.services.catalogue.session(id))
                context_.schedule.add_ended(row->whole_or_self());
        return std::optional<Doubt>();
    }

    // With the last of its disc sessions: all is known of it in one step. One that was closed stays so.
    [[nodiscard]] DiscRow whole_disc() {
        DiscRow disc = disc_;
        update_from_medium(disc, medium_);
        disc.drive = context_.drive.name();
        if (names_taken_ && disc.state == DiscState::open) {
            disc.state = DiscState::closed;
            disc.reason =
                "it holds a session whose name belongs to another one by now: nothing more is burned on it";
        }
        mark_full_when_full(context_, disc);
        if (disc.state == DiscState::closed) disc.free_bytes = 0, disc.sessions_left = 0;
        return disc;
    }

    [[nodiscard]] DiscRow finish() {
        log::info("disc taken in", log::kv("disc", disc_.label),
                  log::kv("disc_sessions", disc_.sessions_used));
        tell_when_full(context_, disc_);
        return disc_;
    }

    AttemptContext& context_;
    DiscRow disc_;
    Medium medium_;  // as it is
    FoundRecords records_;
    bool names_taken_ = false;  // a session on it has the name of another one
};

}  // namespace

bool holds_more(const Medium& medium, const DiscRow& disc) {
    return medium.label == label_on_disc(disc.label) && medium.serial == disc.serial &&
           !medium.serial.empty() && medium.sessions_used > disc.sessions_used;
}

Result<std::vector<FoundDiscSession>> contents_behind(AttemptContext& context, const DiscRow& disc,
                                                      unsigned known) {
    const DiscIdentity identity{.label = label_on_disc(disc.label),
                                .serial = disc.serial,
                                .sessions_used = known,
                                .next_lba = 0,
                                .head_digest = {},
                                .media_id = disc.media_id};
    return context.drive.contents(identity, known);
}

bool is_last_reading(FailureNotes& notes, const std::string& serial) {
    constexpr unsigned kMostReadings = 3;
    return ++notes.readings[serial] >= kMostReadings;
}

Result<DiscRow> take_in_disc(AttemptContext& context, DiscRow disc) {
    return TakingIn(context, std::move(disc)).run();
}

}  // namespace burnbox
