/* Networks whose file fixes the batch, built for another one: every sample's output must be what it
 * is alone. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "derivative_check.h"
#include "net/onnx/onnx.h"
#include "operator_check.h"
#include "support.h"

/* ---- running a program ---- */

/* The output for some inputs, at the parameters of the file; freed by the caller. */
static double *outputs_of(const tw_net_program *program, const double *input) {
    double *x = parameter_numbers(program->graph);
    tw_net_pass_f64 *point, *batch;
    assert_ok(tw_net_pass_new_f64(program, TW_NET_AT_POINT, TW_NET_VALUES, &point));
    assert_ok(tw_net_pass_new_f64(program, TW_NET_AT_BATCH, TW_NET_VALUES, &batch));
    for (size_t e = 0; e < program->edge_count; e++) {
        const tw_net_edge *edge = &program->edges[e];
        if (edge->time == TW_NET_AT_POINT && edge->step == TW_NET_NONE)
            tw_net_pass_bind_f64(point, TW_NET_VALUE, e, x + edge->offset);
    }
    assert_ok(tw_net_pass_forward_f64(point));
    for (size_t e = 0; e < program->edge_count; e++)
        if (program->edges[e].time == TW_NET_AT_POINT)
            tw_net_pass_bind_f64(batch, TW_NET_VALUE, e,
                                 tw_net_pass_at_f64(point, TW_NET_VALUE, e));
    tw_net_pass_bind_f64(batch, TW_NET_VALUE, program->input, input);
    assert_ok(tw_net_pass_forward_f64(batch));
    size_t count = tw_net_shape_count(&program->edges[program->output].shape);
    double *y = malloc((count + 1) * sizeof *y);
    memcpy(y, tw_net_pass_at_f64(batch, TW_NET_VALUE, program->output), count * sizeof *y);
    tw_net_pass_free_f64(point);
    tw_net_pass_free_f64(batch);
    free(x);
    return y;
}

enum { BATCH = 3 };

/* Outputs of BATCH samples at once are those one by one. Frees the graph. */
static void check_widened(tw_net_graph *graph, tw_net_shape sample) {
    tw_net_program *alone, *together;
    assert_ok(tw_net_build(graph, &(tw_net_build_options){.batch = 1, .sample = sample}, &alone));
    assert_ok(
        tw_net_build(graph, &(tw_net_build_options){.batch = BATCH, .sample = sample}, &together));
    size_t each = tw_net_shape_count(&alone->edges[alone->input].shape),
           outputs = tw_net_shape_count(&alone->edges[alone->output].shape);
    double *input = malloc(BATCH * each * sizeof *input);
    for (size_t i = 0; i < BATCH * each; i++)
        input[i] = drawn_uniform();
    assert_int_equal(tw_net_shape_count(&together->edges[together->output].shape), BATCH * outputs);
    double *all = outputs_of(together, input);
    for (size_t n = 0; n < BATCH; n++) {
        double *one = outputs_of(alone, input + n * each);
        for (size_t i = 0; i < outputs; i++)
            assert_close(all[n * outputs + i], one[i], 1e-10, 1e-12);
        free(one);
    }
    free(all);
    free(input);
    tw_net_program_free(alone);
    tw_net_program_free(together);
    tw_net_graph_free(graph);
}

/* ---- one operator ---- */

/* A graph for a batch of 1 of samples (4, 6): input x, and a node of it and a known list. */
static tw_net_graph *fixed_graph(size_t *x) {
    tw_net_graph *graph = operator_graph();
    assert_ok(tw_net_graph_input(graph, "x", TW_NET_F64, 3, (const int64_t[]){1, 4, 6}, x));
    graph->input = *x;
    return graph;
}

static size_t known(tw_net_graph *graph, size_t count, const double *numbers) {
    return operator_known(graph, TW_NET_I64, 1, &count, numbers);
}

static size_t then(tw_net_graph *graph, const char *op, size_t count, const size_t *inputs) {
    size_t result;
    char name[32];
    tw_net_node *node;
    snprintf(name, sizeof name, "r%zu", graph->value_count);
    assert_ok(tw_net_graph_result(graph, name, &result));
    assert_ok(tw_net_graph_node(graph, op, "", 13, count, inputs, 1, &result, &node));
    graph->output = result;
    return result;
}

static tw_net_graph *reshaped(const double *target, size_t count) {
    size_t x;
    tw_net_graph *graph = fixed_graph(&x);
    then(graph, "Reshape", 2, (size_t[]){x, known(graph, count, target)});
    return graph;
}

static const tw_net_shape none = {0};

static void test_reshape(void **state) {
    check_widened(reshaped((double[]){1, 24}, 2), none);
    check_widened(reshaped((double[]){1, -1}, 2), none);
    check_widened(reshaped((double[]){-1, 24}, 2), none);
    check_widened(reshaped((double[]){-1, 4}, 2), none);
    check_widened(reshaped((double[]){8, -1}, 2), none);
    check_widened(reshaped((double[]){24}, 1), none);
    check_widened(reshaped((double[]){0, 0, 3, 2}, 4), none);
    check_widened(reshaped((double[]){1, 1, 24}, 3), none);
}

/* The batch is not the first axis: (4, 1, 6) to (4, 2, 3), as attention by heads has it. */
static void test_inner_axis(void **state) {
    size_t x;
    tw_net_graph *graph = fixed_graph(&x);
    size_t order[] = {x}, turned = then(graph, "Transpose", 1, order);
    assert_ok(tw_net_node_set_numbers(&graph->nodes[0], "perm", 3, (const int64_t[]){1, 0, 2}));
    size_t split =
        then(graph, "Reshape", 2, (size_t[]){turned, known(graph, 3, (double[]){4, 2, 3})});
    size_t back = then(graph, "Transpose", 1, &split);
    assert_ok(tw_net_node_set_numbers(&graph->nodes[2], "perm", 3, (const int64_t[]){1, 0, 2}));
    then(graph, "Reshape", 2, (size_t[]){back, known(graph, 3, (double[]){1, 8, 3})});
    tw_net_program *program;
    tw_net_shape sizes[] = {{3, {BATCH, 4, 6}},
                            {3, {4, BATCH, 6}},
                            {3, {4, 2 * BATCH, 3}},
                            {3, {2 * BATCH, 4, 3}},
                            {3, {BATCH, 8, 3}}};
    assert_ok(tw_net_build(graph, &(tw_net_build_options){.batch = BATCH}, &program));
    assert_int_equal(program->edge_count - 2, 5);
    for (size_t e = 0, k = 0; e < program->edge_count; e++)
        if (program->edges[e].time == TW_NET_AT_BATCH)
            assert_true(tw_net_shape_same(&program->edges[e].shape, &sizes[k++]));
    tw_net_program_free(program);
    check_widened(graph, none);
}

/* What is said of one sample is repeated for all: a token before a sequence. */
static void test_concat(void **state) {
    size_t x;
    tw_net_graph *graph = fixed_graph(&x);
    size_t token = operator_parameter(graph, 3, (size_t[]){1, 2, 6});
    then(graph, "Concat", 2, (size_t[]){token, x});
    assert_ok(tw_net_node_set_number(&graph->nodes[0], "axis", 1));
    check_widened(graph, none);
}

static void test_slice(void **state) {
    size_t x;
    tw_net_graph *graph = fixed_graph(&x);
    size_t inputs[] = {x, known(graph, 2, (double[]){0, 1}), known(graph, 2, (double[]){1, 3}),
                       known(graph, 2, (double[]){0, 1})};
    then(graph, "Slice", 4, inputs);
    check_widened(graph, none);
}

/* A shape that is asked for says our batch by itself: the file's 1 does not stand in it. */
static void test_asked_shape(void **state) {
    size_t x;
    tw_net_graph *graph = fixed_graph(&x);
    size_t shape = then(graph, "Shape", 1, &x);
    size_t batch = then(graph, "Gather", 2, (size_t[]){shape, known(graph, 1, (double[]){0})});
    size_t target = then(graph, "Concat", 2, (size_t[]){batch, known(graph, 2, (double[]){-1, 3})});
    assert_ok(tw_net_node_set_number(&graph->nodes[2], "axis", 0));
    then(graph, "Reshape", 2, (size_t[]){x, target});
    check_widened(graph, none);
}

/* The same where the shape has a 1 before the batch, which could be widened as well. */
static void test_asked_later(void **state) {
    size_t x;
    tw_net_graph *graph = fixed_graph(&x);
    size_t shape = then(graph, "Shape", 1, &x);
    size_t batch = then(graph, "Gather", 2, (size_t[]){shape, known(graph, 1, (double[]){0})});
    size_t target =
        then(graph, "Concat", 3,
             (size_t[]){known(graph, 1, (double[]){1}), batch, known(graph, 1, (double[]){-1})});
    assert_ok(tw_net_node_set_number(&graph->nodes[2], "axis", 0));
    then(graph, "Reshape", 2, (size_t[]){x, target});
    tw_net_program *program;
    assert_ok(tw_net_build(graph, &(tw_net_build_options){.batch = BATCH}, &program));
    assert_true(tw_net_shape_same(&program->edges[program->output].shape,
                                  &(tw_net_shape){3, {1, BATCH, 24}}));
    tw_net_program_free(program);
    tw_net_graph_free(graph);
}

static void refused(tw_net_graph *graph, const char *words) {
    tw_net_program *program;
    assert_fails(TW_ERR_UNSUPPORTED, words,
                 tw_net_build(graph, &(tw_net_build_options){.batch = BATCH}, &program));
    tw_net_graph_free(graph);
}

static void test_refused(void **state) {
    size_t x;
    tw_net_graph *graph = fixed_graph(&x);
    then(graph, "Squeeze", 2, (size_t[]){x, known(graph, 1, (double[]){0})});
    refused(graph, "the file is for a batch of 1, and the batch's axis is squeezed away here");
    graph = fixed_graph(&x);
    then(graph, "Gather", 2, (size_t[]){x, known(graph, 1, (double[]){0})});
    refused(graph, "axis is chosen from");
    graph = fixed_graph(&x);
    then(graph, "ReduceSum", 1, &x);
    refused(graph, "axis is reduced");
}

/* ---- files ---- */

static void check_file(const char *name, tw_net_shape sample) {
    char path[1024];
    tw_net_graph *graph;
    if (!tw_net_onnx_supported())
        skip();
    snprintf(path, sizeof path, "models/onnx/%s", name);
    assert_ok(tw_net_onnx_read(shared_path(path), NULL, &graph));
    check_widened(graph, sample);
}

static void test_files(void **state) {
    static const char *const files[] = {"02-pytorch1.5-cifar10-deep_kw.onnx",
                                        "03-pytorch0.4-cifar10-deep_kw.onnx",
                                        "05-pytorch2.0-cifar10-vit_ibp.onnx",
                                        "07-tf2onnx1.8-cifar10-small-nhwc.onnx",
                                        "08-cntk-mnist-opset8.onnx",
                                        "09-cntk-mnist-opset7.onnx",
                                        "10-keras2onnx-mnist.onnx",
                                        "13-pytorch2.0-mnist-logsoftmax.onnx",
                                        "14-pytorch2.7-dynamo-mnist-inline.onnx",
                                        "16-matlab-collins-rul.onnx",
                                        "17-pytorch1.7-mnist-norm-inside.onnx"};
    for (size_t f = 0; f < sizeof files / sizeof *files; f++)
        check_file(files[f], none);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_reshape),     cmocka_unit_test(test_inner_axis),
        cmocka_unit_test(test_concat),      cmocka_unit_test(test_slice),
        cmocka_unit_test(test_asked_shape), cmocka_unit_test(test_refused),
        cmocka_unit_test(test_asked_later), cmocka_unit_test(test_files),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
