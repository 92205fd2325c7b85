/* Axes: what is read, what is refused and why, and the values against exact arithmetic. */
#include <float.h>
#include <math.h>

#include "support.h"

static void good_ranges(void **state) {
    static const struct {
        const char *text;
        double first, last;
        size_t count;
    } table[] = {
        {"-1:1:51", -1, 1, 51},
        {"0:1:2", 0, 1, 2},
        {"1:0:5", 1, 0, 5},
        {"2.5:2.5:1", 2.5, 2.5, 1},
        {"-1e-3:+1e3:7", -1e-3, 1e3, 7},
        {"0:0:1", 0, 0, 1},
        {".5:1.:1000000", .5, 1, 1000000},
        {"-1e300:1e300:3", -1e300, 1e300, 3},
    };
    for (size_t k = 0; k < sizeof table / sizeof table[0]; k++) {
        tw_axis axis;
        assert_ok(tw_axis_parse(table[k].text, &axis));
        assert_true(axis.first == table[k].first && axis.last == table[k].last);
        assert_int_equal(axis.count, table[k].count);
    }
}

static void bad_ranges(void **state) {
    static const struct {
        const char *text, *words;
    } table[] = {
        {"", "no number for FIRST"},
        {"a:b:c", "no number for FIRST"},
        {":1:5", "no number for FIRST"},
        {"-1", "a ':' is missing"},
        {"-1,1,5", "a ':' is missing"},
        {"-1x:1:5", "a ':' is missing"},
        {"-1:", "no number for LAST"},
        {"-1:b:5", "no number for LAST"},
        {"-1::5", "no number for LAST"},
        {"-1:1", "the count is missing"},
        {"-1:1x:5", "the count is missing"},
        {"-1:1:", "'' is not a count"},
        {"-1:1:c", "'c' is not a count"},
        {"-1:1:5x", "'5x' is not a count"},
        {"-1:1:5:6", "'5:6' is not a count"},
        {"-1:1:5.5", "'5.5' is not a count"},
        {"-1:1:5 ", "'5 ' is not a count"},
        {"-1:1:1e3", "'1e3' is not a count"},
        {"1:1:0", "the count must be 1 ... 1000000"},
        {"-1:1:0", "the count must be 1 ... 1000000"},
        {"-1:1:-5", "the count must be 1 ... 1000000"},
        {"-1:1:1000001", "the count must be 1 ... 1000000"},
        {"-1:1:99999999999999999999999", "the count must be 1 ... 1000000"},
        {"-1:1:18446744073709551617", "the count must be 1 ... 1000000"},
        {"nan:1:5", "FIRST must be finite"},
        {"-inf:1:5", "FIRST must be finite"},
        {"-1:inf:5", "LAST must be finite"},
        {"0:1e999:5", "LAST must be finite"},
        {"-1.7e308:1.7e308:3", "too wide"},
        {"1:1:2", "make FIRST and LAST differ"},
        {"-1:1:1", "one point cannot span a length"},
    };
    for (size_t k = 0; k < sizeof table / sizeof table[0]; k++) {
        tw_axis axis = {7, 8, 9};
        assert_fails(TW_ERR_ARGUMENT, table[k].words, tw_axis_parse(table[k].text, &axis));
        assert_non_null(strstr(tw_message(), table[k].text)); /* the range is quoted */
        assert_true(axis.first == 7 && axis.last == 8 && axis.count == 9);
    }
}

static double ulp(double x) {
    return nextafter(fabs(x), INFINITY) - fabs(x);
}

/* Against long double, and against NumPy's linspace, which is arange * step + start and sets the
 * last. */
static void check_values(const tw_axis *axis) {
    long double first = axis->first, last = axis->last, intervals = axis->count - 1;
    double end = fmax(fabs(axis->first), fabs(axis->last)), before = NAN;
    double step = (axis->last - axis->first) / (double)intervals;
    assert_true(tw_axis_value(axis, 0) == axis->first);
    assert_true(tw_axis_value(axis, axis->count - 1) == axis->last);
    for (size_t i = 0; i < axis->count; i++) {
        double value = tw_axis_value(axis, i);
        double exact = (double)(first + (last - first) * i / intervals);
        double linspace = i + 1 == axis->count ? axis->last : (double)i * step + axis->first;
        assert_true(fabs(value - exact) <= 2 * ulp(end));
        assert_true(fabs(value - linspace) <= 2 * ulp(end));
        assert_true(i == 0 || (axis->first < axis->last ? value > before : value < before));
        before = value;
    }
}

static void values_are_even(void **state) {
    static const double ends[][2] = {{-1, 1},           {-10, 10},  {0, 1},      {1, 0},    {-1, 2},
                                     {0.1, 0.7},        {-3, -1},   {1e-8, 1e8}, {-.3, .3}, {5, -5},
                                     {-1e-300, 2e-300}, {-0.7, 1.3}};
    for (size_t e = 0; e < sizeof ends / sizeof ends[0]; e++)
        for (size_t count = 2; count < 300; count += count < 20 ? 1 : 31)
            check_values(&(tw_axis){ends[e][0], ends[e][1], count});
    check_values(&(tw_axis){-1, 1, 1000000});
}

static void symmetric_axes_mirror(void **state) {
    static const double ends[] = {1, 10, 0.3, 1.0 / 3, 1e-5, 12345.678, -1, 1e-320, 1e307};
    for (size_t e = 0; e < sizeof ends / sizeof ends[0]; e++)
        for (size_t count = 2; count <= 501; count++) {
            tw_axis axis = {-ends[e], ends[e], count};
            for (size_t i = 0; i < count; i++)
                assert_true(tw_axis_value(&axis, i) == -tw_axis_value(&axis, count - 1 - i));
            if (count % 2 == 1)
                assert_true(tw_axis_value(&axis, count / 2) == 0);
        }
}

/* With whole ends one rounding is left: the values are the doubles nearest to the fractions, which
 * is what a table prints. */
static void whole_ends_round_once(void **state) {
    tw_axis axis = {-10, 10, 201};
    for (int i = 0; i < 201; i++)
        assert_true(tw_axis_value(&axis, (size_t)i) == (i - 100) / 10.0);
}

static void edges(void **state) {
    tw_axis one = {3, 3, 1}, wide = {-1.5e308, 1.5e308, 7}, high = {1e308, 1.7e308, 1000};
    assert_true(tw_axis_value(&one, 0) == 3);
    assert_true(tw_axis_value(&wide, 3) == 0);
    for (size_t i = 0; i < 7; i++)
        assert_true(tw_axis_value(&wide, i) == -tw_axis_value(&wide, 6 - i));
    assert_close(tw_axis_value(&wide, 1), -1e308, 1e-15, 0);
    for (size_t i = 1; i < high.count; i++)
        assert_true(tw_axis_value(&high, i) > tw_axis_value(&high, i - 1));
}

/* A range that passes through the point meets it, whatever its ends are in binary; one that does
 * not is left alone. */
static void zero_is_met(void **state) {
    for (int first = -40; first < 0; first++)
        for (int last = 1; last <= 40; last++) {
            tw_axis axis = {first / 10.0, last / 10.0, (size_t)(last - first + 1)};
            for (size_t i = 0; i < axis.count; i++) {
                double value = tw_axis_value(&axis, i);
                assert_true(i == (size_t)-first ? value == 0 : fabs(value) > 0.09);
            }
        }
    const tw_axis even = {-1, 1, 50}, small_end = {-1e-300, 1, 3};
    for (size_t i = 0; i < even.count; i++)
        assert_true(fabs(tw_axis_value(&even, i)) > 0.02);
    assert_true(tw_axis_value(&small_end, 0) == -1e-300);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(good_ranges),           cmocka_unit_test(bad_ranges),
        cmocka_unit_test(values_are_even),       cmocka_unit_test(symmetric_axes_mirror),
        cmocka_unit_test(whole_ends_round_once), cmocka_unit_test(edges),
        cmocka_unit_test(zero_is_met),
    };
    return cmocka_run_group_tests_name("axis", tests, NULL, NULL);
}
