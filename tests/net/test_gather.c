/* Operators that choose entries by indices, known and computed, and those that repeat or rearrange
 * entries: each against the index it is read at. */
#include <stdlib.h>

#include "derivative_check.h"
#include "operator_places.h"
#include "support.h"

/* ---- indices ---- */

static long gathered(const size_t *at) {
    static const size_t rows[] = {3, 0, 3, 1};
    return at3(at[0], rows[at[1] * 2 + at[2]], at[3]);
}

static void test_gather(void **state) {
    tw_net_graph *graph = operator_graph();
    size_t x = operator_parameter(graph, 3, sizes3);
    size_t inputs[] = {
        x, operator_known(graph, TW_NET_I64, 2, (size_t[]){2, 2}, (double[]){3, 0, -1, 1})};
    assert_ok(tw_net_node_set_number(operator_node(graph, "Gather", 13, 2, inputs), "axis", 1));
    check_places(graph, x, (tw_net_shape){4, {3, 2, 2, 5}}, gathered);
    graph = operator_graph();
    node_of(graph, "Gather", 13, &x, 1, &(list){1, {3}});
    check_refused(graph, TW_ERR_SHAPE, "index 3 among 3 entries");
}

/* The indices are where a parameter is largest: not known when the program is built. */
static size_t largest_of(tw_net_graph *graph, size_t rank, const size_t *sizes, int64_t axis) {
    size_t z = operator_parameter(graph, rank, sizes), found;
    tw_net_node *node;
    assert_ok(tw_net_graph_result(graph, "found", &found));
    assert_ok(tw_net_graph_node(graph, "ArgMax", "", 13, 1, &z, 1, &found, &node));
    assert_ok(tw_net_node_set_number(node, "axis", axis));
    return found;
}

/* The largest of a row of numbers. */
static size_t argmax(size_t count, size_t stride, const double *numbers) {
    size_t found = 0;
    for (size_t i = 1; i < count; i++)
        if (numbers[i * stride] > numbers[found * stride])
            found = i;
    return found;
}

static void test_computed(void **state) {
    tw_net_graph *graph = operator_graph();
    size_t x = operator_parameter(graph, 3, sizes3);
    size_t inputs[] = {x, largest_of(graph, 2, (size_t[]){6, 4}, 1)}; /* (6, 1) among 4 */
    assert_ok(tw_net_node_set_number(operator_node(graph, "Gather", 13, 2, inputs), "axis", 1));
    tw_net_shape shape;
    double *y = operator_values(graph, &shape);
    const double *from = graph->values[x].tensor.numbers, *z = graph->values[x + 1].tensor.numbers;
    assert_true(tw_net_shape_same(&shape, &(tw_net_shape){4, {3, 6, 1, 5}}));
    for (size_t i = 0; i < 3; i++)
        for (size_t j = 0; j < 6; j++)
            for (size_t k = 0; k < 5; k++)
                assert_true(y[(i * 6 + j) * 5 + k] == from[at3(i, argmax(4, 1, z + j * 4), k)]);
    free(y);
    check_operator(graph);
}

static long elements(const size_t *at) {
    static const size_t rows[2][3][2] = {{{3, 0}, {1, 1}, {0, 2}}, {{2, 0}, {0, 3}, {1, 1}}};
    return at3(at[0], rows[at[0]][at[1]][at[2]], at[2]);
}

static void test_elements(void **state) {
    tw_net_graph *graph = operator_graph();
    size_t x = operator_parameter(graph, 3, sizes3);
    size_t inputs[] = {x, operator_known(graph, TW_NET_I64, 3, (size_t[]){2, 3, 2},
                                         (double[]){3, 0, 1, 1, 0, 2, -2, -4, 0, 3, 1, 1})};
    tw_net_node *node = operator_node(graph, "GatherElements", 13, 2, inputs);
    assert_ok(tw_net_node_set_number(node, "axis", 1));
    check_places(graph, x, (tw_net_shape){3, {2, 3, 2}}, elements);
}

/* An index that is out of range is told when it is there. */
static void test_out_of_range(void **state) {
    tw_net_graph *graph = operator_graph();
    size_t x = operator_parameter(graph, 3, sizes3);
    size_t inputs[] = {x, operator_known(graph, TW_NET_I64, 3, (size_t[]){1, 1, 1}, (double[]){4})};
    operator_node(graph, "GatherElements", 13, 2, inputs);
    check_refused(graph, TW_ERR_SHAPE, "index 4 among 3 entries");
    graph = operator_graph();
    inputs[0] = operator_parameter(graph, 3, sizes3);
    inputs[1] = largest_of(graph, 2, (size_t[]){1, 6}, 1);
    graph->values[inputs[0] + 1].tensor.numbers[4] = 100;
    operator_node(graph, "Gather", 13, 2, inputs);
    tw_net_program *program;
    assert_ok(tw_net_build(graph, &(tw_net_build_options){.batch = 1}, &program));
    double *numbers = parameter_numbers(graph);
    assert_null(program_values(program, numbers));
    assert_non_null(strstr(tw_message(), "index 4 is out of range: there are 3 entries"));
    free(numbers);
    tw_net_program_free(program);
    tw_net_graph_free(graph);
}

static long tuples(const size_t *at) {
    static const size_t rows[3][2] = {{1, 3}, {0, 0}, {2, 1}};
    return at3(at[0], rows[at[0]][at[1]], at[2]);
}

static void test_nd(void **state) {
    tw_net_graph *graph = operator_graph();
    size_t x = operator_parameter(graph, 3, sizes3);
    size_t inputs[] = {x, operator_known(graph, TW_NET_I64, 3, (size_t[]){3, 2, 1},
                                         (double[]){1, 3, 0, 0, 2, -3})};
    tw_net_node *node = operator_node(graph, "GatherND", 13, 2, inputs);
    assert_ok(tw_net_node_set_number(node, "batch_dims", 1));
    check_places(graph, x, (tw_net_shape){3, {3, 2, 5}}, tuples);
}

static long upper(const size_t *at) {
    return at[2] >= at[1] + 1 ? at3(at[0], at[1], at[2]) : -1;
}

static void test_trilu(void **state) {
    tw_net_graph *graph = operator_graph();
    size_t x;
    node_of(graph, "Trilu", 14, &x, 1, &(list){1, {1}});
    check_places(graph, x, (tw_net_shape){3, {3, 4, 5}}, upper);
}

/* ---- repeating ---- */

static long expanded(const size_t *at) {
    return (long)(at[1] * 4 + at[3]);
}

static long in_rows(const size_t *at) {
    return (long)at[0];
}

static void test_expand(void **state) {
    tw_net_graph *graph = operator_graph();
    size_t x = operator_parameter(graph, 3, (size_t[]){3, 1, 4});
    size_t inputs[] = {x, known_list(graph, 4, (double[]){2, 1, 70, 4})};
    operator_node(graph, "Expand", 13, 2, inputs);
    check_places(graph, x, (tw_net_shape){4, {2, 3, 70, 4}}, expanded);
    graph = operator_graph();
    inputs[0] = x = operator_parameter(graph, 2, (size_t[]){3, 1});
    inputs[1] = known_list(graph, 1, (double[]){7});
    operator_node(graph, "Expand", 13, 2, inputs);
    check_places(graph, x, (tw_net_shape){2, {3, 7}}, in_rows);
}

static long tiled(const size_t *at) {
    return at3(at[0] % 3, at[1], at[2] % 5);
}

static void test_tile(void **state) {
    tw_net_graph *graph = operator_graph();
    size_t x;
    node_of(graph, "Tile", 13, &x, 1, &(list){3, {2, 1, 3}});
    check_places(graph, x, (tw_net_shape){3, {6, 4, 15}}, tiled);
}

/* ---- blocks ---- */

/* Pixel (h, w) of channel c is at (h % 2, w % 2) of a block whose channels are 2 apart, or lie side
 * by side. */
static long dcr(const size_t *at) {
    size_t channel = (at[2] % 2 * 2 + at[3] % 2) * 2 + at[1];
    return (long)((channel * 3 + at[2] / 2) * 5 + at[3] / 2);
}

static long crd(const size_t *at) {
    size_t channel = at[1] * 4 + at[2] % 2 * 2 + at[3] % 2;
    return (long)((channel * 3 + at[2] / 2) * 5 + at[3] / 2);
}

static long packed(const size_t *at) {
    size_t block = at[1] / 2, channel = at[1] % 2;
    return (long)((channel * 4 + at[2] * 2 + block / 2) * 6 + at[3] * 2 + block % 2);
}

static void test_blocks(void **state) {
    for (int mode = 0; mode < 2; mode++) {
        tw_net_graph *graph = operator_graph();
        size_t x = operator_parameter(graph, 4, (size_t[]){1, 8, 3, 5});
        tw_net_node *node = operator_node(graph, "DepthToSpace", 13, 1, &x);
        assert_ok(tw_net_node_set_number(node, "blocksize", 2));
        assert_ok(tw_net_node_set_text(node, "mode", mode ? "CRD" : "DCR"));
        check_places(graph, x, (tw_net_shape){4, {1, 2, 6, 10}}, mode ? crd : dcr);
    }
    tw_net_graph *graph = operator_graph();
    size_t x = operator_parameter(graph, 4, (size_t[]){1, 2, 4, 6});
    tw_net_node *node = operator_node(graph, "SpaceToDepth", 13, 1, &x);
    assert_ok(tw_net_node_set_number(node, "blocksize", 2));
    check_places(graph, x, (tw_net_shape){4, {1, 8, 2, 3}}, packed);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_gather),       cmocka_unit_test(test_computed),
        cmocka_unit_test(test_elements),     cmocka_unit_test(test_nd),
        cmocka_unit_test(test_out_of_range), cmocka_unit_test(test_trilu),
        cmocka_unit_test(test_expand),       cmocka_unit_test(test_tile),
        cmocka_unit_test(test_blocks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
