/* plane_curvature.c: the second derivatives within a plane, and those of random directions. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "algebra/power_unit.h"
#include "core/alloc.h"
#include "curvature/long_vector.h"
#include "thalweg/curvature_map.h"

enum { USUAL_DRAWS = 16 };
static const double PARALLEL = 1e-7; /* what is left of an axis, by its length */

typedef struct job {
    tw_curvature *curvature;
    const tw_space *space;
    tw_runner *runner;
    const tw_plane *plane;
    size_t n;
    int rank;                    /* of what the axes span */
    double *basis, *v, *product; /* 2 n, n, n */
} job;

static double dot(const job *j, const double *a, const double *b) {
    return tw_long_dot(j->runner, j->n, a, b);
}

/* To the length 1; what it was. */
static double shorten(const job *j, double *v) {
    double length = tw_long_length(j->runner, j->n, v);
    if (length > 0)
        tw_long_scale(j->runner, j->n, 1 / length, v);
    return length;
}

static tw_status make_basis(job *j) {
    double *q = j->basis, *r = j->basis + j->n;
    memcpy(q, j->plane->x, j->n * sizeof *q);
    j->rank = 1;
    if (!(shorten(j, q) > 0))
        return tw_fail(TW_ERR_ARGUMENT, "the plane's first axis has no length");
    if (j->plane->rank < 2)
        return TW_OK;
    memcpy(r, j->plane->y, j->n * sizeof *r);
    if (!(shorten(j, r) > 0))
        return tw_fail(TW_ERR_ARGUMENT, "the plane's second axis has no length");
    const tw_long_set one = {j->runner, j->n, 1, q};
    double sum, left = 1;
    tw_status status = TW_OK;
    for (int again = 0; again < 2 && status == TW_OK && left > PARALLEL; again++) {
        status = tw_long_project(&one, &sum, r);
        left *= shorten(j, r);
    }
    j->rank = left > PARALLEL ? 2 : 1;
    return status;
}

/* The matrix of two rows within the plane, and its eigenvalues. */
static tw_status look_within(job *j, tw_plane_curvature *out) {
    double m[2][2] = {{0}};
    tw_status status = TW_OK;
    for (int a = 0; a < j->rank && status == TW_OK; a++) {
        status = tw_curvature_products(j->curvature, 1, j->basis + (size_t)a * j->n, j->product);
        for (int b = 0; b < j->rank && status == TW_OK; b++)
            m[a][b] = dot(j, j->product, j->basis + (size_t)b * j->n);
    }
    if (j->rank == 1)
        m[1][1] = m[0][0];
    double mean = m[0][0] / 2 + m[1][1] / 2, cross = m[0][1] / 2 + m[1][0] / 2;
    double half = hypot(m[0][0] / 2 - m[1][1] / 2, cross);
    out->least = mean - half;
    out->greatest = mean + half;
    return status;
}

/* Axes in turn say how long it is in each filter. A vector is one filter, not one an entry: else a
 * direction would be its axis but for signs. */
static void make_alike(job *j, size_t k, uint64_t seed) {
    char name[40];
    const double *axis = k % 2 == 1 && j->plane->rank > 1 ? j->plane->y : j->plane->x;
    double *by_layer = j->product;
    snprintf(name, sizeof name, "beside the plane %zu", k);
    tw_direction_random(j->space, seed, name, j->v);
    memcpy(by_layer, j->v, j->n * sizeof *by_layer);
    tw_direction_normalize(j->space, TW_NORM_FILTER, axis, j->v);
    tw_direction_normalize(j->space, TW_NORM_LAYER, axis, by_layer);
    for (size_t b = 0; b < tw_space_blocks(j->space); b++) {
        const tw_block *block = tw_space_block(j->space, b);
        if (block->rank < 2)
            memcpy(j->v + block->offset, by_layer + block->offset, block->count * sizeof *by_layer);
    }
}

static tw_status draw(job *j, size_t k, uint64_t seed, double *value) {
    make_alike(j, k, seed);
    if (!(shorten(j, j->v) > 0))
        return tw_fail(TW_ERR_ARGUMENT, "the plane's axes move no parameter that may move");
    tw_status status = tw_curvature_products(j->curvature, 1, j->v, j->product);
    *value = status == TW_OK ? dot(j, j->product, j->v) : NAN;
    return status;
}

static tw_status look_beside(job *j, size_t draws, uint64_t seed, tw_plane_curvature *out) {
    double *values = tw_alloc(draws, sizeof *values), squares = 0, most = 0;
    if (values == NULL)
        return tw_fail(TW_ERR_MEMORY, "not enough memory for %zu directions", draws);
    tw_status status = TW_OK;
    for (size_t k = 0; k < draws && status == TW_OK; k++) {
        status = draw(j, k, seed, &values[k]);
        out->random += values[k] / (double)draws;
    }
    for (size_t k = 0; k < draws; k++)
        most = fmax(most, fabs(values[k] - out->random));
    const double unit = tw_unit_of(most); /* their squares may be no numbers */
    for (size_t k = 0; k < draws; k++)
        squares += (values[k] - out->random) / unit * ((values[k] - out->random) / unit);
    out->random_error = unit * sqrt(squares / (double)(draws - 1) / (double)draws);
    out->draws = draws;
    free(values);
    return status;
}

tw_status tw_curvature_of_plane(tw_curvature *curvature, const tw_plane *plane, size_t draws,
                                uint64_t seed, tw_plane_curvature *out) {
    tw_objective *objective = tw_curvature_objective(curvature);
    job j = {.curvature = curvature,
             .space = tw_objective_space(objective),
             .runner = tw_objective_runner(objective),
             .plane = plane,
             .n = tw_space_size(tw_objective_space(objective))};
    *out = (tw_plane_curvature){.bytes = sizeof *out};
    draws = draws == 0 ? USUAL_DRAWS : draws < 2 ? 2 : draws;
    if (plane->size != j.n)
        return tw_fail(TW_ERR_SHAPE, "the plane has %zu parameters and the operator %zu",
                       plane->size, j.n);
    j.basis = tw_alloc_raw(2 * j.n, sizeof *j.basis);
    j.v = tw_alloc_raw(2 * j.n, sizeof *j.v);
    tw_status status = j.basis != NULL && j.v != NULL
                           ? TW_OK
                           : tw_fail(TW_ERR_MEMORY, "not enough memory for 4 vectors of %zu", j.n);
    j.product = j.v != NULL ? j.v + j.n : NULL;
    if (status == TW_OK)
        status = make_basis(&j);
    if (status == TW_OK)
        status = look_within(&j, out);
    if (status == TW_OK)
        status = look_beside(&j, draws, seed, out);
    free(j.basis);
    free(j.v);
    return status;
}
