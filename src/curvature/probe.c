#include "curvature/probe.h"

#include "core/alloc.h"
#include "thalweg/rng.h"

enum { BITS = 64 };

void tw_probe_fill(const tw_curvature *curvature, uint64_t seed, const char *stream, size_t draw,
                   double *out) {
    tw_curvature_facts facts;
    const double *scale = tw_curvature_scale(curvature);
    tw_curvature_facts_of(curvature, &facts);
    size_t words = (facts.size + BITS - 1) / BITS;
    uint64_t name = tw_rng_stream(stream), bits = 0;
    for (size_t i = 0; i < facts.size; i++) {
        if (i % BITS == 0)
            bits = tw_rng_bits(seed, name, draw * words + i / BITS);
        out[i] = scale[i] == 0 ? 0 : bits >> (i % BITS) & 1 ? 1 : -1;
    }
}

static int any_moves(const double *scale, const tw_block *block) {
    for (size_t i = 0; i < block->count; i++)
        if (scale[block->offset + i] != 0)
            return 1;
    return 0;
}

tw_status tw_probe_blocks(const tw_curvature *curvature, size_t *count, tw_probe_block **out) {
    const tw_space *space = tw_objective_space(tw_curvature_objective(curvature));
    const double *scale = tw_curvature_scale(curvature);
    *count = 0;
    *out = tw_alloc(tw_space_blocks(space), sizeof **out);
    if (*out == NULL)
        return tw_fail(TW_ERR_MEMORY, "not enough memory for %zu blocks", tw_space_blocks(space));
    for (size_t k = 0; k < tw_space_blocks(space); k++) {
        const tw_block *block = tw_space_block(space, k);
        if (any_moves(scale, block))
            (*out)[(*count)++] = (tw_probe_block){k, block->offset, block->count};
    }
    return TW_OK;
}
