/* A rectangle of curves, magnified, and the room for it. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "plot/inset.h"
#include "plot/plot_private.h"

static const double HEADROOM = 0.44; /* of the box: above curves that would be covered */

static size_t trace_line(const tw_frame *frame, const tw_curve *c, const double *values,
                         size_t room, tw_spot *spots, size_t used) {
    tw_spot last = {NAN, NAN};
    for (size_t i = 0; i < c->count && values != NULL; i++) {
        tw_spot here = {tw_frame_x(frame, c->x[i]), c->right ? tw_frame_right_y(frame, values[i])
                                                             : tw_frame_y(frame, values[i])};
        used = tw_inset_trace(last, here, room, spots, used);
        last = here;
    }
    return used;
}

/* Where curves and the edges of their bands run: what is drawn over them hides them. */
static size_t trace(const tw_frame *frame, size_t count, const tw_curve *curves, tw_spot *spots) {
    size_t used = 0;
    for (size_t k = 0; k < count; k++) {
        const double *const lines[] = {curves[k].y, curves[k].low, curves[k].high};
        for (size_t line = 0; line < 3; line++)
            used = trace_line(frame, &curves[k], lines[line],
                              TW_INSET_SPOTS * (3 * k + line + 1) / (3 * count), spots, used);
    }
    return used;
}

static tw_status place(const tw_canvas *canvas, const tw_frame *outer, size_t count,
                       const tw_curve *curves, tw_inset *inset) {
    tw_spot *spots = tw_alloc_raw(TW_INSET_SPOTS, sizeof *spots);
    if (spots == NULL)
        return tw_fail(TW_ERR_MEMORY, "not enough memory for an inset");
    tw_status status =
        tw_inset_place(inset, canvas, outer, 0, trace(outer, count, curves, spots), spots);
    free(spots);
    return status;
}

/* ---- room for it ---- */

static void raise(tw_span *span) {
    double low = span->log ? log10(span->low) : span->low;
    double high = span->log ? log10(span->high) : span->high;
    high = low + (high - low) / (1 - HEADROOM);
    span->high = span->log ? pow(10, high) : high;
}

/* There is no accuracy above 100 %. */
static void drop_beyond(tw_side *side, double high) {
    while (side->label != NULL && strchr(side->label, '%') != NULL && side->ticks.count > 1 &&
           side->ticks.tick[side->ticks.count - 1].value > fmax(high, 100))
        side->ticks.count--;
}

/* Where there is no place off the curves: above them, on a higher page, or, where its height is
 * given, with lower curves. */
static tw_status lay_out_higher(tw_frame *frame, const tw_canvas *canvas, double width,
                                double height) {
    double left = frame->left.span.high, right = frame->right.span.high;
    if (tw_canvas_given_height(canvas) <= 0)
        height += frame->box.h * HEADROOM / (1 - HEADROOM);
    raise(&frame->left.span);
    if (frame->has_right)
        raise(&frame->right.span);
    tw_status status = tw_frame_lay_out(frame, canvas, width, height);
    drop_beyond(&frame->left, left);
    drop_beyond(&frame->right, right);
    return status;
}

tw_status tw_curves_lay_out(tw_frame *frame, const tw_canvas *canvas, size_t count,
                            const tw_curve *curves) {
    const tw_figure *figure = canvas->figure;
    double width = tw_canvas_width(canvas, frame->has_right ? 3.8 : 3.5);
    double height = tw_canvas_height(canvas, 2.6);
    tw_inset inset;
    tw_status status = tw_frame_lay_out(frame, canvas, width, height);
    if (status != TW_OK || !tw_inset_is_asked(figure) || figure->low < figure->high)
        return status;
    status = place(canvas, frame, count, curves, &inset);
    if (status == TW_OK && inset.covered == 0)
        return TW_OK;
    if (status == TW_OK || status == TW_ERR_ARGUMENT)
        return lay_out_higher(frame, canvas, width, height);
    return status;
}

/* ---- drawing ---- */

/* Those on the left-hand axis, which is the inset's. */
static size_t take_left(const tw_figure *figure, size_t count, const tw_curve *curves,
                        tw_curve *left, tw_rgb *inks, size_t *inside) {
    size_t used = 0;
    *inside = 0;
    for (size_t k = 0; k < count; k++) {
        if (curves[k].right)
            continue;
        inks[used] = tw_curve_ink(count, curves, k);
        left[used++] = curves[k];
        for (size_t i = 0; i < curves[k].count; i++)
            *inside += (size_t)tw_inset_holds(figure, curves[k].x[i], curves[k].y[i]);
    }
    return used;
}

tw_status tw_inset_curves(tw_canvas *canvas, const tw_frame *outer, size_t count,
                          const tw_curve *curves) {
    const double *r = canvas->figure->inset;
    tw_inset inset;
    size_t inside = 0;
    if (!tw_inset_is_asked(canvas->figure))
        return TW_OK;
    tw_curve *left = tw_alloc_raw(count, sizeof *left);
    tw_rgb *inks = tw_alloc_raw(count, sizeof *inks);
    tw_status status = TW_OK;
    if (left == NULL || inks == NULL)
        status = tw_fail(TW_ERR_MEMORY, "not enough memory for an inset");
    size_t used =
        status == TW_OK ? take_left(canvas->figure, count, curves, left, inks, &inside) : 0;
    if (status == TW_OK && inside == 0)
        status = tw_fail(TW_ERR_ARGUMENT, "no point of the curves lies in the inset %g:%g,%g:%g",
                         r[0], r[1], r[2], r[3]);
    if (status == TW_OK)
        status = place(canvas, outer, count, curves, &inset);
    if (status == TW_OK) {
        tw_inset_begin(canvas, &inset, outer);
        tw_bands_draw(canvas, &inset.frame, used, left);
        for (size_t k = 0; k < used; k++)
            tw_curve_draw(canvas, &inset.frame, &left[k], inks[k]);
        tw_inset_end(canvas, &inset);
    }
    free(left);
    free(inks);
    return status;
}
