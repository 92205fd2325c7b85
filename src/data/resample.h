/* resample.h: one axis of an image made longer or shorter by a triangle as wide as a pixel of the
 * coarser of the two, so that nothing is passed over where it becomes shorter: what Pillow calls
 * BILINEAR, and torchvision bilinear with antialias. Bytes come out as Pillow's, bit by bit. */
#ifndef TW_DATA_RESAMPLE_H
#define TW_DATA_RESAMPLE_H

#include <stddef.h>
#include <stdint.h>

#include "thalweg/status.h"

/* Output i is the sum over k < taps[i] of weights[i * room + k] times input first[i] + k. */
typedef struct tw_resample_axis {
    size_t count, room;
    size_t *first, *taps;
    double *weights;
    int32_t *fixed; /* the weights times 2^22, for bytes */
} tw_resample_axis;

/* Of an axis of `in` pixels made `full` long, the `count` from `from` on. */
tw_status tw_resample_axis_make(size_t in, size_t full, size_t from, size_t count,
                                tw_resample_axis *out);
void tw_resample_axis_release(tw_resample_axis *axis);

/* The inputs that are read: from *begin to *end - 1. */
void tw_resample_axis_reach(const tw_resample_axis *axis, size_t *begin, size_t *end);

/* One row: pixel i of it is at in[i * step]. */
void tw_resample_row_bytes(const tw_resample_axis *axis, const uint8_t *in, size_t step,
                           uint8_t *out);
void tw_resample_row_doubles(const tw_resample_axis *axis, const double *in, size_t step,
                             double *out);
/* Output `index` of an axis of rows: `rows` are `width` wide, and begin with number `begin`. */
void tw_resample_rows_bytes(const tw_resample_axis *axis, size_t index, const uint8_t *rows,
                            size_t begin, size_t width, uint8_t *out);
void tw_resample_rows_doubles(const tw_resample_axis *axis, size_t index, const double *rows,
                              size_t begin, size_t width, double *out);

#endif
