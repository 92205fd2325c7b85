#include <math.h>
#include <stdio.h>
#include <string.h>

#include "thalweg/landscape.h"
#include "thalweg/rng.h"

static const char *const norm_names[] = {"none",    "filter", "layer", "weight",
                                         "dfilter", "dlayer", "model"};
enum { NORMS = sizeof norm_names / sizeof norm_names[0] };

const char *tw_norm_name(tw_norm norm) {
    return (unsigned)norm < NORMS ? norm_names[norm] : NULL;
}

int tw_norm_find(const char *name) {
    for (int k = 0; k < NORMS; k++)
        if (strcmp(norm_names[k], name) == 0)
            return k;
    return -1;
}

void tw_direction_random(const tw_space *space, uint64_t seed, const char *name,
                         double *direction) {
    for (size_t k = 0; k < tw_space_blocks(space); k++) {
        const tw_block *block = tw_space_block(space, k);
        char stream[512];
        snprintf(stream, sizeof stream, "direction %s/%s", name, block->name);
        tw_rng_fill_normal(seed, tw_rng_stream(stream), 0, block->count, direction + block->offset);
    }
}

/* A run of equally spaced entries groups: filter j of a block is the entries
 * (o * filters + j) * inner + i for all outer o and inner i. Layers and models are one filter. */
typedef struct filters {
    size_t outer, count, inner;
} filters;

static filters filters_of(const tw_block *block) {
    filters f = {1, 1, 1};
    for (int axis = 0; axis < block->rank; axis++) {
        if (axis < block->filter_axis)
            f.outer *= block->shape[axis];
        else if (axis == block->filter_axis)
            f.count = block->shape[axis];
        else
            f.inner *= block->shape[axis];
    }
    return f;
}

static double filter_norm(const filters *f, size_t j, const double *x) {
    double sum = 0;
    for (size_t o = 0; o < f->outer; o++)
        for (size_t i = 0; i < f->inner; i++) {
            double entry = x[(o * f->count + j) * f->inner + i];
            sum += entry * entry;
        }
    return sqrt(sum);
}

static void scale_filter(const filters *f, size_t j, double factor, double *x) {
    for (size_t o = 0; o < f->outer; o++)
        for (size_t i = 0; i < f->inner; i++)
            x[(o * f->count + j) * f->inner + i] *= factor;
}

/* d_j *= |w_j| / (|d_j| + guard), or 1 / (|d_j| + guard) with w = NULL. A zero filter stays zero.
 */
static void normalize_filters(const filters *f, const double *w, double guard, double *d) {
    for (size_t j = 0; j < f->count; j++) {
        double length = filter_norm(f, j, d) + guard;
        double target = w != NULL ? filter_norm(f, j, w) : 1;
        scale_filter(f, j, length > 0 ? target / length : 0, d);
    }
}

static void normalize_block(const tw_block *block, tw_norm norm, const double *w, double *d) {
    const double guard = 1e-10; /* of the published code, where filters are divided by */
    filters whole = {1, 1, block->count}, each = filters_of(block);
    switch (norm) {
    case TW_NORM_FILTER:
        if (block->rank >= 2)
            normalize_filters(&each, w, guard, d);
        break;
    case TW_NORM_DFILTER:
        if (block->rank >= 2)
            normalize_filters(&each, NULL, guard, d);
        break;
    case TW_NORM_LAYER:
        normalize_filters(&whole, w, 0, d);
        break;
    case TW_NORM_DLAYER:
        normalize_filters(&whole, NULL, 0, d);
        break;
    case TW_NORM_WEIGHT:
        for (size_t i = 0; i < block->count; i++)
            d[i] *= w[i];
        break;
    case TW_NORM_NONE:
    case TW_NORM_MODEL:
        break;
    }
}

void tw_direction_normalize(const tw_space *space, tw_norm norm, const double *w,
                            double *direction) {
    if (norm == TW_NORM_MODEL) {
        filters whole = {1, 1, tw_space_size(space)};
        if (filter_norm(&whole, 0, w) > 0)
            normalize_filters(&whole, w, 0, direction);
        return;
    }
    for (size_t k = 0; k < tw_space_blocks(space); k++) {
        const tw_block *block = tw_space_block(space, k);
        normalize_block(block, norm, w + block->offset, direction + block->offset);
    }
}
