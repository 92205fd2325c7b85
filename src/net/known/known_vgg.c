/* VGG with batch normalisation and one hidden layer, as Li et al., "Visualizing the loss landscape
 * of neural nets" (NeurIPS 2018) have it for images of 32 x 32. */
#include <stdio.h>

#include "net/known/known.h"

/* Convolutions of each stage, before it halves the images. */
typedef struct stage {
    size_t convolutions, channels;
} stage;

static const stage stages9[] = {{2, 64}, {2, 128}, {3, 256}, {0, 0}};
static const stage stages16[] = {{2, 64}, {2, 128}, {3, 256}, {3, 512}, {3, 512}, {0, 0}};
static const stage stages19[] = {{2, 64}, {2, 128}, {4, 256}, {4, 512}, {4, 512}, {0, 0}};

size_t tw_net_draw_vgg(tw_net_sketch *s, const tw_net_architecture *of, size_t classes) {
    const stage *at = of->depth == 9 ? stages9 : of->depth == 16 ? stages16 : stages19;
    size_t x = s->graph->input, side = of->size, module = 0;
    char name[32];
    for (; at->convolutions > 0; at++) {
        for (size_t k = 0; k < at->convolutions; k++) {
            snprintf(name, sizeof name, "features.%zu", module);
            x = tw_sketch_conv_bias(s, name, x, at->channels, 3);
            snprintf(name, sizeof name, "features.%zu", module + 1);
            x = tw_sketch_relu(s, tw_sketch_norm(s, name, x));
            module += 3; /* the activation is a module too, and so is the pooling */
        }
        x = tw_sketch_max_pool(s, x);
        side /= 2;
        module++;
    }
    size_t maps = s->channels;
    x = tw_sketch_linear(s, "fc.0", tw_sketch_flatten(s, x, maps * side * side), maps);
    x = tw_sketch_relu(s, tw_sketch_norm(s, "fc.1", x));
    return tw_sketch_linear(s, "classifier", x, classes);
}
