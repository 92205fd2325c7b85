#include <math.h>
#include <string.h>

#include "core/versioned.h"
#include "thalweg/landscape.h"
#include "thalweg/rng.h"

static const char *const norm_names[] = {"none",    "filter", "layer", "weight",
                                         "dfilter", "dlayer", "model"};
enum { NORMS = sizeof norm_names / sizeof norm_names[0] };

const char *tw_norm_name(size_t norm) {
    return norm < NORMS ? norm_names[norm] : NULL;
}

int tw_norm_find(const char *name) {
    for (int k = 0; k < NORMS; k++)
        if (strcmp(norm_names[k], name) == 0)
            return k;
    return -1;
}

/* The stream of "direction NAME/BLOCK", however long the names are: tw_rng_stream carried on. */
static uint64_t carry_on(uint64_t stream, const char *text) {
    for (const unsigned char *byte = (const unsigned char *)text; *byte != '\0'; byte++)
        stream = (stream ^ *byte) * 0x100000001b3u;
    return stream;
}

void tw_direction_random(const tw_space *space, uint64_t seed, const char *name,
                         double *direction) {
    uint64_t axis = carry_on(carry_on(tw_rng_stream("direction "), name), "/");
    for (size_t k = 0; k < tw_space_blocks(space); k++) {
        const tw_block *block = tw_space_block(space, k);
        tw_rng_fill_normal(seed, carry_on(axis, block->name), 0, block->count,
                           direction + block->offset);
    }
    tw_space_keep_still(space, NULL, direction);
}

/* Filter j of a block is the entries
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

static double filter_largest(const filters *f, size_t j, const double *x) {
    double largest = 0;
    for (size_t o = 0; o < f->outer; o++)
        for (size_t i = 0; i < f->inner; i++)
            largest = fmax(largest, fabs(x[(o * f->count + j) * f->inner + i]));
    return largest;
}

static double filter_squares(const filters *f, size_t j, const double *x, double scale) {
    double sum = 0;
    for (size_t o = 0; o < f->outer; o++)
        for (size_t i = 0; i < f->inner; i++) {
            double entry = x[(o * f->count + j) * f->inner + i] * scale;
            sum += entry * entry;
        }
    return sum;
}

/* Entries near either end of the doubles are brought to size 1 first: their squares are none. */
static double filter_norm(const filters *f, size_t j, const double *x) {
    double sum = filter_squares(f, j, x, 1);
    if (isnan(sum) || (sum > 0x1p-900 && sum < INFINITY))
        return sqrt(sum);
    double largest = filter_largest(f, j, x);
    if (largest == 0 || isinf(largest))
        return largest;
    int exponent;
    frexp(largest, &exponent);
    exponent = exponent > -1000 ? exponent : -1000;
    return ldexp(sqrt(filter_squares(f, j, x, ldexp(1, -exponent))), exponent);
}

double tw_direction_length(size_t count, const double *d) {
    return filter_norm(&(filters){1, 1, count}, 0, d);
}

/* Divides first: the quotient of the lengths may be no double where its products are. */
static void scale_filter(const filters *f, size_t j, double length, double target, double *x) {
    for (size_t o = 0; o < f->outer; o++)
        for (size_t i = 0; i < f->inner; i++) {
            double *entry = &x[(o * f->count + j) * f->inner + i];
            *entry = length > 0 ? *entry / length * target : 0;
        }
}

/* d_j *= |w_j| / (|d_j| + guard), or 1 / (|d_j| + guard) with w = NULL. A zero filter stays zero.
 */
static void normalize_filters(const filters *f, const double *w, double guard, double *d) {
    for (size_t j = 0; j < f->count; j++) {
        double length = filter_norm(f, j, d) + guard;
        double target = w != NULL ? filter_norm(f, j, w) : 1;
        scale_filter(f, j, length, target, d);
    }
}

static void normalize_block(const tw_block *block, tw_norm norm, const double *w, double *d) {
    const double guard = 1e-10; /* of the published code, where filters are divided by */
    filters whole = {1, 1, block->count}, each = block->rank >= 2 ? filters_of(block) : whole;
    switch (norm) {
    case TW_NORM_FILTER:
        normalize_filters(&each, w, guard, d);
        break;
    case TW_NORM_DFILTER:
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

static double block_length(const tw_block *block, int ignore_biasbn, const double *x) {
    int counts = tw_block_moves(block) && (block->rank >= 2 || !ignore_biasbn);
    return counts ? tw_direction_length(block->count, x + block->offset) : 0;
}

/* Of the blocks that move, without those of rank below 2 if they are ignored: the root of their
 * squared lengths, of any size. */
static double length_of_blocks(const tw_space *space, int ignore_biasbn, const double *x) {
    double largest = 0, sum = 0;
    for (size_t k = 0; k < tw_space_blocks(space); k++)
        largest = fmax(largest, block_length(tw_space_block(space, k), ignore_biasbn, x));
    for (size_t k = 0; k < tw_space_blocks(space) && largest > 0; k++) {
        double share = block_length(tw_space_block(space, k), ignore_biasbn, x) / largest;
        sum += share * share;
    }
    return largest * sqrt(sum);
}

static void normalize_model(const tw_space *space, int ignore_biasbn, const double *w, double *d) {
    filters whole = {1, 1, tw_space_size(space)};
    int parts = ignore_biasbn || tw_space_still(space) > 0;
    double target = parts ? length_of_blocks(space, ignore_biasbn, w) : filter_norm(&whole, 0, w);
    if (target > 0)
        scale_filter(&whole, 0, filter_norm(&whole, 0, d), target, d);
}

tw_status tw_direction_apply(const tw_space *space, const tw_direction_rules *rules,
                             const double *w, double *direction) {
    tw_direction_rules taken;
    tw_status status = TW_TAKE(tw_direction_rules, peer_rules, &taken, rules);
    rules = &taken;
    if (status != TW_OK)
        return status;
    if (rules->peer_rules && rules->norm == TW_NORM_MODEL)
        return tw_fail(TW_ERR_ARGUMENT, "the peer's rules have no norm 'model'");
    for (size_t k = 0; k < tw_space_blocks(space); k++) {
        const tw_block *block = tw_space_block(space, k);
        const double *from = w + block->offset;
        double *d = direction + block->offset;
        if (block->rank < 2 && rules->ignore_biasbn)
            memset(d, 0, block->count * sizeof *d);
        else if (!tw_block_moves(block))
            continue; /* a way between two points moves buffers: as far as it says */
        else if (block->rank < 2 && rules->peer_rules)
            memcpy(d, from, block->count * sizeof *d);
        else
            normalize_block(block, rules->norm, from, d);
    }
    if (rules->norm == TW_NORM_MODEL)
        normalize_model(space, rules->ignore_biasbn, w, direction);
    return TW_OK;
}

void tw_direction_normalize(const tw_space *space, tw_norm norm, const double *w,
                            double *direction) {
    tw_direction_apply(space, &(tw_direction_rules){.norm = norm}, w, direction);
}
