/* state_file.h: what an interrupted run goes on from, in a file: named parts of doubles. */
#ifndef TW_FILE_STATE_FILE_H
#define TW_FILE_STATE_FILE_H

#include "thalweg/file.h"

/* As tw_descent_write and tw_descent_read, for runs of the kind `kind`. */
tw_status tw_state_write(const char *path, const char *kind, size_t count,
                         const tw_descent_part *parts, const tw_provenance *provenance);
tw_status tw_state_read(const char *path, const char *kind, size_t *count, tw_descent_part **parts,
                        tw_provenance *provenance);

/* Whether there is a file of that kind; says nothing. */
int tw_state_is(const char *path, const char *kind);

/* That of a spectrum. */
#define TW_SPECTRUM_STATE_KIND "spectrum state"

#endif
