/* Checkpoints whose names are others than the network's: what is found by the names of layers, by
 * their order and shapes, what is turned, and what is refused. */
#include "scratch.h"
#include "support.h"

enum { SIZE = 200 };

/* What the network has, and what a file has in its place: shapes in the file's order. */
typedef struct row {
    const char *block, *tensor;
    tw_part part;
    size_t layer;
    int rank;
    size_t shape[4]; /* of the block */
    int axes[4];
    int beside;
} row;

static const row plain[] = {
    {"onnx::Conv_9", "net.a.weight", TW_PART_WEIGHT, 0, 4, {3, 2, 2, 1}, {0, 1, 2, 3}},
    {"onnx::Conv_10", "net.a.bias", TW_PART_BIAS, 0, 3, {3, 1, 1}, {0, 1, 2}},
    {"n/gamma:0", "n.weight", TW_PART_SCALE, 1, 1, {3}, {0}},
    {"n/beta:0", "n.bias", TW_PART_SHIFT, 1, 1, {3}, {0}},
    {"n/mean:0", "n.running_mean", TW_PART_MEAN, 1, 1, {3}, {0}},
    {"n/var:0", "n.running_var", TW_PART_VARIANCE, 1, 1, {3}, {0}},
    {"model/hwio/kernel:0", "hwio.weight", TW_PART_WEIGHT, 2, 4, {1, 2, 3, 5}, {3, 2, 0, 1}},
    {"onnx::MatMul_7", "fc1.weight", TW_PART_WEIGHT, 3, 2, {5, 4}, {1, 0}},
    {"onnx::MatMul_8", "fc2.weight", TW_PART_WEIGHT, 4, 2, {4, 4}, {1, 0}},
};
enum { ROWS = sizeof plain / sizeof *plain };

/* `as_file`: with the names and shapes that the file has. */
static tw_space *space_of(const row *rows, const char *const *names, int as_file, int raw) {
    tw_space *space;
    assert_ok(tw_space_new(&space));
    for (size_t k = 0; k < ROWS; k++) {
        const row *r = &rows[k];
        tw_block block = {.name = as_file ? names[k] : r->block, .rank = r->rank};
        for (int i = 0; i < r->rank; i++)
            block.shape[i] = r->shape[as_file && !raw ? r->axes[i] : i];
        if (as_file && r->part == TW_PART_BIAS)
            block.rank = 1;
        if (!as_file) {
            block.use = (tw_block_use){.part = r->part, .layer = r->layer, .beside = r->beside};
            memcpy(block.use.axes, r->axes, sizeof r->axes);
        }
        assert_ok(tw_space_add(space, &block));
    }
    return space;
}

static tw_status read_as(const row *rows, const char *const *names, int raw, double *x,
                         char note[300]) {
    tw_space *file = space_of(rows, names, 1, raw), *network = space_of(rows, names, 0, 0);
    double numbers[SIZE];
    for (size_t i = 0; i < SIZE; i++)
        numbers[i] = (double)i;
    assert_true(tw_space_size(file) <= SIZE && tw_space_size(file) == tw_space_size(network));
    assert_ok(tw_weights_write(scratch("fit.safetensors"), file, numbers, NULL));
    tw_status status = tw_weights_read(scratch("fit.safetensors"), network, x);
    if (status == TW_OK)
        assert_ok(tw_weights_note(scratch("fit.safetensors"), network, 300, note));
    tw_space_free(file);
    tw_space_free(network);
    return status;
}

static void names_of(const char **names) {
    for (size_t k = 0; k < ROWS; k++)
        names[k] = plain[k].tensor;
}

static size_t offset_of(size_t row_index) {
    size_t offset = 0;
    for (size_t k = 0; k < row_index; k++) {
        size_t count = 1;
        for (int i = 0; i < plain[k].rank; i++)
            count *= plain[k].shape[i];
        offset += count;
    }
    return offset;
}

static void test_turned(void **state) {
    const char *names[ROWS];
    double x[SIZE];
    char note[300];
    names_of(names);
    assert_ok(read_as(plain, names, 0, x, note));
    assert_non_null(strstr(note, "5 blocks matched by name, 4 by order and shape"));
    assert_non_null(strstr(note, "3 turned"));
    assert_non_null(strstr(note, "square matrices as PyTorch's (out, in)"));
    for (size_t i = 0; i < offset_of(6); i++)
        assert_float_equal(x[i], (double)i, 0);
    size_t at = offset_of(6); /* (h, w, in, out) of the block is (out, in, h, w) in the file */
    for (size_t h = 0; h < 1; h++)
        for (size_t w = 0; w < 2; w++)
            for (size_t i = 0; i < 3; i++)
                for (size_t o = 0; o < 5; o++)
                    assert_float_equal(x[at + ((h * 2 + w) * 3 + i) * 5 + o],
                                       (double)(at + ((o * 3 + i) * 1 + h) * 2 + w), 0);
    for (size_t k = 7; k < 9; k++)
        for (size_t i = 0; i < plain[k].shape[0]; i++)
            for (size_t o = 0; o < 4; o++)
                assert_float_equal(x[offset_of(k) + i * 4 + o],
                                   (double)(offset_of(k) + o * plain[k].shape[0] + i), 0);
}

/* Where another matrix says that the file has them as the network, square ones stay as well. */
static void test_squares(void **state) {
    const char *names[ROWS];
    double x[SIZE];
    char note[300];
    names_of(names);
    assert_ok(read_as(plain, names, 1, x, note));
    assert_null(strstr(note, "turned"));
    for (size_t i = 0; i < offset_of(9); i++)
        assert_float_equal(x[i], (double)i, 0);
}

static void test_refused(void **state) {
    const char *names[ROWS];
    double x[SIZE];
    char note[300];
    row rows[ROWS];
    memcpy(rows, plain, sizeof rows);
    names_of(names);
    rows[8].beside = 1;
    assert_fails(TW_ERR_SHAPE, "stands beside a layer of its shape",
                 read_as(rows, names, 0, x, note));
    names[8] = "onnx::MatMul_8.weight"; /* its name helps */
    assert_ok(read_as(rows, names, 0, x, note));
    memcpy(rows, plain, sizeof rows);
    names[8] = "fc1.more";
    assert_fails(TW_ERR_SHAPE, "'fc1.more' is left over", read_as(plain, names, 0, x, note));
    names_of(names);
    names[7] = "fc.weight";
    names[8] = "onnx::MatMul_7.weight";
    assert_fails(TW_ERR_SHAPE,
                 "'onnx::MatMul_7' is 'onnx::MatMul_7.weight' by its name, but 'fc.weight' by",
                 read_as(plain, names, 0, x, note));
    names_of(names);
    names[2] = "n.kernel";
    assert_fails(TW_ERR_SHAPE, "left over", read_as(plain, names, 0, x, note));
    rows[4].part = rows[5].part = TW_PART_OTHER;
    names_of(names);
    assert_fails(TW_ERR_SHAPE, "without 'n/mean:0'", read_as(rows, names, 0, x, note));
    memcpy(rows, plain, sizeof rows);
    for (size_t k = 2; k < 6; k++)
        rows[k].layer = 9; /* of no block */
    assert_fails(TW_ERR_SHAPE, "", read_as(rows, names, 0, x, note));
}

/* The Keras file that a keras2onnx file was made from. */
static void test_real(void **state) {
    char *graph = strdup(shared_path("models/onnx/10-keras2onnx-mnist.onnx"));
    char *keras = strdup(shared_path("models/checkpoints/marabou-cnn_max_mnist2.h5"));
    tw_network *network;
    char note[300];
    tw_status status = tw_network_open(graph, NULL, &network);
    if (status == TW_ERR_UNSUPPORTED)
        skip();
    assert_ok(status);
    const tw_space *space = tw_network_space(network);
    double *x = calloc(tw_space_size(space), sizeof *x);
    assert_ok(tw_weights_read(keras, space, x));
    assert_memory_equal(x, tw_network_start(network), tw_space_size(space) * sizeof *x);
    assert_ok(tw_weights_note(keras, space, sizeof note, note));
    assert_non_null(strstr(note, "0 blocks matched by name, 8 by order and shape; 2 turned"));
    tw_network_free(network);
    free(x);
    free(graph);
    free(keras);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_turned),
        cmocka_unit_test(test_squares),
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_real),
    };
    return cmocka_run_group_tests(tests, scratch_setup, scratch_teardown);
}
