/* Lines and planes through other networks, along which running variances go as well: beyond the
 * ends of a line a straight one would fall below 0. It stops at the least of those of the origin
 * and of the points origin + directions[k], which no point between them is below. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "net/objective/net_objective.h"

typedef struct line {
    const double *origin;
    const double *const *directions;
    size_t rank;
    size_t count;  /* of running variances, and for each: */
    size_t *entry; /* in the parameter vector */
    double *least; /* where it stops */
    double *point;
} line;

static int is_variance(const tw_block *block) {
    return block->role == TW_ROLE_BUFFER && block->use.part == TW_PART_VARIANCE;
}

static int moves(const line *l, const tw_block *block) {
    for (size_t k = 0; k < l->rank; k++)
        for (size_t i = block->offset; i < block->offset + block->count; i++)
            if (l->directions[k][i] != 0)
                return 1;
    return 0;
}

static double least_of(const line *l, size_t entry) {
    double least = l->origin[entry] >= 0 ? l->origin[entry] : INFINITY;
    for (size_t k = 0; k < l->rank; k++) {
        double end = l->origin[entry] + l->directions[k][entry];
        if (end >= 0 && end < least)
            least = end;
    }
    return isfinite(least) ? least : -INFINITY;
}

/* The variances that move; `l` has room for them where it takes them. */
static size_t find_variances(const tw_space *space, line *l) {
    size_t count = 0;
    for (size_t b = 0; b < tw_space_blocks(space); b++) {
        const tw_block *block = tw_space_block(space, b);
        if (!is_variance(block) || !moves(l, block))
            continue;
        for (size_t i = 0; i < block->count && l->entry != NULL; i++) {
            l->entry[count + i] = block->offset + i;
            l->least[count + i] = least_of(l, block->offset + i);
        }
        count += block->count;
    }
    return count;
}

void tw_net_line_close(void *ctx, void *span) {
    line *l = span;
    free(l->entry);
    free(l->least);
    free(l->point);
    free(l);
}

tw_status tw_net_line_open(void *ctx, size_t n, const double *origin, size_t rank,
                           const double *const *directions, tw_span_how how, void **span) {
    const tw_net_objective *o = ctx;
    line found = {.origin = origin, .directions = directions, .rank = rank};
    found.count = find_variances(o->space, &found);
    if (found.count == 0)
        return TW_DECLINED;
    line *l = tw_alloc(1, sizeof *l);
    if (l == NULL)
        return tw_fail(TW_ERR_MEMORY, "not enough memory for a span");
    *l = found;
    l->entry = tw_alloc(l->count, sizeof *l->entry);
    l->least = tw_alloc(l->count, sizeof *l->least);
    l->point = tw_alloc_raw(n, sizeof *l->point);
    if (l->entry == NULL || l->least == NULL || l->point == NULL) {
        tw_net_line_close(ctx, l);
        return tw_fail(TW_ERR_MEMORY, "not enough memory for a copy of %zu parameters", n);
    }
    find_variances(o->space, l);
    *span = l;
    return TW_OK;
}

static void form(const line *l, size_t n, const double *coefficients) {
    memcpy(l->point, l->origin, n * sizeof *l->point);
    for (size_t k = 0; k < l->rank; k++)
        for (size_t i = 0; i < n; i++)
            l->point[i] += coefficients[k] * l->directions[k][i];
    for (size_t j = 0; j < l->count; j++)
        if (l->point[l->entry[j]] < l->least[j])
            l->point[l->entry[j]] = l->least[j];
}

tw_status tw_net_line_values(void *ctx, void *span, size_t count, const double *coefficients,
                             double *values) {
    const tw_net_objective *o = ctx;
    const line *l = span;
    size_t n = tw_space_size(o->space);
    tw_status status = TW_OK;
    for (size_t k = 0; k < count && status == TW_OK; k++) {
        form(l, n, coefficients + k * l->rank);
        status = tw_net_loss(ctx, n, l->point, values + k * o->places.count);
    }
    return status;
}
