#include "format/json_pull.h"

#include <stdlib.h>
#include <string.h>

static void fault(tw_json_pull *json, const char *what) {
    if (json->fault == NULL)
        json->fault = what;
}

/* The next character behind blanks, or -1. */
static int peek(tw_json_pull *json) {
    while (json->position < json->size && strchr(" \t\r\n", json->text[json->position]) != NULL &&
           json->text[json->position] != '\0')
        json->position++;
    return json->fault == NULL && json->position < json->size
               ? (unsigned char)json->text[json->position]
               : -1;
}

int tw_json_pull_takes(tw_json_pull *json, char what) {
    if (peek(json) != (unsigned char)what)
        return 0;
    json->position++;
    return 1;
}

void tw_json_pull_expect(tw_json_pull *json, char what) {
    static const struct {
        char what;
        const char *missing;
    } known[] = {{'{', "no object where one should be"}, {'[', "no list where one should be"},
                 {':', "a name without a value"},        {'"', "no string where one should be"},
                 {']', "a list that does not end"},      {',', "a comma is missing"}};
    if (tw_json_pull_takes(json, what))
        return;
    for (size_t k = 0; k < sizeof known / sizeof *known; k++)
        if (known[k].what == what)
            fault(json, known[k].missing);
}

int tw_json_pull_more(tw_json_pull *json, char end, int *first) {
    if (tw_json_pull_takes(json, end))
        return 0;
    if (!*first)
        tw_json_pull_expect(json, ',');
    *first = 0;
    if (json->fault == NULL && peek(json) < 0)
        fault(json, "an object or a list that does not end");
    return json->fault == NULL;
}

/* ---- strings ---- */

static uint32_t hex(tw_json_pull *json) {
    uint32_t value = 0;
    for (int k = 0; k < 4; k++) {
        char c = json->position < json->size ? json->text[json->position++] : '\0';
        int digit = c >= '0' && c <= '9'   ? c - '0'
                    : c >= 'a' && c <= 'f' ? c - 'a' + 10
                    : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                           : -1;
        if (digit < 0)
            fault(json, "an escape that is none");
        value = value << 4 | (uint32_t)(digit & 15);
    }
    return value;
}

/* A character of two halves where the first says so. */
static uint32_t unicode(tw_json_pull *json) {
    uint32_t code = hex(json);
    if (code < 0xd800 || code > 0xdfff)
        return code;
    uint32_t low = 0;
    if (json->size - json->position >= 2 && json->text[json->position] == '\\' &&
        json->text[json->position + 1] == 'u') {
        json->position += 2;
        low = hex(json);
    }
    if (code > 0xdbff || low < 0xdc00 || low > 0xdfff)
        fault(json, "half a character");
    return 0x10000 + ((code & 0x3ff) << 10) + (low & 0x3ff);
}

static size_t put(char *out, size_t at, uint32_t code) {
    if (code < 0x80)
        out[at++] = (char)code;
    else if (code < 0x800) {
        out[at++] = (char)(0xc0 | code >> 6);
        out[at++] = (char)(0x80 | (code & 0x3f));
    } else if (code < 0x10000) {
        out[at++] = (char)(0xe0 | code >> 12);
        out[at++] = (char)(0x80 | (code >> 6 & 0x3f));
        out[at++] = (char)(0x80 | (code & 0x3f));
    } else {
        out[at++] = (char)(0xf0 | code >> 18);
        out[at++] = (char)(0x80 | (code >> 12 & 0x3f));
        out[at++] = (char)(0x80 | (code >> 6 & 0x3f));
        out[at++] = (char)(0x80 | (code & 0x3f));
    }
    return at;
}

static uint32_t escape(tw_json_pull *json) {
    static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
    char c = json->position < json->size ? json->text[json->position++] : '\0';
    const char *known = c != '\0' ? strchr(from, c) : NULL;
    if (c == 'u')
        return unicode(json);
    if (known == NULL)
        fault(json, "an escape that is none");
    return known != NULL ? (uint32_t)to[known - from] : 1;
}

/* Where the string ends: at a quote that is no escape. */
static size_t length_of(const tw_json_pull *json) {
    size_t at = json->position;
    while (at < json->size && json->text[at] != '"')
        at += json->text[at] == '\\' ? 2 : 1;
    return at - json->position;
}

char *tw_json_pull_string(tw_json_pull *json) {
    tw_json_pull_expect(json, '"');
    if (json->fault != NULL)
        return NULL;
    char *out = malloc(length_of(json) + 4); /* escapes are longer than what they stand for */
    size_t at = 0;
    if (out == NULL)
        fault(json, "not enough memory");
    while (json->fault == NULL && json->position < json->size &&
           json->text[json->position] != '"') {
        unsigned char c = (unsigned char)json->text[json->position++];
        uint32_t code = c == '\\' ? escape(json) : c;
        if (code == 0 || (c < 0x20 && c != '\\'))
            fault(json, "a control character in a string");
        else if (c == '\\')
            at = put(out, at, code);
        else
            out[at++] = (char)c;
    }
    if (!tw_json_pull_takes(json, '"'))
        fault(json, "a string that does not end");
    if (json->fault != NULL) {
        free(out);
        return NULL;
    }
    out[at] = '\0';
    return out;
}

/* ---- numbers, and the rest ---- */

uint64_t tw_json_pull_whole(tw_json_pull *json) {
    uint64_t value = 0;
    size_t digits = 0;
    for (int c = peek(json); c >= '0' && c <= '9' && json->fault == NULL; digits++) {
        if (__builtin_mul_overflow(value, (uint64_t)10, &value) ||
            __builtin_add_overflow(value, (uint64_t)(c - '0'), &value))
            fault(json, "a number of more than 64 bits");
        json->position++;
        c = json->position < json->size ? json->text[json->position] : -1;
    }
    if (digits == 0)
        fault(json, "no whole number where one should be");
    return json->fault == NULL ? value : 0;
}

/* Brackets are counted, not matched: what is passed over need only end. */
void tw_json_pull_skip(tw_json_pull *json) {
    size_t depth = 0;
    do {
        int c = peek(json);
        if (c < 0) {
            fault(json, "a value that does not end");
            return;
        }
        if (c == '"')
            free(tw_json_pull_string(json));
        else if (c == '{' || c == '[')
            depth++, json->position++;
        else if (c == '}' || c == ']') {
            if (depth == 0) {
                fault(json, "a value is missing");
                return;
            }
            depth--, json->position++;
        } else
            json->position++;
        c = peek(json);
        if (depth == 0 && (c == ',' || c == '}' || c == ']' || c < 0))
            return;
    } while (json->fault == NULL);
}

void tw_json_pull_end(tw_json_pull *json) {
    if (peek(json) >= 0)
        fault(json, "more behind the end");
}
