/* The barcode of a surface: a bar for every minimum, from its value to that of its saddle. */
#include <math.h>
#include <stdio.h>

#include "plot/plot_private.h"

/* More bars than that, and more of noise, are only counted. */
enum { ROWS = 60, NOISE = 8, WHISKERS = 30 };

static const double ROW = 8, BAR = 3.2, MARGINS = 52;
static const tw_rgb GREY = {0.6, 0.6, 0.6};

typedef struct barcode {
    tw_canvas *canvas;
    const tw_topology *shape;
    size_t rows;
    double row; /* points */
    tw_frame frame;
    char label[128];
} barcode;

static size_t rows_of(const tw_topology *shape) {
    size_t rows = 0, noise = 0;
    while (rows < shape->count && rows < ROWS && noise < NOISE)
        noise += (size_t)shape->minimum[rows++].noise;
    return rows;
}

/* Bars that never end go on to the right edge. */
static tw_extent extent_of(const barcode *b) {
    tw_extent extent = tw_extent_start();
    for (size_t k = 0; k < b->rows; k++) {
        tw_extent_add(&extent, b->shape->minimum[k].place.value);
        tw_extent_add(&extent, b->shape->minimum[k].saddle.value);
    }
    if (b->shape->count == b->shape->pieces)
        tw_extent_add(&extent, b->shape->highest);
    return extent;
}

static void caption_of(barcode *b) {
    const tw_topology *shape = b->shape;
    tw_caption *caption = &b->frame.caption;
    tw_caption_add(
        caption, TW_HATCH_NONE, "%s",
        b->frame.bottom.span.log
            ? "bars: from a minimum to its saddle; arrow: never ends"
            : "bars: from a minimum to its saddle, as long as its persistence; arrow: never ends");
    if (!shape->has_errors)
        tw_caption_add(caption, TW_HATCH_NONE, "no standard errors: which are noise is not known");
    else if (shape->noise > 0)
        tw_caption_add(caption, TW_HATCH_NONE,
                       "grey: within %.3g standard errors of the difference: noise (%zu)",
                       shape->errors, shape->noise);
    if (shape->has_errors && b->rows <= WHISKERS)
        tw_caption_add(caption, TW_HATCH_NONE, "thin lines: one standard error of each end");
    if (shape->count > b->rows || shape->hidden > 0)
        tw_caption_add(caption, TW_HATCH_NONE, "%zu shallower minima not shown",
                       shape->count - b->rows + shape->hidden);
}

static tw_status lay_out(barcode *b, const tw_metric *metric) {
    const tw_figure *figure = b->canvas->figure;
    tw_frame *frame = &b->frame;
    tw_extent extent = extent_of(b);
    int log = figure->scale == TW_SCALE_LOG;
    if (extent.finite == 0)
        return tw_fail(TW_ERR_ARGUMENT, "nothing to draw: the minima are too large for a picture");
    if (log && extent.smallest_positive == HUGE_VAL)
        return tw_fail(TW_ERR_ARGUMENT,
                       "no minimum is positive: they cannot be drawn on a log scale");
    tw_metric_label(metric, b->label, sizeof b->label);
    frame->title = figure->title;
    frame->bottom = (tw_side){.span = tw_span_of(&extent, log, 0.06),
                              .label = figure->value_label != NULL ? figure->value_label : b->label,
                              .ink = TW_INK};
    char last[16];
    snprintf(last, sizeof last, "m%zu", b->rows);
    frame->left = (tw_side){.span = {0, (double)b->rows, 0},
                            .ink = TW_INK,
                            .least_width = tw_text_width(&b->canvas->font, last, TW_TICK_SIZE)};
    caption_of(b);
    double height = fmax(ROW * (double)b->rows, 40) + MARGINS + tw_caption_height(&frame->caption);
    height = figure->height > 0 ? tw_canvas_given_height(b->canvas) : height;
    tw_status status = tw_frame_lay_out(frame, b->canvas, tw_canvas_width(b->canvas, 3.5), height);
    frame->left.ticks.count = 0; /* the rows have names instead */
    b->row = frame->box.h / (double)b->rows;
    return status;
}

static void draw_whisker(const barcode *b, const tw_grid_point *end, double y) {
    cairo_t *cr = b->canvas->cr;
    double cap = fmin(2, b->row / 3);
    if (!(end->error > 0))
        return;
    double from = tw_frame_x(&b->frame, end->value - end->error);
    double to = tw_frame_x(&b->frame, end->value + end->error);
    tw_canvas_ink(b->canvas, TW_INK, 1);
    cairo_set_line_width(cr, 0.6);
    cairo_move_to(cr, from, y);
    cairo_line_to(cr, to, y);
    for (int side = 0; side < 2; side++) {
        cairo_move_to(cr, side ? to : from, y - cap);
        cairo_line_to(cr, side ? to : from, y + cap);
    }
    cairo_stroke(cr);
}

static void draw_bar(const barcode *b, size_t k) {
    const tw_minimum *minimum = &b->shape->minimum[k];
    cairo_t *cr = b->canvas->cr;
    double y = b->frame.box.y + ((double)k + 0.5) * b->row, thick = fmin(BAR, 0.6 * b->row);
    double from = tw_frame_x(&b->frame, minimum->place.value),
           right = b->frame.box.x + b->frame.box.w;
    double to = minimum->essential ? right - 4 : tw_frame_x(&b->frame, minimum->saddle.value);
    tw_canvas_ink(b->canvas, minimum->noise ? GREY : TW_LOSS_INK, 1);
    cairo_rectangle(cr, from, y - thick / 2, fmax(to - from, 0.5), thick);
    cairo_fill(cr);
    if (minimum->essential) {
        cairo_move_to(cr, right - 5, y - thick);
        cairo_line_to(cr, right, y);
        cairo_line_to(cr, right - 5, y + thick);
        cairo_close_path(cr);
        cairo_fill(cr);
    }
    if (b->shape->has_errors && b->rows <= WHISKERS) {
        draw_whisker(b, &minimum->place, y);
        if (!minimum->essential)
            draw_whisker(b, &minimum->saddle, y);
    }
}

/* As many names as there is room for: all, or every second, fifth, tenth. */
static void draw_names(const barcode *b) {
    static const size_t steps[] = {1, 2, 5, 10, 20};
    size_t step = 0;
    while (step < 4 && b->row * (double)steps[step] < TW_TICK_SIZE)
        step++;
    for (size_t k = 0; k < b->rows; k += steps[step]) {
        char name[24];
        snprintf(name, sizeof name, "m%zu", k + 1);
        tw_text_style style = {.size = TW_TICK_SIZE, .across = 1, .up = 0.5, .ink = TW_INK};
        tw_canvas_text(b->canvas, b->frame.box.x - TW_TICK_GAP - 1,
                       b->frame.box.y + ((double)k + 0.5) * b->row, name, &style);
    }
}

tw_status tw_barcode_draw(tw_canvas *canvas, const tw_topology *topology, const tw_metric *metric) {
    barcode b = {.canvas = canvas, .shape = topology, .rows = rows_of(topology)};
    tw_status status = lay_out(&b, metric);
    if (status == TW_OK)
        status = tw_canvas_begin(canvas, b.frame.width, b.frame.height);
    if (status != TW_OK)
        return status;
    tw_frame_clip(canvas, &b.frame, 0);
    for (size_t k = 0; k < b.rows; k++)
        draw_bar(&b, k);
    cairo_restore(canvas->cr);
    draw_names(&b);
    tw_frame_draw(canvas, &b.frame);
    return TW_OK;
}
