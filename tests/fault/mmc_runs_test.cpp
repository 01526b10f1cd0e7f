// Random runs on the test burner: kinds of media, drives, copies, batches, sessions, faults of every kind,
// people who change discs, and restarts, all drawn from a seed. When the faults are over everything has to
// end well, and the discs are judged without burnbox's own code. BURNBOX_SEED repeats a run, BURNBOX_RUNS
// says how many there are.
#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <random>
#include <set>

#include "tests/fault/mmc_house.hpp"
#include "tests/fault/mmc_judge.hpp"
#include "tests/support/must.hpp"
#include "tests/support/run_number.hpp"

namespace burnbox::test {
namespace {

using namespace std::chrono_literals;
using mmc::FaultKind;

struct Died {};  // the process, or the whole machine

struct IgnoringObserver final : BurnObserver {
    Status about_to_write(const BurnPlan&) override { return {}; }
    void progress(const Progress&) override {}
};

constexpr std::array kProfiles = {"dvd+r", "dvd-r", "dvd+r-dl", "bd-r", "cd-r"};
constexpr int kRead = 0x28;
constexpr int kWrite = 0x2a;
constexpr int kMostSessions = 5;

class Run {
  public:
    Run(Spawner& spawner, unsigned seed);
    void live();  // with faults
    void end();   // without: until nothing is left to do
    void check() { judge().all_is_burned(); }

  private:
    unsigned pick(unsigned most) { return std::uniform_int_distribution<unsigned>(0, most)(random_); }
    bool happens(unsigned percent) { return pick(99) < percent; }
    static std::vector<std::string> some_profiles(std::mt19937& random);
    std::string new_blank(Tray& tray);
    void make_unfit(const std::string& disc);
    void change_disc(Tray& tray);
    void arm(Tray& tray);
    void cut_power(Tray& tray);
    void disarm();
    void queue();
    void act();
    void step();
    void restart();
    void by_hand();
    void verify();
    void keep_copy();
    void put_back();
    bool all_burned();
    void run_drives();
    void insert_in_turn(unsigned turn);
    MmcJudge judge() { return {house_, sessions_, foreign_, copies_, put_back_}; }

    std::mt19937 random_;
    unsigned copies_;
    MmcHouse house_;
    std::map<std::string, GeneratedTree> sessions_;  // by the name they were sent under
    unsigned copies_kept_ = 0;                       // of the catalogue and the state folder
    bool put_back_ = false;                          // one of them was
    std::set<std::string> foreign_;                  // discs that burnbox has not made
    bool armed_ = true;
    bool hangs_;
};

std::vector<std::string> Run::some_profiles(std::mt19937& random) {
    std::vector<std::string> profiles(std::uniform_int_distribution<std::size_t>(1, 2)(random));
    for (std::string& profile : profiles)
        profile = kProfiles[std::uniform_int_distribution<std::size_t>(0, kProfiles.size() - 1)(random)];
    return profiles;
}

Run::Run(Spawner& spawner, unsigned seed)
    : random_(seed), copies_(1), house_(spawner, some_profiles(random_), 1), hangs_(happens(5)) {
    copies_ = 1 + pick(static_cast<unsigned>(house_.trays.size()) - 1);
    house_.config.pools.at("default").copies = copies_;
    house_.config.burn.full_below_bytes = 1U << 20U;
    house_.config.burn.close_when_full = happens(50);
    house_.config.burn.batch = {pick(1) * 5min, 1 + pick(2), 0};
    if (hangs_) {  // a drive that hangs costs as much time as it is waited for
        WorkerPatience& patience = house_.patience;
        for (auto* each : {&patience.silence, &patience.look, &patience.inspect, &patience.prepare,
                           &patience.write, &patience.close, &patience.verify, &patience.goodbye})
            *each = 2s;
    }
    house_.at_drive = [this](Tray& tray, const std::string&) {
        if (!armed_) return;
        if (tray.burner.state().power_cuts != 0) {
            cut_power(tray);
            throw Died();
        }
        if (happens(3)) throw Died();
        if (happens(1)) keep_copy();
    };
    for (const auto& tray : house_.trays) change_disc(*tray);
    house_.restart();
}

// Small, so that discs get full: room for a first disc session, the gaps behind it, and some more.
std::string Run::new_blank(Tray& tray) {
    const mmc::Profile& kind = *mmc::find_profile(tray.profile);
    const std::int32_t gaps = kind.first_gap + static_cast<std::int32_t>(pick(2)) * kind.gap;
    return house_.add_blank(tray, 3000 + static_cast<std::int32_t>(pick(3000)) + gaps);
}

// Of somebody else, or half burned by another program; may be closed.
void Run::make_unfit(const std::string& disc) {
    auto file = mmc::DiscFile::open(disc);
    REQUIRE(file);
    mmc::DiscState state = file->load();
    const std::vector<std::byte> noise(64 * mmc::kBlockBytes, std::byte{0x5a});
    file->write(0, noise);
    state.last().next = 64;
    if (happens(70)) {
        state.close_track(0);
        state.close_session(happens(50));
    }
    file->store(state);
    foreign_.insert(disc);
}

void Run::change_disc(Tray& tray) {
    switch (pick(7)) {
        case 0:
            return tray.burner.remove();
        case 1:
            return tray.burner.open_tray();
        case 2: {
            const std::string disc = new_blank(tray);
            make_unfit(disc);
            return tray.burner.insert(disc);
        }
        case 3:
        case 4:
            if (!tray.box.empty())
                return tray.burner.insert(tray.box[pick(static_cast<unsigned>(tray.box.size()) - 1)]);
            [[fallthrough]];
        default:
            return tray.burner.insert(new_blank(tray));
    }
}

void Run::arm(Tray& tray) {
    mmc::Fault fault;
    fault.skip = pick(150);
    fault.amount = static_cast<std::int32_t>(pick(300));
    switch (pick(11)) {
        case 0:
        case 1:
            fault.kind = FaultKind::sense, fault.opcode = kWrite, fault.skip = pick(40);
            fault.sense = happens(70) ? mmc::sense::kWriteError : mmc::Sense{4, 0x44, 0};
            break;
        case 2:
            fault.kind = FaultKind::sense, fault.opcode = kRead, fault.skip = pick(40);
            fault.sense = mmc::sense::kReadError, fault.times = happens(50) ? 1 : 1000;
            break;
        case 3:
            fault.kind = FaultKind::pull_medium;
            break;
        case 4:
            fault.kind = FaultKind::gone;
            break;
        case 5:
            fault.kind = hangs_ ? FaultKind::hang : FaultKind::host_error;
            break;
        case 6:
        case 7:
            fault.kind = FaultKind::power_cut;
            break;
        case 8:
            fault.kind = happens(50) ? FaultKind::attention : FaultKind::not_ready, fault.amount = 3;
            break;
        case 9:
            fault.kind = FaultKind::open_busy;
            break;
        case 10:
            // Anywhere: descriptors, folders, contents.
            fault.kind = FaultKind::flip_bit, fault.opcode = kWrite, fault.skip = pick(14);
            fault.amount = static_cast<std::int32_t>(pick(32 * mmc::kBlockBytes));
            break;
        default:
            fault.kind = FaultKind::swap_medium;
            tray.burner.set_other_disc(happens(50) || tray.box.empty()
                                           ? new_blank(tray)
                                           : tray.box[pick(static_cast<unsigned>(tray.box.size()) - 1)]);
    }
    tray.burner.clear_faults();
    tray.burner.add(fault);
}

// The worker is gone already; now the machine is on again.
void Run::cut_power(Tray& tray) {
    tray.burner.clear_faults();
    tray.burner.power_on();
}

void Run::disarm() {
    armed_ = false;
    for (const auto& tray : house_.trays) {
        tray->burner.clear_faults();
        tray->burner.power_on();
    }
}

void Run::restart() {
    judge().nothing_is_lost();
    house_.restart();
}

// What a person asks of a drive.
void Run::by_hand() {
    using ByHand = Burner::ByHand;
    constexpr std::array kAsked = {ByHand::close_disc, ByHand::eject, ByHand::load, ByHand::retry};
    const Tray& tray = *house_.trays[pick(static_cast<unsigned>(house_.trays.size()) - 1)];
    static_cast<void>(house_.burner->by_hand(kAsked[pick(kAsked.size() - 1)], tray.name));
}

void Run::verify() {
    if (sessions_.empty()) return;
    const SessionRow row =
        house_.row("s" + std::to_string(pick(static_cast<unsigned>(sessions_.size()) - 1)));
    IgnoringObserver observer;
    for (const DiscSessionRow& copy : must(house_.catalogue->copies(row.id)))
        static_cast<void>(house_.burner->verify(copy, observer));
}

void Run::step() {
    try {
        if (happens(5)) return by_hand();
        if (happens(3)) return verify();
        static_cast<void>(house_.burner->run_once(pick(static_cast<unsigned>(house_.trays.size()) - 1)));
    } catch (const Died&) {
        for (const auto& tray : house_.trays)
            if (happens(30)) change_disc(*tray);  // before it is on again
        restart();
    }
}

void Run::keep_copy() {
    house_.copy_state(std::to_string(copies_kept_++));
}

// Yesterday's backup: of the catalogue alone, or of the whole state folder.
void Run::put_back() {
    judge().nothing_is_lost();
    house_.put_back(std::to_string(pick(copies_kept_ - 1)), happens(50));
    put_back_ = true;
    judge().nothing_is_lost();
}

bool has_name_of_ours(const GeneratedTree& tree) {
    return std::ranges::any_of(std::array{"f0", "f1", "f2"},
                               [&](const char* name) { return tree.manifest.find(name) != nullptr; });
}

void Run::queue() {
    GeneratedTree tree;
    do tree = TreeGenerator(static_cast<std::uint32_t>(random_())).small_tree(pick(12));
    while (has_name_of_ours(tree));
    for (unsigned i = 0; i <= pick(2); ++i) {
        std::string content(mmc::kBlockBytes + pick(i == 0 ? 300'000 : 60'000), '\0');
        for (char& c : content) c = static_cast<char>(random_());
        add_file(tree, "f" + std::to_string(i), content, house_.clock.now());
    }
    const std::string name = "s" + std::to_string(sessions_.size());
    house_.queue_tree(name, tree);
    sessions_[name] = std::move(tree);
}

void Run::act() {
    Tray& tray = *house_.trays[pick(static_cast<unsigned>(house_.trays.size()) - 1)];
    switch (pick(14)) {
        case 14:
            if (happens(60)) return keep_copy();
            if (copies_kept_ == 0 || !happens(40)) return step();
            return put_back();
        case 0:
        case 1:
        case 2:
            if (sessions_.size() < kMostSessions) return queue();
            return step();
        case 3:
            house_.clock.advance(std::chrono::seconds(pick(400)));
            return;
        case 4:
            if (happens(30)) restart();
            return;
        case 5:
            if (happens(60)) change_disc(tray);
            return;
        case 6:
        case 7:
            return arm(tray);
        case 8:
            if (happens(50)) tray.burner.power_on();
            return;
        default:
            return step();
    }
}

void Run::live() {
    for (int i = 0; i < 40; ++i) act();
    judge().nothing_is_lost();
}

bool Run::all_burned() {
    bool all = true;
    for (const auto& [name, tree] : sessions_) {
        const SessionRow row = house_.row(name);
        if (row.state == SessionState::failed)
            must(house_.catalogue->step(row.id, SessionState::failed, SessionState::queued, "once more"));
        all = all && (row.state == SessionState::burned || row.folder == name + "-burned");
    }
    return all;
}

void Run::run_drives() {
    for (bool did = true; did;) {
        did = false;
        for (std::size_t i = 0; i < house_.trays.size(); ++i) {
            const auto result = house_.burner->run_once(i);
            did = did || (result && *result);
        }
    }
}

// Takes the disc out, so that the drive sees that, and puts another one in.
void Run::insert_in_turn(unsigned turn) {
    for (const auto& tray : house_.trays) tray->burner.remove();
    house_.clock.advance(5s);
    run_drives();
    for (const auto& tray : house_.trays) {
        std::vector<std::string> discs;
        for (const std::string& disc : tray->box)
            if (!foreign_.contains(disc)) discs.push_back(disc);
        const std::size_t which = turn % (discs.size() + 1);
        tray->burner.insert(which == 0 ? new_blank(*tray) : discs[discs.size() - which]);
    }
    house_.clock.advance(5s);
    run_drives();
}

// The person tries each disc that burnbox has begun, and then a new one, and vouches for the drives; at last
// each disc once more, for what is on it.
void Run::end() {
    disarm();
    for (unsigned round = 0; round < 40; ++round) {
        insert_in_turn(round);
        if (all_burned() && house_.catalogue->unfinished_attempts()->empty()) break;
        for (const auto& tray : house_.trays)
            static_cast<void>(house_.burner->by_hand(Burner::ByHand::retry, tray->name));
        house_.clock.advance(6min);
    }
    std::size_t most = 0;
    for (const auto& tray : house_.trays) most = std::max(most, tray->box.size());
    for (unsigned turn = 1; turn <= most; ++turn) insert_in_turn(turn);
}

}  // namespace

TEST_CASE(
    "random runs on the test burner: whatever fails and whenever, every session ends on its discs as it was "
    "sent, and no disc is lied about") {
    const RunNumbers numbers = run_numbers(12);
    MESSAGE("seed ", numbers.seed, ", runs ", numbers.runs);
    const auto spawner = must(Spawner::start());
    for (unsigned i = 0; i < numbers.runs; ++i) {
        INFO("BURNBOX_RUNS=1 BURNBOX_SEED=", numbers.seed + i);
        Run run(*spawner, numbers.seed + i);
        run.live();
        run.end();
        run.check();
    }
}

}  // namespace burnbox::test
