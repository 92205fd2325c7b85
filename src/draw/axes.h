/* axes.h: one axis: its range and scale, its ticks, its place on the page. */
#ifndef TW_DRAW_AXES_H
#define TW_DRAW_AXES_H

#include "draw/canvas.h"
#include "draw/ticks.h"

typedef struct tw_rect {
    double x, y, w, h; /* top left corner, points */
} tw_rect;

typedef struct tw_span {
    double low, high; /* low < high */
    int log;
} tw_span;

/* What is drawn of a set of numbers. Beyond +-1e305 a number counts as not finite: differences of
 * such would overflow. */
typedef struct tw_extent {
    double low, high;         /* of the finite ones; low > high if there are none */
    double smallest_positive; /* HUGE_VAL if there is none */
    size_t finite, not_finite, not_positive, negative;
} tw_extent;

tw_extent tw_extent_start(void);
void tw_extent_add(tw_extent *extent, double value);
/* Takes in all that another has. */
void tw_extent_join(tw_extent *extent, const tw_extent *other);
int tw_is_drawable(double value);
/* Whether they differ in rounding alone, or by less than an axis can tell. */
int tw_extent_is_one(const tw_extent *extent);

/* Whether these numbers go on a log axis: as asked; AUTO: all positive (one in a hundred may be 0)
 * and their ratio above `ratio`. */
int tw_scale_is_log(tw_scale scale, const tw_extent *extent, double ratio);

/* The range of an axis: the extent and a margin of that fraction on both sides; a single value gets
 * a range around it. With log, values <= 0 count as the smallest positive. */
tw_span tw_span_of(const tw_extent *extent, int log, double margin);

/* 0 at low, 1 at high; a value <= 0 on a log axis lies at low. */
double tw_span_at(const tw_span *span, double value);

typedef struct tw_side {
    tw_span span;
    tw_ticks ticks;
    const char *label; /* NULL: none */
    tw_rgb ink;
    const char *const *names; /* of the values 0, 1, ...: the ticks, instead of numbers */
    size_t name_count;
    int says_log;       /* "(log)" stands behind the label of a log span */
    int is_constant;    /* there is one value, the middle of the span: the only tick */
    double least_width; /* that tick texts are taken to need, for panels that share a margin */
    int factor_named;   /* the factor stands behind the label, not at the end of the axis */
    int mute;           /* ticks without texts: the next panel has them */
} tw_side;

/* Ticks for an upright axis of a length in points, or for a level one, whose texts must not touch
 * each other. */
void tw_side_ticks_upright(tw_side *side, double length);
void tw_side_ticks_level(tw_side *side, const tw_font *font, double length);

/* The width of the widest tick text, at least least_width. */
double tw_side_text_width(const tw_side *side, const tw_font *font);

/* Ticks and their texts outside an edge of the box: level below it, upright left or right of it.
 * `where` is the y of the edge, or its x. */
void tw_side_draw_bottom(tw_canvas *canvas, const tw_side *side, const tw_rect *box);
void tw_side_draw_upright(tw_canvas *canvas, const tw_side *side, const tw_rect *box, int right);

/* Gaps in points. */
static const double TW_TICK_MAJOR = 3, TW_TICK_MINOR = 1.8, TW_TICK_GAP = 2.2, TW_LABEL_GAP = 3.5;

#endif
