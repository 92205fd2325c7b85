/* mlp_span_layers.c: points of a span through the layers after the first, a strip of images at a
 * time, for any number of layers. */
#include "model/mlp/mlp_span_private.h"

/* Units that go through the second layer at a time: u + b w, v, and what the units make of them
 * stay in the first cache while all points of the group pass. */
enum { SLICE = TW_DEPTH / 2 };

static size_t group_count(const tw_mlp_points *set, size_t first) {
    size_t left = set->count - first;
    return left < set->together ? left : set->together;
}

/* Inputs h ... h + depth of the second layer of point p in the group that begins at `first`. */
static double *second_slice(const tw_mlp_points *set, size_t first, size_t p, size_t h,
                            size_t depth) {
    size_t units = set->span->mlp->units[2];
    return set->seconds + first * set->matrix + h * units * group_count(set, first) +
           (p - first) * units * depth;
}

/* The weights of the layers after the second; b_2 comes before them. */
static void later_weights(const tw_mlp_points *set, size_t p, tw_mlp_weights *later) {
    const tw_mlp *mlp = set->span->mlp;
    size_t bias = set->tail - tw_mlp_weights_size(mlp, 3, mlp->layers);
    tw_mlp_weights_place(mlp, 3, mlp->layers, set->tails + p * set->tail + bias, later);
}

void tw_mlp_fill_tail(const tw_mlp_points *set, size_t p) {
    const tw_mlp_span *span = set->span;
    const tw_mlp *mlp = span->mlp;
    const double coefficients[3] = {1, set->points[p].a, set->points[p].b};
    size_t first = p - p % set->together, inputs = mlp->units[1], vectors = span->rank + 1;
    for (size_t h = 0; h < inputs; h += SLICE) {
        size_t depth = inputs - h < SLICE ? inputs - h : SLICE;
        double *out = second_slice(set, first, p, h, depth);
        for (size_t j = 0; j < mlp->units[2]; j++) {
            double row[SLICE];
            tw_mlp_combine(vectors, span->vectors, coefficients, mlp->weight[2] + j * inputs + h,
                           depth, row);
            for (size_t i = 0; i < depth; i++)
                out[j * depth + i] = row[i];
        }
    }
    tw_mlp_combine(vectors, span->vectors, coefficients, mlp->bias[2], mlp->units[2],
                   set->tails + p * set->tail);
    tw_mlp_weights later;
    later_weights(set, p, &later);
    tw_mlp_weights_fill(mlp, 3, mlp->layers, vectors, span->vectors, coefficients, &later);
}

void tw_mlp_add_losses(const tw_mlp *mlp, const tw_mlp_strip *strip, size_t p,
                       const double *scores) {
    tw_classifier_add_panel(&mlp->base, scores, strip->labels, strip->count, NULL, &strip->sums, p);
}

/* u + b w of some units, where it is not there from the point before. */
static const double *shifted(const tw_mlp *mlp, const tw_mlp_strip *strip, size_t at, size_t size,
                             double b, int anew, double *scratch) {
    if (strip->w == NULL)
        return strip->u + at;
    if (anew)
        mlp->base.kernels->units(TW_UNIT_LINEAR, size, strip->u + at, b, strip->w + at, scratch);
    return scratch;
}

/* z_2 of points first ... first + count, one panel each. */
static void second_layer(const tw_mlp_points *set, const tw_mlp_strip *strip, size_t first,
                         size_t count, double *out, double *scratch) {
    const tw_mlp *mlp = set->span->mlp;
    size_t inputs = mlp->units[1], units = mlp->units[2];
    double *sum = scratch, *a = scratch + SLICE * TW_STRIP;
    for (size_t h = 0; h < inputs; h += SLICE) {
        size_t depth = inputs - h < SLICE ? inputs - h : SLICE, at = h * TW_STRIP;
        for (size_t p = first; p < first + count; p++) {
            double b = set->points[p].b;
            int anew = p == first || b != set->points[p - 1].b;
            const double *z = shifted(mlp, strip, at, depth * TW_STRIP, b, anew, sum);
            mlp->base.kernels->units(mlp->unit, depth * TW_STRIP, z, set->points[p].a,
                                     strip->v + at, a);
            mlp->base.kernels->multiply(units, depth, second_slice(set, first, p, h, depth), depth,
                                        1, 1, a, 0, out + (p - first) * units * TW_STRIP, 0);
        }
    }
}

/* From z_2 of a point, which is lost, to its scores, in one of the two layers of scratch or in z.
 */
static const double *later_layers(const tw_mlp_points *set, size_t p, double *z,
                                  double *const layers[2]) {
    const tw_mlp *mlp = set->span->mlp;
    tw_mlp_weights later;
    later_weights(set, p, &later);
    for (size_t k = 3; k <= mlp->layers; k++) {
        double *next = layers[k % 2];
        mlp->base.kernels->units(mlp->unit, mlp->units[k - 1] * TW_STRIP, z, 0, NULL, z);
        tw_mlp_begin(mlp, k, later.bias[k], 1, next);
        tw_mlp_layer(mlp, k, later.blocked[k], 1, z, next);
        z = next;
    }
    return z;
}

/* Scratch: SLICE x 2 panels, two layers of one strip, and z_2 of the points of a group. */
size_t tw_mlp_group_scratch(const tw_mlp *mlp, size_t together) {
    size_t second = mlp->layers > 1 ? mlp->units[2] * together : 0;
    return (2 * SLICE + 2 * mlp->most_units + second) * TW_STRIP;
}

void tw_mlp_group_losses(const tw_mlp_points *set, const tw_mlp_strip *strip, size_t first,
                         double *scratch) {
    const tw_mlp *mlp = set->span->mlp;
    size_t count = group_count(set, first);
    double *const layers[2] = {scratch + 2 * SLICE * TW_STRIP,
                               scratch + (2 * SLICE + mlp->most_units) * TW_STRIP};
    double *second = layers[1] + mlp->most_units * TW_STRIP;
    if (mlp->layers == 1) {
        size_t size = mlp->units[1] * TW_STRIP;
        for (size_t p = first; p < first + count; p++) {
            const double *z = shifted(mlp, strip, 0, size, set->points[p].b, 1, layers[0]);
            mlp->base.kernels->units(TW_UNIT_LINEAR, size, z, set->points[p].a, strip->v,
                                     layers[1]);
            tw_mlp_add_losses(mlp, strip, p, layers[1]);
        }
        return;
    }
    size_t units = mlp->units[2];
    for (size_t p = first; p < first + count; p++)
        tw_mlp_begin(mlp, 2, set->tails + p * set->tail, 1,
                     second + (p - first) * units * TW_STRIP);
    second_layer(set, strip, first, count, second, scratch);
    for (size_t p = first; p < first + count; p++) {
        double *z = second + (p - first) * units * TW_STRIP;
        tw_mlp_add_losses(mlp, strip, p, later_layers(set, p, z, layers));
    }
}

/* Numbers of the weights of a group, which should stay in a cache that the threads share, and of
 * z_2 of a strip, in the thread's own. */
enum { CACHED_WEIGHTS = 1 << 19, CACHED_LAYER = 1 << 17 };

void tw_mlp_plan_groups(tw_mlp_points *set) {
    const tw_mlp *mlp = set->span->mlp;
    set->together = 1;
    if (mlp->layers == 1)
        return;
    size_t bias = (mlp->units[2] + TW_FEATURE_PAD - 1) / TW_FEATURE_PAD * TW_FEATURE_PAD;
    set->matrix = mlp->units[1] * mlp->units[2];
    set->tail = bias + tw_mlp_weights_size(mlp, 3, mlp->layers);
    size_t weights = CACHED_WEIGHTS / (set->matrix + set->tail);
    size_t layer = CACHED_LAYER / (mlp->units[2] * TW_STRIP);
    size_t together = weights < layer ? weights : layer;
    set->together = together > 0 ? together : 1;
}
