/* fail_alloc.c: to be loaded in front of the tool (LD_PRELOAD). Of the allocations of main and what
 * it calls, number FAIL_AT (from 1) answers that memory is out, and all after it if FAIL_ON is set.
 * At the end FAIL_COUNT names a file for their number. */
#include <dlfcn.h>
#include <errno.h>
#include <execinfo.h>
#include <fcntl.h>
#include <malloc.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *block, size_t size);
void *__libc_memalign(size_t alignment, size_t size);

static atomic_int armed;
static atomic_ulong seen;
static unsigned long failing;
static int on;

/* Who asked for it, where somebody wants to know. */
static void trace(void) {
    const char *path = getenv("FAIL_TRACE");
    void *frames[40];
    int to = path != NULL ? open(path, O_WRONLY | O_CREAT | O_TRUNC, 0644) : -1;
    if (to < 0)
        return;
    armed = 0;
    backtrace_symbols_fd(frames, backtrace(frames, 40), to);
    close(to);
    armed = 1;
}

static int fails(void) {
    if (!armed)
        return 0;
    unsigned long number = atomic_fetch_add(&seen, 1) + 1;
    if (failing == 0 || number < failing || (number > failing && !on))
        return 0;
    if (number == failing)
        trace();
    errno = ENOMEM;
    return 1;
}

void *malloc(size_t size) {
    return fails() ? NULL : __libc_malloc(size);
}

void *calloc(size_t count, size_t size) {
    return fails() ? NULL : __libc_calloc(count, size);
}

void *realloc(void *block, size_t size) {
    return fails() ? NULL : __libc_realloc(block, size);
}

void *memalign(size_t alignment, size_t size) {
    return fails() ? NULL : __libc_memalign(alignment, size);
}

void *aligned_alloc(size_t alignment, size_t size) {
    return fails() ? NULL : __libc_memalign(alignment, size);
}

int posix_memalign(void **out, size_t alignment, size_t size) {
    void *block = fails() ? NULL : __libc_memalign(alignment, size);
    if (block == NULL)
        return ENOMEM;
    *out = block;
    return 0;
}

/* ---- from main on: what the loader and initialisers ask for is not the tool's ---- */

static int (*tool)(int, char **, char **);

static void count(void) {
    armed = 0;
    const char *path = getenv("FAIL_COUNT");
    FILE *file = path != NULL ? fopen(path, "w") : NULL;
    if (file == NULL)
        return;
    fprintf(file, "%lu\n", (unsigned long)seen);
    fclose(file);
}

static int counted_main(int argc, char **argv, char **environment) {
    const char *at = getenv("FAIL_AT");
    void *frame;
    failing = at != NULL ? strtoul(at, NULL, 10) : 0;
    on = getenv("FAIL_ON") != NULL;
    backtrace(&frame, 1); /* loads what it needs */
    atexit(count);
    armed = 1;
    return tool(argc, argv, environment);
}

int __libc_start_main(int (*main)(int, char **, char **), int argc, char **argv,
                      void (*begin)(void), void (*end)(void), void (*loader)(void), void *stack);
int __libc_start_main(int (*main)(int, char **, char **), int argc, char **argv,
                      void (*begin)(void), void (*end)(void), void (*loader)(void), void *stack) {
    __typeof__(&__libc_start_main) start;
    *(void **)&start = dlsym(RTLD_NEXT, "__libc_start_main");
    tool = main;
    return start(counted_main, argc, argv, begin, end, loader, stack);
}
