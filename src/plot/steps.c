/* The step-size study: which step along the negative gradient is worth taking. */
#include <math.h>
#include <stdlib.h>

#include "core/alloc.h"
#include "core/plain.h"
#include "plot/plot_private.h"

static const double PANEL_GAP = 7, UPPER_SHARE = 0.42;

typedef struct study {
    tw_canvas *canvas;
    size_t count, best; /* best = count: none */
    const double *steps;
    double *losses; /* NaN where not finite */
    double original;
    size_t not_finite;
    tw_curve curve;
    tw_frame all, near; /* all losses; those near the original one */
    int has_near;
    char original_text[64], best_text[128];
} study;

static void read_table(study *s, const double *losses) {
    s->best = s->count;
    for (size_t i = 0; i < s->count; i++) {
        int drawable = tw_is_drawable(losses[i]);
        int step = tw_is_drawable(s->steps[i]) && s->steps[i] > 0;
        s->losses[i] = drawable ? losses[i] : NAN;
        s->not_finite += step && !drawable;
        if (step && drawable && (s->best == s->count || losses[i] < losses[s->best]))
            s->best = i;
    }
    s->curve = (tw_curve){.count = s->count, .x = s->steps, .y = s->losses, .markers = 1};
}

static void add_marks(study *s) {
    tw_frame *frame = &s->all;
    if (s->best < s->count) {
        char step[TW_TICK_TEXT];
        tw_number_text(s->steps[s->best], step, sizeof step);
        tw_plain_print(s->best_text, sizeof s->best_text, "best step %s, loss %.5g", step,
                       s->losses[s->best]);
        frame->legend[frame->legend_count++] =
            (tw_legend_entry){s->best_text, TW_LOSS_INK, TW_MARK_RING, 0};
    }
    if (tw_is_drawable(s->original)) {
        tw_plain_print(s->original_text, sizeof s->original_text, "loss before, %.5g", s->original);
        frame->legend[frame->legend_count++] =
            (tw_legend_entry){s->original_text, {0.4, 0.4, 0.4}, TW_MARK_DOTTED, 0};
    }
    if (s->not_finite > 0)
        tw_caption_add(&frame->caption, TW_HATCH_NONE,
                       "\xe2\x96\xb2 loss not finite after %zu step%s", s->not_finite,
                       s->not_finite == 1 ? "" : "s");
}

/* The axis of losses is given. */
static int is_limited(const study *s) {
    return s->canvas->figure->low < s->canvas->figure->high;
}

/* The spans take in the original loss, and steps whose losses are not finite. */
static void widen(study *s) {
    tw_extent steps = tw_extent_start(), losses = tw_extent_start();
    for (size_t i = 0; i < s->count; i++) {
        if (s->steps[i] > 0)
            tw_extent_add(&steps, s->steps[i]);
        if (s->steps[i] > 0 && !isnan(s->losses[i]))
            tw_extent_add(&losses, s->losses[i]);
    }
    if (tw_is_drawable(s->original))
        tw_extent_add(&losses, s->original);
    s->all.bottom.span = tw_span_of(&steps, 1, 0.03);
    if (!is_limited(s))
        s->all.left.span = tw_span_of(&losses, s->all.left.span.log, 0.06);
}

/* On an axis that spans decades the few per cent that a good step gains cannot be seen: a second
 * panel shows them. */
static void choose_near(study *s) {
    if (!s->all.left.span.log || s->best == s->count || !tw_is_drawable(s->original) ||
        is_limited(s))
        return;
    double gain = s->original - s->losses[s->best];
    double high = s->original + (gain > 0 ? 3 * gain : 0.1 * fabs(s->original));
    tw_extent extent = tw_extent_start();
    tw_extent_add(&extent, s->original);
    for (size_t i = 0; i < s->count; i++)
        if (s->steps[i] > 0 && s->losses[i] <= high)
            tw_extent_add(&extent, s->losses[i]);
    s->has_near = extent.finite > 2;
    s->near = s->all;
    s->near.left.span = tw_span_of(&extent, 0, 0.12);
    s->near.left.label = "loss, enlarged";
    s->near.title = NULL;
    s->near.legend_count = 0;
}

/* Both panels on one page, one under the other. */
static tw_status lay_out_panels(study *s, double width, double height) {
    tw_status status = tw_frame_lay_out(&s->all, s->canvas, width, height);
    if (status == TW_OK)
        status = tw_frame_lay_out(&s->near, s->canvas, width, height);
    if (status != TW_OK)
        return status;
    tw_rect *a = &s->all.box, *b = &s->near.box;
    double row = tw_canvas_row(s->canvas), gap = row > 0 ? row : PANEL_GAP;
    *b = *a; /* the upper one has the legend above it */
    a->h = row > 0 ? row * floor(UPPER_SHARE * b->h / row) : floor(UPPER_SHARE * b->h);
    b->y += a->h + gap;
    b->h -= a->h + gap;
    s->all.name_bottom = b->y - gap / 2 - 1;
    s->near.name_top = b->y - gap / 2 + 1;
    tw_side_ticks_upright(&s->all.left, a->h);
    tw_side_ticks_upright(&s->near.left, b->h);
    return TW_OK;
}

static tw_status lay_out(study *s) {
    double width = tw_canvas_width(s->canvas, 3.5);
    double height = tw_canvas_height(s->canvas, s->has_near ? 3.4 : 2.6);
    if (!s->has_near)
        return tw_frame_lay_out(&s->all, s->canvas, width, height);
    tw_status status = lay_out_panels(s, width, height);
    if (status != TW_OK)
        return status;
    /* again, with room for the ticks that the lower panels turned out to have */
    const tw_font *font = &s->canvas->font;
    double wanted =
        fmax(tw_side_text_width(&s->all.left, font), tw_side_text_width(&s->near.left, font));
    s->all.left.least_width = s->near.left.least_width = wanted;
    status = lay_out_panels(s, width, height);
    /* the steps are written below the lower panel only, as is the small print */
    for (size_t i = 0; i < s->all.bottom.ticks.count; i++)
        s->all.bottom.ticks.tick[i].text[0] = '\0';
    s->all.bottom.label = NULL;
    s->all.caption.count = 0;
    return status;
}

static void draw_not_finite(const study *s, const tw_frame *frame) {
    cairo_t *cr = s->canvas->cr;
    tw_canvas_ink(s->canvas, TW_LOSS_INK, 1);
    for (size_t i = 0; i < s->count; i++) {
        if (!(s->steps[i] > 0) || !tw_is_drawable(s->steps[i]) || !isnan(s->losses[i]))
            continue;
        double x = tw_frame_x(frame, s->steps[i]), y = frame->box.y + 2;
        cairo_move_to(cr, x, y);
        cairo_line_to(cr, x - 2.6, y + 4.5);
        cairo_line_to(cr, x + 2.6, y + 4.5);
        cairo_close_path(cr);
        cairo_fill(cr);
    }
}

static int shows_best(const study *s, const tw_frame *frame) {
    double loss = s->losses[s->best];
    return loss >= frame->left.span.low && loss <= frame->left.span.high;
}

static void draw_panel(const study *s, const tw_frame *frame) {
    cairo_t *cr = s->canvas->cr;
    if (tw_is_drawable(s->original)) {
        double y = tw_frame_y(frame, s->original);
        tw_frame_clip(s->canvas, frame, 0);
        tw_canvas_ink(s->canvas, (tw_rgb){0.4, 0.4, 0.4}, 1);
        cairo_set_line_width(cr, 0.8);
        cairo_set_dash(cr, (double[]){1.5, 1.5}, 2, 0);
        cairo_move_to(cr, frame->box.x, y);
        cairo_line_to(cr, frame->box.x + frame->box.w, y);
        cairo_stroke(cr);
        cairo_restore(cr);
    }
    tw_curve_draw(s->canvas, frame, &s->curve, TW_LOSS_INK);
    if (s->best < s->count && shows_best(s, frame))
        tw_ring_draw(s->canvas, tw_frame_x(frame, s->steps[s->best]),
                     tw_frame_y(frame, s->losses[s->best]));
    if (frame == &s->all)
        draw_not_finite(s, frame);
    tw_frame_draw(s->canvas, frame);
}

static tw_status draw(study *s) {
    tw_status status = tw_curves_prepare(&s->all, s->canvas, 1, &s->curve, NULL);
    if (status != TW_OK)
        return status;
    widen(s);
    add_marks(s);
    choose_near(s);
    status = lay_out(s);
    if (status == TW_OK)
        status = tw_canvas_begin(s->canvas, s->all.width, s->all.height);
    if (status != TW_OK)
        return status;
    draw_panel(s, &s->all);
    if (s->has_near)
        draw_panel(s, &s->near);
    return TW_OK;
}

tw_status tw_steps_draw(tw_canvas *canvas, size_t count, const double *steps, const double *losses,
                        double original) {
    study s = {.canvas = canvas, .count = count, .steps = steps, .original = original};
    const tw_figure *given = canvas->figure;
    tw_figure figure = *given;
    figure.x_scale = TW_SCALE_LOG;
    figure.x_label = figure.x_label != NULL ? figure.x_label : "step";
    if (figure.y_label == NULL && figure.value_label == NULL)
        figure.y_label = "loss";
    s.losses = tw_alloc_raw(count, sizeof *s.losses);
    if (s.losses == NULL)
        return tw_fail(TW_ERR_MEMORY, "not enough memory to draw %zu steps", count);
    canvas->figure = &figure;
    read_table(&s, losses);
    tw_status status = draw(&s);
    canvas->figure = given;
    free(s.losses);
    return status;
}
