/* Shared objects: the parts of a plug-in against each other and against closed forms, and every way
 * in which one can be wrong. */
#include <float.h>
#include <math.h>
#include <sys/stat.h>
#include <unistd.h>

#include "contract.h"

static const char *plugin_path(const char *name) {
    static char path[4096];
    const char *folder = getenv("THALWEG_PLUGINS");
    assert_non_null(folder);
    snprintf(path, sizeof path, "%s/%s.so", folder, name);
    return path;
}

static tw_objective *open_plugin(const char *name, const char *argument, tw_runner *runner) {
    tw_objective *f = NULL;
    assert_ok(tw_plugin_open(plugin_path(name), argument, runner, &f));
    return f;
}

static void the_short_form(void **state) {
    tw_objective *f = open_plugin("broken_short_plain", NULL, NULL);
    double x[2] = {2, -1}, value;
    assert_int_equal(tw_objective_size(f), 2);
    assert_int_equal(tw_objective_capabilities(f), 0);
    assert_null(tw_objective_start(f));
    assert_string_equal(tw_objective_name(f), plugin_path("broken_short_plain"));
    assert_ok(tw_objective_value(f, x, &value));
    assert_true(value == 7);
    assert_fails(TW_ERR_UNSUPPORTED, "has no gradient", tw_objective_gradient(f, x, NULL, x));
    check_contract(f, x, &(contract){.value = 1e-13, .differences = 1e-13, .scale = 0.1});
    tw_objective_free(f);
}

static void all_that_it_says_of_itself(void **state) {
    tw_objective *f = open_plugin("whole", "7", NULL);
    const tw_space *space = tw_objective_space(f);
    assert_int_equal(tw_objective_size(f), 7);
    assert_int_equal(tw_objective_samples(f), 4);
    assert_true(tw_objective_noise(f) == 1e-15);
    assert_int_equal(tw_objective_metrics(f), 3);
    assert_string_equal(tw_objective_metric_name(f, 0), "loss");
    assert_string_equal(tw_objective_metric_name(f, 2), "largest");
    assert_true(tw_objective_start(f)[6] == 0.5 + 6.0 / 8);
    assert_true(tw_objective_lower(f)[6] == 0 && tw_objective_upper(f)[6] == 1e9);
    assert_int_equal(tw_space_blocks(space), 2);
    assert_string_equal(tw_space_block(space, 0)->name, "matrix");
    assert_int_equal(tw_space_block(space, 0)->shape[1], 6);
    assert_int_equal(tw_space_block(space, 0)->filter_axis, 1);
    assert_int_equal(tw_space_block(space, 1)->role, TW_ROLE_BIAS);
    assert_int_equal(tw_objective_capabilities(f) & ~(unsigned)TW_CAN_CONCURRENT,
                     TW_CAN_BATCH | TW_CAN_COORDINATES | TW_CAN_GRADIENT | TW_CAN_HESSIAN_PRODUCT |
                         TW_CAN_SAMPLE_GRADIENT | TW_CAN_COMPLEX);
    tw_objective_free(f);
}

/* Callers at once, and a model for each thread: the bits of one thread. */
static void every_part_keeps_the_contract(void **state) {
    const contract tolerance = {
        .value = 1e-13, .gradient = 1e-8, .hessian = 1e-8, .differences = 1e-12, .scale = 1};
    static const char *const names[] = {"whole", "whole_copies"};
    double x[40], one[2][40], many[2][40];
    tw_rng_fill_normal(1, 1, 0, 40, x);
    for (int i = 0; i < 40; i++)
        x[i] = 0.1 + fabs(x[i]); /* within the bounds */
    for (int k = 0; k < 2; k++)
        for (int threads = 1; threads <= 3; threads++) {
            tw_runner *runner = NULL;
            assert_ok(tw_runner_new(threads, &runner));
            tw_objective *f = open_plugin(names[k], "40", runner), *plain = NULL;
            check_contract(f, x, &tolerance);
            assert_ok(tw_objective_plain(f, 0, &plain));
            assert_ok(tw_diff_gradient(f, x, NULL, threads == 1 ? one[0] : many[0], NULL));
            assert_ok(tw_diff_gradient(plain, x, NULL, threads == 1 ? one[1] : many[1], NULL));
            if (threads > 1)
                assert_memory_equal(one, many, sizeof one);
            tw_objective_free(plain);
            tw_objective_free(f);
            tw_runner_free(runner);
        }
}

static void an_argument(void **state) {
    tw_objective *f = open_plugin("whole", NULL, NULL);
    assert_int_equal(tw_objective_size(f), 5);
    tw_objective_free(f);
    f = open_plugin("whole", "", NULL);
    assert_int_equal(tw_objective_size(f), 5);
    tw_objective_free(f);
    assert_fails(TW_ERR_CALLBACK, "whole.so:1': create failed: the argument is a number",
                 tw_plugin_open(plugin_path("whole"), "1", NULL, &f));
    assert_fails(TW_ERR_ARGUMENT, "the argument '3' has no use",
                 tw_plugin_open(plugin_path("broken_short_plain"), "3", NULL, &f));
}

static void files_that_are_none(void **state) {
    static const struct {
        const char *name, *words;
        tw_status status;
    } cases[] = {
        {"no_symbol", "exports neither 'thalweg_size' and 'thalweg_value' nor 'thalweg_plugin'",
         TW_ERR_FORMAT},
        {"short_no_value", "'thalweg_size' but no 'thalweg_value'", TW_ERR_FORMAT},
        {"short_empty", "it has 0 parameters", TW_ERR_FORMAT},
        {"short_bad_start", "the start is not finite: parameter 1", TW_ERR_FORMAT},
        {"undefined", "undefined symbol: nowhere_defined", TW_ERR_FORMAT},
        {"other_version", "of version 2, but this is thalweg for version 1", TW_ERR_FORMAT},
        {"bytes", "16 bytes long", TW_ERR_FORMAT},
        {"callers", "callers is 17", TW_ERR_FORMAT},
        {"no_describe", "no 'describe'", TW_ERR_FORMAT},
        {"no_value", "no 'value'", TW_ERR_FORMAT},
        {"no_table", "answered NULL", TW_ERR_FORMAT},
        {"bad_start", "the start is not finite: parameter 2 is nan", TW_ERR_FORMAT},
        {"out_of_bounds", "parameter 2 is 3, not in 4 ... 9", TW_ERR_FORMAT},
        {"short_blocks", "1 blocks have 2 entries, but it has 3 parameters", TW_ERR_FORMAT},
        {"long_blocks", "more entries (4 with 'b') than it has parameters (3)", TW_ERR_FORMAT},
        {"block_role", "block 'b': 9 is not a role", TW_ERR_FORMAT},
        {"block_rank", "block 'b': rank 5", TW_ERR_FORMAT},
        {"block_name", "there is already a block 'a'", TW_ERR_FORMAT},
        {"block_slash", "block 1: its name", TW_ERR_FORMAT},
        {"null_blocks", "blocks is NULL", TW_ERR_FORMAT},
        {"two_metrics", "metrics 0 and 1 are both called 'size'", TW_ERR_FORMAT},
        {"metric_name", "metric 1: its name may have", TW_ERR_FORMAT},
        {"metric_loss", "'loss' is the name of the value", TW_ERR_FORMAT},
        {"many_metrics", "1000 metrics, more than 15", TW_ERR_FORMAT},
        {"null_metrics", "metrics is NULL", TW_ERR_FORMAT},
        {"bad_noise", "its noise is -1", TW_ERR_FORMAT},
        {"fails_to_describe", "describe failed: the table of constants is missing",
         TW_ERR_CALLBACK},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char name[64];
        tw_objective *f = NULL;
        snprintf(name, sizeof name, "broken_%s", cases[i].name);
        assert_fails(cases[i].status, cases[i].words,
                     tw_plugin_open(plugin_path(name), NULL, NULL, &f));
        assert_non_null(strstr(tw_message(), name));
        assert_null(strchr(tw_message(), '\n'));
        assert_null(f);
    }
}

static void answers_that_are_none(void **state) {
    static const struct {
        const char *name, *words;
        int gradient_only;
    } cases[] = {
        {"fails", "value failed: no licence", 0},
        {"fails_silently", "value failed with -3 without saying why", 0},
        {"writes_x", "value wrote to x (parameter 1: 2 became 2.0000000010000001)", 0},
        {"unwritten_metric", "value left entry 2 of its answer unwritten", 0},
        {"unwritten_gradient", "gradient left entry 1 of its answer unwritten", 1},
        {"adds_up", "gradient left entry 0 of its answer unwritten", 1},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char name[64];
        double x[3] = {1, 2, 3}, values[3], gradient[3];
        snprintf(name, sizeof name, "broken_%s", cases[i].name);
        tw_objective *f = open_plugin(name, NULL, NULL);
        if (cases[i].gradient_only)
            assert_fails(TW_ERR_CALLBACK, cases[i].words,
                         tw_objective_gradient(f, x, values, gradient));
        else
            assert_fails(TW_ERR_CALLBACK, cases[i].words, tw_objective_value(f, x, values));
        assert_true(x[0] == 1 && x[1] == 2 && x[2] == 3);
        tw_objective_free(f);
    }
}

static void complex_answers_that_are_none(void **state) {
    static const char *const cases[][2] = {
        {"broken_complex_writes", "complex_value wrote to x (parameter 1: 4 became 5)"},
        {"broken_complex_half", "complex_value left entry 1 of its answer unwritten"},
        {"broken_complex_fails", "complex_value failed with 2"},
    };
    double x[2] = {1, 2}, y[2] = {3, 4}, value[2];
    for (size_t i = 0; i < 3; i++) {
        tw_objective *f = open_plugin(cases[i][0], NULL, NULL);
        assert_fails(TW_ERR_CALLBACK, cases[i][1], tw_objective_complex_value(f, x, y, value));
        assert_true(x[1] == 2 && y[1] == 4);
        tw_objective_free(f);
    }
}

static void a_value_that_is_not_finite(void **state) {
    double x[3] = {1, 2, 3}, values[3];
    tw_objective *f = open_plugin("broken_not_a_number", NULL, NULL);
    assert_ok(tw_objective_value(f, x, values));
    assert_true(isnan(values[0]) && values[1] == 3);
    tw_objective_free(f);
}

/* Denormal numbers are as before, here and on threads that are started later. */
static void modes_of_floating_point(void **state) {
    volatile double smallest = DBL_MIN;
    double x[3] = {1, 2, 3}, values[3];
    tw_objective *f = open_plugin("broken_denormal", NULL, NULL);
    assert_true(smallest / 4 > 0);
    assert_ok(tw_objective_value(f, x, values));
    assert_true(values[0] == smallest / 2);
    tw_objective_free(f);
    assert_true(smallest / 4 > 0);
}

static void write_file(const char *path, const void *bytes, size_t size) {
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, size, file), size);
    fclose(file);
}

static void files_that_cannot_be_loaded(void **state) {
    char folder[] = "/tmp/thalweg-plugin-XXXXXX", path[64];
    tw_objective *f = NULL;
    uint64_t hash;
    assert_non_null(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/file", folder);
    assert_fails(TW_ERR_IO, "No such file", tw_plugin_open(path, NULL, NULL, &f));
    assert_fails(TW_ERR_IO, "No such file", tw_plugin_hash(path, &hash));
    assert_fails(TW_ERR_IO, "Is a directory", tw_plugin_open(folder, NULL, NULL, &f));
    assert_int_equal(mkfifo(path, 0600), 0);
    assert_fails(TW_ERR_IO, "is not a file", tw_plugin_open(path, NULL, NULL, &f));
    unlink(path);
    write_file(path, "", 0);
    assert_fails(TW_ERR_FORMAT, "not a shared object", tw_plugin_open(path, NULL, NULL, &f));
    write_file(path, "print('hello')\n", 15);
    assert_fails(TW_ERR_FORMAT, "not a shared object", tw_plugin_open(path, NULL, NULL, &f));
    /* FNV-1a of "a", from the authors' table of test vectors */
    write_file(path, "a", 1);
    assert_ok(tw_plugin_hash(path, &hash));
    assert_true(hash == 0xaf63dc4c8601ec8cu);

    char *good = read_text(plugin_path("whole"));
    char head[64];
    memcpy(head, good, sizeof head);
    write_file(path, head, sizeof head);
    assert_fails(TW_ERR_FORMAT, "cannot load", tw_plugin_open(path, NULL, NULL, &f));
    head[18] =
        head[18] == 20 ? 21 : 20; /* the machine: 32 bit PowerPC, of which there is none here */
    write_file(path, head, sizeof head);
    assert_fails(TW_ERR_FORMAT, "built for another machine", tw_plugin_open(path, NULL, NULL, &f));
    free(good);
    unlink(path);
    rmdir(folder);
    assert_fails(TW_ERR_ARGUMENT, "needs the path", tw_plugin_open("", NULL, NULL, &f));
    assert_null(f);
}

/* Without a slash it is this folder's, not the system's. */
static void a_name_without_a_slash(void **state) {
    char here[4096];
    tw_objective *f = NULL;
    assert_non_null(getcwd(here, sizeof here));
    assert_int_equal(chdir(getenv("THALWEG_PLUGINS")), 0);
    assert_ok(tw_plugin_open("whole.so", NULL, NULL, &f));
    tw_objective_free(f);
    f = NULL;
    assert_fails(TW_ERR_IO, "'libm.so.6'", tw_plugin_open("libm.so.6", NULL, NULL, &f));
    assert_int_equal(chdir(here), 0);
}

static void two_of_one_file(void **state) {
    tw_objective *a = open_plugin("whole", "3", NULL), *b = open_plugin("whole", "4", NULL);
    double x[4] = {1, 1, 1, 1}, first[3], second[3];
    tw_objective_free(b);
    assert_ok(tw_objective_value(a, x, first));
    b = open_plugin("whole", "3", NULL);
    tw_objective_free(a);
    assert_ok(tw_objective_value(b, x, second));
    assert_memory_equal(first, second, sizeof first);
    tw_objective_free(b);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_short_form),
        cmocka_unit_test(all_that_it_says_of_itself),
        cmocka_unit_test(every_part_keeps_the_contract),
        cmocka_unit_test(an_argument),
        cmocka_unit_test(files_that_are_none),
        cmocka_unit_test(answers_that_are_none),
        cmocka_unit_test(complex_answers_that_are_none),
        cmocka_unit_test(a_value_that_is_not_finite),
        cmocka_unit_test(modes_of_floating_point),
        cmocka_unit_test(files_that_cannot_be_loaded),
        cmocka_unit_test(a_name_without_a_slash),
        cmocka_unit_test(two_of_one_file),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
