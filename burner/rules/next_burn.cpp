#include "burner/rules/next_burn.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "burner/rules/batch.hpp"
#include "burner/rules/disc_choice.hpp"
#include "burner/rules/pool_room.hpp"
#include "common/base/text.hpp"
#include "common/marks/found_again.hpp"
#include "common/session/part.hpp"

namespace burnbox {
namespace {

// That counts: one that does not is made anew, by whatever drive.
bool has_copy_from(const QueuedSession& session, const std::string& drive) {
    return session.copies && std::ranges::any_of(*session.copies, [&](const CopyPlace& copy) {
               return copy.counts && copy.drive == drive;
           });
}

// It is never put on one of them once more.
std::set<DiscId> discs_of(const QueuedSession& session) {
    std::set<DiscId> discs;
    if (session.copies)
        for (const CopyPlace& copy : *session.copies) discs.insert(copy.disc);
    return discs;
}

std::size_t count_copies(const QueuedSession& session) {
    return !session.copies
               ? 0
               : static_cast<std::size_t>(std::ranges::count_if(*session.copies, &CopyPlace::counts));
}

// Why a new disc is needed although one is open: said to people whose session is overtaken.
std::string overtaken_text(const std::vector<DiscRow>& discs, const DiscWish& wish) {
    for (const DiscRow& disc : discs) {
        if (disc.state != DiscState::open || !wish.here.contains(disc.id) || disc.pool != wish.pool) continue;
        if (wish.excluded.contains(disc.id) || needed_on(disc, wish) <= disc.free_bytes) continue;
        return fmt::format(
            "it needs about {} and disc {} has {} left, so it waits for a new disc; a smaller session may "
            "overtake it. ",
            human_bytes(needed_on(disc, wish)), disc.label, human_bytes(disc.free_bytes));
    }
    return "it waits for a new disc. ";
}

// One decision: what is the same for all sessions that are looked at for it.
class Decider {
  public:
    Decider(const QueueSnapshot& snapshot, const std::string& drive)
        : all_(snapshot), name_(drive), here_(snapshot.drives.at(drive)) {}

    Decision decide() {
        for (std::size_t first = 0; first < all_.queue.size(); ++first) {
            const QueuedSession& session = all_.queue[first];
            if (session.folder_is_behind) {
                decision_.next = GiveName{session.row.whole_or_self()};
                return std::move(decision_);
            }
            if (held_.contains(session.row.id)) continue;
            if (auto wait = why_not(session)) {
                decision_.waits.push_back(std::move(*wait));
                continue;
            }
            if (is_complete(session)) {
                decision_.group = {session.row.id};
                decision_.next = Complete{};
                return std::move(decision_);
            }
            const Group group = gather(first);
            if (group.unknown) {
                look_up(*group.unknown);
                return std::move(decision_);
            }
            if (group.held_until) {
                hold(group);
                continue;
            }
            if (!choose(group)) continue;
            for (const QueuedSession* member : group.members) decision_.group.push_back(member->row.id);
            if (std::holds_alternative<Burn>(decision_.next)) keep_what_fits();
            return std::move(decision_);
        }
        return std::move(decision_);
    }

  private:
    struct Group {
        std::vector<const QueuedSession*> members;  // the first of the queue among them
        std::optional<Timestamp> held_until;        // not yet
        std::optional<std::size_t> unknown;         // the copies of this one decide
    };

    [[nodiscard]] const PoolConfig& pool_of(const QueuedSession& session) const {
        return all_.pools.at(session.row.pool);
    }

    // What was promised at its seal, whatever the pool says by now.
    [[nodiscard]] unsigned copies_of(const QueuedSession& session) const {
        return session.row.copies == 0 ? pool_of(session).copies : session.row.copies;
    }

    // As it may be once a copy that was bad reads well again, or fewer are wanted.
    [[nodiscard]] bool is_complete(const QueuedSession& session) const {
        return session.copies && session.row.copies != 0 && count_copies(session) >= session.row.copies;
    }

    [[nodiscard]] Layout layout_of(const QueuedSession& session) const {
        return session.layout.value_or(all_.layout);
    }

    [[nodiscard]] Wait wait_for_another(const QueuedSession& session) const {
        const SessionRow& row = session.row;
        const PoolConfig& pool = pool_of(session);
        const bool any = std::ranges::any_of(
            pool.drives, [&](const std::string& drive) { return !has_copy_from(session, drive); });
        if (any) return {.session = row.id, .what = WaitsFor::other_disc};
        return {.session = row.id,
                .what = WaitsFor::more_drives,
                .said = fmt::format(
                    "{} copies were promised at its seal, each from another drive, and pool {} has no drive "
                    "for copy {}: add one (pools.{}.drives), or say `burnbox retry {}/{}` to have it burned "
                    "with the copies that there are",
                    copies_of(session), escape(row.pool), count_copies(session) + 1, escape(row.pool),
                    escape(row.account), escape(whole_disc_name(row.disc_name)))};
    }

    [[nodiscard]] static bool is_said_to_be_burned(const SessionRow& row) {
        return row.folder_next.empty() && parse_folder(row.folder).state == FolderState::burned;
    }

    [[nodiscard]] static Wait wait_for_folder(const SessionRow& row) {
        if (!is_said_to_be_burned(row)) return {.session = row.id, .what = WaitsFor::its_folder};
        return {.session = row.id, .what = WaitsFor::its_disc, .said = kReceiptSaysBurned};
    }

    // What keeps it from this drive now, whatever discs there are.
    [[nodiscard]] std::optional<Wait> why_not(const QueuedSession& session) const {
        const SessionRow& row = session.row;
        const auto wait = [&](WaitsFor what) { return Wait{.session = row.id, .what = what}; };
        const auto pool = all_.pools.find(row.pool);
        if (pool == all_.pools.end() || std::ranges::count(pool->second.drives, name_) == 0)
            return wait(WaitsFor::its_drive);
        if (!session.folder_away.empty())
            return Wait{.session = row.id, .what = WaitsFor::folder_away, .said = session.folder_away};
        // With all its copies it needs no folder: they may have been found since.
        const bool may_be_complete = is_said_to_be_burned(row) && (!session.copies || is_complete(session));
        if (!has_queued_folder(row) && !may_be_complete) return wait_for_folder(row);
        if (row.state != SessionState::queued) return wait(WaitsFor::somebody);
        if (here_.rests_until > all_.now) return wait(WaitsFor::its_drive);
        if (session.not_split_yet) return wait(WaitsFor::split);
        if (session.not_protected_yet) return wait(WaitsFor::recovery_data);
        const auto rest = here_.rests.find(row.id);
        if (rest != here_.rests.end() && rest->second > all_.now) return wait(WaitsFor::another_try);
        if (session.not_before > all_.now) return wait(WaitsFor::back_off);
        if (session.taken) return wait(WaitsFor::somebody);
        if (!session.copies || is_complete(session)) return std::nullopt;  // they are looked up
        if (has_copy_from(session, name_)) return wait_for_another(session);
        if (an_earlier_drive_takes(session)) return wait(WaitsFor::other_drive);
        return std::nullopt;
    }

    // At once: one that is busy, rests, or has no disc for it is passed over.
    [[nodiscard]] bool an_earlier_drive_takes(const QueuedSession& session) const {
        for (const std::string& earlier : pool_of(session).drives) {
            if (earlier == name_) return false;
            const auto drive = all_.drives.find(earlier);
            if (drive == all_.drives.end() || has_copy_from(session, earlier)) continue;
            if (!drive->second.busy && drive->second.would_take(session.row.id, all_.now)) return true;
        }
        return false;
    }

    // Layout::root puts a session at the disc's root: one on each disc. A part fills its disc alone.
    [[nodiscard]] Group gather(std::size_t first) const {
        const QueuedSession& oldest = all_.queue[first];
        if (!oldest.copies) return {.members = {}, .held_until = {}, .unknown = first};
        BatchConfig rule = all_.batch;
        if (layout_of(oldest) == Layout::root || oldest.row.is_part()) rule.sessions = 1;
        std::vector<const QueuedSession*> sessions;
        std::vector<BatchCandidate> candidates;
        const auto discs = discs_of(oldest);
        const auto add = [&](const QueuedSession& session) {
            sessions.push_back(&session);
            candidates.push_back({session.row.id, session.row.bytes, session.row.sealed_at,
                                  !discs.empty() || session.released, session.most_together});
        };
        add(oldest);
        for (std::size_t i = first + 1; i < all_.queue.size() && rule.sessions > 1; ++i) {
            const QueuedSession& session = all_.queue[i];
            if (session.row.is_part() || session.row.pool != oldest.row.pool) continue;
            if (why_not(session)) continue;
            if (!session.copies) return {.members = {}, .held_until = {}, .unknown = i};
            const bool same = discs_of(session) == discs && layout_of(session) == layout_of(oldest);
            if (same && !is_complete(session)) add(session);
        }
        const Batch batch = choose_batch(candidates, rule, all_.time);
        Group group{.members = {}, .held_until = batch.held_until, .unknown = {}};
        for (const std::size_t member : batch.members) group.members.push_back(sessions[member]);
        return group;
    }

    // Twice as many each time: mostly the first ones are enough, and a long queue takes few rounds.
    void look_up(std::size_t first) {
        const auto known = static_cast<std::size_t>(std::ranges::count_if(
            all_.queue, [](const QueuedSession& session) { return session.copies.has_value(); }));
        LookUpCopies look;
        for (std::size_t i = first; i < all_.queue.size() && look.sessions.size() <= known; ++i) {
            const QueuedSession& session = all_.queue[i];
            if (!session.copies && !why_not(session)) look.sessions.push_back(session.row.id);
        }
        decision_.next = std::move(look);
    }

    void hold(const Group& group) {
        for (const QueuedSession* member : group.members) {
            held_.insert(member->row.id);
            decision_.waits.push_back({.session = member->row.id,
                                       .what = WaitsFor::others,
                                       .said = held_text(all_.batch, *group.held_until),
                                       .held_until = group.held_until});
        }
    }

    // False: its first one waits, for a disc or for a drive with larger ones.
    bool choose(const Group& group) {
        const QueuedSession& first = *group.members.front();
        if (std::ranges::any_of(group.members, [](const auto* one) { return !one->bytes_on_disc; })) {
            decision_.next = LookAtSessions{};
            return true;
        }
        if (others_have_larger_discs(first)) {
            decision_.waits.push_back({.session = first.row.id, .what = WaitsFor::larger_drive});
            return false;
        }
        if (!here_.discs) {
            decision_.next = LookAtDiscs{};
            return true;
        }
        return choose_disc(first, *here_.discs);
    }

    // As many drives of the pool as it gets copies.
    [[nodiscard]] bool others_have_larger_discs(const QueuedSession& session) const {
        const std::uint64_t bytes = *session.bytes_on_disc, here = here_.blank_capacity_bytes;
        if (here == 0 || bytes <= here) return false;
        std::vector<std::uint64_t> capacities;
        for (const std::string& drive : pool_of(session).drives)
            if (const auto found = all_.drives.find(drive); found != all_.drives.end())
                capacities.push_back(found->second.blank_capacity_bytes);
        const auto drives = static_cast<unsigned>(capacities.size());
        const std::uint64_t elsewhere = blank_bytes_for(capacities, std::min(copies_of(session), drives));
        return elsewhere == 0 || elsewhere >= bytes;
    }

    bool choose_disc(const QueuedSession& first, const DiscsInReach& reach) {
        DiscWish wish{reach.here, first.row.pool, *first.bytes_on_disc, discs_of(first), reach.tree_bytes};
        wish.blank_only = layout_of(first) == Layout::root;
        for (const auto& [disc, session] : here_.unsuitable)
            if (session == first.row.id) wish.excluded.insert(disc);
        const std::vector<DiscRow> candidates = discs_for(reach.discs, wish);
        for (const DiscRow& disc : candidates) {
            if (reach.gone.contains(disc.id) || !may_be_put_in(disc, reach)) continue;
            if (is_in_already(disc, reach))
                decision_.next = Burn{disc.id};
            else
                decision_.next = PutIn{disc.id};
            return true;
        }
        if (reach.put_in && is_blank_for(first, *reach.put_in, wish)) {
            decision_.next = Burn{*reach.put_in};
            return true;
        }
        return choose_blank(first, reach, candidates, wish);
    }

    // A blank one takes everything: only the drive can say exactly whether it fits.
    [[nodiscard]] bool is_blank_for(const QueuedSession& session, DiscId id, const DiscWish& wish) const {
        const auto disc = std::ranges::find(here_.discs->discs, id, &DiscRow::id);
        return disc->sessions_used == 0 && disc->pool == session.row.pool && !wish.excluded.contains(id);
    }

    // Any image can; of real discs the one that is there, or a blank one, which gets the disc's label.
    [[nodiscard]] bool may_be_put_in(const DiscRow& disc, const DiscsInReach& reach) const {
        if (here_.emulated) return true;
        return is_in_already(disc, reach) || (reach.medium && reach.medium->state == MediumState::blank &&
                                              disc.sessions_used == 0 && is_of_the_make(disc, *reach.medium));
    }

    [[nodiscard]] bool is_in_already(const DiscRow& disc, const DiscsInReach& reach) const {
        if (reach.put_in == disc.id) return true;
        return !here_.emulated && reach.medium && reach.medium->state == MediumState::appendable &&
               disc.label == reach.medium->label && disc.serial == reach.medium->serial;
    }

    // A label goes with a make, in case the catalogue says one.
    [[nodiscard]] static bool is_of_the_make(const DiscRow& disc, const Medium& medium) {
        return medium.media_id.empty() || disc.media_id.empty() || medium.media_id == disc.media_id;
    }

    bool choose_blank(const QueuedSession& first, const DiscsInReach& reach,
                      const std::vector<DiscRow>& candidates, const DiscWish& wish) {
        const SessionId id = first.row.id;
        if (!reach.no_blank) {
            decision_.next = PutInBlank{};
            return true;
        }
        if (here_.has_changer && !here_.changed_for.contains(id)) {
            const bool begun = !candidates.empty() && candidates.front().sessions_used != 0;
            decision_.next = ChangeDisc{begun ? candidates.front().label : "blank"};
            return true;
        }
        decision_.waits.push_back({.session = id,
                                   .what = WaitsFor::disc,
                                   .said = text_of_copies(first, reach.discs) +
                                           overtaken_text(reach.discs, wish) + reach.no_blank->message,
                                   .reason = reach.no_blank});
        return false;
    }

    // "copy 1 of 2 is on disc BURNBOX_0002. "
    [[nodiscard]] std::string text_of_copies(const QueuedSession& session,
                                             const std::vector<DiscRow>& discs) const {
        std::string text;
        unsigned number = 0;
        for (const CopyPlace& copy : *session.copies) {
            const auto disc = std::ranges::find(discs, copy.disc, &DiscRow::id);
            if (!copy.counts || disc == discs.end()) continue;
            text += fmt::format("copy {} of {} is on disc {}. ", ++number, copies_of(session), disc->label);
        }
        return text;
    }

    // The disc was chosen for the first; the others go with it as far as there is room.
    void keep_what_fits() {
        const DiscId id = std::get<Burn>(decision_.next).disc;
        const DiscsInReach& reach = *here_.discs;
        const DiscRow& disc = *std::ranges::find(reach.discs, id, &DiscRow::id);
        const auto tree = reach.tree_bytes.find(id);
        std::uint64_t taken = tree == reach.tree_bytes.end() ? 0 : tree->second;
        std::vector<SessionId> fitting;
        for (const QueuedSession& session : all_.queue) {
            if (std::ranges::count(decision_.group, session.row.id) == 0) continue;
            const bool suits = !here_.unsuitable.contains({id, session.row.id});
            const bool fits = taken + *session.bytes_on_disc <= disc.free_bytes;
            if (!fitting.empty() && (!suits || !fits)) continue;
            taken += *session.bytes_on_disc;
            fitting.push_back(session.row.id);
        }
        decision_.group = std::move(fitting);
    }

    const QueueSnapshot& all_;
    const std::string& name_;
    const DriveFacts& here_;
    std::set<SessionId> held_;  // back for a batch
    Decision decision_;
};

}  // namespace

QueuedSession* QueueSnapshot::find(SessionId session) {
    const auto found = std::ranges::find(queue, session, [](const QueuedSession& one) { return one.row.id; });
    return found == queue.end() ? nullptr : &*found;
}

Decision next_burn(const QueueSnapshot& snapshot, const std::string& drive) {
    return Decider(snapshot, drive).decide();
}

}  // namespace burnbox
