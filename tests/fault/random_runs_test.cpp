// Random runs of the burner: drives, media, batches, copies, sessions (some larger than a disc), faults of
// every kind and restarts, all drawn from a seed. When the faults are over everything has to end well.
// BURNBOX_SEED repeats a run, BURNBOX_RUNS says how many there are.
#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <map>
#include <random>
#include <set>

#include "common/inbox/lost_folder.hpp"
#include "tests/fault/shelf_judge.hpp"
#include "tests/support/burner/burner_house.hpp"
#include "tests/support/run_number.hpp"
#include "tests/support/tree_generator.hpp"

namespace burnbox::test {
namespace {

using namespace std::chrono_literals;

struct Died {};  // the process, in the middle of a drive's operation

struct IgnoringObserver final : BurnObserver {
    Status about_to_write(const BurnPlan&) override { return {}; }
    void progress(const Progress&) override {}
};

class Run {
  public:
    explicit Run(unsigned seed);
    void live();  // with faults
    void end();   // without: until nothing is left to do
    void check() { judge().all_is_burned(); }

  private:
    unsigned pick(unsigned most) { return std::uniform_int_distribution<unsigned>(0, most)(random_); }
    bool happens(unsigned percent) { return pick(99) < percent; }
    static std::vector<std::string> some_drives(std::mt19937& random);
    Status fault(unsigned percent, const char* what);
    void arm();
    void disarm();
    void act();
    void step();
    void by_hand();
    void verify();
    void retry(const SessionRow& row);
    void keep_copy();
    void put_back();
    ShelfJudge judge() { return {house_, sessions_, withdrawn_, copies_, put_back_}; }
    [[nodiscard]] GeneratedTree some_tree();

    std::mt19937 random_;
    std::vector<std::string> names_;
    unsigned copies_;
    BurnerHouse house_;
    std::map<std::string, GeneratedTree> sessions_;  // by the name they were sent under
    std::set<std::string> withdrawn_;
    std::vector<std::string> copies_kept_;  // of the catalogue and the state folder
    bool put_back_ = false;                 // one of them was
    bool armed_ = false;
};

std::vector<std::string> Run::some_drives(std::mt19937& random) {
    std::vector<std::string> names = {"tray", "spare", "third"};
    names.resize(std::uniform_int_distribution<std::size_t>(1, 3)(random));
    return names;
}

Run::Run(unsigned seed)
    : random_(seed),
      names_(some_drives(random_)),
      copies_(1 + pick(static_cast<unsigned>(names_.size()) - 1)),
      house_(names_, copies_) {
    house_.config.burn.span = happens(50);
    for (auto& [name, shelf] : house_.shelves) {
        shelf.capacity_bytes = (4 + pick(house_.config.burn.span ? 2 : 12)) * (1ULL << 20U);
        shelf.session_limit = 1 + pick(5);
    }
    house_.config.burn.full_below_bytes = 1U << 20U;
    house_.config.burn.close_when_full = happens(50);
    house_.config.burn.batch = {pick(1) * 5min, 1 + pick(3), 0};
    if (happens(20)) house_.config.burn.layout = Layout::plain;
    house_.restart();
}

Status Run::fault(unsigned percent, const char* what) {
    constexpr std::array kCodes = {Errc::io, Errc::timeout, Errc::no_medium, Errc::unreachable, Errc::busy};
    if (!armed_ || !happens(percent)) return {};
    if (happens(20)) throw Died();
    return fail(kCodes[pick(kCodes.size() - 1)], what);
}

void Run::arm() {
    armed_ = true;
    for (FakeDrive* drive : house_.drives) {
        drive->before_load = [this] { return fault(8, "load"); };
        drive->during_write = [this] {
            if (armed_ && happens(5)) keep_copy();
            return fault(20, "write");
        };
        drive->after_write = [this] { return fault(8, "answer of write"); };
        drive->before_adjudicate = [this] { return fault(15, "adjudicate"); };
        drive->after_cut = happens(50) ? Drive::Outcome::untouched : Drive::Outcome::damaged;
        drive->change_on_disc = [this](std::string& content) {
            if (armed_ && !content.empty() && happens(1)) content[0] ^= 1;
        };
    }
}

void Run::disarm() {
    armed_ = false;
}

// What a person asks of a drive.
void Run::by_hand() {
    using ByHand = Burner::ByHand;
    constexpr std::array kAsked = {ByHand::close_disc, ByHand::eject, ByHand::load, ByHand::retry};
    const std::string& drive = names_[pick(static_cast<unsigned>(names_.size()) - 1)];
    static_cast<void>(house_.burner->by_hand(kAsked[pick(kAsked.size() - 1)], drive));
}

void Run::verify() {
    const auto rows = house_.catalogue->sessions("alice");
    if (!rows || rows->empty()) return;
    const SessionRow& row = (*rows)[pick(static_cast<unsigned>(rows->size()) - 1)];
    IgnoringObserver observer;
    if (const auto copies = house_.catalogue->copies(row.id))
        for (const DiscSessionRow& copy : *copies) static_cast<void>(house_.burner->verify(copy, observer));
}

void Run::step() {
    try {
        if (happens(5)) return by_hand();
        if (happens(3)) return verify();
        static_cast<void>(house_.burner->prepare_once());
        static_cast<void>(house_.burner->run_once(pick(static_cast<unsigned>(names_.size()) - 1)));
    } catch (const Died&) {
        house_.crash();
        arm();
    }
}

// With span now and then more than the smallest disc takes; no file is larger than one.
GeneratedTree Run::some_tree() {
    const bool large = house_.config.burn.span && happens(25);
    GeneratedTree tree = TreeGenerator(static_cast<std::uint32_t>(random_())).small_tree(pick(12));
    for (unsigned i = 0, count = large ? 3 + pick(5) : 1 + pick(3); i < count; ++i) {
        const std::size_t bytes = large ? 400'000 + pick(800'000) : pick(60'000);
        const std::string path = (happens(50) ? "f" : "folder/f") + std::to_string(i);
        const std::string content(bytes, static_cast<char>('a' + pick(25)));
        if (tree.manifest.find(path) == nullptr) add_file(tree, path, content, house_.clock.now());
    }
    return tree;
}

void Run::keep_copy() {
    copies_kept_.push_back("copy " + std::to_string(copies_kept_.size()));
    house_.copy_state(copies_kept_.back());
}

// Yesterday's backup: of the catalogue alone, or of the whole state folder.
void Run::put_back() {
    const std::string& copy = copies_kept_[pick(static_cast<unsigned>(copies_kept_.size()) - 1)];
    happens(50) ? house_.put_catalogue_back(copy) : house_.put_state_back(copy);
    put_back_ = true;
    house_.repair();
    arm();
}

void Run::act() {
    switch (pick(10)) {
        case 10:
            if (happens(50)) return keep_copy();
            if (copies_kept_.empty() || !happens(40)) return step();
            return put_back();
        case 0:
        case 1: {
            if (sessions_.size() >= 8) return step();
            const std::string name = "s" + std::to_string(sessions_.size());
            house_.queue_tree(name, sessions_[name] = some_tree());
            return;
        }
        case 2:
            house_.clock.advance(std::chrono::seconds(pick(400)));
            return;
        case 3:
            if (happens(30)) {
                happens(50) ? house_.crash() : house_.restart();
                arm();
            }
            return;
        case 4: {
            if (sessions_.empty() || !happens(20)) return step();
            const auto row = judge().row_of(sessions_.begin()->first);
            if (!row || !house_.catalogue->copies(row->id)->empty()) return step();
            if (house_.catalogue->step(row->id, SessionState::queued, SessionState::withdrawn, ""))
                withdrawn_.insert(row->name);
            return;
        }
        default:
            return step();
    }
}

void Run::live() {
    arm();
    for (int i = 0; i < 60; ++i) act();
}

// As a person does by `burnbox retry`: the folder may lie under another name since an older state was put
// back.
void Run::retry(const SessionRow& row) {
    static_cast<void>(find_lost_folder(*house_.inbox, *house_.catalogue, house_.state_fs, row));
    static_cast<void>(
        house_.catalogue->step(row.id, SessionState::failed, SessionState::queued, "once more"));
}

void Run::end() {
    disarm();
    for (int round = 0; round < 60; ++round) {
        house_.run();
        bool waits = false;
        for (const auto& [name, tree] : sessions_) {
            const auto row = judge().row_of(name);
            if (!row) continue;
            if (row->state == SessionState::failed) retry(*row);
            waits = waits || (row->state != SessionState::burned && row->state != SessionState::withdrawn);
        }
        if (!waits && round > 0) return;
        // The person who looks after the drives, too.
        for (FakeDrive* drive : house_.drives)
            static_cast<void>(house_.burner->by_hand(Burner::ByHand::retry, drive->name()));
        house_.clock.advance(6min);
    }
}

}  // namespace

TEST_CASE(
    "random runs: whatever fails and whenever, every session ends burned, once on each disc, as it was "
    "sent") {
    const auto [seed, runs] = run_numbers(100);
    MESSAGE("seed ", seed, ", runs ", runs);
    for (unsigned i = 0; i < runs; ++i) {
        INFO("BURNBOX_RUNS=1 BURNBOX_SEED=", seed + i);
        Run run(seed + i);
        run.live();
        run.end();
        run.check();
    }
}

}  // namespace burnbox::test
