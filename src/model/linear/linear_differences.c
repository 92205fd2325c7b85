/* linear_differences.c: L(W + h e_dc) - L(W) for many weights, exactly and without cancellation.
 *
 * Moving W[d,c] moves one score of every image by h x_id.
 *
 *   softmax  sum_i log1p(p_ic expm1(h x_id)) - h sum_{y_i = c} x_id       (kernel/differences.c)
 *   svm      where no margin crosses 0 the change is linear: h sum_i x_id R_ic with R as in the
 *            gradient; margins nearer to 0 than the largest |h x_id| are taken one by one.
 *   both     over N, plus reg h (2 W[d,c] + h).
 *
 * Weights of one feature that move by the same h share their work. Other steps go in further
 * passes.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "model/linear/linear_private.h"

/* One pass: every feature d (the bias is feature D) has one step; `wanted` tells which features are
 * asked for. */
typedef struct difference_pass {
    const tw_linear *linear;
    const double *steps;         /* D + 1, padded */
    const unsigned char *wanted; /* tiles of TW_FEATURE_PAD features */
    double largest_move;         /* max |h_d x_id| */
    tw_softmax_state softmax;    /* N x C */
    const double *residual;      /* N x C: hinge residuals */
    const struct near_margin *near;
    size_t near_count;
    double *out;     /* (tiles x PAD) x C changes of the data loss, summed over images */
    double *scratch; /* one a worker */
    size_t scratch_size;
} difference_pass;

/* A margin d_j + margin of image `image` close enough to 0 to cross it. */
typedef struct near_margin {
    size_t image;
    int32_t other, label;
    double value;
} near_margin;

/* ---- softmax ---- */

/* Factors 1 + p t lie within exp(+-move); so many of them that products stay in [1/2, 2]. */
static size_t group_size(double move) {
    double group = floor(0.69 / move);
    return group >= TW_BLOCK ? TW_BLOCK : group < 1 ? 0 : (size_t)group;
}

static void softmax_slice(const difference_pass *pass, size_t first_tile, size_t tiles,
                          double *scratch, double *sums) {
    const tw_linear *linear = pass->linear;
    size_t classes = linear->base.classes, group = group_size(pass->largest_move);
    size_t tile_sums = classes * TW_FEATURE_PAD;
    double *t = scratch, *y = t + TW_BLOCK * TW_FEATURE_PAD;
    double *labels = y + TW_BLOCK * TW_FEATURE_PAD;
    memset(sums, 0, tiles * tile_sums * sizeof *sums);
    memset(labels, 0, tiles * tile_sums * sizeof *labels);
    for (size_t i = 0; i < linear->base.count; i += TW_BLOCK) {
        size_t count = linear->base.count - i < TW_BLOCK ? linear->base.count - i : TW_BLOCK;
        tw_softmax_state state = pass->softmax;
        state.p += i * classes;
        if (group == 0) {
            state.q += i * classes;
            state.log_p += i * classes;
        }
        for (size_t k = 0; k < tiles; k++) {
            size_t tile = first_tile + k * TW_FEATURE_PAD;
            if (!pass->wanted[tile / TW_FEATURE_PAD])
                continue;
            linear->base.kernels->exponentials(
                &linear->base.samples, i, count, tile, pass->steps + tile, pass->largest_move,
                linear->base.labels, t, group == 0 ? y : NULL, labels + k * tile_sums);
            linear->base.kernels->log_products(count, classes, group, &state, t, y,
                                               sums + k * tile_sums);
        }
    }
    for (size_t k = 0; k < tiles * tile_sums; k++)
        sums[k] -= labels[k];
}

/* ---- svm ---- */

static double feature(const tw_linear *linear, size_t image, size_t d) {
    if (d >= linear->base.features)
        return 1;
    size_t at = image * linear->base.features + d;
    double x = linear->base.samples.bytes != NULL ? linear->base.samples.bytes[at]
                                                  : linear->base.samples.doubles[at];
    return x - linear->base.mean[d];
}

/* max(0, m + move) - max(0, m) less what the linear part has for it, without cancellation. */
static double bend(double m, double move) {
    if (m > 0)
        return move < -m ? -m - move : 0;
    return move > -m ? m + move : 0;
}

/* What crossing margins add for one feature. */
static void add_bends(const difference_pass *pass, size_t d, double h, double *sums, size_t j) {
    for (size_t k = 0; k < pass->near_count; k++) {
        const near_margin *near = &pass->near[k];
        double move = h * feature(pass->linear, near->image, d);
        sums[(size_t)near->other * TW_FEATURE_PAD + j] += bend(near->value, move);
        sums[(size_t)near->label * TW_FEATURE_PAD + j] += bend(near->value, -move);
    }
}

static void hinge_slice(const difference_pass *pass, size_t first_tile, size_t tiles,
                        double *sums) {
    const tw_linear *linear = pass->linear;
    size_t classes = linear->base.classes, tile_sums = classes * TW_FEATURE_PAD;
    memset(sums, 0, tiles * tile_sums * sizeof *sums);
    for (size_t i = 0; i < linear->base.count; i += TW_BLOCK) {
        size_t count = linear->base.count - i < TW_BLOCK ? linear->base.count - i : TW_BLOCK;
        for (size_t k = 0; k < tiles; k++)
            if (first_tile + k * TW_FEATURE_PAD < linear->base.features)
                linear->base.kernels->accumulate(
                    &linear->base.samples, NULL, i, count, first_tile + k * TW_FEATURE_PAD, classes,
                    pass->residual + i * classes, sums + k * tile_sums);
    }
    for (size_t k = 0; k < tiles * TW_FEATURE_PAD && first_tile + k <= linear->base.features; k++) {
        size_t d = first_tile + k, j = k % TW_FEATURE_PAD;
        double h = pass->steps[d], *own = sums + k / TW_FEATURE_PAD * tile_sums;
        for (size_t c = 0; c < classes; c++) {
            double *sum = &own[c * TW_FEATURE_PAD + j];
            for (size_t i = 0; d == linear->base.features && i < linear->base.count; i++)
                *sum += pass->residual[i * classes + c];
            *sum *= h;
        }
        add_bends(pass, d, h, own, j);
    }
}

/* ---- passes ---- */

/* Tiles that one piece takes: a cache line of bytes of each image is read once. */
enum { SLICE_TILES = 64 / TW_FEATURE_PAD };

static tw_status slice_piece(void *argument, size_t piece, int worker) {
    const difference_pass *pass = argument;
    size_t classes = pass->linear->base.classes, tile_sums = classes * TW_FEATURE_PAD;
    size_t first = piece * SLICE_TILES, all = pass->linear->base.features / TW_FEATURE_PAD + 1;
    size_t tiles = all - first < SLICE_TILES ? all - first : SLICE_TILES, wanted = 0;
    for (size_t k = 0; k < tiles; k++)
        wanted += pass->wanted[first + k];
    if (wanted == 0)
        return TW_OK;
    double *sums = pass->scratch + (size_t)worker * pass->scratch_size;
    if (pass->linear->loss == TW_LINEAR_SOFTMAX)
        softmax_slice(pass, first * TW_FEATURE_PAD, tiles, sums + SLICE_TILES * tile_sums, sums);
    else
        hinge_slice(pass, first * TW_FEATURE_PAD, tiles, sums);
    double *out = pass->out + first * tile_sums;
    for (size_t k = 0; k < tiles; k++)
        for (size_t j = 0; j < TW_FEATURE_PAD; j++)
            for (size_t c = 0; c < classes; c++)
                *out++ = sums[k * tile_sums + c * TW_FEATURE_PAD + j];
    return TW_OK;
}

/* What the pass needs of every image at the point, N x C each. */
typedef struct state_job {
    const tw_linear *linear;
    double *memory;
    double *p, *q, *log_p;     /* softmax; the last two NULL unless each term takes its logarithm */
    double *residual, *scores; /* svm */
} state_job;

static void copy_images(double *to, const double *from, const tw_block_view *view, size_t classes) {
    for (size_t i = 0; i < view->count; i++)
        for (size_t c = 0; c < classes; c++)
            to[(view->first + i) * classes + c] = from[c * TW_BLOCK + i];
}

static void state_block(void *argument, const tw_block_view *view) {
    const state_job *job = argument;
    const tw_linear *linear = job->linear;
    size_t classes = linear->base.classes, size = classes * TW_BLOCK;
    double loss, correct;
    if (linear->loss == TW_LINEAR_SVM) {
        for (size_t i = 0; i < view->count; i++)
            tw_linear_hinge(linear, view->scores, i, view->labels[i], &loss, &correct,
                            job->residual + (view->first + i) * classes);
        copy_images(job->scores, view->scores, view, classes);
        return;
    }
    tw_softmax_out out = {.p = view->scratch};
    if (job->q != NULL) {
        out.q = view->scratch + size;
        out.log_p = view->scratch + 2 * size;
    }
    linear->base.kernels->softmax(view->scores, view->labels, view->count, classes, &loss, &correct,
                                  &out);
    copy_images(job->p, out.p, view, classes);
    if (job->q != NULL) {
        copy_images(job->q, out.q, view, classes);
        copy_images(job->log_p, out.log_p, view, classes);
    }
}

/* Margins that a move of at most `reach` could take across 0. */
static tw_status find_near(const tw_linear *linear, const double *scores, double reach,
                           near_margin **out, size_t *out_count) {
    size_t classes = linear->base.classes, count = 0, capacity = 0;
    near_margin *near = NULL;
    for (size_t i = 0; i < linear->base.count; i++) {
        int32_t label = linear->base.labels[i];
        for (size_t c = 0; c < classes; c++) {
            double m =
                scores[i * classes + c] - scores[i * classes + (size_t)label] + linear->margin;
            if (c == (size_t)label || !(fabs(m) <= reach))
                continue;
            if (count == capacity) {
                capacity = capacity == 0 ? 1024 : 2 * capacity;
                near_margin *grown = realloc(near, capacity * sizeof *near);
                if (grown == NULL) {
                    free(near);
                    return tw_fail(TW_ERR_MEMORY, "not enough memory for %zu margins", capacity);
                }
                near = grown;
            }
            near[count++] = (near_margin){i, (int32_t)c, label, m};
        }
    }
    *out = near;
    *out_count = count;
    return TW_OK;
}

/* By comparison, since GCC 12 for ARM breaks off on loops that fold with fmax. */
static double larger(double a, double b) {
    return b > a ? b : a;
}

/* max_i |x_id|, cheaply bounded from above for bytes. */
static double feature_reach(const tw_linear *linear, size_t d) {
    if (linear->base.samples.doubles == NULL)
        return larger(linear->base.mean[d], 255 - linear->base.mean[d]);
    double reach = 0;
    for (size_t i = 0; i < linear->base.count; i++)
        reach = larger(reach, fabs(feature(linear, i, d)));
    return reach;
}

/* max over d of |h_d| max_i |x_id|. */
static double largest_move(const tw_linear *linear, const double *steps) {
    double most = fabs(steps[linear->base.features]);
    for (size_t d = 0; d < linear->base.features; d++)
        if (steps[d] != 0)
            most = larger(most, fabs(steps[d]) * feature_reach(linear, d));
    return most;
}

/* The state at x, which all passes of a call share. `terms`: some pass takes logarithms one by one.
 */
static tw_status open_state(const tw_linear *linear, const double *x, int terms, state_job *state) {
    size_t cells = linear->base.count * linear->base.classes;
    int svm = linear->loss == TW_LINEAR_SVM;
    double *memory = tw_alloc_raw(svm ? 2 : terms ? 3 : 1, cells * sizeof(double));
    *state = (state_job){.linear = linear};
    if (memory == NULL)
        return tw_fail(TW_ERR_MEMORY, "not enough memory for the scores of %zu images",
                       linear->base.count);
    state->memory = memory;
    if (svm) {
        state->residual = memory;
        state->scores = memory + cells;
    } else {
        state->p = memory;
        state->q = terms ? memory + cells : NULL;
        state->log_p = terms ? memory + 2 * cells : NULL;
    }
    tw_columns columns;
    tw_status status = tw_columns_init(&columns, linear, 1, &x);
    if (status == TW_OK)
        status = tw_linear_pass(linear, &columns, NULL, linear->base.count, state_block, state);
    tw_columns_release(&columns);
    return status;
}

static tw_status run_pass(difference_pass *pass, const state_job *state) {
    const tw_linear *linear = pass->linear;
    size_t workers = (size_t)tw_runner_threads(linear->base.runner);
    near_margin *near = NULL;
    tw_status status = TW_OK;
    pass->largest_move = largest_move(linear, pass->steps);
    pass->scratch_size =
        2 * TW_BLOCK * TW_FEATURE_PAD + 2 * SLICE_TILES * linear->base.classes * TW_FEATURE_PAD;
    pass->scratch = tw_alloc_raw(workers, pass->scratch_size * sizeof(double));
    if (pass->scratch == NULL)
        status = tw_fail(TW_ERR_MEMORY, "not enough memory for differences");
    else if (linear->loss == TW_LINEAR_SVM)
        status = find_near(linear, state->scores, pass->largest_move, &near, &pass->near_count);
    if (status == TW_OK) {
        pass->softmax = (tw_softmax_state){state->p, state->q, state->log_p};
        pass->residual = state->residual;
        pass->near = near;
        status = tw_runner_map(linear->base.runner,
                               linear->base.features / (SLICE_TILES * TW_FEATURE_PAD) + 1,
                               slice_piece, pass);
    }
    free(near);
    free(pass->scratch);
    return status;
}

/* Whether a step of the call is so wide that terms cannot be multiplied before the logarithm. */
static int takes_terms(const tw_linear *linear, size_t count, const size_t *indices,
                       const double *steps, double *widest) {
    if (linear->loss == TW_LINEAR_SVM)
        return 0;
    for (size_t k = 0; k < count; k++) {
        size_t d = indices[k] / linear->base.classes;
        widest[d] = larger(widest[d], fabs(steps[k]));
    }
    return group_size(largest_move(linear, widest)) == 0;
}

/* Takes the first step met of every feature into `steps`, and marks the entries that have it. */
static size_t choose_steps(const tw_linear *linear, size_t count, const size_t *indices,
                           const double *wanted_steps, unsigned char *done, double *steps,
                           unsigned char *tiles, unsigned char *seen) {
    size_t taken = 0;
    for (size_t k = 0; k < count; k++) {
        size_t d = indices[k] / linear->base.classes;
        if (done[k] != 0)
            continue;
        if (!seen[d]) {
            seen[d] = 1;
            steps[d] = wanted_steps[k];
            tiles[d / TW_FEATURE_PAD] = 1;
        }
        if (steps[d] == wanted_steps[k]) {
            done[k] = 2; /* in this pass */
            taken++;
        }
    }
    return taken;
}

tw_status tw_linear_coordinate_differences(void *ctx, size_t n, const double *x, size_t count,
                                           const size_t *indices, const double *steps,
                                           double *differences) {
    const tw_linear *linear = ctx;
    size_t tiles = linear->base.features / TW_FEATURE_PAD + 1, padded = tiles * TW_FEATURE_PAD;
    double *pass_steps = tw_alloc(padded, sizeof(double));
    double *out = tw_alloc(padded, linear->base.classes * sizeof(double));
    state_job state = {NULL};
    unsigned char *marks = tw_alloc(tiles + padded + count, 1);
    unsigned char *wanted = marks, *seen = marks + tiles, *done = marks + tiles + padded;
    tw_status status = TW_OK;
    if (pass_steps == NULL || out == NULL || marks == NULL)
        status = tw_fail(TW_ERR_MEMORY, "not enough memory for %zu differences", count);
    if (status == TW_OK)
        status = tw_classifier_check_steps(count, indices, steps);
    if (status == TW_OK)
        status =
            open_state(linear, x, takes_terms(linear, count, indices, steps, pass_steps), &state);
    for (size_t left = count; left > 0 && status == TW_OK;) {
        memset(pass_steps, 0, padded * sizeof *pass_steps);
        memset(marks, 0, tiles + padded);
        left -= choose_steps(linear, count, indices, steps, done, pass_steps, wanted, seen);
        difference_pass pass = {
            .linear = linear, .steps = pass_steps, .wanted = wanted, .out = out};
        status = run_pass(&pass, &state);
        for (size_t k = 0; k < count && status == TW_OK; k++) {
            if (done[k] != 2)
                continue;
            done[k] = 1;
            double h = steps[k], data = out[indices[k]] / (double)linear->base.count;
            differences[k] = data + linear->base.reg * h * (2 * x[indices[k]] + h);
        }
    }
    free(state.memory);
    free(pass_steps);
    free(out);
    free(marks);
    return status;
}
