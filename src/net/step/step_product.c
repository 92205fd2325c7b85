#include "net/step/step_product.h"

#include <string.h>

#include "net/step/net_multiply.h"

typedef tw_net_product_plan product;

/* A factor as it is multiplied, or turned over. */
static tw_net_matrix factor(const real *at, size_t columns, int turned) {
    return turned ? (tw_net_matrix){at, 1, columns} : (tw_net_matrix){at, columns, 1};
}

/* Where product `index` has its factors, in matrices. */
static void find(const product *plan, size_t index, size_t *a, size_t *b) {
    *a = *b = 0;
    for (size_t axis = plan->batch.rank; axis-- > 0;) {
        size_t place = index % plan->batch.size[axis];
        index /= plan->batch.size[axis];
        *a += place * plan->stride_a[axis];
        *b += place * plan->stride_b[axis];
    }
}

static tw_status forward(const void *plan, void *state, const real *const *in, real *out) {
    const product *p = plan;
    size_t products = tw_net_shape_count(&p->batch);
    memset(out, 0, products * p->m * p->n * sizeof *out);
    for (size_t index = 0; index < products; index++) {
        size_t a, b;
        find(p, index, &a, &b);
        tw_net_multiply(
            p->m, p->n, p->k,
            factor(in[0] + a * p->m * p->k, p->transposed_a ? p->m : p->k, p->transposed_a),
            factor(in[1] + b * p->k * p->n, p->transposed_b ? p->k : p->n, p->transposed_b),
            out + index * p->m * p->n, p->n);
    }
    return TW_OK;
}

/* ga += gy b', turned over where a is; b: as stored. */
static void add_first(const product *p, const real *gout, const real *b, real *ga) {
    size_t columns = p->transposed_b ? p->k : p->n;
    if (p->transposed_a)
        tw_net_multiply(p->k, p->m, p->n, factor(b, columns, p->transposed_b),
                        factor(gout, p->n, 1), ga, p->m);
    else
        tw_net_multiply(p->m, p->k, p->n, factor(gout, p->n, 0),
                        factor(b, columns, !p->transposed_b), ga, p->k);
}

/* gb += a' gy, likewise. */
static void add_second(const product *p, const real *gout, const real *a, real *gb) {
    size_t columns = p->transposed_a ? p->m : p->k;
    if (p->transposed_b)
        tw_net_multiply(p->n, p->k, p->m, factor(gout, p->n, 1),
                        factor(a, columns, p->transposed_a), gb, p->k);
    else
        tw_net_multiply(p->k, p->n, p->m, factor(a, columns, !p->transposed_a),
                        factor(gout, p->n, 0), gb, p->n);
}

static tw_status backward(const void *plan, void *state, const real *const *in, const real *out,
                          const real *gout, real *const *gin) {
    const product *p = plan;
    size_t products = tw_net_shape_count(&p->batch);
    for (size_t index = 0; index < products; index++) {
        size_t a, b;
        find(p, index, &a, &b);
        a *= p->m * p->k;
        b *= p->k * p->n;
        const real *from = gout + index * p->m * p->n;
        if (gin[0] != NULL)
            add_first(p, from, in[1] + b, gin[0] + a);
        if (gin[1] != NULL)
            add_second(p, from, in[0] + a, gin[1] + b);
    }
    return TW_OK;
}

const TW_NET_REAL(tw_net_functions)
    TW_NET_REAL(tw_net_product_functions) = {forward, backward, NULL, NULL};

#ifndef TW_NET_SINGLE
static double work(const void *plan) {
    const product *p = plan;
    return (double)tw_net_shape_count(&p->batch) * (double)p->m * (double)p->n * (double)p->k;
}

const tw_net_kernel tw_net_product = {"matrix product", TW_NET_BILINEAR,
                                      TW_NET_BOTH(tw_net_product), .work = work};
#endif
