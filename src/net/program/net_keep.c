#include "net/program/net_keep.h"

#include "core/alloc.h"

static void keep(const tw_net_program *program, tw_net_time time, size_t edge, int what,
                 unsigned char *keeps) {
    const tw_net_edge *of = &program->edges[edge];
    if (of->time == time && of->step != TW_NET_NONE)
        keeps[edge] |= (unsigned char)what;
}

tw_status tw_net_keep_plan(const tw_net_program *program, tw_net_time time, unsigned char **out) {
    unsigned char *keeps = tw_alloc(program->edge_count, 1);
    *out = keeps;
    if (keeps == NULL)
        return tw_fail(TW_ERR_MEMORY, "%s: not enough memory for a network", program->graph->name);
    keep(program, time, program->output, TW_NET_KEEP_VALUE, keeps);
    for (size_t s = 0; s < program->step_count; s++) {
        const tw_net_step *step = &program->steps[s];
        if (!program->edges[step->output].active || step->kernel->kind == TW_NET_LINEAR)
            continue;
        for (size_t i = 0; i < step->input_count; i++)
            keep(program, time, step->inputs[i], TW_NET_KEEP_VALUE, keeps);
        keep(program, time, step->output, TW_NET_KEEP_ADJOINT, keeps);
        if (step->kernel->kind != TW_NET_BILINEAR)
            keep(program, time, step->output, TW_NET_KEEP_VALUE, keeps);
    }
    return TW_OK;
}
