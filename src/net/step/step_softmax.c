#include "net/step/step_softmax.h"

#include <tgmath.h>

typedef tw_net_softmax_plan softmax_plan;

/* The first entry of row `r`, of which there are outer * inner; entries are `inner` apart. */
static size_t row_start(const softmax_plan *plan, size_t r) {
    return r / plan->inner * plan->count * plan->inner + r % plan->inner;
}

/* The place of the largest, the first one of them. */
static size_t largest(const softmax_plan *plan, const real *x) {
    size_t best = 0;
    for (size_t k = 1; k < plan->count; k++)
        if (x[k * plan->inner] > x[best * plan->inner])
            best = k;
    return best;
}

static void soft_row(const softmax_plan *plan, const real *x, real *y) {
    real most = x[largest(plan, x) * plan->inner];
    double sum = 0;
    for (size_t k = 0, i = 0; k < plan->count; k++, i += plan->inner) {
        y[i] = plan->function == TW_NET_SOFTMAX ? exp(x[i] - most) : x[i] - most;
        sum += plan->function == TW_NET_SOFTMAX ? y[i] : exp(y[i]);
    }
    real share = (real)(1 / sum), shift = (real)log(sum);
    for (size_t k = 0, i = 0; k < plan->count; k++, i += plan->inner)
        y[i] = plan->function == TW_NET_SOFTMAX ? y[i] * share : y[i] - shift;
}

static void hard_row(const softmax_plan *plan, const real *x, real *y) {
    for (size_t k = 0; k < plan->count; k++)
        y[k * plan->inner] = 0;
    y[largest(plan, x) * plan->inner] = 1;
}

static tw_status forward(const void *plan_, void *state, const real *const *in, real *out) {
    const softmax_plan *plan = plan_;
    size_t rows = plan->count > 0 ? plan->outer * plan->inner : 0;
    for (size_t r = 0; r < rows; r++) {
        size_t at = row_start(plan, r);
        (plan->function == TW_NET_HARDMAX ? hard_row : soft_row)(plan, in[0] + at, out + at);
    }
    return TW_OK;
}

/* sum_k a_k b_k; b NULL: sum_k a_k. */
static double row_sum(const softmax_plan *plan, const real *a, const real *b) {
    double sum = 0;
    for (size_t k = 0, i = 0; k < plan->count; k++, i += plan->inner)
        sum += b != NULL ? (double)a[i] * (double)b[i] : (double)a[i];
    return sum;
}

/* gx_i += y_i (gy_i - sum_j y_j gy_j), of the logarithm gx_i += gy_i - e^y_i sum_j gy_j. */
static tw_status backward(const void *plan_, void *state, const real *const *in, const real *out,
                          const real *gout, real *const *gin) {
    const softmax_plan *plan = plan_;
    int soft = plan->function == TW_NET_SOFTMAX;
    for (size_t r = 0; r < plan->outer * plan->inner && gin[0] != NULL; r++) {
        size_t at = row_start(plan, r);
        const real *y = out + at, *gy = gout + at;
        real *gx = gin[0] + at, sum = (real)row_sum(plan, gy, soft ? y : NULL);
        for (size_t k = 0, i = 0; k < plan->count; k++, i += plan->inner)
            gx[i] += soft ? y[i] * (gy[i] - sum) : gy[i] - exp(y[i]) * sum;
    }
    return TW_OK;
}

/* dy_i = y_i (dx_i - sum_j y_j dx_j), of the logarithm dy_i = dx_i - sum_j e^y_j dx_j. */
static tw_status tangent(const void *plan_, void *state, const real *const *in,
                         const real *const *din, const real *out, real *dout) {
    const softmax_plan *plan = plan_;
    int soft = plan->function == TW_NET_SOFTMAX;
    for (size_t r = 0; r < plan->outer * plan->inner; r++) {
        size_t at = row_start(plan, r);
        const real *y = out + at, *dx = din[0] != NULL ? din[0] + at : NULL;
        double sum = 0;
        for (size_t k = 0, i = 0; k < plan->count && dx != NULL; k++, i += plan->inner)
            sum += (double)dx[i] * (double)(soft ? y[i] : exp(y[i]));
        for (size_t k = 0, i = 0; k < plan->count; k++, i += plan->inner)
            dout[at + i] = dx == NULL ? 0 : (soft ? y[i] : 1) * (dx[i] - (real)sum);
    }
    return TW_OK;
}

/* With s = sum_j y_j gy_j: dgx_i += dy_i (gy_i - s) + y_i (dgy_i - ds). */
static void soft_second(const softmax_plan *plan, const real *y, const real *dy, const real *gy,
                        const real *dgy, real *dgx) {
    real s = (real)row_sum(plan, gy, y), ds = (real)(row_sum(plan, dgy, y) + row_sum(plan, gy, dy));
    for (size_t k = 0, i = 0; k < plan->count; k++, i += plan->inner)
        dgx[i] += dy[i] * (gy[i] - s) + y[i] * (dgy[i] - ds);
}

/* With s = sum_j gy_j and p_i = e^y_i, whose tangent is p_i dy_i: dgx_i += dgy_i - p_i (ds + dy_i
 * s). */
static void log_second(const softmax_plan *plan, const real *y, const real *dy, const real *gy,
                       const real *dgy, real *dgx) {
    real s = (real)row_sum(plan, gy, NULL), ds = (real)row_sum(plan, dgy, NULL);
    for (size_t k = 0, i = 0; k < plan->count; k++, i += plan->inner)
        dgx[i] += dgy[i] - exp(y[i]) * (ds + dy[i] * s);
}

static tw_status backward_tangent(const void *plan_, void *state, const real *const *in,
                                  const real *const *din, const real *out, const real *dout,
                                  const real *gout, const real *dgout, real *const *dgin) {
    const softmax_plan *plan = plan_;
    if (dgin[0] == NULL)
        return TW_OK;
    if (din[0] == NULL)
        return backward(plan_, state, in, out, dgout, dgin);
    for (size_t r = 0; r < plan->outer * plan->inner; r++) {
        size_t at = row_start(plan, r);
        (plan->function == TW_NET_SOFTMAX ? soft_second : log_second)(
            plan, out + at, dout + at, gout + at, dgout + at, dgin[0] + at);
    }
    return TW_OK;
}

const TW_NET_REAL(tw_net_functions)
    TW_NET_REAL(tw_net_softmax_functions) = {forward, backward, tangent, backward_tangent};

#ifndef TW_NET_SINGLE
const tw_net_kernel tw_net_softmax = {"softmax", TW_NET_GENERAL, TW_NET_BOTH(tw_net_softmax)};
const tw_net_kernel tw_net_hardmax = {"hardmax", TW_NET_FLAT, TW_NET_BOTH(tw_net_softmax)};
#endif
