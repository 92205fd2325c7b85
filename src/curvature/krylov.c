#include "curvature/krylov.h"
#include "curvature/curvature_scale.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "algebra/eigen_symmetric.h"
#include "core/alloc.h"
#include "curvature/curvature_product.h"
#include "curvature/curvature_unit.h"
#include "thalweg/rng.h"

tw_status tw_krylov_make(tw_krylov *space) {
    tw_curvature_facts facts;
    tw_curvature_facts_of(space->curvature, &facts);
    space->n = facts.size;
    space->dimension = facts.dimension;
    space->runner = tw_objective_runner(tw_curvature_objective(space->curvature));
    space->basis = tw_alloc_raw(space->room, space->n * sizeof(double));
    space->projected = tw_alloc(space->room, space->room * sizeof(double));
    space->slack = tw_alloc(space->room, sizeof(double));
    space->sums = tw_alloc(space->room, 2 * sizeof(double));
    space->known_part = tw_alloc(space->room, sizeof(double));
    if (space->basis == NULL || space->projected == NULL || space->slack == NULL ||
        space->sums == NULL || space->known_part == NULL)
        return tw_fail(TW_ERR_MEMORY, "not enough memory for %zu vectors of %zu parameters",
                       space->room, space->n);
    return TW_OK;
}

void tw_krylov_release(tw_krylov *space) {
    free(space->basis);
    free(space->projected);
    free(space->slack);
    free(space->sums);
    free(space->known_part);
}

static double *vector(const tw_krylov *space, size_t k) {
    return space->basis + k * space->n;
}

/* ---- orthogonality ---- */

/* Takes the first `count` vectors out of y, as often as it takes: |y| is left in *length, the
 * coefficients, unless NULL, are written. */
static tw_status clear(const tw_krylov *space, size_t count, double *y, double *coefficients,
                       double *length) {
    enum { MOST = 5 };
    const tw_long_set set = {space->runner, space->n, count, space->basis};
    double *sums = space->sums, before = tw_long_length(space->runner, space->n, y);
    tw_status status = TW_OK;
    *length = before;
    for (size_t j = 0; coefficients != NULL && j < count; j++)
        coefficients[j] = 0;
    for (int pass = 0; pass < MOST && status == TW_OK && before > 0; pass++) {
        status = tw_long_project(&set, sums, y);
        for (size_t j = 0; coefficients != NULL && j < count; j++)
            coefficients[j] -= sums[j];
        *length = tw_long_length(space->runner, space->n, y);
        if (pass > 0 && *length > 0.7 * before)
            break;
        before = *length;
    }
    return status;
}

static void accept(tw_krylov *space, double length) {
    tw_long_scale(space->runner, space->n, 1 / length, vector(space, space->count));
    space->slack[space->count] = 0;
    space->count++;
    if (space->count > space->most_basis)
        space->most_basis = space->count;
}

tw_status tw_krylov_take(tw_krylov *space) {
    double *y = vector(space, space->count), length;
    double before = tw_long_length(space->runner, space->n, y);
    tw_status status = clear(space, space->count, y, NULL, &length);
    if (status == TW_OK && space->count < space->dimension && length > 1e-10 * before)
        accept(space, length);
    return status;
}

/* The operator's own vector, if it is its turn. Its product is of use where nothing stands before
 * it that has none, and enough of it is left. */
static tw_status take_probe(tw_krylov *space) {
    const double *product, *probe;
    double *y = vector(space, space->count), length, before;
    size_t count = space->count, which = (size_t)space->draws;
    if (space->block > 1 || which > 1 || space->done != count || count >= space->dimension ||
        (probe = tw_curvature_probe(space->curvature, space->seed, which, &product)) == NULL)
        return TW_OK;
    space->draws++;
    memcpy(y, probe, space->n * sizeof *y);
    before = tw_long_length(space->runner, space->n, y);
    tw_status status = clear(space, count, y, space->known_part, &length);
    if (status != TW_OK || !(length > 0.1 * before))
        return status;
    accept(space, length);
    space->known = space->count;
    space->probe = which;
    space->known_length = length;
    return TW_OK;
}

tw_status tw_krylov_draw(tw_krylov *space) {
    const double *scale = tw_curvature_scale(space->curvature);
    size_t before = space->count;
    uint64_t draws = space->draws;
    tw_status status = take_probe(space);
    for (int tries = 0;
         tries < 10 && space->count == before && before < space->dimension && status == TW_OK;
         tries++) {
        double *y = vector(space, before);
        tw_rng_fill_normal(space->seed, tw_rng_stream("spectrum start"), space->draws++ * space->n,
                           space->n, y);
        tw_scale_keep(space->n, scale, y, y);
        status = tw_krylov_take(space);
    }
    if (status != TW_OK) /* the next try draws the same */
        space->draws = draws;
    return status;
}

/* ---- growing ---- */

static size_t next_block(const tw_krylov *space) {
    size_t rest = space->count - space->done;
    return rest < space->block ? rest : space->block;
}

int tw_krylov_is_full(const tw_krylov *space) {
    size_t next = next_block(space);
    return space->count + (next > 0 ? next : 1) > space->room;
}

/* The product with vector `column` stands at row `at`, which is the place behind the last vector or
 * past it. */
static tw_status take_product(tw_krylov *space, size_t column, size_t at, double least) {
    double *y = vector(space, at), *coefficients = space->sums + space->room, length;
    size_t count = space->count;
    tw_status status = clear(space, count, y, coefficients, &length);
    if (status != TW_OK)
        return status;
    for (size_t j = 0; j < count; j++)
        space->projected[j * space->room + column] = space->projected[column * space->room + j] =
            coefficients[j];
    if (length <= least || count == space->dimension) {
        space->slack[column] = length;
        return TW_OK;
    }
    if (at != count)
        memcpy(vector(space, count), y, space->n * sizeof *y);
    accept(space, length);
    space->projected[count * space->room + column] =
        space->projected[column * space->room + count] = length;
    for (size_t j = 0; j < column; j++)
        space->projected[count * space->room + j] = space->projected[j * space->room + count] = 0;
    return TW_OK;
}

/* The product with vector `column`, out of the operator's; and what is not known of it. */
static tw_status put_known(tw_krylov *space, size_t column, double *y, double *lost) {
    const tw_long_set set = {space->runner, space->n, column, space->basis};
    const double *product, *c = space->known_part;
    double *sums = space->sums;
    tw_curvature_probe(space->curvature, space->seed, space->probe, &product);
    memcpy(y, product, space->n * sizeof *y);
    *lost = 0;
    for (size_t i = 0; i < column; i++) {
        sums[i] = 0;
        for (size_t j = 0; j < column; j++)
            sums[i] -= space->projected[i * space->room + j] * c[j];
        *lost += fabs(c[i]) * space->slack[i] / space->known_length;
    }
    tw_status status = tw_long_add(&set, sums, y);
    tw_long_scale(space->runner, space->n, 1 / space->known_length, y);
    return status;
}

static double error_of_known(const tw_krylov *space, const double *product) {
    tw_curvature_facts facts;
    tw_curvature_facts_of(space->curvature, &facts);
    return facts.error * tw_long_length(space->runner, space->n, product);
}

tw_status tw_krylov_grow(tw_krylov *space) {
    size_t made = next_block(space), first = space->count, column = space->done;
    double lost = 0, *errors = space->sums; /* free in between; a block is at most the room */
    if (made == 0)
        return tw_krylov_draw(space);
    int is_known = made == 1 && space->known == column + 1;
    tw_status status =
        is_known ? put_known(space, column, vector(space, first), &lost)
                 : tw_curvature_unit_products(space->curvature, made, vector(space, column),
                                              vector(space, first), errors);
    if (status != TW_OK)
        return status;
    if (is_known)
        errors[0] = error_of_known(space, vector(space, first));
    space->products += is_known ? 0 : made;
    for (size_t k = 0; k < made; k++)
        space->error = fmax(space->error, errors[k]);
    for (size_t k = 0; k < made; k++)
        space->scale =
            fmax(space->scale, tw_long_length(space->runner, space->n, vector(space, first + k)));
    for (size_t k = 0; k < made && status == TW_OK; k++)
        status = take_product(space, column + k, first + k, 4 * space->error);
    if (status != TW_OK) {
        space->count = first;
        return status;
    }
    space->known = 0;
    space->slack[column] = hypot(space->slack[column], lost);
    space->done = column + made;
    return space->done == space->count ? tw_krylov_draw(space) : TW_OK;
}

/* ---- Ritz pairs ---- */

static double residual_of(const tw_krylov *space, const double *s) {
    double squares = 0;
    for (size_t i = space->done; i < space->count; i++) {
        double sum = 0;
        for (size_t j = 0; j < space->done; j++)
            sum += space->projected[i * space->room + j] * s[j];
        squares += sum * sum;
    }
    for (size_t j = 0; j < space->done; j++)
        squares += space->slack[j] * space->slack[j] * s[j] * s[j];
    return sqrt(squares);
}

tw_status tw_krylov_ritz(const tw_krylov *space, double *values, double *vectors,
                         double *residuals) {
    size_t d = space->done;
    double *t = tw_alloc_raw(d, d * sizeof *t);
    if (t == NULL)
        return tw_fail(TW_ERR_MEMORY, "not enough memory for a matrix of order %zu", d);
    for (size_t i = 0; i < d; i++)
        memcpy(t + i * d, space->projected + i * space->room, d * sizeof *t);
    tw_status status = tw_eigen_symmetric(d, t, d, values, vectors);
    for (size_t k = 0; k < d && status == TW_OK; k++)
        residuals[k] = residual_of(space, vectors + k * d);
    free(t);
    return status;
}

/* The rows of B and the slack of the kept vectors, in room of their own. */
static double *kept_couplings(const tw_krylov *space, size_t kept, const double *s) {
    size_t d = space->done, rest = space->count - d;
    double *out = tw_alloc(rest + 1, kept * sizeof *out);
    for (size_t k = 0; out != NULL && k < kept; k++) {
        for (size_t i = 0; i < rest; i++)
            for (size_t j = 0; j < d; j++)
                out[i * kept + k] += space->projected[(d + i) * space->room + j] * s[k * d + j];
        for (size_t j = 0; j < d; j++)
            out[rest * kept + k] += space->slack[j] * space->slack[j] * s[k * d + j] * s[k * d + j];
        out[rest * kept + k] = sqrt(out[rest * kept + k]);
    }
    return out;
}

tw_status tw_krylov_restart(tw_krylov *space, size_t kept, const double *s, const double *values,
                            const double *residuals, int alone) {
    size_t d = space->done, rest = alone ? 0 : space->count - d, room = space->room;
    const tw_long_set set = {space->runner, space->n, d, space->basis};
    double *couplings = kept_couplings(space, kept, s);
    if (couplings == NULL)
        return tw_fail(TW_ERR_MEMORY, "not enough memory to keep %zu vectors", kept);
    const double *slack = couplings + (space->count - d) * kept;
    tw_status status = tw_long_turn(&set, kept, s);
    if (status == TW_OK) {
        memmove(vector(space, kept), vector(space, d), rest * space->n * sizeof(double));
        memset(space->projected, 0, room * room * sizeof(double));
        for (size_t k = 0; k < kept; k++) {
            space->projected[k * room + k] = values[k];
            space->slack[k] = alone ? residuals[k] : slack[k];
            for (size_t i = 0; i < rest; i++)
                space->projected[(kept + i) * room + k] = space->projected[k * room + kept + i] =
                    couplings[i * kept + k];
        }
        space->known = 0;
        space->done = kept;
        space->count = kept + rest;
    }
    free(couplings);
    return status;
}
