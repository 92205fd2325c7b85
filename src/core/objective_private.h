/* objective_private.h: the handle behind tw_objective, shared by the front door and its defaults.
 */
#ifndef TW_CORE_OBJECTIVE_PRIVATE_H
#define TW_CORE_OBJECTIVE_PRIVATE_H

#include <stdatomic.h>

#include "thalweg/objective.h"

struct tw_objective {
    tw_objective_ops ops;
    void *ctx;
    size_t n;
    char *name;
    char **metric_names;
    size_t metrics;
    tw_space *space;
    double noise;
    size_t samples;
    double *start, *lower, *upper; /* n doubles each, or NULL */
    tw_runner *runner;
    void **clones; /* contexts of workers 1, 2, ... made by ops.clone when first needed */
    int clone_count;
    atomic_ullong evaluations;
};

/* The runner that may call `value` at once: the objective's own if it is concurrent or can be
 * cloned (the clones are made here), or NULL in *out for the calling thread alone. */
tw_status tw_objective_value_runner(tw_objective *objective, tw_runner **out);

/* The context for a worker of that runner. */
void *tw_objective_context(tw_objective *objective, int worker);

/* tw_objective_complex_value for a worker of that runner. */
tw_status tw_objective_worker_complex(tw_objective *objective, int worker, const double *x,
                                      const double *y, double *value);

/* The general ways. */
tw_status tw_default_batch(tw_objective *objective, size_t count, const double *x, double *values);
tw_status tw_default_span_values(tw_objective *objective, const double *origin, size_t rank,
                                 const double *const *directions, size_t count,
                                 const double *coefficients, double *values);
tw_status tw_default_coordinate_differences(tw_objective *objective, const double *x, size_t count,
                                            const size_t *indices, const double *steps,
                                            double *differences);

#endif
