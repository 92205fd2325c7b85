/* Residual networks for CIFAR-10: He, Zhang, Ren and Sun, "Deep residual learning for image
 * recognition" (CVPR 2016), section 4.2, of depth 6 n + 2; and wide and shortcut-free ones of Li et
 * al., "Visualizing the loss landscape of neural nets" (NeurIPS 2018). */
#include <stdio.h>

#include "net/known/known.h"

/* Names of a block's layers. */
typedef struct names {
    char conv[2][40], norm[2][40], short_conv[40], short_norm[40];
} names;

static void name_block(size_t stage, size_t block, names *out) {
    for (size_t k = 0; k < 2; k++) {
        snprintf(out->conv[k], sizeof out->conv[k], "layer%zu.%zu.conv%zu", stage, block, k + 1);
        snprintf(out->norm[k], sizeof out->norm[k], "layer%zu.%zu.bn%zu", stage, block, k + 1);
    }
    snprintf(out->short_conv, sizeof out->short_conv, "layer%zu.%zu.shortcut.0", stage, block);
    snprintf(out->short_norm, sizeof out->short_norm, "layer%zu.%zu.shortcut.1", stage, block);
}

static size_t shortcut(tw_net_sketch *s, tw_net_shortcut kind, const names *name, size_t x,
                       size_t channels, size_t stride) {
    if (stride == 1 && s->channels == channels)
        return x;
    if (kind == TW_NET_SHORTCUT_PAD)
        return tw_sketch_thin_and_pad(s, x, channels, stride);
    x = tw_sketch_conv(s, name->short_conv, x, channels, 1, stride);
    return tw_sketch_norm(s, name->short_norm, x);
}

static size_t block(tw_net_sketch *s, tw_net_shortcut kind, const names *name, size_t x,
                    size_t channels, size_t stride) {
    size_t before = s->channels, y = tw_sketch_conv(s, name->conv[0], x, channels, 3, stride);
    y = tw_sketch_relu(s, tw_sketch_norm(s, name->norm[0], y));
    y = tw_sketch_norm(s, name->norm[1], tw_sketch_conv(s, name->conv[1], y, channels, 3, 1));
    s->channels = before;
    if (kind != TW_NET_SHORTCUT_NONE)
        y = tw_sketch_add(s, y, shortcut(s, kind, name, x, channels, stride));
    s->channels = channels;
    return tw_sketch_relu(s, y);
}

size_t tw_net_draw_resnet(tw_net_sketch *s, const tw_net_architecture *of, size_t classes) {
    size_t blocks = (of->depth - 2) / 6, x = s->graph->input;
    x = tw_sketch_conv(s, "conv1", x, 16 * of->width, 3, 1);
    x = tw_sketch_relu(s, tw_sketch_norm(s, "bn1", x));
    for (size_t stage = 0; stage < 3; stage++)
        for (size_t b = 0; b < blocks; b++) {
            names name;
            name_block(stage + 1, b, &name);
            x = block(s, of->shortcut, &name, x, ((size_t)16 << stage) * of->width,
                      stage > 0 && b == 0 ? 2 : 1);
        }
    return tw_sketch_linear(s, "linear", tw_sketch_global_average(s, x), classes);
}
