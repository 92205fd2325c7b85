/* The engine's kernels, fused and blocked, against sums written out in double. */
#include "net/engine/convolver.h"
#include "net/engine/engine_layout.h"

#include <math.h>

#include "core/alloc.h"
#include "support.h"

/* The next of a stream of N(0, 1). */
static double draw(void) {
    static uint64_t drawn;
    return tw_rng_normal(1, tw_rng_stream("test engine"), drawn++);
}

enum { X, W, B, R, INPUTS };

/* One layer: everything in planes and in double, and as the kernel has it. */
typedef struct layer {
    tw_engine_convolution_spec spec;
    size_t counts[INPUTS], out_count;
    double *in[INPUTS], *din[INPUTS], *gin[INPUTS], *dgin[INPUTS];
    double *out, *dout, *gout, *dgout;
} layer;

static double *drawn_array(size_t count) {
    double *array = calloc(count, sizeof *array);
    for (size_t i = 0; i < count; i++)
        array[i] = (float)draw();
    return array;
}

/* out += conv(x, w) where x != NULL; else gx or gw += by gout, whichever is given. */
static void convolve(const layer *l, const double *x, const double *w, double *out,
                     const double *gout, double *gx, double *gw) {
    const tw_engine_convolution_spec *s = &l->spec;
    size_t per = s->in_channels / s->groups, out_per = s->out_channels / s->groups;
    for (size_t n = 0; n < s->batch; n++)
        for (size_t o = 0; o < s->out_channels; o++)
            for (size_t i = 0; i < per; i++)
                for (size_t p = 0; p < s->out[0] * s->out[1]; p++)
                    for (size_t k = 0; k < s->kernel[0] * s->kernel[1]; k++) {
                        size_t y = p / s->out[1] * s->stride[0] +
                                   k / s->kernel[1] * s->dilation[0] - s->before[0],
                               z = p % s->out[1] * s->stride[1] +
                                   k % s->kernel[1] * s->dilation[1] - s->before[1];
                        if (y >= s->in[0] || z >= s->in[1])
                            continue;
                        size_t c = o / out_per * per + i;
                        size_t at = ((n * s->in_channels + c) * s->in[0] + y) * s->in[1] + z;
                        size_t weight = (o * per + i) * s->kernel[0] * s->kernel[1] + k;
                        size_t to = (n * s->out_channels + o) * s->out[0] * s->out[1] + p;
                        if (out != NULL)
                            out[to] += x[at] * w[weight];
                        if (gx != NULL)
                            gx[at] += gout[to] * w[weight];
                        if (gw != NULL)
                            gw[weight] += gout[to] * x[at];
                    }
}

static size_t channel_of(const layer *l, size_t entry) {
    size_t pixels = l->spec.out[0] * l->spec.out[1];
    return entry / pixels % l->spec.out_channels;
}

/* What the kernel has to give, from the sums written out. */
static void expect(layer *l) {
    const tw_engine_convolution_spec *s = &l->spec;
    convolve(l, l->in[X], l->in[W], l->out, NULL, NULL, NULL);
    convolve(l, l->din[X], l->in[W], l->dout, NULL, NULL, NULL);
    convolve(l, l->in[X], l->din[W], l->dout, NULL, NULL, NULL);
    for (size_t e = 0; e < l->out_count; e++) {
        size_t c = channel_of(l, e);
        l->out[e] += (s->has_bias ? l->in[B][c] : 0) + (s->has_addend ? l->in[R][e] : 0);
        l->dout[e] += (s->has_bias ? l->din[B][c] : 0) + (s->has_addend ? l->din[R][e] : 0);
        if (s->relu && l->out[e] <= 0)
            l->out[e] = l->dout[e] = 0;
    }
    double *gz = calloc(l->out_count, sizeof *gz), *dgz = calloc(l->out_count, sizeof *gz);
    for (size_t e = 0; e < l->out_count; e++) {
        int on = !s->relu || l->out[e] > 0;
        gz[e] = on ? l->gout[e] : 0;
        dgz[e] = on ? l->dgout[e] : 0;
        l->gin[B][channel_of(l, e)] += gz[e];
        l->dgin[B][channel_of(l, e)] += dgz[e];
        l->gin[R][e] += gz[e];
        l->dgin[R][e] += dgz[e];
    }
    convolve(l, l->in[X], l->in[W], NULL, gz, l->gin[X], l->gin[W]);
    convolve(l, l->in[X], l->in[W], NULL, dgz, l->dgin[X], l->dgin[W]);
    convolve(l, l->din[X], l->din[W], NULL, gz, l->dgin[X], l->dgin[W]);
    free(gz);
    free(dgz);
}

static tw_engine_layout image_layout(const layer *l, int which, int to_blocks) {
    const tw_engine_convolution_spec *s = &l->spec;
    int source = which == X;
    return (tw_engine_layout){.batch = s->batch,
                              .channels = source ? s->in_channels : s->out_channels,
                              .pixels = source ? s->in[0] * s->in[1] : s->out[0] * s->out[1],
                              .block = tw_engine_block(),
                              .to_blocks = to_blocks};
}

static int is_plain(const layer *l, int which) {
    return which == W || which == B || (which == X && l->spec.plain_source);
}

static size_t laid_count(const layer *l, int which) {
    tw_engine_layout p = image_layout(l, which, 1);
    return is_plain(l, which)
               ? l->counts[which]
               : p.batch * ((p.channels + p.block - 1) / p.block) * p.block * p.pixels;
}

/* As the kernel has it. */
static float *laid(const layer *l, int which, const double *planes) {
    float *plain = tw_alloc(l->counts[which], sizeof *plain),
          *blocks = tw_alloc(laid_count(l, which), sizeof *blocks);
    for (size_t i = 0; i < l->counts[which]; i++)
        plain[i] = (float)planes[i];
    tw_engine_layout plan = image_layout(l, which, 1);
    if (is_plain(l, which))
        memcpy(blocks, plain, l->counts[which] * sizeof *plain);
    else
        tw_engine_relayout.f32->forward(&plan, NULL, (const float *const *)&plain, blocks);
    free(plain);
    return blocks;
}

static int is_winograd(const tw_engine_convolution_spec *spec) {
    void *plan;
    if (tw_convolver_winograd.plan(spec, &plan) != TW_OK)
        return 0;
    tw_convolver_winograd.plan_free(plan);
    return 1;
}

static void compare(const layer *l, int which, const char *what, const float *got,
                    const double *expected) {
    size_t count = l->counts[which];
    float *plain = tw_alloc(count, sizeof *plain);
    tw_engine_layout plan = image_layout(l, which, 0);
    if (is_plain(l, which))
        memcpy(plain, got, count * sizeof *plain);
    else
        tw_engine_relayout.f32->forward(&plan, NULL, &got, plain);
    double size = 0;
    for (size_t i = 0; i < count; i++)
        size += expected[i] * expected[i];
    size = sqrt(size / (double)count);
    double allowed = is_winograd(&l->spec) ? 2e-5 : 5e-6;
    for (size_t i = 0; i < count; i++)
        if (!(fabs(plain[i] - expected[i]) <= allowed * (size + fabs(expected[i]))))
            fail_msg("%s of input %d, entry %zu: %.9g, expected %.9g", what, which, i, plain[i],
                     expected[i]);
    free(plain);
}

/* Adjoints are added to what is there, or (fresh) written over it. */
static void check_adjoints(tw_engine_convolution_spec spec, int fresh) {
    layer l = {.spec = spec};
    tw_engine_convolution_spec *s = &l.spec;
    s->order = TW_NET_SECOND;
    for (int i = 0; i < 2; i++)
        s->out[i] =
            (s->in[i] + s->before[i] + s->after[i] - s->dilation[i] * (s->kernel[i] - 1) - 1) /
                s->stride[i] +
            1;
    l.out_count = s->batch * s->out_channels * s->out[0] * s->out[1];
    l.counts[X] = s->batch * s->in_channels * s->in[0] * s->in[1];
    l.counts[W] = s->out_channels * s->in_channels / s->groups * s->kernel[0] * s->kernel[1];
    l.counts[B] = s->out_channels;
    l.counts[R] = l.out_count;
    int slots[INPUTS] = {X, W, B, s->has_bias ? R : B}, count = 2 + s->has_bias + s->has_addend;
    slots[2] = s->has_bias ? B : R;
    const float *in[INPUTS], *din[INPUTS];
    float *gin[INPUTS], *dgin[INPUTS];
    unsigned char written[INPUTS];
    for (int k = 0; k < INPUTS; k++) {
        l.in[k] = drawn_array(l.counts[k]);
        l.din[k] = drawn_array(l.counts[k]);
        l.gin[k] = fresh ? calloc(l.counts[k], sizeof(double)) : drawn_array(l.counts[k]);
        l.dgin[k] = fresh ? calloc(l.counts[k], sizeof(double)) : drawn_array(l.counts[k]);
    }
    l.gout = drawn_array(l.out_count);
    l.dgout = drawn_array(l.out_count);
    l.out = calloc(l.out_count, sizeof *l.out);
    l.dout = calloc(l.out_count, sizeof *l.dout);
    for (int k = 0; k < count; k++) {
        in[k] = laid(&l, slots[k], l.in[slots[k]]);
        din[k] = laid(&l, slots[k], l.din[slots[k]]);
        gin[k] = laid(&l, slots[k], l.gin[slots[k]]);
        dgin[k] = laid(&l, slots[k], l.dgin[slots[k]]);
        written[k] = (unsigned char)fresh;
        for (size_t i = 0; fresh && i < laid_count(&l, slots[k]); i++)
            gin[k][i] = dgin[k][i] = NAN;
    }
    if (s->still) {
        free(gin[0]);
        free(dgin[0]);
        gin[0] = dgin[0] = NULL;
    }
    float *gout = laid(&l, R, l.gout), *dgout = laid(&l, R, l.dgout), *out = laid(&l, R, l.dgout),
          *dout = laid(&l, R, l.dgout);
    expect(&l);
    void *plan, *state;
    tw_status status = tw_engine_convolution_plan(s, &plan);
    if (status == TW_DECLINED)
        fail_msg("declined");
    assert_ok(status);
    const tw_net_functions_f32 *kernel = tw_engine_convolution.f32;
    assert_ok(tw_engine_convolution.state_new(plan, &state));
    void *scratch = tw_alloc(tw_engine_convolution.scratch(plan), 1);
    tw_engine_convolution.lend(state, scratch);
    assert_ok(kernel->point(plan, state, in, 0));
    assert_ok(kernel->forward(plan, state, in, out));
    compare(&l, R, "value", out, l.out);
    assert_ok(kernel->backward_into(plan, state, in, out, gout, gin, written));
    for (int k = s->still; k < count; k++)
        compare(&l, slots[k], "gradient", gin[k], l.gin[slots[k]]);
    assert_ok(kernel->point(plan, state, din, 1));
    assert_ok(kernel->tangent(plan, state, in, din, out, dout));
    compare(&l, R, "tangent", dout, l.dout);
    assert_ok(
        kernel->backward_tangent_into(plan, state, in, din, out, dout, gout, dgout, dgin, written));
    for (int k = s->still; k < count; k++)
        compare(&l, slots[k], "gradient's tangent", dgin[k], l.dgin[slots[k]]);
    assert_true(tw_engine_convolution.work(plan) > 0);
    tw_engine_convolution.state_free(state);
    tw_engine_convolution.plan_free(plan);
    free(scratch);
    for (int k = 0; k < count; k++) {
        free((float *)in[k]);
        free((float *)din[k]);
        free(gin[k]);
        free(dgin[k]);
    }
    for (int k = 0; k < INPUTS; k++) {
        free(l.in[k]);
        free(l.din[k]);
        free(l.gin[k]);
        free(l.dgin[k]);
    }
    free(l.out);
    free(l.dout);
    free(l.gout);
    free(l.dgout);
    free(gout);
    free(dgout);
    free(out);
    free(dout);
}

static void check_layer(tw_engine_convolution_spec spec) {
    for (int fresh = 0; fresh < 2; fresh++)
        check_adjoints(spec, fresh);
}

static void test_convolutions(void **state) {
    if (tw_engine_block() == 0)
        skip();
    check_layer((tw_engine_convolution_spec){.batch = 2,
                                             .groups = 1,
                                             .in_channels = 3,
                                             .out_channels = 16,
                                             .in = {8, 9},
                                             .kernel = {3, 3},
                                             .stride = {1, 1},
                                             .dilation = {1, 1},
                                             .before = {1, 1},
                                             .after = {1, 1},
                                             .plain_source = 1,
                                             .still = 1,
                                             .has_bias = 1,
                                             .relu = 1});
    for (int fused = 0; fused < 8; fused++)
        check_layer((tw_engine_convolution_spec){.batch = 2,
                                                 .groups = 1,
                                                 .in_channels = 32,
                                                 .out_channels = 16,
                                                 .in = {7, 8},
                                                 .kernel = {3, 3},
                                                 .stride = {2, tw_engine_block() == 16 ? 1 : 2},
                                                 .dilation = {1, 1},
                                                 .before = {1, 1},
                                                 .after = {1, 1},
                                                 .has_bias = fused & 1,
                                                 .has_addend = fused >> 1 & 1,
                                                 .relu = fused >> 2});
    if (tw_engine_block() == 16) /* of 8 none has derivatives */
        check_layer((tw_engine_convolution_spec){.batch = 1,
                                                 .groups = 1,
                                                 .in_channels = 20,
                                                 .out_channels = 24,
                                                 .in = {6, 5},
                                                 .kernel = {1, 3},
                                                 .stride = {1, 1},
                                                 .dilation = {1, 2},
                                                 .before = {0, 2},
                                                 .after = {0, 1},
                                                 .has_bias = 1,
                                                 .has_addend = 1,
                                                 .relu = 1});
    check_layer((tw_engine_convolution_spec){.batch = 2,
                                             .groups = 2,
                                             .in_channels = 32,
                                             .out_channels = 32,
                                             .in = {5, 5},
                                             .kernel = {3, 3},
                                             .stride = {1, 1},
                                             .dilation = {1, 1},
                                             .before = {1, 1},
                                             .after = {1, 1},
                                             .has_bias = 1,
                                             .relu = 1});
    check_layer((tw_engine_convolution_spec){.batch = 2,
                                             .groups = 16,
                                             .in_channels = 16,
                                             .out_channels = 16,
                                             .in = {5, 5},
                                             .kernel = {3, 3},
                                             .stride = {1, 1},
                                             .dilation = {1, 1},
                                             .before = {1, 1},
                                             .after = {1, 1},
                                             .has_bias = 1});
}

/* What the library computes by definition is left to the plain loops, which take a hundredth of its
 * time: few channels in blocks, groups that fill no block, strides and dilations at once. */
static void test_slow_convolutions(void **state) {
    const tw_engine_convolution_spec few = {.batch = 2,
                                            .groups = 1,
                                            .in_channels = 3,
                                            .out_channels = 32,
                                            .in = {8, 8},
                                            .out = {8, 8},
                                            .kernel = {3, 3},
                                            .stride = {1, 1},
                                            .dilation = {1, 1},
                                            .before = {1, 1},
                                            .after = {1, 1},
                                            .order = TW_NET_SECOND};
    tw_engine_convolution_spec grouped = few, dilated = few;
    if (tw_engine_block() == 0)
        skip();
    grouped.groups = 2;
    grouped.in_channels = grouped.out_channels = 24;
    dilated.in_channels = 32;
    dilated.out[1] = 3;
    dilated.stride[1] = dilated.dilation[1] = 2;
    void *plan = NULL;
    assert_int_equal(tw_engine_convolution_plan(&few, &plan), TW_DECLINED);
    assert_int_equal(tw_engine_convolution_plan(&grouped, &plan), TW_DECLINED);
    assert_int_equal(tw_engine_convolution_plan(&dilated, &plan), TW_DECLINED);
}

/* Fewer multiplications, and the same sums to its rounding: at the widths of whole and of partly
 * filled blocks, and with every padding. */
static void test_winograd(void **state) {
    if (tw_engine_block() == 0)
        skip();
    const size_t channels[][2] = {{16, 16}, {64, 64}, {40, 24}, {12, 48}};
    for (size_t k = 0; k < 4; k++) {
        tw_engine_convolution_spec spec = {.batch = 2,
                                           .groups = 1,
                                           .in_channels = channels[k][0],
                                           .out_channels = channels[k][1],
                                           .in = {8, 7},
                                           .out = {8, 7},
                                           .kernel = {3, 3},
                                           .stride = {1, 1},
                                           .dilation = {1, 1},
                                           .before = {k % 3, 1},
                                           .after = {2 - k % 3, 1},
                                           .has_bias = k != 1,
                                           .has_addend = k != 2,
                                           .relu = k != 3};
        assert_true(is_winograd(&spec));
        check_layer(spec);
    }
}

/* What it would not pay for, or cannot, is left to the direct convolutions. */
static void test_winograd_is_declined(void **state) {
    const tw_engine_convolution_spec good = {.batch = 1,
                                             .groups = 1,
                                             .in_channels = 16,
                                             .out_channels = 16,
                                             .in = {8, 8},
                                             .out = {8, 8},
                                             .kernel = {3, 3},
                                             .stride = {1, 1},
                                             .dilation = {1, 1},
                                             .before = {1, 1},
                                             .after = {1, 1}};
    tw_engine_convolution_spec bad[] = {good, good, good, good, good, good};
    if (tw_engine_block() == 0)
        skip();
    bad[0].stride[1] = 2;
    bad[1].kernel[0] = 1;
    bad[2].dilation[0] = 2;
    bad[3].groups = 16;
    bad[4].in_channels = 3;
    bad[5].out[0] = bad[5].out[1] = 2;
    assert_true(is_winograd(&good));
    for (size_t k = 0; k < 6; k++)
        assert_false(is_winograd(&bad[k]));
}

static void test_products(void **state) {
    if (tw_engine_block() == 0)
        skip();
    for (int transposed = 0; transposed < 8; transposed++) { /* 4 and more: fresh */
        tw_engine_product_spec spec = {5, 7, 3, {transposed & 1, transposed >> 1 & 1}};
        unsigned char fresh[] = {transposed >= 4, transposed >= 4};
        float a[15], b[21], c[35], gc[35], ga[15], gb[21];
        void *plan;
        for (int i = 0; i < 35; i++) {
            a[i % 15] = (float)draw();
            b[i % 21] = (float)draw();
            gc[i] = (float)draw();
            ga[i % 15] = gb[i % 21] = transposed < 4 ? 1 : NAN;
        }
        assert_ok(tw_engine_product_plan(&spec, &plan));
        const float *in[] = {a, b};
        float *gin[] = {ga, gb};
        assert_ok(tw_engine_product.f32->forward(plan, NULL, in, c));
        assert_ok(tw_engine_product.f32->backward_into(plan, NULL, in, c, gc, gin, fresh));
        for (size_t i = 0; i < 5; i++)
            for (size_t l = 0; l < 3; l++) {
                double sum = transposed < 4;
                for (size_t j = 0; j < 7; j++)
                    sum += (double)gc[i * 7 + j] * b[transposed & 2 ? j * 3 + l : l * 7 + j];
                assert_close(ga[transposed & 1 ? l * 5 + i : i * 3 + l], sum, 1e-5, 1e-5);
            }
        for (size_t j = 0; j < 7; j++)
            for (size_t l = 0; l < 3; l++) {
                double sum = transposed < 4;
                for (size_t i = 0; i < 5; i++)
                    sum += (double)gc[i * 7 + j] * a[transposed & 1 ? l * 5 + i : i * 3 + l];
                assert_close(gb[transposed & 2 ? j * 3 + l : l * 7 + j], sum, 1e-5, 1e-5);
            }
        for (size_t i = 0; i < 5; i++)
            for (size_t j = 0; j < 7; j++) {
                double sum = 0;
                for (size_t l = 0; l < 3; l++)
                    sum += (double)a[transposed & 1 ? l * 5 + i : i * 3 + l] *
                           b[transposed & 2 ? j * 3 + l : l * 7 + j];
                assert_close(c[i * 7 + j], sum, 1e-5, 1e-5);
            }
        free(plan);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_convolutions), cmocka_unit_test(test_slow_convolutions),
        cmocka_unit_test(test_winograd),     cmocka_unit_test(test_winograd_is_declined),
        cmocka_unit_test(test_products),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
