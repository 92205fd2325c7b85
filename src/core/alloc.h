/* alloc.h: allocation with checked sizes, for every file of the library. */
#ifndef TW_CORE_ALLOC_H
#define TW_CORE_ALLOC_H

#include <stddef.h>

/* count * size zeroed bytes, aligned to 64 (a cache line, the widest vector), or NULL if the
 * product overflows or memory is out. count or size 0 gives a valid block. Release with free(). */
void *tw_alloc(size_t count, size_t size);

/* The same, not zeroed. */
void *tw_alloc_raw(size_t count, size_t size);

/* A copy of a string, or NULL. */
char *tw_strdup(const char *text);

#endif
