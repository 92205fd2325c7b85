/* cli_figure.h: pictures of results, with the options of `thalweg plot`. */
#ifndef THALWEG_CLI_FIGURE_H
#define THALWEG_CLI_FIGURE_H

#include "option/cli_options.h"
#include "thalweg/thalweg.h"

typedef struct figure_args {
    int view, colormap; /* -1: the default */
    int log, linear, show_points;
    const char *metric, *title;
    number_list levels;
    double azimuth, elevation; /* NaN: the default */
    double width, height, dpi; /* NaN: the default */
} figure_args;

extern const option_spec figure_options[];

const char *view_name(size_t index);
const char *colormap_name(size_t index);

/* Every option unset. */
figure_args figure_defaults(void);

/* TW_ERR_ARGUMENT, with the metrics that there are. */
tw_status figure_unknown_metric(const char *name, const tw_surface *surface);

/* "loss" for the train_loss of a model without data, else NULL: the name that the library finds. */
const char *figure_value_label(const tw_provenance *provenance, const char *metric);

/* What axis "dx" or "dy" of a result is called: the parameter, or PC1 and PC2; NULL otherwise. */
const char *figure_axis_label(const tw_provenance *provenance, const char *axis);

/* Draws a metric of a surface: the one named, or the loss. `args` may be NULL. */
tw_status figure_surface(const char *path, const figure_args *args, const tw_surface *surface,
                         const tw_provenance *provenance);

/* The same with the paths that lie in it, whose labels its axes get. */
tw_status figure_surface_paths(const char *path, const figure_args *args, const tw_surface *surface,
                               const tw_paths *paths, const tw_provenance *provenance);

/* The figure that the options ask for. */
tw_status figure_make(const figure_args *args, const tw_provenance *provenance, tw_figure *figure);

/* Draws a table by its kind: "steps", "descent", "projection". `args` may be NULL. */
tw_status figure_table(const char *path, const figure_args *args, const tw_table *table,
                       const tw_provenance *provenance);

#endif
