#include "net/engine/chain.h"

#include "net/step/step_binary.h"
#include "net/step/step_unary.h"

void tw_chain_readers(const tw_net_program *program, size_t *readers) {
    enum { NOBODY = 0, SEVERAL = 1, ONE = 2 };
    for (size_t e = 0; e < program->edge_count; e++)
        readers[e] = NOBODY;
    for (size_t s = 0; s < program->step_count; s++)
        for (size_t i = 0; i < program->steps[s].input_count; i++) {
            size_t *reader = &readers[program->steps[s].inputs[i]];
            *reader = *reader == NOBODY ? s + ONE : SEVERAL;
        }
    readers[program->output] = SEVERAL;
    for (size_t e = 0; e < program->edge_count; e++)
        readers[e] = readers[e] >= ONE ? readers[e] - ONE : TW_NET_NONE;
}

/* Whether the edge has one number for every channel of a result of that shape, and is known before
 * the samples are. */
static int is_per_channel(const tw_net_program *program, size_t edge, const tw_net_shape *result) {
    const tw_net_edge *seen = &program->edges[edge];
    tw_net_shape wide;
    if (seen->time == TW_NET_AT_BATCH || !tw_net_shape_broadcast(&seen->shape, result, &wide) ||
        !tw_net_shape_same(&wide, result))
        return 0;
    size_t back = result->rank - 1, rank = seen->shape.rank; /* of the channels, from the end */
    return rank >= back && seen->shape.size[rank - back] == result->size[1] &&
           tw_net_shape_count(&seen->shape) == result->size[1];
}

/* Takes in a sum or a product; 0 if it is none that a chain can have. */
static int take_binary(const tw_net_program *program, const tw_net_step *step, size_t at,
                       tw_chain *chain) {
    const tw_net_binary_plan *plan = step->plan;
    const tw_net_edge *result = &program->edges[at];
    size_t other = step->inputs[step->inputs[0] == at];
    if ((plan->function != TW_NET_ADD && plan->function != TW_NET_MUL) || other == at ||
        chain->addend != TW_NET_NONE ||
        !tw_net_shape_same(&program->edges[step->output].shape, &result->shape))
        return 0;
    if (is_per_channel(program, other, &result->shape) && chain->link_count < TW_CHAIN_LINKS) {
        chain->links[chain->link_count++] =
            (tw_chain_link){.scales = plan->function == TW_NET_MUL, .edge = other};
        return 1;
    }
    if (plan->function == TW_NET_MUL || program->edges[other].time != TW_NET_AT_BATCH ||
        !tw_net_shape_same(&program->edges[other].shape, &result->shape))
        return 0;
    chain->addend = other;
    return 1;
}

static int is_binary(const tw_net_kernel *kernel) {
    return kernel == tw_net_binary_kernel(TW_NET_ADD) || kernel == tw_net_binary_kernel(TW_NET_MUL);
}

static int take(const tw_net_program *program, const tw_net_step *step, size_t at,
                tw_chain *chain) {
    if (is_binary(step->kernel))
        return take_binary(program, step, at, chain);
    if (step->kernel != tw_net_unary_kernel(TW_NET_RELU))
        return 0;
    return chain->relu = ((const tw_net_unary_plan *)step->plan)->function == TW_NET_RELU;
}

int tw_chain_find(const tw_net_program *program, const size_t *readers, const unsigned char *taken,
                  size_t first, tw_chain *chain) {
    const tw_net_step *step = &program->steps[first];
    if (step->kernel != &tw_net_convolution ||
        program->edges[step->output].time != TW_NET_AT_BATCH ||
        program->edges[step->inputs[0]].time != TW_NET_AT_BATCH ||
        program->edges[step->inputs[1]].time == TW_NET_AT_BATCH)
        return 0;
    *chain =
        (tw_chain){.first = first, .last = first, .convolution = step->plan, .addend = TW_NET_NONE};
    if (chain->convolution->window.rank > 2)
        return 0;
    for (size_t at = step->output; !chain->relu; at = program->steps[chain->last].output) {
        size_t next = readers[at];
        if (next == TW_NET_NONE || taken[next] || !take(program, &program->steps[next], at, chain))
            break;
        chain->last = next;
    }
    return 1;
}

void tw_chain_each(const tw_net_program *program, const size_t *readers, const tw_chain *chain,
                   void (*visit)(size_t step, void *user), void *user) {
    size_t step = chain->first;
    for (visit(step, user); step != chain->last; visit(step, user))
        step = readers[program->steps[step].output];
}
