/* descent_state.c: what a descent needs to go on, taken out and put back.
 *
 * A state is that of the last mark, after a whole iteration. What has happened since then, in an
 * iteration that was cancelled or has failed on its way, is done once more: the point has not
 * moved, scratch is written anew, the lowest point met is the same the second time, and what was
 * counted is counted from the mark on. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "optim/optimizer.h"

enum { COUNTERS, POINT, BEFORE, START, VALUES, BEST, BEST_VALUES, OWN };

void tw_descent_mark(tw_descent *d) {
    d->marked_seen = d->seen;
    d->marked_evaluated = d->evaluated + (tw_objective_evaluations(d->objective) - d->counter);
}

static void write_counters(const tw_descent *d, double *to) {
    to[TW_COUNT_DONE] = (double)d->done;
    to[TW_COUNT_SEEN] = (double)d->marked_seen;
    to[TW_COUNT_EVALUATED] = (double)d->marked_evaluated;
    to[TW_COUNT_REPORTS_UP_TO] = (double)d->reports_up_to;
    to[TW_COUNT_TOLD] = (double)d->told;
    to[TW_COUNT_REACHED] = (double)d->reached;
    to[TW_COUNT_BEST_AT] = (double)d->best_at;
    to[TW_COUNT_BEST_SEEN] = (double)d->best_seen;
    to[TW_COUNT_OWN_STEP] = d->own_step;
    to[TW_COUNT_BEGUN] = d->begun;
    to[TW_COUNT_ENDED] = d->ended;
    to[TW_COUNT_STOP] = d->stop != TW_STOP_CANCELLED ? d->stop : TW_STOP_ITERATIONS;
    to[TW_COUNT_KNOWN] = d->known;
    to[TW_COUNT_MOVED] = d->moved;
    to[TW_COUNT_DIVERGED] = d->diverged;
    to[TW_COUNT_UNBOUNDED] = d->unbounded;
}

static void read_counters(tw_descent *d, const double *from) {
    d->done = (size_t)from[TW_COUNT_DONE];
    d->seen = d->marked_seen = (size_t)from[TW_COUNT_SEEN];
    d->evaluated = d->marked_evaluated = (unsigned long long)from[TW_COUNT_EVALUATED];
    d->reports_up_to = (size_t)from[TW_COUNT_REPORTS_UP_TO];
    d->told = (size_t)from[TW_COUNT_TOLD];
    d->reached = (size_t)from[TW_COUNT_REACHED];
    d->best_at = (size_t)from[TW_COUNT_BEST_AT];
    d->best_seen = (size_t)from[TW_COUNT_BEST_SEEN];
    d->own_step = from[TW_COUNT_OWN_STEP];
    d->begun = from[TW_COUNT_BEGUN] != 0;
    d->ended = from[TW_COUNT_ENDED] != 0;
    d->stop = (tw_stop)from[TW_COUNT_STOP];
    d->known = from[TW_COUNT_KNOWN] != 0;
    d->moved = from[TW_COUNT_MOVED] != 0;
    d->diverged = from[TW_COUNT_DIVERGED] != 0;
    d->unbounded = from[TW_COUNT_UNBOUNDED] != 0;
    d->next_at = 0;
    d->why = NULL;
}

/* ---- taking it out ---- */

static size_t own_size(const tw_descent *d) {
    const tw_optimizer *optimizer = d->optimizer;
    return optimizer->state_size == NULL  ? 0
           : optimizer->kept_size != NULL ? optimizer->kept_size(d)
                                          : optimizer->state_size(d);
}

/* The end of a run that was cancelled moves x and the lowest point, and counts. Values that it
 * finds out are not kept: a point whose values were not known is not known to have any. */
static void fill_parts(tw_descent *d) {
    size_t n = d->n, best = d->best != NULL ? n : 0, start = d->options->tolerance > 0 ? n : 0;
    double *kept = d->kept;
    if (kept == NULL)
        write_counters(d, d->counters);
    const tw_descent_part parts[TW_DESCENT_PARTS] = {
        [COUNTERS] = {"counters", TW_COUNTERS, kept != NULL ? kept : d->counters},
        [POINT] = {"x", n, kept != NULL ? kept + TW_COUNTERS : d->x},
        [BEFORE] = {"before", n, d->before},
        [START] = {"start", start, d->start},
        [VALUES] = {"values", d->metrics, d->values},
        [BEST_VALUES] = {"best_values", d->metrics,
                         kept != NULL ? kept + TW_COUNTERS + n : d->best_values},
        [BEST] = {"best", best, kept != NULL ? kept + TW_COUNTERS + n + d->metrics : d->best},
        [OWN] = {d->optimizer->name, own_size(d), d->state},
    };
    memcpy(d->parts, parts, sizeof parts);
}

tw_status tw_descent_state(tw_descent *d, size_t *count, const tw_descent_part **parts) {
    if (d->counting)
        return tw_fail(TW_ERR_UNSUPPORTED,
                       "iteration %zu of '%s' failed after its move: there is "
                       "no state after it",
                       d->done, d->optimizer->name);
    fill_parts(d);
    *count = TW_DESCENT_PARTS;
    *parts = d->parts;
    return TW_OK;
}

tw_status tw_descent_keep(tw_descent *d) {
    size_t best = d->best != NULL ? d->n : 0;
    double *kept = tw_alloc_raw(TW_COUNTERS + d->n + d->metrics + best, sizeof *kept);
    if (kept == NULL)
        return tw_fail(TW_ERR_MEMORY, "not enough memory to keep where '%s' is",
                       d->optimizer->name);
    double *at = kept + TW_COUNTERS;
    write_counters(d, kept);
    memcpy(at, d->x, d->n * sizeof *at);
    memcpy(at + d->n, d->best_values, d->metrics * sizeof *at);
    if (best > 0)
        memcpy(at + d->n + d->metrics, d->best, best * sizeof *at);
    free(d->kept);
    d->kept = kept;
    return TW_OK;
}

tw_status tw_descent_take_up(tw_descent *d) {
    if (d->counting)
        return tw_fail(TW_ERR_ARGUMENT,
                       "iteration %zu of '%s' failed after its move: a state taken "
                       "before can be restored, in a new handle",
                       d->done, d->optimizer->name);
    if (d->kept == NULL) {
        d->seen = d->marked_seen;
        d->evaluated = d->marked_evaluated;
        return TW_OK;
    }
    const double *at = d->kept + TW_COUNTERS;
    read_counters(d, d->kept);
    memcpy(d->x, at, d->n * sizeof *at);
    memcpy(d->best_values, at + d->n, d->metrics * sizeof *at);
    if (d->best != NULL)
        memcpy(d->best, at + d->n + d->metrics, d->n * sizeof *at);
    free(d->kept);
    d->kept = NULL;
    return TW_OK;
}

/* ---- putting it back ---- */

static const tw_descent_part *find(const char *name, size_t count, const tw_descent_part *parts) {
    for (size_t k = 0; k < count; k++)
        if (strcmp(parts[k].name, name) == 0)
            return &parts[k];
    return NULL;
}

static tw_status check_counters(const tw_descent *d, const double *counters) {
    for (size_t k = 0; k < TW_COUNTERS; k++)
        if (k != TW_COUNT_OWN_STEP &&
            !(counters[k] >= 0 && counters[k] <= 0x1p53 && counters[k] == floor(counters[k])))
            return tw_fail(TW_ERR_FORMAT,
                           "counter %zu of the state of '%s' is %g, which is not a count", k,
                           d->optimizer->name, counters[k]);
    if (counters[TW_COUNT_DONE] > (double)d->options->iterations)
        return tw_fail(TW_ERR_FORMAT,
                       "the state of '%s' is that after %.0f iterations, and only "
                       "%zu are asked for",
                       d->optimizer->name, counters[TW_COUNT_DONE], d->options->iterations);
    if (counters[TW_COUNT_STOP] > TW_STOP_UNBOUNDED)
        return tw_fail(TW_ERR_FORMAT,
                       "the state of '%s' has ended for reason %.0f, which does not exist",
                       d->optimizer->name, counters[TW_COUNT_STOP]);
    return TW_OK;
}

/* Finds the parts, in the order of ours. */
static tw_status match(tw_descent *d, size_t count, const tw_descent_part *parts,
                       const tw_descent_part **found) {
    size_t most = d->optimizer->state_size != NULL ? d->optimizer->state_size(d) : 0;
    fill_parts(d);
    for (size_t k = 0; k < TW_DESCENT_PARTS; k++) {
        const tw_descent_part *ours = &d->parts[k];
        found[k] = find(ours->name, count, parts);
        if (found[k] == NULL)
            return tw_fail(TW_ERR_FORMAT,
                           "the state of a descent by '%s' has a part '%s', and "
                           "what was given has none",
                           d->optimizer->name, ours->name);
        int fits = k == OWN ? found[k]->count <= most : found[k]->count == ours->count;
        if (!fits)
            return tw_fail(TW_ERR_FORMAT,
                           "part '%s' of the state has %zu numbers where %zu are "
                           "expected: another model, or other options",
                           ours->name, found[k]->count, k == OWN ? most : ours->count);
    }
    return check_counters(d, found[COUNTERS]->values);
}

static void take(const tw_descent_part *from, double *to) {
    if (from->count > 0)
        memcpy(to, from->values, from->count * sizeof *to);
}

tw_status tw_descent_restore(tw_descent *d, size_t count, const tw_descent_part *parts) {
    const tw_descent_part *found[TW_DESCENT_PARTS];
    if (d->begun)
        return tw_fail(TW_ERR_ARGUMENT, "a descent that has begun takes no state: open a new one");
    tw_status status = match(d, count, parts, found);
    if (status != TW_OK)
        return status;
    read_counters(d, found[COUNTERS]->values);
    take(found[POINT], d->x);
    take(found[BEFORE], d->before);
    take(found[START], d->start);
    take(found[VALUES], d->values);
    take(found[BEST], d->best);
    take(found[BEST_VALUES], d->best_values);
    take(found[OWN], d->state);
    if (d->optimizer->restored != NULL)
        return d->optimizer->restored(d, found[OWN]->count);
    if (found[OWN]->count != own_size(d))
        return tw_fail(TW_ERR_FORMAT,
                       "part '%s' of the state has %zu numbers where %zu are "
                       "expected: another model, or other options",
                       d->optimizer->name, found[OWN]->count, own_size(d));
    return TW_OK;
}
