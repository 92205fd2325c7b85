/* Softmax and the losses made of it: values against their formulas, derivatives against
 * differences. */
#include <math.h>

#include "net/operator/net_operators.h"
#include "operator_check.h"
#include "support.h"

/* ---- along an axis ---- */

/* log(sum of e^x) of entries `step` apart. */
static long double log_sum(const double *x, size_t count, size_t step) {
    long double sum = 0;
    for (size_t i = 0; i < count; i++)
        sum += expl(x[i * step]);
    return logl(sum);
}

typedef struct softmax_case {
    int64_t opset, axis; /* 9: not given */
    size_t count, step;  /* of what is summed over, in (2, 3, 4) */
} softmax_case;

static const softmax_case cases[] = {
    {13, -1, 4, 1}, {13, 1, 3, 4}, {13, 0, 2, 12}, {13, 9, 4, 1},
    {11, 9, 12, 1}, {11, 2, 4, 1}, {11, 0, 24, 1}, {11, -2, 12, 1},
};

static void check_soft(const softmax_case *c, int logarithm) {
    tw_net_graph *graph = operator_graph();
    size_t x = operator_parameter(graph, 3, (size_t[]){2, 3, 4});
    tw_net_node *node = operator_node(graph, logarithm ? "LogSoftmax" : "Softmax", c->opset, 1, &x);
    if (c->axis != 9)
        assert_ok(tw_net_node_set_number(node, "axis", c->axis));
    const double *numbers = graph->values[x].tensor.numbers;
    tw_net_shape shape;
    double *y = operator_values(graph, &shape);
    for (size_t k = 0; k < 24; k++) {
        size_t start = k / (c->count * c->step) * c->count * c->step + k % c->step;
        long double expected = numbers[k] - log_sum(numbers + start, c->count, c->step);
        assert_close(y[k], (double)(logarithm ? expected : expl(expected)), 1e-13, 1e-13);
    }
    free(y);
    check_operator(graph);
}

static void test_softmax(void **state) {
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        for (int logarithm = 0; logarithm < 2; logarithm++)
            check_soft(&cases[i], logarithm);
}

static double *known_values(const char *op, const double *numbers) {
    tw_net_graph *graph = operator_graph();
    size_t x = operator_known(graph, TW_NET_F64, 2, (size_t[]){2, 3}, numbers);
    operator_node(graph, op, 13, 1, &x);
    tw_net_shape shape;
    double *y = operator_values(graph, &shape);
    tw_net_graph_free(graph);
    return y;
}

static void test_large(void **state) {
    const double x[] = {1000, 999, -1000, -5000, -5001, -5000};
    double *y = known_values("LogSoftmax", x), *p = known_values("Softmax", x);
    long double low = log1pl(expl(-1)), other = logl(2 + expl(-1));
    const double expected[] = {(double)-low,   (double)(-1 - low),   (double)(-2000 - low),
                               (double)-other, (double)(-1 - other), (double)-other};
    for (size_t k = 0; k < 6; k++) {
        assert_close(y[k], expected[k], 1e-15, 0);
        assert_close(p[k], exp(expected[k]), 1e-15, 0);
    }
    free(y);
    free(p);
}

static void test_hardmax(void **state) {
    double *y = known_values("Hardmax", (const double[]){1, 3, 3, -1, -2, -3});
    for (size_t k = 0; k < 6; k++)
        assert_close(y[k], ((const double[]){0, 1, 0, 1, 0, 0})[k], 0, 0);
    free(y);
}

/* ---- losses ---- */

enum { N = 3, C = 4, D = 2 };

typedef struct loss_case {
    const char *reduction;
    int places, weights, ignores, scores; /* scores: of softmax, and not logarithms */
    int64_t ignored;
} loss_case;

static const double labels[N * D] = {0, 3, 2, 2, 1, 0};
static const double class_weights[C] = {0.5, 1, 2, 0.25};

static tw_net_graph *loss_graph(const loss_case *c) {
    tw_net_graph *graph = operator_graph();
    size_t rank = c->places ? 3 : 2, inputs[3];
    inputs[0] = operator_parameter(graph, rank, (size_t[]){N, C, D});
    inputs[1] = operator_known(graph, TW_NET_I64, rank - 1, (size_t[]){N, D}, labels);
    if (c->weights)
        inputs[2] = operator_known(graph, TW_NET_F64, 1, (size_t[]){C}, class_weights);
    tw_net_node *node =
        operator_node(graph, c->scores ? "SoftmaxCrossEntropyLoss" : "NegativeLogLikelihoodLoss",
                      13, c->weights ? 3 : 2, inputs);
    assert_ok(tw_net_node_set_text(node, "reduction", c->reduction));
    if (c->ignores)
        assert_ok(tw_net_node_set_number(node, "ignore_index", c->ignored));
    return graph;
}

static void check_loss(const loss_case *c) {
    tw_net_graph *graph = loss_graph(c);
    const double *x = graph->values[0].tensor.numbers;
    size_t places = c->places ? D : 1;
    long double sum = 0, share = 0, lost[N * D];
    for (size_t k = 0; k < N * places; k++) {
        size_t t = (size_t)labels[k];
        const double *row = x + k / places * C * places + k % places;
        long double weight = c->weights ? class_weights[t] : 1,
                    log = row[t * places] - (c->scores ? log_sum(row, C, places) : 0);
        if (c->ignores && (int64_t)t == c->ignored)
            weight = 0;
        lost[k] = -weight * log;
        sum += lost[k];
        share += weight;
    }
    tw_net_shape shape;
    double *y = operator_values(graph, &shape);
    int none = strcmp(c->reduction, "none") == 0;
    assert_int_equal(shape.rank, none ? 1 + c->places : 0);
    for (size_t k = 0; k < N * places && none; k++)
        assert_close(y[k], (double)lost[k], 1e-14, 1e-14);
    if (!none)
        assert_close(y[0], (double)(strcmp(c->reduction, "sum") == 0 ? sum : sum / share), 1e-13,
                     1e-14);
    free(y);
    check_operator(graph);
}

static void test_losses(void **state) {
    static const char *const reductions[] = {"none", "sum", "mean"};
    for (int i = 0; i < 48; i++) {
        loss_case c = {reductions[i / 16], i & 1,      i >> 1 & 1,
                       i >> 2 & 1,         i >> 3 & 1, i & 1 ? 2 : 0};
        check_loss(&c);
    }
}

/* A label to be ignored that is no class. */
static void test_ignored(void **state) {
    check_loss(&(loss_case){"mean", 1, 1, 1, 1, -100});
    check_loss(&(loss_case){"mean", 1, 0, 1, 0, 17});
}

static void test_log_probabilities(void **state) {
    tw_net_graph *graph = loss_graph(&(loss_case){"mean", .scores = 1});
    size_t logs;
    assert_ok(tw_net_graph_result(graph, "logs", &logs));
    tw_net_node *node = &graph->nodes[0];
    size_t outputs[2] = {node->outputs[0], logs};
    node->outputs = realloc(node->outputs, sizeof outputs);
    memcpy(node->outputs, outputs, sizeof outputs);
    node->output_count = 2;
    graph->output = logs;
    tw_net_shape shape;
    double *y = operator_values(graph, &shape);
    const double *x = graph->values[0].tensor.numbers;
    for (size_t k = 0; k < N * C; k++)
        assert_close(y[k], (double)(x[k] - log_sum(x + k / C * C, C, 1)), 1e-14, 1e-14);
    free(y);
    tw_net_graph_free(graph);
}

static void test_losses_refused(void **state) {
    tw_net_program *program;
    tw_net_graph *graph = loss_graph(&(loss_case){"median"});
    assert_fails(TW_ERR_FORMAT, "reduction is 'median'",
                 tw_net_build(graph, &(tw_net_build_options){.batch = 1}, &program));
    tw_net_graph_free(graph);
    graph = operator_graph();
    size_t inputs[] = {operator_parameter(graph, 2, (size_t[]){N, C}),
                       operator_known(graph, TW_NET_I64, 1, (size_t[]){2}, labels)};
    operator_node(graph, "SoftmaxCrossEntropyLoss", 13, 2, inputs);
    assert_fails(TW_ERR_SHAPE, "labels",
                 tw_net_build(graph, &(tw_net_build_options){.batch = 1}, &program));
    tw_net_graph_free(graph);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_softmax),        cmocka_unit_test(test_large),
        cmocka_unit_test(test_hardmax),        cmocka_unit_test(test_losses),
        cmocka_unit_test(test_ignored),        cmocka_unit_test(test_log_probabilities),
        cmocka_unit_test(test_losses_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
