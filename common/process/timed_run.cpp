#include "common/process/timed_run.hpp"

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>

namespace burnbox {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr milliseconds kDeath{10'000};  // from SIGKILL to the end, when no device holds it
constexpr milliseconds kLook{100};      // for give_up()

class Words {
  public:
    // Takes what is there now. False once nothing more can come.
    bool take(int fd) {
        std::array<char, 4096> buffer{};
        for (;;) {
            const ssize_t got = ::read(fd, buffer.data(), buffer.size());
            if (got < 0 && errno == EINTR) continue;
            if (got <= 0) return got < 0 && errno == EAGAIN;
            text_.append(buffer.data(), static_cast<std::size_t>(got));
            if (text_.size() > 2 * kMostLastWordsBytes) text_.erase(0, text_.size() - kMostLastWordsBytes);
            if (static_cast<std::size_t>(got) < buffer.size()) return true;
        }
    }

    [[nodiscard]] std::string last() const {
        const std::size_t end = text_.find_last_not_of(" \t\r\n") + 1;  // npos + 1 = 0: all is space
        const std::size_t begin = end - std::min(end, kMostLastWordsBytes);
        return text_.substr(begin, end - begin);
    }

  private:
    std::string text_;
};

void set_nonblocking(int fd) {
    if (fd >= 0) ::fcntl(fd, F_SETFL, ::fcntl(fd, F_GETFL) | O_NONBLOCK);
}

enum class Heard : std::uint8_t { end, nothing_more, given_up };

// Reads what it says until it has ended, the time is over, or nobody wants to wait any more.
Result<Heard> listen_until(Child& child, Words& words, steady_clock::time_point deadline,
                           const std::function<bool()>& give_up) {
    std::array<pollfd, 3> fds = {pollfd{child.ended(), POLLIN, 0}, pollfd{child.out(), POLLIN, 0},
                                 pollfd{child.err(), POLLIN, 0}};
    for (;;) {
        if (give_up && give_up()) return Heard::given_up;
        auto left =
            std::max(std::chrono::ceil<milliseconds>(deadline - steady_clock::now()), milliseconds(0));
        if (give_up) left = std::min(left, kLook);
        const int ready = ::poll(fds.data(), fds.size(), static_cast<int>(left.count()));
        if (ready < 0 && errno != EINTR) return fail_errno("wait for", "a started program");
        for (pollfd* pipe : {&fds[1], &fds[2]})
            if (pipe->fd >= 0 && pipe->revents != 0 && !words.take(pipe->fd)) pipe->fd = -1;
        if (fds[0].revents != 0) return Heard::end;
        if (steady_clock::now() >= deadline) return Heard::nothing_more;  // it may still talk
    }
}

}  // namespace

Result<ProgramEnd> end_within(Child& child, std::string_view input, milliseconds limit,
                              const std::function<bool()>& give_up) {
    BB_ASSERT(input.size() <= kMostInputBytes);
    for (const int fd : {child.in(), child.out(), child.err()}) set_nonblocking(fd);
    // The pipe is empty and takes it whole; one that has closed its end does not want it.
    static_cast<void>(!::write(child.in(), input.data(), input.size()));
    child.close_in();
    Words words;
    ProgramEnd ending;
    BB_TRY(const Heard heard, listen_until(child, words, steady_clock::now() + limit, give_up));
    if (heard != Heard::end) {
        ending.timed_out = heard == Heard::nothing_more;
        ending.given_up = heard == Heard::given_up;
        child.kill();
        BB_TRY(const Heard dying, listen_until(child, words, steady_clock::now() + kDeath, {}));
        if (dying != Heard::end) return fail(Errc::timeout, "kill a started program: it does not end");
    }
    for (const int fd : {child.out(), child.err()})
        if (fd >= 0) words.take(fd);
    BB_TRY(ending.code, child.wait());
    ending.last_words = words.last();
    return ending;
}

}  // namespace burnbox
