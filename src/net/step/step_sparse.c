#include "net/step/step_sparse.h"

#include <stdlib.h>

enum { STRIP = 64 }; /* sums that are taken side by side */

/* to[r] = sum over the row's entries. */
static void sum_row(const tw_net_sparse *plan, size_t row, const real *x, real *to) {
    for (size_t left = 0; left < plan->run; left += STRIP) {
        size_t width = left + STRIP < plan->run ? STRIP : plan->run - left;
        double sums[STRIP] = {0};
        for (size_t k = plan->start[row]; k < plan->start[row + 1]; k++) {
            const real *from = x + plan->column[k] * plan->run + left;
            for (size_t c = 0; c < width; c++)
                sums[c] += plan->weight[k] * from[c];
        }
        for (size_t c = 0; c < width; c++)
            to[left + c] = (real)sums[c];
    }
}

/* Where the axis is the last one. */
static double sum_entry(const tw_net_sparse *plan, size_t row, const real *x) {
    double sum = 0;
    for (size_t k = plan->start[row]; k < plan->start[row + 1]; k++)
        sum += plan->weight[k] * x[plan->column[k]];
    return sum;
}

static tw_status forward(const void *given, void *state, const real *const *in, real *out) {
    const tw_net_sparse *plan = given;
    for (size_t o = 0; o < plan->outer; o++) {
        const real *x = in[0] + o * plan->columns * plan->run;
        for (size_t row = 0; row < plan->rows; row++, out += plan->run)
            if (plan->run == 1)
                *out = (real)sum_entry(plan, row, x);
            else
                sum_row(plan, row, x, out);
    }
    return TW_OK;
}

static tw_status backward(const void *given, void *state, const real *const *in, const real *out,
                          const real *gout, real *const *gin) {
    const tw_net_sparse *plan = given;
    if (gin[0] == NULL)
        return TW_OK;
    for (size_t o = 0; o < plan->outer; o++) {
        real *gx = gin[0] + o * plan->columns * plan->run;
        for (size_t row = 0; row < plan->rows; row++, gout += plan->run)
            for (size_t k = plan->start[row]; k < plan->start[row + 1]; k++) {
                real weight = (real)plan->weight[k], *to = gx + plan->column[k] * plan->run;
                for (size_t r = 0; r < plan->run; r++)
                    to[r] += weight * gout[r];
            }
    }
    return TW_OK;
}

const TW_NET_REAL(tw_net_functions)
    TW_NET_REAL(tw_net_sparse_product_functions) = {.forward = forward, .backward = backward};

#ifndef TW_NET_SINGLE

static void plan_free(void *plan) {
    tw_net_sparse *sparse = plan;
    free(sparse->start);
    free(sparse->column);
    free(sparse->weight);
    free(sparse);
}

static double work(const void *plan) {
    const tw_net_sparse *sparse = plan;
    return (double)sparse->outer * (double)sparse->run * (double)sparse->start[sparse->rows];
}

const tw_net_kernel tw_net_sparse_product = {"sparse product", TW_NET_LINEAR,
                                             TW_NET_BOTH(tw_net_sparse_product), .work = work,
                                             .plan_free = plan_free};

tw_net_sparse *tw_net_sparse_new(size_t rows, size_t entries) {
    tw_net_sparse *plan = calloc(1, sizeof *plan);
    if (plan == NULL)
        return NULL;
    plan->rows = rows;
    plan->start = calloc(rows + 1, sizeof *plan->start);
    plan->column = calloc(entries + 1, sizeof *plan->column);
    plan->weight = calloc(entries + 1, sizeof *plan->weight);
    if (plan->start != NULL && plan->column != NULL && plan->weight != NULL)
        return plan;
    plan_free(plan);
    return NULL;
}

#endif
