#include "data/class_labels.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "core/plain.h"
#include "data/dataset_private.h"

enum { TEXT_MAX = 4 * 256, SHOWN = 40 };

/* ---- one label ---- */

int tw_class_labels_class(double value, int from, int32_t *out) {
    if (!(value >= from) || value - from >= TW_DATASET_MAX_CLASSES || value != floor(value))
        return 0;
    *out = (int32_t)value - from;
    return 1;
}

static tw_status fail_number(const tw_tensor *tensor, size_t record, double value, int from) {
    char text[SHOWN];
    tw_plain_print(text, sizeof text, "%.17g", value);
    return tw_fail(TW_ERR_FORMAT, "'%s', record %zu: label %s is not a class number from %d to %d",
                   tensor->name, record, text, from, TW_DATASET_MAX_CLASSES - 1 + from);
}

static tw_status read_numbers(const tw_tensor *tensor, const uint8_t *bytes, int from,
                              tw_class_labels *out) {
    for (size_t i = 0; i < out->count; i++) {
        double value;
        tw_number_doubles(&tensor->number, bytes + i * tensor->number.item, 1, &value);
        if (!tw_class_labels_class(value, from, &out->numbers[i]))
            return fail_number(tensor, i, value, from);
        if ((size_t)out->numbers[i] >= out->classes)
            out->classes = (size_t)out->numbers[i] + 1;
    }
    return TW_OK;
}

/* ---- one-hot rows ---- */

static tw_status read_rows(const tw_tensor *tensor, const uint8_t *bytes, tw_class_labels *out) {
    size_t width = tensor->shape[1], item = tensor->number.item;
    out->one_hot = 1;
    out->classes = width;
    for (size_t i = 0; i < out->count; i++) {
        size_t ones = 0;
        for (size_t j = 0; j < width; j++) {
            /* In Fortran order the samples run fastest. */
            size_t at = tensor->fortran ? j * out->count + i : i * width + j;
            double value;
            tw_number_doubles(&tensor->number, bytes + at * item, 1, &value);
            if (value == 1)
                out->numbers[i] = (int32_t)j;
            if (value != 0 && value != 1)
                ones = width;
            ones += value == 1;
        }
        if (ones != 1)
            return tw_fail(TW_ERR_SHAPE,
                           "'%s', record %zu: labels of %zu x %zu numbers are read where each row "
                           "has one 1 and is 0 elsewhere; save one class number per sample",
                           tensor->name, i, out->count, width);
    }
    return TW_OK;
}

/* ---- texts ---- */

static size_t put_utf8(uint32_t c, char *out) {
    if (c < 0x80)
        return (void)(out[0] = (char)c), 1;
    if (c < 0x800) {
        out[0] = (char)(0xc0 | c >> 6);
        out[1] = (char)(0x80 | (c & 63));
        return 2;
    }
    if (c < 0x10000) {
        out[0] = (char)(0xe0 | c >> 12);
        out[1] = (char)(0x80 | (c >> 6 & 63));
        out[2] = (char)(0x80 | (c & 63));
        return 3;
    }
    out[0] = (char)(0xf0 | (c >> 18 & 7));
    out[1] = (char)(0x80 | (c >> 12 & 63));
    out[2] = (char)(0x80 | (c >> 6 & 63));
    out[3] = (char)(0x80 | (c & 63));
    return 4;
}

/* NumPy's text of kind U (UTF-32) or S (bytes), zeros at its end; 0 if it is longer than `out`. */
static int take_text(const tw_number *number, const uint8_t *bytes, char *out, size_t *length) {
    size_t step = number->kind == 'U' ? 4 : 1;
    *length = 0;
    for (size_t i = 0; i < number->item; i += step) {
        uint32_t c = bytes[i];
        for (size_t k = 0; step == 4 && k < 4; k++)
            c = k == 0 ? bytes[i + (number->big ? 0 : 3)]
                       : c << 8 | bytes[i + (number->big ? k : 3 - k)];
        if (c == 0)
            break;
        if (c > 0x10ffff || *length + 4 > TEXT_MAX)
            return 0;
        *length += step == 4 ? put_utf8(c, out + *length) : (size_t)((out[*length] = (char)c), 1);
    }
    out[*length] = '\0';
    return 1;
}

static int is_whole(const char *text) {
    size_t digits = strspn(text, "0123456789");
    return digits > 0 && digits < 10 && text[digits] == '\0';
}

static tw_status read_texts(const tw_tensor *tensor, const uint8_t *bytes, int from,
                            tw_class_labels *out) {
    char text[TEXT_MAX + 4];
    size_t length, numbers = 0;
    tw_status status = TW_OK;
    for (size_t i = 0; status == TW_OK && i < out->count; i++) {
        if (!take_text(&tensor->number, bytes + i * tensor->number.item, text, &length) ||
            length == 0)
            return tw_fail(TW_ERR_FORMAT, "'%s', record %zu: the label is empty or no text",
                           tensor->name, i);
        numbers += (size_t)is_whole(text);
        status = tw_class_words_number(&out->words, text, length, &out->numbers[i]);
    }
    if (status != TW_OK)
        return tw_fail_prefix(status, "'%s'", tensor->name);
    out->classes = out->words.count;
    if (numbers < out->count)
        return tw_class_labels_sort(out);
    out->classes = 0;
    for (size_t i = 0; i < out->count; i++) {
        double value = tw_plain_read(out->words.words[out->numbers[i]], NULL);
        if (!tw_class_labels_class(value, from, &out->numbers[i]))
            return fail_number(tensor, i, value, from);
        if ((size_t)out->numbers[i] >= out->classes)
            out->classes = (size_t)out->numbers[i] + 1;
    }
    tw_class_words_release(&out->words);
    return TW_OK;
}

/* ---- a tensor ---- */

static tw_status read_values(const tw_tensor *tensor, const uint8_t *bytes, int from,
                             tw_class_labels *out) {
    int text = tensor->number.kind == 'U' || tensor->number.kind == 'S';
    if (tensor->rank == 2 && tensor->shape[1] != 1 && !text)
        return read_rows(tensor, bytes, out);
    return text ? read_texts(tensor, bytes, from, out) : read_numbers(tensor, bytes, from, out);
}

tw_status tw_class_labels_read(tw_tensor *tensor, int from, tw_class_labels *out) {
    *out = (tw_class_labels){0};
    if (tensor->rank < 1 || tensor->rank > 2 ||
        (tensor->rank == 2 && tensor->shape[1] != 1 && !tw_number_valid(&tensor->number)))
        return tw_fail(TW_ERR_SHAPE,
                       "'%s': labels are one class per sample (or one row of 0 and 1), not an "
                       "array of rank %d",
                       tensor->name, tensor->rank);
    out->count = tensor->count > 0 ? tensor->shape[0] : 0;
    uint8_t *bytes = tw_alloc_raw(tensor->count, tensor->number.item);
    out->numbers = tw_alloc_raw(out->count, sizeof *out->numbers);
    tw_status status = TW_OK;
    if (bytes == NULL || out->numbers == NULL)
        status = tw_fail(TW_ERR_MEMORY, "not enough memory for the labels in '%s'", tensor->name);
    if (status == TW_OK)
        status = tw_input_read(&tensor->input, bytes, tensor->count * tensor->number.item);
    if (status == TW_OK)
        status = tw_input_expect_end(&tensor->input);
    if (status == TW_OK)
        status = read_values(tensor, bytes, from, out);
    free(bytes);
    if (status != TW_OK)
        tw_class_labels_release(out);
    return status;
}

/* ---- two splits ---- */

static void renumber(tw_class_labels *labels, const int32_t *rank) {
    for (size_t i = 0; i < labels->count; i++)
        labels->numbers[i] = rank[labels->numbers[i]];
}

tw_status tw_class_labels_sort(tw_class_labels *labels) {
    int32_t *rank;
    tw_status status = tw_class_words_sort(&labels->words, &rank);
    if (status == TW_OK)
        renumber(labels, rank);
    free(rank);
    return status;
}

tw_status tw_class_labels_agree(const char *path, tw_class_labels *labels, tw_class_labels *other) {
    if (other->count == 0)
        return TW_OK;
    if ((labels->words.count > 0) != (other->words.count > 0))
        return tw_fail(TW_ERR_FORMAT,
                       "'%s': the labels of one split are words, those of the other are numbers",
                       path);
    int32_t number;
    tw_status status = TW_OK;
    for (size_t i = 0; status == TW_OK && i < other->words.count; i++)
        status = tw_class_words_number(&labels->words, other->words.words[i],
                                       strlen(other->words.words[i]), &number);
    if (status == TW_OK && labels->words.count > 0)
        status = tw_class_labels_sort(labels);
    size_t classes = labels->words.count > 0 ? labels->words.count : other->classes;
    if (classes > labels->classes)
        labels->classes = classes;
    return status;
}

/* ---- what users should know ---- */

static tw_status note_empty_classes(const tw_class_labels *labels, tw_collector *collector) {
    size_t empty = 0, first = 0;
    unsigned char *seen = tw_alloc(labels->classes, 1);
    if (seen == NULL)
        return tw_fail(TW_ERR_MEMORY, "not enough memory to read '%s'", collector->path);
    for (size_t i = 0; i < labels->count; i++)
        seen[labels->numbers[i]] = 1;
    for (size_t c = labels->classes; c-- > 0;)
        if (!seen[c]) {
            empty++;
            first = c;
        }
    free(seen);
    /* A test split, or a part of a set, may lack classes that the other has: only a class 0 that
     * nobody has tells of labels that count from 1. */
    if (empty == 1 && first == 0 && labels->classes > 1)
        return tw_collector_note(collector, "class 0 has no sample; if labels count from 1, say so "
                                            "(--labels-from 1)");
    if (empty > 0 && 2 * empty >= labels->classes && labels->classes > 2)
        return tw_collector_note(collector, "%zu of %zu classes have no sample, class %zu first",
                                 empty, labels->classes, first);
    return TW_OK;
}

static tw_status note_many(const tw_class_labels *labels, tw_collector *collector) {
    enum { FEW = 20 };
    if (labels->count < FEW || 2 * labels->classes <= labels->count)
        return TW_OK;
    return tw_collector_note(collector,
                             "%zu classes among %zu samples: are these really the labels?",
                             labels->classes, labels->count);
}

static tw_status hand_names(tw_class_labels *labels, tw_collector *collector) {
    tw_status status = tw_collector_note(
        collector, "labels are words: %zu class%s, numbered in alphabetical order",
        labels->words.count, labels->words.count == 1 ? "" : "es");
    tw_collector_names(collector, labels->words.words, labels->words.count);
    labels->words.words = NULL;
    labels->words.count = labels->words.room = 0;
    return status;
}

tw_status tw_class_labels_describe(tw_class_labels *labels, tw_collector *collector) {
    tw_status status = TW_OK;
    if (labels->one_hot)
        status = tw_collector_note(collector, "labels are one-hot rows of %zu, taken as classes",
                                   labels->classes);
    if (status == TW_OK && labels->words.count > 0)
        status = hand_names(labels, collector);
    if (status == TW_OK)
        status = note_empty_classes(labels, collector);
    return status == TW_OK ? note_many(labels, collector) : status;
}

void tw_class_labels_release(tw_class_labels *labels) {
    free(labels->numbers);
    tw_class_words_release(&labels->words);
    *labels = (tw_class_labels){0};
}
