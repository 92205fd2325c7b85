/* Units and functions of one number: values against closed forms in long double, derivatives
 * against differences; bounds, slopes and Dropout. */
#include <math.h>

#include "net/operator/net_operators.h"
#include "operator_check.h"
#include "support.h"

typedef long double number;

static number sigmoid(number x) {
    return 1 / (1 + expl(-x));
}
static number relu(number x) {
    return x > 0 ? x : 0;
}
static number leaky(number x) {
    return x > 0 ? x : 0.25L * x;
}
static number thresholded(number x) {
    return x > 0.25L ? x : 0;
}
static number elu(number x) {
    return x > 0 ? x : 0.25L * (expl(x) - 1);
}
static number selu(number x) {
    return 1.05070102214813232421875L * (x > 0 ? x : 1.67326319217681884765625L * (expl(x) - 1));
}
static number celu(number x) {
    return x > 0 ? x : 0.25L * (expl(4 * x) - 1);
}
static number gelu(number x) {
    return x * (1 + erfl(x / sqrtl(2))) / 2;
}
static number gelu_tanh(number x) {
    return x * (1 + tanhl(sqrtl(2 / acosl(-1)) * (x + 0.044715L * x * x * x))) / 2;
}
static number swish(number x) {
    return x * sigmoid(0.25L * x);
}
static number hard_sigmoid(number x) {
    return fminl(1, fmaxl(0, 0.25L * x + 0.5L));
}
static number hard_swish(number x) {
    return x * fminl(1, fmaxl(0, x / 6 + 0.5L));
}
static number softplus(number x) {
    return logl(1 + expl(x));
}
static number softsign(number x) {
    return x / (1 + fabsl(x));
}
static number mish(number x) {
    return x * tanhl(softplus(x));
}
static number shrink(number x) {
    return x < -0.5L ? x : x > 0.5L ? x : 0;
}
static number minus(number x) {
    return -x;
}
static number inverse(number x) {
    return 1 / x;
}

typedef struct unary_case {
    const char *op;
    number (*formula)(number x);
    double scale, shift; /* of the numbers drawn from N(0, 1), so that they are in its domain */
    double alpha;        /* attribute; 0: none */
    const char *how;     /* attribute approximate */
} unary_case;

static const unary_case smooth[] = {
    {"Relu", relu, 1, 0},
    {"LeakyRelu", leaky, 1, 0, 0.25},
    {"ThresholdedRelu", thresholded, 1, 0, 0.25},
    {"Elu", elu, 1, 0, 0.25},
    {"Selu", selu, 1, 0},
    {"Celu", celu, 1, 0, 0.25},
    {"Gelu", gelu, 2, 0},
    {"Gelu", gelu_tanh, 2, 0, 0, "tanh"},
    {"Sigmoid", sigmoid, 3, 0},
    {"Swish", swish, 3, 0, 0.25},
    {"Tanh", tanhl, 1, 0},
    {"HardSigmoid", hard_sigmoid, 3, 0, 0.25},
    {"HardSwish", hard_swish, 3, 0},
    {"Softplus", softplus, 3, 0},
    {"Softsign", softsign, 2, 0},
    {"Mish", mish, 2, 0},
    {"Shrink", shrink, 1, 0},
    {"Erf", erfl, 1, 0},
    {"Abs", fabsl, 1, 0},
    {"Neg", minus, 1, 0},
    {"Sqrt", sqrtl, 0.1, 2},
    {"Reciprocal", inverse, 0.1, 2},
    {"Exp", expl, 1, 0},
    {"Log", logl, 0.1, 2},
    {"Sin", sinl, 2, 0},
    {"Cos", cosl, 2, 0},
    {"Tan", tanl, 0.2, 0},
    {"Asin", asinl, 0.1, 0.2},
    {"Acos", acosl, 0.1, 0.2},
    {"Atan", atanl, 1, 0},
    {"Sinh", sinhl, 1, 0},
    {"Cosh", coshl, 1, 0},
    {"Asinh", asinhl, 1, 0},
    {"Acosh", acoshl, 0.1, 2},
    {"Atanh", atanhl, 0.1, 0.2},
};

static tw_net_graph *unary_graph(const unary_case *c, double **x, size_t *count) {
    tw_net_graph *graph = operator_graph();
    size_t value = operator_parameter(graph, 2, (size_t[]){5, 7});
    *count = 35;
    *x = graph->values[value].tensor.numbers;
    for (size_t i = 0; i < *count; i++)
        (*x)[i] = c->scale * (*x)[i] + c->shift;
    tw_net_node *node = operator_node(graph, c->op, 20, 1, &value);
    if (c->alpha != 0)
        assert_ok(tw_net_node_set_real(node, "alpha", c->alpha));
    if (c->how != NULL)
        assert_ok(tw_net_node_set_text(node, "approximate", c->how));
    return graph;
}

static void test_functions(void **state) {
    for (size_t i = 0; i < sizeof smooth / sizeof smooth[0]; i++) {
        const unary_case *c = &smooth[i];
        double *x;
        size_t count;
        tw_net_graph *graph = unary_graph(c, &x, &count);
        tw_net_shape shape;
        double *y = operator_values(graph, &shape);
        assert_int_equal(tw_net_shape_count(&shape), count);
        for (size_t k = 0; k < count; k++) {
            double expected = (double)c->formula(x[k]);
            if (fabs(y[k] - expected) > 1e-14 * (1 + fabs(expected)))
                fail_msg("%s(%.17g) is %.17g, expected %.17g", c->op, x[k], y[k], expected);
        }
        free(y);
        check_operator(graph);
    }
}

/* Far out, and at the kinks: values and slopes stay numbers. */
static void test_far(void **state) {
    static const char *const ops[] = {"Relu", "Sigmoid",  "Tanh",      "Softplus", "Mish",
                                      "Gelu", "Softsign", "HardSwish", "Elu",      "Celu"};
    const double far[] = {-1e4, -100, -3, 0, 3, 100, 1e4};
    for (size_t i = 0; i < sizeof ops / sizeof ops[0]; i++) {
        tw_net_graph *graph = operator_graph();
        size_t x = operator_known(graph, TW_NET_F64, 1, (size_t[]){7}, far);
        operator_node(graph, ops[i], 18, 1, &x);
        tw_net_shape shape;
        double *y = operator_values(graph, &shape);
        for (size_t k = 0; k < 7; k++)
            if (!isfinite(y[k]))
                fail_msg("%s(%g) is %g", ops[i], far[k], y[k]);
        free(y);
        tw_net_graph_free(graph);
    }
}

/* ---- Clip, PRelu ---- */

static tw_net_graph *clip_graph(int64_t opset, int low, int high, int parameters) {
    const double bounds[] = {-0.5, 0.75};
    tw_net_graph *graph = operator_graph();
    size_t inputs[3] = {operator_parameter(graph, 1, (size_t[]){9}), TW_NET_NONE, TW_NET_NONE};
    for (int k = 0; k < 2 && opset >= 11; k++)
        if (k == 0 ? low : high) {
            inputs[1 + k] = parameters ? operator_parameter(graph, 0, NULL)
                                       : operator_known(graph, TW_NET_F32, 0, NULL, &bounds[k]);
            if (parameters)
                graph->values[inputs[1 + k]].tensor.numbers[0] = bounds[k];
        }
    tw_net_node *node = operator_node(graph, "Clip", opset, opset < 11 ? 1 : 3, inputs);
    if (opset < 11 && low)
        assert_ok(tw_net_node_set_real(node, "min", bounds[0]));
    if (opset < 11 && high)
        assert_ok(tw_net_node_set_real(node, "max", bounds[1]));
    return graph;
}

static void test_clip(void **state) {
    for (int which = 0; which < 12; which++) {
        int low = which & 1, high = which >> 1 & 1, kind = which >> 2;
        tw_net_graph *graph = clip_graph(kind == 0 ? 6 : 13, low, high, kind == 2);
        const double *x = graph->values[0].tensor.numbers;
        tw_net_shape shape;
        double *y = operator_values(graph, &shape);
        for (size_t k = 0; k < 9; k++)
            assert_close(y[k], fmin(high ? 0.75 : INFINITY, fmax(low ? -0.5 : -INFINITY, x[k])), 0,
                         0);
        free(y);
        check_operator(graph);
    }
}

static void test_prelu_of_channels(void **state) {
    tw_net_graph *graph = operator_graph();
    size_t x = operator_parameter(graph, 4, (size_t[]){2, 3, 2, 2}),
           slope = operator_parameter(graph, 1, (size_t[]){3});
    operator_node(graph, "PRelu", 6, 2, (size_t[]){x, slope});
    tw_net_shape shape;
    double *y = operator_values(graph, &shape);
    for (size_t k = 0; k < 24; k++) {
        double a = graph->values[x].tensor.numbers[k];
        assert_close(y[k], a > 0 ? a : a * graph->values[slope].tensor.numbers[k / 4 % 3], 0, 0);
    }
    free(y);
    check_operator(graph);
}

/* ---- Dropout ---- */

/* The output of that number, ratio and training mode being known where they are not negative. */
static tw_net_graph *dropout_graph(int64_t opset, size_t which, double ratio, double training) {
    tw_net_graph *graph = operator_graph();
    size_t inputs[3] = {operator_parameter(graph, 2, (size_t[]){2, 3})}, outputs[2];
    inputs[1] = ratio < 0 ? TW_NET_NONE : operator_known(graph, TW_NET_F32, 0, NULL, &ratio);
    inputs[2] = training < 0 ? TW_NET_NONE : operator_known(graph, TW_NET_BOOL, 0, NULL, &training);
    assert_ok(tw_net_graph_result(graph, "y", &outputs[0]));
    assert_ok(tw_net_graph_result(graph, "mask", &outputs[1]));
    tw_net_node *node;
    assert_ok(tw_net_graph_node(graph, "Dropout", "", opset, opset < 12 ? 1 : 3, inputs, 2, outputs,
                                &node));
    graph->output = outputs[which];
    return graph;
}

static void test_dropout(void **state) {
    static const double cases[][3] = {
        {7, -1, -1}, {10, -1, -1}, {13, 0.5, 0}, {13, 0, 1}, {13, -1, -1}};
    for (size_t i = 0; i < 10; i++) {
        const double *c = cases[i / 2];
        tw_net_graph *graph = dropout_graph((int64_t)c[0], i % 2, c[1], c[2]);
        tw_net_program *program;
        assert_ok(tw_net_build(graph, &(tw_net_build_options){.batch = 1}, &program));
        const tw_net_edge *edge = &program->edges[program->output];
        if (i % 2 == 0)
            assert_int_equal(edge->value, 0);
        else {
            assert_int_equal(edge->type, c[0] < 10 ? TW_NET_F64 : TW_NET_BOOL);
            for (size_t k = 0; k < 6; k++)
                assert_close(edge->known[k], 1, 0, 0);
        }
        tw_net_program_free(program);
        tw_net_graph_free(graph);
    }
    tw_net_program *program;
    for (int given = 0; given < 2; given++) {
        tw_net_graph *graph = dropout_graph(13, 0, given ? 0.5 : -1, 1);
        assert_fails(TW_ERR_UNSUPPORTED, "export the network for evaluation",
                     tw_net_build(graph, &(tw_net_build_options){.batch = 1}, &program));
        tw_net_graph_free(graph);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_functions), cmocka_unit_test(test_far),
        cmocka_unit_test(test_clip),      cmocka_unit_test(test_prelu_of_channels),
        cmocka_unit_test(test_dropout),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
