/* Pools, against a reading of what a window sees. */
#include <math.h>

#include "operator_check.h"
#include "support.h"
#include "window_geometry.h"

static tw_net_graph *graph_of(const char *op, const window_geometry *of, tw_net_node **node) {
    tw_net_graph *graph = operator_graph();
    size_t sizes[5] = {2, 3};
    for (size_t a = 0; a < of->rank; a++)
        sizes[2 + a] = (size_t)of->in[a];
    size_t x = operator_parameter(graph, 2 + of->rank, sizes);
    *node = operator_node(graph, op, 19, 1, &x);
    set_geometry(*node, of);
    return graph;
}

/* What a window sees of one plane. */
typedef struct sight {
    double largest, sum, squares;
    int64_t at, seen, padded; /* of the largest; how many in the input, and in it with padding */
} sight;

static sight look(const window_geometry *of, const int64_t *out, const double *plane) {
    sight what = {.largest = -INFINITY, .at = -1};
    int64_t t[3] = {0};
    do {
        int64_t at[3];
        int padded = 1;
        for (size_t a = 0; a < 3; a++) {
            at[a] = seen_at(of, a, out[a], t[a]);
            padded &= at[a] < of->in[a] + (a < of->rank ? of->pads[of->rank + a] : 0);
        }
        int64_t place = place_of(of->in, at);
        what.padded += padded;
        if (place < 0)
            continue;
        what.seen++;
        what.sum += plane[place];
        what.squares += plane[place] * plane[place];
        if (plane[place] > what.largest) {
            what.largest = plane[place];
            what.at = place;
        }
    } while (next_index(of->kernel, t));
    return what;
}

static double expected_of(const char *op, const sight *what, int padded) {
    if (strcmp(op, "MaxPool") == 0)
        return what->largest;
    if (strcmp(op, "LpPool") == 0)
        return sqrt(what->squares);
    return what->sum / (double)(padded ? what->padded : what->seen);
}

static void check_values(const char *op, const window_geometry *of, int padded, int up) {
    tw_net_node *node;
    tw_net_graph *graph = graph_of(op, of, &node);
    assert_ok(tw_net_node_set_number(node, "count_include_pad", padded));
    assert_ok(tw_net_node_set_number(node, "ceil_mode", up));
    tw_net_shape shape;
    double *y = operator_values(graph, &shape);
    int64_t ins = of->in[0] * of->in[1] * of->in[2], out[3] = {1, 1, 1};
    for (size_t a = 0; a < of->rank; a++)
        assert_int_equal(out[a] = (int64_t)shape.size[2 + a], of->out[a]);
    size_t i = 0;
    for (int64_t plane = 0; plane < 6; plane++) {
        int64_t at[3] = {0};
        do {
            sight what = look(of, at, graph->values[0].tensor.numbers + plane * ins);
            double expected = expected_of(op, &what, padded);
            if (isnan(expected)) /* taps left and right of the input, none in it */
                assert_true(isnan(y[i]));
            else
                assert_true(y[i] == expected || fabs(y[i] - expected) < 1e-13);
            i++;
        } while (next_index(out, at));
    }
    assert_int_equal(i, tw_net_shape_count(&shape));
    free(y);
    tw_net_graph_free(graph);
}

/* The sizes rounded up, but for windows that would begin past the input. */
static void round_up(window_geometry *of) {
    for (size_t a = 0; a < of->rank; a++) {
        int64_t room = of->in[a] + of->pads[a] + of->pads[of->rank + a] -
                       (of->kernel[a] - 1) * of->dilation[a] - 1;
        of->out[a] = 1;
        for (int64_t o = 1; o * of->stride[a] < room + of->stride[a]; o++)
            of->out[a] += o * of->stride[a] < of->in[a] + of->pads[a];
    }
}

static void test_values(void **state) {
    for (size_t drawn = 0; drawn < 90; drawn++) {
        window_geometry of = draw_geometry(1 + drawn % 3, 1);
        int up = draw_between(0, 1) == 1;
        if (up)
            round_up(&of);
        check_values("MaxPool", &of, 0, up);
        check_values("AveragePool", &of, 0, up);
        check_values("AveragePool", &of, 1, up);
        check_values("LpPool", &of, 0, up);
    }
}

static void test_derivatives(void **state) {
    for (size_t drawn = 0; drawn < 6; drawn++) {
        window_geometry of = draw_geometry(1 + drawn % 3, 1);
        tw_net_node *node;
        of.dilation[0] = of.dilation[1] = of.dilation[2] = 1; /* or windows may see nothing */
        check_operator(graph_of("MaxPool", &of, &node));
        check_operator(graph_of("AveragePool", &of, &node));
        tw_net_graph *graph = graph_of("LpPool", &of, &node);
        assert_ok(tw_net_node_set_number(node, "p", 3));
        check_operator(graph);
    }
}

static void check_global(const char *op, const double *expected) {
    tw_net_graph *graph = operator_graph();
    const double numbers[] = {1, 2, -3, 4, 5, 6, 7, 8, 9, 1, 1, 1};
    size_t x = operator_known(graph, TW_NET_F32, 4, (size_t[]){1, 2, 2, 3}, numbers);
    operator_node(graph, op, 1, 1, &x);
    tw_net_shape shape;
    double *y = operator_values(graph, &shape);
    assert_true(tw_net_shape_same(&shape, &(tw_net_shape){4, {1, 2, 1, 1}}));
    for (size_t i = 0; i < 2; i++)
        assert_close(y[i], expected[i], 1e-7, 0);
    free(y);
    tw_net_graph_free(graph);
}

static void test_global(void **state) {
    check_global("GlobalMaxPool", (double[]){6, 9});
    check_global("GlobalAveragePool", (double[]){2.5, 4.5});
    check_global("GlobalLpPool", (double[]){sqrt(91), sqrt(197)});
    tw_net_graph *graph = operator_graph();
    size_t x = operator_parameter(graph, 5, (size_t[]){2, 2, 3, 2, 2});
    operator_node(graph, "GlobalAveragePool", 1, 1, &x);
    check_operator(graph);
}

/* Which entry is the largest, the first of equals, and that NaN is. */
static void test_largest(void **state) {
    const double numbers[] = {1, 3, 3, 0, NAN, 2, -INFINITY, -INFINITY};
    for (size_t output = 0; output < 2; output++) {
        tw_net_graph *graph = operator_graph();
        size_t x = operator_known(graph, TW_NET_F64, 3, (size_t[]){1, 1, 8}, numbers), y[2];
        tw_net_node *node;
        assert_ok(tw_net_graph_result(graph, "y", &y[0]));
        assert_ok(tw_net_graph_result(graph, "at", &y[1]));
        assert_ok(tw_net_graph_node(graph, "MaxPool", "", 12, 1, &x, 2, y, &node));
        graph->output = y[output];
        assert_ok(tw_net_node_set_numbers(node, "kernel_shape", 1, (int64_t[]){2}));
        assert_ok(tw_net_node_set_numbers(node, "strides", 1, (int64_t[]){1}));
        tw_net_shape shape;
        double *given = operator_values(graph, &shape);
        const double expected[2][7] = {{3, 3, 3, NAN, NAN, 2, -INFINITY}, {1, 1, 2, 4, 4, 5, 6}};
        for (size_t i = 0; i < 7; i++)
            assert_true(given[i] == expected[output][i] ||
                        (isnan(given[i]) && isnan(expected[output][i])));
        free(given);
        tw_net_graph_free(graph);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_values),
        cmocka_unit_test(test_derivatives),
        cmocka_unit_test(test_global),
        cmocka_unit_test(test_largest),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
