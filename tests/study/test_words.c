/* Words and numbers as people type them, against plain readings of them. */
#include <locale.h>
#include <math.h>

#include "support.h"

static const char *fruit(size_t index) {
    static const char *const names[] = {"apple", "apricot", "pear"};
    return index < sizeof names / sizeof names[0] ? names[index] : NULL;
}

static void names_are_found_or_guessed(void **state) {
    char list[64], little[8];
    assert_int_equal(tw_text_find("pear", fruit), 2);
    assert_int_equal(tw_text_find("pea", fruit), -1);
    assert_string_equal(tw_text_nearest("aple", fruit), "apple");
    assert_string_equal(tw_text_nearest("pe", fruit), "pear");
    assert_null(tw_text_nearest("zzzzzz", fruit));
    assert_string_equal(tw_text_join(fruit, list, sizeof list), "apple, apricot, pear");
    assert_string_equal(tw_text_join(fruit, little, sizeof little), "...");
    assert_string_equal(tw_text_join(fruit, list, 11), "apple, ...");
    assert_string_equal(tw_text_join(fruit, list, 19), "apple, ...");
    assert_string_equal(tw_text_join(fruit, list, 20), "apple, apricot, ...");
    assert_string_equal(tw_text_join(fruit, list, 21), "apple, apricot, pear");
    assert_int_equal(tw_text_distance("abcd", "acbd"), 1); /* neighbours swapped */
    assert_int_equal(tw_text_distance("Kitten", "sitting"), 3);
    assert_fails(TW_ERR_ARGUMENT, "unknown fruit 'paer'; did you mean 'pear'?",
                 tw_text_unknown("fruit", "paer", fruit));
    assert_fails(TW_ERR_ARGUMENT, "there are: apple, apricot, pear",
                 tw_text_unknown("fruit", "xxxxxxx", fruit));
}

static void numbers_are_read_whole(void **state) {
    static const char *const bad[] = {"", " 1", "1 ", "1x", "nan", "inf", "1e999", "1e-999", "x"};
    double value = 7;
    int per_cent;
    uint64_t whole;
    assert_ok(tw_text_number("n", "-2.5e-3", &value));
    assert_true(value == -2.5e-3);
    for (size_t k = 0; k < sizeof bad / sizeof bad[0]; k++)
        assert_fails(TW_ERR_ARGUMENT, "n: '", tw_text_number("n", bad[k], &value));
    assert_true(value == -2.5e-3);
    assert_ok(tw_text_share("t", "12 %", &value, &per_cent));
    assert_true(value == 0.12 && per_cent == 1);
    assert_ok(tw_text_share("t", "0.5", &value, &per_cent));
    assert_true(value == 0.5 && per_cent == 0);
    assert_fails(TW_ERR_ARGUMENT, "t: ''", tw_text_share("t", "%", &value, NULL));
    assert_ok(tw_text_whole("k", "18446744073709551615", &whole));
    assert_true(whole == UINT64_MAX);
    assert_fails(TW_ERR_ARGUMENT, "too large", tw_text_whole("k", "18446744073709551616", &whole));
    assert_fails(TW_ERR_ARGUMENT, "not a whole number of 0 or more",
                 tw_text_whole("k", "-1", &whole));
    assert_fails(TW_ERR_ARGUMENT, "k: '-1' is not a whole number of 1 or more",
                 tw_text_count("k", "-1", &whole));
    assert_fails(TW_ERR_ARGUMENT, "k: '0' must be greater than 0", tw_text_count("k", "0", &whole));
    assert_ok(tw_text_count("k", "1", &whole));
    assert_int_equal(whole, 1);
}

static void shares_have_no_powers_of_ten(void **state) {
    static const struct {
        double share;
        const char *text;
    } cases[] = {{1, "100 %"},     {0.996, "100 %"},  {0.0996, "10 %"},
                 {0.1234, "12 %"}, {0.034, "3.4 %"},  {0, "0 %"},
                 {12.5, "1250 %"}, {1e-5, "0.001 %"}, {-2, "-200 %"}};
    char text[32];
    for (size_t k = 0; k < sizeof cases / sizeof cases[0]; k++)
        assert_string_equal(tw_text_per_cent(cases[k].share, text, sizeof text), cases[k].text);
}

/* In a host with a decimal comma a point is still the sign. */
static void the_locale_changes_nothing(void **state) {
    double value = 0;
    if (setlocale(LC_NUMERIC, "de_DE.UTF-8") == NULL)
        skip();
    assert_ok(tw_text_number("n", "1.5", &value));
    assert_fails(TW_ERR_ARGUMENT, "not a number", tw_text_number("n", "1,5", &value));
    setlocale(LC_NUMERIC, "C");
    assert_true(value == 1.5);
}

static void durations(void **state) {
    static const struct {
        double seconds;
        const char *words;
    } some[] = {{0, "0 s"},          {12.4, "12 s"},        {59.6, "60 s"},
                {200, "3 min 20 s"}, {3599, "59 min 59 s"}, {9000, "2.5 h"}};
    char words[32];
    for (size_t k = 0; k < sizeof some / sizeof some[0]; k++)
        assert_string_equal(tw_text_duration(some[k].seconds, words, sizeof words), some[k].words);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_are_found_or_guessed),
        cmocka_unit_test(numbers_are_read_whole),
        cmocka_unit_test(shares_have_no_powers_of_ten),
        cmocka_unit_test(the_locale_changes_nothing),
        cmocka_unit_test(durations),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
