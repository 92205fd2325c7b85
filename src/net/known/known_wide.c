/* Wide residual networks of depth 6 n + 4: Zagoruyko and Komodakis, "Wide residual networks" (BMVC
 * 2016), which normalise before they convolve. */
#include <stdio.h>

#include "net/known/known.h"

static size_t block(tw_net_sketch *s, size_t number, size_t index, size_t x, size_t channels,
                    size_t stride) {
    char name[48], *end = name + snprintf(name, sizeof name, "block%zu.layer.%zu.", number, index);
    size_t left = sizeof name - (size_t)(end - name), before = s->channels, y, skip = x;
#define LAYER(text) (snprintf(end, left, text), name)
    y = tw_sketch_relu(s, tw_sketch_norm(s, LAYER("bn1"), x));
    size_t common = y;
    y = tw_sketch_conv(s, LAYER("conv1"), y, channels, 3, stride);
    y = tw_sketch_relu(s, tw_sketch_norm(s, LAYER("bn2"), y));
    y = tw_sketch_conv(s, LAYER("conv2"), y, channels, 3, 1);
    s->channels = before;
    if (before != channels)
        skip = tw_sketch_conv(s, LAYER("convShortcut"), common, channels, 1, stride);
#undef LAYER
    s->channels = channels;
    return tw_sketch_add(s, skip, y);
}

size_t tw_net_draw_wide(tw_net_sketch *s, const tw_net_architecture *of, size_t classes) {
    size_t blocks = (of->depth - 4) / 6, x = tw_sketch_conv(s, "conv1", s->graph->input, 16, 3, 1);
    for (size_t stage = 0; stage < 3; stage++)
        for (size_t b = 0; b < blocks; b++)
            x = block(s, stage + 1, b, x, ((size_t)16 << stage) * of->width,
                      stage > 0 && b == 0 ? 2 : 1);
    x = tw_sketch_relu(s, tw_sketch_norm(s, "bn1", x));
    return tw_sketch_linear(s, "fc", tw_sketch_global_average(s, x), classes);
}
