#include "draw/colorbar.h"

static const double ARROW = 6;

static double band_edge(const tw_colorbar *bar, size_t edge) {
    return edge == 0                ? 0
           : edge > bar->band_count ? 1
                                    : tw_span_at(&bar->side.span, bar->bands[edge - 1]);
}

tw_rgb tw_colorbar_band(const tw_colorbar *bar, size_t band) {
    double low = band_edge(bar, band), high = band_edge(bar, band + 1);
    return tw_colormap_at(bar->colormap, (low + high) / 2);
}

static void draw_lines(tw_canvas *canvas, const tw_colorbar *bar, const tw_rect *rect) {
    cairo_set_line_width(canvas->cr, 1.5);
    for (size_t i = 0; i < bar->line_count; i++) {
        double y = rect->y + rect->h * (1 - tw_span_at(&bar->side.span, bar->lines[i]));
        tw_canvas_color(canvas, bar->inks[i], 1);
        cairo_move_to(canvas->cr, rect->x, y);
        cairo_line_to(canvas->cr, rect->x + rect->w, y);
        cairo_stroke(canvas->cr);
    }
}

static void draw_bands(tw_canvas *canvas, const tw_colorbar *bar, const tw_rect *rect) {
    for (size_t band = 0; band <= bar->band_count; band++) {
        double low = band_edge(bar, band), high = band_edge(bar, band + 1);
        if (high <= 0 || low >= 1)
            continue;
        low = low > 0 ? low : 0;
        /* each reaches to the top and is painted over: no seams */
        cairo_rectangle(canvas->cr, rect->x, rect->y, rect->w, rect->h * (1 - low));
        tw_canvas_color(canvas, tw_colorbar_band(bar, band), 1);
        cairo_fill(canvas->cr);
    }
}

static void draw_gradient(tw_canvas *canvas, const tw_colorbar *bar, const tw_rect *rect) {
    cairo_pattern_t *gradient = cairo_pattern_create_linear(0, rect->y + rect->h, 0, rect->y);
    for (size_t i = 0; i < tw_colormap_keys(bar->colormap); i++) {
        double position;
        tw_rgb c = tw_colormap_key(bar->colormap, i, &position);
        cairo_pattern_add_color_stop_rgb(gradient, position, c.r, c.g, c.b);
    }
    cairo_rectangle(canvas->cr, rect->x, rect->y, rect->w, rect->h);
    cairo_set_source(canvas->cr, gradient);
    cairo_fill(canvas->cr);
    cairo_pattern_destroy(gradient);
}

static void draw_plain(tw_canvas *canvas, const tw_colorbar *bar, const tw_rect *rect) {
    cairo_rectangle(canvas->cr, rect->x, rect->y, rect->w, rect->h);
    tw_canvas_color(canvas, tw_colormap_at(bar->colormap, 0.5), 1);
    cairo_fill(canvas->cr);
}

/* What lies beyond an end, in the colour of that end. */
static void draw_arrow(tw_canvas *canvas, const tw_colorbar *bar, const tw_rect *rect, int top) {
    double edge = top ? rect->y : rect->y + rect->h, tip = top ? edge - ARROW : edge + ARROW;
    cairo_move_to(canvas->cr, rect->x, edge);
    cairo_line_to(canvas->cr, rect->x + rect->w / 2, tip);
    cairo_line_to(canvas->cr, rect->x + rect->w, edge);
    if (!bar->is_lines) {
        cairo_close_path(canvas->cr);
        tw_rgb end = bar->band_count > 0 ? tw_colorbar_band(bar, top ? bar->band_count : 0)
                                         : tw_colormap_at(bar->colormap, top);
        tw_canvas_color(canvas, end, 1);
        cairo_fill_preserve(canvas->cr);
    }
    tw_canvas_ink(canvas, TW_INK, 1);
    cairo_set_line_width(canvas->cr, 0.6);
    cairo_stroke(canvas->cr);
}

void tw_colorbar_draw(tw_canvas *canvas, const tw_colorbar *bar, const tw_rect *whole) {
    tw_rect inner = *whole, *rect = &inner;
    inner.y += bar->above ? ARROW : 0;
    inner.h -= (bar->above ? ARROW : 0) + (bar->below ? ARROW : 0);
    if (bar->is_lines)
        draw_lines(canvas, bar, rect);
    else if (bar->side.is_constant)
        draw_plain(canvas, bar, rect);
    else if (bar->band_count > 0)
        draw_bands(canvas, bar, rect);
    else
        draw_gradient(canvas, bar, rect);
    tw_canvas_ink(canvas, TW_INK, 1);
    cairo_set_line_width(canvas->cr, 0.6);
    cairo_rectangle(canvas->cr, rect->x, rect->y, rect->w, rect->h);
    cairo_stroke(canvas->cr);
    if (bar->above)
        draw_arrow(canvas, bar, rect, 1);
    if (bar->below)
        draw_arrow(canvas, bar, rect, 0);
    tw_side_draw_upright(canvas, &bar->side, rect, 1);
}
