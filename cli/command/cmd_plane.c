#include "command/cli_command.h"
#include "command/cli_survey.h"

static tw_status run(cli_context *context, void *data, const option_words *words) {
    return survey_command(context, data, 2, words);
}

static const option_spec options[] = {
    {"x", 0, OPTION_AXIS, "FIRST:LAST:COUNT", offsetof(survey_args, options.x),
     .shown = "-1:1:51; around the paths or points; of a parameter its domain",
     .help = "coefficients of the first direction, or values of the parameter that is the axis; "
             "both ends included",
     .usual = 1},
    {"y", 0, OPTION_AXIS, "FIRST:LAST:COUNT", offsetof(survey_args, options.y), .shown = "likewise",
     .help = "likewise of the second direction", .usual = 1},
    {NULL},
};

static const option_group groups[] = {
    {"Plane", options, 0, .bytes = sizeof(tw_study_landscape_options)},
    OPTION_STRUCT(survey_args, options.plane),
    {NULL, survey_options, 0},
    {"Paths and points", path_plane_options, 0},
    {"Curvature", curvature_options, 0},
    {"Directions", direction_x_options, 0},
    {NULL, direction_y_options, 0},
    {NULL, direction_size_options, 0},
    MODEL_GROUPS(survey_args, options.model),
    {PICTURE_GROUP("Picture of --plot", survey_args, figure), .rare = 1},
    {NULL},
};

static const char *const examples[] = {
    "thalweg plane softmax --data cifar-10-batches-py --reg 5e-6 -o plane.h5 --plot plane.png",
    "the softmax loss over a plane through a random point, along two random directions",
    "thalweg plane --weights w.npy --dx d1.npy --dy d2.npy --norm none -o plane.h5",
    "the same with directions of one's own",
    "thalweg plane himmelblau -p plane.png",
    "a test function of two parameters, which are the axes; it needs no data",
    "thalweg plane mlp:64 --weights w.h5 --dx axis:fc1.weight[3,7] --dy axis:fc1.bias[3] -p "
    "two.png",
    "two parameters of a network, all others as they are",
    "thalweg plane mlp:64 --weights w.h5 --curvature --x=-1:1:21 --y=-1:1:21 -o ratio.h5 -p "
    "ratio.png",
    "how far from convex the loss is there: |min_eig / max_eig| of its Hessian",
    "thalweg plane mlp:64 --trajectory sgd.h5,adam.h5 -o paths.h5 --plot paths.png",
    "the plane of the principal components of two trainings, with their paths in it",
    "thalweg plane --weights a.npy --to b.npy --third c.npy -p three.png",
    "the plane through three points",
    NULL,
};

const cli_command command_plane = {
    .name = "plane",
    .words = "[MODEL]",
    .most_words = 1,
    .word_values = tw_study_model_name,
    .word_endings = cli_plugin_endings,
    .summary = "the loss over a plane: L(W + a * W1 + b * W2)",
    .description = "Evaluates loss, data loss, regulariser and accuracy over a grid spanned by two "
                   "directions, and writes them to a file that 'thalweg plot' draws. One of -o, "
                   "--plot and --json must be given.",
    .examples = examples,
    .groups = groups,
    .args_size = sizeof(survey_args),
    .json_values = 1,
    .over_team = 1,
    .run = run,
};
