/* What a plug-in leaves behind: threads and handlers outlive the objective, modes are put back, a
 * file that was rebuilt is not taken for the one in memory. */
#include <fenv.h>
#include <float.h>
#include <locale.h>
#include <pthread.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "support.h"
#include "thalweg/thalweg.h"

static const char *plugin_path(const char *name) {
    static char path[4096];
    assert_non_null(getenv("THALWEG_PLUGINS"));
    snprintf(path, sizeof path, "%s/%s.so", getenv("THALWEG_PLUGINS"), name);
    return path;
}

static void evaluate_once(const char *manner) {
    tw_objective *f = NULL;
    double value = 0, gradient[3];
    assert_ok(tw_plugin_open(plugin_path("rude"), manner, NULL, &f));
    assert_ok(tw_objective_value(f, tw_objective_start(f), &value));
    assert_ok(tw_objective_gradient(f, tw_objective_start(f), NULL, gradient));
    assert_true(value == 0.25 + 1.5625 + 4 && gradient[2] == -4);
    tw_objective_free(f);
}

/* Unloaded, the code would be gone from under it: a crash within microseconds. */
static void a_thread_that_goes_on(void **state) {
    evaluate_once("thread");
    nanosleep(&(struct timespec){.tv_nsec = 20000000}, NULL);
}

static void *in_a_thread(void *none) {
    evaluate_once("handlers");
    return NULL;
}

static void handlers_of_threads_and_exit(void **state) {
    pthread_t thread;
    assert_int_equal(pthread_create(&thread, NULL, in_a_thread, NULL), 0);
    assert_int_equal(pthread_join(thread, NULL), 0);
}

static void modes_are_put_back(void **state) {
    static const char *const manners[] = {"rounds", "traps", "flushes"};
    volatile double least = DBL_MIN, third = 3;
    for (int k = 0; k < 3; k++) {
        evaluate_once(manners[k]);
        assert_int_equal(fegetround(), FE_TONEAREST);
        assert_true(fegetexcept() == 0 || fegetexcept() == -1);
        assert_true(least / 2 > 0 && 1 / third == 1.0 / 3);
    }
    /* and those of the host are kept, too */
    fesetround(FE_DOWNWARD);
    evaluate_once("rounds");
    assert_int_equal(fegetround(), FE_DOWNWARD);
    fesetround(FE_TONEAREST);
}

/* A comma as decimal point, for the process and for the thread. */
static void a_locale(void **state) {
    const char *name = getenv("RUDE_LOCALE");
    locale_t before = uselocale((locale_t)0);
    char text[32];
    if (name == NULL || setlocale(LC_ALL, name) == NULL)
        skip();
    assert_string_equal(localeconv()->decimal_point, ",");
    evaluate_once("locale");
    assert_true(uselocale((locale_t)0) == before);
    tw_axis axis;
    assert_string_equal(tw_shortest(0.1, text, sizeof text), "0.1");
    assert_ok(tw_axis_parse("-0.5:1.5:3", &axis));
    assert_true(axis.first == -0.5 && axis.last == 1.5);
    tw_fail(TW_ERR_ARGUMENT, "%g", 2.5);
    assert_string_equal(tw_message(), "2.5");
    setlocale(LC_ALL, "C");
}

static void copy_file(const char *from, const char *to) {
    char chunk[4096];
    size_t count;
    FILE *in = fopen(from, "rb"), *out = fopen(to, "wb");
    assert_true(in != NULL && out != NULL);
    while ((count = fread(chunk, 1, sizeof chunk, in)) > 0)
        assert_int_equal(fwrite(chunk, 1, count, out), count);
    fclose(in);
    assert_int_equal(fclose(out), 0);
}

static void a_file_that_was_rebuilt(void **state) {
    char folder[] = "/tmp/thalweg-XXXXXX", path[64];
    tw_objective *f = NULL;
    assert_non_null(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/mine.so", folder);
    copy_file(plugin_path("whole"), path);
    for (int k = 0; k < 2; k++) { /* the same file as often as you like */
        assert_ok(tw_plugin_open(path, NULL, NULL, &f));
        tw_objective_free(f);
        f = NULL;
    }
    unlink(path);
    copy_file(plugin_path("broken_short_plain"), path);
    assert_fails(TW_ERR_FORMAT, "has changed since this process loaded it",
                 tw_plugin_open(path, NULL, NULL, &f));
    unlink(path);
    copy_file(plugin_path("whole"), path);
    assert_ok(tw_plugin_open(path, NULL, NULL, &f));
    tw_objective_free(f);
    unlink(path);
    rmdir(folder);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(handlers_of_threads_and_exit),
        cmocka_unit_test(modes_are_put_back),
        cmocka_unit_test(a_locale),
        cmocka_unit_test(a_file_that_was_rebuilt),
        cmocka_unit_test(a_thread_that_goes_on),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
