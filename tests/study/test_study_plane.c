/* Planes of any objective by the words of their sources: against directions made by hand. */
#include <math.h>
#include <unistd.h>

#include "support.h"

enum { N = 6 };

static double bowl(size_t n, const double *x, void *user) {
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += (double)(i + 1) * x[i] * x[i];
    return sum;
}

/* Of more parameters than FEW, so that random pairs stay as they are drawn. */
static tw_objective *wide(size_t n) {
    tw_objective *f = NULL;
    assert_ok(tw_objective_from_function(bowl, NULL, n, &f));
    return f;
}

static void random_pairs(void **state) {
    enum { MANY = 4000 };
    static double w[MANY], dx[MANY], dy[MANY];
    tw_objective *f = wide(MANY);
    tw_study study = tw_study_defaults();
    tw_study_plane_options options = tw_study_plane_defaults();
    tw_plane plane;
    study.seed = 7;
    tw_rng_fill_normal(1, 2, 0, MANY, w);
    tw_direction_random(tw_objective_space(f), 7, "x", dx);
    tw_direction_random(tw_objective_space(f), 7, "y", dy);
    assert_ok(tw_study_plane_make(&study, f, w, 2, NULL, &plane));
    assert_string_equal(plane.source[0], "random");
    assert_memory_equal(plane.origin, w, sizeof w);
    assert_close(tw_direction_length(MANY, plane.x), tw_direction_length(MANY, w), 1e-14, 0);
    assert_close(plane.x[5] / plane.x[9], dx[5] / dx[9], 1e-13, 0);
    assert_close(plane.angle, tw_direction_angle(MANY, dx, dy), 1e-12, 0);
    assert_close(plane.cosine, cos(plane.angle * M_PI / 180), 0, 1e-12);
    tw_plane_release(&plane);
    options.norm = TW_NORM_NONE;
    assert_ok(tw_study_plane_make(&study, f, w, 2, &options, &plane));
    assert_memory_equal(plane.x, dx, sizeof dx);
    assert_memory_equal(plane.y, dy, sizeof dy);
    tw_plane_release(&plane);
    options.norm = -1;
    options.scale = 0.5;
    assert_ok(tw_study_plane_make(&study, f, w, 1, &options, &plane));
    assert_true(plane.rank == 1 && plane.y == NULL && plane.x[3] == 0.5 * dx[3]);
    assert_true(isnan(plane.angle));
    tw_plane_release(&plane);
    tw_objective_free(f);
}

/* A parameter is 1 in its entry, 0 at the origin; what is drawn beside it leaves it alone. */
static void parameters(void **state) {
    const double w[N] = {1, 2, 3, 4, 5, 6};
    tw_objective *f = wide(N);
    tw_study study = tw_study_defaults();
    tw_study_plane_options options = tw_study_plane_defaults();
    tw_plane plane;
    options.dx = "axis:x[2]";
    options.dy = "axis:4";
    assert_ok(tw_study_plane_make(&study, f, w, 2, &options, &plane));
    for (int i = 0; i < N; i++) {
        assert_true(plane.x[i] == (i == 2) && plane.y[i] == (i == 4));
        assert_true(plane.origin[i] == (i == 2 || i == 4 ? 0 : w[i]));
    }
    assert_true(plane.angle == 90 && plane.cosine == 0);
    tw_plane_release(&plane);
    options.dy = "random";
    assert_ok(tw_study_plane_make(&study, f, w, 2, &options, &plane));
    assert_close(plane.y[2], 0, 0, 1e-15);
    assert_close(plane.angle, 90, 1e-13, 0);
    tw_plane_release(&plane);
    options.dy = "axis:2";
    assert_fails(TW_ERR_ARGUMENT, "the parameter of the other axis as well",
                 tw_study_plane_make(&study, f, w, 2, &options, &plane));
    assert_true(plane.x == NULL && plane.rank == 0);
    options.dy = "axis:6";
    assert_fails(TW_ERR_ARGUMENT, "--dy: 'axis:6': the parameters are 0 to 5",
                 tw_study_plane_make(&study, f, w, 2, &options, &plane));
    tw_objective_free(f);
}

static tw_status bowl_value(void *ctx, size_t n, const double *x, double *values) {
    values[0] = bowl(n, x, NULL);
    return TW_OK;
}

static tw_status bowl_gradient(void *ctx, size_t n, const double *x, double *values,
                               double *gradient) {
    for (size_t i = 0; i < n; i++)
        gradient[i] = 2 * (double)(i + 1) * x[i];
    return values != NULL ? bowl_value(ctx, n, x, values) : TW_OK;
}

/* Brought to the size of the point as random ones are, but not turned: it is not drawn. */
static void the_gradient(void **state) {
    static const tw_objective_ops ops = {.value = bowl_value, .gradient = bowl_gradient};
    const double w[N] = {1, 2, 3, 4, 5, 6};
    tw_objective *f = wide(N), *g = NULL;
    tw_study study = tw_study_defaults();
    tw_study_plane_options options = tw_study_plane_defaults();
    tw_plane plane;
    options.dx = "axis:0";
    options.dy = "gradient";
    assert_fails(TW_ERR_UNSUPPORTED,
                 "--dy: ", tw_study_plane_make(&study, f, w, 2, &options, &plane));
    assert_ok(tw_objective_new(&ops, NULL, N, NULL, &g));
    assert_ok(tw_study_plane_make(&study, g, w, 2, &options, &plane));
    assert_close(plane.y[2] / plane.y[0], 9, 1e-13, 0);
    assert_close(tw_direction_length(N, plane.y), tw_direction_length(N, w), 1e-14, 0);
    tw_plane_release(&plane);
    options.norm = TW_NORM_NONE;
    assert_ok(tw_study_plane_make(&study, g, w, 2, &options, &plane));
    assert_true(plane.y[0] == 2 && plane.y[5] == 72);
    tw_plane_release(&plane);
    tw_objective_free(g);
    tw_objective_free(f);
}

/* Vectors of the caller's go in as they are. */
static void given_vectors(void **state) {
    const double w[N] = {1, 2, 3, 4, 5, 6}, u[N] = {1, 0, 2, 0, 0, 9}, v[N] = {0, NAN, 0, 0, 0, 0};
    tw_objective *f = wide(N);
    tw_study study = tw_study_defaults();
    tw_study_plane_options options = tw_study_plane_defaults();
    tw_plane plane;
    options.dx = options.dy = "given";
    options.x_vector = u;
    assert_fails(TW_ERR_ARGUMENT, "--dy: 'given' means a vector",
                 tw_study_plane_make(&study, f, w, 2, &options, &plane));
    options.y_vector = v;
    assert_fails(TW_ERR_ARGUMENT, "--dy: entry 1 is nan",
                 tw_study_plane_make(&study, f, w, 2, &options, &plane));
    options.y_vector = w;
    assert_ok(tw_study_plane_make(&study, f, w, 2, &options, &plane));
    assert_memory_equal(plane.x, u, sizeof u);
    assert_memory_equal(plane.y, w, sizeof w);
    assert_string_equal(plane.source[0], "given");
    tw_plane_release(&plane);
    tw_objective_free(f);
}

static void files(void **state) {
    const double w[N] = {1, 2, 3, 4, 5, 6}, other[N] = {2, 2, 2, 2, 2, 2};
    char path[] = "/tmp/thalweg-plane-XXXXXX.npy";
    int file = mkstemps(path, 4);
    assert_true(file >= 0);
    close(file);
    assert_ok(tw_array_write(path, 1, (size_t[]){N}, other));
    char towards[64];
    snprintf(towards, sizeof towards, "to:%s", path);
    tw_objective *f = wide(N);
    tw_study study = tw_study_defaults();
    tw_study_plane_options options = tw_study_plane_defaults();
    tw_plane plane;
    options.dx = towards;
    options.dy = path;
    assert_ok(tw_study_plane_make(&study, f, w, 2, &options, &plane));
    for (int i = 0; i < N; i++)
        assert_true(plane.x[i] == other[i] - w[i] && plane.y[i] == other[i]);
    assert_string_equal(plane.source[0], towards);
    assert_string_equal(plane.source[1], path);
    tw_plane_release(&plane);
    unlink(path);
    assert_fails(TW_ERR_IO, "--dx: ", tw_study_plane_make(&study, f, w, 2, &options, &plane));
    tw_objective_free(f);
}

/* ---- eigenvectors ---- */

enum { FORM = 200 };
static size_t products_made;

/* Two of the largest and two of the smallest stand out of the rest. */
static double form_entry(size_t i) {
    static const double ends[] = {5, 4, -2, -3};
    return i < 4 ? ends[i] : sin((double)i);
}

static tw_status form_value(void *ctx, size_t n, const double *x, double *values) {
    values[0] = 0;
    for (size_t i = 0; i < n; i++)
        values[0] += form_entry(i) * x[i] * x[i] / 2;
    return TW_OK;
}

static tw_status form_products(void *ctx, size_t n, const double *x, size_t count,
                               const double *vectors, double *products) {
    products_made += count;
    for (size_t k = 0; k < count * n; k++)
        products[k] = form_entry(k % n) * vectors[k];
    return TW_OK;
}

/* Products that a slice (dy is NULL) or a plane takes; the axes are entries x and y of the form. */
static size_t check_eigenvectors(tw_objective *f, const char *dx, const char *dy, size_t x,
                                 size_t y) {
    static double w[FORM];
    tw_study study = tw_study_defaults();
    tw_study_plane_options options = tw_study_plane_defaults();
    tw_plane plane;
    w[7] = 1;
    options.dx = dx;
    options.dy = dy;
    products_made = 0;
    assert_ok(tw_study_plane_make(&study, f, w, dy != NULL ? 2 : 1, &options, &plane));
    assert_close(fabs(plane.x[x]), 1, 0, 1e-6);
    if (dy != NULL)
        assert_close(fabs(plane.y[y]), 1, 0, 1e-6);
    tw_plane_release(&plane);
    return products_made;
}

/* Two axes are one search, whichever ends they are of. */
static void eigenvectors(void **state) {
    const double w[FORM] = {1};
    const tw_objective_ops ops = {
        .bytes = sizeof ops, .value = form_value, .hessian_products = form_products};
    tw_objective_traits traits = {.bytes = sizeof traits, .name = "form"};
    tw_study study = tw_study_defaults();
    tw_study_plane_options options = tw_study_plane_defaults();
    tw_objective *f = NULL;
    tw_plane plane;
    assert_ok(tw_objective_new(&ops, NULL, FORM, &traits, &f));
    size_t largest = check_eigenvectors(f, "eigen:1", NULL, 0, 0);
    size_t smallest = check_eigenvectors(f, "eigen:-1", NULL, 3, 0);
    size_t both = check_eigenvectors(f, "eigen:1", "eigen:-1", 0, 3);
    assert_true(10 * both < 7 * (largest + smallest));
    assert_int_equal(check_eigenvectors(f, "eigen:-1", "eigen:1", 3, 0), both);
    check_eigenvectors(f, "eigen:2", "eigen:1", 1, 0);
    check_eigenvectors(f, "eigen:-1", "eigen:-2", 3, 2);
    options.dx = "eigen:1";
    options.dy = "eigen:-201";
    products_made = 0;
    assert_fails(TW_ERR_ARGUMENT, "--dy: 'eigen:-201': there are 200 eigenvectors",
                 tw_study_plane_make(&study, f, w, 2, &options, &plane));
    assert_int_equal(products_made, 2); /* nothing is searched for */
    tw_objective_free(f);
}

static void bad_input(void **state) {
    const double w[N] = {1, 1, 1, 1, 1, 1};
    tw_objective *f = wide(N);
    tw_study study = tw_study_defaults();
    tw_study_plane_options none = {0}, options = tw_study_plane_defaults();
    tw_plane plane;
    assert_fails(TW_ERR_ARGUMENT, "tw_study_plane_defaults",
                 tw_study_plane_make(&study, f, w, 2, &none, &plane));
    assert_fails(TW_ERR_ARGUMENT, "rank 3", tw_study_plane_make(&study, f, w, 3, NULL, &plane));
    options.peer_rules = 1;
    options.norm = TW_NORM_MODEL;
    assert_fails(TW_ERR_ARGUMENT, "the peer has no norm",
                 tw_study_plane_make(&study, f, w, 2, &options, &plane));
    options = tw_study_plane_defaults();
    options.to = "w.npy";
    assert_fails(TW_ERR_ARGUMENT, "belong to a landscape",
                 tw_study_plane_make(&study, f, w, 2, &options, &plane));
    assert_string_equal(tw_study_plane_source(0), "random");
    assert_null(tw_study_plane_source(100));
    tw_objective_free(f);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(random_pairs),  cmocka_unit_test(parameters),
        cmocka_unit_test(the_gradient),  cmocka_unit_test(files),
        cmocka_unit_test(eigenvectors),  cmocka_unit_test(bad_input),
        cmocka_unit_test(given_vectors),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
