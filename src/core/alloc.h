/* alloc.h: allocation with checked sizes, for every file of the library. */
#ifndef TW_CORE_ALLOC_H
#define TW_CORE_ALLOC_H

#include <stddef.h>

/* count * size zeroed bytes, aligned to 64 (a cache line, the widest vector), or NULL if the
 * product overflows or memory is out. count or size 0 gives a valid block. Release with free(). */
void *tw_alloc(size_t count, size_t size);

/* The same, not zeroed. */
void *tw_alloc_raw(size_t count, size_t size);

/* Whether so many bytes are left to be had. Asked before calls of libraries that crash or exit
 * where memory is out (HDF5, libarchive); what they take in one go is to be asked for. */
int tw_memory_left(size_t bytes);

/* The memory of this machine in bytes; SIZE_MAX where that is not known. What is more than that is
 * refused before it is asked for: the system would promise it, and end the program later. */
size_t tw_memory_of_machine(void);

/* What those libraries take at most for themselves: measured, 2 MB for a small file and their
 * tables, and twice that to be safe. */
enum { TW_LIBRARY_ROOM = 4 << 20 };

/* A copy of a string, or NULL. */
char *tw_strdup(const char *text);

/* A string of so many bytes that have no 0 at their end, or NULL. `bytes` may be NULL if there are
 * none. */
char *tw_text_of_bytes(const void *bytes, size_t length);

#endif
