/* The standard errors of a map: where they are wider than the distance of its levels. */
#include <math.h>

#include "plot/map.h"

/* Dots stand this far apart on the page. */
static const double SPACING = 3.6, DOT = 0.45;

/* The levels around a value. */
static double gap_at(const tw_map *m, double value) {
    size_t k = 0;
    while (k < m->level_count && m->levels[k] < value)
        k++;
    double low = k > 0 ? m->levels[k - 1] : m->field.span.low;
    double high = k < m->level_count ? m->levels[k] : m->field.span.high;
    return high - low;
}

static int is_blurred_at(const tw_map *m, double height, double error) {
    double value = m->field.span.log ? pow(10, height) : height;
    return 2 * error > gap_at(m, value); /* NaN: no */
}

void tw_map_take_errors(tw_map *m) {
    tw_metric wanted = m->surface->metric[m->metric];
    const tw_figure plain = {.bytes = sizeof plain, .scale = TW_SCALE_LINEAR, .raw = 1};
    char low[TW_TICK_TEXT], high[TW_TICK_TEXT];
    int is_value = !wanted.is_error && wanted.band == TW_BAND_NONE && m->figure->class_count == 0;
    wanted.is_error = 1;
    int metric = tw_surface_metric_find(m->surface, &wanted);
    if (!is_value || metric < 0 ||
        tw_field_init(&m->errors, m->surface, (size_t)metric, &plain) != TW_OK)
        return; /* a map without errors that can be drawn is a map */
    int dots = m->level_count > 1 && m->canvas->format != TW_CANVAS_CELLS;
    for (size_t k = 0; k < m->field.nx * m->field.ny && dots; k++)
        m->is_blurred |= is_blurred_at(m, m->field.z[k], m->errors.z[k]);
    tw_number_text(m->errors.own.low, low, sizeof low);
    tw_number_text(m->errors.own.high, high, sizeof high);
    tw_caption_add(&m->frame.caption, TW_HATCH_NONE, "standard errors: %s to %s%s", low, high,
                   m->is_blurred ? "; dotted where ± 1 is wider than the distance of levels" : "");
}

void tw_map_dot_errors(const tw_map *m) {
    const tw_rect *box = &m->frame.box;
    const tw_span *x = &m->frame.bottom.span, *y = &m->frame.left.span;
    cairo_t *cr = m->canvas->cr;
    if (!m->is_blurred || m->figure->view == TW_VIEW_HEAT)
        return;
    tw_frame_clip(m->canvas, &m->frame, 0);
    for (int j = 0; (j + 0.5) * SPACING < box->h; j++) {
        for (int i = 0; (i + 0.5) * SPACING < box->w; i++) {
            double across = (i + 0.25 + 0.5 * (j % 2)) * SPACING, down = (j + 0.5) * SPACING;
            double at_x = x->low + across / box->w * (x->high - x->low);
            double at_y = y->high - down / box->h * (y->high - y->low);
            if (at_x > x->high || !is_blurred_at(m, tw_field_at(&m->field, at_x, at_y),
                                                 tw_field_at(&m->errors, at_x, at_y)))
                continue;
            cairo_new_sub_path(cr);
            cairo_arc(cr, box->x + across, box->y + down, DOT, 0, 2 * M_PI);
        }
    }
    tw_canvas_ink(m->canvas, TW_INK, 0.45);
    cairo_fill(cr);
    cairo_restore(cr);
}

void tw_map_release(tw_map *m) {
    tw_field_release(&m->field);
    tw_field_release(&m->errors);
}
