/* Buffers (running statistics) stay where they are: in no direction, search, difference, principal
 * component or check are they moved, and by no gradient. Only `settle` writes them. The loss here
 * refuses to be evaluated where they have moved. */
#include <math.h>

#include "contract.h"
#include "thalweg/file.h"

enum { W = 3, M = 2, N = W + M, SAMPLES = 8 };

typedef struct model {
    double buffers[M];  /* where they are to be */
    int flat;           /* 1: the loss is 1 */
    int settles, fails; /* calls of settle so far; the one that fails, or 0 */
} model;

static tw_status check(const model *m, const double *x) {
    for (size_t j = 0; j < M; j++)
        if (x[W + j] != m->buffers[j])
            return tw_fail(TW_ERR_CALLBACK, "buffer %zu has moved to %g", j, x[W + j]);
    return TW_OK;
}

static tw_status value(void *ctx, size_t n, const double *x, double *values) {
    tw_status status = check(ctx, x);
    values[0] = x[W] * x[W + 1];
    for (size_t i = 0; i < W; i++)
        values[0] += cosh(x[i] - 0.3 * (double)i) + 0.1 * x[i] * x[(i + 1) % W];
    if (((const model *)ctx)->flat)
        values[0] = 1;
    return status;
}

static tw_status gradient(void *ctx, size_t n, const double *x, double *values, double *g) {
    tw_status status = value(ctx, n, x, values != NULL ? values : (double[1]){0});
    for (size_t i = 0; i < W; i++)
        g[i] = sinh(x[i] - 0.3 * (double)i) + 0.1 * (x[(i + 1) % W] + x[(i + 2) % W]);
    g[W] = 1e3; /* as a careless one might be */
    g[W + 1] = NAN;
    return status;
}

static tw_status sample_gradient(void *ctx, size_t n, const double *x, const tw_batch *batch,
                                 double *values, double *g) {
    return gradient(ctx, n, x, values, g);
}

static tw_status products(void *ctx, size_t n, const double *x, size_t count, const double *v,
                          double *out) {
    for (size_t k = 0; k < count; k++, v += n, out += n) {
        assert_true(v[W] == 0 && v[W + 1] == 0);
        for (size_t i = 0; i < W; i++)
            out[i] = cosh(x[i] - 0.3 * (double)i) * v[i] + 0.1 * (v[(i + 1) % W] + v[(i + 2) % W]);
        out[W] = out[W + 1] = NAN;
    }
    return TW_OK;
}

static tw_status differences(void *ctx, size_t n, const double *x, size_t count,
                             const size_t *indices, const double *steps, double *out) {
    double moved[N], at, there;
    for (size_t k = 0; k < count; k++) {
        memcpy(moved, x, sizeof moved);
        moved[indices[k]] += steps[k];
        tw_status status = value(ctx, n, x, &at);
        if (status == TW_OK)
            status = value(ctx, n, moved, &there);
        if (status != TW_OK)
            return status;
        out[k] = there - at;
    }
    return TW_OK;
}

static tw_status complex_value(void *ctx, size_t n, const double *x, const double *y, double *out) {
    double g[N];
    assert_true(y[W] == 0 && y[W + 1] == 0);
    tw_status status = gradient(ctx, n, x, out, g);
    out[1] = 0;
    for (size_t i = 0; i < W; i++)
        out[1] += y[i] * g[i]; /* exact for tiny y */
    return status;
}

/* Halves the first, counts in the second. */
static tw_status settle(void *ctx, size_t n, double *x, const tw_batch *batch) {
    model *m = ctx;
    if (++m->settles == m->fails) {
        x[W] = 7;
        return tw_fail(TW_ERR_CALLBACK, "not this time");
    }
    m->buffers[0] = x[W] /= 2;
    m->buffers[1] = x[W + 1] += batch != NULL ? (double)batch->count : 100;
    return TW_OK;
}

static const double start[N] = {0.7, -0.4, 1.1, 5, -2};

static tw_objective *make(model *m, unsigned can) {
    const tw_objective_ops ops = {
        .value = value,
        .gradient = gradient,
        .sample_gradient = can & TW_CAN_SAMPLE_GRADIENT ? sample_gradient : NULL,
        .hessian_products = products,
        .coordinate_differences = can & TW_CAN_COORDINATES ? differences : NULL,
        .complex_value = complex_value,
        .settle = can & TW_CAN_SETTLE ? settle : NULL,
        .concurrent = 1};
    tw_objective_traits traits = {.name = "still", .samples = SAMPLES};
    tw_objective *f = NULL;
    *m = (model){.buffers = {start[W], start[W + 1]}};
    assert_ok(tw_space_new(&traits.space));
    assert_ok(
        tw_space_add(traits.space,
                     &(tw_block){.name = "w", .rank = 2, .shape = {W, 1}, .role = TW_ROLE_WEIGHT}));
    assert_ok(tw_space_add(
        traits.space,
        &(tw_block){.name = "bn.var", .rank = 1, .shape = {M}, .role = TW_ROLE_BUFFER}));
    assert_ok(tw_objective_new(&ops, m, N, &traits, &f));
    return f;
}

static void the_predicate(void **state) {
    model m;
    tw_objective *f = make(&m, 0);
    const tw_space *space = tw_objective_space(f);
    for (size_t i = 0; i < N + 2; i++)
        assert_int_equal(tw_space_moves(space, i), i < W);
    assert_int_equal(tw_space_still(space), M);
    double x[N] = {1, 2, 3, 4, 5};
    tw_space_keep_still(space, start, x);
    assert_true(x[0] == 1 && x[W - 1] == W && x[W] == start[W] && x[W + 1] == start[W + 1]);
    tw_objective_free(f);
}

static void the_front_door(void **state) {
    model m;
    tw_objective *f = make(&m, TW_CAN_SAMPLE_GRADIENT);
    double g[N], v[2 * N] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10}, hv[2 * N];
    const size_t samples[2] = {0, 1};
    const tw_batch batch = {samples, 2, 0};
    assert_ok(tw_objective_gradient(f, start, NULL, g));
    assert_true(g[W - 1] != 0 && g[W] == 0 && g[W + 1] == 0);
    assert_ok(tw_objective_sample_gradient(f, start, &batch, NULL, g));
    assert_true(g[W - 1] != 0 && g[W] == 0 && g[W + 1] == 0);
    assert_ok(tw_objective_hessian_products(f, start, 2, v, hv));
    assert_true(hv[N + 2] != 0 && hv[W] == 0 && hv[N + W] == 0 && hv[N + W + 1] == 0);
    assert_true(v[W] == 4 && v[2 * N - 1] == 10); /* which are the caller's */
    tw_objective_free(f);
}

static void directions(void **state) {
    model m;
    tw_objective *f = make(&m, 0);
    const tw_space *space = tw_objective_space(f);
    double d[N], way[N] = {1, 1, 1, 0.5, 0.25};
    for (int norm = TW_NORM_NONE; norm <= TW_NORM_MODEL; norm++)
        for (int peer = 0; peer <= (norm != TW_NORM_MODEL); peer++) {
            const tw_direction_rules rules = {.norm = (tw_norm)norm, .peer_rules = peer};
            tw_direction_random(space, 3, "x", d);
            assert_true(d[0] != 0 && d[W] == 0 && d[W + 1] == 0);
            assert_ok(tw_direction_apply(space, &rules, start, d));
            assert_true(d[0] != 0 && d[W] == 0 && d[W + 1] == 0);
            memcpy(d, way, sizeof d); /* from one point to another: all the way */
            assert_ok(tw_direction_apply(space, &rules, start, d));
            if (norm != TW_NORM_MODEL)
                assert_true(d[W] == 0.5 && d[W + 1] == 0.25);
        }
    tw_direction_random(space, 3, "x", d);
    tw_direction_normalize(space, TW_NORM_MODEL, start, d);
    assert_close(tw_direction_length(N, d), tw_direction_length(W, start), 1e-14, 0);
    tw_objective_free(f);
}

static void descents(void **state) {
    static const char *const methods[] = {"random-search", "local-search", "gd",       "sgd",
                                          "adam",          "momentum",     "nesterov", "adagrad",
                                          "rmsprop",       "lbfgs"};
    for (size_t k = 0; k < sizeof methods / sizeof methods[0]; k++) {
        const tw_optimizer *method = tw_optimizer_find(methods[k]);
        for (int batches = 0; method != NULL && batches < 2; batches++) {
            model m;
            double x[N], before, after;
            tw_optim_result result;
            tw_objective *f = make(&m, batches ? TW_CAN_SAMPLE_GRADIENT : 0);
            if (strcmp(methods[k], "sgd") == 0 && !batches) {
                tw_objective_free(f);
                continue;
            }
            memcpy(x, start, sizeof x);
            assert_ok(tw_objective_value(f, x, &before));
            assert_ok(tw_optim_run(method, f, x,
                                   &(tw_optim_options){.iterations = 40,
                                                       .step = k < 2    ? 0.3
                                                               : k == 9 ? 0
                                                                        : 0.05},
                                   &result));
            assert_ok(tw_objective_value(f, x, &after));
            assert_true(after < before);
            assert_memory_equal(x + W, start + W, M * sizeof *x);
            tw_objective_free(f);
        }
    }
}

static void settling(void **state) {
    model m;
    double x[N];
    const size_t samples[3] = {0, 1, SAMPLES};
    tw_optim_result result;
    tw_objective *f = make(&m, TW_CAN_SETTLE | TW_CAN_SAMPLE_GRADIENT), *none;
    memcpy(x, start, sizeof x);
    assert_ok(tw_objective_settle(f, x, NULL));
    assert_true(x[W] == 2.5 && x[W + 1] == 98);
    assert_ok(tw_objective_settle(f, x, &(tw_batch){samples, 2, 0}));
    assert_true(x[W] == 1.25 && x[W + 1] == 100 && memcmp(x, start, W * sizeof *x) == 0);
    assert_fails(TW_ERR_ARGUMENT, "sample 8",
                 tw_objective_settle(f, x, &(tw_batch){samples, 3, 0}));
    m.fails = m.settles + 1;
    assert_fails(TW_ERR_CALLBACK, "not this time", tw_objective_settle(f, x, NULL));
    assert_true(x[W] == 1.25 && x[W + 1] == 100);

    /* by batches: after every step, with the step's batch, of which the last of an epoch is short
     */
    const tw_optim_options options = {.iterations = 6, .step = 0.05, .batch = 3};
    m.fails = 0;
    assert_ok(tw_optim_run(tw_optimizer_find("momentum"), f, x, &options, &result));
    assert_true(x[W] == 1.25 / 64 && x[W + 1] == 100 + 2 * SAMPLES);
    /* a step that cannot be settled is none to go on from */
    tw_descent *d = NULL;
    m.fails = m.settles + 2;
    assert_ok(tw_descent_open(tw_optimizer_find("sgd"), f, x, &options, &d));
    assert_fails(TW_ERR_CALLBACK, "not this time", tw_descent_run(d, 6));
    assert_fails(TW_ERR_ARGUMENT, "failed after its move", tw_descent_run(d, 6));
    tw_descent_close(d);
    /* the whole loss has its buffers where they are */
    memcpy(m.buffers, x + W, sizeof m.buffers);
    assert_ok(tw_optim_run(tw_optimizer_find("gd"), f, x, &options, &result));
    assert_memory_equal(x + W, m.buffers, sizeof m.buffers);
    tw_objective_free(f);
    none = make(&m, 0);
    assert_fails(TW_ERR_UNSUPPORTED, "no buffers that settle", tw_objective_settle(none, x, NULL));
    tw_objective_free(none);
}

static void gradients(void **state) {
    static const tw_diff_method methods[] = {TW_DIFF_FORWARD, TW_DIFF_CENTRAL, TW_DIFF_LADDER,
                                             TW_DIFF_ROBUST, TW_DIFF_COMPLEX};
    double exact[N], g[N], bars[N];
    for (size_t k = 0; k < sizeof methods / sizeof methods[0]; k++)
        for (int native = 0; native < 2; native++) {
            model m;
            tw_objective *f = make(&m, native ? TW_CAN_COORDINATES : 0);
            tw_derivative d;
            tw_sweep sweep;
            assert_ok(tw_objective_gradient(f, start, NULL, exact));
            for (int with_bars = 0; with_bars < 2; with_bars++) {
                const tw_diff_options options = {.method = methods[k],
                                                 .bars = with_bars ? bars : NULL};
                assert_ok(tw_diff_gradient(f, start, &options, g, NULL));
                assert_true(relative_distance(g, exact, W) < 1e-6);
                assert_true(g[W] == 0 && g[W + 1] == 0);
            }
            assert_true(bars[0] > 0 && bars[W] == 0 && bars[W + 1] == 0);
            assert_ok(tw_derivative_directional(f, start, NULL, W, NULL, &d));
            assert_true(d.value == 0 && d.error == 0 && d.evaluations == 0);
            assert_fails(TW_ERR_ARGUMENT, "'bn.var', a buffer",
                         tw_diff_sweep(f, start, NULL, W + 1, NULL, &sweep));
            tw_objective_free(f);
        }
}

static void hessians(void **state) {
    model m;
    tw_objective *f = make(&m, 0);
    double own[N * N], h[N * N], v[N] = {1, -2, 3, 4, 5}, hv[N], product[N];
    for (size_t j = 0; j < N; j++) {
        double unit[N] = {0};
        unit[j] = 1;
        assert_ok(tw_objective_hessian_product(f, start, unit, own + j * N));
    }
    for (int source = 0; source <= (int)TW_HESSIAN_VALUES; source++) {
        const tw_hessian_options options = {.source = (tw_hessian_source)source};
        assert_ok(tw_diff_hessian(f, start, &options, h, NULL));
        assert_true(relative_distance(h, own, N * N) < 1e-6);
        for (size_t i = 0; i < N * N; i++)
            assert_true((i / N < W && i % N < W) || h[i] == 0);
    }
    assert_ok(tw_diff_hessian_product(f, start, v, product, NULL, NULL));
    assert_ok(tw_objective_hessian_product(f, start, v, hv));
    assert_true(relative_distance(product, hv, N) < 1e-7 && product[W] == 0);
    tw_objective_free(f);
}

static void checks(void **state) {
    for (int probes = 0; probes < 2; probes++) {
        model m;
        tw_objective *f = make(&m, 0);
        tw_gradcheck *report = NULL;
        const tw_gradcheck_options options = {.only_probes = probes, .probes = probes ? 3 : 0};
        assert_ok(tw_gradcheck_run(f, start, &options, &report));
        assert_int_equal(report->verdict, TW_VERDICT_PASS);
        assert_true(report->hessian.done && report->taylor.count > 0);
        for (size_t k = 0; k < report->entry_count; k++)
            assert_true(report->entries[k].index < W);
        tw_gradcheck_free(report);
        m.flat = 1; /* which is looked into, at points around */
        assert_ok(tw_gradcheck_run(f, start, &options, &report));
        tw_gradcheck_free(report);
        tw_objective_free(f);
    }
}

static void assert_writes(const tw_gradcheck *report, tw_gradcheck_format format,
                          const char *said) {
    static char text[1 << 14];
    FILE *stream = fmemopen(text, sizeof text, "w");
    assert_non_null(stream);
    assert_ok(tw_gradcheck_write(report, format, 0, stream));
    fclose(stream);
    if (strstr(text, said) == NULL)
        fail_msg("no '%s' in:\n%s", said, text);
}

/* What was not tested does not pass, and is not shown as if it did. */
static void checks_of_what_is_left_out(void **state) {
    static const size_t moving[] = {1};
    model m;
    tw_objective *f = make(&m, 0);
    tw_gradcheck *report = NULL;
    assert_ok(tw_gradcheck_run(f, start, NULL, &report));
    assert_int_equal(report->blocks[0].verdict, TW_VERDICT_PASS);
    assert_int_equal(report->blocks[1].verdict, TW_VERDICT_NOT_MOVED);
    assert_writes(report, TW_GRADCHECK_TEXT, "PASS, 1 of 2 blocks not moved  loss");
    assert_writes(report, TW_GRADCHECK_TEXT, "bn.var  not moved            2      0\n");
    assert_writes(report, TW_GRADCHECK_JSON, "\"verdict\": \"not moved\"");
    assert_writes(report, TW_GRADCHECK_JSON, "\"blocks_not_moved\": 1, \"blocks_not_tested\": 0");
    tw_gradcheck_free(report);
    /* probes test a block without an entry of it */
    assert_ok(tw_gradcheck_run(f, start, &(tw_gradcheck_options){.only_probes = 1, .probes = 1},
                               &report));
    assert_true(report->blocks[0].tested == 0 && report->blocks[0].probes == 1);
    assert_int_equal(report->blocks[0].verdict, TW_VERDICT_PASS);
    assert_writes(report, TW_GRADCHECK_TEXT, " by 1 probe\n");
    tw_gradcheck_free(report);
    /* entries of one block alone */
    assert_ok(tw_gradcheck_run(
        f, start, &(tw_gradcheck_options){.indices = moving, .index_count = 1}, &report));
    assert_int_equal(report->verdict, TW_VERDICT_PASS);
    assert_int_equal(report->blocks[1].verdict, TW_VERDICT_NOT_MOVED);
    tw_gradcheck_free(report);
    tw_objective_free(f);
}

static tw_status read_row(void *user, size_t index, double *row) {
    for (size_t i = 0; i < N; i++)
        row[i] = i < W ? sin((double)(index * (i + 1))) : 100.0 * (double)(index * index);
    return TW_OK;
}

static void components(void **state) {
    model m;
    tw_objective *f = make(&m, 0);
    const tw_rows rows = {.count = 9, .size = N, .read = read_row};
    double last[N];
    tw_plane plane;
    read_row(NULL, rows.count - 1, last);
    for (int mean = 0; mean < 2; mean++)
        for (int asked = 0; asked < 2; asked++) {
            const tw_pca_options options = {.mean = mean,
                                            .space = asked ? tw_objective_space(f) : NULL};
            assert_ok(tw_trajectory_axes(&rows, &options, 2, &plane));
            assert_int_equal(plane.x[W] == 0 && plane.y[W + 1] == 0, asked);
            assert_true(!asked || plane.origin[W] == last[W]);
            tw_plane_release(&plane);
        }
    const tw_rows fewer = {.count = 9, .size = W, .read = read_row};
    const tw_pca_options options = {.space = tw_objective_space(f)};
    assert_fails(TW_ERR_SHAPE, "5 entries", tw_trajectory_axes(&fewer, &options, 1, &plane));
    tw_objective_free(f);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_predicate), cmocka_unit_test(the_front_door),
        cmocka_unit_test(directions),    cmocka_unit_test(descents),
        cmocka_unit_test(settling),      cmocka_unit_test(gradients),
        cmocka_unit_test(hessians),      cmocka_unit_test(checks),
        cmocka_unit_test(components),    cmocka_unit_test(checks_of_what_is_left_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
