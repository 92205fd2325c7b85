/* The exact CIFAR-10 subset against Python's own pickle module. */
#include "data_scratch.h"

static void compare_split(FILE *numbers, const char *path) {
    int split;
    size_t images;
    unsigned long long expected, sum = 0;
    assert_int_equal(fscanf(numbers, "%d %zu %llu", &split, &images, &expected), 3);
    tw_dataset *dataset = open_split(path, split == 0 ? TW_SPLIT_TRAIN : TW_SPLIT_TEST);
    assert_int_equal(tw_dataset_samples(dataset), images);
    const uint8_t *bytes = tw_dataset_bytes(dataset);
    for (size_t k = 0; k < images * 3072; k++)
        sum += bytes[k];
    assert_true(sum == expected);
    double mean[3072];
    tw_dataset_mean(dataset, mean);
    for (int row = 0; row < 50; row++) {
        size_t i, j;
        int pixel, label;
        double average;
        assert_int_equal(fscanf(numbers, "%zu %zu %d %d %lf", &i, &j, &pixel, &label, &average), 5);
        assert_int_equal(bytes[i * 3072 + j], pixel);
        assert_int_equal(tw_dataset_labels(dataset)[i], label);
        assert_true(mean[j] == average);
    }
    assert_string_equal(tw_dataset_class_name(dataset, 9), "truck");
    tw_dataset_free(dataset);
}

static void same_as_python(void **state) {
    char path[4096], arguments[8192];
    snprintf(path, sizeof path, "%s", shared_path("cifar-10-subset/cifar-10-batches-py"));
    snprintf(arguments, sizeof arguments, "'%s' > '%s'", path, scratch("numbers.txt"));
    scratch_python("read_subset.py", arguments);
    FILE *numbers = fopen(scratch("numbers.txt"), "r");
    assert_non_null(numbers);
    compare_split(numbers, path);
    compare_split(numbers, path);
    fclose(numbers);
}

/* The directory above, and a limit that ends in the second file. */
static void from_above_with_a_limit(void **state) {
    char above[4096];
    snprintf(above, sizeof above, "%s", shared_path("cifar-10-subset"));
    tw_dataset *all = open_split(above, TW_SPLIT_TRAIN), *some = NULL;
    assert_ok(tw_dataset_open(above, &(tw_dataset_options){.limit = 1100}, &some));
    assert_int_equal(tw_dataset_samples(some), 1100);
    assert_memory_equal(tw_dataset_bytes(some), tw_dataset_bytes(all), 1100 * 3072);
    tw_dataset_free(some);
    tw_dataset_free(all);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(same_as_python),
                                       cmocka_unit_test(from_above_with_a_limit)};
    return cmocka_run_group_tests(tests, scratch_begin, scratch_end);
}
