/* rows_block.h: checkpoints read into memory as differences to a centre, and sums over them. */
#ifndef TW_LANDSCAPE_ROWS_BLOCK_H
#define TW_LANDSCAPE_ROWS_BLOCK_H

#include "thalweg/trajectory_plane.h"

typedef struct tw_row_reader {
    const tw_rows *rows;
    const double *center;  /* NULL: rows as they are */
    const tw_space *space; /* what does not move in it counts as at the centre; NULL: all moves */
    tw_progress_fn progress;
    void *progress_user;
    size_t done, total; /* rows, for progress */
} tw_row_reader;

/* Numbers from a row in memory to the next: the size, padded with zeros for the kernels. */
size_t tw_rows_stride(size_t size);

/* Rows first ... first + count - 1 less the centre, one after the other. Fails, naming the
 * checkpoint, where an entry is not finite. */
tw_status tw_rows_read(tw_row_reader *reader, size_t first, size_t count, double *values);

/* out[k] = <a[k], b[k]> for k < pairs (at most TW_PRODUCTS), n entries each: added up in pieces
 * that n alone decides, so that the bits do not depend on the runner. */
enum { TW_PRODUCTS = 4 };
tw_status tw_products(tw_runner *runner, size_t n, size_t pairs, const double *const *a,
                      const double *const *b, double *out);

#endif
