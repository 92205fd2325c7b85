/* Every allocation of opening a shared object, and of every question to it, fails once: an error,
 * no crash, no leak (the sanitized build looks for those), x as it was. */
#include "failing_alloc.h"
#include "support.h"

enum { N = 5, METRICS = 3 };

static const size_t indices[] = {0, 4}, samples[] = {2, 1};
static const double steps[] = {0.5, -1};

static tw_status value(tw_objective *f, const double *x, double *out) {
    return tw_objective_value(f, x, out);
}

static tw_status batch(tw_objective *f, const double *x, double *out) {
    return tw_objective_batch(f, 3, x, out);
}

static tw_status gradient(tw_objective *f, const double *x, double *out) {
    return tw_objective_gradient(f, x, out + N, out);
}

static tw_status sample_gradient(tw_objective *f, const double *x, double *out) {
    return tw_objective_sample_gradient(f, x, &(tw_batch){samples, 2, 0}, out + N, out);
}

static tw_status hessian_product(tw_objective *f, const double *x, double *out) {
    return tw_objective_hessian_product(f, x, x + N, out);
}

static tw_status differences(tw_objective *f, const double *x, double *out) {
    return tw_objective_coordinate_differences(f, x, 2, indices, steps, out);
}

static tw_status complex_value(tw_objective *f, const double *x, double *out) {
    return tw_objective_complex_value(f, x, x + N, out);
}

static char path[4096];

static void find_plugin(const char *name) {
    snprintf(path, sizeof path, "%s/%s.so", getenv("THALWEG_PLUGINS"), name);
}

/* Opens with allocation `which` failing; how many there were. */
static size_t open_failing(const char *argument, size_t which, tw_status *status) {
    tw_objective *f = NULL;
    failing_alloc_arm(which);
    *status = tw_plugin_open(path, argument, NULL, &f);
    size_t count = failing_alloc_disarm();
    assert_true((*status == TW_OK) == (f != NULL));
    tw_objective_free(f);
    return count;
}

static void every_allocation_of_opening(void **state) {
    static const struct {
        const char *name, *argument;
    } cases[] = {
        {"whole", "7"}, {"whole", NULL}, {"broken_good", NULL}, {"broken_short_plain", NULL}};
    for (size_t c = 0; c < sizeof cases / sizeof cases[0]; c++) {
        tw_status status;
        find_plugin(cases[c].name);
        size_t count = open_failing(cases[c].argument, 0, &status);
        assert_ok(status);
        assert_true(count > 5);
        for (size_t which = 1; which <= count; which++) {
            open_failing(cases[c].argument, which, &status);
            assert_int_equal(status, TW_ERR_MEMORY);
        }
    }
}

static void every_allocation_of_every_question(void **state) {
    tw_status (*const questions[])(tw_objective *, const double *, double *) = {
        value, batch, gradient, sample_gradient, hessian_product, differences, complex_value};
    double x[3 * N], kept[3 * N], out[3 * N];
    tw_rng_fill_normal(2, 2, 0, 3 * N, x);
    memcpy(kept, x, sizeof x);
    find_plugin("whole");
    for (size_t q = 0; q < sizeof questions / sizeof questions[0]; q++) {
        tw_objective *f = NULL;
        assert_ok(tw_plugin_open(path, NULL, NULL, &f));
        failing_alloc_arm(1);
        tw_status status = questions[q](f, x, out);
        assert_int_equal(failing_alloc_disarm(), 1);
        assert_int_equal(status, TW_ERR_MEMORY);
        assert_memory_equal(x, kept, sizeof x);
        assert_ok(questions[q](f, x, out)); /* the next one is as if nothing had been */
        tw_objective_free(f);
    }
}

/* A model for each thread: one that cannot be made is an error, not a crash. */
static void copies_for_threads(void **state) {
    double x[3] = {1, 2, 3}, direction[3] = {1, 0, 1}, c[20] = {0}, out[20 * METRICS];
    const double *const directions[] = {direction};
    tw_runner *runner = NULL;
    assert_ok(tw_runner_new(3, &runner));
    find_plugin("whole_copies");
    size_t count = 1, memory = 0;
    for (size_t which = 0; which <= count; which++) {
        tw_objective *f = NULL;
        tw_span *span = NULL;
        assert_ok(tw_plugin_open(path, "3", runner, &f));
        assert_ok(tw_span_open(f, x, 1, directions, TW_SPAN_ROWS, &span));
        failing_alloc_arm(which);
        tw_status status = tw_span_values(span, 20, c, out);
        size_t made = failing_alloc_disarm();
        if (which == 0)
            count = made;
        assert_true(status == TW_OK || (which > 0 && status == TW_ERR_MEMORY));
        memory += status == TW_ERR_MEMORY;
        tw_span_close(span);
        tw_objective_free(f);
    }
    assert_true(memory >= 3); /* the list of copies, two copies at the least */
    tw_runner_free(runner);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_allocation_of_opening),
        cmocka_unit_test(every_allocation_of_every_question),
        cmocka_unit_test(copies_for_threads),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
