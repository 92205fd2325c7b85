/* Every layout that is read, written by Python and NumPy, against what they put in. */
#include "data_scratch.h"

enum { WORD = 128 };

typedef struct expectation {
    char name[WORD], split[WORD], kind[WORD];
    size_t channels, height, width, classes;
} expectation;

static void compare_values(const tw_dataset *dataset, const char *path, const char *name) {
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    int64_t shape[2];
    assert_int_equal(fread(shape, sizeof *shape, 2, file), 2);
    if (tw_dataset_samples(dataset) != (size_t)shape[0] ||
        tw_dataset_features(dataset) != (size_t)shape[1])
        fail_msg("%s: %zu x %zu", name, tw_dataset_samples(dataset), tw_dataset_features(dataset));
    for (int64_t i = 0; i < shape[0]; i++) {
        int64_t label;
        assert_int_equal(fread(&label, sizeof label, 1, file), 1);
        if (tw_dataset_labels(dataset)[i] != label)
            fail_msg("%s: label %lld", name, (long long)i);
    }
    const uint8_t *bytes = tw_dataset_bytes(dataset);
    const double *doubles = tw_dataset_doubles(dataset);
    assert_true((bytes == NULL) != (doubles == NULL));
    for (int64_t k = 0; k < shape[0] * shape[1]; k++) {
        double value;
        assert_int_equal(fread(&value, sizeof value, 1, file), 1);
        if (value != (bytes != NULL ? bytes[k] : doubles[k]))
            fail_msg("%s: value %lld", name, (long long)k);
    }
    fclose(file);
}

static void compare(const expectation *e, int number) {
    char path[64];
    tw_dataset *dataset = open_split(
        scratch(e->name), strcmp(e->split, "test") == 0 ? TW_SPLIT_TEST : TW_SPLIT_TRAIN);
    snprintf(path, sizeof path, "expect/%d.bin", number);
    compare_values(dataset, scratch(path), e->name);
    size_t channels, height, width;
    tw_dataset_image_shape(dataset, &channels, &height, &width);
    char kind[WORD];
    snprintf(kind, sizeof kind, "%s", tw_dataset_kind(dataset));
    for (char *c = kind; *c != '\0'; c++)
        *c = *c == ' ' ? '_' : *c;
    if (strcmp(kind, e->kind) != 0 || channels != e->channels || height != e->height ||
        width != e->width || tw_dataset_classes(dataset) != e->classes)
        fail_msg("%s: %s, %zu x %zu x %zu, %zu classes", e->name, kind, channels, height, width,
                 tw_dataset_classes(dataset));
    tw_dataset_free(dataset);
}

static void every_layout(void **state) {
    scratch_python("make_sources.py", scratch(""));
    char *list = read_text(scratch("list.txt"));
    int number = 0;
    for (char *line = strtok(list, "\n"); line != NULL; line = strtok(NULL, "\n"), number++) {
        expectation e;
        assert_int_equal(sscanf(line, "%127s %127s %127s %zu %zu %zu %zu", e.name, e.split, e.kind,
                                &e.channels, &e.height, &e.width, &e.classes),
                         7);
        compare(&e, number);
    }
    free(list);
    assert_true(number > 75);
}

/* The four places that hold names of classes. */
static void names_of_classes(void **state) {
    static const struct {
        const char *source;
        size_t label;
        const char *name;
    } cases[] = {{"bin10", 3, "d"}, {"py10", 9, "n9"}, {"py100", 99, "f99"}, {"idx", 3, NULL}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        tw_dataset *dataset = open_split(scratch(cases[i].source), TW_SPLIT_TRAIN);
        const char *name = tw_dataset_class_name(dataset, cases[i].label);
        assert_true((name == NULL) == (cases[i].name == NULL));
        if (name != NULL)
            assert_string_equal(name, cases[i].name);
        assert_null(tw_dataset_class_name(dataset, 100));
        tw_dataset_free(dataset);
    }
}

/* A limit and a choice of classes against a selection made here from the whole. */
static void limit_and_classes(void **state) {
    static const char *const sources[] = {"bin10",         "py100",         "idx.gz",
                                          "npz/keras.npz", "csv/plain.csv", "synthetic:200"};
    static const int chosen[] = {2, 0};
    for (size_t s = 0; s < sizeof sources / sizeof *sources; s++) {
        const char *path = s < 5 ? scratch(sources[s]) : sources[s];
        tw_dataset *all = open_split(path, TW_SPLIT_TRAIN), *some = NULL;
        size_t kept = 0, features = tw_dataset_features(all), wanted[200];
        for (size_t i = 0; i < tw_dataset_samples(all) && kept < 2; i++)
            if (tw_dataset_labels(all)[i] == 2 || tw_dataset_labels(all)[i] == 0)
                wanted[kept++] = i;
        tw_status status = tw_dataset_open(
            path, &(tw_dataset_options){.limit = 2, .classes = chosen, .class_count = 2}, &some);
        if (kept == 0) {
            assert_int_equal(status, TW_ERR_FORMAT);
        } else {
            assert_ok(status);
            assert_int_equal(tw_dataset_samples(some), kept);
            assert_int_equal(tw_dataset_classes(some), 2);
        }
        for (size_t k = 0; k < kept; k++) {
            size_t i = wanted[k];
            int32_t label = tw_dataset_labels(some)[k];
            assert_int_equal(chosen[label], tw_dataset_labels(all)[i]);
            const uint8_t *bytes = tw_dataset_bytes(all);
            if (bytes != NULL)
                assert_memory_equal(tw_dataset_bytes(some) + k * features, bytes + i * features,
                                    features);
            else
                assert_memory_equal(tw_dataset_doubles(some) + k * features,
                                    tw_dataset_doubles(all) + i * features, 8 * features);
        }
        tw_dataset_free(some);
        tw_dataset_free(all);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(every_layout),
                                       cmocka_unit_test(names_of_classes),
                                       cmocka_unit_test(limit_and_classes)};
    return cmocka_run_group_tests(tests, scratch_begin, scratch_end);
}
