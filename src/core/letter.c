#include "core/letter.h"

#include <stdint.h>

/* C0 and C1; the Arabic letter mark, marks and overrides of direction, ends of line and paragraph,
 * and the byte-order mark. */
static int is_shown(uint32_t code) {
    static const uint32_t hidden[][2] = {{0, 0x1f},        {0x7f, 0x9f},     {0x61c, 0x61c},
                                         {0x200e, 0x200f}, {0x2028, 0x202e}, {0x2066, 0x2069},
                                         {0xfeff, 0xfeff}};
    for (size_t k = 0; k < sizeof hidden / sizeof hidden[0]; k++)
        if (code >= hidden[k][0] && code <= hidden[k][1])
            return 0;
    return 1;
}

size_t tw_letter(const char *text, int *shown) {
    const unsigned char *at = (const unsigned char *)text;
    size_t length = at[0] < 0x80                    ? 1
                    : at[0] >= 0xC2 && at[0] < 0xE0 ? 2
                    : at[0] >= 0xE0 && at[0] < 0xF0 ? 3
                    : at[0] >= 0xF0 && at[0] < 0xF5 ? 4
                                                    : 0;
    uint32_t code = length < 2 ? at[0] : at[0] & (0x7fu >> length);
    *shown = 0;
    for (size_t i = 1; i < length; i++) {
        if ((at[i] & 0xC0) != 0x80)
            return 0;
        code = code << 6 | (at[i] & 0x3fu);
    }
    int overlong = (length == 3 && code < 0x800) || (length == 4 && code < 0x10000);
    int surrogate = code >= 0xD800 && code < 0xE000;
    if (length == 0 || overlong || surrogate || code > 0x10FFFF)
        return 0;
    *shown = is_shown(code);
    return length;
}
