/* Windows and factors that no file should ask for: a line that says so, and nothing else. */
#include "operator_check.h"
#include "support.h"
#include "window_geometry.h"

static tw_status build_of(const tw_net_graph *graph) {
    tw_net_program *program = NULL;
    tw_status status = tw_net_build(graph, &(tw_net_build_options){.batch = 1}, &program);
    tw_net_program_free(program);
    return status;
}

/* One attribute of whole numbers, on x of (1, 2, 5, 5) and w of (4, 2, 3, 3), or w of its own. */
typedef struct refusal {
    const char *op, *name;
    size_t count;
    int64_t numbers[4];
    const char *words;
} refusal;

static const refusal refusals[] = {
    {"Conv", "strides", 2, {1, 0}, "its strides have a 0, which must be from 1"},
    {"Conv", "strides", 2, {1, -2}, "its strides have a -2"},
    {"Conv", "strides", 3, {1, 1, 1}, "its strides must be 2 whole numbers"},
    {"Conv", "dilations", 2, {0, 1}, "its dilations have a 0"},
    {"Conv", "dilations", 2, {1, 3}, "its window of 7 is larger than its input of 5, padded to 5"},
    {"Conv", "dilations", 2, {1, INT32_MAX}, "is larger than its input of 5"},
    {"Conv", "pads", 4, {0, -1, 0, 0}, "its pads have a -1"},
    {"Conv", "pads", 4, {0, 0, 0, INT64_MAX}, "its pads have a 9223372036854775807"},
    {"Conv", "pads", 2, {0, 0}, "its pads must be 4 whole numbers"},
    {"Conv", "pads", 4, {INT32_MAX, INT32_MAX, INT32_MAX, INT32_MAX}, "too large"},
    {"Conv", "kernel_shape", 2, {3, 2}, "its kernel_shape says 2 where its weights have 3"},
    {"ConvTranspose", "output_padding", 2, {-1, 0}, "its output_padding have a -1"},
    {"ConvTranspose", "pads", 4, {4, 0, 4, 0}, "its output would have an axis of -1"},
    {"ConvTranspose", "output_shape", 2, {7, INT64_MIN}, "its output_shape have a -9"},
    {"MaxPool", "strides", 2, {2, 2}, "it has no kernel_shape"},
    {"MaxPool", "kernel_shape", 2, {0, 2}, "its kernel_shape have a 0"},
    {"MaxPool", "kernel_shape", 2, {6, 2}, "its window of 6 is larger than its input of 5"},
    {"MaxPool", "kernel_shape", 2, {INT64_MAX, 2}, "its kernel_shape have a 9223372036854775807"},
    {"LpPool", "kernel_shape", 1, {2}, "its kernel_shape must be 2 whole numbers"},
};

static void test_attributes(void **state) {
    for (size_t i = 0; i < sizeof refusals / sizeof refusals[0]; i++) {
        const refusal *bad = &refusals[i];
        tw_net_graph *graph = operator_graph();
        int adjoint = strcmp(bad->op, "ConvTranspose") == 0, pool = strstr(bad->op, "Pool") != NULL;
        size_t inputs[2] = {operator_parameter(graph, 4, (size_t[]){1, adjoint ? 4 : 2, 5, 5})};
        if (!pool)
            inputs[1] = operator_parameter(graph, 4, (size_t[]){4, 2, 3, 3});
        tw_net_node *node = operator_node(graph, bad->op, 11, pool ? 1 : 2, inputs);
        assert_ok(tw_net_node_set_numbers(node, bad->name, bad->count, bad->numbers));
        tw_status status = build_of(graph);
        if (status == TW_OK || strstr(tw_message(), bad->words) == NULL)
            fail_msg("%s with bad %s: '%s'", bad->op, bad->name,
                     status == TW_OK ? "built" : tw_message());
        tw_net_graph_free(graph);
    }
}

/* Two inputs whose shapes do not fit. */
typedef struct misfit {
    const char *op;
    tw_net_shape a, b;
    int64_t group;
    const char *words;
} misfit;

static const misfit misfits[] = {
    {"Conv", {4, {1, 3, 5, 5}}, {4, {4, 2, 3, 3}}, 1, "for 2 channels in each of 1 groups"},
    {"Conv", {4, {1, 4, 5, 5}}, {4, {4, 2, 3, 3}}, 3, "its group of 3 does not divide"},
    {"Conv", {4, {1, 4, 5, 5}}, {4, {4, 2, 3, 3}}, 0, "its group of 0 does not divide"},
    {"Conv", {4, {1, 4, 5, 5}}, {4, {4, 2, 3, 3}}, INT64_MIN, "does not divide"},
    {"Conv", {4, {1, 2, 5, 5}}, {3, {4, 2, 3}}, 1, "its input has 4 axes and its weights have 3"},
    {"Conv", {2, {1, 2}}, {2, {4, 2}}, 1, "its input has 2 axes"},
    {"Conv", {6, {1, 2, 3, 3, 3, 3}}, {6, {4, 2, 1, 1, 1, 1}}, 1, "1 to 3 more are supported"},
    {"Conv", {4, {1, 2, 5, 5}}, {4, {4, 2, 3, 0}}, 1, "its weights have the size 0"},
    {"ConvTranspose", {4, {1, 2, 5, 5}}, {4, {4, 2, 3, 3}}, 1, "are for 4 channels"},
    {"MatMul", {2, {3, 4}}, {2, {3, 4}}, 1, "its inputs of (3, 4) and (3, 4) do not fit"},
    {"MatMul", {3, {2, 3, 4}}, {3, {3, 4, 1}}, 1, "do not fit"},
    {"MatMul", {0}, {1, {1}}, 1, "must have an axis"},
    {"Gemm", {2, {3, 4}}, {2, {5, 4}}, 1, "do not fit"},
    {"Gemm", {3, {1, 3, 4}}, {2, {4, 4}}, 1, "do not fit"},
};

static void test_shapes(void **state) {
    for (size_t i = 0; i < sizeof misfits / sizeof misfits[0]; i++) {
        const misfit *bad = &misfits[i];
        tw_net_graph *graph = operator_graph();
        size_t inputs[2] = {operator_parameter(graph, bad->a.rank, bad->a.size),
                            operator_parameter(graph, bad->b.rank, bad->b.size)};
        tw_net_node *node = operator_node(graph, bad->op, 11, 2, inputs);
        assert_ok(tw_net_node_set_number(node, "group", bad->group));
        tw_status status = build_of(graph);
        if (status == TW_OK || strstr(tw_message(), bad->words) == NULL)
            fail_msg("%s, number %zu: '%s'", bad->op, i, status == TW_OK ? "built" : tw_message());
        tw_net_graph_free(graph);
    }
}

static void test_types(void **state) {
    tw_net_graph *graph = operator_graph();
    size_t inputs[] = {operator_known(graph, TW_NET_I64, 2, (size_t[]){1, 1}, (double[]){2}),
                       operator_parameter(graph, 2, (size_t[]){1, 1})};
    operator_node(graph, "Gemm", 13, 2, inputs);
    assert_fails(TW_ERR_FORMAT, "its inputs are int64 and float64", build_of(graph));
    tw_net_graph_free(graph);
}

static void test_others(void **state) {
    tw_net_graph *graph = operator_graph();
    size_t x = operator_parameter(graph, 4, (size_t[]){1, 2, 5, 0}),
           fine = operator_parameter(graph, 3, (size_t[]){1, 2, 5});
    operator_node(graph, "GlobalAveragePool", 11, 1, &x);
    assert_fails(TW_ERR_SHAPE, "an axis of 0", build_of(graph));
    tw_net_node *node = operator_node(graph, "MaxPool", 11, 1, &fine);
    assert_ok(tw_net_node_set_numbers(node, "kernel_shape", 1, (const int64_t[]){2}));
    assert_ok(tw_net_node_set_numbers(node, "pads", 2, (const int64_t[]){2, 0}));
    assert_fails(TW_ERR_SHAPE, "its padding of 2 and 0 must be smaller than its window of 2",
                 build_of(graph));
    node = operator_node(graph, "LpPool", 11, 1, &fine);
    assert_ok(tw_net_node_set_numbers(node, "kernel_shape", 1, (const int64_t[]){2}));
    assert_ok(tw_net_node_set_number(node, "p", 0));
    assert_fails(TW_ERR_FORMAT, "its p is 0", build_of(graph));
    node = operator_node(graph, "AveragePool", 11, 1, &fine);
    assert_ok(tw_net_node_set_numbers(node, "kernel_shape", 1, (const int64_t[]){2}));
    assert_ok(tw_net_node_set_text(node, "auto_pad", "SAME"));
    assert_fails(TW_ERR_FORMAT, "its auto_pad 'SAME' is none of ONNX's", build_of(graph));
    tw_net_graph_free(graph);
}

/* ---- anything at all ---- */

static int64_t draw_number(void) {
    static const int64_t strange[] = {-1,        0,         3,         7,        INT32_MAX,
                                      1ll << 31, 1ll << 40, INT64_MAX, INT64_MIN};
    return draw_between(0, 9) > 0 ? draw_between(0, 2) : strange[draw_between(0, 8)];
}

static void set_some(tw_net_node *node, const char *name, size_t count) {
    int64_t numbers[8];
    if (draw_between(0, 1) == 0)
        return;
    for (size_t i = 0; i < count; i++)
        numbers[i] = draw_number();
    assert_ok(tw_net_node_set_numbers(node, name, count, numbers));
}

static tw_net_graph *anything(void) {
    static const char *const ops[] = {"Conv", "ConvTranspose", "MaxPool", "AveragePool", "LpPool"},
                             *const pads[] = {"NOTSET", "SAME_UPPER", "SAME_LOWER", "VALID"};
    tw_net_graph *graph = operator_graph();
    size_t op = (size_t)draw_between(0, 4), rank = (size_t)draw_between(1, 3), inputs[2],
           groups = (size_t)draw_between(1, 2), x[5] = {(size_t)draw_between(0, 2), 2 * groups},
           w[5] = {2 * groups, 2};
    for (size_t a = 2; a < 2 + rank; a++) {
        x[a] = (size_t)draw_between(0, 6);
        w[a] = (size_t)draw_between(draw_between(0, 20) > 0, 3);
    }
    inputs[0] = operator_parameter(graph, 2 + rank, x);
    if (op < 2)
        inputs[1] = operator_parameter(graph, 2 + rank, w);
    tw_net_node *node = operator_node(graph, ops[op], 19, op < 2 ? 2 : 1, inputs);
    assert_ok(tw_net_node_set_number(node, "group", (int64_t)groups));
    assert_ok(tw_net_node_set_number(node, "ceil_mode", draw_between(0, 1)));
    assert_ok(tw_net_node_set_number(node, "count_include_pad", draw_between(0, 1)));
    assert_ok(tw_net_node_set_text(node, "auto_pad", pads[draw_between(0, 6) % 4]));
    if (op >= 2)
        set_some(node, "kernel_shape", rank);
    set_some(node, "strides", rank);
    set_some(node, "dilations", rank);
    set_some(node, "pads", 2 * rank);
    set_some(node, "output_padding", rank);
    if (draw_between(0, 3) == 0)
        set_some(node, "output_shape", rank);
    return graph;
}

/* Values and derivatives, whatever they are, of parameters that are all 1. */
static void run_once(const tw_net_program *program) {
    tw_net_pass_f64 *pass;
    double *ones = calloc(program->size + 1, sizeof *ones);
    for (size_t i = 0; i < program->size; i++)
        ones[i] = 1;
    assert_ok(tw_net_pass_new_f64(program, TW_NET_AT_POINT, TW_NET_SECOND, &pass));
    for (size_t e = 0; e < program->edge_count; e++)
        if (program->edges[e].step == TW_NET_NONE && program->edges[e].time == TW_NET_AT_POINT) {
            tw_net_pass_bind_f64(pass, TW_NET_VALUE, e, ones + program->edges[e].offset);
            tw_net_pass_bind_f64(pass, TW_NET_TANGENT, e, ones + program->edges[e].offset);
        }
    assert_ok(tw_net_pass_forward_f64(pass));
    assert_ok(tw_net_pass_backward_f64(pass));
    assert_ok(tw_net_pass_tangents_f64(pass));
    assert_ok(tw_net_pass_backward_tangents_f64(pass));
    tw_net_pass_free_f64(pass);
    free(ones);
}

/* Whether it was built; then, unless it is large, it is run. */
static int try_anything(void) {
    tw_net_graph *graph = anything();
    tw_net_program *program = NULL;
    int built = tw_net_build(graph, &(tw_net_build_options){.batch = 1}, &program) == TW_OK;
    if (!built) {
        assert_non_null(strstr(tw_message(), "test: node ''"));
        assert_null(strchr(tw_message(), '\n'));
    } else if (tw_net_shape_count(&program->edges[program->output].shape) < 10000)
        run_once(program);
    tw_net_program_free(program);
    tw_net_graph_free(graph);
    return built;
}

static void test_anything(void **state) {
    size_t built = 0;
    for (size_t i = 0; i < 3000; i++)
        built += (size_t)try_anything();
    assert_in_range(built, 300, 2700);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_attributes), cmocka_unit_test(test_shapes),
        cmocka_unit_test(test_types),      cmocka_unit_test(test_others),
        cmocka_unit_test(test_anything),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
