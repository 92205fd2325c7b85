/* Convolutions and their adjoints, against the formula read loop by loop. */
#include "operator_check.h"
#include "support.h"
#include "window_geometry.h"

/* A convolution of x, parameter 0, and w, parameter 1. */
typedef struct convolution {
    window_geometry window;
    size_t batch, groups, in, out; /* channels */
} convolution;

static convolution draw_convolution(size_t rank) {
    convolution of = {.window = draw_geometry(rank, 0),
                      .batch = (size_t)draw_between(1, 3),
                      .groups = (size_t)draw_between(1, 3)};
    of.in = of.groups * (size_t)draw_between(1, 3);
    of.out = of.groups * (size_t)draw_between(1, 3);
    return of;
}

static int64_t count_of(const int64_t *sizes) {
    return sizes[0] * sizes[1] * sizes[2];
}

static size_t parameter(tw_net_graph *graph, size_t first, size_t second, size_t rank,
                        const int64_t *sizes) {
    size_t all[5] = {first, second};
    for (size_t a = 0; a < rank; a++)
        all[2 + a] = (size_t)sizes[a];
    return operator_parameter(graph, 2 + rank, all);
}

/* op(x, w): for the adjoint, x is what the convolution gives. */
static tw_net_graph *graph_of(const convolution *of, int adjoint, tw_net_node **node) {
    const window_geometry *window = &of->window;
    tw_net_graph *graph = operator_graph();
    size_t inputs[2];
    inputs[0] = parameter(graph, of->batch, adjoint ? of->out : of->in, window->rank,
                          adjoint ? window->out : window->in);
    inputs[1] = parameter(graph, of->out, of->in / of->groups, window->rank, window->kernel);
    *node = operator_node(graph, adjoint ? "ConvTranspose" : "Conv", 11, 2, inputs);
    set_geometry(*node, window);
    assert_ok(tw_net_node_set_number(*node, "group", (int64_t)of->groups));
    if (adjoint) { /* what the convolution leaves at the end since its size is rounded down */
        int64_t more[3];
        for (size_t a = 0; a < window->rank; a++)
            more[a] = window->in[a] + window->pads[a] + window->pads[window->rank + a] -
                      (window->kernel[a] - 1) * window->dilation[a] - 1 -
                      (window->out[a] - 1) * window->stride[a];
        assert_ok(tw_net_node_set_numbers(*node, "output_padding", window->rank, more));
    }
    return graph;
}

/* Entry (sample, channel, at) of the output by its formula. */
static double reading(const convolution *of, size_t sample, size_t channel, const int64_t *at,
                      const double *x, const double *w) {
    const window_geometry *window = &of->window;
    size_t in = of->in / of->groups, group = channel / (of->out / of->groups);
    double sum = 0;
    for (size_t c = 0; c < in; c++) {
        int64_t t[3] = {0};
        do {
            int64_t seen[3];
            for (size_t a = 0; a < 3; a++)
                seen[a] = seen_at(window, a, at[a], t[a]);
            int64_t place = place_of(window->in, seen),
                    tap = (int64_t)(channel * in + c) * count_of(window->kernel) +
                          place_of(window->kernel, t);
            if (place >= 0)
                sum +=
                    w[tap] *
                    x[(int64_t)(sample * of->in + group * in + c) * count_of(window->in) + place];
        } while (next_index(window->kernel, t));
    }
    return sum;
}

static void check_values(const convolution *of) {
    tw_net_node *node;
    tw_net_graph *graph = graph_of(of, 0, &node);
    tw_net_shape shape;
    double *y = operator_values(graph, &shape);
    const double *x = graph->values[0].tensor.numbers, *w = graph->values[1].tensor.numbers;
    size_t i = 0;
    for (size_t sample = 0; sample < of->batch; sample++)
        for (size_t channel = 0; channel < of->out; channel++) {
            int64_t at[3] = {0};
            do
                assert_close(y[i++], reading(of, sample, channel, at, x, w), 1e-12, 1e-12);
            while (next_index(of->window.out, at));
        }
    assert_int_equal(i, tw_net_shape_count(&shape));
    free(y);
    tw_net_graph_free(graph);
}

static void test_values(void **state) {
    for (size_t drawn = 0; drawn < 90; drawn++) {
        convolution of = draw_convolution(1 + drawn % 3);
        check_values(&of);
    }
}

/* Larger than what is computed at once, so that rows are cut, and than one block of columns and of
 * depth. */
static void test_large(void **state) {
    convolution of = {.window = {.rank = 2,
                                 .in = {41, 90, 1},
                                 .kernel = {3, 5, 1},
                                 .stride = {1, 1, 1},
                                 .dilation = {1, 1, 1},
                                 .pads = {1, 2, 1, 2},
                                 .out = {41, 90, 1}},
                      .batch = 2,
                      .groups = 1,
                      .in = 7,
                      .out = 5};
    check_values(&of);
    of.window.stride[1] = of.window.dilation[1] = 2;
    of.window.out[1] = 43;
    check_values(&of);
    of.window.stride[1] = 1;
    of.window.pads[1] = of.window.pads[3] = 200; /* pieces of rows that are all padding */
    of.window.in[0] = of.window.out[0] = 11;
    of.window.out[1] = 482;
    check_values(&of);
}

/* <conv(x, w), y> = <x, conv'(y, w)>. */
static void test_adjoint(void **state) {
    for (size_t drawn = 0; drawn < 60; drawn++) {
        convolution of = draw_convolution(1 + drawn % 3);
        tw_net_node *node;
        tw_net_graph *there = graph_of(&of, 0, &node), *back = graph_of(&of, 1, &node);
        tw_net_value *values[2] = {there->values, back->values};
        memcpy(values[1][1].tensor.numbers, values[0][1].tensor.numbers,
               tw_net_shape_count(&values[0][1].tensor.shape) * sizeof(double));
        tw_net_shape shapes[2];
        double *y[2] = {operator_values(there, &shapes[0]), operator_values(back, &shapes[1])};
        assert_true(tw_net_shape_same(&shapes[0], &values[1][0].tensor.shape));
        assert_true(tw_net_shape_same(&shapes[1], &values[0][0].tensor.shape));
        double sums[2] = {0};
        for (size_t side = 0; side < 2; side++)
            for (size_t i = 0; i < tw_net_shape_count(&shapes[side]); i++)
                sums[side] += y[side][i] * values[1 - side][0].tensor.numbers[i];
        assert_close(sums[0], sums[1], 1e-10, 1e-10);
        free(y[0]);
        free(y[1]);
        tw_net_graph_free(there);
        tw_net_graph_free(back);
    }
}

static void test_derivatives(void **state) {
    for (size_t drawn = 0; drawn < 12; drawn++) {
        convolution of = draw_convolution(1 + drawn % 3);
        tw_net_node *node;
        check_operator(graph_of(&of, drawn % 2 == 0, &node));
    }
}

/* The bias, one number a channel, is added to what is there without it. */
static void check_bias(int adjoint) {
    convolution of = draw_convolution(2);
    tw_net_node *node;
    tw_net_graph *graph = graph_of(&of, adjoint, &node);
    size_t channels = adjoint ? of.in : of.out,
           inputs[] = {0, 1, operator_parameter(graph, 1, &channels)};
    tw_net_shape shape;
    double *without = operator_values(graph, &shape);
    node = operator_node(graph, adjoint ? "ConvTranspose" : "Conv", 11, 3, inputs);
    for (size_t a = 0; a < graph->nodes[0].attribute_count; a++) {
        const tw_net_attribute *set = &graph->nodes[0].attributes[a];
        if (set->kind == TW_NET_ATTRIBUTE_INTS)
            assert_ok(tw_net_node_set_numbers(node, set->name, set->count, set->numbers));
        else
            assert_ok(tw_net_node_set_number(node, set->name, set->number));
    }
    double *y = operator_values(graph, &shape);
    size_t places = tw_net_shape_span(&shape, 2, shape.rank);
    const double *bias = graph->values[inputs[2]].tensor.numbers;
    for (size_t i = 0; i < tw_net_shape_count(&shape); i++)
        assert_close(y[i], without[i] + bias[i / places % channels], 1e-14, 1e-14);
    free(without);
    free(y);
    check_operator(graph);
}

static void test_bias(void **state) {
    check_bias(0);
    check_bias(1);
}

/* ---- sizes ---- */

/* The shape of the output for an input of (1, 1, size) and a kernel of (1, 1, kernel). */
static tw_net_shape sizes_of(const char *op, size_t size, size_t kernel, int64_t stride,
                             const char *pad, int64_t wanted, double **y) {
    tw_net_graph *graph = operator_graph();
    tw_net_shape shape;
    double *ones = calloc(size + kernel, sizeof *ones);
    for (size_t i = 0; i < size + kernel; i++)
        ones[i] = 1;
    size_t inputs[] = {operator_known(graph, TW_NET_F64, 3, (size_t[]){1, 1, size}, ones),
                       operator_known(graph, TW_NET_F64, 3, (size_t[]){1, 1, kernel}, ones)};
    tw_net_node *node = operator_node(graph, op, 11, 2, inputs);
    assert_ok(tw_net_node_set_text(node, "auto_pad", pad));
    assert_ok(tw_net_node_set_numbers(node, "strides", 1, &stride));
    if (wanted > 0)
        assert_ok(tw_net_node_set_numbers(node, "output_shape", 1, &wanted));
    *y = operator_values(graph, &shape);
    tw_net_graph_free(graph);
    free(ones);
    return shape;
}

static void check_sizes(const char *op, size_t size, size_t kernel, int64_t stride, const char *pad,
                        int64_t wanted, size_t count, const double *expected) {
    double *y;
    tw_net_shape shape = sizes_of(op, size, kernel, stride, pad, wanted, &y);
    assert_int_equal(shape.size[2], count);
    for (size_t i = 0; i < count; i++)
        assert_close(y[i], expected[i], 1e-15, 0);
    free(y);
}

/* How many ones each output sees says where the padding is. */
static void test_padding(void **state) {
    check_sizes("Conv", 5, 4, 1, "SAME_UPPER", 0, 5, (double[]){3, 4, 4, 3, 2});
    check_sizes("Conv", 5, 4, 1, "SAME_LOWER", 0, 5, (double[]){2, 3, 4, 4, 3});
    check_sizes("Conv", 6, 3, 2, "SAME_UPPER", 0, 3, (double[]){3, 3, 2});
    check_sizes("Conv", 6, 3, 2, "SAME_LOWER", 0, 3, (double[]){2, 3, 3});
    check_sizes("Conv", 7, 3, 2, "VALID", 0, 3, (double[]){3, 3, 3});
    check_sizes("Conv", 3, 1, 3, "SAME_UPPER", 0, 1, (double[]){1});
    check_sizes("ConvTranspose", 3, 3, 2, "SAME_UPPER", 0, 6, (double[]){1, 1, 2, 1, 2, 1});
    check_sizes("ConvTranspose", 3, 3, 2, "SAME_LOWER", 0, 6, (double[]){1, 2, 1, 2, 1, 1});
    check_sizes("ConvTranspose", 3, 3, 2, "VALID", 0, 7, (double[]){1, 1, 2, 1, 2, 1, 1});
    check_sizes("ConvTranspose", 3, 3, 2, "NOTSET", 6, 6, (double[]){1, 2, 1, 2, 1, 1});
    check_sizes("ConvTranspose", 3, 3, 2, "NOTSET", 9, 9, (double[]){1, 1, 2, 1, 2, 1, 1, 0, 0});
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_values),  cmocka_unit_test(test_large),
        cmocka_unit_test(test_adjoint), cmocka_unit_test(test_derivatives),
        cmocka_unit_test(test_bias),    cmocka_unit_test(test_padding),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
