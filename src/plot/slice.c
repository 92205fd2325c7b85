/* A surface along one line: losses on the left, accuracies on the right. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "plot/plot_private.h"
#include "plot/topology_draw.h"

/* A curve may have a band around it. */
enum { CURVES = 16, NAME = 64, ROWS = 3 * CURVES, SPOTS = 1000 };

typedef struct slice {
    const tw_surface *surface;
    size_t points;
    const double *x;
    size_t count; /* of curves */
    tw_curve curve[CURVES];
    size_t metric[CURVES];
    char label[CURVES][NAME];
    double *values;            /* rows of points, NaN where not computed: of the curves, */
    size_t rows;               /* then those of the edges of bands */
    char spread[TW_BAND_TEXT]; /* what a band of several directions is called */
    double largest_error;
    size_t losses, right;
    int curved; /* on the right there are eigenvalues */
} slice;

static int is_computed(const slice *s, size_t i) {
    return s->surface->computed == NULL || s->surface->computed[i];
}

/* "train" of "train_loss"; the whole name where it has no such ending. */
static void split_name(const tw_metric *metric, const char *name, char *out) {
    int known = tw_metric_is_loss(metric) || tw_metric_is_share(metric);
    const char *last = strrchr(name, '_');
    int length = known && last != NULL ? (int)(last - name) : (int)strlen(name);
    snprintf(out, NAME, "%.*s", length, name);
}

/* The values of a metric, NaN where there is nothing to draw; how many there are. */
static size_t fill_row(const slice *s, size_t metric, double *row) {
    size_t finite = 0;
    for (size_t i = 0; i < s->points; i++) {
        double value = s->surface->values[metric * s->points + i];
        row[i] = is_computed(s, i) && tw_is_drawable(value) ? value : NAN;
        finite += !isnan(row[i]);
    }
    return finite;
}

/* Those of others may say "testing". */
static int is_of_test(const tw_metric *metric) {
    return metric->split != NULL && strncmp(metric->split, "test", 4) == 0;
}

static void add_metric(slice *s, size_t metric, int right) {
    if (s->count == CURVES)
        return;
    const tw_metric *meaning = &s->surface->metric[metric];
    double *row = s->values + s->count * s->points;
    if (fill_row(s, metric, row) == 0)
        return;
    split_name(meaning, s->surface->names[metric], s->label[s->count]);
    s->curve[s->count] = (tw_curve){.label = s->label[s->count],
                                    .count = s->points,
                                    .x = s->x,
                                    .y = row,
                                    .right = right,
                                    .dashed = is_of_test(meaning),
                                    .markers = s->points < 12};
    s->metric[s->count] = metric;
    s->count++;
    s->losses += !right;
    s->right += (size_t)right;
}

/* Whether a metric is a whole split's: "test_loss", but not "train_data_loss", a part of one. */
static int is_split(const tw_metric *metric) {
    return metric->split != NULL && strchr(metric->split, '_') == NULL &&
           strchr(metric->name, '_') == NULL;
}

/* The eigenvalues of the second derivatives beside a loss, where there are any. */
static void add_curvature(slice *s) {
    static const char *const names[] = {TW_METRIC_MAX_EIG, TW_METRIC_MIN_EIG};
    static const char *const shown[] = {"\xce\xbbmax", "\xce\xbbmin"}; /* as in maps */
    for (size_t k = 0; k < sizeof names / sizeof names[0]; k++) {
        int metric = tw_surface_metric(s->surface, names[k]);
        size_t before = s->count;
        if (metric >= 0)
            add_metric(s, (size_t)metric, 1);
        if (s->count > before)
            snprintf(s->label[before], NAME, "%s", shown[k]);
        s->curved |= s->count > before;
    }
}

/* All splits of a loss with the curvature or the accuracies beside them; all splits of an accuracy;
 * or the one metric that is neither. */
static void choose_metrics(slice *s, size_t metric) {
    const tw_surface *surface = s->surface;
    const tw_metric *all = surface->metric, *shown = &all[metric];
    int loss = tw_metric_is_loss(shown) && shown->split != NULL, share = tw_metric_is_share(shown);
    add_metric(s, metric, 0);
    for (size_t m = 0; m < surface->metrics; m++)
        if (m != metric && is_split(shown) && is_split(&all[m]) &&
            ((loss && tw_metric_is_loss(&all[m])) || (share && tw_metric_is_share(&all[m]))))
            add_metric(s, m, 0);
    if (loss)
        add_curvature(s);
    for (size_t m = 0; loss && !s->curved && m < surface->metrics; m++)
        if (tw_metric_is_share(&all[m]) && is_split(&all[m]))
            add_metric(s, m, 1);
}

static double *next_row(slice *s) {
    return s->values + s->rows++ * s->points;
}

/* From the least to the greatest of several directions. */
static int add_spread(slice *s, size_t k) {
    static const tw_metric_band bands[] = {TW_BAND_LEAST, TW_BAND_GREATEST};
    tw_metric wanted = s->surface->metric[s->metric[k]];
    int edge[2];
    for (int side = 0; side < 2; side++) {
        wanted.band = bands[side];
        edge[side] = tw_surface_metric_find(s->surface, &wanted);
    }
    if (edge[0] < 0 || edge[1] < 0)
        return 0;
    double *low = next_row(s), *high = next_row(s);
    fill_row(s, (size_t)edge[0], low);
    fill_row(s, (size_t)edge[1], high);
    s->curve[k].low = low;
    s->curve[k].high = high;
    s->curve[k].band = s->spread;
    return 1;
}

/* One error to both sides of the value. */
static void add_error(slice *s, size_t k, int metric, const char *name) {
    double *low = next_row(s), *high = next_row(s);
    fill_row(s, (size_t)metric, high);
    for (size_t i = 0; i < s->points; i++) {
        double value = s->curve[k].y[i], error = high[i];
        low[i] = value - error;
        high[i] = value + error;
        if (!s->curve[k].right)
            s->largest_error = fmax(s->largest_error, error);
    }
    s->curve[k].low = low;
    s->curve[k].high = high;
    s->curve[k].band = name;
}

/* Whether an error of the right-hand curves can be seen beside what these span. */
static int is_visible(slice *s, int metric) {
    tw_extent values = tw_extent_start(), errors = tw_extent_start();
    for (size_t i = 0; i < s->points; i++) {
        tw_extent_add(&errors, s->surface->values[(size_t)metric * s->points + i]);
        for (size_t k = 0; k < s->count; k++)
            if (s->curve[k].right && !isnan(s->curve[k].y[i]))
                tw_extent_add(&values, s->curve[k].y[i]);
    }
    return errors.finite > 0 && errors.high > 0.003 * (values.high - values.low);
}

/* What surrounds the curves: what several directions fill, or the standard error. */
static void add_bands(slice *s) {
    s->rows = s->count;
    for (size_t k = 0; k < s->count; k++) {
        const tw_metric *metric = &s->surface->metric[s->metric[k]];
        if (metric->band != TW_BAND_NONE || metric->is_error || add_spread(s, k))
            continue;
        tw_metric wanted = *metric;
        wanted.is_error = 1;
        int error = tw_surface_metric_find(s->surface, &wanted);
        if (error >= 0)
            add_error(s, k, error, TW_BAND_OF_ERROR);
        const char *name = tw_metric_is_curvature(metric) ? metric->name : "";
        if (strcmp(name, TW_METRIC_MAX_EIG) == 0)
            error = tw_surface_metric(s->surface, TW_METRIC_MAX_EIG_ERROR);
        else if (strcmp(name, TW_METRIC_MIN_EIG) == 0)
            error = tw_surface_metric(s->surface, TW_METRIC_MIN_EIG_ERROR);
        if (*name != '\0' && error >= 0 && is_visible(s, error))
            add_error(s, k, error, "± error of λ");
    }
}

static int hole(const slice *s, size_t metric, size_t i) {
    return !is_computed(s, i)                                            ? TW_HATCH_NOT_COMPUTED
           : !tw_is_drawable(s->surface->values[metric * s->points + i]) ? TW_HATCH_NOT_FINITE
                                                                         : TW_HATCH_NONE;
}

/* Points that have their loss, but no eigenvalues. */
static size_t uncurved(const slice *s, size_t metric) {
    size_t count = 0;
    for (size_t i = 0; s->curved && i < s->points; i++)
        count += hole(s, metric, i) == TW_HATCH_NONE && isnan(s->curve[s->losses].y[i]);
    return count;
}

static double half_way(const slice *s, size_t i, int side) {
    if ((side < 0 && i == 0) || (side > 0 && i + 1 == s->points))
        return s->x[i];
    return s->x[i] / 2 + s->x[side < 0 ? i - 1 : i + 1] / 2;
}

static void hatch_holes(tw_canvas *canvas, const tw_frame *frame, const slice *s, size_t metric) {
    for (int hatch = TW_HATCH_NOT_COMPUTED; hatch <= TW_HATCH_NOT_FINITE; hatch++) {
        tw_frame_clip(canvas, frame, 0);
        size_t found = 0;
        for (size_t i = 0; i < s->points; i++) {
            if (hole(s, metric, i) != hatch)
                continue;
            double a = tw_frame_x(frame, half_way(s, i, -1));
            double b = tw_frame_x(frame, half_way(s, i, 1));
            cairo_rectangle(canvas->cr, fmin(a, b), frame->box.y, fmax(fabs(b - a), 1),
                            frame->box.h);
            found++;
        }
        if (found > 0)
            tw_hatch_fill(canvas, (tw_hatch)hatch);
        cairo_restore(canvas->cr);
    }
}

/* Faint lines at 0 and 1, which mark the point itself and, between two points, the other one. */
static void draw_marks(tw_canvas *canvas, const tw_frame *frame) {
    tw_canvas_ink(canvas, (tw_rgb){0.82, 0.82, 0.82}, 1);
    cairo_set_line_width(canvas->cr, 0.5);
    for (double at = 0; at <= 1; at++) {
        if (frame->bottom.span.log || at <= frame->bottom.span.low || at >= frame->bottom.span.high)
            continue;
        cairo_move_to(canvas->cr, tw_frame_x(frame, at), frame->box.y);
        cairo_line_to(canvas->cr, tw_frame_x(frame, at), frame->box.y + frame->box.h);
        cairo_stroke(canvas->cr);
    }
}

/* Marks of the shape lie on the curve. */
typedef struct curve_place {
    const tw_frame *frame;
    int upright; /* the curve is along y */
} curve_place;

static void place_point(const void *context, double x, double y, double value, double *page_x,
                        double *page_y) {
    const curve_place *place = context;
    *page_x = tw_frame_x(place->frame, place->upright ? y : x);
    *page_y = tw_frame_y(place->frame, value);
}

/* Minima and saddles, whose names keep off the curve. */
static tw_status draw_shape(const slice *s, tw_canvas *canvas, const tw_frame *frame) {
    curve_place place = {frame, s->x == s->surface->y};
    const tw_curve *curve = &s->curve[0];
    tw_spot spots[SPOTS];
    size_t count = 0;
    for (size_t i = 0; i + 1 < s->points; i++) {
        double x = tw_frame_x(frame, s->x[i]), y = tw_frame_y(frame, curve->y[i]);
        double dx = tw_frame_x(frame, s->x[i + 1]) - x, dy = tw_frame_y(frame, curve->y[i + 1]) - y;
        int steps = isfinite(hypot(dx, dy)) ? (int)fmin(hypot(dx, dy) / 3 + 1, 100) : 0;
        for (int k = 0; k < steps && count < SPOTS; k++)
            spots[count++] = (tw_spot){x + dx * k / steps, y + dy * k / steps};
    }
    return tw_topology_draw(canvas, &frame->box, place_point, &place, count, spots);
}

/* The curve with a dot where it was computed. */
static tw_status draw_points(const slice *s, tw_canvas *canvas, const tw_frame *frame,
                             const tw_curve *curve, tw_rgb ink) {
    double *y = tw_alloc_raw(s->points, sizeof *y);
    if (y == NULL)
        return tw_fail(TW_ERR_MEMORY, "not enough memory to draw %zu points", s->points);
    for (size_t i = 0; i < s->points; i++)
        y[i] = s->surface->computed == NULL || s->surface->computed[i] == 1 ? curve->y[i] : NAN;
    tw_curve dots = *curve;
    dots.y = y;
    dots.markers = 1;
    tw_curve_draw(canvas, frame, &dots, ink);
    free(y);
    return TW_OK;
}

/* Of a plane of one row or column, x_label and y_label name the directions: one of them is along
 * the curve, and none is the value's. `label` has room for TW_CAPTION_TEXT. */
static void set_labels(const slice *s, const tw_metric *metric, char *label, tw_figure *figure) {
    int plane = s->surface->rank == 2, upright = s->x == s->surface->y;
    const char *plural = tw_metric_is_loss(metric) ? "loss" : "accuracy (%)";
    tw_metric_label(metric, label, TW_CAPTION_TEXT);
    const char *along = upright ? figure->y_label : figure->x_label;
    const char *value = figure->value_label != NULL ? figure->value_label
                        : plane                     ? NULL
                                                    : figure->y_label;
    figure->x_label = along != NULL ? along : upright ? "direction η" : plane ? "direction δ" : "α";
    figure->y_label = value != NULL ? value : s->losses > 1 ? plural : label;
}

static void caption_bands(const slice *s, tw_caption *caption) {
    char text[TW_TICK_TEXT];
    int spread = 0;
    for (size_t k = 0; k < s->count; k++)
        spread |= s->curve[k].band == s->spread;
    if (spread)
        tw_caption_add(caption, TW_HATCH_NONE, "line%s: mean over the directions",
                       s->count > 1 ? "s" : "");
    if (s->largest_error > 0) {
        tw_number_text(s->largest_error, text, sizeof text);
        tw_caption_add(caption, TW_HATCH_NONE, "largest standard error: %s", text);
    }
}

static tw_status draw(slice *s, tw_canvas *canvas, size_t metric) {
    const tw_metric *meaning = &s->surface->metric[metric];
    tw_figure figure = *canvas->figure;
    char label[TW_CAPTION_TEXT];
    set_labels(s, meaning, label, &figure);
    if (figure.scale == TW_SCALE_AUTO && tw_metric_is_share(meaning))
        figure.scale = TW_SCALE_LINEAR;
    const tw_figure *given = canvas->figure;
    canvas->figure = &figure;
    tw_frame frame = {0};
    size_t not_computed = 0, not_finite = 0, interpolated = 0;
    for (size_t i = 0; i < s->points; i++) {
        not_computed += hole(s, metric, i) == TW_HATCH_NOT_COMPUTED;
        not_finite += hole(s, metric, i) == TW_HATCH_NOT_FINITE;
        interpolated += s->surface->computed != NULL && s->surface->computed[i] == 2;
    }
    tw_caption_left_out(&frame.caption, canvas);
    tw_caption_missing(&frame.caption, not_computed, not_finite);
    tw_caption_interpolated(&frame.caption, interpolated, s->points);
    if (s->points == 1 && s->surface->rank == 2)
        tw_caption_add(&frame.caption, TW_HATCH_NONE, "a plane of one point, at %s = %.6g",
                       given->y_label != NULL ? given->y_label : "\xce\xb7", s->surface->y[0]);
    size_t without = uncurved(s, metric);
    if (without > 0)
        tw_caption_add(&frame.caption, TW_HATCH_NONE, "%zu point%s without eigenvalues", without,
                       without == 1 ? "" : "s");
    caption_bands(s, &frame.caption);
    tw_topology_caption(&figure, &frame.caption);
    tw_status status = tw_curves_prepare(&frame, canvas, s->count, s->curve,
                                         s->curved ? "eigenvalues of the Hessian" : "accuracy (%)");
    if (status == TW_OK)
        status = tw_curves_lay_out(&frame, canvas, s->count, s->curve);
    if (status == TW_OK)
        status = tw_canvas_begin(canvas, frame.width, frame.height);
    if (status == TW_OK) {
        hatch_holes(canvas, &frame, s, metric);
        if (!figure.no_marks)
            draw_marks(canvas, &frame);
        tw_bands_draw(canvas, &frame, s->count, s->curve);
        for (size_t i = s->count; i-- > 0;)
            tw_curve_draw(canvas, &frame, &s->curve[i], tw_curve_ink(s->count, s->curve, i));
        for (size_t i = s->count; i-- > 0 && figure.show_points && status == TW_OK;)
            status =
                draw_points(s, canvas, &frame, &s->curve[i], tw_curve_ink(s->count, s->curve, i));
        if (status == TW_OK)
            status = draw_shape(s, canvas, &frame);
        if (status == TW_OK)
            status = tw_inset_curves(canvas, &frame, s->count, s->curve);
        tw_frame_draw(canvas, &frame);
    }
    canvas->figure = given;
    return status;
}

tw_status tw_slice_draw(tw_canvas *canvas, const tw_surface *surface, size_t metric) {
    int upright = surface->rank == 2 && surface->nx == 1 && surface->ny > 1;
    slice s = {.surface = surface,
               .points = surface->nx * (surface->rank == 2 ? surface->ny : 1),
               .x = upright ? surface->y : surface->x};
    s.values = tw_alloc(s.points, ROWS * sizeof *s.values);
    if (s.values == NULL)
        return tw_fail(TW_ERR_MEMORY, "not enough memory to draw %zu points", s.points);
    tw_band_text(canvas->figure->directions, s.spread);
    choose_metrics(&s, metric);
    add_bands(&s);
    tw_status status = TW_OK;
    if (s.count == 0) {
        size_t computed = 0;
        for (size_t i = 0; i < s.points; i++)
            computed += (size_t)is_computed(&s, i);
        status = tw_fail(TW_ERR_ARGUMENT,
                         "nothing to draw of '%s': %zu points not computed, %zu values not finite",
                         surface->names[metric], s.points - computed, computed);
    }
    if (status == TW_OK)
        status = draw(&s, canvas, metric);
    free(s.values);
    return status;
}
