#include "common/process/system_call_filter.hpp"

#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

#include <array>
#include <cerrno>
#include <cstddef>
#include <vector>

namespace burnbox {
namespace {

#if defined(__x86_64__)
constexpr unsigned kArchitecture = AUDIT_ARCH_X86_64;
#elif defined(__aarch64__)
constexpr unsigned kArchitecture = AUDIT_ARCH_AARCH64;
#else
constexpr unsigned kArchitecture = 0;
#endif

// Numbers of x86-64's other interface begin here (x32).
constexpr unsigned kFirstForeignNumber = 0x40000000U;

// socketpair stays: rsync's two processes talk by one. kill stays too, for the same reason; Landlock keeps it
// inside.
constexpr auto kForbidden = std::to_array<unsigned>({
    SYS_socket,
    SYS_connect,
    SYS_bind,
    SYS_listen,
    SYS_accept,
    SYS_accept4,
    SYS_truncate,
    SYS_io_uring_setup,
    SYS_io_uring_enter,
    SYS_io_uring_register,
    SYS_ptrace,
    SYS_process_vm_readv,
    SYS_process_vm_writev,
    SYS_pidfd_getfd,
    SYS_kcmp,
    SYS_unshare,
    SYS_setns,
    SYS_mount,
    SYS_umount2,
    SYS_pivot_root,
    SYS_chroot,
    SYS_bpf,
    SYS_perf_event_open,
    SYS_userfaultfd,
    SYS_keyctl,
    SYS_add_key,
    SYS_request_key,
    SYS_mknodat,
#ifdef SYS_mknod
    SYS_mknod,
#endif
});

constexpr unsigned kEnd = BPF_RET | BPF_K;
constexpr unsigned kRefuse = SECCOMP_RET_ERRNO | EPERM;

sock_filter statement(unsigned code, unsigned value) {
    return {static_cast<__u16>(code), 0, 0, value};
}

// Goes on with the next statement when the comparison holds, else jumps over it.
sock_filter unless(unsigned comparison, unsigned value) {
    return {static_cast<__u16>(BPF_JMP | comparison | BPF_K), 0, 1, value};
}

std::vector<sock_filter> make_program() {
    constexpr unsigned kLoad = BPF_LD | BPF_W | BPF_ABS;
    std::vector<sock_filter> program;
    program.push_back(statement(kLoad, offsetof(seccomp_data, arch)));
    program.push_back({BPF_JMP | BPF_JEQ | BPF_K, 1, 0, kArchitecture});
    program.push_back(statement(kEnd, SECCOMP_RET_KILL_PROCESS));
    program.push_back(statement(kLoad, offsetof(seccomp_data, nr)));
    program.push_back(unless(BPF_JGE, kFirstForeignNumber));
    program.push_back(statement(kEnd, kRefuse));
    for (const unsigned number : kForbidden) {
        program.push_back(unless(BPF_JEQ, number));
        program.push_back(statement(kEnd, kRefuse));
    }
    // Its flags lie in memory, where no filter sees them; the C library then uses clone.
    program.push_back(unless(BPF_JEQ, SYS_clone3));
    program.push_back(statement(kEnd, SECCOMP_RET_ERRNO | ENOSYS));
    program.push_back({BPF_JMP | BPF_JEQ | BPF_K, 0, 3, SYS_clone});
    program.push_back(statement(kLoad, offsetof(seccomp_data, args)));
    program.push_back(unless(BPF_JSET, CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWNET | CLONE_NEWPID));
    program.push_back(statement(kEnd, kRefuse));
    program.push_back(statement(kEnd, SECCOMP_RET_ALLOW));
    return program;
}

}  // namespace

Status restrict_system_calls() {
    if (kArchitecture == 0)
        return fail(Errc::unsupported, "there is no system call filter for this processor");
    std::vector<sock_filter> program = make_program();
    const sock_fprog filter{static_cast<unsigned short>(program.size()), program.data()};
    if (::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter) != 0)
        return fail_errno("shut", "system calls (seccomp)");
    return {};
}

}  // namespace burnbox
