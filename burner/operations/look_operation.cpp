#include <fcntl.h>
#include <linux/cdrom.h>
#include <sys/ioctl.h>

#include <cerrno>

#include "burner/operations/disc_operations.hpp"
#include "common/base/unique_fd.hpp"

namespace burnbox {
namespace {

Presence presence_of(int answer) {
    switch (answer) {
        case CDS_NO_DISC:
            return Presence::no_disc;
        case CDS_TRAY_OPEN:
            return Presence::tray_open;
        case CDS_DISC_OK:
            return Presence::disc;
        default:  // it does not know, or is busy getting ready
            return Presence::unknown;
    }
}

constexpr int kLookFlags = O_RDWR | O_NONBLOCK | O_CLOEXEC;

}  // namespace

bool tray_is_open(const Device& device) {
    if (device.emulated()) return false;
    const UniqueFd fd(::open(device.path.c_str(), kLookFlags));
    return fd && presence_of(::ioctl(fd.get(), CDROM_DRIVE_STATUS, CDSL_CURRENT)) == Presence::tray_open;
}

// O_NONBLOCK: the kernel neither closes the tray nor waits for the medium (linux/cdrom.h).
Result<Look> look_at(const Device& device) {
    const UniqueFd fd(::open(device.path.c_str(), kLookFlags));
    if (!fd && (errno == ENXIO || errno == ENODEV || errno == ENOENT))
        return fail(Errc::unreachable,
                    "look at drive " + device.path + ": it is not there any more; plug it in");
    if (!fd) return fail_errno("look at drive", device.path);
    const int answer = ::ioctl(fd.get(), CDROM_DRIVE_STATUS, CDSL_CURRENT);
    if (answer < 0 && (errno == ENXIO || errno == ENODEV))
        return fail(Errc::unreachable,
                    "look at drive " + device.path + ": it is not there any more; plug it in");
    Look look;
    look.presence = presence_of(answer);
    look.changed = ::ioctl(fd.get(), CDROM_MEDIA_CHANGED, CDSL_CURRENT) > 0;
    return look;
}

}  // namespace burnbox
