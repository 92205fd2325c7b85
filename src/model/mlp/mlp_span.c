/* mlp_span.c: lines and planes through a network's loss.
 *
 * The inputs of the first layer's units are affine in the coefficients: z_1 = u + a v + b w with u,
 * v, w = the first layer of origin and directions at the images. Those products cost nearly all of
 * the work of a pass, and serve every point; they are kept up to the model's `memory`, and beyond
 * computed again in every call. A point then costs the later layers (mlp_span_layers.c), or with
 * one hidden layer of relu far less (mlp_span_rows.c).
 *
 * A point's value depends on its coefficients alone: it is (u + b w) + a v, and layers in a fixed
 * order, whichever points are asked for together.
 */
#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "model/mlp/mlp_span_private.h"

static size_t block_products(const tw_mlp_span *span) {
    return (span->rank + 1) * span->mlp->units[1] * MLP_BLOCK;
}

static void close_span(tw_mlp_span *span) {
    if (span == NULL)
        return;
    for (size_t m = 0; m <= span->rank; m++) {
        tw_mlp_weights_release(&span->weights[m]);
        free(span->seconds[m]);
    }
    tw_commons_release(&span->commons);
    free(span);
}

void tw_mlp_span_close(void *ctx, void *span) {
    close_span(span);
}

/* u, v and w of a block of images into `products`. */
static void fill_products(const tw_mlp_span *span, const tw_mlp_images *images, double *products,
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
    const tw_mlp_span *span;
    double *panels; /* one a worker */
} open_job;

static tw_status open_piece(void *argument, size_t block, int worker) {
    const open_job *job = argument;
    const tw_mlp_span *span = job->span;
    tw_mlp_images images;
    tw_mlp_images_at(span->mlp, NULL, span->mlp->base.count, block, &images);
    fill_products(span, &images, span->products + block * block_products(span),
                  job->panels + (size_t)worker * MLP_BLOCK * TW_DEPTH);
    return TW_OK;
}

static tw_status keep_products(tw_mlp_span *span) {
    const tw_mlp *mlp = span->mlp;
    size_t blocks = tw_mlp_blocks(mlp->base.count);
    size_t fit = mlp->memory / (block_products(span) * sizeof(double));
    span->kept = fit < blocks ? fit : blocks;
    open_job job = {.span = span};
    job.panels = tw_alloc_raw((size_t)tw_runner_threads(mlp->base.runner),
                              MLP_BLOCK * TW_DEPTH * sizeof(double));
    tw_status status = tw_commons_take(
        mlp->base.runner, span->kept * block_products(span) * sizeof(double), &span->commons);
    span->products = span->commons.memory;
    if (status != TW_OK || job.panels == NULL)
        status = tw_fail(TW_ERR_MEMORY, "not enough memory for the first layer of %zu images",
                         span->kept * MLP_BLOCK);
    else
        status = tw_commons_map(mlp->base.runner, &span->commons, span->kept, open_piece, &job);
    free(job.panels);
    return status;
}

tw_status tw_mlp_span_open(void *ctx, size_t n, const double *origin, size_t rank,
                           const double *const *directions, tw_span_how how, void **out) {
    const tw_mlp *mlp = ctx;
    if (rank > 2)
        return TW_DECLINED;
    tw_mlp_span *span = tw_alloc(1, sizeof *span);
    if (span == NULL)
        return tw_fail(TW_ERR_MEMORY, "not enough memory for a span");
    span->mlp = mlp;
    span->rank = rank;
    tw_status status = TW_OK;
    for (size_t m = 0; m <= rank && status == TW_OK; m++) {
        span->vectors[m] = m == 0 ? origin : directions[m - 1];
        for (size_t j = 0; j <= m; j++)
            span->gram[j][m] = span->gram[m][j] =
                mlp->base.reg > 0 ? tw_mlp_weight_product(mlp, span->vectors[j], span->vectors[m])
                                  : 0;
        status = tw_mlp_weights_init(&span->weights[m], mlp, span->vectors[m]);
    }
    if (status == TW_OK)
        status = keep_products(span);
    /* a row costs as much as some ten points one by one */
    span->in_rows = how == TW_SPAN_ROWS && tw_mlp_goes_in_rows(mlp);
    if (status == TW_OK && span->in_rows)
        status = tw_mlp_rows_open(span);
    if (status != TW_OK) {
        close_span(span);
        return status;
    }
    *out = span;
    return TW_OK;
}

/* ---- points ---- */

typedef struct points_job {
    const tw_mlp_points *set;
    int rows;
    double *scratch; /* one a worker */
    size_t scratch_size, way_size;
} points_job;

static tw_status tail_piece(void *argument, size_t p, int worker) {
    const points_job *job = argument;
    tw_mlp_fill_tail(job->set, p);
    return TW_OK;
}

/* `kinds` times `count` of them. */
static double *block_sums(const tw_mlp_points *set, size_t block) {
    return set->sums + block * set->kinds * set->count;
}

static tw_mlp_strip strip_at(const tw_mlp_points *set, const tw_mlp_images *images, size_t s,
                             const double *products, size_t block) {
    size_t layer = set->span->mlp->units[1] * TW_STRIP;
    const double *u = products + s * layer;
    tw_mlp_strip strip = {.u = u,
                          .v = u + MLP_STRIPS * layer,
                          .w = set->span->rank == 2 ? u + 2 * MLP_STRIPS * layer : NULL,
                          .labels = images->labels + s * TW_STRIP,
                          .count = tw_mlp_strip_count(images, s),
                          .sums = {.losses = block_sums(set, block)}};
    strip.sums.corrects = strip.sums.losses + set->count;
    if (set->kinds > 2)
        strip.sums.squares = strip.sums.corrects + set->count;
    return strip;
}

static tw_status points_piece(void *argument, size_t block, int worker) {
    const points_job *job = argument;
    const tw_mlp_span *span = job->set->span;
    double *scratch = job->scratch + (size_t)worker * job->scratch_size;
    double *products = scratch + job->way_size;
    tw_mlp_images images;
    tw_mlp_images_at(span->mlp, NULL, span->mlp->base.count, block, &images);
    memset(block_sums(job->set, block), 0, job->set->kinds * job->set->count * sizeof(double));
    if (block < span->kept)
        products = span->products + block * block_products(span);
    else
        fill_products(span, &images, products, products + block_products(span));
    /* a group's weights serve all strips while they are near */
    const tw_mlp_points *set = job->set;
    for (size_t first = 0; first < set->count; first += job->rows ? set->count : set->together)
        for (size_t s = 0; s < images.strips; s++) {
            tw_mlp_strip strip = strip_at(set, &images, s, products, block);
            if (job->rows)
                tw_mlp_row_losses(set, &strip, scratch);
            else
                tw_mlp_group_losses(set, &strip, first, scratch);
        }
    return TW_OK;
}

static void gather(const tw_mlp_points *set, double *values) {
    const tw_mlp_span *span = set->span;
    const tw_classifier *base = &span->mlp->base;
    size_t blocks = tw_mlp_blocks(base->count);
    for (size_t p = 0; p < set->count; p++) {
        double sums[3] = {0}; /* losses, right answers, squares */
        for (size_t block = 0; block < blocks; block++)
            for (size_t kind = 0; kind < set->kinds; kind++)
                sums[kind] += block_sums(set, block)[kind * set->count + p];
        tw_classifier_values(base, base->count, sums[0], sums[1], sums[2],
                             tw_span_regularizer(base->reg, span->rank, span->gram,
                                                 set->points[p].a, set->points[p].b),
                             values + set->points[p].index * base->metrics);
    }
}

static tw_status span_part(const tw_mlp_span *span, size_t count, const tw_ordered_point *points,
                           double *values) {
    const tw_mlp *mlp = span->mlp;
    size_t blocks = tw_mlp_blocks(mlp->base.count),
           workers = (size_t)tw_runner_threads(mlp->base.runner);
    tw_mlp_points set = {
        .span = span, .count = count, .points = points, .kinds = mlp->base.errors ? 3 : 2};
    points_job job = {.set = &set, .rows = span->in_rows};
    tw_mlp_plan_groups(&set);
    job.way_size = job.rows ? tw_mlp_row_scratch(span) : tw_mlp_group_scratch(mlp, set.together);
    job.scratch_size = job.way_size;
    if (span->kept < blocks)
        job.scratch_size += block_products(span) + MLP_BLOCK * TW_DEPTH;
    size_t tails = job.rows ? 0 : count;
    set.seconds = tw_alloc_raw(tails, set.matrix * sizeof(double));
    set.tails = tw_alloc_raw(tails, set.tail * sizeof(double));
    set.sums = tw_alloc_raw(blocks, set.kinds * count * sizeof(double));
    job.scratch = tw_alloc_raw(workers, job.scratch_size * sizeof(double));
    tw_status status = TW_OK;
    if (set.seconds == NULL || set.tails == NULL || set.sums == NULL || job.scratch == NULL)
        status = tw_fail(TW_ERR_MEMORY, "not enough memory for %zu points", count);
    if (status == TW_OK && mlp->layers > 1)
        status = tw_runner_map(mlp->base.runner, tails, tail_piece, &job);
    if (status == TW_OK)
        status = tw_runner_map(mlp->base.runner, blocks, points_piece, &job);
    if (status == TW_OK)
        gather(&set, values);
    free(set.seconds);
    free(set.tails);
    free(set.sums);
    free(job.scratch);
    return status;
}

/* Many points go in parts, so that their weights stay within some 100 MB. */
static size_t part_points(const tw_mlp_span *span) {
    enum { PART = 4096, PART_WEIGHTS = 1 << 24 };
    size_t tail = tw_mlp_weights_size(span->mlp, 2, span->mlp->layers);
    if (span->in_rows || tail <= PART_WEIGHTS / PART)
        return PART;
    return tail < PART_WEIGHTS ? PART_WEIGHTS / tail : 1;
}

tw_status tw_mlp_span_values(void *ctx, void *span, size_t count, const double *coefficients,
                             double *values) {
    const tw_mlp_span *opened = span;
    size_t most = part_points(opened);
    tw_ordered_point *points = tw_alloc_raw(count, sizeof *points);
    if (points == NULL)
        return tw_fail(TW_ERR_MEMORY, "not enough memory for %zu points", count);
    tw_span_order(count, opened->rank, coefficients, points);
    tw_status status = TW_OK;
    for (size_t first = 0; first < count && status == TW_OK; first += most)
        status =
            span_part(opened, count - first < most ? count - first : most, points + first, values);
    free(points);
    return status;
}
