#include "curvature/curvature_scale.h"

#include <math.h>
#include <string.h>

/* Entries of a filter, those of the block where it is one filter. */
static size_t filter_size(const tw_block *block, tw_norm norm) {
    int one = norm == TW_NORM_LAYER || block->rank < 2;
    return one ? block->count : block->count / block->shape[block->filter_axis];
}

/* Directions know the lengths of filters: ones are brought to |w_j| / (sqrt(m) + 1e-10) by them, m
 * the size of the filter; without the guard under LAYER. */
static void undo(const tw_block *block, tw_norm norm, double *scale) {
    double guard = norm == TW_NORM_FILTER ? 1e-10 : 0;
    double size = sqrt((double)filter_size(block, norm)) + guard;
    for (size_t i = 0; i < block->count; i++)
        scale[i] = norm == TW_NORM_WEIGHT ? fabs(scale[i]) : scale[i] * size;
}

static tw_status find_only(const tw_space *space, const tw_curvature_options *options) {
    for (size_t k = 0; k < options->only_count; k++) {
        const tw_block *block = tw_space_find(space, options->only[k]), *first;
        if (block == NULL) {
            first = tw_space_block(space, 0);
            return tw_fail(TW_ERR_ARGUMENT,
                           "there is no block '%s' of parameters; there are %zu, from '%s' to '%s'",
                           options->only[k], tw_space_blocks(space), first->name,
                           tw_space_block(space, tw_space_blocks(space) - 1)->name);
        }
        if (!tw_block_moves(block))
            return tw_fail(TW_ERR_ARGUMENT, "block '%s' is a buffer, which does not move",
                           options->only[k]);
    }
    return TW_OK;
}

static int moves(const tw_block *block, const tw_curvature_options *options) {
    int named = options->only == NULL;
    for (size_t k = 0; k < options->only_count && options->only != NULL; k++)
        named |= strcmp(options->only[k], block->name) == 0;
    return named && tw_block_moves(block) && (block->rank >= 2 || !options->ignore_biasbn);
}

tw_status tw_curvature_scale_fill(const tw_space *space, const double *x,
                                  const tw_curvature_options *options, double *scale) {
    tw_norm norm = options->norm;
    if (norm != TW_NORM_NONE && norm != TW_NORM_FILTER && norm != TW_NORM_LAYER &&
        norm != TW_NORM_WEIGHT)
        return tw_fail(TW_ERR_ARGUMENT,
                       "curvature in the units of norm '%s': give none, filter, layer or weight",
                       tw_norm_name((size_t)norm) != NULL ? tw_norm_name((size_t)norm) : "?");
    tw_status status = options->only != NULL ? find_only(space, options) : TW_OK;
    if (status != TW_OK)
        return status;
    for (size_t i = 0; i < tw_space_size(space); i++)
        scale[i] = 1;
    tw_direction_normalize(space, norm, x, scale);
    for (size_t k = 0; k < tw_space_blocks(space); k++) {
        const tw_block *block = tw_space_block(space, k);
        double *of_block = scale + block->offset;
        if (!moves(block, options))
            memset(of_block, 0, block->count * sizeof *scale);
        else if (norm != TW_NORM_NONE)
            undo(block, norm, of_block);
    }
    for (size_t i = 0; i < tw_space_size(space); i++)
        if (!isfinite(scale[i]))
            return tw_fail(TW_ERR_NOT_FINITE, "parameter %zu is not finite: it has no scale", i);
    return TW_OK;
}

void tw_scale_apply(size_t n, const double *scale, const double *from, double *to) {
    for (size_t i = 0; i < n; i++)
        to[i] = scale[i] == 0 ? 0 : scale[i] * from[i];
}

void tw_scale_keep(size_t n, const double *scale, const double *from, double *to) {
    for (size_t i = 0; i < n; i++)
        to[i] = scale[i] == 0 ? 0 : from[i];
}
