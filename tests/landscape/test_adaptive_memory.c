/* Every allocation of an adaptive survey fails once: an error, no crash, no leak (the sanitized
 * build looks for those), and the next call goes on. Linked with the allocators wrapped. */
#include <math.h>

#include "failing_alloc.h"
#include "support.h"

static double hill(size_t n, const double *x, void *user) {
    return exp(-x[0] * x[0] - 2 * x[1] * x[1]) + fabs(x[0] - 0.1);
}

static void every_allocation(void **state) {
    static const char *const names[] = {"loss"};
    const double origin[2] = {0, 0}, dx[2] = {1, 0}, dy[2] = {0, 1};
    const tw_axis axis = {-1, 1, 40};
    const tw_adaptive_options options = {.tolerance = 0.01};
    tw_objective *f;
    tw_surface whole, s;
    assert_ok(tw_objective_from_function(hill, NULL, 2, &f));
    assert_ok(tw_surface_init(&whole, &axis, &axis, 1, names));
    failing_alloc_arm(0);
    assert_ok(tw_survey_adaptive(f, A_PLANE(tw_objective_size(f), origin, dx, dy), NULL, &options,
                                 &whole, NULL, NULL));
    size_t count = failing_alloc_disarm();
    assert_true(count > 12);
    for (size_t which = 1; which <= count; which++) {
        assert_ok(tw_surface_init(&s, &axis, &axis, 1, names));
        failing_alloc_arm(which);
        tw_status status = tw_survey_adaptive(f, A_PLANE(tw_objective_size(f), origin, dx, dy),
                                              NULL, &options, &s, NULL, NULL);
        failing_alloc_disarm();
        assert_int_equal(status, TW_ERR_MEMORY);
        assert_true(strstr(tw_message(), "not enough memory") != NULL);
        assert_ok(tw_survey_adaptive(f, A_PLANE(tw_objective_size(f), origin, dx, dy), NULL,
                                     &options, &s, NULL, NULL));
        assert_memory_equal(whole.values, s.values, 40 * 40 * sizeof(double));
        assert_memory_equal(whole.computed, s.computed, 40 * 40);
        tw_surface_release(&s);
    }
    tw_surface_release(&whole);
    tw_objective_free(f);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(every_allocation)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
