#include "net/objective/net_noise.h"

#include <math.h>

#include "net/objective/net_first_losses.h"

/* Samples at most, and multiply-adds in double. */
enum { SAMPLES = 16 };
static const double WORK = 3e8;

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
    tw_status status = tw_net_first_losses(objective, &few, 0, x, single);
    if (status == TW_OK)
        status = tw_net_first_losses(objective, &few, 1, x, exact);
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
