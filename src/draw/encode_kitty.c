#include "draw/encode_kitty.h"

#include <stdio.h>
#include <stdlib.h>

#include "core/base64.h"
#include "draw/encode.h"

enum { PIECE = 4096, PIECE_BYTES = PIECE / 4 * 3 };

cairo_status_t tw_encode_kitty(cairo_surface_t *surface, double dpi, const tw_figure *figure,
                               tw_bytes *out) {
    tw_bytes png = {0};
    char text[TW_BASE64_ROOM(PIECE_BYTES)], head[64];
    cairo_status_t status = tw_encode_png(surface, &png, dpi, figure);
    int failed = status == CAIRO_STATUS_SUCCESS ? 0 : -1;
    for (size_t at = 0; at < png.size && failed == 0; at += PIECE_BYTES) {
        size_t left = png.size - at, size = left < PIECE_BYTES ? left : PIECE_BYTES;
        tw_base64(size, png.data + at, text);
        /* a: send and show; f: PNG; q: no answer; m: more comes */
        snprintf(head, sizeof head, "\033_G%sm=%d;", at == 0 ? "a=T,f=100,q=2," : "q=2,",
                 left > size);
        failed = tw_bytes_text(out, head) | tw_bytes_text(out, text) | tw_bytes_text(out, "\033\\");
    }
    free(png.data);
    failed = failed == 0 ? tw_bytes_text(out, "\n") : failed;
    return status != CAIRO_STATUS_SUCCESS || failed == 0 ? status : CAIRO_STATUS_NO_MEMORY;
}
