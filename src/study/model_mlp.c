/* The multilayer perceptron on a data set, by the sizes of its hidden layers: mlp:512,256. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "study/model_kind.h"
#include "thalweg/mlp.h"

static const char *name(size_t index) {
    return index == 0 ? "mlp" : NULL;
}

static tw_status read_size(const char *spec, const char *word, size_t *size) {
    uint64_t number = 0;
    if (word[0] == '\0' || word[strspn(word, "0123456789")] != '\0' ||
        tw_text_whole("--model", word, &number) != TW_OK || number < 1 ||
        number > TW_MLP_MOST_UNITS)
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

static const tw_setting_spec settings[] = {
    {"activation", TW_SETTING_CHOICE, "NAME", .choices = tw_mlp_activation_name, .fallback = "relu",
     .help = "what the hidden units of a network compute"},
    {NULL},
};

static int activation_of(const tw_study_model *model) {
    return tw_model_setting_choice(model->plan, "activation");
}

static tw_status make(const tw_study_model *model, const tw_dataset *data, size_t first,
                      size_t count, tw_objective **out) {
    const tw_model_plan *plan = model->plan;
    size_t hidden[TW_MLP_MOST_HIDDEN];
    tw_mlp_options options = {
        .bytes = sizeof options,
        .hidden = hidden,
        .activation = (tw_mlp_activation)activation_of(model),
        .reg = model->reg,
        .mean = plan->mean,
        .scale = plan->deviation > 0 ? 1 / plan->deviation : 1,
        .first = first,
        .count = count,
        .seed = model->study->seed,
        .errors = plan->options.errors != 0,
    };
    tw_status status = read_sizes(plan->spec, hidden, &options.hidden_count);
    return status == TW_OK ? tw_mlp_new(data, &options, model->study->runner, out) : status;
}

static tw_status open(tw_study_model *model) {
    size_t hidden[TW_MLP_MOST_HIDDEN], count;
    tw_status status = read_sizes(model->plan->spec, hidden, &count); /* before data are read */
    if (status == TW_OK)
        status = tw_model_open_data(model);
    if (status == TW_OK)
        status = tw_model_make(model);
    if (status == TW_OK)
        status = tw_model_take_name(model, model->objective);
    return status;
}

static tw_status provenance(const tw_study_model *model, tw_provenance *out) {
    return tw_provenance_add(out, "activation", "%s",
                             tw_mlp_activation_name((size_t)activation_of(model)));
}

const tw_model_kind tw_kind_mlp = {
    .noun = "a network",
    .built_in = 1,
    .names = name,
    .settings = settings,
    .uses = TW_USES_DATA | TW_USES_REG,
    .divides = 1,
    .step = 0.05,
    .entry_step = 1e-3,
    .standard_init = "he",
    .open = open,
    .make = make,
    .provenance = provenance,
};
