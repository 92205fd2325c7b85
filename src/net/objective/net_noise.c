#include "net/objective/net_noise.h"

#include <math.h>
#include <string.h>

#include "core/alloc.h"

/* Samples at most, and multiply-adds in double. */
enum { SAMPLES = 16 };
static const double WORK = 3e8;

/* The losses of the first samples by an engine of its own. */
static tw_status losses_by(tw_net_objective *o, const tw_net_engine_options *options, int is_double,
                           const double *x, double *losses) {
    tw_net_engine_options own = *options;
    tw_net_engine engine;
    double outputs[SAMPLES * 8], *s = outputs, *many = NULL;
    own.is_double = is_double;
    own.workers = 1;
    tw_status status = tw_net_engine_open(o->graph, o->preparation, &own, &engine);
    const tw_net_span_of_samples samples = {.first = o->first, .count = own.batch};
    if (status == TW_OK)
        status = tw_net_engine_order(&engine, TW_NET_OUTPUT);
    if (status == TW_OK)
        status = tw_net_engine_set(&engine, x);
    if (status == TW_OK && own.batch * o->head.outputs > SAMPLES * 8) {
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
    tw_net_engine_release(&engine);
    return status;
}

/* How many samples half a second allows: by the multiply-adds of one. */
static size_t samples_of(const tw_net_objective *o) {
    const tw_net_program *program = o->engine.program;
    double each = tw_net_program_work(program) / (double)program->batch;
    size_t samples = each > 0 && WORK / each < SAMPLES ? (size_t)(WORK / each) : SAMPLES;
    samples = samples < 1 ? 1 : samples;
    return samples < o->count ? samples : o->count;
}

tw_status tw_net_noise(tw_net_objective *objective, const tw_net_engine_options *options,
                       const double *x, double *noise) {
    tw_net_engine_options few = *options;
    double single[SAMPLES], exact[SAMPLES], loss = 0, mean = 0, squares = 0;
    few.batch = options->batch == 1 ? 1 : samples_of(objective);
    tw_status status = losses_by(objective, &few, 0, x, single);
    if (status == TW_OK)
        status = losses_by(objective, &few, 1, x, exact);
    if (status != TW_OK)
        return status;
    double count = (double)few.batch;
    for (size_t k = 0; k < few.batch; k++) {
        double off = single[k] - exact[k];
        loss += exact[k] / count;
        mean += off / count;
        squares += off * off / count;
    }
    double found = sqrt(mean * mean + squares / (double)objective->count) / fabs(loss);
    *noise = found >= 0x1p-26 && found < 1  ? found
             : isfinite(found) && found < 1 ? 0x1p-26
                                            : 0x1p-20;
    return TW_OK;
}
