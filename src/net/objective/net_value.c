/* The loss at a point. */
#include <string.h>

#include "core/alloc.h"
#include "net/objective/net_objective.h"

static tw_status piece(void *argument, size_t number, int worker) {
    return tw_net_run_piece(argument, number, worker);
}

tw_status tw_net_value_of(tw_net_work *work, const double *x, double *values) {
    tw_net_objective *o = work->objective;
    tw_status status = tw_net_engine_order(work->engine, TW_NET_OUTPUT);
    if (status == TW_OK)
        status = tw_net_answers_room(o, work->count);
    if (status == TW_OK)
        status = tw_net_engine_set(work->engine, x);
    if (status == TW_OK)
        status = tw_runner_map(o->runner, tw_net_work_pieces(work), piece, work);
    if (status == TW_OK)
        tw_net_values(work, x, values);
    return status;
}

/* The statistics of the samples at x in place of those in x, which is the caller's. */
static tw_status settled_value(tw_net_objective *o, size_t n, const double *x, double *values) {
    tw_net_work work = tw_net_work_all(o);
    if (o->settled == NULL && (o->settled = tw_alloc_raw(n, sizeof *o->settled)) == NULL)
        return tw_fail(TW_ERR_MEMORY, "not enough memory for a copy of %zu parameters", n);
    memcpy(o->settled, x, n * sizeof *x);
    tw_status status = tw_net_settle(o, n, o->settled, NULL);
    return status == TW_OK ? tw_net_value_of(&work, o->settled, values) : status;
}

tw_status tw_net_loss(void *ctx, size_t n, const double *x, double *values) {
    tw_net_objective *o = ctx;
    tw_net_work work = tw_net_work_all(o);
    return o->reestimated ? settled_value(o, n, x, values) : tw_net_value_of(&work, x, values);
}
