#include <math.h>
#include <stdlib.h>

#include "cli_command.h"
#include "cli_gradient.h"
#include "cli_json.h"

typedef struct gradient_args {
    model_args model;
    int method;
    double step;
    const char *output;
} gradient_args;

static const char *const endings[] = {".npy", ".h5", NULL};

static void print_json(const cli_context *context, const gradient_result *result) {
    json writer = {.out = context->out};
    json_object(&writer, NULL);
    json_number(&writer, "loss", result->loss);
    json_number(&writer, "norm", result->norm);
    json_number(&writer, "max", result->max);
    json_text(&writer, "method", result->method);
    json_number(&writer, "step", result->step);
    json_count(&writer, "evaluations", result->evaluations);
    json_number(&writer, "seconds", result->seconds);
    json_end(&writer);
}

static void print_text(const cli_context *context, const gradient_result *result) {
    fprintf(context->out, "loss         %.10g\n", result->loss);
    fprintf(context->out, "norm         %.10g\n", result->norm);
    fprintf(context->out, "max          %.10g (largest absolute entry)\n", result->max);
    fprintf(context->out, "method       %s", result->method);
    if (isfinite(result->step))
        fprintf(context->out, ", step %g", result->step);
    fprintf(context->out, "\nevaluations  %llu\nseconds      %.3f\n", result->evaluations,
            result->seconds);
}

static tw_status write_gradient(const cli_context *context, const gradient_args *args,
                                const cli_model *model, const double *gradient) {
    tw_provenance provenance = {0};
    tw_status status = model_provenance(context, &args->model, model, &provenance);
    if (status == TW_OK)
        status = tw_weights_write(args->output, tw_objective_space(model->objective), gradient,
                                  &provenance);
    tw_provenance_release(&provenance);
    return status;
}

static tw_status run(cli_context *context, void *data, const option_words *words) {
    const gradient_args *args = data;
    cli_model model = {0};
    double *gradient = NULL;
    gradient_result result;
    tw_status status = cli_output_check("-o", args->output, endings);
    if (status == TW_OK)
        status = model_open(context, &args->model, words, &model);
    if (status == TW_OK)
        status = doubles_new(model.size, &gradient);
    if (status == TW_OK)
        status = gradient_compute(context, &model, args->method, args->step, gradient, &result);
    if (status == TW_OK && args->output != NULL)
        status = write_gradient(context, args, &model, gradient);
    if (status == TW_OK && context->common.json)
        print_json(context, &result);
    else if (status == TW_OK)
        print_text(context, &result);
    free(gradient);
    model_release(&model);
    return status;
}

static const option_spec options[] = {
    {"method", 'm', OPTION_CHOICE, "NAME", offsetof(gradient_args, method),
     .values = gradient_method_name, .fallback = "forward", .help = "how it is taken"},
    {"step", 0, OPTION_NUMBER, "H", offsetof(gradient_args, step), RANGE_NOT_NEGATIVE,
     .fallback = "1e-5",
     .help = "step of the differences; 0 chooses one for each coordinate from the noise of the "
             "loss"},
    {"output", 'o', OPTION_FILE, "FILE", offsetof(gradient_args, output),
     .help = "write the gradient, in the shape of the parameters: .npy or .h5"},
    {NULL},
};

static const option_group groups[] = {
    {"Gradient", options, 0},
    {"Model", model_options, offsetof(gradient_args, model)},
    {"Data", data_options, offsetof(gradient_args, model.data)},
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
    .word_values = model_kind_name,
    .summary = "gradient of the loss, numerical or analytic",
    .description =
        "Takes df/dx for every parameter, by finite differences (forward, central), by a ladder of "
        "steps that knows its own error (ladder, and robust, which measures the noise of the loss; "
        "meant for up to some thousand parameters), or by the model's own formula (analytic), and "
        "prints its Euclidean norm and largest entry.",
    .examples = examples,
    .groups = groups,
    .args_size = sizeof(gradient_args),
    .run = run,
};
