#define _GNU_SOURCE
#include "burner/streams/own_stream.h"

#include <stdlib.h>
#include <string.h>

#define STREAM_FS_ID 0x6262U /* beyond the ids libisofs uses for its own kinds of streams */

off_t bb_own_stream_size(IsoStream* stream) {
    const struct bb_own_stream* own = stream->data;
    return (off_t)own->size_bytes;
}

int bb_own_stream_is_repeatable(IsoStream* stream) {
    (void)stream;
    return 1;
}

void bb_own_stream_id(IsoStream* stream, unsigned int* fs_id, dev_t* dev_id, ino_t* ino_id) {
    const struct bb_own_stream* own = stream->data;
    *fs_id = STREAM_FS_ID;
    *dev_id = 0;
    *ino_id = (ino_t)own->id;
}

int bb_own_stream_update_size(IsoStream* stream) {
    (void)stream;
    return ISO_SUCCESS;
}

IsoStream* bb_own_stream_input(IsoStream* stream, int flag) {
    (void)stream;
    (void)flag;
    return NULL;
}

IsoStream* bb_own_stream_new(IsoStreamIface* kind, size_t bytes, struct bb_own_stream own) {
    IsoStream* made = calloc(1, sizeof *made);
    void* data = calloc(1, bytes);
    if (made == NULL || data == NULL) {
        free(made);
        free(data);
        return NULL;
    }
    memcpy(data, &own, sizeof own);
    made->class = kind;
    made->refcount = 1;
    made->data = data;
    return made;
}
