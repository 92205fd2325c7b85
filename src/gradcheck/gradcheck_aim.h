/* gradcheck_aim.h: a random signed probe of a range of parameters. */
#ifndef TW_GRADCHECK_GRADCHECK_AIM_H
#define TW_GRADCHECK_GRADCHECK_AIM_H

#include "gradcheck/gradcheck_private.h"

/* What a probe is taken of. */
typedef struct tw_aimed_probe {
    tw_objective *objective;
    const double *x, *gradient;
    const tw_gradcheck_options *options;
    size_t n, first, count;
    double floor;
    double *v;     /* n, zero outside the range */
    double *point; /* n, scratch */
    double *metrics;
    double analytic, tolerance;
} tw_aimed_probe;

tw_status tw_probe_new(tw_objective *objective, const double *x, const double *gradient,
                       const tw_gradcheck_options *options, tw_aimed_probe *out);
void tw_probe_release(tw_aimed_probe *p);
/* 0 if nothing of the range may move. */
int tw_probe_aim(tw_aimed_probe *p, uint64_t number, size_t first, size_t count);
/* g'v over a range of the probe, with the rounding of each sum carried along. */
double tw_probe_product(const tw_aimed_probe *p, size_t first, size_t count);
/* Every entry may be off by its own tolerance; their signs are drawn. */
double tw_probe_tolerance(const tw_aimed_probe *p);
/* How far along v the bounds let go: *lower <= t <= *upper. */
void tw_probe_reach(const tw_aimed_probe *p, double *lower, double *upper);
/* The verdict, d being the derivative along v. */
void tw_probe_judge(tw_gradcheck_probe *out, const tw_derivative *d);

/* gradcheck_brief.c: measures check->rounding, where brief probes are wanted and can be had. The
 * probe is aimed anew. */
tw_status tw_check_rounding(tw_check *check, tw_aimed_probe *p);
/* The probe by a few evaluations. *settled = 0: they do not decide. */
tw_status tw_check_brief(const tw_check *check, tw_aimed_probe *p, uint64_t number,
                         tw_gradcheck_probe *probe, tw_derivative *d, int *settled);

#endif
