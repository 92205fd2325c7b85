#include "option/cli_hint.h"

#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include "command/cli_command.h"

/* Files of others by their endings. */
static const struct {
    const char *ending, *what, *remedy;
} foreign_files[] = {
    {".ckpt", "checkpoints of other frameworks", "numpy.savez saves their arrays for --weights"},
    {".t7", "Torch files", "numpy.savez saves their arrays for --weights"},
    {".pkl", "pickles other than CIFAR's", "numpy.savez saves their arrays as .npz"},
    {".pickle", "pickles other than CIFAR's", "numpy.savez saves their arrays as .npz"},
    {".tflite", "TensorFlow models", "numpy.savez saves their arrays for --weights"},
    {".pb", "TensorFlow models", "numpy.savez saves their arrays for --weights"},
    {".mat", "MATLAB files", "scipy.io.loadmat and numpy.savez turn one into .npz"},
    {".parquet", "Parquet files", "save the table as .csv"},
    {".feather", "Feather files", "save the table as .csv"},
    {".xlsx", "spreadsheets", "save the table as .csv"},
    {".xls", "spreadsheets", "save the table as .csv"},
    {".ods", "spreadsheets", "save the table as .csv"},
};

/* Programs as text, and what runs them. */
static const struct {
    const char *ending, *runner;
} scripts[] = {
    {".py", "python3"}, {".sh", "sh"},   {".r", "Rscript"}, {".jl", "julia"}, {".rb", "ruby"},
    {".pl", "perl"},    {".js", "node"}, {".lua", "lua"},   {".m", "octave"},
};

/* Sources, and what makes a shared object of one. */
static const struct {
    const char *ending, *compiler;
} sources[] = {
    {".c", "cc -O2 -shared -fPIC"},          {".cc", "c++ -O2 -shared -fPIC"},
    {".cpp", "c++ -O2 -shared -fPIC"},       {".cxx", "c++ -O2 -shared -fPIC"},
    {".f90", "gfortran -O2 -shared -fPIC"},  {".f", "gfortran -O2 -shared -fPIC"},
    {".rs", "rustc -O --crate-type cdylib"}, {".o", "cc -shared"},
};

/* What is called otherwise elsewhere; a name ends in what comes after it, as in resnet20. */
static const struct {
    const char *name, *ours;
} foreign_models[] = {
    {"logistic", "softmax"}, {"logreg", "softmax"},   {"linear", "softmax"},
    {"cross", "softmax"},    {"xent", "softmax"},     {"hinge", "svm"},
    {"nn", "mlp:512,256"},   {"net", "mlp:512,256"},  {"dense", "mlp:512,256"},
    {"fc", "mlp:512,256"},   {"relu", "mlp:512,256"}, {"perceptron", "mlp:512,256"},
};
static const char *const other_networks[] = {"resnet", "vgg",     "densenet",    "lenet",
                                             "cnn",    "convnet", "alexnet",     "wideresnet",
                                             "bert",   "gpt",     "transformer", "vit"};

#define COUNT(list) (sizeof(list) / sizeof(list)[0])

/* The name without folders. */
static const char *base_of(const char *path) {
    const char *slash = strrchr(path, '/');
    return slash != NULL ? slash + 1 : path;
}

static int ends_in(const char *path, const char *ending) {
    const char *dot = strrchr(base_of(path), '.');
    return dot != NULL && dot != base_of(path) && strcasecmp(dot, ending) == 0;
}

static int is_folder(const char *path) {
    struct stat info;
    return stat(path, &info) == 0 && S_ISDIR(info.st_mode);
}

static int is_program(const char *path) {
    struct stat info;
    return stat(path, &info) == 0 && S_ISREG(info.st_mode) && access(path, X_OK) == 0 &&
           strstr(base_of(path), ".so") == NULL;
}

static const char *command_name(const cli_context *context) {
    return context->command != NULL ? context->command->name : "COMMAND";
}

/* What goes after an option in place of the model. */
static tw_status hint_by_option(const cli_context *context, const char *word) {
    static const char *const weights[] = {".npy", ".npz", ".h5",          ".hdf5", ".pt",
                                          ".pth", ".th",  ".safetensors", ".keras"};
    if (is_folder(word) || ends_in(word, ".csv"))
        return tw_fail(TW_ERR_ARGUMENT,
                       "'%s' is %s, not a model; name data with --data: "
                       "thalweg %s softmax --data %s",
                       word, is_folder(word) ? "a folder" : "a table", command_name(context), word);
    for (size_t i = 0; i < COUNT(weights); i++)
        if (ends_in(word, weights[i]))
            return tw_fail(TW_ERR_ARGUMENT,
                           "'%s' is a file of numbers, not a model; name parameters with "
                           "--weights %s, data with --data %s",
                           word, word, word);
    return TW_OK;
}

/* A text that a shared object can be made of; `name` is its name without the ending. */
static tw_status hint_by_source(const cli_context *context, const char *word) {
    const char *dot = strrchr(base_of(word), '.');
    int length = dot != NULL ? (int)(dot - word) : (int)strlen(word);
    for (size_t i = 0; i < COUNT(sources); i++)
        if (ends_in(word, sources[i].ending))
            return tw_fail(TW_ERR_ARGUMENT,
                           "'%s' must be built first: %s %s -o %.*s.so%s && thalweg %s %s%.*s.so",
                           word, sources[i].compiler, word, length, word,
                           strncmp(sources[i].compiler, "rustc", 5) == 0 ? "" : " -lm",
                           command_name(context), strchr(word, '/') == NULL ? "./" : "", length,
                           word);
    return TW_OK;
}

static tw_status hint_by_script(const cli_context *context, const char *word) {
    const char *here = strchr(word, '/') == NULL ? "./" : "";
    for (size_t i = 0; i < COUNT(scripts); i++)
        if (ends_in(word, scripts[i].ending))
            return tw_fail(TW_ERR_ARGUMENT,
                           "'%s' is a program; connect it by a pipe: thalweg %s --exec \"%s "
                           "%s\" (docs/plugins.md)",
                           word, command_name(context), scripts[i].runner, word);
    if (is_program(word))
        return tw_fail(TW_ERR_ARGUMENT,
                       "'%s' is a program; connect it by a pipe: thalweg %s --exec %s%s "
                       "(docs/plugins.md)",
                       word, command_name(context), here, word);
    return TW_OK;
}

static tw_status hint_by_name(const char *word) {
    for (size_t i = 0; i < COUNT(other_networks); i++)
        if (strncasecmp(word, other_networks[i], strlen(other_networks[i])) == 0)
            return tw_fail(
                TW_ERR_ARGUMENT,
                "unknown model '%s'; of networks there are mlp:512,256, those of CIFAR-10 "
                "as resnet20, resnet56-noshort, wrn28-10, vgg16 and densenet121, and any "
                "in a file .onnx; of functions your own (docs/plugins.md)",
                word);
    for (size_t i = 0; i < COUNT(foreign_models); i++)
        if (strncasecmp(word, foreign_models[i].name, strlen(foreign_models[i].name)) == 0)
            return tw_fail(TW_ERR_ARGUMENT, "unknown model '%s'; thalweg calls it %s", word,
                           foreign_models[i].ours);
    return TW_OK;
}

static tw_status hint_foreign(tw_status otherwise, tw_status status, const char *path) {
    for (size_t i = 0; i < COUNT(foreign_files); i++)
        if (ends_in(path, foreign_files[i].ending))
            return tw_fail(status, "'%s': %s are not read yet; %s", path, foreign_files[i].what,
                           foreign_files[i].remedy);
    return otherwise;
}

tw_status hint_word(const cli_context *context, const char *word) {
    tw_status status = hint_by_option(context, word);
    return status == TW_OK ? hint_foreign(TW_OK, TW_ERR_ARGUMENT, word) : status;
}

tw_status hint_model(const cli_context *context, const char *word) {
    int missing = access(word, F_OK) != 0;
    if (missing && strchr(word, '/') != NULL)
        return TW_OK; /* there is more to say about a file that is not there */
    tw_status status = hint_word(context, word);
    if (status == TW_OK)
        status = hint_by_source(context, word);
    if (status == TW_OK)
        status = hint_by_script(context, word);
    return status == TW_OK && missing ? hint_by_name(word) : status;
}

tw_status hint_exec(const cli_context *context, tw_status status, const char *command) {
    struct stat info;
    if (status == TW_OK || stat(command, &info) != 0 || !S_ISREG(info.st_mode) ||
        (strchr(command, '/') != NULL && access(command, X_OK) == 0))
        return status;
    char said[512];
    snprintf(said, sizeof said, "%s", tw_message());
    tw_status found = hint_by_script(context, command);
    return found != TW_OK ? found : tw_fail(status, "%s", said);
}

tw_status hint_file(tw_status status, const char *path) {
    if (status == TW_OK || access(path, F_OK) != 0)
        return status;
    return hint_foreign(status, status, path);
}
