/* cifar_pickle.c: CIFAR-10 and CIFAR-100 in the Python layout: pickled dictionaries with the array
 * 'data' (N x 3072 bytes) and the list 'labels' or 'fine_labels'. */
#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "data/cifar.h"
#include "format/input.h"
#include "format/pickle_array.h"

enum {
    FILE_LIMIT = 1 << 30, /* CIFAR-100's training file, the largest, has 155 MB */
    NAMES_LIMIT = 1 << 20,
    NAME_LIMIT = 256 /* characters of the name of a class */
};

static const tw_cifar cifar_10 = {
    .kind = "cifar-10 (python)",
    .classes = 10,
    .train = {"data_batch_1", "data_batch_2", "data_batch_3", "data_batch_4", "data_batch_5", NULL},
    .test = "test_batch",
    .names = "batches.meta",
    .labels_key = "labels",
    .names_key = "label_names",
};
static const tw_cifar cifar_100 = {
    .kind = "cifar-100 (python)",
    .classes = 100,
    .train = {"train", NULL},
    .test = "test",
    .names = "meta",
    .labels_key = "fine_labels",
    .names_key = "fine_label_names",
};

/* ---- one pickled dictionary ---- */

typedef struct dictionary {
    uint8_t *bytes;
    size_t size; /* of the file, unpacked */
    tw_pickle pickle;
} dictionary;

static void release(dictionary *file) {
    tw_pickle_release(&file->pickle);
    free(file->bytes);
}

static tw_status load(const tw_source *source, uint64_t limit, dictionary *out) {
    *out = (dictionary){0};
    tw_status status = tw_source_load(source, limit, &out->bytes, &out->size);
    if (status != TW_OK)
        return status;
    status = tw_pickle_read(out->bytes, out->size, tw_pickle_array_globals, &out->pickle);
    if (status != TW_OK) {
        tw_fail_prefix(status, "'%s'", source->path);
        release(out);
    }
    return status;
}

static tw_status find(const dictionary *file, const char *path, const char *key, uint32_t *out) {
    *out = tw_pickle_find(&file->pickle, file->pickle.root, key);
    if (*out != TW_PICKLE_MISSING)
        return TW_OK;
    return tw_fail(TW_ERR_FORMAT, "'%s' has no entry '%s': it is not a CIFAR batch", path, key);
}

/* ---- recognition ---- */

static int is_pickle(const tw_source *file) {
    return file->head_size >= 2 && file->head[0] == 0x80 && file->head[1] >= 2 &&
           file->head[1] <= 5;
}

/* Protocols 0 and 1, which are text and nearly so, begin with a dictionary's opening. */
static int is_old_pickle(const tw_source *file) {
    return file->head_size >= 4 &&
           (memcmp(file->head, "(dp", 3) == 0 || memcmp(file->head, "}q", 2) == 0);
}

static int has_pickle(const tw_source *directory, const char *name) {
    if (!tw_source_has(directory, name))
        return 0;
    char *path;
    tw_source file;
    int found = tw_source_enter(directory, name, &path, &file) == TW_OK && is_pickle(&file);
    free(path);
    return found;
}

/* A directory tells by its file names, so that one bad file in it is reported as such. */
static const tw_cifar *recognise_directory(const tw_source *source) {
    if (tw_source_has(source, cifar_10.train[0]) || tw_source_has(source, cifar_10.test))
        return &cifar_10;
    if (has_pickle(source, cifar_100.train[0]) || has_pickle(source, cifar_100.test))
        return &cifar_100;
    return NULL;
}

static int probe(const tw_source *source) {
    return source->is_directory ? recognise_directory(source) != NULL
                                : is_pickle(source) || is_old_pickle(source);
}

/* ---- reading ---- */

static tw_status read_labels(const tw_cifar *cifar, const dictionary *file, const char *path,
                             size_t samples, int64_t *labels) {
    uint32_t index;
    tw_status status = find(file, path, cifar->labels_key, &index);
    if (status != TW_OK)
        return status;
    tw_pickle_array array = {0};
    const tw_pickle_value *list = tw_pickle_at(&file->pickle, index);
    int is_list = list->kind == TW_PICKLE_LIST || list->kind == TW_PICKLE_TUPLE;
    if (!is_list) {
        status = tw_pickle_array_read(&file->pickle, index, &array);
        if (status != TW_OK)
            return tw_fail_prefix(status, "'%s', '%s'", path, cifar->labels_key);
    }
    size_t count = is_list ? list->count : array.count;
    if (count != samples)
        status = tw_fail(TW_ERR_SHAPE, "'%s' has %zu images, but %zu labels", path, samples, count);
    for (size_t i = 0; status == TW_OK && i < samples; i++) {
        if (!is_list)
            labels[i] = tw_number_integer(&array.number, array.data + i * array.number.item);
        else if ((status = tw_pickle_integer(&file->pickle, list->as.list.items[i], &labels[i])) !=
                 TW_OK)
            tw_fail_prefix(status, "'%s', label of record %zu", path, i);
    }
    free(array.owned);
    return status;
}

static tw_status keep_images(const tw_cifar *cifar, const char *path, const tw_pickle_array *images,
                             const int64_t *labels, tw_collector *collector) {
    for (size_t i = 0; i < images->shape[0] && !tw_collector_full(collector); i++) {
        tw_status status = tw_cifar_check_label(cifar, path, i, labels[i]);
        int32_t label = -1;
        if (status == TW_OK)
            status = tw_collector_want(collector, (int32_t)labels[i], &label);
        if (status != TW_OK)
            return status;
        if (label < 0)
            continue;
        memcpy(tw_collector_bytes(collector), images->data + i * TW_CIFAR_PIXELS, TW_CIFAR_PIXELS);
        tw_collector_keep(collector, label);
    }
    return TW_OK;
}

static tw_status read_images(const dictionary *file, const char *path, tw_pickle_array *out) {
    uint32_t index;
    tw_status status = find(file, path, "data", &index);
    if (status != TW_OK)
        return status;
    status = tw_pickle_array_read(&file->pickle, index, out);
    if (status != TW_OK)
        return tw_fail_prefix(status, "'%s', 'data'", path);
    if (out->number.kind != 'u' || out->number.item != 1 || out->rank != 2 ||
        out->shape[1] != TW_CIFAR_PIXELS)
        return tw_fail(TW_ERR_SHAPE, "'%s': 'data' is not an array of N x %d bytes", path,
                       TW_CIFAR_PIXELS);
    return TW_OK;
}

static tw_status read_dictionary(const tw_cifar *cifar, const dictionary *file, const char *path,
                                 tw_collector *collector) {
    tw_pickle_array images = {0};
    int64_t *labels = NULL;
    tw_status status = read_images(file, path, &images);
    if (status != TW_OK)
        goto done;
    labels = tw_alloc_raw(images.shape[0], sizeof *labels);
    if (labels == NULL) {
        status = tw_fail(TW_ERR_MEMORY, "not enough memory to read '%s'", path);
        goto done;
    }
    status = read_labels(cifar, file, path, images.shape[0], labels);
    if (status == TW_OK)
        status = keep_images(cifar, path, &images, labels, collector);
done:
    free(labels);
    free(images.owned);
    return status;
}

static tw_status read_file(const tw_cifar *cifar, const tw_source *source,
                           tw_collector *collector) {
    dictionary file;
    tw_status status = load(source, FILE_LIMIT, &file);
    if (status != TW_OK)
        return status;
    status = read_dictionary(cifar, &file, source->path, collector);
    release(&file);
    return status;
}

/* A file by itself tells by its entries which of the two it is. */
static tw_status read_single(const tw_source *source, tw_collector *collector) {
    dictionary file;
    tw_status status = tw_source_single_split(source, collector->options->split);
    if (status == TW_OK && is_old_pickle(source))
        return tw_fail(
            TW_ERR_FORMAT,
            "'%s' is a pickle of protocol 0 or 1; those of 2 to 5 are read: save it with "
            "pickle.dump(..., protocol=2)",
            source->path);
    if (status == TW_OK)
        status = load(source, FILE_LIMIT, &file);
    if (status != TW_OK)
        return status;
    const tw_cifar *cifar =
        tw_pickle_find(&file.pickle, file.pickle.root, cifar_100.labels_key) != TW_PICKLE_MISSING
            ? &cifar_100
            : &cifar_10;
    tw_source unpacked = *source;
    unpacked.size = file.size;
    status = tw_cifar_shape_set(cifar, &unpacked, collector);
    if (status == TW_OK)
        status = read_dictionary(cifar, &file, source->path, collector);
    release(&file);
    return status;
}

/* ---- names ---- */

static tw_status copy_name(const tw_pickle *pickle, uint32_t index, char **out) {
    const tw_pickle_value *value = tw_pickle_at(pickle, index);
    const uint8_t *data = value->as.text.data;
    size_t length = value->as.text.length;
    uint8_t *owned = NULL;
    tw_status status = TW_OK;
    if (value->kind != TW_PICKLE_TEXT)
        status = tw_pickle_bytes(pickle, index, &data, &length, &owned);
    if (status == TW_OK && length > NAME_LIMIT)
        status = tw_fail(TW_ERR_FORMAT, "the name of a class has %zu characters", length);
    if (status == TW_OK && (*out = tw_alloc(length + 1, 1)) == NULL)
        status = tw_fail(TW_ERR_MEMORY, "not enough memory for the names of the classes");
    if (status == TW_OK)
        memcpy(*out, data, length); /* no text of C: no 0 ends it */
    free(owned);
    return status;
}

static tw_status copy_names(const tw_cifar *cifar, const dictionary *file, const char *path,
                            tw_collector *collector) {
    uint32_t index;
    tw_status status = find(file, path, cifar->names_key, &index);
    if (status != TW_OK)
        return status;
    const tw_pickle_value *list = tw_pickle_at(&file->pickle, index);
    if (list->kind != TW_PICKLE_LIST || list->count != cifar->classes)
        return tw_fail(TW_ERR_FORMAT, "'%s': '%s' is not a list of %zu names", path,
                       cifar->names_key, cifar->classes);
    char **names = tw_alloc(cifar->classes, sizeof *names);
    if (names == NULL)
        return tw_fail(TW_ERR_MEMORY, "not enough memory to read '%s'", path);
    for (size_t i = 0; status == TW_OK && i < cifar->classes; i++)
        status = copy_name(&file->pickle, list->as.list.items[i], &names[i]);
    tw_collector_names(collector, names, cifar->classes);
    return status == TW_OK ? status : tw_fail_prefix(status, "'%s'", path);
}

/* A source without the file has no names. */
static tw_status read_names(const tw_cifar *cifar, const tw_source *source,
                            tw_collector *collector) {
    if (!tw_source_has(source, cifar->names))
        return TW_OK;
    char *path;
    tw_source names;
    dictionary file;
    tw_status status = tw_source_enter(source, cifar->names, &path, &names);
    if (status == TW_OK)
        status = load(&names, NAMES_LIMIT, &file);
    if (status == TW_OK) {
        status = copy_names(cifar, &file, path, collector);
        release(&file);
    }
    free(path);
    return status;
}

static tw_status read_pickle(const tw_source *source, tw_collector *collector) {
    if (!source->is_directory)
        return read_single(source, collector);
    const tw_cifar *cifar = recognise_directory(source);
    if (cifar == NULL)
        return tw_fail(TW_ERR_IO, "'%s' changed while it was read", source->path);
    tw_status status = tw_cifar_read(cifar, source, collector, read_file);
    return status == TW_OK ? read_names(cifar, source, collector) : status;
}

static const tw_folder folders[] = {
    {"cifar-10-batches-py", "cifar-10"}, {"cifar-100-python", "cifar-100"}, {NULL, NULL}};

const tw_reader tw_reader_cifar_pickle = {"cifar python", folders, probe, read_pickle, 1};
