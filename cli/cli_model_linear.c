/* The linear classifiers on a data set. */
#include <math.h>
#include <string.h>

#include "cli_model_kind.h"

static const struct {
    const char *name;
    tw_linear_loss loss;
} losses[] = {{"softmax", TW_LINEAR_SOFTMAX}, {"svm", TW_LINEAR_SVM}};

static const char *loss_name(size_t index) {
    return index < sizeof losses / sizeof losses[0] ? losses[index].name : NULL;
}

static tw_status make(const cli_context *context, const model_args *args, const cli_model *model,
                      const tw_dataset *data, size_t example, tw_objective **out) {
    tw_linear_options options = {
        .loss = losses[text_find(model->kind, loss_name)].loss,
        .reg = args->reg,
        .margin = args->margin,
        .mean = model->mean,
        .errors = args->errors,
        .count = data == model->data ? args->samples : 0,
    };
    if (example != OPTION_UNSET) {
        options.first = example;
        options.count = 1;
    }
    return tw_linear_new(data, &options, context->runner, out);
}

static tw_status open(const cli_context *context, const model_args *args, const char *spec,
                      cli_model *out) {
    int length = (int)strcspn(spec, ":");
    if (spec[length] != '\0')
        return tw_fail(TW_ERR_ARGUMENT, "model '%s': '%.*s' takes no number", spec, length, spec);
    out->kind = loss_name((size_t)text_find(spec, loss_name));
    tw_status status = model_open_data(context, args, out);
    if (status == TW_OK)
        status = make(context, args, out, out->data, args->example, &out->objective);
    return status;
}

static tw_status open_on(const cli_context *context, const model_args *args, const cli_model *model,
                         const tw_dataset *data, tw_objective **out) {
    return make(context, args, model, data, OPTION_UNSET, out);
}

static double chance(const model_args *args, const cli_model *model) {
    double classes = (double)tw_dataset_classes(model->data);
    return strcmp(model->kind, "svm") == 0 ? args->margin * (classes - 1) : log(classes);
}

static tw_status provenance(const model_args *args, const cli_model *model, tw_provenance *out) {
    char number[32];
    if (strcmp(model->kind, "svm") != 0)
        return TW_OK;
    return tw_provenance_add(out, "margin", "%s", tw_shortest(args->margin, number, sizeof number));
}

const model_kind model_linear = {
    .noun = "a linear classifier",
    .names = loss_name,
    .uses = MODEL_USES_DATA | MODEL_USES_REG | MODEL_USES_MARGIN,
    .difference_step = 1e-5,
    .open = open,
    .open_on = open_on,
    .chance = chance,
    .provenance = provenance,
};
