#include "burner/parity/par2.hpp"

#include <fmt/format.h>
#include <poll.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <chrono>

#include "common/base/text.hpp"
#include "common/process/exit_text.hpp"

namespace burnbox {
namespace {

using SteadyClock = std::chrono::steady_clock;

constexpr std::chrono::milliseconds kBetweenAsking{200};
constexpr std::chrono::minutes kMostSilence{30};  // it says every thousandth part that is done
constexpr unsigned kMemoryMiB = 512;              // with more recovery data it reads the files several times
constexpr int kNotFound = 127;                    // how nice says it
constexpr std::size_t kKeptOutput = 2000;

// Takes the newest "Processing: 12.3%" out of what it printed.
double newest_percent(std::string_view output, double before) {
    constexpr std::string_view kWord = "Processing: ";
    const std::size_t at = output.rfind(kWord);
    if (at == std::string_view::npos) return before;
    const std::string_view number = output.substr(at + kWord.size());
    double percent = before;
    std::from_chars(number.data(), number.data() + number.size(), percent);
    return percent;
}

class Par2Run {
  public:
    Par2Run(Child child, const ParityOrder& order, const ParityProgram::GoOn& go_on)
        : child_(std::move(child)), order_(order), go_on_(go_on) {}

    Status wait() {
        child_.close_in();
        for (;;) {
            if (!go_on_(percent_)) return end(Errc::cancelled, "it is not wanted any more");
            if (SteadyClock::now() - last_output_ > kMostSilence)
                return end(Errc::timeout, "it made no progress and was ended");
            pollfd readable[] = {{out_open_ ? child_.out() : -1, POLLIN, 0},
                                 {errors_open_ ? child_.err() : -1, POLLIN, 0}};
            if (::poll(readable, 2, static_cast<int>(kBetweenAsking.count())) <= 0) continue;
            if (readable[0].revents != 0) out_open_ = take(child_.out());
            if (readable[1].revents != 0) errors_open_ = take(child_.err());
            if (!out_open_ && !errors_open_) return judge();
        }
    }

  private:
    // False at its end.
    bool take(int fd) {
        std::array<char, 4096> part;
        const ssize_t got = ::read(fd, part.data(), part.size());
        if (got <= 0) return got < 0 && errno == EINTR;
        last_output_ = SteadyClock::now();
        output_.append(part.data(), static_cast<std::size_t>(got));
        percent_ = newest_percent(output_, percent_);
        if (output_.size() > kKeptOutput) output_.erase(0, output_.size() - kKeptOutput);
        return true;
    }

    std::unexpected<Error> end(Errc code, std::string_view why) {
        child_.kill();
        (void)child_.wait();
        return fail(code, fmt::format("make recovery data {}: {}", order_.output, why));
    }

    Status judge() {
        BB_TRY(const int exit_code, child_.wait());
        if (exit_code == 0) return {};
        if (exit_code == kNotFound)
            return fail(
                Errc::unsupported,
                "make recovery data: the program par2 is not installed, and burn.redundancy needs it: "
                "apt-get install par2, or set burn.redundancy to 0 and restart burnbox");
        const std::size_t line = output_.find_last_not_of(" \r\n");
        const std::string said = line == std::string::npos ? "" : output_.substr(0, line + 1);
        return fail(Errc::io,
                    fmt::format("make recovery data {}: par2 ended with {}: {}", order_.output,
                                exit_text(exit_code), escape(said.substr(said.find_last_of("\r\n") + 1))));
    }

    Child child_;
    const ParityOrder& order_;
    const ParityProgram::GoOn& go_on_;
    std::string output_;
    double percent_ = 0;
    bool out_open_ = true, errors_open_ = true;
    SteadyClock::time_point last_output_ = SteadyClock::now();
};

class Par2 final : public ParityProgram {
  public:
    explicit Par2(Spawner& spawner) : spawner_(spawner) {}

    Status make_set(const ParityOrder& order, const GoOn& go_on) override {
        // By `nice`, so that uploads and burns go first. "-R tree/" instead of names: of those there may be
        // more than a command line holds, and par2 takes * and ? in them for wildcards.
        BB_TRY(Child child,
               spawner_.run(
                   {.argv = {"nice", "-n", "10", "par2", "create", "-R", "-B" + order.tree,
                             fmt::format("-s{}", order.block_bytes), fmt::format("-c{}", order.parity_blocks),
                             "-n1", fmt::format("-m{}", kMemoryMiB), "--", order.output, order.tree + "/"},
                    .own_group = true,
                    .take_errors = true}));
        return Par2Run(std::move(child), order, go_on).wait();
    }

  private:
    Spawner& spawner_;
};

}  // namespace

std::unique_ptr<ParityProgram> make_par2(Spawner& spawner) {
    return std::make_unique<Par2>(spawner);
}

}  // namespace burnbox
