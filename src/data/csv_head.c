#include "data/csv_head.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Headers by which a column of labels is known, the surest first. */
static const char *const label_names[] = {"label",   "labels",  "class",   "classes",
                                          "target",  "targets", "y",       "species",
                                          "outcome", "variety", "category"};
enum { LABEL_NAMES = sizeof label_names / sizeof *label_names };

/* ---- the separator ---- */

/* Commas may be decimal where there are semicolons or tabs; spaces separate where nothing else
 * does. */
static char find_separator(tw_csv_line line) {
    size_t length = (size_t)(line.end - line.begin);
    for (const char *c = ";\t,"; *c != '\0'; c++)
        if (memchr(line.begin, *c, length) != NULL)
            return *c;
    return memchr(line.begin, ' ', length) != NULL ? ' ' : ',';
}

static tw_status set_signs(tw_csv_text *text, const tw_dataset_options *options,
                           tw_csv_line first) {
    text->decimal = options->decimal == ',' ? ',' : '.';
    text->separator = find_separator(first);
    if (text->separator == ',' && text->decimal == ',')
        return tw_fail(TW_ERR_ARGUMENT,
                       "'%s': commas separate the columns, so they cannot be decimal as well; save "
                       "it with semicolons or tabs",
                       text->path);
    return TW_OK;
}

/* ---- is there a header? ---- */

static size_t count_numbers(const tw_csv_text *text, tw_csv_line line) {
    size_t numbers = 0;
    double value;
    tw_csv_field field;
    for (const char *at = line.begin; tw_csv_cut(text, &at, line.end, &field);)
        numbers += (size_t)tw_csv_number(text, field, &value);
    return numbers;
}

/* A column that is text in the first line and a number in the second is a header's. */
static int turns_numeric(const tw_csv_text *text, tw_csv_line first, tw_csv_line second) {
    const char *a = first.begin, *b = second.begin;
    tw_csv_field above, below;
    double value;
    while (tw_csv_cut(text, &a, first.end, &above) && tw_csv_cut(text, &b, second.end, &below))
        if (!tw_csv_number(text, above, &value) && tw_csv_number(text, below, &value) &&
            !tw_csv_missing(above))
            return 1;
    return 0;
}

/* 0, 1, 2, ...: how pandas names columns that have no names. A few columns may be a sample of class
 * 0, if the line below could begin with a label. */
static int counts_up(const tw_csv_text *text, tw_csv_line line, tw_csv_line below) {
    enum { MANY = 5 };
    const char *at = line.begin;
    tw_csv_field field;
    double value;
    size_t columns = 0;
    for (; tw_csv_cut(text, &at, line.end, &field); columns++)
        if (!tw_csv_number(text, field, &value) || value != (double)columns)
            return 0;
    return columns >= MANY || (tw_csv_field_at(text, below, 0, &field) &&
                               tw_csv_number(text, field, &value) && value != floor(value));
}

static int is_header(const tw_csv_text *text, tw_csv_line first, size_t columns) {
    tw_csv_line second = tw_csv_next(text, first);
    tw_csv_field field;
    if (count_numbers(text, first) == 0)
        return 1;
    if (tw_csv_field_at(text, first, 0, &field) && field.begin == field.end && columns > 2)
        return 1; /* pandas leaves the name of the index empty */
    if (second.begin == NULL)
        return 0;
    return turns_numeric(text, first, second) || counts_up(text, first, second);
}

/* np.savetxt writes its header as a comment. */
static int header_comment(const tw_csv_text *text, tw_csv_line first, size_t columns,
                          tw_csv_line *out) {
    tw_csv_line comment = tw_csv_comment_before(text, first);
    if (comment.begin == NULL || comment.begin == comment.end ||
        tw_csv_columns(text, comment) != columns || count_numbers(text, comment) > 0)
        return 0;
    *out = comment;
    return 1;
}

/* ---- the column of labels ---- */

static tw_status find_by_option(const tw_csv_text *text, const tw_csv_line *header,
                                const char *wanted, tw_csv_head *out) {
    tw_csv_field field;
    const char *at = header != NULL ? header->begin : NULL;
    for (size_t i = 0; header != NULL && tw_csv_cut(text, &at, header->end, &field); i++)
        if (tw_csv_is(field, wanted)) {
            out->label = i;
            return TW_OK;
        }
    char *end;
    unsigned long number = strtoul(wanted, &end, 10);
    if (wanted[0] < '0' || wanted[0] > '9' || *end != '\0')
        return tw_fail(TW_ERR_ARGUMENT, "'%s' has no column '%s'%s", text->path, wanted,
                       header != NULL ? "" : ": it has no header; name the column by its number");
    if (number < 1 || number > out->columns)
        return tw_fail(TW_ERR_ARGUMENT, "'%s' has no column %lu for the labels: it has 1 to %zu",
                       text->path, number, out->columns);
    out->label = number - 1;
    return TW_OK;
}

static tw_status find_by_name(const tw_csv_text *text, tw_csv_line header, tw_csv_head *out) {
    for (size_t k = 0; k < LABEL_NAMES; k++) {
        tw_csv_field field;
        const char *at = header.begin;
        for (size_t i = 0; tw_csv_cut(text, &at, header.end, &field); i++)
            if (tw_csv_is(field, label_names[k])) {
                out->label = i;
                return TW_OK;
            }
    }
    return tw_fail(TW_ERR_FORMAT,
                   "'%s', line %zu: none of the %zu columns is called label, class, target or y; "
                   "say which holds the labels (--label NAME or --label NUMBER)",
                   text->path, header.number, out->columns);
}

/* Without a header: the only column that is no number, or the first. */
static void find_by_content(const tw_csv_text *text, tw_csv_line first, tw_csv_head *out) {
    const char *at = first.begin;
    tw_csv_field field;
    double value;
    size_t words = 0, column = 0;
    for (size_t i = 0; tw_csv_cut(text, &at, first.end, &field); i++)
        if (!tw_csv_number(text, field, &value) && !tw_csv_missing(field)) {
            words++;
            column = i;
        }
    out->label = words == 1 ? column : 0;
    out->chosen = words == 1;
}

/* ---- all of it ---- */

static tw_status find_label(const tw_csv_text *text, const tw_dataset_options *options,
                            const tw_csv_line *header, tw_csv_line first, tw_csv_head *out) {
    tw_status status = TW_OK;
    out->chosen = 1;
    if (options->label != NULL)
        status = find_by_option(text, header, options->label, out);
    else if (header != NULL)
        status = find_by_name(text, *header, out);
    else
        find_by_content(text, first, out);
    if (status == TW_OK && header != NULL)
        tw_csv_field_at(text, *header, out->label, &out->name);
    if (status == TW_OK && out->index && out->label == 0)
        out->index = 0; /* the user wants that one */
    return status;
}

tw_status tw_csv_head_read(tw_csv_text *text, const tw_dataset_options *options, tw_csv_head *out) {
    *out = (tw_csv_head){.before = tw_csv_start(text)};
    tw_csv_line first = tw_csv_next(text, out->before), header = {0};
    if (first.begin == NULL)
        return tw_fail(TW_ERR_FORMAT, "'%s' has no sample: nothing to work on", text->path);
    tw_status status = set_signs(text, options, first);
    if (status != TW_OK)
        return status;
    out->columns = tw_csv_columns(text, first);
    if (out->columns < 2)
        return tw_fail(TW_ERR_FORMAT,
                       "'%s', line %zu: one column; a label and at least one feature are needed, "
                       "separated by commas, semicolons, tabs or spaces",
                       text->path, first.number);
    int headed = is_header(text, first, out->columns);
    if (headed) {
        tw_csv_field name;
        header = first;
        out->before = first;
        first = tw_csv_next(text, first);
        out->index =
            tw_csv_field_at(text, header, 0, &name) && name.begin == name.end && out->columns > 2;
    } else
        headed = header_comment(text, first, out->columns, &header);
    return find_label(text, options, headed ? &header : NULL, first, out);
}
