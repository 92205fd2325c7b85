/* The contract of objectives, on one that has every operation: as it is, wrapped in every way, and
 * with a fault planted in each operation, each of which it must name. */
#include "contract.h"

#include <complex.h>
#include <math.h>

enum { W = 4, M = 2, N = W + M, SAMPLES = 9, METRICS = 2 };

typedef enum fault {
    NONE,
    VALUE_WRITES_X,
    VALUE_WANDERS,
    VALUE_IS_SHORT,
    BATCH_IS_OFF,
    BATCH_LOOKS_ASIDE,
    SPAN_IS_OFF,
    SCATTERED_IS_OFF,
    SPAN_LOOKS_ASIDE,
    SPAN_WANDERS,
    DIFFERENCE_IS_OFF,
    GRADIENT_IS_OFF,
    GRADIENT_IS_SHORT,
    GRADIENT_VALUES_ARE_OFF,
    GRADIENT_NEEDS_VALUES,
    PRODUCT_IS_OFF,
    PRODUCT_IS_SKEW,
    PRODUCT_LOOKS_ASIDE,
    PRODUCT_STOPS_EARLY,
    GAUSS_NEWTON_IS_SKEW,
    GAUSS_NEWTON_IS_NEGATIVE,
    GAUSS_NEWTON_LOOKS_ASIDE,
    DIAGONAL_IS_OFF,
    DIAGONAL_OF_GAUSS_NEWTON_IS_OFF,
    DIAGONAL_IS_SHORT,
    SAMPLES_ARE_OFF,
    SAMPLES_ARE_NO_MEAN,
    SAMPLES_WANDER,
    COMPLEX_IS_OFF,
    COMPLEX_IS_NOT_REAL,
    SETTLE_WRITES_WEIGHTS,
    SETTLE_WANDERS,
    SETTLE_WRITES_NOTHING_BY_BATCHES,
    CLONE_IS_ANOTHER,
    SINGLE_PRECISION,
    TRAINING_DIFFERS,
} fault;

typedef struct model {
    fault fault;
    unsigned calls;
    double extra; /* a clone that is another function */
} model;

static double center(size_t s, size_t i) {
    return sin(1.0 + 3.0 * (double)s + 0.7 * (double)i);
}

static double stiffness(size_t i) {
    return 0.5 + (double)i;
}

static double rounded(const model *m, double number) {
    return m->fault == SINGLE_PRECISION ? (double)(float)number : number;
}

/* mean over samples of sum a_i/2 (w_i - c_si)^2, and 0.1 sum w_i^4 + sum m_j w_j + m_j^2 */
static double loss(const double *x) {
    double sum = 0;
    for (size_t s = 0; s < SAMPLES; s++)
        for (size_t i = 0; i < W; i++)
            sum += stiffness(i) / 2 * (x[i] - center(s, i)) * (x[i] - center(s, i)) / SAMPLES;
    for (size_t i = 0; i < W; i++)
        sum += 0.1 * x[i] * x[i] * x[i] * x[i];
    for (size_t j = 0; j < M; j++)
        sum += x[W + j] * x[j] + x[W + j] * x[W + j];
    return sum;
}

static tw_status value(void *ctx, size_t n, const double *x, double *values) {
    model *m = ctx;
    values[0] = rounded(m, loss(x) + m->extra);
    if (m->fault == VALUE_WRITES_X)
        ((double *)x)[1] += 1;
    if (m->fault == VALUE_WANDERS)
        values[0] += 1e-15 * (double)m->calls++;
    if (m->fault != VALUE_IS_SHORT)
        values[1] = x[0];
    return TW_OK;
}

static tw_status batch(void *ctx, size_t n, size_t count, const double *x, double *values) {
    model *m = ctx;
    for (size_t k = 0; k < count; k++)
        value(ctx, n, x + k * n, values + k * METRICS);
    if (m->fault == BATCH_IS_OFF && count > 3)
        values[3 * METRICS] *= 1 + 1e-9;
    if (m->fault == BATCH_LOOKS_ASIDE)
        values[0] *= 1 + (double)count * 0x1p-52;
    return TW_OK;
}

typedef struct span {
    const double *origin, *directions[2];
    size_t rank;
    tw_span_how how;
} span;

static tw_status span_open(void *ctx, size_t n, const double *origin, size_t rank,
                           const double *const *directions, tw_span_how how, void **out) {
    if (rank > 2)
        return TW_DECLINED;
    span *opened = malloc(sizeof *opened);
    *opened = (span){origin, {directions[0], rank == 2 ? directions[1] : NULL}, rank, how};
    *out = opened;
    return TW_OK;
}

static tw_status span_values(void *ctx, void *opened, size_t count, const double *c,
                             double *values) {
    model *m = ctx;
    const span *s = opened;
    for (size_t k = 0; k < count; k++) {
        double x[N], *to = values + k * METRICS;
        for (size_t i = 0; i < N; i++) {
            x[i] = s->origin[i];
            for (size_t d = 0; d < s->rank; d++)
                x[i] += c[k * s->rank + d] * s->directions[d][i];
        }
        value(ctx, N, x, to);
        if (m->fault == SPAN_IS_OFF ||
            (m->fault == SCATTERED_IS_OFF && s->how == TW_SPAN_SCATTERED))
            to[1] += 1e-9;
        if (m->fault == SPAN_LOOKS_ASIDE)
            to[0] *= 1 + (double)count * 0x1p-52;
        if (m->fault == SPAN_WANDERS)
            to[0] *= 1 + (double)(m->calls++ / 40) * 0x1p-52;
    }
    return TW_OK;
}

static void span_close(void *ctx, void *opened) {
    free(opened);
}

static tw_status differences(void *ctx, size_t n, const double *x, size_t count,
                             const size_t *indices, const double *steps, double *out) {
    const model *m = ctx;
    double moved[N];
    for (size_t k = 0; k < count; k++) {
        memcpy(moved, x, sizeof moved);
        moved[indices[k]] += steps[k];
        out[k] = rounded(m, loss(moved)) - rounded(m, loss(x));
    }
    if (m->fault == DIFFERENCE_IS_OFF)
        out[count - 1] *= 1 + 1e-6;
    return TW_OK;
}

static void gradient_over(const double *x, size_t count, const size_t *samples, double *g) {
    for (size_t i = 0; i < W; i++) {
        g[i] = 0.4 * x[i] * x[i] * x[i] + (i < M ? x[W + i] : 0);
        for (size_t k = 0; k < count; k++)
            g[i] += stiffness(i) * (x[i] - center(samples[k], i)) / (double)count;
    }
    for (size_t j = 0; j < M; j++)
        g[W + j] = x[j] + 2 * x[W + j];
}

static tw_status gradient(void *ctx, size_t n, const double *x, double *values, double *g) {
    static const size_t all[SAMPLES] = {0, 1, 2, 3, 4, 5, 6, 7, 8};
    model *m = ctx;
    double kept = g[2];
    if (values != NULL)
        value(ctx, n, x, values);
    gradient_over(x, SAMPLES, all, g);
    for (size_t i = 0; i < n; i++)
        g[i] = rounded(m, g[i]);
    if (m->fault == GRADIENT_IS_OFF)
        g[3] *= 1 + 1e-5;
    if (m->fault == GRADIENT_IS_SHORT)
        g[2] = kept;
    if (m->fault == GRADIENT_VALUES_ARE_OFF && values != NULL)
        values[1] += 1e-9;
    if (m->fault == GRADIENT_NEEDS_VALUES && values == NULL)
        g[0] *= 1 + 0x1p-52;
    return TW_OK;
}

static tw_status products(void *ctx, size_t n, const double *x, size_t count, const double *v,
                          double *out) {
    model *m = ctx;
    for (size_t k = 0; k < count; k++) {
        for (size_t i = 0; i < n; i++)
            out[k * n + i] = i < W ? (stiffness(i) + 1.2 * x[i] * x[i]) * v[k * n + i]
                                   : v[k * n + i - W] + 2 * v[k * n + i];
        for (size_t j = 0; j < M; j++)
            out[k * n + j] += v[k * n + W + j];
        if (m->fault == PRODUCT_IS_OFF)
            out[k * n + 1] *= 1 + 1e-5;
        if (m->fault == PRODUCT_IS_SKEW)
            out[k * n + 1] += 1e-9 * v[k * n];
        if (m->fault == PRODUCT_LOOKS_ASIDE && k > 0)
            out[k * n] *= 1 + 0x1p-52;
        for (size_t i = 0; i < n; i++)
            out[k * n + i] = rounded(m, out[k * n + i]);
        if (m->fault == PRODUCT_STOPS_EARLY && k == 1)
            break;
    }
    return TW_OK;
}

static tw_status gauss_newton(void *ctx, size_t n, const double *x, size_t count, const double *v,
                              double *out) {
    model *m = ctx;
    for (size_t k = 0; k < count; k++) {
        for (size_t i = 0; i < n; i++)
            out[k * n + i] = rounded(m, i < W ? stiffness(i) * v[k * n + i] : 0);
        if (m->fault == GAUSS_NEWTON_IS_NEGATIVE)
            out[k * n + 2] -= 900 * v[k * n + 2];
        if (m->fault == GAUSS_NEWTON_IS_SKEW)
            out[k * n + 1] += 1e-9 * v[k * n];
        if (m->fault == GAUSS_NEWTON_LOOKS_ASIDE && k > 0)
            out[k * n] *= 1 + 0x1p-52;
    }
    return TW_OK;
}

static tw_status curvature_diagonal(void *ctx, size_t n, const double *x,
                                    tw_curvature_matrix matrix, double *diagonal) {
    model *m = ctx;
    fault off = matrix == TW_MATRIX_HESSIAN ? DIAGONAL_IS_OFF : DIAGONAL_OF_GAUSS_NEWTON_IS_OFF;
    for (size_t i = 0; i < (m->fault == DIAGONAL_IS_SHORT ? W - 1 : n); i++)
        diagonal[i] =
            i < W ? stiffness(i) + (matrix == TW_MATRIX_HESSIAN ? 1.2 * x[i] * x[i] : 0) : 0;
    if (m->fault == off)
        diagonal[1] *= 1 + 1e-9;
    return TW_OK;
}

static tw_status sample_gradient(void *ctx, size_t n, const double *x, const tw_batch *chosen,
                                 double *values, double *g) {
    model *m = ctx;
    if (values != NULL)
        value(ctx, n, x, values);
    gradient_over(x, chosen->count, chosen->samples, g);
    for (size_t i = 0; i < n; i++)
        g[i] = rounded(m, g[i]);
    if (m->fault == SAMPLES_ARE_OFF)
        g[0] *= 1 + 1e-9;
    if (m->fault == SAMPLES_ARE_NO_MEAN)
        g[1] *= (double)chosen->count / SAMPLES;
    if (m->fault == SAMPLES_WANDER)
        g[2] *= 1 + (double)m->calls++ * 0x1p-52;
    if (m->fault == TRAINING_DIFFERS) /* what is drawn is the same for the same draw */
        g[0] += tw_rng_uniform(chosen->draw, 1, chosen->samples[0]);
    return TW_OK;
}

/* The sums of `loss`, for x + iy. */
static tw_status complex_value(void *ctx, size_t n, const double *x, const double *y, double *out) {
    const model *m = ctx;
    double complex sum = 0;
    for (size_t i = 0; i < W; i++) {
        double complex z = x[i] + y[i] * I;
        for (size_t s = 0; s < SAMPLES; s++)
            sum += stiffness(i) / 2 * (z - center(s, i)) * (z - center(s, i)) / SAMPLES;
        sum += 0.1 * z * z * z * z;
        if (i < M) {
            double complex b = x[W + i] + y[W + i] * I;
            sum += b * z + b * b;
        }
    }
    out[0] = rounded(m, creal(sum) + m->extra);
    out[1] = rounded(m, cimag(sum));
    if (m->fault == COMPLEX_IS_OFF)
        out[1] *= 1 + 1e-9;
    if (m->fault == COMPLEX_IS_NOT_REAL)
        out[1] += 1e-30;
    return TW_OK;
}

static tw_status settle(void *ctx, size_t n, double *x, const tw_batch *chosen) {
    model *m = ctx;
    size_t count = chosen != NULL ? chosen->count : SAMPLES;
    if (m->fault == SETTLE_WRITES_NOTHING_BY_BATCHES && chosen != NULL)
        return tw_fail(TW_ERR_CALLBACK, "no batches");
    for (size_t j = 0; j < M; j++) {
        double mean = 0;
        for (size_t k = 0; k < count; k++)
            mean += center(chosen != NULL ? chosen->samples[k] : k, j) / (double)count;
        x[W + j] = mean * x[j];
    }
    if (m->fault == SETTLE_WRITES_WEIGHTS)
        x[1] += 0x1p-40;
    if (m->fault == SETTLE_WANDERS)
        x[W] += (double)m->calls++;
    return TW_OK;
}

static tw_status clone(void *ctx, void **out) {
    model *copy = malloc(sizeof *copy);
    *copy = *(model *)ctx;
    if (copy->fault == CLONE_IS_ANOTHER)
        copy->extra = 1e-3;
    *out = copy;
    return TW_OK;
}

static tw_objective *make(fault planted, const tw_objective_traits *more) {
    static const tw_metric metrics[] = {{"loss"}, {"first"}, {NULL}};
    const tw_objective_ops ops = {.bytes = sizeof ops,
                                  .value = value,
                                  .batch = batch,
                                  .span_open = span_open,
                                  .span_values = span_values,
                                  .span_close = span_close,
                                  .coordinate_differences = differences,
                                  .gradient = gradient,
                                  .hessian_products = products,
                                  .sample_gradient = sample_gradient,
                                  .complex_value = complex_value,
                                  .settle = settle,
                                  .clone = clone,
                                  .destroy = free,
                                  .gauss_newton_products = gauss_newton,
                                  .curvature_diagonal = curvature_diagonal};
    tw_objective_traits traits = {.bytes = sizeof traits,
                                  .name = "all",
                                  .metrics = metrics,
                                  .samples = SAMPLES,
                                  .noise = more->noise,
                                  .precision = more->precision,
                                  .train_differs = more->train_differs};
    model *m = calloc(1, sizeof *m);
    tw_objective *f = NULL;
    m->fault = planted;
    assert_ok(tw_space_new(&traits.space));
    assert_ok(tw_space_add(traits.space, &(tw_block){.name = "w", .rank = 1, .shape = {W}}));
    assert_ok(
        tw_space_add(traits.space,
                     &(tw_block){.name = "mean", .rank = 1, .shape = {M}, .role = TW_ROLE_BUFFER}));
    assert_ok(tw_objective_new(&ops, m, N, &traits, &f));
    return f;
}

static const contract tolerance = {
    .value = 1e-13, .gradient = 1e-8, .hessian = 1e-8, .differences = 1e-10, .scale = 0.5};
static const double x[N] = {0.9, -0.4, 0.3, 1.2, 0.2, -0.7};

static void every_fault_is_named(void **state) {
    static const struct {
        fault planted;
        const char *words;
    } table[] = {
        {VALUE_WRITES_X, "value: number 0 is"},
        {VALUE_WANDERS, "value: number 0 is"},
        {VALUE_IS_SHORT, "value: number 1 of the answer is not written"},
        {BATCH_IS_OFF, "batch: metric 0 at point 3"},
        {BATCH_LOOKS_ASIDE, "batch: point 12 depends on those"},
        {SPAN_IS_OFF, "span of rank 1, by rows: metric 1"},
        {SCATTERED_IS_OFF, "span of rank 1, scattered: metric 1"},
        {SPAN_LOOKS_ASIDE, "span of rank 1, by rows: a point depends"},
        {SPAN_WANDERS, "span of rank"},
        {DIFFERENCE_IS_OFF, "coordinate_differences: "},
        {GRADIENT_IS_OFF, "gradient: off by"},
        {GRADIENT_IS_SHORT, "gradient: number 4 of the answer is not written"},
        {GRADIENT_VALUES_ARE_OFF, "gradient: metric 1"},
        {GRADIENT_NEEDS_VALUES, "gradient: not the same without values"},
        {PRODUCT_IS_OFF, "hessian_products: off by"},
        {PRODUCT_IS_SKEW, "hessian_products: not symmetric"},
        {PRODUCT_LOOKS_ASIDE, "hessian_products: vector"},
        {PRODUCT_STOPS_EARLY, "hessian_products: number 12 of the answer is not written"},
        {GAUSS_NEWTON_IS_SKEW, "gauss_newton_products: not symmetric"},
        {GAUSS_NEWTON_IS_NEGATIVE, "gauss_newton_products: v'Gv is"},
        {GAUSS_NEWTON_LOOKS_ASIDE, "gauss_newton_products: vector"},
        {DIAGONAL_IS_OFF, "curvature_diagonal: entry 1 is"},
        {DIAGONAL_OF_GAUSS_NEWTON_IS_OFF, "curvature_diagonal of Gauss-Newton: entry 1 is"},
        {DIAGONAL_IS_SHORT, "curvature_diagonal: number 3 of the answer is not written"},
        {SAMPLES_ARE_OFF, "sample_gradient: of all samples off by"},
        {SAMPLES_ARE_NO_MEAN, "sample_gradient: the mean of two batches"},
        {SAMPLES_WANDER, "sample_gradient: number 4 is"},
        {COMPLEX_IS_OFF, "complex_value: a slope of"},
        {COMPLEX_IS_NOT_REAL, "on the real axis"},
        {SETTLE_WRITES_WEIGHTS, "settle wrote entry 1 of block 'w', which is not a buffer"},
        {SETTLE_WANDERS, "settle: number 4 is"},
        {SETTLE_WRITES_NOTHING_BY_BATCHES, "settle by a batch: no batches"},
        {CLONE_IS_ANOTHER, "asked by a worker"},
        {SINGLE_PRECISION, "gradient: off by"},
        {TRAINING_DIFFERS, "sample_gradient: of all samples off by"},
    };
    for (size_t k = 0; k < sizeof table / sizeof table[0]; k++) {
        double at[N];
        memcpy(at, x, sizeof at);
        tw_objective *f = make(table[k].planted, &(tw_objective_traits){.noise = 0});
        const char *breach = contract_breach(f, at, &tolerance);
        if (breach == NULL || strstr(breach, table[k].words) == NULL)
            fail_msg("fault %d: wanted '%s', got '%s'", (int)table[k].planted, table[k].words,
                     breach != NULL ? breach : "nothing");
        tw_objective_free(f);
    }
}

/* What the traits say of precision and of training is taken into account. */
static void traits_are_heeded(void **state) {
    const tw_objective_traits single = {.precision = 0x1p-24, .noise = 0x1p-23},
                              differs = {.train_differs = 1}, none = {.noise = 0};
    tw_objective *f = make(NONE, &none);
    check_contract(f, x, &tolerance);
    tw_objective_free(f);
    f = make(SINGLE_PRECISION, &single);
    check_contract(f, x, &tolerance);
    tw_objective_free(f);
    f = make(TRAINING_DIFFERS, &differs);
    check_contract(f, x, &tolerance);
    tw_objective_free(f);
}

/* Wrapped, with and without threads: what one says of itself is copied in one place. */
static void every_wrapper_keeps_it(void **state) {
    const tw_objective_traits traits = {.precision = 0x1p-52, .train_differs = 1, .noise = 1e-15};
    const double twice[2 * N] = {0.1, -0.2, 0.3, 0.1, 0, 0, 0.1, -0.2, 0.3, 0.1, 0, 0};
    contract along = tolerance; /* a band goes its own way */
    along.along = twice;
    for (int threads = 1; threads <= 3; threads += 2) {
        tw_runner *runner = NULL;
        tw_objective *f = make(NONE, &traits), *wrapped[4] = {NULL};
        assert_ok(tw_runner_new(threads, &runner));
        tw_objective_set_runner(f, runner);
        assert_ok(tw_objective_plain(f, ~0u, &wrapped[0]));
        assert_ok(tw_objective_plain(f, TW_CAN_GRADIENT | TW_CAN_SETTLE, &wrapped[1]));
        assert_ok(tw_objective_join(f, wrapped[1], "plain", &wrapped[2]));
        assert_ok(tw_objective_repeat(f, 2, twice, &wrapped[3]));
        for (int k = 0; k < 4; k++) {
            tw_objective *w = wrapped[k];
            check_contract(w, x, k < 3 ? &tolerance : &along);
            assert_string_equal(tw_objective_name(w), "all");
            assert_true(tw_objective_precision(w) == 0x1p-52);
            assert_true(tw_objective_noise(w) == 1e-15);
            assert_true(tw_objective_train_differs(w));
            assert_int_equal(tw_objective_samples(w), SAMPLES);
            assert_int_equal(tw_space_still(tw_objective_space(w)), M);
        }
        for (int k = 3; k >= 0; k--)
            tw_objective_free(wrapped[k]);
        tw_objective_free(f);
        tw_runner_free(runner);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_fault_is_named),
        cmocka_unit_test(traits_are_heeded),
        cmocka_unit_test(every_wrapper_keeps_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
