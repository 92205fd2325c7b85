/* convolver_dnnl_plan.h: a convolution as oneDNN computes it: a primitive a task, made once, for
 * one thread, and executed by several at the same time, each with memory of its own. */
#ifndef TW_NET_ENGINE_CONVOLVER_DNNL_PLAN_H
#define TW_NET_ENGINE_CONVOLVER_DNNL_PLAN_H

#include <dnnl.h>

#include "net/engine/engine.h"

/* What a convolution can be asked for. */
typedef enum tw_dnnl_task {
    TW_DNNL_FORWARD, /* with all that is fused */
    TW_DNNL_ADD,     /* y += conv(x, w) */
    TW_DNNL_DATA,    /* gx = conv'(gy, w) */
    TW_DNNL_WEIGHTS, /* gw = conv'(x, gy), and gb */
    TW_DNNL_TASKS
} tw_dnnl_task;

typedef struct tw_dnnl_convolution {
    tw_engine_convolution_spec spec;
    dnnl_engine_t engine;
    dnnl_primitive_t tasks[TW_DNNL_TASKS];            /* NULL: not of this order */
    dnnl_memory_desc_t source, target, bias, weights; /* weights: as they are in the file */
    dnnl_memory_desc_t task_weights[TW_DNNL_TASKS], scratch[TW_DNNL_TASKS];
    /* From the file's weights to a task's; of WEIGHTS back. NULL: the same layout. */
    dnnl_primitive_t into[TW_DNNL_TASKS];
    size_t source_count, target_count, weight_count;
} tw_dnnl_convolution;

/* As a tw_convolver's `plan` and `plan_free`; *plan is a tw_dnnl_convolution. */
tw_status tw_dnnl_convolution_plan(const tw_engine_convolution_spec *spec, void **plan);
void tw_dnnl_convolution_free(void *plan);

#endif
