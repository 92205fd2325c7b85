#include "net/step/step_scale.h"

static tw_status scale_forward(const void *plan_, void *state, const real *const *in, real *out) {
    const tw_net_scale_plan *plan = plan_;
    for (size_t o = 0; o < plan->outer; o++)
        for (size_t i = 0; i < plan->inner; i++)
            out[o * plan->inner + i] = in[0][o * plan->inner + i] * in[1][o];
    return TW_OK;
}

static tw_status scale_backward(const void *plan_, void *state, const real *const *in,
                                const real *out, const real *gout, real *const *gin) {
    const tw_net_scale_plan *plan = plan_;
    for (size_t o = 0; o < plan->outer; o++) {
        const real *g = gout + o * plan->inner;
        real sum = 0;
        for (size_t i = 0; i < plan->inner && gin[1] != NULL; i++)
            sum += g[i] * in[0][o * plan->inner + i];
        for (size_t i = 0; i < plan->inner && gin[0] != NULL; i++)
            gin[0][o * plan->inner + i] += g[i] * in[1][o];
        if (gin[1] != NULL)
            gin[1][o] += sum;
    }
    return TW_OK;
}

static tw_status sum_forward(const void *plan, void *state, const real *const *in, real *out) {
    for (size_t i = 0; i < *(const size_t *)plan; i++)
        out[i] = in[0][i] + in[1][i];
    return TW_OK;
}

static tw_status sum_backward(const void *plan, void *state, const real *const *in, const real *out,
                              const real *gout, real *const *gin) {
    for (int k = 0; k < 2; k++)
        for (size_t i = 0; i < *(const size_t *)plan && gin[k] != NULL; i++)
            gin[k][i] += gout[i];
    return TW_OK;
}

const TW_NET_REAL(tw_net_functions)
    TW_NET_REAL(tw_net_scale_functions) = {.forward = scale_forward, .backward = scale_backward};
const TW_NET_REAL(tw_net_functions)
    TW_NET_REAL(tw_net_sum_functions) = {.forward = sum_forward, .backward = sum_backward};

#ifndef TW_NET_SINGLE
const tw_net_kernel tw_net_scale = {"scale", TW_NET_BILINEAR, TW_NET_BOTH(tw_net_scale)};
const tw_net_kernel tw_net_sum = {"sum", TW_NET_LINEAR, TW_NET_BOTH(tw_net_sum)};
#endif
