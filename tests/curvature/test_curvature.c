/* The operator: what moves, what it is scaled by, where products come from; and whole spectra of
 * small problems against LAPACK's (../shared/data/reference/curvature/small-hessian). */
#include <math.h>

#include "contract.h"
#include "quadratic.h"

enum { N = 24 };

/* A form over blocks: a weight (3, 4), a bias (4), a buffer (2), a weight (6). */
static tw_objective *blocks_objective(quadratic *q) {
    static const tw_block blocks[] = {
        {.name = "w", .rank = 2, .shape = {3, 4}},
        {.name = "b", .rank = 1, .shape = {4}, .role = TW_ROLE_BIAS},
        {.name = "mean", .rank = 1, .shape = {2}, .role = TW_ROLE_BUFFER},
        {.name = "v", .rank = 2, .shape = {1, 6}}};
    tw_space *space;
    assert_ok(tw_space_new(&space));
    for (size_t k = 0; k < 4; k++)
        assert_ok(tw_space_add(space, &blocks[k]));
    return quadratic_in(q, space);
}

static const double steps[N] = {3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5, 8,
                                9, 7, 9, 3, 2, 3, 8, 4, 6, 2, 6, 4};

static void check_scale(tw_objective *f, const tw_curvature_options *options,
                        const double *expected) {
    static const double values[N] = {4, -3, 2, 2, 1, 0.5};
    quadratic q = {.n = N, .values = values};
    double x[N], v[N], moved[N], product[N], wanted[N];
    tw_curvature *m;
    tw_curvature_facts facts;
    size_t dimension = 0;
    for (size_t i = 0; i < N; i++) {
        x[i] = steps[i] - 4.5;
        v[i] = cos((double)i);
        moved[i] = expected[i] * v[i];
        dimension += expected[i] != 0;
    }
    assert_ok(tw_curvature_open(f, x, options, &m));
    assert_ok(tw_curvature_products(m, 1, v, product));
    quadratic_product(&q, moved, wanted);
    for (size_t i = 0; i < N; i++) {
        assert_close(tw_curvature_scale(m)[i], expected[i], 1e-13, 0);
        assert_close(product[i], expected[i] * wanted[i], 1e-8, 1e-8);
    }
    tw_curvature_facts_of(m, &facts);
    assert_int_equal(facts.size, N);
    assert_int_equal(facts.dimension, dimension);
    tw_curvature_close(m);
}

static double length(const double *x, size_t count) {
    double sum = 0;
    for (size_t i = 0; i < count; i++)
        sum += x[i] * x[i];
    return sqrt(sum);
}

static void test_blocks(void **state) {
    static const double values[N] = {4, -3, 2, 2, 1, 0.5};
    quadratic q = {.n = N, .values = values};
    tw_objective *f = blocks_objective(&q);
    double expected[N], x[N];
    for (size_t i = 0; i < N; i++) {
        expected[i] = i >= 16 && i < 18 ? 0 : 1;
        x[i] = steps[i] - 4.5;
    }
    check_scale(f, NULL, expected);
    check_scale(f, &(tw_curvature_options){.source = TW_PRODUCT_DIFFERENCES}, expected);
    check_scale(f, &(tw_curvature_options){.source = TW_PRODUCT_DIFFERENCES, .step = 0.01},
                expected);
    for (size_t i = 12; i < 16; i++)
        expected[i] = 0;
    check_scale(f, &(tw_curvature_options){.ignore_biasbn = 1}, expected);
    for (size_t i = 0; i < 12; i++)
        expected[i] = 0;
    const char *const only[] = {"v"};
    check_scale(f, &(tw_curvature_options){.only = only, .only_count = 1}, expected);
    for (size_t i = 0; i < N; i++)
        expected[i] = i < 12   ? length(x + i / 4 * 4, 4)
                      : i < 16 ? length(x + 12, 4)
                      : i < 18 ? 0
                               : length(x + 18, 6);
    check_scale(f, &(tw_curvature_options){.norm = TW_NORM_FILTER}, expected);
    for (size_t i = 0; i < 12; i++)
        expected[i] = length(x, 12);
    check_scale(f, &(tw_curvature_options){.norm = TW_NORM_LAYER}, expected);
    for (size_t i = 0; i < N; i++)
        expected[i] = i < 16 || i >= 18 ? fabs(x[i]) : 0;
    check_scale(f, &(tw_curvature_options){.norm = TW_NORM_WEIGHT}, expected);
    tw_objective_free(f);
}

static void test_refused(void **state) {
    static const double values[N] = {4, -3, 2, 2, 1, 0.5}, x[N] = {1};
    quadratic q = {.n = N, .values = values}, skew = q, bare = q, none = q;
    tw_objective *f = blocks_objective(&q);
    tw_curvature *m;
    const char *const wrong[] = {"w", "u"}, *const buffer[] = {"mean"};
    assert_fails(
        TW_ERR_ARGUMENT, "no block 'u'",
        tw_curvature_open(f, x, &(tw_curvature_options){.only = wrong, .only_count = 2}, &m));
    assert_fails(
        TW_ERR_ARGUMENT, "buffer",
        tw_curvature_open(f, x, &(tw_curvature_options){.only = buffer, .only_count = 1}, &m));
    assert_fails(TW_ERR_ARGUMENT, "norm 'dfilter'",
                 tw_curvature_open(f, x, &(tw_curvature_options){.norm = TW_NORM_DFILTER}, &m));
    assert_fails(
        TW_ERR_UNSUPPORTED, "Gauss-Newton",
        tw_curvature_open(f, x, &(tw_curvature_options){.matrix = TW_MATRIX_GAUSS_NEWTON}, &m));
    static const double zero[N];
    assert_fails(TW_ERR_ARGUMENT, "no parameter is left",
                 tw_curvature_open(f, zero, &(tw_curvature_options){.norm = TW_NORM_WEIGHT}, &m));
    tw_objective_free(f);

    skew.skew = 0.3;
    f = quadratic_objective(&skew);
    assert_fails(TW_ERR_CALLBACK, "not symmetric", tw_curvature_open(f, x, NULL, &m));
    assert_ok(tw_curvature_open(f, x, &(tw_curvature_options){.asymmetric = 1}, &m));
    tw_curvature_facts facts;
    tw_curvature_facts_of(m, &facts);
    assert_true(facts.asymmetry > 1e-4 && facts.asymmetry < 1);
    tw_curvature_close(m);
    tw_objective_free(f);

    bare.no_product = 1;
    f = quadratic_objective(&bare);
    assert_fails(TW_ERR_UNSUPPORTED, "--product differences", tw_curvature_open(f, x, NULL, &m));
    assert_ok(
        tw_curvature_open(f, x, &(tw_curvature_options){.source = TW_PRODUCT_DIFFERENCES}, &m));
    double v[N] = {0, 1}, product[N], wanted[N];
    assert_ok(tw_curvature_products(m, 1, v, product));
    quadratic_product(&q, v, wanted);
    tw_curvature_facts_of(m, &facts);
    assert_true(relative_distance(product, wanted, N) <= facts.error);
    assert_true(facts.error < 1e-7);
    assert_int_equal(facts.gradients, 12); /* two products for the symmetry */
    tw_curvature_close(m);
    tw_objective_free(f);

    skew.no_product = 1;
    f = quadratic_objective(&skew);
    tw_curvature_options differences = {.source = TW_PRODUCT_DIFFERENCES};
    assert_fails(TW_ERR_CALLBACK, "differences of its gradients are not symmetric",
                 tw_curvature_open(f, x, &differences, &m));
    differences.asymmetric = 1;
    assert_ok(tw_curvature_open(f, x, &differences, &m));
    tw_curvature_facts_of(m, &facts);
    assert_true(facts.asymmetry > 1e-4 && facts.error < 1e-7);
    tw_curvature_close(m);
    tw_objective_free(f);

    none.no_product = none.no_gradient = 1;
    f = quadratic_objective(&none);
    assert_fails(TW_ERR_UNSUPPORTED, "no gradient either", tw_curvature_open(f, x, NULL, &m));
    assert_fails(
        TW_ERR_UNSUPPORTED, "neither Hessian",
        tw_curvature_open(f, x, &(tw_curvature_options){.source = TW_PRODUCT_DIFFERENCES}, &m));
    tw_objective_free(f);
}

/* Gradients of Rosenbrock's function are cubic: the extrapolation is exact at any step, and a
 * difference alone is off by the square of it. */
static void test_differences(void **state) {
    double x[10], v[10], exact[10], product[10];
    tw_objective *f;
    tw_curvature *m;
    tw_curvature_facts facts;
    assert_ok(tw_function_new("rosenbrock:10", NULL, &f));
    for (size_t i = 0; i < 10; i++) {
        x[i] = 1 + sin((double)i);
        v[i] = cos((double)i);
    }
    assert_ok(tw_objective_hessian_product(f, x, v, exact));
    assert_ok(tw_curvature_open(
        f, x, &(tw_curvature_options){.source = TW_PRODUCT_DIFFERENCES, .step = 0.02}, &m));
    assert_ok(tw_curvature_products(m, 1, v, product));
    assert_true(relative_distance(product, exact, 10) < 1e-11);
    tw_curvature_facts_of(m, &facts);
    assert_true(facts.error > 1e-6 && facts.error < 1e-3);
    tw_curvature_close(m);
    tw_objective_free(f);
}

/* What is stated holds at any step, and next to rounding it is of the size of the error. */
static void test_stated(void **state) {
    static const char *const functions[] = {"rosenbrock:1000", "ackley:500", "rastrigin:50"};
    for (size_t k = 0; k < 3; k++) {
        tw_objective *f;
        assert_ok(tw_function_new(functions[k], NULL, &f));
        size_t n = tw_objective_size(f);
        double *x = malloc(4 * n * sizeof *x), *v = x + n, *exact = v + n, *product = exact + n;
        tw_rng_fill_normal(1, 2, 0, n, x);
        for (double step = 1e-9; step < 0.2; step *= 10) {
            tw_curvature *m;
            tw_curvature_facts facts;
            double off = 0, size = 0;
            assert_ok(tw_curvature_open(
                f, x, &(tw_curvature_options){.source = TW_PRODUCT_DIFFERENCES, .step = step}, &m));
            for (uint64_t draw = 0; draw < 5; draw++) {
                tw_rng_fill_normal(3, draw, 0, n, v);
                assert_ok(tw_objective_hessian_product(f, x, v, exact));
                assert_ok(tw_curvature_products(m, 1, v, product));
                size = fmax(size, length(exact, n) / length(v, n));
                for (size_t i = 0; i < n; i++)
                    product[i] -= exact[i];
                off = fmax(off, length(product, n) / length(v, n));
            }
            tw_curvature_facts_of(m, &facts);
            if (off > facts.error * size || (step < 1e-6 && off < 0.1 * facts.error * size))
                fail_msg("%s, step %g: off by %g, not by %g", functions[k], step, off / size,
                         facts.error);
            tw_curvature_close(m);
        }
        free(x);
        tw_objective_free(f);
    }
}

/* The error is one of the norm of M: a vector that M takes to next to nothing makes it no larger.
 */
static void test_error_of_norm(void **state) {
    static const double values[N] = {4, -3, 2, 2, 1, 0.5}, null[N] = {[N - 1] = 1};
    quadratic q = {.n = N, .values = values}, project = {.n = N, .values = null};
    tw_objective *f = quadratic_objective(&q);
    tw_curvature *m;
    tw_curvature_facts before, after;
    double v[N], into[N], product[N];
    for (size_t i = 0; i < N; i++)
        v[i] = cos((double)i);
    quadratic_product(&project, v, into);
    assert_ok(
        tw_curvature_open(f, steps, &(tw_curvature_options){.source = TW_PRODUCT_DIFFERENCES}, &m));
    assert_ok(tw_curvature_products(m, 1, v, product));
    tw_curvature_facts_of(m, &before);
    assert_ok(tw_curvature_products(m, 1, into, product));
    tw_curvature_facts_of(m, &after);
    assert_true(before.error > 0 && before.error < 1e-7);
    assert_true(after.error >= before.error && after.error < 100 * before.error);
    tw_curvature_close(m);
    tw_objective_free(f);
}

/* ---- small problems in full ---- */

static tw_array read_array(const char *name) {
    char path[256];
    tw_array array;
    snprintf(path, sizeof path, "reference/curvature/small-hessian/%s", name);
    assert_ok(tw_array_read(shared_path(path), NULL, &array));
    return array;
}

static tw_dataset *small_data(void) {
    tw_array features = read_array("features.npy"), labels = read_array("labels.npy");
    tw_dataset *data;
    int32_t numbers[200];
    for (size_t i = 0; i < 200; i++)
        numbers[i] = (int32_t)labels.values[i];
    const tw_dataset_memory memory = {.doubles = features.values,
                                      .labels = numbers,
                                      .samples = 200,
                                      .features = features.count / 200,
                                      .classes = 10};
    assert_ok(tw_dataset_from_memory(&memory, &data));
    tw_array_release(&features);
    tw_array_release(&labels);
    return data;
}

/* The sums of the eigenvalues and of their squares, and the trace without them. */
static void check_trace(tw_curvature *m, size_t n, const double *values, const char *json,
                        const char *name) {
    double trace = 0, squares = 0, expected = json_number(json, name, "trace");
    tw_trace_result r = {0};
    for (size_t i = 0; i < n; i++) {
        trace += values[i];
        squares += values[i] * values[i];
    }
    assert_close(trace, expected, 1e-11, 0);
    if (strcmp(name, "softmax") != 0)
        assert_close(sqrt(squares), json_number(json, name, "frobenius"), 1e-11, 0);
    assert_ok(tw_trace_run(m, NULL, &r));
    assert_int_equal(r.method == TW_TRACE_EXACT, strcmp(name, "mlp_tanh") != 0);
    assert_close(r.trace, expected, 1e-12, 4 * r.standard_error);
    tw_trace_release(&r);
}

/* All eigenvalues, the extreme ones, the exact trace, and a density. */
static void check_spectrum(tw_objective *f, const double *x, const char *json, const char *name) {
    tw_curvature *m;
    tw_spectrum *s;
    tw_spectrum_result r;
    size_t n = tw_objective_size(f);
    double *values = malloc(n * sizeof *values), *vectors = malloc(n * n * sizeof *vectors);
    double *expected = malloc(n * sizeof *values), asymmetry;
    const char *at = strstr(strstr(strstr(json, name), "hessian_eigenvalues_descending"), "[") + 1;
    char *end;
    for (size_t i = 0; i < n; i++, at = end + 1)
        expected[i] = strtod(at, &end);
    assert_ok(tw_curvature_open(f, x, NULL, &m));
    assert_ok(tw_curvature_eigenvalues(m, values, vectors, &asymmetry, NULL, NULL));
    double most = fmax(expected[0], -expected[n - 1]);
    for (size_t i = 0; i < n; i++)
        assert_close(values[i], expected[i], 0, 1e-10 * most);
    assert_true(asymmetry < 1e-13);
    check_trace(m, n, values, json, name);
    double *product = malloc(n * sizeof *product);
    assert_ok(tw_curvature_products(m, 1, vectors + 3 * n, product));
    for (size_t i = 0; i < n; i++)
        assert_close(product[i], values[3] * vectors[3 * n + i], 0, 1e-12);
    assert_ok(tw_spectrum_open(
        m, &(tw_spectrum_options){.largest = 5, .smallest = 5, .tolerance = 1e-9}, &s));
    while (!tw_spectrum_ended(s))
        assert_ok(tw_spectrum_run(s, 100));
    assert_ok(tw_spectrum_result_of(s, &r));
    assert_int_equal(r.stop, TW_SPECTRUM_CONVERGED);
    for (size_t k = 0; k < 5; k++) {
        assert_close(r.largest[k].value, expected[k], 0, 1e-10 * most);
        assert_close(r.smallest[k].value, expected[n - 1 - k], 0, 1e-10 * most);
        assert_true(r.largest[k].residual <= 1e-9 * most);
    }
    tw_spectrum_close(s);
    tw_density density = {0}, exact = {0};
    double distance;
    assert_ok(tw_density_of(n, expected, &exact));
    assert_ok(tw_density_run(m, &(tw_density_options){.probes = 10, .steps = 40}, &density));
    assert_ok(tw_density_distance(&density, &exact, &distance));
    assert_true(distance < 0.02 * most);
    tw_density_release(&density);
    tw_density_release(&exact);
    tw_curvature_close(m);
    free(values);
    free(vectors);
    free(expected);
    free(product);
}

/* Two that were written apart agree on G; its trace is that of H where units are straight. */
static void check_gauss_newton(tw_objective *mlp, tw_objective *network, const double *x,
                               int relu) {
    static const contract tolerance = {
        .value = 1e-12, .gradient = 1e-5, .hessian = 0, .differences = 1e-7, .scale = 0.01};
    size_t n = tw_objective_size(mlp);
    double *v = malloc(3 * n * sizeof *v), *a = v + n, *b = a + n;
    check_contract(mlp, x, &tolerance);
    check_contract(network, x, &tolerance);
    tw_rng_fill_normal(4, 4, 0, n, v);
    assert_ok(tw_objective_gauss_newton_products(mlp, x, 1, v, a));
    assert_ok(tw_objective_gauss_newton_products(network, x, 1, v, b));
    assert_true(relative_distance(a, b, n) < 1e-12);
    assert_ok(tw_objective_curvature_diagonal(mlp, x, TW_MATRIX_GAUSS_NEWTON, a));
    assert_ok(tw_objective_curvature_diagonal(network, x, TW_MATRIX_GAUSS_NEWTON, b));
    assert_true(relative_distance(a, b, n) < 1e-12);
    tw_objective *both[] = {mlp, network};
    for (size_t k = 0; k < 2; k++) {
        tw_curvature *m;
        tw_trace_result r = {0};
        assert_ok(tw_curvature_open(both[k], x, NULL, &m));
        if (relu) {
            assert_ok(tw_trace_run(m, NULL, &r));
            assert_int_equal(r.method, TW_TRACE_EXACT);
            assert_close(r.trace, 28.45821535676709, 1e-12, 0);
            assert_int_equal(r.block_count, 4);
        } else {
            assert_fails(TW_ERR_UNSUPPORTED, "no exact diagonal",
                         tw_trace_run(m, &(tw_trace_options){.method = TW_TRACE_EXACT}, &r));
        }
        tw_trace_release(&r);
        tw_curvature_close(m);
    }
    free(v);
}

static void test_small(void **state) {
    char *json = read_text(shared_path("reference/curvature/small-hessian/values.json"));
    tw_dataset *data = small_data();
    tw_array w = read_array("softmax-W.npy");
    tw_objective *f;
    assert_ok(tw_linear_new(data, NULL, NULL, &f));
    check_spectrum(f, w.values, json, "softmax");
    tw_objective_free(f);
    tw_array_release(&w);
    tw_array x = read_array("mlp-parameters.npy");
    for (int relu = 0; relu < 2; relu++) {
        const char *name = relu ? "mlp_relu" : "mlp_tanh";
        const size_t hidden[] = {8};
        tw_objective *mlp;
        tw_network *network;
        assert_ok(tw_mlp_new(data,
                             &(tw_mlp_options){.hidden = hidden,
                                               .hidden_count = 1,
                                               .activation = relu ? TW_MLP_RELU : TW_MLP_TANH},
                             NULL, &mlp));
        check_spectrum(mlp, x.values, json, name);
        char *path = strdup(shared_path(relu ? "reference/curvature/small-hessian/mlp-relu.onnx"
                                             : "reference/curvature/small-hessian/mlp-tanh.onnx"));
        tw_status status = tw_network_open(path, NULL, &network);
        free(path);
        if (status == TW_ERR_UNSUPPORTED)
            tw_objective_free(mlp);
        if (status == TW_ERR_UNSUPPORTED)
            continue; /* built without ONNX */
        assert_ok(status);
        assert_ok(tw_network_objective(network, data,
                                       &(tw_network_options){.bytes = sizeof(tw_network_options),
                                                             .precision = TW_NETWORK_DOUBLE},
                                       NULL, &f));
        check_spectrum(f, x.values, json, name);
        check_gauss_newton(mlp, f, x.values, relu);
        tw_objective_free(mlp);
        tw_objective_free(f);
        tw_network_free(network);
    }
    tw_array_release(&x);
    tw_dataset_free(data);
    free(json);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_blocks),        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_differences),   cmocka_unit_test(test_stated),
        cmocka_unit_test(test_error_of_norm), cmocka_unit_test(test_small),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
