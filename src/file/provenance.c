#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "core/plain.h"
#include "file/file_kind.h"

tw_status tw_provenance_add(tw_provenance *provenance, const char *key, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    char *text = NULL;
    locale_t before = tw_plain_enter();
    int length = vasprintf(&text, format, arguments);
    tw_plain_leave(before);
    va_end(arguments);
    char *key_copy = tw_strdup(key);
    size_t count = provenance->count + 1;
    char **keys = realloc(provenance->keys, count * sizeof *keys);
    if (keys != NULL)
        provenance->keys = keys;
    char **texts = realloc(provenance->texts, count * sizeof *texts);
    if (texts != NULL)
        provenance->texts = texts;
    if (length < 0 || key_copy == NULL || keys == NULL || texts == NULL) {
        free(length < 0 ? NULL : text);
        free(key_copy);
        return tw_fail(TW_ERR_MEMORY, "not enough memory for '%s'", key);
    }
    keys[provenance->count] = key_copy;
    texts[provenance->count] = text;
    provenance->count = count;
    return TW_OK;
}

const char *tw_provenance_get(const tw_provenance *provenance, const char *key) {
    for (size_t k = 0; k < provenance->count; k++)
        if (strcmp(provenance->keys[k], key) == 0)
            return provenance->texts[k];
    return NULL;
}

void tw_provenance_release(tw_provenance *provenance) {
    for (size_t k = 0; k < provenance->count; k++) {
        free(provenance->keys[k]);
        free(provenance->texts[k]);
    }
    free(provenance->keys);
    free(provenance->texts);
    memset(provenance, 0, sizeof *provenance);
}

uint64_t tw_provenance_hash(size_t count, const double *values) {
    uint64_t hash = 0xcbf29ce484222325u;
    for (size_t i = 0; i < count; i++) {
        uint64_t bits;
        memcpy(&bits, &values[i], sizeof bits);
        for (unsigned shift = 0; shift < 64; shift += 8)
            hash = (hash ^ (bits >> shift & 0xff)) * 0x100000001b3u;
    }
    return hash;
}

/* ---- as text ---- */

static void put_line(FILE *stream, const char *text) {
    for (; *text != '\0'; text++)
        fputc(*text == '\n' || *text == '\r' ? ' ' : *text, stream);
}

void tw_provenance_put_text(FILE *stream, const char *kind, const tw_provenance *provenance) {
    fputs(TW_TABLE_MARK, stream);
    put_line(stream, kind);
    fputc('\n', stream);
    for (size_t k = 0; provenance != NULL && k < provenance->count; k++) {
        fputs("# ", stream);
        put_line(stream, provenance->keys[k]);
        fputs(": ", stream);
        put_line(stream, provenance->texts[k]);
        fputc('\n', stream);
    }
}

tw_status tw_provenance_add_line(tw_provenance *provenance, const char *line) {
    const char *colon = strstr(line, ": ");
    if (strncmp(line, "# ", 2) != 0 || colon == NULL || colon - line < 3)
        return TW_OK;
    char *key = strndup(line + 2, (size_t)(colon - line - 2));
    tw_status status = key != NULL ? tw_provenance_add(provenance, key, "%s", colon + 2)
                                   : tw_fail(TW_ERR_MEMORY, "not enough memory for a text");
    free(key);
    return status;
}
