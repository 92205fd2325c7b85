#include "net/engine/accelerate.h"

#include <stdlib.h>

#include "core/alloc.h"
#include "net/engine/chain.h"
#include "net/engine/engine.h"
#include "net/engine/rewrite_blocked.h"
#include "net/engine/rewrite_images.h"
#include "net/step/step_scale.h"

typedef struct accelerator {
    tw_rewrite rewrite;
    tw_net_program *program;
    size_t *readers;
    size_t chain_count;
    tw_chain *chains;
    void **plans;        /* of the chains; NULL: emitted, the step's own */
    size_t *chain_at;    /* by step: the chain that ends there, or TW_NET_NONE */
    unsigned char *part; /* by step: it is computed with a chain */
} accelerator;

/* ---- chains ---- */

/* An image of two axes, whatever the window has. */
static void two_axes(const tw_net_convolution_plan *plan, tw_engine_convolution_spec *spec) {
    for (int i = 0; i < 2; i++) {
        const tw_net_window_axis *axis = &plan->window.axis[i + 1];
        spec->in[i] = (size_t)axis->in;
        spec->out[i] = (size_t)axis->out;
        spec->kernel[i] = (size_t)axis->kernel;
        spec->stride[i] = (size_t)axis->stride;
        spec->dilation[i] = (size_t)axis->dilation;
        spec->before[i] = (size_t)axis->before;
        /* what is seen: the library wants no more and no less */
        ptrdiff_t seen = (axis->out - 1) * axis->stride + tw_net_window_extent(axis);
        spec->after[i] =
            (size_t)(seen - axis->in - axis->before > 0 ? seen - axis->in - axis->before : 0);
    }
}

/* The plan of a chain, TW_DECLINED where the engine has none. Of images with fewer channels than a
 * block has oneDNN's fast loops take planes alone; data are planes already. */
static tw_status plan_chain(const accelerator *a, tw_chain *chain, void **plan) {
    const tw_net_convolution_plan *c = chain->convolution;
    const tw_net_edge *source =
        tw_rewrite_edge_of(&a->rewrite, a->program->steps[chain->first].inputs[0]);
    int few = c->in_channels < tw_engine_block();
    tw_engine_convolution_spec spec = {.batch = c->batch,
                                       .groups = c->groups,
                                       .in_channels = c->in_channels,
                                       .out_channels = c->out_channels,
                                       .has_addend = chain->addend != TW_NET_NONE,
                                       .relu = chain->relu,
                                       .still = !source->active,
                                       .plain_source = few && source->step == TW_NET_NONE,
                                       .order = TW_NET_SECOND};
    two_axes(c, &spec);
    for (size_t i = 0; i < chain->link_count; i++)
        spec.has_bias |= !chain->links[i].scales;
    tw_status status = tw_engine_convolution_plan(&spec, plan);
    if (status == TW_DECLINED && few && !spec.plain_source) {
        spec.plain_source = 1;
        status = tw_engine_convolution_plan(&spec, plan);
    }
    chain->plain_source = spec.plain_source;
    return status;
}

/* y = w a, or b a: one factor for every channel of the result. */
static tw_status add_scaled(accelerator *a, size_t edge, size_t by, size_t channels,
                            size_t *scaled) {
    tw_net_scale_plan *plan = malloc(sizeof *plan);
    if (plan == NULL)
        return tw_rewrite_no_memory(&a->rewrite);
    *plan = (tw_net_scale_plan){
        .outer = channels,
        .inner = tw_net_shape_count(&tw_rewrite_edge_of(&a->rewrite, edge)->shape) / channels};
    tw_status status = tw_rewrite_edge(&a->rewrite, edge, 0, scaled);
    if (status != TW_OK) {
        free(plan);
        return status;
    }
    return tw_rewrite_step(&a->rewrite, &tw_net_scale, plan, 2, (size_t[]){edge, by}, *scaled, 0);
}

static tw_status add_sum(accelerator *a, size_t edge, size_t other, size_t channels, size_t *sum) {
    size_t *plan = malloc(sizeof *plan);
    if (plan == NULL)
        return tw_rewrite_no_memory(&a->rewrite);
    *plan = channels;
    tw_status status = tw_rewrite_edge(&a->rewrite, edge, 0, sum);
    if (status != TW_OK) {
        free(plan);
        return status;
    }
    return tw_rewrite_step(&a->rewrite, &tw_net_sum, plan, 2, (size_t[]){edge, other}, *sum, 0);
}

/* The weights and the bias of a chain, from its links in order. */
static tw_status fold_links(accelerator *a, const tw_chain *chain, size_t *weights, size_t *bias) {
    size_t channels = chain->convolution->out_channels;
    tw_status status = TW_OK;
    *bias = TW_NET_NONE;
    for (size_t i = 0; i < chain->link_count && status == TW_OK; i++) {
        const tw_chain_link *link = &chain->links[i];
        if (link->scales)
            status = add_scaled(a, *weights, link->edge, channels, weights);
        if (status == TW_OK && *bias != TW_NET_NONE)
            status = link->scales ? add_scaled(a, *bias, link->edge, channels, bias)
                                  : add_sum(a, *bias, link->edge, channels, bias);
        else if (!link->scales)
            *bias = link->edge;
    }
    return status;
}

static tw_status emit_chain(accelerator *a, size_t index) {
    const tw_chain *chain = &a->chains[index];
    const tw_net_step *first = &a->program->steps[chain->first];
    size_t inputs[4], count = 0, node = first->node, weights = first->inputs[1], bias, out,
                      source = first->inputs[0], last = a->program->steps[chain->last].output;
    tw_status status = fold_links(a, chain, &weights, &bias);
    if (status == TW_OK)
        status = chain->plain_source ? tw_rewrite_want_planes(&a->rewrite, source, node)
                                     : tw_rewrite_want_blocked(&a->rewrite, source, node, &source);
    inputs[count++] = source;
    inputs[count++] = weights;
    if (bias != TW_NET_NONE)
        inputs[count++] = bias;
    if (status == TW_OK && chain->addend != TW_NET_NONE)
        status = tw_rewrite_want_blocked(&a->rewrite, chain->addend, node, &inputs[count++]);
    if (status == TW_OK)
        status = tw_rewrite_new_blocked(&a->rewrite, last, &out);
    if (status != TW_OK)
        return status;
    void *plan = a->plans[index];
    a->plans[index] = NULL;
    return tw_rewrite_step(&a->rewrite, &tw_engine_convolution, plan, count, inputs, out, node);
}

/* ---- step by step ---- */

/* As it was, on planes. */
static tw_status plain(accelerator *a, size_t index) {
    const tw_net_step *step = &a->program->steps[index];
    tw_status status = TW_OK;
    for (size_t i = 0; i < step->input_count && status == TW_OK; i++)
        status = tw_rewrite_want_planes(&a->rewrite, step->inputs[i], step->node);
    return status == TW_OK ? tw_rewrite_keep(&a->rewrite, index) : status;
}

static void mark_part(size_t step, void *part) {
    ((unsigned char *)part)[step] = 1;
}

static tw_status rewrite_step(accelerator *a, size_t s) {
    if (a->chain_at[s] != TW_NET_NONE)
        return emit_chain(a, a->chain_at[s]);
    if (a->part[s])
        return TW_OK;
    tw_status status = tw_rewrite_blocked(&a->rewrite, &a->program->steps[s]);
    return status == TW_DECLINED ? plain(a, s) : status;
}

/* Finds the chains that the engine has a plan for. */
static tw_status find_chains(accelerator *a) {
    tw_status status = TW_OK;
    for (size_t s = 0; s < a->program->step_count && status == TW_OK; s++) {
        tw_chain *chain = &a->chains[a->chain_count];
        if (a->part[s] || !tw_chain_find(a->program, a->readers, a->part, s, chain))
            continue;
        status = plan_chain(a, chain, &a->plans[a->chain_count]);
        if (status == TW_OK) {
            tw_chain_each(a->program, a->readers, chain, mark_part, a->part);
            a->chain_at[chain->last] = a->chain_count++;
        } else if (status == TW_DECLINED) {
            status = TW_OK;
        }
    }
    return status;
}

static tw_status open_accelerator(accelerator *a) {
    size_t steps = a->program->step_count;
    tw_status status = tw_rewrite_open(a->program, &a->rewrite);
    a->readers = tw_alloc(a->program->edge_count, sizeof *a->readers);
    a->chains = tw_alloc(steps + 1, sizeof *a->chains);
    a->plans = tw_alloc(steps + 1, sizeof *a->plans);
    a->chain_at = tw_alloc(steps, sizeof *a->chain_at);
    a->part = tw_alloc(steps, 1);
    if (a->readers == NULL || a->chains == NULL || a->plans == NULL || a->chain_at == NULL ||
        a->part == NULL)
        status = tw_rewrite_no_memory(&a->rewrite);
    for (size_t s = 0; s < steps && status == TW_OK; s++)
        a->chain_at[s] = TW_NET_NONE;
    if (status == TW_OK)
        tw_chain_readers(a->program, a->readers);
    return status;
}

static void close_accelerator(accelerator *a) {
    tw_rewrite_release(&a->rewrite);
    for (size_t k = 0; a->plans != NULL && k < a->chain_count; k++)
        if (a->plans[k] != NULL)
            tw_engine_convolution.plan_free(a->plans[k]);
    free(a->readers);
    free(a->chains);
    free(a->plans);
    free(a->chain_at);
    free(a->part);
}

tw_status tw_net_accelerate(tw_net_program *program) {
    accelerator a = {.program = program};
    if (tw_engine_block() == 0)
        return TW_OK;
    tw_status status = open_accelerator(&a);
    if (status == TW_OK)
        status = find_chains(&a);
    for (size_t s = 0; s < program->step_count && status == TW_OK; s++)
        status = rewrite_step(&a, s);
    if (status == TW_OK)
        status = tw_rewrite_want_planes(&a.rewrite, program->output, 0);
    if (status == TW_OK)
        status = tw_rewrite_commit(&a.rewrite);
    if (status == TW_OK)
        program->norm_count = 0;
    close_accelerator(&a);
    return status;
}
