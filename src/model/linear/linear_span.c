/* linear_span.c: lines and planes through a linear classifier's loss.
 *
 * Scores are affine in the coefficients: X (W + a D1 + b D2) = X W + a X D1 + b X D2. Three
 * products once; then a point costs a few operations an image and class
 * (kernel/points.c). And sum((W + a D1 + b D2)^2) is a quadratic in (a, b).
 *
 * A point's value depends on its coefficients alone: factors, groups and blocks are the same
 * whichever points are asked for together.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "model/classifier/span_order.h"
#include "model/linear/linear_private.h"

typedef struct linear_span {
    const tw_linear *linear;
    size_t rank;       /* 1 or 2 */
    double *u, *v, *w; /* N x (C - 1) score differences of origin and directions */
    double gram[3][3]; /* inner products of origin, first and second direction */
} linear_span;

static void close_span(linear_span *span) {
    if (span == NULL)
        return;
    free(span->u);
    free(span->v);
    free(span->w);
    free(span);
}

void tw_linear_span_close(void *ctx, void *span) {
    close_span(span);
}

static void store_differences(void *argument, const tw_block_view *view) {
    const linear_span *span = argument;
    size_t classes = span->linear->base.classes;
    double *const out[3] = {span->u, span->v, span->w};
    for (size_t m = 0; m <= span->rank; m++) {
        const double *scores = view->scores + m * classes * TW_BLOCK;
        for (size_t i = 0; i < view->count; i++) {
            size_t label = (size_t)view->labels[i];
            double own = scores[label * TW_BLOCK + i];
            double *to = out[m] + (view->first + i) * (classes - 1);
            for (size_t c = 0; c < classes; c++)
                if (c != label)
                    *to++ = scores[c * TW_BLOCK + i] - own;
        }
    }
}

static void fill_gram(linear_span *span, size_t n, const double *const vectors[3]) {
    for (size_t j = 0; j <= span->rank; j++)
        for (size_t k = 0; k <= j; k++) {
            double sum = 0;
            for (size_t i = 0; i < n; i++)
                sum += vectors[j][i] * vectors[k][i];
            span->gram[j][k] = span->gram[k][j] = sum;
        }
}

/* The same for either order: points of a row share their factors where they happen to come so. */
tw_status tw_linear_span_open(void *ctx, size_t n, const double *origin, size_t rank,
                              const double *const *directions, tw_span_how how, void **out) {
    const tw_linear *linear = ctx;
    if (rank > 2)
        return TW_DECLINED;
    linear_span *span = tw_alloc(1, sizeof *span);
    if (span == NULL)
        return tw_fail(TW_ERR_MEMORY, "not enough memory for a span");
    *span = (linear_span){.linear = linear, .rank = rank};
    size_t others = linear->base.classes - 1;
    span->u = tw_alloc_raw(linear->base.count, others * sizeof(double));
    span->v = tw_alloc_raw(linear->base.count, others * sizeof(double));
    span->w = tw_alloc(rank == 2 ? linear->base.count : 1, others * sizeof(double));
    const double *vectors[3] = {origin, directions[0], rank == 2 ? directions[1] : NULL};
    tw_columns columns = {0};
    tw_status status = TW_OK;
    if (span->u == NULL || span->v == NULL || span->w == NULL)
        status = tw_fail(TW_ERR_MEMORY, "not enough memory for the scores of %zu images",
                         linear->base.count);
    if (status == TW_OK)
        status = tw_columns_init(&columns, linear, rank + 1, vectors);
    if (status == TW_OK)
        status =
            tw_linear_pass(linear, &columns, NULL, linear->base.count, store_differences, span);
    tw_columns_release(&columns);
    if (status != TW_OK) {
        close_span(span);
        return status;
    }
    fill_gram(span, n, vectors);
    *out = span;
    return TW_OK;
}

/* ---- the points asked for, as rows of equal b ---- */

typedef struct point_plan {
    tw_point_rows set; /* as the kernels take it */
    tw_point_row *rows;
    double *a;     /* padded lists */
    double *b;     /* one a row */
    size_t *order; /* order[k]: which point of the caller's stands at padded place place[k] */
    size_t *place;
    size_t points; /* padded points in all */
} point_plan;

static void release_plan(point_plan *plan) {
    free(plan->rows);
    free(plan->a);
    free(plan->b);
    free(plan->order);
    free(plan->place);
}

/* ---- rows of one list a next to each other, so that its exponentials are taken once ---- */

static int compare_lists(const tw_point_row *l, const tw_point_row *r) {
    if (l->count != r->count)
        return l->count > r->count ? 1 : -1;
    for (size_t k = 0; k < l->count; k++) {
        int order = tw_span_compare(l->a[k], r->a[k]);
        if (order != 0)
            return order;
    }
    return 0;
}

static int compare_rows(const void *left, const void *right) {
    const tw_point_row *l = left, *r = right;
    int order = compare_lists(l, r);
    return order != 0 ? order : (l->offset > r->offset) - (l->offset < r->offset);
}

static void gather_lists(point_plan *plan) {
    size_t count = plan->set.count;
    qsort(plan->rows, count, sizeof *plan->rows, compare_rows);
    plan->set.padded = (count + TW_POINT_PAD - 1) / TW_POINT_PAD * TW_POINT_PAD;
    for (size_t r = 0; r < plan->set.padded; r++)
        plan->b[r] = plan->rows[r < count ? r : count - 1].b;
    for (size_t r = 0; r < count; r++)
        plan->rows[r].fresh = r == 0 || compare_lists(&plan->rows[r - 1], &plan->rows[r]) != 0;
}

static void fill_rows(point_plan *plan, const tw_ordered_point *points, size_t count) {
    size_t at = 0;
    for (size_t first = 0; first < count;) {
        size_t end = first;
        double a_most = 0;
        while (end < count && tw_span_same(points[end].b, points[first].b)) {
            plan->a[at + end - first] = points[end].a;
            plan->order[end] = points[end].index;
            plan->place[end] = at + end - first;
            if (!(fabs(points[end].a) <= a_most)) /* NaN comes through */
                a_most = fabs(points[end].a);
            end++;
        }
        size_t length = end - first;
        size_t padded = (length + TW_POINT_PAD - 1) / TW_POINT_PAD * TW_POINT_PAD;
        for (size_t k = length; k < padded; k++)
            plan->a[at + k] = points[end - 1].a;
        plan->rows[plan->set.count++] = (tw_point_row){.b = points[first].b,
                                                       .a = plan->a + at,
                                                       .a_most = a_most,
                                                       .count = length,
                                                       .padded = padded,
                                                       .offset = at};
        if (padded > plan->set.longest)
            plan->set.longest = padded;
        at += padded;
        first = end;
    }
    plan->points = at;
    plan->set.rows = plan->rows;
    plan->set.b = plan->b;
    gather_lists(plan);
}

static tw_status make_plan(point_plan *plan, size_t rank, size_t count,
                           const double *coefficients) {
    memset(plan, 0, sizeof *plan);
    tw_ordered_point *points = tw_alloc_raw(count, sizeof *points);
    plan->rows = tw_alloc_raw(count, sizeof *plan->rows);
    plan->a = tw_alloc_raw(count, TW_POINT_PAD * sizeof(double));
    plan->b = tw_alloc_raw(count + TW_POINT_PAD, sizeof(double));
    plan->order = tw_alloc_raw(count, sizeof *plan->order);
    plan->place = tw_alloc_raw(count, sizeof *plan->place);
    if (points == NULL || plan->rows == NULL || plan->a == NULL || plan->b == NULL ||
        plan->order == NULL || plan->place == NULL) {
        free(points);
        release_plan(plan);
        return tw_fail(TW_ERR_MEMORY, "not enough memory for %zu points", count);
    }
    tw_span_order(count, rank, coefficients, points);
    fill_rows(plan, points, count);
    free(points);
    return TW_OK;
}

/* ---- evaluation ---- */

typedef struct span_job {
    const linear_span *span;
    const point_plan *plan;
    double *sums;    /* a block: loss, correct and with errors squares of every padded point */
    size_t kinds;    /* of sums: 2 or 3 */
    double *scratch; /* a worker: products, with errors the losses before an image, table */
    size_t scratch_size;
} span_job;

/* What an image added to the losses is its own; its square joins the others. */
static void add_squares(const tw_linear *linear, size_t points, const double *loss, double *before,
                        double *squares) {
    for (size_t p = 0; p < points; p++) {
        squares[p] += tw_classifier_square(&linear->base, loss[p] - before[p]);
        before[p] = loss[p];
    }
}

static tw_status span_piece(void *argument, size_t piece, int worker) {
    const span_job *job = argument;
    const linear_span *span = job->span;
    const point_plan *plan = job->plan;
    const tw_linear *linear = span->linear;
    const tw_kernels *kernels = linear->base.kernels;
    size_t others = linear->base.classes - 1, first = piece * TW_BLOCK, points = plan->points;
    size_t end = first + TW_BLOCK < linear->base.count ? first + TW_BLOCK : linear->base.count;
    double *loss = job->sums + piece * job->kinds * points, *correct = loss + points;
    double *product = job->scratch + (size_t)worker * job->scratch_size;
    double *before = product + points, *table = before + (linear->base.errors ? points : 0);
    size_t group = linear->base.errors ? 1 : TW_PRODUCT_GROUP;
    memset(loss, 0, job->kinds * points * sizeof *loss);
    memset(product, 0, (size_t)(table - product) * sizeof *product);
    for (size_t i = first; i < end; i++) {
        tw_image_span image = {.u = span->u + i * others,
                               .v = span->v + i * others,
                               .w = span->rank == 2 ? span->w + i * others : span->w,
                               .others = others,
                               .below = (size_t)linear->base.labels[i]};
        if (linear->loss == TW_LINEAR_SVM)
            kernels->hinge_points(&image, &plan->set, linear->margin, table, loss, correct);
        else
            kernels->softmax_points(&image, &plan->set, table, product, loss, correct);
        if (linear->loss == TW_LINEAR_SOFTMAX && ((i - first + 1) % group == 0 || i + 1 == end))
            kernels->softmax_flush(points, product, loss);
        if (linear->base.errors)
            add_squares(linear, points, loss, before, correct + points);
    }
    return TW_OK;
}

/* The sum over blocks, in order, of kind `kind` at a padded place. */
static double sum_blocks(const span_job *job, size_t kind, size_t place) {
    size_t blocks = tw_linear_blocks(job->span->linear->base.count);
    double sum = 0;
    for (size_t block = 0; block < blocks; block++)
        sum += job->sums[(block * job->kinds + kind) * job->plan->points + place];
    return sum;
}

static void gather(const span_job *job, size_t count, const double *coefficients, double *values) {
    const linear_span *span = job->span;
    const tw_linear *linear = span->linear;
    size_t rank = span->rank;
    for (size_t k = 0; k < count; k++) {
        size_t index = job->plan->order[k], place = job->plan->place[k];
        const double *c = coefficients + index * rank;
        tw_classifier_values(&linear->base, linear->base.count, sum_blocks(job, 0, place),
                             sum_blocks(job, 1, place),
                             linear->base.errors ? sum_blocks(job, 2, place) : 0,
                             tw_span_regularizer(span->linear->base.reg, span->rank, span->gram,
                                                 c[0], rank == 2 ? c[1] : 0),
                             values + index * linear->base.metrics);
    }
}

static tw_status span_part(const linear_span *span, size_t count, const double *coefficients,
                           double *values) {
    point_plan plan;
    tw_status status = make_plan(&plan, span->rank, count, coefficients);
    if (status != TW_OK)
        return status;
    const tw_linear *linear = span->linear;
    size_t blocks = tw_linear_blocks(linear->base.count);
    span_job job = {.span = span, .plan = &plan, .kinds = linear->base.errors ? 3 : 2};
    job.scratch_size = (job.kinds - 1) * plan.points + 4 * plan.set.padded +
                       (3 * (plan.set.padded + plan.set.longest) + 1) * (linear->base.classes - 1);
    job.sums = tw_alloc_raw(blocks, job.kinds * plan.points * sizeof(double));
    job.scratch = tw_alloc_raw((size_t)tw_runner_threads(linear->base.runner),
                               job.scratch_size * sizeof(double));
    if (job.sums == NULL || job.scratch == NULL)
        status = tw_fail(TW_ERR_MEMORY, "not enough memory for %zu points", plan.points);
    else
        status = tw_runner_map(linear->base.runner, blocks, span_piece, &job);
    if (status == TW_OK)
        gather(&job, count, coefficients, values);
    free(job.sums);
    free(job.scratch);
    release_plan(&plan);
    return status;
}

/* Many points go in parts, so that the sums of the blocks stay within some tens of MB. */
tw_status tw_linear_span_values(void *ctx, void *span, size_t count, const double *coefficients,
                                double *values) {
    enum { PART = 4096 };
    const linear_span *opened = span;
    for (size_t first = 0; first < count; first += PART) {
        size_t part = count - first < PART ? count - first : PART;
        tw_status status = span_part(opened, part, coefficients + first * opened->rank,
                                     values + first * opened->linear->base.metrics);
        if (status != TW_OK)
            return status;
    }
    return TW_OK;
}
