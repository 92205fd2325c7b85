/* file_kind.h: what a result file is, by its name and by its content. */
#ifndef TW_FILE_FILE_KIND_H
#define TW_FILE_FILE_KIND_H

#include <stdio.h>

#include "thalweg/file.h"

typedef enum tw_file_kind {
    TW_FILE_OTHER,
    TW_FILE_NPY,
    TW_FILE_NPZ, /* by content: any zip archive */
    TW_FILE_H5,  /* .h5, .hdf5 */
    TW_FILE_CSV  /* by content: begins as our tables do */
} tw_file_kind;

/* Capitals are the same. */
int tw_file_has_ending(const char *path, const char *ending);

/* By the ending of the path. */
tw_file_kind tw_file_kind_of(const char *path);

/* The first bytes of a file, and zeros behind them; zeros alone of what is no plain file, which is
 * left unread. */
enum { TW_FILE_HEAD = 33 };
tw_status tw_file_head(const char *path, char head[TW_FILE_HEAD]);

/* By the first bytes; TW_FILE_OTHER for what is no plain file. */
tw_status tw_file_content_of(const char *path, tw_file_kind *out);

/* The first line of a table is this and its kind. */
#define TW_TABLE_MARK "# thalweg "

/* What made a file as text: "# thalweg KIND", and lines "# KEY: TEXT" (`provenance` may be NULL). A
 * line end in a text becomes a blank. */
void tw_provenance_put_text(FILE *stream, const char *kind, const tw_provenance *provenance);
/* Adds such a line "# KEY: TEXT"; any other is passed over. */
tw_status tw_provenance_add_line(tw_provenance *provenance, const char *line);

#endif
