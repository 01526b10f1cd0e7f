/* The source of a staged file's bytes on their way to the disc: an IsoStream over a hashed file. libisofs
 * fills what it can't read with zeros, so a file that changed, shrank, grew or vanished must fail here. In C
 * because libisofs shows struct iso_stream to C only. Threads: streams of one reader are read one after the
 * other, by one thread; the failure may be asked for by any. */
#ifndef BURNBOX_IMAGE_HASH_STREAM_H
#define BURNBOX_IMAGE_HASH_STREAM_H

#include <stdint.h>

#include "burner/streams/hashed_file.h"

#ifdef __cplusplus
extern "C" {
#endif

/* What the streams of one burn share: the file that is open and the first failure. */
struct bb_hash_reader;

struct bb_hash_failure {
    enum bb_hash_failure_kind kind;
    int sys_errno;
    const char* path; /* in the session folder; lives as long as the reader */
    const char* what; /* "has another size", ... */
};

/* NULL when memory is out. */
struct bb_hash_reader* bb_hash_reader_new(void);
/* After the streams are gone. */
void bb_hash_reader_free(struct bb_hash_reader* reader);
struct bb_hash_failure bb_hash_reader_failure(const struct bb_hash_reader* reader);

/* Makes a stream (struct iso_stream *) with one reference. `folder_fd` is borrowed; `path` is beneath it and
 * is resolved without following links. `id` must be unique among the reader's streams: libisofs puts contents
 * on the disc in its order. Returns 1, or 0 when memory is out. */
int bb_hash_stream_new(struct bb_hash_reader* reader, int folder_fd, const char* path, uint64_t size_bytes,
                       const uint8_t sha256[32], uint64_t id, void** stream);

/* Reads the file once through such a stream without giving its bytes to anybody: 1 = as in the manifest, 0 =
 * see the failure. */
int bb_hash_check(struct bb_hash_reader* reader, int folder_fd, const char* path, uint64_t size_bytes,
                  const uint8_t sha256[32]);

#ifdef __cplusplus
}
#endif

#endif
