/* fuzz_surface.c: HDF5 files as surfaces, tables, projections, directions, weights, spectra,
 * trajectories and data, with a stand-in for the library (hdf5_stand_in.h): whatever it says of a
 * file, what is read must hold, and what was opened must be closed. */
#include <string.h>

#include "fuzz_input.h"
#include "hdf5_stand_in.h"

static void require(int condition) {
    if (!condition)
        abort();
}

static void check_trajectory(const char *path) {
    tw_trajectory *t = NULL;
    if (tw_trajectory_open(path, &t) != TW_OK) {
        require(t == NULL && tw_message()[0] != '\0');
        return;
    }
    size_t n = tw_space_size(tw_trajectory_space(t)), rows = tw_trajectory_rows(t);
    require(n > 0);
    double *x = malloc(n * sizeof *x);
    for (size_t row = 0; x != NULL && row < rows && row < 8; row++)
        if (tw_trajectory_read(t, row, x) == TW_OK)
            for (size_t k = 0; k < n; k++)
                require(x[k] - x[k] == 0);
    free(x);
    tw_trajectory_close(t);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    const uint8_t magic[] = "\x89HDF\r\n\x1a\n"; /* by which a file is HDF5 to us */
    uint8_t *whole = malloc(size + 8);
    require(whole != NULL);
    memcpy(whole, magic, 8);
    memcpy(whole + 8, data, size);
    const char *path = fuzz_file(0, whole, size + 8);
    tw_result_kind kind;
    stand_in_set(data, size);
    require(tw_result_kind_of(path, &kind) == TW_OK || tw_message()[0] != '\0');
    fuzz_results(path);
    check_trajectory(path);
    fuzz_open(path, size > 0 ? data[size - 1] : 0);
    require(stand_in_open() == 0);
    free(whole);
    return 0;
}
