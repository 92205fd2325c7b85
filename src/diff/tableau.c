/* tableau.c: extrapolation to step 0 that knows the noise of what it extrapolates. */
#include <math.h>
#include <string.h>

#include "diff/exact.h"
#include "diff/ladder.h"

void tw_tableau_begin(tw_tableau *tableau, double ratio) {
    memset(tableau, 0, sizeof *tableau);
    tableau->ratio = ratio;
    tableau->error = INFINITY;
}

int tw_tableau_push(tw_tableau *t, double h, double slope, double noise) {
    double slopes[TW_TABLEAU_COLUMNS] = {slope}, noises[TW_TABLEAU_COLUMNS] = {noise};
    double least = INFINITY, factor = 1;
    int better = t->rows == 0;
    if (t->rows == 0) {
        t->value = slope;
        t->step = h;
    }
    for (int j = 1; j <= t->rows && j < TW_TABLEAU_COLUMNS; j++) {
        factor *= t->ratio;
        /* the factor is 2^26 at most: next to the largest number in smaller units */
        double size = fmax(fabs(slopes[j - 1]), fabs(t->slopes[j - 1]));
        double unit = size > 0x1p990 ? 0x1p40 : 1;
        double here = slopes[j - 1] / unit, before = t->slopes[j - 1] / unit;
        slopes[j] = (factor * here - before) / (factor - 1) * unit;
        noises[j] = (factor * noises[j - 1] + t->noises[j - 1]) / (factor - 1);
        double error = fmax(fabs(slopes[j] - slopes[j - 1]), fabs(slopes[j] - t->slopes[j - 1]));
        error += noises[j];
        least = fmin(least, error);
        if (error < t->error) {
            t->value = slopes[j];
            t->error = error;
            t->step = h;
            t->column = j;
            better = 1;
        }
    }
    memcpy(t->slopes, slopes, sizeof slopes);
    memcpy(t->noises, noises, sizeof noises);
    t->rows++;
    t->stalled = better ? 0 : t->stalled + 1;
    t->floored = t->error < 1.5 * noise ? t->floored + 1 : 0;
    return (t->stalled >= 3 && least > 2 * t->error) || t->floored >= 2 ||
           (t->error == 0 && t->rows > 2) || t->rows >= TW_TABLEAU_COLUMNS;
}

double tw_ladder_sides(const tw_ladder *ladder, double *left, double *right) {
    tw_tableau best[2], sides[2];
    int longest = 0;
    for (int k = 0; k < ladder->count; k++) {
        const tw_rung *rung = &ladder->rungs[k];
        if (!rung->finite || rung->h > ladder->scale)
            continue;
        /* a run of halvings; from a gap on, another */
        if (k == 0 || ladder->rungs[k - 1].h != 2 * rung->h || !ladder->rungs[k - 1].finite ||
            ladder->rungs[k - 1].h > ladder->scale)
            for (int side = 0; side < 2; side++)
                tw_tableau_begin(&sides[side], 2);
        double half = rung->width / 2, noise = 2 * rung->noise / half;
        if (sides[0].rows < TW_TABLEAU_COLUMNS) {
            tw_tableau_push(&sides[0], rung->h, (ladder->base - rung->minus) / half, noise);
            tw_tableau_push(&sides[1], rung->h, (rung->plus - ladder->base) / half, noise);
        }
        if (sides[0].rows >= longest) {
            longest = sides[0].rows;
            memcpy(best, sides, sizeof best);
        }
    }
    if (longest == 0) {
        *left = *right = NAN;
        return INFINITY;
    }
    *left = best[0].value;
    *right = best[1].value;
    return fmax(best[0].error, best[1].error);
}
