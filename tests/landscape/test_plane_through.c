/* The plane through three points, ranges around coordinates, barriers along a line. */
#include <float.h>
#include <math.h>

#include "support.h"

/* ---- three points ---- */

static double product(size_t n, const double *a, const double *b) {
    long double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += (long double)a[i] * b[i];
    return (double)sum;
}

/* The axes alone. */
static tw_status plane_through(size_t n, const double *a, const double *b, const double *c,
                               double *dx, double *dy, double coordinates[6]) {
    tw_plane plane;
    tw_status status = tw_plane_through(n, a, b, c, &plane, coordinates);
    assert_true((status == TW_OK) == (plane.x != NULL));
    if (status == TW_OK) {
        assert_int_equal(plane.rank, 2);
        assert_memory_equal(plane.origin, a, n * sizeof *a);
        memcpy(dx, plane.x, n * sizeof *dx);
        memcpy(dy, plane.y, n * sizeof *dy);
    }
    tw_plane_release(&plane);
    return status;
}

static void known_triangle(void **state) {
    /* a right angle at b, sides 3 and 4 */
    const double a[3] = {1, 1, 1}, b[3] = {1, 4, 1}, c[3] = {1, 4, -3};
    double dx[3], dy[3], at[6];
    static const double x_axis[3] = {0, 1, 0}, y_axis[3] = {0, 0, -1},
                        expected[6] = {0, 0, 3, 0, 3, 4};
    assert_ok(plane_through(3, a, b, c, dx, dy, at));
    for (int i = 0; i < 3; i++) {
        assert_close(dx[i], x_axis[i], 0, 1e-16);
        assert_close(dy[i], y_axis[i], 0, 1e-16);
    }
    for (int k = 0; k < 6; k++)
        assert_close(at[k], expected[k], 1e-15, 0);
}

/* At random, and with c almost on the line of a and b: orthonormal to rounding, and the points come
 * back from their coordinates. */
static void random_triangles(void **state) {
    enum { N = 5000 };
    static double a[N], b[N], c[N], z[N], dx[N], dy[N];
    static const double off[] = {1, 1e-3, 1e-6, 1e-8};
    for (int k = 0; k < 4; k++) {
        double at[6];
        tw_rng_fill_normal(1, 1, 0, N, a);
        tw_rng_fill_normal(1, 2, 0, N, b);
        tw_rng_fill_normal(1, 3, 0, N, z);
        for (size_t i = 0; i < N; i++)
            c[i] = a[i] + 0.7 * (b[i] - a[i]) + off[k] * z[i];
        assert_ok(plane_through(N, a, b, c, dx, dy, at));
        assert_close(product(N, dx, dx), 1, 1e-14, 0);
        assert_close(product(N, dy, dy), 1, 1e-14, 0);
        assert_close(product(N, dx, dy), 0, 0, 1e-15);
        assert_true(at[5] > 0);
        for (size_t i = 0; i < N; i++) {
            assert_close(a[i] + at[2] * dx[i], b[i], 0, 1e-14);
            assert_close(a[i] + at[4] * dx[i] + at[5] * dy[i], c[i], 0, 1e-14);
        }
    }
}

static void no_triangle(void **state) {
    const double a[2] = {1, 2}, b[2] = {3, 4}, line[2] = {6, 7}, bad[2] = {0, NAN},
                 far[2] = {0, 1e200};
    double dx[2], dy[2];
    assert_fails(TW_ERR_ARGUMENT, "the first two points are the same",
                 plane_through(2, a, a, b, dx, dy, NULL));
    assert_fails(TW_ERR_ARGUMENT, "the first and the third point are the same",
                 plane_through(2, a, b, a, dx, dy, NULL));
    assert_fails(TW_ERR_ARGUMENT, "lie on a line", plane_through(2, a, b, b, dx, dy, NULL));
    assert_fails(TW_ERR_ARGUMENT, "lie on a line", plane_through(2, a, b, line, dx, dy, NULL));
    assert_fails(TW_ERR_ARGUMENT, "not finite", plane_through(2, a, bad, b, dx, dy, NULL));
    assert_fails(TW_ERR_ARGUMENT, "not finite", plane_through(2, a, b, bad, dx, dy, NULL));
    assert_fails(TW_ERR_ARGUMENT, "too large", plane_through(2, a, far, b, dx, dy, NULL));
}

/* ---- ranges ---- */

static void ranges(void **state) {
    static const struct {
        double values[3];
        double margin;
    } cases[] = {{{0, 10, 3}, 0.15}, {{-7.3, -1, -2}, 0.2}, {{-1e-9, 2e-9, 0}, 0.1},
                 {{5e8, 1, 2}, 0},   {{-3, 3, 1}, 0.5},     {{1, 1, 1}, 0.15}};
    for (size_t k = 0; k < sizeof cases / sizeof cases[0]; k++) {
        for (size_t points = 3; points < 120; points += 7) {
            tw_axis axis;
            double low = 0, high = 0;
            for (int i = 0; i < 3; i++) {
                low = fmin(low, cases[k].values[i]);
                high = fmax(high, cases[k].values[i]);
            }
            double more = cases[k].margin * (high - low), slack = 1e-8 * (high - low);
            assert_ok(tw_axis_around(3, cases[k].values, cases[k].margin, points, &axis));
            double step = (axis.last - axis.first) / (double)(axis.count - 1);
            assert_true(axis.first <= low - more + slack && axis.last >= high + more - slack);
            assert_true(axis.first > low - more - 1.001 * step);
            assert_true(axis.last < high + more + 1.001 * step);
            assert_true(axis.count <= points + 1 && (double)axis.count > 0.89 * (double)points);
            char text[32];
            snprintf(text, sizeof text, "%.1e", step);
            assert_close(strtod(text, NULL), step, 1e-9, 0); /* of two digits */
            size_t zeros = 0;
            for (size_t i = 0; i < axis.count; i++)
                zeros += tw_axis_value(&axis, i) == 0;
            assert_int_equal(zeros, 1);
        }
    }
}

static void no_range(void **state) {
    tw_axis axis = {1, 2, 3};
    const double zeros[2] = {0, 0}, bad[2] = {1, INFINITY}, wide[2] = {-DBL_MAX, DBL_MAX};
    assert_fails(TW_ERR_ARGUMENT, "coordinate 1 is inf", tw_axis_around(2, bad, 0.1, 51, &axis));
    assert_fails(TW_ERR_ARGUMENT, "no axis", tw_axis_around(2, wide, 0.1, 51, &axis));
    assert_fails(TW_ERR_ARGUMENT, "an axis of 2 points", tw_axis_around(2, zeros, 0.1, 2, &axis));
    assert_fails(TW_ERR_ARGUMENT, "margin", tw_axis_around(2, zeros, -1, 51, &axis));
    assert_true(axis.first == 1 && axis.last == 2 && axis.count == 3);
    assert_ok(tw_axis_around(2, zeros, 0.1, 51, &axis));
    assert_true(axis.first == -1 && axis.last == 1 && axis.count == 51);
    assert_ok(tw_axis_around(0, NULL, 0.1, 51, &axis));
    assert_true(axis.first == -1 && axis.last == 1);
}

/* ---- barriers ---- */

/* 16 t^2 (1 - t)^2 + 2 - t: two minima with a hill of height 1 over the line between them. */
static void hill(void **state) {
    static const char *const names[] = {"train_loss"};
    tw_surface line;
    tw_barrier barrier;
    assert_ok(tw_surface_init(&line, &(tw_axis){-0.5, 1.5, 401}, NULL, 1, names));
    for (size_t i = 0; i < line.nx; i++) {
        double t = line.x[i];
        line.values[i] = 16 * t * t * (1 - t) * (1 - t) + 2 - t;
        line.computed[i] = 1;
    }
    assert_ok(tw_surface_barrier(&line, 0, NAN, NAN, &barrier));
    assert_close(barrier.from, 2, 1e-15, 0);
    assert_close(barrier.to, 1, 1e-15, 0);
    assert_close(barrier.height, 1, 1e-14, 0);
    assert_close(barrier.at, 0.5, 1e-14, 0);
    size_t top = 188; /* not in the middle: the hill leans */
    for (size_t i = 0; i < line.nx; i++)
        if (line.x[i] >= 0 && line.x[i] <= 1 && line.values[i] > line.values[top])
            top = i;
    assert_true(fabs(line.x[top] - 0.4375) < 0.01 && barrier.highest == line.values[top]);
    assert_int_equal(barrier.points, 199);
    assert_int_equal(barrier.not_finite, 0);

    line.values[220] = NAN;
    assert_ok(tw_surface_barrier(&line, 0, NAN, NAN, &barrier));
    assert_true(barrier.height == INFINITY && barrier.at == line.x[220] && barrier.not_finite == 1);
    line.values[220] = 0;
    line.values[0] = INFINITY; /* outside */
    assert_ok(tw_surface_barrier(&line, 0, NAN, NAN, &barrier));
    assert_close(barrier.height, 1, 1e-14, 0);
    line.computed[220] = 0;
    assert_fails(TW_ERR_ARGUMENT, "0.6, between the ends, is not computed",
                 tw_surface_barrier(&line, 0, NAN, NAN, &barrier));
    line.computed[220] = 1;
    /* interpolated points count, an end only where its loss is not given */
    for (size_t i = 0; i < line.nx; i++)
        line.computed[i] = 2;
    assert_ok(tw_surface_barrier(&line, 0, NAN, NAN, &barrier));
    assert_true(barrier.from == 2 && barrier.to == 1 && barrier.points == 199);
    assert_ok(tw_surface_barrier(&line, 0, 3, 1.5, &barrier));
    assert_true(barrier.from == 3 && barrier.to == 1.5);
    memset(line.computed, 1, line.nx);
    assert_fails(TW_ERR_ARGUMENT, "along a line", tw_surface_barrier(&line, 1, 1, 1, &barrier));

    /* downhill all the way is no barrier */
    for (size_t i = 0; i < line.nx; i++)
        line.values[i] = line.x[i] * line.x[i];
    assert_ok(tw_surface_barrier(&line, 0, NAN, NAN, &barrier));
    assert_true(barrier.height == 0 && barrier.at == 0 && barrier.highest == 1);
    tw_surface_release(&line);
}

static void ends_off_the_line(void **state) {
    static const char *const names[] = {"train_loss"};
    tw_surface line, plane;
    tw_barrier barrier;
    assert_ok(tw_surface_init(&line, &(tw_axis){0.25, 0.75, 2}, NULL, 1, names));
    line.values[0] = 5;
    line.values[1] = 3;
    line.computed[0] = line.computed[1] = 1;
    assert_ok(tw_surface_barrier(&line, 0, 2, 4, &barrier));
    assert_true(barrier.height == 2.5 && barrier.at == 0.25 && barrier.highest == 5);
    assert_fails(TW_ERR_ARGUMENT, "the loss at 1 is neither",
                 tw_surface_barrier(&line, 0, 2, NAN, &barrier));
    assert_fails(TW_ERR_ARGUMENT, "the loss at 0 is neither",
                 tw_surface_barrier(&line, 0, NAN, 4, &barrier));
    tw_surface_release(&line);
    assert_ok(tw_surface_init(&line, &(tw_axis){-1, 1, 3}, NULL, 1, names));
    line.computed[0] = line.computed[1] = line.computed[2] = 1;
    assert_fails(TW_ERR_ARGUMENT, "no point of the line lies between",
                 tw_surface_barrier(&line, 0, NAN, NAN, &barrier));
    tw_surface_release(&line);
    assert_ok(tw_surface_init(&plane, &(tw_axis){-1, 1, 3}, &(tw_axis){-1, 1, 3}, 1, names));
    assert_fails(TW_ERR_ARGUMENT, "along a line", tw_surface_barrier(&plane, 0, 1, 1, &barrier));
    tw_surface_release(&plane);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(known_triangle),    cmocka_unit_test(random_triangles),
        cmocka_unit_test(no_triangle),       cmocka_unit_test(ranges),
        cmocka_unit_test(no_range),          cmocka_unit_test(hill),
        cmocka_unit_test(ends_off_the_line),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
