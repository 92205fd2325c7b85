/* cli_survey.h: the commands slice and plane (study_landscape.h). */
#ifndef THALWEG_CLI_SURVEY_H
#define THALWEG_CLI_SURVEY_H

#include "option/cli_model.h"
#include "option/cli_picture.h"

typedef struct survey_args {
    tw_study_landscape_options options; /* first: the groups of options say its size */
    tw_study_picture_options figure;
    const char *picture;
    int terminal; /* as TERMINAL_OPTION has it */
} survey_args;

/* -o, --plot and the rest that slices and planes share. */
extern const option_spec survey_options[], curvature_options[], path_plane_options[],
    path_slice_options[], direction_x_options[], direction_y_options[], direction_size_options[];

/* Plans what the options say; `words` as in model_open. *out is freed by
 * tw_study_landscape_plan_free, NULL after a failure. */
tw_status survey_plan(cli_context *context, const survey_args *args, const option_words *words,
                      tw_study_landscape_plan **out);

/* The whole command, of a line (rank 1) or a plane (2). */
tw_status survey_command(cli_context *context, survey_args *args, int rank,
                         const option_words *words);

/* The result, as text or JSON. */
void survey_print(const cli_context *context, const tw_study_landscape_plan *plan,
                  const tw_study_landscape_result *result);
/* What it says of the paths. */
void paths_json(tw_json *writer, const tw_plane *plane, const tw_study_landscape_result *result);
void paths_text(FILE *out, const tw_plane *plane, const tw_study_landscape_result *result);

#endif
