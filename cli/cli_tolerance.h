/* cli_tolerance.h: how many samples a surface needs for its error bars to be as small as is asked.
 */
#ifndef THALWEG_CLI_TOLERANCE_H
#define THALWEG_CLI_TOLERANCE_H

#include "cli_model.h"

/* Looks at a coarse grid of at most 9 x 9 points of the surface's with 256, 512, 1024, ... samples
 * from the first on, until the standard error of every point is at most `tolerance` times its loss,
 * or there are no more samples. Puts the model on that many; the same for every point of the
 * surface. What comes out depends on the model and its data only. */
tw_status tolerance_apply(double tolerance, const tw_axis *x, const tw_axis *y,
                          const tw_plane *plane, tw_study_model *model);

/* Position of the metric of the standard error, or -1. */
int tolerance_metric(const tw_objective *objective);

#endif
