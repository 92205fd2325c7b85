/* Sizes and colours of images: bytes against Pillow, numbers against the formula read once more. */
#include <math.h>

#include "data_scratch.h"

static void need_pillow(void) {
    if (system("/usr/bin/python3 -c 'import numpy, PIL' 2>/dev/null") != 0) {
        print_message("skipped: no Python with Pillow\n");
        skip();
    }
}

/* ---- bytes ---- */

static int color_of(const char *word) {
    for (size_t i = 0; tw_color_name(i) != NULL; i++)
        if (strcmp(tw_color_name(i), word) == 0)
            return (int)i;
    fail_msg("no color '%s'", word);
    return -1;
}

/* Both orders of the channels hold the image that is in the file `wanted`. */
static void check_bytes(const char *path, tw_dataset_options options, size_t channels,
                        const char *wanted) {
    options.bytes = sizeof options;
    for (int last = 0; last < 2; last++) {
        tw_dataset *data;
        options.channels_last = last;
        assert_ok(tw_dataset_open(path, &options, &data));
        size_t shape[3], features = tw_dataset_features(data);
        tw_dataset_image_shape(data, &shape[0], &shape[1], &shape[2]);
        assert_int_equal(shape[0], channels);
        assert_int_equal(channels * shape[1] * shape[2], features);
        assert_true(options.height == 0 ||
                    (shape[1] == options.height && shape[2] == options.width));
        FILE *file = fopen(wanted, "rb");
        assert_non_null(file);
        for (size_t i = 0; i < tw_dataset_samples(data); i++)
            for (size_t j = 0; j < features; j++) {
                const size_t plane = shape[1] * shape[2], c = j / plane, pixel = j % plane;
                const size_t at = last ? pixel * channels + c : j;
                assert_int_equal(tw_dataset_bytes(data)[i * features + at], fgetc(file));
            }
        assert_int_equal(fgetc(file), EOF);
        fclose(file);
        tw_dataset_free(data);
    }
}

static void bytes_are_those_of_pillow(void **state) {
    need_pillow();
    scratch_python("make_resized.py", scratch(""));
    char *list = read_text(scratch("list.txt")), *at = list, name[32], color[8];
    size_t height, width, resize, channels, count = 0;
    int length;
    while (sscanf(at, "%31s %7s %zu %zu %zu %zu\n%n", name, color, &height, &width, &resize,
                  &channels, &length) == 6) {
        char wanted[32];
        snprintf(wanted, sizeof wanted, "%zu.bin", count++);
        check_bytes(scratch(name),
                    (tw_dataset_options){.height = height,
                                         .width = width,
                                         .resize = resize,
                                         .color = (size_t)color_of(color)},
                    channels, scratch(wanted));
        at += length;
    }
    assert_int_equal(count, 63);
    free(list);
}

/* ---- numbers ---- */

enum { HEIGHT = 7, WIDTH = 12, CHANNELS = 3, PLANE = HEIGHT * WIDTH };

/* Images of doubles in a .npy pair, with no Python: n x height x width x channels. */
static void write_npy(const char *name, const char *header, const void *values, size_t size) {
    uint8_t file[10 + 118 + 2 * PLANE * CHANNELS * 8];
    memcpy(file, "\x93NUMPY\x01\0\x76\0", 10);
    memset(file + 10, ' ', 118);
    memcpy(file + 10, header, strlen(header));
    file[127] = '\n';
    memcpy(file + 128, values, size);
    scratch_write(name, file, 128 + size);
}

static double *write_images(void) {
    static double images[2 * PLANE * CHANNELS];
    const int64_t labels[] = {0, 1};
    for (size_t i = 0; i < 2 * PLANE * CHANNELS; i++)
        images[i] = sin(0.7 * (double)(i * i)) * 3 - 1;
    write_npy("doubles/X.npy", "{'descr': '<f8', 'fortran_order': False, 'shape': (2, 7, 12, 3), }",
              images, sizeof images);
    write_npy("doubles/y.npy", "{'descr': '<i8', 'fortran_order': False, 'shape': (2,), }", labels,
              sizeof labels);
    return images;
}

/* One pixel by the definition: the mean of all, weighted by a triangle about its centre. */
static double pixel_of(const double *image, size_t channel, const double whole[2], double y,
                       double x) {
    const double sy = HEIGHT / whole[0], sx = WIDTH / whole[1];
    double sum = 0, weights = 0;
    for (size_t i = 0; i < HEIGHT; i++)
        for (size_t j = 0; j < WIDTH; j++) {
            double dy = fabs((double)i + 0.5 - (y + 0.5) * sy) / fmax(sy, 1);
            double dx = fabs((double)j + 0.5 - (x + 0.5) * sx) / fmax(sx, 1);
            double weight = fmax(1 - dy, 0) * fmax(1 - dx, 0);
            sum += weight * image[(i * WIDTH + j) * CHANNELS + channel];
            weights += weight;
        }
    return sum / weights;
}

static void numbers_are_those_of_the_formula(void **state) {
    static const struct {
        size_t height, width, resize;
        double whole[2];
        double top, left;
    } cases[] = {
        {14, 24, 0, {14, 24}, 0, 0}, {5, 5, 0, {5, 8}, 0, 2},    {4, 9, 0, {5, 9}, 0, 0},
        {3, 3, 5, {5, 8}, 1, 2},     {1, 1, 0, {1, 1}, 0, 0},    {7, 12, 0, {7, 12}, 0, 0},
        {7, 7, 21, {21, 36}, 7, 14}, {9, 30, 0, {17, 30}, 4, 0},
    };
    const double *images = write_images();
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        const tw_dataset_options options = {.bytes = sizeof options,
                                            .height = cases[k].height,
                                            .width = cases[k].width,
                                            .resize = cases[k].resize};
        tw_dataset *data;
        assert_ok(tw_dataset_open(scratch("doubles"), &options, &data));
        const double *x = tw_dataset_doubles(data);
        for (size_t i = 0; i < 2 * CHANNELS; i++)
            for (size_t row = 0; row < options.height; row++)
                for (size_t column = 0; column < options.width; column++)
                    assert_close(*x++,
                                 pixel_of(images + i / CHANNELS * PLANE * CHANNELS, i % CHANNELS,
                                          cases[k].whole, cases[k].top + (double)row,
                                          cases[k].left + (double)column),
                                 1e-13, 1e-14);
        tw_dataset_free(data);
    }
}

static void colours_of_numbers(void **state) {
    const double *images = write_images();
    tw_dataset *grey;
    assert_ok(tw_dataset_open(
        scratch("doubles"),
        &(tw_dataset_options){.bytes = sizeof(tw_dataset_options), .color = TW_COLOR_GREY}, &grey));
    for (size_t i = 0; i < 2 * PLANE; i++)
        assert_close(tw_dataset_doubles(grey)[i],
                     0.299 * images[3 * i] + 0.587 * images[3 * i + 1] + 0.114 * images[3 * i + 2],
                     1e-14, 1e-15);
    tw_dataset_free(grey);
}

/* ---- what is refused ---- */

static void refused(void **state) {
    static const struct {
        size_t height, width, resize, color;
        const char *words;
    } cases[] = {
        {5, 0, 0, 0, "each side has 1 to"},  {0, 5, 0, 0, "each side has 1 to"},
        {70000, 5, 0, 0, "each side has 1"}, {5, 5, 4, 0, "must be as large"},
        {0, 0, 4, 0, "must be as large"},    {5, 5, 70000, 0, "must be as large"},
        {0, 0, 0, 3, "unknown color 3"},
    };
    tw_dataset *data;
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++)
        assert_fails(TW_ERR_ARGUMENT, cases[k].words,
                     tw_dataset_open("synthetic:20",
                                     &(tw_dataset_options){.bytes = sizeof(tw_dataset_options),
                                                           .height = cases[k].height,
                                                           .width = cases[k].width,
                                                           .resize = cases[k].resize,
                                                           .color = cases[k].color},
                                     &data));
    const char *path = scratch_write("plain.csv", "1,2,3\n0,2,3\n", 12);
    assert_fails(TW_ERR_ARGUMENT, "plain features, not images",
                 tw_dataset_open(path,
                                 &(tw_dataset_options){.bytes = sizeof(tw_dataset_options),
                                                       .color = TW_COLOR_RGB},
                                 &data));
    /* large, but what there is memory for is found out before it is written to */
    assert_fails(TW_ERR_MEMORY, "synthetic:1000000': not enough memory",
                 tw_dataset_open("synthetic:1000000",
                                 &(tw_dataset_options){.bytes = sizeof(tw_dataset_options),
                                                       .height = 65535,
                                                       .width = 65535},
                                 &data));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bytes_are_those_of_pillow),
        cmocka_unit_test(numbers_are_those_of_the_formula),
        cmocka_unit_test(colours_of_numbers),
        cmocka_unit_test(refused),
    };
    return cmocka_run_group_tests(tests, scratch_begin, scratch_end);
}
