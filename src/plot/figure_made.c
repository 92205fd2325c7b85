/* Which pictures are ours: PNG says so in a text chunk before its image. */
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "thalweg/plot.h"

/* Reads a chunk's length and type; 0 at the end, or before what cannot be a chunk. */
static int next_chunk(FILE *stream, uint32_t *length, char type[5]) {
    unsigned char head[8];
    if (fread(head, 1, sizeof head, stream) != sizeof head)
        return 0;
    *length = (uint32_t)head[0] << 24 | (uint32_t)head[1] << 16 | (uint32_t)head[2] << 8 | head[3];
    memcpy(type, head + 4, 4);
    type[4] = '\0';
    return *length <= INT32_MAX;
}

static int names_us(FILE *stream, uint32_t length) {
    static const char text[] = "Software\0\0\0\0\0thalweg"; /* as append_itxt writes it */
    char found[sizeof text - 1];
    return length == sizeof found && fread(found, 1, sizeof found, stream) == sizeof found &&
           memcmp(found, text, sizeof found) == 0;
}

int tw_plot_made(const char *path) {
    enum { CHUNKS = 16 };
    char head[8], type[5];
    uint32_t length;
    FILE *stream = fopen(path, "rbe");
    int made = 0;
    if (stream == NULL)
        return 0;
    if (fread(head, 1, sizeof head, stream) == sizeof head &&
        memcmp(head, "\x89PNG\r\n\x1a\n", sizeof head) == 0)
        for (int k = 0; k < CHUNKS && !made && next_chunk(stream, &length, type); k++) {
            long after = ftell(stream) + (long)length + 4; /* its checksum */
            made = strcmp(type, "iTXt") == 0 && names_us(stream, length);
            if (strcmp(type, "IDAT") == 0 || fseek(stream, after, SEEK_SET) != 0)
                break;
        }
    fclose(stream);
    return made;
}
