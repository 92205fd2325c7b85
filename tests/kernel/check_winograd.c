/* Convolutions by Winograd's filtering, beside the sums that they stand for. */
#include "kernel_check.h"

typedef struct shape {
    size_t batch, inputs, outputs, in[2], out[2], before[2], terms;
} shape;

/* Blocks of this level: the width that it does not decline. */
static size_t width_of(const tw_kernels *kernels) {
    for (size_t width = 1; width <= 64; width *= 2)
        if (kernels->winograd_scratch(&(tw_winograd){width, 1, 1, 1, {1, 1}, {1, 1}, {1, 1}, 1}) >
            0)
            return width;
    fail_msg("no width");
    return 0;
}

static tw_winograd plan_of(const tw_kernels *kernels, const shape *s) {
    size_t width = width_of(kernels);
    return (tw_winograd){.width = width,
                         .batch = s->batch,
                         .in_blocks = padded_to(s->inputs, width) / width,
                         .out_blocks = padded_to(s->outputs, width) / width,
                         .in = {s->in[0], s->in[1]},
                         .out = {s->out[0], s->out[1]},
                         .before = {s->before[0], s->before[1]},
                         .terms = s->terms};
}

/* Single numbers of a stream, aligned to 64 bytes. */
static float *singles(size_t count, uint64_t stream) {
    float *out = (float *)guarded_aligned((count + 15) / 16 * 8);
    for (size_t i = 0; i < count; i++)
        out[i] = (float)number(stream, i);
    return out;
}

static size_t place(size_t width, size_t blocks, const size_t *size, size_t n, size_t channel,
                    size_t y, size_t x) {
    return (((n * blocks + channel / width) * size[0] + y) * size[1] + x) * width + channel % width;
}

/* Images with numbers in `channels` channels, 0 past them. */
static float *images(size_t width, size_t batch, size_t channels, const size_t *size,
                     uint64_t stream) {
    size_t blocks = padded_to(channels, width) / width, pixels = size[0] * size[1];
    float *out = singles(batch * blocks * pixels * width, stream);
    for (size_t i = 0; i < batch * blocks * pixels * width; i++)
        if (i / (pixels * width) % blocks * width + i % width >= channels)
            out[i] = 0;
    return out;
}

/* The weight of the convolution that is meant. */
static float weight(const shape *s, int transposed, const float *w, size_t o, size_t i, size_t k) {
    return transposed ? w[(i * s->outputs + o) * 9 + 8 - k] : w[(o * s->inputs + i) * 9 + k];
}

typedef struct product {
    size_t weight, pixel; /* the weight's o, i, k as one number */
} product;

/* The products of a pixel and a weight that a result is the sum of. */
static size_t products(const tw_winograd *c, const shape *s, size_t n, size_t o, const size_t *at,
                       product *out) {
    size_t count = 0;
    for (size_t i = 0; i < s->inputs; i++)
        for (size_t k = 0; k < 9; k++) {
            size_t y = at[0] + k / 3 - s->before[0], x = at[1] + k % 3 - s->before[1];
            if (y < s->in[0] && x < s->in[1]) /* wraps around where negative */
                out[count++] = (product){(o * s->inputs + i) * 9 + k,
                                         place(c->width, c->in_blocks, s->in, n, i, y, x)};
        }
    return count;
}

enum { BIAS = 1, ADDEND = 2, MASK = 4, RELU = 8, OVER = 16, TRANSPOSED = 32, MOST = 9 * 80 };

typedef struct problem {
    tw_winograd c;
    const float *x[2], *w[2], *bias, *r, *mask;
    int with;
} problem;

/* The error, and that of sums in order, in single precision: squares of both. */
typedef struct errors {
    double ours, in_order;
} errors;

static errors expect_results(const problem *p, const shape *s, const float *y) {
    static product all[MOST];
    errors off = {0, 0};
    for (size_t n = 0; n < s->batch; n++)
        for (size_t o = 0; o < s->outputs; o++)
            for (size_t q = 0; q < s->out[0] * s->out[1]; q++) {
                size_t at[2] = {q / s->out[1], q % s->out[1]};
                size_t to = place(p->c.width, p->c.out_blocks, s->out, n, o, at[0], at[1]);
                size_t count = products(&p->c, s, n, o, at, all);
                long double sum = p->with & BIAS ? p->bias[o] : 0;
                float in_order = 0;
                for (size_t term = 0; term < s->terms; term++)
                    for (size_t k = 0; k < count; k++) {
                        float x = p->x[term][all[k].pixel],
                              w = weight(s, p->with & TRANSPOSED, p->w[term],
                                         all[k].weight / 9 / s->inputs,
                                         all[k].weight / 9 % s->inputs, all[k].weight % 9);
                        sum += (long double)x * w;
                        in_order += x * w;
                    }
                off.ours += (double)((y[to] - sum) * (y[to] - sum));
                off.in_order += (double)((in_order - sum) * (in_order - sum));
                sum += p->with & ADDEND ? p->r[to] : 0;
                sum = p->with & RELU && sum < 0 ? 0 : sum;
                sum = p->with & MASK && p->mask[to] <= 0 ? 0 : sum;
                expect_near("result", to, y[to], sum,
                            20 * FLT_EPSILON * (double)(9 * s->inputs * s->terms + 4));
            }
    return off;
}

static void results_at(const tw_kernels *kernels, const shape *s, int with) {
    problem p = {.c = plan_of(kernels, s), .with = with};
    tw_winograd_weights w = {s->outputs, s->inputs, (with & TRANSPOSED) != 0};
    tw_winograd_term terms[2];
    size_t pairs = p.c.in_blocks * p.c.out_blocks * p.c.width * p.c.width;
    for (size_t k = 0; k < s->terms; k++) {
        float *u = singles(TW_WINOGRAD_POINTS * pairs, 60);
        p.x[k] = guarded_input(images(p.c.width, s->batch, s->inputs, s->in, 61 + k));
        p.w[k] = guarded_input(singles(s->outputs * s->inputs * 9, 63 + k));
        kernels->winograd_weights(&w, p.w[k], u);
        terms[k] = (tw_winograd_term){p.x[k], guarded_input(u)};
    }
    float *y = images(p.c.width, s->batch, s->outputs, s->out, 65);
    size_t bytes = s->batch * p.c.out_blocks * s->out[0] * s->out[1] * p.c.width * sizeof *y;
    p.r = memcpy(guarded_aligned(bytes / sizeof(double)), y, bytes);
    p.mask = guarded_input(images(p.c.width, s->batch, s->outputs, s->out, 66));
    p.bias = guarded_input(singles(p.c.out_blocks * p.c.width, 67));
    tw_winograd_ending end = {.bias = with & BIAS ? p.bias : NULL,
                              .addend = with & ADDEND ? (with & OVER ? y : p.r) : NULL,
                              .mask = with & MASK ? p.mask : NULL,
                              .relu = (with & RELU) != 0};
    size_t numbers = kernels->winograd_scratch(&p.c);
    kernels->winograd(&p.c, terms, &end, singles(numbers, 68), y);
    errors off = expect_results(&p, s, y);
    if (with == 0 && s->inputs == 16 && off.ours > 16 * off.in_order)
        fail_msg("of 16 channels the error is %.1f times that of sums in order, not 2 to 4",
                 sqrt(off.ours / off.in_order));
    guards_check();
    guards_release();
}

static const shape shapes[] = {
    {1, 1, 1, {1, 1}, {1, 1}, {1, 1}, 1},      {1, 3, 5, {4, 4}, {4, 4}, {1, 1}, 1},
    {2, 17, 16, {5, 7}, {5, 7}, {1, 1}, 1},    {1, 16, 33, {8, 8}, {6, 6}, {0, 0}, 1},
    {3, 16, 16, {9, 2}, {11, 4}, {2, 2}, 1},   {1, 4, 48, {3, 11}, {4, 10}, {2, 0}, 1},
    {30, 16, 16, {4, 4}, {4, 4}, {1, 1}, 1},   {7, 32, 16, {8, 8}, {8, 8}, {1, 1}, 2},
    {1, 40, 20, {13, 13}, {13, 13}, {1, 1}, 2}};

void check_winograd(const tw_kernels *kernels) {
    for (size_t k = 0; k < sizeof shapes / sizeof shapes[0]; k++) {
        results_at(kernels, &shapes[k], 0);
        results_at(kernels, &shapes[k], TRANSPOSED);
        results_at(kernels, &shapes[k], BIAS | ADDEND | RELU);
        results_at(kernels, &shapes[k], ADDEND | OVER | MASK);
    }
}

/* Laid out weights are what a single pixel of 1 sees: held by `winograd`; here, what is padded. */
void check_winograd_weights(const tw_kernels *kernels) {
    size_t width = width_of(kernels);
    tw_winograd_weights w = {width + 1, 3, 0};
    float *u = singles(TW_WINOGRAD_POINTS * 2 * width * width, 69);
    kernels->winograd_weights(&w, guarded_input(singles(w.outputs * w.inputs * 9, 70)), u);
    for (size_t i = 0; i < TW_WINOGRAD_POINTS * 2 * width * width; i++) {
        size_t o = i / (width * width) % 2 * width + i % width, input = i / width % width;
        if (o >= w.outputs || input >= w.inputs)
            expect_near("padded", i, u[i], 0, 0);
        else if (u[i] == 0)
            fail_msg("weight %zu is 0", i);
    }
    guards_check();
    guards_release();
}

static void adjoint_at(const tw_kernels *kernels, const shape *s) {
    static product all[MOST];
    tw_winograd c = plan_of(kernels, s);
    tw_winograd_weights w = {s->outputs, s->inputs, 0};
    size_t count = c.in_blocks * c.out_blocks * c.width * c.width * TW_WINOGRAD_POINTS,
           weights = s->outputs * s->inputs * 9, pixels = s->out[0] * s->out[1];
    const float *x = guarded_input(images(c.width, s->batch, s->inputs, s->in, 71)),
                *gy = guarded_input(images(c.width, s->batch, s->outputs, s->out, 72));
    float *u = singles(count, 73), *g = singles(weights, 74);
    long double *sums = calloc(weights, sizeof *sums);
    memset(u, 0, count * sizeof *u);
    for (size_t i = 0; i < weights; i++)
        sums[i] = g[i];
    kernels->winograd_adjoint(&c, x, gy, singles(kernels->winograd_scratch(&c), 75), u);
    kernels->winograd_weights_adjoint(&w, u, g);
    for (size_t n = 0; n < s->batch; n++)
        for (size_t o = 0; o < s->outputs; o++)
            for (size_t q = 0; q < pixels; q++) {
                size_t at[2] = {q / s->out[1], q % s->out[1]};
                long double adjoint = gy[place(c.width, c.out_blocks, s->out, n, o, at[0], at[1])];
                for (size_t k = products(&c, s, n, o, at, all); k-- > 0;)
                    sums[all[k].weight] += adjoint * x[all[k].pixel];
            }
    for (size_t i = 0; i < weights; i++)
        expect_near("weight", i, g[i], sums[i],
                    20 * FLT_EPSILON * (double)(s->batch * pixels + 16));
    free(sums);
    guards_check();
    guards_release();
}

void check_winograd_adjoint(const tw_kernels *kernels) {
    for (size_t k = 0; k < sizeof shapes / sizeof shapes[0]; k++)
        adjoint_at(kernels, &shapes[k]);
}

/* w' u* U = (what U gives of the weights)' w, for both kinds of weights. */
void check_winograd_weights_adjoint(const tw_kernels *kernels) {
    size_t width = width_of(kernels);
    for (int transposed = 0; transposed < 2; transposed++) {
        tw_winograd_weights w = {width + 3, 2 * width - 1, transposed};
        size_t count = TW_WINOGRAD_POINTS * 4 * width * width, weights = w.outputs * w.inputs * 9;
        const float *from = guarded_input(singles(weights, 76)),
                    *sums = guarded_input(singles(count, 77));
        float *u = singles(count, 78), *g = singles(weights, 79);
        memset(g, 0, weights * sizeof *g);
        kernels->winograd_weights(&w, from, u);
        kernels->winograd_weights_adjoint(&w, sums, g);
        long double left = 0, right = 0, size = 0;
        for (size_t i = 0; i < count; i++) {
            left += (long double)u[i] * sums[i];
            size += fabsl((long double)u[i] * sums[i]);
        }
        for (size_t i = 0; i < weights; i++)
            right += (long double)g[i] * from[i];
        expect_near("product", 0, (double)left, right, 4 * FLT_EPSILON * (double)size);
        guards_check();
        guards_release();
    }
}

void check_winograd_scratch(const tw_kernels *kernels) {
    size_t width = width_of(kernels);
    tw_winograd c = {width, 1, 1, 1, {1, 1}, {1, 1}, {1, 1}, 1};
    assert_true(kernels->winograd_scratch(&c) > 0);
    c.width = 2 * width;
    assert_int_equal(kernels->winograd_scratch(&c), 0);
}

/* ---- times ---- */

static const shape timed = {16, 16, 16, {32, 32}, {32, 32}, {1, 1}, 1};
static const double timed_work = 16. * 16 * 16 * 9 * 32 * 32;
static const tw_winograd_weights timed_weights = {64, 64, 0};

void measure_winograd(const tw_kernels *kernels, kernel_timer *timer) {
    tw_winograd c = plan_of(kernels, &timed);
    tw_winograd_term term = {images(c.width, 16, 16, timed.in, 61),
                             singles(TW_WINOGRAD_POINTS * 16 * 16, 62)};
    tw_winograd_ending end = {.relu = 1};
    float *scratch = singles(kernels->winograd_scratch(&c), 68),
          *y = images(c.width, 16, 16, timed.out, 65);
    TIMED(timer, timed_work) kernels->winograd(&c, &term, &end, scratch, y);
}

void measure_winograd_adjoint(const tw_kernels *kernels, kernel_timer *timer) {
    tw_winograd c = plan_of(kernels, &timed);
    float *x = images(c.width, 16, 16, timed.in, 61), *gy = images(c.width, 16, 16, timed.out, 65),
          *u = singles(TW_WINOGRAD_POINTS * 16 * 16, 62),
          *scratch = singles(kernels->winograd_scratch(&c), 68);
    TIMED(timer, timed_work) kernels->winograd_adjoint(&c, x, gy, scratch, u);
}

void measure_winograd_weights(const tw_kernels *kernels, kernel_timer *timer) {
    float *w = singles(64 * 64 * 9, 63), *u = singles(TW_WINOGRAD_POINTS * 64 * 64, 62);
    TIMED(timer, 64. * 64 * 9) kernels->winograd_weights(&timed_weights, w, u);
}

void measure_winograd_weights_adjoint(const tw_kernels *kernels, kernel_timer *timer) {
    float *w = singles(64 * 64 * 9, 63), *u = singles(TW_WINOGRAD_POINTS * 64 * 64, 62);
    TIMED(timer, 64. * 64 * 9) kernels->winograd_weights_adjoint(&timed_weights, u, w);
}

void measure_winograd_scratch(const tw_kernels *kernels, kernel_timer *timer) {
    tw_winograd c = plan_of(kernels, &timed);
    TIMED(timer, 1) kernels->winograd_scratch(&c);
}
