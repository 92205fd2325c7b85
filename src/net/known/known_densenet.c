/* DenseNet for CIFAR-10: Huang, Liu, van der Maaten and Weinberger, "Densely connected
 * convolutional networks" (CVPR 2017), with bottlenecks, growth 32, halved at transitions. */
#include <stdio.h>

#include "net/known/known.h"

enum { GROWTH = 32 };

static size_t dense(tw_net_sketch *s, size_t stage, size_t index, size_t x) {
    char name[48], *end = name + snprintf(name, sizeof name, "dense%zu.%zu.", stage, index);
    size_t left = sizeof name - (size_t)(end - name), before = s->channels, y;
#define LAYER(text) (snprintf(end, left, text), name)
    y = tw_sketch_relu(s, tw_sketch_norm(s, LAYER("bn1"), x));
    y = tw_sketch_conv(s, LAYER("conv1"), y, 4 * GROWTH, 1, 1);
    y = tw_sketch_relu(s, tw_sketch_norm(s, LAYER("bn2"), y));
    y = tw_sketch_conv(s, LAYER("conv2"), y, GROWTH, 3, 1);
#undef LAYER
    return tw_sketch_concat(s, y, x, before);
}

static size_t transition(tw_net_sketch *s, size_t stage, size_t x) {
    char name[32];
    snprintf(name, sizeof name, "trans%zu.bn", stage);
    x = tw_sketch_relu(s, tw_sketch_norm(s, name, x));
    snprintf(name, sizeof name, "trans%zu.conv", stage);
    return tw_sketch_average_pool(s, tw_sketch_conv(s, name, x, s->channels / 2, 1, 1));
}

size_t tw_net_draw_densenet(tw_net_sketch *s, const tw_net_architecture *of, size_t classes) {
    static const size_t blocks[] = {6, 12, 24, 16};
    size_t x = tw_sketch_conv(s, "conv1", s->graph->input, (size_t)2 * GROWTH, 3, 1);
    for (size_t stage = 0; stage < 4; stage++) {
        for (size_t b = 0; b < blocks[stage]; b++)
            x = dense(s, stage + 1, b, x);
        if (stage < 3)
            x = transition(s, stage + 1, x);
    }
    x = tw_sketch_relu(s, tw_sketch_norm(s, "bn", x));
    return tw_sketch_linear(s, "linear", tw_sketch_global_average(s, x), classes);
}
