/* front_door.h: the front door for the workers of a runner, for the other folders of the library.
 * They know no operations and no contexts: each entry counts and checks as the public one does,
 * which is that of worker 0. Entries that spread over threads themselves (whole batches, spans,
 * coordinate differences) have no form of their own here. */
#ifndef TW_CORE_FRONT_DOOR_H
#define TW_CORE_FRONT_DOOR_H

#include "thalweg/objective.h"

/* The runner whose workers may call these at once: the objective's own if it is concurrent or can
 * be cloned (the clones are made here), or NULL in *out for the calling thread alone. */
tw_status tw_worker_runner(tw_objective *objective, tw_runner **out);

tw_status tw_worker_value(tw_objective *objective, int worker, const double *x, double *values);
/* On this worker alone. */
tw_status tw_worker_batch(tw_objective *objective, int worker, size_t count, const double *x,
                          double *values);
tw_status tw_worker_gradient(tw_objective *objective, int worker, const double *x, double *values,
                             double *gradient);
tw_status tw_worker_sample_gradient(tw_objective *objective, int worker, const double *x,
                                    const tw_batch *batch, double *values, double *gradient);
tw_status tw_worker_hessian_products(tw_objective *objective, int worker, const double *x,
                                     size_t count, const double *vectors, double *products);
tw_status tw_worker_gauss_newton_products(tw_objective *objective, int worker, const double *x,
                                          size_t count, const double *vectors, double *products);
tw_status tw_worker_curvature_diagonal(tw_objective *objective, int worker, const double *x,
                                       tw_curvature_matrix matrix, double *diagonal);
tw_status tw_worker_complex_value(tw_objective *objective, int worker, const double *x,
                                  const double *y, double *value);
tw_status tw_worker_settle(tw_objective *objective, int worker, double *x, const tw_batch *batch);

#endif
