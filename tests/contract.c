#include "contract.h"

#include <math.h>

static double *copy_of(const double *x, size_t n) {
    double *copy = malloc(n * sizeof *copy);
    memcpy(copy, x, n * sizeof *copy);
    return copy;
}

static double norm(const double *x, size_t n) {
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += x[i] * x[i];
    return sqrt(sum);
}

/* A direction of the given length. */
static double *random_direction(size_t n, uint64_t stream, double length) {
    double *d = malloc(n * sizeof *d);
    tw_rng_fill_normal(99, stream, 0, n, d);
    double factor = length / norm(d, n);
    for (size_t i = 0; i < n; i++)
        d[i] *= factor;
    return d;
}

enum { POINTS = 13 };

static void check_span(tw_objective *objective, const double *x, size_t rank,
                       const contract *tolerance) {
    size_t n = tw_objective_size(objective), metrics = tw_objective_metrics(objective);
    double length = tolerance->scale * (norm(x, n) + 1e-3);
    double *directions[3], c[POINTS * 3], *point = malloc(n * sizeof *point);
    double *values = malloc(POINTS * metrics * sizeof *values);
    double *again = malloc(POINTS * metrics * sizeof *again);
    double *direct = malloc(metrics * sizeof *direct);
    for (size_t k = 0; k < rank; k++)
        directions[k] = random_direction(n, 10 + k, length);
    tw_rng_fill_normal(7, rank, 0, POINTS * rank, c);
    for (size_t k = 0; k < rank; k++)
        c[k] = 0;          /* the origin itself, */
    c[rank] = c[2 * rank]; /* and a repeated coefficient */
    tw_span *span = NULL;
    assert_ok(
        tw_span_open(objective, x, rank, (const double *const *)directions, TW_SPAN_ROWS, &span));
    assert_ok(tw_span_values(span, POINTS, c, values));
    for (size_t p = 0; p < POINTS; p++) {
        for (size_t i = 0; i < n; i++) {
            point[i] = x[i];
            for (size_t k = 0; k < rank; k++)
                point[i] += c[p * rank + k] * directions[k][i];
        }
        assert_ok(tw_objective_value(objective, point, direct));
        for (size_t m = 0; m < metrics; m++)
            assert_close(values[p * metrics + m], direct[m], tolerance->value, tolerance->value);
    }
    /* one at a time, backwards: the same bits */
    for (size_t p = POINTS; p-- > 0;)
        assert_ok(tw_span_values(span, 1, c + p * rank, again + p * metrics));
    assert_memory_equal(values, again, POINTS * metrics * sizeof *values);
    tw_span_close(span);
    for (size_t k = 0; k < rank; k++)
        free(directions[k]);
    free(point);
    free(values);
    free(again);
    free(direct);
}

static void check_differences(tw_objective *objective, const double *x, const contract *tolerance) {
    size_t n = tw_objective_size(objective), count = n < 40 ? n : 40;
    size_t *indices = malloc(count * sizeof *indices);
    double *steps = malloc(count * sizeof *steps), *fast = malloc(count * sizeof *fast),
           *slow = malloc(count * sizeof *slow);
    tw_objective *plain = NULL;
    assert_ok(tw_objective_plain(objective, 0, &plain));
    double values[8];
    assert_ok(tw_objective_value(objective, x, values));
    for (double h = 1e-6; h < 200; h *= 100) {
        for (size_t k = 0; k < count; k++) {
            indices[k] = count == n ? k : (size_t)tw_rng_below(5, 1, k, n);
            steps[k] = k % 3 == 1 ? -h : h * (k % 7 == 2 ? 0.5 : 1);
        }
        assert_ok(tw_objective_coordinate_differences(objective, x, count, indices, steps, fast));
        assert_ok(tw_objective_coordinate_differences(plain, x, count, indices, steps, slow));
        for (size_t k = 0; k < count; k++)
            assert_close(fast[k], slow[k], tolerance->differences,
                         tolerance->differences * fabs(values[0]));
    }
    tw_objective_free(plain);
    free(indices);
    free(steps);
    free(fast);
    free(slow);
}

static void check_gradient(tw_objective *objective, const double *x, const contract *tolerance) {
    size_t n = tw_objective_size(objective), metrics = tw_objective_metrics(objective);
    double *gradient = malloc(n * sizeof *gradient), *numerical = malloc(n * sizeof *numerical);
    double *values = malloc(metrics * sizeof *values), *direct = malloc(metrics * sizeof *direct);
    tw_objective *plain = NULL;
    assert_ok(tw_objective_plain(objective, 0, &plain));
    assert_ok(tw_objective_gradient(objective, x, values, gradient));
    assert_ok(tw_objective_value(objective, x, direct));
    for (size_t m = 0; m < metrics; m++)
        assert_close(values[m], direct[m], 1e-13, 1e-15);
    assert_ok(
        tw_diff_gradient(plain, x, &(tw_diff_options){.method = TW_DIFF_CENTRAL}, numerical, NULL));
    assert_true(relative_distance(numerical, gradient, n) <= tolerance->gradient);
    tw_objective_free(plain);
    free(gradient);
    free(numerical);
    free(values);
    free(direct);
}

static void check_hessian(tw_objective *objective, const double *x, const contract *tolerance) {
    size_t n = tw_objective_size(objective);
    double h = 1e-5 * (norm(x, n) + 1e-2);
    double *v = random_direction(n, 20, 1), *product = malloc(n * sizeof *product);
    double *point = malloc(n * sizeof *point), *above = malloc(n * sizeof *above),
           *below = malloc(n * sizeof *below);
    assert_ok(tw_objective_hessian_product(objective, x, v, product));
    for (size_t i = 0; i < n; i++)
        point[i] = x[i] + h * v[i];
    assert_ok(tw_objective_gradient(objective, point, NULL, above));
    for (size_t i = 0; i < n; i++)
        point[i] = x[i] - h * v[i];
    assert_ok(tw_objective_gradient(objective, point, NULL, below));
    for (size_t i = 0; i < n; i++)
        above[i] = (above[i] - below[i]) / (2 * h);
    assert_true(relative_distance(above, product, n) <= tolerance->hessian);
    free(v);
    free(product);
    free(point);
    free(above);
    free(below);
}

/* Every sample once: the gradient over chosen samples is the whole one. */
static void check_samples(tw_objective *objective, const double *x) {
    size_t n = tw_objective_size(objective), samples = tw_objective_samples(objective);
    size_t *order = malloc(samples * sizeof *order);
    double *whole = malloc(n * sizeof *whole), *chosen = malloc(n * sizeof *chosen);
    tw_rng_permutation(3, 4, samples, order);
    assert_ok(tw_objective_gradient(objective, x, NULL, whole));
    assert_ok(
        tw_objective_sample_gradient(objective, x, &(tw_batch){order, samples, 0}, NULL, chosen));
    assert_true(relative_distance(chosen, whole, n) <= 1e-12);
    free(order);
    free(whole);
    free(chosen);
}

/* On the real axis it is `value`; just off it, the slope is that of the gradient or of the ladder.
 */
static void check_complex(tw_objective *objective, const double *x) {
    size_t n = tw_objective_size(objective), metrics = tw_objective_metrics(objective);
    double *values = malloc(metrics * sizeof *values), *gradient = malloc(n * sizeof *gradient);
    double *y = calloc(n, sizeof *y), z[2], again[2], largest = 0;
    int formula = (tw_objective_capabilities(objective) & TW_CAN_GRADIENT) != 0;
    assert_ok(tw_objective_value(objective, x, values));
    assert_ok(tw_objective_complex_value(objective, x, y, z));
    assert_close(z[0], values[0], 1e-13, 1e-300);
    assert_true(z[1] == 0);
    if (formula)
        assert_ok(tw_objective_gradient(objective, x, NULL, gradient));
    for (size_t i = 0; formula && i < n; i++)
        largest = fmax(largest, fabs(gradient[i]));
    for (size_t k = 0; k < n && k < 20; k++) {
        size_t i = n <= 20 ? k : (size_t)tw_rng_below(6, 1, k, n);
        tw_derivative slope = {.value = gradient[i], .error = 1e-12 * largest};
        if (!formula)
            assert_ok(tw_derivative_directional(objective, x, NULL, i, NULL, &slope));
        y[i] = 0x1p-70;
        assert_ok(tw_objective_complex_value(objective, x, y, z));
        assert_ok(tw_objective_complex_value(objective, x, y, again));
        assert_memory_equal(z, again, sizeof z);
        assert_true(y[i] == 0x1p-70);
        y[i] = 0;
        assert_close(z[1] / 0x1p-70, slope.value, 1e-12, 3 * slope.error);
    }
    free(values);
    free(gradient);
    free(y);
}

void check_contract(tw_objective *objective, const double *x, const contract *tolerance) {
    unsigned can = tw_objective_capabilities(objective);
    size_t n = tw_objective_size(objective);
    double *before = copy_of(x, n);
    for (size_t rank = 1; rank <= 3; rank++)
        check_span(objective, x, rank, tolerance);
    check_differences(objective, x, tolerance);
    if (can & TW_CAN_GRADIENT)
        check_gradient(objective, x, tolerance);
    if ((can & TW_CAN_HESSIAN_PRODUCT) && tolerance->hessian > 0)
        check_hessian(objective, x, tolerance);
    if (can & TW_CAN_SAMPLE_GRADIENT)
        check_samples(objective, x);
    if (can & TW_CAN_COMPLEX)
        check_complex(objective, x);
    assert_memory_equal(before, x, n * sizeof *before);
    free(before);
}
