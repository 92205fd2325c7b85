#include "net/objective/net_first_losses.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"

tw_status tw_net_first_losses(const tw_net_objective *o, const tw_net_engine_options *options,
                              int is_double, const double *x, double *losses) {
    tw_net_engine_options own = *options;
    tw_net_engine engine;
    double outputs[128], *s = outputs, *many = NULL;
    own.is_double = is_double;
    own.workers = 1;
    tw_status status = tw_net_engine_open(o->graph, o->preparation, &own, &engine);
    const tw_net_span_of_samples samples = {.first = o->first, .count = own.batch};
    if (status == TW_OK)
        status = tw_net_engine_order(&engine, TW_NET_OUTPUT);
    if (status == TW_OK)
        status = tw_net_engine_set(&engine, x);
    if (status == TW_OK && own.batch * o->head.outputs > 128) {
        s = many = tw_alloc(own.batch, o->head.outputs * sizeof *s);
        if (many == NULL)
            status = tw_fail(TW_ERR_MEMORY, "not enough memory for a batch");
    }
    if (status == TW_OK)
        status = engine.kind->load(engine.crew, 0, &samples);
    if (status == TW_OK)
        status = engine.kind->forward(engine.crew, 0, 0, SIZE_MAX);
    if (status == TW_OK)
        engine.kind->read(engine.crew, 0, TW_NET_VALUE, engine.program->output,
                          own.batch * o->head.outputs, s);
    for (size_t k = 0; k < own.batch && status == TW_OK; k++)
        losses[k] =
            tw_net_head_loss(&o->head, s + k * o->head.outputs, (size_t)o->labels[o->first + k]);
    free(many);
    tw_net_engine_release(&engine);
    return status;
}

tw_status tw_net_mixes_samples(const tw_net_objective *o, const tw_net_engine_options *options,
                               const double *x, int *mixes) {
    enum { TOGETHER = 3 };
    double together[TOGETHER], alone;
    tw_net_engine_options few = *options;
    *mixes = 0;
    few.batch = o->count < TOGETHER ? o->count : TOGETHER;
    tw_status status = tw_net_first_losses(o, &few, 0, x, together);
    few.batch = 1;
    if (status == TW_OK)
        status = tw_net_first_losses(o, &few, 0, x, &alone);
    /* far above what rounding in another order does */
    if (status == TW_OK && isfinite(alone))
        *mixes = !(fabs(together[0] - alone) <= 1e-3 * (1 + fabs(alone)));
    return status;
}
