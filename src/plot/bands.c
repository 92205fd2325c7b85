/* The bands of curves: areas between two edges, or bars where the points stand alone. */
#include <math.h>

#include "plot/plot_private.h"

static const double EDGE = 0.5, CAP = 2.2, BAR = 0.8, SPACING = 2.6;

static double page_y(const tw_frame *frame, const tw_curve *curve, double value) {
    return curve->right ? tw_frame_right_y(frame, value) : tw_frame_y(frame, value);
}

static int is_there(const tw_frame *frame, const tw_curve *c, size_t i) {
    return i < c->count && tw_is_drawable(c->x[i]) && tw_is_drawable(c->low[i]) &&
           tw_is_drawable(c->high[i]) && (!frame->bottom.span.log || c->x[i] > 0);
}

/* Cairo's coordinates overflow beyond some millions: edges far outside are drawn at this distance.
 */
static double held(const tw_frame *frame, double y) {
    return fmin(fmax(y, frame->box.y - 50), frame->box.y + frame->box.h + 50);
}

static void trace_edge(cairo_t *cr, const tw_frame *frame, const tw_curve *c, size_t first,
                       size_t end, int high) {
    for (size_t k = first; k < end; k++) {
        size_t i = high ? end - 1 - (k - first) : k;
        cairo_line_to(cr, tw_frame_x(frame, c->x[i]),
                      held(frame, page_y(frame, c, high ? c->high[i] : c->low[i])));
    }
}

/* Lines over the current path, in one of four directions. */
static void hatch(tw_canvas *canvas, tw_rgb ink, size_t direction) {
    static const double ways[4][2] = {{1, 1}, {1, -1}, {0, 1}, {1, 0}}; /* of x a + y b = const */
    const double *way = ways[direction % 4];
    cairo_t *cr = canvas->cr;
    double left, top, right, bottom, low = HUGE_VAL, high = -HUGE_VAL;
    double row = tw_canvas_row(canvas), step = row > 0 ? 2 * row : SPACING; /* dots are few there */
    cairo_save(cr);
    cairo_clip_preserve(cr);
    cairo_clip_extents(cr, &left, &top, &right, &bottom);
    cairo_new_path(cr);
    for (int corner = 0; corner < 4; corner++) {
        double at = way[0] * (corner & 1 ? right : left) + way[1] * (corner & 2 ? bottom : top);
        low = fmin(low, at);
        high = fmax(high, at);
    }
    step *= hypot(way[0], way[1]);
    double size = hypot(right - left, bottom - top), norm = way[0] * way[0] + way[1] * way[1];
    double middle = way[0] * (left + right) / 2 + way[1] * (top + bottom) / 2;
    for (double at = ceil(low / step) * step; at <= high; at += step) {
        double x = (left + right) / 2 + way[0] * (at - middle) / norm;
        double y = (top + bottom) / 2 + way[1] * (at - middle) / norm;
        cairo_move_to(cr, x - way[1] * size, y + way[0] * size);
        cairo_line_to(cr, x + way[1] * size, y - way[0] * size);
    }
    tw_canvas_ink(canvas, ink, 0.6);
    cairo_set_line_width(cr, 0.35);
    cairo_stroke(cr);
    cairo_restore(cr);
}

/* The area from point `first` to the one before `end`. The first band is filled; others, which may
 * lie over it, are hatched, each its own way: colours of several fills would be a grey of none. */
static void draw_piece(tw_canvas *canvas, const tw_frame *frame, const tw_curve *c, tw_rgb ink,
                       size_t rank, size_t first, size_t end) {
    cairo_t *cr = canvas->cr;
    double alpha = canvas->figure->theme == TW_THEME_DARK ? 0.3 : 0.2;
    trace_edge(cr, frame, c, first, end, 0);
    trace_edge(cr, frame, c, first, end, 1);
    cairo_close_path(cr);
    tw_canvas_ink(canvas, ink, rank == 0 ? alpha : alpha / 4);
    cairo_fill_preserve(cr);
    if (rank > 0)
        hatch(canvas, ink, rank - 1);
    cairo_new_path(cr);
    for (int high = 0; high < 2; high++) {
        cairo_new_sub_path(cr);
        trace_edge(cr, frame, c, first, end, high);
    }
    cairo_set_line_width(cr, EDGE);
    tw_canvas_ink(canvas, ink, 0.65);
    cairo_stroke(cr);
}

/* Piece by piece where points are missing. */
static void draw_area(tw_canvas *canvas, const tw_frame *frame, const tw_curve *c, tw_rgb ink,
                      size_t rank) {
    for (size_t first = 0; first < c->count;) {
        size_t end = first;
        while (is_there(frame, c, end))
            end++;
        if (end > first + 1)
            draw_piece(canvas, frame, c, ink, rank, first, end);
        first = end + 1;
    }
}

static void draw_bars(tw_canvas *canvas, const tw_frame *frame, const tw_curve *c, tw_rgb ink) {
    cairo_t *cr = canvas->cr;
    tw_canvas_ink(canvas, ink, 1);
    cairo_set_line_width(cr, BAR);
    for (size_t i = 0; i < c->count; i++) {
        if (!is_there(frame, c, i))
            continue;
        double x = tw_frame_x(frame, c->x[i]);
        double low = held(frame, page_y(frame, c, c->low[i]));
        double high = held(frame, page_y(frame, c, c->high[i]));
        cairo_move_to(cr, x, low);
        cairo_line_to(cr, x, high);
        for (int end = 0; end < 2; end++) {
            cairo_move_to(cr, x - CAP, end ? high : low);
            cairo_line_to(cr, x + CAP, end ? high : low);
        }
    }
    cairo_stroke(cr);
}

void tw_bands_draw(tw_canvas *canvas, const tw_frame *frame, size_t count, const tw_curve *curves) {
    size_t rank = 0;
    for (size_t k = 0; k < count; k++) {
        if (curves[k].low == NULL || curves[k].high == NULL)
            continue;
        tw_rgb ink = tw_curve_ink(count, curves, k);
        tw_frame_clip(canvas, frame, curves[k].markers ? 2 : 0);
        if (curves[k].markers)
            draw_bars(canvas, frame, &curves[k], ink);
        else
            draw_area(canvas, frame, &curves[k], ink, rank++);
        cairo_restore(canvas->cr);
    }
}
