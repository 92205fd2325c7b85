/* Samples as a network takes them, against the formula read one number at a time. */
#include <math.h>

#include "data/preparation.h"
#include "support.h"

enum {
    SAMPLES = 5,
    CHANNELS = 3,
    HEIGHT = 4,
    WIDTH = 6,
    PLANE = HEIGHT * WIDTH,
    FEATURES = CHANNELS * PLANE
};

static const double mean[] = {0.485, 0.456, 0.406}, std_of[] = {0.229, 0.224, 0.225};

/* Images of any values; `flat` keeps their shape a secret. */
static tw_dataset *images(int bytes, int flat) {
    static uint8_t small[SAMPLES * FEATURES];
    static double large[SAMPLES * FEATURES];
    static const int32_t labels[SAMPLES] = {0, 1, 1, 0, 2};
    for (size_t i = 0; i < SAMPLES * FEATURES; i++) {
        small[i] = (uint8_t)(i * 2654435761u >> 11);
        large[i] = small[i] / 64.0 - 1.7;
    }
    const tw_dataset_memory memory = {.bytes = bytes ? small : NULL,
                                      .doubles = bytes ? NULL : large,
                                      .labels = labels,
                                      .samples = SAMPLES,
                                      .features = FEATURES,
                                      .classes = 3,
                                      .channels = flat ? 0 : CHANNELS,
                                      .height = flat ? 0 : HEIGHT,
                                      .width = flat ? 0 : WIDTH};
    tw_dataset *dataset;
    assert_ok(tw_dataset_from_memory(&memory, &dataset));
    return dataset;
}

static size_t place(int last, size_t channel, size_t pixel) {
    return last ? pixel * CHANNELS + channel : channel * PLANE + pixel;
}

/* The number that the formula gives for a pixel. */
static double wanted(const tw_dataset *dataset, const tw_preparation_options *options,
                     int dataset_last, const size_t at[3]) {
    size_t index = at[0] * FEATURES + place(dataset_last, at[1], at[2]);
    const uint8_t *bytes = tw_dataset_bytes(dataset);
    double pixel = bytes != NULL ? bytes[index] : tw_dataset_doubles(dataset)[index];
    double scaled = options->scale != 0 ? pixel * options->scale
                    : bytes != NULL     ? pixel / 255
                                        : pixel;
    double m = options->mean_count == 0 ? 0 : options->mean[options->mean_count > 1 ? at[1] : 0];
    double s = options->std_count == 0 ? 1 : options->std[options->std_count > 1 ? at[1] : 0];
    return (scaled - m) / s;
}

static void check_batch(const tw_dataset *dataset, const tw_preparation_options *options,
                        int dataset_last, size_t count, const size_t *samples, size_t first) {
    float singles[SAMPLES * FEATURES];
    double doubles[SAMPLES * FEATURES];
    tw_preparation *p;
    assert_ok(tw_preparation_new(dataset, options, &p));
    assert_ok(tw_prepare_f32(p, count, samples, first, singles));
    assert_ok(tw_prepare_f64(p, count, samples, first, doubles));
    for (size_t k = 0; k < count; k++)
        for (size_t c = 0; c < CHANNELS; c++)
            for (size_t i = 0; i < PLANE; i++) {
                size_t at[] = {samples != NULL ? samples[k] : first + k, c, i};
                size_t to = k * FEATURES + place(options->channels_last, c, i);
                double value = wanted(dataset, options, dataset_last, at);
                assert_true(doubles[to] == value);
                assert_true(singles[to] == (float)value);
            }
    tw_preparation_free(p);
}

/* Every way to say mean, std, scale and order, on data of every kind. */
static void as_the_formula(void **state) {
    static const size_t counts[] = {0, 1, CHANNELS}, order[] = {4, 0, 0, 3};
    for (int k = 0; k < 4 * 2 * 2 * 9; k++) {
        const int bytes = k & 1, flat = k >> 1 & 1, last = k >> 2 & 1, scaled = k >> 3 & 1;
        tw_dataset *dataset = images(bytes, flat);
        const tw_preparation_options options = {.channels = CHANNELS,
                                                .height = HEIGHT,
                                                .width = WIDTH,
                                                .channels_last = last,
                                                .scale = scaled ? 0.5 : 0,
                                                .mean = mean,
                                                .std = std_of,
                                                .mean_count = counts[k / 16 % 3],
                                                .std_count = counts[k / 48]};
        /* plain features are in the order of the output, images in planes */
        check_batch(dataset, &options, flat && last, 2, NULL, 3);
        check_batch(dataset, &options, flat && last, 4, order, 7);
        tw_dataset_free(dataset);
    }
}

/* A data set with its channels last, made by the reader of the built-in one. */
static void from_pixels_side_by_side(void **state) {
    tw_dataset *planes, *pixels;
    assert_ok(tw_dataset_open("synthetic:20", NULL, &planes));
    assert_ok(tw_dataset_open("synthetic:20", &(tw_dataset_options){.channels_last = 1}, &pixels));
    size_t features = tw_dataset_features(planes);
    float *one = malloc(features * sizeof *one), *two = malloc(features * sizeof *two);
    for (int k = 0; k < 4; k++) {
        const size_t count = k & 2 ? 3 : 1;
        const tw_preparation_options options = {.channels_last = k & 1,
                                                .mean = mean,
                                                .mean_count = count,
                                                .std = std_of,
                                                .std_count = count};
        tw_preparation *p, *q;
        assert_ok(tw_preparation_new(planes, &options, &p));
        assert_ok(tw_preparation_new(pixels, &options, &q));
        assert_ok(tw_prepare_f32(p, 1, NULL, 17, one));
        assert_ok(tw_prepare_f32(q, 1, NULL, 17, two));
        assert_memory_equal(one, two, features * sizeof *one);
        tw_preparation_free(p);
        tw_preparation_free(q);
    }
    free(one);
    free(two);
    tw_dataset_free(planes);
    tw_dataset_free(pixels);
}

/* Without a shape from either side each feature is a channel. */
static void a_statistic_for_each_feature(void **state) {
    tw_dataset *dataset = images(0, 1);
    double means[FEATURES], out[FEATURES];
    for (size_t i = 0; i < FEATURES; i++)
        means[i] = 0.25 * (double)i;
    tw_preparation *p;
    assert_ok(tw_preparation_new(
        dataset, &(tw_preparation_options){.mean = means, .mean_count = FEATURES}, &p));
    assert_ok(tw_prepare_f64(p, 1, NULL, 2, out));
    for (size_t i = 0; i < FEATURES; i++)
        assert_true(out[i] == tw_dataset_doubles(dataset)[2 * FEATURES + i] - means[i]);
    tw_preparation_free(p);
    tw_dataset_free(dataset);
}

static void what_does_not_fit(void **state) {
    tw_dataset *dataset = images(1, 0), *flat = images(1, 1);
    const tw_preparation_options good = {
        .channels = CHANNELS, .height = HEIGHT, .width = WIDTH, .mean = mean};
    tw_preparation_options bad;
    tw_preparation *p;
    bad = good, bad.height = 32, bad.width = 30;
    assert_fails(TW_ERR_SHAPE, "are 3 x 4 x 6; --size 32x30 makes them so",
                 tw_preparation_new(dataset, &bad, &p));
    bad.channels = 1;
    assert_fails(TW_ERR_SHAPE, "; --size 32x30 --color grey makes",
                 tw_preparation_new(dataset, &bad, &p));
    bad = good, bad.channels = 1;
    assert_fails(TW_ERR_SHAPE, "; --color grey makes", tw_preparation_new(dataset, &bad, &p));
    bad.channels = 7;
    assert_fails(TW_ERR_SHAPE, "other data", tw_preparation_new(dataset, &bad, &p));
    assert_fails(TW_ERR_SHAPE, "7 x 4 x 6 (channels, height, width) numbers, and the data have 72",
                 tw_preparation_new(flat, &bad, &p));
    bad = good, bad.channels = bad.height = (size_t)1 << 40;
    assert_fails(TW_ERR_SHAPE, "72 features", tw_preparation_new(flat, &bad, &p));
    bad = good, bad.mean_count = 2;
    assert_fails(TW_ERR_ARGUMENT, "the mean has 2 numbers, but the data have 3 channels",
                 tw_preparation_new(dataset, &bad, &p));
    bad = good, bad.std = (double[]){1, 0, 1}, bad.std_count = 3;
    assert_fails(TW_ERR_ARGUMENT, "std of channel 1 is 0", tw_preparation_new(dataset, &bad, &p));
    bad.std = (double[]){1, -0.25, 1};
    assert_fails(TW_ERR_ARGUMENT, "std of channel 1 is -0.25, and must be greater than 0",
                 tw_preparation_new(dataset, &bad, &p));
    bad.std = (double[]){1, 1, NAN};
    assert_fails(TW_ERR_ARGUMENT, "std of channel 2", tw_preparation_new(dataset, &bad, &p));
    bad = good, bad.scale = INFINITY;
    assert_fails(TW_ERR_ARGUMENT, "scale", tw_preparation_new(dataset, &bad, &p));
    assert_null(p);
    tw_dataset_free(dataset);
    tw_dataset_free(flat);
}

static void samples_that_are_not_there(void **state) {
    tw_dataset *dataset = images(1, 0);
    float out[2 * FEATURES];
    tw_preparation *p;
    assert_ok(tw_preparation_new(dataset, NULL, &p));
    assert_fails(TW_ERR_ARGUMENT, "sample 5 of a batch", tw_prepare_f32(p, 2, NULL, 4, out));
    assert_fails(TW_ERR_ARGUMENT, "one of the 5",
                 tw_prepare_f32(p, 2, (const size_t[]){0, 5}, 0, out));
    assert_fails(TW_ERR_ARGUMENT, "one of the 5", tw_prepare_f32(p, 2, NULL, SIZE_MAX, out));
    assert_ok(tw_prepare_f32(p, 0, NULL, 5, out));
    tw_preparation_free(p);
    tw_preparation_free(NULL);
    tw_dataset_free(dataset);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(as_the_formula),
        cmocka_unit_test(from_pixels_side_by_side),
        cmocka_unit_test(a_statistic_for_each_feature),
        cmocka_unit_test(what_does_not_fit),
        cmocka_unit_test(samples_that_are_not_there),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
