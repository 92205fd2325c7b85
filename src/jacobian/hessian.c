/* hessian.c: the front of tw_diff_hessian, and the matrix from gradients. */
#include <math.h>
#include <stdlib.h>

#include "core/alloc.h"
#include "core/clock.h"
#include "core/front_door.h"
#include "core/versioned.h"
#include "diff/exact.h"
#include "jacobian/hessian_private.h"

tw_status tw_hessian_describe(tw_objective *objective, const double *x, const tw_hessian_options *o,
                              tw_vector_function *function, tw_partials *out) {
    *out = (tw_partials){.function = function,
                         .rule = o->source == TW_HESSIAN_GRADIENT_LADDER ? TW_ENTRY_LADDER
                                                                         : TW_ENTRY_PAIRS,
                         .x = x,
                         .typical = o->scales,
                         .lower = o->lower,
                         .upper = o->upper,
                         .space = tw_objective_space(objective),
                         .seed = o->seed,
                         .progress = o->progress,
                         .progress_user = o->progress_user};
    if ((unsigned)o->source > TW_HESSIAN_VALUES)
        return tw_fail(TW_ERR_ARGUMENT, "no source of second derivatives number %d",
                       (int)o->source);
    return o->source == TW_HESSIAN_VALUES ? tw_vector_of_values(objective, function)
                                          : tw_vector_of_gradients(objective, function);
}

/* Both entries become their mean; its bar is at most the mean of theirs. */
static void symmetrize(size_t n, double *h, double *bars, tw_hessian_report *report) {
    for (size_t i = 0; i < n; i++)
        for (size_t j = i + 1; j < n; j++) {
            double *upper = &h[i * n + j], *lower = &h[j * n + i];
            double apart = fabs(*upper - *lower);
            if (apart > report->asymmetry) {
                report->asymmetry = apart;
                report->row = i;
                report->column = j;
            }
            *upper = *lower = *upper / 2 + *lower / 2;
            if (bars != NULL)
                bars[i * n + j] = bars[j * n + i] = (bars[i * n + j] + bars[j * n + i]) / 2;
        }
}

static tw_status from_gradients(tw_partials *job, double *hessian, double *bars,
                                tw_hessian_report *report) {
    job->groups = job->function->n;
    job->values = hessian;
    job->bars = bars;
    tw_status status = tw_partials_begin(job, 1);
    if (status == TW_OK)
        status = tw_partials_run(job);
    if (status == TW_OK)
        symmetrize(job->function->n, hessian, bars, report);
    return status;
}

tw_status tw_diff_hessian(tw_objective *objective, const double *x,
                          const tw_hessian_options *options, double *hessian,
                          tw_hessian_report *report) {
    tw_hessian_options taken;
    tw_status status = TW_TAKE(tw_hessian_options, seed, &taken, options);
    if (status != TW_OK)
        return status;
    options = &taken;
    double started = tw_clock_seconds();
    size_t n = tw_objective_size(objective), entries;
    tw_hessian_report result = {.groups = n};
    tw_vector_function function;
    tw_partials job;
    if (__builtin_mul_overflow(n, n, &entries))
        return tw_fail(TW_ERR_ARGUMENT, "a Hessian of %zu x %zu numbers does not fit in memory", n,
                       n);
    status = tw_hessian_describe(objective, x, options, &function, &job);
    if (status != TW_OK)
        return status;
    status = options->source == TW_HESSIAN_VALUES
                 ? tw_hessian_from_values(&job, hessian, options->bars)
                 : from_gradients(&job, hessian, options->bars, &result);
    if (status == TW_OK && report != NULL) {
        result.without = tw_partials_without(entries, hessian);
        result.bar = tw_partials_bar(entries, options->bars);
        result.evaluations = job.evaluations + job.probe.evaluations;
        result.seconds = tw_clock_seconds() - started;
        *report = result;
    }
    tw_partials_release(&job);
    return status;
}
