/* spectrum_scale.h: an axis for eigenvalues: linear about 0 and logarithmic to both sides, t =
 * asinh(lambda / scale); or linear, where they are all of one size. */
#ifndef TW_PLOT_SPECTRUM_SCALE_H
#define TW_PLOT_SPECTRUM_SCALE_H

#include "draw/axes.h"
#include "thalweg/curvature_report.h"

typedef struct tw_spectrum_scale {
    double scale;              /* 0: linear */
    double low, high, largest; /* of what is shown; of the moduli */
} tw_spectrum_scale;

/* The scale that shows the density and the pairs of a report: half of the eigenvalues lie in the
 * part that is linear, which is a hundred-thousandth of the largest at least. */
tw_spectrum_scale tw_spectrum_scale_of(const tw_curvature_report *report);

/* Where an eigenvalue is on the axis, and which is there. */
double tw_spectrum_at(const tw_spectrum_scale *scale, double value);

/* The ticks of a level axis of that length in points, whose span is in terms of tw_spectrum_at. */
void tw_spectrum_ticks(const tw_spectrum_scale *scale, tw_side *side, const tw_font *font,
                       double length);

#endif
