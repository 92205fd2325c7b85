/* Products of matrices by oneDNN. */
#include <stdlib.h>

#include "net/engine/engine.h"
#include "net/engine/engine_dnnl.h"

tw_status tw_engine_product_plan(const tw_engine_product_spec *spec, void **plan) {
    tw_engine_product_spec *copy = malloc(sizeof *copy);
    if (copy == NULL)
        return tw_dnnl_failed("product", dnnl_out_of_memory);
    *copy = *spec;
    *plan = copy;
    return TW_OK;
}

/* c (rows x columns, row-major) = or += a b; `a` and `b` are transposed as said. */
static dnnl_status_t multiply(int transpose_a, int transpose_b, size_t rows, size_t columns,
                              size_t inner, const float *a, const float *b, float beta, float *c) {
    size_t lda = transpose_a ? rows : inner, ldb = transpose_b ? inner : columns;
    return dnnl_sgemm(transpose_a ? 'T' : 'N', transpose_b ? 'T' : 'N', (dnnl_dim_t)rows,
                      (dnnl_dim_t)columns, (dnnl_dim_t)inner, 1, a, (dnnl_dim_t)lda, b,
                      (dnnl_dim_t)ldb, beta, c, (dnnl_dim_t)columns);
}

static tw_status product_forward(const void *plan_, void *state, const float *const *in,
                                 float *out) {
    const tw_engine_product_spec *s = plan_;
    int threads = tw_dnnl_threads_to_one();
    dnnl_status_t status =
        multiply(s->transposed[0], s->transposed[1], s->m, s->n, s->k, in[0], in[1], 0, out);
    tw_dnnl_threads_back(threads);
    return status == dnnl_success ? TW_OK : tw_dnnl_failed("product", status);
}

/* gA = gC B', gB = A' gC, and the transposes of these where A or B is stored transposed. */
static tw_status product_backward(const void *plan_, void *state, const float *const *in,
                                  const float *out, float *gout, float *const *gin,
                                  const unsigned char *fresh) {
    const tw_engine_product_spec *s = plan_;
    float keep[2] = {fresh[0] ? 0 : 1, fresh[1] ? 0 : 1};
    int threads = tw_dnnl_threads_to_one(), ta = s->transposed[0], tb = s->transposed[1];
    dnnl_status_t status = dnnl_success;
    if (gin[0] != NULL)
        status = ta ? multiply(tb, 1, s->k, s->m, s->n, in[1], gout, keep[0], gin[0])
                    : multiply(0, !tb, s->m, s->k, s->n, gout, in[1], keep[0], gin[0]);
    if (status == dnnl_success && gin[1] != NULL)
        status = tb ? multiply(1, ta, s->n, s->k, s->m, gout, in[0], keep[1], gin[1])
                    : multiply(!ta, 0, s->k, s->n, s->m, in[0], gout, keep[1], gin[1]);
    tw_dnnl_threads_back(threads);
    return status == dnnl_success ? TW_OK : tw_dnnl_failed("product", status);
}

static double product_work(const void *plan_) {
    const tw_engine_product_spec *s = plan_;
    return (double)s->m * (double)s->n * (double)s->k;
}

static const tw_net_functions_f32 product_functions = {.forward = product_forward,
                                                       .backward_into = product_backward};
const tw_net_kernel tw_engine_product = {.name = "product (oneDNN)",
                                         .kind = TW_NET_BILINEAR,
                                         .f32 = &product_functions,
                                         .work = product_work};
