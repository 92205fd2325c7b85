/* The options of a model, and what the user may have meant where there is no such model. */
#include "option/cli_model.h"

#include <stdlib.h>
#include <string.h>

#include "cli_streams.h"
#include "option/cli_hint.h"

static const char *init_name(size_t index) {
    static const char *const names[] = {"normal:1e-4", "zero", "standard", "he"};
    return index < sizeof names / sizeof names[0] ? names[index] : NULL;
}

const option_spec model_options[] = {
    {"model", 0, OPTION_TEXT, "NAME", offsetof(tw_study_model_options, model),
     .values = tw_study_model_name,
     .help =
         "a classifier, mlp:512,256 being a network with hidden layers of these sizes, or a test "
         "function such as rosenbrock:10 or mgh:8, which needs no data; also taken as the first "
         "argument",
     .shown = "softmax", .usual = 1},
    {"weights", 0, OPTION_FILE, "FILE", offsetof(tw_study_model_options, weights),
     .endings = cli_array_endings,
     .help = "parameters: .npy, .npz or .h5, features + 1 rows (the bias last), one column per "
             "class; for a network fc1.weight, fc1.bias, ... by name; PyTorch's checkpoints "
             "(.pt, .pth, .th), .safetensors, Keras' .h5 and .keras, .onnx; for a function a "
             "vector; or all of them as text, .txt or .csv",
     .usual = 1},
    {"at", 0, OPTION_NUMBERS, "A,B,...", offsetof(tw_study_model_options, at),
     .help = "the parameters themselves, as in --at 3,2", .usual = 1},
    {"init", 0, OPTION_TEXT, "DRAW", offsetof(tw_study_model_options, init), .values = init_name,
     .help = "parameters where no file is given: normal:SCALE draws them from the seed, standard "
             "(or he) is the starting point of a function, and draws the weights of a network",
     .shown =
         "standard where there is one; otherwise normal:1e-4, or normal:1 for a user's function"},
    {NULL},
};

/* Notes that the user names the model by `text`; NULL is no text. */
static tw_status name_once(const char *text, const char **spec) {
    if (text != NULL && *spec != NULL && strcmp(text, *spec) != 0)
        return tw_fail(TW_ERR_ARGUMENT, "the model is given twice: '%s' and '%s'", *spec, text);
    if (text != NULL)
        *spec = text;
    return TW_OK;
}

static int is_named(const char *spec) {
    size_t length = strcspn(spec, ":");
    const char *name;
    if (tw_network_known(spec))
        return 1;
    for (size_t i = 0; (name = tw_study_model_name(i)) != NULL; i++)
        if (strlen(name) == length && strncmp(name, spec, length) == 0)
            return 1;
    return 0;
}

static const char *program_of(const tw_study_model_options *options) {
    for (size_t k = 0; k < options->settings.count; k++)
        if (strcmp(options->settings.items[k].name, "exec") == 0)
            return options->settings.items[k].text;
    return NULL;
}

/* Whether reading that file is what failed. */
static int is_blamed(const char *path) {
    return path != NULL && strstr(tw_message(), path) != NULL &&
           strncmp(tw_message(), "--", 2) != 0;
}

static tw_status hint(const cli_context *context, const tw_study_model_options *options,
                      tw_status status) {
    const char *program = program_of(options);
    const char *const files[] = {options->data.source, options->weights};
    if (program != NULL)
        return hint_exec(context, status, program);
    for (size_t k = 0; k < sizeof files / sizeof files[0]; k++)
        if (is_blamed(files[k]))
            return hint_file(status, files[k]);
    return status;
}

/* samples: OPTION_UNSET for all. */
static tw_status open_some(const cli_context *context, const tw_study_model_options *options,
                           const option_words *words, size_t samples, tw_study_model **out) {
    tw_study_model_options own = *options;
    *out = NULL;
    own.model = NULL;
    tw_status status =
        name_once(words != NULL && words->count > 0 ? words->items[0] : NULL, &own.model);
    if (status == TW_OK)
        status = name_once(options->model, &own.model);
    if (status == TW_OK && own.model != NULL && program_of(&own) == NULL && !is_named(own.model)) {
        status = hint_model(context, own.model);
        streams_divert(); /* what a function of the user's prints is not ours */
    }
    if (status != TW_OK)
        return status;
    status = samples == OPTION_UNSET ? tw_study_model_open(context->study, &own, out)
                                     : tw_study_model_open_few(context->study, &own, samples, out);
    return status == TW_OK ? status : hint(context, &own, status);
}

tw_status model_open(const cli_context *context, const tw_study_model_options *options,
                     const option_words *words, tw_study_model **out) {
    return open_some(context, options, words, OPTION_UNSET, out);
}

tw_status model_open_few(const cli_context *context, const tw_study_model_options *options,
                         const option_words *words, size_t samples, tw_study_model **out) {
    return open_some(context, options, words, samples, out);
}
