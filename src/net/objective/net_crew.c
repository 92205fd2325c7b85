#include "net/objective/net_crew.h"

#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "net/step/net_real.h"

#define pass_name(what) TW_NET_REAL(tw_net_pass_##what)
typedef TW_NET_REAL(tw_net_pass) net_pass;

typedef struct worker {
    net_pass *pass;
    real *input;      /* of a micro-batch */
    size_t slot, age; /* of the direction that is bound */
} worker;

typedef struct crew {
    tw_net_crew_plan plan;
    size_t features; /* of a sample */
    real *values;    /* of the early edges */
    real *moves;     /* of the active ones, slot after slot */
    size_t age;      /* how often directions have been given */
    worker *workers;
} crew;

static const tw_net_edge *edge_at(const crew *c, size_t edge) {
    return &c->plan.program->edges[edge];
}

/* ---- memory ---- */

static void free_crew(void *context) {
    crew *c = context;
    if (c == NULL)
        return;
    for (size_t w = 0; c->workers != NULL && w < c->plan.workers; w++) {
        pass_name(free)(c->workers[w].pass);
        free(c->workers[w].input);
    }
    free(c->workers);
    free(c->values);
    free(c->moves);
    free(c);
}

static tw_status out_of_memory(const tw_net_crew_plan *plan) {
    return tw_fail(TW_ERR_MEMORY, "%s: not enough memory to run it", plan->program->graph->name);
}

static tw_status make_worker(crew *c, worker *w) {
    const tw_net_crew_plan *plan = &c->plan;
    tw_status status = pass_name(new)(plan->program, TW_NET_AT_BATCH, plan->order, &w->pass);
    if (status != TW_OK)
        return status;
    w->input = tw_alloc(c->features * plan->program->batch, sizeof(real));
    if (w->input == NULL)
        return out_of_memory(plan);
    pass_name(bind)(w->pass, TW_NET_VALUE, plan->program->input, w->input);
    return TW_OK;
}

static tw_status make(const tw_net_crew_plan *plan, void **out) {
    crew *c = tw_alloc(1, sizeof *c);
    if (c == NULL)
        return out_of_memory(plan);
    c->plan = *plan;
    c->features =
        tw_net_shape_count(&edge_at(c, plan->program->input)->shape) / plan->program->batch;
    c->values = tw_alloc(plan->early->size, sizeof(real));
    c->workers = tw_alloc(plan->workers, sizeof *c->workers);
    if (plan->order == TW_NET_SECOND)
        c->moves = tw_alloc(plan->slots, plan->early->active_size * sizeof(real));
    tw_status status = TW_OK;
    if (c->values == NULL || c->workers == NULL ||
        (plan->order == TW_NET_SECOND && c->moves == NULL))
        status = out_of_memory(plan);
    for (size_t w = 0; w < plan->workers && status == TW_OK; w++) {
        status = make_worker(c, &c->workers[w]);
        if (status == TW_OK &&
            pass_name(bytes)(c->workers[w].pass) > tw_memory_of_machine() / plan->workers)
            status = out_of_memory(plan);
    }
    if (status != TW_OK) {
        free_crew(c);
        return status;
    }
    *out = c;
    return TW_OK;
}

/* ---- what all read ---- */

/* Bound again where only the numbers have changed: kernels lay them out once a point. */
static tw_status set(void *context, const double *numbers) {
    crew *c = context;
    const tw_net_early *early = c->plan.early;
    for (size_t i = 0; i < early->size; i++)
        c->values[i] = (real)numbers[i];
    for (size_t w = 0; w < c->plan.workers; w++)
        for (size_t e = 0; e < early->count; e++)
            pass_name(bind)(c->workers[w].pass, TW_NET_VALUE, early->edges[e].edge,
                            c->values + early->edges[e].at);
    return TW_OK;
}

static tw_status move(void *context, size_t slot, const double *numbers) {
    crew *c = context;
    size_t count = c->plan.early->active_size;
    c->age++;
    for (size_t i = 0; i < count; i++)
        c->moves[slot * count + i] = (real)numbers[i];
    return TW_OK;
}

/* ---- a worker's pass ---- */

static tw_status load(void *context, size_t w, const tw_net_span_of_samples *samples) {
    crew *c = context;
    real *input = c->workers[w].input, *last = input + (samples->count - 1) * c->features;
    tw_status status = TW_NET_REAL(tw_prepare)(c->plan.preparation, samples->count,
                                               samples->samples, samples->first, input);
    for (size_t k = samples->count; k < c->plan.program->batch && status == TW_OK; k++)
        memcpy(input + k * c->features, last, c->features * sizeof(real));
    return status;
}

static tw_status forward(void *context, size_t w, size_t begin, size_t end) {
    crew *c = context;
    return pass_name(forward_between)(c->workers[w].pass, begin, end);
}

static void write_seeds(crew *c, size_t w, tw_net_which which, const double *seeds) {
    size_t edge = c->plan.program->output;
    size_t count = tw_net_shape_count(&edge_at(c, edge)->shape);
    real *to = pass_name(at)(c->workers[w].pass, which, edge);
    for (size_t i = 0; to != NULL && i < count; i++)
        to[i] = (real)seeds[i];
}

static tw_status backward(void *context, size_t w, const double *seeds) {
    crew *c = context;
    pass_name(zero)(c->workers[w].pass);
    pass_name(clear)(c->workers[w].pass, TW_NET_ADJOINT);
    write_seeds(c, w, TW_NET_ADJOINT, seeds);
    return pass_name(backward)(c->workers[w].pass);
}

static void bind_direction(crew *c, worker *w, size_t slot) {
    const tw_net_early *early = c->plan.early;
    const real *moves = c->moves + slot * early->active_size;
    if (w->slot == slot && w->age == c->age)
        return;
    for (size_t e = 0; e < early->count; e++)
        if (early->edges[e].active_at != TW_NET_NONE)
            pass_name(bind)(w->pass, TW_NET_TANGENT, early->edges[e].edge,
                            moves + early->edges[e].active_at);
    w->slot = slot;
    w->age = c->age;
}

static tw_status tangents(void *context, size_t w, size_t slot) {
    crew *c = context;
    bind_direction(c, &c->workers[w], slot);
    return pass_name(tangents)(c->workers[w].pass);
}

static tw_status backward_tangents(void *context, size_t w, const double *seeds) {
    crew *c = context;
    pass_name(zero_tangents)(c->workers[w].pass);
    pass_name(clear)(c->workers[w].pass, TW_NET_ADJOINT_TANGENT);
    write_seeds(c, w, TW_NET_ADJOINT_TANGENT, seeds);
    return pass_name(backward_tangents)(c->workers[w].pass);
}

static void read(const void *context, size_t w, tw_net_which which, size_t edge, size_t count,
                 double *numbers) {
    const crew *c = context;
    const real *from = pass_name(at)(c->workers[w].pass, which, edge);
    for (size_t i = 0; i < count; i++)
        numbers[i] = from != NULL ? (double)from[i] : 0;
}

static void save(const void *context, size_t w, size_t edge, void *to) {
    const crew *c = context;
    memcpy(to, pass_name(at)(c->workers[w].pass, TW_NET_VALUE, edge),
           tw_net_shape_count(&edge_at(c, edge)->shape) * sizeof(real));
}

static void restore(const void *context, size_t w, size_t edge, const void *from) {
    const crew *c = context;
    memcpy(pass_name(at)(c->workers[w].pass, TW_NET_VALUE, edge), from,
           tw_net_shape_count(&edge_at(c, edge)->shape) * sizeof(real));
}

static size_t kept_bytes(const void *context) {
    const crew *c = context;
    return pass_name(kept)(c->workers[0].pass) * sizeof(real);
}

static void house(void *context, size_t w, void *room) {
    crew *c = context;
    pass_name(house)(c->workers[w].pass, room);
}

static void add(const void *context, size_t w, tw_net_which which, double *sums) {
    const crew *c = context;
    const tw_net_early *early = c->plan.early;
    for (size_t e = 0; e < early->count; e++) {
        const tw_net_early_edge *edge = &early->edges[e];
        if (edge->active_at == TW_NET_NONE)
            continue;
        const real *from = pass_name(at)(c->workers[w].pass, which, edge->edge);
        double *to = sums + edge->active_at;
        for (size_t i = 0; i < edge->count; i++)
            to[i] += (double)from[i];
    }
}

const tw_net_crew_kind TW_NET_REAL(tw_net_crew) = {
#ifdef TW_NET_SINGLE
    .name = "single",
    .precision = 0x1p-24,
#else
    .name = "double",
    .precision = 0x1p-53,
#endif
    .item = sizeof(real),
    .make = make,
    .free = free_crew,
    .set = set,
    .move = move,
    .load = load,
    .forward = forward,
    .backward = backward,
    .tangents = tangents,
    .backward_tangents = backward_tangents,
    .read = read,
    .save = save,
    .restore = restore,
    .kept_bytes = kept_bytes,
    .house = house,
    .add = add,
};
