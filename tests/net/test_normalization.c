/* Normalisations: values against their formulas, derivatives against differences. */
#include <math.h>

#include "net/operator/net_operators.h"
#include "operator_check.h"
#include "support.h"

/* ---- BatchNormalization ---- */

/* A graph of x of that shape and four parameters of `count` entries, with variances above 0. */
static tw_net_graph *batch_graph(int64_t opset, size_t rank, const size_t *sizes, size_t count,
                                 tw_net_node **node) {
    tw_net_graph *graph = operator_graph();
    size_t inputs[5] = {operator_parameter(graph, rank, sizes)};
    for (size_t i = 1; i < 5; i++)
        inputs[i] = operator_parameter(graph, rank == 3 && count > sizes[1] ? 2 : 1,
                                       count > sizes[1] ? sizes + 1 : &count);
    double *variances = graph->values[inputs[4]].tensor.numbers;
    for (size_t i = 0; i < count; i++)
        variances[i] = 0.5 + variances[i] * variances[i];
    *node = operator_node(graph, "BatchNormalization", opset, 5, inputs);
    assert_ok(tw_net_node_set_real(*node, "epsilon", 0.125));
    return graph;
}

static void check_batch(tw_net_graph *graph, size_t entries, size_t count, size_t inner) {
    const tw_net_value *v = graph->values;
    tw_net_shape shape;
    double *y = operator_values(graph, &shape);
    assert_int_equal(tw_net_shape_count(&shape), entries);
    for (size_t k = 0; k < entries; k++) {
        size_t c = k / inner % count;
        long double x = v[0].tensor.numbers[k], scale = v[1].tensor.numbers[c],
                    bias = v[2].tensor.numbers[c], mean = v[3].tensor.numbers[c],
                    variance = v[4].tensor.numbers[c];
        assert_close(y[k], (double)((x - mean) / sqrtl(variance + 0.125L) * scale + bias), 1e-13,
                     1e-13);
    }
    free(y);
    check_operator(graph);
}

static void test_batch(void **state) {
    static const int64_t opsets[] = {6, 7, 9, 14, 15};
    tw_net_node *node;
    for (size_t i = 0; i < 5; i++)
        check_batch(batch_graph(opsets[i], 4, (size_t[]){2, 3, 4, 5}, 3, &node), 120, 3, 20);
    check_batch(batch_graph(15, 2, (size_t[]){4, 3}, 3, &node), 12, 3, 1);
    check_batch(batch_graph(15, 3, (size_t[]){4, 3, 2}, 3, &node), 24, 3, 2);
}

/* One number for each entry of a sample, as opset 6 and 7 may say. */
static void test_batch_by_entry(void **state) {
    tw_net_node *node;
    tw_net_graph *graph = batch_graph(7, 3, (size_t[]){4, 3, 2}, 6, &node);
    assert_ok(tw_net_node_set_number(node, "spatial", 0));
    check_batch(graph, 24, 6, 1);
}

static tw_net_program *program_of(const tw_net_graph *graph) {
    tw_net_program *program;
    assert_ok(tw_net_build(graph, &(tw_net_build_options){.batch = 1}, &program));
    return program;
}

/* Its statistics are told to those who settle them, and scale and shift are of the parameters. */
static void test_batch_told(void **state) {
    tw_net_node *node;
    tw_net_graph *graph = batch_graph(15, 4, (size_t[]){2, 3, 4, 5}, 3, &node);
    tw_net_program *program = program_of(graph);
    assert_int_equal(program->norm_count, 1);
    const tw_net_norm *norm = &program->norms[0];
    assert_int_equal(program->edges[norm->input].value, 0);
    assert_int_equal(program->edges[norm->mean].value, 3);
    assert_int_equal(program->edges[norm->variance].value, 4);
    assert_close(norm->epsilon, 0.125, 0, 0);
    assert_close(norm->momentum, 0.9, 1e-7, 0);
    tw_net_program_free(program);
    tw_net_graph_free(graph);
}

static void test_batch_refused(void **state) {
    tw_net_node *node;
    tw_net_program *program;
    tw_net_graph *graph = batch_graph(15, 4, (size_t[]){2, 3, 4, 5}, 3, &node);
    assert_ok(tw_net_node_set_number(node, "training_mode", 1));
    assert_fails(TW_ERR_UNSUPPORTED, "export the network for evaluation",
                 tw_net_build(graph, &(tw_net_build_options){.batch = 1}, &program));
    tw_net_graph_free(graph);
    graph = batch_graph(15, 4, (size_t[]){2, 3, 4, 5}, 2, &node);
    assert_fails(TW_ERR_SHAPE, "one number for each channel",
                 tw_net_build(graph, &(tw_net_build_options){.batch = 1}, &program));
    tw_net_graph_free(graph);
}

/* ---- over axes of one sample ---- */

/* The mean, and the variance, of entries `step` apart. */
static long double mean_of(const double *x, size_t count, size_t step) {
    long double sum = 0;
    for (size_t i = 0; i < count; i++)
        sum += x[i * step];
    return sum / count;
}

static long double variance_of(const double *x, size_t count, size_t step) {
    long double mean = mean_of(x, count, step), sum = 0;
    for (size_t i = 0; i < count; i++)
        sum += (x[i * step] - mean) * (x[i * step] - mean);
    return sum / count;
}

static void test_layer(void **state) {
    for (int axis = -3; axis < 3; axis++) {
        const size_t sizes[] = {4, 3, 2};
        size_t first = (size_t)(axis < 0 ? axis + 3 : axis), count = 1;
        for (size_t a = first; a < 3; a++)
            count *= sizes[a];
        tw_net_graph *graph = operator_graph();
        size_t inputs[3] = {operator_parameter(graph, 3, sizes)};
        for (size_t i = 1; i < 3; i++)
            inputs[i] = operator_parameter(graph, 3 - first, sizes + first);
        tw_net_node *node = operator_node(graph, "LayerNormalization", 17, 3, inputs);
        assert_ok(tw_net_node_set_number(node, "axis", axis));
        assert_ok(tw_net_node_set_real(node, "epsilon", 0.125));
        const tw_net_value *v = graph->values;
        tw_net_shape shape;
        double *y = operator_values(graph, &shape);
        for (size_t k = 0; k < 24; k++) {
            const double *row = v[inputs[0]].tensor.numbers + k / count * count;
            long double away = row[k % count] - mean_of(row, count, 1);
            assert_close(y[k],
                         (double)(away / sqrtl(variance_of(row, count, 1) + 0.125L) *
                                      v[inputs[1]].tensor.numbers[k % count] +
                                  v[inputs[2]].tensor.numbers[k % count]),
                         1e-13, 1e-13);
        }
        free(y);
        check_operator(graph);
    }
}

/* Its second and third outputs, without a shift. */
static void test_layer_outputs(void **state) {
    for (int which = 1; which < 3; which++) {
        tw_net_graph *graph = operator_graph();
        size_t inputs[2] = {operator_parameter(graph, 2, (size_t[]){3, 5}),
                            operator_parameter(graph, 1, (size_t[]){5})},
               outputs[3];
        for (size_t i = 0; i < 3; i++)
            assert_ok(tw_net_graph_result(graph, (const char *[]){"y", "m", "s"}[i], &outputs[i]));
        tw_net_node *node;
        assert_ok(
            tw_net_graph_node(graph, "LayerNormalization", "", 17, 2, inputs, 3, outputs, &node));
        graph->output = outputs[which];
        tw_net_shape shape;
        double *y = operator_values(graph, &shape);
        assert_int_equal(shape.rank, 2);
        assert_int_equal(shape.size[1], 1);
        for (size_t k = 0; k < 3; k++) {
            const double *row = graph->values[0].tensor.numbers + 5 * k;
            assert_close(y[k],
                         (double)(which == 1 ? mean_of(row, 5, 1)
                                             : 1 / sqrtl(variance_of(row, 5, 1) + 1e-5f)),
                         1e-12, 1e-12);
        }
        free(y);
        tw_net_graph_free(graph);
    }
}

static void test_rms(void **state) {
    tw_net_graph *graph = operator_graph();
    size_t inputs[2] = {operator_parameter(graph, 3, (size_t[]){4, 3, 2}),
                        operator_parameter(graph, 2, (size_t[]){3, 2})};
    tw_net_node *node = operator_node(graph, "RMSNormalization", 23, 2, inputs);
    assert_ok(tw_net_node_set_number(node, "axis", 1));
    const tw_net_value *v = graph->values;
    tw_net_shape shape;
    double *y = operator_values(graph, &shape);
    for (size_t k = 0; k < 24; k++) {
        long double sum = 0;
        for (size_t i = 0; i < 6; i++)
            sum += (long double)v[0].tensor.numbers[k / 6 * 6 + i] *
                   v[0].tensor.numbers[k / 6 * 6 + i];
        assert_close(
            y[k],
            (double)(v[0].tensor.numbers[k] / sqrtl(sum / 6 + 1e-5f) * v[1].tensor.numbers[k % 6]),
            1e-13, 1e-13);
    }
    free(y);
    check_operator(graph);
}

/* ---- groups of channels ---- */

/* (2, 4, 3): `groups` of 4 / groups channels; scale and bias by group or by channel. */
static void check_groups(const char *op, int64_t opset, size_t groups, size_t scales) {
    tw_net_graph *graph = operator_graph();
    size_t inputs[3] = {operator_parameter(graph, 3, (size_t[]){2, 4, 3}),
                        operator_parameter(graph, 1, &scales),
                        operator_parameter(graph, 1, &scales)};
    tw_net_node *node = operator_node(graph, op, opset, 3, inputs);
    assert_ok(tw_net_node_set_real(node, "epsilon", 0.125));
    assert_ok(tw_net_node_set_number(node, "num_groups", (int64_t)groups));
    const tw_net_value *v = graph->values;
    tw_net_shape shape;
    double *y = operator_values(graph, &shape);
    assert_int_equal(shape.rank, 3);
    size_t count = 12 / groups;
    for (size_t k = 0; k < 24; k++) {
        const double *row = v[0].tensor.numbers + k / count * count;
        size_t c = k % 12 / (12 / scales);
        long double away = row[k % count] - mean_of(row, count, 1);
        assert_close(
            y[k],
            (double)(away / sqrtl(variance_of(row, count, 1) + 0.125L) * v[1].tensor.numbers[c] +
                     v[2].tensor.numbers[c]),
            1e-13, 1e-13);
    }
    free(y);
    check_operator(graph);
}

static void test_groups(void **state) {
    check_groups("GroupNormalization", 18, 2, 2);
    check_groups("GroupNormalization", 21, 2, 4);
    check_groups("InstanceNormalization", 6, 4, 4);
}

/* ---- without parameters ---- */

static void test_mean_variance(void **state) {
    tw_net_graph *graph = operator_graph();
    size_t x = operator_parameter(graph, 4, (size_t[]){2, 3, 2, 2});
    operator_node(graph, "MeanVarianceNormalization", 13, 1, &x);
    const double *numbers = graph->values[x].tensor.numbers;
    tw_net_shape shape;
    double *y = operator_values(graph, &shape), channel[8];
    for (size_t c = 0; c < 3; c++) {
        for (size_t k = 0; k < 8; k++)
            channel[k] = numbers[k / 4 * 12 + c * 4 + k % 4];
        for (size_t k = 0; k < 8; k++)
            assert_close(y[k / 4 * 12 + c * 4 + k % 4],
                         (double)((channel[k] - mean_of(channel, 8, 1)) /
                                  (sqrtl(variance_of(channel, 8, 1)) + 1e-9L)),
                         1e-12, 1e-12);
    }
    free(y);
    check_operator(graph);
}

static void test_lp(void **state) {
    for (int p = 1; p < 3; p++) {
        tw_net_graph *graph = operator_graph();
        size_t x = operator_parameter(graph, 3, (size_t[]){2, 3, 4});
        tw_net_node *node = operator_node(graph, "LpNormalization", 1, 1, &x);
        assert_ok(tw_net_node_set_number(node, "axis", 1));
        assert_ok(tw_net_node_set_number(node, "p", p));
        const double *numbers = graph->values[x].tensor.numbers;
        tw_net_shape shape;
        double *y = operator_values(graph, &shape);
        for (size_t k = 0; k < 24; k++) {
            long double sum = 0;
            for (size_t i = 0; i < 3; i++)
                sum += powl(fabsl((long double)numbers[k / 12 * 12 + 4 * i + k % 4]), p);
            assert_close(y[k], (double)(numbers[k] / powl(sum, 1.0L / p)), 1e-13, 1e-13);
        }
        free(y);
        check_operator(graph);
    }
}

static void test_lp_of_zeros(void **state) {
    tw_net_graph *graph = operator_graph();
    size_t x = operator_known(graph, TW_NET_F32, 2, (size_t[]){2, 2}, (const double[]){0, 0, 3, 4});
    operator_node(graph, "LpNormalization", 22, 1, &x);
    tw_net_shape shape;
    double *y = operator_values(graph, &shape);
    for (size_t k = 0; k < 4; k++)
        assert_close(y[k], ((const double[]){0, 0, 0.6f, 0.8f})[k], 0, 0);
    free(y);
    tw_net_graph_free(graph);
}

/* Windows of odd and even sizes, and one of more channels than there are. */
static void test_lrn(void **state) {
    static const int64_t sizes[] = {1, 3, 4, 13};
    for (size_t i = 0; i < 4; i++) {
        tw_net_graph *graph = operator_graph();
        size_t x = operator_parameter(graph, 3, (size_t[]){2, 5, 3});
        tw_net_node *node = operator_node(graph, "LRN", 13, 1, &x);
        assert_ok(tw_net_node_set_number(node, "size", sizes[i]));
        assert_ok(tw_net_node_set_real(node, "alpha", 0.5));
        assert_ok(tw_net_node_set_real(node, "bias", 2));
        const double *numbers = graph->values[x].tensor.numbers;
        tw_net_shape shape;
        double *y = operator_values(graph, &shape);
        for (size_t k = 0; k < 30; k++) {
            long double sum = 0;
            int64_t channel = (int64_t)(k / 3 % 5);
            for (int64_t c = channel - (sizes[i] - 1) / 2; c <= channel + sizes[i] / 2; c++)
                if (c >= 0 && c < 5) {
                    long double entry = numbers[k / 15 * 15 + (size_t)c * 3 + k % 3];
                    sum += entry * entry;
                }
            assert_close(y[k], (double)(numbers[k] / powl(2 + 0.5L / sizes[i] * sum, 0.75L)), 1e-13,
                         1e-13);
        }
        free(y);
        check_operator(graph);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_batch),         cmocka_unit_test(test_batch_by_entry),
        cmocka_unit_test(test_batch_told),    cmocka_unit_test(test_batch_refused),
        cmocka_unit_test(test_layer),         cmocka_unit_test(test_layer_outputs),
        cmocka_unit_test(test_rms),           cmocka_unit_test(test_groups),
        cmocka_unit_test(test_mean_variance), cmocka_unit_test(test_lp),
        cmocka_unit_test(test_lp_of_zeros),   cmocka_unit_test(test_lrn),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
