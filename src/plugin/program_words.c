/* program_words.c: what both ends of a conversation take for a name, a number and a double. */
#include <stdint.h>
#include <string.h>

#include "plugin/program_private.h"

enum { LONGEST_NAME = 64 };

int tw_program_is_name(const char *text) {
    return text[0] != '\0' && strlen(text) <= LONGEST_NAME &&
           text[strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                             "_.-")] == '\0';
}

size_t tw_program_whole(const char *text, size_t most) {
    size_t value = 0;
    for (; *text >= '0' && *text <= '9'; text++) {
        if (value > (most - 9) / 10)
            return 0;
        value = 10 * value + (size_t)(*text - '0');
    }
    return *text == '\0' ? value : 0;
}

void tw_program_little_endian(void *bytes, size_t count) {
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    for (size_t i = 0; i < count; i++) {
        uint64_t bits;
        memcpy(&bits, (char *)bytes + 8 * i, sizeof bits);
        bits = __builtin_bswap64(bits);
        memcpy((char *)bytes + 8 * i, &bits, sizeof bits);
    }
#endif
}
