#include "operator_check.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support.h"

/* Numbers of a stream that tests draw from, N(0, 1) by sums of uniforms. */
static uint64_t drawn = 88172645463325252u;

static double uniform(void) {
    drawn ^= drawn << 13;
    drawn ^= drawn >> 7;
    drawn ^= drawn << 17;
    return (double)(drawn >> 11) * 0x1p-53;
}

static double draw(void) {
    double sum = -6;
    for (int i = 0; i < 12; i++)
        sum += uniform();
    return sum;
}

tw_net_graph *operator_graph(void) {
    tw_net_graph *graph;
    assert_ok(tw_net_graph_new("test", &graph));
    return graph;
}

static tw_net_tensor tensor_of(tw_net_type type, size_t rank, const size_t *sizes) {
    tw_net_shape shape = {.rank = rank};
    tw_net_tensor tensor;
    memcpy(shape.size, sizes, rank * sizeof *sizes);
    assert_ok(tw_net_tensor_new(type, &shape, &tensor));
    return tensor;
}

size_t operator_parameter(tw_net_graph *graph, size_t rank, const size_t *sizes) {
    tw_net_tensor tensor = tensor_of(TW_NET_F64, rank, sizes);
    char name[32];
    size_t value, count = tw_net_shape_count(&tensor.shape);
    for (size_t i = 0; i < count; i++)
        tensor.numbers[i] = draw();
    snprintf(name, sizeof name, "p%zu", graph->value_count);
    assert_ok(tw_net_graph_parameter(graph, name, &tensor, TW_ROLE_WEIGHT, 0, &value));
    return value;
}

size_t operator_known(tw_net_graph *graph, tw_net_type type, size_t rank, const size_t *sizes,
                      const double *numbers) {
    tw_net_tensor tensor = tensor_of(type, rank, sizes);
    char name[32];
    size_t value;
    memcpy(tensor.numbers, numbers, tw_net_shape_count(&tensor.shape) * sizeof *numbers);
    snprintf(name, sizeof name, "k%zu", graph->value_count);
    assert_ok(tw_net_graph_known(graph, name, &tensor, &value));
    return value;
}

tw_net_node *operator_node(tw_net_graph *graph, const char *op, int64_t opset, size_t count,
                           const size_t *inputs) {
    tw_net_node *node;
    assert_ok(tw_net_graph_result(graph, "y", &graph->output));
    assert_ok(tw_net_graph_node(graph, op, "", opset, count, inputs, 1, &graph->output, &node));
    return node;
}

/* ---- one point ---- */

typedef struct point {
    const tw_net_program *program;
    tw_net_pass_f64 *pass;
    size_t count, outputs;
    double *x, *weights; /* parameters, and r */
} point;

static void bind(point *p, const double *x, tw_net_which which) {
    for (size_t e = 0; e < p->program->edge_count; e++)
        if (p->program->edges[e].time == TW_NET_AT_POINT &&
            p->program->edges[e].step == TW_NET_NONE)
            tw_net_pass_bind_f64(p->pass, which, e, x + p->program->edges[e].offset);
}

static double value_at(point *p, const double *x) {
    bind(p, x, TW_NET_VALUE);
    assert_ok(tw_net_pass_forward_f64(p->pass));
    const double *y = tw_net_pass_at_f64(p->pass, TW_NET_VALUE, p->program->output);
    double sum = 0;
    for (size_t i = 0; i < p->outputs; i++)
        sum += p->weights[i] * y[i];
    return sum;
}

/* Copies the parameters' buffers to `numbers`, or from there. */
static void move(point *p, tw_net_which which, double *numbers, int from) {
    for (size_t e = 0; e < p->program->edge_count; e++) {
        const tw_net_edge *edge = &p->program->edges[e];
        double *at = tw_net_pass_at_f64(p->pass, which, e), *there = numbers + edge->offset;
        if (edge->step == TW_NET_NONE && edge->time == TW_NET_AT_POINT && at != NULL)
            memcpy(from ? at : there, from ? there : at,
                   tw_net_shape_count(&edge->shape) * sizeof *at);
    }
}

/* The gradient at x into g; backward then adds the same to what is there. */
static void gradient_at(point *p, const double *x, double *g) {
    value_at(p, x);
    memset(g, 0, p->count * sizeof *g);
    for (int twice = 0; twice < 2; twice++) {
        tw_net_pass_zero_f64(p->pass);
        move(p, TW_NET_ADJOINT, g, 1);
        memcpy(tw_net_pass_at_f64(p->pass, TW_NET_ADJOINT, p->program->output), p->weights,
               p->outputs * sizeof *g);
        assert_ok(tw_net_pass_backward_f64(p->pass));
        move(p, TW_NET_ADJOINT, g, 0);
    }
    for (size_t i = 0; i < p->count; i++)
        g[i] /= 2;
}

static void product_at(point *p, const double *x, const double *v, double *hv) {
    double *g = calloc(p->count, sizeof *g);
    gradient_at(p, x, g);
    bind(p, v, TW_NET_TANGENT);
    assert_ok(tw_net_pass_tangents_f64(p->pass));
    memset(hv, 0, p->count * sizeof *hv);
    assert_ok(tw_net_pass_backward_tangents_f64(p->pass)); /* those of results are 0 since `zero` */
    move(p, TW_NET_ADJOINT_TANGENT, hv, 0);
    free(g);
}

static double norm(size_t count, const double *a) {
    double sum = 0;
    for (size_t i = 0; i < count; i++)
        sum += a[i] * a[i];
    return sqrt(sum);
}

static void check_gradient(point *p) {
    double *g = calloc(p->count, sizeof *g), *v = calloc(p->count, sizeof *v),
           *there = calloc(p->count, sizeof *there);
    gradient_at(p, p->x, g);
    for (int direction = 0; direction < 3; direction++) {
        double h = 1e-5, along = 0, f[2];
        for (size_t i = 0; i < p->count; i++)
            along += g[i] * (v[i] = draw());
        for (int side = 0; side < 2; side++) {
            for (size_t i = 0; i < p->count; i++)
                there[i] = p->x[i] + (side ? h : -h) * v[i];
            f[side] = value_at(p, there);
        }
        double slope = (f[1] - f[0]) / (2 * h), size = norm(p->count, g) * norm(p->count, v);
        if (fabs(slope - along) > 1e-7 * size + 1e-7)
            fail_msg("along a direction %.15g, by differences %.15g", along, slope);
    }
    free(g);
    free(v);
    free(there);
}

static void check_product(point *p) {
    double *v = calloc(p->count, sizeof *v), *hv = calloc(p->count, sizeof *hv),
           *there = calloc(p->count, sizeof *there), *g[2], h = 1e-5;
    for (size_t i = 0; i < p->count; i++)
        v[i] = draw();
    product_at(p, p->x, v, hv);
    for (int side = 0; side < 2; side++) {
        g[side] = calloc(p->count, sizeof *there);
        for (size_t i = 0; i < p->count; i++)
            there[i] = p->x[i] + (side ? h : -h) * v[i];
        gradient_at(p, there, g[side]);
    }
    double size = norm(p->count, hv) + norm(p->count, v);
    for (size_t i = 0; i < p->count; i++) {
        double expected = (g[1][i] - g[0][i]) / (2 * h);
        if (fabs(hv[i] - expected) > 1e-6 * size)
            fail_msg("entry %zu of a Hessian product is %.15g, by differences %.15g", i, hv[i],
                     expected);
    }
    for (int side = 0; side < 2; side++)
        free(g[side]);
    free(v);
    free(hv);
    free(there);
}

/* ---- single precision ---- */

static void check_single(point *p) {
    tw_net_pass_f32 *pass;
    float *x = calloc(p->count + 1, sizeof *x);
    double *g = calloc(p->count + 1, sizeof *g);
    const tw_net_program *program = p->program;
    gradient_at(p, p->x, g);
    for (size_t i = 0; i < p->count; i++)
        x[i] = (float)p->x[i];
    assert_ok(tw_net_pass_new_f32(program, TW_NET_AT_POINT, TW_NET_FIRST, &pass));
    for (size_t e = 0; e < program->edge_count; e++)
        if (program->edges[e].time == TW_NET_AT_POINT && program->edges[e].step == TW_NET_NONE)
            tw_net_pass_bind_f32(pass, TW_NET_VALUE, e, x + program->edges[e].offset);
    assert_ok(tw_net_pass_forward_f32(pass));
    const double *y = tw_net_pass_at_f64(p->pass, TW_NET_VALUE, program->output);
    const float *y32 = tw_net_pass_at_f32(pass, TW_NET_VALUE, program->output);
    double most = norm(p->outputs, y) / sqrt((double)p->outputs + 1);
    for (size_t i = 0; i < p->outputs; i++)
        if (fabs(y32[i] - y[i]) > 1e-4 * (most + fabs(y[i])))
            fail_msg("output %zu in single precision is %.9g, in double %.15g", i, y32[i], y[i]);
    tw_net_pass_zero_f32(pass);
    for (size_t i = 0; i < p->outputs; i++)
        tw_net_pass_at_f32(pass, TW_NET_ADJOINT, program->output)[i] = (float)p->weights[i];
    assert_ok(tw_net_pass_backward_f32(pass));
    double size = norm(p->count, g);
    for (size_t e = 0; e < program->edge_count; e++) {
        const float *from = tw_net_pass_at_f32(pass, TW_NET_ADJOINT, e);
        const tw_net_edge *edge = &program->edges[e];
        if (edge->step != TW_NET_NONE || edge->time != TW_NET_AT_POINT || from == NULL)
            continue;
        for (size_t i = 0; i < tw_net_shape_count(&edge->shape); i++)
            if (fabs(from[i] - g[edge->offset + i]) > 1e-4 * size)
                fail_msg("entry %zu of a gradient in single precision is %.9g, in double %.15g", i,
                         from[i], g[edge->offset + i]);
    }
    tw_net_pass_free_f32(pass);
    free(x);
    free(g);
}

static tw_net_program *program_of(const tw_net_graph *graph) {
    tw_net_program *program;
    assert_ok(tw_net_build(graph, &(tw_net_build_options){.batch = 1}, &program));
    return program;
}

static double *numbers_of(const tw_net_graph *graph, size_t count) {
    double *x = calloc(count + 1, sizeof *x);
    for (size_t v = 0, at = 0; v < graph->value_count; v++)
        if (graph->values[v].kind == TW_NET_PARAMETER) {
            size_t entries = tw_net_shape_count(&graph->values[v].tensor.shape);
            memcpy(x + at, graph->values[v].tensor.numbers, entries * sizeof *x);
            at += entries;
        }
    return x;
}

static void open_point(point *p, const tw_net_graph *graph) {
    p->program = program_of(graph);
    p->count = p->program->size;
    p->outputs = tw_net_shape_count(&p->program->edges[p->program->output].shape);
    p->x = numbers_of(graph, p->count);
    p->weights = calloc(p->outputs + 1, sizeof *p->weights);
    for (size_t i = 0; i < p->outputs; i++)
        p->weights[i] = draw();
    assert_ok(tw_net_pass_new_f64(p->program, TW_NET_AT_POINT, TW_NET_SECOND, &p->pass));
}

static void close_point(point *p) {
    tw_net_pass_free_f64(p->pass);
    tw_net_program_free((tw_net_program *)p->program);
    free(p->x);
    free(p->weights);
}

double *operator_values(const tw_net_graph *graph, tw_net_shape *shape) {
    point p;
    open_point(&p, graph);
    const tw_net_edge *edge = &p.program->edges[p.program->output];
    *shape = edge->shape;
    const double *from = edge->known;
    if (from == NULL) {
        value_at(&p, p.x);
        from = tw_net_pass_at_f64(p.pass, TW_NET_VALUE, p.program->output);
    }
    double *values = calloc(p.outputs + 1, sizeof *values);
    memcpy(values, from, p.outputs * sizeof *values);
    close_point(&p);
    return values;
}

void check_operator(tw_net_graph *graph) {
    point p;
    open_point(&p, graph);
    assert_true(p.program->edges[p.program->output].active);
    check_gradient(&p);
    check_product(&p);
    check_single(&p);
    close_point(&p);
    tw_net_graph_free(graph);
}
