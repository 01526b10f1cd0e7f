#define _GNU_SOURCE
#include "burner/streams/hashed_file.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/evp.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/storage/open_beneath.h"

#define BLOCK_BYTES ((size_t)1 << 20)
#define BLOCKS 4U
#define PAGE_BYTES 4096               /* blocks begin with a page: see common/base/page_memory.hpp */
#define AHEAD_BYTES (4 * BLOCK_BYTES) /* from this size on a thread pays */
#define LONGEST_STEP 3000U /* of a path given to openat2 at once; the kernel takes at most 4095 bytes */

struct bb_hashed_file {
    int fd; /* -1 = closed */
    uint64_t size_bytes;
    uint64_t read_bytes;
    uint8_t sha256[32];
    EVP_MD_CTX* digest;
    unsigned char* blocks; /* a ring */
    size_t lengths[BLOCKS];
    struct bb_file_failure failure;

    bool ahead; /* the thread runs; what it shares is below */
    pthread_t thread;
    pthread_mutex_t mutex;
    pthread_cond_t changed;
    uint64_t filled; /* blocks so far */
    uint64_t taken;
    bool holds; /* the user still uses block `taken` */
    bool stop;
    int result; /* of the thread: 1 = runs, 0 = end, -1 = failed */
};

struct bb_hashed_file* bb_hashed_file_new(void) {
    struct bb_hashed_file* file = calloc(1, sizeof *file);
    if (file == NULL) return NULL;
    file->fd = -1;
    file->blocks = aligned_alloc(PAGE_BYTES, BLOCKS * BLOCK_BYTES);
    file->digest = EVP_MD_CTX_new();
    pthread_mutex_init(&file->mutex, NULL);
    pthread_cond_init(&file->changed, NULL);
    if (file->blocks == NULL || file->digest == NULL) {
        bb_hashed_file_free(file);
        return NULL;
    }
    return file;
}

void bb_hashed_file_free(struct bb_hashed_file* file) {
    if (file == NULL) return;
    bb_hashed_file_close(file);
    pthread_cond_destroy(&file->changed);
    pthread_mutex_destroy(&file->mutex);
    EVP_MD_CTX_free(file->digest);
    free(file->blocks);
    free(file);
}

struct bb_file_failure bb_hashed_file_failure(const struct bb_hashed_file* file) {
    return file->failure;
}

int bb_hashed_file_is_open(const struct bb_hashed_file* file) {
    return file->fd >= 0;
}

static int fail_with(struct bb_hashed_file* file, enum bb_hash_failure_kind kind, int sys_errno,
                     const char* what) {
    file->failure.kind = kind;
    file->failure.sys_errno = sys_errno;
    file->failure.what = what;
    return -1;
}

static void close_step(int fd, int folder_fd) {
    const int kept = errno;
    if (fd != folder_fd) close(fd);
    errno = kept;
}

/* Opens a file beneath the folder, in steps where the path is longer than the kernel takes. -1 with errno. */
static int open_deep(int folder_fd, const char* path) {
    int base = folder_fd;
    char step[LONGEST_STEP + 1];
    while (strlen(path) > LONGEST_STEP) {
        memcpy(step, path, LONGEST_STEP);
        step[LONGEST_STEP] = '\0';
        char* slash = strrchr(step, '/');
        int next = -1;
        if (slash == NULL) {
            errno = ENAMETOOLONG;
        } else {
            *slash = '\0';
            path += slash - step + 1;
            next = bb_open_beneath(base, step, O_PATH | O_DIRECTORY, 0);
        }
        close_step(base, folder_fd);
        if (next < 0) return -1;
        base = next;
    }
    const int fd = bb_open_beneath(base, path, O_RDONLY | O_NONBLOCK, 0);
    close_step(base, folder_fd);
    return fd;
}

/* Fills one block and hashes it; at the file's end compares the digest. 1, 0 at the end, or -1. */
static int read_block(struct bb_hashed_file* file, unsigned char* block, size_t* bytes) {
    unsigned char digest[EVP_MAX_MD_SIZE];
    const uint64_t left = file->size_bytes - file->read_bytes;
    const size_t wanted = left < BLOCK_BYTES ? (size_t)left : BLOCK_BYTES;
    size_t got = 0;
    if (left == 0) return 0;
    while (got < wanted) {
        const ssize_t part = read(file->fd, block + got, wanted - got);
        if (part < 0 && errno == EINTR) continue;
        if (part < 0) return fail_with(file, BB_HASH_IO, errno, "can't be read");
        if (part == 0) return fail_with(file, BB_HASH_CHANGED, 0, "became shorter");
        got += (size_t)part;
    }
    if (EVP_DigestUpdate(file->digest, block, got) != 1)
        return fail_with(file, BB_HASH_IO, ENOMEM, "can't be hashed");
    file->read_bytes += got;
    *bytes = got;
    if (file->read_bytes < file->size_bytes) return 1;
    if (EVP_DigestFinal_ex(file->digest, digest, NULL) != 1)
        return fail_with(file, BB_HASH_IO, ENOMEM, "can't be hashed");
    if (memcmp(digest, file->sha256, sizeof file->sha256) != 0)
        return fail_with(file, BB_HASH_CHANGED, 0, "has another content");
    return 1;
}

static void* read_ahead(void* argument) {
    struct bb_hashed_file* file = argument;
    int result = 1;
    while (result > 0) {
        pthread_mutex_lock(&file->mutex);
        while (file->filled - file->taken == BLOCKS && !file->stop)
            pthread_cond_wait(&file->changed, &file->mutex);
        const bool stop = file->stop;
        const unsigned slot = (unsigned)(file->filled % BLOCKS);
        pthread_mutex_unlock(&file->mutex);
        if (stop) break;
        result = read_block(file, file->blocks + slot * BLOCK_BYTES, &file->lengths[slot]);
        pthread_mutex_lock(&file->mutex);
        if (result > 0)
            ++file->filled;
        else
            file->result = result;
        pthread_cond_signal(&file->changed);
        pthread_mutex_unlock(&file->mutex);
    }
    return NULL;
}

int bb_hashed_file_open(struct bb_hashed_file* file, int folder_fd, const char* path, uint64_t size_bytes,
                        const uint8_t sha256[32]) {
    struct stat info;
    bb_hashed_file_close(file);
    memset(&file->failure, 0, sizeof file->failure);
    file->fd = open_deep(folder_fd, path);
    if (file->fd < 0) {
        const bool gone = errno == ENOENT || errno == ENOTDIR || errno == ELOOP;
        fail_with(file, gone ? BB_HASH_CHANGED : BB_HASH_IO, errno, gone ? "is gone" : "can't be opened");
        return 0;
    }
    if (fstat(file->fd, &info) != 0 || !S_ISREG(info.st_mode))
        fail_with(file, BB_HASH_CHANGED, 0, "is no plain file any more");
    else if ((uint64_t)info.st_size != size_bytes)
        fail_with(file, BB_HASH_CHANGED, 0, "has another size");
    else if (EVP_DigestInit_ex(file->digest, EVP_sha256(), NULL) != 1)
        fail_with(file, BB_HASH_IO, ENOMEM, "can't be hashed");
    if (file->failure.kind != BB_HASH_FINE) {
        bb_hashed_file_close(file);
        return 0;
    }
    file->size_bytes = size_bytes;
    file->read_bytes = 0;
    memcpy(file->sha256, sha256, sizeof file->sha256);
    if (size_bytes < AHEAD_BYTES) return 1;
    posix_fadvise(file->fd, 0, 0, POSIX_FADV_SEQUENTIAL);
    file->filled = file->taken = 0;
    file->holds = file->stop = false;
    file->result = 1;
    /* Without a thread it is slower, and that is all. */
    file->ahead = pthread_create(&file->thread, NULL, read_ahead, file) == 0;
    return 1;
}

int bb_hashed_file_next(struct bb_hashed_file* file, const unsigned char** data, size_t* bytes) {
    if (!file->ahead) {
        *data = file->blocks;
        return read_block(file, file->blocks, bytes);
    }
    pthread_mutex_lock(&file->mutex);
    if (file->holds) {
        ++file->taken;
        file->holds = false;
        pthread_cond_signal(&file->changed);
    }
    while (file->filled == file->taken && file->result > 0) pthread_cond_wait(&file->changed, &file->mutex);
    const bool got = file->filled > file->taken;
    const unsigned slot = (unsigned)(file->taken % BLOCKS);
    const int result = got ? 1 : file->result;
    file->holds = got;
    pthread_mutex_unlock(&file->mutex);
    if (!got) return result;
    *data = file->blocks + slot * BLOCK_BYTES;
    *bytes = file->lengths[slot];
    return 1;
}

void bb_hashed_file_close(struct bb_hashed_file* file) {
    if (file->ahead) {
        pthread_mutex_lock(&file->mutex);
        file->stop = true;
        pthread_cond_signal(&file->changed);
        pthread_mutex_unlock(&file->mutex);
        pthread_join(file->thread, NULL);
        file->ahead = false;
    }
    if (file->fd >= 0) close(file->fd);
    file->fd = -1;
}
