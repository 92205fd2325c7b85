/* cli_paths.h: planes and lines that are chosen by points: trajectories, other weights. */
#ifndef THALWEG_CLI_PATHS_H
#define THALWEG_CLI_PATHS_H

#include "cli_model.h"

typedef struct path_args {
    const char *trajectory; /* files, separated by commas; NULL: none */
    const char *to, *third; /* files of weights */
    int mean;               /* 1: components about the mean of the checkpoints */
    const char *projection; /* where the coordinates go; NULL: nowhere */
    double border;          /* NaN: not given */
} path_args;

/* The count of an axis whose range is still to be chosen. */
#define RANGE_CHOSEN SIZE_MAX

extern const option_spec path_plane_options[], path_slice_options[];

/* What a survey is to know of the paths. Zero it, open, release. */
typedef struct survey_paths {
    tw_paths paths; /* projected */
    tw_pca pca;     /* checkpoints = 0: no components */
    double share;   /* of the trajectories that the plane holds; NaN: there are none */
    size_t sources; /* open files: one a path, where there are trajectories */
    tw_trajectory **source;
    double *to, *third;   /* of --to and --third */
    char other_data[256]; /* what is to be said where a trajectory was made on other data */
} survey_paths;

/* Whether the options ask for any. */
int paths_given(const path_args *args);

/* Opens what the options name, for the model, whose point becomes the last checkpoint of the first
 * trajectory unless it is given (`with_point`). */
tw_status paths_open(const path_args *args, int with_point, tw_study_model *model,
                     survey_paths *out);

/* Makes the axes where they are not given, of trajectories with `ignore_biasbn`
 * from the blocks of two axes and more, and 0 in the others; and places the paths in them. */
tw_status paths_axes(const cli_context *context, const path_args *args, int axes_given,
                     int ignore_biasbn, const tw_study_model *model, tw_plane *plane,
                     survey_paths *paths);
/* Gives the model's point the coefficients `at`. */
void paths_shift(survey_paths *paths, const double at[2]);

/* The range of axis 0 or 1 that holds the paths and coefficient 0; or `wanted`, the values of a
 * parameter, made as wide as the paths need, of which --border is the whole range. */
tw_status paths_range(const path_args *args, const survey_paths *paths, int axis,
                      const tw_axis *wanted, tw_axis *out);

/* The losses of the checkpoints, their own and the plane's, whose coefficients are 0 at `origin`.
 */
tw_status paths_losses(const cli_context *context, const tw_study_model *model,
                       const tw_plane *plane, survey_paths *paths);

tw_status paths_provenance(const path_args *args, tw_provenance *provenance);
/* Adds "paths_hash": of where the paths lie, which the axes need not tell. */
tw_status paths_hash(const survey_paths *paths, tw_provenance *provenance);
/* Puts them into the surface file, unless it has as many already: it is complete then. */
tw_status paths_write(const char *path, const survey_paths *paths);
/* The coordinates of the one trajectory, where --projection says. */
tw_status paths_projection(const path_args *args, const survey_paths *paths,
                           const tw_provenance *provenance);
void paths_json(tw_json *writer, const survey_paths *paths);
void paths_text(FILE *out, const survey_paths *paths);

void paths_release(survey_paths *paths);

#endif
