#include "common/process/spawner_process.hpp"

#include <fcntl.h>
#include <linux/capability.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <string>
#include <vector>

#include "common/process/fd_passing.hpp"

namespace burnbox {
namespace {

constexpr int kLongestEndMs = 2'000;

struct Running {
    pid_t pid = -1;
    bool leads_group = false;
    bool group_ends_too = false;
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
    const int kept = ::fcntl(socket.get(), F_DUPFD_CLOEXEC, 3);
    if (kept < 0) ::_exit(1);
    if (socket.get() != kept) static_cast<void>(socket.release());
    if (kept > 3 && ::close_range(3, static_cast<unsigned>(kept) - 1, 0) != 0) ::_exit(1);
    if (::close_range(static_cast<unsigned>(kept) + 1, ~0U, 0) != 0) ::_exit(1);
    return kept;
}

// What the child becomes; points into the packet's bytes.
struct Request {
    std::vector<char*> argv;  // NULL at the end, as exec wants it
    std::vector<char*> environment;
    bool has_environment = false;
    std::int32_t own_group = 0;
    bool outlives_spawner = false;
    int in = -1, out = -1, err = -1;
};

// `count` strings from `at` on, and NULL. False when there are fewer.
bool take_strings(std::string& bytes, std::size_t& at, std::int32_t count, std::vector<char*>& strings) {
    for (; count > 0 && at < bytes.size(); --count) {
        strings.push_back(bytes.data() + at);
        at += std::strlen(bytes.data() + at) + 1;
    }
    strings.push_back(nullptr);
    return count <= 0;
}

bool read_request(Packet& packet, Request& request) {
    SpawnRequest head;
    if (packet.bytes.size() < sizeof head || packet.bytes.back() != '\0') return false;
    std::memcpy(&head, packet.bytes.data(), sizeof head);
    std::size_t at = sizeof head;
    if (head.arguments < 1 || !take_strings(packet.bytes, at, head.arguments, request.argv)) return false;
    if (!take_strings(packet.bytes, at, head.variables, request.environment)) return false;
    request.has_environment = head.variables >= 0;
    request.own_group = head.own_group;
    request.outlives_spawner = head.outlives_spawner != 0;
    request.in = packet.descriptors[0].get();
    request.out = packet.descriptors[1].get();
    if (packet.descriptors.size() > 3) request.err = packet.descriptors[3].get();
    return true;
}

[[noreturn]] void become(Request& request, int failure, pid_t spawner) {
    reset_signals();
    if (!request.outlives_spawner) {
        ::prctl(PR_SET_PDEATHSIG, SIGKILL);
        if (::getppid() != spawner) ::_exit(127);
    }
    if (request.own_group != 0) ::setpgid(0, 0);  // can't fail: it is no session leader
    if (request.has_environment) environ = request.environment.data();
    if (::dup2(request.in, 0) == 0 && ::dup2(request.out, 1) == 1 &&
        (request.err < 0 || ::dup2(request.err, 2) == 2))
        ::execvp(request.argv[0], request.argv.data());
    const std::int32_t why = errno;
    static_cast<void>(!::write(failure, &why, sizeof why));
    ::_exit(127);
}

// fork + exec; the pipe is closed by a successful exec, so that "it runs" is known and not guessed.
std::int32_t start_child(Packet& packet, Running& child) {
    Request request;
    if (!read_request(packet, request)) return EINVAL;
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0) return errno;
    const UniqueFd reader(ends[0]);
    UniqueFd writer(ends[1]);
    const pid_t spawner = ::getpid();
    child.pid = ::fork();
    if (child.pid < 0) return errno;
    if (child.pid == 0) become(request, writer.get(), spawner);
    writer.reset();
    child.leads_group = request.own_group != 0;
    child.group_ends_too = request.own_group == kGroupEndsWithLeader;
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
    if (packet.descriptors.size() < 3) return;
    Running child;
    child.status = std::move(packet.descriptors[2]);
    const SpawnAnswer answer{start_child(packet, child)};
    const int pidfd = child.pidfd.get();
    const bool runs = answer.sys_errno == 0;
    const Status told = send_packet(child.status.get(), bytes_of(answer),
                                    runs ? std::span(&pidfd, 1) : std::span<const int>());
    if (!runs) return;
    if (!told) ::kill(child.pid, SIGKILL);  // nobody waits for it
    children.push_back(std::move(child));
}

// Who kills a leader means its group. Before it is reaped: until then the number is nobody else's.
void end_group_of(const Running& child) {
    siginfo_t info{};
    if (!child.leads_group || ::waitid(P_PID, static_cast<id_t>(child.pid), &info, WEXITED | WNOWAIT) != 0)
        return;
    const bool killed = info.si_code == CLD_KILLED && info.si_status == SIGKILL;
    if (killed || child.group_ends_too) ::kill(-child.pid, SIGKILL);
}

void report_end(const Running& child) {
    int status = 0;
    end_group_of(child);
    if (::waitpid(child.pid, &status, 0) != child.pid) return;
    const std::int32_t code = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
    static_cast<void>(send_packet(child.status.get(), bytes_of(code), {}));  // its owner may be gone
}

// Reports those that have ended, and reaps what they left behind.
void reap(std::vector<Running>& children) {
    for (;;) {
        siginfo_t info{};
        if (::waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) != 0 || info.si_pid == 0) return;
        const auto child = std::ranges::find(children, info.si_pid, &Running::pid);
        if (child == children.end()) {
            ::waitpid(info.si_pid, nullptr, 0);
            continue;
        }
        report_end(*child);
        children.erase(child);
    }
}

// Whoever has lost its parent is a child of this process by now. False: the kernel does not list them.
bool kill_listed_children() {
    const UniqueFd list(::open("/proc/thread-self/children", O_RDONLY | O_CLOEXEC));
    if (!list) return false;
    char text[4096];
    ssize_t length = 0;
    pid_t pid = 0;
    while ((length = ::read(list.get(), text, sizeof text)) > 0)
        for (ssize_t i = 0; i < length; ++i) {
            if (text[i] >= '0' && text[i] <= '9') {
                pid = pid * 10 + (text[i] - '0');
                continue;
            }
            if (pid > 1) ::kill(pid, SIGKILL);
            pid = 0;
        }
    return true;
}

// Killing a child hands its own children to this process, until there are none; what the kernel does not let
// go of (a drive that hangs) is not waited for.
[[noreturn]] void end_all(const std::vector<Running>& children) {
    for (const Running& child : children) ::kill(child.leads_group ? -child.pid : child.pid, SIGKILL);
    for (int waited_ms = 0; waited_ms < kLongestEndMs && kill_listed_children(); ++waited_ms) {
        pid_t reaped = 0;
        while ((reaped = ::waitpid(-1, nullptr, WNOHANG)) > 0) continue;
        if (reaped < 0 && errno == ECHILD) break;
        ::poll(nullptr, 0, 1);
    }
    ::_exit(0);
}

// Readable when a child has ended.
UniqueFd watch_children() {
    sigset_t ended;
    ::sigemptyset(&ended);
    ::sigaddset(&ended, SIGCHLD);
    ::sigprocmask(SIG_BLOCK, &ended, nullptr);
    return UniqueFd(::signalfd(-1, &ended, SFD_CLOEXEC | SFD_NONBLOCK));
}

// The server listens below port 1024 and asks for leases; nothing that it starts does. Ambient ones outlive
// exec.
void keep_capabilities_from_children() {
    for (const int capability : {CAP_NET_BIND_SERVICE, CAP_LEASE})
        ::prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_LOWER, capability, 0, 0);
}

}  // namespace

void run_spawner_process(UniqueFd given) {
    ignore_signals();
    ::prctl(PR_SET_NAME, "burnbox-spawner");
    const int socket = keep_only(std::move(given));
    ::prctl(PR_SET_CHILD_SUBREAPER, 1);
    keep_capabilities_from_children();
    const UniqueFd ended = watch_children();
    if (!ended) ::_exit(1);
    std::vector<Running> children;
    while (true) {
        pollfd watched[] = {{socket, POLLIN, 0}, {ended.get(), POLLIN, 0}};
        if (::poll(watched, std::size(watched), -1) < 0) {
            if (errno == EINTR) continue;
            end_all(children);
        }
        if (watched[1].revents != 0) {
            signalfd_siginfo note{};
            while (::read(ended.get(), &note, sizeof note) > 0) continue;
            reap(children);
        }
        if (watched[0].revents == 0) continue;
        auto packet = receive_packet(socket, kMostRequestBytes);
        if (!packet && packet.error().code == Errc::invalid) continue;
        if (!packet || packet->bytes.empty()) end_all(children);
        serve_request(std::move(*packet), children);
    }
}

}  // namespace burnbox
