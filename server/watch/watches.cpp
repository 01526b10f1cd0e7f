#include "server/watch/watches.hpp"

#include <fmt/format.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <deque>
#include <set>
#include <thread>

#include "common/base/log.hpp"
#include "common/base/parts.hpp"
#include "common/base/text.hpp"
#include "common/inbox/staged_copy.hpp"
#include "common/storage/access_problem.hpp"
#include "server/watch/watched_place.hpp"

namespace burnbox {
namespace {

// Jobs for the watch thread; lives on for those that come after its end, which nobody runs.
class Mailbox {
  public:
    explicit Mailbox(UniqueFd fd) : fd_(std::move(fd)) {}
    void post(std::function<void()> job) {
        {
            const std::lock_guard lock(mutex_);
            if (closed_) return;
            jobs_.push_back(std::move(job));
        }
        wake();
    }
    void wake() const {
        const std::uint64_t one = 1;
        (void)!::write(fd_.get(), &one, sizeof one);
    }
    void run() {
        std::uint64_t count = 0;
        (void)!::read(fd_.get(), &count, sizeof count);
        std::deque<std::function<void()>> jobs;
        {
            const std::lock_guard lock(mutex_);
            jobs.swap(jobs_);
        }
        for (const auto& job : jobs) job();
    }
    void close() {
        std::deque<std::function<void()>> jobs;  // destroyed after the lock
        const std::lock_guard lock(mutex_);
        closed_ = true;
        jobs.swap(jobs_);
    }
    [[nodiscard]] int fd() const { return fd_.get(); }

  private:
    UniqueFd fd_;
    std::mutex mutex_;
    std::deque<std::function<void()>> jobs_;
    bool closed_ = false;
};

constexpr std::chrono::seconds kBetweenLooks{2};  // for a folder that is away, or went away
constexpr std::chrono::minutes kAfterTrouble{1};  // one is there, but can't be used

int poll_timeout(SteadyTime next, SteadyTime now) {
    if (next <= now) return 0;
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(next - now).count();
    return static_cast<int>(std::min<std::int64_t>(left, 60'000));
}

}  // namespace

struct Watches::State {
    explicit State(const UploadServices& given) : services(given) {}

    const UploadServices services;
    std::shared_ptr<Mailbox> mailbox;
    std::vector<std::unique_ptr<watch::WatchedPlace>> places;
    SteadyTime next_look{};
    mutable std::mutex at_work_mutex;  // guards at_work
    std::string at_work;
    std::jthread thread;

    // One that is away, or closed to us, is tried again.
    Status open(watch::WatchedPlace& place) {
        Status opened = place.open();
        if (opened) opened = place.recover();
        if (opened) {
            place.publish();
            return {};
        }
        if (opened.error().code != Errc::unreachable && opened.error().code != Errc::permission)
            return opened;
        const std::string why = reason_of(place, opened.error());
        place.retire(why);
        tell(place, why);
        return {};
    }

    // With the line that mends it, where a folder is closed to us.
    static std::string reason_of(const watch::WatchedPlace& place, const Error& error) {
        if (error.code != Errc::permission) return error.message;
        return access_problem(place.config().path, R_OK | W_OK | X_OK)
            .value_or(fmt::format("{}: {}; `burnbox check` says how to mend it", place.config().path,
                                  error.message));
    }

    void tell(const watch::WatchedPlace& place, const std::string& why) const {
        if (services.folder_is_away) services.folder_is_away(place.config().path, why);
    }

    // On the watch thread.
    void look_at_places() {
        const SteadyTime now = services.clock.steady_now();
        if (now < next_look) return;
        next_look = now + kBetweenLooks;
        for (const auto& place : places) {
            is_at(place->config().path);
            const auto folder = place->folder();
            const Status there = folder ? place->check_in_place() : fail(Errc::unreachable, "");
            if (!there && folder) {
                place->retire(there.error().message);
                tell(*place, there.error().message);
                services.wake_burner();  // its sessions get the reason
            } else if (!there) {
                come_back(*place);
            }
        }
        is_at("");
    }

    void is_at(const std::string& folder) {
        const std::lock_guard lock(at_work_mutex);
        at_work = folder;
    }

    void come_back(watch::WatchedPlace& place) {
        Status back = place.open();
        if (back) back = place.recover();
        if (back) back = place.start();
        if (!back) {
            if (back.error().code != Errc::unreachable && back.error().code != Errc::permission)
                next_look = services.clock.steady_now() + kAfterTrouble;
            const std::string why = reason_of(place, back.error());
            place.retire(why);
            return tell(place, why);
        }
        place.publish();
        tell(place, "");
        services.wake_burner();
    }

    [[nodiscard]] std::vector<std::shared_ptr<watch::WatchedFolder>> folders() const {
        std::vector<std::shared_ptr<watch::WatchedFolder>> all;
        for (const auto& place : places)
            if (auto folder = place->folder()) all.push_back(std::move(folder));
        return all;
    }

    void run(const std::stop_token& stop) {
        while (!stop.stop_requested()) {
            const auto there = folders();
            std::vector<pollfd> fds = {{.fd = mailbox->fd(), .events = POLLIN, .revents = 0}};
            SteadyTime next = next_look;
            for (const auto& folder : there) {
                fds.push_back({.fd = folder->fd(), .events = POLLIN, .revents = 0});
                if (const auto time = folder->next_time()) next = std::min(next, *time);
            }
            if (::poll(fds.data(), fds.size(), poll_timeout(next, services.clock.steady_now())) < 0 &&
                errno != EINTR)
                log::error("watched folders not read",
                           log::kv(errno_error("poll", "watched folders", errno)));
            if (stop.stop_requested()) break;
            for (const auto& folder : there) {
                is_at(folder->config().path);
                folder->take_notices();
            }
            if ((fds.front().revents & POLLIN) != 0) mailbox->run();
            for (const auto& folder : there) {
                is_at(folder->config().path);
                folder->tick();
            }
            look_at_places();
            is_at("");
        }
    }

    [[nodiscard]] std::shared_ptr<watch::WatchedFolder> find(const std::string& path,
                                                             const std::string& session) const {
        for (auto& folder : folders()) {
            if (folder->config().path != path) continue;
            const auto open = folder->open_sessions();
            if (std::ranges::find(open, session, &OpenSessionStatus::name) != open.end()) return folder;
        }
        return nullptr;
    }
};

Watches::Watches(std::unique_ptr<State> state) : state_(std::move(state)) {}
Watches::~Watches() {
    stop();
}

Result<std::unique_ptr<Watches>> Watches::open(const UploadServices& services) {
    auto state = std::make_unique<State>(services);
    UniqueFd fd(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
    if (!fd) return fail_errno("make", "eventfd");
    state->mailbox = std::make_shared<Mailbox>(std::move(fd));
    const ConfigSnapshot current = services.config.snapshot();
    for (const WatchConfig& config : current->watch) {
        auto place = std::make_unique<watch::WatchedPlace>(
            config, state->services,
            [box = state->mailbox](std::function<void()> job) { box->post(std::move(job)); });
        state->places.push_back(std::move(place));
    }
    return std::unique_ptr<Watches>(new Watches(std::move(state)));
}

Status Watches::recover() {
    for (const auto& place : state_->places) {
        const Status opened = state_->open(*place);
        if (opened) continue;
        Error error = opened.error();
        error.message = fmt::format("watched folder: {}; `burnbox check` says how to mend it", error.message);
        return std::unexpected(std::move(error));
    }
    BB_TRY(const auto rows, state_->services.catalogue.sessions(""));
    std::set<std::string> needed;
    for (const SessionRow& row : rows) {
        if (row.state != SessionState::burned && !row.folder.empty()) needed.insert(row.seal_id);
        const bool ended = row.state == SessionState::burned || row.state == SessionState::failed;
        if (const auto fs = state_->services.inbox.fs_of(row); !fs && !ended)
            log::warning("session waits for its watched folder",
                         log::kv("session", row.account + "/" + row.disc_name), log::kv(fs.error()));
    }
    return remove_stale_copies(state_->services.state_fs, needed);
}

Status Watches::start() {
    if (state_->places.empty()) return {};
    for (const auto& folder : state_->folders()) BB_CHECK(folder->start());
    state_->thread = std::jthread([state = state_.get()](const std::stop_token& stop) {
        (void)guard_part("watched folders", [&] { state->run(stop); });
        state->mailbox->close();
    });
    return {};
}

void Watches::end() {
    state_->thread.request_stop();
    state_->mailbox->close();
    state_->mailbox->wake();
}

void Watches::stop() {
    end();
    if (state_->thread.joinable()) state_->thread.join();
}

std::string Watches::at_work() const {
    const std::lock_guard lock(state_->at_work_mutex);
    return state_->at_work;
}

std::vector<OpenSessionStatus> Watches::open_sessions() const {
    std::vector<OpenSessionStatus> all;
    for (const auto& folder : state_->folders())
        for (OpenSessionStatus& session : folder->open_sessions()) all.push_back(std::move(session));
    return all;
}

void Watches::burn(const std::string& path, const std::string& session, bool again, Done done) {
    const auto folder = state_->find(path, session);
    if (folder == nullptr)
        return done(fail(Errc::not_found, fmt::format("there is no open session {}", escape(session))));
    state_->mailbox->post([folder, session, again, done = answered_at_last(std::move(done))]() mutable {
        folder->burn(session, again, std::move(done));
    });
}

}  // namespace burnbox
