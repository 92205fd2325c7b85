#include "net/step/step_take.h"

/* The entry of x that stands at a place of y. */
static size_t place(const tw_net_take *take, const real *indices, size_t o, size_t j, size_t r) {
    real index = indices[take->shared ? j : (o * take->entries + j) * take->run + r];
    size_t row = index < 0 ? take->rows - (size_t)-index : (size_t)index;
    return (o * take->rows + row) * take->run + r;
}

static tw_status check(const tw_net_take *take, const real *indices) {
    size_t count = take->shared ? take->entries : take->outer * take->entries * take->run;
    real rows = (real)take->rows;
    for (size_t i = 0; i < count; i++)
        if (!(indices[i] >= -rows && indices[i] < rows))
            return tw_fail(TW_ERR_SHAPE, "index %.0f is out of range: there are %zu entries",
                           (double)indices[i], take->rows);
    return TW_OK;
}

static void copy(const tw_net_take *take, const real *x, const real *indices, real *out) {
    for (size_t o = 0; o < take->outer; o++)
        for (size_t j = 0; j < take->entries; j++)
            for (size_t r = 0; r < take->run; r++)
                *out++ = x[place(take, indices, o, j, r)];
}

static void add(const tw_net_take *take, const real *gout, const real *indices, real *gx) {
    for (size_t o = 0; o < take->outer; o++)
        for (size_t j = 0; j < take->entries; j++)
            for (size_t r = 0; r < take->run; r++)
                gx[place(take, indices, o, j, r)] += *gout++;
}

static tw_status forward(const void *plan, void *state, const real *const *in, real *out) {
    tw_status status = check(plan, in[1]);
    if (status == TW_OK)
        copy(plan, in[0], in[1], out);
    return status;
}

static tw_status backward(const void *plan, void *state, const real *const *in, const real *out,
                          const real *gout, real *const *gin) {
    if (gin[0] != NULL)
        add(plan, gout, in[1], gin[0]);
    return TW_OK;
}

static tw_status tangent(const void *plan, void *state, const real *const *in,
                         const real *const *din, const real *out, real *dout) {
    copy(plan, din[0], in[1], dout); /* active, or this is not called */
    return TW_OK;
}

static tw_status backward_tangent(const void *plan, void *state, const real *const *in,
                                  const real *const *din, const real *out, const real *dout,
                                  const real *gout, const real *dgout, real *const *dgin) {
    if (dgin[0] != NULL)
        add(plan, dgout, in[1], dgin[0]);
    return TW_OK;
}

const TW_NET_REAL(tw_net_functions)
    TW_NET_REAL(tw_net_taken_functions) = {.forward = forward,
                                           .backward = backward,
                                           .tangent = tangent,
                                           .backward_tangent = backward_tangent};

#ifndef TW_NET_SINGLE
const tw_net_kernel tw_net_taken = {"take", TW_NET_GENERAL, TW_NET_BOTH(tw_net_taken)};
#endif
