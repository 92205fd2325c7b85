/* cli_direction.h: directions in the parameter space from the options --dx, --dy, --directions,
 * --norm and so on. */
#ifndef THALWEG_CLI_DIRECTION_H
#define THALWEG_CLI_DIRECTION_H

#include "cli_model.h"

typedef struct direction_args {
    const char *dx, *dy;    /* "random", "gradient", "to:FILE", or a file; NULL: random */
    const char *directions; /* a file that has all; NULL: dx and dy */
    const char *save;       /* where they are written; NULL: nowhere */
    int norm;               /* -1: not given */
    int ignore;             /* 1: biasbn; 0 or -1: nothing */
    int peer_rules, orthogonal;
    double scale; /* NaN: not given */
} direction_args;

extern const option_spec direction_x_options[], direction_y_options[], direction_size_options[];

/* Whether the options agree with each other, and --save-directions can be written. */
tw_status direction_check(const direction_args *args);

/* The direction of axis `axis` ("x", "y") from `source`, for the model at its point. Directions
 * that are drawn or computed are brought to the size of the point (TW_NORM_MODEL), or multiplied
 * by --scale and left; directions from files and towards other weights are taken as they are.
 * --norm overrides both. */
tw_status direction_make(const cli_context *context, const cli_model *model,
                         const direction_args *args, const char *axis, const char *source,
                         double *direction);

/* All that a slice (dy = NULL) or a plane needs: from --directions, or made one by one; made
 * orthogonal where that is asked for. dx and dy have model->size entries. */
tw_status directions_make(const cli_context *context, const cli_model *model,
                          const direction_args *args, double *dx, double *dy);

/* Writes them where --save-directions says, if it is given; `opened` are the options by which the
 * model was opened, `pca` says what they are if they are components (checkpoints > 0). */
tw_status directions_save(const cli_context *context, const model_args *opened,
                          const cli_model *model, const direction_args *args, const double *dx,
                          const double *dy, const tw_pca *pca);

/* What axis 0 or 1 goes along, in words: "random", "gradient", "to:FILE", or the file. */
const char *direction_source(const direction_args *args, int axis);

/* Adds norm, scale, ignore, rules, orthogonal and dir_file, as far as they are given. */
tw_status direction_provenance(const direction_args *args, tw_provenance *provenance);

/* Cosine of the angle between two vectors; NaN if one is zero. */
double direction_cosine(size_t count, const double *a, const double *b);

const char *norm_name(size_t index);

#endif
