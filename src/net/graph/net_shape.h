/* net_shape.h: the shape of a tensor of a network. Every size is known when a program is built
 * (net_build.h), the batch too; nothing is symbolic. A size may be 0. */
#ifndef TW_NET_GRAPH_NET_SHAPE_H
#define TW_NET_GRAPH_NET_SHAPE_H

#include <stddef.h>
#include <stdint.h>

#include "thalweg/status.h"

enum { TW_NET_RANK = 8 };

typedef struct tw_net_shape {
    size_t rank; /* 0: a scalar */
    size_t size[TW_NET_RANK];
} tw_net_shape;

/* The number of entries; SIZE_MAX where that does not fit into a size_t. */
size_t tw_net_shape_count(const tw_net_shape *shape);
/* The product of the sizes of the axes from `first` up to before `end`. */
size_t tw_net_shape_span(const tw_net_shape *shape, size_t first, size_t end);
int tw_net_shape_same(const tw_net_shape *a, const tw_net_shape *b);
/* "(8, 3, 32, 32)". */
void tw_net_shape_print(const tw_net_shape *shape, char *text, size_t size);
/* The axis that `axis` (negative: from the end) is among `rank` axes, or -1. */
int tw_net_shape_axis(size_t rank, int64_t axis);
/* The shape that both are broadcast to by the rules of NumPy, or 0 if there is none. */
int tw_net_shape_broadcast(const tw_net_shape *a, const tw_net_shape *b, tw_net_shape *out);
/* Row-major strides, in entries, of `shape` seen as a tensor of the shape `as` that it is broadcast
 * to: 0 along the axes that are repeated. */
void tw_net_shape_strides(const tw_net_shape *shape, const tw_net_shape *as, size_t *strides);

#endif
