#include "draw/caption.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "core/plain.h"

static const double LINE = 8.2, SIZE = 6.2, PATCH = 10, PATCH_HEIGHT = 5.2, SPACING = 2.4;
static const double LEAST_SHARE = 0.65; /* of its size to which a line is shrunk */

void tw_caption_add(tw_caption *caption, tw_hatch hatch, const char *format, ...) {
    if (caption->count == TW_CAPTION_LINES)
        return;
    va_list arguments;
    va_start(arguments, format);
    caption->line[caption->count].hatch = hatch;
    tw_plain_vprint(caption->line[caption->count++].text, TW_CAPTION_TEXT, format, arguments);
    va_end(arguments);
}

void tw_caption_missing(tw_caption *caption, size_t not_computed, size_t not_finite) {
    if (not_computed > 0)
        tw_caption_add(caption, TW_HATCH_NOT_COMPUTED, "%zu point%s not computed", not_computed,
                       not_computed == 1 ? "" : "s");
    if (not_finite > 0)
        tw_caption_add(caption, TW_HATCH_NOT_FINITE, "%zu value%s not finite (overflow or NaN)",
                       not_finite, not_finite == 1 ? "" : "s");
}

void tw_caption_left_out(tw_caption *caption, const tw_canvas *canvas) {
    if (canvas->left_out > 0 && canvas->ny > 1)
        tw_caption_add(caption, TW_HATCH_NONE,
                       "%zu of %zu points not computed yet: drawn from %zu x %zu", canvas->left_out,
                       canvas->points, canvas->nx, canvas->ny);
    else if (canvas->left_out > 0)
        tw_caption_add(caption, TW_HATCH_NONE, "%zu of %zu points not computed yet: drawn from %zu",
                       canvas->left_out, canvas->points, canvas->nx);
}

void tw_caption_interpolated(tw_caption *caption, size_t interpolated, size_t points) {
    if (interpolated > 0)
        tw_caption_add(caption, TW_HATCH_NONE, "%zu of %zu points interpolated", interpolated,
                       points);
}

static double indent_of(tw_hatch hatch) {
    return hatch != TW_HATCH_NONE ? PATCH + 4 : 0;
}

/* The last space before which the text fits, or NULL. */
static char *find_fold(char *text, const tw_font *font, double room) {
    char *fold = NULL;
    for (char *at = strchr(text, ' '); at != NULL; at = strchr(at + 1, ' ')) {
        *at = '\0';
        int fits = tw_text_width(font, text, SIZE) <= room;
        *at = ' ';
        if (!fits)
            break;
        fold = at;
    }
    return fold;
}

void tw_caption_fold(tw_caption *caption, const tw_font *font, double width) {
    for (int i = 0; i < caption->count && caption->count < TW_CAPTION_LINES; i++) {
        char *text = caption->line[i].text;
        double room = width - indent_of(caption->line[i].hatch);
        if (LEAST_SHARE * tw_text_width(font, text, SIZE) <= room)
            continue;
        char *fold = find_fold(text, font, room);
        if (fold == NULL)
            continue;
        memmove(&caption->line[i + 2], &caption->line[i + 1],
                (size_t)(caption->count - i - 1) * sizeof caption->line[0]);
        caption->line[i + 1].hatch = TW_HATCH_NONE;
        snprintf(caption->line[i + 1].text, TW_CAPTION_TEXT, "%s", fold + 1);
        *fold = '\0';
        caption->count++;
    }
}

double tw_caption_height(const tw_caption *caption) {
    return caption->count > 0 ? caption->count * LINE + 2 : 0;
}

void tw_caption_draw(tw_canvas *canvas, const tw_caption *caption, double x, double y,
                     double width) {
    for (int i = 0; i < caption->count; i++) {
        double base = y + 2 + (i + 0.75) * LINE, indent = indent_of(caption->line[i].hatch);
        if (caption->line[i].hatch != TW_HATCH_NONE) {
            cairo_rectangle(canvas->cr, x, base - PATCH_HEIGHT + 0.4, PATCH, PATCH_HEIGHT);
            tw_hatch_fill(canvas, caption->line[i].hatch);
        }
        double needed = tw_text_width(&canvas->font, caption->line[i].text, SIZE);
        tw_text_style style = {.size = SIZE * fmin(1, (width - indent) / needed), .ink = TW_INK};
        tw_canvas_text(canvas, x + indent, base, caption->line[i].text, &style);
    }
}

void tw_hatch_fill(tw_canvas *canvas, tw_hatch hatch) {
    cairo_t *cr = canvas->cr;
    double left, top, right, bottom;
    cairo_save(cr);
    cairo_clip(cr);
    cairo_clip_extents(cr, &left, &top, &right, &bottom);
    int crossed = hatch == TW_HATCH_NOT_FINITE;
    double ground = crossed ? 0.86 : 0.955, line = crossed ? 0.45 : 0.62;
    tw_canvas_ink(canvas, (tw_rgb){ground, ground, ground}, 1);
    cairo_paint(cr);
    tw_canvas_ink(canvas, (tw_rgb){line, line, line}, 1);
    cairo_set_line_width(cr, 0.4);
    /* lines x + y = k and, crossed, x - y = k, counted from the corner of the page so that
     * neighbouring areas match */
    for (int way = 0; way <= crossed; way++) {
        double low = way == 0 ? left + top : left - bottom;
        double high = way == 0 ? right + bottom : right - top;
        for (double k = ceil(low / SPACING / 1.4142) * SPACING * 1.4142; k <= high;
             k += SPACING * 1.4142) {
            cairo_move_to(cr, way == 0 ? k - top : k + top, top);
            cairo_line_to(cr, way == 0 ? k - bottom : k + bottom, bottom);
        }
    }
    cairo_stroke(cr);
    cairo_restore(cr);
}
