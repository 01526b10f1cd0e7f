/* The place of a file's bytes in an image that is made to be looked at and never burned: an IsoStream that
 * reads as zeros. In C because libisofs shows struct iso_stream to C only. Threads: as libisofs reads it. */
#ifndef BURNBOX_IMAGE_UNREAD_STREAM_H
#define BURNBOX_IMAGE_UNREAD_STREAM_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Makes a stream (struct iso_stream *) with one reference. `id` as for bb_hash_stream_new. Returns 1, or 0
 * when memory is out. */
int bb_unread_stream_new(uint64_t size_bytes, uint64_t id, void** stream);

#ifdef __cplusplus
}
#endif

#endif
