/* Where the panels of a picture stand. */
#include "plot/panels.h"

#include <math.h>

/* Inches of a page for `columns` panels; what a panel needs of the width, in units. */
static const double PAGE_BASE = 1, PAGE_COLUMN = 2.1, PAGE_MOST = 7, LEAST_MAP = 95,
                    LEAST_SPACE = 140;
/* Before they are measured: what stands around a box; how high a map is over its width at most. */
static const double GUESS_SIDE = 22, GUESS_END = 16, MOST_HIGH = 1.6;
/* The same of a box in space, with its texts. */
static const double SPACE_SIDE = 44, SPACE_ENDS = 40;
static const double NAME = 11.5; /* room for the name of an axis: its gap and its text */

tw_frame *tw_panels_frame(const tw_panels *s, size_t index) {
    return s->space ? &s->view[index].frame : &s->map[index].frame;
}

static double aspect_of(const tw_panels *s) {
    double aspect = s->space ? 0.8 : 0;
    for (size_t p = 0; p < s->count && !s->space; p++)
        aspect = fmax(aspect, s->map[p].frame.aspect);
    return aspect;
}

static size_t usual_columns(size_t count) {
    return count <= 3 ? count : (size_t)ceil(sqrt((double)count));
}

/* As nearly square as the width allows; on a page of a given height as gives the largest panels. */
static void choose_columns(tw_panels *s, double width, double height) {
    size_t most = (size_t)fmax(1, width / (s->space ? LEAST_SPACE : LEAST_MAP));
    size_t best = usual_columns(s->count);
    double largest = 0, aspect = aspect_of(s);
    best = best > most ? most : best;
    for (size_t c = 1; height > 0 && c <= s->count; c++) {
        double rows = ceil((double)s->count / (double)c);
        double across = width / (double)c - (s->space ? SPACE_SIDE : GUESS_SIDE);
        double down = height / rows - (s->space ? SPACE_ENDS : 2 * GUESS_END);
        double size = fmin(across, down / aspect);
        if (size > 1.05 * largest) {
            largest = size;
            best = c;
        }
    }
    s->columns = best;
    s->rows = (s->count + best - 1) / best;
}

/* Only the panels at the left and those with none below have numbers on their axes. */
static void mute_inner(tw_panels *s) {
    for (size_t p = 0; p < s->count && s->joined; p++) {
        tw_frame *frame = tw_panels_frame(s, p);
        frame->left.mute = p % s->columns > 0;
        frame->bottom.mute = p + s->columns < s->count;
        frame->left.label = frame->bottom.label = NULL;
    }
}

/* The margins of columns and rows: the widest of their panels. */
typedef struct gutters {
    double left[TW_PANELS_MAX], right[TW_PANELS_MAX], top[TW_PANELS_MAX], bottom[TW_PANELS_MAX];
    double across, down; /* all of them */
} gutters;

static gutters guess_gutters(const tw_panels *s) {
    gutters g = {0};
    for (size_t k = 0; k < s->count; k++) {
        g.left[k] = GUESS_SIDE;
        g.top[k] = g.bottom[k] = GUESS_END;
    }
    g.across = (double)s->columns * GUESS_SIDE;
    g.down = (double)s->rows * 2 * GUESS_END;
    return g;
}

static gutters measure_gutters(const tw_panels *s) {
    gutters g = {0};
    for (size_t p = 0; p < s->count; p++) {
        const tw_margins *m = &tw_panels_frame(s, p)->margins;
        size_t c = p % s->columns, r = p / s->columns;
        g.left[c] = fmax(g.left[c], m->left);
        g.right[c] = fmax(g.right[c], m->right);
        g.top[r] = fmax(g.top[r], m->top);
        g.bottom[r] = fmax(g.bottom[r], m->bottom);
    }
    for (size_t c = 0; c < s->columns; c++)
        g.across += g.left[c] + g.right[c];
    for (size_t r = 0; r < s->rows; r++)
        g.down += g.top[r] + g.bottom[r];
    return g;
}

/* Frames in cells of such margins, with boxes of one size. */
static tw_status lay_out_frames(const tw_panels *s, const gutters *g, double w, double h) {
    tw_status status = TW_OK;
    for (size_t p = 0; p < s->count && status == TW_OK; p++) {
        tw_frame *frame = tw_panels_frame(s, p);
        size_t c = p % s->columns, r = p / s->columns;
        frame->least = (tw_margins){g->left[c], g->right[c], g->top[r], g->bottom[r]};
        status = tw_frame_lay_out(frame, s->canvas, g->left[c] + w + g->right[c],
                                  g->top[r] + h + g->bottom[r]);
    }
    return status;
}

/* Cells from (0, 0), whose boxes are w x h; `grid` is what they take together. */
static void place_cells(tw_panels *s, const gutters *g, double w, double h) {
    double y = 0;
    for (size_t r = 0; r < s->rows; r++) {
        double x = 0, high = g->top[r] + h + g->bottom[r];
        for (size_t c = 0; c < s->columns; c++) {
            double wide = g->left[c] + w + g->right[c];
            if (r * s->columns + c < s->count)
                s->cell[r * s->columns + c] = (tw_rect){x, y, wide, high};
            x += wide;
        }
        y += high;
        s->grid = (tw_rect){g->left[0], g->top[0], x - g->left[0] - g->right[s->columns - 1],
                            y - g->top[0] - g->bottom[r]};
    }
}

/* Room that all cells take, from (0, 0). */
static void extent_of(const tw_panels *s, double *width, double *height) {
    *width = *height = 0;
    for (size_t p = 0; p < s->count; p++) {
        *width = fmax(*width, s->cell[p].x + s->cell[p].w);
        *height = fmax(*height, s->cell[p].y + s->cell[p].h);
    }
}

static tw_status lay_out_maps(tw_panels *s, double width, double height) {
    double aspect = aspect_of(s);
    gutters g = guess_gutters(s);
    for (int round = 0; round < 4; round++) {
        double w = (width - g.across) / (double)s->columns;
        double h = w * fmin(aspect, MOST_HIGH);
        if (height > 0)
            h = fmin((height - g.down) / (double)s->rows, w * aspect);
        w = fmin(w, h / aspect);
        tw_status status = lay_out_frames(s, &g, w, h);
        if (status != TW_OK)
            return status;
        place_cells(s, &g, w, h);
        g = measure_gutters(s);
    }
    return TW_OK;
}

/* Views of one size, as large as fits into the cells of all. */
static tw_status fit_views(tw_panels *s, double width, double height) {
    double wide = width / (double)s->columns, high = 0, scale = HUGE_VAL;
    tw_status status = TW_OK;
    for (size_t p = 0; p < s->count && status == TW_OK; p++) {
        tw_view3d_thin(&s->view[p], wide);
        status = tw_view3d_lay_out(&s->view[p], wide, 0);
        high = fmax(high, s->view[p].frame.height);
    }
    if (height > 0)
        high = fmin(high, height / (double)s->rows);
    for (size_t p = 0; p < s->count && status == TW_OK; p++) {
        status = tw_view3d_lay_out(&s->view[p], wide, high);
        scale = fmin(scale, s->view[p].scale);
    }
    for (size_t p = 0; p < s->count && status == TW_OK; p++) {
        tw_view3d_rescale(&s->view[p], scale);
        s->cell[p] =
            (tw_rect){(double)(p % s->columns) * wide, (double)(p / s->columns) * high, wide, high};
    }
    s->grid = (tw_rect){0, 0, width, (double)s->rows * high};
    return status;
}

/* Heights have numbers in all views or in none, the bar having them too. */
static tw_status lay_out_views(tw_panels *s, double width, double height) {
    tw_status status = fit_views(s, width, height);
    size_t named = 0;
    for (size_t p = 0; p < s->count; p++)
        named += tw_view3d_has_height(&s->view[p]) ? 1 : 0;
    if (status != TW_OK || named == 0 || named == s->count)
        return status;
    for (size_t p = 0; p < s->count; p++)
        tw_view3d_drop_height(&s->view[p]);
    return fit_views(s, width, height);
}

/* Moves the cells into the box of the page, which shrinks to them so that the bar stands near. */
static void settle(tw_panels *s, double name) {
    tw_rect *box = &s->page.box;
    double width, height, pixel = tw_canvas_pixel(s->canvas);
    extent_of(s, &width, &height);
    box->x += fmax(0, (box->w - name - width) / 2);
    box->w = width + name;
    double x = box->x + name, y = box->y + fmax(0, (box->h - name - height) / 2);
    if (pixel > 0) { /* so that images keep their pixels */
        x = round(x / pixel) * pixel;
        y = round(y / pixel) * pixel;
    }
    s->grid.x += x;
    s->grid.y += y;
    for (size_t p = 0; p < s->count; p++) {
        tw_rect *cell = &s->cell[p];
        cell->x += x;
        cell->y += y;
        if (pixel > 0) {
            cell->x = round(cell->x / pixel) * pixel;
            cell->y = round(cell->y / pixel) * pixel;
        }
    }
    s->page.bar_top = s->grid.y - box->y;
    s->page.bar_bottom = box->y + box->h - s->grid.y - s->grid.h;
}

tw_status tw_panels_lay_out(tw_panels *s) {
    double inches = PAGE_BASE + PAGE_COLUMN * (double)usual_columns(s->count);
    double width = tw_canvas_width(s->canvas, fmin(inches, PAGE_MOST));
    double height = tw_canvas_given_height(s->canvas), name = s->joined ? NAME : 0;
    s->page.bare = 1;
    s->page.bar = &s->bar;
    s->page.bar_share = s->space ? TW_VIEW3D_BAR : 0;
    s->page.aspect = height > 0 ? 0 : 0.6;
    for (int round = 0; round < 3; round++) {
        tw_status status = tw_frame_lay_out(&s->page, s->canvas, width, height);
        if (status != TW_OK)
            return status;
        double across = s->page.box.w - name, down = height > 0 ? s->page.box.h - name : 0;
        if (round == 0) {
            choose_columns(s, across, down);
            mute_inner(s);
        }
        status = s->space ? lay_out_views(s, across, down) : lay_out_maps(s, across, down);
        if (status != TW_OK)
            return status;
        double wide, high;
        extent_of(s, &wide, &high);
        if (height <= 0)
            s->page.aspect = (high + name) / s->page.box.w;
        settle(s, name);
    }
    return TW_OK;
}
