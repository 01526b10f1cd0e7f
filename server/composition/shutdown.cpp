#include "server/composition/shutdown.hpp"

#include <fmt/format.h>

#include <boost/asio/post.hpp>

#include "common/base/log.hpp"
#include "server/composition/service_notify.hpp"

namespace burnbox {
namespace {

constexpr std::chrono::seconds kBetweenTells{1};
constexpr std::chrono::seconds kExtension{60};  // of the service manager's patience, from each tell on
constexpr std::chrono::seconds kGrace{3};       // from the second signal to the end, whatever hangs

enum class Percent : std::uint8_t { with, without };

std::string what_is_waited_for(const std::vector<DriveStatus>& writing, const DrainStep& step,
                               Percent percent) {
    std::string text;
    for (const DriveStatus& drive : writing) {
        text += fmt::format("{}finishes {} in drive {}", text.empty() ? "" : "; ",
                            drive.disc.empty() ? "a disc" : "disc " + drive.disc, drive.drive);
        if (percent == Percent::with && drive.progress.total_bytes != 0)
            text += fmt::format(", {} %", 100 * drive.progress.done_bytes / drive.progress.total_bytes);
    }
    return text.empty() ? "waits for " + step.waits_for : text;
}

}  // namespace

Shutdown::Shutdown(boost::asio::io_context& io, EndingServer& server,
                   std::function<void(int exit_code)> end_process)
    : io_(io), server_(server), end_process_(std::move(end_process)), timer_(io) {}

Shutdown::~Shutdown() {
    if (thread_.joinable()) thread_.join();
}

void Shutdown::signal(const std::string& name) {
    if (std::exchange(signalled_, true)) return cut_off();
    log::info("server stopping", log::kv("signal", name),
              log::kv("how", "what is under way comes to its end first; a second signal ends it at once"));
    if (!draining_) begin("burnbox is stopping", "send the marker again when it is back");
}

void Shutdown::part_failed(const std::string& part, const std::string& reason) {
    boost::asio::post(io_, [this, part, reason] {
        exit_code_ = 1;
        if (draining_) return;
        log::error("server ends", log::kv("part", part), log::kv("reason", reason),
                   log::kv("how", "what is under way comes to its end first, then it is to be started anew"));
        begin(fmt::format("burnbox can't keep what it would promise ({}: {}) and ends, to be started anew",
                          part, reason),
              "send the marker again then");
    });
}

void Shutdown::begin(const std::string& reason, const std::string& remedy) {
    draining_ = true;
    went_on_ = std::chrono::steady_clock::now();
    notify_service("STOPPING=1");
    thread_ = std::thread([this, reason, remedy] {
        server_.drain(reason, remedy);
        boost::asio::post(io_, [this] { server_.give_last_answers([this] { io_.stop(); }); });
    });
    tell();
}

// systemd's patience (TimeoutStopSec) is for a server that is silent.
void Shutdown::tell() {
    const DrainStep step = server_.draining();
    if (cut_off_ && std::chrono::steady_clock::now() >= must_be_over_) {
        log::warning("server ended", log::kv("reason", step.waits_for + ": no end was in sight"));
        return end_process_(exit_code_);
    }
    const std::vector<DriveStatus> writing = server_.writing();
    if (is_stuck(step, !writing.empty())) return give_up(step);
    notify_service(fmt::format("EXTEND_TIMEOUT_USEC={}\nSTATUS=Stopping: {}",
                               std::chrono::microseconds(kExtension).count(),
                               what_is_waited_for(writing, step, Percent::with)));
    const std::string what = what_is_waited_for(writing, step, Percent::without);
    if (std::exchange(told_, what) != what) log::info("server stopping", log::kv("waits", what));
    timer_.expires_after(kBetweenTells);
    timer_.async_wait([this](const boost::system::error_code& error) {
        if (!error) tell();
    });
}

bool Shutdown::is_stuck(const DrainStep& step, bool writes) {
    const auto now = std::chrono::steady_clock::now();
    if (writes || std::exchange(step_, step.number) != step.number) went_on_ = now;
    return now - went_on_ > step.patience;
}

// Nothing that is lost by it: what the next start finds is what kill -9 leaves.
void Shutdown::give_up(const DrainStep& step) {
    log::warning("server ended", log::kv("reason", fmt::format("{}: no end after {} s", step.waits_for,
                                                               step.patience.count() / 1000)));
    server_.give_last_answers([this] { end_process_(exit_code_); });
}

void Shutdown::cut_off() {
    if (std::exchange(cut_off_, true)) return;
    must_be_over_ = std::chrono::steady_clock::now() + kGrace;
    if (!server_.writing().empty()) {
        exit_code_ = 1;
        log::warning("burn cut off", log::kv("reason", "a second signal; the next start judges the disc"));
    }
    server_.cut_off();
}

}  // namespace burnbox
