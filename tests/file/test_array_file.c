/* NumPy's arrays: every type, order, layout and version that NumPy writes, and ours as NumPy reads
 * them. */
#include <math.h>

#include "raw_array.h"

static void check_array(const char *name) {
    char file[128];
    tw_array array;
    snprintf(file, sizeof file, "%s.npy", name);
    assert_ok(tw_array_read(scratch(file), NULL, &array));
    snprintf(file, sizeof file, "%s.raw", name);
    raw_array raw = raw_read(scratch(file));
    if (array.rank != raw.rank || array.count != raw.count)
        fail_msg("%s: rank %d, %zu numbers", name, array.rank, array.count);
    for (int k = 0; k < array.rank; k++)
        assert_int_equal(array.shape[k], raw.shape[k]);
    for (size_t k = 0; k < array.count; k++)
        if (!same(array.values[k], raw.values[k]) ||
            signbit(array.values[k]) != signbit(raw.values[k]))
            fail_msg("%s[%zu] is %g, not %g", name, k, array.values[k], raw.values[k]);
    free(raw.values);
    tw_array_release(&array);
    assert_null(array.values);
}

static void every_dtype_is_read(void **state) {
    outside("make_arrays", scratch(""));
    char *index = read_text(scratch("index"));
    int count = 0;
    for (char *name = strtok(index, "\n"); name != NULL; name = strtok(NULL, "\n"), count++)
        check_array(name);
    assert_true(count > 60);
    free(index);
}

static void archives_are_read(void **state) {
    tw_array array;
    outside("make_arrays", scratch(""));
    assert_ok(tw_array_read(scratch("one.npz"), NULL, &array));
    assert_int_equal(array.rank, 2);
    for (size_t k = 0; k < 6; k++)
        assert_true(array.values[k] == (double)k);
    tw_array_release(&array);
    assert_ok(tw_array_read(scratch("two.npz"), "b", &array));
    assert_int_equal(array.count, 4);
    assert_true(array.values[3] == 1);
    tw_array_release(&array);
    assert_fails(TW_ERR_FORMAT, "2 arrays: a, b", tw_array_read(scratch("two.npz"), NULL, &array));
    assert_fails(TW_ERR_FORMAT, "no array 'c' in the archive; it has a, b",
                 tw_array_read(scratch("two.npz"), "c", &array));
    assert_fails(TW_ERR_FORMAT, "0 arrays", tw_array_read(scratch("none.npz"), NULL, &array));
    assert_fails(TW_ERR_FORMAT, "not an .npz archive",
                 tw_array_read(scratch("scalar.npy"), "a", &array));
}

static void bad_types_are_named(void **state) {
    static const char *const cases[][2] = {{"complex", "'<c16'"},     {"text", "'U1'"},
                                           {"bytes", "'S1'"},         {"object", "Python objects"},
                                           {"record", "structured"},  {"time", "'<M8[s]'"},
                                           {"long_double", "'<f16'"}, {"deep", "8 dim"}};
    outside("make_bad_arrays", scratch(""));
    tw_array array;
    for (size_t k = 0; k < sizeof cases / sizeof cases[0]; k++) {
        char name[64];
        snprintf(name, sizeof name, "%s.npy", cases[k][0]);
        assert_fails(TW_ERR_FORMAT, cases[k][1], tw_array_read(scratch(name), NULL, &array));
        assert_non_null(strstr(tw_message(), name));
        assert_null(array.values);
    }
    assert_fails(TW_ERR_IO, "No such file", tw_array_read(scratch("no.npy"), NULL, &array));
    assert_fails(TW_ERR_IO, "it is a directory", tw_array_read(scratch(""), NULL, &array));
    write_bytes(scratch("text.npy"), "1 2 3 4 5 6 7 8 9\n", 18);
    assert_fails(TW_ERR_FORMAT, "does not begin", tw_array_read(scratch("text.npy"), NULL, &array));
}

static void write_and_check(int rank, const size_t *shape, const double *values) {
    const char *path = scratch("written.npy");
    tw_array array;
    assert_ok(tw_array_write(path, rank, shape, values));
    assert_ok(tw_array_read(path, NULL, &array));
    assert_int_equal(array.rank, rank);
    for (int k = 0; k < rank; k++)
        assert_int_equal(array.shape[k], shape[k]);
    for (size_t k = 0; k < array.count; k++)
        assert_true(same(array.values[k], values[k]));
    tw_array_release(&array);
    tw_result_kind kind;
    assert_ok(tw_result_kind_of(path, &kind));
    assert_int_equal(kind, TW_RESULT_ARRAY);
    outside("check_array", path);
}

static void ours_come_back(void **state) {
    const double values[6] = {0, 1, 2, 3, 4, 5}, odd[6] = {0, 1, 2, 3, NAN, INFINITY};
    write_and_check(0, NULL, values);
    write_and_check(1, (size_t[]){0}, NULL);
    write_and_check(1, (size_t[]){6}, values);
    write_and_check(2, (size_t[]){2, 3}, odd);
    write_and_check(3, (size_t[]){2, 1, 3}, values);
    assert_fails(TW_ERR_ARGUMENT, "rank 9",
                 tw_array_write(scratch("x.npy"), 9, (size_t[9]){1}, values));
}

/* The longest header there can be. */
static void large_shapes_are_written(void **state) {
    const size_t shape[8] = {0, SIZE_MAX, SIZE_MAX, SIZE_MAX, SIZE_MAX, SIZE_MAX, SIZE_MAX, 1};
    tw_array array;
    assert_ok(tw_array_write(scratch("long.npy"), 8, shape, NULL));
    assert_ok(tw_array_read(scratch("long.npy"), NULL, &array));
    assert_memory_equal(array.shape, shape, sizeof shape);
    tw_array_release(&array);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_dtype_is_read),      cmocka_unit_test(archives_are_read),
        cmocka_unit_test(bad_types_are_named),      cmocka_unit_test(ours_come_back),
        cmocka_unit_test(large_shapes_are_written),
    };
    return cmocka_run_group_tests(tests, scratch_setup, scratch_teardown);
}
