/* bytes.h: a file that grows in memory. */
#ifndef TW_DRAW_BYTES_H
#define TW_DRAW_BYTES_H

#include <stddef.h>

#include "thalweg/status.h"

/* Zero it; data is to be freed. */
typedef struct tw_bytes {
    unsigned char *data;
    size_t size, capacity;
} tw_bytes;

/* 0, or -1 where memory is out and nothing was added. */
int tw_bytes_add(tw_bytes *bytes, const void *data, size_t size);
int tw_bytes_text(tw_bytes *bytes, const char *text);
int tw_bytes_print(tw_bytes *bytes, const char *format, ...) TW_PRINTF(2, 3);
/* As the content of an element of XML; what XML cannot hold is a space or '?'. */
int tw_bytes_escaped(tw_bytes *bytes, const char *text);

#endif
