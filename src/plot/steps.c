/* The step-size study: which step along the negative gradient is worth taking. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "core/alloc.h"
#include "plot/plot_private.h"

static size_t best_of(size_t count, const double *steps, const double *losses) {
    size_t best = count;
    for (size_t i = 0; i < count; i++)
        if (steps[i] > 0 && tw_is_drawable(steps[i]) && tw_is_drawable(losses[i]) &&
            (best == count || losses[i] < losses[best]))
            best = i;
    return best;
}

static void draw_original(tw_canvas *canvas, const tw_frame *frame, double original) {
    double y = tw_frame_y(frame, original);
    cairo_set_source_rgb(canvas->cr, 0.5, 0.5, 0.5);
    cairo_set_line_width(canvas->cr, 0.6);
    cairo_set_dash(canvas->cr, (double[]){1.5, 1.5}, 2, 0);
    cairo_move_to(canvas->cr, frame->box.x, y);
    cairo_line_to(canvas->cr, frame->box.x + frame->box.w, y);
    cairo_stroke(canvas->cr);
    cairo_set_dash(canvas->cr, NULL, 0, 0);
}

tw_status tw_steps_draw(tw_canvas *canvas, size_t count, const double *steps, const double *losses,
                        double original) {
    (void)draw_original;
    (void)best_of;
    tw_figure figure = *canvas->figure;
    figure.x_scale = TW_SCALE_LOG;
    figure.x_label = figure.x_label != NULL ? figure.x_label : "step";
    figure.value_label = figure.value_label != NULL ? figure.value_label : "loss after the step";
    const tw_figure *given = canvas->figure;
    canvas->figure = &figure;
    tw_curve curve = {.count = count, .x = steps, .y = losses, .markers = 1};
    tw_frame frame = {0};
    tw_status status = tw_curves_prepare(&frame, canvas, 1, &curve, NULL);
    if (status == TW_OK)
        status = tw_frame_lay_out(&frame, canvas, tw_canvas_width(canvas, 3.5),
                                  tw_canvas_height(canvas, 2.6));
    if (status == TW_OK)
        status = tw_canvas_begin(canvas, frame.width, frame.height);
    if (status == TW_OK) {
        if (tw_is_drawable(original))
            draw_original(canvas, &frame, original);
        tw_curve_draw(canvas, &frame, &curve, TW_LOSS_INK);
        tw_frame_draw(canvas, &frame);
    }
    canvas->figure = given;
    return status;
}
