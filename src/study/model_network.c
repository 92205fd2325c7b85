/* Networks on a data set: from a file (ONNX), or by the name of their architecture. */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "study/data.h"
#include "study/model_kind.h"
#include "study/preprocess.h"
#include "thalweg/json.h"
#include "thalweg/shared_object.h"

enum { MOST_CHANNELS = 4, TRIED = 1000, MOST_WAYS = 16 };

typedef enum statistics { FROZEN, INTERPOLATED, REESTIMATED } statistics;

static const char *statistics_name(size_t index) {
    static const char *const names[] = {"frozen", "interpolated", "reestimated"};
    return index < sizeof names / sizeof names[0] ? names[index] : NULL;
}

static int takes(const char *spec) {
    size_t length = strlen(spec);
    return (length > 5 && strcasecmp(spec + length - 5, ".onnx") == 0) || tw_network_known(spec);
}

static const tw_setting_spec settings[] = {
    {"mean", TW_SETTING_TEXT, "A,B,C",
     .help = "of trained networks: what is subtracted from the pixels, 0 to 1, of each channel or "
             "of all"},
    {"std", TW_SETTING_TEXT, "A,B,C", .help = "what they are divided by then"},
    {"pixel-scale", TW_SETTING_NUMBER, "S", TW_RANGE_POSITIVE, .shown = "1/255 for bytes, else 1",
     .help = "what pixels are multiplied by before"},
    {"preprocess", TW_SETTING_CHOICE, "NAME", .choices = tw_preprocess_choice,
     .help = "a usual --mean, --std and --pixel-scale by name; try measures which fits, and takes "
             "it"},
    {"layout", TW_SETTING_CHOICE, "ORDER", .choices = tw_network_layout_name,
     .shown = "as the input's shape says", .help = "the order of the axes of a network's input"},
    {"precision", TW_SETTING_CHOICE, "NAME", .choices = tw_network_precision_name,
     .fallback = "single", .help = "of the passes through a trained network"},
    {"bn", TW_SETTING_CHOICE, "HOW", .choices = statistics_name, .fallback = "interpolated",
     .help = "running statistics of normalisations away from the point: frozen as they are there, "
             "interpolated along directions that have them (--to), reestimated from the data at "
             "every point"},
    {"loss", TW_SETTING_CHOICE, "NAME", .choices = tw_network_loss_name,
     .fallback = "cross-entropy", .help = "of a trained network's outputs"},
    {"label-smoothing", TW_SETTING_NUMBER, "E", TW_RANGE_NOT_NEGATIVE, .fallback = "0",
     .help = "share of the target that goes to all classes alike"},
    {"output-name", TW_SETTING_TEXT, "NAME", .shown = "the class scores",
     .help = "the value in a network's file that the loss is of"},
    {"output-is", TW_SETTING_CHOICE, "WHAT", .choices = tw_network_outputs_name,
     .shown = "as the file's last operators or the first outputs tell",
     .help = "what that value is"},
    {"micro-batch", TW_SETTING_SIZE, "N", TW_RANGE_POSITIVE, .shown = "what stays in a cache",
     .help = "samples in one pass through a network"},
    {NULL},
};

/* ---- how samples are prepared ---- */

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

/* As an architecture's trained files usually are. */
static void prepare_as_usual(tw_study_model *model) {
    tw_network_facts facts;
    size_t channels, height, width;
    tw_network_facts_of(model->plan->network, &facts);
    tw_dataset_image_shape(model->data, &channels, &height, &width);
    int at = facts.prepared != NULL ? tw_text_find(facts.prepared, tw_preprocess_name) : -1;
    if (at < 0 || tw_preprocess_at((size_t)at)->count != channels)
        return;
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

/* ---- the objective ---- */

static void tell(void *user, const char *line) {
    tw_study_say(user, "note: %s", line);
}

static int choice_or(const tw_model_plan *plan, const char *name, int first) {
    int choice = tw_model_setting_choice(plan, name);
    return choice < 0 ? 0 : choice + first;
}

static tw_network_options options_of(const tw_study_model *model, size_t first, size_t count) {
    const tw_model_plan *plan = model->plan;
    tw_network_options options = plan->prepared;
    size_t batch = tw_model_setting_size(plan, "micro-batch");
    options.bytes = sizeof options;
    options.loss = (tw_network_loss)choice_or(plan, "loss", 0);
    options.outputs = (tw_network_outputs)choice_or(plan, "output-is", 1);
    options.label_smoothing = tw_model_setting_number(plan, "label-smoothing");
    options.reg = model->reg;
    options.precision = (tw_network_precision)choice_or(plan, "precision", 0);
    options.layout = (tw_network_layout)choice_or(plan, "layout", 1);
    options.first = first;
    options.count = count;
    options.errors = plan->options.errors;
    options.reestimated = tw_model_setting_choice(plan, "bn") == REESTIMATED;
    options.micro_batch = batch == TW_UNSET ? 0 : batch;
    return options;
}

static tw_status make(const tw_study_model *model, const tw_dataset *data, size_t first,
                      size_t count, tw_objective **out) {
    tw_network_options options = options_of(model, first, count);
    return tw_network_objective(model->plan->network, data, &options, model->study->runner, out);
}

/* ---- which preprocessing fits ---- */

static tw_status accuracy_with(const tw_study_model *model, const tw_preprocess *as,
                               double *values) {
    tw_objective *objective = NULL;
    size_t samples = tw_dataset_samples(model->data);
    double metrics[8];
    prepare_as(model->plan, as);
    tw_status status = make(model, model->data, 0, samples < TRIED ? samples : TRIED, &objective);
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

/* ---- opening ---- */

static tw_status open_network(tw_study_model *model) {
    tw_model_plan *plan = model->plan;
    size_t height, width;
    tw_network_open_options options = {.bytes = sizeof options,
                                       .output = tw_model_setting_text(plan, "output-name"),
                                       .classes = tw_dataset_classes(model->data),
                                       .seed = model->study->seed,
                                       .outputs =
                                           (tw_network_outputs)choice_or(plan, "output-is", 1)};
    tw_dataset_image_shape(model->data, &options.channels, &height, &width);
    tw_status status = tw_network_open(plan->spec, &options, &plan->network);
    if (status == TW_OK && !tw_network_known(plan->spec))
        status = tw_plugin_hash(plan->spec, &plan->hash);
    const char *note;
    for (size_t k = 0; status == TW_OK && (note = tw_network_note(plan->network, k)) != NULL; k++)
        tw_study_say(model->study, "note: %s", note);
    return status;
}

/* What is found out about a network is found where it will be looked at. */
static tw_status read_weights(tw_study_model *model) {
    tw_model_plan *plan = model->plan;
    const tw_space *space = tw_network_space(plan->network);
    char note[512];
    double *x = NULL;
    if (plan->options.weights == NULL)
        return TW_OK;
    tw_status status = tw_doubles_new(tw_space_size(space), &x);
    if (status == TW_OK)
        status = tw_weights_read(plan->options.weights, space, x);
    if (status == TW_OK)
        status = tw_weights_note(plan->options.weights, space, sizeof note, note);
    if (status == TW_OK && note[0] != '\0')
        tw_study_say(model->study, "note: %s", note);
    if (status == TW_OK)
        status = tw_network_set_start(plan->network, x);
    free(x);
    return status;
}

static tw_status open(tw_study_model *model) {
    tw_model_plan *plan = model->plan;
    const char *name = tw_model_setting_text(plan, "preprocess");
    model->kind = plan->spec;
    tw_status status = tw_model_open_data(model);
    if (status == TW_OK)
        status = open_network(model);
    if (status == TW_OK)
        status = read_weights(model);
    if (status == TW_OK)
        status = prepare(model);
    if (status == TW_OK && name != NULL && strcmp(name, "try") == 0)
        status = try_all(model);
    plan->prepared.say = tell;
    plan->prepared.user = (void *)model->study;
    if (status == TW_OK)
        status = tw_model_make(model);
    if (status == TW_OK && !tw_network_known(plan->spec))
        model->point_known = model->point_given = 1; /* the file has the numbers */
    plan->prepared.say = NULL;                       /* once is enough */
    return status;
}

static int buffers_stay(const tw_study_model *model) {
    return tw_model_setting_choice(model->plan, "bn") == FROZEN;
}

static int buffers_anew(const tw_study_model *model) {
    return tw_model_setting_choice(model->plan, "bn") == REESTIMATED;
}

static tw_status list_provenance(const char *key, size_t count, const double *values,
                                 tw_provenance *out) {
    char text[256] = "", number[32];
    for (size_t k = 0; k < count; k++) {
        if (k > 0)
            strcat(text, ",");
        strcat(text, tw_shortest(values[k], number, sizeof number));
    }
    return count > 0 ? tw_provenance_add(out, key, "%s", text) : TW_OK;
}

static tw_status provenance(const tw_study_model *model, tw_provenance *out) {
    const tw_model_plan *plan = model->plan;
    const tw_network_options *prepared = &plan->prepared;
    static const char *const keys[] = {"precision",   "bn",        "loss",  "label-smoothing",
                                       "output-name", "output-is", "layout"};
    char number[32];
    tw_status status = TW_OK;
    if (!tw_network_known(plan->spec))
        status = tw_provenance_add(out, "model_hash", "%016" PRIx64, plan->hash);
    for (size_t k = 0; k < sizeof keys / sizeof keys[0] && status == TW_OK; k++) {
        const char *text = tw_model_setting_text(plan, keys[k]);
        if (text != NULL && (k < 3 || tw_model_setting_given(plan, keys[k])))
            status = tw_provenance_add(out, keys[k], "%s", text);
    }
    if (status == TW_OK)
        status = list_provenance("mean", prepared->mean_count, prepared->mean, out);
    if (status == TW_OK)
        status = list_provenance("std", prepared->std_count, prepared->std, out);
    if (status == TW_OK && prepared->scale != 0)
        status = tw_provenance_add(out, "pixel-scale", "%s",
                                   tw_shortest(prepared->scale, number, sizeof number));
    return status;
}

const tw_model_kind tw_kind_network = {
    .noun = "a network",
    .names = tw_network_name,
    .takes = takes,
    .settings = settings,
    .costly = 1,
    .uses = TW_USES_DATA | TW_USES_REG | TW_USES_RAW,
    .step = 0.05,
    .entry_step = 1e-3,
    .open = open,
    .make = make,
    .buffers_stay = buffers_stay,
    .buffers_anew = buffers_anew,
    .provenance = provenance,
};
