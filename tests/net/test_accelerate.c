/* A program rewritten for the engine against itself as it was: values, gradients and Hessian
 * products, of all that a chain and blocked images can have. */
#include <math.h>

#include "core/alloc.h"
#include "net/engine/accelerate.h"
#include "net/engine/engine.h"
#include "net/operator/net_build.h"
#include "net/program/net_pass.h"
#include "support.h"

enum { BATCH = 2 };

/* The next of the stream `seed` of N(0, 1). */
static uint64_t seed, drawn;

static double draw(void) {
    return tw_rng_normal(seed, tw_rng_stream("test accelerate"), drawn++);
}

static void draw_from(uint64_t stream) {
    seed = stream;
    drawn = 0;
}

/* ---- the network ---- */

static tw_net_graph *graph;

static size_t parameter(size_t rank, const size_t *sizes, double mean, double deviation) {
    tw_net_shape shape = {.rank = rank};
    tw_net_tensor tensor;
    char name[32];
    size_t value;
    memcpy(shape.size, sizes, rank * sizeof *sizes);
    assert_ok(tw_net_tensor_new(TW_NET_F32, &shape, &tensor));
    for (size_t i = 0; i < tw_net_shape_count(&shape); i++)
        tensor.numbers[i] = (float)(mean + deviation * draw());
    snprintf(name, sizeof name, "p%zu", graph->value_count);
    assert_ok(tw_net_graph_parameter(graph, name, &tensor, TW_ROLE_WEIGHT, 0, &value));
    return value;
}

static size_t known(tw_net_type type, size_t count, const double *numbers) {
    tw_net_shape shape = {.rank = 1, .size = {count}};
    tw_net_tensor tensor;
    char name[32];
    size_t value;
    assert_ok(tw_net_tensor_new(type, &shape, &tensor));
    memcpy(tensor.numbers, numbers, count * sizeof *numbers);
    snprintf(name, sizeof name, "k%zu", graph->value_count);
    assert_ok(tw_net_graph_known(graph, name, &tensor, &value));
    return value;
}

static tw_net_node *last_node;

static size_t apply(const char *op, size_t count, const size_t *inputs) {
    char name[32];
    size_t result;
    snprintf(name, sizeof name, "r%zu", graph->value_count);
    assert_ok(tw_net_graph_result(graph, name, &result));
    assert_ok(tw_net_graph_node(graph, op, "", 13, count, inputs, 1, &result, &last_node));
    return result;
}

static size_t one(const char *op, size_t x) {
    return apply(op, 1, &x);
}

static size_t two(const char *op, size_t x, size_t y) {
    return apply(op, 2, (size_t[]){x, y});
}

static void set(const char *name, size_t count, const int64_t *numbers) {
    assert_ok(tw_net_node_set_numbers(last_node, name, count, numbers));
}

static size_t convolution(size_t x, size_t in, size_t out, int64_t kernel, int64_t stride,
                          int bias) {
    size_t inputs[3] = {x, parameter(4, (size_t[]){out, in, (size_t)kernel, (size_t)kernel}, 0,
                                     1 / sqrt((double)in * (double)(kernel * kernel)))};
    if (bias)
        inputs[2] = parameter(1, &out, 0, 0.5);
    size_t y = apply("Conv", bias ? 3 : 2, inputs);
    set("kernel_shape", 2, (int64_t[]){kernel, kernel});
    set("strides", 2, (int64_t[]){stride, stride});
    set("pads", 4, (int64_t[]){kernel / 2, kernel / 2, kernel / 2, kernel / 2});
    return y;
}

static size_t normalization(size_t x, size_t channels) {
    return apply("BatchNormalization", 5,
                 (size_t[]){x, parameter(1, &channels, 1, 0.2), parameter(1, &channels, 0, 0.5),
                            parameter(1, &channels, 0, 0.3), parameter(1, &channels, 4, 0.5)});
}

static size_t window(const char *op, size_t x, int64_t kernel, int64_t stride, int64_t pad) {
    size_t y = one(op, x);
    set("kernel_shape", 2, (int64_t[]){kernel, kernel});
    set("strides", 2, (int64_t[]){stride, stride});
    set("pads", 4, (int64_t[]){pad, pad, pad, pad});
    return y;
}

/* Every second pixel, and 8 channels of zeros before and after. */
static size_t shortcut(size_t x) {
    static const double starts[] = {0, 0}, ends[] = {1e9, 1e9}, axes[] = {2, 3}, steps[] = {2, 2},
                        pads[] = {0, 8, 0, 0, 0, 8, 0, 0};
    size_t y = apply("Slice", 5,
                     (size_t[]){x, known(TW_NET_I64, 2, starts), known(TW_NET_I64, 2, ends),
                                known(TW_NET_I64, 2, axes), known(TW_NET_I64, 2, steps)});
    return two("Pad", y, known(TW_NET_I64, 8, pads));
}

static void make_network(void) {
    size_t x, classes = 5;
    draw_from(1);
    assert_ok(tw_net_graph_new("test", &graph));
    assert_ok(tw_net_graph_input(graph, "x", TW_NET_F32, 4, (int64_t[]){-1, 3, 8, 8}, &x));
    graph->input = x;
    x = one("Relu", normalization(convolution(x, 3, 16, 3, 1, 1), 16));
    size_t y = one("Relu", normalization(convolution(x, 16, 16, 3, 1, 0), 16));
    y = normalization(convolution(y, 16, 16, 3, 1, 0), 16);
    x = one("Relu", two("Add", y, x));
    y = normalization(convolution(x, 16, 32, 3, 2, 0), 32);
    x = one("Tanh", two("Add", shortcut(x), y));
    /* a projection beside a block: two chains that end in one sum */
    y = normalization(convolution(x, 32, 32, 3, 1, 0), 32);
    x = one("Relu", two("Add", y, normalization(convolution(x, 32, 32, 1, 1, 0), 32)));
    x = two("Add", convolution(x, 32, 32, 1, 1, 0), convolution(x, 32, 32, 3, 1, 1));
    x = two("Add", convolution(x, 32, 32, 3, 1, 1), x); /* read twice by one chain */
    x = apply("Concat", 2, (size_t[]){convolution(x, 32, 16, 1, 1, 1), x});
    assert_ok(tw_net_node_set_number(last_node, "axis", 1));
    x = two("Mul", window("MaxPool", x, 3, 1, 1), window("AveragePool", x, 3, 1, 1));
    x = one("Relu", convolution(x, 48, 20, 3, 1, 1)); /* channels that fill no block */
    x = one("Sigmoid", x);
    x = one("Flatten", one("GlobalAveragePool", x));
    size_t inputs[3] = {x, parameter(2, (size_t[]){classes, 20}, 0, 1),
                        parameter(1, &classes, 0, 1)};
    x = apply("Gemm", 3, inputs);
    assert_ok(tw_net_node_set_number(last_node, "transB", 1));
    graph->output = one("Tanh", x); /* so that adjoints of the product move too */
}

/* ---- one evaluation of sum r y, its gradient and its Hessian's product ---- */

typedef struct answer {
    size_t count, outputs;
    double *values, *gradient, *product;
} answer;

static double *numbers_of(size_t count, uint64_t stream) {
    double *numbers = calloc(count, sizeof *numbers);
    draw_from(stream);
    for (size_t i = 0; i < count; i++)
        numbers[i] = (float)draw();
    return numbers;
}

static int is_early(const tw_net_program *program, size_t edge) {
    if (program->edges[edge].time != TW_NET_AT_POINT)
        return 0;
    for (size_t s = 0; s < program->step_count; s++)
        for (size_t i = 0; i < program->steps[s].input_count; i++)
            if (program->steps[s].inputs[i] == edge &&
                program->edges[program->steps[s].output].time == TW_NET_AT_BATCH)
                return 1;
    return 0;
}

/* Numbers of the point pass to the batch pass, in single. */
static void pass_on(const tw_net_program *program, const tw_net_pass_f64 *point,
                    tw_net_pass_f32 *batch, tw_net_which which, float **kept) {
    for (size_t e = 0; e < program->edge_count; e++) {
        const double *from = tw_net_pass_at_f64(point, which, e);
        size_t count = tw_net_shape_count(&program->edges[e].shape);
        if (!is_early(program, e) || from == NULL)
            continue;
        kept[e] = tw_alloc(count, sizeof **kept);
        for (size_t i = 0; i < count; i++)
            kept[e][i] = (float)from[i];
        tw_net_pass_bind_f32(batch, which, e, kept[e]);
    }
}

/* Derivatives of the batch pass to the point pass; of parameters that only batches read, to where
 * all are collected. */
static void pass_back(const tw_net_program *program, tw_net_pass_f64 *point,
                      const tw_net_pass_f32 *batch, tw_net_which which, double *collected) {
    for (size_t e = 0; e < program->edge_count; e++) {
        const float *from = tw_net_pass_at_f32(batch, which, e);
        double *to = tw_net_pass_at_f64(point, which, e);
        if (to == NULL && program->edges[e].value != TW_NET_NONE)
            to = collected + program->edges[e].offset;
        for (size_t i = 0; is_early(program, e) && from != NULL && to != NULL &&
                           i < tw_net_shape_count(&program->edges[e].shape);
             i++)
            to[i] += from[i];
    }
}

static void collect(const tw_net_program *program, const tw_net_pass_f64 *point, tw_net_which which,
                    double *to) {
    for (size_t e = 0; e < program->edge_count; e++) {
        const double *from = tw_net_pass_at_f64(point, which, e);
        if (program->edges[e].value != TW_NET_NONE && from != NULL &&
            program->edges[e].time == TW_NET_AT_POINT)
            memcpy(to + program->edges[e].offset, from,
                   tw_net_shape_count(&program->edges[e].shape) * sizeof *to);
    }
}

static void bind_parameters(const tw_net_program *program, tw_net_pass_f64 *point,
                            tw_net_which which, const double *x) {
    for (size_t e = 0; e < program->edge_count; e++)
        if (program->edges[e].value != TW_NET_NONE && program->edges[e].time == TW_NET_AT_POINT)
            tw_net_pass_bind_f64(point, which, e, x + program->edges[e].offset);
}

static double *point_of(const tw_net_program *program) {
    double *x = calloc(program->size, sizeof *x);
    for (size_t e = 0; e < program->edge_count; e++)
        if (program->edges[e].value != TW_NET_NONE && program->edges[e].time == TW_NET_AT_POINT)
            memcpy(x + program->edges[e].offset,
                   graph->values[program->edges[e].value].tensor.numbers,
                   tw_net_shape_count(&program->edges[e].shape) * sizeof *x);
    return x;
}

/* The output again, of a pass that keeps nothing else: the same bits. */
static void check_output_alone(const tw_net_program *program, const tw_net_pass_f32 *full,
                               float **values, const float *images) {
    tw_net_pass_f32 *pass;
    assert_ok(tw_net_pass_new_f32(program, TW_NET_AT_BATCH, TW_NET_OUTPUT, &pass));
    for (size_t e = 0; e < program->edge_count; e++)
        if (values[e] != NULL)
            tw_net_pass_bind_f32(pass, TW_NET_VALUE, e, values[e]);
    tw_net_pass_bind_f32(pass, TW_NET_VALUE, program->input, images);
    for (int again = 0; again < 2; again++)
        assert_ok(tw_net_pass_forward_f32(pass));
    assert_memory_equal(tw_net_pass_at_f32(pass, TW_NET_VALUE, program->output),
                        tw_net_pass_at_f32(full, TW_NET_VALUE, program->output),
                        tw_net_shape_count(&program->edges[program->output].shape) * sizeof(float));
    tw_net_pass_free_f32(pass);
}

/* Adjoints that somebody has to write before anybody adds to them. */
static void poison(const tw_net_program *program, const tw_net_pass_f32 *batch) {
    static const tw_net_which which[] = {TW_NET_ADJOINT, TW_NET_ADJOINT_TANGENT};
    for (size_t e = 0; e < program->edge_count; e++)
        for (int w = 0; w < 2; w++) {
            const tw_net_edge *edge = &program->edges[e];
            float *at = tw_net_pass_at_f32(batch, which[w], e);
            for (size_t i = 0;
                 at != NULL && edge->step != TW_NET_NONE && edge->time == TW_NET_AT_BATCH &&
                 i < tw_net_shape_count(&edge->shape);
                 i++)
                at[i] = NAN;
        }
}

/* Of what the passes at the point left, the room is all that there is. */
static void leave_room(const tw_net_program *program, tw_net_pass_f32 *batch, float *room) {
    tw_net_pass_house_f32(batch, NULL);
    poison(program, batch);
    for (size_t e = 0; e < program->edge_count; e++) {
        const tw_net_edge *edge = &program->edges[e];
        float *at = tw_net_pass_at_f32(batch, TW_NET_VALUE, e);
        for (size_t i = 0; edge->step != TW_NET_NONE && edge->time == TW_NET_AT_BATCH &&
                           i < tw_net_shape_count(&edge->shape);
             i++)
            at[i] = NAN;
    }
    tw_net_pass_zero_tangents_f32(batch);
    tw_net_pass_house_f32(batch, room);
}

static answer evaluate(int fast) {
    tw_net_program *program;
    tw_net_pass_f64 *point;
    tw_net_pass_f32 *batch;
    assert_ok(tw_net_build(graph, &(tw_net_build_options){.batch = BATCH}, &program));
    size_t steps = program->step_count;
    if (fast) {
        assert_ok(tw_net_accelerate(program));
        assert_true(program->step_count < steps); /* it did something */
    }
    answer a = {.count = program->size,
                .outputs = tw_net_shape_count(&program->edges[program->output].shape)};
    a.values = calloc(a.outputs, sizeof *a.values);
    a.gradient = calloc(a.count, sizeof *a.gradient);
    a.product = calloc(a.count, sizeof *a.product);
    assert_ok(tw_net_pass_new_f64(program, TW_NET_AT_POINT, TW_NET_SECOND, &point));
    assert_ok(tw_net_pass_new_f32(program, TW_NET_AT_BATCH, TW_NET_SECOND, &batch));
    float **values = calloc(program->edge_count, sizeof *values),
          **tangents = calloc(program->edge_count, sizeof *tangents);
    double *x = point_of(program), *v = numbers_of(a.count, 99), *r = numbers_of(a.outputs, 7),
           *images = numbers_of(BATCH * 3 * 64, 5);
    float *single = calloc(BATCH * 3 * 64, sizeof *single);
    for (size_t i = 0; i < BATCH * 3 * 64; i++)
        single[i] = (float)images[i];
    bind_parameters(program, point, TW_NET_VALUE, x);
    bind_parameters(program, point, TW_NET_TANGENT, v);
    assert_ok(tw_net_pass_forward_f64(point));
    assert_ok(tw_net_pass_tangents_f64(point));
    pass_on(program, point, batch, TW_NET_VALUE, values);
    pass_on(program, point, batch, TW_NET_TANGENT, tangents);
    tw_net_pass_bind_f32(batch, TW_NET_VALUE, program->input, single);
    float *room = malloc(tw_net_pass_kept_f32(batch) * sizeof *room);
    tw_net_pass_house_f32(batch, room);
    assert_ok(tw_net_pass_forward_f32(batch));
    check_output_alone(program, batch, values, single);
    poison(program, batch);
    tw_net_pass_zero_f32(batch);
    tw_net_pass_zero_f64(point);
    float *y = tw_net_pass_at_f32(batch, TW_NET_VALUE, program->output),
          *gy = tw_net_pass_at_f32(batch, TW_NET_ADJOINT, program->output);
    for (size_t i = 0; i < a.outputs; i++) {
        a.values[i] = y[i];
        gy[i] = (float)r[i];
    }
    assert_ok(tw_net_pass_backward_f32(batch));
    leave_room(program, batch, room);
    assert_ok(tw_net_pass_tangents_f32(batch));
    assert_ok(tw_net_pass_backward_tangents_f32(batch));
    pass_back(program, point, batch, TW_NET_ADJOINT, a.gradient);
    pass_back(program, point, batch, TW_NET_ADJOINT_TANGENT, a.product);
    assert_ok(tw_net_pass_backward_f64(point));
    assert_ok(tw_net_pass_backward_tangents_f64(point));
    collect(program, point, TW_NET_ADJOINT, a.gradient);
    collect(program, point, TW_NET_ADJOINT_TANGENT, a.product);
    for (size_t e = 0; e < program->edge_count; e++) {
        free(values[e]);
        free(tangents[e]);
    }
    free(values);
    free(tangents);
    free(room);
    free(x);
    free(v);
    free(r);
    free(images);
    free(single);
    tw_net_pass_free_f64(point);
    tw_net_pass_free_f32(batch);
    tw_net_program_free(program);
    return a;
}

static void compare(const char *what, size_t count, const double *got, const double *expected) {
    double size = 0, difference = 0;
    for (size_t i = 0; i < count; i++) {
        size += expected[i] * expected[i];
        difference += (got[i] - expected[i]) * (got[i] - expected[i]);
    }
    assert_true(size > 0);
    if (!(sqrt(difference / size) < 2e-5))
        fail_msg("%s: off by %.3g of its norm %.6g", what, sqrt(difference / size), sqrt(size));
}

static void release(answer *a) {
    free(a->values);
    free(a->gradient);
    free(a->product);
}

static void test_rewritten(void **state) {
    if (tw_engine_block() == 0)
        skip();
    make_network();
    answer plain = evaluate(0), fast = evaluate(1);
    compare("values", plain.outputs, fast.values, plain.values);
    compare("gradient", plain.count, fast.gradient, plain.gradient);
    compare("Hessian product", plain.count, fast.product, plain.product);
    release(&plain);
    release(&fast);
    tw_net_graph_free(graph);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rewritten),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
