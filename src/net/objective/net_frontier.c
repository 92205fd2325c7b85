#include "net/objective/net_frontier.h"

#include <stdlib.h>

#include "core/alloc.h"

static size_t bytes_of(const tw_net_engine *engine, size_t edge) {
    return tw_net_shape_count(&engine->program->edges[edge].shape) * engine->kind->item;
}

static int crosses(const tw_net_frontier *f, size_t edge, size_t step) {
    const tw_net_edge *e = &f->program->edges[edge];
    return e->time == TW_NET_AT_BATCH && e->step != TW_NET_NONE && e->step < step &&
           f->last[edge] > step;
}

/* The most bytes that are between two steps: with each step one edge comes, and those go that it
 * was the last to read. */
static size_t most_between(const tw_net_engine *engine, const tw_net_frontier *f) {
    const tw_net_program *program = f->program;
    size_t most = 0, now = 0;
    for (size_t s = 0; s < program->step_count; s++) {
        const tw_net_step *step = &program->steps[s];
        for (size_t i = 0; i < step->input_count; i++) {
            size_t edge = step->inputs[i], again = 0;
            for (size_t k = 0; k < i; k++)
                again |= step->inputs[k] == edge;
            if (!again && crosses(f, edge, s) && f->last[edge] == s + 1)
                now -= bytes_of(engine, edge);
        }
        if (crosses(f, step->output, s + 1))
            now += bytes_of(engine, step->output);
        most = now > most ? now : most;
    }
    return most;
}

tw_status tw_net_frontier_open(const tw_net_engine *engine, size_t pieces, size_t most,
                               tw_net_frontier *out) {
    const tw_net_program *program = engine->program;
    *out = (tw_net_frontier){.program = program,
                             .last = tw_alloc(program->edge_count, sizeof *out->last),
                             .held = tw_alloc(program->edge_count, sizeof *out->held),
                             .next = tw_alloc(program->edge_count, sizeof *out->next)};
    if (out->last == NULL || out->held == NULL || out->next == NULL)
        return tw_fail(TW_ERR_MEMORY, "%s: not enough memory to run it", program->graph->name);
    for (size_t s = 0; s < program->step_count; s++)
        for (size_t i = 0; i < program->steps[s].input_count; i++)
            out->last[program->steps[s].inputs[i]] = s + 1;
    out->each = most_between(engine, out);
    if (out->each > 0 && pieces <= most / out->each)
        out->kept = tw_alloc_raw(pieces, out->each); /* NULL: done without */
    return TW_OK;
}

void tw_net_frontier_release(tw_net_frontier *frontier) {
    free(frontier->last);
    free(frontier->held);
    free(frontier->next);
    free(frontier->kept);
    *frontier = (tw_net_frontier){0};
}

void tw_net_frontier_aim(tw_net_frontier *frontier, size_t end) {
    frontier->end = end;
    frontier->next_count = 0;
    for (size_t e = 0; e < frontier->program->edge_count; e++)
        if (crosses(frontier, e, end))
            frontier->next[frontier->next_count++] = e;
}

void tw_net_frontier_arrive(tw_net_frontier *frontier) {
    size_t *held = frontier->held;
    if (frontier->kept == NULL)
        return;
    frontier->held = frontier->next;
    frontier->held_count = frontier->next_count;
    frontier->next = held;
    frontier->begin = frontier->end;
}

void tw_net_frontier_restore(const tw_net_frontier *frontier, const tw_net_engine *engine,
                             size_t worker, size_t piece) {
    const unsigned char *from = frontier->kept + piece * frontier->each;
    for (size_t k = 0; k < frontier->held_count; k++) {
        engine->kind->restore(engine->crew, worker, frontier->held[k], from);
        from += bytes_of(engine, frontier->held[k]);
    }
}

void tw_net_frontier_save(tw_net_frontier *frontier, const tw_net_engine *engine, size_t worker,
                          size_t piece) {
    unsigned char *to = frontier->kept + piece * frontier->each;
    for (size_t k = 0; k < frontier->next_count; k++) {
        engine->kind->save(engine->crew, worker, frontier->next[k], to);
        to += bytes_of(engine, frontier->next[k]);
    }
}
