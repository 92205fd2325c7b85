/* convolver.h: who computes the convolutions of blocked images: an algorithm in a few tasks, from
 * which engine_convolution.c makes a step with its derivatives.
 *
 * Tensors are as engine.h says. Results are written wholly, channels that only fill a block as 0.
 */
#ifndef TW_NET_ENGINE_CONVOLVER_H
#define TW_NET_ENGINE_CONVOLVER_H

#include "net/engine/engine.h"

/* Which weights, as laid out by `lay`. */
typedef enum tw_engine_weights { TW_ENGINE_VALUES, TW_ENGINE_TANGENTS } tw_engine_weights;

/* conv(image, weights), or of adjoints conv'(image, weights). */
typedef struct tw_engine_term {
    const float *image;
    tw_engine_weights weights;
} tw_engine_term;

typedef struct tw_convolver {
    /* TW_DECLINED, without text, where it cannot. */
    tw_status (*plan)(const tw_engine_convolution_spec *spec, void **plan);
    void (*plan_free)(void *plan);
    /* What a thread needs, and bytes that it is lent (net_kernel.h). */
    tw_status (*state_new)(const void *plan, void **state);
    void (*state_free)(void *state);
    size_t (*scratch)(const void *plan);
    void (*lend)(void *state, void *scratch);

    /* Lays out the weights (in ONNX's order), once a point. */
    tw_status (*lay)(void *state, const float *weights, tw_engine_weights which);
    /* y = act(conv(x, w) + bias + addend); bias and addend may be NULL; the addend may be y. */
    tw_status (*forward)(void *state, const float *x, const float *bias, const float *addend,
                         float *y);
    /* y = the terms' sum + bias + addend, 0 where `mask` is not above 0 (NULL: nowhere); one or two
     * terms, or none. */
    tw_status (*tangent)(void *state, const tw_engine_term *terms, size_t count, const float *bias,
                         const float *addend, const float *mask, float *y);
    /* gx = the sum of one or two terms, or += where it is not fresh. */
    tw_status (*data)(void *state, const tw_engine_term *terms, size_t count, int fresh, float *gx);
    /* gw += conv'(x, gz), and gb += the sums of gz; either may be NULL. */
    tw_status (*weights)(void *state, const float *x, const float *gz, float *gw, float *gb);
} tw_convolver;

/* oneDNN's, and ours of 3 x 3 at stride 1 (kernels.h). */
extern const tw_convolver tw_convolver_dnnl, tw_convolver_winograd;

#endif
