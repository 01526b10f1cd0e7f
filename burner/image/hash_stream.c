#define _GNU_SOURCE
#include "burner/image/hash_stream.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>

#include <libisofs/libisofs.h>

#define STREAM_FS_ID 0x6262U /* beyond the ids libisofs uses for its own kinds of streams */

struct bb_hash_reader {
    struct bb_hashed_file* file;
    const unsigned char* block; /* of the open file */
    size_t left;                /* of the block */
    atomic_int failed;          /* an enum bb_hash_failure_kind; the fields below are set before it */
    struct bb_file_failure failure;
    char* failed_path;
};

struct hash_stream {
    struct bb_hash_reader* reader;
    char* path;
    uint64_t size_bytes;
    uint64_t id;
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
    if (bb_hashed_file_open(reader->file, data->folder_fd, data->path, data->size_bytes, data->sha256) == 1)
        return ISO_SUCCESS;
    return note_failure(reader, data->path, bb_hashed_file_failure(reader->file));
}

static int stream_close(IsoStream* stream) {
    struct hash_stream* data = stream->data;
    bb_hashed_file_close(data->reader->file);
    return ISO_SUCCESS;
}

static off_t stream_get_size(IsoStream* stream) {
    const struct hash_stream* data = stream->data;
    return (off_t)data->size_bytes;
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

static int stream_is_repeatable(IsoStream* stream) {
    (void)stream;
    return 1;
}

static void stream_get_id(IsoStream* stream, unsigned int* fs_id, dev_t* dev_id, ino_t* ino_id) {
    const struct hash_stream* data = stream->data;
    *fs_id = STREAM_FS_ID;
    *dev_id = 0;
    *ino_id = (ino_t)data->id;
}

static void stream_free(IsoStream* stream) {
    struct hash_stream* data = stream->data;
    free(data->path);
    free(data);
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

static IsoStreamIface hash_stream_class = {
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

int bb_hash_stream_new(struct bb_hash_reader* reader, int folder_fd, const char* path, uint64_t size_bytes,
                       const uint8_t sha256[32], uint64_t id, void** stream) {
    IsoStream* made = calloc(1, sizeof *made);
    struct hash_stream* data = calloc(1, sizeof *data);
    char* kept_path = strdup(path);
    if (made == NULL || data == NULL || kept_path == NULL) {
        free(made);
        free(data);
        free(kept_path);
        return 0;
    }
    data->reader = reader;
    data->path = kept_path;
    data->size_bytes = size_bytes;
    data->id = id;
    data->folder_fd = folder_fd;
    memcpy(data->sha256, sha256, sizeof data->sha256);
    made->class = &hash_stream_class;
    made->refcount = 1;
    made->data = data;
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
