#include <math.h>

#include "command/cli_command.h"
#include "option/cli_model.h"

typedef struct sharpness_args {
    tw_study_model_options model;
    tw_study_sharpness_options sharpness;
} sharpness_args;

static void print_json(const cli_context *context, const sharpness_args *args,
                       const tw_sharpness_result *result) {
    tw_json writer = {.out = context->out};
    int ball = args->sharpness.ball;
    tw_json_object(&writer, NULL);
    tw_json_number(&writer, "loss", result->loss);
    tw_json_text(&writer, "ball", tw_study_ball_name(ball < 0 ? 0 : (size_t)ball));
    tw_json_count(&writer, "dimension", result->dimension);
    tw_json_count(&writer, "draws", result->draws);
    tw_json_array(&writer, "rises");
    for (size_t k = 0; k < result->count; k++) {
        const tw_rise *rise = &result->rises[k];
        tw_json_object(&writer, NULL);
        tw_json_number(&writer, "radius", rise->radius);
        tw_json_number(&writer, "average", rise->average);
        tw_json_number(&writer, "average_standard_error", rise->average_error);
        tw_json_number(&writer, "sam", rise->sam);
        tw_json_number(&writer, "worst", rise->worst);
        tw_json_number(&writer, "worst_last_gain", rise->worst_error);
        tw_json_end(&writer);
    }
    tw_json_end(&writer);
    if (!isnan(args->sharpness.rise)) {
        tw_json_number(&writer, "rise", args->sharpness.rise);
        tw_json_number(&writer, "average_radius", result->average_radius);
        tw_json_number(&writer, "average_radius_error", result->average_radius_error);
        tw_json_number(&writer, "worst_radius", result->worst_radius);
        tw_json_number(&writer, "worst_radius_error", result->worst_radius_error);
    }
    tw_json_count(&writer, "evaluations", result->evaluations);
    tw_json_count(&writer, "gradients", result->gradients);
    tw_json_number(&writer, "seconds", result->seconds);
    tw_json_end(&writer);
}

/* What is exact, or of which no error is known, has no bar. */
static const char *bar_of(double value, double error, char text[32]) {
    text[0] = '\0';
    if (isfinite(error) && error > 2e-16 * fabs(value))
        snprintf(text, 32, "+- %8.2g", error);
    return text;
}

static void print_radius(FILE *out, const char *what, double rise, double radius, double error) {
    if (isfinite(radius) && isfinite(error) && error > 2e-16 * radius)
        fprintf(out, "risen by %g %s at radius %.6g +- %.2g\n", rise, what, radius, error);
    else if (isfinite(radius))
        fprintf(out, "risen by %g %s at radius %.6g\n", rise, what, radius);
    else
        fprintf(out, "risen by %g %s: at no radius that was tried\n", rise, what);
}

static void print_text(const cli_context *context, const sharpness_args *args,
                       const tw_sharpness_result *result) {
    FILE *out = context->out;
    fprintf(out, "loss         %.10g\n", result->loss);
    fprintf(out, "parameters   %zu that move\n", result->dimension);
    if (result->count > 0)
        fprintf(out, "\n%10s  %24s  %12s  %24s\n", "radius", "rise on average", "one step",
                "at worst, at least");
    for (size_t k = 0; k < result->count; k++) {
        const tw_rise *rise = &result->rises[k];
        char bar[32];
        fprintf(out, "%10g  %12.5g %-11s  %12.5g  %12.5g", rise->radius, rise->average,
                bar_of(rise->average, rise->average_error, bar), rise->sam, rise->worst);
        if (isfinite(rise->worst_error))
            fprintf(out, " (%8.2g)", rise->worst_error);
        fputc('\n', out);
    }
    if (result->count > 0)
        fputs("(+-: standard error; in brackets: what the last step of the ascent gained)\n", out);
    if (!isnan(args->sharpness.rise)) {
        fputc('\n', out);
        print_radius(out, "on average", args->sharpness.rise, result->average_radius,
                     result->average_radius_error);
        print_radius(out, "at worst", args->sharpness.rise, result->worst_radius,
                     result->worst_radius_error);
    }
    fprintf(out, "\nevaluations  %llu\ngradients    %llu\nseconds      %.3f\n", result->evaluations,
            result->gradients, result->seconds);
}

static tw_status run(cli_context *context, void *data, const option_words *words) {
    const sharpness_args *args = data;
    tw_study_model *model = NULL;
    tw_sharpness_result result = {0};
    tw_status status = model_open(context, &args->model, words, &model);
    if (status == TW_OK)
        status = tw_study_sharpness_run(model, &args->sharpness, &result);
    if (status == TW_OK && context->common.json)
        print_json(context, args, &result);
    else if (status == TW_OK)
        print_text(context, args, &result);
    tw_sharpness_result_release(&result);
    tw_study_model_free(model);
    return status;
}

static const option_spec options[] = {
    {"radius", 'r', OPTION_NUMBERS, "R,...", offsetof(sharpness_args, sharpness.radii),
     RANGE_POSITIVE, .shown = "0.05,0.1,0.2,0.5", .help = "radii of the balls", .usual = 1},
    {"ball", 'b', OPTION_CHOICE, "NAME", offsetof(sharpness_args, sharpness.ball),
     .values = tw_study_ball_name, .shown = "plain",
     .help = "plain: |u| in parameters (SAM); elementwise: in units of each weight's size (ASAM); "
             "filter, layer: of the length of its filter or layer",
     .usual = 1},
    {"rise", 0, OPTION_NUMBER, "D", offsetof(sharpness_args, sharpness.rise), RANGE_POSITIVE,
     .help = "find the radii at which the loss has risen by so much", .usual = 1},
    {"draws", 0, OPTION_SIZE, "N", offsetof(sharpness_args, sharpness.draws), RANGE_POSITIVE,
     .shown = "32", .help = "pairs of random directions for the average", .usual = 1},
    {"ascent", 0, OPTION_SIZE, "N", offsetof(sharpness_args, sharpness.steps), RANGE_POSITIVE,
     .shown = "20", .help = "gradient steps for the worst case, at most"},
    {"only", 0, OPTION_TEXT, "BLOCK,...", offsetof(sharpness_args, sharpness.only),
     .help = "parameters of these blocks only; the others stay where they are"},
    {"ignore", 0, OPTION_CHOICE, "WHAT", offsetof(sharpness_args, sharpness.ignore),
     .values = tw_study_ignore_name, .shown = "none",
     .help = "biasbn: biases and normalisations stay where they are"},
    {NULL},
};

static const option_group groups[] = {
    {"Sharpness", options, 0},
    OPTION_STRUCT(sharpness_args, sharpness),
    MODEL_GROUPS(sharpness_args, model),
    {NULL},
};

static const char *const examples[] = {
    "thalweg sharpness softmax --data cifar-10-batches-py --weights w.npy",
    "how far the loss rises within 0.05, 0.1, 0.2 and 0.5 of the point",
    "thalweg sharpness mlp:64 --weights w.h5 --ball elementwise --radius 0.5 --rise 0.1",
    "the sharpness of ASAM, and the radius at which the loss has risen by 0.1",
    NULL,
};

const cli_command command_sharpness = {
    .name = "sharpness",
    .words = "[MODEL]",
    .most_words = 1,
    .word_values = tw_study_model_name,
    .word_endings = cli_plugin_endings,
    .summary = "how far the loss rises in a ball, on average and at worst",
    .description =
        "The rise of the loss on spheres around the point: the mean over random directions, with "
        "its standard error, and the largest that repeated steps along the gradient find, which "
        "is a lower bound. A ball is plain, or in units of the weights, so that rescaling a layer "
        "does not change it.",
    .examples = examples,
    .groups = groups,
    .args_size = sizeof(sharpness_args),
    .run = run,
};
