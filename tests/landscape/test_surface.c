/* Axes and surfaces: coefficients, what a range may say, memory. */
#include <float.h>
#include <math.h>

#include "support.h"

static void test_values(void **state) {
    static const char *const texts[] = {"-1:1:51", "0:1:2",        "-3:7:11",
                                        "1:-1:21", "-1e-3:1e-3:5", "2:2:1",
                                        "5:6:100", "-1:1:1000",    "-0.7:1.4:22"};
    for (size_t t = 0; t < sizeof texts / sizeof texts[0]; t++) {
        tw_axis axis;
        assert_ok(tw_axis_parse(texts[t], &axis));
        assert_true(tw_axis_value(&axis, 0) == axis.first);
        assert_true(tw_axis_value(&axis, axis.count - 1) == axis.last);
        double most = fmax(fabs(axis.first), fabs(axis.last));
        for (size_t i = 1; i + 1 < axis.count; i++) {
            long double exact = axis.first + (long double)i *
                                                 ((long double)axis.last - axis.first) /
                                                 (long double)(axis.count - 1);
            assert_close(tw_axis_value(&axis, i), (double)exact, 0, 4 * DBL_EPSILON * most);
            assert_true((tw_axis_value(&axis, i) > tw_axis_value(&axis, i - 1)) ==
                        (axis.last > axis.first));
        }
    }
}

/* A grid that passes through the point does so exactly, whatever the ends look like in binary. */
static void test_zero_is_exact(void **state) {
    for (int first = -40; first < 0; first++)
        for (int last = 1; last <= 40; last++) {
            tw_axis axis = {first / 10.0, last / 10.0, (size_t)(last - first + 1)};
            assert_true(tw_axis_value(&axis, (size_t)-first) == 0);
            for (size_t i = 0; i < axis.count; i++)
                assert_true(i == (size_t)-first || fabs(tw_axis_value(&axis, i)) > 0.09);
        }
    const tw_axis even = {-1, 1, 50}; /* has no zero, and none is made up */
    for (size_t i = 0; i < even.count; i++)
        assert_true(fabs(tw_axis_value(&even, i)) > 0.02);
    const tw_axis wide = {-8e307, 8e307, 1000}; /* too wide to be multiplied */
    for (size_t i = 1; i < wide.count; i++)
        assert_true(tw_axis_value(&wide, i) > tw_axis_value(&wide, i - 1));
    const tw_axis fine = {-1e-300, 1, 3}; /* an end is what was asked for */
    assert_true(tw_axis_value(&fine, 0) == -1e-300);
}

static void test_symmetric(void **state) {
    for (size_t count = 2; count < 200; count++) {
        tw_axis axis = {-0.3, 0.3, count};
        for (size_t i = 0; i < count; i++)
            assert_true(tw_axis_value(&axis, i) == -tw_axis_value(&axis, count - 1 - i));
    }
}

static void test_bad_ranges(void **state) {
    static const struct {
        const char *text, *words;
    } bad[] = {{"1:1:0", "count must be"},
               {"a:b:c", "no number for FIRST"},
               {"-1:1", "count is missing"},
               {"1:0:", "no count"},
               {"", "no number"},
               {":", "no number"},
               {"-1:1:51x", "no count"},
               {"-1:1:51:2", "no count"},
               {"-1:1:5.5", "no count"},
               {"-1;1;5", "':' is missing"},
               {"nan:1:5", "must be finite"},
               {"-1:inf:5", "must be finite"},
               {"-1:1e400:5", "finite"},
               {"-1:1:0", "count must be"},
               {"-1:1:-5", "count must be"},
               {"-1:1:1000001", "count must be"},
               {"-1:1:99999999999999999999999", "count must be"},
               {"-1:1:1", "one point"},
               {"3:3:7", "no length"},
               {"-1e308:1e308:3", "wide"},
               {"-1:x:5", "no number for LAST"}};
    for (size_t k = 0; k < sizeof bad / sizeof bad[0]; k++) {
        tw_axis axis = {7, 8, 9};
        assert_fails(TW_ERR_ARGUMENT, bad[k].words, tw_axis_parse(bad[k].text, &axis));
        assert_non_null(strstr(tw_message(), "range '"));
        assert_true(axis.first == 7 && axis.last == 8 && axis.count == 9);
    }
    tw_axis axis;
    assert_ok(tw_axis_parse("1:0:5", &axis)); /* downwards is a range, too */
    assert_true(axis.first == 1 && axis.last == 0 && axis.count == 5);
    assert_ok(tw_axis_parse("0:1:1000000", &axis));
    assert_ok(tw_axis_parse("2:2:1", &axis));
}

static void test_surface(void **state) {
    static const char *const names[] = {"train_loss", "train_acc"};
    const tw_axis x = {-1, 1, 5}, y = {0, 3, 4};
    tw_surface s;
    assert_ok(tw_surface_init(&s, &x, &y, 2, names));
    assert_int_equal(s.rank, 2);
    assert_int_equal(s.nx, 5);
    assert_int_equal(s.ny, 4);
    assert_true(s.x[2] == 0 && s.x[4] == 1 && s.y[3] == 3);
    assert_int_equal(tw_surface_metric(&s, "train_acc"), 1);
    assert_int_equal(tw_surface_metric(&s, "test_acc"), -1);
    assert_ptr_equal(tw_surface_plane(&s, 1), s.values + 20);
    for (size_t p = 0; p < 20; p++)
        assert_int_equal(s.computed[p], 0);
    tw_surface_release(&s);
    tw_surface_release(&s);
    assert_ok(tw_surface_init(&s, &x, NULL, 1, names));
    assert_int_equal(s.rank, 1);
    assert_int_equal(s.ny, 1);
    assert_null(s.y);
    tw_surface_release(&s);
    const double one = 1;
    assert_int_equal(tw_surface_init_coordinates(&s, 0, &one, 0, NULL, 1, names), TW_ERR_ARGUMENT);
    assert_int_equal(tw_surface_init_coordinates(&s, 1, &one, 0, &one, 1, names), TW_ERR_ARGUMENT);
    assert_int_equal(tw_surface_init_coordinates(&s, 1, &one, 0, NULL, 0, names), TW_ERR_ARGUMENT);
    tw_surface_release(&s);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_values),    cmocka_unit_test(test_zero_is_exact),
        cmocka_unit_test(test_symmetric), cmocka_unit_test(test_bad_ranges),
        cmocka_unit_test(test_surface),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
