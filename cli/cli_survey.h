/* cli_survey.h: slices and planes: evaluated, summed up, written, drawn. */
#ifndef THALWEG_CLI_SURVEY_H
#define THALWEG_CLI_SURVEY_H

#include "cli_adaptive.h"
#include "cli_direction.h"
#include "cli_keep.h"
#include "cli_model.h"
#include "cli_notes.h"
#include "cli_paths.h"
#include "option/cli_picture.h"

typedef struct survey_args {
    tw_study_model_options model;
    direction_args direction;
    path_args paths;
    adaptive_args adaptive;
    tw_axis x, y; /* y.count = 0: a slice; RANGE_CHOSEN: as the paths need it */
    tw_study_picture_options figure;
    keep_args keep;
    const char *output, *picture;
    int test;              /* both splits */
    size_t repeats;        /* directions of a slice; OPTION_UNSET or 0: one */
    int errors;            /* standard errors as well */
    const char *tolerance; /* "1%" or "0.01"; NULL: all samples */
} survey_args;

/* -o, --plot and the rest that slices and planes share. */
extern const option_spec survey_options[];

typedef struct survey_summary {
    double center;     /* at the point, evaluated like the points of the grid */
    int center_is_off; /* farther from the model's own loss than rounding takes it */
    double model_loss; /* the model's own, */
    double test_loss;  /* and on the test split; NaN without */
    double minimum, maximum;
    double minimum_x, minimum_y;
    double error;   /* the largest standard error over its loss; NaN without errors */
    size_t samples; /* of the data, behind every point */
    double cosine;  /* between the axes; NaN for slices */
    double angle;   /* in degrees; likewise */
    size_t points, continued, not_finite; /* continued: taken from the file */
    double seconds;
} survey_summary;

/* A slice or a plane with all that belongs to it. Zero it, run, release. */
typedef struct survey {
    tw_study_model *model;
    tw_plane plane; /* its origin is the point, but 0 in parameters that are axes, so that their */
    double at[2];   /* coefficients are their values; those of the point */
    int whole;      /* every parameter is an axis: the picture is the function, not about a point */
    char *names[2]; /* "axis:ENTRY" in its one form, of axes that are parameters; NULL: others */
    tw_dataset *test_data; /* NULL without --test */
    tw_objective *test, *joined;
    tw_objective *repeated;  /* NULL without --repeats */
    double *lines;           /* the directions of --repeats */
    tw_objective *objective; /* the one of the surface */
    tw_metric_plan metrics;
    tw_surface surface; /* metrics "<split>_loss", "<split>_acc" (per cent), ... */
    survey_summary summary;
    adaptive_result adaptive;
    survey_paths paths;
    survey_notes notes;
    tw_provenance provenance;
    tw_claim *claim; /* of the file that it is saved to, until all is written */
} survey;

/* Does what the options say, but the last writing and drawing; `words` as in model_open. With
 * args->output the survey is continued from it and saved to it underway. */
tw_status survey_run(cli_context *context, const survey_args *args, const option_words *words,
                     survey *out);
void survey_release(survey *done);

/* The loss at the coefficients `at` of the point where they are on the grid, or NULL. */
const double *survey_center(const tw_surface *surface, const double at[2]);
/* Fills in what the summary says of the values, and writes a note if the centre is off. */
void survey_sum_up(const cli_context *context, survey *run);
/* The summary, as text or JSON. */
void survey_print(const cli_context *context, const survey *run);

/* The commands slice and plane. */
tw_status survey_command(cli_context *context, const survey_args *args, const option_words *words);

#endif
