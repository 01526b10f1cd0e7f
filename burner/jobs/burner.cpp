#include "burner/jobs/burner.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <thread>
#include <utility>

#include "burner/attempts/load_disc.hpp"
#include "burner/finish/release.hpp"
#include "burner/jobs/drive_loop.hpp"
#include "burner/jobs/folder_watch.hpp"
#include "burner/jobs/lost_pools.hpp"
#include "burner/prepare/parity_loop.hpp"
#include "burner/prepare/seal_proof.hpp"
#include "burner/prepare/splitter.hpp"
#include "burner/schedule/burn_job.hpp"
#include "burner/schedule/parts_plan.hpp"
#include "common/base/log.hpp"
#include "common/base/parts.hpp"
#include "common/base/text.hpp"

namespace burnbox {
namespace {

constexpr std::chrono::seconds kLookAgain{60};  // even when nothing was announced
constexpr std::chrono::milliseconds kLeastPause{10};
constexpr std::chrono::seconds kBetweenLooks{1};  // at the shelves

}  // namespace

struct Burner::State {
    BurnerServices services;
    Schedule schedule;
    Conditions conditions;
    DiscTrees trees{services.catalogue};
    DiscPlaces places;
    FolderWatch folder_watch{services, places};
    Splitter splitter{services, schedule};
    ParityLoop parity{services, schedule};
    PayloadRelease release{services};
    std::vector<std::unique_ptr<DriveLoop>> loops;
    std::vector<std::jthread> threads;
    std::mutex running_mutex;
    std::condition_variable running_changed;
    std::size_t running = 0;  // threads, and visitors
    class Visitor;

    explicit State(const BurnerServices& given) : services(given), conditions(given.events, given.clock) {}

    // What is burned lets go of its space when the drive has nothing else to do.
    Result<bool> step(DriveLoop& loop) {
        auto did = loop.run_once();
        if (did && *did) release.look_again(loop.drive().name());
        if (did && !*did)
            release.run_when_due(loop.drive().name(), [&](const DiscRow& disc, const DiscSessionRow& copy) {
                return loop.prove(disc, copy);
            });
        return did;
    }
    void work(DriveLoop& loop);
    [[nodiscard]] Result<bool> prepare_step();
    bool lost_pools_told = false;
    void prepare();
    void watch_folders();
    void look_at_shelves();
    void began();
    void ended();
    [[nodiscard]] std::chrono::nanoseconds pause(const DriveLoop& loop) const;
    [[nodiscard]] Result<std::string> vouch_for(DriveLoop& loop);
    [[nodiscard]] Result<VerifyReport> read_back(const DiscRow& disc, const SessionRow& session,
                                                 BurnObserver& observer);
    [[nodiscard]] Result<VerifyReport> read_image_back(const DiscRow& disc, const SessionRow& session,
                                                       BurnObserver& observer);
    [[nodiscard]] std::vector<DriveLoop*> who_may_have(const DiscRow& disc);
    [[nodiscard]] DriveLoop* find(const std::string& drive);
    template <typename Use>
    auto visit(DriveLoop& loop, Use use) -> decltype(use());
};

// Somebody else than its own thread uses the drive: once that lets go of it, and before its next step. Its
// thread waits for him, so he is gone even when what he does throws.
class Burner::State::Visitor {
  public:
    Visitor(State& state, DriveLoop& loop) : state_(state), loop_(loop) {
        ++loop_.visitors;
        state_.began();
    }
    ~Visitor() {
        --loop_.visitors;
        loop_.wake();
        state_.schedule.changed();
        state_.ended();
    }
    Visitor(const Visitor&) = delete;
    Visitor& operator=(const Visitor&) = delete;

  private:
    State& state_;
    DriveLoop& loop_;
};

template <typename Use>
auto Burner::State::visit(DriveLoop& loop, Use use) -> decltype(use()) {
    const Visitor visitor(*this, loop);
    const std::lock_guard lock(loop.working);
    if (schedule.stopping) return fail(Errc::cancelled, "burnbox is stopping");
    const Schedule::Busy busy(schedule, loop.drive().name());
    return use();
}

Burner::Burner(const BurnerServices& services, std::vector<std::unique_ptr<Drive>> drives)
    : state_(std::make_unique<State>(services)) {
    for (const std::unique_ptr<Drive>& drive : drives) state_->places.add(*drive);
    for (std::unique_ptr<Drive>& drive : drives)
        state_->loops.push_back(std::make_unique<DriveLoop>(state_->services, state_->schedule,
                                                            state_->conditions, state_->trees, state_->places,
                                                            std::move(drive)));
}

Burner::~Burner() {
    stop();
}

Result<bool> Burner::run_once(std::size_t drive_index) {
    return state_->step(*state_->loops.at(drive_index));
}

std::chrono::nanoseconds Burner::State::pause(const DriveLoop& loop) const {
    SteadyTime next = loop.next_time();
    if (const auto ended = schedule.next_ended_time()) next = std::min(next, *ended);
    next = std::min(next, release.next_time(loop.drive().name()));
    const SteadyTime now = services.clock.steady_now();
    if (next <= now) return std::chrono::milliseconds(10);  // due while the other drive works on it
    return std::min<std::chrono::nanoseconds>(next == SteadyTime::max() ? kLookAgain : next - now,
                                              kLookAgain);
}

void Burner::State::work(DriveLoop& loop) {
    while (!schedule.stopping) {
        const std::uint64_t seen = schedule.changes();
        if (loop.visitors == 0) {
            const auto did = step(loop);
            if (did && *did) {
                schedule.changed();  // what ended here may be what another drive waited for
                continue;
            }
        }
        schedule.wait_for_change(seen, pause(loop));
    }
}

// What is too large for a disc is split first: recovery data is made for each part.
Result<bool> Burner::State::prepare_step() {
    if (!std::exchange(lost_pools_told, true)) tell_lost_pools(services);
    BB_TRY(const bool split, splitter.run_once());
    if (split) return true;
    return parity.run_once();
}

void Burner::State::prepare() {
    while (!schedule.stopping) {
        const std::uint64_t seen = schedule.changes();
        const auto did = prepare_step();
        if (!did) log::warning("session not prepared", log::kv(did.error()));
        if (did && *did) {
            schedule.changed();
            continue;
        }
        const SteadyTime now = services.clock.steady_now();
        const SteadyTime next =
            std::min({splitter.next_time(), parity.next_time(), SteadyTime(now + kLookAgain)});
        schedule.wait_for_change(seen, std::max<std::chrono::nanoseconds>(next - now, kLeastPause));
    }
}

void Burner::State::watch_folders() {
    std::unique_lock lock(running_mutex);
    while (!schedule.stopping) {
        lock.unlock();
        look_at_shelves();
        lock.lock();
        running_changed.wait_for(lock, kBetweenLooks, [this] { return schedule.stopping.load(); });
    }
}

void Burner::State::look_at_shelves() {
    if (!folder_watch.look()) return;
    for (const std::unique_ptr<DriveLoop>& loop : loops) loop->shelf_is_back();
    schedule.changed();
}

void Burner::look_at_shelves() {
    state_->look_at_shelves();
}

void Burner::State::began() {
    const std::lock_guard lock(running_mutex);
    ++running;
}

void Burner::State::ended() {
    const std::lock_guard lock(running_mutex);
    --running;
    running_changed.notify_all();
}

Result<bool> Burner::prepare_once() {
    return state_->prepare_step();
}

void Burner::start() {
    BB_ASSERT(state_->threads.empty());
    state_->running = state_->loops.size() + 2;
    const auto run = [state = state_.get()](const std::string& part, std::function<void()> work) {
        state->threads.emplace_back([state, part, work = std::move(work)] {
            (void)guard_part(part, work);
            state->ended();
        });
    };
    run("preparer", [state = state_.get()] { state->prepare(); });
    run("folder watch", [state = state_.get()] { state->watch_folders(); });
    for (const std::unique_ptr<DriveLoop>& loop : state_->loops)
        run("burner of " + loop->drive().name(),
            [state = state_.get(), each = loop.get()] { state->work(*each); });
}

void Burner::drain() {
    {
        const std::lock_guard lock(state_->running_mutex);
        state_->schedule.stopping = true;
    }
    state_->running_changed.notify_all();
    state_->schedule.changed();
    for (const std::unique_ptr<DriveLoop>& loop : state_->loops) loop->drive().drain();
}

void Burner::stop() {
    drain();
    {
        std::unique_lock lock(state_->running_mutex);
        state_->running_changed.wait(lock, [this] { return state_->running == 0; });
    }
    state_->threads.clear();  // joins
}

void Burner::cut_off() {
    state_->schedule.cut_off = true;
    drain();
    for (const std::unique_ptr<DriveLoop>& loop : state_->loops) loop->drive().interrupt();
}

void Burner::wake() {
    state_->parity.wake();
    for (const std::unique_ptr<DriveLoop>& loop : state_->loops) loop->wake();
    state_->schedule.changed();
}

void Burner::burn_now(SessionId session) {
    state_->schedule.release(session);
    wake();
}

std::vector<DriveStatus> Burner::drives() const {
    std::vector<DriveStatus> result;
    for (const std::unique_ptr<DriveLoop>& loop : state_->loops)
        result.push_back(loop->reporter().snapshot());
    return result;
}

DriveLoop* Burner::State::find(const std::string& drive) {
    for (const std::unique_ptr<DriveLoop>& loop : loops)
        if (loop->drive().name() == drive) return loop.get();
    return nullptr;
}

Result<VerifyReport> Burner::verify_session(SessionId session, const std::string& disc_label,
                                            BurnObserver& observer) {
    BB_TRY(const SessionRow row, state_->services.catalogue.session(session));
    BB_TRY(const auto disc, state_->services.catalogue.find_disc(disc_label));
    if (!disc)
        return fail(Errc::not_found, fmt::format("verify: there is no disc {} in the catalogue", disc_label));
    BB_TRY(const auto copies, state_->services.catalogue.copies(session));
    const auto copy = std::ranges::find(copies, disc->id, &DiscSessionRow::disc);
    if (copy == copies.end())
        return fail(Errc::not_found,
                    fmt::format("verify: {}/{} is not on disc {}", row.account, row.disc_name, disc_label));
    return state_->read_back(*disc, row, observer);
}

// Whatever drive has it now, wherever it was burned.
Result<VerifyReport> Burner::State::read_back(const DiscRow& disc, const SessionRow& session,
                                              BurnObserver& observer) {
    if (is_image(disc)) return read_image_back(disc, session, observer);
    for (DriveLoop* const loop : who_may_have(disc)) {
        auto report = visit(*loop, [&] { return loop->read_back_here(disc.id, session, observer); });
        const bool not_here =
            !report && (report.error().code == Errc::no_medium || report.error().code == Errc::wrong_medium);
        if (!not_here) return report;
    }
    return fail(Errc::no_medium, "verify: " + away_text(disc, services.config));
}

Result<VerifyReport> Burner::State::read_image_back(const DiscRow& disc, const SessionRow& session,
                                                    BurnObserver& observer) {
    const ShelfView view = places.look();
    if (const ShelfView::Image* const image = place_of(view, disc)) {
        DriveLoop* const loop = find(image->drive);
        BB_ASSERT(loop != nullptr);
        return visit(*loop, [&] { return loop->read_back_here(disc.id, session, observer); });
    }
    if (!view.complete)
        return fail(Errc::unreachable, fmt::format("verify: disc {} is on no shelf that can be read: {}",
                                                   disc.label, view.away.message));
    BB_CHECK(services.catalogue.disc_missing(disc.id, services.clock.now()));
    return fail(Errc::not_found, "verify: " + away_text(disc, services.config));
}

// Real drives, the likeliest first; not those that burn another disc now, for that may take hours.
std::vector<DriveLoop*> Burner::State::who_may_have(const DiscRow& disc) {
    std::vector<DriveLoop*> likely, others;
    for (const std::unique_ptr<DriveLoop>& loop : loops) {
        if (loop->drive().emulated()) continue;
        const DriveStatus now = loop->reporter().snapshot();
        if (now.disc == disc.label || schedule.seen(disc.serial, now.drive).here)
            likely.push_back(loop.get());
        else if (now.sessions.empty())
            others.push_back(loop.get());
    }
    likely.insert(likely.end(), others.begin(), others.end());
    return likely;
}

// The drive may be busy with something else: its thread finds it out.
Result<std::string> Burner::State::vouch_for(DriveLoop& loop) {
    BB_CHECK(services.catalogue.trust_drive(loop.drive().name()));
    loop.wake();
    schedule.changed();
    return fmt::format("drive {} may burn again", loop.drive().name());
}

Result<std::string> Burner::by_hand(ByHand what, const std::string& drive) {
    DriveLoop* loop = state_->find(drive);
    if (loop == nullptr)
        return fail(Errc::not_found,
                    fmt::format("there is no drive {}; `burnbox drives` lists them", escape(drive)));
    if (what == ByHand::retry) return state_->vouch_for(*loop);
    return state_->visit(*loop, [&]() -> Result<std::string> {
        switch (what) {
            case ByHand::retry:
                break;
            case ByHand::close_disc:
                return loop->close_disc();
            case ByHand::eject:
                return loop->eject();
            case ByHand::load:
                return loop->load();
        }
        return std::string();
    });
}

Status Burner::check_fits(const std::string& pool, const Manifest& manifest) const {
    const auto found = state_->services.config.pools.find(pool);
    if (found == state_->services.config.pools.end())
        return fail(
            Errc::invalid,
            fmt::format(
                "there is no pool {} in the configuration: add pools.{} or give the account another one",
                pool, pool));
    const BurnConfig& burn = state_->services.config.burn;
    const std::uint64_t needed = needed_bytes(manifest, burn.redundancy);
    if (burn.span) {
        const std::uint64_t capacity = part_capacity_bytes(state_->schedule, found->second);
        if (capacity == 0 || needed <= capacity) return {};
        const std::string longest(255, 'n');  // its names are not known yet
        const auto parts = plan_parts(manifest, longest, longest, capacity, burn.redundancy);
        return parts ? Status() : std::unexpected(parts.error());
    }
    const unsigned copies = found->second.copies;
    const std::uint64_t largest = state_->schedule.blank_bytes_for(found->second.drives, copies);
    if (largest == 0 || needed <= largest) return {};
    const std::string takes =
        copies == 1 ? fmt::format("the largest blank disc of pool {} takes", pool)
                    : fmt::format("pool {} burns {} copies in as many drives, of which the smallest takes",
                                  pool, copies);
    return fail(Errc::does_not_fit,
                fmt::format("it needs {} ({} bytes) on disc, and {} {} ({} bytes): split it into several "
                            "sessions, set burn.span: true, or use drives with larger discs",
                            human_bytes(needed), needed, takes, human_bytes(largest), largest));
}

Result<Proof> Burner::prove(const std::string& seal_id) const {
    return prove_seal(state_->services, seal_id);
}

Result<std::optional<PoolRoom>> Burner::room(const std::string& pool) const {
    const Config& config = state_->services.config;
    const auto found = config.pools.find(pool);
    if (found == config.pools.end()) return std::nullopt;
    BB_TRY(auto discs, state_->services.catalogue.discs());
    for (DiscRow& disc : discs) {
        if (disc.state != DiscState::open || disc.pool != pool) continue;
        BB_TRY(const std::uint64_t tree, state_->trees.bytes_on(disc));
        disc.free_bytes -= std::min(disc.free_bytes, tree);
    }
    std::vector<PoolDrive> drives;
    for (const std::string& name : found->second.drives) {
        PoolDrive drive{.name = name, .blank_capacity_bytes = state_->schedule.largest_blank_bytes({name})};
        const auto drive_config = config.drives.find(name);
        if (drive_config != config.drives.end() && drive_config->second.blanks)
            drive.has_blanks =
                std::cmp_less(std::ranges::count(discs, name, &DiscRow::drive), *drive_config->second.blanks);
        drives.push_back(std::move(drive));
    }
    return pool_room(discs, pool, drives, found->second.copies);
}

}  // namespace burnbox
