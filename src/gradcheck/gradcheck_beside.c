/* gradcheck_beside.c: at a kink any slope between the sides is right, beside it only that of the
 * side on which x lies. A ladder calls it a kink where the distance is below its narrowest steps;
 * so small ones as the noise allows see both sides of x straight, with the slope of one side of the
 * kink. What lies within 2^-30 of the scale of x is at the kink. */
#include <math.h>

#include "diff/exact.h"
#include "diff/line.h"
#include "diff/numbers.h"
#include "gradcheck/gradcheck_private.h"

/* Slopes are alike if they differ by less than this part of what the sides differ by. */
static const double alike = 1.0 / 16;

typedef struct straight {
    int yes;
    double slope, off, h;
} straight;

/* Whether both sides of x have one slope at h, that of one of the entry's. */
static tw_status look_at(tw_line *line, const tw_gradcheck_entry *e, double h, straight *out) {
    double base, plus, minus, gap = fabs(e->right - e->left);
    tw_status status = tw_line_value(line, 0, &base);
    if (status == TW_OK)
        status = tw_line_value(line, h, &plus);
    if (status == TW_OK)
        status = tw_line_value(line, -h, &minus);
    if (status != TW_OK)
        return status;
    double right = (plus - base) / h, left = (base - minus) / h, slope = (right + left) / 2;
    double side = fmin(fabs(slope - e->left), fabs(slope - e->right));
    *out = (straight){fabs(right - left) <= alike * gap && side <= alike * gap, slope,
                      fabs(right - left), h};
    return TW_OK;
}

tw_status tw_check_beside_kink(const tw_check *check, tw_gradcheck_entry *e) {
    double gap = fabs(e->right - e->left),
           noise = 2 * check->report->unit * fabs(check->report->loss);
    double scale = check->scales[e->index], least = tw_power_below(scale) * 0x1p-30;
    double h = fmax(least, 2 * tw_power_below(64 * noise / gap));
    const tw_gradcheck_options *o = &check->options;
    straight wide = {0}, narrow = {0};
    if (e->verdict != TW_VERDICT_PASS || e->reason != TW_REASON_KINK || check->unlike ||
        !(gap > 100 * e->tolerance) || (e->flags & TW_DERIVATIVE_SINGLE) || h > 0x1p-12 * scale ||
        o->lower != NULL || o->upper != NULL)
        return TW_OK;
    tw_line line;
    tw_status status = tw_check_line(check, NULL, e->index, &line);
    if (status == TW_OK)
        status = look_at(&line, e, h, &narrow);
    for (double w = 16 * h; status == TW_OK && narrow.yes && w < e->step; w *= 16) {
        status = look_at(&line, e, w, &wide);
        e->evaluations += 3;
        if (status == TW_OK && !wide.yes)
            break;
        narrow = wide;
    }
    tw_check_line_release(&line);
    e->evaluations += 3;
    if (status != TW_OK || !narrow.yes)
        return status;
    int continuous = 1;
    const tw_claim claim = {
        .coordinate = e->index, .found = narrow.slope, .scale = scale, .step = narrow.h};
    status = tw_check_is_continuous(check, &claim, &continuous, &e->evaluations);
    if (status != TW_OK || !continuous)
        return status;
    tw_gradcheck_entry tried = *e;
    tried.kink = narrow.h; /* about */
    tried.numeric = tried.left = tried.right = narrow.slope;
    tried.bar = narrow.off + 4 * noise / narrow.h;
    tried.step = narrow.h;
    tried.point_class = TW_POINT_UNDETERMINED;
    tw_check_judge(check, &tried);
    if (tried.verdict == TW_VERDICT_FAIL)
        *e = tried; /* such small steps know a slope of that side to few digits */
    return TW_OK;
}
