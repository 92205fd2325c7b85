/* Folders of images by class: which files, in which order, as which classes, and in which shape. */
#include <unistd.h>

#include "data_scratch.h"

enum { PIXELS = 4 * 5 };

static int make(void **state) {
    char command[1024];
    const char *source = getenv("THALWEG_SOURCE");
    if (scratch_begin(state) != 0)
        return -1;
    snprintf(command, sizeof command, "/usr/bin/python3 '%s/tests/data/make_folders.py' '%s'",
             source != NULL ? source : ".", scratch(""));
    if (system("/usr/bin/python3 -c 'import numpy' 2>/dev/null") == 0 && system(command) != 0)
        return -1;
    return 0;
}

/* Skips without the files, or where the build has no libpng. */
static void need_images(void) {
    tw_dataset *data;
    if (access(scratch("many.txt"), R_OK) != 0) {
        print_message("skipped: no Python with NumPy\n");
        skip();
    }
    if (tw_dataset_open(scratch("allgrey"), NULL, &data) == TW_ERR_UNSUPPORTED) {
        assert_non_null(strstr(tw_message(), "was built without libpng; build it with libpng"));
        print_message("skipped: %s\n", tw_message());
        skip();
    }
    tw_dataset_free(data);
}

static tw_dataset *open_with(const char *name, tw_dataset_options options) {
    tw_dataset *data = NULL;
    options.bytes = sizeof options;
    assert_ok(tw_dataset_open(scratch(name), &options, &data));
    return data;
}

/* The data are the first `count` of the list, of all it has with 0; each channel of an image is one
 * value, in colours more by one each. Labels that `number` gives -1 are not there. */
static void check_order(const tw_dataset *data, const char *list_name, size_t count,
                        const int *number) {
    char *list = read_text(scratch(list_name)), *at = list;
    size_t shape[3], k = 0, plane;
    int label, value, length;
    tw_dataset_image_shape(data, &shape[0], &shape[1], &shape[2]);
    plane = shape[1] * shape[2];
    assert_int_equal(shape[0] * plane, tw_dataset_features(data));
    for (; sscanf(at, "%d %d\n%n", &label, &value, &length) == 2; at += length) {
        label = number != NULL ? number[label] : label;
        if (label < 0 || (count > 0 && k == count))
            continue;
        assert_true(k < tw_dataset_samples(data));
        assert_int_equal(tw_dataset_labels(data)[k], label);
        const uint8_t *bytes = tw_dataset_bytes(data) + k++ * shape[0] * plane;
        for (size_t i = 0; i < shape[0] * plane; i++)
            assert_int_equal(bytes[i], value + (int)(i / plane));
    }
    assert_int_equal(k, tw_dataset_samples(data));
    free(list);
}

static void splits_and_order(void **state) {
    static const char *const names[] = {"Emu", "cat", "dog", "none", "zebra", "été"};
    need_images();
    for (int split = 0; split < 2; split++) {
        tw_dataset *data = open_with("both", (tw_dataset_options){.split = (tw_split)split});
        assert_string_equal(tw_dataset_kind(data), "folder of images");
        assert_int_equal(tw_dataset_classes(data), 6);
        for (size_t i = 0; i < 6; i++)
            assert_string_equal(tw_dataset_class_name(data, i), names[i]);
        assert_null(tw_dataset_class_name(data, 6));
        assert_non_null(strstr(tw_dataset_label_source(data), split ? "both/val'" : "both/train'"));
        check_order(data, split ? "both-val.txt" : "both-train.txt", 0, NULL);
        tw_dataset_free(data);
    }
    tw_dataset *data = open_with("both", (tw_dataset_options){0});
    assert_int_equal(tw_dataset_samples(data), 12);
    /* .hidden.png, Thumbs.db, labels.txt, 1.png.txt, and the link to a folder */
    assert_non_null(strstr(tw_dataset_note(data, 0), "5 files that are hidden"));
    assert_non_null(strstr(tw_dataset_note(data, 1), "3 images lie in folders of"));
    assert_non_null(strstr(tw_dataset_note(data, 2), "2 of 6 classes have no image"));
    assert_null(tw_dataset_note(data, 3));
    tw_dataset_free(data);
}

static void limits_and_classes(void **state) {
    static const int chosen[] = {5, 1, 0}, number[] = {2, 1, -1, -1, -1, 0};
    need_images();
    tw_dataset *data = open_with("both", (tw_dataset_options){.limit = 3});
    check_order(data, "both-train.txt", 3, NULL);
    assert_non_null(strstr(tw_dataset_note(data, 3), "the limit leaves 1 classes without"));
    tw_dataset_free(data);
    data = open_with("both", (tw_dataset_options){.limit = 5, .classes = chosen, .class_count = 3});
    assert_int_equal(tw_dataset_classes(data), 3);
    assert_string_equal(tw_dataset_class_name(data, 0), "été");
    check_order(data, "both-train.txt", 5, number);
    tw_dataset_free(data);
    tw_dataset_options options = {.classes = (const int[]){3}, .class_count = 1};
    assert_fails(TW_ERR_FORMAT, "no sample of the classes asked for",
                 tw_dataset_open(scratch("both"), &options, &data));
    options.classes = (const int[]){6};
    assert_fails(TW_ERR_ARGUMENT, "only the classes 0 to 5",
                 tw_dataset_open(scratch("both"), &options, &data));
}

static void colours(void **state) {
    need_images();
    tw_dataset *data = open_with("allgrey", (tw_dataset_options){0});
    check_order(data, "allgrey.txt", 0, NULL); /* one channel */
    assert_int_equal(tw_dataset_features(data), PIXELS);
    assert_null(tw_dataset_note(data, 0));
    tw_dataset_free(data);
    data = open_with("mixed", (tw_dataset_options){0});
    assert_int_equal(tw_dataset_features(data), 3 * PIXELS);
    assert_non_null(strstr(tw_dataset_note(data, 0), "2 of 5 images are grey"));
    /* b/1.png, the last: grey in each channel */
    const uint8_t *last = tw_dataset_bytes(data) + 3 * 3 * PIXELS;
    assert_true(last[0] == last[PIXELS] && last[0] == last[2 * PIXELS]);
    tw_dataset_free(data);
    for (size_t color = TW_COLOR_RGB; color <= TW_COLOR_GREY; color++) {
        data = open_with("mixed", (tw_dataset_options){.color = color});
        assert_int_equal(tw_dataset_features(data), color == TW_COLOR_RGB ? 3 * PIXELS : PIXELS);
        assert_null(tw_dataset_note(data, 0));
        tw_dataset_free(data);
    }
}

static void several_sizes(void **state) {
    need_images();
    tw_dataset *data;
    assert_fails(TW_ERR_SHAPE, "0.png' is 4 x 5, '",
                 tw_dataset_open(scratch("sizes"), NULL, &data));
    assert_non_null(strstr(tw_message(), "(--size HxW)"));
    for (size_t color = TW_COLOR_AS_IS; color <= TW_COLOR_GREY; color++) {
        data = open_with("sizes", (tw_dataset_options){.height = 7, .width = 3, .color = color});
        size_t shape[3];
        tw_dataset_image_shape(data, &shape[0], &shape[1], &shape[2]);
        assert_true(shape[0] == (color == TW_COLOR_GREY ? 1 : 3) && shape[1] == 7 && shape[2] == 3);
        /* of one value before, of one value after */
        assert_int_equal(tw_dataset_bytes(data)[2 * shape[0] * 21 + 20],
                         101 + (color == TW_COLOR_GREY));
        tw_dataset_free(data);
    }
}

/* Several threads read many; the result is in order, and the file that is broken is named. */
static void many(void **state) {
    need_images();
    tw_dataset *data = open_with("many", (tw_dataset_options){0});
    assert_int_equal(tw_dataset_samples(data), 60);
    check_order(data, "many.txt", 0, NULL);
    tw_dataset_free(data);
    assert_fails(TW_ERR_FORMAT, "broken/b/41.png' is no whole PNG image",
                 tw_dataset_open(scratch("broken"), NULL, &data));
    tw_dataset_free(open_with("broken", (tw_dataset_options){.limit = 41}));
}

static void what_is_none(void **state) {
    static const struct {
        const char *name;
        int split;
        tw_status status;
        const char *words;
    } cases[] = {
        {"flat", 0, TW_ERR_FORMAT, "holds images, but not by class; make a folder for each class"},
        {"flat", 1, TW_ERR_FORMAT, "holds images, but not by class"},
        {"competition", 1, TW_ERR_FORMAT, "competition/test' holds images, but not by class"},
        {"competition/train", 1, TW_ERR_ARGUMENT, "is itself one split, 'train'; name the folder"},
        {"empty", 0, TW_ERR_FORMAT, "no folder in it has a .png or .jpg image either"},
        {"notimage", 0, TW_ERR_FORMAT, "a/1.png' is neither a PNG nor a JPEG image"},
    };
    need_images();
    tw_dataset *data;
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++)
        assert_fails(cases[k].status, cases[k].words,
                     tw_dataset_open(scratch(cases[k].name),
                                     &(tw_dataset_options){.split = (tw_split)cases[k].split},
                                     &data));
    data = open_with("pictures", (tw_dataset_options){.split = TW_SPLIT_TEST});
    assert_string_equal(tw_dataset_kind(data), "cifar-10 (binary)");
    tw_dataset_free(data);
    tw_dataset_free(open_with("testing set/", (tw_dataset_options){.split = TW_SPLIT_TEST}));
}

static void read_unasked(void **state) {
    need_images();
    assert_int_equal(tw_dataset_reads(scratch("both"), scratch("both/train/cat/z.png")), 1);
    assert_int_equal(tw_dataset_reads(scratch("both/"), scratch("both/train/dog/link.png")), 1);
    assert_int_equal(tw_dataset_reads(scratch("both"), scratch("both/train/labels.txt")), 0);
    assert_int_equal(tw_dataset_reads(scratch("both"), scratch("both/train/cat/new.png")), 0);
    assert_int_equal(tw_dataset_reads(scratch("both"), scratch("mixed/a/0.png")), 0);
    assert_int_equal(tw_dataset_reads(scratch("flat"), scratch("flat/1.png")), 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(splits_and_order),
        cmocka_unit_test(limits_and_classes),
        cmocka_unit_test(colours),
        cmocka_unit_test(several_sizes),
        cmocka_unit_test(many),
        cmocka_unit_test(what_is_none),
        cmocka_unit_test(read_unasked),
    };
    return cmocka_run_group_tests(tests, make, scratch_end);
}
