#define _GNU_SOURCE
#include "burner/image/hash_stream.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <openssl/evp.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <unistd.h>

#include <libisofs/libisofs.h>

#define BLOCK_BYTES (1U << 20)
#define STREAM_FS_ID 0x6262U /* beyond the ids libisofs uses for its own kinds of streams */
#define LONGEST_STEP 3000U   /* of a path given to openat2 at once; the kernel takes at most 4095 bytes */

struct bb_hash_reader {
    unsigned char *block;
    size_t filled;
    size_t used;
    EVP_MD_CTX *digest;
    uint64_t read_bytes; /* of the open file */
    int fd;              /* of the open file, or -1 */
    atomic_int failed;   /* an enum bb_hash_failure_kind; the fields below are set before it */
    int failed_errno;
    const char *failed_what;
    char *failed_path;
};

struct hash_stream {
    struct bb_hash_reader *reader;
    char *path;
    uint64_t size_bytes;
    uint64_t id;
    int folder_fd;
    uint8_t sha256[32];
};

struct bb_hash_reader *bb_hash_reader_new(void) {
    struct bb_hash_reader *reader = calloc(1, sizeof *reader);
    if (reader == NULL) return NULL;
    reader->fd = -1;
    reader->block = malloc(BLOCK_BYTES);
    reader->digest = EVP_MD_CTX_new();
    if (reader->block == NULL || reader->digest == NULL) {
        bb_hash_reader_free(reader);
        return NULL;
    }
    return reader;
}

void bb_hash_reader_free(struct bb_hash_reader *reader) {
    if (reader == NULL) return;
    if (reader->fd >= 0) close(reader->fd);
    EVP_MD_CTX_free(reader->digest);
    free(reader->block);
    free(reader->failed_path);
    free(reader);
}

struct bb_hash_failure bb_hash_reader_failure(const struct bb_hash_reader *reader) {
    struct bb_hash_failure failure = {BB_HASH_FINE, 0, "", ""};
    const int kind = atomic_load_explicit(&reader->failed, memory_order_acquire);
    if (kind == BB_HASH_FINE) return failure;
    failure.kind = (enum bb_hash_failure_kind)kind;
    failure.sys_errno = reader->failed_errno;
    failure.what = reader->failed_what;
    if (reader->failed_path != NULL) failure.path = reader->failed_path;
    return failure;
}

/* Keeps the first failure: the ones after it are its consequences. */
static int note_failure(const struct hash_stream *data, enum bb_hash_failure_kind kind, int sys_errno,
                        const char *what) {
    struct bb_hash_reader *reader = data->reader;
    if (atomic_load_explicit(&reader->failed, memory_order_relaxed) == BB_HASH_FINE) {
        reader->failed_errno = sys_errno;
        reader->failed_what = what;
        reader->failed_path = strdup(data->path);
        atomic_store_explicit(&reader->failed, kind, memory_order_release);
    }
    return ISO_FILE_READ_ERROR;
}

static int note_errno(const struct hash_stream *data, int sys_errno, const char *what) {
    const int gone = sys_errno == ENOENT || sys_errno == ENOTDIR || sys_errno == ELOOP;
    return note_failure(data, gone ? BB_HASH_CHANGED : BB_HASH_IO, sys_errno, gone ? "is gone" : what);
}

/* One openat2 step; `flags` beyond the common ones. */
static int open_step(int folder_fd, const char *path, uint64_t flags) {
    struct open_how how;
    memset(&how, 0, sizeof how);
    how.flags = flags | O_CLOEXEC;
    how.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS;
    return (int)syscall(SYS_openat2, folder_fd, path, &how, sizeof how);
}

/* Opens a file beneath the folder, in steps where the path is longer than the kernel takes. -1 with errno. */
static int open_beneath(int folder_fd, const char *path) {
    int base = folder_fd;
    char step[LONGEST_STEP + 1];
    while (strlen(path) > LONGEST_STEP) {
        memcpy(step, path, LONGEST_STEP);
        step[LONGEST_STEP] = '\0';
        char *slash = strrchr(step, '/');
        if (slash == NULL) {
            if (base != folder_fd) close(base);
            errno = ENAMETOOLONG;
            return -1;
        }
        *slash = '\0';
        path += slash - step + 1;
        const int next = open_step(base, step, O_PATH | O_DIRECTORY);
        const int kept = errno;
        if (base != folder_fd) close(base);
        errno = kept;
        if (next < 0) return -1;
        base = next;
    }
    const int fd = open_step(base, path, O_RDONLY | O_NONBLOCK);
    const int kept = errno;
    if (base != folder_fd) close(base);
    errno = kept;
    return fd;
}

static void close_file(struct bb_hash_reader *reader) {
    if (reader->fd >= 0) close(reader->fd);
    reader->fd = -1;
}

static int open_file(struct hash_stream *data) {
    struct bb_hash_reader *reader = data->reader;
    struct stat info;
    if (reader->fd >= 0) return note_failure(data, BB_HASH_IO, EBUSY, "is read while another file is open");
    const int fd = open_beneath(data->folder_fd, data->path);
    if (fd < 0) return note_errno(data, errno, "can't be opened");
    if (fstat(fd, &info) != 0 || !S_ISREG(info.st_mode)) {
        close(fd);
        return note_failure(data, BB_HASH_CHANGED, 0, "is no plain file any more");
    }
    if ((uint64_t)info.st_size != data->size_bytes) {
        close(fd);
        return note_failure(data, BB_HASH_CHANGED, 0, "has another size");
    }
    if (EVP_DigestInit_ex(reader->digest, EVP_sha256(), NULL) != 1) {
        close(fd);
        return note_failure(data, BB_HASH_IO, ENOMEM, "can't be hashed");
    }
    if (data->size_bytes > BLOCK_BYTES) posix_fadvise(fd, 0, 0, POSIX_FADV_SEQUENTIAL);
    reader->fd = fd;
    reader->filled = reader->used = 0;
    reader->read_bytes = 0;
    return ISO_SUCCESS;
}

/* Fills the block buffer; at the file's end compares size and digest. 1, 0 at the end, or an error code. */
static int next_block(struct hash_stream *data) {
    struct bb_hash_reader *reader = data->reader;
    unsigned char digest[EVP_MAX_MD_SIZE];
    reader->used = reader->filled = 0;
    const uint64_t left = data->size_bytes - reader->read_bytes;
    if (left == 0) return 0;
    const size_t wanted = left < BLOCK_BYTES ? (size_t)left : BLOCK_BYTES;
    while (reader->filled < wanted) {
        const ssize_t got = read(reader->fd, reader->block + reader->filled, wanted - reader->filled);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return note_errno(data, errno, "can't be read");
        if (got == 0) return note_failure(data, BB_HASH_CHANGED, 0, "became shorter");
        reader->filled += (size_t)got;
    }
    if (EVP_DigestUpdate(reader->digest, reader->block, reader->filled) != 1)
        return note_failure(data, BB_HASH_IO, ENOMEM, "can't be hashed");
    reader->read_bytes += reader->filled;
    if (reader->read_bytes < data->size_bytes) return 1;
    if (EVP_DigestFinal_ex(reader->digest, digest, NULL) != 1)
        return note_failure(data, BB_HASH_IO, ENOMEM, "can't be hashed");
    if (memcmp(digest, data->sha256, sizeof data->sha256) != 0)
        return note_failure(data, BB_HASH_CHANGED, 0, "has another content");
    return 1;
}

static int stream_open(IsoStream *stream) { return open_file(stream->data); }

static int stream_close(IsoStream *stream) {
    struct hash_stream *data = stream->data;
    close_file(data->reader);
    return ISO_SUCCESS;
}

static off_t stream_get_size(IsoStream *stream) {
    const struct hash_stream *data = stream->data;
    return (off_t)data->size_bytes;
}

static int stream_read(IsoStream *stream, void *buffer, size_t count) {
    struct hash_stream *data = stream->data;
    struct bb_hash_reader *reader = data->reader;
    size_t done = 0;
    if (reader->fd < 0) return ISO_FILE_NOT_OPENED;
    while (done < count) {
        if (reader->used == reader->filled) {
            const int result = next_block(data);
            if (result < 0) return result;
            if (result == 0) break;
        }
        size_t part = reader->filled - reader->used;
        if (part > count - done) part = count - done;
        memcpy((unsigned char *)buffer + done, reader->block + reader->used, part);
        reader->used += part;
        done += part;
    }
    return (int)done;
}

static int stream_is_repeatable(IsoStream *stream) {
    (void)stream;
    return 1;
}

static void stream_get_id(IsoStream *stream, unsigned int *fs_id, dev_t *dev_id, ino_t *ino_id) {
    const struct hash_stream *data = stream->data;
    *fs_id = STREAM_FS_ID;
    *dev_id = 0;
    *ino_id = (ino_t)data->id;
}

static void stream_free(IsoStream *stream) {
    struct hash_stream *data = stream->data;
    free(data->path);
    free(data);
}

static int stream_update_size(IsoStream *stream) {
    (void)stream;
    return ISO_SUCCESS;
}

static IsoStream *stream_get_input_stream(IsoStream *stream, int flag) {
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

int bb_hash_stream_new(struct bb_hash_reader *reader, int folder_fd, const char *path, uint64_t size_bytes,
                       const uint8_t sha256[32], uint64_t id, void **stream) {
    IsoStream *made = calloc(1, sizeof *made);
    struct hash_stream *data = calloc(1, sizeof *data);
    char *kept_path = strdup(path);
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

int bb_hash_check(struct bb_hash_reader *reader, int folder_fd, const char *path, uint64_t size_bytes,
                  const uint8_t sha256[32]) {
    struct hash_stream data = {.reader = reader, .size_bytes = size_bytes, .folder_fd = folder_fd};
    char *kept_path = strdup(path);
    if (kept_path == NULL) return 0;
    data.path = kept_path;
    memcpy(data.sha256, sha256, sizeof data.sha256);
    int result = open_file(&data);
    while (result > 0) result = next_block(&data);
    close_file(reader);
    free(kept_path);
    return result == 0;
}
