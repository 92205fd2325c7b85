/* Curvature at every point of a survey: against closed forms and dense Hessians, and the same bits
 * however it is cut. */
#include <math.h>

#include "quadratic.h"

enum { NX = 9, NY = 4, MOST = 128 };

static const double xs[NX] = {-1, -0.75, -0.5, -0.25, 0, 0.25, 0.5, 0.75, 1},
                    ys[NY] = {-1, 0, 0.5, 2};

/* A surface of all metrics of f over the grid. */
static void start_surface(const tw_objective *f, tw_surface *out, tw_metric_plan *plan) {
    assert_ok(tw_metric_plan_make(f, "train", plan));
    assert_ok(tw_surface_init_coordinates(out, NX, xs, NY, ys, plan->count,
                                          (const char *const *)plan->names));
}

static void survey(tw_objective *f, const tw_plane *plane, tw_surface *out) {
    tw_metric_plan plan;
    start_surface(f, out, &plan);
    assert_ok(tw_survey_run(
        f, plane, &(tw_survey_options){.metrics = plan.source, .scale = plan.scale}, out));
    tw_metric_plan_release(&plan);
}

static double at(const tw_surface *surface, const char *name, size_t ix, size_t iy) {
    int metric = tw_surface_metric(surface, name);
    assert_true(metric >= 0);
    return tw_surface_plane(surface, (size_t)metric)[iy * NX + ix];
}

/* ---- closed forms ---- */

static void test_rosenbrock(void **state) {
    const double zero[2] = {0}, dx[2] = {1, 0}, dy[2] = {0, 1};
    const tw_plane plane = tw_plane_of(2, zero, dx, dy);
    tw_objective *rosenbrock, *f;
    tw_surface surface;
    assert_ok(tw_function_new("rosenbrock", NULL, &rosenbrock));
    assert_ok(tw_objective_curvature(
        rosenbrock, &(tw_curvature_map_options){.x = xs, .x_count = NX, .factor = 3}, &f));
    assert_int_equal(tw_objective_chain(f), NX);
    survey(f, &plane, &surface);
    assert_string_equal(surface.names[0], "train_loss");
    for (size_t k = 0; k < NX * NY; k++) {
        double x = xs[k % NX], y = ys[k / NX];
        double a = 1200 * x * x - 400 * y + 2, b = -400 * x, d = 200;
        double middle = (a + d) / 2, half = hypot((a - d) / 2, b);
        assert_close(at(&surface, "max_eig", k % NX, k / NX), 3 * (middle + half), 1e-12, 0);
        assert_close(at(&surface, "min_eig", k % NX, k / NX), 3 * (middle - half), 0, 1e-9);
        assert_true(at(&surface, "max_eig_error", k % NX, k / NX) <= 1e-9);
        assert_true(at(&surface, "eig_products", k % NX, k / NX) >= 2);
    }
    tw_surface_release(&surface);
    tw_objective_free(f);
    tw_objective_free(rosenbrock);
}

static void test_quadratic(void **state) {
    double values[MOST];
    for (size_t i = 0; i < MOST; i++)
        values[i] = i == 0 ? 7 : i == 1 ? -2 : cos((double)i);
    quadratic q = {.n = MOST, .values = values};
    double dx[MOST], zero[MOST] = {0};
    for (size_t i = 0; i < MOST; i++)
        dx[i] = sin((double)i);
    tw_objective *form = quadratic_objective(&q), *f;
    tw_span *span;
    double found[2 * 6];
    const double *directions[] = {dx};
    assert_ok(tw_objective_curvature(
        form, &(tw_curvature_map_options){.x = xs, .x_count = NX, .tolerance = 1e-8}, &f));
    assert_int_equal(tw_objective_metrics(f), 6);
    assert_ok(tw_span_open(f, zero, 1, directions, TW_SPAN_ROWS, &span));
    assert_ok(tw_span_values(span, 2, (const double[]){xs[0], xs[1]}, found));
    for (size_t k = 0; k < 2; k++) {
        const double *point = found + 6 * k;
        assert_close(point[1], 7, 1e-12, 0);
        assert_close(point[2], -2, 1e-12, 0);
        assert_true(point[3] <= 7e-8 && point[4] <= 7e-8);
    }
    assert_true(found[6 + 5] < found[5]); /* the neighbour's vectors help */
    tw_span_close(span);
    tw_objective_free(f);
    tw_objective_free(form);
}

/* How many of the points along a line, and of as many seeds, have a smallest eigenvalue beyond
 * their error, of a form whose smallest one hides at the edge of a bulk. */
static size_t count_beyond(tw_objective *form, size_t n, double smallest, size_t confirmed) {
    enum { SEEDS = 20 };
    double *vectors = calloc(2 * n, sizeof *vectors), found[2 * 6];
    const double *directions[] = {vectors};
    size_t beyond = 0;
    for (uint64_t seed = 0; seed < SEEDS; seed++) {
        tw_objective *f;
        tw_span *span;
        const tw_curvature_map_options options = {.bytes = sizeof options,
                                                  .x = xs,
                                                  .x_count = NX,
                                                  .tolerance = 1e-2,
                                                  .seed = seed,
                                                  .confirmed = confirmed};
        assert_ok(tw_objective_curvature(form, &options, &f));
        assert_ok(tw_span_open(f, vectors + n, 1, directions, TW_SPAN_ROWS, &span));
        assert_ok(tw_span_values(span, 2, xs, found)); /* the second from its neighbour's vectors */
        for (size_t k = 0; k < 2; k++) {
            beyond += fabs(found[6 * k + 2] - smallest) > found[6 * k + 4];
            assert_true(found[6 * k + 3] <= 1e-2 && found[6 * k + 4] <= 1e-2);
        }
        tw_span_close(span);
        tw_objective_free(f);
    }
    free(vectors);
    return beyond;
}

static void test_confirmed(void **state) {
    enum { SIZE = 150 };
    double values[SIZE];
    tw_rng_fill_normal(4, tw_rng_stream("bulk"), 0, SIZE, values);
    for (size_t i = 0; i < SIZE; i++)
        values[i] = i == 0 ? 1 : i == 1 ? 0.5 : i == 2 ? -0.03 : fmax(0.005 * values[i], -0.02);
    quadratic q = {.n = SIZE, .values = values};
    tw_objective *form = quadratic_objective(&q);
    assert_true(count_beyond(form, SIZE, -0.03, 0) >= 10);
    assert_int_equal(count_beyond(form, SIZE, -0.03, 1), 0);
    tw_objective_free(form);
}

/* ---- a network ---- */

typedef struct network {
    tw_runner *runner;
    tw_dataset *data;
    tw_objective *mlp, *f;
    size_t n;
    double *vectors; /* the point and two directions */
    tw_plane plane;
} network;

static network open_network(int threads, size_t chain) {
    static const size_t hidden[] = {4};
    network s = {.data = random_dataset(0, 60, 6, 3, 5)};
    assert_ok(tw_runner_new(threads, &s.runner));
    assert_ok(
        tw_mlp_new(s.data,
                   &(tw_mlp_options){
                       .hidden = hidden, .hidden_count = 1, .activation = TW_MLP_TANH, .reg = 1e-3},
                   s.runner, &s.mlp));
    s.n = tw_objective_size(s.mlp);
    s.vectors = malloc(3 * s.n * sizeof *s.vectors);
    tw_rng_fill_normal(11, tw_rng_stream("map"), 0, 3 * s.n, s.vectors);
    s.plane = tw_plane_of(s.n, s.vectors, s.vectors + s.n, s.vectors + 2 * s.n);
    assert_ok(tw_objective_curvature(
        s.mlp, &(tw_curvature_map_options){.x = xs, .x_count = NX, .chain = chain}, &s.f));
    return s;
}

static void close_network(network *s) {
    tw_objective_free(s->f);
    tw_objective_free(s->mlp);
    tw_dataset_free(s->data);
    tw_runner_free(s->runner);
    free(s->vectors);
}

/* The errors are within the tolerance, and both ends of the dense Hessian are some tolerances near:
 * what lies closer together is not told apart. */
static void test_dense(void **state) {
    network s = open_network(1, 0);
    tw_surface surface;
    survey(s.f, &s.plane, &surface);
    double *x = malloc(s.n * sizeof *x), *all = malloc(s.n * sizeof *all);
    for (size_t k = 0; k < NX * NY; k++) {
        size_t ix = k % NX, iy = k / NX;
        tw_curvature *m;
        for (size_t i = 0; i < s.n; i++)
            x[i] = s.plane.origin[i] + xs[ix] * s.plane.x[i] + ys[iy] * s.plane.y[i];
        assert_ok(tw_curvature_open(s.mlp, x, NULL, &m));
        assert_ok(tw_curvature_eigenvalues(m, all, NULL, NULL, NULL, NULL));
        double larger = fmax(fabs(all[0]), fabs(all[s.n - 1]));
        double high = at(&surface, "max_eig_error", ix, iy),
               low = at(&surface, "min_eig_error", ix, iy);
        assert_true(high <= 1.001e-3 * larger && low <= 1.001e-3 * larger);
        assert_close(at(&surface, "max_eig", ix, iy), all[0], 0, 1e-2 * larger);
        assert_close(at(&surface, "min_eig", ix, iy), all[s.n - 1], 0, 1e-2 * larger);
        tw_curvature_close(m);
    }
    free(x);
    free(all);
    tw_surface_release(&surface);
    close_network(&s);
}

static int stop_after(void *user, size_t done, size_t total) {
    return done >= *(const size_t *)user;
}

/* Threads, an interruption within a row, and points asked for one by one, by columns. */
static void test_bits(void **state) {
    network one = open_network(1, 4), three = open_network(3, 4);
    tw_surface whole, cut;
    tw_metric_plan plan;
    size_t enough = 14, metrics = tw_objective_metrics(one.f), points = NX * NY;
    survey(one.f, &one.plane, &whole);
    start_surface(three.f, &cut, &plan);
    tw_survey_options options = {.metrics = plan.source,
                                 .scale = plan.scale,
                                 .progress = stop_after,
                                 .progress_user = &enough};
    assert_fails(TW_ERR_CANCELLED, "cancelled",
                 tw_survey_run(three.f, &three.plane, &options, &cut));
    options.progress = NULL;
    for (size_t k = 1; k < points; k += 5) /* and some that were lost */
        cut.computed[k] = 0;
    assert_ok(tw_survey_run(three.f, &three.plane, &options, &cut));
    assert_memory_equal(whole.values, cut.values, whole.metrics * points * sizeof(double));
    tw_span *span;
    const double *directions[] = {one.plane.x, one.plane.y};
    double *values = malloc(metrics * sizeof *values);
    assert_ok(tw_span_open(one.f, one.plane.origin, 2, directions, TW_SPAN_ROWS, &span));
    for (size_t j = 0; j < points; j++) {
        size_t k = (NY - 1 - j % NY) * NX + j / NY;
        const double c[2] = {xs[k % NX], ys[k / NX]};
        assert_ok(tw_span_values(span, 1, c, values));
        for (size_t m = 0; m < plan.count; m++)
            assert_true(values[plan.source[m]] * plan.scale[m] == whole.values[m * points + k]);
    }
    tw_span_close(span);
    free(values);
    tw_metric_plan_release(&plan);
    tw_surface_release(&whole);
    tw_surface_release(&cut);
    close_network(&one);
    close_network(&three);
}

/* ---- what is refused, and what is not ---- */

static void test_not_finite(void **state) {
    static const double values[4] = {3, 2, 1.5, 1};
    quadratic q = {.n = 4, .values = values};
    tw_objective *form = quadratic_objective(&q), *f;
    const double zero[4] = {0}, dx[4] = {1, 1, 1, 1}, *directions[] = {dx};
    double found[3 * 6];
    tw_span *span;
    assert_ok(
        tw_objective_curvature(form, &(tw_curvature_map_options){.x = xs, .x_count = NX}, &f));
    assert_ok(tw_span_open(f, zero, 1, directions, TW_SPAN_ROWS, &span));
    assert_ok(tw_span_values(span, 1, xs, found));
    q.broken = q.products + 2;
    assert_ok(tw_span_values(span, 2, xs + 1, found + 6));
    assert_close(found[1], 3, 1e-10, 0);
    for (size_t m = 1; m < 6; m++)
        assert_true(isnan(found[6 + m]));
    assert_true(isfinite(found[6]));
    assert_close(found[12 + 2], 1, 1e-10, 0);
    tw_span_close(span);
    tw_objective_free(f);
    tw_objective_free(form);
}

static void test_refused(void **state) {
    static const double values[3] = {3, 2, 1};
    quadratic none = {.n = 3, .values = values, .no_product = 1},
              skew = {.n = 3, .values = values, .skew = 1};
    tw_objective *form = quadratic_objective(&none), *f;
    const double zero[3] = {0}, dx[3] = {1, 1, 1}, *directions[] = {dx};
    double found[6];
    tw_span *span;
    assert_fails(TW_ERR_UNSUPPORTED, "--product differences",
                 tw_objective_curvature(form, NULL, &f));
    assert_fails(TW_ERR_ARGUMENT, "tolerance",
                 tw_objective_curvature(form, &(tw_curvature_map_options){.tolerance = 2}, &f));
    const tw_curvature_options differences = {.source = TW_PRODUCT_DIFFERENCES};
    assert_ok(tw_objective_curvature(
        form, &(tw_curvature_map_options){.curvature = &differences, .tolerance = 1e-5}, &f));
    assert_ok(tw_objective_value(f, zero, found));
    assert_close(found[1], 3, 1e-6, 0);
    assert_close(found[2], 1, 1e-6, 0);
    tw_objective_free(f);
    tw_objective_free(form);
    form = quadratic_objective(&skew);
    assert_ok(tw_objective_curvature(form, NULL, &f));
    assert_fails(TW_ERR_CALLBACK, "not symmetric",
                 tw_span_open(f, zero, 1, directions, TW_SPAN_ROWS, &span));
    tw_objective_free(f);
    tw_objective_free(form);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rosenbrock), cmocka_unit_test(test_quadratic),
        cmocka_unit_test(test_dense),      cmocka_unit_test(test_bits),
        cmocka_unit_test(test_not_finite), cmocka_unit_test(test_refused),
        cmocka_unit_test(test_confirmed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
