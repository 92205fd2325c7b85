/* A page of characters as lines of text, with the escape codes of colours where it has any. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "draw/cell_dots.h"
#include "draw/cell_text.h"
#include "draw/cells.h"

/* What a cell shows. Colours are 0xRRGGBB, or one of these. */
enum { OWN = -1, FAINT = -2 }; /* the terminal's own; a grey that is seen on light and on dark */

typedef struct look {
    uint32_t code;
    int ink, ground;
} look;

typedef struct writer {
    const tw_cells *cells;
    const tw_cell_dots *dots;
    tw_bytes *out;
    int ink, ground; /* that the terminal is set to */
    int lost;        /* no memory for all */
} writer;

static int packed(tw_rgb c) {
    return (int)lround(255 * c.r) << 16 | (int)lround(255 * c.g) << 8 | (int)lround(255 * c.b);
}

/* Greys of texts and frames are the terminal's, whose ground is not always known. */
static int ink_of(const tw_cells *cells, tw_rgb c) {
    double high = fmax(c.r, fmax(c.g, c.b)), low = fmin(c.r, fmin(c.g, c.b));
    if (high - low > 0.08)
        return packed(c);
    return (cells->dark ? low > 0.6 : high < 0.45) ? OWN : FAINT;
}

/* A half of a cell of the pictures; -1: nothing. */
static int half_of(const tw_cells *cells, int column, int half_row) {
    const unsigned char *data = cairo_image_surface_get_data(cells->pictures);
    size_t stride = (size_t)cairo_image_surface_get_stride(cells->pictures);
    uint32_t pixel = ((const uint32_t *)(const void *)(data + (size_t)half_row * stride))[column];
    return pixel >> 24 < 128 ? OWN : (int)(pixel & 0xffffff);
}

static int channel(int color, int shift) {
    return color >> shift & 255;
}

static int mean(int a, int b) {
    if (a < 0 || b < 0)
        return a < 0 ? b : a;
    int sum = 0;
    for (int shift = 0; shift <= 16; shift += 8)
        sum |= (channel(a, shift) + channel(b, shift)) / 2 << shift;
    return sum;
}

static double lightness(int color) {
    return (0.2126 * channel(color, 16) + 0.7152 * channel(color, 8) + 0.0722 * channel(color, 0)) /
           255;
}

/* Without colours the maps are grey, whose ends are 24 and 246 (colormap.c). */
static uint32_t ramp(int color) {
    static const char steps[] = ".:-=+*#%@";
    double level = (255 * lightness(color) - 24) / (246 - 24);
    int last = (int)sizeof steps - 2, at = (int)(fmin(fmax(level, 0), 1) * (last + 1));
    return (uint32_t)steps[at > last ? last : at];
}

static uint32_t mark(const tw_cells *cells, unsigned mask) {
    if (!cells->terminal.ascii)
        return 0x2800 + mask;
    unsigned upper = mask & (1 | 2 | 8 | 16), lower = mask & (4 | 32 | 64 | 128);
    return upper != 0 && lower != 0 ? '*' : upper != 0 ? '\'' : '.';
}

static look blocks(const tw_cells *cells, int upper, int lower) {
    if (upper < 0 && lower < 0)
        return (look){' ', OWN, OWN};
    if (!tw_cells_have_colors(&cells->terminal))
        return (look){ramp(mean(upper, lower)), OWN, OWN};
    if (cells->terminal.ascii)
        return (look){' ', OWN, mean(upper, lower)};
    if (upper < 0)
        return (look){0x2584, lower, OWN};
    return upper == lower ? (look){' ', OWN, upper} : (look){0x2580, upper, lower};
}

static look look_at(const writer *w, int column, int row) {
    const tw_cells *cells = w->cells;
    const tw_cell *cell = &cells->cell[row * cells->columns + column];
    int upper = half_of(cells, column, 2 * row), lower = half_of(cells, column, 2 * row + 1);
    int ground = tw_cells_have_colors(&cells->terminal) ? mean(upper, lower) : OWN;
    tw_rgb ink;
    if (cell->code != 0) {
        int own = ink_of(cells, cell->ink);
        if (ground >= 0 && own < 0)
            own = lightness(ground) > 0.45 ? 0 : 0xffffff;
        return (look){cell->code, own, ground};
    }
    unsigned mask = tw_cell_dots_mask(w->dots, column, row, &ink);
    if (mask == 0)
        return blocks(cells, upper, lower);
    return (look){mark(cells, mask), ground < 0 ? ink_of(cells, ink) : packed(ink), ground};
}

/* ---- escape codes ---- */

/* The nearest of the cube of 6 x 6 x 6 and of the 24 greys. */
static int of_256(int color) {
    static const int steps[] = {0, 95, 135, 175, 215, 255};
    int index = 16, away = 0, grey = 0, level, grey_away = 0;
    for (int shift = 16; shift >= 0; shift -= 8) {
        int c = channel(color, shift), best = 0;
        for (int k = 1; k < 6; k++)
            if (abs(c - steps[k]) < abs(c - steps[best]))
                best = k;
        index += best * (shift == 16 ? 36 : shift == 8 ? 6 : 1);
        away += (c - steps[best]) * (c - steps[best]);
        grey += c;
    }
    level = (int)fmin(23, fmax(0, round((grey / 3.0 - 8) / 10)));
    for (int shift = 0; shift <= 16; shift += 8)
        grey_away +=
            (channel(color, shift) - 8 - 10 * level) * (channel(color, shift) - 8 - 10 * level);
    return grey_away < away ? 232 + level : index;
}

static void add(writer *w, const char *text) {
    w->lost |= tw_bytes_text(w->out, text) != 0;
}

static void say_color(writer *w, int color, int ground) {
    char text[32];
    if (color == OWN)
        snprintf(text, sizeof text, "\033[%dm", ground ? 49 : 39);
    else if (color == FAINT)
        snprintf(text, sizeof text, "\033[38;5;244m");
    else if (w->cells->terminal.colors == TW_COLORS_24_BIT)
        snprintf(text, sizeof text, "\033[%d;2;%d;%d;%dm", ground ? 48 : 38, channel(color, 16),
                 channel(color, 8), channel(color, 0));
    else
        snprintf(text, sizeof text, "\033[%d;5;%dm", ground ? 48 : 38, of_256(color));
    add(w, text);
}

static void say_code(writer *w, uint32_t code) {
    char text[5] = {0};
    if (code < 0x80) {
        text[0] = (char)code;
    } else if (w->cells->terminal.ascii) {
        add(w, tw_cell_text_ascii(code));
        return;
    } else if (code < 0x800) {
        text[0] = (char)(0xc0 | code >> 6);
        text[1] = (char)(0x80 | (code & 63));
    } else if (code < 0x10000) {
        text[0] = (char)(0xe0 | code >> 12);
        text[1] = (char)(0x80 | (code >> 6 & 63));
        text[2] = (char)(0x80 | (code & 63));
    } else {
        text[0] = (char)(0xf0 | code >> 18);
        text[1] = (char)(0x80 | (code >> 12 & 63));
        text[2] = (char)(0x80 | (code >> 6 & 63));
        text[3] = (char)(0x80 | (code & 63));
    }
    add(w, text);
}

static void say(writer *w, look l) {
    int colors = tw_cells_have_colors(&w->cells->terminal);
    if (colors && l.code != ' ' && l.ink != w->ink)
        say_color(w, w->ink = l.ink, 0);
    if (colors && l.ground != w->ground)
        say_color(w, w->ground = l.ground, 1);
    if (l.code != TW_CELL_TAIL)
        say_code(w, l.code);
    else if (w->cells->terminal.ascii)
        say_code(w, '?'); /* as its first column: no line may shift */
}

static void say_row(writer *w, int row) {
    int end = w->cells->columns;
    while (end > 0) {
        look last = look_at(w, end - 1, row);
        if (last.code != ' ' || last.ground != OWN)
            break;
        end--;
    }
    for (int column = 0; column < end; column++)
        say(w, look_at(w, column, row));
    if (w->ink != OWN || w->ground != OWN)
        add(w, "\033[0m");
    w->ink = w->ground = OWN;
    add(w, "\n");
}

cairo_status_t tw_cells_write(const tw_cells *cells, tw_bytes *out) {
    tw_cell_dots dots = {0};
    if (tw_cell_dots_of(cells, &dots) != TW_OK)
        return CAIRO_STATUS_NO_MEMORY;
    cairo_surface_flush(cells->pictures);
    writer w = {.cells = cells, .dots = &dots, .out = out, .ink = OWN, .ground = OWN};
    for (int row = 0; row < cells->rows; row++)
        say_row(&w, row);
    tw_cell_dots_release(&dots);
    return w.lost ? CAIRO_STATUS_NO_MEMORY : CAIRO_STATUS_SUCCESS;
}
