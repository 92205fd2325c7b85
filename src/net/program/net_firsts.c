#include "net/program/net_firsts.h"

#include <stdlib.h>

#include "core/alloc.h"

/* By edge: 1 if its adjoint is the pass's own from the start, so that somebody may write it. */
static void find_own(const tw_net_program *program, tw_net_time time, unsigned char *own) {
    for (size_t e = 0; e < program->edge_count; e++) {
        const tw_net_edge *edge = &program->edges[e];
        own[e] =
            edge->time == time && edge->step != TW_NET_NONE && edge->active && e != program->output;
    }
    for (size_t s = 0; s < program->step_count; s++) {
        const tw_net_step *step = &program->steps[s];
        for (size_t i = 0; i < step->input_count && program->edges[step->output].time > time; i++)
            own[step->inputs[i]] = 0;
    }
}

static int reads_again(const tw_net_step *step, size_t input) {
    for (size_t i = input + 1; i < step->input_count; i++)
        if (step->inputs[i] == step->inputs[input])
            return 1;
    return 0;
}

static void find(const tw_net_program *program, tw_net_time time, const unsigned char *own,
                 tw_net_firsts *firsts) {
    for (size_t s = program->step_count; s-- > 0;) {
        const tw_net_step *step = &program->steps[s];
        const tw_net_edge *output = &program->edges[step->output];
        for (size_t i = 0; i < step->input_count && output->time == time && output->active; i++) {
            size_t edge = step->inputs[i];
            if (!own[edge] || firsts->first[edge])
                continue;
            firsts->first[edge] = 1;
            firsts->contributions[firsts->starts[s] + i] =
                reads_again(step, i) ? TW_NET_ADDS_TO_0 : TW_NET_WRITES;
        }
    }
}

tw_status tw_net_firsts_plan(const tw_net_program *program, tw_net_time time, tw_net_firsts *out) {
    size_t inputs = 0;
    unsigned char *own = tw_alloc(program->edge_count, 1);
    *out = (tw_net_firsts){.starts = tw_alloc(program->step_count, sizeof *out->starts),
                           .first = tw_alloc(program->edge_count, 1)};
    for (size_t s = 0; s < program->step_count && out->starts != NULL; s++) {
        out->starts[s] = inputs;
        inputs += program->steps[s].input_count;
    }
    out->contributions = tw_alloc(inputs, 1);
    int ok = own != NULL && out->starts != NULL && out->first != NULL && out->contributions != NULL;
    if (ok) {
        find_own(program, time, own);
        find(program, time, own, out);
    }
    free(own);
    return ok ? TW_OK
              : tw_fail(TW_ERR_MEMORY, "%s: not enough memory for a network", program->graph->name);
}

void tw_net_firsts_release(tw_net_firsts *firsts) {
    free(firsts->contributions);
    free(firsts->starts);
    free(firsts->first);
    *firsts = (tw_net_firsts){0};
}
