#include "burner/drive/spawner.hpp"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include <cerrno>
#include <csignal>
#include <cstring>

#include "burner/drive/fd_passing.hpp"
#include "burner/drive/spawner_process.hpp"

namespace burnbox {
namespace {

void send_kill(const UniqueFd& pidfd) {
    if (pidfd)
        ::syscall(SYS_pidfd_send_signal, pidfd.get(), SIGKILL, nullptr,
                  0);  // fails only when it has ended already
}

}  // namespace

struct Spawner::State {
    UniqueFd socket;
    pid_t pid = -1;
};

Child::Child(UniqueFd in, UniqueFd out, UniqueFd status, UniqueFd pidfd)
    : in_(std::move(in)), out_(std::move(out)), status_(std::move(status)), pidfd_(std::move(pidfd)) {}

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
        return fail(Errc::unreachable,
                    "wait for a started program: the spawner process has ended; restart burnbox");
    std::memcpy(&code, packet->bytes.data(), sizeof code);
    pidfd_.reset();  // reaped: nothing is left to kill
    return code;
}

Spawner::Spawner(UniqueFd socket, int pid) : state_(std::make_unique<State>()) {
    state_->socket = std::move(socket);
    state_->pid = pid;
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
    return std::unique_ptr<Spawner>(new Spawner(std::move(ours), pid));
}

Result<Child> Spawner::run(const std::vector<std::string>& argv) {
    std::string request;
    for (const std::string& argument : argv) request.append(argument).push_back('\0');
    if (argv.empty() || request.size() > kMostRequestBytes)
        return fail(Errc::invalid, "start a program: its arguments are missing or longer than 64 KiB");
    int in[2], out[2], status[2];
    if (::pipe2(in, O_CLOEXEC) != 0) return fail_errno("make a pipe for", argv[0]);
    UniqueFd in_reader(in[0]), in_writer(in[1]);
    if (::pipe2(out, O_CLOEXEC) != 0) return fail_errno("make a pipe for", argv[0]);
    UniqueFd out_reader(out[0]), out_writer(out[1]);
    if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, status) != 0)
        return fail_errno("make a socket pair for", argv[0]);
    UniqueFd status_ours(status[0]), status_theirs(status[1]);

    const int passed[] = {in_reader.get(), out_writer.get(), status_theirs.get()};
    BB_CHECK(send_packet(state_->socket.get(), request, passed));
    in_reader.reset();
    out_writer.reset();
    status_theirs.reset();
    BB_TRY(Packet packet, receive_packet(status_ours.get(), sizeof(SpawnAnswer)));
    SpawnAnswer answer;
    if (packet.bytes.size() != sizeof answer)
        return fail(Errc::unreachable,
                    "start " + argv[0] + ": the spawner process has ended; restart burnbox");
    std::memcpy(&answer, packet.bytes.data(), sizeof answer);
    if (answer.sys_errno != 0) return fail_errno("start", argv[0], answer.sys_errno);
    if (packet.descriptors.size() != 1) return fail(Errc::io, "start " + argv[0] + ": no pidfd came back");
    return Child(std::move(in_writer), std::move(out_reader), std::move(status_ours),
                 std::move(packet.descriptors[0]));
}

}  // namespace burnbox
