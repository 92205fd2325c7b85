/* source.h: what the user named as data, looked at once, and the readers that may know it. */
#ifndef TW_DATA_SOURCE_H
#define TW_DATA_SOURCE_H

#include "data/collector.h"
#include "format/input.h"
#include "format/pack.h"

enum { TW_SOURCE_HEAD = 64 };

/* A file or directory that exists, on disk or in an archive. */
typedef struct tw_source {
    const char *path;
    int is_directory;
    uint64_t size;                /* of a file, in bytes */
    uint8_t head[TW_SOURCE_HEAD]; /* its first bytes */
    size_t head_size;
    const tw_pack *pack;  /* the archive that it lies in, or NULL */
    const char *in_pack;  /* its name there: the end of `path`; "" is all of it */
    const uint8_t *bytes; /* of a file there */
} tw_source;

/* A folder inside the directory given that is looked into as well, and the data set that it holds:
 * two folders of one set are one set in two layouts, not a doubt. */
typedef struct tw_folder {
    const char *name, *set;
} tw_folder;

/* A kind of data. `probe` tells by content whether `read` should be asked; it never fails. `read`
 * fills the collector, which is begun but has no shape yet. */
typedef struct tw_reader {
    const char *name;
    const tw_folder *folders; /* ends with a NULL name; may be NULL */
    int (*probe)(const tw_source *source);
    tw_status (*read)(const tw_source *source, tw_collector *collector);
    int in_packs; /* reads from archives as well: by way of tw_source_enter, _input and _load alone
                   */
    int broad;    /* knows a folder by so little that it is asked only where no known folder lies
                     in it */
    /* Whether `path`, a file that is there, may be read from `source` without being named; NULL:
     * never. It never fails. */
    int (*reads)(const tw_source *source, const char *path);
} tw_reader;

extern const tw_reader tw_reader_cifar_binary;
extern const tw_reader tw_reader_cifar_pickle;
extern const tw_reader tw_reader_idx;
extern const tw_reader tw_reader_npy;
extern const tw_reader tw_reader_hdf5;
extern const tw_reader tw_reader_csv;
extern const tw_reader tw_reader_image_folder;

/* Looks at `path`. Fails if it cannot be read. */
tw_status tw_source_open(const char *path, tw_source *out);

/* Looks at the file or folder `name` in a directory. *path, for the caller to free, must outlive
 * *out; it is NULL on failure. */
tw_status tw_source_enter(const tw_source *directory, const char *name, char **path,
                          tw_source *out);
/* The bytes of a file, in order or all at once, as tw_input_open and tw_input_load give them. */
tw_status tw_source_input(const tw_source *file, tw_input *input);
tw_status tw_source_load(const tw_source *file, uint64_t limit, uint8_t **out, size_t *size);

/* Whether `directory` holds a file of that name. */
int tw_source_has(const tw_source *directory, const char *name);

/* "directory/name", or the directory's neighbour if `path` is a file; NULL if memory is out. */
char *tw_source_join(const tw_source *directory, const char *name);
char *tw_source_beside(const tw_source *file, const char *name);

/* The last component of the path. */
const char *tw_source_name(const tw_source *source);

/* One file is one split. It answers to "train" whatever it holds, and to "test" only if its name
 * begins with "test" or "t10k"; otherwise this fails and says what to do. */
tw_status tw_source_single_split(const tw_source *file, tw_split split);

#endif
