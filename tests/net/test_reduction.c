/* Reductions against loops in long double, and their derivatives. */
#include <math.h>
#include <stdlib.h>

#include "operator_check.h"
#include "support.h"

static const size_t sizes[] = {3, 4, 2, 5};

/* What is left of a row of numbers. */
typedef long double (*fold_fn)(size_t count, const double *numbers);

static long double sum(size_t count, const double *x) {
    long double total = 0;
    for (size_t i = 0; i < count; i++)
        total += x[i];
    return total;
}

static long double mean(size_t count, const double *x) {
    return sum(count, x) / count;
}

/* The entries of x whose kept indices are those of entry `kept` of the result, in order. */
static size_t collect(const double *x, const unsigned char *over, size_t kept, double *row) {
    size_t count = 0;
    for (size_t i = 0; i < 120; i++) {
        size_t at[4], rest = i, index = 0;
        for (size_t a = 4; a-- > 0; rest /= sizes[a])
            at[a] = rest % sizes[a];
        for (size_t a = 0; a < 4; a++)
            index = over[a] ? index : index * sizes[a] + at[a];
        if (index == kept)
            row[count++] = x[i];
    }
    return count;
}

/* Over all sixteen choices of axes, as attribute and as input, with and without keepdims. */
static void check_reduction(const char *op, int64_t opset, fold_fn fold) {
    for (unsigned set = 1; set < 16; set++) {
        tw_net_graph *graph = operator_graph();
        unsigned char over[4];
        int64_t axes[4];
        double numbers[4], row[120];
        size_t count = 0, kept = 1, x = operator_parameter(graph, 4, sizes), inputs[2] = {x};
        int keep = set % 2;
        for (size_t a = 0; a < 4; a++)
            if ((over[a] = (unsigned char)(set >> a & 1)))
                numbers[count] = (double)(axes[count] = (int64_t)a - (a == 2 ? 4 : 0)), count++;
            else
                kept *= sizes[a];
        if (opset >= 18)
            inputs[1] = operator_known(graph, TW_NET_I64, 1, &count, numbers);
        tw_net_node *node = operator_node(graph, op, opset, opset >= 18 ? 2 : 1, inputs);
        if (opset < 18)
            assert_ok(tw_net_node_set_numbers(node, "axes", count, axes));
        assert_ok(tw_net_node_set_number(node, "keepdims", keep));
        tw_net_shape shape;
        double *y = operator_values(graph, &shape);
        assert_int_equal(tw_net_shape_count(&shape), kept);
        assert_int_equal(shape.rank, keep ? 4 : 4 - count);
        for (size_t i = 0; i < kept; i++) {
            long double expected =
                fold(collect(graph->values[x].tensor.numbers, over, i, row), row);
            assert_close(y[i], (double)expected, 1e-13, 1e-13);
        }
        free(y);
        check_operator(graph);
    }
}

static void test_sum(void **state) {
    check_reduction("ReduceSum", 11, sum);
    check_reduction("ReduceSum", 18, sum);
}

static void test_mean(void **state) {
    check_reduction("ReduceMean", 11, mean);
    check_reduction("ReduceMean", 18, mean);
}

static long double largest(size_t count, const double *x) {
    long double found = x[0];
    for (size_t i = 1; i < count; i++)
        found = x[i] > found ? x[i] : found;
    return found;
}

static long double smallest(size_t count, const double *x) {
    long double found = x[0];
    for (size_t i = 1; i < count; i++)
        found = x[i] < found ? x[i] : found;
    return found;
}

static long double product(size_t count, const double *x) {
    long double found = 1;
    for (size_t i = 0; i < count; i++)
        found *= x[i];
    return found;
}

static long double sum_square(size_t count, const double *x) {
    long double total = 0;
    for (size_t i = 0; i < count; i++)
        total += (long double)x[i] * x[i];
    return total;
}

static long double length(size_t count, const double *x) {
    return sqrtl(sum_square(count, x));
}

static long double sum_size(size_t count, const double *x) {
    long double total = 0;
    for (size_t i = 0; i < count; i++)
        total += fabsl(x[i]);
    return total;
}

static long double log_sum_exp(size_t count, const double *x) {
    long double total = 0;
    for (size_t i = 0; i < count; i++)
        total += expl(x[i]);
    return logl(total);
}

static void test_others(void **state) {
    check_reduction("ReduceMax", 18, largest);
    check_reduction("ReduceMin", 12, smallest);
    check_reduction("ReduceProd", 18, product);
    check_reduction("ReduceSumSquare", 18, sum_square);
    check_reduction("ReduceL2", 18, length);
    check_reduction("ReduceL1", 18, sum_size);
    check_reduction("ReduceLogSumExp", 18, log_sum_exp);
}

/* Of equals the first, or the last; a NaN before all. */
static void test_equals(void **state) {
    static const struct {
        const char *op;
        int64_t last;
        double expected[2];
    } cases[] = {
        {"ArgMax", 0, {1, 2}}, {"ArgMax", 1, {3, 2}}, {"ArgMin", 0, {0, 2}}, {"ArgMin", 1, {2, 2}}};
    for (size_t c = 0; c < 4; c++) {
        tw_net_graph *graph = operator_graph();
        size_t x = operator_known(graph, TW_NET_F32, 2, (size_t[]){2, 4},
                                  (double[]){1, 5, 1, 5, 3, 7, NAN, 0});
        tw_net_node *node = operator_node(graph, cases[c].op, 13, 1, &x);
        assert_ok(tw_net_node_set_number(node, "axis", 1));
        assert_ok(tw_net_node_set_number(node, "select_last_index", cases[c].last));
        tw_net_shape shape;
        double *y = operator_values(graph, &shape);
        assert_true(tw_net_shape_same(&shape, &(tw_net_shape){2, {2, 1}}));
        assert_true(y[0] == cases[c].expected[0] && y[1] == cases[c].expected[1]);
        free(y);
        tw_net_graph_free(graph);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sum),
        cmocka_unit_test(test_mean),
        cmocka_unit_test(test_others),
        cmocka_unit_test(test_equals),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
