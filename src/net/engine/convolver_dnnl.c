/* Convolutions by oneDNN: the memory of a thread, and the tasks on it. Scratch is ours as well,
 * since the library's own crosses threads. */
#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "net/engine/convolver.h"
#include "net/engine/convolver_dnnl_plan.h"
#include "net/engine/engine_dnnl.h"

enum { MOST_ARGUMENTS = 6 };

/* Of a thread. */
typedef struct convolution_state {
    const tw_dnnl_convolution *plan;
    dnnl_stream_t stream;
    dnnl_memory_t source, target, bias, weights, task_weights[TW_DNNL_TASKS],
        scratch[TW_DNNL_TASKS];
    float *laid[2][TW_DNNL_TASKS]; /* weights as the tasks want them: values, tangents; owned */
    /* Lent, one after the other. */
    char *scratch_bytes;   /* the library's */
    float *piece;          /* like the source */
    float *sum, *laid_sum; /* of TW_DNNL_WEIGHTS: in the file's layout, and in the task's */
    float *bias_sum;
} convolution_state;

static void free_state(void *freed) {
    convolution_state *state = freed;
    dnnl_memory_t memories[4 + 2 * TW_DNNL_TASKS] = {state->source, state->target, state->bias,
                                                     state->weights};
    for (tw_dnnl_task which = TW_DNNL_FORWARD; which < TW_DNNL_TASKS; which++) {
        memories[4 + which] = state->task_weights[which];
        memories[4 + TW_DNNL_TASKS + which] = state->scratch[which];
        for (int k = 0; k < 2; k++)
            free(state->laid[k][which]);
    }
    for (size_t i = 0; i < 4 + 2 * TW_DNNL_TASKS; i++)
        if (memories[i] != NULL)
            dnnl_memory_destroy(memories[i]);
    if (state->stream != NULL)
        dnnl_stream_destroy(state->stream);
    free(state);
}

static dnnl_status_t make_memories(convolution_state *state) {
    const tw_dnnl_convolution *plan = state->plan;
    const dnnl_memory_desc_t *descriptors[] = {&plan->source, &plan->target, &plan->bias,
                                               &plan->weights};
    dnnl_memory_t *memories[] = {&state->source, &state->target, &state->bias, &state->weights};
    dnnl_status_t status =
        dnnl_stream_create(&state->stream, plan->engine, dnnl_stream_default_flags);
    for (size_t i = 0; i < 4 && status == dnnl_success; i++)
        status = dnnl_memory_create(memories[i], descriptors[i], plan->engine, DNNL_MEMORY_NONE);
    for (tw_dnnl_task which = TW_DNNL_FORWARD; which < TW_DNNL_TASKS && status == dnnl_success;
         which++) {
        if (plan->tasks[which] == NULL)
            continue;
        status = dnnl_memory_create(&state->task_weights[which], &plan->task_weights[which],
                                    plan->engine, DNNL_MEMORY_NONE);
        if (status == dnnl_success)
            status = dnnl_memory_create(&state->scratch[which], &plan->scratch[which], plan->engine,
                                        DNNL_MEMORY_NONE);
    }
    return status;
}

/* Weights as the tasks want them. */
static int give_laid(convolution_state *state, int tangent) {
    int ok = 1;
    for (tw_dnnl_task which = TW_DNNL_FORWARD; which <= TW_DNNL_DATA; which++) {
        size_t bytes = dnnl_memory_desc_get_size(&state->plan->task_weights[which]);
        if (state->plan->tasks[which] != NULL && state->laid[tangent][which] == NULL)
            ok = (state->laid[tangent][which] = tw_alloc(bytes, 1)) != NULL && ok;
    }
    return ok;
}

/* What is lent, and where in it each part begins; `scratch` may be NULL. */
enum { PARTS = 5, ALIGNED = 64 };

static size_t divide(const tw_dnnl_convolution *plan, char *scratch, char *parts[PARTS]) {
    size_t library = 0, at = 0;
    for (tw_dnnl_task which = TW_DNNL_FORWARD; which < TW_DNNL_TASKS; which++) {
        size_t bytes =
            plan->tasks[which] == NULL ? 0 : dnnl_memory_desc_get_size(&plan->scratch[which]);
        library = bytes > library ? bytes : library;
    }
    int first = plan->spec.order >= TW_NET_FIRST;
    size_t bytes[PARTS] = {library, first ? plan->source_count * sizeof(float) : 0,
                           first ? plan->weight_count * sizeof(float) : 0,
                           first ? dnnl_memory_desc_get_size(&plan->task_weights[TW_DNNL_WEIGHTS])
                                 : 0,
                           first ? plan->spec.out_channels * sizeof(float) : 0};
    for (int part = 0; part < PARTS; part++) {
        parts[part] = scratch == NULL ? NULL : scratch + at;
        at += (bytes[part] + ALIGNED - 1) / ALIGNED * ALIGNED;
    }
    return at;
}

static size_t scratch_bytes(const void *plan) {
    char *parts[PARTS];
    return divide(plan, NULL, parts);
}

static void lend(void *state_, void *scratch) {
    convolution_state *state = state_;
    char *parts[PARTS];
    divide(state->plan, scratch, parts);
    state->scratch_bytes = parts[0];
    state->piece = (float *)parts[1];
    state->sum = (float *)parts[2];
    state->laid_sum = (float *)parts[3];
    state->bias_sum = (float *)parts[4];
    for (tw_dnnl_task which = TW_DNNL_FORWARD; which < TW_DNNL_TASKS; which++)
        if (state->scratch[which] != NULL)
            dnnl_memory_set_data_handle(state->scratch[which], state->scratch_bytes);
}

static tw_status new_state(const void *plan, void **out) {
    convolution_state *state = tw_alloc(1, sizeof *state);
    if (state == NULL)
        return tw_dnnl_failed("convolution", dnnl_out_of_memory);
    state->plan = plan;
    dnnl_status_t status = give_laid(state, 0) ? make_memories(state) : dnnl_out_of_memory;
    if (status != dnnl_success) {
        free_state(state);
        return tw_dnnl_failed("convolution", status);
    }
    *out = state;
    return TW_OK;
}

/* ---- execution ---- */

static dnnl_status_t put_weights(convolution_state *state, tw_dnnl_task which, const float *from,
                                 float *to) {
    const tw_dnnl_convolution *plan = state->plan;
    if (plan->into[which] == NULL) {
        memcpy(to, from, plan->weight_count * sizeof *to);
        return dnnl_success;
    }
    dnnl_memory_set_data_handle(state->weights, (void *)from);
    dnnl_memory_set_data_handle(state->task_weights[which], to);
    dnnl_exec_arg_t arguments[] = {{DNNL_ARG_FROM, state->weights},
                                   {DNNL_ARG_TO, state->task_weights[which]}};
    return dnnl_primitive_execute(plan->into[which], state->stream, 2, arguments);
}

/* As the tasks want them. */
static tw_status lay_weights(void *of, const float *weights, tw_engine_weights kind) {
    convolution_state *state = of;
    const tw_dnnl_convolution *plan = state->plan;
    if (!give_laid(state, kind))
        return tw_dnnl_failed("convolution", dnnl_out_of_memory);
    int threads = tw_dnnl_threads_to_one();
    dnnl_status_t status = dnnl_success;
    for (tw_dnnl_task which = TW_DNNL_FORWARD; which <= TW_DNNL_DATA && status == dnnl_success;
         which++)
        if (plan->tasks[which] != NULL)
            status = put_weights(state, which, weights, state->laid[kind][which]);
    tw_dnnl_threads_back(threads);
    return status == dnnl_success ? TW_OK : tw_dnnl_failed("reorder", status);
}

/* One task: `image` is the source (of TW_DNNL_DATA what is written), `other` the target's side. */
static dnnl_status_t run(convolution_state *state, tw_dnnl_task which, const float *image,
                         const float *weights, const float *other, const float *bias) {
    const tw_dnnl_convolution *plan = state->plan;
    static const int image_argument[] = {DNNL_ARG_SRC, DNNL_ARG_SRC, DNNL_ARG_DIFF_SRC,
                                         DNNL_ARG_SRC},
                     weight_argument[] = {DNNL_ARG_WEIGHTS, DNNL_ARG_WEIGHTS, DNNL_ARG_WEIGHTS,
                                          DNNL_ARG_DIFF_WEIGHTS},
                     other_argument[] = {DNNL_ARG_DST, DNNL_ARG_DST, DNNL_ARG_DIFF_DST,
                                         DNNL_ARG_DIFF_DST};
    dnnl_memory_set_data_handle(state->source, (void *)image);
    dnnl_memory_set_data_handle(state->task_weights[which], (void *)weights);
    dnnl_memory_set_data_handle(state->target, (void *)other);
    dnnl_exec_arg_t arguments[MOST_ARGUMENTS] = {
        {image_argument[which], state->source},
        {weight_argument[which], state->task_weights[which]},
        {other_argument[which], state->target},
        {DNNL_ARG_SCRATCHPAD, state->scratch[which]}};
    int count = 4;
    if (bias != NULL) {
        dnnl_memory_set_data_handle(state->bias, (void *)bias);
        arguments[count++] = (dnnl_exec_arg_t){
            which == TW_DNNL_WEIGHTS ? DNNL_ARG_DIFF_BIAS : DNNL_ARG_BIAS, state->bias};
    }
    return dnnl_primitive_execute(plan->tasks[which], state->stream, count, arguments);
}

/* One task, on this thread alone. */
static tw_status perform(convolution_state *state, tw_dnnl_task which, const float *image,
                         const float *weights, const float *other, const float *bias) {
    int threads = tw_dnnl_threads_to_one();
    dnnl_status_t status = run(state, which, image, weights, other, bias);
    tw_dnnl_threads_back(threads);
    return status == dnnl_success ? TW_OK : tw_dnnl_failed("convolution", status);
}

static tw_status forward(void *of, const float *x, const float *bias, const float *addend,
                         float *y) {
    convolution_state *state = of;
    if (addend != NULL && addend != y)
        memcpy(y, addend, state->plan->target_count * sizeof *y);
    return perform(state, TW_DNNL_FORWARD, x, state->laid[TW_ENGINE_VALUES][TW_DNNL_FORWARD], y,
                   bias);
}

/* Adds a number a channel to a blocked tensor. */
static void add_bias(const tw_dnnl_convolution *plan, const float *bias, float *to) {
    size_t block = tw_engine_block(), channels = plan->spec.out_channels,
           pixels = plan->spec.out[0] * plan->spec.out[1];
    for (size_t n = 0; n < plan->spec.batch; n++)
        for (size_t c = 0; c < channels; c += block) {
            size_t width = channels - c < block ? channels - c : block;
            for (size_t p = 0; p < pixels; p++, to += block)
                for (size_t i = 0; i < width; i++)
                    to[i] += bias[c + i];
        }
}

static tw_status tangent(void *of, const tw_engine_term *terms, size_t count, const float *bias,
                         const float *addend, const float *mask, float *y) {
    convolution_state *state = of;
    const tw_dnnl_convolution *plan = state->plan;
    tw_status status = TW_OK;
    if (addend != NULL)
        memcpy(y, addend, plan->target_count * sizeof *y);
    else
        memset(y, 0, plan->target_count * sizeof *y);
    if (bias != NULL)
        add_bias(plan, bias, y);
    for (size_t k = 0; k < count && status == TW_OK; k++)
        status = perform(state, TW_DNNL_ADD, terms[k].image,
                         state->laid[terms[k].weights][TW_DNNL_ADD], y, NULL);
    for (size_t i = 0; mask != NULL && i < plan->target_count; i++)
        y[i] = mask[i] > 0 ? y[i] : 0;
    return status;
}

static void add(size_t count, const float *from, float *to) {
    for (size_t i = 0; i < count; i++)
        to[i] += from[i];
}

static tw_status data(void *of, const tw_engine_term *terms, size_t count, int fresh, float *gx) {
    convolution_state *state = of;
    tw_status status = TW_OK;
    for (size_t k = 0; k < count && status == TW_OK; k++) {
        int adds = k > 0 || !fresh;
        status = perform(state, TW_DNNL_DATA, adds ? state->piece : gx,
                         state->laid[terms[k].weights][TW_DNNL_DATA], terms[k].image, NULL);
        if (status == TW_OK && adds)
            add(state->plan->source_count, state->piece, gx);
    }
    return status;
}

/* The task's sums in the file's layout. */
static tw_status file_sums(convolution_state *state, const float **sums) {
    const tw_dnnl_convolution *plan = state->plan;
    *sums = state->laid_sum;
    if (plan->into[TW_DNNL_WEIGHTS] == NULL)
        return TW_OK;
    *sums = state->sum;
    dnnl_memory_set_data_handle(state->weights, state->sum);
    dnnl_exec_arg_t arguments[] = {{DNNL_ARG_FROM, state->task_weights[TW_DNNL_WEIGHTS]},
                                   {DNNL_ARG_TO, state->weights}};
    int threads = tw_dnnl_threads_to_one();
    dnnl_status_t status =
        dnnl_primitive_execute(plan->into[TW_DNNL_WEIGHTS], state->stream, 2, arguments);
    tw_dnnl_threads_back(threads);
    return status == dnnl_success ? TW_OK : tw_dnnl_failed("reorder", status);
}

static tw_status weights(void *of, const float *x, const float *gz, float *gw, float *gb) {
    convolution_state *state = of;
    const tw_dnnl_convolution *plan = state->plan;
    const float *sums = NULL;
    tw_status status = perform(state, TW_DNNL_WEIGHTS, x, state->laid_sum, gz,
                               plan->spec.has_bias ? state->bias_sum : NULL);
    if (status == TW_OK && gw != NULL)
        status = file_sums(state, &sums);
    if (status == TW_OK && gw != NULL)
        add(plan->weight_count, sums, gw);
    if (status == TW_OK && gb != NULL)
        add(plan->spec.out_channels, state->bias_sum, gb);
    return status;
}

const tw_convolver tw_convolver_dnnl = {.plan = tw_dnnl_convolution_plan,
                                        .plan_free = tw_dnnl_convolution_free,
                                        .state_new = new_state,
                                        .state_free = free_state,
                                        .scratch = scratch_bytes,
                                        .lend = lend,
                                        .lay = lay_weights,
                                        .forward = forward,
                                        .tangent = tangent,
                                        .data = data,
                                        .weights = weights};
