/* Operators that choose entries by indices: by a table where they are known, and else by indices
 * that are computed (step_take.h). */
#include <stdlib.h>

#include "net/operator/net_arguments.h"
#include "net/operator/net_move.h"
#include "net/operator/net_operators.h"
#include "net/step/step_take.h"

static tw_net_shape input_shape(const tw_net_call *call, size_t index) {
    return tw_net_edge_at(call, call->inputs[index])->shape;
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

/* Takes from `edge`; where the indices are not known. */
static tw_status take(tw_net_call *call, size_t edge, const tw_net_take *plan,
                      const tw_net_shape *shape) {
    tw_net_take *own = malloc(sizeof *own);
    const size_t inputs[] = {edge, call->inputs[1]};
    if (own == NULL)
        return tw_net_call_fail(call, TW_ERR_MEMORY, "not enough memory");
    *own = *plan;
    return tw_net_emit(call, &tw_net_taken, own, 2, inputs, tw_net_edge_at(call, edge)->type, shape,
                       &call->outputs[0]);
}

static tw_status gather_known(tw_net_call *call, const tw_net_take *like,
                              const tw_net_shape *shape) {
    tw_net_gather *table;
    tw_status status = tw_net_gather_new(call, like->entries, &table);
    if (status != TW_OK)
        return status;
    const double *numbers = tw_net_edge_at(call, call->inputs[1])->known;
    table->outer = like->outer;
    table->rows = like->rows;
    table->run = like->run;
    for (size_t j = 0; j < like->entries && status == TW_OK; j++)
        status = index_of(call, numbers[j], like->rows, &table->index[j]);
    if (status != TW_OK) {
        free(table);
        return status;
    }
    return tw_net_gather_emit(call, table, call->inputs[0], shape, &call->outputs[0]);
}

static tw_status gather(tw_net_call *call) {
    tw_net_shape from = input_shape(call, 0), indices = input_shape(call, 1), shape;
    size_t axis;
    tw_status status = tw_net_axis(call, from.rank, 0, &axis);
    if (status == TW_OK && tw_net_is_batch_axis(call, 0, axis))
        status = tw_net_batch_fail(call, "chosen from");
    if (status == TW_OK)
        status = gather_shape(call, &from, &indices, axis, &shape);
    if (status != TW_OK)
        return status;
    tw_net_take plan = {.outer = tw_net_shape_span(&from, 0, axis),
                        .rows = from.size[axis],
                        .entries = tw_net_shape_count(&indices),
                        .run = tw_net_shape_span(&from, axis + 1, from.rank),
                        .shared = 1};
    if (tw_net_edge_at(call, call->inputs[1])->known != NULL)
        return gather_known(call, &plan, &shape);
    return take(call, call->inputs[0], &plan, &shape);
}

/* Where all axes of x but the one are larger than those of the indices, only the first entries of
 * them are used. */
static tw_status gather_elements(tw_net_call *call) {
    tw_net_shape from = input_shape(call, 0), shape = input_shape(call, 1), used = shape;
    tw_net_view view = tw_net_view_of(&from);
    size_t axis, edge;
    tw_status status = tw_net_axis(call, from.rank, 0, &axis);
    if (status == TW_OK && tw_net_is_batch_axis(call, 0, axis))
        status = tw_net_batch_fail(call, "chosen from");
    if (status != TW_OK)
        return status;
    if (shape.rank != from.rank)
        return tw_net_call_fail(call, TW_ERR_SHAPE, "indices of %zu axes for an input of %zu",
                                shape.rank, from.rank);
    used.size[axis] = from.size[axis];
    for (size_t a = 0; a < from.rank; a++) {
        view.axes[a].size = used.size[a];
        if (used.size[a] > from.size[a])
            return tw_net_call_fail(call, TW_ERR_SHAPE, "more indices along axis %zu than entries",
                                    a);
    }
    tw_net_take plan = {.outer = tw_net_shape_span(&used, 0, axis),
                        .rows = used.size[axis],
                        .entries = shape.size[axis],
                        .run = tw_net_shape_span(&used, axis + 1, used.rank)};
    const double *numbers = tw_net_edge_at(call, call->inputs[1])->known;
    for (size_t i = 0; numbers != NULL && i < tw_net_shape_count(&shape) && status == TW_OK; i++)
        status = index_of(call, numbers[i], plan.rows, &(int64_t){0});
    if (status == TW_OK)
        status = tw_net_move(call, call->inputs[0], &view, &used, &edge);
    return status == TW_OK ? take(call, edge, &plan, &shape) : status;
}

/* ---- GatherND ---- */

/* x is (batch..., looked up..., run...), the indices (batch..., tuples..., how many are looked up).
 */
typedef struct tuples {
    tw_net_shape from, indices;
    size_t batch, depth; /* axes */
} tuples;

static tw_status read_tuples(const tw_net_call *call, tuples *t) {
    int64_t batch = tw_net_node_number(call->node, "batch_dims", 0);
    *t = (tuples){.from = input_shape(call, 0), .indices = input_shape(call, 1)};
    size_t least = t->from.rank < t->indices.rank ? t->from.rank : t->indices.rank;
    if (batch < 0 || (size_t)batch >= least)
        return tw_net_call_fail(call, TW_ERR_SHAPE, "batch_dims is %lld", (long long)batch);
    t->batch = (size_t)batch;
    t->depth = t->indices.size[t->indices.rank - 1];
    if (t->depth < 1 || t->depth > t->from.rank - t->batch)
        return tw_net_call_fail(call, TW_ERR_SHAPE, "indices of %zu axes for an input of %zu",
                                t->depth, t->from.rank - t->batch);
    for (size_t a = 0; a < t->batch; a++)
        if (t->from.size[a] != t->indices.size[a])
            return tw_net_call_fail(call, TW_ERR_SHAPE, "input and indices differ along axis %zu",
                                    a);
    for (size_t a = 0; a < t->batch + t->depth; a++)
        if (tw_net_is_batch_axis(call, 0, a))
            return tw_net_batch_fail(call, "chosen from");
    return TW_OK;
}

/* The row of x, among all batches, that a tuple of indices names. */
static tw_status tuple_row(const tw_net_call *call, const tuples *t, const double *numbers,
                           size_t batch, int64_t *row) {
    tw_status status = TW_OK;
    *row = (int64_t)batch;
    for (size_t k = 0; k < t->depth && status == TW_OK; k++) {
        size_t size = t->from.size[t->batch + k];
        int64_t index = 0;
        status = index_of(call, numbers[k], size, &index);
        *row = *row * (int64_t)size + index;
    }
    return status;
}

static tw_status gather_nd(tw_net_call *call) {
    tuples t;
    tw_net_gather *table;
    tw_status status = read_tuples(call, &t);
    const double *numbers = tw_net_edge_at(call, call->inputs[1])->known;
    if (status == TW_OK && numbers == NULL)
        return tw_net_call_fail(call, TW_ERR_UNSUPPORTED, "its indices depend on the data");
    size_t last = t.indices.rank - 1, inner = t.batch + t.depth;
    tw_net_shape shape = {.rank = last};
    if (status == TW_OK && last + t.from.rank - inner > TW_NET_RANK)
        status = tw_net_call_fail(call, TW_ERR_UNSUPPORTED, "%d axes are the most", TW_NET_RANK);
    if (status == TW_OK)
        status = tw_net_gather_new(call, tw_net_shape_span(&t.indices, 0, last), &table);
    if (status != TW_OK)
        return status;
    for (size_t a = 0; a < last; a++)
        shape.size[a] = t.indices.size[a];
    for (size_t a = inner; a < t.from.rank; a++)
        shape.size[shape.rank++] = t.from.size[a];
    size_t each = tw_net_shape_span(&t.indices, t.batch, last);
    table->rows = tw_net_shape_span(&t.from, 0, inner);
    table->run = tw_net_shape_span(&t.from, inner, t.from.rank);
    for (size_t j = 0; j < table->entries && status == TW_OK; j++)
        status = tuple_row(call, &t, numbers + j * t.depth, j / each, &table->index[j]);
    if (status != TW_OK) {
        free(table);
        return status;
    }
    return tw_net_gather_emit(call, table, call->inputs[0], &shape, &call->outputs[0]);
}

/* ---- Trilu ---- */

/* Rows and columns of the last two axes: above the diagonal k, and on it, or below it, and on it.
 */
static tw_status trilu(tw_net_call *call) {
    tw_net_shape shape = input_shape(call, 0);
    int upper = tw_net_node_number(call->node, "upper", 1) != 0;
    int64_t k;
    tw_net_gather *table;
    if (shape.rank < 2)
        return tw_net_call_fail(call, TW_ERR_SHAPE, "its input is no matrix");
    tw_status status = tw_net_integer(call, NULL, 1, 0, &k);
    if (status == TW_OK)
        status =
            tw_net_gather_new(call, tw_net_shape_span(&shape, shape.rank - 2, shape.rank), &table);
    if (status != TW_OK)
        return status;
    double least = (double)k; /* of column - row on the diagonal */
    table->outer = tw_net_shape_span(&shape, 0, shape.rank - 2);
    table->rows = table->entries;
    for (size_t j = 0; j < table->entries; j++) {
        size_t columns = shape.size[shape.rank - 1];
        double place = (double)(j % columns) - (double)(j / columns);
        table->index[j] = (upper ? place >= least : place <= least) ? (int64_t)j : -1;
    }
    return tw_net_gather_emit(call, table, call->inputs[0], &shape, &call->outputs[0]);
}

const tw_net_operator tw_net_family_gather[] = {
    {"Gather", 2, 2, gather, "y = x at indices along an axis"},
    {"GatherElements", 2, 2, gather_elements, "y = x at an index of its own for every entry"},
    {"GatherND", 2, 2, gather_nd, "y = x at indices that are known, over several axes"},
    {"Trilu", 1, 2, trilu, "y = x above or below a diagonal, else 0"},
    {NULL},
};
