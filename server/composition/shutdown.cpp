#include "server/composition/shutdown.hpp"

#include <fmt/format.h>

#include <boost/asio/post.hpp>
#include <cstdlib>

#include "common/base/log.hpp"
#include "server/composition/service_notify.hpp"

namespace burnbox {
namespace {

constexpr std::chrono::seconds kBetweenTells{1};
constexpr std::chrono::seconds kExtension{60};  // of the service manager's patience, from each tell on
constexpr std::chrono::seconds kGrace{3};       // from the second signal to the end, whatever hangs

enum class Percent : std::uint8_t { with, without };

std::string what_is_waited_for(const std::vector<DriveStatus>& writing, Percent percent) {
    std::string text;
    for (const DriveStatus& drive : writing) {
        text += fmt::format("{}finishes {} in drive {}", text.empty() ? "" : "; ",
                            drive.disc.empty() ? "a disc" : "disc " + drive.disc, drive.drive);
        if (percent == Percent::with && drive.progress.total_bytes != 0)
            text += fmt::format(", {} %", 100 * drive.progress.done_bytes / drive.progress.total_bytes);
    }
    return text.empty() ? "ends what is under way" : text;
}

}  // namespace

Shutdown::Shutdown(boost::asio::io_context& io, Composition& server) : io_(io), server_(server), timer_(io) {}

Shutdown::~Shutdown() {
    if (thread_.joinable()) thread_.join();
}

void Shutdown::signal(const std::string& name) {
    if (draining_) return cut_off();
    log::info("server stopping", log::kv("signal", name),
              log::kv("how", "what is under way comes to its end first; a second signal ends it at once"));
    begin("burnbox is stopping", "send the marker again when it is back");
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
    notify_service("STOPPING=1");
    thread_ = std::thread([this, reason, remedy] {
        server_.drain(reason, remedy);
        boost::asio::post(io_, [this] { server_.give_last_answers([this] { io_.stop(); }); });
    });
    tell();
}

// systemd's patience (TimeoutStopSec) is for a server that is silent.
void Shutdown::tell() {
    if (cut_off_ && std::chrono::steady_clock::now() >= must_be_over_) {
        log::warning("server ended", log::kv("reason", "something does not come to its end"));
        std::_Exit(exit_code_);
    }
    const std::vector<DriveStatus> writing = server_.writing();
    notify_service(fmt::format("EXTEND_TIMEOUT_USEC={}\nSTATUS=Stopping: {}",
                               std::chrono::microseconds(kExtension).count(),
                               what_is_waited_for(writing, Percent::with)));
    const std::string what = what_is_waited_for(writing, Percent::without);
    if (std::exchange(told_, what) != what) log::info("server stopping", log::kv("waits", what));
    timer_.expires_after(kBetweenTells);
    timer_.async_wait([this](const boost::system::error_code& error) {
        if (!error) tell();
    });
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
