/* Labels, columns and containers as people have them, against what was put in. */
#include "data_scratch.h"

typedef struct expectation {
    const char *text; /* of a csv file, or the name of a file */
    tw_dataset_options options;
    const char *labels;        /* one digit a sample */
    const char *names;         /* "a,b": of the classes; NULL: none */
    const char *source, *note; /* parts of them; NULL: none */
    double first, last;        /* feature of the first sample, and last of the last */
} expectation;

static int has(const char *text, const char *part) {
    return part == NULL ? text == NULL : text != NULL && strstr(text, part) != NULL;
}

static void compare(const char *path, const expectation *e) {
    tw_dataset *data = NULL;
    if (tw_dataset_open(path, &e->options, &data) != TW_OK)
        fail_msg("%s: %s", e->text, tw_message());
    size_t samples = tw_dataset_samples(data), features = tw_dataset_features(data);
    if (samples != strlen(e->labels))
        fail_msg("%s: %zu samples", e->text, samples);
    for (size_t i = 0; i < samples; i++)
        if (tw_dataset_labels(data)[i] != e->labels[i] - '0')
            fail_msg("%s: label %zu is %d", e->text, i, tw_dataset_labels(data)[i]);
    char names[256] = "";
    for (size_t c = 0; c < tw_dataset_classes(data); c++)
        if (tw_dataset_class_name(data, c) != NULL)
            snprintf(names + strlen(names), sizeof names - strlen(names), "%s%s",
                     names[0] != '\0' ? "," : "", tw_dataset_class_name(data, c));
    if (strcmp(names, e->names != NULL ? e->names : "") != 0)
        fail_msg("%s: classes '%s'", e->text, names);
    if (!has(tw_dataset_label_source(data), e->source))
        fail_msg("%s: labels from '%s'", e->text, tw_dataset_label_source(data));
    if (!has(tw_dataset_note(data, 0), e->note))
        fail_msg("%s: note '%s'", e->text, tw_dataset_note(data, 0));
    const uint8_t *bytes = tw_dataset_bytes(data);
    const double *doubles = tw_dataset_doubles(data);
    size_t last = samples * features - 1;
    assert_true((bytes != NULL ? bytes[0] : doubles[0]) == e->first);
    assert_true((bytes != NULL ? bytes[last] : doubles[last]) == e->last);
    tw_dataset_free(data);
}

#define WORDS "labels are words"
#define NO_NAME "the first column has no name"

static void columns_of_text(void **state) {
    static const expectation cases[] = {
        /* where the labels stand */
        {"0,1,2\n1,3,4\n", {0}, "01", NULL, "column 1 of 3, as nothing says which", NULL, 1, 4},
        {"a,b,Outcome\n1,2,0\n3,4,1\n", {0}, "01", NULL, "column 3 of 3, 'Outcome'", NULL, 1, 4},
        {"y,label\n1,0\n2,1\n", {0}, "01", NULL, "'label'", NULL, 1, 2},
        {"a,b,c\n1,2,0\n3,4,1\n", {.label = "c"}, "01", NULL, "column 3", NULL, 1, 4},
        {"a,b,c\n1,2,0\n3,4,1\n", {.label = "3"}, "01", NULL, "column 3", NULL, 1, 4},
        {"1,2,0\n3,4,1\n", {.label = "3"}, "01", NULL, "column 3 of 3", NULL, 1, 4},
        {"# px0,px1,label\n1,2,0\n3,4,1\n", {0}, "01", NULL, "'label'", NULL, 1, 4},
        {"# made by hand\n0,1,2\n1,3,4\n", {0}, "01", NULL, "column 1", NULL, 1, 4},
        /* pandas: an index without a name, columns 0, 1, 2 */
        {",p,q,label\n0,1,2,0\n1,3,4,1\n", {0}, "01", NULL, "column 4", NO_NAME, 1, 4},
        {"0,1,2,3,4\n7,8,9,9,1\n5,6,7,8,0\n", {.label = "5"}, "10", NULL, "column 5", NULL, 7, 8},
        {"0,1\n.7,1\n.5,0\n", {.label = "2"}, "10", NULL, "column 2", NULL, .7, .5},
        /* separators and signs */
        {" 0 1.5  2\n 1 3 4\n", {0}, "01", NULL, "column 1", NULL, 1.5, 4},
        {"0\t1\t2\n1\t3\t4\n", {0}, "01", NULL, "column 1", NULL, 1, 4},
        {"label;a\n0;1,5\n1;-2,5e1\n", {.decimal = ','}, "01", NULL, "'label'", NULL, 1.5, -25},
        {"\"label\",\"a, b\"\n\"0\",\"1\"\n\"1\",\"2\"\n", {0}, "01", NULL, "'label'", NULL, 1, 2},
        {"label,a\r0,1\r1,2\r", {0}, "01", NULL, "'label'", NULL, 1, 2},
        {"\xef\xbb\xbflabel,a\r\n0,1\r\n1,2\r\n", {0}, "01", NULL, "'label'", NULL, 1, 2},
        /* words, and numbers that count from 1 */
        {"a,species\n1,setosa\n2,virginica\n3,setosa\n4,versicolor\n",
         {0},
         "0201",
         "setosa,versicolor,virginica",
         "'species'",
         WORDS,
         1,
         4},
        {"1,Iris-setosa\n2,Iris-virginica\n",
         {0},
         "01",
         "Iris-setosa,Iris-virginica",
         "column 2 of 2",
         WORDS,
         1,
         2},
        {"cat,1\ndog,2\ncat,3\n", {0}, "010", "cat,dog", "column 1", WORDS, 1, 3},
        {"a,label\n1,2\n2,1\n", {.labels_from = 1}, "10", NULL, "'label'", NULL, 1, 2},
        {"a,label\n1,2\n2,1\n", {0}, "21", NULL, "'label'", "class 0 has no sample", 1, 2},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        compare(scratch_write("case.csv", cases[i].text, strlen(cases[i].text)), &cases[i]);
}

static void refused_text(void **state) {
    static const struct {
        const char *text;
        tw_dataset_options options;
        tw_status status;
        const char *words;
    } cases[] = {
        {"a,b,c\n1,2,0\n3,4,1\n", {0}, TW_ERR_FORMAT, "none of the 3 columns is called label"},
        {"0,1,2,3,4\n7,8,9,9,1\n5,6,7,8,0\n", {0}, TW_ERR_FORMAT, "--label"},
        {"a,b\n1,0\n", {.label = "z"}, TW_ERR_ARGUMENT, "no column 'z'"},
        {"1,0\n", {.label = "z"}, TW_ERR_ARGUMENT, "name the column by its number"},
        {"1,0\n", {.label = "3"}, TW_ERR_ARGUMENT, "no column 3"},
        {"1,0\n", {.label = "0"}, TW_ERR_ARGUMENT, "no column 0"},
        {"1,2,0\n3,4,1\n", {.decimal = ','}, TW_ERR_ARGUMENT, "commas separate the columns"},
        {"label;a\n0;1,5\n", {0}, TW_ERR_FORMAT, "column 2: '1,5' is not a number; where commas"},
        {"label,a\n1,2\n0,2\n", {.labels_from = 1}, TW_ERR_FORMAT, "line 3, column 1: '0'"},
        {"label,a,b\n1,2,3\n0,,3\n1,2,NA\n1,2,3\n",
         {0},
         TW_ERR_FORMAT,
         "line 3, column 2: no value there; 2 lines lack one (3, 4)"},
        {"label,a,b,c\n0,,,\n1,,,\n0,,,\n1,,,\n0,,,\n1,,,\n",
         {0},
         TW_ERR_FORMAT,
         "line 2, column 2: no value there; 6 lines lack one"},
        {"a,label\n1,\n", {0}, TW_ERR_FORMAT, "is not a label"},
        {"a,label\n1,2.5\n", {0}, TW_ERR_FORMAT, "'2.5' is not a class number"},
        {"a,label\n1,0\n2,cat\n", {0}, TW_ERR_FORMAT, "line 3, column 2: 'cat'"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        tw_dataset *none = NULL;
        const char *path = scratch_write("case.csv", cases[i].text, strlen(cases[i].text));
        assert_fails(cases[i].status, cases[i].words,
                     tw_dataset_open(path, &cases[i].options, &none));
    }
    tw_dataset *none = NULL;
    static const char utf16[] = {'\xff', '\xfe', '1', 0, ',', 0, '2', 0};
    assert_fails(TW_ERR_FORMAT, "save it as UTF-8",
                 tw_dataset_open(scratch_write("u.csv", utf16, sizeof utf16), NULL, &none));
}

/* x of make_labels.py counts 0 ... 47 over 4 x 2 x 2 x 3. */
static void labels_of_arrays(void **state) {
    static const int eel_and_cat[] = {2, 0};
    static const expectation cases[] = {
        {"words.npz", {0}, "1020", "cat,dog,eel,fox", "y_train", WORDS, 0, 47},
        {"words.npz", {.split = TW_SPLIT_TEST}, "23", "cat,dog,eel,fox", "y_test", WORDS, 0, 23},
        {"bytes.npz", {0}, "1020", "cat,dog,eel", "y", WORDS, 0, 47},
        {"big.npz", {0}, "1020", "cat,dog,eel", "y", WORDS, 0, 47},
        {"utf.npz",
         {0},
         "0212",
         "dog,eel,\xc3\xa7"
         "a",
         "y",
         WORDS,
         0,
         47},
        {"digits.npz", {0}, "1020", NULL, "y", NULL, 0, 47},
        {"onehot.npz", {0}, "1020", NULL, "y", "one-hot rows of 3", 0, 47},
        {"onehot_f.npz", {0}, "1020", NULL, "y", "one-hot", 0, 47},
        {"from1.npz", {0}, "2131", NULL, "y", "class 0 has no sample", 0, 47},
        {"from1.npz", {.labels_from = 1}, "1020", NULL, "y", NULL, 0, 47},
        {"words.npz",
         {.classes = eel_and_cat, .class_count = 2},
         "101",
         "eel,cat",
         "y_train",
         WORDS,
         12,
         47},
        {"keras.h5", {0}, "1020", NULL, "y_train", NULL, 0, 47},
        {"keras.h5", {.split = TW_SPLIT_TEST}, "10", NULL, "y_test", NULL, 0, 23},
        {"keras.h5", {.limit = 3}, "102", NULL, "y_train", NULL, 0, 35},
        {"words.h5", {0}, "1020", "cat,dog,eel", "y", WORDS, 0, 47},
        {"cifar.tar.gz", {.limit = 4}, "0120", "n0,n1,n2,n3,n4,n5,n6,n7,n8,n9", NULL, NULL, 0, 255},
        {"packed_batch.gz", {0}, "012", NULL, NULL, NULL, 0, 255},
        {"cifar.tar",
         {.split = TW_SPLIT_TEST},
         "012",
         "n0,n1,n2,n3,n4,n5,n6,n7,n8,n9",
         NULL,
         NULL,
         0,
         255},
        {"cifar.tar.xz",
         {.split = TW_SPLIT_TEST},
         "012",
         "n0,n1,n2,n3,n4,n5,n6,n7,n8,n9",
         NULL,
         NULL,
         0,
         255},
    };
    scratch_python("make_labels.py", scratch(""));
    FILE *hdf5 = fopen(scratch("keras.h5"), "rb");
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        if (hdf5 != NULL || strstr(cases[i].text, ".h5") == NULL)
            compare(scratch(cases[i].text), &cases[i]);
    if (hdf5 != NULL)
        fclose(hdf5);
}

static void refused_arrays(void **state) {
    static const struct {
        const char *name, *words;
    } cases[] = {
        {"mixed.npz", "labels of one split are words, those of the other are numbers"},
        {"twohot.npz", "record 2: labels of 4 x 2 numbers"},
        {"soft.npz", "record 2: labels of 4 x 2 numbers"},
        {"objects.npz", "Python objects are not read"},
        {"texts.npz", "numbers of type 'U3' are not read"},
        {"protocol0", "is a pickle of protocol 0 or 1"},
        {"protocol1", "is a pickle of protocol 0 or 1"},
        {"data_batch_1.bin.gz", "known kind (npz and npy, mnist idx, cifar binary"},
        {"data_batch_1.bin.gz", "unpack it, and name what is in it"},
        {"cut.tar.gz", "cut.tar.gz'"},
        {"other.tar.gz", "not a data set of a known kind"},
        {"objects.h5", "texts of variable length"},
        {"other.h5", "it has kinds, pixels"},
        {"packed.h5", "packed with 'lzf'"},
    };
    scratch_python("make_labels.py", scratch("again"));
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char name[64];
        tw_dataset *none = NULL;
        snprintf(name, sizeof name, "again/%s", cases[i].name);
        FILE *file = fopen(scratch(name), "rb");
        if (file == NULL)
            continue; /* no h5py */
        fclose(file);
        tw_status status = tw_dataset_open(scratch(name), NULL, &none);
        if (status == TW_OK || strstr(tw_message(), cases[i].words) == NULL)
            fail_msg("%s: %s", name, tw_message());
    }
}

static void suspicious_labels_are_noted(void **state) {
    scratch_python("make_labels.py", scratch("noted"));
    tw_dataset *data = open_split(scratch("noted/many.npz"), TW_SPLIT_TRAIN);
    assert_string_equal(tw_dataset_note(data, 0),
                        "30 classes among 30 samples: are these really the labels?");
    assert_null(tw_dataset_note(data, 1));
    tw_dataset_free(data);
}

/* feature (c h + y) w + x of the one order is feature (y w + x) C + c of the other. */
static void channels_last(void **state) {
    scratch_python("make_labels.py", scratch("channels"));
    static const char *const sources[] = {"channels/words.npz", "channels/bytes.npz",
                                          "channels/cifar.tar", "synthetic:20"};
    for (size_t k = 0; k < 4; k++) {
        const char *path = k < 3 ? scratch(sources[k]) : sources[k];
        tw_dataset *planes = NULL, *pixels = NULL;
        assert_ok(tw_dataset_open(path, NULL, &planes));
        assert_ok(tw_dataset_open(path, &(tw_dataset_options){.channels_last = 1}, &pixels));
        assert_true(!tw_dataset_channels_last(planes) && tw_dataset_channels_last(pixels));
        size_t c, h, w, features = tw_dataset_features(planes);
        tw_dataset_image_shape(pixels, &c, &h, &w);
        assert_true(c == 3 && features == c * h * w);
        for (size_t i = 0; i < tw_dataset_samples(planes); i++)
            for (size_t j = 0; j < features; j++) {
                size_t pixel = j % (h * w), channel = j / (h * w);
                assert_int_equal(tw_dataset_bytes(planes)[i * features + j],
                                 tw_dataset_bytes(pixels)[i * features + pixel * c + channel]);
            }
        assert_true(tw_dataset_hash(planes) != tw_dataset_hash(pixels));
        tw_dataset_free(planes);
        tw_dataset_free(pixels);
    }
    /* N x features are as they were stored. */
    tw_dataset *flat = NULL;
    assert_ok(tw_dataset_open(scratch("channels/flat.npz"),
                              &(tw_dataset_options){.channels_last = 1}, &flat));
    for (size_t j = 0; j < 48; j++)
        assert_int_equal(tw_dataset_bytes(flat)[j], j);
    tw_dataset_free(flat);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(columns_of_text),
        cmocka_unit_test(refused_text),
        cmocka_unit_test(labels_of_arrays),
        cmocka_unit_test(refused_arrays),
        cmocka_unit_test(suspicious_labels_are_noted),
        cmocka_unit_test(channels_last),
    };
    return cmocka_run_group_tests(tests, scratch_begin, scratch_end);
}
