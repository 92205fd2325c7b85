#include "net/engine/convolver_dnnl_plan.h"

#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "net/engine/engine_dnnl.h"

static dnnl_format_tag_t blocked(void) {
    return tw_engine_block() == 16 ? dnnl_nChw16c : dnnl_nChw8c;
}

static void describe_tensors(tw_dnnl_convolution *plan) {
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

static dnnl_status_t describe_task(const tw_dnnl_convolution *plan, tw_dnnl_task which,
                                   operation *op) {
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
    if (which == TW_DNNL_DATA)
        return dnnl_dilated_convolution_backward_data_desc_init(
            op, dnnl_convolution_direct, &plan->source, &weights, &plan->target, stride, dilation,
            before, after);
    if (which == TW_DNNL_WEIGHTS)
        return dnnl_dilated_convolution_backward_weights_desc_init(
            op, dnnl_convolution_direct, &plan->source, &weights, bias, &plan->target, stride,
            dilation, before, after);
    return dnnl_dilated_convolution_forward_desc_init(
        op,
        which == TW_DNNL_FORWARD && s->order <= TW_NET_VALUES ? dnnl_forward_inference
                                                              : dnnl_forward_training,
        dnnl_convolution_direct, &plan->source, &weights, which == TW_DNNL_FORWARD ? bias : NULL,
        &plan->target, stride, dilation, before, after);
}

/* What is done to the sums before they are written. */
static dnnl_status_t describe_fusion(const tw_dnnl_convolution *plan, tw_dnnl_task which,
                                     dnnl_primitive_attr_t attributes) {
    const tw_engine_convolution_spec *s = &plan->spec;
    dnnl_post_ops_t operations;
    dnnl_status_t status = dnnl_post_ops_create(&operations);
    if (status != dnnl_success)
        return status;
    if (which == TW_DNNL_ADD || (which == TW_DNNL_FORWARD && s->has_addend))
        status = dnnl_post_ops_append_sum(operations, 1);
    if (status == dnnl_success && which == TW_DNNL_FORWARD && s->relu)
        status = dnnl_post_ops_append_eltwise(operations, 1, dnnl_eltwise_relu, 0, 0);
    if (status == dnnl_success)
        status = dnnl_primitive_attr_set_post_ops(attributes, operations);
    dnnl_post_ops_destroy(operations);
    return status;
}

static dnnl_status_t make_descriptor(const tw_dnnl_convolution *plan, tw_dnnl_task which,
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
static dnnl_status_t make_reorder(const tw_dnnl_convolution *plan, const dnnl_memory_desc_t *from,
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

static dnnl_status_t make_task(tw_dnnl_convolution *plan, tw_dnnl_task which,
                               const_dnnl_primitive_desc_t hint,
                               dnnl_primitive_desc_t *descriptor) {
    dnnl_status_t status = make_descriptor(plan, which, hint, descriptor);
    if (status == dnnl_success && by_definition(*descriptor))
        status = dnnl_unimplemented;
    if (status != dnnl_success)
        return status;
    plan->task_weights[which] = *dnnl_primitive_desc_query_md(
        *descriptor, which == TW_DNNL_WEIGHTS ? dnnl_query_diff_weights_md : dnnl_query_weights_md,
        0);
    plan->scratch[which] = *dnnl_primitive_desc_query_md(*descriptor, dnnl_query_scratchpad_md, 0);
    status = dnnl_primitive_create(&plan->tasks[which], *descriptor);
    if (status == dnnl_success && which == TW_DNNL_WEIGHTS)
        return make_reorder(plan, &plan->task_weights[which], &plan->weights, &plan->into[which]);
    return status == dnnl_success
               ? make_reorder(plan, &plan->weights, &plan->task_weights[which], &plan->into[which])
               : status;
}

static dnnl_status_t make_tasks(tw_dnnl_convolution *plan) {
    dnnl_primitive_desc_t descriptors[TW_DNNL_TASKS] = {NULL};
    tw_net_order order = plan->spec.order;
    int wanted[TW_DNNL_TASKS] = {1, order >= TW_NET_SECOND,
                                 order >= TW_NET_FIRST && !plan->spec.still, order >= TW_NET_FIRST};
    dnnl_status_t status = dnnl_success;
    for (tw_dnnl_task which = TW_DNNL_FORWARD; which < TW_DNNL_TASKS && status == dnnl_success;
         which++)
        if (wanted[which])
            status =
                make_task(plan, which, which >= TW_DNNL_DATA ? descriptors[TW_DNNL_FORWARD] : NULL,
                          &descriptors[which]);
    for (tw_dnnl_task which = TW_DNNL_FORWARD; which < TW_DNNL_TASKS; which++)
        if (descriptors[which] != NULL)
            dnnl_primitive_desc_destroy(descriptors[which]);
    return status;
}

void tw_dnnl_convolution_free(void *freed) {
    tw_dnnl_convolution *plan = freed;
    for (tw_dnnl_task which = TW_DNNL_FORWARD; which < TW_DNNL_TASKS; which++) {
        if (plan->tasks[which] != NULL)
            dnnl_primitive_destroy(plan->tasks[which]);
        if (plan->into[which] != NULL)
            dnnl_primitive_destroy(plan->into[which]);
    }
    free(plan);
}

tw_status tw_dnnl_convolution_plan(const tw_engine_convolution_spec *spec, void **out) {
    tw_dnnl_convolution *plan;
    if ((plan = tw_alloc(1, sizeof *plan)) == NULL)
        return tw_fail(TW_ERR_MEMORY, "not enough memory for a convolution");
    plan->spec = *spec;
    plan->engine = tw_dnnl_engine();
    int threads = tw_dnnl_threads_to_one();
    dnnl_status_t status = dnnl_unimplemented;
    if (plan->engine != NULL) {
        describe_tensors(plan);
        status = make_tasks(plan);
    }
    tw_dnnl_threads_back(threads);
    if (status == dnnl_success) {
        *out = plan;
        return TW_OK;
    }
    tw_dnnl_convolution_free(plan);
    return status == dnnl_out_of_memory ? tw_dnnl_failed("convolution", status) : TW_DECLINED;
}
