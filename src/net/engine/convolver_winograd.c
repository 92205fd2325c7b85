/* Convolutions of 3 x 3 at stride 1 by Winograd's filtering: the library's own kernels. */
#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "kernel/kernels.h"
#include "net/engine/convolver.h"

typedef struct plan {
    const tw_kernels *kernels;
    size_t in_channels, out_channels;
    int relu;
    tw_winograd forward, data; /* x to y, and adjoints back; with the terms of a second order */
    size_t pairs;              /* numbers of laid out weights */
} plan;

/* Weights at the points: values and tangents, as the convolution and its transpose want them. */
enum { FORWARD, DATA, WAYS };

typedef struct state {
    const plan *plan;
    float *laid[2][WAYS]; /* owned */
    const float *plain[2];
    int due[2];                   /* DATA is to be laid out from `plain` */
    float *scratch, *sums, *bias; /* lent */
} state;

/* ---- plan ---- */

/* Tiles are 4 x 4: where images are smaller, most of what is computed would not be wanted. */
static int fills_tiles(const tw_engine_convolution_spec *s) {
    enum { TILE = 4 };
    size_t tiles = (s->out[0] + TILE - 1) / TILE * ((s->out[1] + TILE - 1) / TILE);
    return tiles * TILE * TILE <= 2 * s->out[0] * s->out[1];
}

/* The first layer's few channels would mostly be fill. */
static int fills_blocks(size_t channels) {
    size_t block = tw_engine_block();
    return 2 * channels >= tw_engine_blocks(channels, block) * block;
}

static int suits(const tw_engine_convolution_spec *s) {
    int suits = s->groups == 1 && !s->plain_source && fills_blocks(s->in_channels) &&
                fills_blocks(s->out_channels) && fills_tiles(s);
    for (int i = 0; i < 2; i++)
        suits = suits && s->kernel[i] == 3 && s->stride[i] == 1 && s->dilation[i] == 1 &&
                s->before[i] <= 2;
    return suits;
}

static tw_status new_plan(const tw_engine_convolution_spec *s, void **out) {
    if (!suits(s))
        return TW_DECLINED;
    size_t block = tw_engine_block();
    tw_winograd forward = {.width = block,
                           .batch = s->batch,
                           .in_blocks = tw_engine_blocks(s->in_channels, block),
                           .out_blocks = tw_engine_blocks(s->out_channels, block),
                           .in = {s->in[0], s->in[1]},
                           .out = {s->out[0], s->out[1]},
                           .before = {s->before[0], s->before[1]},
                           .terms = 2};
    const tw_kernels *kernels = tw_kernels_current();
    if (kernels->winograd_scratch(&forward) == 0) /* a level of other blocks is in force */
        return TW_DECLINED;
    plan *made = tw_alloc(1, sizeof *made);
    if (made == NULL)
        return tw_fail(TW_ERR_MEMORY, "not enough memory for a convolution");
    *made = (plan){.kernels = kernels,
                   .in_channels = s->in_channels,
                   .out_channels = s->out_channels,
                   .relu = s->relu,
                   .forward = forward,
                   .data = forward,
                   .pairs = TW_WINOGRAD_POINTS * forward.in_blocks * forward.out_blocks *
                            forward.width * forward.width};
    made->data.in_blocks = forward.out_blocks;
    made->data.out_blocks = forward.in_blocks;
    for (int i = 0; i < 2; i++) {
        made->data.in[i] = s->out[i];
        made->data.out[i] = s->in[i];
        made->data.before[i] = 2 - s->before[i];
    }
    *out = made;
    return TW_OK;
}

/* ---- state ---- */

static tw_status new_state(const void *of, void **out) {
    state *made = tw_alloc(1, sizeof *made);
    if (made == NULL)
        return tw_fail(TW_ERR_MEMORY, "not enough memory for a convolution");
    made->plan = of;
    *out = made;
    return TW_OK;
}

static void free_state(void *freed) {
    state *s = freed;
    for (int k = 0; k < 2; k++)
        for (int way = 0; way < WAYS; way++)
            free(s->laid[k][way]);
    free(s);
}

/* The library's kernels' own, and sums of weights' adjoints. */
static size_t kernel_bytes(const plan *p) {
    size_t forward = p->kernels->winograd_scratch(&p->forward),
           data = p->kernels->winograd_scratch(&p->data);
    return (forward > data ? forward : data) * sizeof(float);
}

/* Numbers of a bias that ends where the last block does. */
static size_t whole_channels(const plan *p) {
    return p->forward.out_blocks * p->forward.width;
}

static size_t scratch_bytes(const void *of) {
    const plan *p = of;
    return kernel_bytes(p) + (p->pairs + whole_channels(p)) * sizeof(float);
}

static void lend(void *lent, void *scratch) {
    state *s = lent;
    s->scratch = scratch;
    s->sums = s->scratch + kernel_bytes(s->plan) / sizeof(float);
    s->bias = s->sums + s->plan->pairs;
}

static tw_status lay_way(state *s, int which, int way) {
    const plan *p = s->plan;
    tw_winograd_weights weights = {p->out_channels, p->in_channels, 0};
    if (way == DATA)
        weights = (tw_winograd_weights){p->in_channels, p->out_channels, 1};
    float **to = &s->laid[which][way];
    if (*to == NULL && (*to = tw_alloc(p->pairs, sizeof **to)) == NULL)
        return tw_fail(TW_ERR_MEMORY, "not enough memory for a convolution");
    p->kernels->winograd_weights(&weights, s->plain[which], *to);
    return TW_OK;
}

/* The transposed ones when they are wanted: most points are evaluated alone. */
static tw_status lay(void *of, const float *weights, tw_engine_weights which) {
    state *s = of;
    s->plain[which] = weights;
    s->due[which] = 1;
    return lay_way(s, which, FORWARD);
}

static tw_status lay_data(state *s, int which) {
    if (!s->due[which])
        return TW_OK;
    s->due[which] = 0;
    return lay_way(s, which, DATA);
}

/* ---- tasks ---- */

static tw_status run(state *s, int way, const tw_engine_term *terms, size_t count,
                     const tw_winograd_ending *end, float *y) {
    tw_winograd c = way == DATA ? s->plan->data : s->plan->forward;
    tw_winograd_term of[2];
    for (size_t k = 0; k < count; k++) {
        tw_status status = way == DATA ? lay_data(s, (int)terms[k].weights) : TW_OK;
        if (status != TW_OK)
            return status;
        of[k] = (tw_winograd_term){terms[k].image, s->laid[terms[k].weights][way]};
    }
    c.terms = count;
    s->plan->kernels->winograd(&c, of, end, s->scratch, y);
    return TW_OK;
}

static const float *whole(state *s, const float *bias) {
    size_t channels = s->plan->out_channels, all = whole_channels(s->plan);
    if (bias == NULL)
        return NULL;
    memcpy(s->bias, bias, channels * sizeof *bias);
    memset(s->bias + channels, 0, (all - channels) * sizeof *bias);
    return s->bias;
}

static tw_status forward(void *of, const float *x, const float *bias, const float *addend,
                         float *y) {
    state *s = of;
    return run(s, FORWARD, &(tw_engine_term){x, TW_ENGINE_VALUES}, 1,
               &(tw_winograd_ending){whole(s, bias), addend, NULL, s->plan->relu}, y);
}

static tw_status tangent(void *of, const tw_engine_term *terms, size_t count, const float *bias,
                         const float *addend, const float *mask, float *y) {
    return run(of, FORWARD, terms, count, &(tw_winograd_ending){whole(of, bias), addend, mask, 0},
               y);
}

static tw_status data(void *of, const tw_engine_term *terms, size_t count, int fresh, float *gx) {
    return run(of, DATA, terms, count, &(tw_winograd_ending){NULL, fresh ? NULL : gx, NULL, 0}, gx);
}

/* A number a channel: images one after the other, their pixels in order. */
static void add_channels(const plan *p, const float *gz, float *gb) {
    size_t width = p->forward.width, pixels = p->forward.out[0] * p->forward.out[1];
    for (size_t k = 0; k < p->forward.batch * p->forward.out_blocks; k++) {
        float *to = gb + k % p->forward.out_blocks * width;
        size_t left = p->out_channels - k % p->forward.out_blocks * width;
        float sums[16] = {0};
        for (size_t q = 0; q < pixels; q++, gz += width)
            for (size_t l = 0; l < width; l++)
                sums[l] += gz[l];
        for (size_t l = 0; l < width && l < left; l++)
            to[l] += sums[l];
    }
}

static tw_status weights(void *of, const float *x, const float *gz, float *gw, float *gb) {
    state *s = of;
    const plan *p = s->plan;
    if (gb != NULL)
        add_channels(p, gz, gb);
    if (gw == NULL)
        return TW_OK;
    memset(s->sums, 0, p->pairs * sizeof *s->sums);
    p->kernels->winograd_adjoint(&p->forward, x, gz, s->scratch, s->sums);
    p->kernels->winograd_weights_adjoint(&(tw_winograd_weights){p->out_channels, p->in_channels, 0},
                                         s->sums, gw);
    return TW_OK;
}

const tw_convolver tw_convolver_winograd = {.plan = new_plan,
                                            .plan_free = free,
                                            .state_new = new_state,
                                            .state_free = free_state,
                                            .scratch = scratch_bytes,
                                            .lend = lend,
                                            .lay = lay,
                                            .forward = forward,
                                            .tangent = tangent,
                                            .data = data,
                                            .weights = weights};
