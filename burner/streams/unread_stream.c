#define _GNU_SOURCE
#include "burner/streams/unread_stream.h"

#include <stdlib.h>
#include <string.h>

#include "burner/streams/own_stream.h"

struct unread_stream {
    struct bb_own_stream own;
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

static int stream_read(IsoStream* stream, void* buffer, size_t count) {
    struct unread_stream* data = stream->data;
    const uint64_t left = data->own.size_bytes - data->given;
    const size_t part = left < count ? (size_t)left : count;
    memset(buffer, 0, part);
    data->given += part;
    return (int)part;
}

static void stream_free(IsoStream* stream) {
    free(stream->data);
}

static IsoStreamIface unread_stream_class = {BB_OWN_STREAM, .open = stream_open, .close = stream_close,
                                             .read = stream_read, .free = stream_free};

int bb_unread_stream_new(uint64_t size_bytes, uint64_t id, void** stream) {
    const struct bb_own_stream own = {size_bytes, id};
    *stream = bb_own_stream_new(&unread_stream_class, sizeof(struct unread_stream), own);
    return *stream != NULL;
}
