/* density.c: a density once it is there. */
#include "thalweg/density.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "algebra/power_unit.h"
#include "core/alloc.h"
#include "curvature/density_private.h"
#include "diff/numbers.h"
#include "thalweg/trace.h"

/* ---- moments ---- */

/* What brings nodes near 1: squares of theirs are none where eigenvalues are beyond 1e154. */
static double unit_of(const tw_density *d) {
    double most = 0;
    for (size_t k = 0; k < d->probes; k++)
        for (size_t j = 0; j < d->counts[k]; j++)
            most = fmax(most, fabs(d->nodes[k * d->steps + j]));
    return tw_unit_of(most);
}

/* dimension times the mean of (node / unit)^order. */
static double moment(const tw_density *d, size_t probe, int order, double unit) {
    double sum = 0;
    for (size_t j = 0; j < d->counts[probe]; j++)
        sum += d->weights[probe * d->steps + j] * pow(d->nodes[probe * d->steps + j] / unit, order);
    return sum * (double)d->dimension;
}

static double mean_moment(const tw_density *d, int order, double unit, double *error) {
    double sum = 0, squares = 0, count = (double)d->probes;
    for (size_t k = 0; k < d->probes; k++)
        sum += moment(d, k, order, unit);
    for (size_t k = 0; k < d->probes; k++)
        squares +=
            (moment(d, k, order, unit) - sum / count) * (moment(d, k, order, unit) - sum / count);
    *error = d->exact ? 0 : d->probes > 1 ? sqrt(squares / (count - 1) / count) : NAN;
    return sum / count;
}

void tw_density_sum_up(tw_density *d) {
    double unit = unit_of(d);
    d->trace = unit * mean_moment(d, 1, unit, &d->trace_error);
    d->squares = unit * (unit * mean_moment(d, 2, unit, &d->squares_error));
    d->trace_error *= unit;
    d->squares_error *= unit;
    d->squares_error *= unit;
}

double tw_density_frobenius(const tw_density *density, double *error) {
    double unit = unit_of(density), norm = NAN, off = NAN;
    if (density->probes > 0) {
        double squares = mean_moment(density, 2, unit, &off);
        norm = tw_frobenius_norm(squares, off, &off);
    }
    if (error != NULL)
        *error = unit * off;
    return unit * norm;
}

/* ---- of eigenvalues ---- */

tw_status tw_density_of(size_t count, const double *eigenvalues, tw_density *density) {
    tw_density_release(density);
    if (count == 0)
        return tw_fail(TW_ERR_ARGUMENT, "a density of no eigenvalues");
    density->counts = tw_alloc(1, sizeof *density->counts);
    density->nodes = tw_alloc(count, sizeof(double));
    density->weights = tw_alloc(count, sizeof(double));
    if (density->counts == NULL || density->nodes == NULL || density->weights == NULL) {
        tw_density_release(density);
        return tw_fail(TW_ERR_MEMORY, "not enough memory for %zu eigenvalues", count);
    }
    density->dimension = density->steps = density->counts[0] = count;
    density->probes = density->exact = 1;
    memcpy(density->nodes, eigenvalues, count * sizeof(double));
    tw_sort_rising(count, density->nodes);
    for (size_t k = 0; k < count; k++)
        density->weights[k] = 1 / (double)count;
    tw_density_sum_up(density);
    return TW_OK;
}

void tw_density_rest_free(tw_density_rest *rest) {
    for (size_t k = 0; rest != NULL && rest->lanes != NULL && k < rest->room; k++) {
        free(rest->lanes[k].basis);
        free(rest->lanes[k].alpha);
        free(rest->lanes[k].beta);
    }
    if (rest != NULL)
        free(rest->lanes);
    free(rest);
}

tw_status tw_density_rest_new(size_t n, size_t steps, size_t room, tw_density_rest **out) {
    tw_density_rest *rest = tw_alloc(1, sizeof *rest);
    int whole = rest != NULL && (rest->lanes = tw_alloc(room, sizeof *rest->lanes)) != NULL;
    for (size_t k = 0; whole && k < room; k++) {
        tw_density_lane *l = &rest->lanes[k];
        rest->room = k + 1;
        l->basis =
            steps <= SIZE_MAX / sizeof(double) / n ? tw_alloc_raw(steps, n * sizeof(double)) : NULL;
        l->alpha = tw_alloc(steps, sizeof(double));
        l->beta = tw_alloc(steps, sizeof(double));
        whole = l->basis != NULL && l->alpha != NULL && l->beta != NULL;
    }
    if (!whole) {
        tw_density_rest_free(rest);
        return tw_fail(TW_ERR_MEMORY,
                       "not enough memory for %zu x %zu vectors of %zu parameters: give fewer "
                       "steps",
                       room, steps, n);
    }
    rest->n = n;
    rest->steps = steps;
    *out = rest;
    return TW_OK;
}

void tw_density_release(tw_density *density) {
    free(density->counts);
    free(density->nodes);
    free(density->weights);
    tw_density_rest_free(density->rest);
    memset(density, 0, sizeof *density);
}

/* ---- as a curve ---- */

static double on_axis(double value, double scale) {
    return scale > 0 ? asinh(value / scale) : value;
}

/* |last entry| of the vectors of the tridiagonal matrix: the first ones, sqrt(weight), times the
 * last are the product of its off-diagonal over prod (node_j - node_k), and their squares sum to 1.
 * In logarithms. */
static void last_entries(size_t m, const double *nodes, const double *weights, double *out) {
    double most = -INFINITY, sum = 0;
    for (size_t j = 0; j < m; j++) {
        out[j] = -log(fmax(weights[j], 1e-300)) / 2;
        for (size_t k = 0; k < m; k++)
            out[j] -= k != j ? log(fmax(fabs(nodes[j] - nodes[k]), 1e-300)) : 0;
        most = fmax(most, out[j]);
    }
    for (size_t j = 0; j < m; j++)
        sum += exp(2 * (out[j] - most));
    for (size_t j = 0; j < m; j++)
        out[j] = exp(out[j] - most) / sqrt(sum);
}

/* The mean distance to the neighbours of a node, on the axis; nodes may be in any order. */
static double spacing(size_t m, const double *nodes, size_t j, double scale) {
    double left = INFINITY, right = INFINITY, at = on_axis(nodes[j], scale);
    for (size_t k = 0; k < m; k++) {
        double off = on_axis(nodes[k], scale) - at;
        if (off > 0)
            right = fmin(right, off);
        else if (off < 0)
            left = fmin(left, -off);
    }
    return isinf(left) ? right : isinf(right) ? left : (left + right) / 2;
}

/* A node that is an eigenvalue, its residual being small, is drawn with the width that is asked
 * for; one that stands for all eigenvalues between its neighbours is as wide as they leave it room,
 * or gaps between nodes would look like gaps of the spectrum. The next off-diagonal entry is taken
 * for a quarter of the span of the nodes, as it is in the long run. */
static void set_widths(const tw_density *d, size_t probe, double scale, double sigma,
                       double *widths) {
    size_t m = d->counts[probe];
    const double *nodes = d->nodes + probe * d->steps, *weights = d->weights + probe * d->steps;
    double low = INFINITY, high = -INFINITY;
    for (size_t j = 0; j < m; j++) {
        low = fmin(low, nodes[j]);
        high = fmax(high, nodes[j]);
        widths[j] = 0;
    }
    if (!d->exact && m == d->steps && m > 1 && m < d->dimension)
        last_entries(m, nodes, weights, widths);
    for (size_t j = 0; j < m; j++) {
        double residual = widths[j] * (high - low) / 4;
        double reach =
            (on_axis(nodes[j] + residual, scale) - on_axis(nodes[j] - residual, scale)) / 2;
        double wide = fmin(reach, spacing(m, nodes, j, scale) / 2);
        widths[j] = fmax(sigma, isfinite(wide) ? wide : 0);
    }
}

/* On the axis t = asinh(lambda / scale), or lambda itself where scale is 0. */
static double smoothed(const tw_density *d, size_t probe, double scale, const double *widths,
                       double at) {
    const double *nodes = d->nodes + probe * d->steps, *weights = d->weights + probe * d->steps;
    double sum = 0;
    for (size_t j = 0; j < d->counts[probe]; j++) {
        double off = (at - on_axis(nodes[j], scale)) / widths[j];
        sum += weights[j] * exp(-off * off / 2) / widths[j];
    }
    return sum / sqrt(2 * acos(-1.0));
}

static tw_status evaluate(const tw_density *d, const double scale_sigma[2], size_t count,
                          const double *grid, double *mean, double *low, double *high) {
    if (d->probes == 0)
        return tw_fail(TW_ERR_ARGUMENT, "a density without a probe");
    if (!(scale_sigma[1] > 0) || !(scale_sigma[0] >= 0))
        return tw_fail(TW_ERR_ARGUMENT, "a density is smoothed by a width above 0");
    double *widths = tw_alloc(d->probes, d->steps * sizeof *widths);
    if (widths == NULL)
        return tw_fail(TW_ERR_MEMORY, "not enough memory to smooth a density");
    for (size_t k = 0; k < d->probes; k++)
        set_widths(d, k, scale_sigma[0], scale_sigma[1], widths + k * d->steps);
    for (size_t j = 0; j < count; j++) {
        double sum = 0, least = INFINITY, most = 0;
        for (size_t k = 0; k < d->probes; k++) {
            double value = smoothed(d, k, scale_sigma[0], widths + k * d->steps, grid[j]);
            sum += value;
            least = fmin(least, value);
            most = fmax(most, value);
        }
        mean[j] = sum / (double)d->probes;
        if (low != NULL)
            low[j] = least;
        if (high != NULL)
            high[j] = most;
    }
    free(widths);
    return TW_OK;
}

tw_status tw_density_evaluate(const tw_density *density, double sigma, size_t count,
                              const double *grid, double *mean, double *low, double *high) {
    return evaluate(density, (const double[2]){0, sigma}, count, grid, mean, low, high);
}

tw_status tw_density_evaluate_log(const tw_density *density, double scale, double sigma,
                                  size_t count, const double *grid, double *mean, double *low,
                                  double *high) {
    if (!(scale > 0))
        return tw_fail(TW_ERR_ARGUMENT, "a logarithmic axis of scale %g: give one above 0", scale);
    return evaluate(density, (const double[2]){scale, sigma}, count, grid, mean, low, high);
}

/* ---- as shares ---- */

double tw_density_below(const tw_density *density, double value) {
    double sum = 0;
    for (size_t k = 0; k < density->probes; k++)
        for (size_t j = 0; j < density->counts[k]; j++) {
            double node = density->nodes[k * density->steps + j];
            double weight = density->weights[k * density->steps + j];
            sum += node < value ? weight : node == value ? weight / 2 : 0;
        }
    return density->probes > 0 ? sum / (double)density->probes : NAN;
}

typedef struct mass {
    double at, weight;
} mass;

static int by_place(const void *a, const void *b) {
    double x = ((const mass *)a)->at, y = ((const mass *)b)->at;
    return (x > y) - (x < y);
}

static size_t add_masses(const tw_density *d, double sign, mass *masses) {
    size_t count = 0;
    for (size_t k = 0; k < d->probes; k++)
        for (size_t j = 0; j < d->counts[k]; j++) {
            if (masses != NULL)
                masses[count] = (mass){d->nodes[k * d->steps + j],
                                       sign * d->weights[k * d->steps + j] / (double)d->probes};
            count++;
        }
    return count;
}

tw_status tw_density_distance(const tw_density *a, const tw_density *b, double *distance) {
    size_t of_a = add_masses(a, 1, NULL), count = of_a + add_masses(b, -1, NULL);
    mass *masses = tw_alloc(count, sizeof *masses);
    if (of_a == 0 || count == of_a || masses == NULL) {
        free(masses);
        return masses == NULL ? tw_fail(TW_ERR_MEMORY, "not enough memory for %zu nodes", count)
                              : tw_fail(TW_ERR_ARGUMENT, "a density without a probe");
    }
    add_masses(a, 1, masses);
    add_masses(b, -1, masses + of_a);
    qsort(masses, count, sizeof *masses, by_place);
    double share = 0;
    *distance = 0;
    for (size_t k = 0; k + 1 < count; k++) {
        share += masses[k].weight;
        *distance += fabs(share) * (masses[k + 1].at - masses[k].at);
    }
    free(masses);
    return TW_OK;
}
