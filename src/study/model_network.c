/* Networks on a data set: from a file (ONNX), or by the name of their architecture. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "study/data.h"
#include "study/model_kind.h"
#include "study/network_prepare.h"
#include "study/preprocess.h"
#include "study/weights_like.h"
#include "thalweg/json.h"
#include "thalweg/shared_object.h"

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
             "of all",
     .usual = 2},
    {"std", TW_SETTING_TEXT, "A,B,C", .help = "what they are divided by then", .usual = 2},
    {"pixel-scale", TW_SETTING_NUMBER, "S", TW_RANGE_POSITIVE, .shown = "1/255 for bytes, else 1",
     .help = "what pixels are multiplied by before"},
    {"preprocess", TW_SETTING_CHOICE, "NAME", .choices = tw_preprocess_choice,
     .help = "a usual --mean, --std and --pixel-scale by name; try measures which fits, and takes "
             "it",
     .usual = 2},
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

/* ---- opening ---- */

/* The outputs of an architecture: those of the weights that it gets, by the rows of its last
 * matrix, and else one for each class of the data. */
static size_t outputs_in_file(const tw_model_plan *plan, const tw_space *space) {
    const tw_block *last = NULL;
    tw_space *file = NULL;
    size_t outputs = 0;
    for (size_t k = 0; k < tw_space_blocks(space); k++)
        if (tw_space_block(space, k)->rank == 2)
            last = tw_space_block(space, k);
    if (last == NULL || tw_weights_space(plan->options.weights, &file) != TW_OK) {
        tw_message_clear(); /* what is wrong with the file is said when it is read */
        return 0;
    }
    for (size_t k = 0; k < tw_space_blocks(file); k++) {
        const tw_block *block = tw_space_block(file, k);
        if (strcmp(block->name, last->name) == 0 && block->rank == 2 &&
            block->shape[1] == last->shape[1])
            outputs = block->shape[0];
    }
    tw_space_free(file);
    return outputs;
}

/* Opened once more where the weights have another number of outputs. */
static tw_status open_spec(tw_model_plan *plan, tw_network_open_options *options) {
    tw_status status = tw_network_open(plan->spec, options, &plan->network);
    if (status != TW_OK || plan->options.weights == NULL || !tw_network_known(plan->spec))
        return status;
    size_t outputs = outputs_in_file(plan, tw_network_space(plan->network));
    if (outputs < 2 || outputs == options->classes)
        return TW_OK;
    options->classes = outputs;
    tw_network_free(plan->network);
    plan->network = NULL;
    return tw_network_open(plan->spec, options, &plan->network);
}

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
    tw_status status = open_spec(plan, &options);
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
        status = tw_study_weights_read(plan->options.weights, space, x);
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
    model->kind = plan->spec;
    tw_status status = tw_model_open_data(model);
    if (status == TW_OK)
        status = open_network(model);
    if (status == TW_OK)
        status = read_weights(model);
    if (status == TW_OK)
        status = tw_network_prepare(model);
    plan->prepared.say = tell;
    plan->prepared.user = (void *)model->study;
    if (status == TW_OK)
        status = tw_model_make(model);
    if (status == TW_OK && plan->options.data.source == NULL)
        tw_study_say(model->study,
                     "note: without --data the samples are built-in synthetic images, which tell "
                     "nothing of a trained network");
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
    .built_in = 1,
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
