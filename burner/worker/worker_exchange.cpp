#include "burner/worker/worker_exchange.hpp"

#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <optional>

#include "common/base/text.hpp"
#include "common/process/exit_text.hpp"

namespace burnbox {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

// A verify report of a million files is some 300 MB.
constexpr std::size_t kLongestLine = 1U << 30U;

Status send(int fd, std::string_view text) {
    while (!text.empty()) {
        const ssize_t sent = ::write(fd, text.data(), text.size());
        if (sent < 0 && errno == EINTR) continue;
        if (sent < 0) return fail_errno("write to", "the worker");
        text.remove_prefix(static_cast<std::size_t>(sent));
    }
    return {};
}

class Conversation {
  public:
    Conversation(Child& worker, const WorkerJob& job, const WorkerPatience& patience, BurnObserver* observer)
        : worker_(worker), job_(job), patience_(patience), observer_(observer) {}

    Result<WorkerLine> run();
    [[nodiscard]] bool is_to_be_killed() const { return is_to_be_killed_; }

  private:
    milliseconds longest_stall() const;
    Error hang(Clock::time_point since);
    std::string what() const {
        const bool has_drive = job_.operation != WorkerOperation::prove;
        return std::string(to_string(job_.operation)) + " " + (has_drive ? job_.device.path : "a session");
    }
    // The next line without its end; nothing at end of file.
    Result<std::optional<std::string>> next_line();
    Status wait_readable();
    Status answer_plan(const BurnPlan& plan);
    void note_progress(const Progress& progress);
    Error worker_ended();

    Child& worker_;
    const WorkerJob& job_;
    const WorkerPatience& patience_;
    BurnObserver* observer_;
    std::string buffer_;
    std::size_t searched_ = 0;
    std::optional<Error> refusal_;  // what about_to_write answered
    std::optional<Progress> last_progress_;
    bool writing_ = false;          // leave was given
    bool is_to_be_killed_ = false;  // it hangs, or talks nonsense
    Clock::time_point last_line_ = Clock::now();
    Clock::time_point last_change_ = Clock::now();
};

// How long the step that runs now may take without progress.
milliseconds Conversation::longest_stall() const {
    switch (job_.operation) {
        case WorkerOperation::look:
            return patience_.look;
        case WorkerOperation::inspect:
        case WorkerOperation::adjudicate:
        case WorkerOperation::eject:
        case WorkerOperation::load:
            return patience_.inspect;
        case WorkerOperation::verify:
        case WorkerOperation::contents:
            return patience_.verify;
        case WorkerOperation::prove:
            return patience_.prove;
        case WorkerOperation::burn:
            break;
    }
    if (!writing_) return patience_.prepare;
    const bool all_sent = last_progress_ && last_progress_->total_bytes != 0 &&
                          last_progress_->done_bytes >= last_progress_->total_bytes;
    return all_sent ? patience_.close : patience_.write;
}

Error Conversation::hang(Clock::time_point since) {
    is_to_be_killed_ = true;
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(Clock::now() - since).count();
    const bool emulated = job_.device.emulated();
    if (job_.operation == WorkerOperation::prove)
        return {Errc::timeout, 0,
                what() + ": no answer for " + std::to_string(seconds) + " s; the worker was ended"};
    return {emulated ? Errc::timeout : Errc::unreachable, 0,
            what() + ": no progress for " + std::to_string(seconds) + " s; the worker was ended. " +
                (emulated ? "Look after the disk with the images" : "The drive hangs: switch it off and on")};
}

Status Conversation::wait_readable() {
    for (;;) {
        const auto deadline = std::min(last_line_ + patience_.silence, last_change_ + longest_stall());
        const auto left = std::chrono::ceil<milliseconds>(deadline - Clock::now());
        if (left.count() <= 0) return std::unexpected(hang(last_change_));
        pollfd readable{worker_.out(), POLLIN, 0};
        const int ready =
            ::poll(&readable, 1, static_cast<int>(std::min<milliseconds::rep>(left.count(), 60'000)));
        if (ready > 0) return {};
        if (ready < 0 && errno != EINTR) return fail_errno("wait for", "the worker");
    }
}

Result<std::optional<std::string>> Conversation::next_line() {
    for (;;) {
        const std::size_t end = buffer_.find('\n', searched_);
        if (end != std::string::npos) {
            std::string line = buffer_.substr(0, end);
            buffer_.erase(0, end + 1);
            searched_ = 0;
            last_line_ = Clock::now();
            return line;
        }
        searched_ = buffer_.size();
        if (buffer_.size() > kLongestLine) return fail(Errc::io, what() + ": the worker's answer has no end");
        BB_CHECK(wait_readable());
        std::array<char, 65536> part;
        const ssize_t got = ::read(worker_.out(), part.data(), part.size());
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return fail_errno("read from", "the worker");
        if (got == 0) return std::nullopt;
        buffer_.append(part.data(), static_cast<std::size_t>(got));
    }
}

Status Conversation::answer_plan(const BurnPlan& plan) {
    Status answer = observer_ != nullptr ? observer_->about_to_write(plan)
                                         : fail(Errc::io, what() + ": the worker wants to write unasked");
    last_line_ = last_change_ = Clock::now();
    writing_ = answer.has_value();
    if (answer) return send(worker_.in(), std::string(kGoLine) + "\n");
    refusal_ = answer.error();
    worker_.close_in();  // end of file cancels
    return {};
}

void Conversation::note_progress(const Progress& progress) {
    const bool moved = !last_progress_ || last_progress_->done_bytes != progress.done_bytes ||
                       last_progress_->total_bytes != progress.total_bytes;
    if (moved) last_change_ = Clock::now();
    last_progress_ = progress;
    if (observer_ != nullptr) observer_->progress(progress);
}

bool reads_a_disc(WorkerOperation operation) {
    return operation != WorkerOperation::burn && operation != WorkerOperation::prove;
}

// Who ends a worker (the system, short of memory) says nothing about the disc that it was reading.
Error Conversation::worker_ended() {
    const Result<int> code = worker_.wait();
    if (!code) return code.error();
    return {reads_a_disc(job_.operation) ? Errc::timeout : Errc::io, 0,
            what() + ": the worker ended with " + exit_text(*code) + " before it had a result"};
}

Result<WorkerLine> Conversation::run() {
    BB_TRY(const std::string request, to_line(job_));
    if (const Status sent = send(worker_.in(), request); !sent) return std::unexpected(worker_ended());
    for (;;) {
        BB_TRY(const std::optional<std::string> text, next_line());
        if (!text) {
            if (refusal_) return std::unexpected(*refusal_);
            return std::unexpected(worker_ended());
        }
        auto parsed = parse_worker_line(*text);
        is_to_be_killed_ = !parsed;
        if (!parsed) return std::unexpected(std::move(parsed).error());
        WorkerLine line = std::move(*parsed);
        if (const auto* plan = std::get_if<BurnPlan>(&line)) {
            BB_CHECK(answer_plan(*plan));
        } else if (const auto* progress = std::get_if<Progress>(&line)) {
            note_progress(*progress);
        } else if (refusal_) {
            return std::unexpected(*refusal_);
        } else if (const auto* error = std::get_if<Error>(&line)) {
            return std::unexpected(*error);
        } else {
            return line;
        }
    }
}

}  // namespace

Conversed converse(Child& worker, const WorkerJob& job, const WorkerPatience& patience,
                   BurnObserver* observer) {
    std::signal(SIGPIPE, SIG_IGN);  // a worker that died is an error here, not the end of the server
    Conversation conversation(worker, job, patience, observer);
    Result<WorkerLine> line = conversation.run();
    worker.close_in();
    return {std::move(line), !conversation.is_to_be_killed()};
}

bool ends_within(Child& worker, milliseconds time) {
    const auto deadline = std::chrono::steady_clock::now() + time;
    for (;;) {
        const auto left = std::max(
            std::chrono::ceil<milliseconds>(deadline - std::chrono::steady_clock::now()), milliseconds(0));
        pollfd ended{worker.ended(), POLLIN, 0};
        const int ready = ::poll(&ended, 1, static_cast<int>(left.count()));
        if (ready > 0) return true;
        if (ready == 0 || errno != EINTR) return false;
    }
}

}  // namespace burnbox
