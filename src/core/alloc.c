#include "core/alloc.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { ALIGNMENT = 64 };

void *tw_alloc_raw(size_t count, size_t size) {
    size_t bytes;
    if (__builtin_mul_overflow(count, size, &bytes) || bytes > SIZE_MAX - ALIGNMENT)
        return NULL;
    bytes = (bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    return aligned_alloc(ALIGNMENT, bytes > 0 ? bytes : ALIGNMENT);
}

void *tw_alloc(size_t count, size_t size) {
    void *block = tw_alloc_raw(count, size);
    if (block != NULL)
        memset(block, 0, count * size);
    return block;
}

/* Straight from the system: malloc would change its ways after a large block. */
int tw_memory_left(size_t bytes) {
    void *block = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    return block != MAP_FAILED && munmap(block, bytes) == 0;
}

size_t tw_memory_of_machine(void) {
    long pages = sysconf(_SC_PHYS_PAGES), page = sysconf(_SC_PAGESIZE);
    size_t bytes;
    if (pages <= 0 || page <= 0 || __builtin_mul_overflow((size_t)pages, (size_t)page, &bytes))
        return SIZE_MAX;
    return bytes;
}

char *tw_strdup(const char *text) {
    size_t length = strlen(text) + 1;
    char *copy = malloc(length);
    if (copy != NULL)
        memcpy(copy, text, length);
    return copy;
}

char *tw_text_of_bytes(const void *bytes, size_t length) {
    char *text = length < SIZE_MAX ? malloc(length + 1) : NULL;
    if (text == NULL)
        return NULL;
    if (length > 0)
        memcpy(text, bytes, length);
    text[length] = 0;
    return text;
}
