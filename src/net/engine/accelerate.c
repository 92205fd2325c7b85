#include "net/engine/accelerate.h"

#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "net/engine/chain.h"
#include "net/engine/engine.h"
#include "net/engine/engine_layout.h"
#include "net/engine/engine_pool.h"
#include "net/engine/rewrite.h"
#include "net/step/step_binary.h"
#include "net/step/step_concat.h"
#include "net/step/step_gather.h"
#include "net/step/step_product.h"
#include "net/step/step_same.h"
#include "net/step/step_scale.h"
#include "net/step/step_unary.h"
#include "net/step/step_view.h"

typedef struct accelerator {
    tw_rewrite rewrite;
    tw_net_program *program;
    size_t block;
    size_t *readers;
    size_t chain_count;
    tw_chain *chains;
    void **plans;        /* of the chains; NULL: emitted, the step's own */
    size_t *chain_at;    /* by step: the chain that ends there, or TW_NET_NONE */
    unsigned char *part; /* by step: it is computed with a chain */
} accelerator;

static tw_status out_of_memory(const accelerator *a) {
    return tw_fail(TW_ERR_MEMORY, "%s: not enough memory for a network", a->program->graph->name);
}

static const tw_net_edge *edge_of(const accelerator *a, size_t edge) {
    return &a->program->edges[edge];
}

/* ---- layouts ---- */

/* Whether it is of images: (N, C, H, W), or (N, C, W). */
static int is_image(const tw_net_edge *edge) {
    return edge->time == TW_NET_AT_BATCH && (edge->shape.rank == 4 || edge->shape.rank == 3) &&
           tw_net_shape_count(&edge->shape) > 0;
}

static tw_engine_layout layout_of(const accelerator *a, const tw_net_shape *shape) {
    return (tw_engine_layout){.batch = shape->size[0],
                              .channels = shape->size[1],
                              .pixels = tw_net_shape_span(shape, 2, shape->rank),
                              .block = a->block};
}

static size_t blocks_of(const tw_engine_layout *layout) {
    return (layout->channels + layout->block - 1) / layout->block;
}

static size_t blocked_count(const tw_engine_layout *layout) {
    return layout->batch * blocks_of(layout) * layout->block * layout->pixels;
}

static int is_blocked(const accelerator *a, size_t edge) {
    return a->rewrite.blocked[edge] != TW_NET_NONE;
}

/* The edge that has the entries of `edge` blocked, yet to be computed. */
static tw_status new_blocked(accelerator *a, size_t edge, size_t *blocked) {
    const tw_net_shape shape = edge_of(a, edge)->shape;
    tw_engine_layout layout = layout_of(a, &shape);
    tw_status status = tw_rewrite_edge(&a->rewrite, edge, blocked_count(&layout), blocked);
    if (status == TW_OK)
        a->rewrite.blocked[edge] = *blocked;
    return status;
}

static tw_status add_relayout(accelerator *a, size_t edge, int to_blocks, size_t node) {
    tw_engine_layout *plan = malloc(sizeof *plan);
    size_t blocked = a->rewrite.blocked[edge], planes = edge;
    if (plan == NULL)
        return out_of_memory(a);
    *plan = layout_of(a, &edge_of(a, edge)->shape);
    plan->to_blocks = to_blocks;
    return tw_rewrite_step(&a->rewrite, &tw_engine_relayout, plan, 1,
                           to_blocks ? &planes : &blocked, to_blocks ? blocked : planes, node);
}

/* The images of an edge as blocks, or as planes, computed at most once each. */
static tw_status want_blocked(accelerator *a, size_t edge, size_t node, size_t *blocked) {
    tw_status status = TW_OK;
    if (!is_blocked(a, edge)) {
        status = new_blocked(a, edge, blocked);
        if (status == TW_OK)
            status = add_relayout(a, edge, 1, node);
    }
    *blocked = a->rewrite.blocked[edge];
    return status;
}

static tw_status want_planes(accelerator *a, size_t edge, size_t node) {
    if (a->rewrite.planes[edge])
        return TW_OK;
    a->rewrite.planes[edge] = 1;
    return add_relayout(a, edge, 0, node);
}

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

/* Whether it reads planes as they are: of an input with a few channels. */
static int reads_planes(const accelerator *a, const tw_chain *chain) {
    size_t source = a->program->steps[chain->first].inputs[0];
    return chain->convolution->in_channels < a->block && edge_of(a, source)->step == TW_NET_NONE;
}

/* The plan of a chain, TW_DECLINED where the engine has none. */
static tw_status plan_chain(const accelerator *a, const tw_chain *chain, void **plan) {
    const tw_net_convolution_plan *c = chain->convolution;
    tw_engine_convolution_spec spec = {.batch = c->batch,
                                       .groups = c->groups,
                                       .in_channels = c->in_channels,
                                       .out_channels = c->out_channels,
                                       .has_addend = chain->addend != TW_NET_NONE,
                                       .relu = chain->relu,
                                       .order = TW_NET_SECOND};
    two_axes(c, &spec);
    spec.plain_source = reads_planes(a, chain);
    for (size_t i = 0; i < chain->link_count; i++)
        spec.has_bias |= !chain->links[i].scales;
    return tw_engine_convolution_plan(&spec, plan);
}

/* y = w a, or b a: one factor for every channel of the result. */
static tw_status add_scaled(accelerator *a, size_t edge, size_t by, size_t channels,
                            size_t *scaled) {
    tw_net_scale_plan *plan = malloc(sizeof *plan);
    if (plan == NULL)
        return out_of_memory(a);
    *plan = (tw_net_scale_plan){.outer = channels,
                                .inner = tw_net_shape_count(&edge_of(a, edge)->shape) / channels};
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
        return out_of_memory(a);
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
    if (status == TW_OK && !reads_planes(a, chain))
        status = want_blocked(a, source, node, &source);
    inputs[count++] = source;
    inputs[count++] = weights;
    if (bias != TW_NET_NONE)
        inputs[count++] = bias;
    if (status == TW_OK && chain->addend != TW_NET_NONE)
        status = want_blocked(a, chain->addend, node, &inputs[count++]);
    if (status == TW_OK)
        status = new_blocked(a, last, &out);
    if (status != TW_OK)
        return status;
    void *plan = a->plans[index];
    a->plans[index] = NULL;
    return tw_rewrite_step(&a->rewrite, &tw_engine_convolution, plan, count, inputs, out, node);
}

/* ---- what goes on with blocks ---- */

/* Functions with f(0) = 0, so that channels that only fill a block stay 0. */
static int keeps_zero(const tw_net_unary_plan *plan) {
    switch (plan->function) {
    case TW_NET_RELU:
    case TW_NET_LEAKY_RELU:
    case TW_NET_ELU:
    case TW_NET_SELU:
    case TW_NET_CELU:
    case TW_NET_TANH:
    case TW_NET_SWISH:
    case TW_NET_GELU:
    case TW_NET_GELU_TANH:
    case TW_NET_HARD_SWISH:
    case TW_NET_MISH:
    case TW_NET_SOFTSIGN:
    case TW_NET_NEG:
    case TW_NET_ABS:
    case TW_NET_SQUARE:
        return 1;
    case TW_NET_CLIP:
        return plan->p[0] <= 0 && plan->p[1] >= 0;
    default:
        return 0;
    }
}

static tw_status unary(accelerator *a, const tw_net_step *step) {
    const tw_net_unary_plan *from = step->plan;
    if (step->kernel != tw_net_unary_kernel(from->function) || !is_blocked(a, step->inputs[0]) ||
        !keeps_zero(from))
        return TW_DECLINED;
    tw_net_unary_plan *plan = malloc(sizeof *plan);
    if (plan == NULL)
        return out_of_memory(a);
    size_t input = a->rewrite.blocked[step->inputs[0]], output;
    *plan = *from;
    plan->count = tw_net_shape_count(&edge_of(a, input)->shape);
    tw_status status = new_blocked(a, step->output, &output);
    if (status == TW_OK)
        return tw_rewrite_step(&a->rewrite, step->kernel, plan, 1, &input, output, step->node);
    free(plan);
    return status;
}

/* Sums, differences, products, maxima of two images that are both blocked. */
static tw_status binary(accelerator *a, const tw_net_step *step) {
    const tw_net_binary_plan *from = step->plan;
    if (step->kernel != tw_net_binary_kernel(from->function) ||
        (from->function != TW_NET_ADD && from->function != TW_NET_SUB &&
         from->function != TW_NET_MUL && from->function != TW_NET_MAX &&
         from->function != TW_NET_MIN) ||
        !is_blocked(a, step->inputs[0]) || !is_blocked(a, step->inputs[1]) ||
        !tw_net_shape_same(&edge_of(a, step->inputs[0])->shape,
                           &edge_of(a, step->inputs[1])->shape))
        return TW_DECLINED;
    size_t inputs[2] = {a->rewrite.blocked[step->inputs[0]], a->rewrite.blocked[step->inputs[1]]},
           output;
    tw_net_binary_plan *plan = calloc(1, sizeof *plan);
    if (plan == NULL)
        return out_of_memory(a);
    plan->function = from->function;
    const tw_net_shape shape = edge_of(a, inputs[0])->shape, *shapes[2] = {&shape, &shape};
    tw_net_broadcast_plan(&shape, 2, shapes, &plan->broadcast);
    tw_status status = new_blocked(a, step->output, &output);
    if (status == TW_OK)
        return tw_rewrite_step(&a->rewrite, step->kernel, plan, 2, inputs, output, step->node);
    free(plan);
    return status;
}

static tw_status pool(accelerator *a, const tw_net_step *step) {
    const tw_net_pool_plan *from = step->plan;
    if (!is_blocked(a, step->inputs[0]) || from->window.rank > 2)
        return TW_DECLINED;
    size_t input = a->rewrite.blocked[step->inputs[0]], output;
    tw_engine_layout layout = layout_of(a, &edge_of(a, step->inputs[0])->shape);
    tw_engine_pool *plan = malloc(sizeof *plan);
    if (plan == NULL)
        return out_of_memory(a);
    *plan = (tw_engine_pool){.slabs = layout.batch * blocks_of(&layout),
                             .block = a->block,
                             .window = from->window,
                             .divisor = from->divisor};
    tw_status status = new_blocked(a, step->output, &output);
    if (status == TW_OK)
        return tw_rewrite_step(&a->rewrite,
                               step->kernel == &tw_net_max_pool ? &tw_engine_max_pool
                                                                : &tw_engine_sum_pool,
                               plan, 1, &input, output, step->node);
    free(plan);
    return status;
}

/* The entry of a blocked tensor that entry `index` of its planes is. */
static size_t blocked_place(const tw_engine_layout *layout, size_t index) {
    size_t pixel = index % layout->pixels, plane = index / layout->pixels,
           channel = plane % layout->channels, sample = plane / layout->channels;
    return ((sample * blocks_of(layout) + channel / layout->block) * layout->pixels + pixel) *
               layout->block +
           channel % layout->block;
}

/* Which entry of its input each entry of a selecting step's result is, from 1 on; 0: none. The step
 * tells it of numbers that are their own places. */
static double *ask_places(const tw_net_step *step, size_t in, size_t out) {
    double *numbers = tw_alloc(in, sizeof *numbers), *places = tw_alloc(out, sizeof *places);
    for (size_t i = 0; numbers != NULL && i < in; i++)
        numbers[i] = (double)(i + 1);
    if (numbers == NULL || places == NULL ||
        step->kernel->f64->forward(step->plan, NULL, (const double *const *)&numbers, places) !=
            TW_OK) {
        free(places);
        places = NULL;
    }
    free(numbers);
    return places;
}

/* Where the input is itself a selection, this one takes from what that takes from. */
static void see_through(const accelerator *a, tw_engine_selection *plan, size_t *input) {
    const tw_net_step *maker = tw_rewrite_maker(&a->rewrite, *input);
    if (maker == NULL || maker->kernel != &tw_engine_select)
        return;
    for (size_t i = 0; i < plan->count; i++)
        if (plan->index[i] >= 0)
            plan->index[i] = tw_engine_selected(maker->plan, (size_t)plan->index[i]);
    *input = maker->inputs[0];
}

/* Whether it takes all of an image as it is (padding by nothing). */
static int takes_all(const tw_engine_selection *plan, size_t in) {
    if (plan->count * plan->run != in)
        return 0;
    for (size_t i = 0; i < plan->count; i++)
        if (plan->index[i] != (int32_t)(i * plan->run))
            return 0;
    return 1;
}

/* Entries taken from images to images: slices, padding with zeros. */
static tw_status selection(accelerator *a, const tw_net_step *step) {
    if (!is_blocked(a, step->inputs[0]) || !is_image(edge_of(a, step->output)))
        return TW_DECLINED;
    tw_engine_layout from = layout_of(a, &edge_of(a, step->inputs[0])->shape),
                     to = layout_of(a, &edge_of(a, step->output)->shape);
    size_t in = from.batch * from.channels * from.pixels, out = to.batch * to.channels * to.pixels,
           count = blocked_count(&to), input = a->rewrite.blocked[step->inputs[0]], output;
    if (blocked_count(&from) > INT32_MAX || count > INT32_MAX)
        return TW_DECLINED;
    double *places = ask_places(step, in, out);
    tw_engine_selection *plan = tw_alloc(1, sizeof *plan + count * sizeof *plan->index);
    tw_status status = places == NULL || plan == NULL ? out_of_memory(a) : TW_OK;
    if (status == TW_OK) {
        plan->count = count;
        plan->run = 1;
        memset(plan->index, 0xff, count * sizeof *plan->index); /* -1 */
        for (size_t i = 0; i < out; i++)
            if (places[i] > 0)
                plan->index[blocked_place(&to, i)] =
                    (int32_t)blocked_place(&from, (size_t)places[i] - 1);
        see_through(a, plan, &input);
        tw_engine_selection_join(plan);
    }
    free(places);
    if (status == TW_OK && takes_all(plan, tw_net_shape_count(&edge_of(a, input)->shape))) {
        free(plan);
        a->rewrite.blocked[step->output] = input;
        return TW_OK;
    }
    if (status == TW_OK)
        status = new_blocked(a, step->output, &output);
    if (status == TW_OK)
        return tw_rewrite_step(&a->rewrite, &tw_engine_select, plan, 1, &input, output, step->node);
    free(plan);
    return status;
}

/* Images one after the other along the channels, which all fill whole blocks. */
static tw_status concat(accelerator *a, const tw_net_step *step) {
    const tw_net_concat *from = step->plan;
    const tw_net_shape shape = edge_of(a, step->output)->shape;
    if (!is_image(edge_of(a, step->output)) || from->outer != shape.size[0])
        return TW_DECLINED;
    size_t pixels = tw_net_shape_span(&shape, 2, shape.rank), channels = 0;
    for (size_t i = 0; i < step->input_count; i++) {
        size_t run = from->run[i] / pixels;
        channels += run;
        if (!is_blocked(a, step->inputs[i]) || run % a->block != 0)
            return TW_DECLINED;
    }
    if (channels != shape.size[1])
        return TW_DECLINED;
    size_t bytes = sizeof *from + step->input_count * sizeof *from->run, output,
           *inputs = tw_alloc(step->input_count, sizeof *inputs);
    tw_net_concat *plan = tw_alloc(1, bytes);
    tw_status status = inputs == NULL || plan == NULL ? out_of_memory(a) : TW_OK;
    for (size_t i = 0; i < step->input_count && status == TW_OK; i++)
        inputs[i] = a->rewrite.blocked[step->inputs[i]];
    if (status == TW_OK) {
        memcpy(plan, from, bytes);
        status = new_blocked(a, step->output, &output);
    }
    if (status == TW_OK)
        status = tw_rewrite_step(&a->rewrite, step->kernel, plan, step->input_count, inputs, output,
                                 step->node);
    else
        free(plan);
    free(inputs);
    return status;
}

/* ---- products ---- */

static int all_zero(size_t count, const size_t *numbers) {
    for (size_t i = 0; i < count; i++)
        if (numbers[i] != 0)
            return 0;
    return 1;
}

/* One product of matrices: where b is the same for all, the rows of all a are those of one. */
static tw_status product(accelerator *a, const tw_net_step *step) {
    const tw_net_product_plan *from = step->plan;
    size_t many = tw_net_shape_count(&from->batch), output = step->output;
    const tw_net_edge *left = edge_of(a, step->inputs[0]);
    if (many != 1 && (from->transposed_a || !all_zero(from->batch.rank, from->stride_b) ||
                      tw_net_shape_count(&left->shape) != many * from->m * from->k))
        return TW_DECLINED;
    tw_engine_product_spec spec = {.m = many * from->m,
                                   .n = from->n,
                                   .k = from->k,
                                   .transposed = {from->transposed_a, from->transposed_b}};
    void *plan;
    if (spec.m == 0 || spec.n == 0 || spec.k == 0)
        return TW_DECLINED;
    tw_status status = want_planes(a, step->inputs[0], step->node);
    if (status == TW_OK)
        status = want_planes(a, step->inputs[1], step->node);
    if (status == TW_OK)
        status = tw_engine_product_plan(&spec, &plan);
    if (status != TW_OK)
        return status;
    a->rewrite.planes[output] = 1;
    return tw_rewrite_step(&a->rewrite, &tw_engine_product, plan, 2, step->inputs, output,
                           step->node);
}

/* ---- step by step ---- */

/* As it was, on planes. */
static tw_status plain(accelerator *a, size_t index) {
    const tw_net_step *step = &a->program->steps[index];
    tw_status status = TW_OK;
    for (size_t i = 0; i < step->input_count && status == TW_OK; i++)
        status = want_planes(a, step->inputs[i], step->node);
    return status == TW_OK ? tw_rewrite_keep(&a->rewrite, index) : status;
}

static tw_status try_step(accelerator *a, const tw_net_step *step) {
    const tw_net_kernel *kernel = step->kernel;
    if (edge_of(a, step->output)->time != TW_NET_AT_BATCH)
        return TW_DECLINED;
    if (kernel == &tw_net_product)
        return product(a, step);
    if (!is_image(edge_of(a, step->inputs[0])))
        return TW_DECLINED;
    if (kernel == &tw_net_max_pool || kernel == &tw_net_sum_pool)
        return pool(a, step);
    if (kernel == &tw_net_viewed || kernel == &tw_net_gathered || kernel == &tw_net_same)
        return selection(a, step);
    if (kernel == &tw_net_concatenated)
        return concat(a, step);
    if (kernel == &tw_net_unary)
        return unary(a, step);
    if (kernel == tw_net_binary_kernel(TW_NET_ADD) || kernel == tw_net_binary_kernel(TW_NET_MUL) ||
        kernel == tw_net_binary_kernel(TW_NET_MAX))
        return binary(a, step);
    return TW_DECLINED;
}

static void mark_part(size_t step, void *part) {
    ((unsigned char *)part)[step] = 1;
}

static tw_status rewrite_step(accelerator *a, size_t s) {
    if (a->chain_at[s] != TW_NET_NONE)
        return emit_chain(a, a->chain_at[s]);
    if (a->part[s])
        return TW_OK;
    tw_status status = try_step(a, &a->program->steps[s]);
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
        status = out_of_memory(a);
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
    accelerator a = {.program = program, .block = tw_engine_block()};
    if (a.block == 0)
        return TW_OK;
    tw_status status = open_accelerator(&a);
    if (status == TW_OK)
        status = find_chains(&a);
    for (size_t s = 0; s < program->step_count && status == TW_OK; s++)
        status = rewrite_step(&a, s);
    if (status == TW_OK)
        status = want_planes(&a, program->output, 0);
    if (status == TW_OK)
        status = tw_rewrite_commit(&a.rewrite);
    if (status == TW_OK)
        program->norm_count = 0;
    close_accelerator(&a);
    return status;
}
