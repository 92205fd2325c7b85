/* mlp_span.c: lines and planes through a network's loss.
 *
 * The inputs of the first layer's units are affine in the coefficients: z_1 = u + a v + b w with u,
 * v, w = the first layer of origin and directions at the images. Those products cost nearly all of
 * the work of a pass, and serve every point; they are kept up to the model's `memory`, and beyond
 * computed again in every call. A point then costs the later layers: their weights are formed once
 * a point, and a strip of images at a time goes through them.
 *
 * A point's value depends on its coefficients alone: it is (u + b w) + a v, and layers in a fixed
 * order, whichever points are asked for together.
 */
#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "model/mlp_private.h"

typedef struct mlp_span {
    const tw_mlp *mlp;
    size_t rank; /* 1 or 2 */
    const double *vectors[3];
    double gram[3][3];         /* inner products of their weights */
    tw_mlp_weights weights[3]; /* of which only the first layer is needed */
    size_t kept;               /* blocks whose products are kept, */
    double *products;          /* (rank + 1) first layers each, one after the other */
} mlp_span;

static size_t block_products(const mlp_span *span) {
    return (span->rank + 1) * span->mlp->units[1] * MLP_BLOCK;
}

static void close_span(mlp_span *span) {
    if (span == NULL)
        return;
    for (size_t m = 0; m <= span->rank; m++)
        tw_mlp_weights_release(&span->weights[m]);
    free(span->products);
    free(span);
}

void tw_mlp_span_close(void *ctx, void *span) {
    close_span(span);
}

/* u, v and w of a block of images into `products`. */
static void fill_products(const mlp_span *span, const tw_mlp_images *images, double *products,
                          double *panel) {
    const tw_mlp *mlp = span->mlp;
    const double *blocked[3];
    double *out[3];
    for (size_t m = 0; m <= span->rank; m++) {
        blocked[m] = span->weights[m].blocked[1];
        out[m] = products + m * mlp->units[1] * MLP_BLOCK;
        tw_mlp_begin(mlp, 1, span->weights[m].bias[1], images->strips, out[m]);
    }
    tw_mlp_first_layer(mlp, images, span->rank + 1, blocked, out, panel);
}

typedef struct open_job {
    const mlp_span *span;
    double *panels; /* one a worker */
} open_job;

static tw_status open_piece(void *argument, size_t block, int worker) {
    const open_job *job = argument;
    const mlp_span *span = job->span;
    tw_mlp_images images;
    tw_mlp_images_at(span->mlp, NULL, span->mlp->count, block, &images);
    fill_products(span, &images, span->products + block * block_products(span),
                  job->panels + (size_t)worker * MLP_BLOCK * TW_DEPTH);
    return TW_OK;
}

static tw_status keep_products(mlp_span *span) {
    const tw_mlp *mlp = span->mlp;
    size_t blocks = tw_mlp_blocks(mlp->count);
    size_t fit = mlp->memory / (block_products(span) * sizeof(double));
    span->kept = fit < blocks ? fit : blocks;
    span->products = tw_alloc_raw(span->kept, block_products(span) * sizeof(double));
    open_job job = {.span = span};
    job.panels =
        tw_alloc_raw((size_t)tw_runner_threads(mlp->runner), MLP_BLOCK * TW_DEPTH * sizeof(double));
    tw_status status;
    if (span->products == NULL || job.panels == NULL)
        status = tw_fail(TW_ERR_MEMORY, "not enough memory for the first layer of %zu images",
                         span->kept * MLP_BLOCK);
    else
        status = tw_runner_map(mlp->runner, span->kept, open_piece, &job);
    free(job.panels);
    return status;
}

tw_status tw_mlp_span_open(void *ctx, size_t n, const double *origin, size_t rank,
                           const double *const *directions, void **out) {
    const tw_mlp *mlp = ctx;
    if (rank > 2)
        return TW_DECLINED;
    mlp_span *span = tw_alloc(1, sizeof *span);
    if (span == NULL)
        return tw_fail(TW_ERR_MEMORY, "not enough memory for a span");
    span->mlp = mlp;
    span->rank = rank;
    tw_status status = TW_OK;
    for (size_t m = 0; m <= rank && status == TW_OK; m++) {
        span->vectors[m] = m == 0 ? origin : directions[m - 1];
        for (size_t j = 0; j <= m; j++)
            span->gram[j][m] = span->gram[m][j] =
                mlp->reg > 0 ? tw_mlp_weight_product(mlp, span->vectors[j], span->vectors[m]) : 0;
        status = tw_mlp_weights_init(&span->weights[m], mlp, span->vectors[m]);
    }
    if (status == TW_OK)
        status = keep_products(span);
    if (status != TW_OK) {
        close_span(span);
        return status;
    }
    *out = span;
    return TW_OK;
}

/* ---- points ---- */

/* Points of a call: the weights of their later layers, and the sums of their losses and right
 * answers, blocks x 2 x count. Points go in groups. The second layer's weights of a group lie as
 * they are met: SLICE inputs of every point, then the next inputs. */
typedef struct point_set {
    const mlp_span *span;
    size_t count;
    const double *coefficients;
    size_t together;     /* points of a group */
    size_t matrix, tail; /* numbers of a point's W_2, and of its b_2 and the layers after */
    double *seconds;     /* group after group */
    double *tails;       /* point after point */
    double *sums;
    double *scratch; /* a worker */
    size_t scratch_size;
} point_set;

static double coefficient_b(const point_set *set, size_t p) {
    return set->span->rank == 2 ? set->coefficients[2 * p + 1] : 0;
}

static double coefficient_a(const point_set *set, size_t p) {
    return set->coefficients[p * set->span->rank];
}

/* Units that go through the second layer at a time: u + b w, v, and what the units make of them
 * stay in the first cache while all points of the group pass. */
enum { SLICE = TW_DEPTH / 2 };

static size_t group_count(const point_set *set, size_t first) {
    size_t left = set->count - first;
    return left < set->together ? left : set->together;
}

/* Inputs h ... h + depth of the second layer of point p in the group that begins at `first`. */
static double *second_slice(const point_set *set, size_t first, size_t p, size_t h, size_t depth) {
    size_t units = set->span->mlp->units[2];
    return set->seconds + first * set->matrix + h * units * group_count(set, first) +
           (p - first) * units * depth;
}

/* The weights of the layers after the second; b_2 comes before them. */
static void later_weights(const point_set *set, size_t p, tw_mlp_weights *later) {
    const tw_mlp *mlp = set->span->mlp;
    size_t bias = set->tail - tw_mlp_weights_size(mlp, 3, mlp->layers);
    tw_mlp_weights_place(mlp, 3, mlp->layers, set->tails + p * set->tail + bias, later);
}

static tw_status tail_piece(void *argument, size_t p, int worker) {
    const point_set *set = argument;
    const mlp_span *span = set->span;
    const tw_mlp *mlp = span->mlp;
    const double coefficients[3] = {1, coefficient_a(set, p), coefficient_b(set, p)};
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
    return TW_OK;
}

/* One strip of images: u, v, w of the strip, its labels, and where its sums go. */
typedef struct strip_view {
    const double *u, *v, *w; /* w = NULL: rank 1 */
    const int32_t *labels;
    size_t count;
    double *losses, *corrects; /* one a point */
} strip_view;

static void add_losses(const tw_mlp *mlp, const strip_view *strip, size_t p, const double *scores) {
    double loss, correct;
    mlp->kernels->softmax_panel(scores, strip->labels, strip->count, mlp->units[mlp->layers], &loss,
                                &correct, NULL);
    strip->losses[p] += loss;
    strip->corrects[p] += correct;
}

/* u + b w of some units, where it is not there from the point before. */
static const double *shifted(const tw_mlp *mlp, const strip_view *strip, size_t at, size_t size,
                             double b, int anew, double *scratch) {
    if (strip->w == NULL)
        return strip->u + at;
    if (anew)
        mlp->kernels->units(TW_UNIT_LINEAR, size, strip->u + at, b, strip->w + at, scratch);
    return scratch;
}

/* z_2 of points first ... first + count, one panel each. */
static void second_layer(const point_set *set, const strip_view *strip, size_t first, size_t count,
                         double *out, double *scratch) {
    const tw_mlp *mlp = set->span->mlp;
    size_t inputs = mlp->units[1], units = mlp->units[2];
    double *sum = scratch, *a = scratch + SLICE * TW_STRIP;
    for (size_t h = 0; h < inputs; h += SLICE) {
        size_t depth = inputs - h < SLICE ? inputs - h : SLICE, at = h * TW_STRIP;
        for (size_t p = first; p < first + count; p++) {
            double b = coefficient_b(set, p);
            int anew = p == first || b != coefficient_b(set, p - 1);
            const double *z = shifted(mlp, strip, at, depth * TW_STRIP, b, anew, sum);
            mlp->kernels->units(mlp->unit, depth * TW_STRIP, z, coefficient_a(set, p),
                                strip->v + at, a);
            mlp->kernels->multiply(units, depth, second_slice(set, first, p, h, depth), depth, 1, 1,
                                   a, 0, out + (p - first) * units * TW_STRIP, 0);
        }
    }
}

/* From z_2 of a point, which is lost, to its scores, in one of the two layers of scratch or in z.
 */
static const double *later_layers(const point_set *set, size_t p, double *z,
                                  double *const layers[2]) {
    const tw_mlp *mlp = set->span->mlp;
    tw_mlp_weights later;
    later_weights(set, p, &later);
    for (size_t k = 3; k <= mlp->layers; k++) {
        double *next = layers[k % 2];
        mlp->kernels->units(mlp->unit, mlp->units[k - 1] * TW_STRIP, z, 0, NULL, z);
        tw_mlp_begin(mlp, k, later.bias[k], 1, next);
        tw_mlp_layer(mlp, k, later.blocked[k], 1, z, next);
        z = next;
    }
    return z;
}

/* Scratch: SLICE x 2 panels, two layers of one strip, and z_2 of the points of a group. */
static size_t scratch_size(const tw_mlp *mlp, size_t together) {
    size_t second = mlp->layers > 1 ? mlp->units[2] * together : 0;
    return (2 * SLICE + 2 * mlp->most_units + second) * TW_STRIP;
}

static void strip_points(const point_set *set, const strip_view *strip, size_t first, size_t count,
                         double *scratch) {
    const tw_mlp *mlp = set->span->mlp;
    double *const layers[2] = {scratch + 2 * SLICE * TW_STRIP,
                               scratch + (2 * SLICE + mlp->most_units) * TW_STRIP};
    double *second = layers[1] + mlp->most_units * TW_STRIP;
    if (mlp->layers == 1) {
        size_t size = mlp->units[1] * TW_STRIP;
        for (size_t p = first; p < first + count; p++) {
            const double *z = shifted(mlp, strip, 0, size, coefficient_b(set, p), 1, layers[0]);
            mlp->kernels->units(TW_UNIT_LINEAR, size, z, coefficient_a(set, p), strip->v,
                                layers[1]);
            add_losses(mlp, strip, p, layers[1]);
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
        add_losses(mlp, strip, p, later_layers(set, p, z, layers));
    }
}

static tw_status points_piece(void *argument, size_t block, int worker) {
    const point_set *set = argument;
    const mlp_span *span = set->span;
    const tw_mlp *mlp = span->mlp;
    size_t layer = mlp->units[1] * TW_STRIP;
    double *scratch = set->scratch + (size_t)worker * set->scratch_size;
    double *products = scratch + scratch_size(mlp, set->together);
    double *losses = set->sums + block * 2 * set->count, *corrects = losses + set->count;
    tw_mlp_images images;
    tw_mlp_images_at(mlp, NULL, mlp->count, block, &images);
    memset(losses, 0, 2 * set->count * sizeof *losses);
    if (block < span->kept)
        products = span->products + block * block_products(span);
    else
        fill_products(span, &images, products, products + block_products(span));
    for (size_t first = 0; first < set->count; first += set->together) {
        size_t count = group_count(set, first);
        for (size_t s = 0; s < images.strips; s++) {
            const double *u = products + s * layer;
            strip_view strip = {.u = u,
                                .v = u + MLP_STRIPS * layer,
                                .w = span->rank == 2 ? u + 2 * MLP_STRIPS * layer : NULL,
                                .labels = images.labels + s * TW_STRIP,
                                .count = tw_mlp_strip_count(&images, s),
                                .losses = losses,
                                .corrects = corrects};
            strip_points(set, &strip, first, count, scratch);
        }
    }
    return TW_OK;
}

/* reg sum(W^2) by the inner products; never below 0, where rounding could take it. */
static double span_regularizer(const mlp_span *span, double a, double b) {
    const double c[3] = {1, a, b};
    double sum = 0;
    for (size_t j = 0; j <= span->rank; j++)
        for (size_t k = 0; k <= span->rank; k++)
            sum += c[j] * c[k] * span->gram[j][k];
    return span->mlp->reg > 0 ? span->mlp->reg * (sum < 0 ? 0 : sum) : 0;
}

static void gather(const point_set *set, double *values) {
    const mlp_span *span = set->span;
    size_t blocks = tw_mlp_blocks(span->mlp->count);
    for (size_t p = 0; p < set->count; p++) {
        double loss = 0, correct = 0;
        for (size_t block = 0; block < blocks; block++) {
            loss += set->sums[block * 2 * set->count + p];
            correct += set->sums[(block * 2 + 1) * set->count + p];
        }
        tw_mlp_metrics(span->mlp->count, loss, correct,
                       span_regularizer(span, coefficient_a(set, p), coefficient_b(set, p)),
                       values + p * MLP_METRICS);
    }
}

/* Numbers of the weights of a group, which should stay in a cache that the threads share, and of
 * z_2 of a strip, in the thread's own. */
enum { CACHED_WEIGHTS = 1 << 19, CACHED_LAYER = 1 << 17 };

static void plan_groups(point_set *set) {
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

static tw_status span_part(const mlp_span *span, size_t count, const double *coefficients,
                           double *values) {
    const tw_mlp *mlp = span->mlp;
    size_t blocks = tw_mlp_blocks(mlp->count), workers = (size_t)tw_runner_threads(mlp->runner);
    point_set set = {.span = span, .count = count, .coefficients = coefficients};
    plan_groups(&set);
    set.scratch_size = scratch_size(mlp, set.together);
    if (span->kept < blocks)
        set.scratch_size += block_products(span) + MLP_BLOCK * TW_DEPTH;
    set.seconds = tw_alloc_raw(count, set.matrix * sizeof(double));
    set.tails = tw_alloc_raw(count, set.tail * sizeof(double));
    set.sums = tw_alloc_raw(blocks, 2 * count * sizeof(double));
    set.scratch = tw_alloc_raw(workers, set.scratch_size * sizeof(double));
    tw_status status = TW_OK;
    if (set.seconds == NULL || set.tails == NULL || set.sums == NULL || set.scratch == NULL)
        status = tw_fail(TW_ERR_MEMORY, "not enough memory for %zu points", count);
    if (status == TW_OK && mlp->layers > 1)
        status = tw_runner_map(mlp->runner, count, tail_piece, &set);
    if (status == TW_OK)
        status = tw_runner_map(mlp->runner, blocks, points_piece, &set);
    if (status == TW_OK)
        gather(&set, values);
    free(set.seconds);
    free(set.tails);
    free(set.sums);
    free(set.scratch);
    return status;
}

/* Many points go in parts, so that their weights stay within some 100 MB. */
tw_status tw_mlp_span_values(void *ctx, void *span, size_t count, const double *coefficients,
                             double *values) {
    enum { PART = 4096, PART_WEIGHTS = 1 << 24 };
    const mlp_span *opened = span;
    size_t tail = tw_mlp_weights_size(opened->mlp, 2, opened->mlp->layers);
    size_t most = tail > PART_WEIGHTS / PART ? PART_WEIGHTS / tail : PART;
    if (most == 0)
        most = 1;
    for (size_t first = 0; first < count; first += most) {
        size_t part = count - first < most ? count - first : most;
        tw_status status = span_part(opened, part, coefficients + first * opened->rank,
                                     values + first * MLP_METRICS);
        if (status != TW_OK)
            return status;
    }
    return TW_OK;
}
