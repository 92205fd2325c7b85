#include "core/base64.h"

#include <stdint.h>

void tw_base64(size_t count, const unsigned char *bytes, char *text) {
    static const char letters[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    for (size_t k = 0; k < count; k += 3) {
        size_t left = count - k;
        uint32_t three = (uint32_t)bytes[k] << 16 | (left > 1 ? (uint32_t)bytes[k + 1] << 8 : 0) |
                         (left > 2 ? bytes[k + 2] : 0);
        *text++ = letters[three >> 18];
        *text++ = letters[three >> 12 & 63];
        *text++ = left > 1 ? letters[three >> 6 & 63] : '=';
        *text++ = left > 2 ? letters[three & 63] : '=';
    }
    *text = '\0';
}
