#include "net/objective/net_early.h"

#include <stdlib.h>

#include "core/alloc.h"

/* What a step at the time of batches reads, and what of the program's output is not of them. */
static void mark(const tw_net_program *program, unsigned char *read) {
    for (size_t s = 0; s < program->step_count; s++) {
        const tw_net_step *step = &program->steps[s];
        if (program->edges[step->output].time != TW_NET_AT_BATCH)
            continue;
        for (size_t i = 0; i < step->input_count; i++)
            read[step->inputs[i]] = 1;
    }
}

static void add(tw_net_early *early, size_t edge, const tw_net_edge *of) {
    size_t count = tw_net_shape_count(&of->shape);
    early->edges[early->count++] =
        (tw_net_early_edge){.edge = edge,
                            .count = count,
                            .at = early->size,
                            .active_at = of->active ? early->active_size : TW_NET_NONE};
    early->size += count;
    early->active_size += of->active ? count : 0;
}

tw_status tw_net_early_find(const tw_net_program *program, tw_net_early *out) {
    unsigned char *read = tw_alloc(program->edge_count, 1);
    *out = (tw_net_early){.edges = tw_alloc(program->edge_count, sizeof *out->edges)};
    if (read == NULL || out->edges == NULL) {
        free(read);
        tw_net_early_release(out);
        return tw_fail(TW_ERR_MEMORY, "%s: not enough memory to run it", program->graph->name);
    }
    mark(program, read);
    for (size_t e = 0; e < program->edge_count; e++)
        if (read[e] && program->edges[e].time == TW_NET_AT_POINT)
            add(out, e, &program->edges[e]);
    free(read);
    return TW_OK;
}

void tw_net_early_release(tw_net_early *early) {
    free(early->edges);
    *early = (tw_net_early){0};
}
