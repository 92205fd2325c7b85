#include <stdlib.h>

#include "command/cli_command.h"
#include "option/cli_model.h"

typedef struct eval_args {
    tw_study_model_options model;
} eval_args;

static void print_json(const cli_context *context, const tw_study_model *model,
                       const double *values) {
    tw_json writer = {.out = context->out};
    tw_json_object(&writer, NULL);
    for (size_t i = 0; i < tw_objective_metrics(model->objective); i++)
        tw_json_number(&writer, tw_objective_metric_name(model->objective, i), values[i]);
    if (model->data != NULL)
        tw_json_count(&writer, "samples", tw_objective_samples(model->objective));
    tw_json_count(&writer, "parameters", model->size);
    tw_json_text(&writer, "model", model->kind);
    if (model->data != NULL)
        tw_json_text(&writer, "split", model->split);
    tw_json_end(&writer);
}

static void print_text(const cli_context *context, const tw_study_model *model,
                       const double *values) {
    for (size_t i = 0; i < tw_objective_metrics(model->objective); i++) {
        const tw_metric *metric = tw_objective_metric(model->objective, i);
        const char *name = tw_objective_metric_name(model->objective, i);
        if (tw_metric_is_share(metric))
            fprintf(context->out, "%-12s %.4f %%\n", name, tw_metric_scale(metric) * values[i]);
        else
            fprintf(context->out, "%-12s %.10g\n", name, values[i]);
    }
    if (model->data != NULL)
        fprintf(context->out, "%-12s %zu (%s)\n", "samples", tw_objective_samples(model->objective),
                model->split);
    fprintf(context->out, "%-12s %zu (%s)\n", "parameters", model->size, model->kind);
}

static tw_status run(cli_context *context, void *data, const option_words *words) {
    const eval_args *args = data;
    tw_study_model *model = NULL;
    double *values = NULL;
    tw_status status = model_open(context, &args->model, words, &model);
    if (status == TW_OK)
        tw_study_model_say_drawn(model);
    if (status == TW_OK)
        status = doubles_new(tw_objective_metrics(model->objective), &values);
    if (status == TW_OK)
        status = tw_objective_value(model->objective, model->x, values);
    if (status == TW_OK && context->common.json)
        print_json(context, model, values);
    else if (status == TW_OK)
        print_text(context, model, values);
    free(values);
    tw_study_model_free(model);
    return status;
}

static const option_group groups[] = {
    MODEL_GROUPS(eval_args, model),
    {NULL},
};

static const char *const examples[] = {
    "thalweg eval --model svm --data cifar-10-batches-py --reg 5e-6",
    "the loss and the accuracy of a random point: close to 9 for the svm with ten classes",
    "thalweg eval softmax --data cifar-10-batches-py --split test --weights w.npy --json",
    "the same of trained weights, on the test images, as JSON",
    "thalweg eval model.onnx --data cifar-10-batches-py --split test --preprocess try",
    "of a trained network, and which way of preparing pixels fits it: that is not in its file",
    "thalweg eval rosenbrock:10",
    "a test function of ten parameters at its standard starting point",
    NULL,
};

const cli_command command_eval = {
    .name = "eval",
    .words = "[MODEL]",
    .most_words = 1,
    .word_values = tw_study_model_name,
    .word_endings = cli_plugin_endings,
    .summary = "loss and metrics at a point",
    .description = "Prints the loss, its data part and its regulariser, and the accuracy of the "
                   "model at the given parameters; of a function the loss alone.",
    .examples = examples,
    .groups = groups,
    .args_size = sizeof(eval_args),
    .run = run,
};
