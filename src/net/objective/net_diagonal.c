/* net_diagonal.c: the diagonal of the Gauss-Newton matrix, exactly, a sample and a class at a time:
 * with the Hessian of its loss in the outputs written as sum_c a_c a_c',
 *
 *   G_ii = mean over samples of sum_c (J' a_c)_i^2 + r''_ii
 *
 * so that a sample takes as many passes back as there are outputs, and no random vector. Where the
 * outputs are piecewise linear in every single parameter (net_straight.h) it is that of the
 * Hessian.
 */
#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "net/objective/net_objective.h"
#include "net/objective/net_straight.h"

enum { LANES = 8 };

typedef struct diagonal_job {
    tw_net_work work;
    const double *x;
    size_t n, lanes;
    double *sums;         /* lanes x n */
    double *adjoints;     /* of each worker, the active early edges */
    double *gradients;    /* of each worker, n */
    tw_net_point *points; /* of each worker */
} diagonal_job;

static tw_status add_class(const diagonal_job *job, int worker, double *sums) {
    const tw_net_engine *engine = job->work.engine;
    size_t size = engine->early.active_size;
    double *adjoints = job->adjoints + (size_t)worker * size;
    double *gradient = job->gradients + (size_t)worker * job->n;
    tw_status status = engine->kind->backward(engine->crew, (size_t)worker,
                                              tw_net_scratch(job->work.objective, worker, 1));
    if (status != TW_OK)
        return status;
    memset(adjoints, 0, size * sizeof *adjoints);
    engine->kind->add(engine->crew, (size_t)worker, TW_NET_ADJOINT, adjoints);
    status = tw_net_point_gradient(&job->points[worker], adjoints, gradient);
    for (size_t i = 0; i < job->n && status == TW_OK; i++)
        sums[i] += gradient[i] * gradient[i];
    return status;
}

static tw_status lane_piece(void *argument, size_t lane, int worker) {
    const diagonal_job *job = argument;
    const tw_net_objective *o = job->work.objective;
    double *sums = job->sums + lane * job->n;
    double *s = tw_net_scratch(o, worker, 0), *a = tw_net_scratch(o, worker, 1);
    tw_status status = tw_net_point_set(&job->points[worker], job->x);
    for (size_t b = lane; b < job->work.count && status == TW_OK; b += job->lanes) {
        status = tw_net_run_piece(&job->work, b, worker);
        for (size_t c = 0; c < o->head.outputs && status == TW_OK; c++)
            if (tw_net_head_factor(&o->head, s, tw_net_work_label(&job->work, b), c, a))
                status = add_class(job, worker, sums);
    }
    return status;
}

static tw_status prepare(diagonal_job *job) {
    const tw_net_engine *engine = job->work.engine;
    job->lanes = job->work.count < LANES ? job->work.count : LANES;
    job->sums = tw_alloc(job->lanes, job->n * sizeof(double));
    job->adjoints = tw_alloc(engine->workers, engine->early.active_size * sizeof(double));
    job->gradients = tw_alloc(engine->workers, job->n * sizeof(double));
    job->points = tw_alloc(engine->workers, sizeof *job->points);
    if (job->sums == NULL || job->adjoints == NULL || job->gradients == NULL || job->points == NULL)
        return tw_fail(TW_ERR_MEMORY, "not enough memory for diagonals of %zu parameters", job->n);
    tw_status status = TW_OK;
    for (size_t w = 0; w < engine->workers && status == TW_OK; w++)
        status = tw_net_point_make(engine->program, &engine->early, TW_NET_FIRST, &job->points[w]);
    return status;
}

static void release(diagonal_job *job) {
    for (size_t w = 0; job->points != NULL && w < job->work.engine->workers; w++)
        tw_net_point_release(&job->points[w]);
    free(job->points);
    free(job->sums);
    free(job->adjoints);
    free(job->gradients);
}

/* Lanes in order; the regulariser's second derivatives are its gradient at 1. */
static void sum_up(const diagonal_job *job, double *diagonal) {
    double *ones = job->gradients;
    for (size_t i = 0; i < job->n; i++) {
        diagonal[i] = 0;
        for (size_t lane = 0; lane < job->lanes; lane++)
            diagonal[i] += job->sums[lane * job->n + i];
        diagonal[i] /= (double)job->work.count;
        ones[i] = 1;
    }
    tw_net_add_regularizer(job->work.objective, ones, diagonal);
}

/* Whether the Hessian has the diagonal of the Gauss-Newton matrix: by the program as it is written,
 * whatever accelerates the one that runs. */
static tw_status is_straight(const tw_net_objective *o, int *straight) {
    tw_net_engine_options plain = o->made;
    tw_net_engine written = {0};
    plain.batch = 1;
    plain.fast = 0;
    tw_status status = tw_net_engine_open(o->graph, o->preparation, &plain, &written);
    if (status == TW_OK)
        status = tw_net_is_straight(written.program, straight);
    tw_net_engine_release(&written);
    return status;
}

/* The engine for one sample. */
static tw_status open_single(tw_net_objective *o) {
    tw_net_engine_options single = o->made;
    single.batch = 1;
    tw_status status = TW_OK;
    if (o->single.program == NULL)
        status = tw_net_engine_open(o->graph, o->preparation, &single, &o->single);
    return status == TW_OK ? tw_net_engine_order(&o->single, TW_NET_FIRST) : status;
}

tw_status tw_net_curvature_diagonal(void *ctx, size_t n, const double *x,
                                    tw_curvature_matrix matrix, double *diagonal) {
    tw_net_objective *o = ctx;
    int straight = 1;
    tw_status status = matrix == TW_MATRIX_HESSIAN ? is_straight(o, &straight) : TW_OK;
    if (status == TW_OK && !straight)
        return TW_DECLINED;
    if (status == TW_OK)
        status = open_single(o);
    if (status != TW_OK)
        return status;
    diagonal_job job = {.work = tw_net_work_all(o), .x = x, .n = n};
    job.work.engine = &o->single;
    status = tw_net_answers_room(o, job.work.count);
    if (status == TW_OK)
        status = prepare(&job);
    if (status == TW_OK)
        status = tw_net_engine_set(&o->single, x);
    if (status == TW_OK)
        status = tw_runner_map(o->runner, job.lanes, lane_piece, &job);
    if (status == TW_OK)
        sum_up(&job, diagonal);
    release(&job);
    return status;
}
