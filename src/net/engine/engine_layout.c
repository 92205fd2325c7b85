#include "net/engine/engine_layout.h"

#include <string.h>

/* The pixels of up to `block` planes, side by side; planes that are not there are 0. */
static void interleave(const tw_engine_layout *plan, size_t width, const float *planes, float *to) {
    size_t pixels = plan->pixels, block = plan->block;
    if (width < block)
        memset(to, 0, pixels * block * sizeof *to);
    if (width == 16 && block == 16) /* a count that is known makes vectors of it */
        for (size_t p = 0; p < pixels; p++)
            for (size_t i = 0; i < 16; i++)
                to[p * 16 + i] = planes[i * pixels + p];
    else
        for (size_t i = 0; i < width; i++)
            for (size_t p = 0; p < pixels; p++)
                to[p * block + i] = planes[i * pixels + p];
}

static void separate(const tw_engine_layout *plan, size_t width, const float *blocks, float *to,
                     int adds) {
    size_t pixels = plan->pixels, block = plan->block;
    for (size_t i = 0; i < width; i++)
        for (size_t p = 0; p < pixels; p++) {
            float *entry = &to[i * pixels + p];
            *entry = (adds ? *entry : 0) + blocks[p * block + i];
        }
}

/* The adjoint of `interleave` adds: so do those of blocks to themselves. */
static void interleave_add(const tw_engine_layout *plan, size_t width, const float *planes,
                           float *to) {
    for (size_t i = 0; i < width; i++)
        for (size_t p = 0; p < plan->pixels; p++)
            to[p * plan->block + i] += planes[i * plan->pixels + p];
}

static void each(const tw_engine_layout *plan, int to_blocks, int adds, const float *from,
                 float *to) {
    for (size_t n = 0; n < plan->batch; n++)
        for (size_t c = 0; c < plan->channels; c += plan->block) {
            size_t left = plan->channels - c, width = left < plan->block ? left : plan->block;
            size_t blocks = plan->block * plan->pixels, planes = width * plan->pixels;
            if (!to_blocks)
                separate(plan, width, from, to, adds);
            else if (adds)
                interleave_add(plan, width, from, to);
            else
                interleave(plan, width, from, to);
            from += to_blocks ? planes : blocks;
            to += to_blocks ? blocks : planes;
        }
}

static tw_status forward(const void *plan_, void *state, const float *const *in, float *out) {
    const tw_engine_layout *plan = plan_;
    each(plan, plan->to_blocks, 0, in[0], out);
    return TW_OK;
}

static tw_status backward(const void *plan_, void *state, const float *const *in, const float *out,
                          const float *gout, float *const *gin) {
    const tw_engine_layout *plan = plan_;
    if (gin[0] != NULL)
        each(plan, !plan->to_blocks, 1, gout, gin[0]);
    return TW_OK;
}

static const tw_net_functions_f32 functions = {.forward = forward, .backward = backward};
const tw_net_kernel tw_engine_relayout = {
    .name = "layout", .kind = TW_NET_LINEAR, .f32 = &functions};
