// Two programs in one, for the contract of the confinement: `confine ...` is burnbox's own step, and PROBE
// ARGUMENT tries to do one thing. A probe prints "done" when it could, else the error.
#include <fcntl.h>
#include <linux/io_uring.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <map>
#include <string>

#include "common/process/confinement.hpp"

namespace {

using Probe = std::function<bool(const char*)>;

bool opens(const char* path, int flags) {
    const int fd = ::open(path, flags | O_CLOEXEC, 0600);
    return fd >= 0 && ((flags & O_ACCMODE) == O_RDONLY || ::write(fd, "x", 1) == 1);
}

bool child_exits_well(pid_t child) {
    int status = 0;
    return child > 0 && ::waitpid(child, &status, 0) == child && WIFEXITED(status) &&
           WEXITSTATUS(status) == 0;
}

const std::map<std::string, Probe> kProbes = {
    {"read", [](const char* path) { return opens(path, O_RDONLY); }},
    {"write", [](const char* path) { return opens(path, O_WRONLY); }},
    {"make", [](const char* path) { return opens(path, O_WRONLY | O_CREAT); }},
    {"append", [](const char* path) { return opens(path, O_WRONLY | O_APPEND); }},
    {"list", [](const char* path) { return opens(path, O_RDONLY | O_DIRECTORY); }},
    {"truncate", [](const char* path) { return ::truncate(path, 0) == 0; }},
    {"remove", [](const char* path) { return ::unlink(path) == 0; }},
    {"mkdir", [](const char* path) { return ::mkdir(path, 0700) == 0; }},
    {"fifo", [](const char* path) { return ::mkfifo(path, 0600) == 0; }},
    {"device", [](const char* path) { return ::mknod(path, S_IFCHR | 0600, 0x103) == 0; }},
    {"chown", [](const char* path) { return ::chown(path, 12345, 12345) == 0; }},
    {"move_in", [](const char* path) { return ::rename(path, "taken") == 0; }},
    {"link_in", [](const char* path) { return ::link(path, "linked") == 0; }},
    {"move_within", [](const char*) { return ::rename("sub/a", "a") == 0; }},
    {"run", [](const char* path) { return ::execl(path, path, nullptr) == 0; }},
    {"socket", [](const char*) { return ::socket(AF_INET, SOCK_STREAM, 0) >= 0; }},
    {"unix_socket", [](const char*) { return ::socket(AF_UNIX, SOCK_STREAM, 0) >= 0; }},
    {"socketpair",
     [](const char*) {
         int ends[2];
         return ::socketpair(AF_UNIX, SOCK_STREAM, 0, ends) == 0;
     }},
    {"io_uring",
     [](const char*) {
         io_uring_params parameters{};
         return ::syscall(SYS_io_uring_setup, 1, &parameters) >= 0;
     }},
    {"namespace", [](const char*) { return ::unshare(CLONE_NEWUSER) == 0; }},
    {"clone_namespace",
     [](const char*) {
         const long child = ::syscall(SYS_clone, CLONE_NEWUSER | SIGCHLD, nullptr, nullptr, nullptr, 0L);
         if (child == 0) ::_exit(0);
         return child_exits_well(static_cast<pid_t>(child));
     }},
    {"fork",
     [](const char*) {
         const pid_t child = ::fork();
         if (child == 0) ::_exit(0);
         return child_exits_well(child);
     }},
    {"trace", [](const char* pid) { return ::ptrace(PTRACE_ATTACH, std::atoi(pid), nullptr, nullptr) == 0; }},
    {"signal", [](const char* pid) { return ::kill(std::atoi(pid), 0) == 0; }},
    {"grow",
     [](const char* path) {
         const int fd = ::open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
         return fd >= 0 && ::ftruncate(fd, 1 << 20) == 0;
     }},
    {"memory",
     [](const char*) {
         return ::mmap(nullptr, std::size_t{8} << 30U, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
                       -1, 0) != MAP_FAILED;
     }},
    {"variable", [](const char* name) { return std::getenv(name) != nullptr; }},
};

}  // namespace

int main(int argc, char** argv) {
    const std::string what = argc > 1 ? argv[1] : "";
    if (what == "confine") return burnbox::confine_main({argv + 2, argv + argc});
    const auto probe = kProbes.find(what);
    if (probe == kProbes.end()) return 2;
    errno = 0;
    std::puts(probe->second(argc > 2 ? argv[2] : "") ? "done" : std::strerror(errno));
    return 0;
}
