/* Products with the Hessian, exactly: a pass forward along the direction, and one back along it
 * beside that of the gradient. A few directions share the passes at the point itself, and later
 * ones at the same point do without (net_kept.h).
 *
 * With the Gauss-Newton matrix: the pass forward along the direction, the same seeds, and from them
 * the gradient's way back. */
#include <string.h>

#include "net/objective/net_lanes.h"

typedef struct product_job {
    tw_net_lanes_job lanes; /* block 0: the gradient, for the Hessian; block 1 + k: direction k */
    size_t count;           /* directions */
    int gauss_newton;
    const tw_net_kept *kept; /* NULL: nothing is kept */
} product_job;

/* Along direction `slot`: block 1 + slot of the lane. The seeds move as the outputs do. */
static tw_status along(const product_job *job, size_t piece, size_t slot, size_t lane, int worker) {
    const tw_net_work *work = job->lanes.work;
    const tw_net_objective *o = work->objective;
    const tw_net_engine *engine = work->engine;
    const tw_net_span_of_samples samples = tw_net_work_piece(work, piece);
    size_t outputs = o->head.outputs, batch = engine->program->batch;
    const double *s = tw_net_scratch(o, worker, 0);
    double *moves = tw_net_scratch(o, worker, 1), *seeds = tw_net_scratch(o, worker, 2);
    tw_status status = engine->kind->tangents(engine->crew, (size_t)worker, slot);
    if (status != TW_OK)
        return status;
    engine->kind->read(engine->crew, (size_t)worker, TW_NET_TANGENT, engine->program->output,
                       samples.count * outputs, moves);
    memset(seeds, 0, batch * outputs * sizeof *seeds);
    for (size_t k = 0; k < samples.count; k++)
        tw_net_head_move(&o->head, s + k * outputs, tw_net_work_label(work, piece * batch + k),
                         moves + k * outputs, seeds + k * outputs);
    tw_net_which which = job->gauss_newton ? TW_NET_ADJOINT : TW_NET_ADJOINT_TANGENT;
    status = (job->gauss_newton ? engine->kind->backward : engine->kind->backward_tangents)(
        engine->crew, (size_t)worker, seeds);
    if (status == TW_OK)
        engine->kind->add(engine->crew, (size_t)worker, which,
                          tw_net_lane(&job->lanes, lane, 1 + slot));
    return status;
}

/* The passes at the point: values, and of the Hessian adjoints, whose sums are added. In a room
 * that is full nothing is left to do but to read it. */
static tw_status at_point(const product_job *job, size_t piece, size_t lane, int worker) {
    const tw_net_work *work = job->lanes.work;
    const tw_net_engine *engine = work->engine;
    int is_full = job->kept != NULL && job->kept->is_full;
    if (is_full && job->kept->rooms[piece] != NULL) {
        const tw_net_span_of_samples samples = tw_net_work_piece(work, piece);
        tw_net_read_outputs(work, piece, worker);
        return engine->kind->load(engine->crew, (size_t)worker, &samples);
    }
    tw_status status = tw_net_run_piece(work, piece, worker);
    if (status != TW_OK || job->gauss_newton)
        return status;
    tw_net_seeds(work, piece, worker);
    status = engine->kind->backward(engine->crew, (size_t)worker,
                                    tw_net_scratch(work->objective, worker, 1));
    if (status == TW_OK && !is_full)
        engine->kind->add(engine->crew, (size_t)worker, TW_NET_ADJOINT,
                          tw_net_lane(&job->lanes, lane, 0));
    return status;
}

static tw_status piece_products(const product_job *job, size_t piece, size_t lane, int worker) {
    const tw_net_engine *engine = job->lanes.work->engine;
    if (job->kept != NULL)
        engine->kind->house(engine->crew, (size_t)worker, job->kept->rooms[piece]);
    tw_status status = at_point(job, piece, lane, worker);
    for (size_t k = 0; k < job->count && status == TW_OK; k++)
        status = along(job, piece, k, lane, worker);
    if (job->kept != NULL)
        engine->kind->house(engine->crew, (size_t)worker, NULL);
    return status;
}

static tw_status lane_piece(void *argument, size_t lane, int worker) {
    const product_job *job = argument;
    const tw_net_work *work = job->lanes.work;
    const tw_net_engine *engine = work->engine;
    double *sums = tw_net_lane(&job->lanes, lane, 0);
    tw_status status = TW_OK;
    memset(sums, 0, job->lanes.blocks * engine->early.active_size * sizeof *sums);
    for (size_t b = lane; b < tw_net_work_pieces(work) && status == TW_OK; b += job->lanes.lanes)
        status = piece_products(job, b, lane, worker);
    return status;
}

/* The gradient at the point, over the early edges: the sums of this job, or those that were kept.
 */
static const double *gradient_sums(const product_job *job) {
    tw_net_kept *kept = &job->lanes.work->objective->kept;
    const double *sums = tw_net_lane(&job->lanes, 0, 0);
    if (job->kept == NULL)
        return sums;
    if (!kept->is_full)
        memcpy(kept->gradient, sums, job->lanes.work->engine->early.active_size * sizeof *sums);
    kept->is_full = 1;
    return kept->gradient;
}

/* `count` directions at once, as many as there are slots at most. */
static tw_status products_together(tw_net_work *work, const double *x, int gauss_newton,
                                   size_t count, const double *vectors, double *products) {
    tw_net_engine *engine = work->engine;
    size_t n = engine->program->size;
    product_job job = {.count = count, .gauss_newton = gauss_newton};
    if (!gauss_newton &&
        tw_net_kept_wanted(&work->objective->kept, engine, tw_net_work_pieces(work), x, count))
        job.kept = &work->objective->kept;
    tw_status status = tw_net_lanes_open(&job.lanes, work, 1 + count);
    for (size_t k = 0; k < count && status == TW_OK; k++) {
        status = tw_net_point_move(&engine->point, vectors + k * n);
        if (status == TW_OK)
            status = engine->kind->move(engine->crew, k, engine->point.moves);
    }
    if (status == TW_OK)
        status = tw_runner_map(work->objective->runner, job.lanes.lanes, lane_piece, &job);
    if (status == TW_OK)
        status = tw_net_lanes_sum(&job.lanes);
    const double *gradient = status == TW_OK ? gradient_sums(&job) : NULL;
    for (size_t k = 0; k < count && status == TW_OK; k++) {
        const double *of_k = tw_net_lane(&job.lanes, 0, 1 + k);
        status = gauss_newton ? tw_net_point_gradient(&engine->point, of_k, products + k * n)
                              : tw_net_point_product(&engine->point, vectors + k * n, gradient,
                                                     of_k, products + k * n);
        tw_net_add_regularizer(work->objective, vectors + k * n, products + k * n);
    }
    return status;
}

static tw_status products_of(void *ctx, size_t n, const double *x, int gauss_newton, size_t count,
                             const double *vectors, double *products) {
    tw_net_objective *o = ctx;
    tw_net_work work = tw_net_work_all(o);
    size_t most = o->engine.together;
    tw_status status = tw_net_engine_order(&o->engine, TW_NET_SECOND);
    if (status == TW_OK)
        status = tw_net_answers_room(o, work.count);
    if (status == TW_OK)
        status = tw_net_engine_set(&o->engine, x);
    for (size_t k = 0; k < count && status == TW_OK; k += most)
        status = products_together(&work, x, gauss_newton, count - k < most ? count - k : most,
                                   vectors + k * n, products + k * n);
    return status;
}

tw_status tw_net_hessian_products(void *ctx, size_t n, const double *x, size_t count,
                                  const double *vectors, double *products) {
    return products_of(ctx, n, x, 0, count, vectors, products);
}

tw_status tw_net_gauss_newton_products(void *ctx, size_t n, const double *x, size_t count,
                                       const double *vectors, double *products) {
    return products_of(ctx, n, x, 1, count, vectors, products);
}
