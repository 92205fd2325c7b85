/* sharpness.h: how far the loss rises within a ball around a point, on average and at worst.
 *
 * The ball of radius r is {x + D u : |u| <= r}, with D as in curvature.h: 1 (a plain ball, that of
 * SAM: Foret et al., arXiv:2010.01412), |x_i| (elementwise, that of ASAM: Kwon et al.,
 * arXiv:2102.11600), or |x_j| of the filter (arXiv:1712.09913's units); where only some parameters
 * may move, it is one of theirs.
 *
 *   average  A(r) = the mean of f(x + D u) - f(x) over u uniform on |u| = r, by pairs u and -u, in
 *            which what the gradient does cancels; with the standard error of the pairs' mean. For
 *            small r it is r^2 tr(D H D) / (2 m), m the number of parameters that move.
 *   worst    W(r) = max f(x + D u) - f(x) over |u| = r, from below: u = r v / |v|, v = D grad f, is
 *            taken again at each u (for a quadratic form the power method on its positive part),
 *            from the gradient at x (one step of SAM) and from a random u, and the largest value
 *            met is kept. Its error is what the last step still gained: the maximum may be higher
 *            elsewhere.
 *
 * Errors of averages have the rounding of the loss in them, those of radii what the search for the
 * radius has left; of a rise that is not finite the error is NaN.
 *
 * Draws are the same for all radii and for any number of threads.
 *
 *     double radii[] = {0.05, 0.1};
 *     tw_sharpness_result result;
 *     tw_sharpness(f, x, &(tw_sharpness_options){.radii = radii, .radius_count = 2}, &result);
 *     result.rises[1].worst
 *     tw_sharpness_result_release(&result);
 */
#ifndef THALWEG_SHARPNESS_H
#define THALWEG_SHARPNESS_H

#include <stddef.h>
#include <stdint.h>

#include "objective.h"
#include "plane.h"

TW_BEGIN_DECLS

typedef struct tw_sharpness_options {
    size_t bytes;            /* sizeof(tw_sharpness_options), or 0 (thalweg.h) */
    tw_norm ball;            /* D: NONE, FILTER, LAYER or WEIGHT */
    const char *const *only; /* blocks that may move, by name; NULL: all */
    size_t only_count;
    int ignore_biasbn;   /* 1: blocks of rank below 2 stay */
    const double *radii; /* above 0 */
    size_t radius_count;
    double rise;  /* > 0: find the radii at which the loss has risen by so much */
    size_t draws; /* pairs; 0: 32 */
    size_t steps; /* of an ascent, at most; 0: 20 */
    uint64_t seed;
    tw_progress_fn progress; /* stages done and in all; may be NULL */
    void *user;
} tw_sharpness_options;

typedef struct tw_rise {
    double radius;
    double average, average_error;
    double sam; /* of the single step along the gradient */
    double worst, worst_error;
} tw_rise;

typedef struct tw_sharpness_result {
    size_t bytes;
    double loss;      /* f(x) */
    size_t dimension; /* parameters that move */
    size_t draws;
    size_t count;
    tw_rise *rises; /* by radius, in the order given; owned by the result */
    double average_radius,
        average_radius_error;                /* A(r) = rise; NaN: not asked; infinite: not
                                                within 1e6 times where it was looked for first */
    double worst_radius, worst_radius_error; /* W(r) = rise: the true one is not larger. Errors are
                                                NaN where no radius was reached, or the rise has
                                                no slope there */
    unsigned long long evaluations, gradients;
    double seconds;
} tw_sharpness_result;

/* The gradient is the objective's own or, where it has none, that of differences (diff.h).
 * TW_ERR_ARGUMENT for a radius or rise that is not above 0, or a norm that makes no ball;
 * TW_ERR_NOT_FINITE where the loss at x, or the gradient, is not. A rise that is infinite or NaN at
 * some radius is told as such. Released by the caller on success. */
TW_API tw_status tw_sharpness(tw_objective *objective, const double *x,
                              const tw_sharpness_options *options, tw_sharpness_result *out);
TW_API void tw_sharpness_result_release(tw_sharpness_result *result);

TW_END_DECLS

#endif
