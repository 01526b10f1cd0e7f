#include "common/process/run_program.hpp"

#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>

#include "common/base/text.hpp"
#include "common/process/exit_text.hpp"

namespace burnbox {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::chrono::milliseconds kLook{100};  // for give_up()
constexpr std::size_t kKeptBytes = 4096;         // of its standard error

std::vector<std::string> environment_with(const std::vector<std::string>& more) {
    std::vector<std::string> all;
    for (char** each = environ; each != nullptr && *each != nullptr; ++each) all.emplace_back(*each);
    all.insert(all.end(), more.begin(), more.end());
    return all;
}

// Reads what is there; false at the end of the pipe. `kept`: its last bytes, when they are wanted.
bool drain(int fd, std::string* kept) {
    std::array<char, 4096> buffer;
    const ssize_t got = ::read(fd, buffer.data(), buffer.size());
    if (got < 0) return errno == EINTR;
    if (got == 0) return false;
    if (kept == nullptr) return true;
    kept->append(buffer.data(), static_cast<std::size_t>(got));
    if (kept->size() > kKeptBytes) kept->erase(0, kept->size() - kKeptBytes);
    return true;
}

std::string last_line(std::string text) {
    while (text.ends_with('\n')) text.pop_back();
    return text.substr(text.rfind('\n') + 1);
}

}  // namespace

Status run_program(Spawner& spawner, const std::vector<std::string>& argv,
                   const std::vector<std::string>& more, std::chrono::milliseconds limit,
                   const std::function<bool()>& give_up) {
    const std::string what = "run " + escape(argv.front());
    BB_TRY(
        Child child,
        spawner.run(
            {.argv = argv, .environment = environment_with(more), .own_group = true, .take_errors = true}));
    child.close_in();
    const auto deadline = Clock::now() + limit;
    std::string said;
    std::array<pollfd, 3> watched{
        {{child.ended(), POLLIN, 0}, {child.out(), POLLIN, 0}, {child.err(), POLLIN, 0}}};
    while (watched[0].revents == 0) {
        if (give_up() || Clock::now() >= deadline) {
            child.kill();
            if (Clock::now() < deadline) return fail(Errc::cancelled, what + ": burnbox is stopping");
            return fail(Errc::timeout, what + ": it did not end within " +
                                           std::to_string(limit.count() / 1000) + " s and was killed");
        }
        if (::poll(watched.data(), watched.size(), static_cast<int>(kLook.count())) < 0 && errno != EINTR)
            return fail_errno("wait for", argv.front());
        if (watched[1].revents != 0 && !drain(watched[1].fd, nullptr)) watched[1].fd = -1;
        if (watched[2].revents != 0 && !drain(watched[2].fd, &said)) watched[2].fd = -1;
    }
    BB_TRY(const int code, child.wait());
    if (code == 0) return {};
    const std::string line = last_line(said);
    return fail(Errc::io,
                what + ": it ended with " + exit_text(code) + (line.empty() ? "" : ": " + escape(line)));
}

}  // namespace burnbox
