/* The linear classifiers on a data set. */
#include <math.h>
#include <string.h>

#include "study/model_kind.h"
#include "thalweg/json.h"
#include "thalweg/linear.h"

static const char *softmax_name(size_t index) {
    return index == 0 ? "softmax" : NULL;
}

static const char *svm_name(size_t index) {
    return index == 0 ? "svm" : NULL;
}

static tw_status open(tw_study_model *model) {
    const char *spec = model->plan->spec;
    int length = (int)strcspn(spec, ":");
    if (spec[length] != '\0')
        return tw_fail(TW_ERR_ARGUMENT, "model '%s': '%.*s' takes no number", spec, length, spec);
    model->kind = spec;
    tw_status status = tw_model_open_data(model);
    return status == TW_OK ? tw_model_make(model) : status;
}

static tw_linear_options options_of(const tw_study_model *model, size_t first, size_t count) {
    return (tw_linear_options){.reg = model->reg,
                               .mean = model->plan->mean,
                               .errors = model->plan->options.errors,
                               .first = first,
                               .count = count};
}

/* ---- softmax ---- */

static tw_status make_softmax(const tw_study_model *model, const tw_dataset *data, size_t first,
                              size_t count, tw_objective **out) {
    tw_linear_options options = options_of(model, first, count);
    options.loss = TW_LINEAR_SOFTMAX;
    return tw_linear_new(data, &options, model->study->runner, out);
}

static double softmax_chance(const tw_study_model *model) {
    return log((double)tw_dataset_classes(model->data));
}

const tw_model_kind tw_kind_softmax = {
    .noun = "a linear classifier",
    .built_in = 1,
    .names = softmax_name,
    .uses = TW_USES_DATA | TW_USES_REG,
    .difference_step = 1e-5,
    .open = open,
    .make = make_softmax,
    .chance = softmax_chance,
};

/* ---- svm ---- */

static const tw_setting_spec svm_settings[] = {
    {"margin", TW_SETTING_NUMBER, "M", TW_RANGE_POSITIVE, .fallback = "1",
     .help = "margin of the svm"},
    {NULL},
};

static double margin_of(const tw_study_model *model) {
    return tw_model_setting_number(model->plan, "margin");
}

static tw_status make_svm(const tw_study_model *model, const tw_dataset *data, size_t first,
                          size_t count, tw_objective **out) {
    tw_linear_options options = options_of(model, first, count);
    options.loss = TW_LINEAR_SVM;
    options.margin = margin_of(model);
    return tw_linear_new(data, &options, model->study->runner, out);
}

static double svm_chance(const tw_study_model *model) {
    return margin_of(model) * ((double)tw_dataset_classes(model->data) - 1);
}

static tw_status svm_provenance(const tw_study_model *model, tw_provenance *out) {
    char number[32];
    return tw_provenance_add(out, "margin", "%s",
                             tw_shortest(margin_of(model), number, sizeof number));
}

const tw_model_kind tw_kind_svm = {
    .noun = "a linear classifier",
    .built_in = 1,
    .names = svm_name,
    .settings = svm_settings,
    .uses = TW_USES_DATA | TW_USES_REG,
    .difference_step = 1e-5,
    .open = open,
    .make = make_svm,
    .chance = svm_chance,
    .provenance = svm_provenance,
};
