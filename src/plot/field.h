/* field.h: one metric of a surface, made ready for display. */
#ifndef TW_PLOT_FIELD_H
#define TW_PLOT_FIELD_H

#include <stdint.h>

#include "draw/axes.h"
#include "draw/caption.h"
#include "draw/colorbar.h"
#include "plot/levels.h"
#include "plot/metric_label.h"

/* Zero it; release frees. The heights z are values, or their decimal logarithms: contours and
 * colours follow them. */
typedef struct tw_field {
    tw_span span;     /* of the values shown */
    tw_extent extent; /* of the values that are there, in all fields of the scale; */
    tw_extent own;    /* and in this one */
    size_t nx, ny;
    double *x, *y;    /* rising */
    double *z;        /* ny rows of nx; NaN where missing */
    uint8_t *missing; /* 0, or a tw_hatch */
    size_t not_computed, not_finite, too_large, raised, capped, interpolated;
    double most, greatest; /* what is capped at, 0: nothing; and the greatest value */
    int limited, constant; /* the span is given; all values are one */
    double low, high;      /* the limits that are given */
    size_t below, above;   /* points outside them */
    size_t pits;           /* raised on a logarithmic height (pits.h) */
    size_t rx, ry;         /* refined for display */
    double *fx, *fy, *fz;
} tw_field;

/* Copies the plane of a metric. Coordinates must be finite and rise or fall; at least one value
 * must be finite. scale: as in tw_figure; log only if some value is positive. Values <= 0 on a log
 * scale are raised to the smallest positive one and counted. */
tw_status tw_field_init(tw_field *field, const tw_surface *surface, size_t metric,
                        const tw_figure *figure);

/* A surface for a field. */
typedef struct tw_field_source {
    const tw_surface *surface;
    size_t metric;
} tw_field_source;

/* Several fields that share one scale: one span, logarithmic for all or for none. */
tw_status tw_fields_init(size_t count, tw_field *const *fields, const tw_field_source *sources,
                         const tw_figure *figure);
/* Height over width of a box for it, as the figure has it: one unit of x as long as one of y,
 * unless one side were more than `least` times the other. `half`: with half a cell around. */
double tw_field_aspect(const tw_field *field, const tw_figure *figure, double least, int half);
/* The ends of axis 0 (x) or 1 (y), with half a cell around the samples where `half`. */
tw_span tw_field_axis(const tw_field *field, int axis, int half);
void tw_field_release(tw_field *field);

/* 0 at the low end of the span, 1 at the high one. */
double tw_field_level(const tw_field *field, double z);
/* The height z of a value. */
double tw_field_height(const tw_field *field, double value);
/* The height at a point between refined samples, or NaN. */
double tw_field_at(const tw_field *field, double x, double y);
/* Levels of the figure, or about `target` chosen ones, within the span and rising. */
tw_status tw_field_levels(const tw_field *field, const tw_figure *figure, int target,
                          double *levels, size_t *count);
/* Why the cell between samples (i, j) and (i + 1, j + 1) cannot be drawn: a tw_hatch; with
 * `sample`, why sample (i, j) cannot. */
int tw_field_hole(const tw_field *field, size_t i, size_t j, int sample);
/* The bar of its colours: map, span, label (that of the figure if it has one), names of classes. */
void tw_field_bar(const tw_field *field, const tw_figure *figure, const char *label,
                  tw_colorbar *bar);
/* What a reader must be told about missing, raised and capped values; the points of each class. */
void tw_field_caption(const tw_field *field, const tw_figure *figure, tw_caption *caption);

#endif
