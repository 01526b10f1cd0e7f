// Takes the place of open(), access() and stat(), for test drives: one that is in use or gone can't be
// opened, and with MMC_DRIVES=FOLDER in the environment the kernel's names for drives lead to them: /dev/srN
// is the drive in FOLDER/srN and looks like a block device. Everything else goes to the kernel. Threads: any.
#undef _FILE_OFFSET_BITS  // open and open64 are two functions here
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <cerrno>
#include <cstdarg>
#include <cstdlib>
#include <cstring>
#include <string>

#include "tests/support/mmc/files.hpp"

namespace {

using namespace burnbox::mmc;

constexpr const char* kDevices = "/dev/";
constexpr unsigned kScsiCdromMajor = 11;

// Where the test drive with this name is; "" = it is none.
std::string test_drive(const char* path) {
    const char* folder = std::getenv("MMC_DRIVES");
    if (folder == nullptr || path == nullptr || std::strncmp(path, "/dev/sr", 7) != 0) return "";
    return std::string(folder) + "/" + (path + std::strlen(kDevices));
}

// 0 = open it; else the errno of a drive that can't be opened now.
int refusal_of_open(int fd) {
    if (!has_magic(fd, kDriveMagic)) return 0;
    DriveFile drive(fd);
    int refusal = 0;
    drive.change([&](DriveState& state) {
        if (state.gone) refusal = ENXIO;
        for (Fault& fault : state.faults) {
            if (fault.kind != FaultKind::open_busy || fault.times == 0) continue;
            --fault.times;
            refusal = EBUSY;
        }
    });
    return refusal;
}

int open_checked(const char* path, int flags, mode_t mode) {
    const std::string drive = test_drive(path);
    const int fd =
        static_cast<int>(::syscall(SYS_openat, AT_FDCWD, drive.empty() ? path : drive.c_str(), flags, mode));
    const bool as_libburn_does = fd >= 0 && (flags & O_NONBLOCK) != 0 && (flags & O_ACCMODE) == O_RDWR;
    const int refusal = as_libburn_does ? refusal_of_open(fd) : 0;
    if (refusal == 0) return fd;
    ::close(fd);
    errno = refusal;
    return -1;
}

mode_t mode_argument(int flags, va_list arguments) {
    return (flags & (O_CREAT | O_TMPFILE)) != 0 ? static_cast<mode_t>(va_arg(arguments, int)) : 0;
}

// On 64-bit machines all of the C library's structures for it are the kernel's.
int stat_checked(const char* path, struct stat* info, int flags) {
    const std::string drive = test_drive(path);
    const int result = static_cast<int>(
        ::syscall(SYS_newfstatat, AT_FDCWD, drive.empty() ? path : drive.c_str(), info, flags));
    if (result != 0 || drive.empty()) return result;
    info->st_mode = (info->st_mode & ~static_cast<mode_t>(S_IFMT)) | S_IFBLK;
    info->st_rdev = makedev(kScsiCdromMajor, static_cast<unsigned>(std::atoi(path + 7)));
    return result;
}

}  // namespace

extern "C" {

int open(const char* path, int flags, ...) {
    va_list arguments;
    va_start(arguments, flags);
    const mode_t mode = mode_argument(flags, arguments);
    va_end(arguments);
    return open_checked(path, flags, mode);
}

int open64(const char* path, int flags, ...) {
    va_list arguments;
    va_start(arguments, flags);
    const mode_t mode = mode_argument(flags, arguments);
    va_end(arguments);
    return open_checked(path, flags, mode);
}

// What open() is in programs that were built to check its arguments.
int __open_2(const char* path, int flags) {
    return open_checked(path, flags, 0);
}

int access(const char* path, int mode) noexcept {
    const std::string drive = test_drive(path);
    return static_cast<int>(::syscall(SYS_faccessat, AT_FDCWD, drive.empty() ? path : drive.c_str(), mode));
}

int stat(const char* path, struct stat* info) noexcept {
    return stat_checked(path, info, 0);
}

int lstat(const char* path, struct stat* info) noexcept {
    return stat_checked(path, info, AT_SYMLINK_NOFOLLOW);
}

int stat64(const char* path, struct stat64* info) noexcept {
    return stat_checked(path, reinterpret_cast<struct stat*>(info), 0);
}

int lstat64(const char* path, struct stat64* info) noexcept {
    return stat_checked(path, reinterpret_cast<struct stat*>(info), AT_SYMLINK_NOFOLLOW);
}

// What stat() and lstat() are in libraries that were built before glibc 2.33.
int __xstat(int /*version*/, const char* path, struct stat* info) noexcept {
    return stat_checked(path, info, 0);
}

int __lxstat(int /*version*/, const char* path, struct stat* info) noexcept {
    return stat_checked(path, info, AT_SYMLINK_NOFOLLOW);
}

}  // extern "C"
