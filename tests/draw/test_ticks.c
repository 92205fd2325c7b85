/* Ticks, levels and numbers against tables worked out by hand. */
#include "support.h"

#include <math.h>

#include "draw/ticks.h"
#include "plot/levels.h"

#define MINUS "\xe2\x88\x92"
#define TIMES "\xc3\x97"
#define POWER(text) "10" TW_SUPER text TW_BASE

/* The texts of all labelled ticks, with blanks between them, then the factor. */
static void check(const tw_ticks *ticks, const char *expected) {
    char text[2048] = "";
    for (size_t i = 0; i < ticks->count; i++) {
        if (ticks->tick[i].text[0] == '\0')
            continue;
        strcat(text, ticks->tick[i].text);
        strcat(text, " ");
    }
    strcat(text, ticks->factor);
    assert_string_equal(text, expected);
}

static void test_linear(void **state) {
    static const struct {
        double low, high;
        int most;
        const char *expected;
    } table[] = {
        {-1, 1, 6, MINUS "1.0 " MINUS "0.5 0.0 0.5 1.0 "},
        {0, 100, 6, "0 20 40 60 80 100 "},
        {0.3, 27.6, 6, "5 10 15 20 25 "},
        {-0.4, 0.4, 5, MINUS "0.4 " MINUS "0.2 0.0 0.2 0.4 "},
        {0, 1, 5, "0.00 0.25 0.50 0.75 1.00 "},
        {2.2, 2.4, 5, "2.20 2.25 2.30 2.35 2.40 "},
        {0, 5000, 6, "0 1000 2000 3000 4000 5000 "},
        {0, 3e6, 4, "0 1 2 3 " TIMES POWER("6")},
        {0, 4e-6, 5, "0 1 2 3 4 " TIMES POWER(MINUS "6")},
        {-2e300, 2e300, 5, MINUS "2 " MINUS "1 0 1 2 " TIMES POWER("300")},
        {1e-200, 3e-200, 3, "1 2 3 " TIMES POWER(MINUS "200")},
        {1000000.5, 1000001.5, 3, "0.5 1.0 1.5 +1000000"},
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        tw_ticks ticks;
        tw_ticks_linear(table[i].low, table[i].high, table[i].most, &ticks);
        check(&ticks, table[i].expected);
    }
}

static void test_log(void **state) {
    static const struct {
        double low, high;
        int most;
        const char *expected;
    } table[] = {
        {0.012, 27.6, 6, "0.1 1 10 "},
        {0.4, 321, 6, "1 10 100 "},
        {1e-3, 2, 6, POWER(MINUS "3") " " POWER(MINUS "2") " " POWER(MINUS "1") " " POWER("0") " "},
        {1e-10, 1e-1, 5,
         POWER(MINUS "10") " " POWER(MINUS "8") " " POWER(MINUS "6") " " POWER(MINUS "4") " " POWER(
             MINUS "2") " "},
        {1, 9, 6, "1 2 5 "},
        {2.3, 2.9, 4, "2.4 2.6 2.8 "},
        {1.6, 15000, 2, POWER("2") " " POWER("4") " "},
        {2e4, 3e10, 2, POWER("6") " " POWER("9") " "},
        {1, 1e300, 5, POWER("0") " " POWER("100") " " POWER("200") " " POWER("300") " "},
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        tw_ticks ticks;
        tw_ticks_log(table[i].low, table[i].high, table[i].most, &ticks);
        check(&ticks, table[i].expected);
        for (size_t k = 0; k < ticks.count; k++) {
            assert_true(ticks.tick[k].value >= table[i].low * (1 - 1e-8));
            assert_true(ticks.tick[k].value <= table[i].high * (1 + 1e-8));
        }
    }
}

/* Whatever the range: not too many, inside, rising, labelled differently. */
static void test_any_range(void **state) {
    for (int trial = 0; trial < 3000; trial++) {
        double size = pow(10, -250 + 500 * tw_rng_uniform(1, 1, (uint64_t)trial));
        double low = tw_rng_normal(1, 2, (uint64_t)trial) * size;
        double wide = pow(10, -9 * tw_rng_uniform(1, 3, (uint64_t)trial)) * size;
        int most = 2 + (int)tw_rng_below(1, 4, (uint64_t)trial, 8);
        tw_ticks ticks;
        tw_ticks_linear(low, low + wide, most, &ticks);
        assert_true(ticks.count >= 1 && ticks.count <= (size_t)most);
        for (size_t k = 0; k < ticks.count; k++) {
            assert_true(ticks.tick[k].value >= low - 1e-8 * wide);
            assert_true(ticks.tick[k].value <= low + wide * (1 + 1e-8));
            assert_true(strlen(ticks.tick[k].text) < 16);
            if (k > 0)
                assert_string_not_equal(ticks.tick[k].text, ticks.tick[k - 1].text);
        }
    }
}

static void test_levels(void **state) {
    static const struct {
        int log, target;
        double low, high;
        size_t count;
        double levels[20];
    } table[] = {
        {1, 11, 0.012, 27.6, 10, {0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20}},
        {1, 11, 0.39, 321, 8, {0.5, 1, 2, 5, 10, 20, 50, 100}},
        {1, 11, 1e-6, 2e6, 12, {1e-5, 1e-4, 1e-3, 1e-2, 0.1, 1, 10, 100, 1e3, 1e4, 1e5, 1e6}},
        {0, 11, 0, 1, 9, {0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9}},
        {0, 11, -1, 1, 9, {-0.8, -0.6, -0.4, -0.2, 0, 0.2, 0.4, 0.6, 0.8}},
        {0, 11, 10, 95, 8, {20, 30, 40, 50, 60, 70, 80, 90}},
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        double levels[TW_LEVELS_MAX];
        size_t count = (table[i].log ? tw_levels_log : tw_levels_linear)(
            table[i].low, table[i].high, table[i].target, levels);
        if (table[i].levels[table[i].count - 1] == 100) /* 200 is one of {1, 2, 5}, too */
            assert_int_equal(count, table[i].count + 1);
        else
            assert_int_equal(count, table[i].count);
        for (size_t k = 0; k < table[i].count; k++)
            assert_close(levels[k], table[i].levels[k], 1e-15, 0);
    }
}

static void test_numbers(void **state) {
    static const struct {
        double value;
        const char *expected;
    } table[] = {
        {0, "0"},
        {1, "1"},
        {0.5, "0.5"},
        {-2.25, MINUS "2.25"},
        {100, "100"},
        {321, "321"},
        {1000, "1000"},
        {5000, "5000"},
        {0.001, "0.001"},
        {1e-4, POWER(MINUS "4")},
        {2e-4, "2" TIMES POWER(MINUS "4")},
        {1e5, POWER("5")},
        {1.25e5, "1.25" TIMES POWER("5")},
        {20000, "2" TIMES POWER("4")},
        {-1e300, MINUS "1" TIMES POWER("300")},
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        char text[TW_TICK_TEXT];
        tw_number_text(table[i].value, text, sizeof text);
        assert_string_equal(text, table[i].expected);
    }
}

/* Levels close together beside their size are not all called 1.92. */
static void test_digits_of_levels(void **state) {
    static const double close_by[] = {1.915, 1.9175, 1.92, 1.9225}, usual[] = {0.1, 0.3, 1, 300},
                        thirds[] = {1.0 / 3, 2.0 / 3, 1}, large[] = {191500, 191750, 192000},
                        tiny[] = {1, 1 + 1e-15};
    char text[TW_TICK_TEXT];
    assert_int_equal(tw_digits_of(4, close_by), 5);
    tw_number_digits(1.9175, 5, text, sizeof text);
    assert_string_equal(text, "1.9175");
    tw_number_digits(1.92, 5, text, sizeof text);
    assert_string_equal(text, "1.92");
    assert_int_equal(tw_digits_of(4, usual), 3);
    assert_int_equal(tw_digits_of(3, thirds), 3);
    assert_int_equal(tw_digits_of(1, thirds), 3);
    assert_int_equal(tw_digits_of(3, large), 5);
    tw_number_digits(191750, 5, text, sizeof text);
    assert_string_equal(text, "1.9175×10" TW_SUPER "5" TW_BASE);
    assert_int_equal(tw_digits_of(2, tiny), 8);
}

/* Equally spaced levels have as many decimals as the longest of them. */
static void test_decimals(void **state) {
    static const struct {
        double values[4];
        int decimals;
        const char *last;
    } cases[] = {{{2.337, 2.338, 2.339, 2.34}, 3, "2.340"},
                 {{2.025, 2.05, 2.075, 2.1}, 3, "2.100"},
                 {{0.5, 1, 1.5, 2}, 1, "2.0"},
                 {{10, 20, 30, 40}, 0, "40"},
                 {{-0.2, -0.1, 0, 0.1}, 1, "0.1"},
                 {{0.1, 1, 10, 100}, -1, NULL},
                 {{1e5, 2e5, 3e5, 4e5}, -1, NULL}};
    for (size_t k = 0; k < sizeof cases / sizeof cases[0]; k++) {
        char text[TW_TICK_TEXT];
        assert_int_equal(tw_decimals_of(4, cases[k].values), cases[k].decimals);
        if (cases[k].last == NULL)
            continue;
        tw_number_decimals(cases[k].values[3], cases[k].decimals, text, sizeof text);
        assert_string_equal(text, cases[k].last);
    }
}

/* Levels beside an axis with an offset are told as its numbers are. */
static void test_levels_beside_offset(void **state) {
    static const double levels[] = {169.99998,  169.999985, 169.99999,
                                    169.999995, 170.0,      170.000005};
    static const char *const beside[] = {"8.0", "8.5", "9.0", "9.5", "10.0", "10.5"};
    char text[6][TW_TICK_TEXT];
    tw_ticks axis;
    tw_ticks_linear(169.999964, 170.000036, 7, &axis);
    check(&axis, "7 8 9 10 11 12 13 " TIMES POWER(MINUS "5") " + 169.9999");
    tw_number_levels(6, levels, &axis, text);
    for (int i = 0; i < 6; i++)
        assert_string_equal(text[i], beside[i]);
    tw_ticks_linear(2.3, 2.4, 5, &axis);
    tw_number_levels(2, (const double[]){2.325, 2.35}, &axis, text);
    assert_string_equal(text[0], "2.325");
    assert_string_equal(text[1], "2.350");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_levels_beside_offset),
        cmocka_unit_test(test_linear),
        cmocka_unit_test(test_log),
        cmocka_unit_test(test_any_range),
        cmocka_unit_test(test_levels),
        cmocka_unit_test(test_numbers),
        cmocka_unit_test(test_digits_of_levels),
        cmocka_unit_test(test_decimals),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
