/* Gradients: backward through every micro-batch, added in double into a fixed number of lanes,
 * these in order, and from the early edges on to the parameters once. */
#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "net/objective/net_lanes.h"
#include "net/objective/net_objective.h"

/* d L_i / d s of every sample of the micro-batch in block 0 of the scratch, in block 1; 0 for those
 * that only fill the batch. */
void tw_net_seeds(const tw_net_work *work, size_t piece, int worker) {
    const tw_net_objective *o = work->objective;
    const tw_net_span_of_samples samples = tw_net_work_piece(work, piece);
    size_t outputs = o->head.outputs, batch = work->engine->program->batch;
    const double *s = tw_net_scratch(o, worker, 0);
    double *seeds = tw_net_scratch(o, worker, 1);
    for (size_t k = 0; k < samples.count; k++)
        tw_net_head_gradient(&o->head, s + k * outputs, tw_net_work_label(work, piece * batch + k),
                             seeds + k * outputs);
    memset(seeds + samples.count * outputs, 0, (batch - samples.count) * outputs * sizeof *seeds);
}

static tw_status lane_piece(void *argument, size_t lane, int worker) {
    const tw_net_lanes_job *job = argument;
    const tw_net_work *work = job->work;
    const tw_net_engine *engine = work->engine;
    double *sums = tw_net_lane(job, lane, 0);
    tw_status status = TW_OK;
    memset(sums, 0, engine->early.active_size * sizeof *sums);
    for (size_t b = lane; b < tw_net_work_pieces(work) && status == TW_OK; b += job->lanes) {
        status = tw_net_run_piece(work, b, worker);
        tw_net_seeds(work, b, worker);
        if (status == TW_OK)
            status = engine->kind->backward(engine->crew, (size_t)worker,
                                            tw_net_scratch(work->objective, worker, 1));
        if (status == TW_OK)
            engine->kind->add(engine->crew, (size_t)worker, TW_NET_ADJOINT, sums);
    }
    return status;
}

static tw_status gradient_of(tw_net_work *work, const double *x, double *values, double *gradient) {
    tw_net_objective *o = work->objective;
    tw_net_engine *engine = work->engine;
    tw_net_lanes_job job;
    tw_status status = tw_net_engine_order(engine, TW_NET_FIRST);
    if (status == TW_OK)
        status = tw_net_answers_room(o, work->count);
    if (status == TW_OK)
        status = tw_net_lanes_open(&job, work, 1);
    if (status == TW_OK)
        status = tw_net_engine_set(engine, x);
    if (status == TW_OK)
        status = tw_runner_map(o->runner, job.lanes, lane_piece, &job);
    if (status == TW_OK)
        status = tw_net_lanes_sum(&job);
    if (status == TW_OK)
        status = tw_net_point_gradient(&engine->point, tw_net_lane(&job, 0, 0), gradient);
    if (status == TW_OK) {
        tw_net_add_regularizer(o, x, gradient);
        if (values != NULL)
            tw_net_values(work, x, values);
    }
    return status;
}

tw_status tw_net_gradient(void *ctx, size_t n, const double *x, double *values, double *gradient) {
    tw_net_work work = tw_net_work_all(ctx);
    return gradient_of(&work, x, values, gradient);
}

tw_status tw_net_sample_gradient(void *ctx, size_t n, const double *x, const tw_batch *batch,
                                 double *values, double *gradient) {
    tw_net_work work;
    tw_status status = tw_net_work_batch(ctx, batch, &work);
    return status == TW_OK ? gradient_of(&work, x, values, gradient) : status;
}
