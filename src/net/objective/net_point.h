/* net_point.h: what of a program depends on parameters alone, at one point, in double: forward to
 * the early edges, and derivatives back from them. */
#ifndef TW_NET_OBJECTIVE_NET_POINT_H
#define TW_NET_OBJECTIVE_NET_POINT_H

#include "net/objective/net_early.h"
#include "net/program/net_pass.h"

typedef struct tw_net_point {
    const tw_net_program *program;
    const tw_net_early *early;
    tw_net_pass_f64 *pass;
    double *numbers; /* of the early edges */
    double *moves;   /* of the active ones, along the direction last given */
} tw_net_point;

/* Program and early edges outlive it. Released by the caller, whatever is returned. */
tw_status tw_net_point_make(const tw_net_program *program, const tw_net_early *early,
                            tw_net_order order, tw_net_point *out);
void tw_net_point_release(tw_net_point *point);

/* Fills in `numbers` at x, which must stay as long as the point is asked. */
tw_status tw_net_point_set(tw_net_point *point, const double *x);
/* Fills in `moves` along v, which must stay likewise; order SECOND. */
tw_status tw_net_point_move(tw_net_point *point, const double *v);

/* From the adjoints of the active early edges to the derivatives by all parameters, n of them. */
tw_status tw_net_point_gradient(tw_net_point *point, const double *adjoints, double *gradient);
/* The same for the tangents of the adjoints, along v. */
tw_status tw_net_point_product(tw_net_point *point, const double *v, const double *adjoints,
                               const double *tangents, double *product);

#endif
