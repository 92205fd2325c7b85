/* Densities against the eigenvalues that they are of. */
#include <math.h>

#include "quadratic.h"

enum { N = 400 };

static void fill(double *values) {
    for (size_t i = 0; i < N; i++)
        values[i] = i < 4 ? 5.0 + 3 * (double)i : i < 300 ? 1e-3 * sin((double)i) : cos((double)i);
}

static void open_form(quadratic *q, tw_objective **f, tw_curvature **m) {
    static const double x[N];
    *f = quadratic_objective(q);
    assert_ok(tw_curvature_open(*f, x, NULL, m));
}

/* The moments of a probe of m steps are exact up to order 2m - 1. */
static void test_distance(void **state) {
    double values[N], trace = 0, squares = 0, distance;
    fill(values);
    quadratic q = {.n = N, .values = values};
    tw_objective *f;
    tw_curvature *m;
    tw_density few = {0}, exact = {0};
    open_form(&q, &f, &m);
    for (size_t i = 0; i < N; i++) {
        trace += values[i];
        squares += values[i] * values[i];
    }
    assert_ok(tw_density_of(N, values, &exact));
    assert_close(exact.trace, trace, 1e-12, 0);
    assert_ok(tw_density_run(m, &(tw_density_options){.probes = 20, .steps = 40}, &few));
    assert_int_equal(few.products, 800);
    assert_true(fabs(few.trace - trace) <= 3 * few.trace_error);
    assert_true(fabs(few.squares - squares) <= 3 * few.squares_error);
    assert_true(few.trace_error < 0.2 * trace);
    assert_ok(tw_density_distance(&few, &exact, &distance));
    assert_true(distance < 0.02);
    for (size_t k = 0; k < few.probes; k++) {
        double sum = 0;
        for (size_t j = 0; j < few.counts[k]; j++)
            sum += few.weights[k * few.steps + j];
        assert_close(sum, 1, 1e-13, 0);
        assert_close(few.nodes[k * few.steps + 39], 14, 1e-9, 0); /* the largest */
    }
    assert_ok(tw_density_distance(&exact, &exact, &distance));
    assert_true(distance == 0);
    assert_close(tw_density_below(&exact, 4), 396.0 / 400, 1e-12, 0);
    assert_close(tw_density_below(&few, 4), 396.0 / 400, 0, 0.01);
    tw_density_release(&few);
    tw_density_release(&exact);
    tw_curvature_close(m);
    tw_objective_free(f);
}

/* A probe, +1 and -1 by the bits of its draw, and its shares of the eigenvectors: what its nodes
 * and weights are the quadrature of. */
static void shares_of_probe(const quadratic *q, uint64_t seed, size_t draw, double *shares) {
    double v[N];
    size_t words = (q->n + 63) / 64;
    for (size_t i = 0; i < q->n; i++) {
        uint64_t bits =
            tw_rng_bits(seed, tw_rng_stream("density probe"), draw * words + i / 64) >> i % 64;
        v[i] = bits & 1 ? 1 : -1;
    }
    quadratic_parts(q, v, shares);
    for (size_t i = 0; i < q->n; i++)
        shares[i] *= shares[i] / (double)q->n;
}

/* Of T_k, k < 2 m, over [-14, 14]: m nodes and weights are determined by these. */
static void moments(size_t m, size_t count, const double *values, const double *weights,
                    double *out) {
    for (size_t k = 0; k < 2 * m; k++) {
        out[k] = 0;
        for (size_t i = 0; i < count; i++)
            out[k] += weights[i] * cos((double)k * acos(fmax(-1, fmin(1, values[i] / 14))));
    }
}

static void test_gauss(void **state) {
    enum { STEPS = 9, SEED = 5 };
    double values[N], shares[N], found[2 * STEPS], wanted[2 * STEPS];
    fill(values);
    quadratic q = {.n = N, .values = values};
    tw_objective *f;
    tw_curvature *m;
    tw_density d = {0};
    open_form(&q, &f, &m);
    assert_ok(
        tw_density_run(m, &(tw_density_options){.probes = 3, .steps = STEPS, .seed = SEED}, &d));
    for (size_t draw = 0; draw < 3; draw++) {
        shares_of_probe(&q, SEED, draw, shares);
        moments(STEPS, N, values, shares, wanted);
        assert_int_equal(d.counts[draw], STEPS);
        moments(STEPS, STEPS, d.nodes + draw * d.steps, d.weights + draw * d.steps, found);
        for (size_t k = 0; k < 2 * STEPS; k++)
            assert_close(found[k], wanted[k], 0, 1e-12);
    }
    tw_density_release(&d);
    tw_curvature_close(m);
    tw_objective_free(f);
}

/* As many steps as there are eigenvalues: these, and the probe's shares of them. */
static void test_whole(void **state) {
    enum { FEW = 12, SEED = 8 };
    double values[FEW], shares[FEW];
    for (size_t i = 0; i < FEW; i++)
        values[i] = 3 * cos(M_PI * ((double)i + 0.5) / FEW) + 1;
    quadratic q = {.n = FEW, .values = values};
    tw_objective *f;
    tw_curvature *m;
    tw_density d = {0};
    open_form(&q, &f, &m);
    assert_ok(tw_density_run(m, &(tw_density_options){.probes = 2, .seed = SEED}, &d));
    for (size_t draw = 0; draw < 2; draw++) {
        shares_of_probe(&q, SEED, draw, shares);
        assert_int_equal(d.counts[draw], FEW);
        for (size_t i = 0; i < FEW; i++) { /* falling in the one, rising in the other */
            size_t at = draw * d.steps + FEW - 1 - i;
            assert_close(d.nodes[at], values[i], 0, 1e-13);
            assert_close(d.weights[at], shares[i], 1e-9, 1e-13);
        }
    }
    tw_density_release(&d);
    tw_curvature_close(m);
    tw_objective_free(f);
}

/* Of two eigenvalues by hand: the area between shares. */
static void test_by_hand(void **state) {
    tw_density a = {0}, b = {0};
    double distance, mean[3], low[3], high[3];
    assert_ok(tw_density_of(2, (const double[]){0, 4}, &a));
    assert_ok(tw_density_of(1, (const double[]){1}, &b));
    assert_ok(tw_density_distance(&a, &b, &distance));
    assert_close(distance, 0.5 * 1 + 0.5 * 3, 1e-14, 0);
    const double grid[] = {-1, 0, 4};
    assert_ok(tw_density_evaluate(&a, 0.5, 3, grid, mean, low, high));
    double peak = 1 / (0.5 * sqrt(2 * acos(-1.0)));
    assert_close(mean[0], peak / 2 * exp(-2), 1e-13, 0);
    assert_close(mean[1], peak / 2 * (1 + exp(-32)), 1e-13, 0);
    assert_true(low[1] == mean[1] && high[1] == mean[1]);
    assert_ok(tw_density_evaluate_log(&a, 2, 0.5, 1, (const double[]){asinh(2)}, mean, NULL, NULL));
    assert_close(mean[0], peak / 2 * (1 + exp(-2 * asinh(2) * asinh(2))), 1e-13, 0);
    assert_fails(TW_ERR_ARGUMENT, "above 0", tw_density_evaluate(&a, 0, 3, grid, mean, NULL, NULL));
    tw_density_release(&a);
    tw_density_release(&b);
}

static int stop_at(void *user, size_t done, size_t total) {
    return done >= *(size_t *)user;
}

/* Side by side or one after the other, interrupted or not, by one thread or three. */
static void test_bits(void **state) {
    double values[N];
    fill(values);
    tw_density first = {0};
    for (int threads = 1; threads <= 3; threads++) {
        quadratic q = {.n = N, .values = values};
        assert_ok(tw_runner_new(threads, &q.runner));
        tw_objective *f;
        tw_curvature *m;
        tw_density d = {0};
        size_t limit = 45;
        open_form(&q, &f, &m);
        tw_density_options options = {.probes = 4,
                                      .steps = 20,
                                      .together = (size_t)threads,
                                      .progress = stop_at,
                                      .progress_user = &limit};
        assert_fails(TW_ERR_CANCELLED, "cancelled", tw_density_run(m, &options, &d));
        assert_int_equal(d.probes, threads == 3 ? 0 : 2);
        limit = 1000;
        assert_ok(tw_density_run(m, &options, &d));
        if (threads == 1)
            assert_ok(tw_density_run(m, &options, &first));
        assert_memory_equal(first.nodes, d.nodes, 80 * sizeof(double));
        assert_memory_equal(first.weights, d.weights, 80 * sizeof(double));
        assert_true(first.trace == d.trace);
        tw_density_release(&d);
        tw_curvature_close(m);
        tw_objective_free(f);
        tw_runner_free(q.runner);
    }
    tw_density_release(&first);
}

/* Gauss nodes of the uniform distribution on [-1, 1], of a matrix that is large: no comb. */
static void test_no_comb(void **state) {
    size_t count = 5;
    double nodes[] = {-0.90617985, -0.53846931, 0, 0.53846931, 0.90617985};
    double weights[] = {0.11846344, 0.23931434, 0.28444444, 0.23931434, 0.11846344};
    double grid[31], mean[31];
    const tw_density d = {.dimension = 100000,
                          .probes = 1,
                          .steps = 5,
                          .counts = &count,
                          .nodes = nodes,
                          .weights = weights};
    for (int k = 0; k < 31; k++)
        grid[k] = -0.6 + 0.04 * k;
    assert_ok(tw_density_evaluate(&d, 0.01, 31, grid, mean, NULL, NULL));
    for (int k = 0; k < 31; k++)
        assert_true(mean[k] > 0.35 && mean[k] < 0.7);
}

/* Spaces that close: as many nodes as there are eigenvalues. */
static void test_closed(void **state) {
    const double cases[][5] = {{0, 0, 0, 0, 0}, {2, 2, 2, 2, 2}, {3, 0, 0, 0, 0}};
    for (size_t k = 0; k < 3; k++)
        for (size_t n = 1; n <= 5; n += 4) {
            quadratic q = {.n = n, .values = cases[k]};
            tw_objective *f;
            tw_curvature *m;
            tw_density d = {0};
            open_form(&q, &f, &m);
            assert_ok(tw_density_run(m, NULL, &d));
            assert_int_equal(d.counts[0], n > 1 && k == 2 ? 2 : 1);
            assert_close(d.nodes[d.counts[0] - 1], cases[k][0], 1e-12, 1e-12);
            tw_density_release(&d);
            tw_curvature_close(m);
            tw_objective_free(f);
        }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_distance), cmocka_unit_test(test_by_hand),
        cmocka_unit_test(test_bits),     cmocka_unit_test(test_closed),
        cmocka_unit_test(test_no_comb),  cmocka_unit_test(test_gauss),
        cmocka_unit_test(test_whole),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
