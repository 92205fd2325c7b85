/* gradcheck_aim.c: a random signed probe of a range of parameters: where it leads, what the
 * gradient says of it, how far the two may be apart, and the verdict on that. */
#include "gradcheck/gradcheck_aim.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "diff/exact.h"

/* A probe passes if its bar is at most so many tolerances wide: it sees errors from there on. */
static const double widest_bar = 100;

tw_status tw_probe_new(tw_objective *objective, const double *x, const double *gradient,
                       const tw_gradcheck_options *options, tw_aimed_probe *out) {
    size_t n = tw_objective_size(objective);
    *out = (tw_aimed_probe){
        .objective = objective, .x = x, .gradient = gradient, .options = options, .n = n};
    out->v = tw_alloc(n, sizeof *out->v);
    out->point = tw_alloc_raw(n, sizeof *out->point);
    out->metrics = tw_alloc(tw_objective_metrics(objective), sizeof *out->metrics);
    if (out->v == NULL || out->point == NULL || out->metrics == NULL)
        return tw_fail(TW_ERR_MEMORY, "not enough memory for a probe of %zu parameters", n);
    memcpy(out->point, x, n * sizeof *x);
    return TW_OK;
}

void tw_probe_release(tw_aimed_probe *p) {
    free(p->v);
    free(p->point);
    free(p->metrics);
}

/* Next to a bound the sign is not drawn: v leads inside. What bounds hold in place stays. */
static double aimed_entry(const tw_gradcheck_options *o, double x, uint64_t number, size_t i) {
    double v = tw_probe_entry(o->seed, number, i);
    double up = o->upper != NULL ? o->upper[i] - x : INFINITY;
    double down = o->lower != NULL ? x - o->lower[i] : INFINITY;
    if (up == 0 && down == 0)
        return 0;
    if (fmin(up, down) < 1e-3 * fmax(up, down))
        return up > down ? fabs(v) : -fabs(v);
    return v;
}

int tw_probe_aim(tw_aimed_probe *p, uint64_t number, size_t first, size_t count) {
    int moving = 0;
    memset(p->v, 0, p->n * sizeof *p->v);
    for (size_t i = first; i < first + count; i++) {
        p->v[i] = aimed_entry(p->options, p->x[i], number, i);
        moving |= p->v[i] != 0;
    }
    p->first = first;
    p->count = count;
    return moving;
}

double tw_probe_product(const tw_aimed_probe *p, size_t first, size_t count) {
    double sum = 0, lost = 0;
    for (size_t i = first; i < first + count; i++) {
        double term = p->gradient[i] * p->v[i], next = sum + term;
        lost += fabs(sum) >= fabs(term) ? (sum - next) + term : (term - next) + sum;
        sum = next;
    }
    return sum + lost;
}

double tw_probe_tolerance(const tw_aimed_probe *p) {
    double sum = 0;
    for (size_t i = p->first; i < p->first + p->count; i++) {
        double tau = p->options->rtol * fmax(fabs(p->gradient[i]), p->floor) + p->options->atol;
        sum += tau * tau * p->v[i] * p->v[i];
    }
    return sqrt(sum);
}

void tw_probe_reach(const tw_aimed_probe *p, double *lower, double *upper) {
    const tw_gradcheck_options *o = p->options;
    *lower = -INFINITY;
    *upper = INFINITY;
    for (size_t i = p->first; i < p->first + p->count; i++) {
        if (p->v[i] == 0)
            continue;
        double down = o->lower != NULL ? (o->lower[i] - p->x[i]) / p->v[i] : -INFINITY;
        double up = o->upper != NULL ? (o->upper[i] - p->x[i]) / p->v[i] : INFINITY;
        *lower = fmax(*lower, fmin(down, up));
        *upper = fmin(*upper, fmax(down, up));
    }
}

void tw_probe_judge(tw_gradcheck_probe *out, const tw_derivative *d) {
    double r = fabs(out->analytic - d->value), u = d->error;
    out->numeric = d->value;
    out->bar = u;
    out->evaluations += d->evaluations;
    out->reason = TW_REASON_NONE;
    if (!isfinite(out->analytic)) {
        out->verdict = TW_VERDICT_FAIL;
        out->reason = TW_REASON_NOT_FINITE;
        return;
    }
    out->verdict = tw_check_verdict(r, u, out->tolerance);
    if (d->point_class == TW_POINT_JUMP || !isfinite(d->value)) {
        out->verdict = TW_VERDICT_INCONCLUSIVE;
        out->reason = isfinite(d->value) ? TW_REASON_JUMP : TW_REASON_DOMAIN;
    } else if (out->verdict == TW_VERDICT_INCONCLUSIVE) {
        if (u <= widest_bar * out->tolerance)
            out->verdict = TW_VERDICT_PASS;
        else
            out->reason = d->point_class == TW_POINT_KINK ? TW_REASON_KINK : TW_REASON_NOISE;
    }
}
