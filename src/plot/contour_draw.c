#include "plot/contour_draw.h"

#include <math.h>

#include "plot/contour_label.h"
#include "plot/levels.h"

static const double NEAREST = 0.5;

tw_status tw_contours_to_page(const tw_contours *contours, tw_to_page to_page, const void *context,
                              tw_contours *out) {
    tw_status status = TW_OK;
    for (size_t l = 0; l < contours->lines && status == TW_OK; l++) {
        const tw_line *line = &contours->line[l];
        status = tw_contours_add_line(out, line->level);
        if (status == TW_OK)
            out->line[out->lines - 1].closed = line->closed;
        double last_x = HUGE_VAL, last_y = HUGE_VAL;
        for (size_t k = 0; k < line->count && status == TW_OK; k++) {
            double x, y;
            to_page(context, contours->x[line->first + k], contours->y[line->first + k], &x, &y);
            if (hypot(x - last_x, y - last_y) < NEAREST && (line->closed || k + 1 < line->count))
                continue;
            last_x = x;
            last_y = y;
            status = tw_contours_add_point(out, x, y);
        }
    }
    return status;
}

/* The cuts of one line in the order of its length. */
typedef struct cuts {
    size_t count;
    double from[2], to[2];
} cuts;

static cuts cuts_of(const tw_labels *labels, size_t line) {
    cuts c = {0};
    for (size_t i = 0; i < labels->count && c.count < 2; i++) {
        if (labels->label[i].line != line)
            continue;
        size_t at = c.count > 0 && labels->label[i].from < c.from[0] ? 0 : c.count;
        if (at < c.count) {
            c.from[1] = c.from[0];
            c.to[1] = c.to[0];
        }
        c.from[at] = labels->label[i].from;
        c.to[at] = labels->label[i].to;
        c.count++;
    }
    return c;
}

/* Adds the piece of a segment from length s to s + d to the path, less what is cut out. */
static void add_segment(cairo_t *cr, const cuts *c, double s, double d, double ax, double ay,
                        double bx, double by) {
    double at = 0;
    int pen = 1; /* the current point is the start of the segment */
    for (size_t i = 0; i < c->count; i++) {
        double from = fmax(c->from[i] - s, 0), to = fmin(c->to[i] - s, d);
        if (from >= d || to <= 0)
            continue;
        if (from > at) {
            if (!pen)
                cairo_move_to(cr, ax + (bx - ax) * at / d, ay + (by - ay) * at / d);
            cairo_line_to(cr, ax + (bx - ax) * from / d, ay + (by - ay) * from / d);
        }
        at = to;
        cairo_move_to(cr, ax + (bx - ax) * at / d, ay + (by - ay) * at / d);
        pen = 1;
    }
    if (at < d)
        cairo_line_to(cr, bx, by);
}

static void trace_path(cairo_t *cr, const tw_contours *page, const tw_line *line, const cuts *c) {
    const double *x = page->x + line->first, *y = page->y + line->first;
    cairo_move_to(cr, x[0], y[0]);
    double s = 0;
    for (size_t k = 1; k < line->count; k++) {
        double d = hypot(x[k] - x[k - 1], y[k] - y[k - 1]);
        if (d > 0)
            add_segment(cr, c, s, d, x[k - 1], y[k - 1], x[k], y[k]);
        s += d;
    }
    if (!line->closed)
        return;
    if (c->count == 0)
        cairo_close_path(cr);
    else
        cairo_line_to(cr, x[0], y[0]);
}

typedef struct level_texts {
    char text[TW_LEVELS_MAX][TW_TICK_TEXT];
} level_texts;

/* Paper under a label, over what lies there already. */
static void lay_ground(tw_canvas *canvas, const tw_label *label) {
    cairo_save(canvas->cr);
    cairo_translate(canvas->cr, label->x, label->y);
    cairo_rotate(canvas->cr, -label->angle);
    cairo_rectangle(canvas->cr, -label->half, -0.5 * TW_CONTOUR_SIZE, 2 * label->half,
                    TW_CONTOUR_SIZE);
    tw_canvas_ink(canvas, TW_PAPER, 1);
    cairo_fill(canvas->cr);
    cairo_restore(canvas->cr);
}

static void draw_labels(tw_canvas *canvas, const tw_contours *page, const tw_labels *labels,
                        const level_texts *texts, const tw_contour_style *style) {
    for (size_t i = 0; i < labels->count; i++) {
        const tw_label *label = &labels->label[i];
        size_t level = page->line[label->line].level;
        if (!canvas->figure->transparent && (style->label_ground || label->crowded))
            lay_ground(canvas, label);
        tw_text_style set = {.size = TW_CONTOUR_SIZE,
                             .across = 0.5,
                             .up = 0.5,
                             .angle = label->angle,
                             .ink = style->label_ink};
        tw_canvas_text(canvas, label->x, label->y, texts->text[level], &set);
    }
}

static tw_status place_labels(const tw_canvas *canvas, const tw_contours *page, const tw_rect *box,
                              size_t level_count, const level_texts *texts,
                              const tw_contour_style *style, tw_labels *labels) {
    double widths[TW_LEVELS_MAX];
    for (size_t i = 0; i < level_count; i++)
        widths[i] = tw_text_width(&canvas->font, texts->text[i], TW_CONTOUR_SIZE);
    return tw_labels_place(page, level_count, widths, TW_CONTOUR_SIZE, box, style->cover, labels);
}

tw_rgb tw_contour_ink(const tw_canvas *canvas, tw_colormap colormap, double level) {
    int dark = canvas->figure->theme == TW_THEME_DARK;
    double lost = colormap == TW_COLORMAP_GREY ? 0.35 : dark ? 0.25 : 0.08;
    if (colormap == TW_COLORMAP_RDBU) {
        tw_rgb ink = tw_colormap_at(colormap, dark ? 0.12 + 0.76 * level : level);
        return !dark && tw_rgb_luminance(ink) > 0.7 ? (tw_rgb){0.6, 0.6, 0.6} : ink;
    }
    return tw_colormap_at(colormap, dark ? lost + (1 - lost) * level : (1 - lost) * level);
}

tw_status tw_contours_draw(tw_canvas *canvas, const tw_contours *page, const tw_rect *box,
                           size_t level_count, const tw_contour_style *style) {
    cairo_t *cr = canvas->cr;
    tw_labels labels = {0};
    level_texts texts;
    tw_status status = TW_OK;
    if (style->labels != NULL) {
        tw_number_levels(level_count, style->labels, style->axis, texts.text);
        status = place_labels(canvas, page, box, level_count, &texts, style, &labels);
    }
    cairo_set_line_width(cr, style->width);
    for (size_t l = 0; l < page->lines && status == TW_OK; l++) {
        const tw_line *line = &page->line[l];
        if (line->count < 2)
            continue;
        cuts c = cuts_of(&labels, l);
        trace_path(cr, page, line, &c);
        tw_canvas_color(canvas, style->ink[line->level], style->alpha);
        cairo_stroke(cr);
    }
    if (status == TW_OK && style->labels != NULL)
        draw_labels(canvas, page, &labels, &texts, style);
    tw_labels_release(&labels);
    return status;
}
