/* objective_private.h: the handle behind tw_objective, for this folder alone: the front door, its
 * defaults and wrappers. The other folders have front_door.h. */
#ifndef TW_CORE_OBJECTIVE_PRIVATE_H
#define TW_CORE_OBJECTIVE_PRIVATE_H

#include <stdatomic.h>

#include "core/front_door.h"
#include "thalweg/objective.h"

struct tw_objective {
    tw_objective_ops ops;
    void *ctx;
    size_t n;
    char *name;
    size_t metrics;
    tw_metric *metric;   /* ended by one without a name */
    char **metric_names; /* in full */
    tw_space *space;
    double noise, precision;
    int prefers_rows, train_differs;
    size_t samples, chain;
    double *start, *lower, *upper; /* n doubles each, or NULL */
    tw_runner *runner;
    void **clones; /* contexts of workers 1, 2, ... made by ops.clone when first needed */
    int clone_count;
    atomic_ullong evaluations;
};

/* The context for a worker of tw_worker_runner. */
void *tw_objective_context(tw_objective *objective, int worker);

/* The general ways. */
tw_status tw_default_batch(tw_objective *objective, size_t count, const double *x, double *values);
tw_status tw_default_span_values(tw_objective *objective, const double *origin, size_t rank,
                                 const double *const *directions, size_t count,
                                 const double *coefficients, double *values);
tw_status tw_default_coordinate_differences(tw_objective *objective, const double *x, size_t count,
                                            const size_t *indices, const double *steps,
                                            double *differences);

#endif
