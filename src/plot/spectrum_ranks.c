#include "plot/spectrum_ranks.h"

#include <math.h>

#include "draw/frame.h"

static const double DOT = 1.7, CAP = 1.8, APART = 7;

/* The pairs of one end. */
typedef struct ranked {
    size_t count;
    const tw_eigenpair *pairs;
    tw_rgb ink;
} ranked;

/* Ranks are whole numbers, and so are their ticks. */
static void tick_ranks(tw_side *side, const tw_font *font, double length) {
    static const int steps[] = {1, 2, 5};
    size_t first = (size_t)ceil(side->span.low), last = (size_t)floor(side->span.high);
    int room = 0;
    for (size_t unit = 1; !room; unit *= 10)
        for (int k = 0; k < 3 && !room; k++) {
            size_t step = (size_t)steps[k] * unit, at = (first + step - 1) / step * step;
            char text[TW_TICK_TEXT];
            tw_number_digits((double)last, 15, text, sizeof text);
            double width = tw_text_width(font, text, TW_TICK_SIZE) + APART;
            room = (double)step / (side->span.high - side->span.low) * length > width &&
                   (last - first) / step < TW_TICKS_MAX;
            side->ticks = (tw_ticks){0};
            for (; room && at <= last; at += step) {
                tw_tick *tick = &side->ticks.tick[side->ticks.count++];
                tick->value = (double)at;
                tw_number_digits(tick->value, 15, tick->text, sizeof tick->text);
            }
            side->ticks.major = side->ticks.count;
        }
}

static void draw_pair(tw_canvas *canvas, const tw_frame *frame, double rank,
                      const tw_eigenpair *pair) {
    cairo_t *cr = canvas->cr;
    double x = tw_frame_x(frame, rank), y = tw_frame_y(frame, pair->value);
    double low = tw_frame_y(frame, pair->value - pair->residual);
    double high = tw_frame_y(frame, pair->value + pair->residual);
    cairo_new_sub_path(cr);
    cairo_arc(cr, x, y, DOT, 0, 2 * M_PI);
    cairo_fill(cr);
    if (!(low - high > 2 * DOT))
        return;
    cairo_set_line_width(cr, 0.8);
    cairo_move_to(cr, x, low);
    cairo_line_to(cr, x, high);
    for (int end = 0; end < 2; end++) {
        cairo_move_to(cr, x - CAP, end ? low : high);
        cairo_line_to(cr, x + CAP, end ? low : high);
    }
    cairo_stroke(cr);
}

static void draw_zero(tw_canvas *canvas, const tw_frame *frame) {
    cairo_t *cr = canvas->cr;
    double y = tw_frame_y(frame, 0);
    if (frame->left.span.log || !(frame->left.span.low < 0 && frame->left.span.high > 0))
        return;
    tw_canvas_ink(canvas, (tw_rgb){0.6, 0.6, 0.6}, 1);
    cairo_set_line_width(cr, 0.5);
    cairo_set_dash(cr, (double[]){1.5, 1.5}, 2, 0);
    cairo_move_to(cr, frame->box.x, y);
    cairo_line_to(cr, frame->box.x + frame->box.w, y);
    cairo_stroke(cr);
    cairo_set_dash(cr, NULL, 0, 0);
}

static void say_residuals(tw_frame *frame, double most) {
    char text[TW_TICK_TEXT];
    tw_number_digits(most, 2, text, sizeof text);
    if (most > 0)
        tw_caption_add(&frame->caption, TW_HATCH_NONE,
                       "residuals, as bars where they can be seen: at most %s", text);
}

/* Spans, names and the small print, of ends of which some may have no pair. */
static void prepare(tw_frame *frame, const tw_figure *figure, const ranked ends[2],
                    const char *label) {
    static const char *const names[] = {"from the largest down", "from the smallest up"};
    tw_extent values = tw_extent_start(), ranks = tw_extent_start();
    double most = 0;
    for (int end = 0; end < 2; end++) {
        for (size_t k = 0; k < ends[end].count; k++) {
            const tw_eigenpair *pair = &ends[end].pairs[k];
            tw_extent_add(&values, pair->value);
            tw_extent_add(&ranks, (double)(k + 1));
            most = fmax(most, pair->residual);
        }
        if (ends[end].count > 0)
            frame->legend[frame->legend_count++] =
                (tw_legend_entry){names[end], ends[end].ink, TW_MARK_DOT, 0};
    }
    int log = tw_scale_is_log(TW_SCALE_AUTO, &values, 1000);
    tw_extent whole = values;
    for (int end = 0; end < 2 && !log; end++)
        for (size_t k = 0; k < ends[end].count; k++)
            for (int side = -1; side <= 1; side += 2)
                tw_extent_add(&whole,
                              ends[end].pairs[k].value + side * ends[end].pairs[k].residual);
    frame->title = figure->title;
    frame->left.span = tw_span_of(&whole, log, 0.06);
    frame->left.label = figure->y_label != NULL ? figure->y_label : label;
    frame->left.says_log = 1;
    frame->bottom.span = (tw_span){ranks.low - 0.5, ranks.high + 0.5, 0};
    frame->bottom.label = figure->x_label != NULL ? figure->x_label : "rank";
    frame->left.ink = frame->bottom.ink = TW_INK;
    say_residuals(frame, most);
}

tw_status tw_spectrum_ranks_draw(tw_canvas *canvas, const tw_curvature_report *report,
                                 const char *label) {
    const ranked ends[2] = {{report->largest_count, report->largest, TW_LOSS_INK},
                            {report->smallest_count, report->smallest, TW_ACCURACY_INK}};
    tw_frame frame = {0};
    prepare(&frame, canvas->figure, ends, label);
    tw_status status = tw_frame_lay_out(&frame, canvas, tw_canvas_width(canvas, 3.5),
                                        tw_canvas_height(canvas, 2.6));
    if (status == TW_OK)
        status = tw_canvas_begin(canvas, frame.width, frame.height);
    if (status != TW_OK)
        return status;
    tick_ranks(&frame.bottom, &canvas->font, frame.box.w);
    tw_frame_clip(canvas, &frame, 2);
    draw_zero(canvas, &frame);
    for (int end = 0; end < 2; end++) {
        tw_canvas_ink(canvas, ends[end].ink, 1);
        for (size_t k = 0; k < ends[end].count; k++)
            draw_pair(canvas, &frame, (double)(k + 1), &ends[end].pairs[k]);
    }
    cairo_restore(canvas->cr);
    tw_frame_draw(canvas, &frame);
    return TW_OK;
}
