/* Operators that move entries, each against the index it is read at, and their derivatives. */
#include <stdlib.h>

#include "net/step/step_view.h"
#include "operator_places.h"
#include "support.h"

/* ---- shapes ---- */

static long same_place(const size_t *at) {
    return (long)(at[0] * 20 + at[1]);
}

static void test_reshape(void **state) {
    tw_net_graph *graph = operator_graph();
    size_t x;
    node_of(graph, "Reshape", 13, &x, 1, &(list){2, {0, -1}});
    check_places(graph, x, (tw_net_shape){2, {3, 20}}, same_place);
    graph = operator_graph();
    node_of(graph, "Flatten", 13, &x, 0, NULL);
    check_places(graph, x, (tw_net_shape){2, {3, 20}}, same_place);
}

static void test_reshape_refused(void **state) {
    tw_net_graph *graph = operator_graph();
    size_t x;
    node_of(graph, "Reshape", 13, &x, 1, &(list){2, {7, -1}});
    check_refused(graph, TW_ERR_SHAPE, "(3, 4, 5) cannot be reshaped to (7, 1)");
    graph = operator_graph();
    node_of(graph, "Reshape", 13, &x, 1, &(list){2, {-1, -1}});
    check_refused(graph, TW_ERR_SHAPE, "cannot be reshaped to -1");
    graph = operator_graph();
    node_of(graph, "Squeeze", 13, &x, 1, &(list){1, {1}});
    check_refused(graph, TW_ERR_SHAPE, "axis 1 of size 4 cannot be squeezed away");
}

static long unsqueezed(const size_t *at) {
    return at3(at[0], at[2], at[3]);
}

static void test_unsqueeze(void **state) {
    tw_net_graph *graph = operator_graph();
    size_t x;
    node_of(graph, "Unsqueeze", 13, &x, 1, &(list){2, {-1, 1}});
    check_places(graph, x, (tw_net_shape){5, {3, 1, 4, 5, 1}}, unsqueezed);
    graph = operator_graph();
    tw_net_node *node = node_of(graph, "Unsqueeze", 11, &x, 0, NULL);
    assert_ok(tw_net_node_set_numbers(node, "axes", 1, (const int64_t[]){1}));
    check_places(graph, x, (tw_net_shape){4, {3, 1, 4, 5}}, unsqueezed);
}

static void test_shape(void **state) {
    tw_net_graph *graph = operator_graph();
    size_t x;
    tw_net_shape shape;
    assert_ok(tw_net_node_set_number(node_of(graph, "Shape", 15, &x, 0, NULL), "start", -2));
    double *y = operator_values(graph, &shape);
    assert_true(tw_net_shape_count(&shape) == 2 && y[0] == 4 && y[1] == 5);
    free(y);
    tw_net_graph_free(graph);
}

/* ---- movements ---- */

static long transposed(const size_t *at) {
    return at3(at[1], at[2], at[0]);
}

static long reversed(const size_t *at) {
    return at3(at[2], at[1], at[0]);
}

static void test_transpose(void **state) {
    tw_net_graph *graph = operator_graph();
    size_t x;
    tw_net_node *node = node_of(graph, "Transpose", 13, &x, 0, NULL);
    assert_ok(tw_net_node_set_numbers(node, "perm", 3, (const int64_t[]){2, 0, 1}));
    check_places(graph, x, (tw_net_shape){3, {5, 3, 4}}, transposed);
    graph = operator_graph();
    node_of(graph, "Transpose", 13, &x, 0, NULL);
    check_places(graph, x, (tw_net_shape){3, {5, 4, 3}}, reversed);
}

static long large_transposed(const size_t *at) {
    return (long)(at[1] * 41 + at[0]);
}

static void test_large_transpose(void **state) {
    tw_net_graph *graph = operator_graph();
    size_t x = operator_parameter(graph, 2, (size_t[]){35, 41});
    operator_node(graph, "Transpose", 13, 1, &x);
    check_places(graph, x, (tw_net_shape){2, {41, 35}}, large_transposed);
}

static long sliced(const size_t *at) {
    return at3(at[0] + 1, at[1], 4 - 2 * at[2]);
}

static void test_slice(void **state) {
    tw_net_graph *graph = operator_graph();
    size_t x;
    const list lists[] = {{2, {1, 9.3e18}},
                          {2, {9.3e18, -9.3e18}},
                          {2, {0, -1}},
                          {2, {1, -2}}}; /* the ends of int64 */
    node_of(graph, "Slice", 13, &x, 4, lists);
    check_places(graph, x, (tw_net_shape){3, {2, 4, 3}}, sliced);
    graph = operator_graph();
    tw_net_node *node = node_of(graph, "Slice", 9, &x, 0, NULL);
    assert_ok(tw_net_node_set_numbers(node, "starts", 2, (const int64_t[]){0, 100}));
    assert_ok(tw_net_node_set_numbers(node, "ends", 2, (const int64_t[]){-1, 200}));
    tw_net_shape shape;
    free(operator_values(graph, &shape));
    assert_true(shape.size[0] == 2 && shape.size[1] == 0 && shape.size[2] == 5);
    tw_net_graph_free(graph);
}

static long second_part(const size_t *at) {
    return at3(at[0], at[1] + 3, at[2]);
}

static void test_split(void **state) {
    tw_net_graph *graph = operator_graph();
    size_t x = operator_parameter(graph, 3, sizes3), parts[2];
    size_t inputs[] = {x, known_list(graph, 2, (double[]){3, 1})};
    tw_net_node *node;
    assert_ok(tw_net_graph_result(graph, "a", &parts[0]));
    assert_ok(tw_net_graph_result(graph, "b", &parts[1]));
    assert_ok(tw_net_graph_node(graph, "Split", "", 13, 2, inputs, 2, parts, &node));
    assert_ok(tw_net_node_set_number(node, "axis", 1));
    graph->output = parts[1];
    check_places(graph, x, (tw_net_shape){3, {3, 1, 5}}, second_part);
}

static void test_concat(void **state) {
    tw_net_graph *graph = operator_graph();
    size_t x = operator_parameter(graph, 3, sizes3),
           z = operator_parameter(graph, 3, (size_t[]){3, 2, 5}), inputs[] = {x, z, x};
    tw_net_shape shape;
    assert_ok(tw_net_node_set_number(operator_node(graph, "Concat", 13, 3, inputs), "axis", -2));
    double *y = operator_values(graph, &shape);
    const double *a = graph->values[x].tensor.numbers, *b = graph->values[z].tensor.numbers;
    assert_true(tw_net_shape_same(&shape, &(tw_net_shape){3, {3, 10, 5}}));
    for (size_t i = 0; i < 3; i++)
        for (size_t j = 0; j < 10; j++)
            for (size_t k = 0; k < 5; k++)
                assert_true(y[(i * 10 + j) * 5 + k] == (j < 4   ? a[at3(i, j, k)]
                                                        : j < 6 ? b[(i * 2 + j - 4) * 5 + k]
                                                                : a[at3(i, j - 6, k)]));
    free(y);
    check_operator(graph);
}

/* ---- Pad ---- */

static const list pads = {6, {1, 0, 2, 0, -1, 1}}; /* to (4, 3, 8) */

static long padded(const size_t *at) {
    return at[0] < 1 || at[2] < 2 || at[2] > 6 ? -1 : at3(at[0] - 1, at[1], at[2] - 2);
}

static long edged(const size_t *at) {
    return at3(at[0] < 1 ? 0 : at[0] - 1, at[1], at[2] < 2 ? 0 : at[2] > 6 ? 4 : at[2] - 2);
}

static long reflected(const size_t *at) {
    static const size_t there[] = {2, 1, 0, 1, 2, 3, 4, 3};
    return at3(at[0] < 1 ? 1 : at[0] - 1, at[1], there[at[2]]);
}

static long wrapped(const size_t *at) {
    static const size_t there[] = {3, 4, 0, 1, 2, 3, 4, 0};
    return at3(at[0] < 1 ? 2 : at[0] - 1, at[1], there[at[2]]);
}

static void test_pad(void **state) {
    static const struct {
        const char *mode;
        place_fn place;
    } modes[] = {{"constant", padded}, {"edge", edged}, {"reflect", reflected}, {"wrap", wrapped}};
    for (size_t m = 0; m < 4; m++) {
        tw_net_graph *graph = operator_graph();
        size_t x;
        tw_net_node *node = node_of(graph, "Pad", 19, &x, 1, &pads);
        assert_ok(tw_net_node_set_text(node, "mode", modes[m].mode));
        check_places(graph, x, (tw_net_shape){3, {4, 3, 8}}, modes[m].place);
    }
}

/* What is not in the input is set to 0, whatever was there. */
static void test_used_memory(void **state) {
    tw_net_view view = {.rank = 1, .axes = {{2, 1, 2}}, .to_offset = 1, .count = 5, .partial = 1};
    const double x[] = {3, 4}, *in[] = {x};
    double y[] = {9, 9, 9, 9, 9};
    tw_net_view_collapse(&view);
    assert_ok(tw_net_viewed_functions_f64.forward(&view, NULL, in, y));
    assert_true(y[0] == 0 && y[1] == 3 && y[2] == 0 && y[3] == 4 && y[4] == 0);
}

/* ---- what a file can ask for ---- */

static void test_hostile(void **state) {
    tw_net_graph *graph = operator_graph();
    size_t list3 = known_list(graph, 3, (double[]){1e18, 1e18, 7});
    operator_node(graph, "ConstantOfShape", 13, 1, &list3);
    check_refused(graph, TW_ERR_SHAPE, "is too large");
    graph = operator_graph();
    list3 = known_list(graph, 3, (double[]){1e5, 1e4, 1});
    operator_node(graph, "ConstantOfShape", 13, 1, &list3);
    check_refused(graph, TW_ERR_SHAPE, "needs more than 2048 MiB");
    graph = operator_graph();
    double ends[] = {0, 1e30, 1e-30};
    size_t range[3];
    for (size_t i = 0; i < 3; i++)
        range[i] = operator_known(graph, TW_NET_F64, 0, NULL, &ends[i]);
    operator_node(graph, "Range", 13, 3, range);
    check_refused(graph, TW_ERR_SHAPE, "too many numbers");
    graph = operator_graph();
    size_t x;
    node_of(graph, "Pad", 13, &x, 1, &(list){6, {0, 9e18, 0, 0, 9e18, 0}});
    check_refused(graph, TW_ERR_SHAPE, "pads of 9000000000000000000");
    graph = operator_graph();
    node_of(graph, "Pad", 13, &x, 1, &(list){6, {0, 1e12, 0, 0, 1e12, 0}});
    check_refused(graph, TW_ERR_SHAPE, "is too large");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_reshape),   cmocka_unit_test(test_reshape_refused),
        cmocka_unit_test(test_unsqueeze), cmocka_unit_test(test_shape),
        cmocka_unit_test(test_transpose), cmocka_unit_test(test_large_transpose),
        cmocka_unit_test(test_slice),     cmocka_unit_test(test_split),
        cmocka_unit_test(test_concat),    cmocka_unit_test(test_pad),
        cmocka_unit_test(test_hostile),   cmocka_unit_test(test_used_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
