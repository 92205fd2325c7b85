/* cli_survey.h: slices and planes: evaluated, summed up, written, drawn. */
#ifndef THALWEG_CLI_SURVEY_H
#define THALWEG_CLI_SURVEY_H

#include "cli_direction.h"
#include "cli_figure.h"
#include "cli_model.h"
#include "cli_notes.h"
#include "cli_paths.h"

typedef struct survey_args {
    model_args model;
    direction_args direction;
    path_args paths;
    tw_axis x, y; /* y.count = 0: a slice; RANGE_CHOSEN: as the paths need it */
    figure_args figure;
    const char *output, *picture;
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

/* A slice or a plane with all that belongs to it. Zero it, run, release. */
typedef struct survey {
    cli_model model;
    tw_surface surface; /* metrics "<split>_loss", "<split>_acc" (per cent), ... */
    survey_summary summary;
    survey_paths paths;
    survey_notes notes;
    tw_provenance provenance;
} survey;

/* Does what the options say, but the writing; `words` as in model_open. */
tw_status survey_run(const cli_context *context, const survey_args *args, const option_words *words,
                     survey *out);
void survey_release(survey *done);

/* The commands slice and plane. */
tw_status survey_command(cli_context *context, const survey_args *args, const option_words *words);

#endif
