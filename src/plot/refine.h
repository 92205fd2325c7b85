/* refine.h: more samples between samples, for display. */
#ifndef TW_PLOT_REFINE_H
#define TW_PLOT_REFINE_H

#include <stddef.h>

/* (count - 1) * factor + 1 points: `factor` per interval, the samples among them. */
size_t tw_refined_count(size_t count, size_t factor);

/* Positions: equally spaced within each interval. */
void tw_refine_positions(size_t count, const double *x, size_t factor, double *out);

/* Values along a line through samples at x, every `stride`-th double of z, into every
 * `out_stride`-th of out: cubic Hermite pieces with the central differences as slopes (Catmull-Rom
 * for equal spacing), or straight pieces. Linear data come back exactly. Where a neighbour outside
 * an interval is missing (NaN, or beyond the end) its place is taken by extrapolation, so that a
 * NaN spoils only the intervals that it ends. */
void tw_refine_line(size_t count, const double *x, const double *z, size_t stride, size_t factor,
                    int straight, double *out, size_t out_stride);

/* A grid of ny rows of nx, refined both ways, into out (refined nx * refined ny). `scratch` holds
 * refined nx * ny doubles. */
void tw_refine_grid(size_t nx, size_t ny, const double *x, const double *y, const double *z,
                    size_t factor, int straight, double *scratch, double *out);

#endif
