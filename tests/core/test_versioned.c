/* Structs that users fill in, of programs older and newer than the library. */
#include "core/versioned.h"

#include <stddef.h>

#include "support.h"

/* As the library knows it, the first version having ended with `second`; and as a later one does.
 */
typedef struct known {
    size_t bytes;
    double first;
    int second;
    double third;
} known;

typedef struct later {
    known now;
    double fourth;
} later;

static void sizes(void **state) {
    later given = {{0, 1.5, 2, 3}, 0};
    known out;
    assert_ok(TW_TAKE(known, second, &out, &given.now)); /* 0: what the first version had */
    assert_int_equal(out.bytes, sizeof out);
    assert_true(out.first == 1.5 && out.second == 2 && out.third == 0);
    given.now.bytes = offsetof(known, second); /* a program older than that */
    assert_ok(TW_TAKE(known, second, &out, &given.now));
    assert_true(out.first == 1.5 && out.second == 0 && out.third == 0);
    given.now.bytes = sizeof(known);
    assert_ok(TW_TAKE(known, second, &out, &given.now));
    assert_true(out.first == 1.5 && out.second == 2 && out.third == 3);
    given.now.bytes = sizeof(later); /* newer, but nothing of it used */
    assert_ok(TW_TAKE(known, second, &out, &given.now));
    assert_int_equal(out.bytes, sizeof out);
    assert_true(out.third == 3);
    given.fourth = 1;
    assert_fails(TW_ERR_UNSUPPORTED, "known: the program sets a member",
                 TW_TAKE(known, second, &out, &given.now));
    given.now.bytes = 3;
    assert_fails(TW_ERR_ARGUMENT, "known: bytes is 3; give sizeof(known), or 0",
                 TW_TAKE(known, second, &out, &given.now));
    given.now.bytes = SIZE_MAX - 8; /* memory that is no struct: nothing behind it is read */
    assert_fails(TW_ERR_ARGUMENT, "give sizeof(known), or 0",
                 TW_TAKE(known, second, &out, &given.now));
    assert_ok(TW_TAKE(known, second, &out, NULL));
    assert_true(out.bytes == sizeof out && out.first == 0 && out.second == 0 && out.third == 0);
}

/* Where what is not given is not zero. */
static void over_defaults(void **state) {
    const known usual = {sizeof(known), 10, 20, 30};
    later given = {{0, 1.5, 2, 3}, 0};
    known out = usual;
    assert_ok(TW_TAKE_OVER(known, known_defaults, &out, NULL));
    assert_memory_equal(&out, &usual, sizeof out);
    assert_fails(TW_ERR_ARGUMENT, "known: bytes is 0; begin with known_defaults()",
                 TW_TAKE_OVER(known, known_defaults, &out, &given.now));
    given.now.bytes = 3;
    assert_fails(TW_ERR_ARGUMENT, "known: bytes is 3; begin with known_defaults()",
                 TW_TAKE_OVER(known, known_defaults, &out, &given.now));
    given.now.bytes = SIZE_MAX - 8;
    assert_fails(TW_ERR_ARGUMENT, "begin with known_defaults()",
                 TW_TAKE_OVER(known, known_defaults, &out, &given.now));
    assert_memory_equal(&out, &usual, sizeof out);
    given.now.bytes = offsetof(known, second);
    assert_ok(TW_TAKE_OVER(known, known_defaults, &out, &given.now));
    assert_int_equal(out.bytes, sizeof out);
    assert_true(out.first == 1.5 && out.second == 20 && out.third == 30);
    given.now.bytes = sizeof(later);
    assert_ok(TW_TAKE_OVER(known, known_defaults, &out, &given.now));
    assert_int_equal(out.bytes, sizeof out);
    assert_true(out.second == 2 && out.third == 3);
    given.fourth = 1;
    assert_fails(TW_ERR_UNSUPPORTED, "known: the program sets a member",
                 TW_TAKE_OVER(known, known_defaults, &out, &given.now));
    assert_ok(TW_TAKE_INNER(known, known_defaults, usual));
    assert_fails(TW_ERR_ARGUMENT, "known: bytes is 48, not 32; begin with known_defaults()",
                 TW_TAKE_INNER(known, known_defaults, ((known){.bytes = 48})));
}

/* Through the doors: options of another size reach every function that takes some. */
static double parabola(size_t n, const double *x, void *user) {
    return x[0] * x[0];
}

static tw_status square(void *user, size_t n, const double *x, size_t m, double *residuals) {
    residuals[0] = x[0] * x[0];
    return TW_OK;
}

static tw_status phi(void *user, double t, double *value) {
    *value = t;
    return TW_OK;
}

static void every_door(void **state) {
    enum { BAD = 3 };
    double x[1] = {1}, out[1];
    size_t index = 0;
    tw_objective *f = NULL, *g = NULL;
    tw_dataset *data = NULL;
    tw_derivative d;
    tw_noise noise;
    tw_sweep sweep;
    tw_plane plane;
    tw_gradcheck *check = NULL;
    tw_residuals r = {.function = square, .n = 1, .m = 1}, bad = {.bytes = BAD};
    tw_objective_ops ops = {.bytes = BAD};
    assert_ok(tw_objective_from_function(parabola, NULL, 1, &f));
#define REFUSED(call) assert_fails(TW_ERR_ARGUMENT, "bytes is 3; give sizeof(", call)
    REFUSED(tw_objective_new(&ops, NULL, 1, NULL, &g));
    REFUSED(tw_objective_new(NULL, NULL, 1, &(tw_objective_traits){.bytes = BAD}, &g));
    REFUSED(tw_derivative_scalar(phi, NULL, &(tw_derivative_options){.bytes = BAD}, &d));
    REFUSED(tw_noise_estimate(phi, NULL, &(tw_derivative_options){.bytes = BAD}, &noise));
    REFUSED(tw_derivative_directional(f, x, NULL, 0, &(tw_derivative_options){.bytes = BAD}, &d));
    REFUSED(
        tw_derivative_coordinates(f, x, 1, &index, &(tw_coordinates_options){.bytes = BAD}, &d));
    REFUSED(tw_diff_gradient(f, x, &(tw_diff_options){.bytes = BAD}, out, NULL));
    REFUSED(tw_diff_hessian(f, x, &(tw_hessian_options){.bytes = BAD}, out, NULL));
    REFUSED(tw_diff_jacobian(&r, x, &(tw_jacobian_options){.bytes = BAD}, out, NULL));
    REFUSED(tw_diff_jacobian(&bad, x, NULL, out, NULL));
    REFUSED(tw_diff_sweep(f, x, NULL, 0, &(tw_sweep_options){.bytes = BAD}, &sweep));
    REFUSED(tw_gradcheck_run(f, x, &(tw_gradcheck_options){.bytes = BAD}, &check));
    REFUSED(tw_dataset_open("synthetic:10", &(tw_dataset_options){.bytes = BAD}, &data));
    REFUSED(tw_program_open("cat", &(tw_program_options){.bytes = BAD}, NULL, &g));
    REFUSED(tw_trajectory_axes(NULL, &(tw_pca_options){.bytes = BAD}, 1, &plane));
    REFUSED(tw_direction_apply(tw_objective_space(f), &(tw_direction_rules){.bytes = BAD}, x, out));
    REFUSED(tw_survey_run(f, NULL, &(tw_survey_options){.bytes = BAD}, NULL));
    REFUSED(
        tw_survey_adaptive(f, NULL, NULL, &(tw_adaptive_options){.bytes = BAD}, NULL, NULL, NULL));
    REFUSED(tw_optim_run(tw_optimizer_find("local-search"), f, x, &(tw_optim_options){.bytes = BAD},
                         NULL));
    REFUSED(tw_fetch("mnist", "nowhere", &(tw_fetch_options){.bytes = BAD}));
    assert_ok(tw_dataset_open("synthetic:10", NULL, &data));
    REFUSED(tw_linear_new(data, &(tw_linear_options){.bytes = BAD}, NULL, &g));
    REFUSED(tw_mlp_new(data, &(tw_mlp_options){.bytes = BAD}, NULL, &g));
    tw_dataset_free(data);
    tw_objective_free(f);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sizes),
        cmocka_unit_test(over_defaults),
        cmocka_unit_test(every_door),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
