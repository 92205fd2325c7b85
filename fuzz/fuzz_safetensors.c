/* fuzz_safetensors.c: the header, whose length is made to fit half of the time. */
#include <string.h>

#include "fuzz_input.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    uint8_t *copy = malloc(size + 1);
    if (copy == NULL)
        return 0;
    memcpy(copy, data, size);
    if (size > 9 && size < 1 << 16 && data[7] == 1) {
        const uint8_t *end = memrchr(data + 8, '}', size - 8);
        size_t length = end != NULL ? (size_t)(end - data) + 1 - 8 : size - 8;
        for (int k = 0; k < 8; k++)
            copy[k] = (uint8_t)(length >> (8 * k));
    }
    fuzz_checkpoint(fuzz_file(0, copy, size));
    free(copy);
    return 0;
}
