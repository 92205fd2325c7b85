/* fetch_set.h: what is published where, and how it is brought here. */
#ifndef TW_FETCH_FETCH_SET_H
#define TW_FETCH_FETCH_SET_H

#include "thalweg/fetch.h"

enum {
    TW_FETCH_FILES = 4,
    TW_FETCH_SITES = 2,
    TW_FETCH_LIMIT = 1 << 30 /* bytes: no file or unpacked archive is that large */
};

typedef struct tw_fetch_file {
    const char *name;
    const char *md5; /* as published, 32 small hexadecimal digits */
} tw_fetch_file;

/* An archive with files in one folder, or files that go into the folder as they are. */
typedef struct tw_fetch_set {
    const char *name, *folder;
    int archive;                       /* 1: files[0] is a tar.gz that holds the folder */
    const char *sites[TW_FETCH_SITES]; /* tried in this order; NULL: no more */
    tw_fetch_file files[TW_FETCH_FILES];
} tw_fetch_set;

tw_status tw_fetch_set_run(const tw_fetch_set *set, const char *directory,
                           const tw_fetch_options *options);

/* Downloads `url` to `path`, after what is there already (from that byte on, if the server can).
 * `shown` is the name given to the callback. */
tw_status tw_download(const char *url, const char *path, const char *shown,
                      const tw_fetch_options *options);

/* The MD5 digest of a file as 32 hexadecimal digits and a 0. */
tw_status tw_digest_md5(const char *path, char out[33]);

/* Unpacks the tar.gz `archive`, whose entries must be plain files directly in `folder`, as
 * DIRECTORY/FOLDER, which appears when it is complete. */
tw_status tw_unpack(const char *archive, const char *directory, const char *folder);

/* "a/b" or "a/bc", from malloc, or NULL. */
char *tw_fetch_path(const char *directory, const char *name, const char *suffix);

#endif
