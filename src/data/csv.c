/* csv.c: numbers as text, one sample a line, the label first (or in the column that the header
 * calls so). Separated by commas, semicolons or tabs; empty lines and lines that begin with # are
 * passed over. */
#include <locale.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "data/input.h"
#include "data/source.h"

/* The file being read. */
typedef struct table {
    const char *path;
    char *text, *end; /* all of it, with a 0 at `end` */
    char *at;         /* the next line */
    char *first;      /* the first line, if it is a sample */
    size_t line;      /* number of the line read last, from 1 */
    char separator;
    size_t columns; /* of every line */
    size_t label;   /* which column, from 0 */
    size_t classes; /* largest label so far + 1 */
    locale_t plain; /* in which a decimal point is a point */
} table;

enum { CSV_LIMIT_BITS = 36, SHOWN = 24 };

/* ---- lines and fields ---- */

/* Gives the next line that has something on it, ended with a 0, or NULL. */
static char *next_line(table *t) {
    while (t->at < t->end) {
        char *line = t->at;
        char *stop = memchr(line, '\n', (size_t)(t->end - line));
        t->at = stop != NULL ? stop + 1 : t->end;
        t->line++;
        char *last = stop != NULL ? stop : t->end;
        while (last > line && (last[-1] == '\r' || last[-1] == ' ' || last[-1] == '\t'))
            last--;
        *last = '\0';
        if (last > line && *line != '#')
            return line;
    }
    return NULL;
}

/* Cuts the field at *at off and moves on; the quotes around it go. NULL past the last. */
static char *next_field(const table *t, char **at) {
    char *field = *at;
    if (field == NULL)
        return NULL;
    char *stop = strchr(field, t->separator);
    *at = stop != NULL ? stop + 1 : NULL;
    if (stop == NULL)
        stop = field + strlen(field);
    else
        *stop = '\0';
    while (*field == ' ')
        field++;
    while (stop > field && stop[-1] == ' ')
        *--stop = '\0';
    if (stop - field >= 2 && *field == '"' && stop[-1] == '"') {
        *--stop = '\0';
        field++;
    }
    return field;
}

/* A whole field as a number. Digits alone, the common case in images, need no library. */
static int parse_number(const table *t, const char *field, double *out) {
    unsigned value = 0;
    int digits = 0;
    for (; field[digits] >= '0' && field[digits] <= '9' && digits < 9; digits++)
        value = 10 * value + (unsigned)(field[digits] - '0');
    *out = value;
    if (digits > 0 && field[digits] == '\0')
        return 1;
    char *end;
    *out = strtod_l(field, &end, t->plain);
    return end != field && *end == '\0';
}

static tw_status fail_field(const table *t, size_t column, const char *field, const char *what) {
    char shown[SHOWN + 1];
    snprintf(shown, sizeof shown, "%s", field);
    for (char *c = shown; *c != '\0'; c++)
        if ((unsigned char)*c < ' ' || *c == '\'' || (unsigned char)*c >= 0x7f)
            *c = '?';
    return tw_fail(TW_ERR_FORMAT, "'%s', line %zu, column %zu: '%s' %s", t->path, t->line,
                   column + 1, shown, what);
}

/* ---- the first line ---- */

static char find_separator(const char *line) {
    const char *found = strpbrk(line, ",;\t");
    return found != NULL ? *found : ',';
}

static int is_label_name(const char *field) {
    static const char *const names[] = {"label", "class", "target", "y"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcasecmp(field, names[i]) == 0)
            return 1;
    return 0;
}

/* Takes separator, columns and label column from the first line, and keeps it if it is no header.
 */
static tw_status read_head(table *t) {
    char *line = next_line(t);
    if (line == NULL)
        return tw_fail(TW_ERR_FORMAT, "'%s' has no sample: nothing to work on", t->path);
    t->separator = find_separator(line);
    t->columns = 1;
    for (const char *c = line; *c != '\0'; c++)
        t->columns += *c == t->separator;
    if (t->columns < 2)
        return tw_fail(TW_ERR_FORMAT,
                       "'%s', line %zu: one column; a label and at least one feature are needed, "
                       "separated by commas, semicolons or tabs",
                       t->path, t->line);
    char *copy = strdup(line);
    if (copy == NULL)
        return tw_fail(TW_ERR_MEMORY, "not enough memory to read '%s'", t->path);
    char *at = copy, *field = next_field(t, &at);
    double number;
    int header = !parse_number(t, field, &number);
    for (size_t column = 0; header && field != NULL; field = next_field(t, &at), column++)
        if (is_label_name(field)) {
            t->label = column;
            break;
        }
    free(copy);
    t->first = header ? NULL : line;
    return TW_OK;
}

/* ---- samples ---- */

static tw_status read_label(table *t, size_t column, const char *field, int32_t *out) {
    double value;
    if (!parse_number(t, field, &value))
        return fail_field(t, column, field, "is not a number; labels are whole numbers from 0");
    if (!(value >= 0) || value >= TW_DATASET_MAX_CLASSES || value != floor(value))
        return fail_field(t, column, field, "is not a class number from 0 to 1048575");
    *out = (int32_t)value;
    if ((size_t)*out >= t->classes)
        t->classes = (size_t)*out + 1;
    return TW_OK;
}

/* One line into a label and columns - 1 features. */
static tw_status read_line(table *t, char *line, int32_t *label, double *features) {
    tw_status status = TW_OK;
    size_t column = 0, feature = 0;
    char *field;
    for (char *at = line; (field = next_field(t, &at)) != NULL; column++) {
        if (column == t->columns)
            break;
        if (column == t->label)
            status = read_label(t, column, field, label);
        else if (!parse_number(t, field, &features[feature++]))
            status = fail_field(t, column, field, "is not a number");
        else if (!isfinite(features[feature - 1]))
            status = fail_field(t, column, field, "is not a finite number");
        if (status != TW_OK)
            return status;
    }
    if (field != NULL || column < t->columns)
        return tw_fail(TW_ERR_FORMAT, "'%s', line %zu: %s than the %zu columns of the first line",
                       t->path, t->line, field != NULL ? "more" : "fewer", t->columns);
    return TW_OK;
}

static char *next_sample(table *t) {
    char *line = t->first != NULL ? t->first : next_line(t);
    t->first = NULL;
    return line;
}

/* Every line is read, also past the limit: the number of classes and the errors of a file do not
 * depend on how much of it is used. */
static tw_status read_samples(table *t, tw_collector *collector) {
    size_t features = t->columns - 1;
    double *row = tw_alloc(features, sizeof *row);
    if (row == NULL)
        return tw_fail(TW_ERR_MEMORY, "not enough memory to read '%s'", t->path);
    tw_status status = TW_OK;
    for (char *line; status == TW_OK && (line = next_sample(t)) != NULL;) {
        int32_t label = -1;
        status = read_line(t, line, &label, row);
        if (status != TW_OK || tw_collector_full(collector))
            continue;
        status = tw_collector_want(collector, label, &label);
        if (status != TW_OK || label < 0)
            continue;
        memcpy(tw_collector_doubles(collector), row, features * sizeof *row);
        tw_collector_keep(collector, label);
    }
    tw_collector_classes(collector, t->classes);
    free(row);
    return status;
}

/* At most one sample a line (the first has lost its end already, the last may have none), and no
 * more than there are separators for. */
static size_t count_lines(const table *t) {
    size_t lines = 2, most = (size_t)(t->end - t->text) / (2 * t->columns - 1) + 1;
    for (const char *at = t->text; (at = memchr(at, '\n', (size_t)(t->end - at))) != NULL; at++)
        lines++;
    return lines < most ? lines : most;
}

static tw_status read_table(table *t, tw_collector *collector) {
    tw_status status = read_head(t);
    if (status != TW_OK)
        return status;
    const tw_collector_shape shape = {
        .kind = "csv", .features = t->columns - 1, .classes = 1, .expected = count_lines(t)};
    status = tw_collector_shape_set(collector, &shape);
    return status == TW_OK ? read_samples(t, collector) : status;
}

/* ---- the reader ---- */

/* Text: no byte of the first ones is a control character or can not be UTF-8. */
static int probe(const tw_source *source) {
    if (source->is_directory || source->head_size == 0)
        return 0;
    for (size_t i = 0; i < source->head_size; i++) {
        uint8_t c = source->head[i];
        if ((c < ' ' && c != '\t' && c != '\n' && c != '\r') || c == 0x7f || c >= 0xf8)
            return 0;
    }
    return 1;
}

static tw_status read_csv(const tw_source *source, tw_collector *collector) {
    tw_status status = tw_source_single_split(source, collector->options->split);
    if (status != TW_OK)
        return status;
    table t = {.path = source->path};
    size_t size = 0;
    uint8_t *text = NULL;
    t.plain = newlocale(LC_ALL_MASK, "C", (locale_t)0);
    if (t.plain == (locale_t)0)
        return tw_fail(TW_ERR_MEMORY, "not enough memory to read '%s'", source->path);
    status = tw_input_load(source->path, (uint64_t)1 << CSV_LIMIT_BITS, &text, &size);
    if (status == TW_OK && memchr(text, '\0', size) != NULL)
        status = tw_fail(TW_ERR_FORMAT, "'%s' has a zero byte at %zu: it is not text", source->path,
                         (size_t)((uint8_t *)memchr(text, '\0', size) - text));
    if (status == TW_OK) {
        t.text = t.at = (char *)text;
        t.end = t.text + size;
        if (size >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0)
            t.at += 3; /* a byte order mark */
        status = read_table(&t, collector);
    }
    free(text);
    freelocale(t.plain);
    return status;
}

const tw_reader tw_reader_csv = {"csv", NULL, probe, read_csv};
