#include "net/step/step_binary.h"

#include <tgmath.h>

/* A function of two entries: f itself, or a derivative of it. */
typedef real entry_fn(real a, real b);

/* A run of entries, a's and b's steps being 0 or 1. */
typedef struct run {
    size_t count, step_a, step_b;
    const real *a, *b;
    const real *da, *db; /* tangents, NULL where it does not move */
} run;

/* How a run is computed. The backward ones are for the adjoint of input 0 and of input 1. */
typedef struct row {
    tw_net_kernel_kind kind;
    void (*forward)(const run *at, real *y);
    void (*backward[2])(const run *at, const real *gy, real *g);
    void (*tangent)(const run *at, real *dy);
    void (*backward_tangent[2])(const run *at, const real *gy, const real *dgy, real *dg);
} row;

#define INLINE static inline __attribute__((always_inline))

/* The loops of every row, for one function each and, what makes them vectors, for known steps. */
INLINE void forward_run(entry_fn *f, const run *at, size_t step_a, size_t step_b, real *y) {
    const real *a = at->a, *b = at->b;
    for (size_t i = 0, n = at->count; i < n; i++)
        y[i] = f(a[i * step_a], b[i * step_b]);
}

enum { LANES = 16 };

/* The sum of LANES numbers, in pairs. */
INLINE real sum_of(real *lane) {
    for (size_t half = LANES / 2; half > 0; half /= 2)
        for (size_t i = 0; i < half; i++)
            lane[i] += lane[i + half];
    return lane[0];
}

/* sum_i f(a_i, b_i) gy_i in lanes, whose order is the same on every machine */
INLINE real sum_run(entry_fn *f, const run *at, size_t step_a, size_t step_b, const real *gy) {
    const real *a = at->a, *b = at->b;
    real lane[LANES] = {0};
    size_t n = at->count, i = 0;
    for (; i + LANES <= n; i += LANES)
        for (size_t l = 0; l < LANES; l++)
            lane[l] += f(a[(i + l) * step_a], b[(i + l) * step_b]) * gy[i + l];
    for (size_t l = 0; i < n; i++, l++)
        lane[l] += f(a[i * step_a], b[i * step_b]) * gy[i];
    return sum_of(lane);
}

INLINE void backward_run(entry_fn *f, const run *at, size_t step_a, size_t step_b, size_t step,
                         const real *gy, real *g) {
    const real *a = at->a, *b = at->b;
    if (step == 0)
        g[0] += sum_run(f, at, step_a, step_b, gy);
    else
        for (size_t i = 0, n = at->count; i < n; i++)
            g[i] += f(a[i * step_a], b[i * step_b]) * gy[i];
}

INLINE void forward_with(entry_fn *f, const run *at, real *y) {
    if (at->step_a == at->step_b)
        forward_run(f, at, 1, 1, y);
    else if (at->step_a == 1)
        forward_run(f, at, 1, 0, y);
    else
        forward_run(f, at, 0, 1, y);
}

INLINE void backward_with(entry_fn *f, const run *at, int input, const real *gy, real *g) {
    if (at->step_a == at->step_b)
        backward_run(f, at, 1, 1, 1, gy, g);
    else if (at->step_a == 1)
        backward_run(f, at, 1, 0, input == 0, gy, g);
    else
        backward_run(f, at, 0, 1, input == 1, gy, g);
}

/* dy = f_a da + f_b db */
INLINE void tangent_with(entry_fn *by_a, entry_fn *by_b, const run *at, real *dy) {
    for (size_t i = 0; i < at->count; i++) {
        size_t k = i * at->step_a, l = i * at->step_b;
        real a = at->a[k], b = at->b[l];
        dy[i] = (at->da != NULL ? by_a(a, b) * at->da[k] : 0) +
                (at->db != NULL ? by_b(a, b) * at->db[l] : 0);
    }
}

/* For input 0: dga += f_a dgy + (f_aa da + f_ab db) gy, likewise for the other. */
INLINE void backward_tangent_with(entry_fn *slope, entry_fn *by_a, entry_fn *by_b, const run *at,
                                  size_t step, const real *gy, const real *dgy, real *dg) {
    for (size_t i = 0; i < at->count; i++) {
        size_t k = i * at->step_a, l = i * at->step_b;
        real a = at->a[k], b = at->b[l];
        dg[i * step] +=
            slope(a, b) * dgy[i] + gy[i] * ((at->da != NULL ? by_a(a, b) * at->da[k] : 0) +
                                            (at->db != NULL ? by_b(a, b) * at->db[l] : 0));
    }
}

/* ---- rows ---- */

#define FORMULA(name, formula)                                                                     \
    INLINE real name(real a, real b) {                                                             \
        return formula;                                                                            \
    }
#define FORWARD(name)                                                                              \
    static void name##_forward(const run *at, real *y) {                                           \
        forward_with(name, at, y);                                                                 \
    }
#define BACKWARD(name, input)                                                                      \
    static void name##_backward_##input(const run *at, const real *gy, real *g) {                  \
        backward_with(name##_##input, at, input, gy, g);                                           \
    }
#define SECOND(name, input, step, first, second)                                                   \
    static void name##_backward_tangent_##input(const run *at, const real *gy, const real *dgy,    \
                                                real *dg) {                                        \
        backward_tangent_with(name##_##input, first, second, at, at->step, gy, dgy, dg);           \
    }
#define FLAT_ROW(name, value)                                                                      \
    FORMULA(name, value)                                                                           \
    FORWARD(name)                                                                                  \
    static const row name##_row = {.kind = TW_NET_FLAT, .forward = name##_forward};
#define FIRST_ROW(name, kind, value, by_a, by_b)                                                   \
    FORMULA(name, value)                                                                           \
    FORMULA(name##_0, by_a)                                                                        \
    FORMULA(name##_1, by_b)                                                                        \
    FORWARD(name)                                                                                  \
    BACKWARD(name, 0)                                                                              \
    BACKWARD(name, 1)                                                                              \
    static const row name##_row = {                                                                \
        kind, name##_forward, {name##_backward_0, name##_backward_1}, NULL, {NULL, NULL}};
#define SECOND_ROW(name, value, by_a, by_b, by_aa, by_ab, by_bb)                                   \
    FORMULA(name, value)                                                                           \
    FORMULA(name##_0, by_a)                                                                        \
    FORMULA(name##_1, by_b)                                                                        \
    FORMULA(name##_00, by_aa)                                                                      \
    FORMULA(name##_01, by_ab)                                                                      \
    FORMULA(name##_11, by_bb)                                                                      \
    FORWARD(name)                                                                                  \
    BACKWARD(name, 0)                                                                              \
    BACKWARD(name, 1)                                                                              \
    SECOND(name, 0, step_a, name##_00, name##_01)                                                  \
    SECOND(name, 1, step_b, name##_01, name##_11)                                                  \
    static void name##_tangent(const run *at, real *dy) {                                          \
        tangent_with(name##_0, name##_1, at, dy);                                                  \
    }                                                                                              \
    static const row name##_row = {TW_NET_GENERAL,                                                 \
                                   name##_forward,                                                 \
                                   {name##_backward_0, name##_backward_1},                         \
                                   name##_tangent,                                                 \
                                   {name##_backward_tangent_0, name##_backward_tangent_1}};

INLINE real log_or_0(real a) { /* d 0^b = 0 */
    return a == 0 ? 0 : log(a);
}

INLINE real whole(real a, real b) {
    return b == 0 ? 0 : trunc(a / b);
}

INLINE real modulo_of(real a, real b) {
    real left = fmod(a, b);
    return left != 0 && (left < 0) != (b < 0) ? left + b : left;
}

FIRST_ROW(add, TW_NET_LINEAR, a + b, 1, 1)
FIRST_ROW(sub, TW_NET_LINEAR, a - b, 1, -1)
FIRST_ROW(mul, TW_NET_BILINEAR, (a * b), b, a)
SECOND_ROW(div, a / b, 1 / b, -a / (b * b), 0, -1 / (b * b), 2 * a / (b * b * b))
SECOND_ROW(power, pow(a, b), b == 0 ? 0 : b * pow(a, b - 1), pow(a, b) * log_or_0(a),
           b == 0 || b == 1 ? 0 : b * (b - 1) * pow(a, b - 2),
           pow(a, b - 1) * (1 + b * log_or_0(a)), pow(a, b) * log_or_0(a) * log_or_0(a))
/* What is not a number stays so on either side. */
SECOND_ROW(max, a > b || isnan(a) ? a : b, a > b, !(a > b), 0, 0, 0)
SECOND_ROW(min, a < b || isnan(a) ? a : b, a < b, !(a < b), 0, 0, 0)
SECOND_ROW(prelu, a > 0 ? a : a * b, a > 0 ? 1 : b, a > 0 ? 0 : a, 0, !(a > 0), 0)
SECOND_ROW(rest, fmod(a, b), 1, -whole(a, b), 0, 0, 0)
SECOND_ROW(modulo, modulo_of(a, b), 1, -floor(a / b), 0, 0, 0)
FLAT_ROW(div_whole, whole(a, b))
FLAT_ROW(equal, a == b)
FLAT_ROW(less, a < b)
FLAT_ROW(less_equal, a <= b)
FLAT_ROW(both, a != 0 && b != 0)
FLAT_ROW(either, a != 0 || b != 0)
FLAT_ROW(one, (a != 0) != (b != 0))

#define ENTRY(NAME, name) [TW_NET_##NAME] = &name##_row,
static const row *const rows[] = {TW_NET_BINARIES(ENTRY)};

/* ---- the kernel ---- */

/* The run that a walk has come to. */
static run run_at(const tw_net_binary_plan *plan, const tw_net_walk *walk, const real *const *in,
                  const real *const *din) {
    const tw_net_broadcast *way = &plan->broadcast;
    size_t a = walk->at[0], b = walk->at[1];
    return (run){.count = way->run,
                 .step_a = way->step[0],
                 .step_b = way->step[1],
                 .a = in[0] + a,
                 .b = in[1] + b,
                 .da = din != NULL && din[0] != NULL ? din[0] + a : NULL,
                 .db = din != NULL && din[1] != NULL ? din[1] + b : NULL};
}

static tw_status forward(const void *plan_, void *state, const real *const *in, real *out) {
    const tw_net_binary_plan *plan = plan_;
    const tw_net_broadcast *way = &plan->broadcast;
    tw_net_walk walk = {0};
    for (size_t r = 0; r < way->runs; r++, tw_net_walk_next(way, &walk)) {
        run at = run_at(plan, &walk, in, NULL);
        rows[plan->function]->forward(&at, out + r * way->run);
    }
    return TW_OK;
}

static tw_status backward(const void *plan_, void *state, const real *const *in, const real *out,
                          const real *gout, real *const *gin) {
    const tw_net_binary_plan *plan = plan_;
    const tw_net_broadcast *way = &plan->broadcast;
    tw_net_walk walk = {0};
    for (size_t r = 0; r < way->runs; r++, tw_net_walk_next(way, &walk)) {
        run at = run_at(plan, &walk, in, NULL);
        for (int input = 0; input < 2; input++)
            if (gin[input] != NULL)
                rows[plan->function]->backward[input](&at, gout + r * way->run,
                                                      gin[input] + walk.at[input]);
    }
    return TW_OK;
}

static tw_status tangent(const void *plan_, void *state, const real *const *in,
                         const real *const *din, const real *out, real *dout) {
    const tw_net_binary_plan *plan = plan_;
    const tw_net_broadcast *way = &plan->broadcast;
    tw_net_walk walk = {0};
    for (size_t r = 0; r < way->runs; r++, tw_net_walk_next(way, &walk)) {
        run at = run_at(plan, &walk, in, din);
        rows[plan->function]->tangent(&at, dout + r * way->run);
    }
    return TW_OK;
}

static tw_status backward_tangent(const void *plan_, void *state, const real *const *in,
                                  const real *const *din, const real *out, const real *dout,
                                  const real *gout, const real *dgout, real *const *dgin) {
    const tw_net_binary_plan *plan = plan_;
    const tw_net_broadcast *way = &plan->broadcast;
    tw_net_walk walk = {0};
    for (size_t r = 0; r < way->runs; r++, tw_net_walk_next(way, &walk)) {
        run at = run_at(plan, &walk, in, din);
        size_t first = r * way->run;
        for (int input = 0; input < 2; input++)
            if (dgin[input] != NULL)
                rows[plan->function]->backward_tangent[input](&at, gout + first, dgout + first,
                                                              dgin[input] + walk.at[input]);
    }
    return TW_OK;
}

const TW_NET_REAL(tw_net_functions)
    TW_NET_REAL(tw_net_binary_functions) = {forward, backward, tangent, backward_tangent};

#ifndef TW_NET_SINGLE
const tw_net_kernel tw_net_binary_linear = {"sum", TW_NET_LINEAR, TW_NET_BOTH(tw_net_binary)};
const tw_net_kernel tw_net_binary_product = {"product", TW_NET_BILINEAR,
                                             TW_NET_BOTH(tw_net_binary)};
const tw_net_kernel tw_net_binary = {"binary", TW_NET_GENERAL, TW_NET_BOTH(tw_net_binary)};
const tw_net_kernel tw_net_binary_flat = {"comparison", TW_NET_FLAT, TW_NET_BOTH(tw_net_binary)};

const tw_net_kernel *tw_net_binary_kernel(tw_net_binary_function function) {
    static const tw_net_kernel *const kernels[] = {[TW_NET_LINEAR] = &tw_net_binary_linear,
                                                   [TW_NET_BILINEAR] = &tw_net_binary_product,
                                                   [TW_NET_GENERAL] = &tw_net_binary,
                                                   [TW_NET_FLAT] = &tw_net_binary_flat};
    return kernels[rows[function]->kind];
}
#endif
