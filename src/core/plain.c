#include "core/plain.h"

#include <stdio.h>
#include <stdlib.h>

/* The libraries of GNU and musl hand out one static object for "C" as a whole: this is as cheap as
 * a variable, cannot run out of memory, and leaves nothing to free. */
static locale_t plain_locale(void) {
    return newlocale(LC_ALL_MASK, "C", (locale_t)0);
}

locale_t tw_plain_enter(void) {
    locale_t plain = plain_locale();
    return plain != (locale_t)0 ? uselocale(plain) : uselocale((locale_t)0);
}

void tw_plain_leave(locale_t before) {
    uselocale(before);
}

int tw_plain_vprint(char *out, size_t size, const char *format, va_list arguments) {
    locale_t before = tw_plain_enter();
    int length = vsnprintf(out, size, format, arguments);
    tw_plain_leave(before);
    return length;
}

int tw_plain_print(char *out, size_t size, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    int length = tw_plain_vprint(out, size, format, arguments);
    va_end(arguments);
    return length;
}

double tw_plain_read(const char *text, char **end) {
    return strtod_l(text, end, plain_locale());
}
