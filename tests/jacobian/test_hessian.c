/* Second derivatives against closed forms and against the objectives' own products. */
#include <math.h>
#include <sched.h>
#include <stdatomic.h>

#include "support.h"

/* Test functions of the CUTEst collection with their gradients and Hessians. */
typedef struct problem {
    const char *name;
    double (*value)(size_t n, const double *x);
    void (*gradient)(size_t n, const double *x, double *g);
    double (*second)(size_t n, const double *x, size_t i, size_t j);
    int arrow; /* pattern: the last row and column, or three diagonals */
    double start;
} problem;

static double square(double x) {
    return x * x;
}

static double arwhead(size_t n, const double *x) {
    double sum = 0, last = x[n - 1];
    for (size_t i = 0; i + 1 < n; i++)
        sum += square(x[i] * x[i] + last * last) - 4 * x[i] + 3;
    return sum;
}

static void arwhead_gradient(size_t n, const double *x, double *g) {
    double last = x[n - 1];
    g[n - 1] = 0;
    for (size_t i = 0; i + 1 < n; i++) {
        double q = x[i] * x[i] + last * last;
        g[i] = 4 * x[i] * q - 4;
        g[n - 1] += 4 * last * q;
    }
}

static double arwhead_second(size_t n, const double *x, size_t i, size_t j) {
    double last = x[n - 1], sum = 0;
    if (i != j)
        return i == n - 1 || j == n - 1 ? 8 * last * x[i == n - 1 ? j : i] : 0;
    if (i + 1 < n)
        return 12 * x[i] * x[i] + 4 * last * last;
    for (size_t k = 0; k + 1 < n; k++)
        sum += 4 * x[k] * x[k] + 12 * last * last;
    return sum;
}

static double engval1(size_t n, const double *x) {
    double sum = 0;
    for (size_t i = 0; i + 1 < n; i++)
        sum += square(x[i] * x[i] + x[i + 1] * x[i + 1]) - 4 * x[i] + 3;
    return sum;
}

static void engval1_gradient(size_t n, const double *x, double *g) {
    memset(g, 0, n * sizeof *g);
    for (size_t i = 0; i + 1 < n; i++) {
        double q = x[i] * x[i] + x[i + 1] * x[i + 1];
        g[i] += 4 * x[i] * q - 4;
        g[i + 1] += 4 * x[i + 1] * q;
    }
}

static double engval1_second(size_t n, const double *x, size_t i, size_t j) {
    if (i != j)
        return i + 1 == j || j + 1 == i ? 8 * x[i] * x[j] : 0;
    double sum = i + 1 < n ? 12 * x[i] * x[i] + 4 * x[i + 1] * x[i + 1] : 0;
    return sum + (i > 0 ? 12 * x[i] * x[i] + 4 * x[i - 1] * x[i - 1] : 0);
}

static double tridia(size_t n, const double *x) {
    double sum = square(x[0] - 1);
    for (size_t i = 1; i < n; i++)
        sum += (double)(i + 1) * square(2 * x[i] - x[i - 1]);
    return sum;
}

static void tridia_gradient(size_t n, const double *x, double *g) {
    memset(g, 0, n * sizeof *g);
    g[0] = 2 * (x[0] - 1);
    for (size_t i = 1; i < n; i++) {
        double d = (double)(i + 1) * (2 * x[i] - x[i - 1]);
        g[i] += 4 * d;
        g[i - 1] -= 2 * d;
    }
}

static double tridia_second(size_t n, const double *x, size_t i, size_t j) {
    if (i != j)
        return i + 1 == j || j + 1 == i ? -4 * (double)((i > j ? i : j) + 1) : 0;
    return (i > 0 ? 8 * (double)(i + 1) : 2) + (i + 1 < n ? 2 * (double)(i + 2) : 0);
}

/* The Laplacian of a chain plus a quartic that bends it, half of x' T x + sum x^4. */
static double chain(size_t n, const double *x) {
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += x[i] * x[i] - (i > 0 ? x[i] * x[i - 1] : 0) + x[i] * x[i] * x[i] * x[i];
    return sum;
}

static void chain_gradient(size_t n, const double *x, double *g) {
    for (size_t i = 0; i < n; i++)
        g[i] =
            2 * x[i] - (i > 0 ? x[i - 1] : 0) - (i + 1 < n ? x[i + 1] : 0) + 4 * x[i] * x[i] * x[i];
}

static double chain_second(size_t n, const double *x, size_t i, size_t j) {
    return i == j ? 2 + 12 * x[i] * x[i] : i + 1 == j || j + 1 == i ? -1 : 0;
}

static const problem problems[] = {{"arwhead", arwhead, arwhead_gradient, arwhead_second, 1, 1},
                                   {"engval1", engval1, engval1_gradient, engval1_second, 0, 2},
                                   {"tridia", tridia, tridia_gradient, tridia_second, 0, 1},
                                   {"chain", chain, chain_gradient, chain_second, 0, 0}};
enum { PROBLEMS = sizeof problems / sizeof problems[0] };

typedef struct context {
    const problem *problem;
    atomic_int gradients;
    int fail_at;   /* 0: never */
    int alone;     /* 1: one call at a time, or there is an error */
    atomic_int in; /* calls that are inside */
} context;

static tw_status enter(context *c) {
    if (atomic_fetch_add(&c->in, 1) > 0 && c->alone)
        return tw_fail(TW_ERR_SYSTEM, "two calls at once");
    if (c->alone)
        sched_yield();
    return TW_OK;
}

static tw_status value(void *ctx, size_t n, const double *x, double *values) {
    context *c = ctx;
    tw_status status = enter(c);
    values[0] = c->problem->value(n, x);
    atomic_fetch_sub(&c->in, 1);
    return status;
}

static tw_status gradient(void *ctx, size_t n, const double *x, double *values, double *g) {
    context *c = ctx;
    if (atomic_fetch_add(&c->gradients, 1) + 1 == c->fail_at)
        return tw_fail(TW_ERR_IO, "the licence server is away");
    tw_status status = enter(c);
    c->problem->gradient(n, x, g);
    if (values != NULL)
        values[0] = c->problem->value(n, x);
    atomic_fetch_sub(&c->in, 1);
    return status;
}

static tw_objective *objective_of(context *c, size_t n, int with_gradient, tw_runner *runner) {
    tw_objective_ops ops = {
        .value = value, .gradient = with_gradient ? gradient : NULL, .concurrent = 1};
    tw_objective *f = NULL;
    assert_ok(tw_objective_new(&ops, c, n, &(tw_objective_traits){.name = c->problem->name}, &f));
    tw_objective_set_runner(f, runner);
    return f;
}

static void point_of(const problem *p, size_t n, double *x) {
    for (size_t i = 0; i < n; i++)
        x[i] = p->start + 0.1 * tw_rng_normal(1, 1, i);
}

/* The gradients themselves, by the values of numdiff.md: f and g at the standard points. */
static void problems_are_what_they_say(void **state) {
    enum { N = 9 };
    double x[N], g[N];
    for (size_t i = 0; i < N; i++)
        x[i] = 1;
    assert_true(arwhead(N, x) == 3 * (N - 1));
    arwhead_gradient(N, x, g);
    assert_true(g[0] == 4 && g[N - 2] == 4 && g[N - 1] == 8 * (N - 1));
    assert_true(tridia(N, x) == N * (N + 1) / 2 - 1);
    tridia_gradient(N, x, g);
    assert_true(g[0] == -4 && g[3] == 6 && g[N - 1] == 4 * N);
    for (size_t i = 0; i < N; i++)
        x[i] = 2;
    assert_true(engval1(N, x) == 59 * (N - 1));
    engval1_gradient(N, x, g);
    assert_true(g[0] == 60 && g[1] == 124 && g[N - 1] == 64);
}

static void rosenbrock(void **state) {
    const double x[2] = {-1.2, 1}, ones[2] = {1, 1}, truth[4] = {1330, 480, 480, 200};
    double h[4], bars[4], product[2];
    tw_objective *f = NULL;
    assert_ok(tw_function_new("rosenbrock:2", NULL, &f));
    for (int source = TW_HESSIAN_GRADIENTS; source <= TW_HESSIAN_VALUES; source++) {
        tw_hessian_options options = {.source = source, .bars = bars};
        tw_hessian_report report;
        assert_ok(tw_diff_hessian(f, x, &options, h, &report));
        print_message("source %d: off %.2g, bar %.2g, asymmetry %.2g, %llu evaluations\n", source,
                      relative_distance(h, truth, 4), report.bar, report.asymmetry,
                      report.evaluations);
        assert_true(relative_distance(h, truth, 4) < 1e-9 && h[1] == h[2]);
        for (int k = 0; k < 4; k++)
            assert_true(fabs(h[k] - truth[k]) <= bars[k] && bars[k] < 1e-4);
    }
    tw_product_report report;
    assert_ok(tw_diff_hessian_product(f, x, ones, product, bars, &report));
    assert_int_equal(report.evaluations, 4);
    assert_true(fabs(product[0] - 1810) <= bars[0] && fabs(product[1] - 680) <= bars[1]);
    assert_true(report.bar == fmax(bars[0], bars[1]) && report.bar < 1e-5);
    tw_line_curvature c;
    assert_ok(tw_diff_curvature(f, x, ones, &c));
    print_message("curvature off %.2g, bar %.2g, %u evaluations\n", fabs(c.value - 2490), c.error,
                  c.evaluations);
    assert_true(fabs(c.value - 2490) <= c.error && c.error < 1e-4 && c.evaluations <= 60);
    tw_objective_free(f);
}

static void dense_hessians(void **state) {
    enum { N = 12 };
    double x[N], kept[N], h[N * N], bars[N * N], truth[N * N], v[N], product[N], product_bars[N];
    for (int p = 0; p < PROBLEMS; p++)
        for (int source = TW_HESSIAN_GRADIENTS; source <= TW_HESSIAN_VALUES; source++) {
            context c = {.problem = &problems[p]};
            tw_objective *f = objective_of(&c, N, source != TW_HESSIAN_VALUES, NULL);
            point_of(&problems[p], N, x);
            memcpy(kept, x, sizeof x);
            for (size_t k = 0; k < N * N; k++)
                truth[k] = problems[p].second(N, x, k / N, k % N);
            tw_hessian_options options = {.source = source, .bars = bars};
            tw_hessian_report report;
            assert_ok(tw_diff_hessian(f, x, &options, h, &report));
            assert_memory_equal(kept, x, sizeof x);
            assert_int_equal(report.evaluations, tw_objective_evaluations(f));
            if (source == TW_HESSIAN_GRADIENTS)
                assert_int_equal(report.evaluations, 5 + 4 * N);
            int covered = 0;
            for (size_t k = 0; k < N * N; k++)
                covered += fabs(h[k] - truth[k]) <= bars[k];
            double error = relative_distance(h, truth, N * N);
            print_message("%s, source %d: off %.2g, %d of %d covered, bar %.2g, %llu evaluations\n",
                          problems[p].name, source, error, covered, N * N, report.bar,
                          report.evaluations);
            assert_true(error < (source == TW_HESSIAN_VALUES ? 1e-7 : 1e-9));
            assert_true(covered >= N * N - 3);
            assert_true(report.asymmetry <= 2 * report.bar);
            /* without bars the same numbers */
            double again[N * N];
            options.bars = NULL;
            assert_ok(tw_diff_hessian(f, x, &options, again, NULL));
            assert_memory_equal(h, again, sizeof h);
            /* product and curvature along random directions */
            double along = 0, size = 0;
            tw_rng_fill_normal(7, 1, 0, N, v);
            tw_line_curvature curvature;
            assert_ok(tw_diff_curvature(f, x, v, &curvature));
            for (size_t k = 0; k < N * N; k++) {
                along += truth[k] * v[k / N] * v[k % N];
                size += fabs(truth[k] * v[k / N] * v[k % N]);
            }
            assert_true(fabs(curvature.value - along) <= 2 * curvature.error);
            assert_true(curvature.error < 1e-6 * size);
            if (source != TW_HESSIAN_VALUES) {
                assert_ok(tw_diff_hessian_product(f, x, v, product, product_bars, NULL));
                for (size_t i = 0; i < N; i++) {
                    double entry = 0;
                    for (size_t j = 0; j < N; j++)
                        entry += truth[i * N + j] * v[j];
                    assert_true(fabs(product[i] - entry) <= product_bars[i]);
                    assert_true(product_bars[i] < 1e-7 * size);
                }
            }
            tw_objective_free(f);
        }
}

/* The chain at 0: eigenvectors of the Laplacian, H s = (2 - 2 cos(k pi / (n + 1))) s. */
static void laplacian(void **state) {
    enum { N = 50 };
    double x[N] = {0}, s[N], product[N], bars[N];
    context c = {.problem = &problems[3]};
    tw_objective *f = objective_of(&c, N, 1, NULL);
    for (int k = 1; k <= N; k += 7) {
        double angle = k * acos(-1) / (N + 1), length = 0;
        for (int i = 0; i < N; i++) {
            s[i] = sin(angle * (i + 1));
            length += s[i] * s[i];
        }
        assert_ok(tw_diff_hessian_product(f, x, s, product, bars, NULL));
        for (int i = 0; i < N; i++)
            assert_close(product[i], (2 - 2 * cos(angle)) * s[i], 0, bars[i] + 1e-14);
        tw_line_curvature curvature;
        assert_ok(tw_diff_curvature(f, x, s, &curvature));
        assert_close(curvature.value, (2 - 2 * cos(angle)) * length, 1e-9, curvature.error);
    }
    tw_objective_free(f);
}

/* Steps of the size of x step over many waves: the small step tells. */
static double waves(size_t n, const double *x, void *user) {
    return sin(x[0]) + cos(3 * x[1]) * x[1];
}

static void oscillations(void **state) {
    const double x[2] = {1e6, 0.5};
    double h[4], bars[4];
    tw_objective *f = NULL;
    assert_ok(tw_objective_from_function(waves, NULL, 2, &f));
    for (int k = 0; k < 2; k++) {
        double v[2] = {k == 0, k == 1},
               truth = k == 0 ? -sin(1e6) : -9 * cos(1.5) * 0.5 - 6 * sin(1.5);
        tw_line_curvature c;
        assert_ok(tw_diff_curvature(f, x, v, &c));
        print_message("off %.2g, bar %.2g, %u evaluations\n", fabs(c.value - truth), c.error,
                      c.evaluations);
        assert_true(fabs(c.value - truth) <= 3 * c.error && c.error < 1e-3);
        assert_true(c.evaluations <= 80);
    }
    tw_hessian_options options = {.source = TW_HESSIAN_VALUES, .bars = bars};
    assert_ok(tw_diff_hessian(f, x, &options, h, NULL));
    assert_close(h[0], -sin(1e6), 0, 3 * bars[0]);
    assert_close(h[1], 0, 0, bars[1]);
    tw_objective_free(f);
}

static tw_pattern *pattern_of(const problem *p, size_t n, size_t leave_out) {
    size_t *starts = calloc(n + 1, sizeof *starts), *indices = calloc(4 * n, sizeof *indices);
    size_t count = 0;
    for (size_t i = 0; i < n; i++) {
        for (size_t j = 0; j < n; j++) {
            int left_out =
                (i == leave_out && j == leave_out + 1) || (j == leave_out && i == leave_out + 1);
            int full =
                p->arrow ? i == j || i == n - 1 || j == n - 1 : i == j || i + 1 == j || j + 1 == i;
            if (full && !left_out)
                indices[count++] = j;
        }
        starts[i + 1] = count;
    }
    tw_pattern *pattern = NULL;
    assert_ok(tw_pattern_new(n, n, starts, indices, &pattern));
    free(starts);
    free(indices);
    return pattern;
}

static void sparse_hessians(void **state) {
    enum { N = 120 };
    double x[N], values[4 * N], bars[4 * N];
    size_t groups[N];
    for (int p = 0; p < PROBLEMS; p++)
        for (int source = TW_HESSIAN_GRADIENTS; source <= TW_HESSIAN_GRADIENT_LADDER; source++) {
            context c = {.problem = &problems[p]};
            tw_objective *f = objective_of(&c, N, 1, NULL);
            tw_pattern *pattern = pattern_of(&problems[p], N, N);
            point_of(&problems[p], N, x);
            tw_hessian_options options = {.source = source, .bars = bars};
            tw_hessian_report report;
            size_t colors = problems[p].arrow ? 2 : 3;
            assert_ok(tw_diff_hessian_sparse(f, pattern, x, &options, values, &report));
            assert_int_equal(report.groups, colors);
            if (source == TW_HESSIAN_GRADIENTS)
                assert_int_equal(report.evaluations, 5 + 4 * colors);
            double most = 0, error = 0;
            size_t count = tw_pattern_nonzeros(pattern), covered = 0;
            for (size_t i = 0, k = 0; i < N; i++)
                for (; k < tw_pattern_starts(pattern)[i + 1]; k++) {
                    double truth = problems[p].second(N, x, i, tw_pattern_indices(pattern)[k]);
                    error = fmax(error, fabs(values[k] - truth));
                    most = fmax(most, fabs(truth));
                    covered += fabs(values[k] - truth) <= bars[k];
                }
            print_message("%s, source %d: off %.2g, %zu of %zu covered, %llu gradients\n",
                          problems[p].name, source, error / most, covered, count,
                          report.evaluations);
            assert_true(error < 1e-8 * most && covered >= count - count / 50);
            /* any valid colouring will do, one for Jacobians is one */
            assert_ok(tw_color_columns(pattern, TW_COLOR_NATURAL, groups, NULL));
            options.groups = groups;
            assert_ok(tw_diff_hessian_sparse(f, pattern, x, &options, values, &report));
            groups[3] = groups[4];
            if (!problems[p].arrow)
                assert_fails(TW_ERR_ARGUMENT, "not a star colouring",
                             tw_diff_hessian_sparse(f, pattern, x, &options, values, NULL));
            options.groups = NULL;
            tw_pattern_free(pattern);
            /* a pair of entries less */
            size_t out = problems[p].arrow ? N - 2 : 60;
            pattern = pattern_of(&problems[p], N, out);
            assert_fails(TW_ERR_ARGUMENT, "which the pattern leaves out",
                         tw_diff_hessian_sparse(f, pattern, x, &options, values, NULL));
            options.trust = 1;
            assert_ok(tw_diff_hessian_sparse(f, pattern, x, &options, values, NULL));
            options.source = TW_HESSIAN_VALUES;
            assert_fails(TW_ERR_UNSUPPORTED, "use the dense one",
                         tw_diff_hessian_sparse(f, pattern, x, &options, values, NULL));
            tw_pattern_free(pattern);
            pattern = pattern_of(&problems[p], N - 1, N);
            assert_fails(TW_ERR_SHAPE, "the pattern is 119 x 119, the Hessian 120 x 120",
                         tw_diff_hessian_sparse(f, pattern, x, NULL, values, NULL));
            tw_pattern_free(pattern);
            tw_objective_free(f);
        }
}

/* The linear model has its own product: the numerical one agrees within its bars, or nearly. */
static void softmax_products(void **state) {
    enum { FEATURES = 20, CLASSES = 5, N = (FEATURES + 1) * CLASSES };
    double w[N], v[N], product[N], bars[N], own[N], mean[FEATURES];
    tw_dataset *data = random_dataset(1, 80, FEATURES, CLASSES, 2);
    tw_dataset_mean(data, mean);
    tw_linear_options model = {.loss = TW_LINEAR_SOFTMAX, .reg = 0.1, .mean = mean};
    tw_objective *f = NULL;
    assert_ok(tw_linear_new(data, &model, NULL, &f));
    int covered = 0;
    for (unsigned seed = 0; seed < 10; seed++) {
        tw_rng_fill_normal(seed, 1, 0, N, w);
        tw_rng_fill_normal(seed, 2, 0, N, v);
        for (int k = 0; k < N; k++)
            w[k] *= 0.01;
        assert_ok(tw_objective_hessian_product(f, w, v, own));
        assert_ok(tw_diff_hessian_product(f, w, v, product, bars, NULL));
        for (int k = 0; k < N; k++)
            covered += fabs(product[k] - own[k]) <= bars[k];
        assert_true(relative_distance(product, own, N) < 1e-8);
        double along = 0;
        tw_line_curvature curvature;
        for (int k = 0; k < N; k++)
            along += v[k] * own[k];
        assert_ok(tw_diff_curvature(f, w, v, &curvature));
        assert_close(curvature.value, along, 1e-6, 0);
        assert_true(fabs(curvature.value - along) <= 3 * curvature.error);
    }
    print_message("%d of %d entries within their bars\n", covered, 10 * N);
    assert_true(covered >= 10 * N - 10 * N / 50);
    tw_objective_free(f);
    tw_dataset_free(data);
}

/* One thread or several, contexts that are shared, cloned or neither. */
static tw_status copy_context(void *ctx, void **copy) {
    *copy = malloc(sizeof(context));
    memcpy(*copy, ctx, sizeof(context));
    atomic_store(&((context *)*copy)->in, 0);
    return TW_OK;
}

static void any_number_of_threads(void **state) {
    enum { N = 40 };
    double x[N];
    static double h[N * N], bars[N * N], first[N * N], first_bars[N * N];
    point_of(&problems[1], N, x);
    tw_pattern *pattern = pattern_of(&problems[1], N, N);
    for (int source = TW_HESSIAN_GRADIENTS; source <= TW_HESSIAN_VALUES; source++)
        for (int sparse = 0; sparse <= (source != TW_HESSIAN_VALUES); sparse++)
            for (int threads = 1; threads <= 4; threads++)
                for (int kind = 0; kind < 3; kind++) {
                    tw_runner *runner = NULL;
                    context *c = calloc(1, sizeof *c);
                    c->problem = &problems[1];
                    c->alone = kind != 2;
                    tw_objective_ops ops = {.value = value,
                                            .gradient = gradient,
                                            .clone = kind == 1 ? copy_context : NULL,
                                            .destroy = free,
                                            .concurrent = kind == 2};
                    tw_objective *f = NULL;
                    assert_ok(tw_runner_new(threads, &runner));
                    assert_ok(tw_objective_new(&ops, c, N, NULL, &f));
                    tw_objective_set_runner(f, runner);
                    int reference = threads == 1 && kind == 0;
                    double *values = reference ? first : h;
                    tw_hessian_options options = {.source = source,
                                                  .bars = reference ? first_bars : bars};
                    tw_hessian_report report;
                    assert_ok(sparse
                                  ? tw_diff_hessian_sparse(f, pattern, x, &options, values, &report)
                                  : tw_diff_hessian(f, x, &options, values, &report));
                    size_t count = sparse ? tw_pattern_nonzeros(pattern) : N * N;
                    assert_memory_equal(values, first, count * sizeof *values);
                    assert_memory_equal(options.bars, first_bars, count * sizeof *values);
                    assert_int_equal(report.evaluations, tw_objective_evaluations(f));
                    tw_objective_free(f);
                    tw_runner_free(runner);
                }
    tw_pattern_free(pattern);
}

/* ---- bounds ---- */

typedef struct bounded {
    double lower[5], upper[5];
    atomic_int left;
} bounded;

static int outside(bounded *b, size_t n, const double *x) {
    int count = 0;
    for (size_t i = 0; i < n; i++)
        count += !(x[i] >= b->lower[i] && x[i] <= b->upper[i]);
    atomic_fetch_add(&b->left, count);
    return count;
}

static tw_status bounded_value(void *ctx, size_t n, const double *x, double *values) {
    outside(ctx, n, x);
    values[0] = 0;
    for (size_t i = 0; i < n; i++)
        values[0] += exp(x[i]) * x[(i + 1) % n] + pow(x[i], 3);
    return TW_OK;
}

static tw_status bounded_gradient(void *ctx, size_t n, const double *x, double *values, double *g) {
    outside(ctx, n, x);
    for (size_t i = 0; i < n; i++)
        g[i] = exp(x[i]) * x[(i + 1) % n] + 3 * x[i] * x[i] + exp(x[(i + n - 1) % n]);
    return TW_OK;
}

static void steps_stay_within_bounds(void **state) {
    enum { N = 5 };
    bounded b = {{0, -1, 0.5, -10, 0.3}, {1, 0.25, 0.5 + 1e-4, 10, 2}, 0};
    double x[N] = {0, 0.25, 0.5 + 5e-5, 1, 0.3 + 1e-9}, h[N * N], bars[N * N];
    tw_objective_ops ops = {.value = bounded_value, .gradient = bounded_gradient, .concurrent = 1};
    tw_objective *f = NULL;
    assert_ok(tw_objective_new(&ops, &b, N, NULL, &f));
    for (int source = TW_HESSIAN_GRADIENTS; source <= TW_HESSIAN_VALUES; source++) {
        tw_hessian_options options = {
            .source = source, .bars = bars, .lower = b.lower, .upper = b.upper};
        tw_hessian_report report;
        assert_ok(tw_diff_hessian(f, x, &options, h, &report));
        assert_int_equal(b.left, 0);
        double worst = 0;
        for (size_t i = 0; i < N; i++)
            for (size_t j = 0; j < N; j++) {
                double truth = i == j             ? exp(x[i]) * x[(i + 1) % N] + 6 * x[i]
                               : j == (i + 1) % N ? exp(x[i])
                               : i == (j + 1) % N ? exp(x[j])
                                                  : 0;
                double off = fabs(h[i * N + j] - truth);
                worst = fmax(worst, i == 2 || j == 2 ? 0 : off);
                if (off > 3 * bars[i * N + j])
                    print_message("source %d (%zu, %zu) off %g, bar %g\n", source, i, j, off,
                                  bars[i * N + j]);
                assert_true(off <= 3 * bars[i * N + j]);
            }
        print_message("source %d: off %.2g but for the narrow box\n", source, worst);
        assert_true(worst < 1e-8);
        x[3] = 11;
        assert_fails(TW_ERR_ARGUMENT, "x_3 = 11 is not within",
                     tw_diff_hessian(f, x, &options, h, &report));
        x[3] = 1;
    }
    tw_objective_free(f);
}

/* ---- what is refused, and what fails on the way ---- */

static double kinked(size_t n, const double *x, void *user) {
    return fabs(x[0]) + (x[1] < 0 ? NAN : x[1] * x[1]);
}

static int stop(void *user, size_t done, size_t total) {
    return 1;
}

static void refusals_and_failures(void **state) {
    enum { N = 10 };
    double x[N], kept[N], v[N] = {0}, h[N * N], product[N];
    context c = {.problem = &problems[0]};
    tw_objective *f = objective_of(&c, N, 1, NULL), *values_only = objective_of(&c, N, 0, NULL);
    tw_line_curvature curvature;
    tw_pattern *pattern = pattern_of(&problems[0], N, N);
    point_of(&problems[0], N, x);
    memcpy(kept, x, sizeof x);
    assert_fails(TW_ERR_ARGUMENT, "the direction is zero",
                 tw_diff_hessian_product(f, x, v, product, NULL, NULL));
    assert_fails(TW_ERR_ARGUMENT, "the direction is zero", tw_diff_curvature(f, x, v, &curvature));
    v[4] = NAN;
    assert_fails(TW_ERR_ARGUMENT, "entry 4 of the direction is nan",
                 tw_diff_hessian_product(f, x, v, product, NULL, NULL));
    v[4] = 1;
    assert_fails(TW_ERR_UNSUPPORTED, "'arwhead' has no gradient",
                 tw_diff_hessian_product(values_only, x, v, product, NULL, NULL));
    assert_fails(TW_ERR_UNSUPPORTED, "ask for them from values",
                 tw_diff_hessian(values_only, x, NULL, h, NULL));
    assert_fails(TW_ERR_UNSUPPORTED, "no gradient",
                 tw_diff_hessian_sparse(values_only, pattern, x, NULL, h, NULL));
    tw_hessian_options options = {.source = 9};
    assert_fails(TW_ERR_ARGUMENT, "number 9", tw_diff_hessian(f, x, &options, h, NULL));
    options = (tw_hessian_options){.progress = stop, .source = TW_HESSIAN_VALUES};
    assert_fails(TW_ERR_CANCELLED, "cancelled at row", tw_diff_hessian(f, x, &options, h, NULL));
    for (int after = 1; after <= 30; after += 3) {
        c.fail_at = after;
        c.gradients = 0;
        assert_fails(TW_ERR_IO, "the licence server is away", tw_diff_hessian(f, x, NULL, h, NULL));
        c.gradients = 0;
        if (after <= 4)
            assert_fails(TW_ERR_IO, "the licence server is away",
                         tw_diff_hessian_product(f, x, v, product, NULL, NULL));
        c.gradients = 0;
        if (after <= 13)
            assert_fails(TW_ERR_IO, "the licence server is away",
                         tw_diff_hessian_sparse(f, pattern, x, NULL, h, NULL));
        assert_memory_equal(x, kept, sizeof x);
    }
    tw_pattern_free(pattern);
    tw_objective_free(values_only);
    tw_objective_free(f);
}

/* A kink, and values that are finite on one side only. */
static void kinks_and_edges(void **state) {
    double y[2] = {0, 1}, along[2] = {1, 0}, second[4], second_bars[4];
    tw_hessian_options options = {.source = TW_HESSIAN_VALUES, .bars = second_bars};
    tw_line_curvature curvature;
    tw_objective *f = NULL;
    assert_ok(tw_objective_from_function(kinked, NULL, 2, &f));
    assert_ok(tw_diff_curvature(f, y, along, &curvature));
    assert_true(curvature.error >= 0.5 * curvature.value);
    assert_ok(tw_diff_hessian(f, y, &options, second, NULL));
    assert_close(second[3], 2, 1e-9, second_bars[3]);
    y[0] = 1;
    y[1] = 0; /* nothing is finite below: no number is made up */
    along[0] = 0;
    along[1] = 1;
    assert_ok(tw_diff_curvature(f, y, along, &curvature));
    assert_true(isnan(curvature.value) && isinf(curvature.error));
    tw_hessian_report report;
    assert_ok(tw_diff_hessian(f, y, &options, second, &report));
    assert_true(isnan(second[3]) && isinf(second_bars[3]) && report.without >= 1);
    y[1] = -1;
    assert_fails(TW_ERR_NOT_FINITE, "the value is nan", tw_diff_curvature(f, y, along, &curvature));
    assert_fails(TW_ERR_NOT_FINITE, "the value is nan",
                 tw_diff_hessian(f, y, &options, second, NULL));
    tw_objective_free(f);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(problems_are_what_they_say),
        cmocka_unit_test(rosenbrock),
        cmocka_unit_test(dense_hessians),
        cmocka_unit_test(laplacian),
        cmocka_unit_test(oscillations),
        cmocka_unit_test(sparse_hessians),
        cmocka_unit_test(softmax_products),
        cmocka_unit_test(any_number_of_threads),
        cmocka_unit_test(steps_stay_within_bounds),
        cmocka_unit_test(refusals_and_failures),
        cmocka_unit_test(kinks_and_edges),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
