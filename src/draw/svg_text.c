#include "draw/svg_text.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/plain.h"

/* Drawn here with DejaVu Sans, which many systems have, as does this library; Verdana has its
 * proportions. */
static const char FAMILY[] = "DejaVu Sans, Bitstream Vera Sans, Verdana, Arial, sans-serif";
/* Of marks; Cairo leaves out what is below 1/256. */
static const double OPACITY = 0.00423;
static const char OPACITY_TEXT[] = "0.00423";

typedef struct element {
    tw_bytes *out;
    int failed;
} element;

static void add_run(void *user, const char *run, double x, double y, double size, double width) {
    element *e = user;
    e->failed |= tw_bytes_print(e->out, "<tspan x=\"%.6g\" y=\"%.6g\"", x, y);
    /* the width holds where another font takes its place */
    e->failed |= tw_bytes_print(e->out,
                                " font-size=\"%.6g\" textLength=\"%.6g\" "
                                "lengthAdjust=\"spacingAndGlyphs\">",
                                size, width);
    e->failed |= tw_bytes_escaped(e->out, run);
    e->failed |= tw_bytes_text(e->out, "</tspan>");
}

static unsigned byte_of(double share) {
    return (unsigned)lround(255 * share);
}

/* The element in the coordinates of the page: the text runs from (0, 0). */
static int add_element(tw_bytes *out, cairo_t *cr, const tw_font *font, const char *text,
                       const tw_text_style *style) {
    cairo_matrix_t m;
    element e = {out, 0};
    cairo_get_matrix(cr, &m);
    e.failed |= tw_bytes_print(out, "<text xml:space=\"preserve\" font-family=\"%s\"", FAMILY);
    e.failed |= tw_bytes_print(out, " fill=\"#%02x%02x%02x\"", byte_of(style->ink.r),
                               byte_of(style->ink.g), byte_of(style->ink.b));
    e.failed |= tw_bytes_print(out, " transform=\"matrix(%.6g %.6g %.6g %.6g %.7g %.7g)\">", m.xx,
                               m.yx, m.xy, m.yy, m.x0, m.y0);
    tw_text_runs(font, text, style->size, add_run, &e);
    return e.failed | tw_bytes_text(out, "</text>\n");
}

static int note_start(tw_svg_texts *texts) {
    if (texts->count == texts->capacity) {
        size_t capacity = 2 * texts->capacity + 64;
        size_t *bigger = reallocarray(texts->start, capacity, sizeof *bigger);
        if (bigger == NULL)
            return -1;
        texts->start = bigger;
        texts->capacity = capacity;
    }
    texts->start[texts->count++] = texts->markup.size;
    return 0;
}

void tw_svg_text_draw(tw_svg_texts *texts, cairo_t *cr, const tw_font *font, double x, double y,
                      const char *text, const tw_text_style *style) {
    if (text == NULL || *text == '\0' || texts->failed)
        return;
    cairo_save(cr);
    tw_text_place(cr, font, x, y, text, style);
    size_t index = texts->count;
    texts->failed =
        note_start(texts) != 0 || add_element(&texts->markup, cr, font, text, style) != 0;
    cairo_set_source_rgba(cr, (double)(index >> 16) / 255, (double)(index >> 8 & 255) / 255,
                          (double)(index & 255) / 255, OPACITY);
    /* as large as the text, so that it is clipped away as a whole or not at all */
    cairo_new_path(cr);
    cairo_rectangle(cr, 0, -style->size, tw_text_width(font, text, style->size), style->size);
    cairo_fill(cr);
    cairo_restore(cr);
}

/* The number that a mark's colour, "rgb(0%,0%,1.5%)", stands for; -1: this is no mark. */
static long number_of(const char *from, const char *end, size_t count) {
    const char *opacity = memmem(from, (size_t)(end - from), OPACITY_TEXT, strlen(OPACITY_TEXT));
    const char *color = memmem(from, (size_t)(end - from), "rgb(", 4);
    long number = 0;
    if (opacity == NULL || color == NULL)
        return -1;
    color += 4;
    for (int k = 0; k < 3; k++) {
        char *rest;
        number = number << 8 | lround(tw_plain_read(color, &rest) * 2.55);
        color = rest + strspn(rest, "%, ");
    }
    return number >= 0 && (size_t)number < count ? number : -1;
}

int tw_svg_texts_insert(const tw_svg_texts *texts, const char *page, size_t size, tw_bytes *out) {
    const char *end = page + size, *from = page;
    int failed = texts->failed ? -1 : 0;
    for (const char *p = page; failed == 0;) {
        const char *path = memmem(p, (size_t)(end - p), "<path ", 6);
        const char *close = path != NULL ? memmem(path, (size_t)(end - path), "/>\n", 3) : NULL;
        if (close == NULL)
            break;
        p = close + 3;
        /* attributes of a mark are short, and data of long paths are not searched */
        const char *stop = close - path > 400 ? path + 400 : close;
        long k = number_of(path, stop, texts->count);
        if (k < 0)
            continue;
        size_t last = (size_t)k + 1 < texts->count ? texts->start[k + 1] : texts->markup.size;
        failed |= tw_bytes_add(out, from, (size_t)(path - from));
        failed |= tw_bytes_add(out, texts->markup.data + texts->start[k], last - texts->start[k]);
        from = p;
    }
    return failed | tw_bytes_add(out, from, (size_t)(end - from));
}

void tw_svg_texts_release(tw_svg_texts *texts) {
    free(texts->markup.data);
    free(texts->start);
    memset(texts, 0, sizeof *texts);
}
