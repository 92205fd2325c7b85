/* The error of a difference over its step, with the steps of others. */
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "plot/sweep_sheet.h"

static const double SIZE = 6.4, MARK = 2.7;

static double mark_y(const tw_sweep_sheet *s, double error) {
    double low = s->frame.left.span.low;
    return tw_frame_y(&s->frame, fmax(error / s->unit, low));
}

/* ---- what is to be drawn ---- */

static tw_status read_sweep(tw_sweep_sheet *s) {
    const tw_sweep *sweep = s->sweep;
    double *numbers = tw_alloc_raw(sweep->count, 3 * sizeof *numbers);
    s->h = numbers;
    s->spots = tw_alloc_raw(TW_SWEEP_SPOTS, sizeof *s->spots);
    if (numbers == NULL || s->spots == NULL)
        return tw_fail(TW_ERR_MEMORY, "not enough memory to draw %zu steps", sweep->count);
    double size = fabs(sweep->reference);
    s->unit = size > 10 * sweep->bar ? size : 1;
    s->floor = isfinite(sweep->bar) ? sweep->bar / s->unit : 0;
    for (int scheme = 0; scheme < 2; scheme++) {
        s->errors[scheme] = numbers + (size_t)(1 + scheme) * sweep->count;
        for (size_t k = 0; k < sweep->count; k++) {
            double error = sweep->steps[k].error[scheme] / s->unit;
            s->h[k] = sweep->steps[k].h;
            s->errors[scheme][k] = tw_is_drawable(error) ? error : NAN;
        }
        s->curves[scheme] = (tw_curve){.label = tw_scheme_name((tw_scheme)scheme),
                                       .count = sweep->count,
                                       .x = s->h,
                                       .y = s->errors[scheme],
                                       .markers = 1};
    }
    return TW_OK;
}

static int has_place(double step, double error) {
    return tw_is_drawable(error) && tw_is_drawable(step) && step != 0;
}

static void add_error(tw_extent *h, tw_extent *errors, double step, double error) {
    if (!has_place(step, error))
        return;
    tw_extent_add(h, fabs(step));
    tw_extent_add(errors, error);
}

/* The floor is shown where the errors come near it; far below it nothing is. */
static tw_status set_spans(tw_sweep_sheet *s) {
    const tw_sweep *sweep = s->sweep;
    tw_extent h = tw_extent_start(), errors = tw_extent_start();
    for (size_t k = 0; k < sweep->count; k++)
        for (int scheme = 0; scheme < 2; scheme++)
            add_error(&h, &errors, s->h[k], s->errors[scheme][k]);
    for (size_t m = 0; m < sweep->mark_count; m++)
        add_error(&h, &errors, sweep->marks[m].h, sweep->marks[m].error / s->unit);
    s->has_star = has_place(sweep->ladder.step, sweep->ladder_error) && sweep->ladder.step > 0 &&
                  sweep->ladder.step < 10 * s->h[0];
    if (s->has_star)
        add_error(&h, &errors, sweep->ladder.step, sweep->ladder_error / s->unit);
    if (h.finite == 0)
        return tw_fail(TW_ERR_ARGUMENT,
                       "nothing to draw in '%s': no step of the sweep gave a "
                       "finite difference",
                       s->canvas->path);
    if (errors.smallest_positive == HUGE_VAL && s->floor > 1e-290) /* every error is 0 */
        tw_extent_add(&errors, s->floor);
    double least = errors.smallest_positive;
    if (s->floor > 1e-290 && least < HUGE_VAL) {
        if (s->floor > least / 1e3)
            least = fmin(fmax(least, s->floor / 8), s->floor / 3);
        errors.smallest_positive = least;
        errors.high = fmax(errors.high, s->floor);
    }
    s->frame.bottom.span = tw_span_of(&h, 1, 0.03);
    s->frame.left.span = tw_span_of(&errors, 1, 0.05);
    if (s->frame.left.span.high < 100 * s->frame.left.span.low) {
        s->frame.left.span.low /= 10;
        s->frame.left.span.high *= 10;
    }
    double low = s->frame.left.span.low;
    for (int scheme = 0; scheme < 2; scheme++)
        for (size_t k = 0; k < sweep->count; k++)
            if (s->errors[scheme][k] < low) {
                s->errors[scheme][k] = low;
                s->lowered++;
            }
    return TW_OK;
}

/* ---- fitted lines ---- */

/* The part of the law that lies in the box, as two values of h; 0 where there is none, or numbers
 * overflow. */
static int law_reach(const tw_sweep_sheet *s, const tw_sweep_law *l, double *from, double *to) {
    const tw_span *x = &s->frame.bottom.span, *y = &s->frame.left.span;
    double a = pow(y->low / l->factor, 1 / l->power), b = pow(y->high / l->factor, 1 / l->power);
    *from = fmax(x->low, fmin(a, b));
    *to = fmin(x->high, fmax(a, b));
    return isfinite(a) && isfinite(b) && *from < *to &&
           tw_is_drawable(l->factor * pow(*from, l->power)) &&
           tw_is_drawable(l->factor * pow(*to, l->power));
}

static void add_spot(tw_sweep_sheet *s, double x, double y) {
    if (s->spot_count < TW_SWEEP_SPOTS)
        s->spots[s->spot_count++] = (tw_spot){x, y};
}

/* Thin lines have fewer spots: names may rather cross them than curves. */
static void add_spots(tw_sweep_sheet *s, double ax, double ay, double bx, double by, double apart) {
    int steps = 1 + (int)fmin(hypot(bx - ax, by - ay) / apart, 400);
    for (int k = 0; k <= steps; k++)
        add_spot(s, ax + (bx - ax) * k / steps, ay + (by - ay) * k / steps);
}

static void draw_law(tw_sweep_sheet *s, const tw_sweep_law *l) {
    double from, to;
    if (!law_reach(s, l, &from, &to))
        return;
    cairo_t *cr = s->canvas->cr;
    const tw_frame *frame = &s->frame;
    double ax = tw_frame_x(frame, from), ay = tw_frame_y(frame, l->factor * pow(from, l->power)),
           bx = tw_frame_x(frame, to), by = tw_frame_y(frame, l->factor * pow(to, l->power));
    tw_canvas_ink(s->canvas, TW_SWEEP_FAINT, 1);
    cairo_set_line_width(cr, 0.6);
    cairo_set_dash(cr, (double[]){4, 2}, 2, 0);
    cairo_move_to(cr, ax, ay);
    cairo_line_to(cr, bx, by);
    cairo_stroke(cr);
    cairo_set_dash(cr, NULL, 0, 0);
    add_spots(s, ax, ay, bx, by, 5);
    /* named where the curves are far: low on the side that the fit does not rest on */
    double at = l->power < 0 ? 0.86 : 0.12;
    tw_mark_name *label = &s->labels[s->label_count++];
    *label = (tw_mark_name){
        .x = ax + (bx - ax) * at, .y = ay + (by - ay) * at, .text = l->name, .ink = TW_SWEEP_FAINT};
}

/* ---- marks ---- */

static void trace_mark(cairo_t *cr, tw_scheme scheme, double x, double y) {
    double r = MARK;
    cairo_new_path(cr);
    if (scheme == TW_SCHEME_FORWARD) {
        cairo_rectangle(cr, x - r * 0.85, y - r * 0.85, 1.7 * r, 1.7 * r);
    } else if (scheme == TW_SCHEME_CENTRAL) {
        cairo_move_to(cr, x, y - 1.2 * r);
        cairo_line_to(cr, x + 1.2 * r, y);
        cairo_line_to(cr, x, y + 1.2 * r);
        cairo_line_to(cr, x - 1.2 * r, y);
    } else {
        cairo_move_to(cr, x, y - 1.2 * r);
        cairo_line_to(cr, x + 1.15 * r, y + 0.8 * r);
        cairo_line_to(cr, x - 1.15 * r, y + 0.8 * r);
    }
    cairo_close_path(cr);
}

static void draw_mark(tw_sweep_sheet *s, tw_scheme scheme, double x, double y) {
    cairo_t *cr = s->canvas->cr;
    trace_mark(cr, scheme, x, y);
    tw_canvas_ink(s->canvas, TW_PAPER, 1);
    cairo_fill_preserve(cr);
    tw_canvas_ink(s->canvas, tw_sweep_inks[scheme], 1);
    cairo_set_line_width(cr, 1);
    cairo_stroke(cr);
}

static void draw_star(tw_sweep_sheet *s, double x, double y) {
    cairo_t *cr = s->canvas->cr;
    cairo_new_path(cr);
    for (int k = 0; k < 10; k++) {
        double r = k % 2 ? 2 : 4.8, angle = M_PI * k / 5;
        cairo_line_to(cr, x + r * sin(angle), y - r * cos(angle));
    }
    cairo_close_path(cr);
    tw_canvas_ink(s->canvas, TW_INK, 1);
    cairo_fill(cr);
}

/* A label of its own, or a name more in that of a mark of the same scheme at the same place. */
static void name_mark(tw_sweep_sheet *s, const char *name, tw_rgb ink, double x, double y) {
    for (size_t k = 0; k < s->label_count; k++) {
        tw_mark_name *other = &s->labels[k];
        if (hypot(other->x - x, other->y - y) > 2 || memcmp(&other->ink, &ink, sizeof ink) != 0)
            continue;
        size_t used = strlen(s->texts[k]);
        snprintf(s->texts[k] + used, TW_SWEEP_TEXT - used, ", %s", name);
        return;
    }
    if (s->label_count == TW_SWEEP_LABELS)
        return;
    snprintf(s->texts[s->label_count], TW_SWEEP_TEXT, "%s", name);
    s->labels[s->label_count] = (tw_mark_name){
        .x = x, .y = y, .reach = MARK + 0.8, .text = s->texts[s->label_count], .ink = ink};
    s->label_count++;
}

static void draw_marks(tw_sweep_sheet *s) {
    const tw_sweep *sweep = s->sweep;
    for (size_t m = 0; m < sweep->mark_count; m++) {
        const tw_sweep_mark *mark = &sweep->marks[m];
        if (!has_place(mark->h, mark->error))
            continue;
        double x = tw_frame_x(&s->frame, fabs(mark->h)), y = mark_y(s, mark->error);
        draw_mark(s, mark->rule->scheme, x, y);
        name_mark(s, mark->rule->name, tw_sweep_inks[mark->rule->scheme], x, y);
    }
    if (s->has_star) {
        double x = tw_frame_x(&s->frame, sweep->ladder.step), y = mark_y(s, sweep->ladder_error);
        draw_star(s, x, y);
        name_mark(s, "thalweg's ladder", TW_INK, x, y);
    }
}

/* ---- the picture ---- */

static void draw_floor(tw_sweep_sheet *s) {
    const tw_frame *frame = &s->frame;
    cairo_t *cr = s->canvas->cr;
    if (!(s->floor > frame->left.span.low))
        return;
    double y = tw_frame_y(frame, s->floor), bottom = frame->box.y + frame->box.h;
    cairo_rectangle(cr, frame->box.x, y, frame->box.w, bottom - y);
    tw_hatch_fill(s->canvas, TW_HATCH_NOT_COMPUTED);
    add_spots(s, frame->box.x, y, frame->box.x + frame->box.w, y, 12);
    tw_canvas_ink(s->canvas, TW_SWEEP_FAINT, 1);
    cairo_set_line_width(cr, 0.5);
    cairo_move_to(cr, frame->box.x, y);
    cairo_line_to(cr, frame->box.x + frame->box.w, y);
    cairo_stroke(cr);
}

static void draw_curves(tw_sweep_sheet *s) {
    const tw_frame *frame = &s->frame;
    for (int scheme = 0; scheme < 2; scheme++) {
        const tw_curve *curve = &s->curves[scheme];
        tw_curve_draw(s->canvas, frame, curve, tw_sweep_inks[scheme]);
        for (size_t k = 0; k + 1 < curve->count; k++)
            if (!isnan(curve->y[k]) && !isnan(curve->y[k + 1]))
                add_spots(s, tw_frame_x(frame, curve->x[k]), tw_frame_y(frame, curve->y[k]),
                          tw_frame_x(frame, curve->x[k + 1]), tw_frame_y(frame, curve->y[k + 1]),
                          3);
    }
}

static void draw_rings(tw_sweep_sheet *s) {
    for (int scheme = 0; scheme < 2; scheme++) {
        size_t best = tw_sweep_best_step(s, scheme);
        if (best == SIZE_MAX)
            continue;
        double x = tw_frame_x(&s->frame, s->h[best]);
        double y = tw_frame_y(&s->frame, s->errors[scheme][best]);
        tw_ring_draw(s->canvas, x, y);
        add_spots(s, x - 4, y, x + 4, y, 2);
    }
}

static void draw_sheet(tw_sweep_sheet *s) {
    tw_sweep_law laws[TW_SWEEP_LAWS];
    int count = tw_sweep_laws(s, laws);
    draw_floor(s);
    for (int k = 0; k < count; k++)
        draw_law(s, &laws[k]);
    draw_curves(s);
    draw_rings(s);
    draw_marks(s);
    tw_mark_names_place(&s->canvas->font, SIZE, &s->frame.box, s->label_count, s->labels,
                        s->spot_count, s->spots);
    tw_mark_names_draw(s->canvas, SIZE, s->label_count, s->labels);
    tw_frame_draw(s->canvas, &s->frame);
}

tw_status tw_sweep_draw(tw_canvas *canvas, const tw_sweep *sweep) {
    tw_sweep_sheet s = {.canvas = canvas, .sweep = sweep};
    tw_status status = read_sweep(&s);
    if (status == TW_OK)
        status = set_spans(&s);
    if (status == TW_OK) {
        tw_sweep_words(&s);
        status = tw_frame_lay_out(&s.frame, canvas, tw_canvas_width(canvas, 5.6),
                                  tw_canvas_height(canvas, 4.2));
    }
    if (status == TW_OK)
        status = tw_canvas_begin(canvas, s.frame.width, s.frame.height);
    if (status == TW_OK)
        draw_sheet(&s);
    free(s.h);
    free(s.spots);
    return status;
}
