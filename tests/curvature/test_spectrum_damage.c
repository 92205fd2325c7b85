/* Searches that go on from a state in which something has changed: it is refused, or the search
 * ends, and what it then says is a number. */
#include <math.h>

#include "quadratic.h"

enum { N = 20, PAIRS = 5, MOST_BLOCKS = 300 };

static double values[N];
static quadratic form = {.n = N, .values = values};
static tw_objective *objective;
static tw_curvature *curvature;
static const tw_spectrum_options options = {
    .largest = 3, .smallest = 2, .basis = 14, .products = 100, .tolerance = 1e-8};

static int begin(void **state) {
    static const double zero[N];
    for (size_t i = 0; i < N; i++)
        values[i] = i < 2 ? 3 : sin((double)i);
    objective = quadratic_objective(&form);
    return tw_curvature_open(objective, zero, NULL, &curvature) != TW_OK;
}

static int end(void **state) {
    tw_curvature_close(curvature);
    tw_objective_free(objective);
    return 0;
}

/* 1: it went on, 0: it was refused. */
static int goes_on(size_t count, const tw_spectrum_part *parts, const char *what, size_t entry,
                   double value) {
    tw_spectrum *s;
    tw_spectrum_result result = {.bytes = sizeof result};
    assert_ok(tw_spectrum_open(curvature, &options, &s));
    tw_message_clear();
    tw_status status = tw_spectrum_restore(s, count, parts);
    int taken = status == TW_OK;
    if (!taken && (status != TW_ERR_FORMAT || tw_message()[0] == '\0'))
        fail_msg("%s[%zu] = %g: %s", what, entry, value, tw_status_text(status));
    if (taken)
        status = tw_spectrum_run(s, MOST_BLOCKS);
    if (taken && status == TW_OK) {
        if (!tw_spectrum_ended(s))
            fail_msg("%s[%zu] = %g: it does not end", what, entry, value);
        assert_ok(tw_spectrum_result_of(s, &result));
        for (size_t k = 0; k < result.largest_count; k++)
            if (!isfinite(result.largest[k].value) || !(result.largest[k].residual >= 0))
                fail_msg("%s[%zu] = %g: pair %zu is %g, with a residual of %g", what, entry, value,
                         k, result.largest[k].value, result.largest[k].residual);
    }
    tw_spectrum_close(s);
    return taken;
}

static void change_entries(size_t count, const tw_spectrum_part *parts, size_t at) {
    static const double hostile[] = {NAN, INFINITY, 1e300, 0, -1, 0.5, 1, 2, 3, 13, 14, 15, 1e9};
    tw_spectrum_part copy[16];
    size_t length = parts[at].count, step = length > 40 ? length / 9 : 1;
    size_t kinds = length > 40 ? 4 : sizeof hostile / sizeof hostile[0];
    double *changed = malloc((length + 1) * sizeof *changed);
    memcpy(copy, parts, count * sizeof *copy);
    memcpy(changed, parts[at].values, length * sizeof *changed);
    copy[at].values = changed;
    for (size_t entry = 0; entry < length; entry += step)
        for (size_t k = 0; k < kinds; k++) {
            changed[entry] = hostile[k];
            goes_on(count, copy, parts[at].name, entry, hostile[k]);
            changed[entry] = parts[at].values[entry];
        }
    free(changed);
}

static void change_shape(size_t count, const tw_spectrum_part *parts, size_t at) {
    tw_spectrum_part copy[16];
    memcpy(copy, parts, count * sizeof *copy);
    for (size_t less = 1; less <= 2 && less <= parts[at].count; less++) {
        copy[at].count = parts[at].count - less;
        assert_int_equal(goes_on(count, copy, parts[at].name, copy[at].count, 0), 0);
    }
    copy[at] = parts[count - 1]; /* one is missing, the last there twice */
    if (at < count - 1)
        assert_int_equal(goes_on(count - 1, copy, parts[at].name, 0, 0), 0);
}

/* What is computed with must be numbers. */
static void change_to_nan(size_t count, const tw_spectrum_part *parts, const char *name) {
    for (size_t at = 0; at < count; at++)
        if (strcmp(parts[at].name, name) == 0) {
            double *changed = (double *)parts[at].values, before = changed[1];
            changed[1] = NAN;
            assert_int_equal(goes_on(count, parts, name, 1, NAN), 0);
            assert_non_null(strstr(tw_message(), "not all of it are numbers"));
            changed[1] = before;
        }
}

static void damage(size_t blocks) {
    tw_spectrum *s;
    const tw_spectrum_part *parts;
    size_t count;
    assert_ok(tw_spectrum_open(curvature, &options, &s));
    assert_ok(tw_spectrum_run(s, blocks));
    assert_int_equal(tw_spectrum_ended(s), blocks == MOST_BLOCKS);
    assert_ok(tw_spectrum_state(s, &count, &parts));
    assert_true(count <= 16);
    assert_int_equal(goes_on(count, parts, "nothing", 0, 0), 1);
    for (size_t at = 0; at < count; at++) {
        change_entries(count, parts, at);
        change_shape(count, parts, at);
    }
    change_to_nan(count, parts, "basis");
    change_to_nan(count, parts, "projected");
    change_to_nan(count, parts, "slack");
    change_to_nan(count, parts, "known");
    tw_spectrum_close(s);
}

/* A full space has no row behind its last one, where the couplings of an anchor would stand. */
static void anchor_behind_the_space(void **state) {
    enum { COUNT = 9, ANCHOR = 30 }; /* spectrum_state.c */
    tw_spectrum *s;
    const tw_spectrum_part *parts;
    size_t count, full = 0;
    assert_ok(tw_spectrum_open(curvature, &options, &s));
    for (int k = 0; k < MOST_BLOCKS && !tw_spectrum_ended(s) && !full; k++) {
        assert_ok(tw_spectrum_run(s, 1));
        assert_ok(tw_spectrum_state(s, &count, &parts));
        assert_string_equal(parts[count - 1].name, "counters");
        full = parts[count - 1].values[COUNT] == (double)options.basis;
    }
    assert_true(full);
    double *counters = (double *)parts[count - 1].values, before = counters[ANCHOR];
    assert_true(before < (double)options.basis);
    assert_int_equal(goes_on(count, parts, "nothing", 0, 0), 1);
    counters[ANCHOR] = (double)options.basis;
    assert_int_equal(goes_on(count, parts, "counters", ANCHOR, counters[ANCHOR]), 0);
    counters[ANCHOR] = before;
    tw_spectrum_close(s);
}

static void early(void **state) {
    damage(1);
}

static void growing(void **state) {
    damage(9);
}

static void restarted(void **state) {
    damage(20);
}

static void ended(void **state) {
    damage(MOST_BLOCKS);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(early),
        cmocka_unit_test(growing),
        cmocka_unit_test(restarted),
        cmocka_unit_test(ended),
        cmocka_unit_test(anchor_behind_the_space),
    };
    return cmocka_run_group_tests(tests, begin, end);
}
