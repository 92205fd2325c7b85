#include "net/engine/rewrite.h"

#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"

tw_status tw_rewrite_no_memory(const tw_rewrite *rewrite) {
    return tw_fail(TW_ERR_MEMORY, "%s: not enough memory for a network",
                   rewrite->program->graph->name);
}

static void release_plan(const tw_net_step *step) {
    if (step->plan != NULL && step->kernel->plan_free != NULL)
        step->kernel->plan_free(step->plan);
    else
        free(step->plan);
}

tw_status tw_rewrite_open(tw_net_program *program, tw_rewrite *rewrite) {
    *rewrite = (tw_rewrite){
        .program = program, .old_edges = program->edge_count, .edge_room = program->edge_count};
    rewrite->taken = tw_alloc(program->step_count, 1);
    rewrite->planes = tw_alloc(program->edge_count, 1);
    rewrite->blocked = tw_alloc(program->edge_count, sizeof *rewrite->blocked);
    if (rewrite->taken == NULL || rewrite->planes == NULL || rewrite->blocked == NULL)
        return tw_rewrite_no_memory(rewrite);
    for (size_t e = 0; e < program->edge_count; e++) {
        rewrite->blocked[e] = TW_NET_NONE;
        rewrite->planes[e] = program->edges[e].step == TW_NET_NONE;
    }
    return TW_OK;
}

void tw_rewrite_release(tw_rewrite *rewrite) {
    for (size_t s = 0; s < rewrite->count; s++) {
        if (!rewrite->keep[s]) {
            release_plan(&rewrite->steps[s]);
            free(rewrite->steps[s].inputs);
        }
    }
    if (rewrite->steps != NULL) /* not committed: new edges go */
        rewrite->program->edge_count = rewrite->old_edges;
    free(rewrite->steps);
    free(rewrite->keep);
    free(rewrite->taken);
    free(rewrite->planes);
    free(rewrite->blocked);
    *rewrite = (tw_rewrite){0};
}

/* Drops new steps that nobody reads. Those that were kept go with the old ones. */
static tw_status sweep(tw_rewrite *rewrite) {
    const tw_net_program *program = rewrite->program;
    unsigned char *wanted = tw_alloc(program->edge_count, 1);
    size_t left = rewrite->count;
    if (wanted == NULL)
        return tw_rewrite_no_memory(rewrite);
    wanted[program->output] = 1;
    for (size_t s = rewrite->count; s-- > 0;) {
        tw_net_step *step = &rewrite->steps[s];
        if (!wanted[step->output] && program->edges[step->output].time == TW_NET_AT_BATCH &&
            !rewrite->keep[s]) {
            release_plan(step);
            free(step->inputs);
            continue;
        }
        for (size_t i = 0; i < step->input_count; i++)
            wanted[step->inputs[i]] = 1;
        rewrite->steps[--left] = *step;
        rewrite->keep[left] = rewrite->keep[s];
    }
    rewrite->count -= left;
    memmove(rewrite->steps, rewrite->steps + left, rewrite->count * sizeof *rewrite->steps);
    free(wanted);
    return TW_OK;
}

tw_status tw_rewrite_commit(tw_rewrite *rewrite) {
    tw_net_program *program = rewrite->program;
    tw_status status = sweep(rewrite);
    if (status != TW_OK)
        return status;
    for (size_t s = 0; s < program->step_count; s++)
        if (!rewrite->taken[s]) {
            release_plan(&program->steps[s]);
            free(program->steps[s].inputs);
        }
    free(program->steps);
    program->steps = rewrite->steps;
    program->step_count = rewrite->count;
    rewrite->steps = NULL;
    rewrite->count = 0;
    for (size_t e = 0; e < program->edge_count; e++)
        program->edges[e].step = TW_NET_NONE;
    for (size_t s = 0; s < program->step_count; s++)
        program->edges[program->steps[s].output].step = s;
    return TW_OK;
}

const tw_net_step *tw_rewrite_maker(const tw_rewrite *rewrite, size_t edge) {
    for (size_t s = rewrite->count; s-- > 0;)
        if (rewrite->steps[s].output == edge)
            return &rewrite->steps[s];
    return NULL;
}

tw_status tw_rewrite_edge(tw_rewrite *rewrite, size_t like, size_t count, size_t *edge) {
    tw_net_program *program = rewrite->program;
    if (program->edge_count == rewrite->edge_room) {
        size_t room = 2 * rewrite->edge_room + 16;
        tw_net_edge *larger = reallocarray(program->edges, room, sizeof *larger);
        if (larger == NULL)
            return tw_rewrite_no_memory(rewrite);
        program->edges = larger;
        rewrite->edge_room = room;
    }
    tw_net_edge added = program->edges[like];
    added.known = NULL;
    added.value = added.step = TW_NET_NONE;
    if (added.time == TW_NET_AT_BUILD)
        added.time = TW_NET_AT_POINT; /* computed with the parameters */
    if (count > 0)
        added.shape = (tw_net_shape){.rank = 1, .size = {count}};
    *edge = program->edge_count;
    program->edges[program->edge_count++] = added;
    return TW_OK;
}

/* Takes the step over. */
static tw_status append(tw_rewrite *rewrite, const tw_net_step *step, int keep) {
    if (rewrite->count == rewrite->room) {
        size_t room = 2 * rewrite->room + 64;
        tw_net_step *steps = reallocarray(rewrite->steps, room, sizeof *steps);
        if (steps != NULL)
            rewrite->steps = steps;
        unsigned char *kept = steps != NULL ? realloc(rewrite->keep, room) : NULL;
        if (kept == NULL)
            return tw_rewrite_no_memory(rewrite);
        rewrite->keep = kept;
        rewrite->room = room;
    }
    rewrite->keep[rewrite->count] = (unsigned char)keep;
    rewrite->steps[rewrite->count++] = *step;
    return TW_OK;
}

tw_status tw_rewrite_step(tw_rewrite *rewrite, const tw_net_kernel *kernel, void *plan,
                          size_t input_count, const size_t *inputs, size_t output, size_t node) {
    tw_net_step step = {.kernel = kernel,
                        .plan = plan,
                        .input_count = input_count,
                        .inputs = tw_alloc(input_count, sizeof *inputs),
                        .output = output,
                        .node = node};
    tw_net_edge *edges = rewrite->program->edges;
    tw_status status = step.inputs == NULL ? tw_rewrite_no_memory(rewrite) : TW_OK;
    for (size_t i = 0; i < input_count && status == TW_OK; i++) {
        step.inputs[i] = inputs[i];
        if (edges[inputs[i]].time > edges[output].time)
            edges[output].time = edges[inputs[i]].time;
        edges[output].active |= edges[inputs[i]].active && kernel->kind != TW_NET_FLAT;
    }
    if (status == TW_OK)
        status = append(rewrite, &step, 0);
    if (status != TW_OK) {
        release_plan(&step);
        free(step.inputs);
    }
    return status;
}

tw_status tw_rewrite_keep(tw_rewrite *rewrite, size_t index) {
    const tw_net_step *step = &rewrite->program->steps[index];
    tw_status status = append(rewrite, step, 1);
    if (status != TW_OK)
        return status;
    rewrite->taken[index] = 1;
    rewrite->planes[step->output] = 1;
    return TW_OK;
}
