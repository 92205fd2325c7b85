/* Coordinates of checkpoints on any two axes, their distances from the plane, their losses. */
#include <math.h>

#include "support.h"

enum { N = 40, K = 7 };

typedef struct fixture {
    double origin[N], dx[N], dy[N], rows[K][N];
    double x[K], y[K], off[K]; /* what is to be found */
} fixture;

static tw_status read_row(void *user, size_t index, double *row) {
    const fixture *f = user;
    memcpy(row, f->rows[index], sizeof f->rows[index]);
    return TW_OK;
}

static double product(const double *a, const double *b) {
    long double sum = 0;
    for (size_t i = 0; i < N; i++)
        sum += (long double)a[i] * b[i];
    return (double)sum;
}

/* Axes of any length and angle: |dx| = long_x, dy = lean * dx / |dx| + u with a unit vector u
 * across. Checkpoint k is origin + x dx + y dy + off z, z a unit vector across both. */
static fixture make(double long_x, double lean) {
    fixture f;
    double u[N] = {0}, z[N] = {0};
    tw_rng_fill_normal(4, 1, 0, N, f.origin);
    tw_rng_fill_normal(4, 2, 0, K, f.x);
    tw_rng_fill_normal(4, 3, 0, K, f.y);
    for (size_t i = 0; i < N; i++) {
        f.dx[i] = i < 16 ? long_x / 4 : 0;
        u[i] = i < 16 ? (i % 2 ? 0.25 : -0.25) : 0;
        z[i] = i == 20 ? 0.6 : i == 39 ? -0.8 : 0;
        f.dy[i] = lean * f.dx[i] / long_x + u[i];
    }
    for (size_t k = 0; k < K; k++) {
        f.off[k] = k == 3 ? 0 : (double)k / 2;
        if (k == K - 1) /* the origin itself */
            f.x[k] = f.y[k] = f.off[k] = 0;
        for (size_t i = 0; i < N; i++)
            f.rows[k][i] = f.origin[i] + f.x[k] * f.dx[i] + f.y[k] * f.dy[i] + f.off[k] * z[i];
    }
    return f;
}

static void any_axes(void **state) {
    /* the second would give x tripled by projections <d, dx> / |dx|; the last are nearly parallel
     */
    static const double cases[][2] = {{1, 0}, {3, 0}, {1, 0.75}, {1e-6, 2}, {1e5, -0.3}, {1, 1e5}};
    for (size_t c = 0; c < sizeof cases / sizeof cases[0]; c++) {
        fixture f = make(cases[c][0], cases[c][1]);
        tw_rows rows = {K, N, read_row, &f};
        tw_path path;
        assert_ok(tw_path_project(&rows, "sgd", A_PLANE(N, f.origin, f.dx, f.dy), NULL, &path));
        assert_string_equal(path.name, "sgd");
        assert_int_equal(path.count, K);
        /* rounding in the rows themselves goes with it */
        double size = fabs(cases[c][1]) + cases[c][0] + 1;
        for (size_t k = 0; k < K; k++) {
            double d[N];
            for (size_t i = 0; i < N; i++)
                d[i] = f.rows[k][i] - f.origin[i];
            assert_close(path.x[k], f.x[k], 1e-15 * size * size, 1e-14 * size * size / cases[c][0]);
            assert_close(path.y[k], f.y[k], 1e-14, 1e-14 * size);
            assert_close(path.distance[k], f.off[k], 1e-13, 1e-14 * size);
            assert_close(path.length[k], sqrt(product(d, d)), 1e-14, 0);
            assert_true(isnan(path.loss[k]) && isnan(path.plane_loss[k]));
        }
        assert_true(path.x[K - 1] == 0 && path.distance[K - 1] == 0 && path.length[K - 1] == 0);
        tw_path_release(&path);
        tw_path_release(&path);
    }
}

/* Two of them with dx of length 3: the peer's projection says (6, 1). */
static void long_axis(void **state) {
    fixture f = make(3, 0);
    for (size_t i = 0; i < N; i++)
        f.rows[0][i] = f.origin[i] + 2 * f.dx[i] + f.dy[i];
    tw_rows rows = {1, N, read_row, &f};
    tw_path path;
    assert_ok(tw_path_project(&rows, NULL, A_PLANE(N, f.origin, f.dx, f.dy), NULL, &path));
    assert_null(path.name);
    assert_close(path.x[0], 2, 1e-15, 0);
    assert_close(path.y[0], 1, 1e-15, 0);
    tw_path_release(&path);
}

static void on_a_line(void **state) {
    fixture f = make(2, 0);
    tw_rows rows = {K, N, read_row, &f};
    tw_path path;
    assert_ok(tw_path_project(&rows, NULL, A_PLANE(N, f.origin, f.dx, NULL), NULL, &path));
    for (size_t k = 0; k < K; k++) {
        assert_close(path.x[k], f.x[k], 1e-14, 1e-15);
        assert_true(path.y[k] == 0);
        assert_close(path.distance[k], hypot(f.off[k], f.y[k]), 1e-14, 1e-15);
    }
    tw_path_release(&path);
}

static void share_of_the_plane(void **state) {
    fixture f = make(1, 0);
    tw_rows rows = {K, N, read_row, &f};
    tw_path paths[3] = {{0}};
    double length = 0, distance = 0;
    for (size_t k = 0; k < K; k++) {
        length += f.x[k] * f.x[k] + f.y[k] * f.y[k] + f.off[k] * f.off[k];
        distance += f.off[k] * f.off[k];
    }
    assert_true(isnan(tw_paths_share(0, NULL)));
    assert_ok(tw_path_init(&paths[1], "A", 1));
    paths[1].length[0] = paths[1].distance[0] = 100; /* a point is no path */
    assert_true(isnan(tw_paths_share(2, paths)));
    assert_ok(tw_path_project(&rows, NULL, A_PLANE(N, f.origin, f.dx, f.dy), NULL, &paths[0]));
    assert_close(tw_paths_share(2, paths), 1 - distance / length, 1e-13, 0);
    assert_ok(tw_path_init(&paths[2], "B", 2));
    paths[2].length[0] = 3;
    assert_close(tw_paths_share(3, paths), 1 - distance / (length + 9), 1e-13, 0);
    for (int p = 0; p < 3; p++)
        tw_path_release(&paths[p]);
}

/* ---- losses ---- */

static double bowl(size_t n, const double *x, void *user) {
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += x[i] * x[i];
    return sum;
}

static int count_checkpoints(void *user, size_t done, size_t total) {
    size_t *most = user;
    assert_int_equal(total, K);
    return ++most[0] == most[1];
}

/* Off the plane by z across it and across the origin, the bowl differs by off^2 + 2 off <z,
 * origin>.
 */
static void losses(void **state) {
    fixture f = make(1, 0.5);
    tw_rows rows = {K, N, read_row, &f};
    tw_path path;
    tw_objective *objective = NULL;
    size_t calls[2] = {0, 0};
    assert_ok(tw_objective_from_function(bowl, NULL, N, &objective));
    assert_ok(tw_path_project(&rows, NULL, A_PLANE(N, f.origin, f.dx, f.dy), NULL, &path));
    assert_ok(tw_path_losses(objective, &rows, A_PLANE(N, f.origin, f.dx, f.dy), count_checkpoints,
                             calls, &path));
    assert_int_equal(calls[0], K);
    for (size_t k = 0; k < K; k++) {
        double in_plane[N];
        for (size_t i = 0; i < N; i++)
            in_plane[i] = f.origin[i] + f.x[k] * f.dx[i] + f.y[k] * f.dy[i];
        assert_close(path.loss[k], product(f.rows[k], f.rows[k]), 1e-14, 0);
        assert_close(path.plane_loss[k], product(in_plane, in_plane), 1e-14, 0);
    }
    calls[0] = 0;
    calls[1] = 2;
    assert_fails(TW_ERR_CANCELLED, "after 2 of 7",
                 tw_path_losses(objective, &rows, A_PLANE(N, f.origin, f.dx, f.dy),
                                count_checkpoints, calls, &path));
    rows.count = 3;
    assert_fails(
        TW_ERR_ARGUMENT, "3 checkpoints of 40 entries for a path of 7",
        tw_path_losses(objective, &rows, A_PLANE(N, f.origin, f.dx, f.dy), NULL, NULL, &path));
    tw_path_release(&path);
    tw_objective_free(objective);
}

/* ---- threads, bad input ---- */

static tw_status read_long(void *user, size_t index, double *row) {
    tw_rng_fill_normal(9, index + 1, 0, 200000, row);
    return TW_OK;
}

static void same_bits(void **state) {
    enum { LONG = 200000, ROWS = 3 };
    double *axes = calloc(3 * LONG, sizeof *axes);
    tw_rows rows = {ROWS, LONG, read_long, NULL};
    tw_path first = {0};
    tw_rng_fill_normal(8, 1, 0, 3 * LONG, axes);
    for (int threads = 1; threads <= 3; threads++) {
        tw_runner *runner = NULL;
        tw_path path;
        assert_ok(tw_runner_new(threads, &runner));
        assert_ok(tw_path_project(&rows, NULL, A_PLANE(LONG, axes, axes + LONG, axes + 2 * LONG),
                                  runner, &path));
        if (threads == 1) {
            first = path;
        } else {
            assert_memory_equal(path.x, first.x, ROWS * sizeof(double));
            assert_memory_equal(path.y, first.y, ROWS * sizeof(double));
            assert_memory_equal(path.length, first.length, ROWS * sizeof(double));
            assert_memory_equal(path.distance, first.distance, ROWS * sizeof(double));
            tw_path_release(&path);
        }
        tw_runner_free(runner);
    }
    tw_path_release(&first);
    free(axes);
}

static void bad_input(void **state) {
    fixture f = make(1, 0);
    tw_rows rows = {K, N, read_row, &f}, none = {0};
    double zero[N] = {0};
    tw_path path;
    assert_fails(TW_ERR_ARGUMENT, "without checkpoints",
                 tw_path_project(&none, NULL, A_PLANE(N, f.origin, f.dx, f.dy), NULL, &path));
    assert_fails(TW_ERR_ARGUMENT, "axis 1 has the length 0",
                 tw_path_project(&rows, NULL, A_PLANE(N, f.origin, zero, f.dy), NULL, &path));
    assert_fails(TW_ERR_ARGUMENT, "axis 2 has the length 0",
                 tw_path_project(&rows, NULL, A_PLANE(N, f.origin, f.dx, zero), NULL, &path));
    assert_fails(TW_ERR_ARGUMENT, "parallel",
                 tw_path_project(&rows, NULL, A_PLANE(N, f.origin, f.dx, f.dx), NULL, &path));
    f.rows[2][5] = NAN;
    assert_fails(TW_ERR_ARGUMENT, "checkpoint 2, entry 5 is nan",
                 tw_path_project(&rows, NULL, A_PLANE(N, f.origin, f.dx, f.dy), NULL, &path));
    assert_null(path.x);
    f.rows[2][5] = 1e200;
    assert_fails(TW_ERR_ARGUMENT, "checkpoint 2 is too far away",
                 tw_path_project(&rows, NULL, A_PLANE(N, f.origin, f.dx, f.dy), NULL, &path));
    f.dx[0] = INFINITY;
    assert_fails(TW_ERR_ARGUMENT, "axis 1 has the length inf",
                 tw_path_project(&rows, NULL, A_PLANE(N, f.origin, f.dx, f.dy), NULL, &path));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(any_axes),  cmocka_unit_test(long_axis),
        cmocka_unit_test(on_a_line), cmocka_unit_test(share_of_the_plane),
        cmocka_unit_test(losses),    cmocka_unit_test(same_bits),
        cmocka_unit_test(bad_input),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
