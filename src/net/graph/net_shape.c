/* Shapes: counts, axes, broadcasting. */
#include "net/graph/net_shape.h"

#include <stdio.h>
#include <string.h>

size_t tw_net_shape_span(const tw_net_shape *shape, size_t first, size_t end) {
    size_t count = 1;
    int overflow = 0, zero = 0;
    for (size_t axis = first; axis < end; axis++) {
        zero |= shape->size[axis] == 0;
        overflow |= __builtin_mul_overflow(count, shape->size[axis], &count);
    }
    return zero ? 0 : overflow ? SIZE_MAX : count;
}

size_t tw_net_shape_count(const tw_net_shape *shape) {
    return tw_net_shape_span(shape, 0, shape->rank);
}

int tw_net_shape_same(const tw_net_shape *a, const tw_net_shape *b) {
    return a->rank == b->rank && memcmp(a->size, b->size, a->rank * sizeof *a->size) == 0;
}

void tw_net_shape_print(const tw_net_shape *shape, char *text, size_t size) {
    size_t length = 0;
    for (size_t axis = 0; axis < shape->rank && length < size; axis++)
        length += (size_t)snprintf(text + length, size - length, "%s%zu", axis > 0 ? ", " : "(",
                                   shape->size[axis]);
    if (length < size)
        snprintf(text + length, size - length, "%s", shape->rank > 0 ? ")" : "()");
}

int tw_net_shape_axis(size_t rank, int64_t axis) {
    if (axis < 0)
        axis += (int64_t)rank;
    return axis >= 0 && axis < (int64_t)rank ? (int)axis : -1;
}

/* The size of an axis counted from the last one, 1 where the shape has fewer. */
static size_t from_end(const tw_net_shape *shape, size_t back) {
    return back < shape->rank ? shape->size[shape->rank - 1 - back] : 1;
}

int tw_net_shape_broadcast(const tw_net_shape *a, const tw_net_shape *b, tw_net_shape *out) {
    tw_net_shape wide = {.rank = a->rank > b->rank ? a->rank : b->rank};
    for (size_t back = 0; back < wide.rank; back++) {
        size_t first = from_end(a, back), second = from_end(b, back);
        if (first != second && first != 1 && second != 1)
            return 0;
        wide.size[wide.rank - 1 - back] = first == 1 ? second : first;
    }
    *out = wide;
    return 1;
}

void tw_net_shape_strides(const tw_net_shape *shape, const tw_net_shape *as, size_t *strides) {
    size_t stride = 1;
    for (size_t back = 0; back < as->rank; back++) {
        size_t size = from_end(shape, back);
        strides[as->rank - 1 - back] = size == 1 ? 0 : stride;
        stride *= size;
    }
}
