/* curvature.c: the operator: what may move, how it is scaled, and what was learnt of its products.
 */
#include "thalweg/curvature.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "algebra/power_unit.h"
#include "core/alloc.h"
#include "core/clock.h"
#include "core/versioned.h"
#include "curvature/curvature_product.h"
#include "curvature/curvature_scale.h"
#include "curvature/curvature_unit.h"
#include "curvature/long_vector.h"
#include "thalweg/rng.h"

struct tw_curvature {
    tw_objective *objective;
    size_t n;
    double *x, *scale;
    double *probes;               /* two vectors and their products, or NULL */
    tw_curvature_options options; /* `only` is not kept */
    tw_curvature_facts facts;
    double unit;  /* 0: no product has been made yet */
    double error; /* the largest |error of M v| / (|v| unit) so far, */
    double size;  /* and the largest |M v| / (|v| unit) */
};

static tw_status check_finite(const tw_curvature *c, size_t count, const double *products) {
    const tw_space *space = tw_objective_space(c->objective);
    for (size_t k = 0; k < count; k++)
        for (size_t i = 0; i < c->n; i++) {
            double entry = products[k * c->n + i];
            if (isfinite(entry))
                continue;
            const tw_block *block = tw_space_at(space, i);
            return tw_fail(TW_ERR_NOT_FINITE,
                           "objective '%s': a product with the %s matrix is %g in entry %zu of "
                           "block '%s'; look at the loss and its gradient there",
                           tw_objective_name(c->objective),
                           tw_curvature_matrix_name(c->options.matrix), entry, i - block->offset,
                           block->name);
        }
    return TW_OK;
}

/* to = D from for each vector. */
static void scaled(const tw_curvature *c, size_t count, const double *from, double *to) {
    for (size_t k = 0; k < count; k++)
        tw_scale_apply(c->n, c->scale, from + k * c->n, to + k * c->n);
}

/* ---- the unit ---- */

double tw_curvature_unit(const tw_curvature *curvature) {
    return curvature->unit > 0 ? curvature->unit : 1;
}

int tw_curvature_has_unit(const tw_curvature *curvature) {
    return curvature->unit > 0;
}

void tw_curvature_set_unit(tw_curvature *curvature, double unit) {
    curvature->unit = unit;
}

static void set_errors(tw_curvature *c, double error, double size) {
    c->error = fmax(c->error, error);
    c->size = fmax(c->size, size);
    if (c->options.source == TW_PRODUCT_DIFFERENCES)
        c->facts.error = c->size > 0 ? c->error / c->size : 0;
}

void tw_curvature_errors(const tw_curvature *curvature, double errors[2]) {
    errors[0] = curvature->error;
    errors[1] = curvature->size;
}

void tw_curvature_set_errors(tw_curvature *curvature, const double errors[2]) {
    set_errors(curvature, errors[0], errors[1]);
}

double tw_curvature_error(const tw_curvature *curvature) {
    return curvature->options.source == TW_PRODUCT_DIFFERENCES
               ? tw_curvature_unit(curvature) * curvature->error
               : 0;
}

/* ---- products ---- */

/* What is known of their errors: by differences from each, else from the precision. */
static void note_errors(tw_curvature *c, size_t count, const double *vectors,
                        const double *products, double *errors) {
    tw_runner *runner = tw_objective_runner(c->objective);
    for (size_t k = 0; k < count; k++) {
        double length = tw_long_length(runner, c->n, vectors + k * c->n);
        double size = tw_long_length(runner, c->n, products + k * c->n);
        size = length > 0 ? size / length : 0;
        errors[k] = c->options.source == TW_PRODUCT_EXACT ? c->facts.error * size
                    : length > 0                          ? errors[k] / length
                                                          : 0;
        errors[k] /= c->unit;
        set_errors(c, errors[k], size / c->unit);
    }
}

static tw_status make_products(tw_curvature *c, size_t count, const double *vectors,
                               double *products, double *errors) {
    double started = tw_clock_seconds();
    double *moves = tw_alloc_raw(count, c->n * sizeof *moves);
    if (moves == NULL)
        return tw_fail(TW_ERR_MEMORY, "not enough memory for %zu vectors of %zu parameters", count,
                       c->n);
    scaled(c, count, vectors, moves);
    const tw_product_ask ask = {.objective = c->objective,
                                .x = c->x,
                                .scale = c->scale,
                                .matrix = c->options.matrix,
                                .step = c->facts.step,
                                .count = count,
                                .vectors = moves};
    tw_status status = c->options.source == TW_PRODUCT_EXACT
                           ? tw_product_exact(&ask, products)
                           : tw_product_differences(&ask, products, errors);
    if (status == TW_OK)
        status = check_finite(c, count, products);
    if (status == TW_OK)
        scaled(c, count, products, products);
    if (status == TW_OK && c->unit == 0)
        c->unit = tw_unit_of_all(count * c->n, products);
    if (status == TW_OK)
        note_errors(c, count, vectors, products, errors);
    free(moves);
    if (status != TW_OK)
        return status;
    c->facts.products += count;
    c->facts.gradients += c->options.source == TW_PRODUCT_DIFFERENCES ? 4 * count : 0;
    c->facts.seconds += tw_clock_seconds() - started;
    return TW_OK;
}

static tw_status allocate_and_make(tw_curvature *c, size_t count, const double *vectors,
                                   double *products, double *errors) {
    double few[4], *own = count <= 4 ? few : tw_alloc(count, sizeof *own);
    if (own == NULL)
        return tw_fail(TW_ERR_MEMORY, "not enough memory for %zu products", count);
    tw_status status = make_products(c, count, vectors, products, own);
    if (status == TW_OK && errors != NULL)
        memcpy(errors, own, count * sizeof *own);
    if (own != few)
        free(own);
    return status;
}

tw_status tw_curvature_products(tw_curvature *curvature, size_t count, const double *vectors,
                                double *products) {
    return allocate_and_make(curvature, count, vectors, products, NULL);
}

tw_status tw_curvature_unit_products(tw_curvature *curvature, size_t count, const double *vectors,
                                     double *products, double *errors) {
    tw_curvature *c = curvature;
    tw_status status = allocate_and_make(c, count, vectors, products, errors);
    if (status == TW_OK && c->unit != 1)
        tw_long_scale(tw_objective_runner(c->objective), count * c->n, 1 / c->unit, products);
    return status;
}

tw_status tw_curvature_diagonal(tw_curvature *curvature, double *diagonal) {
    const tw_curvature *c = curvature;
    if (c->options.source != TW_PRODUCT_EXACT)
        return tw_fail(TW_ERR_UNSUPPORTED,
                       "differences of gradients have no exact diagonal; estimate it");
    tw_status status =
        tw_objective_curvature_diagonal(c->objective, c->x, c->options.matrix, diagonal);
    if (status == TW_OK)
        status = check_finite(c, 1, diagonal);
    for (int side = 0; side < 2 && status == TW_OK; side++)
        tw_scale_apply(c->n, c->scale, diagonal, diagonal);
    return status;
}

/* ---- opening ---- */

/* Of a product's estimated error by differences: over kinks they are up to 15 times too small. */
static const double LEFT_OPEN = 100;

/* By the precision, and of products that are so small that they have few digits by these. What
 * differences leave open is no fault of the gradient. */
static double most_asymmetry(const tw_curvature *c, double lengths, double size) {
    double spacing = DBL_TRUE_MIN / c->unit, n = (double)c->facts.dimension;
    double open = c->options.source == TW_PRODUCT_DIFFERENCES ? LEFT_OPEN * c->facts.error : 0;
    return sqrt(tw_objective_precision(c->objective)) + open +
           (size > 0 ? 8 * spacing * n * lengths / size : 0);
}

static tw_status refuse_asymmetry(const tw_curvature *c, double most) {
    const char *name = tw_objective_name(c->objective);
    if (c->options.source == TW_PRODUCT_DIFFERENCES)
        return tw_fail(TW_ERR_CALLBACK,
                       "objective '%s': differences of its gradients are not symmetric: u'Mv and "
                       "v'Mu of two random vectors differ by %.2g of their size (more than %.2g, "
                       "which the step leaves open): the gradient is not that of a function; "
                       "`gradcheck` looks for the entries",
                       name, c->facts.asymmetry, most);
    return tw_fail(TW_ERR_CALLBACK,
                   "objective '%s': the %s matrix is not symmetric: u'Mv and v'Mu of two "
                   "random vectors differ by %.2g of their size (more than %.2g): its product "
                   "is wrong; `gradcheck` looks for the entries, differences of gradients "
                   "(--product differences) do without it",
                   name, tw_curvature_matrix_name(c->options.matrix), c->facts.asymmetry, most);
}

/* The vectors stay: who looks for eigenvalues begins with them (krylov.c), so that their products
 * are not made for this alone. */
static tw_status look_at_symmetry(tw_curvature *c) {
    size_t n = c->n;
    double *u = tw_alloc_raw(4, n * sizeof *u), *v = u + n, *mu = v + n, *mv = mu + n;
    if (u == NULL)
        return tw_fail(TW_ERR_MEMORY, "not enough memory for four vectors of %zu parameters", n);
    c->probes = u;
    for (size_t k = 0; k < 2; k++)
        tw_rng_fill_normal(c->options.seed, tw_rng_stream("curvature symmetry"), k * n, n,
                           u + k * n);
    for (size_t k = 0; k < 2; k++)
        tw_scale_keep(n, c->scale, u + k * n, u + k * n);
    tw_status status = tw_curvature_unit_products(c, 2, u, mu, NULL);
    if (status == TW_OK) {
        tw_runner *runner = tw_objective_runner(c->objective);
        double off = fabs(tw_long_dot(runner, n, u, mv) - tw_long_dot(runner, n, v, mu));
        double of_u = tw_long_length(runner, n, u), of_v = tw_long_length(runner, n, v);
        double size = of_u * tw_long_length(runner, n, mv) + of_v * tw_long_length(runner, n, mu);
        /* a random vector has a share of 1 / sqrt(dimension) along any other */
        c->facts.asymmetry = size > 0 ? off / size * sqrt((double)c->facts.dimension) : 0;
        if (c->options.source == TW_PRODUCT_EXACT)
            c->facts.error = fmax(4 * tw_objective_precision(c->objective), c->facts.asymmetry);
        double most = most_asymmetry(c, of_u + of_v, size);
        if (!c->options.asymmetric && !(c->facts.asymmetry <= most))
            status = refuse_asymmetry(c, most);
    }
    return status;
}

const double *tw_curvature_probe(const tw_curvature *c, uint64_t seed, size_t which,
                                 const double **product) {
    if (c->probes == NULL || which > 1 || seed != c->options.seed ||
        c->options.source != TW_PRODUCT_EXACT ||
        !(c->facts.asymmetry <= sqrt(tw_objective_precision(c->objective))))
        return NULL;
    *product = c->probes + (2 + which) * c->n;
    return c->probes + which * c->n;
}

tw_status tw_curvature_check(const tw_objective *objective, const tw_curvature_options *o) {
    unsigned can = tw_objective_capabilities(objective);
    const char *name = tw_objective_name(objective);
    if ((unsigned)o->matrix > TW_MATRIX_GAUSS_NEWTON ||
        (unsigned)o->source > TW_PRODUCT_DIFFERENCES)
        return tw_fail(TW_ERR_ARGUMENT, "a matrix or a source of products that has no name");
    if (!(o->step >= 0) || isinf(o->step))
        return tw_fail(TW_ERR_ARGUMENT, "a step of %g: give a share of |x|, such as 1e-5, or 0",
                       o->step);
    if (o->step > 0 && o->step < tw_objective_precision(objective))
        return tw_fail(TW_ERR_ARGUMENT,
                       "a step of %g of |x| is below the rounding of x (%.2g), so that nothing "
                       "would move; give more, such as 1e-5, or leave it to be chosen",
                       o->step, tw_objective_precision(objective));
    if (o->source == TW_PRODUCT_DIFFERENCES) {
        if (o->matrix == TW_MATRIX_GAUSS_NEWTON)
            return tw_fail(TW_ERR_UNSUPPORTED, "differences of gradients are products with the "
                                               "Hessian; no Gauss-Newton matrix comes from them");
        return can & TW_CAN_GRADIENT
                   ? TW_OK
                   : tw_fail(TW_ERR_UNSUPPORTED,
                             "objective '%s' has neither Hessian products nor a gradient, one of "
                             "which is needed (a function of your own may have them: objective.h)",
                             name);
    }
    if (o->matrix == TW_MATRIX_GAUSS_NEWTON)
        return can & TW_CAN_GAUSS_NEWTON
                   ? TW_OK
                   : tw_fail(TW_ERR_UNSUPPORTED,
                             "objective '%s' has no Gauss-Newton products; ask for the Hessian",
                             name);
    if (can & TW_CAN_HESSIAN_PRODUCT)
        return TW_OK;
    return tw_fail(
        TW_ERR_UNSUPPORTED, "objective '%s' has no Hessian products; %s", name,
        can & TW_CAN_GRADIENT
            ? "differences of its gradients can be asked for (--product differences)"
            : "it has no gradient either, by which they could be found (a function of your "
              "own may have one: objective.h)");
}

static tw_status fill(tw_curvature *c, const double *x) {
    c->x = tw_alloc_raw(c->n, sizeof *c->x);
    c->scale = tw_alloc_raw(c->n, sizeof *c->scale);
    if (c->x == NULL || c->scale == NULL)
        return tw_fail(TW_ERR_MEMORY, "not enough memory for %zu parameters", c->n);
    memcpy(c->x, x, c->n * sizeof *x);
    tw_status status =
        tw_curvature_scale_fill(tw_objective_space(c->objective), c->x, &c->options, c->scale);
    if (status != TW_OK)
        return status;
    size_t moves = 0;
    for (size_t i = 0; i < c->n; i++)
        moves += c->scale[i] != 0;
    c->facts = (tw_curvature_facts){.bytes = sizeof c->facts,
                                    .size = c->n,
                                    .dimension = moves,
                                    .matrix = c->options.matrix,
                                    .source = c->options.source,
                                    .norm = c->options.norm,
                                    .asymmetry = NAN};
    if (moves == 0)
        return tw_fail(TW_ERR_ARGUMENT, "no parameter is left to move");
    if (c->options.source == TW_PRODUCT_DIFFERENCES)
        c->facts.step = tw_product_step(c->objective, c->x, c->scale, c->options.step);
    else
        c->facts.error = 4 * tw_objective_precision(c->objective);
    return c->options.asymmetric > 1 ? TW_OK : look_at_symmetry(c);
}

tw_status tw_curvature_open(tw_objective *objective, const double *x,
                            const tw_curvature_options *options, tw_curvature **out) {
    tw_curvature *c = tw_alloc(1, sizeof *c);
    if (c == NULL)
        return tw_fail(TW_ERR_MEMORY, "not enough memory for an operator");
    c->objective = objective;
    c->n = tw_objective_size(objective);
    tw_status status = TW_TAKE(tw_curvature_options, seed, &c->options, options);
    if (status == TW_OK)
        status = tw_curvature_check(objective, &c->options);
    if (status == TW_OK)
        status = fill(c, x);
    c->options.only = NULL;
    if (status != TW_OK) {
        tw_curvature_close(c);
        return status;
    }
    *out = c;
    return TW_OK;
}

void tw_curvature_close(tw_curvature *curvature) {
    if (curvature == NULL)
        return;
    free(curvature->x);
    free(curvature->scale);
    free(curvature->probes);
    free(curvature);
}

/* ---- asking ---- */

const double *tw_curvature_scale(const tw_curvature *curvature) {
    return curvature->scale;
}

void tw_curvature_facts_of(const tw_curvature *curvature, tw_curvature_facts *out) {
    *out = curvature->facts;
}

tw_objective *tw_curvature_objective(const tw_curvature *curvature) {
    return curvature->objective;
}

const double *tw_curvature_point(const tw_curvature *curvature) {
    return curvature->x;
}
