/* descent_report.c: iterations counted, and told of. */
#include <math.h>

#include "optim/optimizer.h"

tw_status tw_descent_know(tw_descent *d) {
    tw_status status = TW_OK;
    while (status == TW_OK && !d->known) {
        status = tw_objective_value(d->objective, d->x, d->values);
        d->known = status == TW_OK;
        if (d->known && d->moved && !d->diverged && !isfinite(d->values[0]))
            tw_descent_give_up(d);
    }
    if (status == TW_OK && !d->diverged)
        tw_descent_consider(d, d->x, d->values);
    return status;
}

static double step_that_led_to(const tw_descent *d, size_t iteration) {
    const tw_optim_options *o = d->options;
    if (o->step == 0 || o->line_search)
        return d->own_step;
    return tw_schedule_step(o->schedule, o->step, o->decay, o->period,
                            iteration > 0 ? iteration - 1 : 0);
}

void tw_descent_tell(tw_descent *d, size_t iteration) {
    const tw_optim_options *o = d->options;
    const tw_optim_report told = {
        .iteration = iteration,
        .epoch = (double)d->seen / (double)(d->samples > 0 ? d->samples : 1),
        .step = step_that_led_to(d, iteration),
        .x = d->x,
        .before = d->moved && !d->diverged ? d->before : NULL,
        .values = d->values,
    };
    if (o->report == NULL)
        return;
    d->told = iteration;
    if (o->report(o->user, &told) != 0 && d->stop == TW_STOP_ITERATIONS)
        d->stop = TW_STOP_CANCELLED;
}

tw_status tw_descent_report(tw_descent *d, size_t iteration) {
    if (d->options->report == NULL || d->reports_up_to > iteration)
        return TW_OK;
    int was_diverged = d->diverged;
    tw_status status = tw_descent_know(d);
    if (status != TW_OK || d->diverged != was_diverged)
        return status;
    d->reports_up_to = iteration + 1;
    tw_descent_tell(d, iteration);
    return TW_OK;
}

/* Whether a report is due after `d->done` iterations. */
static int is_due(tw_descent *d) {
    const tw_optim_options *o = d->options;
    while (d->next_at < o->report_at_count && o->report_at[d->next_at] < d->done)
        d->next_at++;
    return (o->report_every > 0 && d->done % o->report_every == 0) ||
           (d->next_at < o->report_at_count && o->report_at[d->next_at] == d->done);
}

int tw_descent_cancelled(tw_descent *d) {
    const tw_optim_options *o = d->options;
    if (d->stop == TW_STOP_ITERATIONS && o->cancelled != NULL && o->cancelled(o->user) != 0)
        d->stop = TW_STOP_CANCELLED;
    return d->stop == TW_STOP_CANCELLED;
}

tw_status tw_descent_count(tw_descent *d) {
    d->counting = 1;
    d->done++;
    tw_status status = is_due(d) ? tw_descent_report(d, d->done) : TW_OK;
    if (status != TW_OK)
        return status;
    d->counting = 0;
    tw_descent_mark(d);
    tw_descent_cancelled(d);
    return TW_OK;
}
