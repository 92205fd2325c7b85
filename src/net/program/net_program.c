/* What a program owns, and what it costs. */
#include "net/program/net_program.h"

#include <stdlib.h>

void tw_net_program_free(tw_net_program *program) {
    if (program == NULL)
        return;
    for (size_t e = 0; e < program->edge_count; e++)
        free(program->edges[e].known);
    for (size_t s = 0; s < program->step_count; s++) {
        tw_net_step *step = &program->steps[s];
        if (step->kernel->plan_free != NULL && step->plan != NULL)
            step->kernel->plan_free(step->plan);
        else
            free(step->plan);
        free(step->inputs);
    }
    free(program->edges);
    free(program->steps);
    free(program->norms);
    free(program);
}

double tw_net_program_work(const tw_net_program *program) {
    double work = 0;
    for (size_t s = 0; s < program->step_count; s++) {
        const tw_net_step *step = &program->steps[s];
        if (step->kernel->work != NULL && program->edges[step->output].time == TW_NET_AT_BATCH)
            work += step->kernel->work(step->plan);
    }
    return work;
}
