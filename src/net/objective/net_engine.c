#include "net/objective/net_engine.h"

#include "net/engine/accelerate.h"
#include "net/objective/net_micro_batch.h"
#include "net/operator/net_build.h"

tw_status tw_net_engine_memory(const tw_net_engine *engine) {
    const char *name = engine->program->graph->name;
    size_t batch = engine->program->batch;
    if (batch == 1 && engine->workers == 1)
        return tw_fail(TW_ERR_MEMORY, "%s: not enough memory to run it on one sample", name);
    return tw_fail(TW_ERR_MEMORY,
                   "%s: not enough memory to run it on %zu sample%s at once, by %zu thread%s; a "
                   "smaller %s needs less",
                   name, batch, batch == 1 ? "" : "s", engine->workers,
                   engine->workers == 1 ? "" : "s",
                   batch == 1             ? "--threads"
                   : engine->workers == 1 ? "--micro-batch"
                                          : "--micro-batch, or --threads,");
}

/* Whatever it was that there was no memory for. */
static tw_status told(const tw_net_engine *engine, tw_status status) {
    return status == TW_ERR_MEMORY ? tw_net_engine_memory(engine) : status;
}

tw_status tw_net_engine_open(const tw_net_graph *graph, const tw_preparation *preparation,
                             const tw_net_engine_options *options, tw_net_engine *out) {
    const tw_net_build_options build = {.batch = options->batch, .sample = options->sample};
    *out = (tw_net_engine){.kind = options->is_double ? &tw_net_crew_f64 : &tw_net_crew_f32,
                           .preparation = preparation,
                           .workers = options->workers};
    tw_status status = tw_net_build(graph, &build, &out->program);
    if (status == TW_OK && options->fast && !options->is_double)
        status = tw_net_accelerate(out->program);
    if (status == TW_OK)
        status = tw_net_early_find(out->program, &out->early);
    if (out->program != NULL)
        status = told(out, status);
    out->lanes = tw_net_lanes(out->early.active_size);
    out->together = tw_net_together(out->early.active_size);
    return status;
}

static void release_passes(tw_net_engine *engine) {
    engine->kind->free(engine->crew);
    engine->crew = NULL;
    tw_net_point_release(&engine->point);
    engine->made = 0;
}

void tw_net_engine_release(tw_net_engine *engine) {
    if (engine->kind != NULL)
        release_passes(engine);
    tw_net_early_release(&engine->early);
    tw_net_program_free(engine->program);
    *engine = (tw_net_engine){0};
}

tw_status tw_net_engine_order(tw_net_engine *engine, tw_net_order order) {
    if (engine->made && engine->order >= order)
        return TW_OK;
    release_passes(engine);
    const tw_net_crew_plan plan = {.program = engine->program,
                                   .early = &engine->early,
                                   .preparation = engine->preparation,
                                   .workers = engine->workers,
                                   .order = order,
                                   .slots = engine->together};
    tw_status status = tw_net_point_make(engine->program, &engine->early, order, &engine->point);
    if (status == TW_OK)
        status = engine->kind->make(&plan, &engine->crew);
    engine->made = status == TW_OK;
    engine->order = order;
    return told(engine, status);
}

tw_status tw_net_engine_set(tw_net_engine *engine, const double *x) {
    tw_status status = tw_net_point_set(&engine->point, x);
    if (status == TW_OK)
        status = engine->kind->set(engine->crew, engine->point.numbers);
    return told(engine, status);
}
