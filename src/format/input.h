/* input.h: bytes in order from a plain file, a gzip file, a member of a zip archive, or whatever
 * else can give them. */
#ifndef TW_FORMAT_INPUT_H
#define TW_FORMAT_INPUT_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "thalweg/status.h"

struct archive;

/* Something else that gives bytes in order; part of a larger struct of its own. */
typedef struct tw_feed {
    /* At most `count` bytes; *got < count only at the end. */
    tw_status (*read)(struct tw_feed *feed, void *out, size_t count, size_t *got);
    void (*close)(struct tw_feed *feed);
} tw_feed;

/* `path` and `name` must outlive it. */
typedef struct tw_input {
    const char *path;
    const char *name;        /* for messages: the path, or "PATH:MEMBER" */
    int descriptor;          /* of a plain file, -1 otherwise */
    struct archive *archive; /* of a gzip or zip file */
    tw_feed *feed;           /* or NULL; owned */
    uint64_t position;       /* bytes read so far */
    uint64_t most;           /* what a member of an archive of this size can hold */
    uint64_t bound;          /* no more than this many bytes can come, so a header that declares
                                more is wrong and nothing need be allocated for it */
} tw_input;

/* An input that was not opened yet: closing it does nothing. */
#define TW_INPUT_CLOSED ((tw_input){.descriptor = -1})

/* Opens a file; gzip is told by content and unpacked on the way. */
tw_status tw_input_open(tw_input *input, const char *path);
/* Opens a member of a zip archive; TW_DECLINED, without text, if there is none of that name. `name`
 * stands for it in messages. */
tw_status tw_input_open_member(tw_input *input, const char *path, const char *member,
                               const char *name);
/* Takes a feed that gives `bound` bytes. */
void tw_input_feed(tw_input *input, const char *name, tw_feed *feed, uint64_t bound);
/* All members of a zip archive one after the other: opens it before the first; `next` goes to the
 * one behind, of the name *member (good until the next call), or TW_DECLINED, without text. */
tw_status tw_input_open_members(tw_input *input, const char *path);
tw_status tw_input_next_member(tw_input *input, const char **member);
/* Reads exactly `count` bytes, or fails and says at which byte the file ends. */
tw_status tw_input_read(tw_input *input, void *out, size_t count);
/* Reads at most `count` bytes; *got < count only at the end. */
tw_status tw_input_read_some(tw_input *input, void *out, size_t count, size_t *got);
/* Fails unless everything was read. */
tw_status tw_input_expect_end(tw_input *input);
void tw_input_close(tw_input *input);

/* Opens a plain file for reading. Whatever else the path leads to is refused, and not waited for: a
 * file is looked at by content before it is read, which a pipe cannot be. */
tw_status tw_regular_open(const char *path, int *descriptor);
/* The same as a stream, to be closed. */
tw_status tw_regular_stream(const char *path, FILE **out);

/* Reads exactly `count` bytes of an open plain file from byte `at`; the message does not name it.
 */
tw_status tw_read_at(int descriptor, uint64_t at, void *out, size_t count);

/* A whole plain or gzip file of at most `limit` bytes; *out is from malloc, with a 0 after the last
 * byte. */
tw_status tw_input_load(const char *path, uint64_t limit, uint8_t **out, size_t *size);

#endif
