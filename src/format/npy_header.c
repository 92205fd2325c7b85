#include "format/npy_header.h"

#include <stdio.h>
#include <string.h>

enum { TEXT_MAX = 1 << 12 /* characters of a text in an array */ };

/* The header is a Python dictionary as text: {'descr': '<f8', 'fortran_order': False, 'shape': (3,
 * 4), }. */
typedef struct reader {
    const char *at, *end;
} reader;

static tw_status fail(const char *what) {
    return tw_fail(TW_ERR_FORMAT, "npy header: %s", what);
}

/* ---- words ---- */

static void skip_space(reader *r) {
    while (r->at < r->end && (*r->at == ' ' || *r->at == '\n' || *r->at == '\t' || *r->at == '\r'))
        r->at++;
}

/* Passes `c` if it is next. */
static int accept(reader *r, char c) {
    skip_space(r);
    if (r->at == r->end || *r->at != c)
        return 0;
    r->at++;
    return 1;
}

static int accept_word(reader *r, const char *word) {
    skip_space(r);
    size_t length = strlen(word);
    if ((size_t)(r->end - r->at) < length || memcmp(r->at, word, length) != 0)
        return 0;
    r->at += length;
    return 1;
}

/* A quoted text without escapes, cut to the room there is; 0 if there is none. */
static int accept_text(reader *r, char *out, size_t room) {
    skip_space(r);
    if (r->at == r->end || (*r->at != '\'' && *r->at != '"'))
        return 0;
    char quote = *r->at++;
    size_t length = 0;
    for (; r->at < r->end && *r->at != quote; r->at++)
        if (length + 1 < room)
            out[length++] = *r->at >= ' ' && *r->at < 0x7f ? *r->at : '?';
    out[length] = '\0';
    return accept(r, quote);
}

static int accept_number(reader *r, size_t *out) {
    skip_space(r);
    const char *start = r->at;
    *out = 0;
    for (; r->at < r->end && *r->at >= '0' && *r->at <= '9'; r->at++)
        if (__builtin_mul_overflow(*out, (size_t)10, out) ||
            __builtin_add_overflow(*out, (size_t)(*r->at - '0'), out))
            return 0;
    int digits = r->at > start;
    if (digits)
        accept(r, 'L'); /* Python 2 */
    return digits;
}

/* ---- entries ---- */

static tw_status fail_type(const char *text) {
    return tw_fail(
        TW_ERR_FORMAT,
        "npy header: numbers of type '%s' are not read; save bool, integers or floats of "
        "2, 4 or 8 bytes",
        text);
}

tw_status tw_npy_header_numbers(const tw_number *number) {
    char text[32];
    if (tw_number_valid(number))
        return TW_OK;
    snprintf(text, sizeof text, "%c%zu", number->kind,
             number->kind == 'U' ? number->item / 4 : number->item);
    return fail_type(text);
}

static int is_text(const tw_number *number) {
    return (number->kind == 'U' || number->kind == 'S') && number->item > 0;
}

static tw_status read_descr(reader *r, tw_npy_header *out) {
    char text[16];
    skip_space(r);
    if (r->at < r->end && *r->at == '[')
        return fail("structured arrays are not read; save one array of numbers");
    if (!accept_text(r, text, sizeof text))
        return fail("'descr' is not a text");
    const char *name = text;
    int order = strchr("<>=|", *name) != NULL && *name != '\0' ? *name++ : '=';
    const uint16_t one = 1;
    int big_here = *(const uint8_t *)&one == 0;
    out->number.big = order == '>' || (order == '=' && big_here);
    out->number.kind = name[0] != '\0' ? name[0] : '?';
    if (strcmp(name, "O") == 0)
        return fail("Python objects are not read; save numbers, or text with dtype=str");
    if (strcmp(name, "?") == 0) {
        out->number.kind = 'b';
        out->number.item = 1;
    } else if (name[0] != '\0') {
        reader digits = {name + 1, name + strlen(name)};
        if (!accept_number(&digits, &out->number.item) || digits.at != digits.end ||
            out->number.item > TEXT_MAX)
            out->number.item = 0;
    }
    if (out->number.kind == 'U')
        out->number.item *= 4;
    return tw_number_valid(&out->number) || is_text(&out->number) ? TW_OK : fail_type(text);
}

static tw_status read_order(reader *r, tw_npy_header *out) {
    if (accept_word(r, "True"))
        out->fortran = 1;
    else if (!accept_word(r, "False"))
        return fail("'fortran_order' is neither True nor False");
    return TW_OK;
}

static tw_status read_shape(reader *r, tw_npy_header *out) {
    if (!accept(r, '('))
        return fail("'shape' is not a tuple");
    while (!accept(r, ')')) {
        if (out->rank == TW_NPY_RANK)
            return fail("more than 8 dimensions");
        if (!accept_number(r, &out->shape[out->rank]))
            return fail("'shape' is not a tuple of whole numbers");
        out->rank++;
        if (!accept(r, ',') && (r->at == r->end || *r->at != ')'))
            return fail("'shape' is not a tuple of whole numbers");
    }
    return TW_OK;
}

static const struct entry {
    const char *key;
    tw_status (*read)(reader *r, tw_npy_header *out);
} entries[] = {{"descr", read_descr}, {"fortran_order", read_order}, {"shape", read_shape}};
enum { ENTRIES = sizeof entries / sizeof *entries };

static tw_status read_entry(reader *r, unsigned *seen, tw_npy_header *out) {
    char key[32];
    if (!accept_text(r, key, sizeof key) || !accept(r, ':'))
        return fail("not a dictionary");
    for (unsigned i = 0; i < ENTRIES; i++)
        if (strcmp(key, entries[i].key) == 0) {
            if (*seen & 1u << i)
                return tw_fail(TW_ERR_FORMAT, "npy header: '%s' appears twice", key);
            *seen |= 1u << i;
            return entries[i].read(r, out);
        }
    return tw_fail(TW_ERR_FORMAT, "npy header: unknown entry '%s'", key);
}

/* ---- the header ---- */

tw_status tw_npy_header_size(const uint8_t *prefix, size_t available, size_t *size) {
    *size = 0;
    if (available < TW_NPY_PREFIX)
        return fail("the file is cut short");
    if (memcmp(prefix, "\x93NUMPY", 6) != 0)
        return fail("the file does not begin as .npy files do");
    if (prefix[6] < 1 || prefix[6] > 3)
        return tw_fail(TW_ERR_FORMAT, "npy header: version %d is not known", prefix[6]);
    size_t length = (size_t)prefix[8] | (size_t)prefix[9] << 8;
    size_t start = 10;
    if (prefix[6] > 1) {
        length |= (size_t)prefix[10] << 16 | (size_t)prefix[11] << 24;
        start = 12;
    }
    if (start + length > TW_NPY_MAX_SIZE || start + length < TW_NPY_PREFIX)
        return tw_fail(TW_ERR_FORMAT, "npy header: a header of %zu bytes", length);
    *size = start + length;
    return TW_OK;
}

tw_status tw_npy_header_parse(const uint8_t *header, size_t size, tw_npy_header *out) {
    memset(out, 0, sizeof *out);
    tw_status status = tw_npy_header_size(header, size, &out->offset);
    if (status == TW_OK && out->offset != size)
        status = fail("the file is cut short");
    if (status != TW_OK)
        return status;
    reader r = {(const char *)header + (header[6] > 1 ? 12 : 10), (const char *)header + size};
    if (!accept(&r, '{'))
        return fail("not a dictionary");
    unsigned seen = 0;
    while (!accept(&r, '}')) {
        status = read_entry(&r, &seen, out);
        if (status != TW_OK)
            return status;
        if (!accept(&r, ',') && (r.at == r.end || *r.at != '}'))
            return fail("not a dictionary");
    }
    if (seen != (1u << ENTRIES) - 1)
        return fail("one of 'descr', 'fortran_order' and 'shape' is missing");
    out->count = 1;
    for (int i = 0; i < out->rank; i++)
        if (__builtin_mul_overflow(out->count, out->shape[i], &out->count))
            return fail("the shape is larger than any memory");
    if (__builtin_mul_overflow(out->count, out->number.item, &out->bytes))
        return fail("the shape is larger than any memory");
    return TW_OK;
}
