/* fuzz_torch.c: PyTorch's checkpoints, zip archives and the format before 1.6. */
#include "fuzz_input.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    fuzz_checkpoint(fuzz_file(0, data, size));
    return 0;
}
