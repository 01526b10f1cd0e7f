// Takes the place of the system calls by which libburn talks to a drive, for files that are test drives:
// SG_IO and the ioctls around it, and the sleeps between libburn's polls. Everything else goes to the kernel.
// Works linked into a program and as LD_PRELOAD, together with interposed_paths.cpp. Threads: any.
#include <fcntl.h>
#include <scsi/sg.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <linux/cdrom.h>
#include <linux/hdreg.h>

#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstdarg>
#include <cstdio>
#include <cstring>
#include <ctime>
#include <map>
#include <memory>
#include <mutex>

#include "tests/support/mmc/files.hpp"

namespace {

using namespace burnbox::mmc;

std::atomic<bool> uses_drive{false};
std::mutex mutex;
constexpr long kLongestSleepNs = 1'000'000;
constexpr unsigned long kGetIdLun = 0x5382;      // SCSI_IOCTL_GET_IDLUN, in no header of user space
constexpr unsigned long kGetBusNumber = 0x5386;  // SCSI_IOCTL_GET_BUS_NUMBER

struct OpenDrive {
    DriveFile file;
    burnbox::UniqueFd log;
    explicit OpenDrive(int fd) : file(fd) {}
};

using Drives = std::map<std::pair<dev_t, ino_t>, std::unique_ptr<OpenDrive>>;

// Never destroyed: libburn's threads may still run when the process ends.
Drives& drives() {
    static auto* all = new Drives;
    return *all;
}

OpenDrive* drive_of(int fd) {
    struct stat info{};
    if (::fstat(fd, &info) != 0 || !S_ISREG(info.st_mode)) return nullptr;
    const std::scoped_lock lock(mutex);
    auto& drive = drives()[{info.st_dev, info.st_ino}];
    if (drive) return drive.get();
    if (!has_magic(fd, kDriveMagic)) return nullptr;
    drive = std::make_unique<OpenDrive>(fd);
    char path[1100] = {};
    const std::string link = "/proc/self/fd/" + std::to_string(fd);
    if (::readlink(link.c_str(), path, 1000) > 0) {
        std::strcat(path, ".log");
        drive->log = burnbox::UniqueFd(static_cast<int>(
            ::syscall(SYS_openat, AT_FDCWD, path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644)));
    }
    uses_drive = true;
    return drive.get();
}

std::int64_t now_ns() {
    timespec now{};
    ::clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * std::int64_t{1'000'000'000} + now.tv_nsec;
}

void really_sleep(std::int64_t ns) {
    timespec time{ns / 1'000'000'000, ns % 1'000'000'000};
    ::syscall(SYS_nanosleep, &time, &time);
}

void write_log(const OpenDrive& drive, const Command& command, const Reply& reply) {
    char line[256];
    int length = 0;
    for (const std::uint8_t byte : command.cdb)
        length += std::snprintf(line + length, sizeof line - length, "%02x ", byte);
    if (reply.fate != Fate::answered)
        length += std::snprintf(line + length, sizeof line - length, "FATE %d", static_cast<int>(reply.fate));
    else if (reply.sense != sense::kGood)
        length += std::snprintf(line + length, sizeof line - length, "SENSE %x/%02x/%02x", reply.sense.key,
                                reply.sense.asc, reply.sense.ascq);
    line[length++] = '\n';
    if (::write(drive.log.get(), line, static_cast<std::size_t>(length)) < 0) return;
}

void fill_sense(sg_io_hdr_t& io, Sense sense) {
    constexpr unsigned char kBytes = 18;
    const unsigned char fixed[kBytes] = {0x70, 0, sense.key, 0, 0, 0,         0,
                                         10,   0, 0,         0, 0, sense.asc, sense.ascq};
    io.status = 2;
    io.driver_status = 8;
    io.sb_len_wr = std::min(kBytes, io.mx_sb_len);
    if (io.sb_len_wr > 0) std::memcpy(io.sbp, fixed, io.sb_len_wr);
}

int sg_io(OpenDrive& drive, sg_io_hdr_t& io) {
    const auto* out = static_cast<const std::byte*>(io.dxferp);
    const bool to_drive = io.dxfer_direction == SG_DXFER_TO_DEV;
    const Command command{{io.cmdp, io.cmd_len},
                          to_drive ? std::span(out, io.dxfer_len) : std::span<const std::byte>(),
                          to_drive ? 0 : io.dxfer_len,
                          now_ns()};
    Reply reply;
    {
        const std::scoped_lock lock(mutex);
        reply = drive.file.run(command);
        write_log(drive, command, reply);
    }
    io.status = io.masked_status = 0;
    io.sb_len_wr = 0;
    io.host_status = io.driver_status = 0;
    io.resid = 0;
    if (reply.wait_ns > 0) really_sleep(reply.wait_ns);
    switch (reply.fate) {
        case Fate::answered:
            break;
        case Fate::host_error:
            io.host_status = 3;  // DID_TIME_OUT
            return 0;
        case Fate::never_returns:
            for (;;) ::syscall(SYS_pause);
        case Fate::drive_gone:
            errno = ENODEV;
            return -1;
        case Fate::power_cut:
            ::kill(::getpid(), SIGKILL);
            for (;;) ::syscall(SYS_pause);
    }
    if (reply.sense != sense::kGood) fill_sense(io, reply.sense);
    if (!reply.data.empty()) std::memcpy(io.dxferp, reply.data.data(), reply.data.size());
    if (!to_drive) io.resid = static_cast<int>(io.dxfer_len - reply.data.size());
    return 0;
}

int drive_ioctl(OpenDrive& drive, unsigned long request, void* argument) {
    switch (request) {
        case SG_IO:
            return sg_io(drive, *static_cast<sg_io_hdr_t*>(argument));
        case CDROM_DRIVE_STATUS: {
            const DriveState state = drive.file.load();
            if (state.tray_open) return CDS_TRAY_OPEN;
            return state.disc[0] != '\0' ? CDS_DISC_OK : CDS_NO_DISC;
        }
        case kGetBusNumber:
            *static_cast<int*>(argument) = 7;
            return 0;
        case kGetIdLun:
            std::memset(argument, 0, 2 * sizeof(int));
            return 0;
        default:
            errno = ENOTTY;
            return -1;
    }
}

bool for_drives(unsigned long request) {
    constexpr unsigned long kOthers[] = {SG_IO,         SG_GET_SCSI_ID, CDROM_DRIVE_STATUS, HDIO_GET_IDENTITY,
                                         kGetBusNumber, kGetIdLun};
    return std::find(std::begin(kOthers), std::end(kOthers), request) != std::end(kOthers);
}

}  // namespace

extern "C" {

int ioctl(int fd, unsigned long request, ...) noexcept {
    va_list arguments;
    va_start(arguments, request);
    void* argument = va_arg(arguments, void*);
    va_end(arguments);
    if (for_drives(request))
        if (OpenDrive* drive = drive_of(fd)) return drive_ioctl(*drive, request, argument);
    return static_cast<int>(::syscall(SYS_ioctl, fd, request, argument));
}

int nanosleep(const timespec* wanted, timespec* left) {
    if (!uses_drive) return static_cast<int>(::syscall(SYS_nanosleep, wanted, left));
    really_sleep(wanted->tv_sec > 0 ? kLongestSleepNs : std::min(wanted->tv_nsec, kLongestSleepNs));
    return 0;
}

int usleep(useconds_t us) {
    const timespec wanted{us / 1'000'000, us % 1'000'000 * 1000};
    return nanosleep(&wanted, nullptr);
}

unsigned sleep(unsigned seconds) {
    const timespec wanted{seconds, 0};
    return nanosleep(&wanted, nullptr) == 0 ? 0 : seconds;
}

}  // extern "C"
