/* Surfaces: layout, names, release, and sizes that do not fit. */
#include "support.h"

static const char *const names[] = {"train_loss", "train_acc", "test_loss"};

static void a_plane(void **state) {
    tw_surface s;
    memset(&s, 0x55, sizeof s); /* init does not look at what was there */
    assert_ok(tw_surface_init(&s, &(tw_axis){-1, 1, 5}, &(tw_axis){2, 0, 3}, 3, names));
    assert_int_equal(s.rank, 2);
    assert_int_equal(s.nx, 5);
    assert_int_equal(s.ny, 3);
    assert_int_equal(s.metrics, 3);
    for (int i = 0; i < 5; i++)
        assert_true(s.x[i] == -1 + 0.5 * i);
    for (int i = 0; i < 3; i++)
        assert_true(s.y[i] == 2 - i);
    for (int k = 0; k < 15; k++)
        assert_int_equal(s.computed[k], 0);
    for (int k = 0; k < 45; k++)
        assert_true(s.values[k] == 0);
    for (int m = 0; m < 3; m++) {
        assert_string_equal(s.names[m], names[m]);
        assert_ptr_not_equal(s.names[m], names[m]);
        assert_int_equal(tw_surface_metric(&s, names[m]), m);
        assert_ptr_equal(tw_surface_plane(&s, (size_t)m), s.values + 15 * m);
    }
    assert_int_equal(tw_surface_metric(&s, "train"), -1);
    assert_int_equal(tw_surface_metric(&s, ""), -1);
    tw_surface_release(&s);
    const tw_surface nothing = {0};
    assert_memory_equal(&s, &nothing, sizeof s);
    tw_surface_release(&s); /* twice does no harm */
}

static void a_line(void **state) {
    tw_surface s;
    assert_ok(tw_surface_init(&s, &(tw_axis){0, 3, 4}, NULL, 1, names));
    assert_int_equal(s.rank, 1);
    assert_int_equal(s.nx, 4);
    assert_int_equal(s.ny, 1);
    assert_null(s.y);
    assert_true(s.x[3] == 3);
    tw_surface_release(&s);
}

static void given_coordinates(void **state) {
    tw_surface s;
    double x[3] = {1, 10, -4}, y[2] = {7, 7};
    assert_ok(tw_surface_init_coordinates(&s, 3, x, 2, y, 2, names));
    assert_memory_equal(s.x, x, sizeof x);
    assert_memory_equal(s.y, y, sizeof y);
    x[0] = 0;
    assert_true(s.x[0] == 1); /* copied */
    assert_int_equal(s.rank, 2);
    tw_surface_release(&s);
    assert_ok(tw_surface_init_coordinates(&s, 3, x, 99, NULL, 1, names));
    assert_int_equal(s.rank, 1);
    assert_int_equal(s.ny, 1);
    tw_surface_release(&s);
    assert_ok(tw_surface_init_coordinates(&s, 3, x, 1, y, 1, names)); /* a plane of one row */
    assert_int_equal(s.rank, 2);
    assert_non_null(s.y);
    tw_surface_release(&s);
}

static void zeroed_is_released(void **state) {
    tw_surface s = {0};
    tw_surface_release(&s);
}

static void sizes_that_do_not_do(void **state) {
    tw_surface s;
    const double x[1] = {0};
    const tw_surface nothing = {0};
    assert_fails(TW_ERR_ARGUMENT, "0 x 1 points",
                 tw_surface_init(&s, &(tw_axis){0, 1, 0}, NULL, 1, names));
    assert_fails(TW_ERR_ARGUMENT, "2 x 0 points",
                 tw_surface_init(&s, &(tw_axis){0, 1, 2}, &(tw_axis){0, 1, 0}, 1, names));
    assert_fails(TW_ERR_ARGUMENT, "0 metrics",
                 tw_surface_init(&s, &(tw_axis){0, 1, 2}, NULL, 0, names));
    assert_fails(TW_ERR_MEMORY, "not enough memory",
                 tw_surface_init(&s, &(tw_axis){0, 1, SIZE_MAX}, NULL, 1, names));
    assert_fails(
        TW_ERR_MEMORY, "not enough memory",
        tw_surface_init(&s, &(tw_axis){0, 1, 3}, &(tw_axis){0, 1, SIZE_MAX - 1}, 1, names));
    assert_fails(TW_ERR_ARGUMENT, "points",
                 tw_surface_init_coordinates(&s, SIZE_MAX / 2, x, 3, x, 1, names));
    assert_fails(TW_ERR_ARGUMENT, "metrics",
                 tw_surface_init_coordinates(&s, 1, x, 1, NULL, SIZE_MAX / 4, names));
    assert_memory_equal(&s, &nothing, sizeof s);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_plane),
        cmocka_unit_test(a_line),
        cmocka_unit_test(given_coordinates),
        cmocka_unit_test(zeroed_is_released),
        cmocka_unit_test(sizes_that_do_not_do),
    };
    return cmocka_run_group_tests_name("surface", tests, NULL, NULL);
}
