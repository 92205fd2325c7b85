/* gradcheck_straight.c: where kinks lie close beside x, the steps below them are so small that one
 * difference knows few digits. Many values along the straight piece around x know more: a straight
 * line through them, whose error falls with the root of their number. Both halves must have one
 * slope, and the loss must be continuous there (a loss that is rounded in a part of it has straight
 * pieces that mean nothing). */
#include <math.h>

#include "diff/exact.h"
#include "diff/line.h"
#include "gradcheck/gradcheck_private.h"

enum { FEW = 32, MANY = 256, TRIES = 4 };

/* So many standard errors are the bar of a slope; so many last digits of the loss it must move. */
static const double errors = 4, digits = 200;

typedef struct fit {
    double slope, error;
} fit;

static fit fit_line(size_t count, const double *t, const double *f) {
    double tm = 0, fm = 0, tt = 0, tf = 0, rr = 0;
    for (size_t k = 0; k < count; k++) {
        tm += t[k] / (double)count;
        fm += (f[k] - f[0]) / (double)count;
    }
    for (size_t k = 0; k < count; k++) {
        tt += (t[k] - tm) * (t[k] - tm);
        tf += (t[k] - tm) * ((f[k] - f[0]) - fm);
    }
    double slope = tf / tt;
    for (size_t k = 0; k < count; k++) {
        double r = ((f[k] - f[0]) - fm) - slope * (t[k] - tm);
        rr += r * r;
    }
    return (fit){slope, sqrt(rr / (double)(count - 2) / tt)};
}

/* 2 side values within h of x, at distances that are no multiples of each other. */
static tw_status take_values(tw_line *line, double x, double h, int side, double *t, double *f) {
    tw_status status = TW_OK;
    for (int k = 0; k < 2 * side && status == TW_OK; k++) {
        double place = ((k % side) + 0.5 + 0.3 * sin(k)) / side;
        volatile double moved = x + (k < side ? -h : h) * place;
        t[k] = moved - x;
        status = tw_line_value(line, t[k], &f[k]);
    }
    return status;
}

/* The slope within h, if both halves have it. */
static tw_status look_at(tw_line *line, tw_gradcheck_entry *e, double h, int side, fit *whole,
                         int *found) {
    double t[2 * MANY], f[2 * MANY];
    size_t half = (size_t)side;
    tw_status status = take_values(line, e->x, h, side, t, f);
    e->evaluations += 2 * (unsigned)side;
    if (status != TW_OK)
        return status;
    fit below = fit_line(half, t, f), above = fit_line(half, t + half, f + half);
    *whole = fit_line(2 * half, t, f);
    *found = fabs(above.slope - below.slope) <= errors * hypot(above.error, below.error);
    return TW_OK;
}

/* The entry as it would be judged by that slope. */
static tw_gradcheck_entry judged(const tw_check *check, const tw_gradcheck_entry *e, fit line) {
    tw_gradcheck_entry tried = *e;
    tried.numeric = tried.left = tried.right = line.slope;
    tried.bar = errors * line.error;
    tried.point_class = TW_POINT_UNDETERMINED;
    tw_check_judge(check, &tried);
    tw_check_judge_near_kinks(check, &tried);
    return tried;
}

tw_status tw_check_straight(const tw_check *check, tw_gradcheck_entry *e) {
    const tw_gradcheck_options *o = &check->options;
    double h = e->step, last_digit = check->report->unit * fabs(check->report->loss);
    if (check->unlike || (e->flags & TW_DERIVATIVE_SINGLE) || o->lower != NULL || o->upper != NULL)
        return TW_OK;
    tw_line line;
    fit whole = {0};
    tw_gradcheck_entry tried = *e;
    int found = 0, continuous = 0;
    tw_status status = tw_check_line(check, NULL, e->index, &line);
    for (int k = 0; k < TRIES && status == TW_OK && !found; k++, h = found ? h : h / 2) {
        if (!(fabs(e->numeric) * h > digits * last_digit))
            break;
        status = look_at(&line, e, h, FEW, &whole, &found);
        if (status == TW_OK && found)
            tried = judged(check, e, whole);
        if (status == TW_OK && found && tried.verdict != TW_VERDICT_PASS) {
            status = look_at(&line, e, h, MANY, &whole, &found);
            tried = judged(check, e, whole);
        }
    }
    tw_check_line_release(&line);
    if (status != TW_OK || !found || tried.verdict != TW_VERDICT_PASS)
        return status;
    const tw_claim claim = {
        .coordinate = e->index, .found = whole.slope, .scale = check->scales[e->index], .step = h};
    status = tw_check_is_continuous(check, &claim, &continuous, &e->evaluations);
    if (status == TW_OK && continuous) { /* a pass may rest on it; a failure needs more */
        tried.evaluations = e->evaluations;
        *e = tried;
    }
    return status;
}
