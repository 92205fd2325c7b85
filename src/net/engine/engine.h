/* engine.h: kernels in single precision of a library for the processor at hand (oneDNN), which take
 * the place of the plain ones. What is known of that library is in the files *_dnnl*.c; without it
 * (engine_none.c) every plan is declined.
 *
 * Tensors of images may be blocked: (N, C, H, W) as (N, C / b, H, W, b), b channels beside each
 * other, with channels of 0 up to the next multiple of b. The dimensions of a plan are those of the
 * images, whatever the layout.
 *
 * Everything runs on the calling thread, in one order whatever the number of threads.
 */
#ifndef TW_NET_ENGINE_ENGINE_H
#define TW_NET_ENGINE_ENGINE_H

#include "net/program/net_pass.h"

/* Channels of a block: 16, 8, or 0 where there is no engine. */
size_t tw_engine_block(void);
/* Blocks of that many channels that so many fill, the last one perhaps in part. */
static inline size_t tw_engine_blocks(size_t channels, size_t block) {
    return (channels + block - 1) / block;
}
/* "oneDNN 2.6.3", or NULL. */
const char *tw_engine_name(void);

/* y = act(conv(x, w) + b + r): inputs x, w (plain, in ONNX's order), then the bias b where there is
 * one, then the tensor r that is added where there is one; act is max(0, .) or nothing. x, r and y
 * are blocked, but x where `plain_source` says otherwise. */
typedef struct tw_engine_convolution_spec {
    size_t batch, groups, in_channels, out_channels;
    size_t in[2], out[2], kernel[2], stride[2], dilation[2], before[2],
        after[2]; /* height, width */
    int plain_source, has_bias, has_addend, relu;
    int still;          /* no derivative by x is wanted */
    tw_net_order order; /* how far derivatives are wanted */
} tw_engine_convolution_spec;

extern const tw_net_kernel tw_engine_convolution;
/* TW_DECLINED, without text, if the engine cannot. */
tw_status tw_engine_convolution_plan(const tw_engine_convolution_spec *spec, void **plan);

/* C = A B for matrices, either of which may be transposed: inputs A (m x k) and B (k x n),
 * row-major. */
typedef struct tw_engine_product_spec {
    size_t m, n, k;
    int transposed[2]; /* stored as k x m, n x k */
} tw_engine_product_spec;

extern const tw_net_kernel tw_engine_product;
tw_status tw_engine_product_plan(const tw_engine_product_spec *spec, void **plan);

#endif
