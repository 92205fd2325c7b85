/* The linear classifiers on a data set. */
#include <math.h>
#include <string.h>

#include "study/model_kind.h"
#include "thalweg/json.h"
#include "thalweg/linear.h"

static const struct {
    const char *name;
    tw_linear_loss loss;
} losses[] = {{"softmax", TW_LINEAR_SOFTMAX}, {"svm", TW_LINEAR_SVM}};

static const char *loss_name(size_t index) {
    return index < sizeof losses / sizeof losses[0] ? losses[index].name : NULL;
}

static const tw_setting_spec settings[] = {
    {"margin", TW_SETTING_NUMBER, "M", TW_RANGE_POSITIVE, .fallback = "1",
     .help = "margin of the svm"},
    {NULL},
};

static int is_svm(const tw_study_model *model) {
    return strcmp(model->kind, "svm") == 0;
}

static double margin_of(const tw_study_model *model) {
    return tw_model_setting_number(model->plan, "margin");
}

static tw_status make(const tw_study_model *model, const tw_dataset *data, size_t first,
                      size_t count, tw_objective **out) {
    const tw_linear_options options = {
        .loss = losses[tw_text_find(model->kind, loss_name)].loss,
        .reg = model->reg,
        .margin = margin_of(model),
        .mean = model->plan->mean,
        .errors = model->plan->options.errors,
        .first = first,
        .count = count,
    };
    return tw_linear_new(data, &options, model->study->runner, out);
}

static tw_status open(tw_study_model *model) {
    const char *spec = model->plan->spec;
    int length = (int)strcspn(spec, ":");
    if (spec[length] != '\0')
        return tw_fail(TW_ERR_ARGUMENT, "model '%s': '%.*s' takes no number", spec, length, spec);
    model->kind = loss_name((size_t)tw_text_find(spec, loss_name));
    tw_status status = tw_model_open_data(model);
    return status == TW_OK ? tw_model_make(model) : status;
}

static double chance(const tw_study_model *model) {
    double classes = (double)tw_dataset_classes(model->data);
    return is_svm(model) ? margin_of(model) * (classes - 1) : log(classes);
}

static tw_status provenance(const tw_study_model *model, tw_provenance *out) {
    char number[32];
    if (!is_svm(model))
        return TW_OK;
    return tw_provenance_add(out, "margin", "%s",
                             tw_shortest(margin_of(model), number, sizeof number));
}

const tw_model_kind tw_kind_linear = {
    .noun = "a linear classifier",
    .names = loss_name,
    .settings = settings,
    .uses = TW_USES_DATA | TW_USES_REG,
    .difference_step = 1e-5,
    .open = open,
    .make = make,
    .chance = chance,
    .provenance = provenance,
};
