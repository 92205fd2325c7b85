/* Surveys of functions with known values: right point, right place, once each, in any order. */
#include <math.h>

#include "support.h"
#include "thalweg/rng.h"

enum { N = 4 };

typedef struct probe {
    size_t calls, fail_at;
} probe;

/* loss = 2 x_0 + 3 x_1 + x_0 x_1, and x_2 as it is */
static tw_status value(void *ctx, size_t n, const double *x, double *values) {
    probe *p = ctx;
    if (p->fail_at > 0 && p->calls + 1 >= p->fail_at)
        return tw_fail(TW_ERR_CALLBACK, "the lamp went out");
    p->calls++;
    values[0] = 2 * x[0] + 3 * x[1] + x[0] * x[1];
    values[1] = x[2];
    return TW_OK;
}

static tw_objective *make(probe *ctx) {
    static const char *const metrics[] = {"loss", "third", NULL};
    const tw_objective_ops ops = {.value = value};
    const tw_objective_traits traits = {.metrics = metrics};
    tw_objective *f = NULL;
    memset(ctx, 0, sizeof *ctx);
    assert_ok(tw_objective_new(&ops, ctx, N, &traits, &f));
    return f;
}

static const double origin[N] = {0.5, -1, 3, 7}, dx[N] = {1, 0, 0.25, 0}, dy[N] = {0, 2, -1, 0};
static const char *const names[] = {"train_loss", "third"};

static tw_surface make_surface(size_t nx, size_t ny, size_t metrics) {
    const tw_axis x = {-2, 1, nx}, y = {-1, 1, ny};
    tw_surface s;
    assert_ok(tw_surface_init(&s, &x, ny > 0 ? &y : NULL, metrics, names));
    return s;
}

static double loss_at(double a, double b) {
    double x0 = 0.5 + a, x1 = -1 + 2 * b;
    return 2 * x0 + 3 * x1 + x0 * x1;
}

static void check_all(const tw_surface *s, double factor) {
    for (size_t iy = 0; iy < s->ny; iy++)
        for (size_t ix = 0; ix < s->nx; ix++) {
            double a = s->x[ix], b = s->rank == 2 ? s->y[iy] : 0;
            assert_int_equal(s->computed[iy * s->nx + ix], 1);
            assert_close(tw_surface_plane(s, 0)[iy * s->nx + ix], loss_at(a, b), 1e-14, 1e-14);
            if (s->metrics > 1)
                assert_close(tw_surface_plane(s, 1)[iy * s->nx + ix], factor * (3 + 0.25 * a - b),
                             1e-14, 0);
        }
}

/* Rectangles, since squares hide an exchange of x and y. */
static void test_planes_and_lines(void **state) {
    static const size_t shapes[][2] = {{7, 5}, {1, 9}, {9, 1}, {2, 2}, {300, 41}, {31, 0}, {1, 0}};
    const double scale[] = {1, 100};
    for (size_t k = 0; k < sizeof shapes / sizeof shapes[0]; k++) {
        probe p;
        tw_objective *f = make(&p);
        size_t nx = shapes[k][0], ny = shapes[k][1], points = nx * (ny > 0 ? ny : 1);
        const double one = 0.5;
        tw_surface s = {0};
        if (nx > 1 && ny != 1)
            s = make_surface(nx, ny, 2);
        else { /* one coefficient on an axis */
            double many[16];
            for (size_t i = 0; i < 16; i++)
                many[i] = (double)i;
            assert_ok(tw_surface_init_coordinates(&s, nx, nx > 1 ? many : &one, ny,
                                                  ny == 0  ? NULL
                                                  : ny > 1 ? many
                                                           : &one,
                                                  2, names));
        }
        assert_ok(tw_survey_run(f, origin, dx, ny > 0 ? dy : NULL, scale, NULL, &s));
        check_all(&s, 100);
        assert_int_equal(p.calls, points);
        /* nothing is left to do */
        assert_ok(tw_survey_run(f, origin, dx, ny > 0 ? dy : NULL, scale, NULL, &s));
        assert_int_equal(p.calls, points);
        tw_surface_release(&s);
        tw_objective_free(f);
    }
}

static void test_fewer_metrics(void **state) {
    probe p;
    tw_objective *f = make(&p);
    tw_surface s = make_surface(6, 4, 1);
    assert_ok(tw_survey_run(f, origin, dx, dy, NULL, NULL, &s));
    check_all(&s, 1);
    tw_surface_release(&s);
    static const char *const three[] = {"a", "b", "c"};
    const tw_axis x = {0, 1, 3};
    assert_ok(tw_surface_init(&s, &x, NULL, 3, three));
    assert_fails(TW_ERR_ARGUMENT, "3 metrics", tw_survey_run(f, origin, dx, NULL, NULL, NULL, &s));
    assert_int_equal(tw_survey_run(f, origin, dx, dy, NULL, NULL, &s), TW_ERR_ARGUMENT);
    tw_surface_release(&s);
    tw_objective_free(f);
}

/* Points done before are kept as they are, the others have the bits of a run from nothing. */
static void test_resumed(void **state) {
    probe p;
    tw_objective *f = make(&p);
    tw_surface whole = make_surface(23, 17, 2), rest = make_surface(23, 17, 2);
    assert_ok(tw_survey_run(f, origin, dx, dy, NULL, NULL, &whole));
    size_t points = 23 * 17, before = 0;
    for (size_t k = 0; k < points; k++) {
        rest.computed[k] = tw_rng_below(1, 1, k, 3) == 0;
        before += rest.computed[k];
        tw_surface_plane(&rest, 0)[k] = rest.computed[k] ? NAN : 0; /* NaN is a result */
    }
    p.calls = 0;
    uint8_t *mask = malloc(points);
    memcpy(mask, rest.computed, points);
    assert_ok(tw_survey_run(f, origin, dx, dy, NULL, NULL, &rest));
    assert_int_equal(p.calls, points - before);
    for (size_t k = 0; k < points; k++) {
        if (mask[k])
            assert_true(isnan(tw_surface_plane(&rest, 0)[k]));
        else
            assert_memory_equal(tw_surface_plane(&rest, 0) + k, tw_surface_plane(&whole, 0) + k,
                                sizeof(double));
        assert_int_equal(rest.computed[k], 1);
    }
    free(mask);
    tw_surface_release(&whole);
    tw_surface_release(&rest);
    tw_objective_free(f);
}

typedef struct watch {
    size_t calls, done, total, stop_at;
} watch;

static int look(void *user, size_t done, size_t total) {
    watch *w = user;
    assert_true(done > w->done && done <= total);
    w->calls++;
    w->done = done;
    w->total = total;
    return w->stop_at > 0 && done >= w->stop_at;
}

static void test_progress_and_cancel(void **state) {
    probe p;
    tw_objective *f = make(&p);
    tw_surface s = make_surface(100, 90, 2);
    watch w = {.stop_at = 2000};
    const tw_survey_options options = {look, &w};
    assert_fails(TW_ERR_CANCELLED, "cancelled after",
                 tw_survey_run(f, origin, dx, dy, NULL, &options, &s));
    assert_int_equal(w.total, 9000);
    size_t done = 0;
    for (size_t k = 0; k < 9000; k++)
        done += s.computed[k];
    assert_int_equal(done, w.done);
    assert_in_range(done, 2000, 2000 + 4096);
    w = (watch){0};
    assert_ok(tw_survey_run(f, origin, dx, dy, NULL, &options, &s));
    assert_int_equal(w.done, 9000);
    assert_int_equal(p.calls, 9000);
    check_all(&s, 1);
    tw_surface_release(&s);
    tw_objective_free(f);
}

static void test_failure_keeps_points(void **state) {
    probe p;
    tw_objective *f = make(&p);
    p.fail_at = 50;
    tw_surface s = make_surface(11, 11, 2);
    assert_fails(TW_ERR_CALLBACK, "lamp", tw_survey_run(f, origin, dx, dy, NULL, NULL, &s));
    size_t done = 0;
    for (size_t k = 0; k < 121; k++)
        if (s.computed[k]) {
            done++;
            assert_close(s.values[k], loss_at(s.x[k % 11], s.y[k / 11]), 1e-14, 1e-14);
        }
    assert_in_range(done, 11, 49);
    p.fail_at = 0;
    assert_ok(tw_survey_run(f, origin, dx, dy, NULL, NULL, &s));
    check_all(&s, 1);
    tw_surface_release(&s);
    tw_objective_free(f);
}

static double overflowing(size_t n, const double *x, void *user) {
    return x[0] > 0.9 ? INFINITY : x[0] < -0.9 ? NAN : exp(x[0]);
}

static void test_non_finite_is_data(void **state) {
    tw_objective *f = NULL;
    assert_ok(tw_objective_from_function(overflowing, NULL, 1, &f));
    const tw_axis x = {-1, 1, 21};
    const double zero = 0, unit = 1;
    tw_surface s;
    assert_ok(tw_surface_init(&s, &x, NULL, 1, names));
    assert_ok(tw_survey_run(f, &zero, &unit, NULL, NULL, NULL, &s));
    assert_true(isnan(s.values[0]) && isinf(s.values[20]));
    assert_true(s.values[10] == 1); /* the centre is the point itself */
    for (size_t k = 0; k < 21; k++)
        assert_int_equal(s.computed[k], 1);
    tw_surface_release(&s);
    tw_objective_free(f);
}

/* A linear model by its span and by its values alone, on one and two threads. */
static void test_linear_threads(void **state) {
    tw_dataset *data = random_dataset(1, 300, 12, 4, 3);
    size_t n = 13 * 4;
    double *w = malloc(3 * n * sizeof *w), mean[12];
    tw_rng_fill_normal(1, 1, 0, 3 * n, w);
    for (size_t k = 0; k < n; k++)
        w[k] *= 0.01;
    tw_dataset_mean(data, mean);
    const tw_linear_options options = {.reg = 1e-3, .mean = mean};
    const tw_axis x = {-0.01, 0.01, 21}, y = {-0.02, 0.01, 16};
    static const char *const metrics[] = {"train_loss", "b", "c", "train_acc"};
    const double scale[] = {1, 1, 1, 100};
    tw_surface s[3];
    for (int k = 0; k < 3; k++) {
        tw_runner *runner = NULL;
        tw_objective *f = NULL, *plain = NULL;
        assert_ok(tw_runner_new(k == 1 ? 2 : 1, &runner));
        assert_ok(tw_linear_new(data, &options, runner, &f));
        if (k == 2)
            assert_ok(tw_objective_plain(f, 0, &plain));
        assert_ok(tw_surface_init(&s[k], &x, &y, 4, metrics));
        assert_ok(tw_survey_run(k == 2 ? plain : f, w, w + n, w + 2 * n, scale, NULL, &s[k]));
        tw_objective_free(plain);
        tw_objective_free(f);
        tw_runner_free(runner);
    }
    size_t count = 4 * 21 * 16;
    assert_memory_equal(s[0].values, s[1].values, count * sizeof(double));
    for (size_t k = 0; k < count; k++)
        assert_close(s[0].values[k], s[2].values[k], 1e-11, 1e-12);
    for (int k = 0; k < 3; k++)
        tw_surface_release(&s[k]);
    free(w);
    tw_dataset_free(data);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_planes_and_lines),
        cmocka_unit_test(test_fewer_metrics),
        cmocka_unit_test(test_resumed),
        cmocka_unit_test(test_progress_and_cancel),
        cmocka_unit_test(test_failure_keeps_points),
        cmocka_unit_test(test_non_finite_is_data),
        cmocka_unit_test(test_linear_threads),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
