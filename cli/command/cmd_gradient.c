#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cli_gradient.h"
#include "cli_sweep.h"
#include "command/cli_command.h"
#include "option/cli_files.h"

typedef struct gradient_args {
    tw_study_model_options model;
    int method;
    double step;
    int bars;
    const char *output, *sweep;
} gradient_args;

static const char *const endings[] = {".npy", ".h5", NULL};

static void print_json(const cli_context *context, const gradient_result *result) {
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

static void print_entries(const cli_context *context, size_t count, const double *gradient,
                          const double *bars) {
    fputs("entry             gradient      bar\n", context->out);
    for (size_t i = 0; i < count; i++)
        fprintf(context->out, "%5zu %20.12e  %7.1e\n", i, gradient[i], bars[i]);
    fputc('\n', context->out);
}

static void print_text(const cli_context *context, const gradient_result *result) {
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

static tw_status write_vector(const cli_context *context, const gradient_args *args,
                              const tw_study_model *model, const char *path, const double *vector) {
    tw_provenance provenance = {0};
    tw_status status = tw_study_model_provenance(model, &provenance);
    if (status == TW_OK)
        status = tw_weights_write(path, tw_objective_space(model->objective), vector, &provenance);
    tw_provenance_release(&provenance);
    return status;
}

/* The bars of g.npy stand in g.bars.npy; NULL if there are to be none in a file. */
static tw_status bars_path(const cli_context *context, const gradient_args *args, char **path) {
    *path = NULL;
    if (args->output == NULL || !args->bars)
        return TW_OK;
    const char *ending = cli_has_ending(args->output, ".h5") ? ".h5" : ".npy";
    if (!cli_has_ending(args->output, ending))
        return tw_fail(TW_ERR_ARGUMENT,
                       "--bars: '%s' is not a .npy or .h5 file, beside which the bars could go",
                       args->output);
    int stem = (int)(strlen(args->output) - strlen(ending));
    if (asprintf(path, "%.*s.bars%s", stem, args->output, ending) < 0) {
        *path = NULL;
        return tw_fail(TW_ERR_MEMORY, "not enough memory for a path");
    }
    return files_add(context, "--bars", *path, endings);
}

static size_t largest(size_t count, const double *vector) {
    size_t at = 0;
    for (size_t i = 0; i < count; i++)
        if (fabs(vector[i]) > fabs(vector[at]))
            at = i;
    return at;
}

/* Each is tried, whatever became of those before; the first failure is told. */
static tw_status write_files(const cli_context *context, const gradient_args *args,
                             const tw_study_model *model, const char *bars_file,
                             const double *gradient, const double *bars) {
    tw_status status = TW_OK, next = TW_OK;
    char text[512] = "";
    for (int file = 0; file < 3; file++) {
        if (file == 0 && args->output != NULL)
            next = write_vector(context, args, model, args->output, gradient);
        else if (file == 1 && bars_file != NULL)
            next = write_vector(context, args, model, bars_file, bars);
        else if (file == 2 && args->sweep != NULL)
            next = sweep_write(context, model, largest(model->size, gradient), args->sweep);
        if (next != TW_OK && status == TW_OK) {
            status = next;
            snprintf(text, sizeof text, "%s", tw_message());
        }
    }
    return status == TW_OK ? TW_OK : tw_fail(status, "%s", text);
}

static tw_status run(cli_context *context, void *data, const option_words *words) {
    const gradient_args *args = data;
    tw_study_model *model = NULL;
    double *gradient = NULL, *bars = NULL;
    gradient_result result;
    char *bars_file = NULL;
    tw_status status = bars_path(context, args, &bars_file);
    if (status == TW_OK)
        status = model_open(context, &args->model, words, &model);
    if (status == TW_OK)
        status = doubles_new(model->size, &gradient);
    if (status == TW_OK && args->bars)
        status = doubles_new(model->size, &bars);
    if (status == TW_OK)
        status =
            gradient_compute(context, model, args->method, args->step, gradient, bars, &result);
    if (status == TW_OK) {
        status = write_files(context, args, model, bars_file, gradient, bars);
        if (bars != NULL && !context->common.json && model->size <= MOST_SHOWN)
            print_entries(context, model->size, gradient, bars);
        if (context->common.json)
            print_json(context, &result);
        else
            print_text(context, &result);
    }
    if (status == TW_OK)
        status = gradient_check(model, &result);
    free(gradient);
    free(bars);
    free(bars_file);
    tw_study_model_free(model);
    return status;
}

static const option_spec options[] = {
    {"method", 'm', OPTION_CHOICE, "NAME", offsetof(gradient_args, method),
     .values = gradient_method_name, .shown = gradient_method_shown, .help = "how it is taken",
     .usual = 1},
    {"step", 0, OPTION_NUMBER, "H", offsetof(gradient_args, step), RANGE_NOT_NEGATIVE,
     .shown = gradient_step_shown,
     .help = "step of the differences; 0 chooses one for each coordinate from the noise of the "
             "loss",
     .usual = 1},
    {"output", 'o', OPTION_FILE, "FILE", offsetof(gradient_args, output), .use = FILE_WRITTEN,
     .endings = endings, .help = "write the gradient, in the shape of the parameters: .npy or .h5",
     .usual = 1},
    {"bars", 0, OPTION_FLAG, NULL, offsetof(gradient_args, bars),
     .help = "take an error bar for every entry; with -o g.npy they go to g.bars.npy", .usual = 1},
    {"sweep", 0, OPTION_FILE, "FILE", offsetof(gradient_args, sweep), .use = FILE_WRITTEN,
     .endings = sweep_endings,
     .help = "draw the error of differences over their step at the largest entry, and where the "
             "default steps of others fall: a picture, or .csv"},
    {NULL},
};

static const option_group groups[] = {
    {"Gradient", options, 0},
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
