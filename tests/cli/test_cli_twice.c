/* The tool inside one process: commands keep no state, so that they can run again; and the parts
 * that stand alone: numbers, near misses, JSON. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "command/cli_command.h"
#include "option/cli_foreign.h"

typedef struct captured {
    int code;
    char *out, *err;
} captured;

/* Runs a command line, its words separated by blanks. */
static captured run_line(const char *line) {
    char copy[256], *argv[32], *rest = copy;
    int argc = 0;
    size_t size;
    captured result = {0};
    snprintf(copy, sizeof copy, "%s", line);
    for (char *word; (word = strsep(&rest, " ")) != NULL;)
        argv[argc++] = word;
    argv[argc] = NULL;
    FILE *out = open_memstream(&result.out, &size), *err = open_memstream(&result.err, &size);
    result.code = cli_run(argc, argv, out, err);
    fclose(out);
    fclose(err);
    return result;
}

static void release(captured *result) {
    free(result->out);
    free(result->err);
}

static void commands_run_twice_with_the_same_answer(void **state) {
    static const char *const lines[] = {
        "thalweg eval svm --data synthetic:50 --json",
        "thalweg steps --data synthetic:50 --gradient analytic --steps 1e-6,1e-5",
        "thalweg help plane",
    };
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
        captured first = run_line(lines[i]);
        captured between = run_line("thalweg eval --limit 5 --reg 3 --data synthetic:30 --seed 9");
        captured fault = run_line("thalweg eval --limit");
        captured second = run_line(lines[i]);
        assert_int_equal(first.code, EXIT_DONE);
        assert_int_equal(between.code, EXIT_DONE);
        assert_int_equal(fault.code, EXIT_USAGE);
        assert_int_equal(second.code, EXIT_DONE);
        assert_string_equal(first.out, second.out);
        assert_true(strlen(first.out) > 0);
        release(&first);
        release(&between);
        release(&fault);
        release(&second);
    }
}

static void numbers_are_read_whole_or_not_at_all(void **state) {
    static const char *const bad[] = {"",    " ",     "1 ",     " 1",     "1,",  "0x",  "1e",
                                      "--1", "1e400", "-1e400", "1e-400", "inf", "nan", "one"};
    double number = 42;
    uint64_t whole = 42;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        assert_int_equal(tw_text_number("n", bad[i], &number), TW_ERR_ARGUMENT);
        assert_int_equal(tw_text_whole("n", bad[i], &whole), TW_ERR_ARGUMENT);
    }
    assert_true(number == 42 && whole == 42);
    assert_int_equal(tw_text_number("n", "-2.5e-3", &number), TW_OK);
    assert_true(number == -2.5e-3);
    assert_int_equal(tw_text_whole("n", "18446744073709551615", &whole), TW_OK);
    assert_true(whole == UINT64_MAX);
    assert_int_equal(tw_text_whole("n", "18446744073709551616", &whole), TW_ERR_ARGUMENT);
    assert_int_equal(tw_text_whole("n", "+1", &whole), TW_ERR_ARGUMENT);
}

static void distances_count_edits(void **state) {
    static const struct {
        const char *a, *b;
        size_t distance;
    } cases[] = {
        {"", "", 0},           {"", "abc", 3},           {"kitten", "sitting", 3},
        {"plane", "plnae", 1}, {"softmax", "sofmax", 1}, {"abc", "abc", 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        assert_int_equal(tw_text_distance(cases[i].a, cases[i].b), cases[i].distance);
        assert_int_equal(tw_text_distance(cases[i].b, cases[i].a), cases[i].distance);
    }
    char longer[300];
    memset(longer, 'x', sizeof longer - 1);
    longer[sizeof longer - 1] = '\0';
    assert_int_equal(tw_text_distance(longer, "x"), sizeof longer - 1);
    assert_null(tw_text_nearest(longer, cli_command_name));
    assert_string_equal(tw_text_nearest("gradeint", cli_command_name), "gradient");
}

static void shortest_numbers_read_back(void **state) {
    char text[32];
    for (uint64_t i = 0; i < 20000; i++) {
        uint64_t bits = tw_rng_bits(1, 2, i);
        double value;
        memcpy(&value, &bits, sizeof value);
        if (isfinite(value))
            assert_true(strtod(tw_shortest(value, text, sizeof text), NULL) == value);
    }
    assert_string_equal(tw_shortest(0.1, text, sizeof text), "0.1");
    assert_string_equal(tw_shortest(2, text, sizeof text), "2");
    assert_string_equal(tw_shortest(5e-6, text, sizeof text), "5e-06");
}

static void json_is_json(void **state) {
    char *text = NULL;
    size_t size;
    tw_json writer = {.out = open_memstream(&text, &size)};
    tw_json_object(&writer, NULL);
    tw_json_number(&writer, "nan", NAN);
    tw_json_number(&writer, "inf", -INFINITY);
    tw_json_text(&writer, "text", "a\"b\\c\n\x01 \xc3\xbc \xff\xc3 \xed\xa0\x80");
    tw_json_text(&writer, "none", NULL);
    tw_json_array(&writer, "list");
    tw_json_end(&writer);
    tw_json_numbers(&writer, "numbers", 2, (const double[]){1, 0.1});
    tw_json_bool(&writer, "yes", 1);
    tw_json_end(&writer);
    fclose(writer.out);
    assert_string_equal(text, "{\"nan\": null, \"inf\": null, \"text\": "
                              "\"a\\\"b\\\\c\\u000a\\u0001 \xc3\xbc \\ufffd\\ufffd "
                              "\\ufffd\\ufffd\\ufffd\", \"none\": null, \"list\": [], "
                              "\"numbers\": [1, 0.1], \"yes\": true}\n");
    free(text);
}

/* Every table: names unlike each other, a value's placeholder, help. */
static void tables_are_complete(void **state) {
    for (size_t c = 0; cli_command_at(c) != NULL; c++) {
        const cli_command *command = cli_command_at(c);
        const option_group *groups[] = {command->groups, cli_common_groups};
        const option_spec *seen[128], *spec;
        size_t count = 0;
        assert_non_null(command->summary);
        assert_int_equal(command->words == NULL, command->most_words == 0);
        for (size_t g = 0; g < 2; g++)
            for (const option_group *group = groups[g]; group != NULL && group->options != NULL;
                 group++)
                for (size_t k = 0; (spec = option_in(group, k)) != NULL; k++) {
                    assert_non_null(spec->help);
                    assert_int_equal(spec->argument == NULL, spec->kind == OPTION_FLAG);
                    for (size_t i = 0; i < count; i++) {
                        assert_string_not_equal(seen[i]->name, spec->name);
                        assert_true(spec->letter == 0 || seen[i]->letter != spec->letter);
                    }
                    assert_true(count < 128);
                    seen[count++] = spec;
                }
    }
}

static int is_option(const char *name) {
    const option_spec *spec;
    for (size_t c = 0; cli_command_at(c) != NULL; c++)
        for (const option_group *group = cli_command_at(c)->groups;
             group != NULL && group->options != NULL; group++)
            for (size_t k = 0; (spec = option_in(group, k)) != NULL; k++)
                if (strcmp(spec->name, name) == 0)
                    return 1;
    for (spec = cli_common_groups->options; spec->name != NULL; spec++)
        if (strcmp(spec->name, name) == 0)
            return 1;
    return 0;
}

/* What other tools call our options leads to options that there are. */
static void foreign_names_lead_to_options(void **state) {
    foreign_names row;
    char name[LONGEST_OPTION];
    size_t rows = 0;
    for (; (row = foreign_at(rows)).names != NULL; rows++) {
        assert_true(row.ours != NULL || row.note != NULL);
        for (size_t k = 0; row.ours != NULL && foreign_word(row.ours, k, name, sizeof name); k++)
            if (!is_option(name))
                fail_msg("'%s' is told of --%s, which no command has", row.names, name);
        for (size_t k = 0; foreign_word(row.names, k, name, sizeof name); k++) {
            assert_true(foreign_has(&row, name));
            for (const char *at = name; *at != '\0'; at++)
                if (strchr("abcdefghijklmnopqrstuvwxyz0123456789-", *at) == NULL)
                    fail_msg("no name of an option is spelt as '%s'", name);
        }
        assert_false(foreign_has(&row, ""));
    }
    assert_true(rows > 50);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(commands_run_twice_with_the_same_answer),
        cmocka_unit_test(numbers_are_read_whole_or_not_at_all),
        cmocka_unit_test(distances_count_edits),
        cmocka_unit_test(shortest_numbers_read_back),
        cmocka_unit_test(json_is_json),
        cmocka_unit_test(tables_are_complete),
        cmocka_unit_test(foreign_names_lead_to_options),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
