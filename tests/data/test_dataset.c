/* Datasets from memory, the mean, the hash; and the synthetic set. */
#include <math.h>

#include "support.h"

static void from_memory_copies(void **state) {
    uint8_t bytes[] = {1, 2, 3, 4, 5, 6};
    int32_t labels[] = {1, 0};
    tw_dataset_memory memory = {.bytes = bytes,
                                .labels = labels,
                                .samples = 2,
                                .features = 3,
                                .classes = 2,
                                .channels = 3,
                                .height = 1,
                                .width = 1};
    tw_dataset *dataset = NULL;
    assert_ok(tw_dataset_from_memory(&memory, &dataset));
    memset(bytes, 0, sizeof bytes);
    memset(labels, 0, sizeof labels);
    assert_int_equal(tw_dataset_bytes(dataset)[5], 6);
    assert_int_equal(tw_dataset_labels(dataset)[0], 1);
    assert_null(tw_dataset_doubles(dataset));
    assert_null(tw_dataset_class_name(dataset, 0));
    assert_string_equal(tw_dataset_kind(dataset), "memory");
    tw_dataset_free(dataset);
    tw_dataset_free(NULL);
}

static void from_memory_refuses(void **state) {
    const uint8_t bytes[6] = {0};
    const double doubles[6] = {0};
    const int32_t labels[2] = {0, 2};
    tw_dataset *dataset = NULL;
    tw_dataset_memory good = {.bytes = bytes,
                              .labels = labels,
                              .samples = 2,
                              .features = 3,
                              .classes = 3},
                      bad;
    bad = good, bad.classes = 2;
    assert_fails(TW_ERR_ARGUMENT, "label 2 of sample 1", tw_dataset_from_memory(&bad, &dataset));
    bad = good, bad.doubles = doubles;
    assert_fails(TW_ERR_ARGUMENT, "either", tw_dataset_from_memory(&bad, &dataset));
    bad = good, bad.bytes = NULL;
    assert_fails(TW_ERR_ARGUMENT, "either", tw_dataset_from_memory(&bad, &dataset));
    bad = good, bad.samples = 0;
    assert_fails(TW_ERR_ARGUMENT, "needs samples", tw_dataset_from_memory(&bad, &dataset));
    bad = good, bad.channels = 2, bad.height = 2, bad.width = 1;
    assert_fails(TW_ERR_SHAPE, "2 x 2 x 1", tw_dataset_from_memory(&bad, &dataset));
    bad = good, bad.channels = 3;
    assert_fails(TW_ERR_SHAPE, "3 x 0 x 0", tw_dataset_from_memory(&bad, &dataset));
    bad = good, bad.labels = NULL;
    assert_fails(TW_ERR_ARGUMENT, "labels", tw_dataset_from_memory(&bad, &dataset));
    assert_null(dataset);
}

/* FNV-1a written out once more, from the definition, over the bytes as the header orders them. */
static uint64_t fnv(uint64_t hash, uint64_t word, int bytes) {
    for (int i = 0; i < bytes; i++, word >>= 8) {
        hash ^= word & 0xff;
        hash *= 1099511628211u;
    }
    return hash;
}

static void hash_is_fnv(void **state) {
    const uint8_t bytes[4] = {9, 8, 7, 255};
    const int32_t labels[2] = {1, 0};
    tw_dataset_memory memory = {
        .bytes = bytes, .labels = labels, .samples = 2, .features = 2, .classes = 2};
    tw_dataset *dataset = NULL;
    assert_ok(tw_dataset_from_memory(&memory, &dataset));
    const uint64_t shape[] = {2, 2, 2, 0, 0, 0};
    uint64_t hash = 14695981039346656037u;
    for (int i = 0; i < 6; i++)
        hash = fnv(hash, shape[i], 8);
    hash = fnv(fnv(hash, 1, 4), 0, 4);
    for (int i = 0; i < 4; i++)
        hash = fnv(hash, bytes[i], 1);
    assert_true(tw_dataset_hash(dataset) == hash);
    tw_dataset_free(dataset);
}

/* More rows and columns than a block of either, and not a multiple. */
static void mean_of_bytes_and_doubles(void **state) {
    enum { SAMPLES = 1001, FEATURES = 1030 };
    double *mean = malloc(FEATURES * sizeof *mean);
    for (int kind = 0; kind < 2; kind++) {
        tw_dataset *dataset = random_dataset(kind, SAMPLES, FEATURES, 3, 5);
        tw_dataset_mean(dataset, mean);
        for (size_t j = 0; j < FEATURES; j++) {
            unsigned long long whole = 0;
            long double sum = 0;
            for (size_t i = 0; i < SAMPLES; i++)
                if (kind == 1)
                    whole += tw_dataset_bytes(dataset)[i * FEATURES + j];
                else
                    sum += tw_dataset_doubles(dataset)[i * FEATURES + j];
            if (kind == 1)
                assert_true(mean[j] == (double)whole / SAMPLES);
            else
                assert_close(mean[j], (double)(sum / SAMPLES), 0, 1e-13);
        }
        tw_dataset_free(dataset);
    }
    /* sums that no 16-bit partial sum may overflow */
    uint8_t *bytes = malloc(70000);
    int32_t *labels = calloc(70000, sizeof *labels);
    memset(bytes, 255, 70000);
    tw_dataset_memory memory = {
        .bytes = bytes, .labels = labels, .samples = 70000, .features = 1, .classes = 1};
    tw_dataset *dataset = NULL;
    assert_ok(tw_dataset_from_memory(&memory, &dataset));
    tw_dataset_mean(dataset, mean);
    assert_true(mean[0] == 255);
    tw_dataset_free(dataset);
    free(bytes);
    free(labels);
    free(mean);
}

/* ---- the synthetic set ---- */

static tw_dataset *synthetic(const char *source, uint64_t seed, tw_split split, size_t limit) {
    tw_dataset *dataset = NULL;
    assert_ok(tw_dataset_open(
        source, &(tw_dataset_options){.seed = seed, .split = split, .limit = limit}, &dataset));
    return dataset;
}

/* The bytes are a promise: results name them by this hash. */
static void synthetic_bytes_are_pinned(void **state) {
    tw_dataset *dataset = synthetic("synthetic:500", 0, TW_SPLIT_TRAIN, 0);
    if (tw_dataset_hash(dataset) != 0x348908fe7b73af17u)
        fail_msg("hash 0x%016llx", (unsigned long long)tw_dataset_hash(dataset));
    tw_dataset_free(dataset);
}

static void synthetic_image_depends_on_its_number_alone(void **state) {
    tw_dataset *small = synthetic("synthetic:50", 3, TW_SPLIT_TRAIN, 0);
    tw_dataset *large = synthetic("synthetic:70", 3, TW_SPLIT_TRAIN, 60);
    tw_dataset *other = synthetic("synthetic:50", 4, TW_SPLIT_TRAIN, 0);
    tw_dataset *test = synthetic("synthetic:250", 3, TW_SPLIT_TEST, 0);
    size_t size = 50 * 3072;
    assert_int_equal(tw_dataset_samples(large), 60);
    assert_int_equal(tw_dataset_samples(test), 50);
    assert_memory_equal(tw_dataset_bytes(small), tw_dataset_bytes(large), size);
    assert_memory_not_equal(tw_dataset_bytes(small), tw_dataset_bytes(other), size);
    assert_memory_not_equal(tw_dataset_bytes(small), tw_dataset_bytes(test), size);
    tw_dataset_free(small);
    tw_dataset_free(large);
    tw_dataset_free(other);
    tw_dataset_free(test);
}

static void synthetic_shape(void **state) {
    tw_dataset *dataset = synthetic("synthetic", 0, TW_SPLIT_TEST, 0);
    size_t channels, height, width, count[10] = {0};
    tw_dataset_image_shape(dataset, &channels, &height, &width);
    assert_int_equal(channels, 3);
    assert_int_equal(height, 32);
    assert_int_equal(width, 32);
    assert_int_equal(tw_dataset_samples(dataset), 2000);
    assert_int_equal(tw_dataset_classes(dataset), 10);
    assert_string_equal(tw_dataset_class_name(dataset, 1), "ring");
    for (size_t i = 0; i < 2000; i++)
        count[tw_dataset_labels(dataset)[i]]++;
    for (int c = 0; c < 10; c++)
        assert_int_equal(count[c], 200);
    tw_dataset_free(dataset);
}

static void synthetic_refuses(void **state) {
    static const char *const bad[] = {"synthetic:",   "synthetic:0",
                                      "synthetic:-5", "synthetic:1x",
                                      "synthetic: 5", "synthetic:99999999999999999999"};
    tw_dataset *dataset = NULL;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_fails(TW_ERR_ARGUMENT, "synthetic:N", tw_dataset_open(bad[i], NULL, &dataset));
    assert_fails(TW_ERR_MEMORY, "limit",
                 tw_dataset_open("synthetic:9999999999999", NULL, &dataset));
    const int unknown[] = {3, 10};
    assert_fails(TW_ERR_ARGUMENT, "class 10",
                 tw_dataset_open("synthetic:20",
                                 &(tw_dataset_options){.classes = unknown, .class_count = 2},
                                 &dataset));
    const int twice[] = {3, 3};
    assert_fails(TW_ERR_ARGUMENT, "twice",
                 tw_dataset_open("synthetic:20",
                                 &(tw_dataset_options){.classes = twice, .class_count = 2},
                                 &dataset));
    const int negative[] = {-1};
    assert_fails(TW_ERR_ARGUMENT, "class -1",
                 tw_dataset_open("synthetic:20",
                                 &(tw_dataset_options){.classes = negative, .class_count = 1},
                                 &dataset));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(from_memory_copies),
        cmocka_unit_test(from_memory_refuses),
        cmocka_unit_test(hash_is_fnv),
        cmocka_unit_test(mean_of_bytes_and_doubles),
        cmocka_unit_test(synthetic_bytes_are_pinned),
        cmocka_unit_test(synthetic_image_depends_on_its_number_alone),
        cmocka_unit_test(synthetic_shape),
        cmocka_unit_test(synthetic_refuses),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
