#include "contract.h"

#include <math.h>

#include "contract_questions.h"

static double norm(const double *x, size_t n) {
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += x[i] * x[i];
    return sqrt(sum);
}

/* A direction of the given length. */
static double *random_direction(inquiry *c, uint64_t stream, double length) {
    double *d = numbers(c, c->n, 1);
    tw_rng_fill_normal(99, stream, 0, c->n, d);
    double factor = length / norm(d, c->n);
    for (size_t i = 0; i < c->n; i++)
        d[i] *= factor;
    return d;
}

static int is_close(double actual, double expected, double relative, double absolute) {
    if (isnan(expected) || isinf(expected))
        return memcmp(&actual, &expected, sizeof actual) == 0 ||
               (actual != actual && expected != expected);
    return fabs(actual - expected) <= relative * fmax(fabs(actual), fabs(expected)) + absolute;
}

/* The values at CONTRACT_POINTS points against the points one by one. */
static int match_points(inquiry *c, const char *name, const double *values, const double *points) {
    double tolerance = c->tolerance->value * c->units, *direct = numbers(c, c->metrics, 1);
    for (size_t p = 0; p < CONTRACT_POINTS; p++) {
        if (tw_objective_value(c->f, points + p * c->n, direct) != TW_OK)
            return broken(c, "value: %s", tw_message());
        for (size_t m = 0; m < c->metrics; m++)
            if (!is_close(values[p * c->metrics + m], direct[m], tolerance, tolerance))
                return broken(c, "%s: metric %zu at point %zu is %.17g, and %.17g by value", name,
                              m, p, values[p * c->metrics + m], direct[m]);
    }
    return 1;
}

static int check_batch(inquiry *c) {
    double *values, *alone = numbers(c, c->metrics, 1);
    if (!steady(c, &ask_batch, &values) || !match_points(c, "batch", values, c->points))
        return 0;
    for (size_t p = CONTRACT_POINTS; p-- > 0;) {
        if (tw_objective_batch(c->f, 1, c->points + p * c->n, alone) != TW_OK)
            return broken(c, "batch of one: %s", tw_message());
        if (memcmp(alone, values + p * c->metrics, c->metrics * sizeof *alone) != 0)
            return broken(c, "batch: point %zu depends on those that it is asked for with", p);
    }
    return 1;
}

/* ---- spans ---- */

typedef struct line {
    size_t rank;
    const double *directions[3];
    double c[CONTRACT_POINTS * 3];
    double *points;
} line;

/* Buffers stay: where a line takes them is the objective's to say (objective.h). */
static const double *line_direction(inquiry *c, uint64_t seed, double length) {
    double *direction = numbers(c, c->n, 1);
    memcpy(direction, random_direction(c, seed, length), c->n * sizeof *direction);
    tw_space_keep_still(tw_objective_space(c->f), NULL, direction);
    return direction;
}

static line make_line(inquiry *c, size_t rank) {
    line l = {.rank = rank, .points = numbers(c, CONTRACT_POINTS, c->n)};
    double length = c->tolerance->scale * (norm(c->x, c->n) + 1e-3);
    for (size_t k = 0; k < rank; k++)
        l.directions[k] =
            c->tolerance->along != NULL ? c->tolerance->along : line_direction(c, 10 + k, length);
    tw_rng_fill_normal(7, rank, 0, CONTRACT_POINTS * rank, l.c);
    for (size_t k = 0; k < rank; k++)
        l.c[k] = 0;                                            /* the origin itself, */
    l.c[rank] = l.c[2 * rank];                                 /* a repeated coefficient, */
    l.c[4 * rank - 1] = l.c[5 * rank - 1] = l.c[6 * rank - 1]; /* and a row */
    for (size_t p = 0; p < CONTRACT_POINTS; p++)
        for (size_t i = 0; i < c->n; i++) {
            double *at = &l.points[p * c->n + i];
            *at = c->x[i];
            for (size_t k = 0; k < rank; k++)
                *at += l.c[p * rank + k] * l.directions[k][i];
        }
    return l;
}

/* One at a time, backwards, and all once more: the same bits. */
static int check_opened(inquiry *c, const line *l, tw_span *span, const char *name,
                        double *values) {
    size_t all = CONTRACT_POINTS * c->metrics;
    double *again = numbers(c, all, 1);
    if (tw_span_values(span, CONTRACT_POINTS, l->c, values) != TW_OK)
        return broken(c, "%s: %s", name, tw_message());
    if (!match_points(c, name, values, l->points))
        return 0;
    for (size_t p = CONTRACT_POINTS; p-- > 0;)
        if (tw_span_values(span, 1, l->c + p * l->rank, again + p * c->metrics) != TW_OK)
            return broken(c, "%s: %s", name, tw_message());
    if (memcmp(values, again, all * sizeof *values) != 0)
        return broken(c, "%s: a point depends on those that it is asked for with", name);
    if (tw_span_values(span, CONTRACT_POINTS, l->c, again) != TW_OK ||
        memcmp(values, again, all * sizeof *values) != 0)
        return broken(c, "%s: not the same values again", name);
    return 1;
}

static int check_span(inquiry *c, size_t rank) {
    line l = make_line(c, rank);
    double *values[2];
    int holds = 1;
    for (int how = 0; how < 2 && holds; how++) {
        char name[64];
        snprintf(name, sizeof name, "span of rank %zu, %s", rank, how ? "scattered" : "by rows");
        values[how] = numbers(c, CONTRACT_POINTS, c->metrics);
        tw_span *span = NULL;
        if (tw_span_open(c->f, c->x, rank, l.directions, (tw_span_how)how, &span) != TW_OK)
            return broken(c, "%s: %s", name, tw_message());
        holds = check_opened(c, &l, span, name, values[how]);
        tw_span_close(span);
    }
    return holds;
}

static int check_spans(inquiry *c) {
    return check_span(c, 1) &&
           (c->tolerance->along != NULL || (check_span(c, 2) && check_span(c, 3)));
}

/* ---- differences ---- */

static int check_differences(inquiry *c, tw_objective *plain) {
    enum { MOST = 40 };
    size_t count = c->n < MOST ? c->n : MOST, indices[MOST];
    double steps[MOST], fast[MOST], slow[MOST], *values = numbers(c, c->metrics, 1);
    double tolerance = c->tolerance->differences * c->units;
    tw_status status = tw_objective_value(c->f, c->x, values);
    for (double h = 1e-6; h < 200 && status == TW_OK; h *= 100) {
        for (size_t k = 0; k < count; k++) {
            indices[k] = count == c->n ? k : (size_t)tw_rng_below(5, 1, k, c->n);
            steps[k] = k % 3 == 1 ? -h : h * (k % 7 == 2 ? 0.5 : 1);
        }
        status = tw_objective_coordinate_differences(c->f, c->x, count, indices, steps, fast);
        if (status == TW_OK)
            status = tw_objective_coordinate_differences(plain, c->x, count, indices, steps, slow);
        for (size_t k = 0; k < count && status == TW_OK; k++)
            if (!is_close(fast[k], slow[k], tolerance, tolerance * fabs(values[0])))
                return broken(c,
                              "coordinate_differences: %g along %zu gives %.17g, and %.17g by "
                              "value",
                              steps[k], indices[k], fast[k], slow[k]);
    }
    return status == TW_OK ? 1 : broken(c, "coordinate_differences: %s", tw_message());
}

/* ---- derivatives ---- */

static int match_values(inquiry *c, const char *name, const double *values) {
    double *direct = numbers(c, c->metrics, 1);
    if (tw_objective_value(c->f, c->x, direct) != TW_OK)
        return broken(c, "value: %s", tw_message());
    for (size_t m = 0; m < c->metrics; m++)
        if (!is_close(values[m], direct[m], 1e-13 * c->units, 1e-15 * c->units))
            return broken(c, "%s: metric %zu is %.17g, and %.17g by value", name, m, values[m],
                          direct[m]);
    return 1;
}

/* What differences of an objective of such noise are good for. */
static double at_best(double tolerance, double noise) {
    return fmax(tolerance, 100 * pow(noise, 2.0 / 3));
}

static int check_gradient(inquiry *c, tw_objective *plain) {
    double *answer, *alone, *numerical = numbers(c, c->n, 1);
    double tolerance = at_best(c->tolerance->gradient, tw_objective_noise(c->f));
    if (!steady(c, &ask_gradient, &answer) || !steady(c, &ask_gradient_alone, &alone) ||
        !match_values(c, "gradient", answer))
        return 0;
    const double *gradient = answer + c->metrics;
    if (memcmp(gradient, alone, c->n * sizeof *alone) != 0)
        return broken(c, "gradient: not the same without values");
    if (isinf(tolerance))
        return 1;
    const tw_diff_options options = {.method = TW_DIFF_CENTRAL};
    if (tw_diff_gradient(plain, c->x, &options, numerical, NULL) != TW_OK)
        return broken(c, "central differences: %s", tw_message());
    double off = relative_distance(numerical, gradient, c->n);
    return off <= tolerance ? 1 : broken(c, "gradient: off by %g of its largest entry", off);
}

/* The product with v from gradients beside x. */
static int difference_of_gradients(inquiry *c, const double *v, double *out) {
    double h = 2 * cbrt(tw_objective_precision(c->f)) * (norm(c->x, c->n) + 1e-2) / norm(v, c->n);
    double *point = numbers(c, c->n, 1), *below = numbers(c, c->n, 1);
    for (size_t i = 0; i < c->n; i++)
        point[i] = c->x[i] + h * v[i];
    if (tw_objective_gradient(c->f, point, NULL, out) != TW_OK)
        return broken(c, "gradient: %s", tw_message());
    for (size_t i = 0; i < c->n; i++)
        point[i] = c->x[i] - h * v[i];
    if (tw_objective_gradient(c->f, point, NULL, below) != TW_OK)
        return broken(c, "gradient: %s", tw_message());
    for (size_t i = 0; i < c->n; i++)
        out[i] = (out[i] - below[i]) / (2 * h);
    return 1;
}

static double dot(const double *a, const double *b, size_t n) {
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += a[i] * b[i];
    return sum;
}

typedef tw_status (*products_fn)(tw_objective *objective, const double *x, size_t count,
                                 const double *vectors, double *products);

/* Each vector of a block by itself, and symmetry: where both sides are more than rounding. */
static int check_block(inquiry *c, const question *q, products_fn ask, double **out) {
    size_t n = c->n;
    double *block, *alone = numbers(c, n, 1);
    const double *v = c->vectors;
    if (!steady(c, q, &block))
        return 0;
    *out = block;
    for (size_t k = CONTRACT_VECTORS; k-- > 0;) {
        if (ask(c->f, c->x, 1, v + k * n, alone) != TW_OK)
            return broken(c, "%s of one: %s", q->name, tw_message());
        if (memcmp(alone, block + k * n, n * sizeof *alone) != 0)
            return broken(c, "%s: vector %zu depends on those of its block", q->name, k);
    }
    if (c->tolerance->hessian == 0 && isinf(c->tolerance->gradient))
        return 1; /* at extreme points both sides may be rounding */
    double across = dot(v, block + n, n), back = dot(v + n, block, n);
    double size = norm(v, n) * norm(block + n, n) + norm(v + n, n) * norm(block, n);
    if (!(fabs(across - back) <= 1e-12 * c->units * size))
        return broken(c, "%s: not symmetric: %.17g and %.17g", q->name, across, back);
    return 1;
}

/* Against differences of gradients. */
static int check_products(inquiry *c) {
    double *block, *by_gradients = numbers(c, c->n, 1);
    if (!check_block(c, &ask_products, tw_objective_hessian_products, &block))
        return 0;
    if (c->tolerance->hessian == 0)
        return 1;
    double tolerance = at_best(c->tolerance->hessian, tw_objective_precision(c->f));
    if (!difference_of_gradients(c, c->vectors, by_gradients))
        return 0;
    double off = relative_distance(by_gradients, block, c->n);
    return off <= tolerance ? 1
                            : broken(c, "hessian_products: off by %g of the largest entry", off);
}

/* What it is can be seen from its diagonal alone; it is not negative. */
static int check_gauss_newton(inquiry *c) {
    double *block;
    if (!check_block(c, &ask_gauss_newton, tw_objective_gauss_newton_products, &block))
        return 0;
    for (size_t k = 0; k < CONTRACT_VECTORS; k++) {
        const double *v = c->vectors + k * c->n, *gv = block + k * c->n;
        double form = dot(v, gv, c->n), size = norm(v, c->n) * norm(gv, c->n);
        if (!(form >= -1e-12 * c->units * size))
            return broken(c, "gauss_newton_products: v'Gv is %g for vector %zu", form, k);
    }
    return 1;
}

/* Entries against products with units. The operation may decline, for either matrix. */
static int check_diagonal(inquiry *c, const question *q, products_fn ask) {
    enum { MOST = 12 };
    double *diagonal = numbers(c, c->n, 1), *unit = numbers(c, c->n, 1), *product, largest = 0;
    if (q->ask(c, -1, diagonal) == TW_ERR_UNSUPPORTED)
        return 1;
    if (!steady(c, q, &diagonal))
        return 0;
    if (c->tolerance->hessian == 0 && isinf(c->tolerance->gradient))
        return 1;
    product = numbers(c, c->n, 1);
    for (size_t i = 0; i < c->n; i++)
        largest = fmax(largest, fabs(diagonal[i]));
    for (size_t k = 0; k < c->n && k < MOST; k++) {
        size_t i = c->n <= MOST ? k : (size_t)tw_rng_below(8, 1, k, c->n);
        if (!tw_space_moves(tw_objective_space(c->f), i))
            continue;
        unit[i] = 1;
        if (ask(c->f, c->x, 1, unit, product) != TW_OK)
            return broken(c, "%s: products with units: %s", q->name, tw_message());
        unit[i] = 0;
        if (!is_close(diagonal[i], product[i], 1e-11 * c->units, 1e-11 * c->units * largest))
            return broken(c, "%s: entry %zu is %.17g, and %.17g by a product", q->name, i,
                          diagonal[i], product[i]);
    }
    return 1;
}

static int check_diagonals(inquiry *c, unsigned can) {
    return (!(can & TW_CAN_HESSIAN_PRODUCT) ||
            check_diagonal(c, &ask_diagonal, tw_objective_hessian_products)) &&
           (!(can & TW_CAN_GAUSS_NEWTON) ||
            check_diagonal(c, &ask_gauss_newton_diagonal, tw_objective_gauss_newton_products));
}

/* On the real axis it is `value`; just off it, the slope is that of the gradient or of the ladder.
 */
static int check_complex(inquiry *c) {
    double *values = numbers(c, c->metrics, 1), *gradient = numbers(c, c->n, 1);
    double *y = numbers(c, c->n, 1), *steadily, z[2], largest = 0;
    int formula = (tw_objective_capabilities(c->f) & TW_CAN_GRADIENT) != 0;
    if (!steady(c, &ask_complex, &steadily))
        return 0;
    if (tw_objective_value(c->f, c->x, values) != TW_OK ||
        tw_objective_complex_value(c->f, c->x, y, z) != TW_OK ||
        (formula && tw_objective_gradient(c->f, c->x, NULL, gradient) != TW_OK))
        return broken(c, "complex_value: %s", tw_message());
    if (!is_close(z[0], values[0], 1e-13 * c->units, 1e-300) || z[1] != 0)
        return broken(c, "complex_value: %.17g + %g i on the real axis, and %.17g by value", z[0],
                      z[1], values[0]);
    for (size_t i = 0; formula && i < c->n; i++)
        largest = fmax(largest, fabs(gradient[i]));
    for (size_t k = 0; k < c->n && k < 20; k++) {
        size_t i = c->n <= 20 ? k : (size_t)tw_rng_below(6, 1, k, c->n);
        tw_derivative slope = {.value = gradient[i], .error = 1e-12 * c->units * largest};
        if (!tw_space_moves(tw_objective_space(c->f), i))
            continue;
        if (!formula && tw_derivative_directional(c->f, c->x, NULL, i, NULL, &slope) != TW_OK)
            return broken(c, "value along %zu: %s", i, tw_message());
        y[i] = 0x1p-70;
        if (tw_objective_complex_value(c->f, c->x, y, z) != TW_OK || y[i] != 0x1p-70)
            return broken(c, "complex_value: %s", y[i] != 0x1p-70 ? "wrote to y" : tw_message());
        y[i] = 0;
        if (!is_close(z[1] / 0x1p-70, slope.value, 1e-12 * c->units, 3 * slope.error))
            return broken(c, "complex_value: a slope of %.17g along %zu, and %.17g otherwise",
                          z[1] / 0x1p-70, i, slope.value);
    }
    return 1;
}

/* ---- samples ---- */

/* Every sample once, in one batch or in two: the whole gradient, unless training differs. */
static int check_samples(inquiry *c) {
    size_t n = c->n, half = c->batch.count / 2, all = c->batch.count;
    double *answer, *alone, *whole = numbers(c, n, 1);
    double *first = numbers(c, n, 1), *second = numbers(c, n, 1);
    if (!steady(c, &ask_samples, &answer) || !steady(c, &ask_samples_alone, &alone))
        return 0;
    if (memcmp(answer + c->metrics, alone, n * sizeof *alone) != 0)
        return broken(c, "sample_gradient: not the same without values");
    if (tw_objective_train_differs(c->f) || !(tw_objective_capabilities(c->f) & TW_CAN_GRADIENT))
        return 1;
    if (tw_objective_gradient(c->f, c->x, NULL, whole) != TW_OK)
        return broken(c, "gradient: %s", tw_message());
    double off = relative_distance(alone, whole, n), tolerance = 1e-12 * c->units;
    if (!(off <= tolerance))
        return broken(c, "sample_gradient: of all samples off by %g of the whole", off);
    if (half == 0)
        return 1;
    tw_batch one = c->batch, other = c->batch;
    one.count = half;
    other.samples += half;
    other.count -= half;
    if (tw_objective_sample_gradient(c->f, c->x, &one, NULL, first) != TW_OK ||
        tw_objective_sample_gradient(c->f, c->x, &other, NULL, second) != TW_OK)
        return broken(c, "sample_gradient: %s", tw_message());
    double share = (double)half / (double)all;
    for (size_t i = 0; i < n; i++)
        first[i] = share * first[i] + (1 - share) * second[i];
    off = relative_distance(first, whole, n);
    return off <= 100 * tolerance
               ? 1
               : broken(c, "sample_gradient: the mean of two batches is off by %g", off);
}

/* ---- the whole ---- */

static int check_values(inquiry *c) {
    double *values;
    if (!steady(c, &ask_value, &values))
        return 0;
    for (size_t m = 0; m < c->metrics; m++)
        if (tw_objective_metric(c->f, m) == NULL ||
            tw_objective_metric_find(c->f, tw_objective_metric(c->f, m)) != (int)m)
            return broken(c, "metric %zu has no name of its own", m);
    return 1;
}

static int check_settle(inquiry *c) {
    double *settled;
    return steady(c, &ask_settle, &settled) &&
           (c->batch.count == 0 || steady(c, &ask_settle_batch, &settled));
}

static int check_absent(inquiry *c, unsigned can) {
    const question *const optional[] = {&ask_gradient,     &ask_samples,  &ask_products,
                                        &ask_gauss_newton, &ask_diagonal, &ask_complex,
                                        &ask_settle};
    for (size_t k = 0; k < sizeof optional / sizeof optional[0]; k++)
        if (!(can & optional[k]->needs) && !refused(c, optional[k]))
            return 0;
    return 1;
}

static int holds(inquiry *c, tw_objective *plain) {
    unsigned can = tw_objective_capabilities(c->f);
    return check_values(c) && check_batch(c) && check_spans(c) && check_differences(c, plain) &&
           check_absent(c, can) && (!(can & TW_CAN_GRADIENT) || check_gradient(c, plain)) &&
           (!(can & TW_CAN_HESSIAN_PRODUCT) || check_products(c)) &&
           (!(can & TW_CAN_GAUSS_NEWTON) || check_gauss_newton(c)) &&
           (!(can & TW_CAN_CURVATURE_DIAGONAL) || check_diagonals(c, can)) &&
           (!(can & TW_CAN_SAMPLE_GRADIENT) || check_samples(c)) &&
           (!(can & TW_CAN_COMPLEX) || check_complex(c)) &&
           (!(can & TW_CAN_SETTLE) || check_settle(c));
}

static void prepare(inquiry *c) {
    size_t samples = tw_objective_samples(c->f), *order;
    double *vectors = numbers(c, CONTRACT_VECTORS, c->n);
    line l = make_line(c, 1);
    for (size_t k = 0; k < CONTRACT_VECTORS; k++) {
        memcpy(vectors + k * c->n, random_direction(c, 20 + k, 1), c->n * sizeof *vectors);
        tw_space_keep_still(tw_objective_space(c->f), NULL, vectors + k * c->n);
    }
    c->points = l.points;
    c->vectors = vectors;
    order = (size_t *)numbers(c, samples, 1);
    tw_rng_permutation(3, 4, samples, order);
    c->batch = (tw_batch){.samples = order, .count = samples, .draw = 5};
}

const char *contract_breach(tw_objective *objective, const double *x, const contract *tolerance) {
    static char breach[sizeof((inquiry *)NULL)->breach];
    inquiry *c = calloc(1, sizeof *c);
    tw_objective *plain = NULL;
    double *before = malloc(tw_objective_size(objective) * sizeof *before);
    *c = (inquiry){.f = objective,
                   .x = x,
                   .n = tw_objective_size(objective),
                   .metrics = tw_objective_metrics(objective),
                   .tolerance = tolerance,
                   .units = tw_objective_precision(objective) / 0x1p-53};
    memcpy(before, x, c->n * sizeof *before);
    prepare(c);
    if (tw_objective_plain(objective, 0, &plain) != TW_OK)
        broken(c, "plain: %s", tw_message());
    else if (holds(c, plain) && memcmp(before, x, c->n * sizeof *before) != 0)
        broken(c, "x is not as it was");
    memcpy(breach, c->breach, sizeof breach);
    tw_objective_free(plain);
    for (size_t k = 0; k < c->kept_count; k++)
        free(c->kept[k]);
    free(before);
    free(c);
    return breach[0] != '\0' ? breach : NULL;
}

void check_contract(tw_objective *objective, const double *x, const contract *tolerance) {
    const char *breach = contract_breach(objective, x, tolerance);
    if (breach != NULL)
        fail_msg("'%s': %s", tw_objective_name(objective), breach);
}
