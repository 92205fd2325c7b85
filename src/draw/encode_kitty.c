#include "draw/encode_kitty.h"

#include <stdio.h>
#include <stdlib.h>

#include "draw/encode.h"

enum { PIECE = 4096, PIECE_BYTES = PIECE / 4 * 3 };

/* `size` bytes, at most PIECE_BYTES; the length. */
static size_t base64(const unsigned char *data, size_t size, char *out) {
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    size_t at = 0;
    for (size_t i = 0; i < size; i += 3) {
        size_t left = size - i;
        unsigned bits = (unsigned)data[i] << 16 | (left > 1 ? (unsigned)data[i + 1] << 8 : 0) |
                        (left > 2 ? data[i + 2] : 0);
        out[at++] = digits[bits >> 18];
        out[at++] = digits[bits >> 12 & 63];
        out[at++] = left > 1 ? digits[bits >> 6 & 63] : '=';
        out[at++] = left > 2 ? digits[bits & 63] : '=';
    }
    return at;
}

cairo_status_t tw_encode_kitty(cairo_surface_t *surface, double dpi, const tw_figure *figure,
                               tw_bytes *out) {
    tw_bytes png = {0};
    char text[PIECE], head[64];
    cairo_status_t status = tw_encode_png(surface, &png, dpi, figure);
    int failed = status == CAIRO_STATUS_SUCCESS ? 0 : -1;
    for (size_t at = 0; at < png.size && failed == 0; at += PIECE_BYTES) {
        size_t left = png.size - at, size = left < PIECE_BYTES ? left : PIECE_BYTES;
        size_t length = base64(png.data + at, size, text);
        /* a: send and show; f: PNG; q: no answer; m: more comes */
        snprintf(head, sizeof head, "\033_G%sm=%d;", at == 0 ? "a=T,f=100,q=2," : "q=2,",
                 left > size);
        failed = tw_bytes_text(out, head) | tw_bytes_add(out, text, length) |
                 tw_bytes_text(out, "\033\\");
    }
    free(png.data);
    failed = failed == 0 ? tw_bytes_text(out, "\n") : failed;
    return status != CAIRO_STATUS_SUCCESS || failed == 0 ? status : CAIRO_STATUS_NO_MEMORY;
}
