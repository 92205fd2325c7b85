/* Real ONNX files of eleven exporters: what they give, by ONNX Runtime, and what was made of their
 * constants. */
#include <math.h>

#include "net/derivative_check.h"
#include "net/onnx/onnx.h"
#include "support.h"

/* ---- input and expected numbers ---- */

typedef enum feed {
    IMAGENET,  /* the first two test images; mean 0.485 0.456 0.406, deviation 0.229 0.224 0.225 */
    CIFAR,     /* mean 0.4914 0.4822 0.4465, deviation 0.247 0.2435 0.2616 */
    UNIT_NHWC, /* pixels / 255, channels last */
    FORMULA    /* x_k = float32(sin(0.37 k + 0.1) / 2 + 0.5) */
} feed;

static void fill_formula(tw_net_tensor *tensor) {
    size_t each = tw_net_shape_span(&tensor->shape, 1, tensor->shape.rank);
    for (size_t k = 0; k < tw_net_shape_count(&tensor->shape); k++)
        tensor->numbers[k] = (double)(float)(sin(0.37 * (double)(k % each) + 0.1) / 2 + 0.5);
}

static void fill_images(feed how, tw_net_tensor *tensor) {
    static const double mean[2][3] = {{0.485, 0.456, 0.406}, {0.4914, 0.4822, 0.4465}};
    static const double deviation[2][3] = {{0.229, 0.224, 0.225}, {0.247, 0.2435, 0.2616}};
    tw_dataset *dataset;
    assert_ok(tw_dataset_open(shared_path("cifar-10-subset/cifar-10-batches-py"),
                              &(tw_dataset_options){.split = TW_SPLIT_TEST, .limit = 2}, &dataset));
    const uint8_t *pixels = tw_dataset_bytes(dataset);
    for (size_t k = 0; k < 2 * 3072; k++) {
        size_t image = k / 3072, at = k % 3072, channel = at / 1024, place = at % 1024;
        double pixel = pixels[k] / 255.0;
        if (how == UNIT_NHWC)
            tensor->numbers[image * 3072 + place * 3 + channel] = pixel;
        else
            tensor->numbers[k] =
                (double)(float)((pixel - mean[how][channel]) / deviation[how][channel]);
    }
    tw_dataset_free(dataset);
}

/* The first `count` numbers behind "key" : in the part of the text that begins with "section". */
static void expected_numbers(const char *json, const char *section, const char *key, size_t count,
                             double *out) {
    char quoted[160];
    snprintf(quoted, sizeof quoted, "\"%s\"", section);
    const char *at = strstr(json, quoted);
    assert_non_null(at);
    snprintf(quoted, sizeof quoted, "\"%s", key);
    at = strstr(at, quoted);
    assert_non_null(at);
    at = strchr(at, '[');
    for (size_t i = 0; i < count; i++) {
        at += strcspn(at, "-0123456789");
        char *end;
        out[i] = strtod(at, &end);
        at = end;
    }
}

/* ---- a file ---- */

typedef struct file {
    const char *name;
    feed feed;
    const char *key; /* of the expected numbers */
    size_t batch, classes;
    size_t weights, biases, norms, buffers; /* blocks of each role */
    tw_net_ending ending;
    const char *note; /* words of one */
} file;

static const file files[] = {
    {"02-pytorch1.5-cifar10-deep_kw.onnx", IMAGENET, "logits_first_two", 2, 10, 6, 6, 0, 0,
     TW_NET_ENDS_IN_LOGITS, "written for batches of 1"},
    {"03-pytorch0.4-cifar10-deep_kw.onnx", IMAGENET, "logits_first_two", 2, 10, 6, 6, 0, 0,
     TW_NET_ENDS_IN_LOGITS, "written for batches of 1"},
    {"05-pytorch2.0-cifar10-vit_ibp.onnx", CIFAR, "logits_first_two", 2, 10, 21, 21, 14, 14,
     TW_NET_ENDS_IN_LOGITS, NULL},
    {"07-tf2onnx1.8-cifar10-small-nhwc.onnx", UNIT_NHWC, "logits_first_two", 2, 10, 5, 5, 0, 0,
     TW_NET_ENDS_IN_LOGITS, NULL},
    {"08-cntk-mnist-opset8.onnx", FORMULA, "values", 3, 10, 3, 3, 0, 0, TW_NET_ENDS_IN_LOGITS,
     "written for batches of 1"},
    {"09-cntk-mnist-opset7.onnx", FORMULA, "values", 3, 10, 3, 3, 0, 0, TW_NET_ENDS_IN_LOGITS,
     NULL},
    {"10-keras2onnx-mnist.onnx", FORMULA, "values", 2, 10, 4, 4, 0, 0, TW_NET_ENDS_IN_LOGITS, NULL},
    {"13-pytorch2.0-mnist-logsoftmax.onnx", FORMULA, "values", 2, 10, 5, 5, 4, 4,
     TW_NET_ENDS_IN_LOG_SOFTMAX, "LogSoftmax at the end changes no loss"},
    {"14-pytorch2.7-dynamo-mnist-inline.onnx", FORMULA, "values", 2, 10, 4, 4, 0, 0,
     TW_NET_ENDS_IN_LOGITS, "written for batches of 1"},
    {"15-skl2onnx-mnist-logreg.onnx", FORMULA, "values", 2, 10, 1, 1, 0, 0, TW_NET_ENDED_IN_SOFTMAX,
     "LinearClassifier 'LinearClassifier' is taken for a Gemm"},
    {"16-matlab-collins-rul.onnx", FORMULA, "values", 2, 1, 6, 6, 0, 0, TW_NET_ENDS_IN_LOGITS,
     NULL},
    {"17-pytorch1.7-mnist-norm-inside.onnx", FORMULA, "values", 2, 10, 9, 9, 0, 0,
     TW_NET_ENDS_IN_LOGITS, "normalises its input itself: Sub 0, Div 1"},
    {"23-pytorch-new-mnist-external/mnist.onnx", FORMULA, "values", 2, 10, 2, 2, 0, 0,
     TW_NET_ENDS_IN_LOGITS, NULL},
};

static const char *path_of(const char *name) {
    char path[256];
    if (!tw_net_onnx_supported())
        skip();
    snprintf(path, sizeof path, "models/onnx/%s", name);
    return shared_path(path);
}

static tw_net_graph *read_file(const char *name) {
    tw_net_graph *graph;
    assert_ok(tw_net_onnx_read(path_of(name), NULL, &graph));
    return graph;
}

/* Gives the input its numbers, and the values of the output. */
static double *values_of(tw_net_graph *graph, feed how, size_t batch, size_t *count) {
    const tw_net_value *input = &graph->values[graph->input];
    tw_net_shape shape = {.rank = (size_t)input->rank, .size = {batch}};
    tw_net_tensor tensor;
    for (size_t axis = 1; axis < shape.rank; axis++)
        shape.size[axis] = (size_t)input->sizes[axis];
    assert_ok(tw_net_tensor_new(input->type, &shape, &tensor));
    if (how == FORMULA)
        fill_formula(&tensor);
    else
        fill_images(how, &tensor);
    tw_net_program *program;
    assert_ok(tw_net_build(graph, &(tw_net_build_options){.batch = batch, .input = tensor.numbers},
                           &program));
    tw_net_tensor_release(&tensor);
    double *x = parameter_numbers(graph), *y = program_values(program, x);
    assert_non_null(y);
    *count = tw_net_shape_count(&program->edges[program->output].shape);
    tw_net_program_free(program);
    free(x);
    return y;
}

static void softmax(double *row, size_t count) {
    double sum = 0;
    for (size_t i = 0; i < count; i++)
        sum += row[i] = exp(row[i]);
    for (size_t i = 0; i < count; i++)
        row[i] /= sum;
}

static void check_numbers(const file *of, tw_net_graph *graph) {
    char *json = read_text(shared_path("models/onnx/onnxruntime-outputs.json"));
    double expected[32] = {0};
    size_t count, each = of->feed == FORMULA ? of->classes : 2 * of->classes;
    const char *section = of->name, *key = of->key;
    expected_numbers(json, section,
                     of->ending == TW_NET_ENDED_IN_SOFTMAX ? "probabilities\": {" : key,
                     each + (of->ending == TW_NET_ENDED_IN_SOFTMAX ? 2 : 0), expected);
    const double *wanted = expected + (of->ending == TW_NET_ENDED_IN_SOFTMAX ? 2 : 0);
    double *y = values_of(graph, of->feed, of->batch, &count);
    assert_int_equal(count, of->batch * of->classes);
    for (size_t b = 0; b < of->batch && of->ending == TW_NET_ENDED_IN_SOFTMAX; b++)
        softmax(y + b * of->classes, of->classes);
    for (size_t i = 0; i < count; i++)
        assert_close(y[i], wanted[i % each], 1e-4, 2e-4);
    free(y);
    free(json);
}

static size_t blocks_of(const tw_net_graph *graph, tw_role role) {
    size_t count = 0;
    for (size_t v = 0; v < graph->value_count; v++)
        count += graph->values[v].kind == TW_NET_PARAMETER && graph->values[v].role == role;
    return count;
}

static int has_note(const tw_net_graph *graph, const char *words) {
    for (size_t k = 0; k < graph->note_count; k++)
        if (strstr(graph->notes[k], words) != NULL)
            return 1;
    return 0;
}

static void test_files(void **state) {
    for (size_t f = 0; f < sizeof files / sizeof files[0]; f++) {
        const file *of = &files[f];
        print_message("%s\n", of->name);
        tw_net_graph *graph = read_file(of->name);
        tw_space *space;
        assert_ok(tw_net_graph_space(graph, &space));
        tw_space_free(space);
        for (size_t k = 0; k < graph->note_count; k++)
            print_message("    %s\n", graph->notes[k]);
        assert_int_equal(blocks_of(graph, TW_ROLE_WEIGHT), of->weights);
        assert_int_equal(blocks_of(graph, TW_ROLE_BIAS), of->biases);
        assert_int_equal(blocks_of(graph, TW_ROLE_NORM), of->norms);
        assert_int_equal(blocks_of(graph, TW_ROLE_BUFFER), of->buffers);
        assert_int_equal(graph->ending, of->ending);
        assert_true(of->note == NULL || has_note(graph, of->note));
        check_numbers(of, graph);
        tw_net_graph_free(graph);
    }
}

/* Half precision, and a Softmax over (1, 1000, 1, 1). */
static void test_half(void **state) {
    tw_net_graph *graph = read_file("19-caffe2-squeezenet-fp16.onnx");
    assert_int_equal(graph->ending, TW_NET_ENDED_IN_SOFTMAX);
    assert_true(has_note(graph, "half precision are computed in single"));
    assert_int_equal(graph->values[graph->input].type, TW_NET_F32);
    for (size_t v = 0; v < graph->value_count; v++)
        assert_true(graph->values[v].type != TW_NET_F16);
    assert_int_equal(blocks_of(graph, TW_ROLE_WEIGHT), 26);
    assert_int_equal(blocks_of(graph, TW_ROLE_BIAS), 26);
    tw_net_program *program;
    assert_ok(tw_net_build(graph, &(tw_net_build_options){.batch = 2}, &program));
    assert_int_equal(tw_net_shape_count(&program->edges[program->output].shape), 2000);
    tw_net_program_free(program);
    tw_net_graph_free(graph);
}

static void test_refused(void **state) {
    static const char *const refused[][2] = {
        {"20-pytorch1.9-refused-scatternd.onnx", "operator ScatterND is not supported"},
        {"21-pytorch1.6-refused-hummingbird.onnx", "operator OneHot is not supported"},
    };
    for (size_t f = 0; f < 2; f++) {
        tw_net_graph *graph = read_file(refused[f][0]);
        tw_net_program *program;
        assert_fails(TW_ERR_UNSUPPORTED, refused[f][1],
                     tw_net_build(graph, &(tw_net_build_options){.batch = 1}, &program));
        tw_net_graph_free(graph);
    }
}

/* The blocks of PyTorch's ResNets: names, shapes and order are the checkpoint's. */
static void test_blocks(void **state) {
    if (!tw_net_onnx_supported())
        skip();
    tw_net_graph *graph;
    tw_space *space;
    assert_ok(tw_net_onnx_read(shared_path("models/resnet20.onnx"), NULL, &graph));
    assert_ok(tw_net_graph_space(graph, &space));
    const tw_block *first = tw_space_find(space, "conv1.weight"),
                   *mean = tw_space_find(space, "layer3.2.bn2.running_mean");
    assert_int_equal(tw_space_size(space) - tw_space_still(space), 269722);
    assert_non_null(first);
    assert_int_equal(first->count, 16 * 3 * 3 * 3);
    assert_non_null(mean);
    assert_int_equal(mean->role, TW_ROLE_BUFFER);
    assert_int_equal(mean->count, 64);
    tw_space_free(space);
    tw_net_graph_free(graph);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_half),
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_blocks),
        cmocka_unit_test(test_files),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
