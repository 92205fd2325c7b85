#include "draw/cell_dots.h"

#include <math.h>
#include <stdlib.h>

#include "core/alloc.h"

enum { SIDE = 4 }; /* pixels of a dot */

/* Less is nothing; a line that lies between two dots sets both; a fill covers all around it. */
static const float LEAST = 0.1f, SHARE = 0.5f, FILLED = 0.08f, SOLID = 0.6f;

typedef struct tw_cell_dot dot;

static void read_dot(const unsigned char *data, size_t stride, int x, int y, dot *out) {
    double a = 0, r = 0, g = 0, b = 0;
    for (int j = 0; j < SIDE; j++) {
        const uint32_t *row = (const uint32_t *)(const void *)(data + (size_t)(y + j) * stride) + x;
        for (int i = 0; i < SIDE; i++) { /* colours are multiplied by the alpha */
            a += row[i] >> 24;
            r += row[i] >> 16 & 255;
            g += row[i] >> 8 & 255;
            b += row[i] & 255;
        }
    }
    out->cover = (float)(a / (255.0 * SIDE * SIDE));
    if (a > 0) {
        out->r = (float)fmin(1, r / a);
        out->g = (float)fmin(1, g / a);
        out->b = (float)fmin(1, b / a);
    }
}

static int is_set(const tw_cell_dots *d, int x, int y) {
    float here = d->dot[y * d->across + x].cover, least = here, most = here;
    if (here < LEAST)
        return 0;
    for (int j = y > 0 ? y - 1 : 0; j <= y + 1 && j < d->down; j++)
        for (int i = x > 0 ? x - 1 : 0; i <= x + 1 && i < d->across; i++) {
            least = fminf(least, d->dot[j * d->across + i].cover);
            most = fmaxf(most, d->dot[j * d->across + i].cover);
        }
    if (least > FILLED && most < SOLID)
        return x % 2 == 0 && y % 2 == 0;
    return here >= SHARE * most;
}

tw_status tw_cell_dots_of(const tw_cells *cells, tw_cell_dots *out) {
    out->across = 2 * cells->columns;
    out->down = 4 * cells->rows;
    out->dot = tw_alloc((size_t)out->across * (size_t)out->down, sizeof *out->dot);
    if (out->dot == NULL)
        return tw_fail(TW_ERR_MEMORY, "not enough memory for a page of characters");
    cairo_surface_flush(cells->lines);
    const unsigned char *data = cairo_image_surface_get_data(cells->lines);
    size_t stride = (size_t)cairo_image_surface_get_stride(cells->lines);
    for (int y = 0; y < out->down; y++)
        for (int x = 0; x < out->across; x++)
            read_dot(data, stride, SIDE * x, SIDE * y, &out->dot[y * out->across + x]);
    for (int y = 0; y < out->down; y++)
        for (int x = 0; x < out->across; x++)
            out->dot[y * out->across + x].set = is_set(out, x, y);
    return TW_OK;
}

void tw_cell_dots_release(tw_cell_dots *dots) {
    free(dots->dot);
    *dots = (tw_cell_dots){0};
}

unsigned tw_cell_dots_mask(const tw_cell_dots *d, int column, int row, tw_rgb *ink) {
    static const unsigned bits[4][2] = {{1, 8}, {2, 16}, {4, 32}, {64, 128}};
    unsigned mask = 0, count = 0;
    *ink = (tw_rgb){0, 0, 0};
    for (int j = 0; j < 4; j++)
        for (int i = 0; i < 2; i++) {
            const dot *at = &d->dot[(4 * row + j) * d->across + 2 * column + i];
            if (!at->set)
                continue;
            mask |= bits[j][i];
            count++;
            ink->r += (double)at->r;
            ink->g += (double)at->g;
            ink->b += (double)at->b;
        }
    if (count > 0)
        *ink = (tw_rgb){ink->r / count, ink->g / count, ink->b / count};
    return mask;
}
