/* Arithmetic entry by entry: values against closed forms in long double, derivatives against
 * differences, broadcasting, kinks, and batches that a file fixes. */
#include <math.h>

#include "net/operator/net_operators.h"
#include "operator_check.h"
#include "support.h"

typedef long double number;

/* ---- two inputs ---- */

typedef struct pair {
    size_t rank[2], sizes[2][4];
} pair;

static const pair pairs[] = {
    {{2, 2}, {{3, 4}, {3, 4}}},
    {{2, 0}, {{3, 4}}},
    {{0, 2}, {{0}, {3, 4}}},
    {{4, 4}, {{2, 3, 4, 5}, {1, 3, 1, 1}}},
    {{4, 3}, {{2, 3, 4, 5}, {3, 1, 1}}},
    {{4, 4}, {{2, 3, 1, 1}, {2, 3, 4, 5}}},
    {{2, 1}, {{3, 4}, {4}}},
    {{3, 3}, {{3, 1, 40}, {1, 5, 1}}},
    {{4, 3}, {{2, 1, 3, 1}, {5, 1, 4}}},
    {{1, 1}, {{1}, {1}}},
};

static number added(number a, number b) {
    return a + b;
}
static number subtracted(number a, number b) {
    return a - b;
}
static number multiplied(number a, number b) {
    return a * b;
}
static number divided(number a, number b) {
    return a / b;
}
static number prelu(number a, number b) {
    return a > 0 ? a : a * b;
}

static const struct binary_case {
    const char *op;
    number (*formula)(number a, number b);
    int positive;
} binaries[] = {
    {"Add", added}, {"Sub", subtracted}, {"Mul", multiplied}, {"Div", divided, 1}, {"Pow", powl, 1},
    {"Max", fmaxl}, {"Min", fminl},      {"PRelu", prelu},    {"Mod", fmodl, 1},
};

/* The entry of an input that meets entry `at` of the result. */
static double entry_of(const tw_net_tensor *tensor, const tw_net_shape *to, size_t at) {
    size_t index = 0, stride = 1;
    for (size_t back = 0; back < to->rank; back++) {
        size_t here = at % to->size[to->rank - 1 - back];
        at /= to->size[to->rank - 1 - back];
        if (back >= tensor->shape.rank)
            continue;
        size_t size = tensor->shape.size[tensor->shape.rank - 1 - back];
        index += (size == 1 ? 0 : here) * stride;
        stride *= size;
    }
    return tensor->numbers[index];
}

static tw_net_graph *pair_graph(const struct binary_case *c, const pair *p, size_t *values) {
    tw_net_graph *graph = operator_graph();
    for (int i = 0; i < 2; i++) {
        values[i] = operator_parameter(graph, p->rank[i], p->sizes[i]);
        tw_net_tensor *tensor = &graph->values[values[i]].tensor;
        for (size_t k = 0; c->positive && k < tw_net_shape_count(&tensor->shape); k++)
            tensor->numbers[k] = (i == 0 ? 2 : 1.6) + 0.02 * tensor->numbers[k];
    }
    tw_net_node *node = operator_node(graph, c->op, 17, 2, values);
    if (strcmp(c->op, "Mod") == 0)
        assert_ok(tw_net_node_set_number(node, "fmod", 1));
    return graph;
}

static void test_pairs(void **state) {
    for (size_t i = 0; i < sizeof binaries / sizeof binaries[0]; i++)
        for (size_t j = 0; j < sizeof pairs / sizeof pairs[0]; j++) {
            size_t values[2];
            tw_net_graph *graph = pair_graph(&binaries[i], &pairs[j], values);
            tw_net_shape shape;
            double *y = operator_values(graph, &shape);
            for (size_t k = 0; k < tw_net_shape_count(&shape); k++) {
                double expected = (double)binaries[i].formula(
                    entry_of(&graph->values[values[0]].tensor, &shape, k),
                    entry_of(&graph->values[values[1]].tensor, &shape, k));
                if (fabs(y[k] - expected) > 1e-13 * (1 + fabs(expected)))
                    fail_msg("%s, shapes %zu, entry %zu: %.17g, expected %.17g", binaries[i].op, j,
                             k, y[k], expected);
            }
            free(y);
            check_operator(graph);
        }
}

/* Both inputs the same tensor: a a, a + a, a / a. */
static void test_twice(void **state) {
    static const char *const ops[] = {"Add", "Mul", "Div", "Pow", "Max"};
    for (size_t i = 0; i < sizeof ops / sizeof ops[0]; i++) {
        tw_net_graph *graph = operator_graph();
        size_t x = operator_parameter(graph, 1, (size_t[]){6});
        for (size_t k = 0; k < 6; k++)
            graph->values[x].tensor.numbers[k] = 1 + 0.25 * (double)k;
        operator_node(graph, ops[i], 17, 2, (size_t[]){x, x});
        check_operator(graph);
    }
}

/* A tensor with many readers, of which one reads it twice and one passes no derivative: who is the
 * first to contribute to its adjoint depends on the order. */
static void test_many_readers(void **state) {
    for (int twice_last = 0; twice_last < 2; twice_last++) {
        tw_net_graph *graph = operator_graph();
        size_t x = operator_parameter(graph, 2, (size_t[]){3, 4});
        size_t h = operator_node(graph, "Sigmoid", 13, 1, (size_t[]){x})->outputs[0];
        size_t a = operator_node(graph, "Tanh", 13, 1, (size_t[]){h})->outputs[0];
        size_t reads[2];
        for (int k = 0; k < 2; k++)
            reads[k] = k == twice_last
                           ? operator_node(graph, "Mul", 13, 2, (size_t[]){h, h})->outputs[0]
                           : operator_node(graph, "Sub", 13, 2, (size_t[]){a, h})->outputs[0];
        size_t greater = operator_node(graph, "Greater", 13, 2, (size_t[]){h, a})->outputs[0];
        operator_node(graph, "Where", 16, 3, (size_t[]){greater, reads[0], reads[1]});
        check_operator(graph);
    }
    tw_net_graph *graph = operator_graph();
    size_t x = operator_parameter(graph, 2, (size_t[]){3, 4});
    size_t h = operator_node(graph, "Exp", 13, 1, (size_t[]){x})->outputs[0];
    operator_node(graph, "Sum", 13, 3, (size_t[]){h, x, h});
    check_operator(graph);
}

static void test_many(void **state) {
    static const char *const ops[] = {"Sum", "Mean", "Max", "Min"};
    for (size_t i = 0; i < sizeof ops / sizeof ops[0]; i++) {
        tw_net_graph *graph = operator_graph();
        size_t inputs[3] = {operator_parameter(graph, 2, (size_t[]){3, 4}),
                            operator_parameter(graph, 1, (size_t[]){4}),
                            operator_parameter(graph, 2, (size_t[]){3, 1})};
        operator_node(graph, ops[i], 13, 3, inputs);
        const tw_net_value *v = graph->values;
        tw_net_shape shape;
        double *y = operator_values(graph, &shape);
        for (size_t k = 0; k < 12; k++) {
            double a = v[inputs[0]].tensor.numbers[k], b = v[inputs[1]].tensor.numbers[k % 4],
                   c = v[inputs[2]].tensor.numbers[k / 4];
            double expected[] = {a + b + c, (a + b + c) / 3, fmax(a, fmax(b, c)),
                                 fmin(a, fmin(b, c))};
            assert_close(y[k], expected[i], 1e-14, 1e-14);
        }
        free(y);
        check_operator(graph);
    }
}

static void test_powers(void **state) {
    const double exponents[] = {0, 1, 2, 3, 0.5, -1, -1.5};
    for (size_t i = 0; i < sizeof exponents / sizeof exponents[0]; i++) {
        tw_net_graph *graph = operator_graph();
        size_t x = operator_parameter(graph, 1, (size_t[]){6}),
               e = operator_known(graph, TW_NET_F32, 0, NULL, &exponents[i]);
        for (size_t k = 0; k < 6; k++)
            graph->values[x].tensor.numbers[k] = 1 + 0.25 * (double)k;
        operator_node(graph, "Pow", 13, 2, (size_t[]){x, e});
        tw_net_shape shape;
        double *y = operator_values(graph, &shape);
        for (size_t k = 0; k < 6; k++)
            assert_close(y[k], (double)powl(1 + 0.25L * k, exponents[i]), 1e-15, 0);
        free(y);
        if (exponents[i] != 1) /* x itself: no step */
            check_operator(graph);
        else
            tw_net_graph_free(graph);
    }
}

/* At a kink the derivative is that of the side where the unit is off. */
static double slope_at(tw_net_graph *graph, size_t parameter) {
    tw_net_program *program;
    tw_net_pass_f64 *pass;
    assert_ok(tw_net_build(graph, &(tw_net_build_options){.batch = 1}, &program));
    assert_ok(tw_net_pass_new_f64(program, TW_NET_AT_POINT, TW_NET_FIRST, &pass));
    size_t edge = 0;
    while (program->edges[edge].value != parameter)
        edge++;
    tw_net_pass_bind_f64(pass, TW_NET_VALUE, edge, graph->values[parameter].tensor.numbers);
    assert_ok(tw_net_pass_forward_f64(pass));
    tw_net_pass_zero_f64(pass);
    tw_net_pass_at_f64(pass, TW_NET_ADJOINT, program->output)[0] = 1;
    assert_ok(tw_net_pass_backward_f64(pass));
    double slope = tw_net_pass_at_f64(pass, TW_NET_ADJOINT, edge)[0];
    tw_net_pass_free_f64(pass);
    tw_net_program_free(program);
    tw_net_graph_free(graph);
    return slope;
}

static void test_kinks(void **state) {
    static const struct {
        const char *op;
        double at, slope;
        int bounds;
    } kinks[] = {{"Relu", 0, 0},           {"LeakyRelu", 0, 0.01f}, {"Abs", 0, 0},
                 {"Clip", 1, 0, 1},        {"Clip", -1, 0, 1},      {"HardSwish", -3, 0},
                 {"ThresholdedRelu", 1, 0}};
    const double bounds[] = {-1, 1}, zero = 0;
    for (size_t i = 0; i < sizeof kinks / sizeof kinks[0]; i++) {
        tw_net_graph *graph = operator_graph();
        size_t x = operator_parameter(graph, 0, NULL), inputs[3] = {x};
        graph->values[x].tensor.numbers[0] = kinks[i].at;
        for (int k = 0; k < 2 && kinks[i].bounds; k++)
            inputs[1 + k] = operator_known(graph, TW_NET_F32, 0, NULL, &bounds[k]);
        operator_node(graph, kinks[i].op, 13, kinks[i].bounds ? 3 : 1, inputs);
        assert_close(slope_at(graph, x), kinks[i].slope, 0, 0);
    }
    for (int first = 0; first < 2; first++) {
        tw_net_graph *graph = operator_graph();
        size_t x = operator_parameter(graph, 0, NULL),
               off = operator_known(graph, TW_NET_F64, 0, NULL, &zero);
        graph->values[x].tensor.numbers[0] = 0;
        operator_node(graph, "Max", 13, 2, first ? (size_t[]){off, x} : (size_t[]){x, off});
        assert_close(slope_at(graph, x), 0, 0, 0);
    }
}

/* ---- what older versions did otherwise ---- */

static void test_old_axes(void **state) {
    tw_net_graph *graph = operator_graph();
    size_t a = operator_parameter(graph, 4, (size_t[]){2, 3, 4, 5}),
           b = operator_parameter(graph, 1, (size_t[]){3});
    tw_net_node *node = operator_node(graph, "Mul", 6, 2, (size_t[]){a, b});
    assert_ok(tw_net_node_set_number(node, "axis", 1));
    assert_ok(tw_net_node_set_number(node, "broadcast", 1));
    tw_net_shape shape;
    double *y = operator_values(graph, &shape);
    for (size_t k = 0; k < 120; k++)
        assert_close(
            y[k], graph->values[a].tensor.numbers[k] * graph->values[b].tensor.numbers[k / 20 % 3],
            0, 0);
    free(y);
    check_operator(graph);
}

static void test_shapes_refused(void **state) {
    tw_net_graph *graph = operator_graph();
    size_t a = operator_parameter(graph, 2, (size_t[]){2, 3}),
           b = operator_parameter(graph, 1, (size_t[]){4});
    tw_net_program *program;
    operator_node(graph, "Add", 17, 2, (size_t[]){a, b});
    assert_fails(TW_ERR_SHAPE, "shapes (2, 3) and (4)",
                 tw_net_build(graph, &(tw_net_build_options){.batch = 1}, &program));
    tw_net_graph_free(graph);
}

/* A file for 4 samples with a number for each of them: neither 8 nor 1 can be run, as 4 can. */
static void test_batch_refused(void **state) {
    static const char *const ops[] = {"Add", "Where"};
    const double numbers[12] = {1};
    for (size_t i = 0; i < 2; i++) {
        tw_net_graph *graph = operator_graph();
        size_t x, of_samples = operator_known(graph, TW_NET_F32, 2, (size_t[]){4, 3}, numbers);
        assert_ok(tw_net_graph_input(graph, "x", TW_NET_F32, 2, (const int64_t[]){4, 3}, &x));
        graph->input = x;
        operator_node(graph, ops[i], 17, 2 + i, (size_t[]){of_samples, x, x});
        tw_net_program *program;
        for (size_t batch = 1; batch <= 8; batch += 7)
            assert_fails(TW_ERR_UNSUPPORTED, "for a batch of 4",
                         tw_net_build(graph, &(tw_net_build_options){.batch = batch}, &program));
        assert_ok(tw_net_build(graph, &(tw_net_build_options){.batch = 4}, &program));
        tw_net_program_free(program);
        tw_net_graph_free(graph);
    }
}

/* A sum whose first terms are the same for all samples. */
static void test_batch_widened(void **state) {
    tw_net_graph *graph = operator_graph();
    const double numbers[3] = {1, 2, 3};
    size_t x, same = operator_known(graph, TW_NET_F32, 2, (size_t[]){1, 3}, numbers);
    assert_ok(tw_net_graph_input(graph, "x", TW_NET_F32, 2, (const int64_t[]){1, 3}, &x));
    graph->input = x;
    operator_node(graph, "Sum", 17, 3, (size_t[]){same, same, x});
    tw_net_program *program;
    assert_ok(tw_net_build(graph, &(tw_net_build_options){.batch = 8}, &program));
    assert_int_equal(program->edges[program->output].shape.size[0], 8);
    tw_net_program_free(program);
    tw_net_graph_free(graph);
}

int main(void) {
    const struct CMUnitTest tests[] = {

        cmocka_unit_test(test_pairs),         cmocka_unit_test(test_many_readers),
        cmocka_unit_test(test_twice),         cmocka_unit_test(test_many),
        cmocka_unit_test(test_powers),        cmocka_unit_test(test_kinks),
        cmocka_unit_test(test_old_axes),      cmocka_unit_test(test_shapes_refused),
        cmocka_unit_test(test_batch_refused), cmocka_unit_test(test_batch_widened),

    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
