/* hessian_private.h: what the dense and the sparse Hessian share. */
#ifndef TW_JACOBIAN_HESSIAN_PRIVATE_H
#define TW_JACOBIAN_HESSIAN_PRIVATE_H

#include "jacobian/partials.h"
#include "thalweg/hessian.h"

/* The job that the options describe, with the function that it differentiates. */
tw_status tw_hessian_describe(tw_objective *objective, const double *x,
                              const tw_hessian_options *options, tw_vector_function *function,
                              tw_partials *out);

/* Every entry on and above the diagonal by a ladder of its own, the others copied; bars may be
 * NULL. The job is released by the caller. */
tw_status tw_hessian_from_values(tw_partials *job, double *hessian, double *bars);

#endif
