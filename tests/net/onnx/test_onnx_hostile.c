/* ONNX files that are broken, or mean harm: each is refused in one line, and none crashes. */
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "net/onnx/onnx.h"
#include "net/operator/net_build.h"
#include "onnx_writer.h"

static const int64_t any_by_3[] = {-1, 3}, three_by_2[] = {3, 2};

/* y = x w, of which parts are then spoilt. */
static writer *product(void) {
    writer *w = writer_new(13);
    writer_input(w, "x", 1, 2, any_by_3);
    writer_output(w, "y", 1, 2, (const int64_t[]){-1, 2});
    writer_weight(w, "w", 2, three_by_2);
    writer_node(w, "MatMul", "x,w", "y");
    return w;
}

static tw_status parse(writer *w, tw_net_graph **graph) {
    writer_pack(w);
    *graph = NULL;
    return tw_net_onnx_parse("m.onnx", w->bytes, w->size, NULL, graph);
}

/* Frees the writer. */
static void refuse(writer *w, tw_status status, const char *words) {
    tw_net_graph *graph;
    assert_fails(status, words, parse(w, &graph));
    assert_int_equal(strncmp(tw_message(), "m.onnx: ", 8), 0);
    writer_free(w);
}

static void accept(writer *w) {
    tw_net_graph *graph;
    assert_ok(parse(w, &graph));
    tw_net_graph_free(graph);
    writer_free(w);
}

/* ---- the graph ---- */

static void test_circles(void **state) {
    writer *w = product();
    w->model->graph->node[0]->input[0] = (char *)"z";
    writer_node(w, "Relu", "v", "z");
    writer_node(w, "Add", "y,x", "v");
    refuse(w, TW_ERR_FORMAT, "depends on itself");
    w = product();
    writer_node(w, "Relu", "u", "u"); /* where nobody is led */
    accept(w);
}

static void test_clashes(void **state) {
    writer *w = product();
    writer_node(w, "Relu", "x", "y");
    refuse(w, TW_ERR_FORMAT, "two things give a value 'y'");
    w = product();
    writer_node(w, "Split", "x", "a,a");
    refuse(w, TW_ERR_FORMAT, "two things give a value 'a'");
    w = product();
    writer_weight(w, "w", 2, three_by_2);
    refuse(w, TW_ERR_FORMAT, "two things give a value 'w'");
    w = product();
    writer_node(w, "Relu", "x", "w");
    refuse(w, TW_ERR_FORMAT, "two things give a value 'w'");
    w = product();
    writer_input(w, "x", 1, 2, any_by_3);
    refuse(w, TW_ERR_FORMAT, "two things give a value 'x'");
}

static void test_missing(void **state) {
    writer *w = product();
    w->model->graph->node[0]->input[1] = (char *)"W";
    refuse(w, TW_ERR_FORMAT, "node 'MatMul_y' (MatMul) uses 'W', which nothing gives");
    w = product();
    w->model->graph->output[0]->name = (char *)"Y";
    refuse(w, TW_ERR_UNSUPPORTED, "no output of it is a tensor of floating-point numbers");
    w = product();
    w->model->graph->n_output = 0;
    refuse(w, TW_ERR_UNSUPPORTED, "no output of it is a tensor of floating-point numbers");
    w = product();
    w->model->graph = NULL;
    refuse(w, TW_ERR_FORMAT, "there is no graph in it");
    w = product();
    w->model->graph->node[0]->input[0] = (char *)"w";
    refuse(w, TW_ERR_FORMAT, "'y' depends on no input");
    w = product();
    writer_input(w, "x2", 1, 2, any_by_3);
    w->model->graph->node[0]->input[1] = (char *)"x2";
    refuse(w, TW_ERR_UNSUPPORTED, "takes more inputs than the data: 'x' and 'x2'");
}

/* Bodies, texts and types that cannot be read are no fault where nobody is led. */
static void test_bodies(void **state) {
    writer *w = product();
    Onnx__NodeProto *branch = writer_node(w, "If", "x", "b");
    writer_body(w, branch, "then_branch");
    writer_weight(w, "text", 1, (const int64_t[]){2})->data_type = 8;
    accept(w);
    w = product();
    branch = writer_node(w, "If", "y", "b");
    writer_body(w, branch, "then_branch");
    w->model->graph->output[0]->name = (char *)"b";
    refuse(w, TW_ERR_UNSUPPORTED, "node 'If_b' (If): attribute 'then_branch': it is a graph");
    w = product();
    w->model->graph->initializer[0]->data_type = 8;
    refuse(w, TW_ERR_UNSUPPORTED, "'w': tensors of type string (8) cannot be computed with");
}

/* What only building finds; frees the writer. */
static void refuse_built(writer *w, tw_status status, const char *words) {
    tw_net_graph *graph;
    tw_net_program *program;
    assert_ok(parse(w, &graph));
    assert_fails(status, words, tw_net_build(graph, &(tw_net_build_options){.batch = 2}, &program));
    tw_net_graph_free(graph);
    writer_free(w);
}

static void test_slots(void **state) {
    writer *w = product();
    writer_node(w, "Relu", "y", "a,b");
    w->model->graph->output[0]->name = (char *)"b";
    refuse_built(w, TW_ERR_UNSUPPORTED, "node 'Relu_a,b' (Relu): its output 2 is not supported");
    w = product();
    writer_node(w, "Max", "y,,y", "b");
    w->model->graph->output[0]->name = (char *)"b";
    refuse_built(w, TW_ERR_FORMAT, "node 'Max_b': Max needs its input 2");
    w = product();
    writer_node(w, "Frobnicate", "y", "b");
    w->model->graph->output[0]->name = (char *)"b";
    refuse_built(w, TW_ERR_UNSUPPORTED, "operator Frobnicate is not supported");
}

/* ---- functions ---- */

static void test_recursion(void **state) {
    writer *w = product();
    Onnx__FunctionProto *f = writer_function(w, "f", "a", "b");
    writer_function_node(w, f, "g", "a", "b")->domain = (char *)"own";
    Onnx__FunctionProto *g = writer_function(w, "g", "a", "b");
    writer_function_node(w, g, "f", "a", "b")->domain = (char *)"own";
    writer_node(w, "f", "y", "z")->domain = (char *)"own";
    w->model->graph->output[0]->name = (char *)"z";
    refuse(w, TW_ERR_FORMAT, "its function 'f' calls itself");
    w = product();
    f = writer_function(w, "f", "a", "b");
    writer_function_node(w, f, "Relu", "a", "b");
    writer_node(w, "f", "y,x", "z")->domain = (char *)"own";
    refuse(w, TW_ERR_FORMAT, "more inputs or outputs than function 'f'");
    w = product();
    writer_function(w, "f", "a", "b");
    writer_function(w, "f", "a,c", "b");
    refuse(w, TW_ERR_UNSUPPORTED, "it has two functions 'f'");
}

/* Each of some functions calls the next one twice, and the last is of that many nodes. */
static writer *bomb(int functions, size_t leaves, const char *leaf_name) {
    writer *w = product();
    char name[16], next[16];
    for (int k = 0; k < functions; k++) {
        snprintf(name, sizeof name, "f%d", k);
        snprintf(next, sizeof next, "f%d", k + 1);
        Onnx__FunctionProto *f = writer_function(w, name, "a", "b");
        for (int twice = 0; twice < 2; twice++) {
            Onnx__NodeProto *call =
                writer_function_node(w, f, next, twice ? "c" : "a", twice ? "b" : "c");
            call->domain = (char *)"own";
            call->name = (char *)"n";
        }
    }
    Onnx__FunctionProto *last = writer_function(w, next, "a", "b");
    for (size_t k = 0; k < leaves; k++)
        writer_function_node(w, last, "Relu", "a", "b")->name = (char *)leaf_name;
    writer_node(w, "f0", "y", "z")->domain = (char *)"own";
    return w;
}

/* 2^40 nodes in a few hundred bytes, 2^40 calls of nothing, and 2^17 names of 10,000 letters. */
static void test_bombs(void **state) {
    char letters[10001];
    memset(letters, 'x', sizeof letters - 1);
    letters[sizeof letters - 1] = '\0';
    refuse(bomb(40, 1, "n"), TW_ERR_UNSUPPORTED, "more than 262144 nodes");
    refuse(bomb(40, 0, "n"), TW_ERR_UNSUPPORTED, "more than 262144 nodes");
    refuse(bomb(17, 1, letters), TW_ERR_UNSUPPORTED, "its names are too long");
}

/* ---- tensors ---- */

static void spoil_shape(int64_t first, int64_t second, tw_status status, const char *words) {
    writer *w = product();
    Onnx__TensorProto *tensor = w->model->graph->initializer[0];
    tensor->dims[0] = first;
    tensor->dims[1] = second;
    refuse(w, status, words);
}

static void test_sizes(void **state) {
    spoil_shape(-3, 2, TW_ERR_FORMAT, "'w': the size of its axis 0 is negative");
    spoil_shape(3, 3, TW_ERR_FORMAT, "'w': its shape (3, 3) asks for more numbers than it has");
    spoil_shape(2, 2, TW_ERR_FORMAT, "'w': its shape asks for 4 numbers, and it has 6");
    spoil_shape(1LL << 40, 1LL << 40, TW_ERR_FORMAT, "is too large");
    spoil_shape(INT64_MAX, INT64_MAX, TW_ERR_FORMAT, "is too large");
    spoil_shape(1LL << 32, 1LL << 20, TW_ERR_FORMAT, "asks for more numbers than it has");
    writer *w = product();
    Onnx__TensorProto *tensor = w->model->graph->initializer[0];
    tensor->has_raw_data = 1;
    tensor->raw_data = (ProtobufCBinaryData){23, writer_alloc(w, 23)};
    tensor->n_float_data = 0;
    refuse(w, TW_ERR_FORMAT, "asks for 6 numbers of 4 bytes, and it has 23 bytes");
    w = product();
    tensor = w->model->graph->initializer[0];
    tensor->n_dims = 9;
    tensor->dims = writer_alloc(w, 9 * sizeof *tensor->dims);
    refuse(w, TW_ERR_UNSUPPORTED, "'w': it has 9 axes; 8 are the most");
    w = product();
    w->model->graph->initializer[0]->data_type = 99;
    refuse(w, TW_ERR_UNSUPPORTED, "type unknown (99)");
}

/* ---- data in another file ---- */

static void entry(writer *w, Onnx__TensorProto *tensor, const char *key, const char *value) {
    Onnx__StringStringEntryProto *added = writer_alloc(w, sizeof *added);
    Onnx__StringStringEntryProto **longer =
        writer_alloc(w, (tensor->n_external_data + 1) * sizeof *longer);
    *added = (Onnx__StringStringEntryProto)ONNX__STRING_STRING_ENTRY_PROTO__INIT;
    added->key = (char *)key;
    added->value = (char *)value;
    for (size_t i = 0; i < tensor->n_external_data; i++)
        longer[i] = tensor->external_data[i];
    longer[tensor->n_external_data++] = added;
    tensor->external_data = longer;
}

/* The product with its weights in the file `where`. */
static writer *outside(const char *where, const char *offset, const char *length) {
    writer *w = product();
    Onnx__TensorProto *tensor = w->model->graph->initializer[0];
    tensor->n_float_data = 0;
    tensor->has_data_location = 1;
    tensor->data_location = ONNX__TENSOR_PROTO__DATA_LOCATION__EXTERNAL;
    if (where != NULL)
        entry(w, tensor, "location", where);
    if (offset != NULL)
        entry(w, tensor, "offset", offset);
    if (length != NULL)
        entry(w, tensor, "length", length);
    return w;
}

static void put(const char *folder, const char *name, const void *bytes, size_t size) {
    char path[256];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, size, file), size);
    fclose(file);
}

/* Reads the model from the folder; frees the writer. */
static tw_status read_there(writer *w, const char *folder, tw_net_graph **graph) {
    char path[256];
    writer_pack(w);
    put(folder, "m.onnx", w->bytes, w->size);
    writer_free(w);
    snprintf(path, sizeof path, "%s/m.onnx", folder);
    return tw_net_onnx_read(path, NULL, graph);
}

static void refuse_there(const char *folder, writer *w, tw_status status, const char *words) {
    tw_net_graph *graph = NULL;
    assert_fails(status, words, read_there(w, folder, &graph));
}

static void test_outside(void **state) {
    char base[] = "/tmp/onnx-XXXXXX", folder[64], path[256];
    const float numbers[8] = {9, 9, 1, 2, 3, 4, 5, 6};
    tw_net_graph *graph;
    assert_non_null(mkdtemp(base));
    snprintf(folder, sizeof folder, "%s/model", base);
    assert_int_equal(mkdir(folder, 0700), 0);
    snprintf(path, sizeof path, "%s/sub", folder);
    assert_int_equal(mkdir(path, 0700), 0);
    put(base, "secret", numbers, sizeof numbers);
    put(folder, "w.data", numbers, sizeof numbers);
    put(folder, "sub/w.data", numbers, sizeof numbers);
    snprintf(path, sizeof path, "%s/link", folder);
    assert_int_equal(symlink("../secret", path), 0);
    snprintf(path, sizeof path, "%s/out", folder);
    assert_int_equal(symlink("..", path), 0);
    snprintf(path, sizeof path, "%s/pipe", folder);
    assert_int_equal(mkfifo(path, 0600), 0);
    static const char *const good[] = {"w.data", "./w.data", "sub/w.data"};
    for (size_t k = 0; k < 3; k++) {
        assert_ok(read_there(outside(good[k], "8", "24"), folder, &graph));
        size_t v = tw_net_graph_find(graph, "w");
        assert_true(graph->values[v].kind == TW_NET_PARAMETER);
        assert_true(graph->values[v].tensor.numbers[0] == 1);
        assert_true(graph->values[v].tensor.numbers[5] == 6);
        tw_net_graph_free(graph);
    }
    snprintf(path, sizeof path, "%s/w.data", folder);
    static const char *const bad[] = {"../secret", "sub/../../secret", "link", "out/secret", "",
                                      "/"};
    for (size_t k = 0; k < 6; k++)
        refuse_there(folder, outside(bad[k], NULL, NULL), TW_ERR_FORMAT,
                     "not a file in the model's own folder");
    refuse_there(folder, outside(path, NULL, NULL), TW_ERR_FORMAT,
                 "not a file in the model's own folder");
    refuse_there(folder, outside("none", NULL, NULL), TW_ERR_IO, "'none' beside it: No such file");
    refuse_there(folder, outside("sub", NULL, NULL), TW_ERR_IO, "it is not a file");
    refuse_there(folder, outside("pipe", NULL, NULL), TW_ERR_IO, "it is not a file");
    refuse_there(folder, outside(NULL, NULL, NULL), TW_ERR_FORMAT, "which is not named");
    refuse_there(folder, outside("w.data", "9", "24"), TW_ERR_FORMAT, "past the end");
    refuse_there(folder, outside("w.data", "18446744073709551615", "24"), TW_ERR_FORMAT,
                 "past the end");
    refuse_there(folder, outside("w.data", "99999999999999999999999", "24"), TW_ERR_FORMAT,
                 "its offset in another file is no number");
    refuse_there(folder, outside("w.data", "-8", "24"), TW_ERR_FORMAT, "no number of bytes");
    refuse_there(folder, outside("w.data", "8", "20"), TW_ERR_FORMAT,
                 "asks for 6 numbers of 4 bytes, and it has 20 bytes");
    writer *w = outside("w.data", "8", "24");
    refuse(w, TW_ERR_UNSUPPORTED, "and it has no folder");
    char command[128];
    snprintf(command, sizeof command, "rm -r '%s'", base);
    assert_int_equal(system(command), 0);
}

/* ---- bytes ---- */

/* Every beginning of a file, and files with bytes changed, are read or refused. */
static void test_bytes(void **state) {
    writer *w = product();
    Onnx__FunctionProto *f = writer_function(w, "f", "a", "b");
    writer_function_node(w, f, "Relu", "a", "b");
    writer_node(w, "f", "y", "z")->domain = (char *)"own";
    tw_net_graph *graph;
    writer_pack(w);
    uint64_t drawn = 1;
    for (size_t size = 0; size < w->size; size++)
        if (tw_net_onnx_parse("m.onnx", w->bytes, size, NULL, &graph) == TW_OK)
            tw_net_graph_free(graph);
    for (int round = 0; round < 4000; round++) {
        drawn = drawn * 6364136223846793005u + 1442695040888963407u;
        size_t at = (size_t)(drawn >> 33) % w->size;
        uint8_t was = w->bytes[at];
        w->bytes[at] ^= (uint8_t)(1 + (drawn >> 20) % 255);
        if (tw_net_onnx_parse("m.onnx", w->bytes, w->size, NULL, &graph) == TW_OK)
            tw_net_graph_free(graph);
        w->bytes[at] = was;
    }
    writer_free(w);
    assert_fails(TW_ERR_FORMAT, "no graph in it", tw_net_onnx_parse("m", "", 0, NULL, &graph));
    assert_fails(TW_ERR_FORMAT, "no ONNX file", tw_net_onnx_parse("m", "\x89PNG", 4, NULL, &graph));
}

/* A graph in a node in a graph ..., each of which protobuf-c would follow by recursion. */
static void test_nesting(void **state) {
    size_t size = 0, most = 1 << 20;
    uint8_t *bytes = malloc(most + 64), *at = bytes + most;
    while (size < 900000) { /* tags of graph in attribute, attribute in node, node in graph */
        static const uint8_t tags[] = {0x32, 0x2a, 0x0a};
        for (size_t k = 0; k < 3; k++) {
            uint8_t length[8];
            size_t digits = 0, left = size;
            do {
                length[digits++] = (uint8_t)((left & 127) | (left > 127 ? 128 : 0));
                left >>= 7;
            } while (left > 0);
            at -= digits;
            memcpy(at, length, digits);
            *--at = tags[k];
            size += digits + 1;
        }
    }
    uint8_t head[8] = {0x3a};
    size_t digits = 1, left = size;
    do {
        head[digits++] = (uint8_t)((left & 127) | (left > 127 ? 128 : 0));
        left >>= 7;
    } while (left > 0);
    at -= digits;
    memcpy(at, head, digits);
    tw_net_graph *graph;
    assert_fails(TW_ERR_FORMAT, "nested too deeply",
                 tw_net_onnx_parse("m.onnx", at, size + digits, NULL, &graph));
    free(bytes);
}

/* Parts of three bytes that would take a hundred each; one that comes twice. */
static void test_memory(void **state) {
    size_t size = 3 << 20;
    uint8_t *bytes = malloc(size);
    tw_net_graph *graph;
    for (size_t i = 0; i < size; i += 3) /* functions, empty */
        memcpy(bytes + i, "\xca\x01\x00", 3);
    assert_fails(TW_ERR_FORMAT, "takes too much memory",
                 tw_net_onnx_parse("m.onnx", bytes, size, NULL, &graph));
    free(bytes);
    assert_fails(TW_ERR_FORMAT, "comes twice",
                 tw_net_onnx_parse("m.onnx", "\x3a\x00\x3a\x00", 4, NULL, &graph));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_circles), cmocka_unit_test(test_clashes),
        cmocka_unit_test(test_missing), cmocka_unit_test(test_bodies),
        cmocka_unit_test(test_slots),   cmocka_unit_test(test_recursion),
        cmocka_unit_test(test_bombs),   cmocka_unit_test(test_sizes),
        cmocka_unit_test(test_outside), cmocka_unit_test(test_bytes),
        cmocka_unit_test(test_nesting), cmocka_unit_test(test_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
