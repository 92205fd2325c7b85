/* cifar_binary.c: CIFAR-10 and CIFAR-100 in the binary layout: records of one label (CIFAR-100: a
 * coarse and a fine one) and 3072 pixels, nothing else. */
#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "data/cifar.h"
#include "format/input.h"

enum {
    RECORDS = 64,          /* read at once */
    PROBED = 16,           /* records whose label is looked at to recognise a file */
    NAMES_LIMIT = 1 << 16, /* bytes of a file of names */
    RECORD_MAX = TW_CIFAR_PIXELS + 2
};

static const tw_cifar cifar_10 = {
    .kind = "cifar-10 (binary)",
    .classes = 10,
    .train = {"data_batch_1.bin", "data_batch_2.bin", "data_batch_3.bin", "data_batch_4.bin",
              "data_batch_5.bin", NULL},
    .test = "test_batch.bin",
    .names = "batches.meta.txt",
    .label_bytes = 1,
};
static const tw_cifar cifar_100 = {
    .kind = "cifar-100 (binary)",
    .classes = 100,
    .train = {"train.bin", NULL},
    .test = "test.bin",
    .names = "fine_label_names.txt",
    .label_bytes = 2,
};

static size_t record_size(const tw_cifar *cifar) {
    return cifar->label_bytes + TW_CIFAR_PIXELS;
}

/* ---- recognition ---- */

/* A file without magic number: the size must fit, and so must the first labels. */
static int fits(const tw_cifar *cifar, const tw_source *file) {
    size_t size = record_size(cifar);
    if (file->size == 0 || file->size % size != 0)
        return 0;
    tw_input input;
    if (tw_source_input(file, &input) != TW_OK)
        return 0;
    int fit = input.archive == NULL;
    size_t got = size;
    uint8_t record[RECORD_MAX];
    for (int i = 0; fit && i < PROBED; i++) {
        if (tw_input_read_some(&input, record, size, &got) != TW_OK || got < size)
            break;
        fit = record[cifar->label_bytes - 1] < cifar->classes;
    }
    tw_input_close(&input);
    return fit;
}

static int named_bin(const tw_source *file) {
    const char *name = tw_source_name(file);
    size_t length = strlen(name);
    return length > 4 && strcmp(name + length - 4, ".bin") == 0;
}

static const tw_cifar *recognise(const tw_source *source) {
    if (source->is_directory) {
        if (tw_source_has(source, cifar_10.train[0]) || tw_source_has(source, cifar_10.test))
            return &cifar_10;
        if (tw_source_has(source, cifar_100.train[0]) || tw_source_has(source, cifar_100.test))
            return &cifar_100;
        return NULL;
    }
    if (fits(&cifar_10, source))
        return &cifar_10;
    if (fits(&cifar_100, source))
        return &cifar_100;
    /* By name and size alone, so that a bad label inside is reported as such. */
    if (named_bin(source) && source->size % record_size(&cifar_100) == 0)
        return &cifar_100;
    return named_bin(source) ? &cifar_10 : NULL;
}

static int probe(const tw_source *source) {
    return recognise(source) != NULL;
}

/* ---- reading ---- */

static tw_status keep_records(const tw_cifar *cifar, const char *path, const uint8_t *records,
                              size_t first, size_t count, tw_collector *collector) {
    for (size_t i = 0; i < count && !tw_collector_full(collector); i++) {
        const uint8_t *record = records + i * record_size(cifar);
        int32_t label = record[cifar->label_bytes - 1];
        tw_status status = tw_cifar_check_label(cifar, path, first + i, label);
        if (status == TW_OK)
            status = tw_collector_want(collector, label, &label);
        if (status != TW_OK)
            return status;
        if (label < 0)
            continue;
        memcpy(tw_collector_bytes(collector), record + cifar->label_bytes, TW_CIFAR_PIXELS);
        tw_collector_keep(collector, label);
    }
    return TW_OK;
}

static tw_status read_file(const tw_cifar *cifar, const tw_source *file, tw_collector *collector) {
    const char *path = file->path;
    size_t size = record_size(cifar);
    tw_input input = TW_INPUT_CLOSED;
    uint8_t *records = tw_alloc_raw(RECORDS, size);
    tw_status status = records != NULL
                           ? tw_source_input(file, &input)
                           : tw_fail(TW_ERR_MEMORY, "not enough memory to read '%s'", path);
    if (status == TW_OK && (input.archive != NULL || input.bound % size != 0))
        status = tw_fail(TW_ERR_FORMAT,
                         "'%s' has %llu bytes, not a multiple of the %zu of a %s record: it is cut "
                         "short or damaged; fetch it again",
                         path, (unsigned long long)input.bound, size, cifar->kind);
    size_t got = size, first = 0;
    while (status == TW_OK && got > 0 && !tw_collector_full(collector)) {
        status = tw_input_read_some(&input, records, RECORDS * size, &got);
        if (status == TW_OK)
            status = keep_records(cifar, path, records, first, got / size, collector);
        first += got / size;
    }
    tw_input_close(&input);
    free(records);
    return status;
}

/* ---- names ---- */

static tw_status add_name(char **names, size_t *count, size_t limit, const char *line,
                          size_t length) {
    while (length > 0 && (line[length - 1] == '\r' || line[length - 1] == ' '))
        length--;
    if (length == 0 || *count >= limit)
        return TW_OK;
    names[*count] = strndup(line, length);
    return names[(*count)++] != NULL ? TW_OK : tw_fail(TW_ERR_MEMORY, "not enough memory");
}

/* One name a line; a source without the file has no names. */
static tw_status read_names(const tw_cifar *cifar, const tw_source *source,
                            tw_collector *collector) {
    if (!tw_source_has(source, cifar->names))
        return TW_OK;
    uint8_t *text = NULL;
    size_t size, count = 0;
    char *path;
    tw_source file;
    tw_status status = tw_source_enter(source, cifar->names, &path, &file);
    char **names = tw_alloc(cifar->classes, sizeof *names);
    if (status == TW_OK && names == NULL)
        status = tw_fail(TW_ERR_MEMORY, "not enough memory to read '%s'", source->path);
    if (status == TW_OK)
        status = tw_source_load(&file, NAMES_LIMIT, &text, &size);
    for (const char *line = (const char *)text; status == TW_OK && *line != '\0';) {
        size_t length = strcspn(line, "\n");
        status = add_name(names, &count, cifar->classes, line, length);
        line += length + (line[length] == '\n');
    }
    if (names != NULL)
        tw_collector_names(collector, names, count);
    free(text);
    free(path);
    return status;
}

static tw_status read_binary(const tw_source *source, tw_collector *collector) {
    const tw_cifar *cifar = recognise(source);
    if (cifar == NULL)
        return tw_fail(TW_ERR_IO, "'%s' changed while it was read", source->path);
    tw_status status = tw_cifar_read(cifar, source, collector, read_file);
    return status == TW_OK && source->is_directory ? read_names(cifar, source, collector) : status;
}

static const tw_folder folders[] = {
    {"cifar-10-batches-bin", "cifar-10"}, {"cifar-100-binary", "cifar-100"}, {NULL, NULL}};

const tw_reader tw_reader_cifar_binary = {"cifar binary", folders, probe, read_binary, 1};
