/* known.h: architectures by name, each described on the graph that files are read into, with blocks
 * named and ordered as in the state dictionaries of the PyTorch code that is usual for it. */
#ifndef TW_NET_KNOWN_KNOWN_H
#define TW_NET_KNOWN_KNOWN_H

#include "net/known/net_sketch.h"

/* "resnet20", ...: names without the endings that some take; NULL past the end. */
const char *tw_net_known_name(size_t index);
/* Whether `spec` is such a name, with or without an ending. */
int tw_net_known_takes(const char *spec);

/* How pixels usually are for its trained files: "imagenet" or "cifar2471" (study/preprocess.c);
 * NULL where it is no such name. */
const char *tw_net_known_prepared(const char *spec);

enum { TW_NET_KNOWN_SPEC = 32 };
/* Every name with every ending that makes another network of it, by index; 0 past the end. */
int tw_net_known_spec(size_t index, char spec[TW_NET_KNOWN_SPEC]);

typedef struct tw_net_known_options {
    size_t classes, channels; /* 0: 10, 3 */
    uint64_t seed;            /* of the start */
    int bare; /* its shapes alone are of use: weights are zeros, which takes no time */
} tw_net_known_options;

/* *out is owned by the caller. */
tw_status tw_net_known_graph(const char *spec, const tw_net_known_options *options,
                             tw_net_graph **out);

/* ---- for the families ---- */

/* What stands behind the name. */
typedef enum tw_net_shortcut {
    TW_NET_SHORTCUT_PAD,  /* every other pixel, channels padded by zeros ("option A") */
    TW_NET_SHORTCUT_CONV, /* 1 x 1 convolution and normalisation ("option B") */
    TW_NET_SHORTCUT_NONE
} tw_net_shortcut;

typedef struct tw_net_architecture {
    const char *name;
    /* From the images to the outputs. */
    size_t (*draw)(tw_net_sketch *sketch, const struct tw_net_architecture *of, size_t classes);
    size_t depth, width;
    tw_net_shortcut shortcut;
    int endings;        /* takes -b (shortcuts by convolution) and -noshort */
    size_t size;        /* of the images; 0: any */
    const char *source; /* whose names the blocks have */
} tw_net_architecture;

size_t tw_net_draw_resnet(tw_net_sketch *sketch, const tw_net_architecture *of, size_t classes);
size_t tw_net_draw_wide(tw_net_sketch *sketch, const tw_net_architecture *of, size_t classes);
size_t tw_net_draw_vgg(tw_net_sketch *sketch, const tw_net_architecture *of, size_t classes);
size_t tw_net_draw_densenet(tw_net_sketch *sketch, const tw_net_architecture *of, size_t classes);

#endif
