#include "cli_data.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "option/cli_hint.h"

const char *split_name(size_t index) {
    static const char *const names[] = {[TW_SPLIT_TRAIN] = "train", [TW_SPLIT_TEST] = "test"};
    return index < sizeof names / sizeof names[0] ? names[index] : NULL;
}

static const char *source_name(size_t index) {
    return index == 0 ? "synthetic" : NULL;
}

#define LIMIT_HELP "the first N samples only"
#define CLASSES_HELP "these classes only, by number or name; they are renumbered in the order given"

static const char *label_start(size_t index) {
    static const char *const names[] = {"0", "1"};
    return index < sizeof names / sizeof names[0] ? names[index] : NULL;
}

static const char *decimal_sign(size_t index) {
    static const char *const names[] = {".", ","};
    return index < sizeof names / sizeof names[0] ? names[index] : NULL;
}

static const char *channel_order(size_t index) {
    static const char *const names[] = {"first", "last"};
    return index < sizeof names / sizeof names[0] ? names[index] : NULL;
}

/* How a source is laid out where that cannot be told from it. */
#define LAYOUT_OPTIONS                                                                             \
    {"label",                                                                                      \
     0,                                                                                            \
     OPTION_TEXT,                                                                                  \
     "COLUMN",                                                                                     \
     offsetof(data_args, label),                                                                   \
     .help = "csv: the column of the labels, by name or by number from 1"},                        \
        {"labels-from",                                                                            \
         0,                                                                                        \
         OPTION_CHOICE,                                                                            \
         "N",                                                                                      \
         offsetof(data_args, labels_from),                                                         \
         .values = label_start,                                                                    \
         .fallback = "0",                                                                          \
         .help = "number of the first class"},                                                     \
        {"decimal",                                                                                \
         0,                                                                                        \
         OPTION_CHOICE,                                                                            \
         "SIGN",                                                                                   \
         offsetof(data_args, decimal),                                                             \
         .values = decimal_sign,                                                                   \
         .fallback = ".",                                                                          \
         .help = "csv: the decimal sign"},                                                         \
    {                                                                                              \
        "channels", 0, OPTION_CHOICE, "ORDER", offsetof(data_args, channels_last),                 \
            .values = channel_order, .fallback = "first",                                          \
            .help =                                                                                \
                "features of an image: one plane a channel (first), as CIFAR-10 is published, "    \
                "or channel by channel within a pixel (last), as N x 32 x 32 x 3 is flattened"     \
    }

static const char *const data_endings[] = {".npz", ".npy",   ".csv", ".h5",
                                           ".bin", "-ubyte", ".gz",  NULL};

const option_spec data_options[] = {
    {"data", 'd', OPTION_FILE, "PATH", offsetof(data_args, source), .values = source_name,
     .fallback = "synthetic", .endings = data_endings,
     .help = "file or directory, whose kind is recognised; synthetic:N makes N images", .usual = 1},
    {"split", 0, OPTION_CHOICE, "NAME", offsetof(data_args, split), .values = split_name,
     .fallback = "train", .help = "which part of the data", .usual = 1},
    {"limit", 0, OPTION_SIZE, "N", offsetof(data_args, limit), RANGE_POSITIVE, .help = LIMIT_HELP},
    {"classes", 0, OPTION_TEXT, "A,B,...", offsetof(data_args, classes), .help = CLASSES_HELP},
    LAYOUT_OPTIONS,
    {NULL},
};

const option_spec data_selection_options[] = {
    {"split", 0, OPTION_CHOICE, "NAME", offsetof(data_args, split), .values = split_name,
     .help = "one part of the data only"},
    {"limit", 0, OPTION_SIZE, "N", offsetof(data_args, limit), RANGE_POSITIVE, .help = LIMIT_HELP},
    {"classes", 0, OPTION_TEXT, "A,B,...", offsetof(data_args, classes), .help = CLASSES_HELP},
    LAYOUT_OPTIONS,
    {NULL},
};

tw_status doubles_new(size_t count, double **out) {
    *out = NULL;
    if (count <= SIZE_MAX / sizeof **out)
        *out = malloc(count > 0 ? count * sizeof **out : 1);
    return *out != NULL ? TW_OK
                        : tw_fail(TW_ERR_MEMORY, "not enough memory for %zu numbers", count);
}

/* The label that `word` means: a number, or a name that the data set gives. */
static tw_status find_class(const data_args *args, const tw_dataset *data, const char *word,
                            int *out) {
    size_t classes = tw_dataset_classes(data);
    uint64_t number;
    if (word[0] != '\0' && word[strspn(word, "0123456789")] == '\0') {
        tw_status status = text_whole("--classes", word, &number);
        if (status != TW_OK)
            return status;
        if (number < classes) {
            *out = (int)number;
            return TW_OK;
        }
    }
    for (size_t label = 0; label < classes; label++) {
        const char *name = tw_dataset_class_name(data, label);
        if (name != NULL && strcmp(name, word) == 0) {
            *out = (int)label;
            return TW_OK;
        }
    }
    return tw_fail(TW_ERR_ARGUMENT, "--classes: '%s' is not a class of '%s', which has 0 to %zu",
                   word, args->source, classes - 1);
}

static tw_status find_classes(const data_args *args, const tw_dataset *data, char *list,
                              int *labels, size_t count) {
    char *rest = list;
    for (size_t i = 0; i < count; i++) {
        tw_status status = find_class(args, data, strsep(&rest, ","), &labels[i]);
        if (status != TW_OK)
            return status;
        for (size_t j = 0; j < i; j++)
            if (labels[j] == labels[i])
                return tw_fail(TW_ERR_ARGUMENT, "--classes: class %d is given twice", labels[i]);
    }
    return TW_OK;
}

/* The labels of --classes, by way of the names that the source gives its classes. */
static tw_status read_classes(const data_args *args, const tw_dataset_options *options,
                              int **labels, size_t *count) {
    tw_dataset_options first = *options;
    first.limit = 1;
    tw_dataset *data = NULL;
    char *list = NULL;
    tw_status status = tw_dataset_open(args->source, &first, &data);
    if (status != TW_OK)
        return status;
    *count = 1;
    for (const char *at = args->classes; *at != '\0'; at++)
        *count += *at == ',';
    list = strdup(args->classes);
    *labels = calloc(*count, sizeof **labels);
    if (list == NULL || *labels == NULL)
        status = tw_fail(TW_ERR_MEMORY, "not enough memory for the list of classes");
    if (status == TW_OK)
        status = find_classes(args, data, list, *labels, *count);
    free(list);
    tw_dataset_free(data);
    if (status != TW_OK) {
        free(*labels);
        *labels = NULL;
    }
    return status;
}

static tw_status make_options(const cli_context *context, const data_args *args,
                              tw_dataset_options *options, int **labels) {
    *labels = NULL;
    *options = (tw_dataset_options){
        .split = (tw_split)args->split,
        .limit = args->limit == OPTION_UNSET ? 0 : args->limit,
        .seed = context->common.seed,
        .label = args->label,
        .labels_from = args->labels_from,
        .decimal = args->decimal == 1 ? ',' : '.',
        .channels_last = args->channels_last,
    };
    if (args->classes == NULL)
        return TW_OK;
    tw_status status = read_classes(args, options, labels, &options->class_count);
    options->classes = *labels;
    return status;
}

tw_status data_open(const cli_context *context, const data_args *args, tw_dataset **out) {
    tw_dataset_options options;
    int *labels;
    tw_status status = make_options(context, args, &options, &labels);
    if (status == TW_OK)
        status = tw_dataset_open(args->source, &options, out);
    free(labels);
    return hint_file(status, args->source);
}

void data_notes(const cli_context *context, const tw_dataset *data) {
    const char *note;
    for (size_t i = 0; (note = tw_dataset_note(data, i)) != NULL; i++)
        cli_talk(context, "note: %s\n", note);
}

int data_split_absent(tw_status status) {
    return status == TW_ERR_UNSUPPORTED || status == TW_ERR_ARGUMENT || status == TW_ERR_IO;
}

static tw_status mean_of(const tw_dataset *data, double **mean, double *deviation) {
    tw_status status = doubles_new(tw_dataset_features(data), mean);
    if (status == TW_OK)
        tw_dataset_mean(data, *mean);
    if (status == TW_OK && deviation != NULL)
        *deviation = tw_dataset_deviation(data, *mean);
    return status;
}

static tw_status mean_of_training(const cli_context *context, const data_args *args,
                                  const tw_dataset *data, double **mean, double *deviation) {
    data_args whole = *args;
    whole.split = TW_SPLIT_TRAIN;
    whole.limit = OPTION_UNSET;
    tw_dataset *training = NULL;
    tw_status status = data_open(context, &whole, &training);
    if (status == TW_ERR_UNSUPPORTED || status == TW_ERR_ARGUMENT) {
        /* A file that cannot be read is no reason to change what is computed. */
        cli_talk(context, "%s; the mean of the other split is subtracted\n", tw_message());
        tw_message_clear();
        return mean_of(data, mean, deviation);
    }
    if (status != TW_OK)
        tw_fail_prefix(status, "the mean is taken from the training split");
    if (status == TW_OK && tw_dataset_features(training) != tw_dataset_features(data))
        status = tw_fail(TW_ERR_SHAPE, "'%s': %zu features in the training split, %zu in the other",
                         args->source, tw_dataset_features(training), tw_dataset_features(data));
    if (status == TW_OK)
        status = mean_of(training, mean, deviation);
    tw_dataset_free(training);
    return status;
}

tw_status data_open_centred(const cli_context *context, const data_args *args, tw_dataset **out,
                            double **mean, double *deviation) {
    *out = NULL;
    *mean = NULL;
    tw_status status = data_open(context, args, out);
    if (status != TW_OK)
        return status;
    data_notes(context, *out);
    int whole = args->split == TW_SPLIT_TRAIN && args->limit == OPTION_UNSET;
    status = whole ? mean_of(*out, mean, deviation)
                   : mean_of_training(context, args, *out, mean, deviation);
    if (status != TW_OK) {
        tw_dataset_free(*out);
        *out = NULL;
        free(*mean);
        *mean = NULL;
    }
    return status;
}
