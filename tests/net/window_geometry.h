/* window_geometry.h: windows drawn at random, and where they look, for the tests of convolutions
 * and pools. */
#ifndef WINDOW_GEOMETRY_H
#define WINDOW_GEOMETRY_H

#include "net/graph/net_graph.h"

typedef struct window_geometry {
    size_t rank; /* 1 to 3; the sizes of axes beyond are 1 */
    int64_t in[3], kernel[3], stride[3], dilation[3], pads[6];
    int64_t out[3]; /* rounded down */
} window_geometry;

/* A whole number from `least` to `most`. */
int64_t draw_between(int64_t least, int64_t most);
/* Windows that fit; `narrow`: the padding is smaller than them. */
window_geometry draw_geometry(size_t rank, int narrow);
/* Sets strides, dilations and pads, and kernel_shape too. */
void set_geometry(tw_net_node *node, const window_geometry *of);
/* The axis' entry that tap t of output o sees; it may be outside 0, ..., in - 1. */
int64_t seen_at(const window_geometry *of, size_t axis, int64_t o, int64_t t);
/* Goes through the indices below `sizes` row by row; 0 at the end. Begins at all 0. */
int next_index(const int64_t *sizes, int64_t *index);
/* The place of an index, or -1 outside. */
int64_t place_of(const int64_t *sizes, const int64_t *index);

#endif
