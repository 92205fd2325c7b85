/* Text of others on a terminal. */
#include <string.h>

#include "core/letter.h"
#include "thalweg/json.h"

void tw_print_visible(FILE *out, const char *text) {
    for (size_t length; *text != '\0'; text += length > 0 ? length : 1) {
        int shown;
        length = tw_letter(text, &shown);
        if (shown)
            fwrite(text, 1, length, out);
        else
            fputc('?', out);
    }
}

char *tw_visible(const char *text, char *out, size_t size) {
    size_t used = 0;
    for (size_t length; *text != '\0'; text += length > 0 ? length : 1) {
        int shown;
        length = tw_letter(text, &shown);
        size_t bytes = shown ? length : 1;
        if (used + bytes >= size)
            break;
        memcpy(out + used, shown ? text : "?", bytes);
        used += bytes;
    }
    out[used] = '\0';
    return out;
}
