#include "draw/bytes.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "core/plain.h"
#include "draw/text.h"

int tw_bytes_add(tw_bytes *bytes, const void *data, size_t size) {
    if (bytes->capacity - bytes->size < size) {
        size_t capacity = 2 * bytes->capacity + size + 4096;
        unsigned char *bigger = realloc(bytes->data, capacity);
        if (bigger == NULL)
            return -1;
        bytes->data = bigger;
        bytes->capacity = capacity;
    }
    if (size > 0)
        memcpy(bytes->data + bytes->size, data, size);
    bytes->size += size;
    return 0;
}

int tw_bytes_text(tw_bytes *bytes, const char *text) {
    return tw_bytes_add(bytes, text, strlen(text));
}

int tw_bytes_print(tw_bytes *bytes, const char *format, ...) {
    char text[512];
    va_list arguments;
    va_start(arguments, format);
    tw_plain_vprint(text, sizeof text, format, arguments);
    va_end(arguments);
    return tw_bytes_text(bytes, text);
}

int tw_bytes_escaped(tw_bytes *bytes, const char *text) {
    char *clean = tw_text_clean(text);
    int failed = clean == NULL ? -1 : 0;
    for (const char *p = clean; p != NULL && *p != '\0' && failed == 0; p++) {
        const char *escape = *p == '<' ? "&lt;" : *p == '>' ? "&gt;" : *p == '&' ? "&amp;" : NULL;
        failed = escape != NULL ? tw_bytes_text(bytes, escape) : tw_bytes_add(bytes, p, 1);
    }
    free(clean);
    return failed;
}
