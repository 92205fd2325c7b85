/* log_products and exponentials: what softmax losses change by when one weight moves. */
#include "kernel_check.h"

/* ---- log_products ---- */

typedef struct product_state {
    size_t count, columns, group;
    double *p, *q, *log_p, *t, *y, *sums;
} product_state;

/* Probabilities exp(-u) with u up to `depth`, their complements and logarithms, and arguments up to
 * `reach`. With `above`, only arguments above 0, as p near 1 asks for. */
static product_state make_state(size_t count, size_t columns, size_t group, double depth,
                                double reach) {
    product_state s = {count, columns, group, .p = guarded_doubles(count * columns)};
    s.q = guarded_doubles(count * columns);
    s.log_p = guarded_doubles(count * columns);
    for (size_t k = 0; k < count * columns; k++) {
        long double u = depth * fabs(number(51, k)) + 1e-12;
        if (k % 3 == 0)
            u = powl(10, -15 * fabsl(number(52, k))); /* p nearly 1 */
        s.log_p[k] = (double)-u;
        s.p[k] = (double)expl(s.log_p[k]);
        s.q[k] = (double)-expm1l(s.log_p[k]);
    }
    s.t = guarded_doubles(count * TW_FEATURE_PAD);
    s.y = guarded_doubles(count * TW_FEATURE_PAD);
    for (size_t k = 0; k < count * TW_FEATURE_PAD; k++) {
        s.y[k] = reach * number(53, k);
        s.t[k] = (double)expm1l(s.y[k]);
    }
    s.sums = guarded_doubles(columns * TW_FEATURE_PAD);
    fill_numbers(s.sums, columns * TW_FEATURE_PAD, reach * 1e-3, 54);
    return s;
}

/* log(1 + p (exp(y) - 1)), with the probability as its logarithm says it; *tolerance grows by what
 * roundings of the four inputs and of the arithmetic may do. */
static long double term_of(const product_state *s, size_t at, size_t t_at, double *tolerance) {
    const double near = 8 * DBL_EPSILON;
    long double y = s->y[t_at], p = expl(s->log_p[at]), q = -expm1l(s->log_p[at]);
    if (s->group > 0) {
        long double z = (long double)s->p[at] * s->t[t_at];
        *tolerance += near * (double)fabsl(z);
        return log1pl(z);
    }
    if (y > 700) {
        long double a = y + s->log_p[at];
        *tolerance += near * (double)(fabsl(y) + fabsl(a));
        return fmaxl(a, 0) + log1pl(expl(-fabsl(a)));
    }
    long double z = p * expm1l(y);
    *tolerance += near * (double)(z > -0.5L ? fabsl(z) / fminl(1, 1 + z) : 1 + fabsl(y));
    return z > -0.5L ? log1pl(z) : logl(q + p * expl(y));
}

static void products_at(const tw_kernels *kernels, product_state s) {
    const double *before = guarded_copy(s.sums, s.columns * TW_FEATURE_PAD);
    tw_softmax_state state = {guarded_input(s.p), NULL, NULL};
    if (s.group == 0) { /* with a group, q, log_p and y are not read */
        state.q = guarded_input(s.q);
        state.log_p = guarded_input(s.log_p);
    }
    guarded_input(s.t);
    guarded_input(s.y);
    kernels->log_products(s.count, s.columns, s.group, &state, s.t, s.group == 0 ? s.y : NULL,
                          s.sums);
    for (size_t k = 0; k < s.columns; k++)
        for (size_t j = 0; j < TW_FEATURE_PAD; j++) {
            size_t place = k * TW_FEATURE_PAD + j;
            long double sum = before[place], size = fabsl(sum);
            double tolerance = 1e-320;
            for (size_t i = 0; i < s.count; i++) {
                long double term =
                    term_of(&s, i * s.columns + k, i * TW_FEATURE_PAD + j, &tolerance);
                sum += term;
                size += fabsl(term);
            }
            tolerance += DBL_EPSILON * (double)(s.count + 2) * (double)size;
            expect_near("sum", place, s.sums[place], sum, tolerance);
        }
    guards_check();
    guards_release();
}

static void special_terms(const tw_kernels *kernels) {
    enum { COUNT = 5 };
    for (size_t group = 0; group <= COUNT; group += COUNT) {
        product_state s = make_state(COUNT, 1, group, 2, 1e-3);
        s.y[2 * TW_FEATURE_PAD + 9] = s.t[2 * TW_FEATURE_PAD + 9] = NAN;
        s.y[3 * TW_FEATURE_PAD + 4] = s.t[3 * TW_FEATURE_PAD + 4] = INFINITY;
        tw_softmax_state state = {s.p, s.q, s.log_p};
        kernels->log_products(COUNT, 1, group, &state, s.t, s.y, s.sums);
        for (size_t j = 0; j < TW_FEATURE_PAD; j++)
            if (j == 9 ? !isnan(s.sums[j]) : j == 4 ? isfinite(s.sums[j]) : !isfinite(s.sums[j]))
                expect_near("a sum with a special term", j, s.sums[j], j == 9 ? NAN : 0, 1);
        guards_check();
        guards_release();
    }
}

void check_log_products(const tw_kernels *kernels) {
    static const double reaches[] = {1e-300, 1e-9, 0.01, 1, 40, 500, 2000};
    for (size_t columns = 0; columns <= 12; columns++) {
        products_at(kernels, make_state(7, columns, 0, 3, 2));
        products_at(kernels, make_state(19, columns, 6, 3, 0.05));
    }
    for (size_t count = 0; count <= 9; count++)
        for (size_t group = 0; group <= 9; group++)
            products_at(kernels, make_state(count, 3, group, 3, 0.05));
    for (size_t k = 0; k < sizeof reaches / sizeof *reaches; k++)
        for (double depth = 1; depth < 3000; depth *= 12)
            products_at(kernels, make_state(9, 6, 0, depth, reaches[k]));
    products_at(kernels, make_state(TW_BLOCK, 10, TW_BLOCK, 4, 0.0026));
    products_at(kernels, make_state(TW_BLOCK, 10, 100, 4, 1e-7));
    special_terms(kernels);
}

void measure_log_products(const tw_kernels *kernels, kernel_timer *timer) {
    product_state s = make_state(TW_BLOCK, 10, TW_BLOCK, 4, 0.0026);
    tw_softmax_state state = {s.p, s.q, s.log_p};
    TIMED(timer, (double)TW_BLOCK * 10 * TW_FEATURE_PAD)
    kernels->log_products(TW_BLOCK, 10, TW_BLOCK, &state, s.t, s.y, s.sums);
}

/* ---- exponentials ---- */

typedef struct exponential_case {
    int bytes, wants_y;
    size_t count, features, tile;
    double reach;
} exponential_case;

enum { CLASSES = 4, FIRST = 2 };

/* (x - mean) h, rounded twice as everywhere; x = 1 past the features. */
static double move_of(const tw_samples *samples, size_t row, size_t feature, double step) {
    if (feature >= samples->features)
        return step;
    size_t at = row * samples->features + feature;
    double x = samples->bytes != NULL ? samples->bytes[at] : samples->doubles[at];
    return (x - samples->mean[feature]) * step;
}

static void expect_label_sums(const exponential_case *at, const tw_samples *samples,
                              const double *steps, const int32_t *labels, const double *before,
                              const double *sums) {
    for (size_t place = 0; place < (size_t)CLASSES * TW_FEATURE_PAD; place++) {
        size_t j = place % TW_FEATURE_PAD, label = place / TW_FEATURE_PAD;
        long double sum = before[place], size = fabsl(sum);
        for (size_t i = FIRST; i < FIRST + at->count; i++)
            if ((size_t)labels[i] == label) {
                double move = move_of(samples, i, at->tile + j, steps[j]);
                sum += move;
                size += fabs(move);
            }
        expect_near("label sum", place, sums[place], sum,
                    DBL_EPSILON * (double)(at->count + 2) * (double)size + 1e-320);
    }
}

static void exponentials_at(const tw_kernels *kernels, exponential_case at) {
    tw_samples samples = make_samples(at.bytes, FIRST + at.count, at.features, at.tile);
    double *steps = guarded_doubles(TW_FEATURE_PAD),
           *t = guarded_doubles(at.count * TW_FEATURE_PAD);
    double *y = at.wants_y ? guarded_doubles(at.count * TW_FEATURE_PAD) : NULL;
    double *sums = guarded_doubles((size_t)CLASSES * TW_FEATURE_PAD);
    int32_t *labels = guarded_bytes((FIRST + at.count) * sizeof *labels);
    for (size_t j = 0; j < TW_FEATURE_PAD; j++)
        steps[j] = at.reach / 256 * number(61, j); /* no centred feature is larger */
    for (size_t i = 0; i < FIRST + at.count; i++)
        labels[i] = (int32_t)tw_rng_below(5, 1, i, CLASSES);
    fill_numbers(sums, (size_t)CLASSES * TW_FEATURE_PAD, at.reach, 62);
    const double *before = guarded_copy(sums, (size_t)CLASSES * TW_FEATURE_PAD);
    guarded_input(steps);
    guarded_input(labels);
    kernels->exponentials(&samples, FIRST, at.count, at.tile, steps, at.reach, labels, t, y, sums);
    for (size_t k = 0; k < at.count * TW_FEATURE_PAD; k++) {
        size_t j = k % TW_FEATURE_PAD;
        double move = move_of(&samples, FIRST + k / TW_FEATURE_PAD, at.tile + j, steps[j]);
        long double truth = expm1l(move);
        if (y != NULL)
            expect_bits("y", k, y[k], move);
        expect_near("t", k, t[k], truth, 4 * DBL_EPSILON * (double)fabsl(truth) + 1e-320);
    }
    expect_label_sums(&at, &samples, steps, labels, before, sums);
    guards_check();
    guards_release();
}

void check_exponentials(const tw_kernels *kernels) {
    static const double reaches[] = {1e-200, 1.0 / 256, 0.004, 0.25, 0.26, 3, 600};
    for (size_t k = 0; k < sizeof reaches / sizeof *reaches; k++)
        for (int kind = 0; kind < 4; kind++) {
            int bytes = kind & 1, wants_y = kind >> 1;
            /* so near to 0, bytes give no y: one logarithm serves a group, which does not read it
             */
            if (bytes && wants_y && reaches[k] <= 1.0 / 256)
                continue;
            for (size_t tile = 0; tile <= 48; tile += TW_FEATURE_PAD)
                for (size_t end = 0; end <= 2; end++)
                    exponentials_at(
                        kernels, (exponential_case){bytes, wants_y, 5, 47 + end, tile, reaches[k]});
            for (size_t count = 0; count <= 3; count++)
                exponentials_at(kernels,
                                (exponential_case){bytes, wants_y, count, 20, 16, reaches[k]});
        }
}

void measure_exponentials(const tw_kernels *kernels, kernel_timer *timer) {
    tw_samples samples = make_samples(1, TW_BLOCK, 3072, 1);
    double *steps = guarded_doubles(TW_FEATURE_PAD),
           *t = guarded_doubles(TW_BLOCK * TW_FEATURE_PAD);
    double *sums = guarded_doubles((size_t)CLASSES * TW_FEATURE_PAD);
    int32_t labels[TW_BLOCK];
    for (size_t i = 0; i < TW_BLOCK; i++)
        labels[i] = (int32_t)(i % CLASSES);
    fill_numbers(steps, TW_FEATURE_PAD, 1e-5, 61);
    fill_numbers(sums, (size_t)CLASSES * TW_FEATURE_PAD, 1, 62);
    TIMED(timer, (double)TW_BLOCK * TW_FEATURE_PAD)
    kernels->exponentials(&samples, 0, TW_BLOCK, 1600, steps, 1.0 / 256, labels, t, NULL, sums);
}
