/* Comparisons, logic, choices, integers and casts: what is held in a type, and what passes no
 * derivative. */
#include <math.h>

#include "net/operator/net_operators.h"
#include "operator_check.h"
#include "support.h"

/* Values of an operator of known inputs. */
static double *known_values(const char *op, int64_t opset, size_t count, const tw_net_type *types,
                            const double *const *numbers, const size_t *lengths) {
    tw_net_graph *graph = operator_graph();
    size_t inputs[4];
    for (size_t i = 0; i < count; i++)
        inputs[i] = operator_known(graph, types[i], 1, &lengths[i], numbers[i]);
    operator_node(graph, op, opset, count, inputs);
    tw_net_shape shape;
    double *y = operator_values(graph, &shape);
    tw_net_graph_free(graph);
    return y;
}

static void check_known(const char *op, tw_net_type type, size_t n, const double *a,
                        const double *b, const double *expected) {
    const tw_net_type types[] = {type, type};
    double *y = known_values(op, 17, b != NULL ? 2 : 1, types, (const double *const[]){a, b},
                             (size_t[]){n, n});
    for (size_t i = 0; i < n; i++)
        if (!(y[i] == expected[i] || (isnan(y[i]) && isnan(expected[i]))))
            fail_msg("%s, entry %zu: %.17g, expected %.17g", op, i, y[i], expected[i]);
    free(y);
}

#define LIST(...) ((const double[]){__VA_ARGS__})

static void test_flat(void **state) {
    check_known("Sign", TW_NET_F32, 4, LIST(-2, 0, 3, NAN), NULL, LIST(-1, 0, 1, NAN));
    check_known("Floor", TW_NET_F32, 3, LIST(-1.5, 1.5, 2), NULL, LIST(-2, 1, 2));
    check_known("Ceil", TW_NET_F32, 3, LIST(-1.5, 1.5, 2), NULL, LIST(-1, 2, 2));
    check_known("Round", TW_NET_F32, 4, LIST(0.5, 1.5, -2.5, 2.6), NULL, LIST(0, 2, -2, 3));
    check_known("IsNaN", TW_NET_F32, 3, LIST(NAN, 1, INFINITY), NULL, LIST(1, 0, 0));
    check_known("IsInf", TW_NET_F32, 4, LIST(NAN, 1, INFINITY, -INFINITY), NULL, LIST(0, 0, 1, 1));
    check_known("Relu", TW_NET_F32, 3, LIST(NAN, -1, 2), NULL, LIST(NAN, 0, 2));
    check_known("Not", TW_NET_BOOL, 2, LIST(0, 1), NULL, LIST(1, 0));
    check_known("And", TW_NET_BOOL, 4, LIST(0, 0, 1, 1), LIST(0, 1, 0, 1), LIST(0, 0, 0, 1));
    check_known("Or", TW_NET_BOOL, 4, LIST(0, 0, 1, 1), LIST(0, 1, 0, 1), LIST(0, 1, 1, 1));
    check_known("Xor", TW_NET_BOOL, 4, LIST(0, 0, 1, 1), LIST(0, 1, 0, 1), LIST(0, 1, 1, 0));
    check_known("Equal", TW_NET_I64, 3, LIST(1, 2, 3), LIST(1, 3, 2), LIST(1, 0, 0));
    check_known("Less", TW_NET_F32, 4, LIST(1, 2, 3, NAN), LIST(1, 3, 2, 0), LIST(0, 1, 0, 0));
    check_known("LessOrEqual", TW_NET_F32, 3, LIST(1, 2, 3), LIST(1, 3, 2), LIST(1, 1, 0));
    check_known("Greater", TW_NET_F32, 3, LIST(1, 2, 3), LIST(1, 3, 2), LIST(0, 0, 1));
    check_known("GreaterOrEqual", TW_NET_F32, 3, LIST(1, 2, 3), LIST(1, 3, 2), LIST(1, 0, 1));
}

/* Integers are those of their width. */
static void test_integers(void **state) {
    check_known("Div", TW_NET_I64, 4, LIST(7, -7, 7, -7), LIST(2, 2, -2, -2), LIST(3, -3, -3, 3));
    check_known("Div", TW_NET_I32, 1, LIST(7), LIST(0), LIST(0));
    check_known("Mod", TW_NET_I64, 4, LIST(7, -7, 7, -7), LIST(3, 3, -3, -3), LIST(1, 2, -2, -1));
    check_known("Add", TW_NET_U8, 2, LIST(200, 1), LIST(100, 2), LIST(44, 3));
    check_known("Mul", TW_NET_I8, 2, LIST(100, 3), LIST(2, 4), LIST(-56, 12));
    check_known("Sub", TW_NET_U32, 1, LIST(1), LIST(2), LIST(4294967295.0));
    check_known("Pow", TW_NET_I32, 2, LIST(2, 3), LIST(10, 3), LIST(1024, 27));
    check_known("Max", TW_NET_I64, 2, LIST(1, 5), LIST(2, -5), LIST(2, 5));
    check_known("Min", TW_NET_F32, 3, LIST(1, NAN, 2), LIST(2, 0, NAN), LIST(1, NAN, NAN));
}

/* ---- types ---- */

static void cast_known(tw_net_type from, int64_t to, size_t n, const double *x,
                       const double *expected) {
    tw_net_graph *graph = operator_graph();
    size_t value = operator_known(graph, from, 1, &n, x);
    tw_net_node *node = operator_node(graph, "Cast", 13, 1, &value);
    assert_ok(tw_net_node_set_number(node, "to", to));
    tw_net_shape shape;
    double *y = operator_values(graph, &shape);
    for (size_t i = 0; i < n; i++)
        if (y[i] != expected[i])
            fail_msg("%.17g in type %d is %.17g, expected %.17g", x[i], (int)to, y[i], expected[i]);
    free(y);
    tw_net_graph_free(graph);
}

static void test_cast(void **state) {
    cast_known(TW_NET_F32, TW_NET_I64, 3, LIST(1.9, -1.9, 3), LIST(1, -1, 3));
    cast_known(TW_NET_F32, TW_NET_U8, 2, LIST(300.5, 7), LIST(44, 7));
    cast_known(TW_NET_F32, TW_NET_I32, 2, LIST(INFINITY, -INFINITY), LIST(INT32_MAX, INT32_MIN));
    cast_known(TW_NET_F32, TW_NET_BOOL, 3, LIST(0, 0.1, -2), LIST(0, 1, 1));
    cast_known(TW_NET_F64, TW_NET_F32, 1, LIST(0.1), LIST(0.1f));
    cast_known(TW_NET_F32, TW_NET_F16, 3, LIST(0.1f, 65519, 65520),
               LIST(0.0999755859375, 65504, INFINITY));
    cast_known(TW_NET_F32, TW_NET_BF16, 1, LIST(0.1f), LIST(0.10009765625));
    cast_known(TW_NET_I64, TW_NET_F32, 1, LIST(16777217), LIST(16777216));
    tw_net_graph *graph = operator_graph();
    size_t x = operator_parameter(graph, 1, (size_t[]){3});
    tw_net_node *node = operator_node(graph, "Cast", 13, 1, &x);
    assert_ok(tw_net_node_set_number(node, "to", TW_NET_F32));
    check_operator(graph);
}

static void test_cast_refused(void **state) {
    tw_net_graph *graph = operator_graph();
    size_t x = operator_parameter(graph, 1, (size_t[]){3});
    tw_net_program *program;
    tw_net_node *node = operator_node(graph, "Cast", 13, 1, &x);
    assert_ok(tw_net_node_set_number(node, "to", TW_NET_STRING));
    assert_fails(TW_ERR_UNSUPPORTED, "type 8",
                 tw_net_build(graph, &(tw_net_build_options){.batch = 1}, &program));
    tw_net_graph_free(graph);
}

/* ---- Where ---- */

static void test_where(void **state) {
    static const size_t shapes[][3][3] = {
        {{2, 3, 4}, {2, 3, 4}, {2, 3, 4}},
        {{2, 3, 1}, {1, 3, 4}, {1, 1, 1}},
        {{1, 1, 4}, {2, 1, 1}, {2, 3, 4}},
    };
    for (size_t i = 0; i < sizeof shapes / sizeof shapes[0]; i++) {
        tw_net_graph *graph = operator_graph();
        size_t count = shapes[i][0][0] * shapes[i][0][1] * shapes[i][0][2], inputs[3];
        double chosen[24];
        for (size_t k = 0; k < count; k++)
            chosen[k] = k % 3 == 1;
        inputs[0] = operator_known(graph, TW_NET_BOOL, 3, shapes[i][0], chosen);
        inputs[1] = operator_parameter(graph, 3, shapes[i][1]);
        inputs[2] = operator_parameter(graph, 3, shapes[i][2]);
        operator_node(graph, "Where", 9, 3, inputs);
        tw_net_shape shape;
        double *y = operator_values(graph, &shape);
        assert_int_equal(tw_net_shape_count(&shape), 24);
        for (size_t k = 0; k < 24; k++) {
            size_t index[3] = {k / 12, k / 4 % 3, k % 4}, at[3] = {0};
            for (size_t input = 0; input < 3; input++)
                for (size_t axis = 0; axis < 3; axis++)
                    at[input] = at[input] * shapes[i][input][axis] +
                                (shapes[i][input][axis] > 1 ? index[axis] : 0);
            size_t from = chosen[at[0]] != 0 ? 1 : 2;
            assert_close(y[k], graph->values[inputs[from]].tensor.numbers[at[from]], 0, 0);
        }
        free(y);
        check_operator(graph);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_flat),         cmocka_unit_test(test_integers),
        cmocka_unit_test(test_where),        cmocka_unit_test(test_cast),
        cmocka_unit_test(test_cast_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
