#include "draw/encode_sixel.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"

/* Colours are counted in bins of 32 x 32 x 32; a box is some of them. */
enum { SIDE = 32, BINS = SIDE * SIDE * SIDE, COLORS = 256, ROWS = 6 };

typedef struct bin {
    uint32_t count, sum[3];
} bin;

typedef struct box {
    int low[3], high[3]; /* both within it */
    uint64_t count;
} box;

typedef struct palette {
    bin *bins;
    uint8_t *place; /* of the colour of each bin */
    int count;
    box boxes[COLORS];
} palette;

static int bin_of(uint32_t pixel) {
    return (int)((pixel >> 19 & 31) << 10 | (pixel >> 11 & 31) << 5 | (pixel >> 3 & 31));
}

static bin *bin_at(const palette *p, int r, int g, int b) {
    return &p->bins[r << 10 | g << 5 | b];
}

static const uint32_t *row_of(cairo_surface_t *surface, int y) {
    const unsigned char *data = cairo_image_surface_get_data(surface);
    size_t stride = (size_t)cairo_image_surface_get_stride(surface);
    return (const uint32_t *)(const void *)(data + (size_t)y * stride);
}

/* ---- the palette ---- */

/* Shrinks a box to the bins that have pixels, and counts these. */
static void shrink(const palette *p, box *b) {
    box tight = {.low = {SIDE, SIDE, SIDE}, .high = {-1, -1, -1}};
    for (int r = b->low[0]; r <= b->high[0]; r++)
        for (int g = b->low[1]; g <= b->high[1]; g++)
            for (int u = b->low[2]; u <= b->high[2]; u++) {
                const int at[3] = {r, g, u};
                uint32_t count = bin_at(p, r, g, u)->count;
                tight.count += count;
                for (int k = 0; k < 3 && count > 0; k++) {
                    tight.low[k] = at[k] < tight.low[k] ? at[k] : tight.low[k];
                    tight.high[k] = at[k] > tight.high[k] ? at[k] : tight.high[k];
                }
            }
    *b = tight;
}

static int longest(const box *b) {
    int axis = 1; /* green is seen best */
    for (int k = 0; k < 3; k++)
        if (b->high[k] - b->low[k] > b->high[axis] - b->low[axis])
            axis = k;
    return axis;
}

/* How much is gained by a cut: long boxes first, and those of many pixels. */
static double gain(const box *b) {
    int axis = longest(b), length = b->high[axis] - b->low[axis];
    return length == 0 ? 0 : (double)length * length * (double)(b->count + 20);
}

static uint64_t slice_count(const palette *p, const box *b, int axis, int at) {
    uint64_t count = 0;
    box thin = *b;
    thin.low[axis] = thin.high[axis] = at;
    for (int r = thin.low[0]; r <= thin.high[0]; r++)
        for (int g = thin.low[1]; g <= thin.high[1]; g++)
            for (int u = thin.low[2]; u <= thin.high[2]; u++)
                count += bin_at(p, r, g, u)->count;
    return count;
}

/* Cuts a box at the middle of its longest side, moved to where half of its pixels lie by half. */
static void cut(palette *p, box *b) {
    int axis = longest(b), at = b->low[axis];
    uint64_t below = 0;
    while (at < b->high[axis] && (below += slice_count(p, b, axis, at)) < b->count / 2)
        at++;
    at = (at + (b->low[axis] + b->high[axis]) / 2) / 2;
    at = at >= b->high[axis] ? b->high[axis] - 1 : at;
    box *upper = &p->boxes[p->count++];
    *upper = *b;
    b->high[axis] = at;
    upper->low[axis] = at + 1;
    shrink(p, b);
    shrink(p, upper);
}

static void make_palette(palette *p) {
    p->boxes[0] = (box){.high = {SIDE - 1, SIDE - 1, SIDE - 1}};
    p->count = 1;
    shrink(p, &p->boxes[0]);
    while (p->count < COLORS) {
        int best = 0;
        for (int k = 1; k < p->count; k++)
            if (gain(&p->boxes[k]) > gain(&p->boxes[best]))
                best = k;
        if (gain(&p->boxes[best]) <= 0)
            break;
        cut(p, &p->boxes[best]);
    }
    for (int k = 0; k < p->count; k++)
        for (int r = p->boxes[k].low[0]; r <= p->boxes[k].high[0]; r++)
            for (int g = p->boxes[k].low[1]; g <= p->boxes[k].high[1]; g++)
                memset(&p->place[r << 10 | g << 5 | p->boxes[k].low[2]], k,
                       (size_t)(p->boxes[k].high[2] - p->boxes[k].low[2] + 1));
}

static void count_colors(palette *p, cairo_surface_t *surface, int width, int height) {
    for (int y = 0; y < height; y++) {
        const uint32_t *row = row_of(surface, y);
        for (int x = 0; x < width; x++) {
            bin *at = &p->bins[bin_of(row[x])];
            at->count++;
            for (int k = 0; k < 3; k++)
                at->sum[k] += row[x] >> (16 - 8 * k) & 255;
        }
    }
}

/* ---- writing ---- */

/* Colours are per cent there. These answer 0, or -1 where memory is out. */
static int write_palette(const palette *p, tw_bytes *out) {
    int failed = 0;
    for (int k = 0; k < p->count && failed == 0; k++) {
        const box *b = &p->boxes[k];
        uint64_t sum[3] = {0};
        char text[48];
        for (int r = b->low[0]; r <= b->high[0]; r++)
            for (int g = b->low[1]; g <= b->high[1]; g++)
                for (int u = b->low[2]; u <= b->high[2]; u++)
                    for (int i = 0; i < 3; i++)
                        sum[i] += bin_at(p, r, g, u)->sum[i];
        int share[3];
        for (int i = 0; i < 3; i++)
            share[i] = (int)(((double)sum[i] / (double)b->count) / 2.55 + 0.5);
        snprintf(text, sizeof text, "#%d;2;%d;%d;%d", k, share[0], share[1], share[2]);
        failed = tw_bytes_text(out, text);
    }
    return failed;
}

/* Sixels of one colour: equal ones in a row are counted. */
static int write_runs(const char *sixels, int width, tw_bytes *out) {
    int failed = 0;
    int end = width;
    while (end > 0 && sixels[end - 1] == '?')
        end--;
    for (int x = 0, run; x < end && failed == 0; x += run) {
        char text[24];
        for (run = 1; x + run < end && sixels[x + run] == sixels[x];)
            run++;
        if (run > 3)
            snprintf(text, sizeof text, "!%d%c", run, sixels[x]);
        else
            snprintf(text, sizeof text, "%.*s", run, sixels + x);
        failed = tw_bytes_text(out, text);
    }
    return failed;
}

/* Six rows, a pass for every colour that they have. `sixels` has room for one a colour and column.
 */
static int write_band(const palette *p, cairo_surface_t *surface, int width, int height, int top,
                      char *sixels, tw_bytes *out) {
    uint8_t used[COLORS] = {0};
    int rows = height - top < ROWS ? height - top : ROWS, first = 1;
    memset(sixels, '?', (size_t)width * (size_t)p->count);
    for (int y = 0; y < rows; y++) {
        const uint32_t *row = row_of(surface, top + y);
        for (int x = 0; x < width; x++) {
            int color = p->place[bin_of(row[x])];
            char *at = &sixels[(size_t)color * (size_t)width + (size_t)x];
            *at = (char)('?' + ((*at - '?') | 1 << y));
            used[color] = 1;
        }
    }
    int failed = 0;
    for (int k = 0; k < p->count && failed == 0; k++) {
        char text[16];
        if (!used[k])
            continue;
        snprintf(text, sizeof text, "%s#%d", first ? "" : "$", k);
        first = 0;
        failed = tw_bytes_text(out, text);
        if (failed == 0)
            failed = write_runs(sixels + (size_t)k * (size_t)width, width, out);
    }
    return failed == 0 ? tw_bytes_text(out, "-") : failed;
}

cairo_status_t tw_encode_sixel(cairo_surface_t *surface, tw_bytes *out) {
    palette p = {.bins = tw_alloc(BINS, sizeof *p.bins), .place = tw_alloc(BINS, 1)};
    int width = cairo_image_surface_get_width(surface);
    int height = cairo_image_surface_get_height(surface);
    char *sixels = tw_alloc((size_t)width, COLORS), text[64];
    int failed = -1;
    if (p.bins != NULL && p.place != NULL && sixels != NULL) {
        cairo_surface_flush(surface);
        count_colors(&p, surface, width, height);
        make_palette(&p);
        /* square pixels; what is not painted stays */
        snprintf(text, sizeof text, "\033P0;1q\"1;1;%d;%d", width, height);
        failed = tw_bytes_text(out, text);
        if (failed == 0)
            failed = write_palette(&p, out);
        for (int top = 0; top < height && failed == 0; top += ROWS)
            failed = write_band(&p, surface, width, height, top, sixels, out);
        if (failed == 0)
            failed = tw_bytes_text(out, "\033\\\n");
    }
    free(p.bins);
    free(p.place);
    free(sixels);
    return failed == 0 ? CAIRO_STATUS_SUCCESS : CAIRO_STATUS_NO_MEMORY;
}
