#include "net/engine/rewrite_blocked.h"

#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "net/engine/engine.h"
#include "net/engine/engine_pool.h"
#include "net/engine/rewrite_images.h"
#include "net/step/step_binary.h"
#include "net/step/step_concat.h"
#include "net/step/step_gather.h"
#include "net/step/step_product.h"
#include "net/step/step_same.h"
#include "net/step/step_unary.h"
#include "net/step/step_view.h"

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

static tw_status unary(tw_rewrite *r, const tw_net_step *step) {
    const tw_net_unary_plan *from = step->plan;
    if (step->kernel != tw_net_unary_kernel(from->function) ||
        !tw_rewrite_is_blocked(r, step->inputs[0]) || !keeps_zero(from))
        return TW_DECLINED;
    tw_net_unary_plan *plan = malloc(sizeof *plan);
    if (plan == NULL)
        return tw_rewrite_no_memory(r);
    size_t input = r->blocked[step->inputs[0]], output;
    *plan = *from;
    plan->count = tw_net_shape_count(&tw_rewrite_edge_of(r, input)->shape);
    tw_status status = tw_rewrite_new_blocked(r, step->output, &output);
    if (status == TW_OK)
        return tw_rewrite_step(r, step->kernel, plan, 1, &input, output, step->node);
    free(plan);
    return status;
}

/* Sums, differences, products, maxima of two images that are both blocked. */
static tw_status binary(tw_rewrite *r, const tw_net_step *step) {
    const tw_net_binary_plan *from = step->plan;
    if (step->kernel != tw_net_binary_kernel(from->function) ||
        (from->function != TW_NET_ADD && from->function != TW_NET_SUB &&
         from->function != TW_NET_MUL && from->function != TW_NET_MAX &&
         from->function != TW_NET_MIN) ||
        !tw_rewrite_is_blocked(r, step->inputs[0]) || !tw_rewrite_is_blocked(r, step->inputs[1]) ||
        !tw_net_shape_same(&tw_rewrite_edge_of(r, step->inputs[0])->shape,
                           &tw_rewrite_edge_of(r, step->inputs[1])->shape))
        return TW_DECLINED;
    size_t inputs[2] = {r->blocked[step->inputs[0]], r->blocked[step->inputs[1]]}, output;
    tw_net_binary_plan *plan = calloc(1, sizeof *plan);
    if (plan == NULL)
        return tw_rewrite_no_memory(r);
    plan->function = from->function;
    const tw_net_shape shape = tw_rewrite_edge_of(r, inputs[0])->shape,
                       *shapes[2] = {&shape, &shape};
    tw_net_broadcast_plan(&shape, 2, shapes, &plan->broadcast);
    tw_status status = tw_rewrite_new_blocked(r, step->output, &output);
    if (status == TW_OK)
        return tw_rewrite_step(r, step->kernel, plan, 2, inputs, output, step->node);
    free(plan);
    return status;
}

static tw_status pool(tw_rewrite *r, const tw_net_step *step) {
    const tw_net_pool_plan *from = step->plan;
    if (!tw_rewrite_is_blocked(r, step->inputs[0]) || from->window.rank > 2)
        return TW_DECLINED;
    size_t input = r->blocked[step->inputs[0]], output;
    tw_engine_layout layout = tw_rewrite_layout(&tw_rewrite_edge_of(r, step->inputs[0])->shape);
    tw_engine_pool *plan = malloc(sizeof *plan);
    if (plan == NULL)
        return tw_rewrite_no_memory(r);
    *plan =
        (tw_engine_pool){.slabs = layout.batch * tw_engine_blocks(layout.channels, layout.block),
                         .block = layout.block,
                         .window = from->window,
                         .divisor = from->divisor};
    tw_status status = tw_rewrite_new_blocked(r, step->output, &output);
    if (status == TW_OK)
        return tw_rewrite_step(
            r, step->kernel == &tw_net_max_pool ? &tw_engine_max_pool : &tw_engine_sum_pool, plan,
            1, &input, output, step->node);
    free(plan);
    return status;
}

/* The entry of a blocked tensor that entry `index` of its planes is. */
static size_t blocked_place(const tw_engine_layout *layout, size_t index) {
    size_t pixel = index % layout->pixels, plane = index / layout->pixels,
           channel = plane % layout->channels, sample = plane / layout->channels;
    return ((sample * tw_engine_blocks(layout->channels, layout->block) + channel / layout->block) *
                layout->pixels +
            pixel) *
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
static void see_through(const tw_rewrite *r, tw_engine_selection *plan, size_t *input) {
    const tw_net_step *maker = tw_rewrite_maker(r, *input);
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
static tw_status selection(tw_rewrite *r, const tw_net_step *step) {
    if (!tw_rewrite_is_blocked(r, step->inputs[0]) ||
        !tw_rewrite_is_image(tw_rewrite_edge_of(r, step->output)))
        return TW_DECLINED;
    tw_engine_layout from = tw_rewrite_layout(&tw_rewrite_edge_of(r, step->inputs[0])->shape),
                     to = tw_rewrite_layout(&tw_rewrite_edge_of(r, step->output)->shape);
    size_t in = from.batch * from.channels * from.pixels, out = to.batch * to.channels * to.pixels,
           count = tw_engine_blocked_count(&to), input = r->blocked[step->inputs[0]], output;
    if (tw_engine_blocked_count(&from) > INT32_MAX || count > INT32_MAX)
        return TW_DECLINED;
    double *places = ask_places(step, in, out);
    tw_engine_selection *plan = tw_alloc(1, sizeof *plan + count * sizeof *plan->index);
    tw_status status = places == NULL || plan == NULL ? tw_rewrite_no_memory(r) : TW_OK;
    if (status == TW_OK) {
        plan->count = count;
        plan->run = 1;
        memset(plan->index, 0xff, count * sizeof *plan->index); /* -1 */
        for (size_t i = 0; i < out; i++)
            if (places[i] > 0)
                plan->index[blocked_place(&to, i)] =
                    (int32_t)blocked_place(&from, (size_t)places[i] - 1);
        see_through(r, plan, &input);
        tw_engine_selection_join(plan);
    }
    free(places);
    if (status == TW_OK &&
        takes_all(plan, tw_net_shape_count(&tw_rewrite_edge_of(r, input)->shape))) {
        free(plan);
        r->blocked[step->output] = input;
        return TW_OK;
    }
    if (status == TW_OK)
        status = tw_rewrite_new_blocked(r, step->output, &output);
    if (status == TW_OK)
        return tw_rewrite_step(r, &tw_engine_select, plan, 1, &input, output, step->node);
    free(plan);
    return status;
}

/* Images one after the other along the channels, which all fill whole blocks. */
static tw_status concat(tw_rewrite *r, const tw_net_step *step) {
    const tw_net_concat *from = step->plan;
    const tw_net_shape shape = tw_rewrite_edge_of(r, step->output)->shape;
    if (!tw_rewrite_is_image(tw_rewrite_edge_of(r, step->output)) || from->outer != shape.size[0])
        return TW_DECLINED;
    size_t pixels = tw_net_shape_span(&shape, 2, shape.rank), channels = 0;
    for (size_t i = 0; i < step->input_count; i++) {
        size_t run = from->run[i] / pixels;
        channels += run;
        if (!tw_rewrite_is_blocked(r, step->inputs[i]) || run % tw_engine_block() != 0)
            return TW_DECLINED;
    }
    if (channels != shape.size[1])
        return TW_DECLINED;
    size_t bytes = sizeof *from + step->input_count * sizeof *from->run, output,
           *inputs = tw_alloc(step->input_count, sizeof *inputs);
    tw_net_concat *plan = tw_alloc(1, bytes);
    tw_status status = inputs == NULL || plan == NULL ? tw_rewrite_no_memory(r) : TW_OK;
    for (size_t i = 0; i < step->input_count && status == TW_OK; i++)
        inputs[i] = r->blocked[step->inputs[i]];
    if (status == TW_OK) {
        memcpy(plan, from, bytes);
        status = tw_rewrite_new_blocked(r, step->output, &output);
    }
    if (status == TW_OK)
        status =
            tw_rewrite_step(r, step->kernel, plan, step->input_count, inputs, output, step->node);
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
static tw_status product(tw_rewrite *r, const tw_net_step *step) {
    const tw_net_product_plan *from = step->plan;
    size_t many = tw_net_shape_count(&from->batch), output = step->output;
    const tw_net_edge *left = tw_rewrite_edge_of(r, step->inputs[0]);
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
    tw_status status = tw_rewrite_want_planes(r, step->inputs[0], step->node);
    if (status == TW_OK)
        status = tw_rewrite_want_planes(r, step->inputs[1], step->node);
    if (status == TW_OK)
        status = tw_engine_product_plan(&spec, &plan);
    if (status != TW_OK)
        return status;
    r->planes[output] = 1;
    return tw_rewrite_step(r, &tw_engine_product, plan, 2, step->inputs, output, step->node);
}

/* ---- all ---- */

tw_status tw_rewrite_blocked(tw_rewrite *r, const tw_net_step *step) {
    const tw_net_kernel *kernel = step->kernel;
    if (tw_rewrite_edge_of(r, step->output)->time != TW_NET_AT_BATCH)
        return TW_DECLINED;
    if (kernel == &tw_net_product)
        return product(r, step);
    if (!tw_rewrite_is_image(tw_rewrite_edge_of(r, step->inputs[0])))
        return TW_DECLINED;
    if (kernel == &tw_net_max_pool || kernel == &tw_net_sum_pool)
        return pool(r, step);
    if (kernel == &tw_net_viewed || kernel == &tw_net_gathered || kernel == &tw_net_same)
        return selection(r, step);
    if (kernel == &tw_net_concatenated)
        return concat(r, step);
    if (kernel == &tw_net_unary)
        return unary(r, step);
    if (kernel == tw_net_binary_kernel(TW_NET_ADD) || kernel == tw_net_binary_kernel(TW_NET_MUL) ||
        kernel == tw_net_binary_kernel(TW_NET_MAX))
        return binary(r, step);
    return TW_DECLINED;
}
