/* optim_options.c: what a method is given, checked before anything is evaluated. */
#include <math.h>

#include "core/versioned.h"
#include "optim/optimizer.h"

int tw_optim_takes_batches(const tw_optimizer *optimizer, const tw_objective *objective) {
    return (optimizer->needs & tw_objective_capabilities(objective) & TW_CAN_SAMPLE_GRADIENT) &&
           tw_objective_samples(objective) > 0;
}

tw_status tw_optim_check_needs(const tw_optimizer *optimizer, const tw_objective *objective) {
    unsigned has = optimizer->needs & tw_objective_capabilities(objective);
    if (optimizer->needs == 0 || (has & TW_CAN_GRADIENT) ||
        tw_optim_takes_batches(optimizer, objective))
        return TW_OK;
    if (has & TW_CAN_SAMPLE_GRADIENT)
        return tw_fail(TW_ERR_UNSUPPORTED, "'%s' needs samples, and objective '%s' has none",
                       optimizer->name, tw_objective_name(objective));
    const char *name = tw_objective_name(objective);
    if (tw_objective_capabilities(objective) & TW_CAN_GRADIENT)
        return tw_fail(
            TW_ERR_UNSUPPORTED,
            "'%s' needs a gradient over chosen samples, which objective '%s' does not have; gd, "
            "momentum, adam and others use the whole gradient, which it has",
            optimizer->name, name);
    return tw_fail(
        TW_ERR_UNSUPPORTED,
        "'%s' needs %s, which objective '%s' does not have; random-search and local-search "
        "need none",
        optimizer->name,
        optimizer->needs & TW_CAN_GRADIENT ? "a gradient" : "a gradient over chosen samples", name);
}

static double default_decay(tw_schedule schedule) {
    return schedule == TW_SCHEDULE_STEP ? 0.5 : schedule == TW_SCHEDULE_EXPONENTIAL ? 0.95 : 1;
}

static double default_period(const tw_optim_options *o) {
    if (o->schedule == TW_SCHEDULE_COSINE)
        return (double)o->iterations;
    return o->iterations > 10 ? (double)o->iterations / 10 : 1;
}

/* Whether it takes the steps that it likes, and no schedule. */
static int chooses_steps(const tw_optimizer *optimizer, const tw_optim_options *o) {
    return optimizer->defaults.step == 0 || o->line_search;
}

static tw_status check_line_search(const tw_optimizer *optimizer, const tw_optim_options *o) {
    if (!o->line_search)
        return TW_OK;
    if (optimizer->search_once == NULL)
        return tw_fail(TW_ERR_ARGUMENT, "line search: '%s' does not use it; gd takes one",
                       optimizer->name);
    if (o->schedule != TW_SCHEDULE_CONSTANT)
        return tw_fail(TW_ERR_ARGUMENT, "a line search chooses the steps itself; leave out the "
                                        "schedule");
    return TW_OK;
}

static tw_status check_schedule(const tw_optimizer *optimizer, const tw_optim_options *o) {
    if (tw_schedule_name(o->schedule) == NULL)
        return tw_fail(TW_ERR_ARGUMENT, "no schedule number %d", (int)o->schedule);
    if (optimizer->defaults.step == 0 && (o->step != 0 || o->schedule != TW_SCHEDULE_CONSTANT))
        return tw_fail(TW_ERR_ARGUMENT,
                       "'%s' chooses its steps itself; leave out the step and the schedule",
                       optimizer->name);
    int needless = chooses_steps(optimizer, o) && o->step == 0;
    if (!needless && (!(o->step > 0) || isinf(o->step)))
        return tw_fail(TW_ERR_ARGUMENT, "step %g: give a positive number", o->step);
    if (!(o->decay > 0) || isinf(o->decay) || !(o->period > 0) || isinf(o->period))
        return tw_fail(TW_ERR_ARGUMENT, "decay %g, period %g: give positive numbers", o->decay,
                       o->period);
    return TW_OK;
}

/* Takes the default, or refuses a value that means nothing to the method or is out of (0, most). */
static tw_status complete(const tw_optimizer *optimizer, const char *what, double usual,
                          double most, double *value) {
    if (*value == 0) {
        *value = usual;
        return TW_OK;
    }
    if (usual == 0)
        return tw_fail(TW_ERR_ARGUMENT, "%s %g: '%s' does not use it", what, *value,
                       optimizer->name);
    if (*value > 0 && *value < most)
        return TW_OK;
    return isinf(most) ? tw_fail(TW_ERR_ARGUMENT, "%s %g: give a positive number", what, *value)
                       : tw_fail(TW_ERR_ARGUMENT, "%s %g: give a number between 0 and %g", what,
                                 *value, most);
}

static tw_status complete_parameters(const tw_optimizer *optimizer, tw_optim_options *o) {
    const tw_optim_options *usual = &optimizer->defaults;
    double history = (double)o->history;
    tw_status status = complete(optimizer, "momentum", usual->momentum, 1, &o->momentum);
    if (status == TW_OK)
        status = complete(optimizer, "square decay", usual->square_decay, 1, &o->square_decay);
    if (status == TW_OK)
        status = complete(optimizer, "epsilon", usual->epsilon, INFINITY, &o->epsilon);
    if (status == TW_OK) {
        int ends = chooses_steps(optimizer, o);
        status =
            complete(optimizer, "tolerance", ends ? usual->tolerance : 0, INFINITY, &o->tolerance);
    }
    if (status == TW_OK)
        status = complete(optimizer, "history", (double)usual->history, 1001, &history);
    o->history = (size_t)history;
    return status;
}

static tw_status check_reports(const tw_optim_options *o) {
    for (size_t k = 1; k < o->report_at_count; k++)
        if (o->report_at[k] <= o->report_at[k - 1])
            return tw_fail(TW_ERR_ARGUMENT,
                           "reports after iteration %zu and then %zu: give them "
                           "in ascending order",
                           o->report_at[k - 1], o->report_at[k]);
    return TW_OK;
}

tw_status tw_optim_complete(const tw_optimizer *optimizer, const tw_optim_options *given,
                            tw_optim_options *o) {
    tw_status status = TW_TAKE(tw_optim_options, history, o, given);
    if (status != TW_OK)
        return status;
    if (o->iterations == 0)
        o->iterations = optimizer->defaults.iterations;
    if (o->step == 0 && !o->line_search)
        o->step = optimizer->defaults.step;
    if (o->batch == 0)
        o->batch = 256;
    if (o->period == 0)
        o->period = default_period(o);
    if (o->decay == 0)
        o->decay = default_decay(o->schedule);
    status = check_line_search(optimizer, o);
    if (status == TW_OK)
        status = check_schedule(optimizer, o);
    if (status == TW_OK)
        status = complete_parameters(optimizer, o);
    return status == TW_OK ? check_reports(o) : status;
}
