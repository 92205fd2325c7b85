/* cli_json.h: JSON out. Numbers are the shortest that read back the same; JSON has no word for NaN
 * and infinity, so those become null. `key` is NULL inside arrays. */
#ifndef THALWEG_CLI_JSON_H
#define THALWEG_CLI_JSON_H

#include <stddef.h>
#include <stdio.h>

enum { JSON_DEPTH = 16 };

/* Zero it, set `out`. */
typedef struct json {
    FILE *out;
    int depth;
    char close[JSON_DEPTH]; /* what ends each open level */
    int filled[JSON_DEPTH]; /* whether the level has an entry */
} json;

void json_object(json *writer, const char *key);
void json_array(json *writer, const char *key);
/* Ends the innermost object or array; a newline after the outermost. */
void json_end(json *writer);

void json_number(json *writer, const char *key, double value);
void json_count(json *writer, const char *key, unsigned long long value);
void json_bool(json *writer, const char *key, int value);
/* NULL becomes null; bytes that are not UTF-8 become U+FFFD. */
void json_text(json *writer, const char *key, const char *value);
/* An array of numbers. */
void json_numbers(json *writer, const char *key, size_t count, const double *values);

#endif
