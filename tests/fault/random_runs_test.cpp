// Random runs of the burner: drives, media, batches, copies, sessions (some larger than a disc), faults of
// every kind and restarts, all drawn from a seed. When the faults are over everything has to end well.
// BURNBOX_SEED repeats a run, BURNBOX_RUNS says how many there are.
#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <random>
#include <set>

#include "tests/support/burner_house.hpp"
#include "tests/support/run_number.hpp"

namespace burnbox::test {
namespace {

using namespace std::chrono_literals;

struct Died {};  // the process, in the middle of a drive's operation

class Run {
  public:
    explicit Run(unsigned seed);
    void live();   // with faults
    void end();    // without: until nothing is left to do
    void check();  // what a person relies on

  private:
    unsigned pick(unsigned most) { return std::uniform_int_distribution<unsigned>(0, most)(random_); }
    bool happens(unsigned percent) { return pick(99) < percent; }
    static std::vector<std::string> some_drives(std::mt19937& random);
    Status fault(unsigned percent, const char* what);
    void arm();
    void disarm();
    void act();
    void step();
    void keep_copy();
    void put_back();
    [[nodiscard]] std::optional<SessionRow> row_of(const std::string& name);
    [[nodiscard]] bool has_suspect_disc();
    void check_session(const std::string& name);
    void check_copy(const DiscSessionRow& copy, std::map<std::string, unsigned>& times);
    [[nodiscard]] std::map<std::string, std::string> some_files();

    std::mt19937 random_;
    std::vector<std::string> names_;
    unsigned copies_;
    BurnerHouse house_;
    std::map<std::string, std::map<std::string, std::string>> sessions_;
    std::set<std::string> withdrawn_;
    std::vector<std::string> copies_kept_;  // of the catalogue and the state folder
    unsigned times_put_back_ = 0;
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
        drive->before_settle = [this] { return fault(15, "settle"); };
        drive->after_cut = happens(50) ? Drive::Outcome::untouched : Drive::Outcome::damaged;
        drive->change_on_disc = [this](std::string& content) {
            if (armed_ && !content.empty() && happens(1)) content[0] ^= 1;
        };
    }
}

void Run::disarm() {
    armed_ = false;
}

void Run::step() {
    try {
        static_cast<void>(house_.burner->prepare_once());
        static_cast<void>(house_.burner->run_once(pick(static_cast<unsigned>(names_.size()) - 1)));
    } catch (const Died&) {
        house_.crash();
        arm();
    }
}

// With span now and then more than the smallest disc takes; no file is larger than one.
std::map<std::string, std::string> Run::some_files() {
    const bool large = house_.config.burn.span && happens(25);
    std::map<std::string, std::string> files;
    for (unsigned i = 0, count = large ? 3 + pick(5) : 1 + pick(3); i < count; ++i) {
        const std::size_t bytes = large ? 400'000 + pick(800'000) : pick(60'000);
        files[(happens(50) ? "f" : "folder/f") + std::to_string(i)] =
            std::string(bytes, static_cast<char>('a' + pick(25)));
    }
    return files;
}

void Run::keep_copy() {
    copies_kept_.push_back("copy " + std::to_string(copies_kept_.size()));
    house_.copy_state(copies_kept_.back());
}

// Yesterday's backup: of the catalogue alone, or of the whole state folder.
void Run::put_back() {
    const std::string& copy = copies_kept_[pick(static_cast<unsigned>(copies_kept_.size()) - 1)];
    happens(50) ? house_.put_catalogue_back(copy) : house_.put_state_back(copy);
    ++times_put_back_;
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
            const auto files = some_files();
            const std::string name = "s" + std::to_string(sessions_.size());
            house_.queue(name, files);
            sessions_[name] = files;
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
            const auto row = row_of(sessions_.begin()->first);
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

void Run::end() {
    disarm();
    for (int round = 0; round < 60; ++round) {
        house_.run();
        bool waits = false;
        for (const auto& [name, files] : sessions_) {
            const auto row = row_of(name);
            if (!row) continue;
            if (row->state == SessionState::failed)
                static_cast<void>(
                    house_.catalogue->step(row->id, SessionState::failed, SessionState::queued, "once more"));
            waits = waits || (row->state != SessionState::burned && row->state != SessionState::withdrawn);
        }
        if (!waits && round > 0) return;
        // The person who looks after the drives, too.
        for (FakeDrive* drive : house_.drives)
            static_cast<void>(house_.burner->by_hand(Burner::ByHand::retry, drive->name()));
        house_.clock.advance(6min);
    }
}

// `times`: how often each file of the session was found so far.
void Run::check_copy(const DiscSessionRow& copy, std::map<std::string, unsigned>& times) {
    const FakeDisc& disc = house_.shelves[copy.drive].discs[copy.disc_label];
    REQUIRE(copy.disc_session >= 1);
    REQUIRE(copy.disc_session <= disc.sessions.size());
    const FakeDiscSession& written = disc.sessions[copy.disc_session - 1];
    CHECK(written.whole);
    const std::string data = house_.config.burn.layout == Layout::plain ? "" : "data/";
    for (const auto& [path, content] : sessions_[house_.row(house_.row(copy.session).whole_or_self()).name]) {
        const auto entry = written.entries.find("alice/" + copy.session_name + "/" + data + path);
        if (entry == written.entries.end()) continue;
        ++times[path];
        CHECK_MESSAGE(entry->second.content == content, path << " on " << copy.disc_label);
    }
}

// By the name that it was sent under: rows get other numbers when they are found again.
std::optional<SessionRow> Run::row_of(const std::string& name) {
    const auto rows = house_.catalogue->sessions("alice");
    for (const SessionRow& row : *rows)
        if (row.name == name) return row;
    return std::nullopt;
}

bool Run::has_suspect_disc() {
    const auto discs = house_.catalogue->discs();
    return std::ranges::any_of(*discs, [](const DiscRow& disc) { return disc.state == DiscState::suspect; });
}

void Run::check_session(const std::string& name) {
    const auto found = row_of(name);
    INFO("session ", name, ", put back ", times_put_back_, " times");
    const bool may_be_withdrawn = withdrawn_.contains(name) && times_put_back_ > 0;
    if (may_be_withdrawn && (!found || found->state == SessionState::withdrawn)) return;
    // What had failed, and that an older state folder does not know, is left to its account.
    const bool left = !found && times_put_back_ > 0 && house_.exists("alice/" + name + "-failed");
    if (left) {
        for (const auto& [path, content] : sessions_[name])
            CHECK_MESSAGE(house_.text("alice/" + name + "-failed/" + path) == content, path);
        return;
    }
    REQUIRE(found);
    const SessionRow& row = *found;
    INFO("state ", to_string(row.state), ", folder ", row.folder, ", reason ", row.reason);
    const auto copies = house_.catalogue->copies(row.id);
    if (withdrawn_.contains(name) && times_put_back_ == 0) {
        CHECK(row.state == SessionState::withdrawn);
        CHECK(copies->empty());
        return;
    }
    CHECK(row.folder == row.name + "-burned");
    for (const auto& [path, content] : sessions_[name])
        CHECK_MESSAGE(house_.text("alice/" + row.folder + "/" + path) == content, path << " in the inbox");
    // Where a disc that it is on is suspect by now, or its parts are not known, its receipt says that it is
    // burned, and nobody burns it again.
    const bool has_receipt = !house_.text("alice/" + row.folder + "/receipt.json").empty();
    const bool by_receipt = times_put_back_ > 0 && has_receipt && (has_suspect_disc() || copies->empty());
    if (by_receipt) return;
    CHECK(row.state == SessionState::burned);
    // Beyond the copies asked for there may be one that an older catalogue could not know.
    const std::size_t wanted = copies_ * std::max(row.parts, 1U);
    CHECK((times_put_back_ == 0 ? copies->size() == wanted : copies->size() >= wanted));
    std::set<std::pair<SessionId, std::string>> discs;
    std::map<std::string, unsigned> times;
    const std::string receipt = house_.text("alice/" + row.folder + "/receipt.json");
    for (const DiscSessionRow& copy : *copies) {
        discs.emplace(copy.session, times_put_back_ == 0 ? copy.drive : copy.disc_label);
        check_copy(copy, times);
        if (times_put_back_ == 0) CHECK(receipt.find("\"" + copy.disc_label + "\"") != std::string::npos);
    }
    CHECK_FALSE(receipt.empty());
    CHECK(discs.size() == copies->size());
    for (const auto& [path, content] : sessions_[name])
        CHECK_MESSAGE((times_put_back_ == 0 ? times[path] == copies_ : times[path] >= copies_),
                      path << " is on so many discs: " << times[path]);
}

void Run::check() {
    for (const auto& [name, files] : sessions_) check_session(name);
    const auto rows = house_.catalogue->sessions("alice");
    for (const auto& [name, shelf] : house_.shelves)
        for (const auto& [label, disc] : shelf.discs)
            for (const SessionRow& row : *rows) {
                std::vector<SessionRow> units = house_.catalogue->parts(row.id).value();
                units.push_back(row);
                for (const SessionRow& unit : units)
                    CHECK_MESSAGE(shelf.times_burned(label, "alice/" + unit.disc_name) <= 1,
                                  unit.disc_name << " burned twice on " << label);
            }
    CHECK(house_.catalogue->unfinished_attempts()->empty());
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
