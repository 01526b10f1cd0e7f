/* What burnbox's own kinds of IsoStream have in common: all but how they are opened, read, closed and given
 * up. For C only, which alone sees struct iso_stream. */
#ifndef BURNBOX_IMAGE_OWN_STREAM_H
#define BURNBOX_IMAGE_OWN_STREAM_H

#include <stddef.h>
#include <stdint.h>

#include <libisofs/libisofs.h>

/* The data of such a stream begins with it. */
struct bb_own_stream {
    uint64_t size_bytes;
    uint64_t id; /* unique in the image */
};

off_t bb_own_stream_size(IsoStream* stream);
int bb_own_stream_is_repeatable(IsoStream* stream);
void bb_own_stream_id(IsoStream* stream, unsigned int* fs_id, dev_t* dev_id, ino_t* ino_id);
int bb_own_stream_update_size(IsoStream* stream);
IsoStream* bb_own_stream_input(IsoStream* stream, int flag);

/* The fields of an IsoStreamIface that are the same for all. */
#define BB_OWN_STREAM                                                                                   \
    .version = 3, .type = {'u', 's', 'e', 'r'}, .get_size = bb_own_stream_size,                         \
    .is_repeatable = bb_own_stream_is_repeatable, .get_id = bb_own_stream_id,                           \
    .update_size = bb_own_stream_update_size, .get_input_stream = bb_own_stream_input, .cmp_ino = NULL, \
    .clone_stream = NULL

/* A stream with one reference. Its data, `bytes` long, are zeros behind their beginning. NULL when memory is
 * out. */
IsoStream* bb_own_stream_new(IsoStreamIface* kind, size_t bytes, struct bb_own_stream own);

#endif
