#include "burner/jobs/burner.hpp"

#include <algorithm>
#include <utility>

#include "burner/jobs/begin_anew.hpp"
#include "burner/jobs/burner_state.hpp"
#include "burner/jobs/fewer_copies.hpp"
#include "common/base/log.hpp"
#include "common/base/parts.hpp"

namespace burnbox {
namespace {

constexpr std::chrono::seconds kLookAgain{60};  // even when nothing was announced
constexpr std::chrono::milliseconds kLeastPause{10};
constexpr std::chrono::seconds kBetweenLooks{1};  // at the shelves

}  // namespace

Burner::Burner(const BurnerServices& services, std::vector<std::unique_ptr<Drive>> drives)
    : state_(std::make_unique<State>(services)) {
    for (const std::unique_ptr<Drive>& drive : drives) state_->places.add(*drive);
    for (std::unique_ptr<Drive>& drive : drives)
        state_->loops.push_back(std::make_unique<DriveLoop>(state_->services, state_->schedule,
                                                            state_->conditions, state_->trees, state_->places,
                                                            std::move(drive)));
    state_->forgotten = forget_reasons(services);
    state_->note_promised();
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

// At the start; when the catalogue can't be written to, later.
void Burner::State::note_promised() {
    if (promised_noted) return;
    const Status noted = note_promised_copies(services);
    if (!noted) log::warning("promised copies not noted", log::kv(noted.error()));
    promised_noted = noted.has_value();
}

// What is too large for a disc is split first: recovery data is made for each part.
Result<bool> Burner::State::prepare_step() {
    note_promised();
    tell_reasons_anew(services, std::exchange(forgotten, {}));
    tell_lost_pools(services);
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

void Burner::catalogue_is_older() {
    state_->schedule.set_catalogue_older();
    for (const std::unique_ptr<DriveLoop>& loop : state_->loops) loop->shelf_is_back();
    state_->schedule.changed();
}

void Burner::burn_now(SessionId session) {
    state_->schedule.release(session);
    wake();
}

Result<std::string> Burner::accept_fewer_copies(SessionId session, const std::string& pool) {
    auto accepted = burnbox::accept_fewer_copies(state_->services, state_->schedule, session, pool);
    wake();
    return accepted;
}

std::vector<DriveStatus> Burner::drives() const {
    std::vector<DriveStatus> result;
    for (const std::unique_ptr<DriveLoop>& loop : state_->loops)
        result.push_back(loop->reporter().snapshot());
    return result;
}

}  // namespace burnbox
