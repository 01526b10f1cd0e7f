#define _GNU_SOURCE
#include "burner/streams/hash_stream.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "burner/streams/own_stream.h"

struct bb_hash_reader {
    struct bb_hashed_file* file;
    const unsigned char* block; /* of the open file */
    size_t left;                /* of the block */
    atomic_int failed;          /* an enum bb_hash_failure_kind; the fields below are set before it */
    struct bb_file_failure failure;
    char* failed_path;
};

struct hash_stream {
    struct bb_own_stream own;
    struct bb_hash_reader* reader;
    char* path;
    int folder_fd;
    uint8_t sha256[32];
};

struct bb_hash_reader* bb_hash_reader_new(void) {
    struct bb_hash_reader* reader = calloc(1, sizeof *reader);
    if (reader == NULL) return NULL;
    reader->file = bb_hashed_file_new();
    if (reader->file == NULL) {
        free(reader);
        return NULL;
    }
    return reader;
}

void bb_hash_reader_free(struct bb_hash_reader* reader) {
    if (reader == NULL) return;
    bb_hashed_file_free(reader->file);
    free(reader->failed_path);
    free(reader);
}

struct bb_hash_failure bb_hash_reader_failure(const struct bb_hash_reader* reader) {
    struct bb_hash_failure failure = {BB_HASH_FINE, 0, "", ""};
    if (atomic_load_explicit(&reader->failed, memory_order_acquire) == BB_HASH_FINE) return failure;
    failure.kind = reader->failure.kind;
    failure.sys_errno = reader->failure.sys_errno;
    failure.what = reader->failure.what;
    if (reader->failed_path != NULL) failure.path = reader->failed_path;
    return failure;
}

/* Keeps the first failure: the ones after it are its consequences. */
static int note_failure(struct bb_hash_reader* reader, const char* path, struct bb_file_failure failure) {
    if (atomic_load_explicit(&reader->failed, memory_order_relaxed) == BB_HASH_FINE) {
        reader->failure = failure;
        reader->failed_path = strdup(path);
        atomic_store_explicit(&reader->failed, failure.kind, memory_order_release);
    }
    return ISO_FILE_READ_ERROR;
}

static int stream_open(IsoStream* stream) {
    struct hash_stream* data = stream->data;
    struct bb_hash_reader* reader = data->reader;
    if (bb_hashed_file_is_open(reader->file)) {
        const struct bb_file_failure failure = {BB_HASH_IO, EBUSY, "is read while another file is open"};
        return note_failure(reader, data->path, failure);
    }
    reader->left = 0;
    if (bb_hashed_file_open(reader->file, data->folder_fd, data->path, data->own.size_bytes, data->sha256) ==
        1)
        return ISO_SUCCESS;
    return note_failure(reader, data->path, bb_hashed_file_failure(reader->file));
}

static int stream_close(IsoStream* stream) {
    struct hash_stream* data = stream->data;
    bb_hashed_file_close(data->reader->file);
    return ISO_SUCCESS;
}

static int stream_read(IsoStream* stream, void* buffer, size_t count) {
    struct hash_stream* data = stream->data;
    struct bb_hash_reader* reader = data->reader;
    size_t done = 0;
    if (!bb_hashed_file_is_open(reader->file)) return ISO_FILE_NOT_OPENED;
    while (done < count) {
        if (reader->left == 0) {
            const int result = bb_hashed_file_next(reader->file, &reader->block, &reader->left);
            if (result == 0) break;
            if (result < 0) {
                reader->left = 0;
                return note_failure(reader, data->path, bb_hashed_file_failure(reader->file));
            }
        }
        const size_t part = reader->left < count - done ? reader->left : count - done;
        memcpy((unsigned char*)buffer + done, reader->block, part);
        reader->block += part;
        reader->left -= part;
        done += part;
    }
    return (int)done;
}

static void stream_free(IsoStream* stream) {
    struct hash_stream* data = stream->data;
    free(data->path);
    free(data);
}

static IsoStreamIface hash_stream_class = {BB_OWN_STREAM, .open = stream_open, .close = stream_close,
                                           .read = stream_read, .free = stream_free};

int bb_hash_stream_new(struct bb_hash_reader* reader, int folder_fd, const char* path, uint64_t size_bytes,
                       const uint8_t sha256[32], uint64_t id, void** stream) {
    const struct bb_own_stream own = {size_bytes, id};
    char* kept_path = strdup(path);
    IsoStream* made = bb_own_stream_new(&hash_stream_class, sizeof(struct hash_stream), own);
    if (made == NULL || kept_path == NULL) {
        if (made != NULL) free(made->data);
        free(made);
        free(kept_path);
        return 0;
    }
    struct hash_stream* data = made->data;
    data->reader = reader;
    data->path = kept_path;
    data->folder_fd = folder_fd;
    memcpy(data->sha256, sha256, sizeof data->sha256);
    *stream = made;
    return 1;
}

int bb_hash_check(struct bb_hash_reader* reader, int folder_fd, const char* path, uint64_t size_bytes,
                  const uint8_t sha256[32]) {
    const unsigned char* block;
    size_t bytes;
    int result = -1;
    if (bb_hashed_file_open(reader->file, folder_fd, path, size_bytes, sha256) == 1) do
            result = bb_hashed_file_next(reader->file, &block, &bytes);
        while (result > 0);
    if (result < 0) note_failure(reader, path, bb_hashed_file_failure(reader->file));
    bb_hashed_file_close(reader->file);
    return result == 0;
}
