#include "server/watch/watches.hpp"

#include <fmt/format.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <deque>
#include <thread>

#include "common/base/log.hpp"
#include "common/base/parts.hpp"
#include "common/base/text.hpp"
#include "common/session/staged_copy.hpp"
#include "common/storage/account_view.hpp"
#include "common/storage/posix_file_system.hpp"
#include "server/watch/watched_folder.hpp"

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

// A watched folder and what it stands on.
struct Place {
    std::unique_ptr<FileSystem> fs;
    std::unique_ptr<Inbox> inbox;
    std::shared_ptr<watch::WatchedFolder> folder;
};

int poll_timeout(std::optional<SteadyTime> next, SteadyTime now) {
    if (!next) return -1;
    if (*next <= now) return 0;
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(*next - now).count();
    return static_cast<int>(std::min<std::int64_t>(left, 60'000));
}

}  // namespace

struct Watches::State {
    explicit State(const UploadServices& given) : services(given) {}

    const UploadServices services;
    std::shared_ptr<Mailbox> mailbox;
    std::vector<std::unique_ptr<Place>> places;
    std::jthread thread;

    Status open(const WatchConfig& config) {
        auto place = std::make_unique<Place>();
        BB_TRY(auto posix, open_posix_file_system(config.path));
        place->fs = make_account_view(std::move(posix), config.account);
        place->inbox = std::make_unique<Inbox>(*place->fs, services.catalogue, config.path);
        services.inbox.add_root(config.path, *place->fs);
        UploadServices own{.config = services.config,
                           .clock = services.clock,
                           .catalogue = services.catalogue,
                           .inbox = *place->inbox,
                           .state_fs = services.state_fs,
                           .events = services.events,
                           .run_blocking = services.run_blocking,
                           .check_fits = services.check_fits,
                           .prove = services.prove,
                           .wake_burner = services.wake_burner,
                           .may_seal = services.may_seal,
                           .check_storage = services.check_storage};
        place->folder = std::make_shared<watch::WatchedFolder>(
            config, own, [box = mailbox](std::function<void()> job) { box->post(std::move(job)); });
        places.push_back(std::move(place));
        return {};
    }

    void run(const std::stop_token& stop) {
        std::vector<pollfd> fds = {{.fd = mailbox->fd(), .events = POLLIN, .revents = 0}};
        for (const auto& place : places)
            fds.push_back({.fd = place->folder->fd(), .events = POLLIN, .revents = 0});
        while (!stop.stop_requested()) {
            std::optional<SteadyTime> next;
            for (const auto& place : places)
                if (const auto time = place->folder->next_time(); time && (!next || *time < *next))
                    next = time;
            if (::poll(fds.data(), fds.size(), poll_timeout(next, services.clock.steady_now())) < 0 &&
                errno != EINTR)
                log::error("watched folders not read",
                           log::kv(errno_error("poll", "watched folders", errno)));
            if (stop.stop_requested()) break;
            for (const auto& place : places) place->folder->take_notices();
            if ((fds.front().revents & POLLIN) != 0) mailbox->run();
            for (const auto& place : places) place->folder->tick();
        }
    }

    [[nodiscard]] watch::WatchedFolder* find(const std::string& account, const std::string& session) const {
        for (const auto& place : places) {
            if (place->folder->config().account != account) continue;
            const auto open = place->folder->open_sessions();
            if (std::ranges::find(open, session, &Uploads::OpenSession::name) != open.end())
                return place->folder.get();
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
    for (const WatchConfig& config : services.config.watch) {
        const Status opened = state->open(config);
        if (opened) continue;
        Error error = opened.error();
        error.message = fmt::format("watched folder: {}; `burnbox check` says how to mend it", error.message);
        return std::unexpected(std::move(error));
    }
    return std::unique_ptr<Watches>(new Watches(std::move(state)));
}

Status Watches::recover() {
    BB_TRY(const auto rows, state_->services.catalogue.sessions(""));
    for (const SessionRow& row : rows) {
        const bool ended = row.state == SessionState::burned || row.state == SessionState::failed;
        if (const auto fs = state_->services.inbox.fs_of(row); !fs && !ended)
            log::warning("session waits for its watched folder",
                         log::kv("session", row.account + "/" + row.disc_name), log::kv(fs.error()));
    }
    for (const auto& place : state_->places) BB_CHECK(place->folder->recover());
    BB_TRY(const auto recovered, state_->services.catalogue.sessions(""));
    std::set<std::string> needed;
    for (const SessionRow& row : recovered)
        if (row.state != SessionState::burned && !row.folder.empty()) needed.insert(row.seal_id);
    return remove_stale_copies(state_->services.state_fs, needed);
}

Status Watches::start() {
    if (state_->places.empty()) return {};
    for (const auto& place : state_->places) BB_CHECK(place->folder->start());
    state_->thread = std::jthread([state = state_.get()](const std::stop_token& stop) {
        (void)guard_part("watched folders", [&] { state->run(stop); });
    });
    return {};
}

void Watches::stop() {
    if (state_->thread.joinable()) {
        state_->thread.request_stop();
        state_->mailbox->wake();
        state_->thread.join();
    }
    state_->mailbox->close();
}

std::vector<Uploads::OpenSession> Watches::open_sessions() const {
    std::vector<Uploads::OpenSession> all;
    for (const auto& place : state_->places)
        for (Uploads::OpenSession& session : place->folder->open_sessions())
            all.push_back(std::move(session));
    return all;
}

bool Watches::has(const std::string& account, const std::string& session) const {
    return state_->find(account, session) != nullptr;
}

void Watches::burn(const std::string& account, const std::string& session, bool again, Done done) {
    watch::WatchedFolder* const folder = state_->find(account, session);
    if (folder == nullptr)
        return done(fail(Errc::not_found, fmt::format("there is no open session {}", escape(session))));
    state_->mailbox->post([folder, session, again, done = std::move(done)]() mutable {
        folder->burn(session, again, std::move(done));
    });
}

}  // namespace burnbox
