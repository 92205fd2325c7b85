/* engine_layout.h: from images in planes, (N, C, H, W), to blocked ones (engine.h) and back, in
 * single precision. */
#ifndef TW_NET_ENGINE_ENGINE_LAYOUT_H
#define TW_NET_ENGINE_ENGINE_LAYOUT_H

#include "net/step/net_kernel.h"

typedef struct tw_engine_layout {
    size_t batch, channels, pixels, block;
    int to_blocks; /* or back to planes */
} tw_engine_layout;

/* Its plan is a tw_engine_layout. LINEAR. */
extern const tw_net_kernel tw_engine_relayout;

#endif
