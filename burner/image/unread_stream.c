#define _GNU_SOURCE
#include "burner/image/unread_stream.h"

#include <stdlib.h>
#include <string.h>
#include <sys/types.h>

#include <libisofs/libisofs.h>

#define STREAM_FS_ID 0x6262U /* as that of hash_stream.c: no image has both */

struct unread_stream {
    uint64_t size_bytes;
    uint64_t id;
    uint64_t given;
};

static int stream_open(IsoStream* stream) {
    struct unread_stream* data = stream->data;
    data->given = 0;
    return ISO_SUCCESS;
}

static int stream_close(IsoStream* stream) {
    (void)stream;
    return ISO_SUCCESS;
}

static off_t stream_get_size(IsoStream* stream) {
    const struct unread_stream* data = stream->data;
    return (off_t)data->size_bytes;
}

static int stream_read(IsoStream* stream, void* buffer, size_t count) {
    struct unread_stream* data = stream->data;
    const uint64_t left = data->size_bytes - data->given;
    const size_t part = left < count ? (size_t)left : count;
    memset(buffer, 0, part);
    data->given += part;
    return (int)part;
}

static int stream_is_repeatable(IsoStream* stream) {
    (void)stream;
    return 1;
}

static void stream_get_id(IsoStream* stream, unsigned int* fs_id, dev_t* dev_id, ino_t* ino_id) {
    const struct unread_stream* data = stream->data;
    *fs_id = STREAM_FS_ID;
    *dev_id = 0;
    *ino_id = (ino_t)data->id;
}

static void stream_free(IsoStream* stream) {
    free(stream->data);
}

static int stream_update_size(IsoStream* stream) {
    (void)stream;
    return ISO_SUCCESS;
}

static IsoStream* stream_get_input_stream(IsoStream* stream, int flag) {
    (void)stream;
    (void)flag;
    return NULL;
}

static IsoStreamIface unread_stream_class = {
    .version = 3,
    .type = {'u', 's', 'e', 'r'},
    .open = stream_open,
    .close = stream_close,
    .get_size = stream_get_size,
    .read = stream_read,
    .is_repeatable = stream_is_repeatable,
    .get_id = stream_get_id,
    .free = stream_free,
    .update_size = stream_update_size,
    .get_input_stream = stream_get_input_stream,
    .cmp_ino = NULL,
    .clone_stream = NULL,
};

int bb_unread_stream_new(uint64_t size_bytes, uint64_t id, void** stream) {
    IsoStream* made = calloc(1, sizeof *made);
    struct unread_stream* data = calloc(1, sizeof *data);
    if (made == NULL || data == NULL) {
        free(made);
        free(data);
        return 0;
    }
    data->size_bytes = size_bytes;
    data->id = id;
    made->class = &unread_stream_class;
    made->refcount = 1;
    made->data = data;
    *stream = made;
    return 1;
}
