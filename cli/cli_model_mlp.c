/* The multilayer perceptron on a data set, by the sizes of its hidden layers: mlp:512,256. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "cli_model_kind.h"

static const char *name(size_t index) {
    return index == 0 ? "mlp" : NULL;
}

static tw_status read_size(const char *spec, const char *word, size_t *size) {
    uint64_t number = 0;
    if (word[0] == '\0' || word[strspn(word, "0123456789")] != '\0' ||
        text_whole("--model", word, &number) != TW_OK || number < 1 || number > TW_MLP_MOST_UNITS)
        return tw_fail(TW_ERR_ARGUMENT,
                       "model '%s': '%s' is not a layer size; give 1 to %d, as in mlp:512,256",
                       spec, word, TW_MLP_MOST_UNITS);
    *size = (size_t)number;
    return TW_OK;
}

/* The sizes after the colon. */
static tw_status read_sizes(const char *spec, size_t *hidden, size_t *count) {
    *count = 0;
    if (strchr(spec, ':') == NULL)
        return tw_fail(TW_ERR_ARGUMENT,
                       "model '%s': give the sizes of its hidden layers, as in mlp:512,256", spec);
    char *list = strdup(strchr(spec, ':') + 1), *rest = list;
    if (list == NULL)
        return tw_fail(TW_ERR_MEMORY, "not enough memory for a list of sizes");
    tw_status status = TW_OK;
    while (rest != NULL && status == TW_OK) {
        const char *word = strsep(&rest, ",");
        if (*count == TW_MLP_MOST_HIDDEN)
            status = tw_fail(TW_ERR_ARGUMENT, "model '%s': more than %d hidden layers", spec,
                             TW_MLP_MOST_HIDDEN);
        else
            status = read_size(spec, word, &hidden[(*count)++]);
    }
    free(list);
    return status;
}

static tw_status make(const cli_context *context, const model_args *args, const cli_model *model,
                      const char *spec, const tw_dataset *data, size_t example,
                      tw_objective **out) {
    size_t hidden[TW_MLP_MOST_HIDDEN];
    tw_mlp_options options = {
        .hidden = hidden,
        .activation = (tw_mlp_activation)args->activation,
        .reg = args->reg,
        .mean = model->mean,
        .scale = model->deviation > 0 ? 1 / model->deviation : 1,
        .seed = context->common.seed,
    };
    if (example != OPTION_UNSET) {
        options.first = example;
        options.count = 1;
    }
    tw_status status = read_sizes(spec, hidden, &options.hidden_count);
    return status == TW_OK ? tw_mlp_new(data, &options, context->runner, out) : status;
}

static tw_status open(const cli_context *context, const model_args *args, const char *spec,
                      cli_model *out) {
    size_t hidden[TW_MLP_MOST_HIDDEN], count;
    tw_status status = read_sizes(spec, hidden, &count); /* before the data are read */
    if (status == TW_OK)
        status = model_open_data(context, args, out);
    if (status == TW_OK)
        status = make(context, args, out, spec, out->data, args->example, &out->objective);
    if (status == TW_OK)
        out->kind = tw_objective_name(out->objective);
    return status;
}

static tw_status open_on(const cli_context *context, const model_args *args, const cli_model *model,
                         const tw_dataset *data, tw_objective **out) {
    return make(context, args, model, model->kind, data, OPTION_UNSET, out);
}

static tw_status provenance(const model_args *args, const cli_model *model, tw_provenance *out) {
    return tw_provenance_add(out, "activation", "%s",
                             tw_mlp_activation_name((size_t)args->activation));
}

const model_kind model_mlp = {
    .noun = "a network",
    .names = name,
    .uses = MODEL_USES_DATA | MODEL_USES_REG | MODEL_USES_ACTIVATION,
    .divides = 1,
    .step = 0.05,
    .entry_step = 1e-3,
    .standard_init = "he",
    .open = open,
    .open_on = open_on,
    .provenance = provenance,
};
