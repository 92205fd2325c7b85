/* fuzz_array.c: the arrays and weights that users hand over, .npy and .npz. */
#include <stdio.h>
#include <unistd.h>

#include "fuzz_input.h"

/* Arrays are told by the ending of their name, so the file in memory gets one. */
static const char *named(const char *path, const char *ending) {
    static char name[64];
    snprintf(name, sizeof name, "/dev/shm/thalweg-fuzz-%ld%s", (long)getpid(), ending);
    unlink(name);
    return symlink(path, name) == 0 ? name : path;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    int zip = size > 0 && data[0] == 'P';
    const char *path = named(fuzz_file(0, data, size), zip ? ".npz" : ".npy");
    tw_array array = {0};
    if (tw_array_read(path, NULL, &array) == TW_OK) {
        size_t count = 1;
        for (int i = 0; i < array.rank; i++)
            count *= array.shape[i];
        if (count != array.count)
            abort();
    }
    tw_array_release(&array);
    if (tw_array_read(path, "X", &array) != TW_OK && tw_message()[0] == '\0')
        abort();
    tw_array_release(&array);
    unlink(path);
    return 0;
}
