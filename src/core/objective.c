#include "thalweg/objective.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "core/objective_private.h"
#include "core/versioned.h"

static tw_status copy_metrics(tw_objective *objective, const tw_metric *metrics) {
    static const tw_metric loss_only[] = {{"loss"}, {NULL}};
    if (metrics == NULL || metrics[0].name == NULL)
        metrics = loss_only;
    while (metrics[objective->metrics].name != NULL)
        objective->metrics++;
    objective->metric = tw_metrics_copy(metrics);
    objective->metric_names = tw_alloc(objective->metrics, sizeof *objective->metric_names);
    if (objective->metric == NULL || objective->metric_names == NULL)
        return TW_ERR_MEMORY;
    for (size_t k = 0; k < objective->metrics; k++)
        if ((objective->metric_names[k] = tw_metric_name(&metrics[k], TW_SPELT_IN_FULL)) == NULL)
            return TW_ERR_MEMORY;
    return TW_OK;
}

static tw_status one_block_space(size_t n, tw_space **out) {
    tw_status status = tw_space_new(out);
    tw_block block = {.name = "x", .rank = 1, .shape = {n}};
    if (status == TW_OK)
        status = tw_space_add(*out, &block);
    return status;
}

static tw_status check_point(size_t n, const tw_objective_traits *traits) {
    for (size_t i = 0; i < n; i++) {
        double lower = traits->lower != NULL ? traits->lower[i] : -INFINITY;
        double upper = traits->upper != NULL ? traits->upper[i] : INFINITY;
        double start = traits->start != NULL ? traits->start[i] : lower;
        if (!(lower <= upper))
            return tw_fail(TW_ERR_ARGUMENT, "bounds of parameter %zu: %g is not at or below %g", i,
                           lower, upper);
        if (traits->start != NULL && !isfinite(start))
            return tw_fail(TW_ERR_ARGUMENT, "the start is not finite: parameter %zu is %g", i,
                           start);
        if (!(lower <= start && start <= upper))
            return tw_fail(TW_ERR_ARGUMENT,
                           "the start is out of bounds: parameter %zu is %g, not in %g ... %g", i,
                           start, lower, upper);
    }
    return TW_OK;
}

static tw_status copy_point(size_t n, const double *from, double **out) {
    if (from == NULL)
        return TW_OK;
    *out = tw_alloc(n, sizeof **out);
    if (*out == NULL)
        return TW_ERR_MEMORY;
    memcpy(*out, from, n * sizeof **out);
    return TW_OK;
}

static tw_status copy_points(tw_objective *objective, const tw_objective_traits *traits) {
    tw_status status = copy_point(objective->n, traits->start, &objective->start);
    if (status == TW_OK)
        status = copy_point(objective->n, traits->lower, &objective->lower);
    if (status == TW_OK)
        status = copy_point(objective->n, traits->upper, &objective->upper);
    return status;
}

static tw_status check_new(const tw_objective_ops *ops, size_t n,
                           const tw_objective_traits *traits) {
    if (ops->value == NULL)
        return tw_fail(TW_ERR_ARGUMENT, "an objective needs the operation 'value'");
    if (n == 0 || n > PTRDIFF_MAX / sizeof(double))
        return tw_fail(TW_ERR_ARGUMENT, "an objective of %zu parameters: give 1 to %zu", n,
                       (size_t)PTRDIFF_MAX / sizeof(double));
    int span = (ops->span_open != NULL) + (ops->span_values != NULL) + (ops->span_close != NULL);
    if (span != 0 && span != 3)
        return tw_fail(TW_ERR_ARGUMENT, "an objective gives all three span operations or none");
    if (span == 0 && (traits->prefers_rows || traits->chain > 0))
        return tw_fail(TW_ERR_ARGUMENT, "an objective without spans prefers rows of them");
    if (!(traits->precision >= 0) || traits->precision >= 1)
        return tw_fail(TW_ERR_ARGUMENT,
                       "an objective of precision %g: give a unit roundoff, such as 2^-24, or 0",
                       traits->precision);
    if (traits->space != NULL && tw_space_size(traits->space) != n)
        return tw_fail(TW_ERR_SHAPE, "the space has %zu entries, the objective %zu",
                       tw_space_size(traits->space), n);
    if (traits->start == NULL && traits->lower == NULL && traits->upper == NULL)
        return TW_OK;
    return check_point(n, traits);
}

/* As this library knows them. */
static tw_status take(tw_objective_ops *ops, const tw_objective_ops *given_ops,
                      tw_objective_traits *traits, const tw_objective_traits *given_traits) {
    tw_status status = TW_TAKE(tw_objective_ops, concurrent, ops, given_ops);
    return status == TW_OK ? TW_TAKE(tw_objective_traits, train_differs, traits, given_traits)
                           : status;
}

tw_status tw_objective_new(const tw_objective_ops *given_ops, void *ctx, size_t n,
                           const tw_objective_traits *given_traits, tw_objective **out) {
    tw_objective_ops ops;
    tw_objective_traits own, *traits = &own;
    tw_status status = take(&ops, given_ops, traits, given_traits);
    if (status == TW_OK)
        status = check_new(&ops, n, traits);
    if (status != TW_OK)
        return status;
    tw_objective *objective = tw_alloc(1, sizeof *objective);
    if (objective == NULL)
        return tw_fail(TW_ERR_MEMORY, "not enough memory for an objective");
    objective->n = n;
    objective->noise = traits->noise > 0 ? traits->noise : 0x1p-52;
    objective->precision = traits->precision > 0 ? traits->precision : 0x1p-53;
    objective->prefers_rows = traits->prefers_rows != 0;
    objective->train_differs = traits->train_differs != 0;
    objective->samples = traits->samples;
    objective->chain = traits->chain;
    objective->name = tw_strdup(traits->name != NULL ? traits->name : "objective");
    status = objective->name != NULL ? copy_metrics(objective, traits->metrics) : TW_ERR_MEMORY;
    if (status == TW_OK)
        status = copy_points(objective, traits);
    if (status == TW_OK && traits->space == NULL)
        status = one_block_space(n, &objective->space);
    if (status != TW_OK) {
        tw_objective_free(objective); /* ctx is not in it yet: it stays the caller's */
        return tw_fail(status, "not enough memory for an objective");
    }
    if (traits->space != NULL)
        objective->space = traits->space;
    objective->ops = ops;
    objective->ctx = ctx;
    *out = objective;
    return TW_OK;
}

static void free_clones(tw_objective *objective) {
    for (int k = 0; k < objective->clone_count; k++)
        if (objective->ops.destroy != NULL)
            objective->ops.destroy(objective->clones[k]);
    free(objective->clones);
    objective->clones = NULL;
    objective->clone_count = 0;
}

void tw_objective_free(tw_objective *objective) {
    if (objective == NULL)
        return;
    free_clones(objective);
    if (objective->ops.destroy != NULL)
        objective->ops.destroy(objective->ctx);
    for (size_t k = 0; objective->metric_names != NULL && k < objective->metrics; k++)
        free(objective->metric_names[k]);
    free(objective->metric_names);
    free(objective->metric);
    free(objective->name);
    free(objective->start);
    free(objective->lower);
    free(objective->upper);
    tw_space_free(objective->space);
    free(objective);
}

void tw_objective_set_runner(tw_objective *objective, tw_runner *runner) {
    objective->runner = runner;
}

tw_runner *tw_objective_runner(const tw_objective *objective) {
    return objective->runner;
}

const char *tw_objective_name(const tw_objective *objective) {
    return objective->name;
}

size_t tw_objective_size(const tw_objective *objective) {
    return objective->n;
}

const tw_space *tw_objective_space(const tw_objective *objective) {
    return objective->space;
}

size_t tw_objective_samples(const tw_objective *objective) {
    return objective->samples;
}

double tw_objective_noise(const tw_objective *objective) {
    return objective->noise;
}

double tw_objective_precision(const tw_objective *objective) {
    return objective->precision;
}

int tw_objective_prefers_rows(const tw_objective *objective) {
    return objective->prefers_rows;
}

int tw_objective_train_differs(const tw_objective *objective) {
    return objective->train_differs;
}

size_t tw_objective_chain(const tw_objective *objective) {
    return objective->chain;
}

const double *tw_objective_start(const tw_objective *objective) {
    return objective->start;
}

const double *tw_objective_lower(const tw_objective *objective) {
    return objective->lower;
}

const double *tw_objective_upper(const tw_objective *objective) {
    return objective->upper;
}

unsigned tw_objective_capabilities(const tw_objective *objective) {
    const tw_objective_ops *ops = &objective->ops;
    return (ops->batch != NULL ? TW_CAN_BATCH : 0u) | (ops->span_open != NULL ? TW_CAN_SPAN : 0u) |
           (ops->coordinate_differences != NULL ? TW_CAN_COORDINATES : 0u) |
           (ops->gradient != NULL ? TW_CAN_GRADIENT : 0u) |
           (ops->hessian_products != NULL ? TW_CAN_HESSIAN_PRODUCT : 0u) |
           (ops->sample_gradient != NULL ? TW_CAN_SAMPLE_GRADIENT : 0u) |
           (ops->concurrent || ops->clone != NULL ? TW_CAN_CONCURRENT : 0u) |
           (ops->complex_value != NULL ? TW_CAN_COMPLEX : 0u) |
           (ops->settle != NULL ? TW_CAN_SETTLE : 0u) |
           (ops->gauss_newton_products != NULL ? TW_CAN_GAUSS_NEWTON : 0u) |
           (ops->curvature_diagonal != NULL ? TW_CAN_CURVATURE_DIAGONAL : 0u);
}

size_t tw_objective_metrics(const tw_objective *objective) {
    return objective->metrics;
}

const tw_metric *tw_objective_metric(const tw_objective *objective, size_t index) {
    return index < objective->metrics ? &objective->metric[index] : NULL;
}

const char *tw_objective_metric_name(const tw_objective *objective, size_t index) {
    return index < objective->metrics ? objective->metric_names[index] : NULL;
}

int tw_objective_metric_find(const tw_objective *objective, const tw_metric *wanted) {
    return tw_metrics_find(objective->metric, wanted);
}

unsigned long long tw_objective_evaluations(const tw_objective *objective) {
    return atomic_load(&objective->evaluations);
}

tw_status tw_worker_runner(tw_objective *objective, tw_runner **out) {
    *out = NULL;
    int threads = tw_runner_threads(objective->runner);
    if (objective->ops.concurrent)
        *out = objective->runner;
    if (objective->ops.concurrent || objective->ops.clone == NULL || threads == 1)
        return TW_OK;
    if (objective->clone_count < threads - 1) {
        void **clones = realloc(objective->clones, (size_t)(threads - 1) * sizeof *clones);
        if (clones == NULL)
            return tw_fail(TW_ERR_MEMORY, "not enough memory for %d threads", threads);
        objective->clones = clones;
    }
    while (objective->clone_count < threads - 1) {
        tw_status status =
            objective->ops.clone(objective->ctx, &objective->clones[objective->clone_count]);
        if (status != TW_OK)
            return status;
        objective->clone_count++;
    }
    *out = objective->runner;
    return TW_OK;
}

void *tw_objective_context(tw_objective *objective, int worker) {
    if (worker == 0 || objective->ops.concurrent)
        return objective->ctx;
    return objective->clones[worker - 1];
}
