#include "derivative_check.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static uint64_t drawn = 88172645463325252u;

double drawn_uniform(void) {
    drawn ^= drawn << 13;
    drawn ^= drawn >> 7;
    drawn ^= drawn << 17;
    return (double)(drawn >> 11) * 0x1p-53;
}

double drawn_normal(void) {
    double sum = -6;
    for (int i = 0; i < 12; i++)
        sum += drawn_uniform();
    return sum;
}

static char message[512];

__attribute__((format(printf, 1, 2))) static const char *wrong(const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(message, sizeof message, format, arguments);
    va_end(arguments);
    return message;
}

/* ---- one point ---- */

typedef struct point {
    const tw_net_program *program;
    tw_net_pass_f64 *pass;
    size_t count, outputs;
    const double *x;
    double *weights; /* r */
    int failed;      /* a pass was refused: tw_message() */
} point;

static int is_parameter(const tw_net_edge *edge) {
    return edge->time == TW_NET_AT_POINT && edge->step == TW_NET_NONE;
}

static void bind(point *p, const double *x, tw_net_which which) {
    for (size_t e = 0; e < p->program->edge_count; e++)
        if (is_parameter(&p->program->edges[e]))
            tw_net_pass_bind_f64(p->pass, which, e, x + p->program->edges[e].offset);
}

static void must(point *p, tw_status status) {
    p->failed |= status != TW_OK;
}

static double value_at(point *p, const double *x) {
    bind(p, x, TW_NET_VALUE);
    must(p, tw_net_pass_forward_f64(p->pass));
    const double *y = tw_net_pass_at_f64(p->pass, TW_NET_VALUE, p->program->output);
    double sum = 0;
    for (size_t i = 0; y != NULL && i < p->outputs; i++)
        sum += p->weights[i] * y[i];
    return sum;
}

/* Copies the parameters' buffers to `numbers`, or from there. */
static void move(point *p, tw_net_which which, double *numbers, int from) {
    for (size_t e = 0; e < p->program->edge_count; e++) {
        const tw_net_edge *edge = &p->program->edges[e];
        double *at = tw_net_pass_at_f64(p->pass, which, e), *there = numbers + edge->offset;
        if (is_parameter(edge) && at != NULL)
            memcpy(from ? at : there, from ? there : at,
                   tw_net_shape_count(&edge->shape) * sizeof *at);
    }
}

/* What is left of another point: nothing reads it, but that somebody who should write only adds. */
static void poison(point *p) {
    static const tw_net_which which[] = {TW_NET_ADJOINT, TW_NET_ADJOINT_TANGENT};
    for (size_t e = 0; e < p->program->edge_count; e++)
        for (int w = 0; w < 2; w++) {
            const tw_net_edge *edge = &p->program->edges[e];
            double *at = tw_net_pass_at_f64(p->pass, which[w], e);
            for (size_t i = 0;
                 at != NULL && edge->step != TW_NET_NONE && i < tw_net_shape_count(&edge->shape);
                 i++)
                at[i] = NAN;
        }
}

/* The gradient at x into g; backward then adds the same to what is there. */
static void gradient_at(point *p, const double *x, double *g) {
    value_at(p, x);
    memset(g, 0, p->count * sizeof *g);
    for (int twice = 0; twice < 2; twice++) {
        poison(p);
        tw_net_pass_zero_f64(p->pass);
        move(p, TW_NET_ADJOINT, g, 1);
        memcpy(tw_net_pass_at_f64(p->pass, TW_NET_ADJOINT, p->program->output), p->weights,
               p->outputs * sizeof *g);
        must(p, tw_net_pass_backward_f64(p->pass));
        move(p, TW_NET_ADJOINT, g, 0);
    }
    for (size_t i = 0; i < p->count; i++)
        g[i] /= 2;
}

/* No number of what is computed at a point is there any more. */
static void forget(point *p) {
    poison(p);
    for (size_t e = 0; e < p->program->edge_count; e++) {
        const tw_net_edge *edge = &p->program->edges[e];
        double *at = tw_net_pass_at_f64(p->pass, TW_NET_VALUE, e);
        for (size_t i = 0;
             edge->step != TW_NET_NONE && at != NULL && i < tw_net_shape_count(&edge->shape); i++)
            at[i] = NAN;
    }
}

/* As one that comes back to a point of which it has the room alone. */
static void product_at(point *p, const double *x, const double *v, double *hv) {
    double *g = calloc(p->count + 1, sizeof *g),
           *room = malloc(tw_net_pass_kept_f64(p->pass) * sizeof *room + 1);
    tw_net_pass_house_f64(p->pass, room);
    gradient_at(p, x, g);
    tw_net_pass_house_f64(p->pass, NULL);
    forget(p);
    tw_net_pass_zero_tangents_f64(p->pass);
    tw_net_pass_house_f64(p->pass, room);
    bind(p, v, TW_NET_TANGENT);
    must(p, tw_net_pass_tangents_f64(p->pass));
    memset(hv, 0, p->count * sizeof *hv);
    /* those of results are 0 since `zero` */
    must(p, tw_net_pass_backward_tangents_f64(p->pass));
    move(p, TW_NET_ADJOINT_TANGENT, hv, 0);
    tw_net_pass_house_f64(p->pass, NULL);
    free(room);
    free(g);
}

static double norm(size_t count, const double *a) {
    double sum = 0;
    for (size_t i = 0; i < count; i++)
        sum += a[i] * a[i];
    return sqrt(sum);
}

/* x moved by h along v. */
static void move_to(const point *p, const double *v, double h, double *there) {
    for (size_t i = 0; i < p->count; i++)
        there[i] = p->x[i] + h * v[i];
}

/* Whether a difference is beyond the bound, or no number. */
static int beyond(double difference, double bound) {
    return !(fabs(difference) <= bound);
}

/* Steps of differences: of order h^4, or small enough for functions that bend sharply and for kinks
 * beside the point. One that agrees will do: none does with a wrong derivative. */
static const double steps[] = {1e-4, 1e-5, 1e-6, 1e-7};

enum { STEPS = sizeof steps / sizeof steps[0] };

/* What rounding makes of a difference of step h of numbers of that size. */
static double rounding(double size, double h) {
    return 4e-16 * size / h;
}

/* The sum of |r_i y_i|, of which the value's rounding is a part. */
static double size_of_value(const point *p) {
    const double *y = tw_net_pass_at_f64(p->pass, TW_NET_VALUE, p->program->output);
    double sum = 0;
    for (size_t i = 0; i < p->outputs; i++)
        sum += fabs(p->weights[i] * y[i]);
    return sum;
}

/* The slope of the value along v, by differences of the step h. */
static double slope_along(point *p, const double *v, double h, double *there) {
    double f[4];
    for (int k = 0; k < 4; k++) {
        move_to(p, v, (k < 2 ? k - 2 : k - 1) * h, there);
        f[k] = value_at(p, there);
    }
    return (8 * (f[2] - f[1]) - (f[3] - f[0])) / (12 * h);
}

static const char *check_gradient(point *p) {
    double *g = calloc(3 * p->count + 1, sizeof *g), *v = g + p->count, *there = v + p->count;
    const char *found = NULL;
    gradient_at(p, p->x, g);
    double value = size_of_value(p);
    for (int direction = 0; direction < 3 && found == NULL; direction++) {
        double along = 0, slope = 0;
        for (size_t i = 0; i < p->count; i++)
            along += g[i] * (v[i] = drawn_normal());
        double size = norm(p->count, g) * norm(p->count, v);
        int agrees = 0;
        for (int k = 0; k < STEPS && !agrees; k++) {
            slope = slope_along(p, v, steps[k], there);
            agrees = !beyond(slope - along, 1e-8 * size + 1e-9 + rounding(value, steps[k]));
        }
        if (!agrees)
            found = wrong("along a direction %.15g, by differences %.15g", along, slope);
    }
    free(g);
    return found;
}

/* The Hessian's product with v, by differences of gradients, into g[0]. */
static void differences_along(point *p, const double *v, double h, double *there, double *g[4]) {
    for (int k = 0; k < 4; k++) {
        move_to(p, v, (k < 2 ? k - 2 : k - 1) * h, there);
        gradient_at(p, there, g[k]);
    }
    for (size_t i = 0; i < p->count; i++)
        g[0][i] = (8 * (g[2][i] - g[1][i]) - (g[3][i] - g[0][i])) / (12 * h);
}

/* The first entry that is not as expected, or `count`. */
static size_t first_beyond(size_t count, const double *a, const double *expected, double bound) {
    for (size_t i = 0; i < count; i++)
        if (beyond(a[i] - expected[i], bound))
            return i;
    return count;
}

static const char *check_product(point *p) {
    size_t n = p->count, at = n;
    double *v = calloc(7 * n + 1, sizeof *v), *hv = v + n, *there = hv + n;
    double *g[4] = {there + n, there + 2 * n, there + 3 * n, there + 4 * n};
    const char *found = NULL;
    for (size_t i = 0; i < n; i++)
        v[i] = drawn_normal();
    gradient_at(p, p->x, g[0]);
    double slopes = norm(n, g[0]);
    product_at(p, p->x, v, hv);
    for (int k = 0; k == 0 || (k < STEPS && at < n); k++) {
        differences_along(p, v, steps[k], there, g);
        at = first_beyond(n, hv, g[0],
                          1e-7 * (norm(n, hv) + norm(n, v)) + rounding(slopes, steps[k]));
    }
    if (at < n)
        found = wrong("entry %zu of a Hessian product is %.15g, by differences %.15g", at, hv[at],
                      g[0][at]);
    free(v);
    return found;
}

/* ---- single precision ---- */

static const char *compare_outputs(const point *p, const tw_net_pass_f32 *pass) {
    const double *y = tw_net_pass_at_f64(p->pass, TW_NET_VALUE, p->program->output);
    const float *y32 = tw_net_pass_at_f32(pass, TW_NET_VALUE, p->program->output);
    double most = norm(p->outputs, y) / sqrt((double)p->outputs + 1);
    for (size_t i = 0; i < p->outputs; i++)
        if (beyond((double)y32[i] - y[i], 1e-4 * (most + fabs(y[i]))))
            return wrong("output %zu in single precision is %.9g, in double %.15g", i,
                         (double)y32[i], y[i]);
    return NULL;
}

static const char *compare_gradients(const point *p, const tw_net_pass_f32 *pass, const double *g) {
    double size = norm(p->count, g);
    for (size_t e = 0; e < p->program->edge_count; e++) {
        const float *from = tw_net_pass_at_f32(pass, TW_NET_ADJOINT, e);
        const tw_net_edge *edge = &p->program->edges[e];
        size_t count = is_parameter(edge) && from != NULL ? tw_net_shape_count(&edge->shape) : 0;
        for (size_t i = 0; i < count; i++)
            if (beyond((double)from[i] - g[edge->offset + i], 1e-4 * size + 1e-6))
                return wrong("entry %zu of a gradient in single precision is %.9g, in double %.15g",
                             edge->offset + i, (double)from[i], g[edge->offset + i]);
    }
    return NULL;
}

static const char *check_single(point *p) {
    const tw_net_program *program = p->program;
    tw_net_pass_f32 *pass = NULL;
    float *x = calloc(p->count + 1, sizeof *x);
    double *g = calloc(p->count + 1, sizeof *g);
    const char *found = NULL;
    gradient_at(p, p->x, g);
    for (size_t i = 0; i < p->count; i++)
        x[i] = (float)p->x[i];
    must(p, tw_net_pass_new_f32(program, TW_NET_AT_POINT, TW_NET_FIRST, &pass));
    for (size_t e = 0; e < program->edge_count && pass != NULL; e++)
        if (is_parameter(&program->edges[e]))
            tw_net_pass_bind_f32(pass, TW_NET_VALUE, e, x + program->edges[e].offset);
    if (pass != NULL) {
        must(p, tw_net_pass_forward_f32(pass));
        found = compare_outputs(p, pass);
        tw_net_pass_zero_f32(pass);
        for (size_t i = 0; i < p->outputs; i++)
            tw_net_pass_at_f32(pass, TW_NET_ADJOINT, program->output)[i] = (float)p->weights[i];
        must(p, tw_net_pass_backward_f32(pass));
    }
    if (found == NULL && pass != NULL)
        found = compare_gradients(p, pass, g);
    tw_net_pass_free_f32(pass);
    free(x);
    free(g);
    return found;
}

/* ---- all of it ---- */

static void open_point(point *p, const tw_net_program *program, const double *x) {
    *p = (point){.program = program, .count = program->size, .x = x};
    p->outputs = tw_net_shape_count(&program->edges[program->output].shape);
    p->weights = calloc(p->outputs + 1, sizeof *p->weights);
    for (size_t i = 0; i < p->outputs; i++)
        p->weights[i] = drawn_normal();
    must(p, tw_net_pass_new_f64(program, TW_NET_AT_POINT, TW_NET_SECOND, &p->pass));
}

static void close_point(point *p) {
    tw_net_pass_free_f64(p->pass);
    free(p->weights);
}

double *parameter_numbers(const tw_net_graph *graph) {
    size_t count = 0, at = 0;
    for (size_t v = 0; v < graph->value_count; v++)
        if (graph->values[v].kind == TW_NET_PARAMETER)
            count += tw_net_shape_count(&graph->values[v].tensor.shape);
    double *x = calloc(count + 1, sizeof *x);
    for (size_t v = 0; v < graph->value_count; v++)
        if (graph->values[v].kind == TW_NET_PARAMETER) {
            size_t entries = tw_net_shape_count(&graph->values[v].tensor.shape);
            memcpy(x + at, graph->values[v].tensor.numbers, entries * sizeof *x);
            at += entries;
        }
    return x;
}

double *program_values(const tw_net_program *program, const double *x) {
    point p;
    open_point(&p, program, x);
    const double *from = program->edges[program->output].known;
    if (from == NULL && p.pass != NULL) {
        value_at(&p, p.x);
        from = tw_net_pass_at_f64(p.pass, TW_NET_VALUE, program->output);
    }
    double *values = p.failed ? NULL : calloc(p.outputs + 1, sizeof *values);
    if (values != NULL)
        memcpy(values, from, p.outputs * sizeof *values);
    close_point(&p);
    return values;
}

const char *check_derivatives(const tw_net_program *program, const double *x) {
    point p;
    if (!program->edges[program->output].active ||
        program->edges[program->output].step == TW_NET_NONE)
        return wrong("the output depends on no parameter");
    open_point(&p, program, x);
    const char *found = p.failed ? NULL : check_gradient(&p);
    if (found == NULL && !p.failed)
        found = check_product(&p);
    if (found == NULL && !p.failed)
        found = check_single(&p);
    close_point(&p);
    return p.failed ? wrong("%s", tw_message()) : found;
}
