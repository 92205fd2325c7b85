/* A spectrum: the density of eigenvalues, and the extreme ones marked in it. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "core/alloc.h"
#include "plot/plot_private.h"
#include "plot/spectrum_ranks.h"
#include "plot/spectrum_scale.h"

enum { GRID = 700, NAMED = 2, NAME = 120 };
static const double SMOOTH = 0.009; /* of the axis: the width that a node is drawn with */
static const double STEM = 22;
static const tw_rgb MARK_INK = {0xd5 / 255.0, 0x5e / 255.0, 0};

typedef struct sheet {
    tw_canvas *canvas;
    const tw_curvature_report *report;
    tw_spectrum_scale scale;
    double *grid, *mean, *low, *high; /* GRID each, in terms of the axis */
    double sigma;
    double ends[2]; /* eigenvalues lie between them; infinite: not known */
    tw_frame frame;
    char x_label[96], texts[NAMED][NAME];
} sheet;

/* ---- words ---- */

/* Never fewer digits than stand before the point, as long as those are few. */
static void number(double value, int digits, char *text, size_t size) {
    double magnitude = fabs(value);
    if (magnitude >= 10 && magnitude < 9999)
        digits = (int)fmax(digits, floor(log10(magnitude)) + 1);
    tw_number_digits(value, digits, text, size);
}

/* "123.4", or "123 ± 4"; of an error that is 0 or unknown the number alone. */
static void with_error(double value, double error, char *text, size_t size) {
    char a[40], b[40];
    int digits = error > 0 && fabs(value) > error
                     ? (int)fmin(6, fmax(2, 2 + floor(log10(fabs(value) / error))))
                     : 5;
    number(value, digits, a, sizeof a);
    number(error, 2, b, sizeof b);
    if (error > 0)
        snprintf(text, size, "%s \xc2\xb1 %s", a, b);
    else
        snprintf(text, size, "%s", a);
}

static const char *matrix_noun(const tw_curvature_report *r) {
    return r->facts.matrix == TW_MATRIX_GAUSS_NEWTON ? "Gauss-Newton matrix" : "Hessian";
}

static void say_moments(sheet *s) {
    const tw_curvature_report *r = s->report;
    const tw_trace_result *t = &r->trace;
    const tw_density *d = &r->density;
    char known[90], found[90];
    double error, norm = tw_density_frobenius(d, &error);
    with_error(d->trace, d->exact ? 0 : d->trace_error, found, sizeof found);
    with_error(t->trace, t->standard_error, known, sizeof known);
    if (t->block_count > 0)
        tw_caption_add(&s->frame.caption, TW_HATCH_NONE, "trace %s%s; of this density %s", known,
                       t->method == TW_TRACE_EXACT && !(t->standard_error > 0) ? " (exact)" : "",
                       found);
    else
        tw_caption_add(&s->frame.caption, TW_HATCH_NONE, "trace of this density %s", found);
    with_error(norm, error, found, sizeof found);
    with_error(t->frobenius, t->frobenius_error, known, sizeof known);
    if (t->block_count > 0 && !isnan(t->frobenius))
        tw_caption_add(&s->frame.caption, TW_HATCH_NONE, "Frobenius norm %s; of this density %s",
                       known, found);
    else
        tw_caption_add(&s->frame.caption, TW_HATCH_NONE, "Frobenius norm of this density %s",
                       found);
}

/* The first of them, in the place of a legend. */
static void say_pair(sheet *s, const char *what, size_t count, const tw_eigenpair *pairs) {
    char value[90];
    char *text = s->texts[s->frame.legend_count];
    if (count == 0)
        return;
    with_error(pairs[0].value, pairs[0].residual, value, sizeof value);
    if (count == 1)
        snprintf(text, NAME, "%s: %s", what, value);
    else
        snprintf(text, NAME, "%zu %s: %s, ...", count, what, value);
    s->frame.legend[s->frame.legend_count++] = (tw_legend_entry){text, MARK_INK, TW_MARK_LINE, 1};
}

static void say(sheet *s) {
    const tw_curvature_report *r = s->report;
    const tw_density *d = &r->density;
    const tw_figure *figure = s->canvas->figure;
    snprintf(s->x_label, sizeof s->x_label, "eigenvalue of the %s", matrix_noun(r));
    s->frame.title = figure->title;
    s->frame.bottom.label = figure->x_label != NULL ? figure->x_label : s->x_label;
    s->frame.left.label = figure->y_label != NULL ? figure->y_label
                          : s->scale.scale > 0    ? "share of eigenvalues per decade"
                                                  : "density of eigenvalues";
    if (d->exact)
        tw_caption_add(&s->frame.caption, TW_HATCH_NONE, "%s%zu eigenvalue%s, smoothed",
                       d->dimension == 1 ? "the " : "all ", d->dimension,
                       d->dimension == 1 ? "" : "s");
    else
        tw_caption_add(&s->frame.caption, TW_HATCH_NONE,
                       "%zu eigenvalue%s by %zu random probe%s of %zu node%s%s", d->dimension,
                       d->dimension == 1 ? "" : "s", d->probes, d->probes == 1 ? "" : "s", d->steps,
                       d->steps == 1 ? "" : "s",
                       d->probes > 1 ? "; band: the least and the greatest of the probes" : "");
    if (!d->exact)
        tw_caption_add(&s->frame.caption, TW_HATCH_NONE,
                       "smoothed over the distance between nodes: nothing finer is resolved");
    if (isfinite(s->ends[0]) || isfinite(s->ends[1]))
        tw_caption_add(&s->frame.caption, TW_HATCH_NONE,
                       "cut at the extreme eigenvalues, beyond which there are none");
    say_moments(s);
    say_pair(s, "largest", r->largest_count, r->largest);
    say_pair(s, "smallest", r->smallest_count, r->smallest);
}

/* ---- the density ---- */

static tw_status evaluate(sheet *s) {
    const tw_density *d = &s->report->density;
    double a = tw_spectrum_at(&s->scale, s->scale.low),
           b = tw_spectrum_at(&s->scale, s->scale.high);
    if (!(b - a > 1e-12 * fmax(fabs(a), fabs(b)))) {
        double half = fabs(a) > 0 ? 0.5 * fabs(a) : 1;
        a -= half;
        b += half;
    }
    double margin = 0.05 * (b - a);
    s->frame.bottom.span = (tw_span){a - margin, b + margin, 0};
    s->sigma = SMOOTH * (b - a);
    for (int k = 0; k < GRID; k++)
        s->grid[k] = a - margin + (b - a + 2 * margin) * k / (GRID - 1);
    return s->scale.scale > 0
               ? tw_density_evaluate_log(d, s->scale.scale, s->sigma, GRID, s->grid, s->mean,
                                         s->low, s->high)
               : tw_density_evaluate(d, s->sigma, GRID, s->grid, s->mean, s->low, s->high);
}

/* The axis reaches below what one eigenvalue alone gives. */
static void set_heights(sheet *s) {
    const double unit = s->scale.scale > 0 ? M_LN10 : 1;
    double most = 0;
    double one = unit / ((double)s->report->density.dimension * s->sigma * sqrt(2 * M_PI));
    for (int k = 0; k < GRID; k++) {
        s->mean[k] *= unit;
        s->low[k] *= unit;
        s->high[k] *= unit;
        most = fmax(most, s->high[k]);
    }
    double least = fmax(0.1 * one, 1e-12 * most);
    if (!(least < most / 30))
        least = most / 30;
    s->frame.left.span = (tw_span){least, 2 * most, 1};
}

/* Smoothing reaches beyond the extreme eigenvalues, where there are none. A node beyond an extreme
 * that was found would say that the search has missed one: then nothing is cut there. */
static void find_ends(sheet *s) {
    const tw_curvature_report *r = s->report;
    const tw_density *d = &r->density;
    double low = HUGE_VAL, high = -HUGE_VAL;
    s->ends[0] = -HUGE_VAL;
    s->ends[1] = HUGE_VAL;
    if (d->exact || r->stop != TW_SPECTRUM_CONVERGED)
        return;
    for (size_t p = 0; p < d->probes; p++)
        for (size_t k = 0; k < d->counts[p]; k++) {
            low = fmin(low, d->nodes[p * d->steps + k]);
            high = fmax(high, d->nodes[p * d->steps + k]);
        }
    double rounding = 1e-9 * fmax(fabs(low), fabs(high));
    if (r->smallest_count > 0 && low > r->smallest[0].value - r->smallest[0].residual - rounding)
        s->ends[0] = r->smallest[0].value - r->smallest[0].residual;
    if (r->largest_count > 0 && high < r->largest[0].value + r->largest[0].residual + rounding)
        s->ends[1] = r->largest[0].value + r->largest[0].residual;
    double a = tw_spectrum_at(&s->scale, s->ends[0]), b = tw_spectrum_at(&s->scale, s->ends[1]);
    if (b - a < 2 * s->sigma) { /* all eigenvalues are one: nothing would be left */
        s->ends[0] = -HUGE_VAL;
        s->ends[1] = HUGE_VAL;
    }
}

/* Until cairo_restore. */
static void clip_to_ends(const sheet *s) {
    const tw_rect *box = &s->frame.box;
    double x[2] = {box->x, box->x + box->w};
    for (int end = 0; end < 2; end++)
        if (isfinite(s->ends[end]))
            x[end] = tw_frame_x(&s->frame, tw_spectrum_at(&s->scale, s->ends[end]));
    tw_frame_clip(s->canvas, &s->frame, 0);
    cairo_rectangle(s->canvas->cr, x[0], box->y, x[1] - x[0], box->h);
    cairo_clip(s->canvas->cr);
}

static double inside(const sheet *s, double value) {
    return fmax(value, s->frame.left.span.low);
}

static void draw_band(const sheet *s) {
    cairo_t *cr = s->canvas->cr;
    if (s->report->density.probes < 2)
        return;
    clip_to_ends(s);
    for (int k = 0; k < GRID; k++)
        cairo_line_to(cr, tw_frame_x(&s->frame, s->grid[k]),
                      tw_frame_y(&s->frame, inside(s, s->high[k])));
    for (int k = GRID; k-- > 0;)
        cairo_line_to(cr, tw_frame_x(&s->frame, s->grid[k]),
                      tw_frame_y(&s->frame, inside(s, s->low[k])));
    cairo_close_path(cr);
    tw_canvas_ink(s->canvas, TW_LOSS_INK, 0.25);
    cairo_fill(cr);
    cairo_restore(cr);
}

static void draw_mean(sheet *s) {
    cairo_t *cr = s->canvas->cr;
    clip_to_ends(s);
    for (int k = 0; k < GRID; k++)
        cairo_line_to(cr, tw_frame_x(&s->frame, s->grid[k]),
                      tw_frame_y(&s->frame, inside(s, s->mean[k])));
    tw_canvas_ink(s->canvas, TW_LOSS_INK, 1);
    cairo_set_line_width(cr, 1);
    cairo_stroke(cr);
    cairo_restore(cr);
}

/* Where 0 is: below it the loss curves down. */
static void draw_zero(const sheet *s) {
    const tw_span *span = &s->frame.bottom.span;
    cairo_t *cr = s->canvas->cr;
    double x = tw_frame_x(&s->frame, 0);
    if (!(span->low < 0 && span->high > 0))
        return;
    tw_canvas_ink(s->canvas, (tw_rgb){0.6, 0.6, 0.6}, 1);
    cairo_set_line_width(cr, 0.5);
    cairo_set_dash(cr, (double[]){1.5, 1.5}, 2, 0);
    cairo_move_to(cr, x, s->frame.box.y);
    cairo_line_to(cr, x, s->frame.box.y + s->frame.box.h);
    cairo_stroke(cr);
    cairo_set_dash(cr, NULL, 0, 0);
}

/* ---- the extreme pairs ---- */

static void draw_pair(sheet *s, const tw_eigenpair *pair) {
    cairo_t *cr = s->canvas->cr;
    const tw_spectrum_scale *scale = &s->scale;
    double x = tw_frame_x(&s->frame, tw_spectrum_at(scale, pair->value));
    double a = tw_frame_x(&s->frame, tw_spectrum_at(scale, pair->value - pair->residual));
    double b = tw_frame_x(&s->frame, tw_spectrum_at(scale, pair->value + pair->residual));
    double bottom = s->frame.box.y + s->frame.box.h, top = bottom - STEM;
    tw_canvas_ink(s->canvas, MARK_INK, 1);
    cairo_set_line_width(cr, 0.9);
    cairo_move_to(cr, x, bottom);
    cairo_line_to(cr, x, top);
    if (b - a > 1.5) {
        cairo_move_to(cr, fmax(a, s->frame.box.x), top);
        cairo_line_to(cr, fmin(b, s->frame.box.x + s->frame.box.w), top);
    }
    cairo_stroke(cr);
    cairo_new_sub_path(cr);
    cairo_arc(cr, x, top, 1.5, 0, 2 * M_PI);
    cairo_fill(cr);
}

static void draw_pairs(sheet *s) {
    const tw_curvature_report *r = s->report;
    tw_frame_clip(s->canvas, &s->frame, 1);
    for (size_t k = 0; k < r->largest_count; k++)
        draw_pair(s, &r->largest[k]);
    for (size_t k = 0; k < r->smallest_count; k++)
        draw_pair(s, &r->smallest[k]);
    cairo_restore(s->canvas->cr);
}

static tw_status draw_density(sheet *s) {
    s->scale = tw_spectrum_scale_of(s->report);
    tw_status status = evaluate(s);
    if (status != TW_OK)
        return status;
    set_heights(s);
    find_ends(s);
    s->frame.bottom.ink = s->frame.left.ink = TW_INK;
    say(s);
    status = tw_frame_lay_out(&s->frame, s->canvas, tw_canvas_width(s->canvas, 4.4),
                              tw_canvas_height(s->canvas, 3.2));
    if (status == TW_OK)
        status = tw_canvas_begin(s->canvas, s->frame.width, s->frame.height);
    if (status != TW_OK)
        return status;
    tw_spectrum_ticks(&s->scale, &s->frame.bottom, &s->canvas->font, s->frame.box.w);
    draw_zero(s);
    draw_band(s);
    draw_mean(s);
    draw_pairs(s);
    tw_frame_draw(s->canvas, &s->frame);
    return TW_OK;
}

tw_status tw_spectrum_draw(tw_canvas *canvas, const tw_curvature_report *report) {
    if (report->density.probes == 0) {
        char label[96];
        snprintf(label, sizeof label, "eigenvalue of the %s", matrix_noun(report));
        return tw_spectrum_ranks_draw(canvas, report, label);
    }
    sheet *s = tw_alloc(1, sizeof *s);
    double *room = tw_alloc(4 * GRID, sizeof *room);
    tw_status status = s != NULL && room != NULL
                           ? TW_OK
                           : tw_fail(TW_ERR_MEMORY, "not enough memory to draw a spectrum");
    if (status == TW_OK) {
        *s = (sheet){.canvas = canvas, .report = report, .grid = room};
        s->mean = room + GRID;
        s->low = room + 2 * GRID;
        s->high = room + 3 * GRID;
        status = draw_density(s);
    }
    free(room);
    free(s);
    return status;
}
