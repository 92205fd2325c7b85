/* From the options to a model at a point: what all kinds of model share. The kinds are in
 * cli_model_<kind>.c. */
#include "cli_model.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cli_data.h"
#include "cli_model_kind.h"
#include "option/cli_hint.h"

static const model_kind *const kinds[] = {&model_linear, &model_mlp, &model_function, &model_plugin,
                                          &model_program};

enum { KINDS = sizeof kinds / sizeof kinds[0] };

const char *model_kind_name(size_t index) {
    for (size_t k = 0; k < KINDS; k++)
        for (size_t i = 0; kinds[k]->names != NULL && kinds[k]->names(i) != NULL; i++)
            if (index-- == 0)
                return kinds[k]->names(i);
    return NULL;
}

static const char *init_name(size_t index) {
    static const char *const names[] = {"normal:1e-4", "zero", "standard", "he"};
    return index < sizeof names / sizeof names[0] ? names[index] : NULL;
}

const option_spec model_options[] = {
    {"model", 0, OPTION_TEXT, "NAME", offsetof(model_args, model), .values = model_kind_name,
     .help =
         "a classifier, mlp:512,256 being a network with hidden layers of these sizes, or a test "
         "function such as rosenbrock:10 or mgh:8, which needs no data; also taken as the first "
         "argument",
     .shown = "softmax", .usual = 1},
    {"weights", 0, OPTION_FILE, "FILE", offsetof(model_args, weights), .endings = cli_array_endings,
     .help =
         "parameters: .npy, .npz or .h5, features + 1 rows (the bias last), one column a class; of "
         "a network fc1.weight, fc1.bias, ... by name; of a function a vector; or all of them as "
         "text, .txt or .csv",
     .usual = 1},
    {"at", 0, OPTION_NUMBERS, "A,B,...", offsetof(model_args, at),
     .help = "the parameters themselves, as in --at 3,2", .usual = 1},
    {"init", 0, OPTION_TEXT, "DRAW", offsetof(model_args, init), .values = init_name,
     .help =
         "parameters where no file is given: normal:SCALE draws them from the seed, standard is "
         "the starting point of a function or, by the name of he too, the draw of a network",
     .shown = "standard where there is one; else normal:1e-4, of a user's function normal:1"},
    {"reg", 0, OPTION_NUMBER, "R", offsetof(model_args, reg), RANGE_NOT_NEGATIVE, .fallback = "0",
     .help = "regularisation: R times the sum of the squared parameters joins the loss",
     .usual = 1},
    {"margin", 0, OPTION_NUMBER, "M", offsetof(model_args, margin), RANGE_POSITIVE, .fallback = "1",
     .help = "margin of the svm"},
    {"activation", 0, OPTION_CHOICE, "NAME", offsetof(model_args, activation),
     .values = tw_mlp_activation_name, .fallback = "relu",
     .help = "what the hidden units of a network compute"},
    {"example", 0, OPTION_SIZE, "K", offsetof(model_args, example),
     .help = "use this one example only, counted from 0"},
    {"exec", 0, OPTION_TEXT, "COMMAND", offsetof(model_args, exec.command),
     .help = "in place of a model: a program that is asked for values on its standard input, as "
             "docs/plugins.md tells; run by the shell",
     .usual = 1},
    {"exec-size", 0, OPTION_SIZE, "N", offsetof(model_args, exec.size), RANGE_POSITIVE,
     .help = "number of parameters of a program that does not greet: it reads lines of N numbers "
             "and prints one number for each",
     .shown = "what the greeting says"},
    {"exec-once", 0, OPTION_FLAG, NULL, offsetof(model_args, exec.once),
     .help = "with --exec-size: start the program anew for every evaluation"},
    {"exec-workers", 0, OPTION_SIZE, "N", offsetof(model_args, exec.workers), RANGE_POSITIVE,
     .help = "how many of the program run at the same time at most",
     .shown = "one for each thread"},
    {"exec-timeout", 0, OPTION_NUMBER, "S", offsetof(model_args, exec.timeout), RANGE_NOT_NEGATIVE,
     .help = "seconds that the program may take for one evaluation, 0 for any time", .shown = "60"},
    {NULL},
};

/* ---- which model ---- */

model_args model_defaults(void) {
    return (model_args){
        .data = {.source = "synthetic", .split = TW_SPLIT_TRAIN, .limit = OPTION_UNSET},
        .margin = 1,
        .example = OPTION_UNSET,
        .exec = {.size = OPTION_UNSET, .workers = OPTION_UNSET, .timeout = NAN},
    };
}

/* Notes that the user names the model by `text`; NULL is no text. */
static tw_status name_once(const char *text, const char **spec) {
    if (text != NULL && *spec != NULL && strcmp(text, *spec) != 0)
        return tw_fail(TW_ERR_ARGUMENT, "the model is given twice: '%s' and '%s'", *spec, text);
    if (text != NULL)
        *spec = text;
    return TW_OK;
}

static int is_named(const model_kind *kind, const char *name) {
    return kind->names != NULL && text_find(name, kind->names) >= 0;
}

static tw_status find_by_text(const cli_context *context, const char *spec,
                              const model_kind **kind) {
    char *name = strndup(spec, strcspn(spec, ":"));
    if (name == NULL)
        return tw_fail(TW_ERR_MEMORY, "not enough memory for a name");
    tw_status status = TW_OK;
    for (size_t k = 0; k < KINDS && *kind == NULL; k++)
        if (is_named(kinds[k], name) || (kinds[k]->takes != NULL && kinds[k]->takes(spec)))
            *kind = kinds[k];
    if (*kind == NULL || (*kind)->takes != NULL)
        status = hint_model(context, spec);
    if (*kind == NULL && status == TW_OK)
        status = text_unknown("model", name, model_kind_name);
    free(name);
    return status;
}

/* The text that says which model, and its kind. */
static tw_status find_kind(const cli_context *context, const model_args *args,
                           const option_words *words, const model_kind **kind, const char **spec) {
    *spec = NULL;
    *kind = NULL;
    tw_status status = name_once(words != NULL && words->count > 0 ? words->items[0] : NULL, spec);
    if (status == TW_OK)
        status = name_once(args->model, spec);
    for (size_t k = 0; k < KINDS && status == TW_OK; k++) {
        const char *text = kinds[k]->given != NULL ? kinds[k]->given(args) : NULL;
        if (text != NULL && *spec != NULL)
            return tw_fail(TW_ERR_ARGUMENT, "the model is given twice: '%s' and by %s", *spec,
                           kinds[k]->given_by);
        if (text != NULL) {
            *spec = text;
            *kind = kinds[k];
        }
    }
    if (*spec == NULL)
        *spec = "softmax";
    return status == TW_OK && *kind == NULL ? find_by_text(context, *spec, kind) : status;
}

/* What means nothing to the kind is refused, not passed over. */
static tw_status check_args(const model_args *args, const model_kind *kind, const char *spec) {
    const struct {
        const char *option;
        unsigned use;
        int given;
    } some[] = {
        {"--data", MODEL_USES_DATA, strcmp(args->data.source, "synthetic") != 0},
        {"--split", MODEL_USES_DATA, args->data.split != TW_SPLIT_TRAIN},
        {"--limit", MODEL_USES_DATA, args->data.limit != OPTION_UNSET},
        {"--classes", MODEL_USES_DATA, args->data.classes != NULL},
        {"--example", MODEL_USES_DATA, args->example != OPTION_UNSET},
        {"--reg", MODEL_USES_REG, args->reg != 0},
        {"--margin", MODEL_USES_MARGIN, args->margin != 1},
        {"--exec-size", MODEL_USES_EXEC, args->exec.size != OPTION_UNSET},
        {"--exec-once", MODEL_USES_EXEC, args->exec.once},
        {"--exec-workers", MODEL_USES_EXEC, args->exec.workers != OPTION_UNSET},
        {"--exec-timeout", MODEL_USES_EXEC, !isnan(args->exec.timeout)},
        {"--activation", MODEL_USES_ACTIVATION, args->activation != TW_MLP_RELU},
    };
    if (model_point_known(args) && (args->init != NULL || (args->weights && args->at.count > 0)))
        return tw_fail(TW_ERR_ARGUMENT, "--%s and --%s cannot be used together",
                       args->weights != NULL ? "weights" : "at",
                       args->init != NULL ? "init" : "at");
    for (size_t i = 0; i < sizeof some / sizeof some[0]; i++)
        if (some[i].given && !(kind->uses & some[i].use))
            return tw_fail(TW_ERR_ARGUMENT, "%s: '%s' is %s, which does not use it", some[i].option,
                           spec, kind->noun);
    return TW_OK;
}

/* ---- the point ---- */

int model_point_known(const model_args *args) {
    return args->weights != NULL || args->at.count > 0;
}

int model_point_given(const model_args *args) {
    return model_point_known(args) || args->init != NULL;
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

/* Whether the point is the objective's own start: asked for, or nothing else is. */
static int is_standard(const model_args *args, const cli_model *model) {
    if (model_point_known(args) || tw_objective_start(model->objective) == NULL)
        return 0;
    const char *own = model->type->standard_init;
    return args->init == NULL || strcmp(args->init, "standard") == 0 ||
           (own != NULL && strcmp(args->init, own) == 0);
}

/* What --init is taken to say. */
static const char *drawn_init(const model_args *args, const cli_model *model) {
    const char *own = model->type->drawn_init;
    return args->init != NULL ? args->init : own != NULL ? own : "normal:1e-4";
}

/* A point that nobody chose is moved inside the bounds: as far from the nearer one as it was drawn
 * from 0, and no further than the middle. */
static void move_inside(const cli_model *model) {
    const double *lower = tw_objective_lower(model->objective);
    const double *upper = tw_objective_upper(model->objective);
    for (size_t i = 0; i < model->size; i++) {
        double least = lower != NULL ? lower[i] : -INFINITY;
        double most = upper != NULL ? upper[i] : INFINITY;
        double from = fmin(fabs(model->x[i]), (most - least) / 2);
        if (model->x[i] < least)
            model->x[i] = least + from;
        else if (model->x[i] > most)
            model->x[i] = most - from;
    }
}

static tw_status set_point(const cli_context *context, const model_args *args, cli_model *out) {
    out->size = tw_objective_size(out->objective);
    tw_status status = doubles_new(out->size, &out->x);
    if (status != TW_OK)
        return status;
    if (args->weights != NULL)
        return hint_file(tw_weights_read(args->weights, tw_objective_space(out->objective), out->x),
                         args->weights);
    if (args->at.count > 0) {
        if (args->at.count != out->size)
            return tw_fail(TW_ERR_ARGUMENT, "--at: %zu numbers, and '%s' has %zu parameters",
                           args->at.count, out->kind, out->size);
        memcpy(out->x, args->at.values, out->size * sizeof *out->x);
        return TW_OK;
    }
    if (!is_standard(args, out)) {
        status = model_draw(context, drawn_init(args, out), out->size, out->x);
        if (status == TW_OK && args->init == NULL)
            move_inside(out);
        return status;
    }
    memcpy(out->x, tw_objective_start(out->objective), out->size * sizeof *out->x);
    return TW_OK;
}

/* ---- opening ---- */

static tw_status check_example(const model_args *args, const tw_dataset *data) {
    size_t samples = tw_dataset_samples(data);
    if (args->example == OPTION_UNSET || args->example < samples)
        return TW_OK;
    return tw_fail(TW_ERR_ARGUMENT, "--example: %zu is out of range, '%s' has samples 0 to %zu",
                   args->example, args->data.source, samples - 1);
}

tw_status model_open_data(const cli_context *context, const model_args *args, cli_model *out) {
    tw_status status = data_open_centred(context, &args->data, &out->data, &out->mean,
                                         out->type->divides ? &out->deviation : NULL);
    return status == TW_OK ? check_example(args, out->data) : status;
}

tw_status model_open(const cli_context *context, const model_args *args, const option_words *words,
                     cli_model *out) {
    const char *spec = NULL;
    memset(out, 0, sizeof *out);
    tw_status status = find_kind(context, args, words, &out->type, &spec);
    if (status == TW_OK)
        status = check_args(args, out->type, spec);
    out->split = split_name((size_t)args->data.split);
    if (status == TW_OK)
        status = out->type->open(context, args, spec, out);
    if (status == TW_OK)
        status = set_point(context, args, out);
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
        status = model->type->open_on(context, args, model, *data, objective);
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
    const int with_reg = (model->type->uses & MODEL_USES_REG) != 0;
    tw_status status = tw_provenance_add(provenance, "data", "%s", args->data.source);
    if (status == TW_OK)
        status = tw_provenance_add(provenance, "split", "%s", model->split);
    if (status == TW_OK && args->data.classes != NULL)
        status = tw_provenance_add(provenance, "classes", "%s", args->data.classes);
    if (status == TW_OK && with_reg)
        status = tw_provenance_add(provenance, "reg", "%s",
                                   tw_shortest(args->reg, number, sizeof number));
    if (status == TW_OK)
        status =
            tw_provenance_add(provenance, "data_hash", "%016" PRIx64, tw_dataset_hash(model->data));
    if (status == TW_OK)
        status =
            tw_provenance_add(provenance, "samples", "%zu", tw_objective_samples(model->objective));
    if (status == TW_OK && args->example != OPTION_UNSET)
        status = tw_provenance_add(provenance, "example", "%zu", args->example);
    return status;
}

static tw_status at_provenance(const number_list *at, tw_provenance *provenance) {
    char *text = NULL, number[32];
    size_t size = 0;
    FILE *stream = open_memstream(&text, &size);
    for (size_t k = 0; stream != NULL && k < at->count; k++)
        fprintf(stream, "%s%s", k > 0 ? "," : "",
                tw_shortest(at->values[k], number, sizeof number));
    tw_status status = stream != NULL && fclose(stream) == 0
                           ? tw_provenance_add(provenance, "at", "%s", text)
                           : tw_fail(TW_ERR_MEMORY, "not enough memory for a text");
    free(text);
    return status;
}

tw_status model_provenance(const cli_context *context, const model_args *args,
                           const cli_model *model, tw_provenance *provenance) {
    const char *own = model->type->standard_init, *standard = own != NULL ? own : "standard";
    const char *init = is_standard(args, model) ? standard : drawn_init(args, model);
    tw_status status = cli_provenance(context, provenance);
    if (status == TW_OK)
        status = tw_provenance_add(provenance, "model", "%s", model->kind);
    if (status == TW_OK && args->weights != NULL)
        status = tw_provenance_add(provenance, "weights", "%s", args->weights);
    else if (status == TW_OK && args->at.count > 0)
        status = at_provenance(&args->at, provenance);
    else if (status == TW_OK)
        status = tw_provenance_add(provenance, "init", "%s", init);
    if (status == TW_OK && model->data != NULL)
        status = data_provenance(args, model, provenance);
    if (status == TW_OK && model->type->provenance != NULL)
        status = model->type->provenance(args, model, provenance);
    return status;
}
