/* Curves over one axis, with an optional second axis on the right. */
#include "plot/plot_private.h"

#include <math.h>
#include <string.h>

static const double COLUMN = 0.25; /* points: finer detail of a long curve cannot be seen */

enum { LONG_CURVE = 5000 };

tw_rgb tw_curve_ink(size_t count, const tw_curve *curves, size_t index) {
    /* Okabe and Ito's colours, which colour-blind readers can tell apart */
    static const tw_rgb left[] = {
        {0, 0x72 / 255.0, 0xb2 / 255.0},           {0xd5 / 255.0, 0x5e / 255.0, 0},
        {0, 0x9e / 255.0, 0x73 / 255.0},           {0xcc / 255.0, 0x79 / 255.0, 0xa7 / 255.0},
        {0xe6 / 255.0, 0x9f / 255.0, 0},           {0x56 / 255.0, 0xb4 / 255.0, 0xe9 / 255.0},
        {0x44 / 255.0, 0x44 / 255.0, 0x44 / 255.0}};
    static const int beside[] = {0, 2, 5, 6}, right[] = {1, 4, 3, 6};
    size_t rank = 0;
    int has_right = 0;
    for (size_t i = 0; i < count; i++) {
        has_right |= curves[i].right;
        /* a dashed curve shares the colour of the solid one of its rank */
        rank += i < index && curves[i].right == curves[index].right &&
                curves[i].dashed == curves[index].dashed;
    }
    if (curves[index].right)
        return left[right[rank % 4]];
    return has_right ? left[beside[rank % 4]] : left[rank % 7];
}

/* ---- what is to be drawn ---- */

typedef struct extents {
    tw_extent x, left, right;
    size_t infinite, x_not_positive;
} extents;

/* The axis takes in the band, but an error that reaches below 0 does not tell that values do. */
static void add_band(tw_extent *values, const tw_curve *curve, size_t i) {
    const double *const edges[2] = {curve->low, curve->high};
    for (int k = 0; k < 2; k++)
        if (edges[k] != NULL && tw_is_drawable(edges[k][i]) &&
            (edges[k][i] > 0 || curve->y[i] <= 0))
            tw_extent_add(values, edges[k][i]);
}

static tw_status add_curve(extents *e, const tw_curve *curve, size_t index, int x_log) {
    if (curve->count > 0 && (curve->x == NULL || curve->y == NULL))
        return tw_fail(TW_ERR_ARGUMENT, "curve %zu has no x or y", index + 1);
    for (size_t i = 0; i < curve->count; i++) {
        e->infinite += !isnan(curve->y[i]) && !tw_is_drawable(curve->y[i]);
        if (!tw_is_drawable(curve->x[i]) || !tw_is_drawable(curve->y[i]))
            continue;
        if (x_log && curve->x[i] <= 0) {
            e->x_not_positive++;
            continue;
        }
        tw_extent *values = curve->right ? &e->right : &e->left;
        tw_extent_add(&e->x, curve->x[i]);
        tw_extent_add(values, curve->y[i]);
        add_band(values, curve, i);
    }
    return TW_OK;
}

static void add_legend(tw_frame *frame, const tw_curve *curve, tw_rgb ink) {
    for (size_t i = 0; i < frame->legend_count; i++) {
        tw_legend_entry *entry = &frame->legend[i];
        if (strcmp(entry->text, curve->label) == 0 &&
            (entry->mark == TW_MARK_DASHED) == (curve->dashed != 0)) {
            entry->ink = TW_INK; /* the same on both axes: the dash tells, not the colour */
            return;
        }
    }
    if (frame->legend_count < TW_LEGEND_MAX)
        frame->legend[frame->legend_count++] = (tw_legend_entry){
            curve->label, ink, curve->dashed ? TW_MARK_DASHED : TW_MARK_LINE, curve->markers};
}

/* An entry for every kind of band, in the colour of its curve where there is one such. */
static void add_band_legend(tw_frame *frame, size_t count, const tw_curve *curves) {
    for (size_t k = 0; k < count; k++) {
        size_t first = k, same = 0;
        for (size_t i = 0; i < count && curves[k].band != NULL; i++)
            if (curves[i].band != NULL && strcmp(curves[i].band, curves[k].band) == 0) {
                first = i < first ? i : first;
                same++;
            }
        if (same == 0 || first < k || frame->legend_count == TW_LEGEND_MAX)
            continue;
        tw_rgb ink = same == 1 ? tw_curve_ink(count, curves, k) : (tw_rgb){0.45, 0.45, 0.45};
        frame->legend[frame->legend_count++] = (tw_legend_entry){
            curves[k].band, ink, curves[k].markers ? TW_MARK_BAR : TW_MARK_BAND, 0};
    }
}

static int is_limited(const tw_figure *figure) {
    return figure->low < figure->high;
}

/* Whether the axis of values is logarithmic. Curves are read for their shape (the pieces of a hinge
 * are straight): only where a linear axis would show nothing of the lower part. */
static int is_log(const tw_figure *figure, const tw_extent *values) {
    tw_extent range = {.low = figure->low,
                       .high = figure->high,
                       .smallest_positive = figure->low,
                       .finite = 1,
                       .negative = figure->low <= 0};
    return tw_scale_is_log(figure->scale, is_limited(figure) ? &range : values, 1000);
}

/* What the limits cut off. */
static void caption_limits(tw_frame *frame, const tw_figure *figure, size_t count,
                           const tw_curve *curves) {
    size_t below = 0, above = 0;
    char low[TW_TICK_TEXT], high[TW_TICK_TEXT];
    for (size_t k = 0; k < count; k++)
        for (size_t i = 0; i < curves[k].count && !curves[k].right; i++) {
            below += curves[k].y[i] < figure->low;
            above += curves[k].y[i] > figure->high;
        }
    tw_number_text(figure->low, low, sizeof low);
    tw_number_text(figure->high, high, sizeof high);
    if (below > 0)
        tw_caption_add(&frame->caption, TW_HATCH_NONE, "%zu value%s below %s not shown", below,
                       below == 1 ? "" : "s", low);
    if (above > 0)
        tw_caption_add(&frame->caption, TW_HATCH_NONE, "%zu value%s above %s not shown", above,
                       above == 1 ? "" : "s", high);
}

static void set_spans(tw_frame *frame, const extents *e, const tw_figure *figure, int markers) {
    int x_log = figure->x_scale == TW_SCALE_LOG;
    int log = is_log(figure, &e->left);
    frame->bottom.span = tw_span_of(&e->x, x_log, markers ? 0.03 : 0);
    frame->left.span = is_limited(figure) ? (tw_span){figure->low, figure->high, log}
                                          : tw_span_of(&e->left, log, 0.05);
    frame->right.span = tw_span_of(&e->right, 0, 0.05);
    if (e->right.finite > 0 && e->right.low == e->right.high && e->right.low >= 0 &&
        e->right.high <= 100 && frame->right.label != NULL && strchr(frame->right.label, '%'))
        frame->right.span = (tw_span){0, 100, 0}; /* no per cent below 0 */
    if (log && e->left.not_positive > 0 && !is_limited(figure))
        tw_caption_add(&frame->caption, TW_HATCH_NONE,
                       "%zu value%s not above 0 drawn at the lower edge", e->left.not_positive,
                       e->left.not_positive == 1 ? "" : "s");
    if (e->x_not_positive > 0)
        tw_caption_add(&frame->caption, TW_HATCH_NONE, "%zu point%s at x not above 0 left out",
                       e->x_not_positive, e->x_not_positive == 1 ? "" : "s");
    if (e->infinite > 0)
        tw_caption_add(&frame->caption, TW_HATCH_NONE, "%zu value%s not finite left out",
                       e->infinite, e->infinite == 1 ? "" : "s");
}

tw_status tw_curves_prepare(tw_frame *frame, const tw_canvas *canvas, size_t count,
                            const tw_curve *curves, const char *right_label) {
    const tw_figure *figure = canvas->figure;
    extents e = {.x = tw_extent_start(), .left = tw_extent_start(), .right = tw_extent_start()};
    int markers = 0, has_right = 0;
    for (size_t i = 0; i < count; i++) {
        tw_status status = add_curve(&e, &curves[i], i, figure->x_scale == TW_SCALE_LOG);
        if (status != TW_OK)
            return status;
        markers |= curves[i].markers;
        has_right |= curves[i].right;
    }
    if (e.x.finite == 0)
        return tw_fail(TW_ERR_ARGUMENT, "nothing to draw: the %zu curves have no finite point%s",
                       count, e.x_not_positive > 0 ? " at a positive x" : "");
    if (is_limited(figure) && figure->low <= 0 && is_log(figure, &e.left))
        return tw_fail(TW_ERR_ARGUMENT, "limits from %g on a log scale: both must be above 0",
                       figure->low);
    if (is_limited(figure) && e.left.finite > 0 &&
        (e.left.high < figure->low || e.left.low > figure->high))
        return tw_fail(TW_ERR_ARGUMENT,
                       "no value lies within the limits %g:%g; they go from %g to %g", figure->low,
                       figure->high, e.left.low, e.left.high);
    if (figure->scale == TW_SCALE_LOG && e.left.finite > 0 && e.left.smallest_positive == HUGE_VAL)
        return tw_fail(TW_ERR_ARGUMENT,
                       "no value of the curves is positive: they cannot be drawn on a log scale");
    frame->title = figure->title;
    frame->bottom.ink = TW_INK;
    frame->left.ink = has_right ? TW_LOSS_INK : TW_INK;
    frame->right.ink = TW_ACCURACY_INK;
    frame->has_right = has_right;
    frame->bottom.label = figure->x_label;
    frame->left.label = figure->y_label != NULL ? figure->y_label : figure->value_label;
    frame->left.says_log = 1;
    frame->right.label = right_label;
    set_spans(frame, &e, figure, markers);
    for (size_t i = 0; i < count; i++)
        if (curves[i].label != NULL && curves[i].label[0] != '\0')
            add_legend(frame, &curves[i], tw_curve_ink(count, curves, i));
    if (frame->legend_count == 1)
        frame->legend_count = 0; /* the axis says what it is */
    add_band_legend(frame, count, curves);
    if (is_limited(figure))
        caption_limits(frame, figure, count, curves);
    return TW_OK;
}

/* ---- drawing ---- */

static double page_y(const tw_frame *frame, const tw_curve *curve, size_t i) {
    return curve->right ? tw_frame_right_y(frame, curve->y[i]) : tw_frame_y(frame, curve->y[i]);
}

static int is_shown(const tw_frame *frame, const tw_curve *curve, size_t i) {
    return i < curve->count && tw_is_drawable(curve->x[i]) && tw_is_drawable(curve->y[i]) &&
           (!frame->bottom.span.log || curve->x[i] > 0);
}

/* The last point of the column of the page that starts at point i, its lowest and its highest. */
static size_t column_end(const tw_frame *frame, const tw_curve *curve, size_t i, size_t *low,
                         size_t *high) {
    double x = tw_frame_x(frame, curve->x[i]);
    size_t last = i;
    *low = *high = i;
    while (is_shown(frame, curve, last + 1) &&
           fabs(tw_frame_x(frame, curve->x[last + 1]) - x) < COLUMN) {
        last++;
        *low = curve->y[last] < curve->y[*low] ? last : *low;
        *high = curve->y[last] > curve->y[*high] ? last : *high;
    }
    return last;
}

/* The pen of a curve. Cairo's coordinates overflow beyond some millions of points, where a steep
 * line would go astray: what lies far above or below the box is cut off here. */
typedef struct pen {
    cairo_t *cr;
    double low, high; /* y of the page */
    double x, y;      /* where it is */
} pen;

static void move_pen(pen *p, double x, double y) {
    p->x = x;
    p->y = y;
    cairo_move_to(p->cr, x, fmin(fmax(y, p->low), p->high));
}

static void draw_pen(pen *p, double x, double y) {
    double ax = p->x, ay = p->y, dx = x - ax, dy = y - ay;
    double from = 0, to = 1;
    if (dy != 0) {
        double first = (p->low - ay) / dy, second = (p->high - ay) / dy;
        from = fmax(from, fmin(first, second));
        to = fmin(to, fmax(first, second));
    }
    int inside = dy != 0 || (ay >= p->low && ay <= p->high);
    if (inside && from < to) {
        if (from > 0)
            cairo_move_to(p->cr, ax + from * dx, ay + from * dy);
        cairo_line_to(p->cr, to < 1 ? ax + to * dx : x, to < 1 ? ay + to * dy : y);
    }
    p->x = x;
    p->y = y;
    if (!inside || to < 1)
        cairo_move_to(p->cr, x, fmin(fmax(y, p->low), p->high));
}

static void line_to(pen *p, const tw_frame *frame, const tw_curve *curve, size_t i) {
    draw_pen(p, tw_frame_x(frame, curve->x[i]), page_y(frame, curve, i));
}

static void trace_curve(cairo_t *cr, const tw_frame *frame, const tw_curve *curve) {
    pen p = {.cr = cr, .low = frame->box.y - 50, .high = frame->box.y + frame->box.h + 50};
    for (size_t i = 0; i < curve->count; i++) {
        if (!is_shown(frame, curve, i))
            continue;
        if (i == 0 || !is_shown(frame, curve, i - 1))
            move_pen(&p, tw_frame_x(frame, curve->x[i]), page_y(frame, curve, i));
        if (curve->count <= LONG_CURVE) {
            line_to(&p, frame, curve, i);
            continue;
        }
        size_t low, high, last = column_end(frame, curve, i, &low, &high);
        line_to(&p, frame, curve, i);
        line_to(&p, frame, curve, low < high ? low : high);
        line_to(&p, frame, curve, low < high ? high : low);
        line_to(&p, frame, curve, last);
        i = last;
    }
}

static void draw_dots(cairo_t *cr, const tw_frame *frame, const tw_curve *curve) {
    double last_x = -HUGE_VAL, last_y = 0;
    for (size_t i = 0; i < curve->count; i++) {
        int alone = (i == 0 || !is_shown(frame, curve, i - 1)) && !is_shown(frame, curve, i + 1);
        if (!is_shown(frame, curve, i) || !(curve->markers || alone))
            continue;
        double x = tw_frame_x(frame, curve->x[i]), y = page_y(frame, curve, i);
        if (hypot(x - last_x, y - last_y) < COLUMN || y < frame->box.y - 1 ||
            y > frame->box.y + frame->box.h + 1)
            continue;
        cairo_new_sub_path(cr);
        cairo_arc(cr, x, y, 1.7, 0, 2 * M_PI);
        cairo_fill(cr);
        last_x = x;
        last_y = y;
    }
}

void tw_curve_draw(tw_canvas *canvas, const tw_frame *frame, const tw_curve *curve, tw_rgb ink) {
    cairo_t *cr = canvas->cr;
    tw_frame_clip(canvas, frame, 0);
    tw_canvas_ink(canvas, ink, 1);
    cairo_set_line_width(cr, 1.2);
    cairo_set_dash(cr, (double[]){4, 2}, curve->dashed ? 2 : 0, 0);
    trace_curve(cr, frame, curve);
    cairo_stroke(cr);
    cairo_restore(cr);
    tw_frame_clip(canvas, frame, 2); /* a dot on the edge is whole */
    tw_canvas_ink(canvas, ink, 1);
    draw_dots(cr, frame, curve);
    cairo_restore(cr);
}
