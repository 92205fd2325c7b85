/* probe.h: random vectors of +1 and -1, 0 where parameters stay; and blocks of an operator. */
#ifndef TW_CURVATURE_PROBE_H
#define TW_CURVATURE_PROBE_H

#include "thalweg/curvature.h"

/* Number `draw` of the stream: a function of seed, stream and draw alone. */
void tw_probe_fill(const tw_curvature *curvature, uint64_t seed, const char *stream, size_t draw,
                   double *out);

/* A block of which something moves. */
typedef struct tw_probe_block {
    size_t block, offset, count;
} tw_probe_block;
/* Those of the operator, in the space's order; *out is the caller's. */
tw_status tw_probe_blocks(const tw_curvature *curvature, size_t *count, tw_probe_block **out);

#endif
