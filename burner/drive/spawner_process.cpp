#include "burner/drive/spawner_process.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include <cerrno>
#include <csignal>
#include <cstring>
#include <string>
#include <vector>

#include "burner/drive/fd_passing.hpp"

namespace burnbox {
namespace {

struct Running {
    pid_t pid = -1;
    UniqueFd pidfd;
    UniqueFd status;
};

template <typename T>
std::string_view bytes_of(const T& value) {
    return {reinterpret_cast<const char*>(&value), sizeof value};
}

// Children begin with nothing ignored, handled or blocked, whatever the server does with its signals.
void reset_signals() {
    for (int signal = 1; signal < NSIG; ++signal) ::signal(signal, SIG_DFL);
    sigset_t none;
    ::sigemptyset(&none);
    ::sigprocmask(SIG_SETMASK, &none, nullptr);
}

// The spawner outlives the server by a moment, so that it can end the children: a Ctrl-C or systemd's SIGTERM
// to the group is not for it.
void ignore_signals() {
    reset_signals();
    for (const int signal : {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGPIPE, SIGUSR1, SIGUSR2})
        ::signal(signal, SIG_IGN);
}

// Nothing of the server stays open here but its standard error: else its sockets and locks would outlive it.
int keep_only(UniqueFd socket) {
    const int null_fd = ::open("/dev/null", O_RDWR | O_CLOEXEC);
    if (null_fd < 0) ::_exit(1);
    ::dup2(null_fd, 0);
    ::dup2(null_fd, 1);
    if (::fcntl(2, F_GETFD) < 0) ::dup2(null_fd, 2);
    const int kept = ::fcntl(socket.get(), F_DUPFD_CLOEXEC, 64);
    if (kept < 0) ::_exit(1);
    static_cast<void>(socket.release());
    if (::close_range(3, static_cast<unsigned>(kept) - 1, 0) != 0) ::_exit(1);
    if (::close_range(static_cast<unsigned>(kept) + 1, ~0U, 0) != 0) ::_exit(1);
    return kept;
}

std::vector<char*> split_argv(std::string& request) {
    std::vector<char*> argv;
    for (std::size_t at = 0; at < request.size(); at += std::strlen(request.data() + at) + 1)
        argv.push_back(request.data() + at);
    argv.push_back(nullptr);
    return argv;
}

[[noreturn]] void become(const std::vector<char*>& argv, int in, int out, int failure, pid_t spawner) {
    reset_signals();
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (::getppid() != spawner) ::_exit(127);
    if (::dup2(in, 0) == 0 && ::dup2(out, 1) == 1) ::execvp(argv[0], argv.data());
    const std::int32_t why = errno;
    static_cast<void>(!::write(failure, &why, sizeof why));
    ::_exit(127);
}

// fork + exec; the pipe is closed by a successful exec, so that "it runs" is known and not guessed.
std::int32_t start_child(std::string& request, int in, int out, Running& child) {
    const std::vector<char*> argv = split_argv(request);
    if (argv.size() < 2) return EINVAL;
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0) return errno;
    const UniqueFd reader(ends[0]);
    UniqueFd writer(ends[1]);
    const pid_t spawner = ::getpid();
    child.pid = ::fork();
    if (child.pid < 0) return errno;
    if (child.pid == 0) become(argv, in, out, writer.get(), spawner);
    writer.reset();
    child.pidfd.reset(static_cast<int>(::syscall(SYS_pidfd_open, child.pid, 0)));
    std::int32_t why = child.pidfd ? 0 : errno;
    if (why == 0) {
        ssize_t length = 0;
        while ((length = ::read(reader.get(), &why, sizeof why)) < 0 && errno == EINTR) continue;
        if (length == 0) return 0;
        if (length < 0) why = errno;
    }
    ::kill(child.pid, SIGKILL);
    ::waitpid(child.pid, nullptr, 0);
    return why;
}

void serve_request(Packet packet, std::vector<Running>& children) {
    if (packet.descriptors.size() != 3) return;
    Running child;
    child.status = std::move(packet.descriptors[2]);
    const SpawnAnswer answer{
        start_child(packet.bytes, packet.descriptors[0].get(), packet.descriptors[1].get(), child)};
    const int pidfd = child.pidfd.get();
    const bool runs = answer.sys_errno == 0;
    const Status told = send_packet(child.status.get(), bytes_of(answer),
                                    runs ? std::span(&pidfd, 1) : std::span<const int>());
    if (!runs) return;
    if (!told) ::kill(child.pid, SIGKILL);  // nobody waits for it
    children.push_back(std::move(child));
}

void report_end(const Running& child) {
    int status = 0;
    if (::waitpid(child.pid, &status, 0) != child.pid) return;
    const std::int32_t code = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
    static_cast<void>(send_packet(child.status.get(), bytes_of(code), {}));  // its owner may be gone
}

[[noreturn]] void end_all(const std::vector<Running>& children) {
    for (const Running& child : children) ::kill(child.pid, SIGKILL);
    ::_exit(0);
}

}  // namespace

void run_spawner_process(UniqueFd given) {
    ignore_signals();
    ::prctl(PR_SET_NAME, "burnbox-spawner");
    const int socket = keep_only(std::move(given));
    std::vector<Running> children;
    std::vector<pollfd> watched;
    while (true) {
        watched.assign(1, pollfd{socket, POLLIN, 0});
        for (const Running& child : children) watched.push_back(pollfd{child.pidfd.get(), POLLIN, 0});
        if (::poll(watched.data(), watched.size(), -1) < 0) {
            if (errno == EINTR) continue;
            end_all(children);
        }
        for (std::size_t i = children.size(); i-- > 0;) {
            if (watched[i + 1].revents == 0) continue;
            report_end(children[i]);
            children.erase(children.begin() + static_cast<std::ptrdiff_t>(i));
        }
        if (watched[0].revents == 0) continue;
        auto packet = receive_packet(socket, kMostRequestBytes);
        if (!packet && packet.error().code == Errc::invalid) continue;
        if (!packet || packet->bytes.empty()) end_all(children);
        serve_request(std::move(*packet), children);
    }
}

}  // namespace burnbox
