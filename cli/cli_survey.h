/* cli_survey.h: slices and planes: evaluated, summed up, written, drawn. */
#ifndef THALWEG_CLI_SURVEY_H
#define THALWEG_CLI_SURVEY_H

#include "cli_direction.h"
#include "cli_figure.h"
#include "cli_model.h"

typedef struct survey_args {
    model_args model;
    direction_args direction;
    tw_axis x, y; /* y.count = 0: a slice */
    const char *output, *picture;
    int view; /* -1: the library's choice */
} survey_args;

typedef struct survey_summary {
    double center;     /* on the grid, NaN if 0 is no grid point */
    double model_loss; /* the model's own */
    double minimum, maximum;
    double minimum_x, minimum_y;
    double cosine; /* between the axes; NaN for slices */
    size_t points, not_finite;
    double seconds;
} survey_summary;

/* The metric names of a surface: "<split>_loss", "<split>_acc", ... */
tw_status survey_surface(const cli_model *model, const tw_axis *x, const tw_axis *y,
                         tw_surface *surface);

/* Fills `surface` around the model's point and sums it up; dy = NULL for slices. */
tw_status survey_fill(const cli_context *context, const cli_model *model, const double *dx,
                      const double *dy, tw_surface *surface, survey_summary *summary);

/* The commands slice and plane. */
tw_status survey_command(cli_context *context, const survey_args *args, const option_words *words);

#endif
