/* cli_direction.h: directions in the parameter space from the options --dx, --dy, --directions,
 * --norm and so on. */
#ifndef THALWEG_CLI_DIRECTION_H
#define THALWEG_CLI_DIRECTION_H

#include "cli_model.h"

typedef struct direction_args {
    const char *dx, *dy;    /* "random", "gradient", "to:FILE", "axis:ENTRY" or a file; NULL:
                               random */
    const char *directions; /* a file that has all; NULL: dx and dy */
    const char *save;       /* where they are written; NULL: nowhere */
    int norm;               /* -1: not given */
    int ignore;             /* 1: biasbn; 0 or -1: nothing */
    int peer_rules, orthogonal;
    int as_drawn; /* no option: 1 leaves a random pair as it is, as files of before have it */
    double scale; /* NaN: not given */
} direction_args;

extern const option_spec direction_x_options[], direction_y_options[], direction_size_options[];

/* Whether the options agree with each other, and --save-directions can be written. */
tw_status direction_check(const direction_args *args);

/* The direction of axis `axis` ("x", "y") from `source`, for the model at its point. Directions
 * that are drawn or computed are brought to the size of the point (TW_NORM_MODEL), or multiplied
 * by --scale and left; directions from files and towards other weights are taken as they are.
 * --norm overrides both. "axis:ENTRY" is 1 in that entry and 0 elsewhere, whatever the options. */
tw_status direction_make(const cli_context *context, const tw_study_model *model,
                         const direction_args *args, const char *axis, const char *source,
                         double *direction);

/* All that a slice (dy = NULL) or a plane needs: from --directions, or made one by one; made
 * orthogonal where that is asked for. So is a pair of which one at least is drawn, where drawing
 * alone does not make it nearly so: of fewer than 100 parameters, with an axis of one parameter, or
 * beyond a cosine of 0.1 under the norms none and model; args->orthogonal is set then. The peer's
 * rules leave pairs as they are. dx and dy have model->size entries. */
tw_status directions_make(const cli_context *context, const tw_study_model *model,
                          direction_args *args, double *dx, double *dy);

/* Writes them where --save-directions says, if it is given. */
tw_status directions_save(const direction_args *args, const tw_space *space, const tw_plane *made,
                          const tw_provenance *provenance);

/* What axis 0 or 1 goes along, in words: "random", "gradient", "to:FILE", or the file. */
const char *direction_source(const direction_args *args, int axis);

/* Adds norm, scale, ignore, rules, orthogonal and dir_file, as far as they are given. */
tw_status direction_provenance(const direction_args *args, tw_provenance *provenance);

const char *norm_name(size_t index);

#endif
