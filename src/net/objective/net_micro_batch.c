#include "net/objective/net_micro_batch.h"

enum {
    STEP_BYTES = 4 << 20,
    ALL_BYTES = 64 << 20,
    MOST_SAMPLES = 128,
    MOST_LANES = 16,
    MOST_TOGETHER = 8
};

static size_t batch_count(const tw_net_program *program, size_t edge) {
    const tw_net_edge *of = &program->edges[edge];
    return of->time == TW_NET_AT_BATCH ? tw_net_shape_count(&of->shape) : 0;
}

size_t tw_net_micro_batch(const tw_net_program *one, size_t bytes) {
    size_t most = 1, all = 1;
    for (size_t s = 0; s < one->step_count; s++) {
        const tw_net_step *step = &one->steps[s];
        size_t count = batch_count(one, step->output);
        all += count;
        for (size_t i = 0; i < step->input_count; i++)
            count += batch_count(one, step->inputs[i]);
        if (count > most)
            most = count;
    }
    size_t samples = STEP_BYTES / bytes / most, worthwhile = one->size / all,
           room = ALL_BYTES / bytes / all;
    worthwhile = worthwhile < room ? worthwhile : room;
    samples = samples > worthwhile ? samples : worthwhile;
    return samples < 1 ? 1 : samples > MOST_SAMPLES ? MOST_SAMPLES : samples;
}

size_t tw_net_even_batch(size_t batch, size_t count) {
    if (count == 0)
        return 1;
    size_t pieces = (count + batch - 1) / batch;
    if (pieces > MOST_LANES / 2)
        pieces = (pieces + MOST_LANES - 1) / MOST_LANES * MOST_LANES;
    return (count + pieces - 1) / pieces;
}

static size_t blocks_in(size_t bytes, size_t size, size_t least, size_t most) {
    size_t blocks = bytes / sizeof(double) / (size > 0 ? size : 1);
    return blocks < least ? least : blocks > most ? most : blocks;
}

size_t tw_net_lanes(size_t size) {
    return blocks_in((size_t)256 << 20, size, 2, MOST_LANES);
}

size_t tw_net_together(size_t size) {
    size_t lanes = tw_net_lanes(size);
    return blocks_in(((size_t)512 << 20) / lanes, size, 1, MOST_TOGETHER);
}
