#include "burner/worker/worker.hpp"

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <chrono>
#include <condition_variable>
#include <csignal>
#include <mutex>
#include <optional>
#include <thread>

#include "burner/worker/worker_protocol.hpp"
#include "common/base/unique_fd.hpp"

namespace burnbox {
namespace {

constexpr int kServerGone = 3;  // exit code
constexpr std::chrono::milliseconds kBetweenProgress{200};
constexpr std::chrono::milliseconds kHeartbeat{1000};

// The way to the server. Lines may come from the operation and from the heartbeat.
class Reporter {
  public:
    explicit Reporter(UniqueFd out) : out_(std::move(out)) {}

    void send(const WorkerLine& line) {
        const std::scoped_lock lock(mutex_);
        write_line(line);
    }

    void progress(const Progress& progress) {
        const std::scoped_lock lock(mutex_);
        last_ = progress;
        const auto now = std::chrono::steady_clock::now();
        if (now < next_) return;
        next_ = now + kBetweenProgress;
        write_line(progress);
    }

    void heartbeat() {
        const std::scoped_lock lock(mutex_);
        write_line(last_);
    }

  private:
    // A server that is gone is noticed on standard input; here it is no error.
    void write_line(const WorkerLine& line) {
        const std::string text = to_line(line);
        std::size_t done = 0;
        while (done < text.size()) {
            const ssize_t sent = ::write(out_.get(), text.data() + done, text.size() - done);
            if (sent < 0 && errno != EINTR) return;
            if (sent > 0) done += static_cast<std::size_t>(sent);
        }
    }

    UniqueFd out_;
    std::mutex mutex_;
    Progress last_;
    std::chrono::steady_clock::time_point next_;
};

// Standard input by lines, without reading ahead of them.
std::optional<std::string> read_line() {
    std::string line;
    for (;;) {
        char c = 0;
        const ssize_t got = ::read(STDIN_FILENO, &c, 1);
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0) return std::nullopt;
        if (c == '\n') return line;
        line += c;
    }
}

// Sends a line each second, so that the server sees the worker alive, and ends the process when the server is
// gone, where that does no harm: a real burn goes on to its end, because a cut one spoils the disc.
class Watch {
  public:
    explicit Watch(Reporter& reporter)
        : thread_([this, &reporter](std::stop_token stop) { run(reporter, stop); }) {}

    std::atomic<bool> end_with_server = false;

  private:
    void run(Reporter& reporter, const std::stop_token& stop) {
        std::mutex mutex;
        std::condition_variable_any wake;
        std::unique_lock lock(mutex);
        while (!wake.wait_for(lock, stop, kHeartbeat, [] { return false; }) && !stop.stop_requested()) {
            pollfd input{STDIN_FILENO, 0, 0};
            if (end_with_server && ::poll(&input, 1, 0) > 0 && (input.revents & (POLLHUP | POLLERR)) != 0)
                ::_exit(kServerGone);
            reporter.heartbeat();
        }
    }

    std::jthread thread_;  // last: it uses the rest
};

class ServerObserver final : public BurnObserver {
  public:
    ServerObserver(Reporter& reporter, Watch& watch, bool emulated)
        : reporter_(reporter), watch_(watch), emulated_(emulated) {}

    Status about_to_write(const BurnPlan& plan) override {
        reporter_.send(plan);
        const std::optional<std::string> answer = read_line();
        if (answer != kGoLine) return fail(Errc::cancelled, "the server did not give leave to write");
        watch_.end_with_server = emulated_;
        return {};
    }

    void progress(const Progress& progress) override { reporter_.progress(progress); }

  private:
    Reporter& reporter_;
    Watch& watch_;
    const bool emulated_;
};

template <typename T>
WorkerLine answer(Result<T> result) {
    if (result) return WorkerLine(std::move(*result));
    return WorkerLine(std::move(result).error());
}

WorkerLine operate(const WorkerJob& job, Reporter& reporter, Watch& watch) {
    ServerObserver observer(reporter, watch, job.device.emulated());
    watch.end_with_server = job.operation != WorkerOperation::burn;
    switch (job.operation) {
        case WorkerOperation::inspect:
            return answer(inspect_disc(job.device));
        case WorkerOperation::burn:
            return answer(burn_disc(job.device, job.burn, observer));
        case WorkerOperation::prove:
            return answer(prove_sessions(job.burn));
        case WorkerOperation::verify:
            return answer(verify_disc(job.device, job.burn, job.disc_session, observer));
        case WorkerOperation::look:
            return answer(look_at(job.device));
        case WorkerOperation::adjudicate:
            return answer(adjudicate_disc(job.device, job.burn, job.disc_session, job.start_lba));
        case WorkerOperation::contents:
            return answer(contents_of_disc(job.device, job.burn.disc, job.disc_session));
        case WorkerOperation::eject:
            return answer(eject_disc(job.device));
        case WorkerOperation::load:
            return answer(load_disc(job.device));
    }
    return Error{Errc::invalid, 0, "unknown operation"};
}

}  // namespace

int worker_main() {
    // Ctrl-C, a terminal that closes and `systemctl kill` reach every process: when a worker ends is the
    // server's decision.
    for (const int number : {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGPIPE, SIGXFSZ})
        std::signal(number, SIG_IGN);
    // The libraries may print: what is for the server must stay clean.
    Reporter reporter(UniqueFd(::fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3)));
    ::dup2(STDERR_FILENO, STDOUT_FILENO);

    const std::optional<std::string> request = read_line();
    if (!request) return kServerGone;
    const Result<WorkerJob> job = parse_worker_job(*request);
    if (!job) {
        reporter.send(job.error());
        return 1;
    }
    Watch watch(reporter);
    const WorkerLine result = operate(*job, reporter, watch);
    reporter.send(result);
    return std::holds_alternative<Error>(result) ? 1 : 0;
}

}  // namespace burnbox
