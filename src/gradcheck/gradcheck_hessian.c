/* gradcheck_hessian.c: the objective's Hessian product against differences of its gradient, and
 * against itself: <w, H v> = <v, H w>. Where the gradient jumps (hinge, ReLU) differences of it see
 * the kinks that a product rightly passes over; then nothing can be said. */
#include <math.h>
#include <stdlib.h>

#include "core/alloc.h"
#include "diff/exact.h"
#include "diff/numbers.h"
#include "gradcheck/gradcheck_private.h"
#include "thalweg/hessian.h"

static double length(size_t n, const double *a) {
    return sqrt(tw_dot(n, a, a));
}

/* Slopes g(x + t v)'v at equal spacing: a smooth gradient leaves rounding alone in their
 * differences. */
static tw_status gradient_jumps(tw_check *check, const double *v, double reach, int *yes) {
    enum { POINTS = 7 };
    double slopes[POINTS], noise = 0;
    tw_status status = TW_OK;
    for (int k = 0; k < POINTS && status == TW_OK; k++) {
        double t = reach * (k - POINTS / 2) / (POINTS / 2);
        for (size_t i = 0; i < check->n; i++)
            check->other[i] = check->x[i] + t * v[i];
        status =
            tw_objective_gradient(check->objective, check->other, check->metrics, check->elsewhere);
        slopes[k] = tw_dot(check->n, check->elsewhere, v);
    }
    double size = length(check->n, check->elsewhere) * length(check->n, v);
    *yes = status == TW_OK && tw_noise_level(POINTS, slopes, &noise) == TW_NOISE_FOUND &&
           noise > 1e3 * check->report->unit * size;
    return status;
}

/* |H v - (g(x + t v) - g(x - t v)) / 2t| */
static tw_status distance_at(tw_check *check, const double *v, double t, const double *product,
                             double *scratch, double *distance) {
    double sum = 0;
    tw_status status = TW_OK;
    for (int side = 0; side < 2 && status == TW_OK; side++) {
        for (size_t i = 0; i < check->n; i++)
            check->other[i] = check->x[i] + (side == 0 ? t : -t) * v[i];
        status = tw_objective_gradient(check->objective, check->other, check->metrics,
                                       side == 0 ? scratch : check->elsewhere);
    }
    for (size_t i = 0; i < check->n; i++) {
        double off = product[i] - (scratch[i] - check->elsewhere[i]) / (2 * t);
        sum += off * off;
    }
    *distance = sqrt(sum);
    return status;
}

/* The entry that is farthest off, by what is allowed there. */
static void compare(tw_check *check, const double *product, const double *difference,
                    const double *bars) {
    tw_gradcheck_hessian *h = &check->report->hessian;
    h->largest = 0;
    double rtol = fmax(check->options.rtol, 1e-6), farthest = -1;
    for (size_t i = 0; i < check->n; i++)
        h->largest = fmax(h->largest, fmax(fabs(product[i]), fabs(difference[i])));
    for (size_t i = 0; i < check->n; i++) {
        double size = fmax(fmax(fabs(product[i]), fabs(difference[i])), 1e-3 * h->largest);
        double off = fabs(product[i] - difference[i]), allowed = rtol * size + 3 * bars[i];
        double far = off == 0 ? 0 : off / allowed;
        if (!isfinite(difference[i]) || far <= farthest)
            continue;
        farthest = far;
        h->worst = i;
        h->error = off;
        h->bar = bars[i];
    }
    /* what is within a few bars alone may be anything: a pass is within one, or the tolerance */
    int hidden = farthest >= 0 && h->error > h->bar && h->error > rtol * h->largest;
    h->verdict = farthest < 0              ? TW_VERDICT_INCONCLUSIVE
                 : farthest <= 1 && hidden ? TW_VERDICT_INCONCLUSIVE
                 : farthest <= 1           ? TW_VERDICT_PASS
                                           : TW_VERDICT_FAIL;
}

/* A single kink within the step leaves no noise, but smaller steps stay below it: where differences
 * come much nearer to the product it is compared with those. To a wrong product they do not. */
static tw_status compare_below(tw_check *check, const double *v, double reach,
                               const double *product, double *difference, double *bars) {
    double wide, narrow;
    tw_status status = distance_at(check, v, reach, product, bars, &wide);
    for (int k = 1; k <= 3 && status == TW_OK; k++) {
        double t = ldexp(reach, -5 * k), largest = 0;
        status = distance_at(check, v, t, product, bars, &narrow);
        if (status != TW_OK || !(narrow <= wide / 8))
            continue;
        wide = narrow;
        for (size_t i = 0; i < check->n; i++) {
            largest = fmax(largest, fmax(fabs(bars[i]), fabs(check->elsewhere[i])));
            difference[i] = (bars[i] - check->elsewhere[i]) / (2 * t);
        }
        for (size_t i = 0; i < check->n; i++)
            bars[i] = 8 * check->report->unit * largest / t;
        compare(check, product, difference, bars);
    }
    return status;
}

static tw_status check_symmetry(tw_check *check, const double *v, double *w, const double *hv,
                                double *hw) {
    tw_gradcheck_hessian *h = &check->report->hessian;
    tw_check_probe_all(check, UINT64_MAX - 2, w);
    tw_status status = tw_objective_hessian_product(check->objective, check->x, w, hw);
    double size =
        length(check->n, w) * length(check->n, hv) + length(check->n, v) * length(check->n, hw);
    h->asymmetry = size > 0 ? fabs(tw_dot(check->n, w, hv) - tw_dot(check->n, v, hw)) / size : 0;
    /* sums of n terms round, too */
    if (!(h->asymmetry <= fmax(1e-10, 1e3 * check->report->unit)))
        h->verdict = TW_VERDICT_FAIL;
    return status;
}

/* In single precision the step that the noise asks for holds kinks of a large network, which the
 * rounding of the gradient hides from gradient_jumps: less than a gross error is told from them by
 * nothing but the symmetry. */
static int is_for_kinks(const tw_check *check) {
    const tw_gradcheck_hessian *h = &check->report->hessian;
    return check->options.brief && check->report->unit > TW_SINGLE_PRECISION &&
           h->error < h->largest / 2;
}

tw_status tw_check_hessian(tw_check *check) {
    tw_gradcheck_hessian *h = &check->report->hessian;
    unsigned can = tw_objective_capabilities(check->objective);
    if (check->options.no_hessian || !(can & TW_CAN_HESSIAN_PRODUCT) || check->unlike ||
        check->self_made || check->options.lower != NULL || check->options.upper != NULL ||
        tw_check_exhausted(check))
        return TW_OK;
    double *numbers = tw_alloc_raw(check->n, 4 * sizeof(double));
    if (numbers == NULL)
        return tw_fail(TW_ERR_MEMORY, "not enough memory for products of %zu parameters", check->n);
    double *v = numbers, *product = v + check->n, *difference = product + check->n,
           *bars = difference + check->n;
    tw_product_report report;
    int jumps = 0;
    tw_check_probe_all(check, UINT64_MAX - 1, v);
    tw_status status = tw_objective_hessian_product(check->objective, check->x, v, product);
    if (status == TW_OK)
        status = tw_diff_hessian_product(check->objective, check->x, v, difference, bars, &report);
    if (status == TW_OK)
        compare(check, product, difference, bars);
    if (status == TW_OK && h->verdict == TW_VERDICT_FAIL)
        status = gradient_jumps(check, v, report.step, &jumps);
    if (status == TW_OK && h->verdict == TW_VERDICT_FAIL && !jumps)
        status = compare_below(check, v, report.step, product, difference, bars);
    if (jumps || (h->verdict == TW_VERDICT_FAIL && is_for_kinks(check)))
        h->verdict = TW_VERDICT_INCONCLUSIVE;
    if (status == TW_OK)
        status = check_symmetry(check, v, difference, product, bars);
    h->done = status == TW_OK;
    free(numbers);
    if (status == TW_OK && jumps)
        status = tw_check_note(check, "the gradient jumps along a random line (kinks): differences "
                                      "of it say nothing about the Hessian product between them");
    return status;
}
