/* json.h: JSON out, to a stream of the caller's.
 *
 * Numbers are the shortest decimals that read back the same; JSON has no word for NaN and infinity,
 * so those become null. A decimal point is a point in every locale.
 *
 *     tw_json writer = {.out = stdout};
 *     tw_json_object(&writer, NULL);
 *     tw_json_number(&writer, "loss", 0.5);
 *     tw_json_end(&writer);
 *
 * Nothing fails here; ask ferror of the stream at the end.
 */
#ifndef THALWEG_JSON_H
#define THALWEG_JSON_H

#include <stddef.h>
#include <stdio.h>

#include "export.h"

TW_BEGIN_DECLS

enum { TW_JSON_DEPTH = 16 };

/* Zero it, set `out`. The other fields are the writer's own. */
typedef struct tw_json {
    FILE *out;
    int depth;                 /* levels that are open, at most TW_JSON_DEPTH */
    char close[TW_JSON_DEPTH]; /* what ends each of them */
    int filled[TW_JSON_DEPTH]; /* whether it has an entry */
} tw_json;

/* Begins an object or an array. `key`, here and below: NULL inside arrays and at the top. */
TW_API void tw_json_object(tw_json *writer, const char *key);
TW_API void tw_json_array(tw_json *writer, const char *key);
/* Ends the innermost object or array; a newline after the outermost. */
TW_API void tw_json_end(tw_json *writer);

/* The shortest decimal number that reads back as `value`, null where it is not finite; a whole
 * number; true, or false for 0. */
TW_API void tw_json_number(tw_json *writer, const char *key, double value);
TW_API void tw_json_count(tw_json *writer, const char *key, unsigned long long value);
TW_API void tw_json_bool(tw_json *writer, const char *key, int value);
/* NULL becomes null; bytes that are not UTF-8 become U+FFFD. What a terminal would obey (control
 * characters, marks of direction) is written as \uXXXX. */
TW_API void tw_json_text(tw_json *writer, const char *key, const char *value);
/* An array of numbers. */
TW_API void tw_json_numbers(tw_json *writer, const char *key, size_t count, const double *values);

/* The shortest decimal that reads back as the same double, into `out` of `size` >= 32 bytes, which
 * is returned. */
TW_API char *tw_shortest(double value, char *out, size_t size);

/* ---- text of others on a terminal ---- */

/* Prints names and texts that come out of files, for people: control characters (a line end is
 * one), marks that turn the direction of writing, and bytes that are not UTF-8 become '?'. */
TW_API void tw_print_visible(FILE *out, const char *text);
/* The same into `out` of `size` bytes, cut between letters; returns `out`. */
TW_API char *tw_visible(const char *text, char *out, size_t size);

TW_END_DECLS

#endif
