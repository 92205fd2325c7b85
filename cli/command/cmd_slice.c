#include "command/cli_command.h"
#include "command/cli_survey.h"

static tw_status run(cli_context *context, void *data, const option_words *words) {
    return survey_command(context, data, 1, words);
}

static const option_spec options[] = {
    {"x", 0, OPTION_AXIS, "FIRST:LAST:COUNT", offsetof(survey_args, options.x),
     .shown = "-1:1:51; -0.5:1.5:101 with --to; of a parameter its domain",
     .help =
         "coefficients of the direction, or values of the parameter that is the axis; both ends "
         "included",
     .usual = 1},
    {"repeats", 0, OPTION_SIZE, "K", offsetof(survey_args, options.repeats), RANGE_POSITIVE,
     .help = "along K random directions, of seeds N to N + K - 1: their mean, and as "
             "..._min and ..._max the band that they fill",
     .shown = "1"},
    {NULL},
};

static const option_group groups[] = {
    {"Slice", options, 0, .bytes = sizeof(tw_study_landscape_options)},
    OPTION_STRUCT(survey_args, options.plane),
    {NULL, path_slice_options, 0},
    {NULL, survey_options, 0},
    {"Curvature", curvature_options, 0},
    {"Direction", direction_x_options, 0},
    {NULL, direction_size_options, 0},
    MODEL_GROUPS(survey_args, options.model),
    {PICTURE_GROUP("Picture of --plot", survey_args, figure), .rare = 1},
    {NULL},
};

static const char *const examples[] = {
    "thalweg slice svm --example 0 --x=-10:10:201 --linear -p slice.png",
    "the svm loss of a single example along a random line: flat pieces and kinks",
    "thalweg slice --dx gradient --weights w.npy -o slice.h5 --plot slice.svg",
    "the softmax loss along its own gradient",
    "thalweg slice mlp:64 --weights a.h5 --to b.h5 --x=-0.5:1.5:401 -o between.h5 -p between.png",
    "the line through two points, and the barrier between them",
    NULL,
};

const cli_command command_slice = {
    .name = "slice",
    .words = "[MODEL]",
    .most_words = 1,
    .word_values = tw_study_model_name,
    .word_endings = cli_plugin_endings,
    .summary = "the loss along a line: L(W + a * W1)",
    .description = "Evaluates loss, data loss, regulariser and accuracy along a direction, and "
                   "writes them to a file that 'thalweg plot' draws. One of -o, --plot and --json "
                   "must be given.",
    .examples = examples,
    .groups = groups,
    .args_size = sizeof(survey_args),
    .json_values = 1,
    .over_team = 1,
    .run = run,
};
