/* gradcheck_brief.c: a probe by a few evaluations, for losses that take long.
 *
 * A ladder starts wide, where a network has kinks without number, and works its way down. Here
 * steps start where the rounding of the loss, measured once, lets a probe just pass, and grow by
 * four as long as central differences stay what they are: kinks within a step, and whatever else
 * bends, would change them. So a right probe takes six to ten evaluations in place of some hundred.
 * A probe that disagrees is wrong only if what small steps see has the same slope on both sides of
 * x, the loss further out is nearer to it than to the gradient (a part of the loss that is rounded
 * coarsely is not seen by small steps at all), and a second direction disagrees as well. Whatever
 * else comes out is for the ladder. */
#include <math.h>

#include "core/alloc.h"
#include "diff/exact.h"
#include "diff/line.h"
#include "diff/numbers.h"
#include "gradcheck/gradcheck_aim.h"

enum { RUNGS = 8, POINTS = 7, SPACINGS = 3 };

/* What small steps see is held against one that is so many times as wide; those of single precision
 * are not small. */
static const double further = 4096, further_in_single = 16;

static int is_single(const tw_check *check) {
    return check->report->unit > TW_SINGLE_PRECISION;
}

/* The bar of the first step, in tolerances. */
static const double first_bar = 64;

/* Of the second direction: probes of the check have low numbers. */
static const uint64_t other_number = (uint64_t)1 << 32;

/* ---- the rounding of the loss ---- */

/* Seven values beside x, so close that nothing but rounding tells them apart from a straight line;
 * closer or further where they say nothing. */
static tw_status measure_rounding(tw_check *check, tw_line *line, double scale) {
    static const double spacings[SPACINGS] = {0x1p-42, 0x1p-46, 0x1p-38};
    double values[POINTS], found, declared = 2 * check->report->unit * fabs(check->report->loss);
    tw_status status = TW_OK;
    for (int s = 0; s < SPACINGS && status == TW_OK && check->rounding == 0; s++) {
        double h = 2 * tw_power_below(scale) * spacings[s];
        for (int k = 0; k < POINTS && status == TW_OK; k++)
            status = tw_line_value(line, (k - POINTS / 2) * h, &values[k]);
        if (status != TW_OK)
            break;
        tw_noise_code code = tw_noise_level(POINTS, values, &found);
        if (code == TW_NOISE_FOUND || code == TW_NOISE_STEP_SMALL)
            check->rounding = fmax(declared, 2 * found);
    }
    return status;
}

/* ---- one direction ---- */

typedef struct slope {
    int found;
    double value, bar, step;
    double apart; /* the slopes to the two sides */
    unsigned evaluations;
} slope;

static tw_status rise(const tw_check *check, tw_line *line, const tw_aimed_probe *p, slope *out) {
    double least = check->rounding / (first_bar / 2 * p->tolerance), last = NAN, last_bar = NAN;
    double h = 2 * tw_power_below(least), base = check->report->loss, plus, minus;
    double widest = tw_line_direction_scale(p->n, p->x, p->v) / 8;
    tw_status status = TW_OK;
    for (int k = 0; k < RUNGS && h < widest; k++, h *= 4) {
        status = tw_line_value(line, h, &plus);
        if (status == TW_OK)
            status = tw_line_value(line, -h, &minus);
        out->evaluations += 2;
        double value = (plus - minus) / (2 * h);
        /* a slope of exactly 0 is that of values too coarse to change */
        if (status != TW_OK || !isfinite(value) || value == 0 || fabs(value - last) > 3 * last_bar)
            break;
        if (k > 0) { /* known to what the step before could tell */
            out->found = 1;
            out->value = value;
            out->bar = last_bar;
            out->step = h;
            out->apart = fabs((plus - base) - (base - minus)) / h;
        }
        last = value;
        if (k > 0 && last_bar <= p->tolerance)
            break;
        last_bar = 2 * check->rounding / h;
    }
    return status;
}

/* Along v of the probe, and at a step that many times as wide. */
static tw_status look_along(const tw_check *check, const tw_aimed_probe *p, slope *out,
                            double *far) {
    double plus = NAN, minus = NAN;
    tw_line line;
    *out = (slope){0};
    tw_status status = tw_check_line(check, p->v, 0, &line);
    if (status == TW_OK)
        status = rise(check, &line, p, out);
    if (status == TW_OK && out->found && far != NULL) {
        double h = (is_single(check) ? further_in_single : further) * out->step;
        status = tw_line_value(&line, h, &plus);
        if (status == TW_OK)
            status = tw_line_value(&line, -h, &minus);
        out->evaluations += 2;
        *far = (plus - minus) / (2 * h);
    }
    tw_check_line_release(&line);
    return status;
}

/* ---- whether it can be done ---- */

/* Where wider steps see something else, as of a loss that is rounded coarsely in a part of it,
 * small ones prove nothing. */
static tw_status mistrust(tw_check *check, const tw_aimed_probe *p) {
    slope near;
    double far = NAN;
    tw_status status = look_along(check, p, &near, &far);
    if (!near.found || !(fabs(far - near.value) <= fmax(fabs(far), fabs(near.value)) / 4))
        check->rounding = 0;
    return status;
}

tw_status tw_check_rounding(tw_check *check, tw_aimed_probe *p) {
    const tw_gradcheck_options *o = &check->options;
    tw_line line;
    if (!o->brief || check->unlike || o->lower != NULL || o->upper != NULL || o->robust)
        return TW_OK;
    tw_probe_aim(p, UINT64_MAX - 3, 0, check->n);
    tw_space_keep_still(tw_objective_space(check->objective), NULL, p->v);
    p->tolerance = tw_probe_tolerance(p);
    tw_status status = tw_check_line(check, p->v, 0, &line);
    if (status == TW_OK && is_single(check)) /* it says so itself */
        check->rounding = 2 * check->report->unit * fabs(check->report->loss);
    else if (status == TW_OK)
        status = measure_rounding(check, &line, tw_line_direction_scale(check->n, check->x, p->v));
    tw_check_line_release(&line);
    if (status == TW_OK && check->rounding > 0 && !is_single(check))
        status = mistrust(check, p);
    return status;
}

/* ---- the probe ---- */

static tw_derivative derivative_of(const slope *s) {
    return (tw_derivative){.value = s->value,
                           .error = s->bar,
                           .step = s->step,
                           .point_class = TW_POINT_UNDETERMINED,
                           .evaluations = s->evaluations};
}

/* Whether it is wrong indeed. The probe is aimed as before afterwards. */
static tw_status confirm(const tw_check *check, tw_aimed_probe *p, uint64_t number,
                         const slope *first, tw_gradcheck_probe *probe, int *wrong) {
    slope second;
    double far, first_off = fabs(probe->analytic - first->value);
    tw_gradcheck_probe other = {0};
    *wrong = 0;
    if (!(first->apart <= first_off / 4))
        return TW_OK;
    tw_probe_aim(p, number + other_number, p->first, p->count);
    other.analytic = p->analytic = tw_probe_product(p, p->first, p->count);
    other.tolerance = p->tolerance = tw_probe_tolerance(p);
    tw_status status = look_along(check, p, &second, &far);
    probe->evaluations += second.evaluations;
    if (status == TW_OK && second.found) {
        tw_derivative d = derivative_of(&second);
        tw_probe_judge(&other, &d);
        double off = fabs(other.analytic - second.value);
        *wrong = other.verdict == TW_VERDICT_FAIL && second.apart <= off / 4 &&
                 fabs(far - second.value) < fabs(far - other.analytic);
    }
    tw_probe_aim(p, number, p->first, p->count);
    p->analytic = probe->analytic;
    p->tolerance = probe->tolerance;
    return status;
}

tw_status tw_check_brief(const tw_check *check, tw_aimed_probe *p, uint64_t number,
                         tw_gradcheck_probe *probe, tw_derivative *d, int *settled) {
    slope found;
    int wrong = 0;
    *settled = 0;
    if (!(check->rounding > 0) || !(p->tolerance > 0) || !isfinite(p->analytic))
        return TW_OK;
    tw_status status = look_along(check, p, &found, NULL);
    *d = derivative_of(&found);
    if (status != TW_OK || !found.found) {
        probe->evaluations += found.evaluations;
        return status;
    }
    tw_probe_judge(probe, d);
    if (probe->verdict == TW_VERDICT_FAIL)
        status = confirm(check, p, number, &found, probe, &wrong);
    *settled = probe->verdict == TW_VERDICT_PASS || wrong;
    return status;
}
