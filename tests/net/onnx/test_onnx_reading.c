/* What is made of ONNX files: order, functions, types, outputs, endings, roles, batches. */
#include <math.h>

#include "net/derivative_check.h"
#include "net/onnx/onnx.h"
#include "onnx_writer.h"

static const int64_t any_by_3[] = {-1, 3}, three_by_2[] = {3, 2}, any_by_2[] = {-1, 2};

/* y = x w. */
static writer *product(void) {
    writer *w = writer_new(13);
    writer_input(w, "x", 1, 2, any_by_3);
    writer_output(w, "y", 1, 2, any_by_2);
    writer_weight(w, "w", 2, three_by_2);
    writer_node(w, "MatMul", "x,w", "y");
    return w;
}

static tw_net_graph *read_with(writer *w, const tw_net_onnx_options *options) {
    tw_net_graph *graph;
    writer_pack(w);
    assert_ok(tw_net_onnx_parse("m.onnx", w->bytes, w->size, options, &graph));
    writer_free(w);
    return graph;
}

static tw_net_graph *read_it(writer *w) {
    return read_with(w, NULL);
}

static const tw_net_value *value_of(const tw_net_graph *graph, const char *name) {
    size_t v = tw_net_graph_find(graph, name);
    assert_true(v != TW_NET_NONE);
    return &graph->values[v];
}

static void expect(const tw_net_graph *graph, const char *name, tw_role role, int axis) {
    const tw_net_value *value = value_of(graph, name);
    if (value->kind != TW_NET_PARAMETER || value->role != role || value->filter_axis != axis)
        fail_msg("'%s' is of kind %d, role %d, axis %d", name, (int)value->kind, (int)value->role,
                 value->filter_axis);
}

static void expect_known(const tw_net_graph *graph, const char *name) {
    assert_int_equal(value_of(graph, name)->kind, TW_NET_KNOWN);
}

static int has_note(const tw_net_graph *graph, const char *words) {
    for (size_t k = 0; k < graph->note_count; k++)
        if (strstr(graph->notes[k], words) != NULL)
            return 1;
    return 0;
}

/* The output's first number for x = (1, 2, 4, 8, ...) in rows; frees the graph. */
static double first_of(tw_net_graph *graph, size_t rank, const size_t *sizes) {
    tw_net_value *input = &graph->values[graph->input];
    tw_net_shape shape = {.rank = rank};
    memcpy(shape.size, sizes, rank * sizeof *sizes);
    assert_ok(tw_net_tensor_new(TW_NET_F32, &shape, &input->tensor));
    for (size_t k = 0; k < tw_net_shape_count(&shape); k++)
        input->tensor.numbers[k] = ldexp(1, (int)k);
    input->kind = TW_NET_KNOWN;
    tw_net_program *program;
    assert_ok(tw_net_build(graph, &(tw_net_build_options){.batch = sizes[0]}, &program));
    double *x = parameter_numbers(graph), *y = program_values(program, x), first = y[0];
    tw_net_program_free(program);
    tw_net_graph_free(graph);
    free(x);
    free(y);
    return first;
}

static const size_t one_by_3[] = {1, 3};

/* x w = 1 * 0.5 + 2 * 2.5 + 4 * 4.5 */
static const double product_of = 23.5;

static void test_order(void **state) {
    writer *w = product();
    Onnx__NodeProto *node = w->model->graph->node[0];
    node->output[0] = (char *)"p";
    writer_node(w, "Neg", "n", "y");
    writer_node(w, "Neg", "p", "n");
    writer_node(w, "Relu", "p", "unused");
    Onnx__NodeProto *last = w->model->graph->node[1];
    w->model->graph->node[0] = last;
    w->model->graph->node[1] = node;
    tw_net_graph *graph = read_it(w);
    assert_int_equal(graph->node_count, 3);
    assert_string_equal(graph->nodes[0].op, "MatMul");
    assert_string_equal(graph->nodes[2].op, "Neg");
    assert_int_equal(tw_net_graph_find(graph, "unused"), TW_NET_NONE);
    assert_close(first_of(graph, 2, one_by_3), product_of, 1e-12, 0);
}

/* f(a, s) = LeakyRelu(-a, alpha) of the call's alpha, through a function between; g gives what it
 * is given. */
static void test_functions(void **state) {
    writer *w = product();
    Onnx__FunctionProto *inner = writer_function(w, "inner", "a", "b");
    writer_function_node(w, inner, "Neg", "a", "c");
    writer_reference(w, writer_function_node(w, inner, "LeakyRelu", "c", "b"), "alpha", "slope");
    Onnx__FunctionProto *outer = writer_function(w, "outer", "a,none", "b");
    Onnx__NodeProto *call = writer_function_node(w, outer, "inner", "a", "b");
    call->domain = (char *)"own";
    writer_reference(w, call, "slope", "steepness");
    writer_function(w, "same", "a,b", "b,a");
    call = writer_node(w, "outer", "y", "z");
    call->domain = (char *)"own";
    writer_real(w, call, "steepness", 0.25f);
    writer_node(w, "same", "z,x", "x2,z2")->domain = (char *)"own";
    tw_net_graph *graph = read_with(w, &(tw_net_onnx_options){.output = "z2"});
    assert_close(first_of(graph, 2, one_by_3), -product_of / 4, 1e-12, 0);
}

/* The function's own value of an attribute that the call leaves out: a field that older
 * descriptions of ONNX's files do not know, so that it is put into the bytes. */
static void test_defaults(void **state) {
    static const uint8_t field[] = {0, /* length, then attribute_proto: "slope", 0.25, FLOAT */
                                    0x0a, 0x05, 's',  'l',  'o',  'p',  'e', 0x15,
                                    0,    0,    0x80, 0x3e, 0xa0, 0x01, 0x01};
    for (int said = 0; said < 2; said++) {
        writer *w = product();
        Onnx__FunctionProto *f = writer_function(w, "f", "a", "b");
        writer_function_node(w, f, "Neg", "a", "c");
        writer_reference(w, writer_function_node(w, f, "LeakyRelu", "c", "b"), "alpha", "slope");
        ProtobufCMessageUnknownField *unknown = writer_alloc(w, sizeof *unknown);
        uint8_t *data = writer_alloc(w, sizeof field);
        memcpy(data, field, sizeof field);
        data[0] = sizeof field - 1;
        *unknown = (ProtobufCMessageUnknownField){.tag = 11,
                                                  .wire_type = PROTOBUF_C_WIRE_TYPE_LENGTH_PREFIXED,
                                                  .len = sizeof field,
                                                  .data = data};
        f->base.n_unknown_fields = 1;
        f->base.unknown_fields = unknown;
        Onnx__NodeProto *call = writer_node(w, "f", "y", "z");
        call->domain = (char *)"own";
        if (said)
            writer_real(w, call, "slope", 0.5f);
        tw_net_graph *graph = read_with(w, &(tw_net_onnx_options){.output = "z"});
        assert_close(first_of(graph, 2, one_by_3), product_of * (said ? -0.5 : -0.25), 1e-12, 0);
    }
}

/* ---- numbers ---- */

/* A tensor of two numbers, 1 and -2 or 254, in either form. */
static void check_type(int type, double first, double second, const void *raw, size_t bytes,
                       const int32_t *small) {
    Onnx__TensorProto tensor = ONNX__TENSOR_PROTO__INIT;
    int64_t dims[] = {2};
    uint8_t packed[256];
    char *name;
    tw_net_tensor read;
    tensor.has_data_type = 1;
    tensor.data_type = type;
    tensor.n_dims = 1;
    tensor.dims = dims;
    for (int form = 0; form < (small != NULL ? 2 : 1); form++) {
        tensor.has_raw_data = form == 0;
        tensor.raw_data = (ProtobufCBinaryData){bytes, (uint8_t *)raw};
        tensor.n_int32_data = form == 0 ? 0 : 2;
        tensor.int32_data = (int32_t *)small;
        size_t size = onnx__tensor_proto__pack(&tensor, packed);
        assert_ok(tw_net_onnx_parse_tensor("t", packed, size, &name, &read));
        assert_int_equal(read.type, type);
        assert_true(read.numbers[0] == first && read.numbers[1] == second);
        tw_net_tensor_release(&read);
        free(name);
    }
}

static void test_types(void **state) {
    check_type(1, 1, -2, (const float[]){1, -2}, 8, NULL);
    check_type(11, 1, -2, (const double[]){1, -2}, 16, NULL);
    check_type(2, 1, 254, (const uint8_t[]){1, 254}, 2, (const int32_t[]){1, 254});
    check_type(3, 1, -2, (const int8_t[]){1, -2}, 2, (const int32_t[]){1, -2});
    check_type(4, 1, 65534, (const uint16_t[]){1, 65534}, 4, (const int32_t[]){1, 65534});
    check_type(5, 1, -2, (const int16_t[]){1, -2}, 4, (const int32_t[]){1, -2});
    check_type(6, 1, -2, (const int32_t[]){1, -2}, 8, (const int32_t[]){1, -2});
    check_type(7, 1, -2, (const int64_t[]){1, -2}, 16, NULL);
    check_type(9, 1, 0, (const uint8_t[]){1, 0}, 2, (const int32_t[]){1, 0});
    check_type(10, 1, -2, (const uint16_t[]){0x3c00, 0xc000}, 4, (const int32_t[]){0x3c00, 0xc000});
    check_type(10, 0x1p-24, HUGE_VAL, (const uint16_t[]){1, 0x7c00}, 4, NULL);
    check_type(12, 1, 4294967294, (const uint32_t[]){1, 4294967294}, 8, NULL);
    check_type(13, 1, 0x1p63, (const uint64_t[]){1, 1ull << 63}, 16, NULL);
    check_type(16, 1, -2, (const uint16_t[]){0x3f80, 0xc000}, 4, (const int32_t[]){0x3f80, 0xc000});
}

static void test_halves(void **state) {
    writer *w = product();
    Onnx__TensorProto *tensor = w->model->graph->initializer[0];
    static const int32_t ones[6] = {0x3c00, 0x3c00, 0x3c00, 0x3c00, 0x3c00, 0x3c00};
    tensor->data_type = 10;
    tensor->n_float_data = 0;
    tensor->n_int32_data = 6;
    tensor->int32_data = (int32_t *)ones;
    w->model->graph->input[0]->type->tensor_type->elem_type = 10;
    writer_number(w, writer_node(w, "Cast", "y", "z"), "to", 10);
    w->model->graph->output[0]->name = (char *)"z";
    tw_net_graph *graph = read_it(w);
    assert_int_equal(value_of(graph, "x")->type, TW_NET_F32);
    assert_int_equal(value_of(graph, "w")->tensor.type, TW_NET_F32);
    assert_int_equal(tw_net_node_number(&graph->nodes[1], "to", 0), TW_NET_F32);
    assert_true(has_note(graph, "half precision"));
    assert_close(first_of(graph, 2, one_by_3), 7, 1e-12, 0);
}

/* ---- which output ---- */

static void test_outputs(void **state) {
    writer *w = product();
    w->model->graph->n_output = 0;
    writer_output(w, "label", 7, 1, any_by_2);
    writer_output(w, "all", 1, 1, any_by_2);
    writer_output(w, "y", 1, 2, any_by_2);
    writer_node(w, "ArgMax", "y", "label");
    writer_node(w, "ReduceSum", "y", "all");
    tw_net_graph *graph = read_it(w);
    assert_string_equal(graph->values[graph->output].name, "y");
    assert_int_equal(graph->node_count, 1);
    assert_true(has_note(graph, "the output used is 'y', of 3"));
    tw_net_graph_free(graph);
    /* labels alone: what they are made of */
    w = product();
    w->model->graph->n_output = 0;
    writer_output(w, "label", 7, 1, any_by_2);
    writer_node(w, "ArgMax", "y", "best");
    writer_node(w, "Cast", "best", "label");
    graph = read_it(w);
    assert_string_equal(graph->values[graph->output].name, "y");
    tw_net_graph_free(graph);
    w = product();
    w->model->graph->n_output = 0;
    writer_output(w, "map", 0, 0, NULL);
    writer_output(w, "label", 7, 1, any_by_2);
    writer_node(w, "ZipMap", "y", "map");
    writer_node(w, "ArgMax", "y", "label");
    Onnx__TypeProto sequence = ONNX__TYPE_PROTO__INIT;
    Onnx__TypeProto__Sequence of = ONNX__TYPE_PROTO__SEQUENCE__INIT;
    sequence.value_case = ONNX__TYPE_PROTO__VALUE_SEQUENCE_TYPE;
    sequence.sequence_type = &of;
    w->model->graph->output[0]->type = &sequence;
    graph = read_it(w);
    assert_string_equal(graph->values[graph->output].name, "y");
    tw_net_graph_free(graph);
    /* by name */
    w = product();
    writer_node(w, "Relu", "y", "r");
    graph = read_with(w, &(tw_net_onnx_options){.output = "r"});
    assert_string_equal(graph->values[graph->output].name, "r");
    tw_net_graph_free(graph);
    w = product();
    writer_pack(w);
    assert_fails(TW_ERR_ARGUMENT, "there is no value 'q' in it; its first output is 'y'",
                 tw_net_onnx_parse("m.onnx", w->bytes, w->size,
                                   &(tw_net_onnx_options){.output = "q"}, &graph));
    writer_free(w);
}

/* ---- how it ends ---- */

/* y = x w behind the operators of a list, "Softmax,Identity". */
static tw_net_graph *ending_in(const char *list, int64_t axis, tw_net_onnx_scores said) {
    writer *w = product();
    char names[128], *rest = names, *op, last[16] = "y", next[16];
    snprintf(names, sizeof names, "%s", list);
    for (int k = 0; (op = strsep(&rest, ",")) != NULL; k++) {
        snprintf(next, sizeof next, "e%d", k);
        Onnx__NodeProto *node = writer_node(w, op, last, next);
        if (strstr(op, "oftmax") != NULL)
            writer_number(w, node, "axis", axis);
        if (strcmp(op, "Cast") == 0)
            writer_number(w, node, "to", 1);
        memcpy(last, next, sizeof last);
    }
    w->model->graph->output[0]->name = last;
    return read_with(w, &(tw_net_onnx_options){.scores = said});
}

static void check_ending(const char *list, int64_t axis, tw_net_onnx_scores said,
                         tw_net_ending ending, double value) {
    tw_net_graph *graph = ending_in(list, axis, said);
    assert_int_equal(graph->ending, ending);
    assert_close(first_of(graph, 2, one_by_3), value, 1e-12, 0);
}

static void test_endings(void **state) {
    /* the second product is 30.5 */
    const double p = 1 / (1 + exp(7)), s = 1 / (1 + exp(-product_of));
    check_ending("Relu", 0, 0, TW_NET_ENDS_IN_LOGITS, product_of);
    check_ending("Softmax", 1, 0, TW_NET_ENDED_IN_SOFTMAX, product_of);
    check_ending("Softmax", -1, 0, TW_NET_ENDED_IN_SOFTMAX, product_of);
    check_ending("Softmax,Identity,Cast,Dropout,Flatten", -1, 0, TW_NET_ENDED_IN_SOFTMAX,
                 product_of);
    check_ending("Softmax", 0, 0, TW_NET_ENDS_IN_LOGITS, 1);
    check_ending("Softmax,Relu", -1, 0, TW_NET_ENDS_IN_LOGITS, p);
    check_ending("LogSoftmax,Identity", -1, 0, TW_NET_ENDS_IN_LOG_SOFTMAX, log(p));
    check_ending("Sigmoid", 1, 0, TW_NET_ENDS_IN_SIGMOID, s);
    check_ending("Softmax", -1, TW_NET_ONNX_PROBABILITIES, TW_NET_SAID_PROBABILITIES, p);
    check_ending("Softmax", -1, TW_NET_ONNX_LOGITS, TW_NET_SAID_LOGITS, p);
}

/* ---- what constants are ---- */

static void test_roles(void **state) {
    writer *w = product();
    static const int64_t two[] = {2}, one[] = {1}, turned[] = {1, 0}, two_by_2[] = {2, 2};
    writer_weight(w, "bias", 1, two);
    writer_node(w, "Add", "y,bias", "a");
    writer_weight(w, "half", 0, NULL);
    writer_node(w, "Mul", "a,half", "b");
    writer_weight(w, "turned", 2, two_by_2);
    writer_numbers(w, writer_node(w, "Transpose", "turned", "t"), "perm", 2, turned);
    writer_node(w, "MatMul", "b,t", "c");
    writer_weight(w, "slope", 1, one);
    writer_node(w, "PRelu", "c,slope", "d");
    writer_weight(w, "least", 0, NULL);
    writer_node(w, "Clip", "d,least", "e");
    writer_weight(w, "scale", 1, two);
    writer_node(w, "Mul", "e,scale", "f");
    writer_weight(w, "shift", 1, two);
    writer_node(w, "Add", "shift,f", "g");
    writer_weight(w, "table", 2, two_by_2);
    writer_node(w, "Add", "g,table", "h");
    writer_weight(w, "unused", 2, two_by_2);
    writer_number(w, writer_node(w, "Gemm", "h,turned,bias", "i"), "transB", 1);
    w->model->graph->output[0]->name = (char *)"i";
    tw_net_graph *graph = read_it(w);
    expect(graph, "w", TW_ROLE_WEIGHT, 1);
    expect(graph, "bias", TW_ROLE_BIAS, 0);
    expect(graph, "turned", TW_ROLE_WEIGHT, 0); /* tied: one block */
    expect(graph, "slope", TW_ROLE_BIAS, 0);
    expect(graph, "scale", TW_ROLE_NORM, 0);
    expect(graph, "shift", TW_ROLE_NORM, 0);
    expect(graph, "table", TW_ROLE_WEIGHT, 0);
    expect_known(graph, "half");
    expect_known(graph, "least");
    assert_int_equal(tw_net_graph_find(graph, "unused"), TW_NET_NONE);
    tw_space *space;
    assert_ok(tw_net_graph_space(graph, &space));
    assert_int_equal(tw_space_blocks(space), 7);
    tw_space_free(space);
    tw_net_graph_free(graph);
}

/* Two biases of equal numbers, of which the second is an Identity of the first. */
static writer *merged(const char *first, const char *second) {
    writer *w = product();
    static const int64_t two[] = {2};
    char inputs[64];
    writer_weight(w, first, 1, two);
    writer_weight(w, "fc.weight", 2, (const int64_t[]){2, 2});
    writer_weight(w, "last.bias", 1, two);
    writer_node(w, "Identity", first, second);
    writer_node(w, "Identity", first, "never.used");
    snprintf(inputs, sizeof inputs, "y,%s", first);
    writer_node(w, "Add", inputs, "a");
    writer_node(w, "MatMul", "a,fc.weight", "b");
    snprintf(inputs, sizeof inputs, "b,%s", second);
    writer_node(w, "Add", inputs, "c");
    writer_node(w, "Add", "c,last.bias", "d");
    w->model->graph->output[0]->name = (char *)"d";
    return w;
}

static void expect_blocks(tw_net_graph *graph, const char *const *names) {
    tw_space *space;
    size_t count = 0;
    assert_ok(tw_net_graph_space(graph, &space));
    for (; names[count] != NULL; count++) {
        assert_true(count < tw_space_blocks(space));
        assert_string_equal(tw_space_block(space, count)->name, names[count]);
    }
    assert_int_equal(tw_space_blocks(space), count);
    tw_space_free(space);
}

/* An Identity that has the name of a parameter is one, in its place; a result is none. */
static void test_aliases(void **state) {
    static const struct {
        const char *first, *second;
        int own;
    } cases[] = {{"fc.bias", "fc2.bias", 1},
                 {"onnx::Conv_3", "onnx::Conv_6", 1},
                 {"fc.bias", "layers.0.betas.1", 1},
                 {"fc.bias", "/act/Identity_output_0", 0},
                 {"fc.bias", "31", 0},
                 {"fc.bias", "input.3", 0},
                 {"fc.bias", "fc/bias.read", 0}};
    double value = 0;
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        tw_net_graph *graph = read_it(merged(cases[k].first, cases[k].second));
        const char *own[] = {"w", cases[k].first, "fc.weight", "last.bias", NULL, NULL};
        if (cases[k].own) {
            own[3] = cases[k].second;
            own[4] = "last.bias";
            expect(graph, cases[k].second, TW_ROLE_BIAS, 0);
            assert_memory_equal(value_of(graph, cases[k].second)->tensor.numbers,
                                ((double[]){0.5, 1.5}), 2 * sizeof(double));
        }
        expect_blocks(graph, own);
        assert_int_equal(graph->node_count, cases[k].own ? 5 : 6);
        assert_int_equal(has_note(graph, "1 constant that the exporter left out for its equal "
                                         "numbers is separate here"),
                         cases[k].own);
        double here = first_of(graph, 2, one_by_3);
        assert_true(k == 0 || here == value);
        value = here;
    }
}

static void test_normalisation(void **state) {
    writer *w = product();
    static const int64_t one_by_three[] = {1, 3};
    writer_weight(w, "mean", 2, one_by_three);
    writer_weight(w, "deviation", 2, one_by_three);
    writer_node(w, "Sub", "x,mean", "centred");
    writer_node(w, "Div", "centred,deviation", "normal");
    w->model->graph->node[0]->input[0] = (char *)"normal";
    tw_net_graph *graph = read_it(w);
    expect_known(graph, "mean");
    expect_known(graph, "deviation");
    expect(graph, "w", TW_ROLE_WEIGHT, 1);
    assert_true(has_note(graph, "normalises its input itself: Sub 0.5 ..., Div 0.5 ..."));
    tw_net_graph_free(graph);
}

/* A function that is called twice has the same constant, by name, in both places. */
static void test_names(void **state) {
    writer *w = product();
    Onnx__FunctionProto *f = writer_function(w, "f", "a", "b");
    Onnx__NodeProto *constant = writer_function_node(w, f, "Constant", "", "c");
    Onnx__AttributeProto value = ONNX__ATTRIBUTE_PROTO__INIT, *list = &value;
    float numbers[2] = {1, 2};
    value.name = (char *)"value_floats";
    value.has_type = 1;
    value.type = ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__FLOATS;
    value.n_floats = 2;
    value.floats = numbers;
    constant->n_attribute = 1;
    constant->attribute = &list;
    writer_function_node(w, f, "Add", "a,c", "b");
    for (int k = 0; k < 2; k++) {
        Onnx__NodeProto *call = writer_node(w, "f", k ? "z" : "y", k ? "z2" : "z");
        call->domain = (char *)"own";
        call->name = (char *)"call";
    }
    w->model->graph->output[0]->name = (char *)"z2";
    tw_net_graph *graph = read_it(w);
    expect(graph, "call/c", TW_ROLE_BIAS, 0);
    expect(graph, "call/c#2", TW_ROLE_BIAS, 0);
    assert_close(first_of(graph, 2, one_by_3), product_of + 2, 1e-12, 0);
}

/* ---- batches ---- */

/* y, of shape (1, 2) in the file, reshaped to `target` and built for a batch of 5. */
static void check_batch(const int64_t *target, size_t rank, tw_net_shape expected) {
    writer *w = product();
    Onnx__TensorShapeProto__Dimension *first =
        w->model->graph->input[0]->type->tensor_type->shape->dim[0];
    first->value_case = ONNX__TENSOR_SHAPE_PROTO__DIMENSION__VALUE_DIM_VALUE;
    first->dim_value = 1;
    writer_integers(w, "shape", rank, target);
    writer_node(w, "Reshape", "y,shape", "z");
    w->model->graph->output[0]->name = (char *)"z";
    tw_net_graph *graph = read_it(w);
    assert_true(has_note(graph, "batches of 1"));
    tw_net_program *program;
    assert_ok(tw_net_build(graph, &(tw_net_build_options){.batch = 5}, &program));
    if (!tw_net_shape_same(&program->edges[program->output].shape, &expected))
        fail_msg("a target of %zu sizes is widened otherwise", rank);
    tw_net_program_free(program);
    tw_net_graph_free(graph);
}

static void test_batches(void **state) {
    check_batch((const int64_t[]){1, 2, 1}, 3, (tw_net_shape){3, {5, 2, 1}});
    check_batch((const int64_t[]){1, -1}, 2, (tw_net_shape){2, {5, 2}});
    check_batch((const int64_t[]){1, -1, 1}, 3, (tw_net_shape){3, {5, 2, 1}});
    check_batch((const int64_t[]){-1, 1, 2}, 3, (tw_net_shape){3, {5, 1, 2}});
    check_batch((const int64_t[]){1, -1, 2}, 3, (tw_net_shape){3, {1, 5, 2}});
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_order),         cmocka_unit_test(test_functions),
        cmocka_unit_test(test_defaults),      cmocka_unit_test(test_types),
        cmocka_unit_test(test_halves),        cmocka_unit_test(test_outputs),
        cmocka_unit_test(test_endings),       cmocka_unit_test(test_roles),
        cmocka_unit_test(test_normalisation), cmocka_unit_test(test_names),
        cmocka_unit_test(test_batches),       cmocka_unit_test(test_aliases),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
