/* By differences: with D(t) = (g(x + t v) - g(x - t v)) / (2t) the product is
 * (4 D(t/2) - D(t)) / 3, as tw_diff_hessian_product has it, with a step that can be named. */
#include "curvature/curvature_product.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "core/front_door.h"
#include "curvature/curvature_scale.h"
#include "curvature/long_vector.h"
#include "diff/numbers.h"

tw_status tw_product_exact(const tw_product_ask *ask, double *products) {
    return ask->matrix == TW_MATRIX_HESSIAN
               ? tw_objective_hessian_products(ask->objective, ask->x, ask->count, ask->vectors,
                                               products)
               : tw_objective_gauss_newton_products(ask->objective, ask->x, ask->count,
                                                    ask->vectors, products);
}

/* Of what may move. */
static double size_of(size_t n, const double *x, const double *scale) {
    double squares = 0;
    for (size_t i = 0; i < n; i++)
        squares += scale[i] != 0 ? x[i] * x[i] : 0;
    return sqrt(squares);
}

double tw_product_step(const tw_objective *objective, const double *x, const double *scale,
                       double share) {
    double size = size_of(tw_objective_size(objective), x, scale);
    size = size > 0 ? size : 1;
    if (share > 0)
        return share * size;
    return tw_power_below(cbrt(tw_objective_noise(objective)) * size);
}

/* The gradients at x +- t v and x +- t/2 v, in this order. */
typedef struct difference {
    const tw_product_ask *ask;
    const double *vector;
    double t;
    double *points, *gradients; /* one a worker; four */
    double *off;                /* what the extrapolation adds; scratch */
    double spacing;             /* by how much x +- t v are rounded, as a share of t v */
} difference;

static tw_status gradient_piece(void *argument, size_t piece, int worker) {
    const difference *d = argument;
    size_t n = tw_objective_size(d->ask->objective);
    double *point = d->points + (size_t)worker * n;
    double t = (piece % 2 ? -1 : 1) * (piece < 2 ? d->t : d->t / 2);
    for (size_t i = 0; i < n; i++)
        point[i] = d->ask->x[i] + t * d->vector[i];
    return tw_worker_gradient(d->ask->objective, worker, point, NULL, d->gradients + piece * n);
}

static double scaled_length(const difference *d, size_t n, const double *a) {
    tw_scale_apply(n, d->ask->scale, a, d->off);
    return tw_long_length(tw_objective_runner(d->ask->objective), n, d->off);
}

/* Of the extrapolation what it changes, of gradients their noise, and of the points that they are
 * not quite where they should be. */
static double error_of(const difference *d, size_t n, const double *product) {
    double change = scaled_length(d, n, d->off), gradient = scaled_length(d, n, d->gradients);
    double noise = 2 * tw_objective_noise(d->ask->objective) * gradient / d->t;
    return change + noise + 2 * d->spacing * scaled_length(d, n, product);
}

static tw_status difference_of(difference *d, tw_runner *runner, double *product, double *error) {
    size_t n = tw_objective_size(d->ask->objective);
    const double *g = d->gradients;
    double length = tw_long_length(tw_objective_runner(d->ask->objective), n, d->vector);
    if (length == 0) {
        memset(product, 0, n * sizeof *product);
        *error = 0;
        return TW_OK;
    }
    d->t = d->ask->step / length;
    tw_status status = tw_runner_map(runner, 4, gradient_piece, d);
    for (size_t i = 0; i < n && status == TW_OK; i++) {
        double far = (g[i] - g[n + i]) / (2 * d->t);
        double near = (g[2 * n + i] - g[3 * n + i]) / d->t;
        d->off[i] = (near - far) / 3;
        product[i] = near + d->off[i];
    }
    if (status == TW_OK)
        *error = error_of(d, n, product);
    return status;
}

tw_status tw_product_differences(const tw_product_ask *ask, double *products, double *errors) {
    size_t n = tw_objective_size(ask->objective);
    tw_runner *runner;
    double spacing = tw_objective_precision(ask->objective) * size_of(n, ask->x, ask->scale);
    difference d = {.ask = ask, .spacing = spacing / ask->step};
    tw_status status = tw_worker_runner(ask->objective, &runner);
    if (status != TW_OK)
        return status;
    size_t workers = (size_t)tw_runner_threads(runner);
    d.points = tw_alloc_raw(workers, n * sizeof *d.points);
    d.gradients = tw_alloc_raw(4, n * sizeof *d.gradients);
    d.off = tw_alloc_raw(n, sizeof *d.off);
    if (d.points == NULL || d.gradients == NULL || d.off == NULL)
        status = tw_fail(TW_ERR_MEMORY, "not enough memory for gradients of %zu entries", n);
    for (size_t k = 0; k < ask->count && status == TW_OK; k++) {
        d.vector = ask->vectors + k * n;
        status = difference_of(&d, runner, products + k * n, &errors[k]);
    }
    free(d.points);
    free(d.gradients);
    free(d.off);
    return status;
}
