/* fuzz_archive.c: .npz archives as surfaces, directions and weights. */
#include <stdio.h>
#include <unistd.h>

#include "fuzz_input.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    char path[64]; /* weights are told by the ending */
    snprintf(path, sizeof path, "/dev/shm/thalweg-fuzz-%ld.npz", (long)getpid());
    FILE *file = fopen(path, "wb");
    if (file == NULL || fwrite(data, 1, size, file) != size || fclose(file) != 0)
        abort();
    fuzz_results(path);
    unlink(path);
    return 0;
}
