/* What a plane shows of a matrix of known eigenvalues, and what random planes do. */
#include <math.h>

#include "quadratic.h"

enum { N = 60 };

static double values[N];
static quadratic form = {.n = N, .values = values};

static tw_curvature *open_form(tw_objective **f) {
    static const double zero[N];
    tw_curvature *m = NULL;
    for (size_t i = 0; i < N; i++)
        values[i] = i == 0 ? -4 : i == 1 ? 9 : 0.1 * (double)(i % 7);
    *f = quadratic_objective(&form);
    assert_ok(tw_curvature_open(*f, zero, NULL, &m));
    return m;
}

/* Planes of eigenvectors show their eigenvalues, whatever the lengths and the angle of the axes. */
static void planes_of_eigenvectors(void **state) {
    tw_objective *f;
    tw_curvature *m = open_form(&f);
    tw_spectrum *s;
    tw_spectrum_result pairs;
    tw_plane_curvature found;
    double x[N], y[N];
    assert_ok(tw_spectrum_open(m, &(tw_spectrum_options){.tolerance = 1e-10}, &s));
    assert_ok(tw_spectrum_run(s, 1000));
    assert_ok(tw_spectrum_result_of(s, &pairs));
    const double *up = pairs.largest[0].vector, *down = pairs.smallest[0].vector;
    for (size_t i = 0; i < N; i++) {
        x[i] = 3 * up[i] + 0.01 * down[i];
        y[i] = -100 * up[i] + 7 * down[i];
    }
    assert_ok(tw_curvature_of_plane(m, A_PLANE(N, NULL, x, y), 0, 1, &found));
    assert_close(found.least, -4, 1e-7, 0);
    assert_close(found.greatest, 9, 1e-7, 0);
    assert_int_equal(found.draws, 16);
    assert_ok(tw_curvature_of_plane(m, A_PLANE(N, NULL, up, NULL), 0, 1, &found));
    assert_close(found.least, 9, 1e-10, 0);
    assert_close(found.greatest, 9, 1e-10, 0);
    for (size_t i = 0; i < N; i++)
        y[i] = -2 * up[i];
    assert_ok(tw_curvature_of_plane(m, A_PLANE(N, NULL, up, y), 0, 1, &found)); /* a line */
    assert_close(found.least, 9, 1e-10, 0);
    tw_spectrum_close(s);
    tw_curvature_close(m);
    tw_objective_free(f);
}

/* Random directions have tr A / n on average: over 200 seeds two standard errors hold it in 88 %
 * (16 draws of a form with two large eigenvalues are skew). */
static void random_directions_have_the_mean(void **state) {
    tw_objective *f;
    tw_curvature *m = open_form(&f);
    double x[N], mean = 0;
    size_t held = 0;
    for (size_t i = 0; i < N; i++) {
        mean += values[i] / N;
        x[i] = 1 + (double)i;
    }
    for (uint64_t seed = 0; seed < 200; seed++) {
        tw_plane_curvature found;
        assert_ok(tw_curvature_of_plane(m, A_PLANE(N, NULL, x, NULL), 0, seed, &found));
        assert_true(found.random_error > 0);
        held += fabs(found.random - mean) <= 2 * found.random_error;
    }
    assert_true(held >= 176 && held < 200);
    tw_curvature_close(m);
    tw_objective_free(f);
}

/* Powers of two change nothing but the size, where squares are no numbers too. */
static void sizes_are_no_matter(void **state) {
    static const int powers[] = {0, 990, -990};
    static const double zero[N];
    double x[N], scaled[N];
    tw_plane_curvature first = {0}, found;
    for (size_t i = 0; i < N; i++)
        x[i] = 1 + (double)i;
    for (int k = 0; k < 3; k++) {
        quadratic q = {.n = N, .values = scaled};
        for (size_t i = 0; i < N; i++)
            scaled[i] = ldexp(cos((double)i), powers[k]);
        tw_objective *f = quadratic_objective(&q);
        tw_curvature *m;
        assert_ok(tw_curvature_open(f, zero, NULL, &m));
        assert_ok(tw_curvature_of_plane(m, A_PLANE(N, NULL, x, NULL), 0, 1, &found));
        if (k == 0)
            first = found;
        assert_close(ldexp(found.least, -powers[k]), first.least, 1e-13, 0);
        assert_close(ldexp(found.random, -powers[k]), first.random, 1e-13, 0);
        assert_close(ldexp(found.random_error, -powers[k]), first.random_error, 1e-13, 0);
        tw_curvature_close(m);
        tw_objective_free(f);
    }
    assert_true(first.random_error > 0);
}

/* Where the axes do not move, random directions do not either. */
static void blocks_that_stay(void **state) {
    static const double zero[N];
    double x[N] = {0};
    tw_space *space = NULL;
    tw_curvature *m;
    tw_plane_curvature found;
    double flat[N];
    quadratic q = {.n = N, .values = flat};
    for (size_t i = 0; i < N; i++)
        flat[i] = 2;
    assert_ok(tw_space_new(&space));
    assert_ok(tw_space_add(space, &(tw_block){.name = "W", .rank = 2, .shape = {10, 5}}));
    assert_ok(tw_space_add(space, &(tw_block){.name = "b", .rank = 1, .shape = {10}}));
    tw_objective *f = quadratic_in(&q, space);
    assert_ok(tw_curvature_open(f, zero, NULL, &m));
    x[52] = 1;
    assert_ok(tw_curvature_of_plane(m, A_PLANE(N, NULL, x, NULL), 2, 1, &found));
    assert_close(found.random, 2, 1e-12, 0);
    assert_fails(TW_ERR_ARGUMENT, "no length",
                 tw_curvature_of_plane(m, A_PLANE(N, NULL, zero, NULL), 2, 1, &found));
    assert_fails(TW_ERR_ARGUMENT, "second axis has no length",
                 tw_curvature_of_plane(m, A_PLANE(N, NULL, x, zero), 2, 1, &found));
    assert_fails(TW_ERR_SHAPE, "7 parameters",
                 tw_curvature_of_plane(m, A_PLANE(7, NULL, x, NULL), 2, 1, &found));
    tw_curvature_close(m);
    const char *only = "W";
    assert_ok(
        tw_curvature_open(f, zero, &(tw_curvature_options){.only = &only, .only_count = 1}, &m));
    x[3] = 1; /* half of it stays: it is no direction of the matrix, of which it has half */
    assert_ok(tw_curvature_of_plane(m, A_PLANE(N, NULL, x, NULL), 2, 1, &found));
    assert_close(found.least, 1, 1e-12, 0);
    assert_close(found.random, 1, 1e-9, 0); /* filters are lengthened up to 1e-10 */
    tw_curvature_close(m);
    tw_objective_free(f);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(planes_of_eigenvectors),
        cmocka_unit_test(random_directions_have_the_mean),
        cmocka_unit_test(blocks_that_stay),
        cmocka_unit_test(sizes_are_no_matter),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
