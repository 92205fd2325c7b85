#include "cli_model.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cli_data.h"

static const struct {
    const char *name;
    tw_linear_loss loss;
} kinds[] = {{"softmax", TW_LINEAR_SOFTMAX}, {"svm", TW_LINEAR_SVM}};

enum { LINEAR_KINDS = sizeof kinds / sizeof kinds[0] };

/* The classifiers, then the functions. */
const char *model_kind_name(size_t index) {
    return index < LINEAR_KINDS ? kinds[index].name : tw_function_name(index - LINEAR_KINDS);
}

static const char *init_name(size_t index) {
    static const char *const names[] = {"normal:1e-4", "zero", "standard"};
    return index < sizeof names / sizeof names[0] ? names[index] : NULL;
}

const option_spec model_options[] = {
    {"model", 0, OPTION_TEXT, "NAME", offsetof(model_args, model), .values = model_kind_name,
     .help =
         "a classifier, or a test function such as rosenbrock:10 or mgh:8, which needs no data; "
         "also taken as the first argument",
     .shown = "softmax"},
    {"weights", 0, OPTION_FILE, "FILE", offsetof(model_args, weights),
     .help =
         "parameters: .npy, .npz or .h5, features + 1 rows (the bias last), one column a class; of "
         "a function a vector"},
    {"init", 0, OPTION_TEXT, "DRAW", offsetof(model_args, init), .values = init_name,
     .help =
         "parameters where no file is given: normal:SCALE draws them from the seed, standard is "
         "the starting point of a function",
     .shown = "normal:1e-4; standard for functions"},
    {"reg", 0, OPTION_NUMBER, "R", offsetof(model_args, reg), RANGE_NOT_NEGATIVE, .fallback = "0",
     .help = "regularisation: R times the sum of the squared parameters joins the loss"},
    {"margin", 0, OPTION_NUMBER, "M", offsetof(model_args, margin), RANGE_POSITIVE, .fallback = "1",
     .help = "margin of the svm"},
    {"example", 0, OPTION_SIZE, "K", offsetof(model_args, example),
     .help = "use this one example only, counted from 0"},
    {NULL},
};

/* The text that names the model, NAME or NAME:N, and the place of NAME among all. */
static tw_status find_kind(const model_args *args, const option_words *words, size_t *kind,
                           const char **spec) {
    const char *word = words != NULL && words->count > 0 ? words->items[0] : NULL;
    if (word != NULL && args->model != NULL && strcmp(word, args->model) != 0)
        return tw_fail(TW_ERR_ARGUMENT, "the model is given twice: '%s' and '%s'", word,
                       args->model);
    *spec = word != NULL ? word : args->model != NULL ? args->model : "softmax";
    char *name = strndup(*spec, strcspn(*spec, ":"));
    if (name == NULL)
        return tw_fail(TW_ERR_MEMORY, "not enough memory for a name");
    int found = text_find(name, model_kind_name);
    tw_status status = TW_OK;
    if (found < 0)
        status = text_unknown("model", name, model_kind_name);
    else if (found < LINEAR_KINDS && strcmp(name, *spec) != 0)
        status = tw_fail(TW_ERR_ARGUMENT, "model '%s': '%s' takes no number", *spec, name);
    *kind = (size_t)found;
    free(name);
    return status;
}

static tw_status make_objective(const cli_context *context, const model_args *args, size_t kind,
                                const tw_dataset *data, const double *mean, size_t example,
                                tw_objective **out) {
    tw_linear_options options = {
        .loss = kinds[kind].loss,
        .reg = args->reg,
        .margin = args->margin,
        .mean = mean,
    };
    if (example != OPTION_UNSET) {
        options.first = example;
        options.count = 1;
    }
    return tw_linear_new(data, &options, context->runner, out);
}

tw_status model_draw(const cli_context *context, const char *init, size_t count, double *x) {
    double scale = 1e-4;
    if (init != NULL && strcmp(init, "zero") == 0) {
        memset(x, 0, count * sizeof *x);
        return TW_OK;
    }
    if (init != NULL) {
        if (strncmp(init, "normal:", 7) != 0)
            return tw_fail(TW_ERR_ARGUMENT, "--init: '%s' is neither 'normal:SCALE' nor 'zero'",
                           init);
        tw_status status = text_number("--init", init + 7, &scale);
        if (status != TW_OK)
            return status;
    }
    tw_rng_fill_normal(context->common.seed, tw_rng_stream("init"), 0, count, x);
    for (size_t i = 0; i < count; i++)
        x[i] *= scale;
    return TW_OK;
}

/* `spec` names the function whose standard start is the default; NULL: no function. */
static tw_status set_point(const cli_context *context, const model_args *args, const char *spec,
                           cli_model *out) {
    out->size = tw_objective_size(out->objective);
    tw_status status = doubles_new(out->size, &out->x);
    if (status != TW_OK)
        return status;
    if (args->weights == NULL && spec != NULL &&
        (args->init == NULL || strcmp(args->init, "standard") == 0))
        return tw_function_start(spec, out->size, out->x);
    if (args->weights == NULL)
        return model_draw(context, args->init, out->size, out->x);
    return tw_weights_read(args->weights, tw_objective_space(out->objective), out->x);
}

static tw_status check_args(const model_args *args) {
    if (args->weights != NULL && args->init != NULL)
        return tw_fail(TW_ERR_ARGUMENT, "--weights and --init exclude each other");
    return TW_OK;
}

static tw_status check_example(const model_args *args, const tw_dataset *data) {
    size_t samples = tw_dataset_samples(data);
    if (args->example == OPTION_UNSET || args->example < samples)
        return TW_OK;
    return tw_fail(TW_ERR_ARGUMENT, "--example: %zu is out of range, '%s' has samples 0 to %zu",
                   args->example, args->data.source, samples - 1);
}

static tw_status open_linear(const cli_context *context, const model_args *args, size_t kind,
                             cli_model *out) {
    tw_status status = data_open_centred(context, &args->data, &out->data, &out->mean);
    if (status == TW_OK)
        status = check_example(args, out->data);
    if (status == TW_OK)
        status = make_objective(context, args, kind, out->data, out->mean, args->example,
                                &out->objective);
    if (status == TW_OK)
        status = set_point(context, args, NULL, out);
    out->kind = kinds[kind].name;
    out->split = split_name((size_t)args->data.split);
    return status;
}

/* What means something to a classifier only is refused, not passed over. */
static tw_status check_function_args(const model_args *args, const char *spec) {
    const struct {
        const char *option;
        int given;
    } others[] = {
        {"--data", strcmp(args->data.source, "synthetic") != 0},
        {"--split", args->data.split != TW_SPLIT_TRAIN},
        {"--limit", args->data.limit != OPTION_UNSET},
        {"--classes", args->data.classes != NULL},
        {"--example", args->example != OPTION_UNSET},
        {"--reg", args->reg != 0},
        {"--margin", args->margin != 1},
    };
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
        if (others[i].given)
            return tw_fail(TW_ERR_ARGUMENT, "%s: '%s' is a function, which has no use for it",
                           others[i].option, spec);
    return TW_OK;
}

static tw_status open_function(const cli_context *context, const model_args *args, const char *spec,
                               cli_model *out) {
    tw_status status = check_function_args(args, spec);
    if (status == TW_OK)
        status = tw_function_new(spec, context->runner, &out->objective);
    if (status != TW_OK)
        return status;
    out->kind = tw_objective_name(out->objective);
    out->split = split_name(TW_SPLIT_TRAIN);
    return set_point(context, args, spec, out);
}

tw_status model_open(const cli_context *context, const model_args *args, const option_words *words,
                     cli_model *out) {
    size_t kind = 0;
    const char *spec = NULL;
    memset(out, 0, sizeof *out);
    tw_status status = check_args(args);
    if (status == TW_OK)
        status = find_kind(args, words, &kind, &spec);
    if (status == TW_OK)
        status = kind < LINEAR_KINDS ? open_linear(context, args, kind, out)
                                     : open_function(context, args, spec, out);
    if (status != TW_OK)
        model_release(out);
    return status;
}

void model_release(cli_model *model) {
    tw_objective_free(model->objective);
    tw_dataset_free(model->data);
    free(model->mean);
    free(model->x);
    memset(model, 0, sizeof *model);
}

tw_status model_open_test(const cli_context *context, const model_args *args,
                          const cli_model *model, tw_dataset **data, tw_objective **objective) {
    data_args test = args->data;
    test.split = TW_SPLIT_TEST;
    test.limit = OPTION_UNSET;
    *data = NULL;
    *objective = NULL;
    if (model->data == NULL)
        return TW_OK;
    tw_status status = data_open(context, &test, data);
    if (data_split_absent(status)) {
        cli_talk(context, "no test data: %s\n", tw_message());
        tw_message_clear();
        return TW_OK;
    }
    if (status == TW_OK)
        status = make_objective(context, args, (size_t)text_find(model->kind, model_kind_name),
                                *data, model->mean, OPTION_UNSET, objective);
    if (status != TW_OK) {
        tw_dataset_free(*data);
        *data = NULL;
    }
    return status;
}

/* What only a model on data has. */
static tw_status data_provenance(const model_args *args, const cli_model *model,
                                 tw_provenance *provenance) {
    char number[32];
    tw_status status = tw_provenance_add(provenance, "data", "%s", args->data.source);
    if (status == TW_OK)
        status = tw_provenance_add(provenance, "split", "%s", model->split);
    if (status == TW_OK && args->data.classes != NULL)
        status = tw_provenance_add(provenance, "classes", "%s", args->data.classes);
    if (status == TW_OK)
        status = tw_provenance_add(provenance, "reg", "%s",
                                   text_shortest(args->reg, number, sizeof number));
    if (status == TW_OK)
        status =
            tw_provenance_add(provenance, "data_hash", "%016" PRIx64, tw_dataset_hash(model->data));
    if (status == TW_OK)
        status =
            tw_provenance_add(provenance, "samples", "%zu", tw_objective_samples(model->objective));
    if (status == TW_OK && args->example != OPTION_UNSET)
        status = tw_provenance_add(provenance, "example", "%zu", args->example);
    if (status == TW_OK && strcmp(model->kind, "svm") == 0)
        status = tw_provenance_add(provenance, "margin", "%s",
                                   text_shortest(args->margin, number, sizeof number));
    return status;
}

tw_status model_provenance(const cli_context *context, const model_args *args,
                           const cli_model *model, tw_provenance *provenance) {
    const char *init = args->init != NULL    ? args->init
                       : model->data != NULL ? "normal:1e-4"
                                             : "standard";
    tw_status status = cli_provenance(context, provenance);
    if (status == TW_OK)
        status = tw_provenance_add(provenance, "model", "%s", model->kind);
    if (status == TW_OK && args->weights != NULL)
        status = tw_provenance_add(provenance, "weights", "%s", args->weights);
    else if (status == TW_OK)
        status = tw_provenance_add(provenance, "init", "%s", init);
    if (status == TW_OK && model->data != NULL)
        status = data_provenance(args, model, provenance);
    return status;
}
