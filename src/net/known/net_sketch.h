/* net_sketch.h: a graph that is drawn layer by layer. A layer takes a value and gives one; the
 * first failure is kept in `status`, and what is drawn after it does nothing. Names are those of
 * modules: a layer "layer1.0.conv1" has the block "layer1.0.conv1.weight". */
#ifndef TW_NET_KNOWN_NET_SKETCH_H
#define TW_NET_KNOWN_NET_SKETCH_H

#include "net/graph/net_graph.h"

typedef struct tw_net_sketch {
    tw_net_graph *graph;
    tw_status status;
    uint64_t seed;
    int bare;        /* shapes alone are of use: weights are zeros */
    size_t channels; /* of the value drawn last: of images, or numbers in a row */
} tw_net_sketch;

/* A k x k convolution; k / 2 pixels of zeros around. */
size_t tw_sketch_conv(tw_net_sketch *sketch, const char *name, size_t x, size_t channels, size_t k,
                      size_t stride);
/* The same with a bias. */
size_t tw_sketch_conv_bias(tw_net_sketch *sketch, const char *name, size_t x, size_t channels,
                           size_t k);
size_t tw_sketch_norm(tw_net_sketch *sketch, const char *name, size_t x);
size_t tw_sketch_linear(tw_net_sketch *sketch, const char *name, size_t x, size_t outputs);

size_t tw_sketch_relu(tw_net_sketch *sketch, size_t x);
size_t tw_sketch_add(tw_net_sketch *sketch, size_t a, size_t b);
/* Channels of a before those of b, which are `more`. */
size_t tw_sketch_concat(tw_net_sketch *sketch, size_t a, size_t b, size_t more);
/* 2 x 2 windows that do not overlap. */
size_t tw_sketch_max_pool(tw_net_sketch *sketch, size_t x);
size_t tw_sketch_average_pool(tw_net_sketch *sketch, size_t x);
/* The mean over the pixels, as a row. */
size_t tw_sketch_global_average(tw_net_sketch *sketch, size_t x);
/* A row of `numbers`. */
size_t tw_sketch_flatten(tw_net_sketch *sketch, size_t x, size_t numbers);
/* Every `stride`-th pixel, and as many channels of zeros before as after up to `channels`. */
size_t tw_sketch_thin_and_pad(tw_net_sketch *sketch, size_t x, size_t channels, size_t stride);

#endif
