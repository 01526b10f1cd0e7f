// Random queues, drives and discs: what is asked for is carried out, with random luck, until a drive burns or
// has nothing to do. BURNBOX_RUNS and BURNBOX_SEED choose the runs.
#include <set>

#include "tests/support/generated.hpp"
#include "tests/support/run_number.hpp"
#include "tests/unit/burner/rules/next_burn/situation.hpp"

namespace burnbox::test {
namespace {

using namespace std::chrono_literals;

const std::vector<std::string> kDrives = {"one", "two", "three"};

class RandomSituation : public Situation {
  public:
    explicit RandomSituation(Generated& random) : Situation(kDrives), random_(random) {
        pool("archive", {"three", "one"});
        for (const std::string& name : kDrives) drive_facts(name);
        for (auto discs = random.number(5); discs > 0; --discs) add_disc();
        for (auto sessions = random.number(12); sessions > 0; --sessions) add_session();
        facts.batch = {.wait = 10min, .sessions = static_cast<unsigned>(1 + random.number(3))};
        facts.time -= 1min * static_cast<int>(random.number(70));
        if (random.number(9) == 0) facts.layout = Layout::root;
        for (const std::string& name : kDrives) has_blanks_[name] = random.coin();
    }

    // What a drive's thread does with a decision. False: it is the last one.
    bool carry_out(const std::string& name, const Decision& decision) {
        DriveFacts& here = drive(name);
        for (const Wait& wait : decision.waits)
            if (wait.what == WaitsFor::disc) here.rests[wait.session] = facts.now + 1s;
        if (is<Nothing>(decision) || is<GiveName>(decision) || is<Complete>(decision) || is<Burn>(decision))
            return false;
        if (const auto* const look = std::get_if<LookUpCopies>(&decision.next)) {
            for (const SessionId id : look->sessions) of(id).copies = copies_.at(id);
        } else if (is<LookAtSessions>(decision)) {
            for (const SessionId id : decision.group) look_at(here, id);
        } else if (is<LookAtDiscs>(decision)) {
            look_at_discs(name);
        } else if (const auto* const put_in = std::get_if<PutIn>(&decision.next)) {
            if (random_.number(4) == 0)
                here.discs->gone.insert(put_in->disc);
            else
                here.discs->put_in = put_in->disc;
        } else if (is<ChangeDisc>(decision)) {
            here.changed_for.insert(decision.group.front());
            here.discs.reset();
        } else if (has_blanks_[name]) {
            here.discs->put_in = disc(kBlankBytes, 0, name);
            row_of(*here.discs->put_in, name).pool = of(decision.group.front()).row.pool;
        } else {
            no_blanks(name);
        }
        return true;
    }

    // A session that nothing keeps from this drive, and a disc or a blank for it.
    [[nodiscard]] bool must_burn(const std::string& name) {
        const DriveFacts& here = drive(name);
        if (here.rests_until > facts.now || facts.batch.sessions > 1 || !has_blanks_[name]) return false;
        if (!here.emulated) return false;
        return std::ranges::any_of(facts.queue, [&](const QueuedSession& session) {
            return facts.pools.at(session.row.pool).drives.front() == name && is_ready(session, here, name) &&
                   session.bytes_on_disc && *session.bytes_on_disc <= here.blank_capacity_bytes;
        });
    }

    // It said that it has no disc for the session: whoever takes it first has it.
    [[nodiscard]] bool is_left_by_a_drive(SessionId id) const {
        return std::ranges::any_of(facts.drives,
                                   [&](const auto& each) { return each.second.cannot_take.contains(id); });
    }

    [[nodiscard]] static bool is_burnable(const QueuedSession& session) {
        return session.row.state == SessionState::queued && session.row.folder_next.empty() &&
               session.row.folder.ends_with("-queued") && session.folder_away.empty() && !session.taken &&
               !session.not_split_yet && !session.not_protected_yet;
    }
    [[nodiscard]] bool is_ready(const QueuedSession& session, const DriveFacts& here,
                                const std::string& name) const {
        const auto rest = here.rests.find(session.row.id);
        return is_burnable(session) && session.not_before <= facts.now &&
               (rest == here.rests.end() || rest->second <= facts.now) &&
               std::ranges::none_of(copies_.at(session.row.id),
                                    [&](const CopyPlace& copy) { return copy.counts && copy.drive == name; });
    }

  private:
    bool seldom() { return random_.number(7) == 0; }
    SteadyTime some_time() { return facts.now + 1s * (static_cast<int>(random_.number(2)) - 1); }

    void drive_facts(const std::string& name) {
        DriveFacts& added = drive(name);
        added.blank_capacity_bytes = seldom() ? 0 : random_.coin() ? kBlankBytes : 5 * kBlankBytes;
        added.busy = seldom();
        if (seldom()) added.rests_until = some_time();
        if (seldom()) added.emulated = false;
        added.has_changer = seldom();
        if (!added.emulated) look_at_discs(name);
    }

    void add_disc() {
        const DiscId id = disc(random_.number(2 * kBlankBytes), static_cast<unsigned>(random_.number(2)),
                               kDrives[random_.number(2)]);
        const bool suspect = seldom(), archived = seldom();
        const auto sessions_left = static_cast<unsigned>(random_.number(4));
        for (const std::string& name : kDrives) {
            DiscRow& row = row_of(id, name);
            if (suspect) row.state = DiscState::suspect;
            if (archived) row.pool = "archive";
            row.sessions_left = sessions_left;
            drive(name).discs->tree_bytes[id] = row.sessions_used == 0 ? 0 : 50;
        }
        ++discs_;
    }

    void add_session() {
        QueuedSession& added =
            of(session(1 + random_.number(2 * kBlankBytes), seldom() ? "archive" : "default"));
        if (seldom()) added.row.state = static_cast<SessionState>(random_.number(5));
        if (seldom()) added.row.folder = "s-burned";
        if (seldom()) added.row.folder_next = "s-failed";
        if (seldom()) added.folder_away = "it is away";
        if (seldom()) added.row.whole = 1000;
        if (random_.coin()) added.bytes_on_disc.reset();
        added.not_split_yet = seldom(), added.not_protected_yet = seldom(), added.taken = seldom();
        added.released = seldom();
        if (seldom()) added.most_together = 1 + random_.number(2);
        if (seldom()) added.not_before = some_time();
        for (const std::string& name : kDrives) {
            DriveFacts& each = drive(name);
            if (seldom()) each.rests[added.row.id] = some_time();
            if (seldom()) each.cannot_take.insert(added.row.id);
            if (discs_ != 0 && seldom())
                each.unsuitable.insert({1 + static_cast<DiscId>(random_.number(discs_ - 1)), added.row.id});
        }
        if (discs_ != 0 && seldom())
            added.copies->push_back({1 + static_cast<DiscId>(random_.number(discs_ - 1)),
                                     kDrives[random_.number(2)], random_.coin()});
        added.row.copies = static_cast<unsigned>(added.copies->size() + random_.number(1));
        copies_[added.row.id] = *added.copies;
        if (random_.coin()) added.copies.reset();
    }

    void look_at(DriveFacts& here, SessionId id) {
        QueuedSession& session = of(id);
        if (session.bytes_on_disc) return;
        if (seldom())
            here.rests[id] = SteadyTime::max();  // its files are not there
        else
            session.bytes_on_disc = session.row.bytes;
    }

    void look_at_discs(const std::string& name) {
        DriveFacts& here = drive(name);
        if (!here.discs) here.discs = drive(name == "one" ? "two" : "one").discs.value_or(DiscsInReach{});
        here.discs->put_in.reset(), here.discs->no_blank.reset();
        if (here.emulated) return;
        here.discs->medium = medium(static_cast<MediumState>(random_.number(2)));
        if (here.discs->discs.empty()) return;
        const DiscRow& in = here.discs->discs[random_.number(here.discs->discs.size() - 1)];
        here.discs->medium->label = in.label, here.discs->medium->serial = in.serial;
    }

    Generated& random_;
    std::uint64_t discs_ = 0;
    std::map<SessionId, std::vector<CopyPlace>> copies_;
    std::map<std::string, bool> has_blanks_;
};

void check_waits(const RandomSituation& queue, const Decision& decision) {
    std::set<SessionId> waiting;
    for (const Wait& wait : decision.waits) {
        CHECK(waiting.insert(wait.session).second);
        const bool said = wait.what == WaitsFor::folder_away || wait.what == WaitsFor::others ||
                          wait.what == WaitsFor::disc || wait.what == WaitsFor::its_disc ||
                          wait.what == WaitsFor::more_drives;
        CHECK(wait.said.empty() != said);
    }
    if (is<GiveName>(decision) || is<LookUpCopies>(decision)) return;
    for (const QueuedSession& session : queue.facts.queue) {
        if (!decision.group.empty() && session.row.id == decision.group.front()) break;
        CHECK(waiting.contains(session.row.id));
    }
}

void check_burn(RandomSituation& queue, const std::string& name, const Decision& decision) {
    const DriveFacts& here = queue.drive(name);
    const DiscRow& disc = queue.row_of(std::get<Burn>(decision.next).disc, name);
    REQUIRE_FALSE(decision.group.empty());
    CHECK(here.rests_until <= queue.facts.now);
    CHECK(disc.state == DiscState::open);
    CHECK(here.discs->here.contains(disc.id));
    std::uint64_t bytes = disc.sessions_used == 0 ? 0 : here.discs->tree_bytes.at(disc.id);
    for (const SessionId id : decision.group) {
        const QueuedSession& session = queue.of(id);
        CHECK(queue.is_ready(session, here, name));
        CHECK(session.row.pool == disc.pool);
        CHECK(std::ranges::count(queue.facts.pools.at(session.row.pool).drives, name) == 1);
        for (const CopyPlace& copy : session.copies.value()) CHECK(copy.disc != disc.id);
        CHECK_FALSE(here.unsuitable.contains({disc.id, id}));
        bytes += session.bytes_on_disc.value();
    }
    if (disc.sessions_used != 0 || decision.group.size() > 1) CHECK(bytes <= disc.free_bytes);
    if (disc.sessions_used != 0) CHECK(disc.sessions_left > 0);
    if (disc.sessions_used != 0) CHECK(queue.facts.layout != Layout::root);
}

}  // namespace

TEST_CASE("next burn: whatever the queue, nobody burns what must not be, and whoever waits has a reason") {
    const RunNumbers numbers = run_numbers(1500);
    unsigned burned = 0;
    for (unsigned i = 0; i < numbers.runs; ++i) {
        INFO("BURNBOX_RUNS=1 BURNBOX_SEED=", numbers.seed + i);
        Generated random(numbers.seed + i);
        const RandomSituation beginning(random);
        std::multiset<SessionId> on_drives;
        for (const std::string& name : kDrives) {
            CAPTURE(name);
            RandomSituation queue = beginning;
            if (queue.drive(name).busy) continue;  // it asks for nothing
            int decisions = 0;
            Decision decision;
            do {
                REQUIRE(++decisions < 100);
                decision = queue.next(name);
                check_waits(queue, decision);
            } while (queue.carry_out(name, decision));
            if (queue.must_burn(name)) CHECK_FALSE(is<Nothing>(decision));
            if (!is<Burn>(decision)) continue;
            check_burn(queue, name, decision);
            on_drives.insert(decision.group.begin(), decision.group.end());
            ++burned;
        }
        for (const SessionId id : on_drives)
            CHECK((on_drives.count(id) == 1 || beginning.is_left_by_a_drive(id)));
    }
    MESSAGE(burned, " burns");
}

}  // namespace burnbox::test
