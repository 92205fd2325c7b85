/* From words to a data set. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/versioned.h"
#include "study/data.h"
#include "study/study_private.h"
#include "thalweg/words.h"

tw_study_data_options tw_study_data_defaults(void) {
    return (tw_study_data_options){.bytes = sizeof(tw_study_data_options),
                                   .split = -1,
                                   .limit = TW_UNSET,
                                   .labels_from = -1,
                                   .decimal = -1,
                                   .channels_last = -1,
                                   .color = -1};
}

tw_split tw_study_data_split(const tw_study_data_options *options) {
    return options->split < 0 ? TW_SPLIT_TRAIN : (tw_split)options->split;
}

const char *tw_study_data_source(const tw_study_data_options *options) {
    return options->source != NULL ? options->source : "synthetic";
}

/* The label that `word` means: a number, or a name that the data set gives. */
static tw_status find_class(const tw_study_data_options *given, const tw_dataset *data,
                            const char *word, int *out) {
    size_t classes = tw_dataset_classes(data);
    uint64_t number;
    if (word[0] != '\0' && word[strspn(word, "0123456789")] == '\0') {
        tw_status status = tw_text_whole("--classes", word, &number);
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
                   word, tw_study_data_source(given), classes - 1);
}

static tw_status find_classes(const tw_study_data_options *given, const tw_dataset *data,
                              char *list, int *labels, size_t count) {
    char *rest = list;
    for (size_t i = 0; i < count; i++) {
        tw_status status = find_class(given, data, strsep(&rest, ","), &labels[i]);
        if (status != TW_OK)
            return status;
        for (size_t j = 0; j < i; j++)
            if (labels[j] == labels[i])
                return tw_fail(TW_ERR_ARGUMENT, "--classes: class %d is given twice", labels[i]);
    }
    return TW_OK;
}

/* The labels of --classes, by way of the names that the source gives its classes. */
static tw_status read_classes(const tw_study_data_options *given, const tw_dataset_options *options,
                              int **labels, size_t *count) {
    tw_dataset_options first = *options;
    first.limit = 1;
    tw_dataset *data = NULL;
    char *list = NULL;
    tw_status status = tw_dataset_open(tw_study_data_source(given), &first, &data);
    if (status != TW_OK)
        return status;
    *count = 1;
    for (const char *at = given->classes; *at != '\0'; at++)
        *count += *at == ',';
    list = strdup(given->classes);
    *labels = calloc(*count, sizeof **labels);
    if (list == NULL || *labels == NULL)
        status = tw_fail(TW_ERR_MEMORY, "not enough memory for the list of classes");
    if (status == TW_OK)
        status = find_classes(given, data, list, *labels, *count);
    free(list);
    tw_dataset_free(data);
    if (status != TW_OK) {
        free(*labels);
        *labels = NULL;
    }
    return status;
}

/* One side out of "224x160:256", up to one of `ends`; 0 where it is no number. */
static size_t read_side(const char **at, const char *ends) {
    const size_t length = strspn(*at, "0123456789");
    const int ended = (*at)[length] == '\0' || strchr(ends, (*at)[length]) != NULL;
    const size_t side = length > 0 && length < 7 && ended ? strtoul(*at, NULL, 10) : 0;
    *at += length;
    return side;
}

/* --size: N or HxW, with or without :R. */
static tw_status read_size(const char *text, tw_dataset_options *options) {
    const char *at = text;
    int good = 1;
    if (text == NULL)
        return TW_OK;
    options->height = options->width = read_side(&at, "x:");
    if (*at == 'x') {
        at++;
        options->width = read_side(&at, ":");
    }
    if (*at == ':') {
        at++;
        options->resize = read_side(&at, "");
        good = options->resize >= options->height && options->resize >= options->width;
    }
    if (options->height != 0 && options->width != 0 && good)
        return TW_OK;
    return tw_fail(TW_ERR_ARGUMENT,
                   "--size: '%s' is not N, HEIGHTxWIDTH, or one of them and :R, where R, the "
                   "shorter side before the crop, is no smaller than they are",
                   text);
}

/* What is given as the library's own options; the caller frees *labels. */
static tw_status make_options(const tw_study *study, const tw_study_data_options *given,
                              tw_dataset_options *options, int **labels) {
    *labels = NULL;
    *options = (tw_dataset_options){
        .bytes = sizeof *options,
        .split = tw_study_data_split(given),
        .limit = given->limit == TW_UNSET ? 0 : given->limit,
        .seed = study->seed,
        .label = given->label,
        .labels_from = given->labels_from == 1,
        .decimal = given->decimal == 1 ? ',' : '.',
        .channels_last = given->channels_last == 1,
        .color = given->color > 0 ? (size_t)given->color : TW_COLOR_AS_IS,
    };
    if (given->split > TW_SPLIT_TEST || given->labels_from > 1 || given->decimal > 1 ||
        given->channels_last > 1)
        return tw_fail(TW_ERR_ARGUMENT, "data: split, labels_from, decimal and channels_last are 0 "
                                        "or 1, or -1 where they are not given");
    if (given->limit == 0)
        return tw_fail(TW_ERR_ARGUMENT, "--limit: 0 must be greater than 0; TW_UNSET is all");
    tw_status status = read_size(given->size, options);
    if (status != TW_OK || given->classes == NULL)
        return status;
    status = read_classes(given, options, labels, &options->class_count);
    options->classes = *labels;
    return status;
}

/* With options of the library's own size. */
static tw_status open_taken(const tw_study *study, const tw_study_data_options *given,
                            tw_dataset **out) {
    tw_dataset_options options;
    int *labels;
    tw_status status = make_options(study, given, &options, &labels);
    *out = NULL;
    if (status == TW_OK)
        status = tw_dataset_open(tw_study_data_source(given), &options, out);
    free(labels);
    return status;
}

static tw_status take(const tw_study_data_options *options, tw_study_data_options *out) {
    *out = tw_study_data_defaults();
    return TW_TAKE_OVER(tw_study_data_options, tw_study_data_defaults, out, options);
}

tw_status tw_study_data_open(const tw_study *study, const tw_study_data_options *options,
                             tw_dataset **out) {
    tw_study_data_options given;
    *out = NULL;
    tw_status status = tw_study_take(study, &study);
    if (status == TW_OK)
        status = take(options, &given);
    return status == TW_OK ? open_taken(study, &given, out) : status;
}

int tw_study_data_absent(tw_status status) {
    return status == TW_ERR_UNSUPPORTED || status == TW_ERR_ARGUMENT || status == TW_ERR_IO;
}

/* If a source has neither split, the reason is that of the first. */
tw_status tw_study_data_splits(const tw_study *study, const tw_study_data_options *options,
                               tw_dataset *out[2]) {
    tw_study_data_options given;
    char reason[512] = "";
    tw_status first = TW_OK;
    out[0] = out[1] = NULL;
    tw_status status = tw_study_take(study, &study);
    if (status == TW_OK)
        status = take(options, &given);
    const int only = status == TW_OK ? given.split : 0;
    for (int split = 0; split < 2 && status == TW_OK; split++) {
        if (only >= 0 && split != only)
            continue;
        given.split = split;
        tw_status opened = open_taken(study, &given, &out[split]);
        if (opened != TW_OK && !tw_study_data_absent(opened))
            status = opened;
        else if (opened != TW_OK && first == TW_OK) {
            first = opened;
            snprintf(reason, sizeof reason, "%s", tw_message());
        }
    }
    if (status == TW_OK && out[0] == NULL && out[1] == NULL)
        return tw_fail(first, "%s", reason);
    if (status == TW_OK)
        tw_message_clear();
    for (int split = 0; split < 2 && status != TW_OK; split++) {
        tw_dataset_free(out[split]);
        out[split] = NULL;
    }
    return status;
}

static void say_notes(const tw_study *study, const tw_dataset *data) {
    const char *note;
    for (size_t i = 0; (note = tw_dataset_note(data, i)) != NULL; i++)
        tw_study_say(study, "note: %s", note);
}

static tw_status mean_of(const tw_dataset *data, double **mean, double *deviation) {
    tw_status status = tw_doubles_new(tw_dataset_features(data), mean);
    if (status == TW_OK)
        tw_dataset_mean(data, *mean);
    if (status == TW_OK && deviation != NULL)
        *deviation = tw_dataset_deviation(data, *mean);
    return status;
}

static tw_status mean_of_training(const tw_study *study, const tw_study_data_options *given,
                                  const tw_dataset *data, double **mean, double *deviation) {
    tw_study_data_options whole = *given;
    whole.split = TW_SPLIT_TRAIN;
    whole.limit = TW_UNSET;
    tw_dataset *training = NULL;
    tw_status status = open_taken(study, &whole, &training);
    if (status == TW_ERR_UNSUPPORTED || status == TW_ERR_ARGUMENT) {
        /* A file that cannot be read is no reason to change what is computed. */
        tw_study_say(study, "%s; the mean of the other split is subtracted", tw_message());
        tw_message_clear();
        return mean_of(data, mean, deviation);
    }
    if (status != TW_OK)
        tw_fail_prefix(status, "the mean is taken from the training split");
    if (status == TW_OK && tw_dataset_features(training) != tw_dataset_features(data))
        status = tw_fail(TW_ERR_SHAPE, "'%s': %zu features in the training split, %zu in the other",
                         tw_study_data_source(given), tw_dataset_features(training),
                         tw_dataset_features(data));
    if (status == TW_OK)
        status = mean_of(training, mean, deviation);
    tw_dataset_free(training);
    return status;
}

tw_status tw_study_data_raw(const tw_study *study, const tw_study_data_options *given,
                            tw_dataset **out) {
    *out = NULL;
    tw_status status = open_taken(study, given, out);
    if (status == TW_OK)
        say_notes(study, *out);
    return status;
}

tw_status tw_study_data_centred(const tw_study *study, const tw_study_data_options *given,
                                tw_dataset **out, double **mean, double *deviation) {
    *out = NULL;
    *mean = NULL;
    tw_status status = open_taken(study, given, out);
    if (status != TW_OK)
        return status;
    say_notes(study, *out);
    int whole = tw_study_data_split(given) == TW_SPLIT_TRAIN && given->limit == TW_UNSET;
    status = whole ? mean_of(*out, mean, deviation)
                   : mean_of_training(study, given, *out, mean, deviation);
    if (status != TW_OK) {
        tw_dataset_free(*out);
        *out = NULL;
        free(*mean);
        *mean = NULL;
    }
    return status;
}
