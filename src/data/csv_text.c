#include "data/csv_text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "core/plain.h"

enum { SHOWN = 24, NUMBER_MAX = 400 };

/* ---- lines ---- */

tw_csv_line tw_csv_start(const tw_csv_text *text) {
    return (tw_csv_line){.next = text->begin};
}

static int is_space(char c) {
    return c == ' ' || c == '\t' || c == '\r';
}

/* The next line, whatever is on it. */
static tw_csv_line take_line(const tw_csv_text *text, tw_csv_line line) {
    tw_csv_line out = {.next = text->end, .number = line.number + 1};
    if (line.next >= text->end)
        return out;
    out.begin = line.next;
    const char *stop = memchr(line.next, '\n', (size_t)(text->end - line.next));
    out.end = stop != NULL ? stop : text->end;
    out.next = stop != NULL ? stop + 1 : text->end;
    /* An empty last field behind a tab is one; spaces at the end of a line are nothing. */
    while (out.end > out.begin && (out.end[-1] == '\r' || out.end[-1] == ' ' ||
                                   (out.end[-1] == '\t' && text->separator != '\t')))
        out.end--;
    return out;
}

static int is_content(tw_csv_line line) {
    const char *at = line.begin;
    while (at < line.end && is_space(*at))
        at++;
    return at < line.end && *at != '#';
}

tw_csv_line tw_csv_next(const tw_csv_text *text, tw_csv_line line) {
    do
        line = take_line(text, line);
    while (line.begin != NULL && !is_content(line));
    return line;
}

tw_csv_line tw_csv_comment_before(const tw_csv_text *text, tw_csv_line line) {
    tw_csv_line before = {0};
    for (tw_csv_line at = take_line(text, tw_csv_start(text));
         at.begin != NULL && at.begin < line.begin; at = take_line(text, at))
        before = at;
    if (before.begin == NULL || before.begin == before.end || *before.begin != '#')
        return (tw_csv_line){0};
    while (before.begin < before.end && (*before.begin == '#' || is_space(*before.begin)))
        before.begin++;
    return before;
}

/* ---- fields ---- */

/* The end of the field at `at`: a separator outside of quotes, or the end of the line. */
static const char *find_stop(const tw_csv_text *text, const char *at, const char *end) {
    const char *start = at;
    while (start < end && *start == ' ')
        start++;
    if (start == end || *start != '"') {
        while (at < end && *at != text->separator && !(text->separator == ' ' && *at == '\t'))
            at++;
        return at;
    }
    for (at = start + 1; at < end; at++)
        if (*at == '"') {
            if (at + 1 < end && at[1] == '"')
                at++;
            else
                break;
        }
    while (at < end && *at != text->separator && !(text->separator == ' ' && *at == '\t'))
        at++;
    return at;
}

static tw_csv_field trim(const char *begin, const char *end) {
    while (begin < end && is_space(*begin))
        begin++;
    while (end > begin && is_space(end[-1]))
        end--;
    if (end - begin >= 2 && *begin == '"' && end[-1] == '"') {
        begin++;
        end--;
    }
    return (tw_csv_field){begin, end};
}

int tw_csv_cut(const tw_csv_text *text, const char **at, const char *end, tw_csv_field *out) {
    const char *begin = *at;
    if (begin == NULL)
        return 0;
    if (text->separator == ' ')
        while (begin < end && is_space(*begin))
            begin++;
    const char *stop = find_stop(text, begin, end);
    *out = trim(begin, stop);
    *at = stop < end ? stop + 1 : NULL;
    return 1;
}

size_t tw_csv_columns(const tw_csv_text *text, tw_csv_line line) {
    size_t columns = 0;
    tw_csv_field field;
    for (const char *at = line.begin; tw_csv_cut(text, &at, line.end, &field);)
        columns++;
    return columns;
}

int tw_csv_field_at(const tw_csv_text *text, tw_csv_line line, size_t column, tw_csv_field *out) {
    const char *at = line.begin;
    for (size_t i = 0; tw_csv_cut(text, &at, line.end, out); i++)
        if (i == column)
            return 1;
    return 0;
}

/* ---- values ---- */

/* With the decimal sign made a point. */
static int parse_copy(const tw_csv_text *text, tw_csv_field field, double *out) {
    char copy[NUMBER_MAX];
    size_t length = (size_t)(field.end - field.begin);
    if (length == 0 || length >= sizeof copy)
        return 0;
    memcpy(copy, field.begin, length);
    copy[length] = '\0';
    for (char *c = copy; text->decimal == ',' && *c != '\0'; c++)
        *c = *c == ',' ? '.' : *c == '.' ? '?' : *c;
    char *end;
    *out = tw_plain_read(copy, &end);
    return end == copy + length;
}

/* Digits alone, the common case in images, need no library. */
int tw_csv_number(const tw_csv_text *text, tw_csv_field field, double *out) {
    unsigned value = 0;
    const char *at = field.begin;
    for (; at < field.end && *at >= '0' && *at <= '9' && at < field.begin + 9; at++)
        value = 10 * value + (unsigned)(*at - '0');
    *out = value;
    return (at == field.end && at > field.begin) || parse_copy(text, field, out);
}

int tw_csv_is(tw_csv_field field, const char *word) {
    size_t length = strlen(word);
    return (size_t)(field.end - field.begin) == length &&
           strncasecmp(field.begin, word, length) == 0;
}

int tw_csv_missing(tw_csv_field field) {
    static const char *const words[] = {"", "NA", "N/A", "NaN", "null", "None", "?"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (tw_csv_is(field, words[i]))
            return 1;
    return 0;
}

tw_status tw_csv_fail(const tw_csv_text *text, size_t line, size_t column, tw_csv_field field,
                      const char *what) {
    char shown[SHOWN + 1];
    snprintf(shown, sizeof shown, "%.*s", (int)(field.end - field.begin), field.begin);
    for (char *c = shown; *c != '\0'; c++)
        if ((unsigned char)*c < ' ' || *c == '\'' || (unsigned char)*c >= 0x7f)
            *c = '?';
    return tw_fail(TW_ERR_FORMAT, "'%s', line %zu, column %zu: '%s' %s", text->path, line,
                   column + 1, shown, what);
}
