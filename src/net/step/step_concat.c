#include "net/step/step_concat.h"

#include <string.h>

static tw_status forward(const void *plan, void *state, const real *const *in, real *out) {
    const tw_net_concat *concat = plan;
    for (size_t o = 0; o < concat->outer; o++)
        for (size_t i = 0; i < concat->count; i++) {
            size_t run = concat->run[i];
            memcpy(out, in[i] + o * run, run * sizeof *out);
            out += run;
        }
    return TW_OK;
}

static tw_status backward(const void *plan, void *state, const real *const *in, const real *out,
                          const real *gout, real *const *gin) {
    const tw_net_concat *concat = plan;
    for (size_t o = 0; o < concat->outer; o++)
        for (size_t i = 0; i < concat->count; i++) {
            size_t run = concat->run[i];
            for (size_t r = 0; gin[i] != NULL && r < run; r++)
                gin[i][o * run + r] += gout[r];
            gout += run;
        }
    return TW_OK;
}

const TW_NET_REAL(tw_net_functions)
    TW_NET_REAL(tw_net_concatenated_functions) = {.forward = forward, .backward = backward};

#ifndef TW_NET_SINGLE
const tw_net_kernel tw_net_concatenated = {"concatenation", TW_NET_LINEAR,
                                           TW_NET_BOTH(tw_net_concatenated)};
#endif
