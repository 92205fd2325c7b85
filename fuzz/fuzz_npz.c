/* fuzz_npz.c: NumPy archives of samples and labels. The last byte chooses the options. */
#include "fuzz_input.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    if (size > 0)
        fuzz_open(fuzz_file(0, data, size - 1), data[size - 1]);
    return 0;
}
