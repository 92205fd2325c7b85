/* csv.c: numbers as text, one sample a line, with a column of labels. Separated by commas,
 * semicolons, tabs or spaces; empty lines and lines that begin with # are passed over. The text is
 * gone through twice: for the labels, then for the features. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "data/class_labels.h"
#include "data/csv_head.h"
#include "data/source.h"
#include "format/foreign.h"

enum { CSV_LIMIT_BITS = 36, LINES_SHOWN = 5 };

typedef struct table {
    tw_csv_text text;
    tw_csv_head head;
    tw_class_labels labels;
    int words; /* the labels are words */
} table;

/* ---- labels ---- */

static tw_status fail_short(const table *t, tw_csv_line line, int more) {
    return tw_fail(TW_ERR_FORMAT, "'%s', line %zu: %s than the %zu columns of the first line",
                   t->text.path, line.number, more ? "more" : "fewer", t->head.columns);
}

static tw_status read_number(table *t, tw_csv_line line, tw_csv_field field, int from,
                             int32_t *out) {
    double value;
    if (!tw_csv_number(&t->text, field, &value))
        return tw_csv_fail(&t->text, line.number, t->head.label, field,
                           "is not a number; labels are whole numbers, or words throughout");
    if (!tw_class_labels_class(value, from, out))
        return tw_csv_fail(&t->text, line.number, t->head.label, field,
                           from == 0 ? "is not a class number from 0 to 1048575; if another column "
                                       "holds the labels, say which (--label)"
                                     : "is not a class number from 1 to 1048576");
    if ((size_t)*out >= t->labels.classes)
        t->labels.classes = (size_t)*out + 1;
    return TW_OK;
}

static tw_status read_label(table *t, tw_csv_line line, int from, int32_t *out) {
    tw_csv_field field;
    double value;
    if (!tw_csv_field_at(&t->text, line, t->head.label, &field))
        return fail_short(t, line, 0);
    if (tw_csv_missing(field))
        return tw_csv_fail(&t->text, line.number, t->head.label, field,
                           "is not a label; leave out the rows without one");
    if (t->labels.count == 0)
        t->words = !tw_csv_number(&t->text, field, &value);
    if (!t->words)
        return read_number(t, line, field, from, out);
    size_t length = (size_t)(field.end - field.begin);
    tw_status status = tw_class_words_number(&t->labels.words, field.begin, length, out);
    return status == TW_OK ? status
                           : tw_fail_prefix(status, "'%s', line %zu", t->text.path, line.number);
}

/* At most one sample a line, and no more than there are separators for; fields may be empty. */
static size_t count_lines(const table *t) {
    const tw_csv_text *text = &t->text;
    size_t lines = 1, most = (size_t)(text->end - text->begin) / t->head.columns + 1;
    for (const char *at = text->begin; (at = memchr(at, '\n', (size_t)(text->end - at))) != NULL;
         at++)
        lines++;
    return lines < most ? lines : most;
}

static tw_status read_labels(table *t, int from) {
    size_t room = count_lines(t);
    t->labels.numbers = tw_alloc_raw(room, sizeof *t->labels.numbers);
    if (t->labels.numbers == NULL)
        return tw_fail(TW_ERR_MEMORY, "not enough memory to read '%s'", t->text.path);
    tw_csv_line line = t->head.before;
    while ((line = tw_csv_next(&t->text, line)).begin != NULL) {
        if (t->labels.count == room)
            return fail_short(t, line, 0);
        tw_status status = read_label(t, line, from, &t->labels.numbers[t->labels.count]);
        if (status != TW_OK)
            return status;
        t->labels.count++;
    }
    if (t->words)
        t->labels.classes = t->labels.words.count;
    return t->words ? tw_class_labels_sort(&t->labels) : TW_OK;
}

/* ---- features ---- */

/* A missing value: which lines have one, so that they can be dropped or filled. */
static tw_status fail_missing(const table *t, tw_csv_line first, size_t column) {
    char lines[LINES_SHOWN * 24] = "";
    size_t count = 0, used = 0;
    tw_csv_line line = t->head.before;
    while ((line = tw_csv_next(&t->text, line)).begin != NULL) {
        tw_csv_field field;
        int missing = 0;
        for (const char *at = line.begin; tw_csv_cut(&t->text, &at, line.end, &field);)
            missing |= tw_csv_missing(field);
        if (!missing)
            continue;
        if (count < LINES_SHOWN)
            used += (size_t)snprintf(lines + used, sizeof lines - used, "%s%zu",
                                     count > 0 ? ", " : "", line.number);
        count++;
    }
    return tw_fail(
        TW_ERR_FORMAT,
        "'%s', line %zu, column %zu: no value there; %zu line%s one (%s%s): drop or fill "
        "them",
        t->text.path, first.number, column + 1, count, count == 1 ? " lacks" : "s lack", lines,
        count > LINES_SHOWN ? ", ..." : "");
}

static tw_status fail_feature(const table *t, tw_csv_line line, size_t column, tw_csv_field field) {
    if (tw_csv_missing(field))
        return fail_missing(t, line, column);
    int comma = t->text.decimal == '.' && t->text.separator != ',' &&
                memchr(field.begin, ',', (size_t)(field.end - field.begin)) != NULL;
    return tw_csv_fail(&t->text, line.number, column, field,
                       comma ? "is not a number; where commas are decimal, say so (--decimal ,)"
                             : "is not a number");
}

static tw_status read_features(const table *t, tw_csv_line line, double *features) {
    size_t column = 0, feature = 0;
    tw_csv_field field;
    for (const char *at = line.begin; tw_csv_cut(&t->text, &at, line.end, &field); column++) {
        if (column == t->head.columns)
            return fail_short(t, line, 1);
        if (column == t->head.label || (t->head.index && column == 0))
            continue;
        double *value = &features[feature++];
        if (!tw_csv_number(&t->text, field, value) || isnan(*value))
            return fail_feature(t, line, column, field);
        if (!isfinite(*value))
            return tw_csv_fail(&t->text, line.number, column, field, "is not a finite number");
    }
    return column < t->head.columns ? fail_short(t, line, 0) : TW_OK;
}

/* Every line is read, also past the limit: the errors of a file do not depend on how much of it is
 * used. */
static tw_status read_samples(const table *t, size_t features, tw_collector *collector) {
    double *row = tw_alloc(features, sizeof *row);
    if (row == NULL)
        return tw_fail(TW_ERR_MEMORY, "not enough memory to read '%s'", t->text.path);
    tw_status status = TW_OK;
    tw_csv_line line = t->head.before;
    for (size_t i = 0; status == TW_OK; i++) {
        int32_t label = -1;
        line = tw_csv_next(&t->text, line);
        if (line.begin == NULL)
            break;
        status = read_features(t, line, row);
        if (status != TW_OK || tw_collector_full(collector))
            continue;
        status = tw_collector_want(collector, t->labels.numbers[i], &label);
        if (status != TW_OK || label < 0)
            continue;
        memcpy(tw_collector_doubles(collector), row, features * sizeof *row);
        tw_collector_keep(collector, label);
    }
    free(row);
    return status;
}

/* ---- the table ---- */

static tw_status say_label(const table *t, tw_collector *collector) {
    const tw_csv_field name = t->head.name;
    if (name.begin == NULL)
        return tw_collector_label_source(collector, "column %zu of %zu%s", t->head.label + 1,
                                         t->head.columns,
                                         t->head.chosen ? "" : ", as nothing says which");
    char shown[64];
    snprintf(shown, sizeof shown, "%.*s", (int)(name.end - name.begin), name.begin);
    for (char *c = shown; *c != '\0'; c++)
        *c = (unsigned char)*c < ' ' || *c == 0x7f ? '?' : *c;
    return tw_collector_label_source(collector, "column %zu of %zu, '%s'", t->head.label + 1,
                                     t->head.columns, shown);
}

static tw_status read_table(table *t, tw_collector *collector) {
    tw_status status = tw_csv_head_read(&t->text, collector->options, &t->head);
    if (status == TW_OK)
        status = read_labels(t, collector->options->labels_from);
    if (status != TW_OK)
        return status;
    size_t features = t->head.columns - 1 - (size_t)t->head.index;
    const tw_collector_shape shape = {.kind = "csv",
                                      .features = features,
                                      .classes = t->labels.classes,
                                      .expected = t->labels.count};
    status = tw_collector_shape_set(collector, &shape);
    if (status == TW_OK)
        status = read_samples(t, features, collector);
    if (status == TW_OK)
        status = say_label(t, collector);
    if (status == TW_OK && t->head.index)
        status = tw_collector_note(collector,
                                   "the first column has no name: it is taken for the numbers of "
                                   "the rows and left out");
    return status == TW_OK ? tw_class_labels_describe(&t->labels, collector) : status;
}

/* ---- the reader ---- */

static int is_utf16(const uint8_t *head, size_t size) {
    return size >= 2 &&
           ((head[0] == 0xff && head[1] == 0xfe) || (head[0] == 0xfe && head[1] == 0xff));
}

/* Text: no byte of the first ones is a control character or can not be UTF-8. UTF-16, as Excel
 * writes it, is known to be told what to do. Web pages and reports are text, and no tables. */
static int probe(const tw_source *source) {
    if (source->is_directory || source->head_size == 0 ||
        tw_foreign_what((const char *)source->head, source->head_size) != NULL)
        return 0;
    if (is_utf16(source->head, source->head_size))
        return 1;
    for (size_t i = 0; i < source->head_size; i++) {
        uint8_t c = source->head[i];
        if ((c < ' ' && c != '\t' && c != '\n' && c != '\r') || c == 0x7f || c >= 0xf8)
            return 0;
    }
    return 1;
}

static tw_status check_text(const char *path, uint8_t *text, size_t size) {
    if (is_utf16(text, size))
        return tw_fail(TW_ERR_FORMAT, "'%s' is UTF-16 text; save it as UTF-8 (Excel: CSV UTF-8)",
                       path);
    const uint8_t *zero = memchr(text, '\0', size);
    if (zero != NULL)
        return tw_fail(TW_ERR_FORMAT, "'%s' has a zero byte at %zu: it is not text", path,
                       (size_t)(zero - text));
    /* Lines that end as on old Macintosh computers. */
    if (memchr(text, '\n', size) == NULL)
        for (size_t i = 0; i < size; i++)
            text[i] = text[i] == '\r' ? '\n' : text[i];
    return TW_OK;
}

static tw_status read_csv(const tw_source *source, tw_collector *collector) {
    tw_status status = tw_source_single_split(source, collector->options->split);
    if (status != TW_OK)
        return status;
    table t = {.text.path = source->path};
    size_t size = 0;
    uint8_t *text = NULL;
    status = tw_input_load(source->path, (uint64_t)1 << CSV_LIMIT_BITS, &text, &size);
    if (status == TW_OK)
        status = check_text(source->path, text, size);
    if (status == TW_OK) {
        int mark = size >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0; /* a byte order mark */
        t.text.begin = (const char *)text + (mark ? 3 : 0);
        t.text.end = (const char *)text + size;
        status = read_table(&t, collector);
    }
    tw_class_labels_release(&t.labels);
    free(text);
    return status;
}

const tw_reader tw_reader_csv = {"csv", NULL, probe, read_csv};
