#include "report/cli_whole.h"

#include <stdlib.h>
#include <string.h>
#include <sys/types.h>

static ssize_t add(void *cookie, const char *bytes, size_t count) {
    whole_text *whole = cookie;
    if (whole->room - whole->size <= count) {
        size_t room = 2 * (whole->size + count) + 4096;
        char *text = realloc(whole->text, room);
        if (text == NULL) {
            whole->lost = 1;
            return 0;
        }
        whole->text = text;
        whole->room = room;
    }
    memcpy(whole->text + whole->size, bytes, count);
    whole->size += count;
    whole->text[whole->size] = '\0';
    return (ssize_t)count;
}

FILE *whole_open(whole_text *whole) {
    *whole = (whole_text){0};
    return fopencookie(whole, "w", (cookie_io_functions_t){.write = add});
}

int whole_close(FILE *stream, whole_text *whole) {
    return fclose(stream) != 0 || whole->lost ? -1 : 0;
}
