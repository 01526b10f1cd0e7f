#define _GNU_SOURCE
#include "common/storage/open_beneath.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

int bb_open_beneath(int folder_fd, const char* path, uint64_t flags, uint32_t permissions) {
    struct open_how how;
    long fd = -1;
    memset(&how, 0, sizeof how);
    how.flags = flags | O_CLOEXEC;
    how.mode = (flags & O_CREAT) != 0 ? permissions & 07777U : 0;
    how.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS;
    do fd = syscall(SYS_openat2, folder_fd, path, &how, sizeof how);
    while (fd < 0 && errno == EINTR);
    return (int)fd;
}
