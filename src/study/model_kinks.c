#include "study/model_kinks.h"

#include <stdio.h>
#include <string.h>

#include "study/model_kind.h"
#include "thalweg/functions.h"
#include "thalweg/mlp.h"

static int is_bent(const char *operator_name) {
    static const char *const bent[] = {"Relu",      "LeakyRelu", "PRelu",         "Clip",
                                       "MaxPool",   "Max",       "Abs",           "HardSigmoid",
                                       "HardSwish", "Selu",      "GlobalMaxPool", "ThresholdedRelu",
                                       "Min",       "ReduceMax", "ReduceMin"};
    for (size_t k = 0; k < sizeof bent / sizeof bent[0]; k++)
        if (strcmp(bent[k], operator_name) == 0)
            return 1;
    return 0;
}

const char *tw_model_kinks(const tw_study_model *model) {
    const tw_model_plan *plan = model->plan;
    const char *name;
    size_t count;
    if (strcmp(model->kind, "svm") == 0)
        return "the hinge";
    if (plan->kind == &tw_kind_mlp)
        return tw_model_setting_choice(plan, "activation") == TW_MLP_RELU ? "ReLU" : NULL;
    for (size_t k = 0;
         plan->network != NULL && (name = tw_network_operator(plan->network, k, &count)) != NULL;
         k++)
        if (is_bent(name))
            return "ReLU, max-pooling or the like";
    return NULL;
}

int tw_model_is_kink(const tw_study_model *model, const double *x) {
    return model->plan->kind == &tw_kind_function &&
           tw_function_is_kink(model->kind, model->size, x);
}

/* Kinks of the model's are none of J'HJ's, which has nothing of how the model bends; those of the
 * loss in its outputs are. */
void tw_model_kinks_say(const tw_study_model *model, tw_curvature_matrix matrix,
                        tw_product_source source, char text[TW_KINK_TEXT]) {
    const char *kinks = tw_model_kinks(model);
    int hinge = strcmp(model->kind, "svm") == 0;
    text[0] = '\0';
    if (kinks == NULL)
        return;
    if (source == TW_PRODUCT_DIFFERENCES)
        snprintf(text, TW_KINK_TEXT,
                 "the loss has kinks (%s): this is a smoothed curvature that depends on the step, "
                 "not the Hessian",
                 kinks);
    else if (matrix == TW_MATRIX_HESSIAN || hinge)
        snprintf(text, TW_KINK_TEXT,
                 "the loss has kinks (%s): this is %s between them; what they add when a step "
                 "crosses one is not in it%s",
                 kinks, matrix == TW_MATRIX_HESSIAN ? "the Hessian" : "J'HJ",
                 hinge ? ", which leaves the regulariser alone" : "");
}
