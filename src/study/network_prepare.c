#include "study/network_prepare.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "study/preprocess.h"

enum { MOST_CHANNELS = 4, TRIED = 1000, MOST_WAYS = 16 };

static tw_status read_statistics(const tw_model_plan *plan, const char *name, double *values,
                                 size_t *count) {
    const char *text = tw_model_setting_text(plan, name);
    char *list = text != NULL ? strdup(text) : NULL, *rest = list;
    tw_status status = TW_OK;
    *count = 0;
    if (text != NULL && list == NULL)
        return tw_fail(TW_ERR_MEMORY, "not enough memory for a list of numbers");
    while (rest != NULL && status == TW_OK) {
        const char *word = strsep(&rest, ",");
        if (*count == MOST_CHANNELS)
            status = tw_fail(TW_ERR_ARGUMENT, "--%s: more than %d numbers", name, MOST_CHANNELS);
        else
            status = tw_text_number(name, word, &values[(*count)++]);
    }
    free(list);
    return status == TW_OK || text == NULL ? status : tw_fail_prefix(status, "--%s", name);
}

static void prepare_as(tw_model_plan *plan, const tw_preprocess *as) {
    memcpy(plan->statistics[0], as->mean, sizeof as->mean);
    memcpy(plan->statistics[1], as->std, sizeof as->std);
    plan->prepared.scale = as->scale;
    plan->prepared.mean_count = plan->prepared.std_count = as->count;
}

/* A file says nothing of it, unless its graph does it. Synthetic images are no reason for a word.
 */
static void say_unprepared(const tw_study_model *model, const tw_network_facts *facts) {
    if (tw_dataset_bytes(model->data) == NULL || model->plan->options.data.source == NULL ||
        facts->normalizes)
        return;
    tw_study_say(model->study, "note: pixels are divided by 255 and nothing else; --mean and --std "
                               "or --preprocess NAME say otherwise, --preprocess try tells which "
                               "fits");
}

/* As an architecture's trained files usually are. */
static void prepare_as_usual(tw_study_model *model) {
    tw_network_facts facts;
    size_t channels, height, width;
    tw_network_facts_of(model->plan->network, &facts);
    tw_dataset_image_shape(model->data, &channels, &height, &width);
    int at = facts.prepared != NULL ? tw_text_find(facts.prepared, tw_preprocess_name) : -1;
    if (at < 0 || tw_preprocess_at((size_t)at)->count != channels) {
        say_unprepared(model, &facts);
        return;
    }
    prepare_as(model->plan, tw_preprocess_at((size_t)at));
    tw_study_say(model->study,
                 "note: pixels are prepared as usual for %s, --preprocess %s; --mean, --std and "
                 "--preprocess say otherwise",
                 facts.name, facts.prepared);
}

static tw_status prepare(tw_study_model *model) {
    tw_model_plan *plan = model->plan;
    tw_network_options *prepared = &plan->prepared;
    const char *name = tw_model_setting_text(plan, "preprocess");
    double scale = tw_model_setting_number(plan, "pixel-scale");
    tw_status status = read_statistics(plan, "mean", plan->statistics[0], &prepared->mean_count);
    if (status == TW_OK)
        status = read_statistics(plan, "std", plan->statistics[1], &prepared->std_count);
    if (status != TW_OK)
        return status;
    int given = prepared->mean_count + prepared->std_count > 0 || !isnan(scale);
    if (name != NULL && given)
        return tw_fail(TW_ERR_ARGUMENT, "--preprocess cannot be used together with --mean, --std "
                                        "or --pixel-scale");
    prepared->mean = plan->statistics[0];
    prepared->std = plan->statistics[1];
    prepared->scale = isnan(scale) ? 0 : scale;
    int at = name != NULL ? tw_text_find(name, tw_preprocess_name) : -1;
    if (at >= 0)
        prepare_as(plan, tw_preprocess_at((size_t)at));
    else if (name == NULL && !given)
        prepare_as_usual(model);
    return TW_OK;
}

/* ---- which preprocessing fits ---- */

static tw_status accuracy_with(const tw_study_model *model, const tw_preprocess *as,
                               double *values) {
    tw_objective *objective = NULL;
    size_t samples = tw_dataset_samples(model->data);
    double metrics[8];
    prepare_as(model->plan, as);
    tw_status status = model->plan->kind->make(model, model->data, 0,
                                               samples < TRIED ? samples : TRIED, &objective);
    if (status == TW_OK)
        status = tw_objective_value(objective, tw_network_start(model->plan->network), metrics);
    if (status == TW_OK) {
        values[0] = metrics[tw_objective_metric_find(objective,
                                                     &(tw_metric){"accuracy", TW_METRIC_PERCENT})];
        values[1] = metrics[0];
    }
    tw_objective_free(objective);
    return status;
}

/* Others whose accuracy is within two standard errors of the best one's: samples cannot tell. */
static void say_best(const tw_study_model *model, size_t best, const double *accuracies) {
    size_t samples = tw_dataset_samples(model->data);
    double n = samples < TRIED ? (double)samples : TRIED, most = accuracies[best];
    char others[256] = "";
    for (size_t k = 0; tw_preprocess_at(k) != NULL; k++) {
        double a = accuracies[k], apart = sqrt((a * (1 - a) + most * (1 - most)) / n);
        if (k == best || a < 0 || most - a > 2 * apart)
            continue;
        strcat(others, others[0] == '\0' ? "; hardly to be told from it: " : ", ");
        strcat(others, tw_preprocess_name(k));
    }
    tw_study_say(model->study, "note: --preprocess %s fits best, and is used%s",
                 tw_preprocess_name(best), others);
}

/* The most accurate on the first samples; of those the one of the least loss. */
static tw_status try_all(const tw_study_model *model) {
    size_t channels, height, width, best = SIZE_MAX;
    double values[2], least = INFINITY, accuracies[MOST_WAYS];
    const tw_preprocess *as;
    tw_status status = TW_OK;
    tw_dataset_image_shape(model->data, &channels, &height, &width);
    for (size_t k = 0; (as = tw_preprocess_at(k)) != NULL && status == TW_OK; k++) {
        accuracies[k] = -1;
        if (as->count > 1 && as->count != channels)
            continue;
        status = accuracy_with(model, as, values);
        if (status != TW_OK)
            break;
        accuracies[k] = values[0];
        tw_study_say(model->study, "preprocess %-10s accuracy %6.2f %%, loss %.4g", as->name,
                     100 * values[0], values[1]);
        if (best == SIZE_MAX || values[0] > accuracies[best] ||
            (values[0] == accuracies[best] && values[1] < least)) {
            best = k;
            least = values[1];
        }
    }
    if (status == TW_OK) {
        prepare_as(model->plan, tw_preprocess_at(best));
        say_best(model, best, accuracies);
    }
    return status;
}

tw_status tw_network_prepare(tw_study_model *model) {
    const char *name = tw_model_setting_text(model->plan, "preprocess");
    tw_status status = prepare(model);
    return status == TW_OK && name != NULL && strcmp(name, "try") == 0 ? try_all(model) : status;
}
