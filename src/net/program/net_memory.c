#include "net/program/net_memory.h"

#include <stdlib.h>

#include "core/alloc.h"

typedef struct planner {
    const tw_net_program *program;
    tw_net_time time;
    tw_net_memory *memory;
    size_t *last;        /* by edge: the last step that reads it; TW_NET_NONE: nobody */
    unsigned char *free; /* by slot */
} planner;

static int computes(const planner *p, const tw_net_step *step) {
    return p->program->edges[step->output].time == p->time;
}

static size_t count_of(const planner *p, size_t edge) {
    return tw_net_shape_count(&p->program->edges[edge].shape);
}

/* The free slot that fits best: the smallest that is large enough, or else the largest. */
static size_t best_free(const planner *p, size_t count) {
    const size_t *sizes = p->memory->sizes;
    size_t best = TW_NET_NONE;
    for (size_t slot = 0; slot < p->memory->count; slot++) {
        if (!p->free[slot])
            continue;
        int fits = sizes[slot] >= count;
        if (best == TW_NET_NONE || (fits && (sizes[best] < count || sizes[slot] < sizes[best])) ||
            (!fits && sizes[best] < count && sizes[slot] > sizes[best]))
            best = slot;
    }
    return best;
}

/* The slot of an input that the step may write over: one that nobody reads afterwards. */
static size_t written_over(const planner *p, size_t s) {
    const tw_net_step *step = &p->program->steps[s];
    size_t input = step->kernel->over != NULL ? step->kernel->over(step->plan) : TW_NET_NONE,
           times = 0;
    if (input == TW_NET_NONE)
        return TW_NET_NONE;
    size_t edge = step->inputs[input];
    for (size_t i = 0; i < step->input_count; i++)
        times += step->inputs[i] == edge;
    return times == 1 && p->last[edge] == s && count_of(p, edge) == count_of(p, step->output)
               ? p->memory->slots[edge]
               : TW_NET_NONE;
}

static void give_slot(planner *p, size_t s) {
    tw_net_memory *memory = p->memory;
    size_t edge = p->program->steps[s].output, count = count_of(p, edge), slot = written_over(p, s);
    if (slot == TW_NET_NONE)
        slot = best_free(p, count);
    if (slot == TW_NET_NONE)
        slot = memory->count++;
    p->free[slot] = 0;
    memory->slots[edge] = slot;
    if (count > memory->sizes[slot])
        memory->sizes[slot] = count;
}

/* What the step reads last is free, but for what it wrote over. */
static void free_inputs(planner *p, size_t s) {
    const tw_net_step *step = &p->program->steps[s];
    for (size_t i = 0; i < step->input_count; i++) {
        size_t edge = step->inputs[i], slot = p->memory->slots[edge];
        if (slot != TW_NET_NONE && p->last[edge] == s && edge != p->program->output &&
            slot != p->memory->slots[step->output])
            p->free[slot] = 1;
    }
}

static void plan(planner *p) {
    for (size_t e = 0; e < p->program->edge_count; e++)
        p->memory->slots[e] = p->last[e] = TW_NET_NONE;
    for (size_t s = 0; s < p->program->step_count; s++)
        for (size_t i = 0; i < p->program->steps[s].input_count; i++)
            p->last[p->program->steps[s].inputs[i]] = s;
    for (size_t s = 0; s < p->program->step_count; s++)
        if (computes(p, &p->program->steps[s])) {
            give_slot(p, s);
            free_inputs(p, s);
        }
}

tw_status tw_net_memory_plan(const tw_net_program *program, tw_net_time time, tw_net_memory *out) {
    planner p = {.program = program, .time = time, .memory = out};
    *out = (tw_net_memory){.slots = tw_alloc(program->edge_count, sizeof *out->slots),
                           .sizes = tw_alloc(program->step_count, sizeof *out->sizes)};
    p.last = tw_alloc(program->edge_count, sizeof *p.last);
    p.free = tw_alloc(program->step_count, 1);
    tw_status status = TW_OK;
    if (out->slots == NULL || out->sizes == NULL || p.last == NULL || p.free == NULL)
        status =
            tw_fail(TW_ERR_MEMORY, "%s: not enough memory for a network", program->graph->name);
    else
        plan(&p);
    free(p.last);
    free(p.free);
    return status;
}

void tw_net_memory_release(tw_net_memory *memory) {
    free(memory->slots);
    free(memory->sizes);
    *memory = (tw_net_memory){0};
}
