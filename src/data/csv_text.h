/* csv_text.h: lines of text and the fields in them. Nothing is written into the text, so that it
 * can be gone through more than once. */
#ifndef TW_DATA_CSV_TEXT_H
#define TW_DATA_CSV_TEXT_H

#include <stddef.h>

#include "thalweg/status.h"

typedef struct tw_csv_text {
    const char *path;
    const char *begin, *end; /* all of it, with a 0 at `end` */
    char separator;          /* ',', ';', a tab, or ' ' for any number of spaces and tabs */
    char decimal;            /* '.' or ',' */
} tw_csv_text;

/* A line without its end. */
typedef struct tw_csv_line {
    const char *begin, *end; /* `begin` NULL: there is none */
    const char *next;        /* where the line after it begins */
    size_t number;           /* from 1 */
} tw_csv_line;

/* A field without the quotes and the spaces around it. Doubled quotes within stay doubled. */
typedef struct tw_csv_field {
    const char *begin, *end;
} tw_csv_field;

/* The line before the first: where to begin. */
tw_csv_line tw_csv_start(const tw_csv_text *text);
/* The next line that is neither empty nor a comment (#). */
tw_csv_line tw_csv_next(const tw_csv_text *text, tw_csv_line line);
/* The comment right before a line, without its '#' signs; begin NULL if there is none. */
tw_csv_line tw_csv_comment_before(const tw_csv_text *text, tw_csv_line line);

/* Cuts off the field at *at, which is NULL past the last; `end` is that of the line. 0 if there is
 * no more. */
int tw_csv_cut(const tw_csv_text *text, const char **at, const char *end, tw_csv_field *out);
size_t tw_csv_columns(const tw_csv_text *text, tw_csv_line line);
/* Field number `column` of a line; 0 if it has fewer. */
int tw_csv_field_at(const tw_csv_text *text, tw_csv_line line, size_t column, tw_csv_field *out);

/* A whole field as a number; 0 if it is none. */
int tw_csv_number(const tw_csv_text *text, tw_csv_field field, double *out);
/* Whether the field says that there is no value: empty, NA, N/A, NaN, null, None, ?. */
int tw_csv_missing(tw_csv_field field);
/* Whether two texts are the same but for upper and lower case. */
int tw_csv_is(tw_csv_field field, const char *word);

/* An error at a field, which is shown, cut and without control characters. */
tw_status tw_csv_fail(const tw_csv_text *text, size_t line, size_t column, tw_csv_field field,
                      const char *what);

#endif
