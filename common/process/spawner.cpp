#include "common/process/spawner.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include <cerrno>
#include <csignal>
#include <cstring>
#include <span>

#include "common/process/fd_passing.hpp"
#include "common/process/spawner_process.hpp"

namespace burnbox {
namespace {

constexpr int kAnswerMs = 30'000;
constexpr std::string_view kSpawnerGone =
    "the spawner process has ended, and burnbox ends too, to be started again";

void send_kill(const UniqueFd& pidfd) {
    if (pidfd)
        ::syscall(SYS_pidfd_send_signal, pidfd.get(), SIGKILL, nullptr,
                  0);  // fails only when it has ended already
}

struct Pipe {
    UniqueFd reader, writer;
};

Result<Pipe> make_pipe(const std::string& program) {
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0) return fail_errno("make a pipe for", program);
    return Pipe{UniqueFd(ends[0]), UniqueFd(ends[1])};
}

Result<std::string> request_text(const Launch& launch) {
    SpawnRequest head;
    head.arguments = static_cast<std::int32_t>(launch.argv.size());
    if (launch.environment) head.variables = static_cast<std::int32_t>(launch.environment->size());
    head.own_group = !launch.own_group ? 0 : launch.group_ends_with_it ? kGroupEndsWithLeader : 1;
    head.outlives_spawner = launch.outlives_spawner ? 1 : 0;
    std::string request(reinterpret_cast<const char*>(&head), sizeof head);
    for (const std::string& argument : launch.argv) request.append(argument).push_back('\0');
    for (const std::string& variable : launch.environment.value_or(std::vector<std::string>()))
        request.append(variable).push_back('\0');
    if (launch.argv.empty()) return fail(Errc::invalid, "start a program: it has no name");
    if (request.size() > kMostRequestBytes)
        return fail(Errc::invalid,
                    "start " + launch.argv[0] + ": its arguments and environment are longer than 64 KiB");
    return request;
}

}  // namespace

struct Spawner::State {
    UniqueFd socket, pidfd;
    pid_t pid = -1;
};

Child::Child(Pipes pipes, UniqueFd status, UniqueFd pidfd)
    : pipes_(std::move(pipes)), status_(std::move(status)), pidfd_(std::move(pidfd)) {}

Child::Child(Child&&) noexcept = default;

Child::~Child() {
    kill();
}

void Child::kill() {
    send_kill(pidfd_);
}

ChildKiller Child::killer() const {
    return ChildKiller(UniqueFd(pidfd_ ? ::fcntl(pidfd_.get(), F_DUPFD_CLOEXEC, 3) : -1));
}

void ChildKiller::kill() {
    send_kill(pidfd_);
}

Result<int> Child::wait() {
    auto packet = receive_packet(status_.get(), sizeof(std::int32_t));
    std::int32_t code = 0;
    if (!packet || packet->bytes.size() != sizeof code)
        return fail(Errc::cancelled, std::string("wait for a started program: ") + std::string(kSpawnerGone));
    std::memcpy(&code, packet->bytes.data(), sizeof code);
    return code;
}

Spawner::Spawner(UniqueFd socket, UniqueFd pidfd, int pid) : state_(std::make_unique<State>()) {
    state_->socket = std::move(socket);
    state_->pidfd = std::move(pidfd);
    state_->pid = pid;
}

int Spawner::gone() const {
    return state_->pidfd.get();
}

Spawner::~Spawner() {
    state_->socket.reset();  // end of file is the order to end
    while (::waitpid(state_->pid, nullptr, 0) < 0 && errno == EINTR) continue;
}

Result<std::unique_ptr<Spawner>> Spawner::start() {
    int ends[2];
    if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0)
        return fail_errno("make", "the spawner's socket pair");
    UniqueFd ours(ends[0]);
    UniqueFd theirs(ends[1]);
    const pid_t pid = ::fork();
    if (pid < 0) return fail_errno("fork", "the spawner");
    if (pid == 0) {
        ours.reset();
        run_spawner_process(std::move(theirs));
    }
    UniqueFd pidfd(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)));
    if (!pidfd) return fail_errno("watch", "the spawner");
    return std::unique_ptr<Spawner>(new Spawner(std::move(ours), std::move(pidfd), pid));
}

Result<Child> Spawner::run(const Launch& launch) {
    BB_TRY(const std::string request, request_text(launch));
    const std::string& program = launch.argv[0];
    BB_TRY(Pipe in, make_pipe(program));
    BB_TRY(Pipe out, make_pipe(program));
    Pipe err;
    if (launch.take_errors) {
        BB_TRY(err, make_pipe(program));
    }
    int status[2];
    if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, status) != 0)
        return fail_errno("make a socket pair for", program);
    UniqueFd status_ours(status[0]), status_theirs(status[1]);

    const int passed[] = {in.reader.get(), out.writer.get(), status_theirs.get(), err.writer.get()};
    if (!send_packet(state_->socket.get(), request, std::span(passed, launch.take_errors ? 4 : 3)))
        return fail(Errc::cancelled, "start " + program + ": " + std::string(kSpawnerGone));
    in.reader.reset();
    out.writer.reset();
    err.writer.reset();
    status_theirs.reset();
    pollfd answered{status_ours.get(), POLLIN, 0};
    if (::poll(&answered, 1, kAnswerMs) == 0)  // what it starts later it ends: nobody is there to take it
        return fail(Errc::busy, "start " + program + ": the spawner process does not answer");
    BB_TRY(Packet packet, receive_packet(status_ours.get(), sizeof(SpawnAnswer)));
    SpawnAnswer answer;
    if (packet.bytes.size() != sizeof answer)
        return fail(Errc::cancelled, "start " + program + ": " + std::string(kSpawnerGone));
    std::memcpy(&answer, packet.bytes.data(), sizeof answer);
    if (answer.sys_errno != 0) return fail_errno("start", program, answer.sys_errno);
    if (packet.descriptors.size() != 1) return fail(Errc::io, "start " + program + ": no pidfd came back");
    return Child({std::move(in.writer), std::move(out.reader), std::move(err.reader)}, std::move(status_ours),
                 std::move(packet.descriptors[0]));
}

}  // namespace burnbox
