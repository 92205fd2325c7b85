/* Resize against sums over all entries, and its derivatives. The conformance cases have its modes;
 * here are the derivatives, and what those leave out. */
#include <math.h>
#include <stdlib.h>

#include "operator_check.h"
#include "support.h"

enum { IN_H = 4, IN_W = 5 };

typedef struct resize_case {
    const char *mode, *coordinates;
    size_t out[2];
    int64_t antialias, exclude;
} resize_case;

static double half_pixel(double x, double in, double out) {
    return (x + 0.5) * in / out - 0.5;
}

static double align_corners(double x, double in, double out) {
    return out == 1 ? 0 : x * (in - 1) / (out - 1);
}

static double place(const resize_case *c, double x, double in, double out) {
    return c->coordinates[0] == 'h' ? half_pixel(x, in, out) : align_corners(x, in, out);
}

static double weight(const resize_case *c, double t) {
    double a = -0.75;
    t = fabs(t);
    if (c->mode[0] == 'l')
        return t < 1 ? 1 - t : 0;
    return t <= 1  ? (a + 2) * t * t * t - (a + 3) * t * t + 1
           : t < 2 ? a * t * t * t - 5 * a * t * t + 8 * a * t - 4 * a
                   : 0;
}

/* The weight of entry i among `in` for output entry x: those past the ends stand for the ends. */
static double share(const resize_case *c, size_t i, double x, double in, double out) {
    double at = place(c, x, in, out), narrow = c->antialias && out < in ? out / in : 1;
    double own = 0, all = 0;
    for (int k = -20; k < 30; k++) {
        int outside = k < 0 || k >= in;
        double w = outside && c->exclude ? 0 : weight(c, (k - at) * narrow);
        all += w;
        if ((size_t)(k < 0 ? 0 : k >= in ? in - 1 : k) == i)
            own += w;
    }
    return own / all;
}

static double expected(const resize_case *c, const double *x, size_t row, size_t column) {
    double sum = 0;
    for (size_t i = 0; i < IN_H; i++)
        for (size_t j = 0; j < IN_W; j++)
            sum += share(c, i, (double)row, IN_H, (double)c->out[0]) *
                   share(c, j, (double)column, IN_W, (double)c->out[1]) * x[i * IN_W + j];
    return sum;
}

static void check_resize(const resize_case *c) {
    tw_net_graph *graph = operator_graph();
    size_t x = operator_parameter(graph, 4, (size_t[]){1, 2, IN_H, IN_W}), four = 4;
    size_t sizes = operator_known(graph, TW_NET_I64, 1, &four,
                                  (double[]){1, 2, (double)c->out[0], (double)c->out[1]});
    size_t inputs[] = {x, TW_NET_NONE, TW_NET_NONE, sizes};
    tw_net_node *node = operator_node(graph, "Resize", 19, 4, inputs);
    assert_ok(tw_net_node_set_text(node, "mode", c->mode));
    assert_ok(tw_net_node_set_text(node, "coordinate_transformation_mode", c->coordinates));
    assert_ok(tw_net_node_set_number(node, "antialias", c->antialias));
    assert_ok(tw_net_node_set_number(node, "exclude_outside", c->exclude));
    tw_net_shape shape;
    double *y = operator_values(graph, &shape);
    const double *from = graph->values[x].tensor.numbers;
    assert_true(tw_net_shape_same(&shape, &(tw_net_shape){4, {1, 2, c->out[0], c->out[1]}}));
    for (size_t channel = 0; channel < 2; channel++)
        for (size_t i = 0; i < c->out[0]; i++)
            for (size_t j = 0; j < c->out[1]; j++)
                assert_close(y[(channel * c->out[0] + i) * c->out[1] + j],
                             expected(c, from + channel * IN_H * IN_W, i, j), 1e-12, 1e-12);
    free(y);
    check_operator(graph);
}

static void test_weighted(void **state) {
    static const resize_case cases[] = {
        {"linear", "half_pixel", {7, 3}, 0, 0},     {"linear", "half_pixel", {2, 9}, 1, 0},
        {"linear", "align_corners", {1, 11}, 0, 0}, {"cubic", "half_pixel", {6, 3}, 0, 1},
        {"cubic", "half_pixel", {2, 2}, 1, 0},      {"cubic", "align_corners", {9, 4}, 0, 0}};
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++)
        check_resize(&cases[c]);
}

static void test_upsample(void **state) {
    tw_net_graph *graph = operator_graph();
    size_t x = operator_parameter(graph, 4, (size_t[]){1, 2, 3, 2});
    tw_net_node *node = operator_node(graph, "Upsample", 7, 1, &x);
    tw_net_attribute *scales;
    assert_ok(tw_net_node_attribute(node, "scales", TW_NET_ATTRIBUTE_FLOATS, &scales));
    scales->count = 4;
    scales->reals = calloc(4, sizeof *scales->reals);
    for (size_t i = 0; i < 4; i++)
        scales->reals[i] = (double[]){1, 1, 2, 3}[i];
    tw_net_shape shape;
    double *y = operator_values(graph, &shape);
    const double *from = graph->values[x].tensor.numbers;
    assert_true(tw_net_shape_same(&shape, &(tw_net_shape){4, {1, 2, 6, 6}}));
    for (size_t i = 0; i < 72; i++)
        assert_true(y[i] == from[i / 36 * 6 + i % 36 / 12 * 2 + i % 6 / 3]);
    free(y);
    check_operator(graph);
}

static void test_refused(void **state) {
    tw_net_graph *graph = operator_graph();
    size_t one = 1, x = operator_parameter(graph, 1, (size_t[]){3});
    size_t inputs[] = {x, TW_NET_NONE,
                       operator_known(graph, TW_NET_F32, 1, &one, (double[]){1e30})};
    operator_node(graph, "Resize", 13, 3, inputs);
    tw_net_program *program;
    assert_fails(TW_ERR_SHAPE, "axis 0 cannot be scaled by 1e+30",
                 tw_net_build(graph, &(tw_net_build_options){.batch = 1}, &program));
    tw_net_graph_free(graph);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_weighted),
        cmocka_unit_test(test_upsample),
        cmocka_unit_test(test_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
