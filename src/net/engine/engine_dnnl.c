/* The one file that knows oneDNN (2.x).
 *
 * A primitive is made once, with the plan, for one thread, and may be executed by several at the
 * same time, each with memory of its own: scratch included, since the library's own crosses
 * threads. oneDNN's threads (OpenMP) are told to be one around every call, and put back as they
 * were for the rest of the process.
 */
#include <dnnl.h>
#include <omp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "net/engine/convolver.h"

enum { MOST_ARGUMENTS = 6 };

/* What a convolution can be asked for. */
typedef enum task {
    FORWARD, /* with all that is fused */
    ADD,     /* y += conv(x, w) */
    DATA,    /* gx = conv'(gy, w) */
    WEIGHTS, /* gw = conv'(x, gy), and gb */
    TASKS
} task;

typedef struct convolution {
    tw_engine_convolution_spec spec;
    dnnl_engine_t engine;
    dnnl_primitive_t tasks[TASKS];                    /* NULL: not of this order */
    dnnl_memory_desc_t source, target, bias, weights; /* weights: as they are in the file */
    dnnl_memory_desc_t task_weights[TASKS], scratch[TASKS];
    dnnl_primitive_t into[TASKS]; /* from the file's weights to a task's; of WEIGHTS back. NULL: the
                                     same layout */
    size_t source_count, target_count, weight_count;
} convolution;

/* Of a thread. */
typedef struct convolution_state {
    const convolution *plan;
    dnnl_stream_t stream;
    dnnl_memory_t source, target, bias, weights, task_weights[TASKS], scratch[TASKS];
    float *laid[2][TASKS]; /* weights as the tasks want them: values, tangents; owned */
    /* Lent, one after the other. */
    char *scratch_bytes;   /* the library's */
    float *piece;          /* like the source */
    float *sum, *laid_sum; /* of WEIGHTS: in the file's layout, and in the task's */
    float *bias_sum;
} convolution_state;

/* ---- the library ---- */

static int threads_to_one(void) {
    int before = omp_get_max_threads();
    omp_set_num_threads(1);
    return before;
}

static tw_status failed(const char *what, dnnl_status_t status) {
    return status == dnnl_out_of_memory
               ? tw_fail(TW_ERR_MEMORY, "not enough memory for a %s", what)
               : tw_fail(TW_ERR_SYSTEM, "oneDNN: a %s failed with status %d", what, (int)status);
}

static dnnl_engine_t engine_at_hand(void) {
    static dnnl_engine_t engine;
    static int made;
    if (!__atomic_load_n(&made, __ATOMIC_ACQUIRE)) {
        dnnl_engine_t fresh = NULL;
        if (dnnl_engine_create(&fresh, dnnl_cpu, 0) != dnnl_success)
            return NULL;
        dnnl_engine_t none = NULL;
        if (!__atomic_compare_exchange_n(&engine, &none, fresh, 0, __ATOMIC_ACQ_REL,
                                         __ATOMIC_ACQUIRE))
            dnnl_engine_destroy(fresh);
        __atomic_store_n(&made, 1, __ATOMIC_RELEASE);
    }
    return engine;
}

/* Asked once: oneDNN asks the processor anew each time, by hundreds of instructions that a virtual
 * machine answers slowly. */
size_t tw_engine_block(void) {
    static int known = -1;
    int block = __atomic_load_n(&known, __ATOMIC_RELAXED);
    if (block < 0) {
        dnnl_cpu_isa_t isa = dnnl_get_effective_cpu_isa();
        block = isa >= dnnl_cpu_isa_avx512_core ? 16 : isa >= dnnl_cpu_isa_avx2 ? 8 : 0;
        __atomic_store_n(&known, block, __ATOMIC_RELAXED);
    }
    return (size_t)block;
}

const char *tw_engine_name(void) {
    static char name[32];
    const dnnl_version_t *version = dnnl_version();
    snprintf(name, sizeof name, "oneDNN %d.%d.%d", version->major, version->minor, version->patch);
    return name;
}

static dnnl_format_tag_t blocked(void) {
    return tw_engine_block() == 16 ? dnnl_nChw16c : dnnl_nChw8c;
}

/* ---- convolutions: plan ---- */

static void describe_tensors(convolution *plan) {
    const tw_engine_convolution_spec *s = &plan->spec;
    dnnl_dims_t source = {(dnnl_dim_t)s->batch, (dnnl_dim_t)s->in_channels, (dnnl_dim_t)s->in[0],
                          (dnnl_dim_t)s->in[1]};
    dnnl_dims_t target = {(dnnl_dim_t)s->batch, (dnnl_dim_t)s->out_channels, (dnnl_dim_t)s->out[0],
                          (dnnl_dim_t)s->out[1]};
    dnnl_dims_t bias = {(dnnl_dim_t)s->out_channels};
    dnnl_dim_t groups = (dnnl_dim_t)s->groups, height = (dnnl_dim_t)s->kernel[0],
               width = (dnnl_dim_t)s->kernel[1], out = (dnnl_dim_t)s->out_channels / groups,
               in = (dnnl_dim_t)s->in_channels / groups;
    dnnl_dims_t grouped = {groups, out, in, height, width}, weights = {out, in, height, width};
    dnnl_memory_desc_init_by_tag(&plan->source, 4, source, dnnl_f32,
                                 s->plain_source ? dnnl_nchw : blocked());
    dnnl_memory_desc_init_by_tag(&plan->target, 4, target, dnnl_f32, blocked());
    dnnl_memory_desc_init_by_tag(&plan->bias, 1, bias, dnnl_f32, dnnl_x);
    if (groups > 1)
        dnnl_memory_desc_init_by_tag(&plan->weights, 5, grouped, dnnl_f32, dnnl_goihw);
    else
        dnnl_memory_desc_init_by_tag(&plan->weights, 4, weights, dnnl_f32, dnnl_oihw);
    plan->source_count = dnnl_memory_desc_get_size(&plan->source) / sizeof(float);
    plan->target_count = dnnl_memory_desc_get_size(&plan->target) / sizeof(float);
    plan->weight_count = dnnl_memory_desc_get_size(&plan->weights) / sizeof(float);
}

typedef dnnl_convolution_desc_t operation;

static dnnl_status_t describe_task(const convolution *plan, task which, operation *op) {
    const tw_engine_convolution_spec *s = &plan->spec;
    dnnl_dims_t stride, dilation, before, after;
    for (int i = 0; i < 2; i++) {
        stride[i] = (dnnl_dim_t)s->stride[i];
        dilation[i] = (dnnl_dim_t)s->dilation[i] - 1;
        before[i] = (dnnl_dim_t)s->before[i];
        after[i] = (dnnl_dim_t)s->after[i];
    }
    dnnl_memory_desc_t weights = plan->weights;
    weights.format_kind = dnnl_format_kind_any;
    const dnnl_memory_desc_t *bias = s->has_bias ? &plan->bias : NULL;
    if (which == DATA)
        return dnnl_dilated_convolution_backward_data_desc_init(
            op, dnnl_convolution_direct, &plan->source, &weights, &plan->target, stride, dilation,
            before, after);
    if (which == WEIGHTS)
        return dnnl_dilated_convolution_backward_weights_desc_init(
            op, dnnl_convolution_direct, &plan->source, &weights, bias, &plan->target, stride,
            dilation, before, after);
    return dnnl_dilated_convolution_forward_desc_init(
        op,
        which == FORWARD && s->order <= TW_NET_VALUES ? dnnl_forward_inference
                                                      : dnnl_forward_training,
        dnnl_convolution_direct, &plan->source, &weights, which == FORWARD ? bias : NULL,
        &plan->target, stride, dilation, before, after);
}

/* What is done to the sums before they are written. */
static dnnl_status_t describe_fusion(const convolution *plan, task which,
                                     dnnl_primitive_attr_t attributes) {
    const tw_engine_convolution_spec *s = &plan->spec;
    dnnl_post_ops_t operations;
    dnnl_status_t status = dnnl_post_ops_create(&operations);
    if (status != dnnl_success)
        return status;
    if (which == ADD || (which == FORWARD && s->has_addend))
        status = dnnl_post_ops_append_sum(operations, 1);
    if (status == dnnl_success && which == FORWARD && s->relu)
        status = dnnl_post_ops_append_eltwise(operations, 1, dnnl_eltwise_relu, 0, 0);
    if (status == dnnl_success)
        status = dnnl_primitive_attr_set_post_ops(attributes, operations);
    dnnl_post_ops_destroy(operations);
    return status;
}

static dnnl_status_t make_descriptor(const convolution *plan, task which,
                                     const_dnnl_primitive_desc_t hint, dnnl_primitive_desc_t *out) {
    operation op;
    dnnl_primitive_attr_t attributes;
    dnnl_status_t status = dnnl_primitive_attr_create(&attributes);
    if (status != dnnl_success)
        return status;
    status = dnnl_primitive_attr_set_scratchpad_mode(attributes, dnnl_scratchpad_mode_user);
    if (status == dnnl_success)
        status = describe_fusion(plan, which, attributes);
    if (status == dnnl_success)
        status = describe_task(plan, which, &op);
    if (status == dnnl_success)
        status = dnnl_primitive_desc_create(out, &op, attributes, plan->engine, hint);
    dnnl_primitive_attr_destroy(attributes);
    return status;
}

/* From one layout of the weights to the other; none if they are the same. */
static dnnl_status_t make_reorder(const convolution *plan, const dnnl_memory_desc_t *from,
                                  const dnnl_memory_desc_t *to, dnnl_primitive_t *out) {
    dnnl_primitive_desc_t descriptor;
    if (dnnl_memory_desc_equal(from, to))
        return dnnl_success;
    dnnl_status_t status =
        dnnl_reorder_primitive_desc_create(&descriptor, from, plan->engine, to, plan->engine, NULL);
    if (status == dnnl_success) {
        status = dnnl_primitive_create(out, descriptor);
        dnnl_primitive_desc_destroy(descriptor);
    }
    return status;
}

/* Whether it is computed by definition: what the library has for layouts and numbers of channels
 * that its fast loops do not take, hundreds of times slower than they, or than plain loops. */
static int by_definition(const_dnnl_primitive_desc_t descriptor) {
    const char *name = NULL;
    return dnnl_primitive_desc_query(descriptor, dnnl_query_impl_info_str, 0, &name) ==
               dnnl_success &&
           strncmp(name, "ref", 3) == 0;
}

static dnnl_status_t make_task(convolution *plan, task which, const_dnnl_primitive_desc_t hint,
                               dnnl_primitive_desc_t *descriptor) {
    dnnl_status_t status = make_descriptor(plan, which, hint, descriptor);
    if (status == dnnl_success && by_definition(*descriptor))
        status = dnnl_unimplemented;
    if (status != dnnl_success)
        return status;
    plan->task_weights[which] = *dnnl_primitive_desc_query_md(
        *descriptor, which == WEIGHTS ? dnnl_query_diff_weights_md : dnnl_query_weights_md, 0);
    plan->scratch[which] = *dnnl_primitive_desc_query_md(*descriptor, dnnl_query_scratchpad_md, 0);
    status = dnnl_primitive_create(&plan->tasks[which], *descriptor);
    if (status == dnnl_success && which == WEIGHTS)
        return make_reorder(plan, &plan->task_weights[which], &plan->weights, &plan->into[which]);
    return status == dnnl_success
               ? make_reorder(plan, &plan->weights, &plan->task_weights[which], &plan->into[which])
               : status;
}

static dnnl_status_t make_tasks(convolution *plan) {
    dnnl_primitive_desc_t descriptors[TASKS] = {NULL};
    tw_net_order order = plan->spec.order;
    int wanted[TASKS] = {1, order >= TW_NET_SECOND, order >= TW_NET_FIRST && !plan->spec.still,
                         order >= TW_NET_FIRST};
    dnnl_status_t status = dnnl_success;
    for (task which = FORWARD; which < TASKS && status == dnnl_success; which++)
        if (wanted[which])
            status = make_task(plan, which, which >= DATA ? descriptors[FORWARD] : NULL,
                               &descriptors[which]);
    for (task which = FORWARD; which < TASKS; which++)
        if (descriptors[which] != NULL)
            dnnl_primitive_desc_destroy(descriptors[which]);
    return status;
}

static void free_convolution(void *freed) {
    convolution *plan = freed;
    for (task which = FORWARD; which < TASKS; which++) {
        if (plan->tasks[which] != NULL)
            dnnl_primitive_destroy(plan->tasks[which]);
        if (plan->into[which] != NULL)
            dnnl_primitive_destroy(plan->into[which]);
    }
    free(plan);
}

static tw_status new_plan(const tw_engine_convolution_spec *spec, void **out) {
    convolution *plan;
    if ((plan = tw_alloc(1, sizeof *plan)) == NULL)
        return tw_fail(TW_ERR_MEMORY, "not enough memory for a convolution");
    plan->spec = *spec;
    plan->engine = engine_at_hand();
    int threads = threads_to_one();
    dnnl_status_t status = dnnl_unimplemented;
    if (plan->engine != NULL) {
        describe_tensors(plan);
        status = make_tasks(plan);
    }
    omp_set_num_threads(threads);
    if (status == dnnl_success) {
        *out = plan;
        return TW_OK;
    }
    free_convolution(plan);
    return status == dnnl_out_of_memory ? failed("convolution", status) : TW_DECLINED;
}

/* ---- convolutions: state ---- */

static void free_state(void *freed) {
    convolution_state *state = freed;
    dnnl_memory_t memories[4 + 2 * TASKS] = {state->source, state->target, state->bias,
                                             state->weights};
    for (task which = FORWARD; which < TASKS; which++) {
        memories[4 + which] = state->task_weights[which];
        memories[4 + TASKS + which] = state->scratch[which];
        for (int k = 0; k < 2; k++)
            free(state->laid[k][which]);
    }
    for (size_t i = 0; i < 4 + 2 * TASKS; i++)
        if (memories[i] != NULL)
            dnnl_memory_destroy(memories[i]);
    if (state->stream != NULL)
        dnnl_stream_destroy(state->stream);
    free(state);
}

static dnnl_status_t make_memories(convolution_state *state) {
    const convolution *plan = state->plan;
    const dnnl_memory_desc_t *descriptors[] = {&plan->source, &plan->target, &plan->bias,
                                               &plan->weights};
    dnnl_memory_t *memories[] = {&state->source, &state->target, &state->bias, &state->weights};
    dnnl_status_t status =
        dnnl_stream_create(&state->stream, plan->engine, dnnl_stream_default_flags);
    for (size_t i = 0; i < 4 && status == dnnl_success; i++)
        status = dnnl_memory_create(memories[i], descriptors[i], plan->engine, DNNL_MEMORY_NONE);
    for (task which = FORWARD; which < TASKS && status == dnnl_success; which++) {
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
    for (task which = FORWARD; which <= DATA; which++) {
        size_t bytes = dnnl_memory_desc_get_size(&state->plan->task_weights[which]);
        if (state->plan->tasks[which] != NULL && state->laid[tangent][which] == NULL)
            ok = (state->laid[tangent][which] = tw_alloc(bytes, 1)) != NULL && ok;
    }
    return ok;
}

/* What is lent, and where in it each part begins; `scratch` may be NULL. */
enum { PARTS = 5, ALIGNED = 64 };

static size_t divide(const convolution *plan, char *scratch, char *parts[PARTS]) {
    size_t library = 0, at = 0;
    for (task which = FORWARD; which < TASKS; which++) {
        size_t bytes =
            plan->tasks[which] == NULL ? 0 : dnnl_memory_desc_get_size(&plan->scratch[which]);
        library = bytes > library ? bytes : library;
    }
    int first = plan->spec.order >= TW_NET_FIRST;
    size_t bytes[PARTS] = {library, first ? plan->source_count * sizeof(float) : 0,
                           first ? plan->weight_count * sizeof(float) : 0,
                           first ? dnnl_memory_desc_get_size(&plan->task_weights[WEIGHTS]) : 0,
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
    for (task which = FORWARD; which < TASKS; which++)
        if (state->scratch[which] != NULL)
            dnnl_memory_set_data_handle(state->scratch[which], state->scratch_bytes);
}

static tw_status new_state(const void *plan, void **out) {
    convolution_state *state = tw_alloc(1, sizeof *state);
    if (state == NULL)
        return failed("convolution", dnnl_out_of_memory);
    state->plan = plan;
    dnnl_status_t status = give_laid(state, 0) ? make_memories(state) : dnnl_out_of_memory;
    if (status != dnnl_success) {
        free_state(state);
        return failed("convolution", status);
    }
    *out = state;
    return TW_OK;
}

/* ---- convolutions: execution ---- */

static dnnl_status_t put_weights(convolution_state *state, task which, const float *from,
                                 float *to) {
    const convolution *plan = state->plan;
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
    const convolution *plan = state->plan;
    if (!give_laid(state, kind))
        return failed("convolution", dnnl_out_of_memory);
    int threads = threads_to_one();
    dnnl_status_t status = dnnl_success;
    for (task which = FORWARD; which <= DATA && status == dnnl_success; which++)
        if (plan->tasks[which] != NULL)
            status = put_weights(state, which, weights, state->laid[kind][which]);
    omp_set_num_threads(threads);
    return status == dnnl_success ? TW_OK : failed("reorder", status);
}

/* One task: `image` is the source (of DATA what is written), `other` the target's side. */
static dnnl_status_t run(convolution_state *state, task which, const float *image,
                         const float *weights, const float *other, const float *bias) {
    const convolution *plan = state->plan;
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
        arguments[count++] =
            (dnnl_exec_arg_t){which == WEIGHTS ? DNNL_ARG_DIFF_BIAS : DNNL_ARG_BIAS, state->bias};
    }
    return dnnl_primitive_execute(plan->tasks[which], state->stream, count, arguments);
}

/* One task, on this thread alone. */
static tw_status perform(convolution_state *state, task which, const float *image,
                         const float *weights, const float *other, const float *bias) {
    int threads = threads_to_one();
    dnnl_status_t status = run(state, which, image, weights, other, bias);
    omp_set_num_threads(threads);
    return status == dnnl_success ? TW_OK : failed("convolution", status);
}

static tw_status forward(void *of, const float *x, const float *bias, const float *addend,
                         float *y) {
    convolution_state *state = of;
    if (addend != NULL && addend != y)
        memcpy(y, addend, state->plan->target_count * sizeof *y);
    return perform(state, FORWARD, x, state->laid[TW_ENGINE_VALUES][FORWARD], y, bias);
}

/* Adds a number a channel to a blocked tensor. */
static void add_bias(const convolution *plan, const float *bias, float *to) {
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
    const convolution *plan = state->plan;
    tw_status status = TW_OK;
    if (addend != NULL)
        memcpy(y, addend, plan->target_count * sizeof *y);
    else
        memset(y, 0, plan->target_count * sizeof *y);
    if (bias != NULL)
        add_bias(plan, bias, y);
    for (size_t k = 0; k < count && status == TW_OK; k++)
        status = perform(state, ADD, terms[k].image, state->laid[terms[k].weights][ADD], y, NULL);
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
        status = perform(state, DATA, adds ? state->piece : gx, state->laid[terms[k].weights][DATA],
                         terms[k].image, NULL);
        if (status == TW_OK && adds)
            add(state->plan->source_count, state->piece, gx);
    }
    return status;
}

/* The task's sums in the file's layout. */
static tw_status file_sums(convolution_state *state, const float **sums) {
    const convolution *plan = state->plan;
    *sums = state->laid_sum;
    if (plan->into[WEIGHTS] == NULL)
        return TW_OK;
    *sums = state->sum;
    dnnl_memory_set_data_handle(state->weights, state->sum);
    dnnl_exec_arg_t arguments[] = {{DNNL_ARG_FROM, state->task_weights[WEIGHTS]},
                                   {DNNL_ARG_TO, state->weights}};
    int threads = threads_to_one();
    dnnl_status_t status = dnnl_primitive_execute(plan->into[WEIGHTS], state->stream, 2, arguments);
    omp_set_num_threads(threads);
    return status == dnnl_success ? TW_OK : failed("reorder", status);
}

static tw_status weights(void *of, const float *x, const float *gz, float *gw, float *gb) {
    convolution_state *state = of;
    const convolution *plan = state->plan;
    const float *sums = NULL;
    tw_status status = perform(state, WEIGHTS, x, state->laid_sum, gz,
                               plan->spec.has_bias ? state->bias_sum : NULL);
    if (status == TW_OK && gw != NULL)
        status = file_sums(state, &sums);
    if (status == TW_OK && gw != NULL)
        add(plan->weight_count, sums, gw);
    if (status == TW_OK && gb != NULL)
        add(plan->spec.out_channels, state->bias_sum, gb);
    return status;
}

const tw_convolver tw_convolver_dnnl = {.plan = new_plan,
                                        .plan_free = free_convolution,
                                        .state_new = new_state,
                                        .state_free = free_state,
                                        .scratch = scratch_bytes,
                                        .lend = lend,
                                        .lay = lay_weights,
                                        .forward = forward,
                                        .tangent = tangent,
                                        .data = data,
                                        .weights = weights};

/* ---- products of matrices ---- */

tw_status tw_engine_product_plan(const tw_engine_product_spec *spec, void **plan) {
    tw_engine_product_spec *copy = malloc(sizeof *copy);
    if (copy == NULL)
        return failed("product", dnnl_out_of_memory);
    *copy = *spec;
    *plan = copy;
    return TW_OK;
}

/* c (rows x columns, row-major) = or += a b; `a` and `b` are transposed as said. */
static dnnl_status_t multiply(int transpose_a, int transpose_b, size_t rows, size_t columns,
                              size_t inner, const float *a, const float *b, float beta, float *c) {
    size_t lda = transpose_a ? rows : inner, ldb = transpose_b ? inner : columns;
    return dnnl_sgemm(transpose_a ? 'T' : 'N', transpose_b ? 'T' : 'N', (dnnl_dim_t)rows,
                      (dnnl_dim_t)columns, (dnnl_dim_t)inner, 1, a, (dnnl_dim_t)lda, b,
                      (dnnl_dim_t)ldb, beta, c, (dnnl_dim_t)columns);
}

static tw_status product_forward(const void *plan_, void *state, const float *const *in,
                                 float *out) {
    const tw_engine_product_spec *s = plan_;
    int threads = threads_to_one();
    dnnl_status_t status =
        multiply(s->transposed[0], s->transposed[1], s->m, s->n, s->k, in[0], in[1], 0, out);
    omp_set_num_threads(threads);
    return status == dnnl_success ? TW_OK : failed("product", status);
}

/* gA = gC B', gB = A' gC, and the transposes of these where A or B is stored transposed. */
static tw_status product_backward(const void *plan_, void *state, const float *const *in,
                                  const float *out, float *gout, float *const *gin,
                                  const unsigned char *fresh) {
    const tw_engine_product_spec *s = plan_;
    float keep[2] = {fresh[0] ? 0 : 1, fresh[1] ? 0 : 1};
    int threads = threads_to_one(), ta = s->transposed[0], tb = s->transposed[1];
    dnnl_status_t status = dnnl_success;
    if (gin[0] != NULL)
        status = ta ? multiply(tb, 1, s->k, s->m, s->n, in[1], gout, keep[0], gin[0])
                    : multiply(0, !tb, s->m, s->k, s->n, gout, in[1], keep[0], gin[0]);
    if (status == dnnl_success && gin[1] != NULL)
        status = tb ? multiply(1, ta, s->n, s->k, s->m, gout, in[0], keep[1], gin[1])
                    : multiply(!ta, 0, s->k, s->n, s->m, in[0], gout, keep[1], gin[1]);
    omp_set_num_threads(threads);
    return status == dnnl_success ? TW_OK : failed("product", status);
}

static double product_work(const void *plan_) {
    const tw_engine_product_spec *s = plan_;
    return (double)s->m * (double)s->n * (double)s->k;
}

static const tw_net_functions_f32 product_functions = {.forward = product_forward,
                                                       .backward_into = product_backward};
const tw_net_kernel tw_engine_product = {.name = "product (oneDNN)",
                                         .kind = TW_NET_BILINEAR,
                                         .f32 = &product_functions,
                                         .work = product_work};
