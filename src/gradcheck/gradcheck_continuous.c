/* gradcheck_continuous.c: a loss that turns fast, and one that is rounded in a part of it, look
 * alike: small steps see a slope that wide ones do not. Between x and a wide step is a place where
 * they part; halving towards it leaves a jump of the same height where values are rounded, and ever
 * less where the loss is continuous. */
#include <math.h>

#include "diff/exact.h"
#include "diff/line.h"
#include "gradcheck/gradcheck_private.h"

/* Halvings, and how many of them are compared at the end. */
enum { HALVINGS = 30, LAST = 8 };

/* In parts of the scale of the coordinate: where the search begins. */
static const double begins = 0.011;

/* What is left after LAST halvings of a jump, in parts of it. */
static const double gone = 1.0 / 16;

/* The half of a ... b that strays more from the slope becomes the whole; *off is by how much. */
static tw_status halve(tw_line *line, double slope, double t[2], double f[2], double *off) {
    double middle = (t[0] + t[1]) / 2, value;
    tw_status status = tw_line_value(line, middle, &value);
    double near = fabs(value - f[0] - slope * (middle - t[0]));
    double far = fabs(f[1] - value - slope * (t[1] - middle));
    int part = far > near;
    t[!part] = middle;
    f[!part] = value;
    *off = fmax(near, far);
    return status;
}

tw_status tw_check_is_continuous(const tw_check *check, const tw_claim *claim, int *yes,
                                 unsigned *evaluations) {
    const tw_gradcheck_options *o = &check->options;
    size_t i = claim->coordinate;
    double off[HALVINGS], to = fmax(begins * claim->scale, 64 * claim->step), f[2];
    int bounded = claim->direction == NULL && (o->lower != NULL || o->upper != NULL);
    *yes = 0;
    if (bounded && o->upper != NULL && check->x[i] + to > o->upper[i])
        to = -to;
    if (bounded && to < 0 && o->lower != NULL && check->x[i] + to < o->lower[i])
        return TW_OK;
    double t[2] = {0, to};
    tw_line line;
    tw_status status = tw_check_line(check, claim->direction, i, &line);
    for (int k = 0; k < 2 && status == TW_OK; k++)
        status = tw_line_value(&line, t[k], &f[k]);
    double size = fmax(fabs(f[0]), fabs(check->report->loss));
    for (int k = 0; k < HALVINGS && status == TW_OK; k++)
        status = halve(&line, claim->found, t, f, &off[k]);
    *evaluations += HALVINGS + 2;
    double left = off[HALVINGS - 1], rounding = 16 * check->report->unit * size;
    if (status == TW_OK)
        *yes = left <= gone * off[HALVINGS - 1 - LAST] || left <= fmax(rounding, 4 * claim->noise);
    tw_check_line_release(&line);
    return status;
}
