#include "net/step/step_reduce.h"

#include <string.h>

#include "net/step/net_odometer.h"

typedef tw_net_reduce_axis axis;

enum { STRIP = 64, SIDE = 8 }; /* sums that are taken side by side */

static size_t combinations(const axis *axes, size_t count) {
    size_t product = 1;
    for (size_t a = 0; a < count; a++)
        product *= axes[a].size;
    return product;
}

/* The sum of a row of entries: sums side by side, so that one need not wait for another. */
static double contiguous_sum(const real *x, size_t count) {
    double sums[SIDE] = {0}, sum = 0;
    size_t i = 0;
    for (; i + SIDE <= count; i += SIDE)
        for (size_t k = 0; k < SIDE; k++)
            sums[k] += x[i + k];
    for (; i < count; i++)
        sum += x[i];
    for (size_t k = 0; k < SIDE; k++)
        sum += sums[k];
    return sum;
}

static double row_sum(const real *x, size_t count, size_t stride) {
    double sum = 0;
    if (stride == 1)
        return contiguous_sum(x, count);
    for (size_t i = 0; i < count; i++)
        sum += x[i * stride];
    return sum;
}

/* y_i is the sum of rows: the last of the reduced axes is the inner loop. */
static void sum_rows(const tw_net_reduce *plan, const real *x, real *y) {
    const axis *row = &plan->reduce[plan->reduced - 1];
    size_t rows = combinations(plan->reduce, plan->reduced - 1);
    tw_net_odometer kept = tw_net_odometer_over(plan->keep, plan->kept);
    for (size_t i = 0; i < plan->count; i++, tw_net_odometer_next(&kept)) {
        tw_net_odometer reduced = tw_net_odometer_over(plan->reduce, plan->reduced - 1);
        double sum = 0;
        for (size_t r = 0; r < rows; r++, tw_net_odometer_next(&reduced))
            sum += row_sum(x + kept.offset + reduced.offset, row->size, row->stride);
        y[i] = (real)(plan->scale * sum);
    }
}

/* The last kept axis is contiguous in x: strips of it are summed side by side. */
static void sum_strips(const tw_net_reduce *plan, const real *x, real *y) {
    size_t columns = plan->keep[plan->kept - 1].size;
    size_t outer = combinations(plan->keep, plan->kept - 1);
    tw_net_odometer kept = tw_net_odometer_over(plan->keep, plan->kept - 1);
    for (size_t o = 0; o < outer; o++, tw_net_odometer_next(&kept))
        for (size_t left = 0; left < columns; left += STRIP) {
            size_t width = left + STRIP < columns ? STRIP : columns - left;
            double sums[STRIP] = {0};
            tw_net_odometer reduced = tw_net_odometer_over(plan->reduce, plan->reduced);
            for (size_t t = 0; t < plan->terms; t++, tw_net_odometer_next(&reduced)) {
                const real *from = x + kept.offset + reduced.offset + left;
                for (size_t c = 0; c < width; c++)
                    sums[c] += from[c];
            }
            for (size_t c = 0; c < width; c++)
                y[o * columns + left + c] = (real)(plan->scale * sums[c]);
        }
}

static int in_strips(const tw_net_reduce *plan) {
    return plan->kept > 0 && plan->keep[plan->kept - 1].stride == 1;
}

static tw_status forward(const void *given, void *state, const real *const *in, real *out) {
    const tw_net_reduce *plan = given;
    if (plan->terms == 0)
        memset(out, 0, plan->count * sizeof *out);
    else if (plan->count > 0 && in_strips(plan))
        sum_strips(plan, in[0], out);
    else if (plan->count > 0)
        sum_rows(plan, in[0], out);
    return TW_OK;
}

static void spread_rows(const tw_net_reduce *plan, const real *gy, real *gx) {
    const axis *row = &plan->reduce[plan->reduced - 1];
    size_t rows = combinations(plan->reduce, plan->reduced - 1);
    tw_net_odometer kept = tw_net_odometer_over(plan->keep, plan->kept);
    for (size_t i = 0; i < plan->count; i++, tw_net_odometer_next(&kept)) {
        tw_net_odometer reduced = tw_net_odometer_over(plan->reduce, plan->reduced - 1);
        real each = (real)(plan->scale * gy[i]);
        for (size_t r = 0; r < rows; r++, tw_net_odometer_next(&reduced))
            for (size_t c = 0; c < row->size; c++)
                gx[kept.offset + reduced.offset + c * row->stride] += each;
    }
}

static void spread_strips(const tw_net_reduce *plan, const real *gy, real *gx) {
    size_t columns = plan->keep[plan->kept - 1].size;
    size_t outer = combinations(plan->keep, plan->kept - 1);
    tw_net_odometer kept = tw_net_odometer_over(plan->keep, plan->kept - 1);
    real scale = (real)plan->scale;
    for (size_t o = 0; o < outer; o++, tw_net_odometer_next(&kept)) {
        tw_net_odometer reduced = tw_net_odometer_over(plan->reduce, plan->reduced);
        for (size_t t = 0; t < plan->terms; t++, tw_net_odometer_next(&reduced)) {
            real *to = gx + kept.offset + reduced.offset;
            for (size_t c = 0; c < columns; c++)
                to[c] += scale * gy[o * columns + c];
        }
    }
}

static tw_status backward(const void *given, void *state, const real *const *in, const real *out,
                          const real *gout, real *const *gin) {
    const tw_net_reduce *plan = given;
    if (gin[0] == NULL || plan->terms == 0 || plan->count == 0)
        return TW_OK;
    if (in_strips(plan))
        spread_strips(plan, gout, gin[0]);
    else
        spread_rows(plan, gout, gin[0]);
    return TW_OK;
}

const TW_NET_REAL(tw_net_functions)
    TW_NET_REAL(tw_net_summed_functions) = {.forward = forward, .backward = backward};

#ifndef TW_NET_SINGLE
const tw_net_kernel tw_net_summed = {"sum", TW_NET_LINEAR, TW_NET_BOTH(tw_net_summed)};
#endif
