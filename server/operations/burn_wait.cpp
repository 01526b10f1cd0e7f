#include "server/operations/burn_wait.hpp"

#include <fmt/format.h>

#include <map>
#include <mutex>
#include <utility>

#include "common/base/text.hpp"
#include "server/operations/receipt_text.hpp"
#include "server/operations/session_lookup.hpp"

namespace burnbox {
namespace {

// What is watched. It does not own its subscription: an event's thread may hold the last reference to this
// for a moment, and the end of a subscription waits for that thread.
struct Watch {
    explicit Watch(const Asked& request) : sink(request.sink), account(request.account) {}

    std::weak_ptr<CommandSink> sink;
    std::string account;  // who asked; empty = the administrator

    std::mutex mutex;       // guards what follows
    SessionId session = 0;  // 0 = not known yet
    bool looking = false;   // a look is posted or runs
    bool look_again = false;

    std::string said;  // the latest line; touched by the look only
};

// The end of the wait, or what to say meanwhile.
struct Finding {
    std::optional<int> exit_code;
    std::string out, line;
};

std::string where_it_burns(const OperationServices& services, SessionId id) {
    for (const DriveStatus& drive : services.drives()) {
        for (const SessionId session : drive.sessions) {
            const auto row = services.catalogue.session(session);
            if (!row || row->whole_or_self() != id) continue;
            return fmt::format("{} on {} in drive {}",
                               row->is_part() ? fmt::format(" part {} of {}", row->part, row->parts) : "",
                               drive.disc.empty() ? "a new disc" : drive.disc, drive.drive);
        }
    }
    return "";
}

// The folder gets its last name after the receipt was written: then, and not before, the session is done for
// its sender.
bool is_finished(const SessionRow& row) {
    return row.state == SessionState::burned &&
           (row.folder.empty() ||
            (row.folder_next.empty() && parse_folder(row.folder).state == FolderState::burned));
}

Finding look_at(const OperationServices& services, const std::string& account, SessionId id) {
    const Result<SessionRow> row = services.catalogue.session(id);
    if (!row && row.error().code != Errc::not_found)
        return {.exit_code = 1, .out = "", .line = row.error().message};
    if (!row || row->state == SessionState::withdrawn)
        return {.exit_code = 1, .out = "", .line = "the session was taken back before it was burned"};
    const std::string name =
        escape(account.empty() ? fmt::format("{}/{}", row->account, row->disc_name) : row->disc_name);
    const std::string because = row->reason.empty() ? "" : ": " + escape(row->reason);
    switch (row->state) {
        case SessionState::queued:
            return {.exit_code = {}, .out = "", .line = fmt::format("{} is queued{}", name, because)};
        case SessionState::burning:
            return {.exit_code = {},
                    .out = "",
                    .line = fmt::format("{} is burning{}", name, where_it_burns(services, id))};
        case SessionState::verifying:
            return {.exit_code = {},
                    .out = "",
                    .line = fmt::format("{} is verifying{}", name, where_it_burns(services, id))};
        case SessionState::failed:
            return {.exit_code = 1, .out = "", .line = fmt::format("{} failed{}", name, because)};
        case SessionState::burned:
        case SessionState::withdrawn:
            break;
    }
    if (!is_finished(*row))
        return {
            .exit_code = {}, .out = "", .line = fmt::format("{} is burned and verified{}", name, because)};
    auto receipt = receipt_text(services.catalogue, services.inbox, *row);
    if (!receipt)
        return {.exit_code = 1,
                .out = "",
                .line = fmt::format("{} is burned; {}", name, receipt.error().message)};
    return {.exit_code = 0, .out = std::move(*receipt), .line = ""};
}

void end_wait(const Watch& watch, const std::string& reason) {
    const auto sink = watch.sink.lock();
    if (!sink) return;
    sink->error(reason);
    sink->finish(3);
}

}  // namespace

class BurnWaits::Wait {
  public:
    std::shared_ptr<Watch> watch;
    std::shared_ptr<void> subscription;
};

struct BurnWaits::State : std::enable_shared_from_this<State> {
    explicit State(const OperationServices& operation_services) : services(operation_services) {}

    const OperationServices& services;
    std::mutex mutex;  // guards waits and over
    std::map<const Watch*, std::shared_ptr<Wait>> waits;
    std::string over;    // why nobody waits any more
    ThreadPool pool{2};  // at most one job per wait; waits are as many as clients

    void schedule(const std::shared_ptr<Watch>& watch) {
        {
            const std::lock_guard lock(watch->mutex);
            if (watch->session == 0) return;
            if (std::exchange(watch->looking, true)) {
                watch->look_again = true;
                return;
            }
        }
        (void)pool.post([this, watch] { look(*watch); });  // refused only once everything stops
    }

    void look(Watch& watch) {
        for (bool again = true; again;) {
            if (!step(watch)) return forget(&watch);
            const std::lock_guard lock(watch.mutex);
            again = std::exchange(watch.look_again, false);
            if (!again) watch.looking = false;
        }
    }

    // False at the wait's end.
    bool step(Watch& watch) {
        const auto sink = watch.sink.lock();
        if (!sink) return false;
        Finding finding = look_at(services, watch.account, watch.session);
        if (!finding.line.empty() && finding.line != watch.said) sink->error(finding.line);
        watch.said = finding.line;
        if (!finding.exit_code) return true;
        if (!finding.out.empty()) sink->out(std::move(finding.out));
        sink->finish(*finding.exit_code);
        return false;
    }

    void forget(const Watch* watch) {
        std::shared_ptr<Wait> dropped;  // after the lock is open: the end of a subscription may wait
        const std::lock_guard lock(mutex);
        if (const auto it = waits.find(watch); it != waits.end()) {
            dropped = std::move(it->second);
            waits.erase(it);
        }
    }

    // Those whose client left without an event coming by since.
    void sweep() {
        std::map<const Watch*, std::shared_ptr<Wait>> dropped;
        const std::lock_guard lock(mutex);
        for (auto it = waits.begin(); it != waits.end();) {
            const auto next = std::next(it);
            if (it->second->watch->sink.expired()) dropped.insert(waits.extract(it));
            it = next;
        }
    }
};

BurnWaits::BurnWaits(const OperationServices& services) : state_(std::make_shared<State>(services)) {}

BurnWaits::~BurnWaits() {
    stop();
}

std::shared_ptr<BurnWaits::Wait> BurnWaits::begin(const Asked& asked) {
    state_->sweep();
    auto wait = std::make_shared<Wait>();
    wait->watch = std::make_shared<Watch>(asked);
    wait->subscription = state_->services.events.subscribe(
        [weak_state = std::weak_ptr(state_), weak = std::weak_ptr(wait->watch)](const Event& /*event*/) {
            const auto state = weak_state.lock();
            const auto watch = weak.lock();
            if (state && watch) state->schedule(watch);
        });
    return wait;
}

void BurnWaits::follow(std::shared_ptr<Wait> wait, SessionId session) {
    const std::shared_ptr<Watch> watch = wait->watch;
    {
        const std::lock_guard lock(watch->mutex);
        watch->session = session;
    }
    {
        // drain() ends it, or finds it.
        const std::lock_guard lock(state_->mutex);
        if (!state_->over.empty()) return end_wait(*watch, state_->over);
        state_->waits.emplace(watch.get(), std::move(wait));
    }
    state_->schedule(watch);
}

void BurnWaits::drain(const std::string& reason) {
    std::map<const Watch*, std::shared_ptr<Wait>> waits;  // let go of after the lock is open
    const std::lock_guard lock(state_->mutex);
    state_->over = reason + ": the session is sealed, and burnbox goes on with it after its next start";
    waits.swap(state_->waits);
    for (const auto& [watch, wait] : waits) end_wait(*watch, state_->over);
}

void BurnWaits::stop() {
    std::map<const Watch*, std::shared_ptr<Wait>> waits;
    {
        const std::lock_guard lock(state_->mutex);
        waits.swap(state_->waits);
    }
    waits.clear();
    state_->pool.stop();
}

}  // namespace burnbox
