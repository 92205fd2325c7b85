/* fuzz_surface.c: HDF5 files as surfaces, tables, projections, directions and weights. The HDF5
 * library parses first; what it lets through must still hold. */
#include <stdio.h>
#include <unistd.h>

#include "fuzz_input.h"

/* HDF5 itself asks for any amount of memory over some damaged files, and loses some. */
const char *__asan_default_options(void);
const char *__asan_default_options(void) {
    return "allocator_may_return_null=1";
}

const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void) {
    return "leak:libhdf5";
}

static void require(int condition) {
    if (!condition)
        abort();
}

/* HDF5 follows links itself, so that a file in memory is none to it. */
static const char *write_file(const uint8_t *data, size_t size) {
    static char path[64];
    snprintf(path, sizeof path, "/dev/shm/thalweg-fuzz-%ld.h5", (long)getpid());
    FILE *file = fopen(path, "wb");
    require(file != NULL && fwrite(data, 1, size, file) == size && fclose(file) == 0);
    return path;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    const char *path = write_file(data, size);
    tw_result_kind kind;
    require(tw_result_kind_of(path, &kind) == TW_OK || tw_message()[0] != '\0');
    fuzz_results(path);
    unlink(path);
    return 0;
}
