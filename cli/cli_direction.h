/* cli_direction.h: directions in the parameter space from the options --dx, --dy, --norm, --scale.
 */
#ifndef THALWEG_CLI_DIRECTION_H
#define THALWEG_CLI_DIRECTION_H

#include "cli_model.h"

typedef struct direction_args {
    const char *dx, *dy; /* "random", "gradient", or a file; NULL: random */
    int norm;            /* -1: not given */
    double scale;        /* NaN: not given */
} direction_args;

extern const option_spec direction_x_options[], direction_y_options[], direction_size_options[];

/* The direction of axis `axis` ("x", "y") from `source`, for the model at its point. Directions
 * that are drawn or computed are brought to the size of the point (TW_NORM_MODEL), or multiplied
 * by --scale and left; directions from files are taken as they are. --norm overrides both. */
tw_status direction_make(const cli_context *context, const cli_model *model,
                         const direction_args *args, const char *axis, const char *source,
                         double *direction);

/* Cosine of the angle between two vectors; NaN if one is zero. */
double direction_cosine(size_t count, const double *a, const double *b);

const char *norm_name(size_t index);

#endif
