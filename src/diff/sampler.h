/* sampler.h: values of an objective at many points of a line, over all threads. */
#ifndef TW_DIFF_SAMPLER_H
#define TW_DIFF_SAMPLER_H

#include "diff/line.h"

typedef struct tw_sampler {
    tw_objective *objective;
    const double *x, *direction; /* NULL: coordinate */
    size_t coordinate;
    double lower, upper;
    double base;   /* phi(0); 0 where the objective answers differences */
    double at;     /* |x| for the rules of frameworks, with its sign for a coordinate */
    double length; /* of the direction */
    int workers;
    tw_runner *runner;
    tw_line *lines;  /* one a worker */
    const double *t; /* of a call */
    double *values;
} tw_sampler;

/* Opens the line: objective, x, direction, coordinate and the bounds are given. Fails for a
 * coordinate or a direction that is none. Close it also after a failure. */
tw_status tw_sampler_open(tw_sampler *s);
void tw_sampler_close(tw_sampler *s);

/* values[k] = phi(t[k]); NaN for t beyond the bounds or all numbers, which are not evaluated. */
tw_status tw_sampler_values(tw_sampler *s, size_t count, const double *t, double *values);

/* The increment of t that a step of h stores: (x + h) - x along a coordinate. */
double tw_sampler_step(const tw_sampler *s, double h);

/* 1 where the objective answers differences of the coordinate itself: phi(0) is 0 then. */
int tw_sampler_is_native(const tw_sampler *s);

#endif
