/* Products of matrices, against the formula. */
#include "operator_check.h"
#include "support.h"
#include "window_geometry.h"

/* ---- MatMul ---- */

static tw_net_graph *graph_of(const tw_net_shape *a, const tw_net_shape *b) {
    tw_net_graph *graph = operator_graph();
    size_t inputs[] = {operator_parameter(graph, a->rank, a->size),
                       operator_parameter(graph, b->rank, b->size)};
    operator_node(graph, "MatMul", 13, 2, inputs);
    return graph;
}

/* The place of matrix `index` of the broadcast batch in one of the factors. */
static size_t matrix_at(const tw_net_shape *factor, const tw_net_shape *batch, size_t index) {
    size_t at = 0, stride = 1;
    for (size_t back = 0; back < batch->rank; back++) {
        size_t size = back + 2 < factor->rank ? factor->size[factor->rank - 3 - back] : 1,
               place = index % batch->size[batch->rank - 1 - back];
        index /= batch->size[batch->rank - 1 - back];
        at += (size == 1 ? 0 : place) * stride;
        stride *= size;
    }
    return at;
}

/* Both of rank 2 or more; `expected` is the output's shape. */
static void check_product(tw_net_shape a, tw_net_shape b, tw_net_shape expected) {
    tw_net_graph *graph = graph_of(&a, &b);
    tw_net_shape shape, batch = expected;
    double *y = operator_values(graph, &shape);
    assert_true(tw_net_shape_same(&shape, &expected));
    batch.rank -= 2;
    size_t m = a.size[a.rank - 2], k = a.size[a.rank - 1], n = b.size[b.rank - 1];
    for (size_t i = 0; i < tw_net_shape_count(&shape); i++) {
        const double *left = graph->values[0].tensor.numbers +
                             matrix_at(&a, &batch, i / (m * n)) * m * k + i / n % m * k,
                     *right = graph->values[1].tensor.numbers +
                              matrix_at(&b, &batch, i / (m * n)) * k * n + i % n;
        double sum = 0;
        for (size_t l = 0; l < k; l++)
            sum += left[l] * right[l * n];
        assert_close(y[i], sum, 1e-12, 1e-12);
    }
    free(y);
    if (m < 10)
        check_operator(graph);
    else
        tw_net_graph_free(graph);
}

static void test_products(void **state) {
    check_product((tw_net_shape){2, {3, 4}}, (tw_net_shape){2, {4, 2}}, (tw_net_shape){2, {3, 2}});
    check_product((tw_net_shape){3, {5, 3, 4}}, (tw_net_shape){2, {4, 2}},
                  (tw_net_shape){3, {5, 3, 2}});
    check_product((tw_net_shape){2, {3, 4}}, (tw_net_shape){3, {5, 4, 2}},
                  (tw_net_shape){3, {5, 3, 2}});
    check_product((tw_net_shape){4, {2, 1, 3, 4}}, (tw_net_shape){4, {1, 3, 4, 2}},
                  (tw_net_shape){4, {2, 3, 3, 2}});
    check_product((tw_net_shape){4, {2, 3, 1, 5}}, (tw_net_shape){3, {3, 5, 1}},
                  (tw_net_shape){4, {2, 3, 1, 1}});
    check_product((tw_net_shape){2, {67, 131}}, (tw_net_shape){2, {131, 517}},
                  (tw_net_shape){2, {67, 517}});
}

/* A vector is a row on the left, a column on the right, and its axis goes. */
static void test_vectors(void **state) {
    const tw_net_shape shapes[][3] = {
        {{1, {4}}, {1, {4}}, {0}},
        {{1, {4}}, {2, {4, 3}}, {1, {3}}},
        {{2, {3, 4}}, {1, {4}}, {1, {3}}},
        {{1, {4}}, {3, {2, 4, 3}}, {2, {2, 3}}},
        {{3, {2, 3, 4}}, {1, {4}}, {2, {2, 3}}},
    };
    for (size_t i = 0; i < sizeof shapes / sizeof shapes[0]; i++) {
        tw_net_graph *graph = graph_of(&shapes[i][0], &shapes[i][1]);
        tw_net_shape shape;
        double *y = operator_values(graph, &shape), first = 0;
        assert_true(tw_net_shape_same(&shape, &shapes[i][2]));
        size_t step = shapes[i][1].rank > 1 ? 3 : 1;
        for (size_t l = 0; l < 4; l++)
            first += graph->values[0].tensor.numbers[l] * graph->values[1].tensor.numbers[l * step];
        assert_close(y[0], first, 1e-14, 1e-14);
        free(y);
        check_operator(graph);
    }
}

/* ---- Gemm ---- */

enum { M = 3, N = 5, K = 4 };

static tw_net_node *gemm_of(tw_net_graph *graph, int over_a, int over_b, int64_t opset,
                            const tw_net_shape *c) {
    size_t inputs[3] = {operator_parameter(graph, 2, (size_t[]){over_a ? K : M, over_a ? M : K}),
                        operator_parameter(graph, 2, (size_t[]){over_b ? N : K, over_b ? K : N})};
    if (c != NULL)
        inputs[2] = operator_parameter(graph, c->rank, c->size);
    tw_net_node *node = operator_node(graph, "Gemm", opset, c != NULL ? 3 : 2, inputs);
    assert_ok(tw_net_node_set_number(node, "transA", over_a));
    assert_ok(tw_net_node_set_number(node, "transB", over_b));
    return node;
}

/* Entry (i, j) of a b. */
static double product_at(const tw_net_graph *graph, int over_a, int over_b, size_t i, size_t j) {
    const double *a = graph->values[0].tensor.numbers, *b = graph->values[1].tensor.numbers;
    double sum = 0;
    for (size_t k = 0; k < K; k++)
        sum += a[over_a ? k * M + i : i * K + k] * b[over_b ? j * K + k : k * N + j];
    return sum;
}

static void test_turned_over(void **state) {
    for (int over = 0; over < 4; over++) {
        tw_net_graph *graph = operator_graph();
        gemm_of(graph, over % 2, over / 2, 11, NULL);
        tw_net_shape shape;
        double *y = operator_values(graph, &shape);
        assert_true(tw_net_shape_same(&shape, &(tw_net_shape){2, {M, N}}));
        for (size_t i = 0; i < M * N; i++)
            assert_close(y[i], product_at(graph, over % 2, over / 2, i / N, i % N), 1e-14, 1e-14);
        free(y);
        check_operator(graph);
    }
}

/* alpha a b + beta c, c of a shape that is broadcast to that of a b. */
static void check_third(int64_t opset, tw_net_shape c, size_t step_i, size_t step_j) {
    tw_net_graph *graph = operator_graph();
    tw_net_node *node = gemm_of(graph, 0, 1, opset, &c);
    assert_ok(tw_net_node_set_real(node, "alpha", 0.5));
    assert_ok(tw_net_node_set_real(node, "beta", -2));
    if (opset < 7)
        assert_ok(tw_net_node_set_number(node, "broadcast", 1));
    tw_net_shape shape;
    double *y = operator_values(graph, &shape);
    const double *third = graph->values[2].tensor.numbers;
    for (size_t i = 0; i < M; i++)
        for (size_t j = 0; j < N; j++)
            assert_close(y[i * N + j],
                         0.5 * product_at(graph, 0, 1, i, j) - 2 * third[i * step_i + j * step_j],
                         1e-14, 1e-14);
    free(y);
    check_operator(graph);
}

static void test_third(void **state) {
    check_third(11, (tw_net_shape){2, {M, N}}, N, 1);
    check_third(13, (tw_net_shape){1, {N}}, 0, 1);
    check_third(9, (tw_net_shape){2, {M, 1}}, 1, 0);
    check_third(7, (tw_net_shape){0}, 0, 0);
    check_third(6, (tw_net_shape){1, {N}}, 0, 1);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_products),
        cmocka_unit_test(test_vectors),
        cmocka_unit_test(test_turned_over),
        cmocka_unit_test(test_third),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
