/* The one way in which what lies in a folder of other people is opened. */
#ifndef BURNBOX_STORAGE_OPEN_BENEATH_H
#define BURNBOX_STORAGE_OPEN_BENEATH_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* openat2(2) that never leaves the folder and follows no link. `path` has at most 4095 bytes; `flags` are
 * those of open(2), to which O_CLOEXEC is added; `permissions` count with O_CREAT. A descriptor, or -1 with
 * errno. */
int bb_open_beneath(int folder_fd, const char* path, uint64_t flags, uint32_t permissions);

#ifdef __cplusplus
}
#endif

#endif
