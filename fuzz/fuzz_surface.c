/* fuzz_surface.c: HDF5 files as surfaces, tables and weights. The HDF5 library parses first; what
 * it lets through must still hold. */
#include <stdio.h>
#include <unistd.h>

#include "fuzz_input.h"

/* HDF5 itself loses memory over some damaged files. */
const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void) {
    return "leak:libhdf5";
}

static void require(int condition) {
    if (!condition)
        abort();
}

static void check_surface(const char *path) {
    tw_surface surface;
    tw_provenance provenance = {0};
    tw_message_clear();
    if (tw_surface_read(path, &surface, &provenance) == TW_OK) {
        require(surface.nx > 0 && surface.ny > 0 && surface.metrics > 0);
        for (size_t p = 0; p < surface.nx * surface.ny; p++)
            require(surface.computed[p] <= 2);
        require(tw_surface_metric(&surface, surface.names[0]) == 0);
    } else
        require(tw_message()[0] != '\0' && surface.values == NULL);
    tw_surface_release(&surface);
    tw_provenance_release(&provenance);
}

static void check_table(const char *path) {
    tw_table table;
    if (tw_table_read(path, &table, NULL) == TW_OK)
        require(table.columns > 0);
    tw_table_release(&table);
}

static void check_weights(const char *path) {
    static tw_space *space;
    const tw_block blocks[] = {{.name = "W", .rank = 2, .shape = {2, 3}},
                               {.name = "b", .rank = 1, .shape = {3}}};
    double x[9];
    if (space == NULL)
        require(tw_space_new(&space) == TW_OK && tw_space_add(space, &blocks[0]) == TW_OK &&
                tw_space_add(space, &blocks[1]) == TW_OK);
    if (tw_weights_read(path, space, x) == TW_OK)
        for (int k = 0; k < 9; k++)
            require(x[k] - x[k] == 0);
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
    check_surface(path);
    check_table(path);
    check_weights(path);
    unlink(path);
    return 0;
}
