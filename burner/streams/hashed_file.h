/* A staged file read in large blocks and compared with the manifest on the way: the last block is handed out
 * only when size and SHA-256 of the whole are right. A large file is read and hashed by a thread of its own,
 * a few blocks ahead, because hashing takes longer than everything else libisofs and libburn do with the
 * bytes. One file at a time; used by one thread. */
#ifndef BURNBOX_IMAGE_HASHED_FILE_H
#define BURNBOX_IMAGE_HASHED_FILE_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

enum bb_hash_failure_kind {
    BB_HASH_FINE = 0,
    BB_HASH_CHANGED, /* size or digest is not the manifest's, or the file is gone */
    BB_HASH_IO       /* the file system failed; sys_errno says how */
};

struct bb_file_failure {
    enum bb_hash_failure_kind kind;
    int sys_errno;
    const char* what; /* "has another size", ... */
};

struct bb_hashed_file;

/* NULL when memory is out. */
struct bb_hashed_file* bb_hashed_file_new(void);
void bb_hashed_file_free(struct bb_hashed_file* file);

/* `path` is beneath the folder and is resolved without following links. Returns 1, or 0: see the failure. */
int bb_hashed_file_open(struct bb_hashed_file* file, int folder_fd, const char* path, uint64_t size_bytes,
                        const uint8_t sha256[32]);
/* 1 with the next block, which stays until the next call; 0 at the end; -1: see the failure. */
int bb_hashed_file_next(struct bb_hashed_file* file, const unsigned char** data, size_t* bytes);
/* At any time; closing a closed one is fine. */
void bb_hashed_file_close(struct bb_hashed_file* file);
int bb_hashed_file_is_open(const struct bb_hashed_file* file);
struct bb_file_failure bb_hashed_file_failure(const struct bb_hashed_file* file);

#ifdef __cplusplus
}
#endif

#endif
