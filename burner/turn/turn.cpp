#include "burner/turn/turn.hpp"

#include <algorithm>

#include "burner/attempts/load_disc.hpp"
#include "burner/discs/meet_disc.hpp"
#include "burner/image/size_estimate.hpp"
#include "burner/prepare/parity_loop.hpp"
#include "burner/rules/disc_choice.hpp"
#include "burner/turn/changer.hpp"
#include "burner/turn/disc_supply.hpp"
#include "common/base/log.hpp"
#include "common/catalogue/copy_rules.hpp"

namespace burnbox {

// One turn. Its facts are those of its beginning, and what was found out since.
class Turn::Pass {
  public:
    Pass(Turn& turn, QueueSnapshot facts, const Conclude& conclude)
        : turn_(turn),
          context_(turn.context_),
          services_(context_.services),
          waits_(turn.waits_),
          conclude_(conclude),
          name_(context_.drive.name()),
          facts_(std::move(facts)) {}

    Result<TurnEnd> run() {
        for (;;) {
            if (context_.schedule.stopping) return TurnEnd{.kind = TurnEnd::Kind::cut_off};
            Decision decision = next_burn(facts_, name_);
            for (const Wait& wait : decision.waits) tell(wait);
            if (std::holds_alternative<Nothing>(decision.next)) return TurnEnd{.wanted = is_wanted(decision)};
            if (!claim(decision.group)) continue;
            group_ = std::move(decision.group);
            BB_TRY(const auto end,
                   std::visit([this](const auto& next) { return carry_out(next); }, decision.next));
            if (end) return *end;
        }
    }

  private:
    using Next = Result<std::optional<TurnEnd>>;  // nothing: decide again
    static constexpr TurnEnd kDid{.kind = TurnEnd::Kind::did};

    void tell(const Wait& wait);
    bool claim(const std::vector<SessionId>& group);
    static bool is_wanted(const Decision& decision);

    Next carry_out(const Nothing& /*nothing*/) { return TurnEnd{}; }
    Next carry_out(const GiveName& give);
    Next carry_out(const LookUpCopies& look);
    Next carry_out(const Complete& complete);
    Next carry_out(const LookAtSessions& look);
    Next carry_out(const LookAtDiscs& look);
    Next carry_out(const PutIn& put_in);
    Next carry_out(const PutInBlank& put_in);
    Next carry_out(const ChangeDisc& change);
    Next carry_out(const Burn& burn);

    Result<std::optional<Layout>> layout_of_copies(const SessionRow& row);
    Result<bool> look_at(QueuedSession& session);
    Result<std::uint64_t> size_of(const SessionRow& row);
    Next look_at_discs();
    Status take_over(std::vector<DiscRow>& discs);
    Next without_disc(const Error& error);

    [[nodiscard]] DriveFacts& here() { return facts_.drives.at(name_); }
    [[nodiscard]] QueuedSession& first() { return *facts_.find(group_.front()); }

    Turn& turn_;
    AttemptContext& context_;
    const BurnerServices& services_;
    DriveWaits& waits_;
    const Conclude& conclude_;
    const std::string& name_;
    QueueSnapshot facts_;
    ShelfView view_;
    std::vector<SessionId> group_;
    std::map<SessionId, Schedule::Claim> claims_;
    std::optional<Schedule::Busy> busy_;
};

Result<TurnEnd> Turn::run(SteadyTime rests_until, const Conclude& conclude) {
    held_until_.reset();
    BB_TRY(QueueSnapshot facts, gather(rests_until));
    return Pass(*this, std::move(facts), conclude).run();
}

void Turn::forget_sizes(const std::vector<SessionRow>& rows) {
    for (const SessionRow& row : rows) sizes_.erase(row.id);
}

void Turn::Pass::tell(const Wait& wait) {
    if (wait.what == WaitsFor::larger_drive) context_.schedule.set_cannot_take(name_, wait.session);
    if (wait.said.empty()) return;
    SessionRow& row = facts_.find(wait.session)->row;
    switch (wait.what) {
        case WaitsFor::folder_away:
            waits_.for_folder(row, wait.said);
            break;
        case WaitsFor::disc:
            here().rests[row.id] = waits_.for_disc(row, *wait.reason, wait.said);
            break;
        case WaitsFor::more_drives:
            context_.schedule.needs_person(row.id, wait.said);
            context_.reporter.session_waits(row, wait.said);
            break;
        case WaitsFor::others:
            turn_.held_until_ =
                turn_.held_until_ ? std::min(*turn_.held_until_, *wait.held_until) : *wait.held_until;
            [[fallthrough]];
        default:
            context_.reporter.session_waits(row, wait.said);
    }
    row.reason = wait.said;
}

// False: somebody was faster with one of them.
bool Turn::Pass::claim(const std::vector<SessionId>& group) {
    std::erase_if(claims_, [&](const auto& claim) { return std::ranges::count(group, claim.first) == 0; });
    bool all = true;
    for (const SessionId session : group) {
        if (claims_.contains(session)) continue;
        if (auto claim = context_.schedule.claim(session)) {
            claims_.emplace(session, std::move(*claim));
        } else {
            facts_.find(session)->taken = true;
            all = false;
        }
    }
    if (all && !group.empty() && !busy_) busy_.emplace(context_.schedule, name_);
    return all;
}

bool Turn::Pass::is_wanted(const Decision& decision) {
    return std::ranges::any_of(decision.waits, [](const Wait& wait) {
        return wait.what != WaitsFor::its_drive && wait.what != WaitsFor::its_folder &&
               wait.what != WaitsFor::its_disc && wait.what != WaitsFor::folder_away;
    });
}

Turn::Pass::Next Turn::Pass::carry_out(const GiveName& give) {
    context_.schedule.add_ended(give.session);
    return kDid;
}

Turn::Pass::Next Turn::Pass::carry_out(const LookUpCopies& look) {
    BB_TRY(const auto discs, services_.catalogue.discs());
    for (const SessionId id : look.sessions) {
        BB_TRY(const auto copies, services_.catalogue.copies(id));
        QueuedSession& session = *facts_.find(id);
        std::vector<CopyPlace>& places = session.copies.emplace();
        for (const DiscSessionRow& copy : copies)
            places.push_back({copy.disc, copy.drive, counts(discs, copy)});
        if (copies.empty()) continue;
        BB_TRY(session.layout, layout_of_copies(session.row));
    }
    return std::nullopt;
}

// All of a session's copies lie on their discs in the same way: its receipt and its recovery data say how.
// Nothing: its record can't be read, and whoever burns it finds that out.
Result<std::optional<Layout>> Turn::Pass::layout_of_copies(const SessionRow& row) {
    const auto known = turn_.layouts_.find(row.id);
    if (known != turn_.layouts_.end()) return known->second;
    const auto sealed = read_seal(services_.state_fs, row);
    if (!sealed) return std::nullopt;
    BB_TRY(const Layout layout, burned_layout(services_.catalogue, row.id, *sealed, facts_.layout));
    return turn_.layouts_[row.id] = layout;
}

Turn::Pass::Next Turn::Pass::carry_out(const Complete& /*complete*/) {
    const SessionRow& row = first().row;
    BB_TRY(const bool complete, services_.catalogue.complete_copies(row.id));
    if (!complete) {  // one of them was found bad this very moment
        first().copies.reset();
        here().rests[row.id] = rest(context_, row);
        return std::nullopt;
    }
    log::info("copies complete", log::kv("account", row.account), log::kv("session", row.disc_name));
    context_.schedule.add_ended(row.whole_or_self());
    return kDid;
}

Turn::Pass::Next Turn::Pass::carry_out(const LookAtSessions& /*look*/) {
    std::vector<QueuedSession*> usable;
    for (const SessionId id : group_) {
        QueuedSession& session = *facts_.find(id);
        bool there = session.bytes_on_disc.has_value();
        if (!there) {
            BB_TRY(there, look_at(session));
        }
        if (there) usable.push_back(&session);
    }
    if (usable.empty()) return kDid;
    // They are due, though fewer than they were.
    if (usable.size() != group_.size())
        for (QueuedSession* const session : usable) session->released = true;
    return std::nullopt;
}

// One that can't be burned by anybody fails now, so that nothing waits for it; one whose files are out of
// reach waits.
Result<bool> Turn::Pass::look_at(QueuedSession& session) {
    const SessionRow& row = session.row;
    Status usable = check_payload(services_, row);
    if (usable) {
        auto bytes = size_of(row);
        if (bytes) session.bytes_on_disc = *bytes;
        if (!bytes) usable = std::unexpected(std::move(bytes).error());
    }
    if (usable) return true;
    if (usable.error().code == Errc::corrupt) {
        BB_CHECK(turn_.outcome_.fail_session(row, usable.error().message));
        here().rests[row.id] = SteadyTime::max();
    } else {
        context_.reporter.session_waits(row, usable.error().message);
        here().rests[row.id] = rest(context_, row);
    }
    return false;
}

Result<std::uint64_t> Turn::Pass::size_of(const SessionRow& row) {
    const auto known = turn_.sizes_.find(row.id);
    if (known != turn_.sizes_.end()) return known->second;
    BB_TRY(const SealedSession sealed, read_seal(services_.state_fs, row));
    const ConfigSnapshot config = services_.config.snapshot();
    return turn_.sizes_[row.id] =
               estimate_session_bytes(sealed) + parity_bytes(sealed, config->burn.redundancy);
}

Turn::Pass::Next Turn::Pass::carry_out(const LookAtDiscs& /*look*/) {
    auto looked = look_at_discs();
    return looked ? looked : without_disc(looked.error());
}

Turn::Pass::Next Turn::Pass::look_at_discs() {
    DiscsInReach reach;
    BB_TRY(reach.discs, services_.catalogue.discs());
    view_ = context_.places.look();
    BB_CHECK(note_places(services_, view_, reach.discs));
    tell_copies(context_, view_, reach.discs);
    BB_CHECK(take_over(reach.discs));
    reach.here = discs_within_reach(reach.discs, view_, name_, context_.drive.emulated());
    BB_TRY(const auto unfinished, services_.catalogue.unfinished_attempts());
    for (const AttemptRow& attempt : unfinished) reach.here.erase(attempt.disc);  // it is judged first
    for (const DiscRow& disc : reach.discs) {
        if (disc.state != DiscState::open || !reach.here.contains(disc.id)) continue;
        BB_TRY(reach.tree_bytes[disc.id], context_.trees.bytes_on(disc));
    }
    if (!context_.drive.emulated()) {
        BB_TRY(reach.medium, context_.drive.inspect());
        BB_TRY(const bool met, meet_disc(context_, *reach.medium));
        if (met) return kDid;  // it held more than the catalogue knew: all is thought over
    }
    here().discs = std::move(reach);
    return std::nullopt;
}

// Discs of a pool that got another name in the configuration. Their rows say so once they were burned on.
Status Turn::Pass::take_over(std::vector<DiscRow>& discs) {
    const ConfigSnapshot config = services_.config.snapshot();
    std::vector<std::string> pools = {first().row.pool};  // it takes those that nothing is on
    for (const auto& [name, pool] : facts_.pools) pools.push_back(name);
    for (DiscRow& disc : discs) {
        if (disc.state != DiscState::open || facts_.pools.contains(disc.pool)) continue;
        BB_TRY(const auto on_it, services_.catalogue.disc_sessions(disc.id));
        const auto taker = std::ranges::find_if(
            pools, [&](const std::string& pool) { return may_take_over(disc, on_it, pool, *config); });
        if (taker != pools.end()) disc.pool = *taker;
    }
    return {};
}

Turn::Pass::Next Turn::Pass::carry_out(const PutIn& put_in) {
    DiscsInReach& reach = *here().discs;
    const DiscRow& disc = *std::ranges::find(reach.discs, put_in.disc, &DiscRow::id);
    const bool emulated = context_.drive.emulated();
    const Status loaded =
        emulated ? load_image(context_, view_, disc) : context_.drive.load_blank(disc.label);
    if (loaded) {
        reach.put_in = disc.id;
        return std::nullopt;
    }
    // It went this very moment, or something else is in its place.
    const Errc code = loaded.error().code;
    const bool gone =
        emulated ? code == Errc::not_found || code == Errc::wrong_medium : code == Errc::no_medium;
    if (!gone) return without_disc(loaded.error());
    reach.gone.insert(disc.id);
    return std::nullopt;
}

Turn::Pass::Next Turn::Pass::carry_out(const PutInBlank& /*put_in*/) {
    DiscsInReach& reach = *here().discs;
    auto disc = put_in_next_blank(context_, first().row.pool);
    if (disc) {
        reach.put_in = disc->id;
        reach.here.insert(disc->id);
        reach.discs.push_back(std::move(*disc));
        return std::nullopt;
    }
    const Errc code = disc.error().code;
    if (code != Errc::no_medium && code != Errc::wrong_medium) return without_disc(disc.error());
    reach.no_blank = std::move(disc).error();
    return std::nullopt;
}

Turn::Pass::Next Turn::Pass::carry_out(const ChangeDisc& change) {
    const Status changed = change_disc(context_, change.wanted);
    if (!changed) return without_disc(changed.error());
    here().changed_for.insert(group_.front());
    here().discs.reset();
    return std::nullopt;
}

// No space for an image is that session's wait; what else keeps a disc out of the drive is the drive's.
Turn::Pass::Next Turn::Pass::without_disc(const Error& error) {
    SessionRow& row = first().row;
    if (error.code == Errc::no_space && error.origin == Origin::unknown) {
        here().rests[row.id] = waits_.for_disc(row, error, error.message);
        row.reason = error.message;
        return std::nullopt;
    }
    context_.reporter.session_waits(row, error.message);
    return std::unexpected(error);
}

Turn::Pass::Next Turn::Pass::carry_out(const Burn& burn) {
    const DiscRow& disc = *std::ranges::find(here().discs->discs, burn.disc, &DiscRow::id);
    std::vector<SessionRow> rows;
    for (const SessionId session : group_) rows.push_back(facts_.find(session)->row);
    auto made = make_work(services_, disc, rows);
    if (!made) {
        BB_CHECK(turn_.outcome_.without_work(rows, made.error()));
        return kDid;
    }
    Work work = std::move(*made);
    BB_TRY(work.job.tree, newest_tree(services_.catalogue, disc));
    const ConfigSnapshot config = services_.config.snapshot();
    set_layout(work, first().layout.value_or(facts_.layout), config->burn);
    context_.reporter.medium(disc.medium, disc.label);
    context_.reporter.begin(work.rows, disc.label);
    auto attempted = run_attempt(context_, work, [&] { waits_.began(work.rows); });
    context_.reporter.idle();
    if (!attempted) return std::unexpected(std::move(attempted).error());
    BB_TRY(const bool more, conclude_(work, std::move(*attempted)));
    return more ? kDid : TurnEnd{.kind = TurnEnd::Kind::cut_off};
}

}  // namespace burnbox
