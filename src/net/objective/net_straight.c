#include "net/objective/net_straight.h"

#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "net/step/step_binary.h"
#include "net/step/step_pool.h"
#include "net/step/step_select.h"
#include "net/step/step_unary.h"
#include "net/step/step_where.h"

/* Which parameters reach an edge: a bit each, by the number of their edge. */
typedef struct reach {
    const tw_net_program *program;
    size_t bytes;
    unsigned char *bits; /* edges x bytes */
} reach;

static unsigned char *bits_of(const reach *r, size_t edge) {
    return r->bits + edge * r->bytes;
}

static int is_reached(const reach *r, size_t edge) {
    for (size_t k = 0; k < r->bytes; k++)
        if (bits_of(r, edge)[k])
            return 1;
    return 0;
}

static int meet(const reach *r, size_t a, size_t b) {
    for (size_t k = 0; k < r->bytes; k++)
        if (bits_of(r, a)[k] & bits_of(r, b)[k])
            return 1;
    return 0;
}

static int unary_is_straight(const tw_net_unary_plan *plan) {
    switch (plan->function) {
    case TW_NET_RELU:
    case TW_NET_LEAKY_RELU:
    case TW_NET_THRESHOLDED_RELU:
    case TW_NET_CLIP:
    case TW_NET_HARD_SIGMOID:
    case TW_NET_SHRINK:
    case TW_NET_ABS:
    case TW_NET_NEG:
        return 1;
    default:
        return 0;
    }
}

/* Of a step that something reaches. */
static int step_is_straight(const reach *r, const tw_net_step *step) {
    const tw_net_kernel *kernel = step->kernel;
    if (kernel->kind == TW_NET_LINEAR)
        return 1;
    if (kernel->kind == TW_NET_BILINEAR)
        return step->input_count == 2 && !meet(r, step->inputs[0], step->inputs[1]);
    if (kernel == &tw_net_unary)
        return unary_is_straight(step->plan);
    if (kernel == &tw_net_binary) {
        const tw_net_binary_plan *plan = step->plan;
        return (plan->function == TW_NET_DIV && !is_reached(r, step->inputs[1])) ||
               (plan->function == TW_NET_PRELU && !meet(r, step->inputs[0], step->inputs[1])) ||
               plan->function == TW_NET_MAX || plan->function == TW_NET_MIN;
    }
    return kernel == &tw_net_max_pool || kernel == &tw_net_largest || kernel == &tw_net_smallest ||
           kernel == &tw_net_where;
}

static void join(const reach *r, const tw_net_step *step) {
    for (size_t i = 0; i < step->input_count; i++)
        for (size_t k = 0; k < r->bytes && r->program->edges[step->inputs[i]].active; k++)
            bits_of(r, step->output)[k] |= bits_of(r, step->inputs[i])[k];
}

tw_status tw_net_is_straight(const tw_net_program *program, int *straight) {
    reach r = {.program = program, .bytes = program->edge_count / 8 + 1};
    r.bits = tw_alloc(program->edge_count, r.bytes);
    if (r.bits == NULL)
        return tw_fail(TW_ERR_MEMORY, "%s: not enough memory to look at its steps",
                       program->graph->name);
    for (size_t e = 0; e < program->edge_count; e++)
        if (program->edges[e].active && program->edges[e].step == TW_NET_NONE)
            bits_of(&r, e)[e / 8] |= (unsigned char)(1u << (e % 8));
    *straight = 1;
    for (size_t s = 0; s < program->step_count && *straight; s++) {
        const tw_net_step *step = &program->steps[s];
        if (step->kernel->kind == TW_NET_FLAT)
            continue;
        join(&r, step);
        *straight = !is_reached(&r, step->output) || step_is_straight(&r, step);
    }
    free(r.bits);
    return TW_OK;
}
