/* weights_text.c: parameters as people type them, and as numpy.savetxt writes a vector. */
#include "file/weights_text.h"

#include <ctype.h>
#include <errno.h>
#include <locale.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "format/input.h"

int tw_is_weights_text(const char *path) {
    const char *dot = strrchr(path, '.');
    return dot != NULL && (strcasecmp(dot, ".txt") == 0 || strcasecmp(dot, ".csv") == 0);
}

static int is_separator(char c) {
    return c == ',' || c == ';' || isspace((unsigned char)c);
}

typedef struct text_reader {
    const char *path;
    size_t line, room;
    locale_t plain; /* in which 1.5 is a number, whatever the user's locale */
    tw_array *out;
} text_reader;

static tw_status add_number(text_reader *r, double value) {
    tw_array *out = r->out;
    if (out->count == r->room) {
        size_t more = r->room > 0 ? 2 * r->room : 64;
        double *values = reallocarray(out->values, more, sizeof *values);
        if (values == NULL)
            return tw_fail(TW_ERR_MEMORY, "'%s': not enough memory for %zu numbers", r->path, more);
        out->values = values;
        r->room = more;
    }
    out->values[out->count++] = value;
    return TW_OK;
}

static tw_status bad_word(const text_reader *r, const char *text, const char *word, size_t length) {
    return tw_fail(TW_ERR_FORMAT,
                   "'%s', line %zu, column %zu: '%.*s' is not a finite number; a point is one "
                   "number per line, or several separated by blanks or commas",
                   r->path, r->line, (size_t)(word - text) + 1, (int)(length < 40 ? length : 40),
                   word);
}

static tw_status read_line(text_reader *r, const char *text) {
    tw_status status = TW_OK;
    const char *at = text;
    while (status == TW_OK) {
        while (is_separator(*at))
            at++;
        if (*at == '\0' || *at == '#')
            break;
        size_t length = 0;
        while (at[length] != '\0' && !is_separator(at[length]))
            length++;
        char *end;
        double value = strtod_l(at, &end, r->plain);
        if (end != at + length || !isfinite(value))
            return bad_word(r, text, at, length);
        status = add_number(r, value);
        at += length;
    }
    return status;
}

static tw_status read_lines(text_reader *r, FILE *stream) {
    char *text = NULL;
    size_t size = 0;
    tw_status status = TW_OK;
    errno = 0;
    for (ssize_t length; status == TW_OK && (length = getline(&text, &size, stream)) >= 0;) {
        r->line++;
        if (memchr(text, '\0', (size_t)length) != NULL)
            status = tw_fail(TW_ERR_FORMAT, "'%s', line %zu: a byte of 0; it is not text", r->path,
                             r->line);
        else
            status = read_line(r, text);
    }
    if (status == TW_OK && !feof(stream))
        status = tw_fail(TW_ERR_IO, "cannot read '%s': %s", r->path, strerror(errno));
    if (status == TW_OK && r->out->count == 0)
        status = tw_fail(TW_ERR_FORMAT, "'%s' has no numbers", r->path);
    free(text);
    return status;
}

tw_status tw_weights_text_read(const char *path, tw_array *out) {
    text_reader r = {.path = path, .out = out};
    FILE *stream;
    tw_status status = tw_regular_stream(path, &stream);
    if (status != TW_OK)
        return status;
    r.plain = newlocale(LC_ALL_MASK, "C", (locale_t)0);
    status = r.plain != (locale_t)0 ? read_lines(&r, stream)
                                    : tw_fail(TW_ERR_MEMORY, "'%s': not enough memory", path);
    if (r.plain != (locale_t)0)
        freelocale(r.plain);
    fclose(stream);
    out->rank = 1;
    out->shape[0] = out->count;
    if (status != TW_OK)
        tw_array_release(out);
    return status;
}
