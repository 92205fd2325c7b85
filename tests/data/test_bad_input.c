/* Input that is wrong in every way that was thought of: an error that names file, place and remedy,
 * or a valid dataset; never a crash, and no memory asked for on a header's word. */
#include <sys/stat.h>
#include <unistd.h>

#include "data_scratch.h"

#define assert_open_fails(status, words, path)                                                     \
    do {                                                                                           \
        tw_dataset *none_ = NULL;                                                                  \
        assert_fails(status, words, tw_dataset_open(path, NULL, &none_));                          \
        assert_null(none_);                                                                        \
    } while (0)

static void not_there_or_not_known(void **state) {
    assert_open_fails(TW_ERR_IO, "No such file", scratch("nothing"));
    assert_open_fails(TW_ERR_FORMAT, "known kind", scratch_write("noise", "\1\2\3\4\5", 5));
    assert_open_fails(TW_ERR_FORMAT, "the file is empty", scratch_write("empty", "", 0));
    scratch_write("folder/readme", "hello", 5);
    assert_open_fails(TW_ERR_FORMAT, "known kind", scratch("folder"));
    assert_int_equal(mkdir(scratch("bare"), 0700), 0);
    assert_open_fails(TW_ERR_FORMAT, "bare' is an empty folder: the files of a data set belong",
                      scratch("bare"));
    assert_open_fails(TW_ERR_IO, "it is a device, and only plain files are read", "/dev/null");
    assert_int_equal(mkfifo(scratch("pipe"), 0600), 0); /* nobody is at its other end */
    assert_open_fails(TW_ERR_IO, "it is a pipe", scratch("pipe"));
    tw_dataset *none = NULL;
    assert_fails(TW_ERR_ARGUMENT, "NULL", tw_dataset_open(NULL, NULL, &none));
}

static void not_readable(void **state) {
    int root = geteuid() == 0; /* who may read everything, so somebody else asks */
    assert_int_equal(chmod(scratch(""), 0755), 0);
    scratch_write("locked/data_batch_1.bin", "", 0);
    assert_int_equal(chmod(scratch("locked"), 0), 0);
    assert_int_equal(chmod(scratch_write("secret.csv", "1,2\n", 4), 0), 0);
    tw_dataset *none = NULL;
    assert_true(!root || seteuid(65534) == 0);
    tw_status folder = tw_dataset_open(scratch("locked"), NULL, &none);
    int folder_named = strstr(tw_message(), "locked': Permission denied") != NULL;
    tw_status file = tw_dataset_open(scratch("secret.csv"), NULL, &none);
    int file_named = strstr(tw_message(), "secret.csv': Permission denied") != NULL;
    assert_true(!root || seteuid(0) == 0);
    assert_true(folder == TW_ERR_IO && folder_named && file == TW_ERR_IO && file_named);
}

/* ---- CIFAR, binary ---- */

static void binary_faults(void **state) {
    static uint8_t records[3 * 3073];
    records[2 * 3073] = 10;
    assert_open_fails(TW_ERR_FORMAT, "record 2: label 10 is out of range 0 to 9",
                      scratch_write("label.bin", records, sizeof records));
    assert_open_fails(TW_ERR_FORMAT, "3072 bytes, not a multiple of the 3073",
                      scratch_write("short.bin", records, 3072));
    assert_open_fails(TW_ERR_FORMAT, "no sample", scratch_write("empty.bin", records, 0));
    for (int i = 1; i <= 4; i++) {
        char name[64];
        snprintf(name, sizeof name, "four/data_batch_%d.bin", i);
        scratch_write(name, records, 3073);
    }
    assert_open_fails(TW_ERR_IO, "data_batch_5.bin': No such file", scratch("four"));
    tw_dataset *none = NULL;
    assert_fails(
        TW_ERR_IO, "test_batch.bin': No such file",
        tw_dataset_open(scratch("four"), &(tw_dataset_options){.split = TW_SPLIT_TEST}, &none));
    scratch_write("two/cifar-10-batches-bin/data_batch_1.bin", records, 3073);
    scratch_write("two/cifar-100-binary/train.bin", records, 3074);
    assert_open_fails(TW_ERR_ARGUMENT, "several data sets", scratch("two"));
}

/* ---- arrays ---- */

static const char *write_npy(const char *name, const char *descr, const char *shape, size_t bytes) {
    static uint8_t file[128 + 4096];
    memset(file, 0, sizeof file);
    memcpy(file, "\x93NUMPY\1\0\x76\0", 10);
    memset(file + 10, ' ', 118);
    int length = snprintf((char *)file + 10, 118,
                          "{'descr': %s, 'fortran_order': False, 'shape': %s, }", descr, shape);
    file[10 + length] = ' ';
    file[127] = '\n';
    return scratch_write(name, file, 128 + bytes);
}

static void npy_faults(void **state) {
    static const struct {
        const char *descr, *shape, *words;
        size_t bytes;
        tw_status status;
    } cases[] = {
        {"'<f8'", "(2, 2)", "at most 24 bytes follow", 24, TW_ERR_FORMAT},
        {"'<f8'", "(2, 2)", "more follows", 33, TW_ERR_FORMAT},
        {"'<f8'", "(4611686018427387904, 4)", "larger than any memory", 32, TW_ERR_FORMAT},
        {"'<f8'", "(1000000000000, 1000)", "declares 1000000000000000 numbers", 32, TW_ERR_FORMAT},
        {"'<f8'", "(2, 99999999999999999999)", "not a tuple of whole numbers", 32, TW_ERR_FORMAT},
        {"'<f8'", "(3, 1)", "3 samples, but", 24, TW_ERR_SHAPE},
        {"'<f8'", "(0, 4)", "no samples", 0, TW_ERR_FORMAT},
        {"'<f8'", "(2, 0)", "no samples", 0, TW_ERR_FORMAT},
        {"'<f8'", "(2,)", "rank 1", 16, TW_ERR_SHAPE},
        {"'<f8'", "(1,1,1,1,1,1,1,1,1)", "more than 8 dimensions", 8, TW_ERR_FORMAT},
        {"'|u1'", "(2, 5, 2, 5)", "1, 3 or 4 channels", 100, TW_ERR_SHAPE},
        {"'|O'", "(2, 2)", "Python objects are not read", 32, TW_ERR_FORMAT},
        {"'<c16'", "(2, 1)", "type '<c16' are not read", 32, TW_ERR_FORMAT},
        {"[('a', '<f8')]", "(2,)", "structured", 16, TW_ERR_FORMAT},
        {"5", "(2,)", "not a text", 16, TW_ERR_FORMAT},
        {"'<f8', 'more': 1", "(2,)", "unknown entry 'more'", 16, TW_ERR_FORMAT},
        {"'<f8', 'descr': '<f8'", "(2,)", "twice", 16, TW_ERR_FORMAT},
        {"'<f8'", "{}", "not a tuple", 16, TW_ERR_FORMAT},
    };
    write_npy("bad/y.npy", "'|u1'", "(2,)", 2);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_open_fails(cases[i].status, cases[i].words,
                          write_npy("bad/X.npy", cases[i].descr, cases[i].shape, cases[i].bytes));
    write_npy("bad/X.npy", "'|u1'", "(2, 2)", 4);
    write_npy("bad/y.npy", "'|u1'", "(2, 3)", 6);
    assert_open_fails(TW_ERR_SHAPE, "each row has one 1 and is 0 elsewhere", scratch("bad/X.npy"));
    uint8_t nan[128 + 16] = {0};
    write_npy("bad/y.npy", "'<f8'", "(2,)", 16);
    FILE *file = fopen(scratch("bad/y.npy"), "rb");
    assert_int_equal(fread(nan, 1, sizeof nan, file), sizeof nan);
    fclose(file);
    memcpy(nan + 128 + 8, "\0\0\0\0\0\0\xe0\x3f", 8);
    scratch_write("bad/y.npy", nan, sizeof nan);
    assert_open_fails(TW_ERR_FORMAT, "record 1: label 0.5", scratch("bad/X.npy"));
    memcpy(nan + 128 + 8, "\0\0\0\0\0\0\xf8\x7f", 8);
    scratch_write("bad/y.npy", nan, sizeof nan);
    assert_open_fails(TW_ERR_FORMAT, "record 1: label nan", scratch("bad/X.npy"));
    assert_open_fails(TW_ERR_IO, "no labels beside it",
                      write_npy("alone/X.npy", "'|u1'", "(2, 2)", 4));
}

static void npz_faults(void **state) {
    scratch_python("make_bad_archives.py", scratch(""));
    assert_open_fails(TW_ERR_FORMAT, "no arrays under known names: it has a, b",
                      scratch("unknown.npz"));
    assert_open_fails(TW_ERR_FORMAT, "has the array 'X', but no 'y'", scratch("labelless.npz"));
    assert_open_fails(TW_ERR_FORMAT, "record 1: feature 2 is not a finite number",
                      scratch("nan.npz"));
    assert_open_fails(TW_ERR_FORMAT, "record 3: label -1", scratch("negative.npz"));
    assert_open_fails(TW_ERR_FORMAT, "record 2: label 1048576", scratch("huge_label.npz"));
    assert_open_fails(TW_ERR_FORMAT, "bomb.npz", scratch("bomb.npz"));
    assert_open_fails(TW_ERR_FORMAT, "ends at byte", scratch("cut-images-idx3.gz"));
    assert_open_fails(TW_ERR_FORMAT, "larger than any memory", scratch("huge-images-idx3"));
    assert_open_fails(TW_ERR_FORMAT, "declares 4294967295 numbers", scratch("large-images-idx3"));
    assert_open_fails(TW_ERR_IO, "no file of labels", scratch("alone-images-idx3"));
    assert_open_fails(TW_ERR_FORMAT, "name the file of images", scratch("huge-labels-idx1"));
    tw_dataset *none = NULL;
    const tw_dataset_options test = {.split = TW_SPLIT_TEST};
    assert_fails(TW_ERR_ARGUMENT, "no 'test' split",
                 tw_dataset_open(scratch("nan.npz"), &test, &none));
    assert_fails(TW_ERR_ARGUMENT, "no 'test' split",
                 tw_dataset_open(scratch("trainonly.npz"), &test, &none));
    assert_open_fails(TW_ERR_ARGUMENT, "no 'train' split", scratch("testonly.npz"));
}

/* ---- csv ---- */

static void csv_faults(void **state) {
    static const struct {
        const char *text, *words;
    } cases[] = {
        {"label,a\n", "no sample"},
        {"# only a comment\n", "no sample"},
        {"1\n", "line 1: one column"},
        {"1,2,3\n0,4\n", "line 2: fewer than the 3 columns"},
        {"1,2,3\n\n0,4,5,6\n", "line 3: more than the 3 columns"},
        {"1,2,3\n0,4,x5\n", "line 2, column 3: 'x5' is not a number"},
        {"1,2,3\n0,,5\n", "line 2, column 2: no value there; 1 line lacks one (2)"},
        {"1,2,3\n0,4,inf\n", "line 2, column 3: 'inf' is not a finite"},
        {"label,a\r\n0,4\r\n1.5,3\r\n", "line 3, column 1: '1.5' is not a class number"},
        {"0,4\n-1,3\n", "line 2, column 1: '-1' is not a class number"},
        {"0,4\n1e9,3\n", "'1e9' is not a class number"},
        {"0,4\ncat,3\n", "'cat' is not a number; labels"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_open_fails(TW_ERR_FORMAT, cases[i].words,
                          scratch_write("bad.csv", cases[i].text, strlen(cases[i].text)));
    char zero[200];
    memset(zero, '1', sizeof zero);
    zero[1] = ',', zero[150] = '\0';
    assert_open_fails(TW_ERR_FORMAT, "zero byte at 150",
                      scratch_write("bad.csv", zero, sizeof zero));
    tw_dataset *none = NULL;
    assert_fails(TW_ERR_ARGUMENT, "no 'test' split",
                 tw_dataset_open(scratch_write("good.csv", "1,2\n", 4),
                                 &(tw_dataset_options){.split = TW_SPLIT_TEST}, &none));
    assert_fails(TW_ERR_ARGUMENT, "class 7",
                 tw_dataset_open(
                     scratch("good.csv"),
                     &(tw_dataset_options){.classes = (const int[]){7}, .class_count = 1}, &none));
    assert_fails(TW_ERR_FORMAT, "no sample of the classes",
                 tw_dataset_open(
                     scratch("good.csv"),
                     &(tw_dataset_options){.classes = (const int[]){0}, .class_count = 1}, &none));
}

/* ---- every file cut short and damaged ---- */

static void open_and_check(const char *path) {
    tw_dataset *dataset = NULL;
    tw_message_clear();
    tw_status status = tw_dataset_open(path, NULL, &dataset);
    if (status != TW_OK) {
        assert_null(dataset);
        assert_true(strlen(tw_message()) > 10);
        return;
    }
    size_t classes = tw_dataset_classes(dataset);
    assert_true(tw_dataset_samples(dataset) > 0 && tw_dataset_features(dataset) > 0);
    for (size_t i = 0; i < tw_dataset_samples(dataset); i++)
        assert_in_range(tw_dataset_labels(dataset)[i], 0, classes - 1);
    tw_dataset_hash(dataset);
    tw_dataset_free(dataset);
}

/* Reads a file, and puts shortened and altered copies in its place. */
static void damage(const char *name) {
    char *path = strdup(scratch(name));
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    static uint8_t bytes[1 << 20];
    size_t size = fread(bytes, 1, sizeof bytes, file);
    fclose(file);
    size_t step = size < 1500 ? 1 : size / 150;
    for (size_t length = 0; length < size; length += step) {
        scratch_write(name, bytes, length);
        open_and_check(path);
    }
    for (size_t at = 0; at < size; at += at < 300 ? 1 : step) {
        static const uint8_t flips[] = {0xff, 0x01, 0x80};
        uint8_t flip = flips[at % 3];
        bytes[at] ^= flip;
        scratch_write(name, bytes, size);
        open_and_check(path);
        bytes[at] ^= flip;
    }
    scratch_write(name, bytes, size);
    tw_dataset *dataset = open_split(path, TW_SPLIT_TRAIN);
    tw_dataset_free(dataset);
    free(path);
}

static void cut_short_and_damaged(void **state) {
    scratch_python("make_sources.py", scratch(""));
    static const char *const names[] = {"bin10/data_batch_1.bin",
                                        "py3/list_2",
                                        "py3/array_3",
                                        "py3/scalars_4",
                                        "py3/bytes_2",
                                        "py3/bytes_5",
                                        "npz/keras.npz",
                                        "npz/packed.npz",
                                        "npz/fortran.npz",
                                        "npy/x_train.npy",
                                        "csv/header.csv",
                                        "idx/train-images-idx3-ubyte",
                                        "csv/quoted.csv",
                                        "idx.gz/train-images-idx3-ubyte.gz"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        damage(names[i]);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(not_there_or_not_known),
        cmocka_unit_test(not_readable),
        cmocka_unit_test(binary_faults),
        cmocka_unit_test(npy_faults),
        cmocka_unit_test(npz_faults),
        cmocka_unit_test(csv_faults),
        cmocka_unit_test(cut_short_and_damaged),
    };
    return cmocka_run_group_tests(tests, scratch_begin, scratch_end);
}
