#include "net/step/step_gather.h"

#include <string.h>

static tw_status forward(const void *plan, void *state, const real *const *in, real *out) {
    const tw_net_gather *gather = plan;
    size_t run = gather->run;
    for (size_t o = 0; o < gather->outer; o++) {
        const real *x = in[0] + o * gather->rows * run;
        for (size_t j = 0; j < gather->entries; j++, out += run)
            if (gather->index[j] < 0)
                memset(out, 0, run * sizeof *out);
            else if (run == 1)
                *out = x[gather->index[j]];
            else
                memcpy(out, x + (size_t)gather->index[j] * run, run * sizeof *out);
    }
    return TW_OK;
}

static tw_status backward(const void *plan, void *state, const real *const *in, const real *out,
                          const real *gout, real *const *gin) {
    const tw_net_gather *gather = plan;
    size_t run = gather->run;
    if (gin[0] == NULL)
        return TW_OK;
    for (size_t o = 0; o < gather->outer; o++) {
        real *gx = gin[0] + o * gather->rows * run;
        for (size_t j = 0; j < gather->entries; j++, gout += run)
            for (size_t r = 0; gather->index[j] >= 0 && r < run; r++)
                gx[(size_t)gather->index[j] * run + r] += gout[r];
    }
    return TW_OK;
}

const TW_NET_REAL(tw_net_functions)
    TW_NET_REAL(tw_net_gathered_functions) = {.forward = forward, .backward = backward};

#ifndef TW_NET_SINGLE
const tw_net_kernel tw_net_gathered = {"gather", TW_NET_LINEAR, TW_NET_BOTH(tw_net_gathered)};
#endif
