/* Operators that choose entries by indices. */
#include <stdlib.h>

#include "net/operator/net_arguments.h"
#include "net/operator/net_move.h"
#include "net/operator/net_operators.h"

/* The numbers of the indices, which must be known. */
static tw_status known_indices(const tw_net_call *call, tw_net_shape *shape,
                               const double **numbers) {
    const tw_net_edge *edge = tw_net_edge_at(call, call->inputs[1]);
    *shape = edge->shape;
    *numbers = edge->known;
    return edge->known != NULL
               ? TW_OK
               : tw_net_call_fail(call, TW_ERR_UNSUPPORTED, "its indices depend on the data");
}

/* An index among `size`, counted from the end where it is negative. */
static tw_status index_of(const tw_net_call *call, double number, size_t size, int64_t *index) {
    if (!(number >= -(double)size && number < (double)size))
        return tw_net_call_fail(call, TW_ERR_SHAPE, "index %.0f among %zu entries", number, size);
    *index = (int64_t)number + (number < 0 ? (int64_t)size : 0);
    return TW_OK;
}

/* The shape of x with an axis replaced by those of the indices. */
static tw_status gather_shape(const tw_net_call *call, const tw_net_shape *from,
                              const tw_net_shape *indices, size_t axis, tw_net_shape *shape) {
    *shape = (tw_net_shape){0};
    if (from->rank + indices->rank > TW_NET_RANK + 1)
        return tw_net_call_fail(call, TW_ERR_UNSUPPORTED, "%d axes are the most", TW_NET_RANK);
    for (size_t a = 0; a < axis; a++)
        shape->size[shape->rank++] = from->size[a];
    for (size_t a = 0; a < indices->rank; a++)
        shape->size[shape->rank++] = indices->size[a];
    for (size_t a = axis + 1; a < from->rank; a++)
        shape->size[shape->rank++] = from->size[a];
    return TW_OK;
}

static tw_status gather(tw_net_call *call) {
    tw_net_shape from = tw_net_edge_at(call, call->inputs[0])->shape, indices, shape;
    const double *numbers;
    size_t axis;
    tw_net_gather *table;
    tw_status status = tw_net_axis(call, from.rank, 0, &axis);
    if (status == TW_OK)
        status = known_indices(call, &indices, &numbers);
    if (status == TW_OK && tw_net_is_batch_axis(call, 0, axis))
        status = tw_net_batch_fail(call, "chooses from");
    if (status == TW_OK)
        status = gather_shape(call, &from, &indices, axis, &shape);
    if (status == TW_OK)
        status = tw_net_gather_new(call, tw_net_shape_count(&indices), &table);
    if (status != TW_OK)
        return status;
    table->outer = tw_net_shape_span(&from, 0, axis);
    table->rows = from.size[axis];
    table->run = tw_net_shape_span(&from, axis + 1, from.rank);
    for (size_t j = 0; j < table->entries && status == TW_OK; j++)
        status = index_of(call, numbers[j], from.size[axis], &table->index[j]);
    if (status != TW_OK) {
        free(table);
        return status;
    }
    return tw_net_gather_emit(call, table, call->inputs[0], &shape, &call->outputs[0]);
}

const tw_net_operator tw_net_family_gather[] = {
    {"Gather", 2, 2, gather, "y = x at indices along an axis"},
    {NULL},
};
