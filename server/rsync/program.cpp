#include "server/rsync/program.hpp"

#include <fcntl.h>
#include <poll.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <filesystem>

#include "common/base/log.hpp"
#include "common/process/confinement.hpp"

namespace burnbox::rsync {
namespace {

constexpr int kPipeBytes = 1 << 20;
constexpr std::chrono::seconds kPatience{5};  // to remove temporary files once the client is gone

// Best effort: the pipe works with fewer bytes too.
void make_pump(int fd) {
    (void)::fcntl(fd, F_SETFL, ::fcntl(fd, F_GETFL) | O_NONBLOCK);
    (void)::fcntl(fd, F_SETPIPE_SZ, kPipeBytes);
}

// Reads away what comes until the end of the file: then nobody is left that holds the other end.
bool drained_within(int fd, std::chrono::milliseconds patience) {
    const auto deadline = std::chrono::steady_clock::now() + patience;
    std::array<char, 4096> rest;
    for (;;) {
        const auto left =
            std::chrono::ceil<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
        if (left.count() <= 0) return false;
        pollfd readable{fd, POLLIN, 0};
        if (::poll(&readable, 1, static_cast<int>(left.count())) <= 0) continue;
        const ssize_t got = ::read(fd, rest.data(), rest.size());
        if (got == 0 || (got < 0 && errno != EINTR && errno != EAGAIN)) return true;
    }
}

// The account's inbox, in which the leased folder lies. The program is told one name, and asks the system for
// the other.
std::vector<std::string> names_of_inbox(const std::string& leased_folder) {
    const auto named = std::filesystem::path(leased_folder).parent_path();
    std::error_code unknown;
    const auto found = std::filesystem::canonical(named, unknown);
    return {named.string(), found.string()};
}

}  // namespace

std::vector<std::string> rsync_arguments(const Command& command, const Lease::Terms& leased) {
    std::vector<std::string> argv = {kProgram, "--server"};
    if (command.sender) argv.emplace_back("--sender");
    argv.insert(argv.end(), command.options.begin(), command.options.end());
    if (!command.sender) {
        argv.emplace_back("--no-super");  // owners are the server's
        argv.emplace_back("--chmod=ug-s,o-t");
        argv.emplace_back("--munge-links");  // so that none can be followed out of the session meanwhile
        if (!leased.may_read) argv.emplace_back("--whole-file");  // else block sums tell what is there
    }
    argv.emplace_back("--stderr=errors");  // not in the protocol, where nobody sees to their paths
    argv.emplace_back(".");
    argv.insert(argv.end(), leased.paths.begin(), leased.paths.end());
    return argv;
}

Program::Program(const Host& host, std::shared_ptr<Parts> parts) : host_(host), parts_(std::move(parts)) {}

Result<std::unique_ptr<Program>> Program::start(const Host& host, std::unique_ptr<Lease> lease,
                                                const Command& command) {
    const Lease::Terms& leased = lease->terms();
    auto child = host.spawner.run(confined_launch(host.self, {.folder = leased.folder,
                                                              .writes = !command.sender,
                                                              .start_in = leased.start_in,
                                                              .most_file_bytes = leased.most_file_bytes,
                                                              .argv = rsync_arguments(command, leased)}));
    if (!child) {
        lease->give_back(false, [](const Result<std::string>&) {});
        return std::unexpected(std::move(child).error());
    }
    for (const int fd : {child->in(), child->out(), child->err()}) make_pump(fd);
    auto parts = std::make_shared<Parts>(std::move(lease), std::move(*child), names_of_inbox(leased.folder));
    return std::unique_ptr<Program>(new Program(host, std::move(parts)));
}

// Without its client rsync ends by itself and takes its temporary files with it.
void Program::end(Child& child) {
    child.close_in();
    child.close_out();
    if (drained_within(child.err(), kPatience)) return;
    child.kill();
    (void)child.wait();
    (void)drained_within(child.err(), kPatience);
}

Program::~Program() {
    if (!parts_) return;
    host_.run_blocking([parts = parts_] {
        end(parts->child);
        parts->lease->give_back(false, [](const Result<std::string>& result) {
            if (!result) log::warning("rsync broken off", log::kv(result.error()));
        });
    });
}

void Program::finish(std::unique_ptr<Program> program, bool ended_well, Done done) {
    const auto parts = std::exchange(program->parts_, nullptr);
    program->host_.run_blocking(
        [parts, ended_well, done = std::move(done)] { parts->lease->give_back(ended_well, done); });
}

}  // namespace burnbox::rsync
