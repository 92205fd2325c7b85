/* spectrum_ranks.h: extreme eigenvalues alone, over their ranks. */
#ifndef TW_PLOT_SPECTRUM_RANKS_H
#define TW_PLOT_SPECTRUM_RANKS_H

#include "draw/canvas.h"
#include "thalweg/curvature_report.h"

/* Every pair of the report (one at least) as a point with its residual as a bar, counted from its
 * own end: 1 is the largest, or the smallest. `label` is the axis of the values. */
tw_status tw_spectrum_ranks_draw(tw_canvas *canvas, const tw_curvature_report *report,
                                 const char *label);

#endif
