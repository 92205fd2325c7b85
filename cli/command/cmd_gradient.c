#include <math.h>
#include <stdlib.h>

#include "command/cli_command.h"
#include "option/cli_files.h"
#include "option/cli_gradient_options.h"
#include "option/cli_model.h"

typedef struct gradient_args {
    tw_study_model_options model;
    tw_study_gradient_options gradient;
    const char *output, *sweep;
} gradient_args;

static const char *const endings[] = {".npy", ".h5", NULL};
static const char *const sweep_endings[] = SWEEP_ENDINGS;

static void print_json(const cli_context *context, const tw_study_gradient *result) {
    tw_json writer = {.out = context->out};
    tw_json_object(&writer, NULL);
    tw_json_number(&writer, "loss", result->loss);
    tw_json_number(&writer, "norm", result->norm);
    tw_json_number(&writer, "max", result->max);
    tw_json_text(&writer, "method", result->method);
    tw_json_number(&writer, "step", result->step);
    if (!isnan(result->bar))
        tw_json_number(&writer, "bar", result->bar);
    tw_json_count(&writer, "evaluations", result->evaluations);
    tw_json_number(&writer, "seconds", result->seconds);
    tw_json_end(&writer);
}

/* Few parameters are shown one by one. */
enum { MOST_SHOWN = 20 };

static void print_entries(const cli_context *context, const tw_study_gradient *result) {
    fputs("entry             gradient      bar\n", context->out);
    for (size_t i = 0; i < result->model->size; i++)
        fprintf(context->out, "%5zu %20.12e  %7.1e\n", i, result->gradient[i], result->bars[i]);
    fputc('\n', context->out);
}

static void print_text(const cli_context *context, const tw_study_gradient *result) {
    fprintf(context->out, "loss         %.10g\n", result->loss);
    fprintf(context->out, "norm         %.10g\n", result->norm);
    fprintf(context->out, "max          %.10g (largest absolute entry)\n", result->max);
    if (!isnan(result->bar))
        fprintf(context->out, "bar          %.3g (largest error bar of an entry)\n", result->bar);
    fprintf(context->out, "method       %s", result->method);
    if (isfinite(result->step))
        fprintf(context->out, ", step %g", result->step);
    fprintf(context->out, "\nevaluations  %llu\nseconds      %.3f\n", result->evaluations,
            result->seconds);
}

/* The bars of g.npy go to g.bars.npy, which is held against the other files before any work. */
static tw_status claim_bars(const cli_context *context, const gradient_args *args) {
    char *path = NULL;
    if (args->output == NULL || !args->gradient.bars)
        return TW_OK;
    tw_status status = tw_study_gradient_bars_path(args->output, &path);
    if (status == TW_OK)
        status = files_add(context, "--bars", path, endings);
    free(path);
    return status;
}

static void print(const cli_context *context, const tw_study_gradient *result) {
    if (context->common.json) {
        print_json(context, result);
        return;
    }
    if (result->bars != NULL && result->model->size <= MOST_SHOWN)
        print_entries(context, result);
    print_text(context, result);
}

static tw_status run(cli_context *context, void *data, const option_words *words) {
    const gradient_args *args = data;
    tw_study_model *model = NULL;
    tw_study_gradient *gradient = NULL;
    tw_status status = claim_bars(context, args);
    if (status == TW_OK)
        status = model_open(context, &args->model, words, &model);
    if (status == TW_OK)
        status = tw_study_gradient_run(model, &args->gradient, &gradient);
    if (status == TW_OK) { /* what cannot be written can still be read */
        status = tw_study_gradient_write(gradient, args->output, args->sweep);
        print(context, gradient);
    }
    if (status == TW_OK)
        status = tw_study_gradient_finite(gradient);
    tw_study_gradient_free(gradient);
    tw_study_model_free(model);
    return status;
}

static const option_spec options[] = {
    {"method", 'm', OPTION_CHOICE, "NAME", offsetof(gradient_args, gradient.method),
     .values = tw_study_gradient_method, .shown = GRADIENT_METHOD_SHOWN, .help = "how it is taken",
     .usual = 1},
    {"step", 0, OPTION_NUMBER, "H", offsetof(gradient_args, gradient.step), RANGE_NOT_NEGATIVE,
     .shown = GRADIENT_STEP_SHOWN,
     .help = "step of the differences; 0 chooses one for each coordinate from the noise of the "
             "loss",
     .usual = 1},
    {"output", 'o', OPTION_FILE, "FILE", offsetof(gradient_args, output), .use = FILE_WRITTEN,
     .endings = endings, .help = "write the gradient, in the shape of the parameters: .npy or .h5",
     .usual = 1},
    {"bars", 0, OPTION_FLAG, NULL, offsetof(gradient_args, gradient.bars),
     .help = "compute an error bar for every entry; with -o g.npy they go to g.bars.npy",
     .usual = 1},
    {"sweep", 0, OPTION_FILE, "FILE", offsetof(gradient_args, sweep), .use = FILE_WRITTEN,
     .endings = sweep_endings,
     .help = "draw the error of differences over their step at the largest entry, and where the "
             "default steps of others fall: a picture, or .csv"},
    {NULL},
};

static const option_group groups[] = {
    {"Gradient", options, 0},
    OPTION_STRUCT(gradient_args, gradient),
    MODEL_GROUPS(gradient_args, model),
    {NULL},
};

static const char *const examples[] = {
    "thalweg gradient --data cifar-10-batches-py --reg 5e-6 -o g.npy",
    "the note's numerical gradient: forward differences with h = 1e-5 in every coordinate",
    "thalweg gradient svm --weights w.npy --method central --step 0 --json",
    "central differences with steps chosen for the noise of the loss",
    NULL,
};

const cli_command command_gradient = {
    .name = "gradient",
    .words = "[MODEL]",
    .most_words = 1,
    .word_values = tw_study_model_name,
    .word_endings = cli_plugin_endings,
    .summary = "gradient of the loss, numerical or analytic",
    .description =
        "Takes df/dx for every parameter, by finite differences (forward, central), by a ladder of "
        "steps that knows its own error (ladder, and robust, which measures the noise of the "
        "loss), by complex steps, exact but for rounding, where the model can be evaluated at "
        "complex points (complex), or by the model's own formula (analytic), and prints its "
        "Euclidean norm and largest entry.",
    .examples = examples,
    .groups = groups,
    .args_size = sizeof(gradient_args),
    .run = run,
};
